//! The one clock: the machine's, plus an offset that only the launcher's control call may set.
//! It never goes backwards, and does not stand still where the machine's is set back. Rooms never see
//! it; they see an occasion.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The zone in which people read dates and deadlines.
pub const LOCAL_ZONE: &str = "Europe/London";

/// Tells the time to everything in a process. Cheap to clone; all clones agree.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Milliseconds added to the machine's clock, or the instant itself where it stands still.
    millis: Arc<AtomicI64>,
    /// Nothing where it stands still.
    machine: Option<Arc<Mutex<Machine>>>,
}

/// The machine's clock as this process takes it. Where it is set back, what was told is not taken
/// back: time goes on from there, as fast as it passes, so that what has expired stays expired and
/// what expires later still does.
#[derive(Debug)]
struct Machine {
    told: Timestamp,
    at: Instant,
    /// By how much what was told is ahead of what the machine's clock showed.
    ahead: SignedDuration,
}

impl Machine {
    fn tell(&mut self, shows: Timestamp, at: Instant) -> Timestamp {
        let passed = at.saturating_duration_since(self.at);
        if shows < self.told {
            let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
            self.told = self.told.saturating_add(passed).unwrap_or(Timestamp::MAX).max(shows);
        } else {
            self.told = shows;
        }
        self.at = at;
        self.ahead = self.told.duration_since(shows);
        self.told
    }
}

/// The clock was asked to go back.
#[derive(Debug, thiserror::Error)]
#[error("the clock never goes backwards; it stands at {now}")]
pub struct Backwards {
    /// What it shows.
    pub now: Timestamp,
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self::ahead_by_millis(0)
    }

    /// A clock that stands at `at` until it is moved; for tests.
    pub fn standing_at(at: Timestamp) -> Self {
        Self { millis: Arc::new(AtomicI64::new(at.as_millisecond())), machine: None }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        let millis = self.millis.load(Ordering::SeqCst);
        match &self.machine {
            None => Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX),
            Some(machine) => tell(machine)
                .saturating_add(SignedDuration::from_millis(millis))
                .unwrap_or(Timestamp::MAX),
        }
    }

    /// By how much the machine's clock has been set back behind what this one tells; zero where it
    /// was not.
    pub fn machine_is_behind_by(&self) -> SignedDuration {
        self.machine.as_ref().map_or(SignedDuration::ZERO, |machine| {
            tell(machine);
            machine.lock().unwrap_or_else(PoisonError::into_inner).ahead
        })
    }

    /// Today, where people read dates.
    pub fn today(&self) -> Date {
        local_date(self.now())
    }

    /// Moves the clock on to `to`, or to the whole millisecond after it.
    pub fn advance_to(&self, to: Timestamp) -> Result<(), Backwards> {
        let now = self.now();
        if to < now {
            return Err(Backwards { now });
        }
        let millis = match &self.machine {
            None => whole_millis(to.as_nanosecond()),
            Some(machine) => whole_millis(to.duration_since(tell(machine)).as_nanos()),
        };
        self.millis.store(millis, Ordering::SeqCst);
        Ok(())
    }

    /// Milliseconds by which this clock is ahead of the machine's.
    pub fn offset_millis(&self) -> i64 {
        if self.machine.is_some() { self.millis.load(Ordering::SeqCst) } else { 0 }
    }

    /// A clock that starts ahead of the machine's by so many milliseconds.
    pub fn ahead_by_millis(offset_millis: i64) -> Self {
        let (told, at) = read_the_machine();
        let machine = Machine { told, at, ahead: SignedDuration::ZERO };
        Self {
            millis: Arc::new(AtomicI64::new(offset_millis.max(0))),
            machine: Some(Arc::new(Mutex::new(machine))),
        }
    }
}

