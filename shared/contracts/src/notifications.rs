//! What the notifications service tells others: what has reached whom, and what has not. Facts name
//! people by their ids alone; what was written to them stays with the service.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{MessageId, OpportunityId, PersonId};

/// By which way someone is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By being rung up.
    Phone,
    /// By text message.
    Text,
    /// By letter.
    Letter,
    /// Face to face, in a video call included.
    InPerson,
}

/// What others may rely on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A message has left for someone, or staff have told them. Whether it was read nobody knows.
    #[serde(rename = "message.sent.v1")]
    Sent {
        /// Which message.
        message: MessageId,
        /// To whom.
        person: PersonId,
        /// What kind of message, such as `opportunity_opened`. Text, since kinds are added.
        kind: String,
        /// Which way.
        channel: Channel,
        /// The opportunity it is about, if it is about one.
        about: Option<OpportunityId>,
    },
    /// A message did not leave, and is not tried again by itself: staff see to it.
    #[serde(rename = "message.failed.v1")]
    Failed {
        /// Which message.
        message: MessageId,
        /// To whom.
        person: PersonId,
        /// What kind of message.
        kind: String,
        /// Why, as a permanent name such as `refused_for_good`.
        reason: String,
        /// The opportunity it is about, if it is about one.
        about: Option<OpportunityId>,
    },
    /// A message waits for staff, because it cannot be given in the person's way or format by itself.
    /// What the message leads to is not to run out for the person meanwhile.
    #[serde(rename = "message.held.v1")]
    Held {
        /// Which message.
        message: MessageId,
        /// To whom.
        person: PersonId,
        /// What kind of message.
        kind: String,
        /// The opportunity it is about, if it is about one.
        about: Option<OpportunityId>,
        /// By when staff are to have given it.
        act_by: Timestamp,
    },
}
