//! Relays the log to JetStream and hears others' facts.
//! JetStream carries and Postgres remembers: every stream may be wiped at any time and is published
//! again. What a fact means is decided elsewhere; nothing here knows an event by name.
#![warn(missing_docs, unreachable_pub)]

pub mod fact;
pub mod layout;
pub mod rights;
pub mod connect;
pub mod streams;
pub mod reached;
pub mod relay;
pub mod inbox;
mod replay;
mod schema;
mod waiting;

pub use connect::{Connection, connect};
pub use fact::{Fact, Mark};
pub use inbox::{
    FactPolicy, FactView, PolicyError, ProjectError, SubscriptionStatus, Subscriptions,
};
pub use layout::{Channel, Layout};
pub use relay::{Halt, Publish, Published, Relay, RelayStatus};
pub use rights::Rights;
