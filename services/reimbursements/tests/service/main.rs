//! The service whole: over HTTP, on a real Postgres and a real NATS, at a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod neighbour;
mod bodies;
mod world;
mod paying;
mod claiming;
mod signing;
mod waiting_for_a_run;
mod exporting;
mod reading;
mod rates;
mod bank_accounts;
mod sealed;
mod who_may;
mod duties;
