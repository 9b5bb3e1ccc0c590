//! How far a subscriber has come in one publisher's stream, and what a message means to it there.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgExecutor, Row};
use uuid::Uuid;

use crate::fact::{Fact, Mark};

/// The last message applied. Kept in the subscriber's own database, so it is true whatever becomes
/// of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) version: i32,
    /// The publisher's log; `None` before the first message.
    pub(super) log_id: Option<Uuid>,
    pub(super) mark: Mark,
    /// Whether that message was its event's last.
    pub(super) complete: bool,
    pub(super) chain_hash: Option<String>,
    /// Where it stood in the stream.
    pub(super) place: Option<StreamPlace>,
}

/// Where checkpoints are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Book {
    /// Of views: beside their rows, and thrown away with them.
    OfViews,
    /// Of policies: beside the log, since what they have done is not undone by making views anew.
    OfPolicies,
}

impl Book {
    fn table(self) -> &'static str {
        match self {
            Self::OfViews => "views.fact_checkpoint",
            Self::OfPolicies => "log.fact_checkpoint",
        }
    }
}

/// A place in one making of a stream. Only a hint where to start: after a wipe the stream is made
/// again at another time, and the hint is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StreamPlace {
    /// When the stream was made, in microseconds since 1970.
    pub(super) made_at: i64,
    pub(super) sequence: i64,
}

/// What a message means to a subscriber at its checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Applied before; dropped.
    Known,
    /// The one to apply.
    Next,
    /// Something before it was never heard.
    Hole,
    /// The publisher has another database.
    OtherLog,
    /// The publisher's history went another way after a restore.
    OtherHistory,
}

impl FromRow<'_, PgRow> for Checkpoint {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let made_at: Option<i64> = row.try_get("stream_made_at")?;
        let sequence: Option<i64> = row.try_get("stream_sequence")?;
        Ok(Self {
            version: row.try_get("version")?,
            log_id: row.try_get("log_id")?,
            mark: Mark { position: row.try_get("position")?, ordinal: row.try_get("ordinal")? },
            complete: row.try_get("complete")?,
            chain_hash: row.try_get("chain_hash")?,
            place: made_at
                .zip(sequence)
                .map(|(made_at, sequence)| StreamPlace { made_at, sequence }),
        })
    }
}

impl Checkpoint {
    /// Before the first message.
    pub(super) fn start(version: i32) -> Self {
        Self { version, complete: true, ..Self::default() }
    }

    pub(super) fn judge(&self, fact: &Fact) -> Verdict {
        if self.log_id.is_some_and(|log_id| log_id != fact.log_id) {
            Verdict::OtherLog
        } else if fact.mark == self.mark && self.chain_hash.as_ref() != Some(&fact.chain_hash) {
            Verdict::OtherHistory
        } else if fact.mark <= self.mark {
            Verdict::Known
        } else if fact.previous == self.mark || (self.is_set_back() && fact.previous < self.mark) {
            Verdict::Next
        } else {
            Verdict::Hole
        }
    }

    /// Whether a person has set it back to a position, after its publisher was restored: it then
    /// stands behind all messages up to there, whichever the last of them was.
    fn is_set_back(&self) -> bool {
        self.mark > Mark::START && self.chain_hash.is_none()
    }

    /// Moves on to `fact`, which stands at `place` in the stream; one that its publisher told again
    /// stands nowhere, and the stream is gone on with where it was left.
    pub(super) fn advance(&mut self, fact: &Fact, place: Option<StreamPlace>) {
        self.log_id = Some(fact.log_id);
        self.mark = fact.mark;
        self.complete = fact.completes_its_event();
        self.chain_hash = Some(fact.chain_hash.clone());
        self.place = place.or(self.place);
    }
}

/// The checkpoint, if there is one. It is locked until the end of the transaction it is read in, so
/// that two processes never apply one message both.
pub(super) async fn find(
    database: impl PgExecutor<'_>,
    book: Book,
    subscriber: &str,
    source: &str,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    let table = book.table();
    sqlx::query_as(AssertSqlSafe(format!(
        "select * from {table} where subscriber = $1 and source = $2 for update"
    )))
    .bind(subscriber)
    .bind(source)
    .fetch_optional(database)
    .await
}

/// Whether a view stands with another version for any publisher.
pub(super) async fn is_outdated(
    database: impl PgExecutor<'_>,
    subscriber: &str,
    version: i32,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (
             select from views.fact_checkpoint where subscriber = $1 and version <> $2)
          or not exists (select from views.fact_checkpoint where subscriber = $1)",
    )
    .bind(subscriber)
    .bind(version)
    .fetch_one(database)
    .await
}

/// Forgets how far a subscriber has come, for every publisher.
pub(super) async fn forget(
    database: impl PgExecutor<'_>,
    subscriber: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from views.fact_checkpoint where subscriber = $1")
        .bind(subscriber)
        .execute(database)
        .await
        .map(|_| ())
}

