//! The service whole: facts of its neighbours on a real NATS, its rows on a real Postgres, a mail
//! server that can be moody, at a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod neighbour;
mod mail_server;
mod world;
mod telling;
mod news;
mod ways;
mod holding;
mod mailing;
mod dying;
mod exposure;
mod reading;
mod localities;
mod readers;
mod words;
mod who_may;
mod moods;
mod exits;
mod measured;
