//! Attempt: how the person is told is decided here, from the way and the formats they chose. What
//! cannot be given in both becomes a task with a clock; anything else is written down as begun before
//! it leaves.

use std::collections::BTreeSet;

use contracts::notifications::Channel;
use contracts::recruitment::Format;
use eventstore::Occasion;

use super::working_days::act_by;
use super::{Errand, Event, HoldReason, Message, Refusal, Stage, Way};

/// How a person is reached, without where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The way they chose.
    pub channel: Channel,
    /// The formats they read or hear in.
    pub formats: BTreeSet<Format>,
}

/// Asked by the policy that sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How the person is reached; nothing where nobody has told us yet.
    pub reach: Option<Reach>,
    /// How e-mail leaves this installation.
    pub mail_leaves: Way,
}

impl Attempt {
    /// Whatever is planned is begun once: what may have left is not begun again.
    pub fn decide(self, state: &Message, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        match errand.stage {
            Stage::Planned => Ok(vec![self.begin_or_hold(errand, occasion)]),
            Stage::Attempted { .. } => Err(Refusal::OnItsWay),
            Stage::Held { .. } => Err(Refusal::Held),
            Stage::SetAside => Err(Refusal::SetAside),
            Stage::Sent
            | Stage::Told
            | Stage::LetterReady
            | Stage::Failed { .. }
            | Stage::Unknown => Err(Refusal::OnlyAHumanDecides),
        }
    }

    fn begin_or_hold(self, errand: &Errand, occasion: &Occasion) -> Event {
        let Some(Reach { channel, formats }) = self.reach else {
            return hold(errand, HoldReason::RecipientUnknown, None, BTreeSet::new(), occasion);
        };
        let way = match channel {
            Channel::Phone | Channel::InPerson => Err(HoldReason::ToBeRung),
            Channel::Text => Err(HoldReason::ToBeTexted),
            Channel::Email | Channel::Letter if formats.iter().any(|it| !can_be_made(*it)) => {
                Err(HoldReason::FormatToBeMade)
            }
            Channel::Email => Ok(self.mail_leaves),
            Channel::Letter => Ok(Way::LetterFile),
        };
        match way {
            Ok(by) => Event::Attempted { attempt: errand.attempts.saturating_add(1), channel, by },
            Err(reason) => hold(errand, reason, Some(channel), formats, occasion),
        }
    }
}

/// Large print is a matter of print. The rest takes people: easy read is written and tested with
/// readers, never generated.
fn can_be_made(format: Format) -> bool {
    match format {
        Format::LargePrint => true,
        Format::EasyRead
        | Format::Audio
        | Format::Braille
        | Format::BritishSignLanguage
        | Format::OtherLanguage => false,
    }
}

fn hold(
    errand: &Errand,
    reason: HoldReason,
    channel: Option<Channel>,
    formats: BTreeSet<Format>,
    occasion: &Occasion,
) -> Event {
    Event::Held {
        to: errand.to,
        kind: errand.content.kind().to_owned(),
        about: errand.content.about(),
        reason,
        channel,
        formats,
        act_by: errand.act_by.unwrap_or_else(|| act_by(occasion.taken_at)),
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::Command;

    fn attempt(channel: Channel, formats: &[Format]) -> Command {
        let reach = Reach { channel, formats: formats.iter().copied().collect() };
        Command::Attempt(Attempt { reach: Some(reach), mail_leaves: Way::Smtp })
    }

    fn held_because(reason: HoldReason, channel: Channel, formats: &[Format]) -> Event {
        let Event::Held { to, kind, about, act_by, .. } = held(reason) else { unreachable!() };
        let formats = formats.iter().copied().collect();
        Event::Held { to, kind, about, reason, channel: Some(channel), formats, act_by }
    }

    #[test]
    fn it_is_written_down_as_begun_before_it_leaves() {
        after(until_planned())
            .when(POLICY, now(), attempt(Channel::Email, &[]))
            .then(attempted(1, Way::Smtp));
        let reach = Some(Reach { channel: Channel::Email, formats: BTreeSet::new() });
        after(until_planned())
            .when(POLICY, now(), Command::Attempt(Attempt { reach, mail_leaves: Way::MailFile }))
            .then(attempted(1, Way::MailFile));
        after(until_planned())
            .when(POLICY, now(), attempt(Channel::Letter, &[]))
            .then(Event::Attempted { attempt: 1, channel: Channel::Letter, by: Way::LetterFile });
    }

    #[test]
    fn large_print_is_printed_large_and_e_mail_is_as_large_as_its_reader_likes() {
        after(until_planned())
            .when(POLICY, now(), attempt(Channel::Email, &[Format::LargePrint]))
            .then(attempted(1, Way::Smtp));
        after(until_planned())
            .when(POLICY, now(), attempt(Channel::Letter, &[Format::LargePrint]))
            .then(Event::Attempted { attempt: 1, channel: Channel::Letter, by: Way::LetterFile });
    }

    #[test]
    fn a_format_that_has_to_be_made_holds_it_back_and_opens_a_task_with_a_clock() {
        for format in [
            Format::EasyRead,
            Format::Audio,
            Format::Braille,
            Format::BritishSignLanguage,
            Format::OtherLanguage,
        ] {
            let formats = [Format::LargePrint, format];
            for channel in [Channel::Email, Channel::Letter] {
                after(until_planned())
                    .when(POLICY, now(), attempt(channel, &formats))
                    .then(held_because(HoldReason::FormatToBeMade, channel, &formats));
            }
        }
    }

    #[test]
    fn who_wants_to_be_rung_gets_no_written_word_and_who_wants_texts_gets_one_by_hand() {
        for (channel, reason) in
            [(Channel::Phone, HoldReason::ToBeRung), (Channel::Text, HoldReason::ToBeTexted)]
        {
            after(until_planned())
                .when(POLICY, now(), attempt(channel, &[Format::Audio]))
                .then(held_because(reason, channel, &[Format::Audio]));
        }
    }

    #[test]
    fn a_message_to_someone_not_known_yet_waits_for_them() {
        let command = Command::Attempt(Attempt { reach: None, mail_leaves: Way::Smtp });
        after(until_planned()).when(POLICY, now(), command).then(held_for_want_of_an_address());
    }

    #[test]
    fn what_is_held_again_keeps_its_first_clock() {
        let released = [until_held(), vec![Event::Released {}]].concat();
        after(released)
            .when(POLICY, at("2026-12-09T09:00:00Z"), attempt(Channel::Phone, &[]))
            .then(held(HoldReason::ToBeRung));
    }

    #[test]
    fn what_may_have_left_is_not_begun_again() {
        let again = || attempt(Channel::Email, &[]);
        after(until_attempted(Way::Smtp))
            .when(POLICY, now(), again())
            .then_refused(Refusal::OnItsWay);
        after(until_held()).when(POLICY, now(), again()).then_refused(Refusal::Held);
        after(until_set_aside()).when(POLICY, now(), again()).then_refused(Refusal::SetAside);
        for history in [until_sent(), until_unknown(), until_letter_ready(), until_failed()] {
            after(history).when(POLICY, now(), again()).then_refused(Refusal::OnlyAHumanDecides);
        }
        after(vec![]).when(POLICY, now(), again()).then_refused(Refusal::NotRequested);
    }
}
