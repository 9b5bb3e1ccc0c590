//! What the house withstands: servers and services that end or stand still while people go on working.
//! Every fault is done to real processes from outside, as a machine would do it. `FAULT_SECONDS` asks
//! for more mischief, `SEED` for the same again.

mod house;
mod ledger;
mod clients;
mod chains;
mod mischief;
mod reckoning;
mod servers_that_end;
mod stopping;
mod standing_still;
mod full_disk;

use std::time::Duration;

use tokio::time::Instant;

use crate::hostile::{number, seed, tell};
use crate::world::{Place, Story};
use clients::Clients;
use mischief::Mischief;

/// How long there is mischief in every run of all tests.
const SECONDS_USUAL: u64 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_whatever_is_killed_or_frozen() -> Story {
    let seconds = number("FAULT_SECONDS").unwrap_or(SECONDS_USUAL);
    let seed = seed();
    tell(&format!("SEED={seed} FAULT_SECONDS={seconds}"));
    let place = Place::alone()?;
    let up = place.up()?;
    chains::prepare(&place, seed).await?;

    let mut clients = Clients::at_work(&place, seed)?;
    let mut mischief = Mischief::new(&place, seed);
    let then = Instant::now() + Duration::from_secs(seconds);
    let up = mischief.until(then, up, || !clients.has_stumbled()).await?;
    let work = clients.stop().await?;
    tell(&format!("{} acknowledged, {} of them repeated", work.acknowledged, work.repeated));
    tell(&mischief::told(mischief.done()));
    assert!(work.repeated > 0, "the mischief was felt");
    house::becomes_ready(&up.addresses()).await?;
    tell(&reckoning::reckon(&place, up).await?);
    Ok(())
}
