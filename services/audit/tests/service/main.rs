//! The service whole: it hears real logs through a real NATS, keeps them in a real Postgres, and is
//! asked over HTTP, at a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod world;
mod life;
mod telling;
mod hearing;
mod proving;
mod names;
mod access;
mod who_may;
