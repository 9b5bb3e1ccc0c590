//! Cancel: a session does not take place. Whether those invited had the notice they are owed is
//! judged by when they could first hear of it.

use eventstore::Occasion;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Meeting, Refusal, Session};
use crate::wording::Wording;

pub use contracts::recruitment::CancelledBy;

/// Asked by staff or whoever leads the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// What they say.
    pub said: Cancellation,
    /// The rule in force, filled in at the edge.
    pub rule: LateRule,
}

/// The body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// Why, in words for those invited.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// On whose side the reason lies.
    pub by: CancelledBy,
}

/// How much notice the trust owes those invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateRule {
    /// So many hours before it begins.
    pub notice_hours: u16,
    /// Version of the setting.
    pub rule_version: String,
}

impl Cancellation {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.paragraph("reason", &self.reason);
        wording.found()
    }
}

impl Cancel {
    /// Until who was there is recorded: also when nobody could come in and it is typed in afterwards.
    pub fn decide(self, state: &Session, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Session::Planned(meeting) | Session::Confirmed(meeting) => {
                Ok(vec![self.cancelled(meeting, occasion)])
            }
            Session::Cancelled(_, before) if *before == self.said => Ok(Vec::new()),
            Session::Cancelled(..) => Err(Refusal::Cancelled),
            Session::NotPlanned => Err(Refusal::NotPlanned),
            Session::Held(..) => Err(Refusal::HeldAlready),
        }
    }

    fn cancelled(self, meeting: &Meeting, occasion: &Occasion) -> Event {
        let notice = meeting.starts_at.duration_since(occasion.taken_at);
        let owed = SignedDuration::from_hours(i64::from(self.rule.notice_hours));
        Event::Cancelled {
            reason: self.said.reason,
            by: self.said.by,
            late: notice < owed,
            rule_version: self.rule.rule_version,
            group: meeting.group,
            on: meeting.on(),
            length_minutes: meeting.length_minutes,
            invited: meeting.invited.clone(),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn cancel(by: CancelledBy) -> Command {
        Command::Cancel(Cancel {
            said: Cancellation { reason: REASON.to_owned(), by },
            rule: LateRule { notice_hours: 48, rule_version: "session_rules.1".to_owned() },
        })
    }

    #[test]
    fn a_session_is_cancelled_in_good_time_two_days_before_to_the_second() {
        for history in [until_planned(), until_confirmed()] {
            given(history)
                .when(online(STAFF, at("2027-06-13T13:00:00Z")), cancel(CancelledBy::Trust))
                .then(cancelled(false));
        }
        given(until_planned())
            .when(online(STAFF, at("2027-06-13T13:00:01Z")), cancel(CancelledBy::Trust))
            .then(cancelled(true));
    }

    #[test]
    fn notice_runs_from_when_people_could_hear_of_it_and_not_from_a_note_on_a_desk() {
        let noted = at("2027-06-10T09:00:00Z");
        given(until_planned())
            .when(typed(STAFF, LEAD, noted, at("2027-06-15T09:00:00Z")), cancel(CancelledBy::Trust))
            .then(cancelled(true));
    }

    #[test]
    fn one_that_nobody_could_get_into_is_cancelled_afterwards() {
        given(until_confirmed())
            .when(online(STAFF, afterwards()), cancel(CancelledBy::Trust))
            .then(cancelled(true));
    }

    #[test]
    fn told_twice_it_is_cancelled_once() {
        given(until_cancelled())
            .when(online(STAFF, afterwards()), cancel(CancelledBy::Trust))
            .then_nothing();
    }

    #[test]
    fn what_was_cancelled_or_has_taken_place_is_not_cancelled() {
        let refusals = [
            (vec![], Refusal::NotPlanned),
            (until_cancelled(), Refusal::Cancelled),
            (until_recorded(), Refusal::HeldAlready),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(online(STAFF, beforehand()), cancel(CancelledBy::Invited))
                .then_refused(refusal);
        }
    }

    #[test]
    fn a_reason_is_written() {
        let reason = |text: &str| Cancellation { reason: text.to_owned(), by: CancelledBy::Trust };
        assert_eq!(reason(REASON).malformed(), []);
        assert_eq!(reason("").malformed().len(), 1);
    }
}
