//! Keeps a view up to date. An event that cannot be folded parks its stream, visibly; a database that is
//! away is waited for. Rows of older code are made anew beside those that are read; rows of newer code
//! are left alone.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::ahead::{BATCH_MAX, ReadAhead, read};
use super::batch::{Batch, Folded};
use super::beside::{Building, Care, Step, Trouble};
use super::stands::{Generation, prepare};
use super::upkeep::Keeper;
use super::{Progress, View};
use crate::executor::Executor;

/// The safety net under the in-process wake-up.
const POLL: Duration = Duration::from_millis(500);
/// How often whoever has nothing to fold looks whether its rows are still those that are read.
const LOOKS_EVERY: Duration = Duration::from_secs(2);

/// Somebody who keeps one view up to date.
struct Follower {
    view: Arc<dyn View>,
    keeper: Keeper,
    progress: Progress,
    /// Where the rows stand, as far as this process knows.
    live: Option<Generation>,
    looked_at: Instant,
    /// What is read already of what comes next.
    ahead: Option<ReadAhead>,
    /// The rows that are made anew, while those that are read are of older code.
    building: Option<Building>,
}

/// Keeps a view up to date until `stop`.
pub async fn follow(
    view: Arc<dyn View>,
    service: String,
    executor: Executor,
    progress: Progress,
    stop: CancellationToken,
) {
    let mut heads = executor.committer().heads();
    let mut net = tokio::time::interval(POLL);
    net.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let keeper = Keeper { executor, service, by: None };
    let (live, ahead, building) = (None, None, None);
    let looked_at = Instant::now();
    let mut follower = Follower { view, keeper, progress, live, looked_at, ahead, building };
    loop {
        let work = AssertUnwindSafe(follower.go_on()).catch_unwind();
        let outcome = tokio::select! {
            // Rows and checkpoint move together or not at all.
            () = stop.cancelled() => return,
            outcome = work => outcome,
        };
        if follower.tell(outcome) {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = heads.changed() => if changed.is_err() { return },
            _ = net.tick() => {}
        }
    }
}

impl Follower {
    /// Does one thing; says whether there is more to do at once.
    async fn go_on(&mut self) -> Result<bool, Trouble> {
        let pool = self.keeper.executor.pool();
        let care = Care { view: &*self.view, service: &self.keeper.service, pool };
        if let Some(building) = &mut self.building {
            match building.step(care).await? {
                Step::More => {}
                Step::Elsewhere => self.building = None,
                Step::CaughtUp => {
                    self.building = None;
                    self.live = None;
                    care.switch(&self.keeper).await?;
                }
            }
            return Ok(true);
        }
        let Some(live) = &mut self.live else {
            prepare(care.view, pool).await?;
            let (live, code) = (care.find_live().await?, care.view.version());
            if live.version > code {
                return Err(Trouble::OtherVersion { rows: live.version, code });
            }
            if live.version < code {
                self.building = Some(care.begin().await?);
            } else {
                self.live = Some(live);
            }
            self.ahead = None;
            return Ok(true);
        };
        let events = match &mut self.ahead {
            Some(ahead) => ahead.next().await.transpose()?.unwrap_or_default(),
            None => read(pool, live.position, i64::MAX).await?,
        };
        let Some(last) = events.last() else {
            let more = self.ahead.take().is_some();
            // A switch after the last event would be noticed by the next one alone.
            if !more && self.looked_at.elapsed() > LOOKS_EVERY {
                self.looked_at = Instant::now();
                if !care.is_live(live.number).await? {
                    self.live = None;
                    return Ok(true);
                }
            }
            return Ok(more);
        };
        if events.len() == BATCH_MAX && self.ahead.is_none() {
            self.ahead = Some(ReadAhead::start(pool.clone(), last.position, i64::MAX));
        }
        let mut batch = Batch { view: care.view, generation: live, may_park: None };
        if let Folded::Elsewhere = batch.fold(pool, &events).await? {
            self.live = None;
        }
        Ok(true)
    }

    /// Lets everybody know; says whether there is more to do at once.
    fn tell(&mut self, outcome: Result<Result<bool, Trouble>, Box<dyn Any + Send>>) -> bool {
        let (service, name) = (self.keeper.service.as_str(), self.view.name());
        let position = self.live.as_ref().map(|live| live.position);
        let why = match outcome {
            Ok(Ok(more)) => {
                if let Some(live) = &self.live {
                    self.progress.reached(service, name, live.position);
                    self.progress.parked(service, name, live.parked.len());
                } else if let Some(building) = &self.building {
                    let (at, of) = (building.next.position, building.goal);
                    let why = format!("its rows are made anew: {at} of {of} events");
                    self.progress.stalled(service, name, &why);
                }
                return more;
            }
            Ok(Err(error)) => {
                let source: &dyn std::error::Error = &error;
                tracing::error!(view = name, position, source, "a view stands still");
                match error {
                    Trouble::Database(_) | Trouble::NotRecorded(_) | Trouble::Busy => {
                        "the database does not answer, or not as it has to".to_owned()
                    }
                    Trouble::Poison(_) | Trouble::OtherVersion { .. } | Trouble::Nothing(_) => {
                        error.to_string()
                    }
                }
            }
            Err(_) => {
                tracing::error!(view = name, position, "a view broke off");
                "it broke off at an event".to_owned()
            }
        };
        self.progress.stalled(service, name, &why);
        (self.live, self.building, self.ahead) = (None, None, None);
        false
    }
}
