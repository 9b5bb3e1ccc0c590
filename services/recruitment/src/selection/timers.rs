//! What the store keeps beside a selection's events: the timer of the morning on which outcomes are
//! told. Decides nothing.

use eventstore::{KeyChange, Room, TimerChange, UniqueKey};

use super::{Command, Event, Refusal, Selection, Tell};

const TELL: &str = "tell";

impl Room for Selection {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::OutcomeApproved { tell_at, .. } | Event::TellingPutOff { tell_at } => {
                vec![TimerChange::Arm { name: TELL.to_owned(), due_at: *tell_at }]
            }
            Event::ApprovalSetAside {} | Event::CalledOff {} => {
                vec![TimerChange::Cancel { name: TELL.to_owned() }]
            }
            Event::ApplicationTakenIn { .. }
            | Event::ApplicantWithdrawn { .. }
            | Event::Begun { .. }
            | Event::PutOff {}
            | Event::Resumed {}
            | Event::PanelFormed { .. }
            | Event::MemberStoodDown { .. }
            | Event::ConflictDeclared { .. }
            | Event::Scored { .. }
            | Event::ScoresLocked { .. }
            | Event::DecisionRecorded { .. }
            | Event::OutcomeReleased { .. }
            | Event::OutcomesTold { .. } => Vec::new(),
        }
    }

    fn unique_keys(_: &Event) -> Vec<KeyChange> {
        // One selection per opportunity follows from its id.
        Vec::new()
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AlreadyBegun
    }

    fn due(timer: &str) -> Option<Command> {
        (timer == TELL).then_some(Command::Tell(Tell {}))
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::story::at;

    #[test]
    fn approval_sets_the_morning_and_another_morning_moves_it() {
        let arm = |due_at| [TimerChange::Arm { name: "tell".to_owned(), due_at }];
        assert_eq!(Selection::timers(&approved()), arm(telling()));
        let later = at("2027-02-23T09:00:00Z");
        assert_eq!(Selection::timers(&Event::TellingPutOff { tell_at: later }), arm(later));
    }

    #[test]
    fn what_is_set_aside_or_called_off_is_not_told() {
        for event in [Event::ApprovalSetAside {}, Event::CalledOff {}] {
            assert_eq!(
                Selection::timers(&event),
                [TimerChange::Cancel { name: "tell".to_owned() }]
            );
        }
    }

    #[test]
    fn the_timer_tells_and_nothing_else() {
        assert!(matches!(Selection::due("tell"), Some(Command::Tell(Tell {}))));
        assert!(Selection::due("decide").is_none());
    }

    #[test]
    fn one_opportunity_has_one_selection_and_keeps_it() {
        assert_eq!(Selection::of(OPPORTUNITY), Selection::of(OPPORTUNITY));
        for event in one_of_each() {
            assert_eq!(Selection::unique_keys(&event), []);
        }
    }
}