/// After a publisher was restored: views that have heard more of it than `position` are made anew, and
/// policies go on behind it. Says whom that concerns. Nothing of the reader may run meanwhile.
pub async fn set_back(
    reader: &mut PgConnection,
    publisher: &str,
    position: i64,
) -> Result<Vec<String>, sqlx::Error> {
    let mut names: Vec<String> = sqlx::query_scalar(
        "delete from views.fact_checkpoint where subscriber in (
             select subscriber from views.fact_checkpoint where source = $1 and position > $2)
         returning subscriber",
    )
    .bind(publisher)
    .bind(position)
    .fetch_all(&mut *reader)
    .await?;
    let policies: Vec<String> = sqlx::query_scalar(
        "update log.fact_checkpoint
         set log_id = null, position = $2, ordinal = 2147483647, complete = true, chain_hash = null,
             stream_made_at = null, stream_sequence = null
         where source = $1 and position > $2 returning subscriber",
    )
    .bind(publisher)
    .bind(position)
    .fetch_all(reader)
    .await?;
    names.extend(policies);
    names.sort();
    names.dedup();
    Ok(names)
}

/// Takes over how far a policy had come where an earlier build kept it among the views.
pub(super) async fn adopt(
    database: impl PgExecutor<'_>,
    policy: &str,
    source: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with taken as (
             delete from views.fact_checkpoint where subscriber = $1 and source = $2 returning *)
         insert into log.fact_checkpoint select * from taken on conflict do nothing",
    )
    .bind(policy)
    .bind(source)
    .execute(database)
    .await
    .map(|_| ())
}

/// Writes the checkpoint.
pub(super) async fn store(
    database: impl PgExecutor<'_>,
    book: Book,
    subscriber: &str,
    source: &str,
    checkpoint: &Checkpoint,
) -> Result<(), sqlx::Error> {
    let table = book.table();
    sqlx::query(AssertSqlSafe(format!(
        "insert into {table} (subscriber, source, version, log_id, position, ordinal,
             complete, chain_hash, stream_made_at, stream_sequence)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (subscriber, source) do update
         set version = excluded.version, log_id = excluded.log_id, position = excluded.position,
             ordinal = excluded.ordinal, complete = excluded.complete,
             chain_hash = excluded.chain_hash, stream_made_at = excluded.stream_made_at,
             stream_sequence = excluded.stream_sequence"
    )))
    .bind(subscriber)
    .bind(source)
    .bind(checkpoint.version)
    .bind(checkpoint.log_id)
    .bind(checkpoint.mark.position)
    .bind(checkpoint.mark.ordinal)
    .bind(checkpoint.complete)
    .bind(&checkpoint.chain_hash)
    .bind(checkpoint.place.map(|place| place.made_at))
    .bind(checkpoint.place.map(|place| place.sequence))
    .execute(database)
    .await
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::{Checkpoint, Mark, StreamPlace, Uuid, Verdict};
    use crate::fact::samples::fact;

    fn mark(position: i64, ordinal: i32) -> Mark {
        Mark { position, ordinal }
    }

    fn after_four_two() -> Checkpoint {
        let mut checkpoint = Checkpoint::start(1);
        let place = Some(StreamPlace { made_at: 0, sequence: 2 });
        checkpoint.advance(&fact(mark(4, 2), mark(4, 1)), place);
        checkpoint
    }

    #[test]
    fn only_the_message_that_follows_the_checkpoint_is_applied() {
        let at = after_four_two();
        assert_eq!(at.judge(&fact(mark(4, 1), Mark::START)), Verdict::Known);
        assert_eq!(at.judge(&fact(mark(4, 2), mark(4, 1))), Verdict::Known);
        assert_eq!(at.judge(&fact(mark(9, 1), mark(4, 2))), Verdict::Next);
        assert_eq!(at.judge(&fact(mark(9, 1), mark(4, 1))), Verdict::Hole);
        assert_eq!(at.judge(&fact(mark(9, 2), mark(9, 1))), Verdict::Hole);
    }

    #[test]
    fn another_database_and_another_history_are_told_apart_from_a_repeat() {
        let at = after_four_two();
        let mut other = fact(mark(4, 2), mark(4, 1));
        other.chain_hash = "beef".to_owned();
        assert_eq!(at.judge(&other), Verdict::OtherHistory);
        other.log_id = Uuid::from_u128(99);
        assert_eq!(at.judge(&other), Verdict::OtherLog);
    }

    #[test]
    fn one_that_was_set_back_goes_on_with_the_first_message_behind_that_position() {
        let mut at = after_four_two();
        (at.mark, at.chain_hash) = (mark(7, i32::MAX), None);
        assert_eq!(at.judge(&fact(mark(6, 1), mark(4, 2))), Verdict::Known);
        assert_eq!(at.judge(&fact(mark(8, 1), mark(6, 1))), Verdict::Next);
        assert_eq!(at.judge(&fact(mark(9, 1), mark(8, 1))), Verdict::Hole);
    }

    #[test]
    fn what_was_told_again_leaves_the_place_in_the_stream_where_it_was() {
        let mut at = after_four_two();
        at.advance(&fact(mark(9, 1), mark(4, 2)), None);
        assert_eq!((at.mark, at.place), (mark(9, 1), after_four_two().place));
    }

    #[test]
    fn the_first_message_of_all_follows_an_empty_checkpoint() {
        let at = Checkpoint::start(1);
        assert_eq!(at.judge(&fact(mark(7, 1), Mark::START)), Verdict::Next);
        assert_eq!(at.judge(&fact(mark(9, 1), mark(7, 1))), Verdict::Hole);
    }
}
