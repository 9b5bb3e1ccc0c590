//! Readings of what was written to people: put on record before anything is shown to somebody else.

use web::{Permit, Problem};

use super::State;
use super::reach::Rights;
use crate::opening::{Command, Opening, Record};
use crate::views::message::Row;
use crate::words;

impl State {
    /// Whether a message's words are for the caller; that they are about to be read is on record
    /// then, under the right that opens them. What was written to the caller is theirs to read, and
    /// nothing of it is recorded.
    pub(super) async fn opens_words(
        &self,
        permit: &Permit,
        rights: &Rights,
        row: &Row,
    ) -> Result<bool, Problem> {
        let person = row.errand.to;
        if permit.is_person(person) {
            return Ok(true);
        }
        let opening = rights.all().find(|right| words::are_open_to(&right.role, &row.errand));
        let Some(authority) = opening.cloned() else { return Ok(false) };
        let command = Command::Record(Record { person, message: row.id });
        self.edge.record_reading::<Opening>(permit, authority, None, command).await?;
        Ok(true)
    }
}
