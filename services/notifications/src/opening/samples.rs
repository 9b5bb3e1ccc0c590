//! Where the room's stories start from.

use contracts::{MessageId, PersonId};
use cqrs_es::test::{AggregateResultValidator, AggregateTestExecutor, TestFramework};
use eventstore::{Asked, Occasion, Taken};
use jiff::Timestamp;
use uuid::Uuid;

use super::events::What;
use super::{Command, Event, Opening, Record};

const PERSON: PersonId = PersonId::new(Uuid::from_u128(1));
const READER: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const MESSAGE: MessageId = MessageId::new(Uuid::from_u128(3));
pub(super) const ANOTHER_MESSAGE: MessageId = MessageId::new(Uuid::from_u128(4));

pub(super) struct Given(AggregateTestExecutor<Opening>);

pub(super) fn given(history: Vec<Event>) -> Given {
    Given(TestFramework::<Opening>::with(()).given(history))
}

impl Given {
    pub(super) fn when(self, command: Record) -> AggregateResultValidator<Opening> {
        let occasion = Occasion {
            taken_at: Timestamp::UNIX_EPOCH,
            received_at: Timestamp::UNIX_EPOCH,
            taken: Taken::Online,
            actor: READER,
            on_behalf_of: None,
        };
        self.0.when(Asked { occasion, command: Command::Record(command) })
    }
}

pub(super) fn record(message: MessageId) -> Record {
    Record { person: PERSON, message }
}

pub(super) fn recorded() -> Event {
    Event::Recorded { person: PERSON, message: MESSAGE, what: What::MessageWords }
}
