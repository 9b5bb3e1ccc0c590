//! One message between services: what was published, and where it stands in its publisher's
//! stream. Bodies are read by the contract; nothing here opens a sealed value.

mod wire;
mod known;
mod logged;

use std::fmt;

use contracts::fact::Unreadable;
use eventstore::policy::order;
use eventstore::{Clock, Executor, Order, PolicyError, Receipt, Room};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use logged::BrokenEnvelope;
pub(crate) use logged::{hex, log_body};
pub use wire::Malformed;

/// A place in a stream of messages. One event may give several facts, so the log's position alone
/// does not name a message; position and ordinal together do, and they order a stream.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Mark {
    /// The publisher's log position.
    pub position: i64,
    /// Which of the event's messages, from 1.
    pub ordinal: i32,
}

impl Mark {
    /// Before the first message.
    pub const START: Self = Self { position: 0, ordinal: 0 };
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.position, self.ordinal)
    }
}

/// A message as published and as heard: a fact of the contract, or one stored event of the log.
///
/// Each message names the one before it in its stream. A reader that has applied `previous` lacks
/// nothing; this chain alone shows holes, whatever subjects and sequences JetStream gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// `UUIDv5` of event id and name, so it never changes however often it is published. Where one
    /// event gives several facts of one name, the later ones add `/2`, `/3`. For a message of the
    /// log, the event's own id.
    pub id: Uuid,
    /// Permanent name, such as `opportunity.opened.v1`.
    pub name: String,
    /// Who published it.
    pub service: String,
    /// The publisher's log; another one means another database.
    pub log_id: Uuid,
    /// Where it stands.
    pub mark: Mark,
    /// How many messages its event gives in this stream.
    pub ordinals: i32,
    /// The message before it in this stream; [`Mark::START`] for the first.
    pub previous: Mark,
    /// The publisher's room, such as `opportunity`.
    pub stream_type: String,
    /// The aggregate.
    pub stream_id: Uuid,
    /// The event's place in its aggregate.
    pub stream_version: i64,
    /// The event's chain hash, in lower-case hex.
    pub chain_hash: String,
    /// When the publisher took the command that led to it.
    pub occurred_at: Timestamp,
    /// Shared by everything that followed from one outside request.
    pub correlation_id: Uuid,
    /// The event that gave it.
    pub event_id: Uuid,
    /// W3C trace context of that command.
    pub traceparent: Option<String>,
    /// A JSON object: the fact's fields or, for a message of the log, the stored columns.
    pub body: String,
}

impl Fact {
    /// The fact as its contract knows it; `None` where this build's contract does not know the
    /// name, because the publisher is newer.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, Unreadable> {
        if known::knows::<T>(&self.name) {
            contracts::fact::read(&self.name, &self.body).map(Some)
        } else {
            Ok(None)
        }
    }

    /// What ties together, in logs, all that followed from one outside request.
    pub fn trace_id(&self) -> String {
        eventstore::envelope::trace_id(self.traceparent.as_deref(), self.correlation_id)
    }

    /// Whether all messages of its event have come with this one.
    pub fn completes_its_event(&self) -> bool {
        self.mark.ordinal >= self.ordinals
    }

    /// The order by which `policy` answers this fact on `target`, such as an aggregate's id. Its
    /// command id derives from event, policy and target, so a fact heard twice commands once. A
    /// policy that sends one target several commands names each target apart.
    pub fn order(&self, policy: &str, target: &str, clock: &Clock) -> Order {
        let mut order = order(policy, target, self.event_id, self.correlation_id, clock);
        order.traceparent.clone_from(&self.traceparent);
        order
    }

    /// Answers this fact with one command to the aggregate `target` and waits for its receipt. A
    /// refusal is an answer too: the receipt holds it.
    pub async fn answer_with<R: Room>(
        &self,
        executor: &Executor,
        policy: &str,
        target: Uuid,
        ask: R::Ask,
    ) -> Result<Receipt, PolicyError> {
        let order = self.order(policy, &target.to_string(), executor.clock());
        let receipt = executor.execute::<R>(target, ask, order).await?;
        if let Some(refusal) = &receipt.refusal {
            tracing::info!(
                policy,
                fact = self.name,
                event.id = %self.event_id,
                code = refusal.code,
                "a policy's command was refused"
            );
        }
        Ok(receipt)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{Fact, Mark, Timestamp, Uuid};

    /// A fact at `mark` after `previous`, the only one of its event.
    pub(crate) fn fact(mark: Mark, previous: Mark) -> Fact {
        Fact {
            id: Uuid::from_u128(7),
            name: "opportunity.opened.v1".to_owned(),
            service: "opportunities".to_owned(),
            log_id: Uuid::from_u128(1),
            mark,
            ordinals: 1,
            previous,
            stream_type: "opportunity".to_owned(),
            stream_id: Uuid::from_u128(2),
            stream_version: 4,
            chain_hash: "00ff".to_owned(),
            occurred_at: Timestamp::UNIX_EPOCH,
            correlation_id: Uuid::from_u128(3),
            event_id: Uuid::from_u128(4),
            traceparent: None,
            body: "{}".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::fact;
    use super::{Clock, Mark, Timestamp, Uuid};

    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Contract {
        #[serde(rename = "opportunity.opened.v1")]
        Opened { places: u16 },
    }

    fn first() -> super::Fact {
        fact(Mark { position: 1, ordinal: 1 }, Mark::START)
    }

    #[test]
    fn a_known_name_is_read_and_a_newer_one_is_none() {
        let mut fact = first();
        fact.body = r#"{"places":2}"#.to_owned();
        assert_eq!(fact.read::<Contract>().unwrap(), Some(Contract::Opened { places: 2 }));
        fact.name = "opportunity.moved.v1".to_owned();
        assert_eq!(fact.read::<Contract>().unwrap(), None);
    }

    #[test]
    fn a_known_name_with_another_body_cannot_be_read() {
        let mut fact = first();
        fact.body = r#"{"places":"two"}"#.to_owned();
        fact.read::<Contract>().unwrap_err();
    }

    #[test]
    fn a_policy_answers_one_fact_and_target_under_one_command_id() {
        let fact = first();
        let [one, other] = [Uuid::from_u128(8).to_string(), Uuid::from_u128(9).to_string()];
        let clock = Clock::standing_at(Timestamp::UNIX_EPOCH);
        let id = |policy: &str, target: &str| fact.order(policy, target, &clock).command_id;
        assert_eq!(id("close_it", &one), id("close_it", &one));
        assert_ne!(id("close_it", &one), id("close_it", &other));
        assert_ne!(id("close_it", &one), id("tell_them", &one));
    }
}
