//! What the store keeps beside an application's events: that one person applies for one opportunity
//! once. Decides nothing.

use contracts::{OpportunityId, PersonId};
use eventstore::{KeyChange, Room, TimerChange, UniqueKey};

use super::{Application, Command, Event, Refusal};

const APPLICATION_OF: &str = "application.of";

impl Room for Application {
    type Ask = Command;

    fn timers(_: &Event) -> Vec<TimerChange> {
        // Nothing lapses by the passing of time, a reserve least of all.
        Vec::new()
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Submitted { opportunity, applicant, .. } => {
                vec![KeyChange::Claim(application_of(*opportunity, *applicant))]
            }
            Event::Withdrawn { opportunity, applicant, before_outcome: true, .. } => {
                vec![KeyChange::Release(application_of(*opportunity, *applicant))]
            }
            Event::Withdrawn { before_outcome: false, .. }
            | Event::Offered { .. }
            | Event::KeptInReserve { .. }
            | Event::NotSelected { .. }
            | Event::OpportunityWithdrawn { .. }
            | Event::PlaceOffered { .. }
            | Event::Appointed { .. }
            | Event::PlaceNotTaken { .. }
            | Event::PlaceEnded { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AlreadyApplied
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

fn application_of(opportunity: OpportunityId, person: PersonId) -> UniqueKey {
    UniqueKey { scope: APPLICATION_OF, value: format!("{opportunity}/{person}") }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    fn key() -> UniqueKey {
        UniqueKey { scope: "application.of", value: format!("{OPPORTUNITY}/{ANA}") }
    }

    #[test]
    fn a_person_applies_for_an_opportunity_once() {
        assert_eq!(Application::unique_keys(&submitted()), [KeyChange::Claim(key())]);
        assert_eq!(Application::taken(&key()), Refusal::AlreadyApplied);
    }

    #[test]
    fn whoever_withdraws_before_the_outcome_may_apply_again() {
        assert_eq!(Application::unique_keys(&withdrawn(true)), [KeyChange::Release(key())]);
        assert_eq!(Application::unique_keys(&withdrawn(false)), []);
    }

    #[test]
    fn nothing_lapses_by_the_passing_of_time() {
        for event in [submitted(), kept_in_reserve(), offered(), not_selected(), appointed()] {
            assert_eq!(Application::timers(&event), []);
        }
        assert!(Application::due("anything").is_none());
    }
}