/// Rounded up: a clock moved to an instant has reached it.
fn whole_millis(nanoseconds: i128) -> i64 {
    const NANOSECONDS: i128 = 1_000_000;
    let millis =
        nanoseconds.div_euclid(NANOSECONDS) + i128::from(nanoseconds.rem_euclid(NANOSECONDS) > 0);
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// The civil date of an instant where people read dates.
pub fn local_date(at: Timestamp) -> Date {
    at.to_zoned(local_zone()).date()
}

/// Europe/London; its rules are bundled, so it is always there.
pub fn local_zone() -> TimeZone {
    TimeZone::get(LOCAL_ZONE).unwrap_or(TimeZone::UTC)
}

fn tell(machine: &Mutex<Machine>) -> Timestamp {
    let mut machine = machine.lock().unwrap_or_else(PoisonError::into_inner);
    let (shows, at) = read_the_machine();
    machine.tell(shows, at)
}

/// What the machine's clock shows, and a moment on the one that nobody can set.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's clock"
)]
fn read_the_machine() -> (Timestamp, Instant) {
    (Timestamp::now(), Instant::now())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use jiff::{SignedDuration, Timestamp};

    use super::{Clock, Machine, read_the_machine};

    const NINE: &str = "2026-11-23T09:00:00Z";

    /// What a clock tells of a machine that shows each of these, a second after the other.
    fn told(shows: &[&str]) -> (Vec<String>, SignedDuration) {
        let (_, at) = read_the_machine();
        let told = NINE.parse().unwrap();
        let mut machine = Machine { told, at, ahead: SignedDuration::ZERO };
        let after = |seconds: usize| -> Instant {
            at + Duration::from_secs(u64::try_from(seconds).unwrap())
        };
        let all = shows
            .iter()
            .enumerate()
            .map(|(n, shows)| machine.tell(shows.parse().unwrap(), after(n + 1)).to_string());
        (all.collect(), machine.ahead)
    }

    #[test]
    fn set_back_by_hours_or_a_day_the_clock_goes_on_from_what_it_told() {
        for back in ["2026-11-23T07:00:01Z", "2026-11-22T09:00:01Z"] {
            let (all, ahead) = told(&[
                "2026-11-23T09:00:01Z",
                back,
                &(back.parse::<Timestamp>().unwrap() + Duration::from_secs(1)).to_string(),
            ]);
            assert_eq!(
                all,
                ["2026-11-23T09:00:01Z", "2026-11-23T09:00:02Z", "2026-11-23T09:00:03Z"]
            );
            let hours = ahead.as_hours();
            assert!(hours == 2 || hours == 24, "{ahead:?}");
        }
    }

    #[test]
    fn set_right_again_or_forward_the_clock_follows_the_machine() {
        let (all, ahead) =
            told(&["2026-11-23T07:00:00Z", "2026-11-23T09:00:02Z", "2027-11-23T09:00:03Z"]);
        assert_eq!(all, ["2026-11-23T09:00:01Z", "2026-11-23T09:00:02Z", "2027-11-23T09:00:03Z"]);
        assert_eq!(ahead, SignedDuration::ZERO);
    }

    #[test]
    fn a_clock_left_alone_is_not_behind_and_one_that_stands_still_has_no_machine() {
        let standing = Clock::standing_at(NINE.parse().unwrap());
        for clock in [Clock::machine(), Clock::ahead_by_millis(3_600_000), standing] {
            let before = clock.now();
            assert!(clock.now() >= before);
            assert!(clock.machine_is_behind_by() < SignedDuration::from_secs(1));
        }
    }

    #[test]
    fn a_clock_moved_to_an_instant_has_reached_it_and_never_goes_back() {
        let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-23T09:00:00.0000001Z".parse().unwrap();
        for clock in [Clock::standing_at(start), Clock::machine()] {
            let to =
                if clock.now() > later { clock.now() + later.duration_since(start) } else { later };
            clock.advance_to(to).unwrap();
            assert!(clock.now() >= to);
            assert!(clock.advance_to(start).is_err());
        }
    }
}
