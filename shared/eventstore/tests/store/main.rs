//! The store against a real Postgres: what it promises when many write, repeat, clash and tamper.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

mod turnstile;
mod order;
mod repeats;
mod rules;
mod one_holder;
mod seats;
mod old_shapes;
mod rights;
mod following;
mod tally;
mod folding;
mod parking;
mod beside;
mod keeping;
mod timers;
mod in_doubt;
mod standing_still;
mod safety;
