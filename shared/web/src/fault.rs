//! Our own faults, and the world's: written down once with their whole chain under a reference
//! number; outside, the number is all there is. What a database or a parser repeats of the data it
//! was given stays out of the log too.

use std::error::Error;
use std::fmt::Write;

use eventstore::load::Unwritable;
use eventstore::{Failure, Overloaded};
use http::StatusCode;
use uuid::Uuid;

use crate::problem::Problem;

/// Something of ours went wrong.
pub(crate) fn fault(error: &(dyn Error + 'static)) -> Problem {
    let reference = noted(&chain(error));
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "server.fault",
        "Something went wrong here",
        "This is our fault, and it is written down. Quote the reference when you ask for help.",
    )
    .with_reference(reference)
}

/// Something we depend on cannot be reached.
pub(crate) fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    let reference = noted(&chain(error));
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "server.unavailable",
        "This is not available just now",
        "Something we need cannot be reached. Send the request again in a moment, with the same \
         key. If it lasts, quote the reference when you ask for help.",
    )
    .with_reference(reference)
    .retry_after(2)
}

/// A fault of which nothing but a sentence of our own is known.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(&'static str);

/// A fault of which nothing but a sentence of our own is known.
pub(crate) fn told(what: &'static str) -> Problem {
    fault(&Told(what))
}

/// A bare 5xx that someone below answered with.
pub(crate) fn unnamed(status: StatusCode) -> Problem {
    let what = Told("an answer with a server's error and without a problem");
    if status == StatusCode::SERVICE_UNAVAILABLE { unavailable(&what) } else { fault(&what) }
}

fn noted(chain: &str) -> Uuid {
    let reference = Uuid::now_v7();
    tracing::error!(%reference, error = chain, "a request met a fault");
    reference
}

/// The error and its sources, each saying its own part; stops where one would repeat data. For the
/// log.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        if !text.is_empty() {
            text.push_str(": ");
        }
        if let Some(database) = error.downcast_ref::<sqlx::Error>() {
            text.push_str(&of_database(database));
            break;
        }
        if let Some(json) = error.downcast_ref::<serde_json::Error>() {
            let (line, column) = (json.line(), json.column());
            // Writing to a string cannot fail.
            let _ = write!(text, "JSON of kind {:?} at {line}:{column}", json.classify());
            break;
        }
        let _ = write!(text, "{error}");
        next = error.source();
    }
    text
}

fn of_database(error: &sqlx::Error) -> String {
    if let sqlx::Error::Database(database) = error {
        let code = database.code();
        let constraint = database.constraint().unwrap_or("none");
        return format!("the database says {}, on {constraint}", code.as_deref().unwrap_or("?"));
    }
    if let sqlx::Error::Io(io) = error {
        return format!("the database's connection failed: {:?}", io.kind());
    }
    if let sqlx::Error::ColumnDecode { index, .. } = error {
        return format!("the column {index} cannot be read");
    }
    let what = if is_away(error) {
        "the database cannot be reached in time"
    } else if matches!(error, sqlx::Error::RowNotFound) {
        "a row is missing"
    } else {
        "the database cannot be used"
    };
    what.to_owned()
}

/// Whether asking again later may help.
fn is_away(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Database(database) = error {
        let code = database.code().unwrap_or_default();
        return ["08", "40", "53", "55", "57"].iter().any(|class| code.starts_with(class));
    }
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

fn has_database_error(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<sqlx::Error>() {
            return true;
        }
        next = error.source();
    }
    false
}

impl Problem {
    /// Something of the service's own went wrong, such as a row that cannot be read: 500. The error
    /// is logged here, once, with its chain; the answer holds a reference to it and no more.
    pub fn fault(error: &(dyn Error + 'static)) -> Self {
        fault(error)
    }

    /// Something the service depends on cannot be reached, such as the vault: 503. Logged here,
    /// once.
    pub fn unavailable(error: &(dyn Error + 'static)) -> Self {
        unavailable(error)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::Stale { .. } => Self::stale(),
            Failure::OtherRequest => Self::other_request(),
            Failure::StillRunning => Self::still_running(),
            Failure::Overloaded(Overloaded::InDoubt) => Self::in_doubt(),
            Failure::Overloaded(
                Overloaded::QueueFull | Overloaded::Stopping | Overloaded::DatabaseAway,
            )
            | Failure::Contended => Self::busy(),
            Failure::Unwritable(Unwritable::TooLarge { .. }) => {
                Self::too_large(eventstore::load::MAX_EVENT_BYTES)
            }
            Failure::Unstorable { sqlstate } => {
                tracing::warn!(sqlstate, "the database refused a command's data");
                Self::unstorable()
            }
            Failure::Database(_) => unavailable(&failure),
            Failure::Unreadable(_) if has_database_error(&failure) => unavailable(&failure),
            Failure::Unwritable(Unwritable::Shape(_) | Unwritable::Name(_))
            | Failure::Unreadable(_) => fault(&failure),
        }
    }
}

/// A query that the database did not answer: 503 where asking again may help, else our fault.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) { unavailable(&error) } else { fault(&error) }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use http::StatusCode;

    use super::{Problem, chain};
    use eventstore::{Failure, Overloaded};

    #[test]
    fn the_log_says_where_json_broke_and_repeats_none_of_it() {
        let json = serde_json::from_str::<u16>("\"Jane Doe, 12 High Street\"").unwrap_err();
        let failure = Failure::Unreadable(Box::new(json));
        let text = chain(&failure);
        assert_eq!(text, "the stream cannot be read: JSON of kind Data at 1:26");
    }

    #[test]
    fn a_database_that_is_away_is_a_503_with_a_reference_and_nothing_inside() {
        let failure = Failure::Database(sqlx::Error::Protocol("host db1 said Jane".to_owned()));
        assert!(failure.source().is_some());
        let problem = Problem::from(failure);
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(problem.body().reference.is_some());
        let body = serde_json::to_string(problem.body()).unwrap();
        assert!(!body.contains("db1") && !body.contains("Jane"));
    }

    #[test]
    fn nobody_whose_command_may_be_stored_is_told_that_nothing_was_done() {
        for (why, code) in [
            (Overloaded::QueueFull, "server.busy"),
            (Overloaded::Stopping, "server.busy"),
            (Overloaded::DatabaseAway, "server.busy"),
            (Overloaded::InDoubt, "command.in_doubt"),
        ] {
            let problem = Problem::from(Failure::Overloaded(why));
            assert_eq!((problem.status().as_u16(), problem.body().code.as_str()), (503, code));
            let says_nothing_was_done = problem.body().detail.contains("Nothing was done");
            assert_eq!(says_nothing_was_done, why != Overloaded::InDoubt);
            assert!(problem.body().detail.contains("with the same key"));
        }
    }

    #[test]
    fn a_stream_that_cannot_be_read_for_want_of_the_database_is_a_503_too() {
        let failure = Failure::Unreadable(Box::new(sqlx::Error::PoolTimedOut));
        assert_eq!(Problem::from(failure).status(), StatusCode::SERVICE_UNAVAILABLE);
        let failure = Failure::Unreadable("a sample that broke".into());
        assert_eq!(Problem::from(failure).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
