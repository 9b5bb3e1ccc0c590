//! Events in, events out, in one order, guarded by version.
//! Knows no event by name, no read model and no NATS; nothing here can reach the network beyond its
//! own database, and no user's code runs while the head is locked.
#![warn(missing_docs, unreachable_pub)]

pub mod clock;
pub mod room;
pub mod envelope;
pub mod schema;
pub mod safety;
pub mod chain;
pub mod append;
pub mod committer;
mod batch;
mod writes;
pub mod figures;
pub mod load;
pub mod executor;
pub mod reader;
pub mod view;
pub mod upcast;
pub mod policy;
pub mod timer;
pub mod verify;

pub use append::{Append, Appended, KeyChange, NewEvent, Reason, Receipt, Refused, TimerChange};
pub use clock::Clock;
pub use committer::{Committer, Overloaded};
pub use envelope::{Actor, Authority, Metadata, StoredEvent, StreamId, Taken};
pub use executor::{Executor, Failure, Order, Outcome};
pub use figures::Figures;
pub use policy::{Policy, PolicyError};
pub use room::{Asked, Occasion, Refusal, Room, UniqueKey};
pub use upcast::{Shape, Upcaster, Upcasters};
pub use view::{Key, Progress, ProjectError, Rows, View};
