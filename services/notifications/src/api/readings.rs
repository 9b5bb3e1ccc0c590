//! Readings of what was written to people: put on record before anything is shown to somebody else.

use contracts::{MessageId, PersonId};
use eventstore::Authority;
use web::{Permit, Problem};

use super::State;
use crate::opening::{Command, Opening, Record};

impl State {
    /// Puts on record that the caller is about to read what was written to this person. What was
    /// written to the caller is theirs to read, and nothing of it is recorded.
    pub(super) async fn note_reading(
        &self,
        permit: &Permit,
        authority: Authority,
        person: PersonId,
        message: MessageId,
    ) -> Result<(), Problem> {
        if permit.is_person(person) {
            return Ok(());
        }
        let command = Command::Record(Record { person, message });
        self.edge.record_reading::<Opening>(permit, authority, None, command).await
    }
}
