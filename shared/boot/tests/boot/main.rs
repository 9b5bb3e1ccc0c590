//! Services that do nothing but ring bells at their times, on a real Postgres: what the scheduler
//! promises when processes are frozen and killed, and when the clock jumps.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod bell;
mod tower;
mod process;
mod frozen_and_killed;
mod jumping;
