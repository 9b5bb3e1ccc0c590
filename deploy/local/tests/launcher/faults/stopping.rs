//! Asked to stop, the whole house stops soon, whoever is at work and whatever stands still.

use std::time::Duration;

use involvement::pause;
use tokio::time::Instant;

use super::clients::Clients;
use super::mischief::Ice;
use super::{chains, house, ledger, reckoning};
use crate::hostile::{seed, tell};
use crate::world::{Place, Story, Told, Up};

/// Nobody waits longer for everything to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(10);
/// Acknowledged before anybody is asked to stop, so that there is work under way.
const UNDER_WAY: usize = 40;

fn stops_soon(up: Up) -> Told<Duration> {
    let began = Instant::now();
    assert!(up.stop()?, "it ends well when asked to");
    let took = began.elapsed();
    assert!(took < STOPS_WITHIN, "it took {took:?} to stop");
    Ok(took)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_while_people_work_it_stops_within_ten_seconds_and_loses_nothing() -> Story {
    let seed = seed();
    tell(&format!("SEED={seed}"));
    let place = Place::alone()?;
    let up = place.up()?;
    chains::prepare(&place, seed).await?;
    let mut clients = Clients::at_work(&place, seed)?;
    while ledger::read(&place)?.len() < UNDER_WAY && !clients.has_stumbled() {
        pause::before_asking_again(Duration::from_millis(100)).await;
    }
    tell(&format!("it stopped within {:?} while people worked", stops_soon(up)?));

    let up = place.up()?;
    let work = clients.stop().await?;
    assert!(work.repeated > 0, "the stop was felt");
    reckoning::of_logs(&place).await?;

    let ice = Ice::over(house::service(&place, "recruitment").into_iter().collect());
    tell(&format!("it stopped within {:?} though a service stood still", stops_soon(up)?));
    drop(ice);
    assert_eq!(house::everything(&place), Vec::<u32>::new());
    Ok(())
}
