//! Lends tests a throwaway database, NATS, issuer and HTTP client, all real.
//! A dev-dependency only: nothing that a release build can reach may stand here.
#![warn(missing_docs, unreachable_pub)]
#![expect(
    clippy::expect_used,
    reason = "a test that cannot have its servers has failed, and says why"
)]
#![expect(clippy::missing_panics_doc, reason = "everything here panics where the test has failed")]

mod lines;
mod database;
mod nats;
mod issuer;
mod http;
mod settle;
mod wire;
mod at_once;
mod chance;
mod processes;
pub mod who_may;
pub mod forged;

pub use at_once::at_once;
pub use chance::{Chance, number};
pub use database::{TestDatabase, database};
pub use http::{Answer, Http, send};
pub use issuer::{Issuer, Person};
pub use lines::{logged, personal};
pub use nats::{TestNats, nats};
pub use processes::{Processes, order_of};
pub use servers::NatsUser;
pub use settle::{service_config, settled, until};
pub use wire::{At, Then, Toward, Wire};
