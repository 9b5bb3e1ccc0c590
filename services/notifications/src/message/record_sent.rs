//! Record sent: the message has left. A letter that lies ready for printing has not: a human posts it.

use contracts::notifications::Channel;

use super::{Errand, Event, Left, Message, Refusal, Stage};

/// Told by whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSent {
    /// Which attempt.
    pub attempt: u16,
    /// How it left.
    pub left: Left,
}

impl RecordSent {
    /// Late knowledge is knowledge: what had become unknown is known from now on.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        match errand.stage {
            Stage::Attempted { .. } | Stage::Unknown => {
                of_this_attempt(errand, self.attempt)?;
                Ok(vec![self.sent(errand)])
            }
            Stage::Sent | Stage::LetterReady if errand.attempts == self.attempt => Ok(Vec::new()),
            Stage::Sent
            | Stage::LetterReady
            | Stage::Planned
            | Stage::Failed { .. }
            | Stage::Held { .. }
            | Stage::Told
            | Stage::SetAside => Err(out_of_turn(errand, self.attempt)),
        }
    }

    fn sent(self, errand: &Errand) -> Event {
        let (to, kind) = (errand.to, errand.content.kind().to_owned());
        match self.left {
            Left::LetterFile { file } => {
                Event::LetterPrepared { to, kind, attempt: self.attempt, file }
            }
            left @ (Left::Smtp { .. } | Left::MailFile { .. }) => Event::Sent {
                to,
                kind,
                about: errand.content.about(),
                attempt: self.attempt,
                channel: errand.channel.unwrap_or(Channel::Email),
                left,
            },
        }
    }
}

/// An outcome belongs to the attempt it came of.
pub(super) fn of_this_attempt(errand: &Errand, attempt: u16) -> Result<(), Refusal> {
    if errand.attempts == attempt { Ok(()) } else { Err(out_of_turn(errand, attempt)) }
}

/// Why an outcome cannot be recorded now.
pub(super) fn out_of_turn(errand: &Errand, attempt: u16) -> Refusal {
    if errand.attempts < attempt { Refusal::NotAttempted } else { Refusal::LaterAttempt }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::{Command, Way};

    fn record(attempt: u16, left: Left) -> Command {
        Command::RecordSent(RecordSent { attempt, left })
    }

    fn taken() -> Left {
        Left::Smtp { reference: Some("4F3G2H".to_owned()) }
    }

    #[test]
    fn it_has_left() {
        after(until_attempted(Way::Smtp)).when(POLICY, now(), record(1, taken())).then(sent(1));
    }

    #[test]
    fn a_letter_in_the_folder_is_ready_and_not_yet_on_its_way() {
        after(until_attempted(Way::LetterFile))
            .when(POLICY, now(), record(1, Left::LetterFile { file: kept(1, "html") }))
            .then(letter_prepared(1));
    }

    #[test]
    fn told_twice_it_has_left_once() {
        after(until_sent()).when(POLICY, now(), record(1, taken())).then_nothing();
        after(until_letter_ready())
            .when(POLICY, now(), record(1, Left::LetterFile { file: kept(1, "html") }))
            .then_nothing();
    }

    #[test]
    fn what_was_unknown_is_known_when_the_word_comes_after_all() {
        after(until_unknown()).when(POLICY, now(), record(1, taken())).then(sent(1));
    }

    #[test]
    fn an_outcome_belongs_to_its_own_attempt() {
        let again = [until_unknown(), vec![Event::ToBeSentAgain {}]].concat();
        let second = [again.clone(), vec![attempted(2, Way::Smtp)]].concat();
        for history in [again, second, until_failed()] {
            after(history)
                .when(POLICY, now(), record(1, taken()))
                .then_refused(Refusal::LaterAttempt);
        }
        for history in [until_planned(), until_held()] {
            after(history)
                .when(POLICY, now(), record(1, taken()))
                .then_refused(Refusal::NotAttempted);
        }
        after(vec![]).when(POLICY, now(), record(1, taken())).then_refused(Refusal::NotRequested);
    }
}
