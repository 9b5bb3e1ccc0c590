//! Record an opening: whose value a reader is about to see, by which route, and why.

use std::collections::BTreeSet;

use contracts::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Opening, Refusal};

/// Why a reader looks. Chosen from a list, as a text of their own could name someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The trust's own audit.
    RoutineAudit,
    /// Someone complained.
    Complaint,
    /// Someone asked what is held about them.
    SubjectAccess,
    /// Something may have gone wrong with people's data.
    Incident,
    /// A decision is looked at again.
    Review,
}

/// Given by whoever is about to read, before anything is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose values.
    pub people: BTreeSet<PersonId>,
    /// Which value of each: the permanent name of its field.
    pub field: &'static str,
    /// By which route.
    pub route: &'static str,
    /// Why.
    pub because: Because,
}

impl Record {
    /// One event for each person, all or none.
    pub fn decide(self, state: &Opening) -> Result<Vec<Event>, Refusal> {
        if self.people.is_empty() {
            return Err(Refusal::Nobody);
        }
        if state.people == self.people {
            return Ok(Vec::new());
        }
        if !state.people.is_empty() {
            return Err(Refusal::RecordedAlready);
        }
        let event = |person| Event::Recorded {
            person,
            field: self.field.to_owned(),
            route: self.route.to_owned(),
            because: self.because,
        };
        Ok(self.people.iter().copied().map(event).collect())
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn every_person_whose_name_is_looked_at_is_recorded() {
        given(Vec::new())
            .when(record(&[ANA, BEN]))
            .then_expect_events(vec![recorded(ANA), recorded(BEN)]);
    }

    #[test]
    fn an_opening_recorded_as_it_is_asked_is_not_recorded_twice() {
        given(vec![recorded(ANA)]).when(record(&[ANA])).then_expect_events(Vec::new());
    }

    #[test]
    fn an_opening_on_record_takes_nobody_else_in() {
        given(vec![recorded(ANA)])
            .when(record(&[ANA, BEN]))
            .then_expect_error(Refusal::RecordedAlready);
    }

    #[test]
    fn looking_at_nobody_is_no_opening() {
        given(Vec::new()).when(record(&[])).then_expect_error(Refusal::Nobody);
    }
}
