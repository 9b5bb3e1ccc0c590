//! The one clock: the machine's, plus an offset that only the launcher's control call may set.
//! It never goes backwards. Rooms never see it; they see an occasion.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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
    stands_still: bool,
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
        Self { millis: Arc::new(AtomicI64::new(0)), stands_still: false }
    }

    /// A clock that stands at `at` until it is moved; for tests.
    pub fn standing_at(at: Timestamp) -> Self {
        Self { millis: Arc::new(AtomicI64::new(at.as_millisecond())), stands_still: true }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        let millis = self.millis.load(Ordering::SeqCst);
        if self.stands_still {
            return Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX);
        }
        machine_now().saturating_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX)
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
        if self.stands_still {
            self.millis.store(whole_millis(to.as_nanosecond()), Ordering::SeqCst);
        } else {
            let ahead = to.duration_since(machine_now()).as_nanos();
            self.millis.store(whole_millis(ahead), Ordering::SeqCst);
        }
        Ok(())
    }

    /// Milliseconds by which this clock is ahead of the machine's.
    pub fn offset_millis(&self) -> i64 {
        if self.stands_still { 0 } else { self.millis.load(Ordering::SeqCst) }
    }

    /// A clock that starts ahead of the machine's by so many milliseconds.
    pub fn ahead_by_millis(offset_millis: i64) -> Self {
        Self { millis: Arc::new(AtomicI64::new(offset_millis.max(0))), stands_still: false }
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

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's clock"
)]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use jiff::Timestamp;

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
