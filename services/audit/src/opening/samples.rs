//! Where the room's stories start from.

use contracts::PersonId;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use eventstore::{Asked, Occasion, Taken};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Because, Command, Event, Opening, Record};

pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(2));
const READER: PersonId = PersonId::new(Uuid::from_u128(3));

pub(super) struct Given(AggregateTestExecutor<Opening>);

pub(super) fn given(history: Vec<Event>) -> Given {
    Given(TestFramework::<Opening>::with(()).given(history))
}

impl Given {
    pub(super) fn when(self, command: Record) -> cqrs_es::test::AggregateResultValidator<Opening> {
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

pub(super) fn record(people: &[PersonId]) -> Record {
    Record {
        people: people.iter().copied().collect(),
        field: "person_name",
        route: "/v1/timeline",
        because: Because::Complaint,
    }
}

pub(super) fn recorded(person: PersonId) -> Event {
    Event::Recorded {
        person,
        field: "person_name".to_owned(),
        route: "/v1/timeline".to_owned(),
        because: Because::Complaint,
    }
}
