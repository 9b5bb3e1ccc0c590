//! Mischief from a seed: processes of the house are killed, or frozen and thawed, at intervals that
//! nobody expects, from outside and without asking.

use std::collections::BTreeMap;
use std::time::Duration;

use involvement::pause;
use tokio::time::Instant;

use super::house::{self, SERVICES};
use crate::hostile::dice::Dice;
use crate::world::{Place, Told, Up, send};

/// How long it is quiet between two faults, in milliseconds; a freeze lasts as long.
const QUIET_MS: (usize, usize) = (200, 3_000);

/// What can be done to the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    ServiceKilled(&'static str),
    SessionKilled,
    PostmasterKilled,
    NatsKilled,
    LauncherKilled,
    LauncherKilledTwice,
    ServiceFrozen,
    PostgresFrozen,
    SessionFrozen,
    NatsFrozen,
    LauncherFrozen,
}

/// Every kind once; a bag that is drawn from until it is empty.
fn bag() -> Vec<Fault> {
    use Fault::{
        LauncherFrozen, LauncherKilled, LauncherKilledTwice, NatsFrozen, NatsKilled,
        PostgresFrozen, PostmasterKilled, ServiceFrozen, ServiceKilled, SessionFrozen,
        SessionKilled,
    };
    let mut bag: Vec<Fault> = SERVICES.into_iter().map(ServiceKilled).collect();
    bag.extend([SessionKilled, PostmasterKilled, NatsKilled, LauncherKilled]);
    bag.extend([LauncherKilledTwice, ServiceFrozen, PostgresFrozen, SessionFrozen, NatsFrozen]);
    bag.push(LauncherFrozen);
    bag
}

/// Whoever does it.
pub struct Mischief<'a> {
    place: &'a Place,
    dice: Dice,
    bag: Vec<Fault>,
    done: BTreeMap<Fault, usize>,
}

impl<'a> Mischief<'a> {
    pub fn new(place: &'a Place, seed: u64) -> Self {
        Self { place, dice: Dice::new(seed, 0), bag: Vec::new(), done: BTreeMap::new() }
    }

    /// How often each was done.
    pub fn done(&self) -> &BTreeMap<Fault, usize> {
        &self.done
    }

    /// Does mischief until then; the launcher that runs afterwards.
    pub async fn until(
        &mut self,
        then: Instant,
        mut up: Up,
        mut goes_on: impl FnMut() -> bool,
    ) -> Told<Up> {
        while Instant::now() < then && goes_on() {
            pause::before_asking_again(self.a_while()).await;
            if self.bag.is_empty() {
                self.bag = bag();
            }
            let drawn = self.dice.below(self.bag.len());
            let fault = self.bag.swap_remove(drawn);
            if up.has_ended()? {
                return Err(format!("the launcher has ended by itself: {}", up.has_said()).into());
            }
            up = self.commit(fault, up).await?;
        }
        Ok(up)
    }

    fn a_while(&mut self) -> Duration {
        let (least, most) = QUIET_MS;
        let ms = least + self.dice.below(most - least);
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    async fn commit(&mut self, fault: Fault, up: Up) -> Told<Up> {
        let place = self.place;
        let was_done = match fault {
            Fault::ServiceKilled(name) => kill(house::service(place, name)),
            Fault::SessionKilled => kill(self.one_session()),
            Fault::PostmasterKilled => kill(house::postmaster(place).ok()),
            Fault::NatsKilled => kill(house::nats(place).ok()),
            Fault::LauncherKilled => {
                up.killed()?;
                self.count(fault);
                return place.up();
            }
            Fault::LauncherKilledTwice => {
                up.killed()?;
                let again = place.starting()?;
                pause::before_asking_again(self.a_while()).await;
                again.killed()?;
                self.count(fault);
                return place.up();
            }
            Fault::ServiceFrozen => {
                let name = *self.dice.one_of(&SERVICES);
                self.frozen(house::service(place, name).into_iter().collect()).await?
            }
            Fault::PostgresFrozen => self.frozen(house::postgres(place)).await?,
            Fault::SessionFrozen => {
                let session = self.one_session();
                self.frozen(session.into_iter().collect()).await?
            }
            Fault::NatsFrozen => self.frozen(house::nats(place).into_iter().collect()).await?,
            Fault::LauncherFrozen => self.frozen(vec![up.pid()]).await?,
        };
        if was_done {
            self.count(fault);
        }
        Ok(up)
    }

    fn count(&mut self, fault: Fault) {
        *self.done.entry(fault).or_default() += 1;
    }

    fn one_session(&mut self) -> Option<u32> {
        let sessions = house::children_of(house::postmaster(self.place).ok()?);
        if sessions.is_empty() { None } else { Some(*self.dice.one_of(&sessions)) }
    }

    /// Freezes these for a while; false where none of them was there any more.
    async fn frozen(&mut self, processes: Vec<u32>) -> Told<bool> {
        let ice = Ice::over(processes);
        let was_done = !ice.0.is_empty();
        pause::before_asking_again(self.a_while()).await;
        drop(ice);
        Ok(was_done)
    }
}

/// Kills a process; false where it had gone already.
fn kill(process: Option<u32>) -> bool {
    process.is_some_and(|process| send("KILL", process).is_ok_and(|it| it))
}

/// Processes that stand still until this goes.
pub struct Ice(Vec<u32>);

impl Ice {
    pub fn over(mut processes: Vec<u32>) -> Self {
        processes.retain(|process| send("STOP", *process).is_ok_and(|it| it));
        Self(processes)
    }
}

impl Drop for Ice {
    fn drop(&mut self) {
        for process in &self.0 {
            // One that was killed meanwhile does not wake.
            let _ = send("CONT", *process);
        }
    }
}

/// What was done, for people.
pub fn told(done: &BTreeMap<Fault, usize>) -> String {
    let all: Vec<_> = done.iter().map(|(fault, times)| format!("{fault:?} {times}")).collect();
    all.join(", ")
}
