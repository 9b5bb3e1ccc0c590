//! Where the room's stories start from.

use contracts::{ApplicationId, PersonId};
use eventstore::Occasion;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Command, Event, Opening, Read, Record, What};
use crate::story::{Given, online};

pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(2));
const READER: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(4));

pub(super) fn given(history: Vec<Event>) -> Given<Opening> {
    Given(history)
}

pub(super) fn reading() -> Occasion {
    online(READER, Timestamp::UNIX_EPOCH)
}

pub(super) fn application_of(person: PersonId) -> Read {
    Read { person, what: What::Application { application: APPLICATION } }
}

pub(super) fn record_of(person: PersonId) -> Read {
    Read { person, what: What::Record }
}

pub(super) fn record(read: &[Read]) -> Command {
    Command::Record(Record { read: read.iter().copied().collect() })
}

pub(super) fn recorded(Read { person, what }: Read) -> Event {
    Event::Recorded { person, what }
}
