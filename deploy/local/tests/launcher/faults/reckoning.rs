//! The reckoning: what was acknowledged is in the logs exactly once and is answered the same for ever,
//! every log is whole, and everything made from it is what it would be without any mischief.

mod logs;
mod streams;
mod told;

use std::collections::BTreeMap;
use std::time::Duration;

use involvement::pause;
use tokio::time::Instant;

use super::clients::Doors;
use super::house;
use super::ledger::{self, Entry};
use crate::rows::{Rows, SERVICES, superuser};
use crate::settled::Servers;
use crate::world::{Place, Story, Told, Up};

/// More than a lease lasts.
const TIMERS_FIRE_WITHIN: Duration = Duration::from_secs(30);
/// How many acknowledged commands are given once more.
const GIVEN_AGAIN: usize = 200;

/// Everything settles, and is reckoned up; `up` is stopped and started on the way. Says what was found.
pub async fn reckon(place: &Place, up: Up) -> Told<String> {
    let entries = ledger::read(place)?;
    timers_have_fired(place).await?;
    Servers::of(place).await?.settle().await?;
    of_logs(place).await?;
    the_same_is_answered(place, &entries).await?;
    let mut servers = Servers::of(place).await?;
    servers.settle().await?;
    let n_messages = streams::hold_each_once(place, servers.nats()).await?;
    let n_told = told::nobody_twice(place).await?;
    let verified = place.run(&["verify", "--json"])?;
    let up = nothing_differs_when_made_again(place, up).await?;
    is_gone_when_stopped(place, up)?;
    let n_events = verified.object()?["events"].as_i64().unwrap_or_default();
    Ok(format!("{n_events} events, {n_messages} messages in streams, {n_told} notifications"))
}

/// Whatever was acknowledged is in logs that are whole, once.
pub async fn of_logs(place: &Place) -> Story {
    logs::are_whole(place).await?;
    logs::hold_each_once(place, &ledger::read(place)?).await?;
    let verified = place.run(&["verify", "--json"])?;
    assert!(verified.succeeded, "{}{}", verified.output, verified.errors);
    Ok(())
}

/// Every timer that is due has fired: one whose service was killed is fired after its lease.
async fn timers_have_fired(place: &Place) -> Story {
    let until = Instant::now() + TIMERS_FIRE_WITHIN;
    for service in SERVICES {
        let mut database = superuser(place, service).await?;
        loop {
            let due = "select count(*) from log.timer where due_at <= now()";
            let due: i64 = sqlx::query_scalar(due).fetch_one(&mut database).await?;
            if due == 0 {
                break;
            }
            assert!(Instant::now() < until, "{service}: {due} timers are due and do not fire");
            pause::before_asking_again(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// Some of what was acknowledged is given once more, and answered as before in every byte.
async fn the_same_is_answered(place: &Place, entries: &[Entry]) -> Story {
    let doors = Doors::of(place)?;
    let every = entries.len() / GIVEN_AGAIN + 1;
    for Entry { command, answer, .. } in entries.iter().step_by(every) {
        match doors.give(command).await? {
            Ok((again, _)) if again == *answer => {}
            other => {
                let other = other.map(|(answer, text)| (answer, String::from_utf8(text)));
                return Err(format!("{command:?} was {answer:?} and is {other:?}").into());
            }
        }
    }
    Ok(())
}

/// Every row of every view is what it is when it is made again from nothing, and nothing is done anew.
async fn nothing_differs_when_made_again(place: &Place, up: Up) -> Told<Up> {
    let (views, logs) = (Rows::of_views(place).await?, Rows::of_logs(place).await?);
    assert!(views.n_rows() > 100, "there is something to compare: {}", views.n_rows());
    for service in SERVICES {
        let mut database = superuser(place, service).await?;
        sqlx::raw_sql("drop schema views cascade").execute(&mut database).await?;
    }
    assert!(up.stop()?, "it stops well");
    let up = place.up()?;
    Servers::of(place).await?.settle().await?;
    let differs = logs.differences(&Rows::of_logs(place).await?);
    assert!(differs.is_empty(), "logs differ: {}", differs.join("\n"));
    let differs = views.differences(&Rows::of_views(place).await?);
    assert!(differs.is_empty(), "rows differ: {}", differs.join("\n"));
    Ok(up)
}

fn is_gone_when_stopped(place: &Place, up: Up) -> Story {
    assert!(up.stop()?, "it stops well");
    let left: BTreeMap<u32, String> = house::everything(place)
        .into_iter()
        .map(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            (pid, String::from_utf8_lossy(&line).replace('\0', " "))
        })
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    Ok(())
}
