//! Services with real servers under them. Of gates: what is promised at start, at a stop, when a
//! database or a NATS is slow, silent or gone, and what an operator is told. Of bells: what the
//! scheduler promises when processes are frozen and killed, and when the clock jumps.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod bell;
mod tower;
mod process;
mod frozen_and_killed;
mod jumping;

mod gate;
mod house;
mod unsafe_databases;
mod conditions;
mod answering;
mod stopping;
mod gatekeeper;
mod processes;
mod telling;
mod measuring;
mod collector;
mod tracing_along;
