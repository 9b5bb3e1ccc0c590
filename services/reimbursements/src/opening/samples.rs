//! Where the room's stories start from.

use contracts::{ClaimId, PersonId};
use eventstore::Occasion;
use jiff::Timestamp;
use uuid::Uuid;

use super::events::What;
use super::{Command, Event, Opening, Record};
use crate::story::{Given, online};

const PERSON: PersonId = PersonId::new(Uuid::from_u128(1));
const READER: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(3));
pub(super) const ANOTHER_CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(4));

pub(super) fn given(history: Vec<Event>) -> Given<Opening> {
    Given(history)
}

pub(super) fn reading() -> Occasion {
    online(READER, Timestamp::UNIX_EPOCH)
}

pub(super) fn record(claim: ClaimId) -> Command {
    Command::Record(Record { person: PERSON, claim })
}

pub(super) fn recorded() -> Event {
    Event::Recorded { person: PERSON, claim: CLAIM, what: What::ClaimNotes }
}
