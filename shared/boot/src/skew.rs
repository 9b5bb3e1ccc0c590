//! Says when the machine's clock was set back, to whoever looks after the machine. Mends nothing: which
//! clock is right, a human knows.

use eventstore::{Clock, reader};
use jiff::SignedDuration;
use sqlx::PgPool;

/// By how much clocks may differ before someone has to look.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(10);

/// Why a process is not well whose machine's clock is behind by this much, if it is. Fresh tokens may
/// look like old ones to it until it is started again.
pub(crate) fn told(behind_by: SignedDuration) -> Option<String> {
    (behind_by > SKEW_MAX).then(|| {
        format!(
            "the machine's clock was set back by {} seconds and time goes on here as before; set the \
             clock right or start this process again",
            behind_by.as_secs()
        )
    })
}

/// After a start there is no time told before, but there is a log: nothing is recorded with an earlier
/// time than its last entry has.
pub(crate) async fn warn_if_the_log_is_ahead(pool: &PgPool, clock: &Clock) -> sqlx::Result<()> {
    let position = reader::head(pool).await?.position;
    let Some(last) = reader::event_at(pool, position).await? else { return Ok(()) };
    let ahead_by = last.recorded_at.duration_since(clock.now());
    if ahead_by > SKEW_MAX {
        let seconds = ahead_by.as_secs();
        tracing::warn!(seconds, "the log ends ahead of the clock; was the machine's set back?");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::told;

    #[test]
    fn a_clock_that_was_set_back_by_more_than_ten_seconds_is_told_of() {
        assert_eq!(told(SignedDuration::ZERO), None);
        assert_eq!(told(SignedDuration::from_secs(10)), None);
        let why = told(SignedDuration::from_hours(2)).unwrap_or_default();
        assert!(why.contains("set back by 7200 seconds"), "{why}");
    }
}
