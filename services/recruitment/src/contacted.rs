//! That a human has reached someone before anything happens that goes against them, and how. What was
//! said stays between the two.

use eventstore::{Occasion, Taken};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::london::day_of;

/// The way someone was reached: the way they chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReachedBy)]
pub enum Channel {
    /// By telephone, a relay service included.
    Phone,
    /// By text message.
    Text,
    /// By e-mail.
    Email,
    /// By letter.
    Letter,
    /// Face to face, in a video call included.
    InPerson,
}

/// That someone was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contacted {
    /// How.
    pub by: Channel,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

impl Contacted {
    /// Whether this is a plan rather than a record.
    pub fn is_to_come(&self, occasion: &Occasion) -> bool {
        day_of(occasion.received_at) < self.on
    }
}

/// Whether a person gave this command. What ends or lapses something for someone is decided by a
/// human, never by a timer or a policy.
pub fn by_a_human(occasion: &Occasion) -> bool {
    match occasion.taken {
        Taken::Online | Taken::Paper | Taken::Phone | Taken::InPerson => true,
        Taken::Policy | Taken::Timer => false,
    }
}
