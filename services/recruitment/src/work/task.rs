//! What someone is asked to do. Decides only whether its days agree.

use contracts::PersonId;
use contracts::id::GroupId;
use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusal;
use crate::london::day_of;
use crate::wording::Wording;

pub use contracts::recruitment::TaskKind;

/// A piece of work as asked for. The body of an ask, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Who is asked.
    pub person: PersonId,
    /// The group it is for, if any.
    pub group: Option<GroupId>,
    /// What kind of work it is.
    pub kind: TaskKind,
    /// What it is, in neutral words: they stand on claims and payslips.
    #[schema(max_length = 150)]
    pub what: String,
    /// On which day they were asked.
    #[schema(value_type = String, format = Date)]
    pub asked_on: Date,
    /// By which day it is needed, if by any.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
}

impl Task {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("what", &self.what, 150);
        wording.found()
    }

    /// Asked for by the day this was said, and needed no earlier.
    pub(super) fn days_agree(&self, occasion: &Occasion) -> Result<(), Refusal> {
        if day_of(occasion.received_at) < self.asked_on {
            return Err(Refusal::DayToCome);
        }
        if self.due_on.is_some_and(|due_on| due_on < self.asked_on) {
            return Err(Refusal::DueBeforeAsked);
        }
        Ok(())
    }
}
