//! Ids that cross a border, typed by what they name, so that an application's id cannot be passed
//! where a claim's is meant. An id never tells anything about a person.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What an id names.
pub trait Kind {
    /// The singular noun, as it appears in documentation and error texts.
    const NAME: &'static str;
}

/// An id of one kind of thing.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// Gives a bare UUID its kind.
    pub const fn new(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// The bare UUID, for storage and for deriving further ids.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<K> Default for Id<K> {
    fn default() -> Self {
        Self::new(Uuid::nil())
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::new)
    }
}
impl<K> From<Uuid> for Id<K> {
    fn from(uuid: Uuid) -> Self {
        Self::new(uuid)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}
impl<K> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Uuid,
            )))
            .into()
    }
}
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(K::NAME)
    }
}

/// A person behind one or more accounts: someone involved, or a member of staff.
#[derive(Debug)]
pub enum Person {}
impl Kind for Person {
    const NAME: &'static str = "PersonId";
}
/// Names a person in every event, fact and row. Never derived from a name or an address.
pub type PersonId = Id<Person>;

/// An advertised chance to take part.
#[derive(Debug)]
pub enum Opportunity {}
impl Kind for Opportunity {
    const NAME: &'static str = "OpportunityId";
}
/// Names an opportunity.
pub type OpportunityId = Id<Opportunity>;

/// A body with purpose and seats.
#[derive(Debug)]
pub enum Group {}
impl Kind for Group {
    const NAME: &'static str = "GroupId";
}
/// Names a group.
pub type GroupId = Id<Group>;

/// One place in a group or role.
#[derive(Debug)]
pub enum Seat {}
impl Kind for Seat {
    const NAME: &'static str = "SeatId";
}
/// Names a seat.
pub type SeatId = Id<Seat>;

/// One person's wish to take part in one opportunity.
#[derive(Debug)]
pub enum Application {}
impl Kind for Application {
    const NAME: &'static str = "ApplicationId";
}
/// Names an application.
pub type ApplicationId = Id<Application>;

/// One panel's work on one opportunity.
#[derive(Debug)]
pub enum Selection {}
impl Kind for Selection {
    const NAME: &'static str = "SelectionId";
}
/// Names a selection.
pub type SelectionId = Id<Selection>;

/// One person's holding of one seat.
#[derive(Debug)]
pub enum Appointment {}
impl Kind for Appointment {
    const NAME: &'static str = "AppointmentId";
}
/// Names an appointment.
pub type AppointmentId = Id<Appointment>;

/// A meeting or other occasion people attend.
#[derive(Debug)]
pub enum Session {}
impl Kind for Session {
    const NAME: &'static str = "SessionId";
}
/// Names a session.
pub type SessionId = Id<Session>;

/// A piece of work done without a session.
#[derive(Debug)]
pub enum Work {}
impl Kind for Work {
    const NAME: &'static str = "WorkId";
}
/// Names a piece of work.
pub type WorkId = Id<Work>;

/// The rates that hold from a day on.
#[derive(Debug)]
pub enum RateCard {}
impl Kind for RateCard {
    const NAME: &'static str = "RateCardId";
}
/// Names a rate card.
pub type RateCardId = Id<RateCard>;

/// What one person is owed for one activity.
#[derive(Debug)]
pub enum Claim {}
impl Kind for Claim {
    const NAME: &'static str = "ClaimId";
}
/// Names a claim.
pub type ClaimId = Id<Claim>;

/// Claims paid together.
#[derive(Debug)]
pub enum PaymentBatch {}
impl Kind for PaymentBatch {
    const NAME: &'static str = "PaymentBatchId";
}
/// Names a payment batch.
pub type PaymentBatchId = Id<PaymentBatch>;

/// One message to one person.
#[derive(Debug)]
pub enum Message {}
impl Kind for Message {
    const NAME: &'static str = "MessageId";
}
/// Names a message.
pub type MessageId = Id<Message>;
