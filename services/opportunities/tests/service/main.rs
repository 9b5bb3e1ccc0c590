//! The service whole: over HTTP, on a real Postgres, at a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod neighbour;
mod world;
mod publishing;
mod closing;
mod repeating;
mod reading;
mod setting;
mod two_accounts;
mod a_seat_falls_vacant;
mod who_may;
mod twins;
mod launched;
