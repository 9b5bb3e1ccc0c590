//! The service whole: over HTTP, on a real Postgres and a real NATS, at a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod neighbour;
mod world;
mod registering;
mod acting_for_others;
mod matching;
mod applying;
mod round;
mod selecting;
mod telling;
mod withdrawing;
mod groups;
mod wall_calendar;
mod forum;
mod holding_a_seat;
mod following;
mod end_of_term;
mod standing_still;
mod ten_years;
mod attending;
mod readers;
mod who_may;
mod sealed;
mod twins;
mod old_shapes;
mod one_holder;
