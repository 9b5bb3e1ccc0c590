//! How often, and after which pauses, something of ours that has ended by itself is started again.
//! Whatever will not start at all is given up; what starts each time is never, only more slowly.

use std::time::Duration;

/// The pauses before the tries, of which there are as many.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// What has run for so long has run well.
const LONG_ENOUGH: Duration = Duration::from_mins(1);
/// The longest pause before the first try at what did start the time before.
const SHORT_RUNS_COUNTED: usize = 3;

/// The tries at one thing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tries {
    short_runs: usize,
    failures: usize,
}

impl Tries {
    /// It had started, ran for so long, and has ended.
    pub fn ran(&mut self, length: Duration) {
        self.short_runs = if length < LONG_ENOUGH { self.short_runs + 1 } else { 0 };
        self.failures = 0;
    }

    /// The pause before the next try; none when there were enough that failed.
    pub fn next_pause(&mut self) -> Option<Duration> {
        if self.failures == PAUSES.len() {
            return None;
        }
        let short_runs = self.short_runs.saturating_sub(1).min(SHORT_RUNS_COUNTED);
        let pause = PAUSES.get(short_runs + self.failures).or(PAUSES.last()).copied();
        self.failures += 1;
        pause
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn what_will_not_start_is_given_up_after_ever_longer_pauses() {
        let mut tries = Tries::default();
        tries.ran(LONG_ENOUGH);
        let pauses: Vec<_> = std::iter::from_fn(|| tries.next_pause()).collect();
        assert_eq!(pauses, PAUSES);
    }

    #[test]
    fn what_starts_each_time_is_never_given_up_and_started_more_slowly() {
        let mut tries = Tries::default();
        let mut pauses = Vec::new();
        for _ in 0..20 {
            tries.ran(Duration::from_secs(1));
            pauses.extend(tries.next_pause());
        }
        assert_eq!(pauses.len(), 20);
        assert_eq!(pauses.first(), PAUSES.first());
        assert_eq!(pauses.last(), PAUSES.get(SHORT_RUNS_COUNTED));
        tries.ran(LONG_ENOUGH);
        assert_eq!(tries.next_pause(), PAUSES.first().copied());
    }
}
