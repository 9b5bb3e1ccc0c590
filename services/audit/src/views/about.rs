//! Which records are about what, so that the whole history of one thing is read in one order,
//! whichever services wrote it.

use eventstore::StoredEvent;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::record::{Place, Record};
use crate::reading::Shown;
use crate::subject::{Subject, subjects};

/// Notes what a record is about.
pub(super) async fn note(
    rows: &mut PgConnection,
    source: &str,
    event: &StoredEvent,
) -> Result<(), sqlx::Error> {
    let (kinds, ids): (Vec<&str>, Vec<Uuid>) =
        subjects(event).into_iter().map(|subject| (subject.kind.name(), subject.id)).unzip();
    sqlx::query(
        "insert into views.about (kind, id, recorded_at, source, position)
         select s.kind, s.id, $3, $4, $5 from unnest($1::text[], $2::uuid[]) as s(kind, id)
         on conflict do nothing",
    )
    .bind(kinds)
    .bind(ids)
    .bind(event.recorded_at.to_sqlx())
    .bind(source)
    .bind(event.position)
    .execute(rows)
    .await
    .map(|_| ())
}

/// The history of one thing as far as a reader may see it, as it was known at an instant, after a
/// given place.
pub async fn timeline(
    pool: &PgPool,
    subject: Subject,
    known_at: Option<Timestamp>,
    shown: &Shown,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Record>, sqlx::Error> {
    sqlx::query_as(
        "select r.* from views.about a
         join views.record r on r.source = a.source and r.position = a.position
         where a.kind = $1 and a.id = $2
           and ($3::timestamptz is null or a.recorded_at <= $3)
           and ($4::timestamptz is null or (a.recorded_at, a.source, a.position) > ($4, $5, $6))
           and ($7::text[] is null or r.stream_type <> 'selection' or r.event_name = any($7))
           and ($8 or r.stream_type <> 'opening')
           and ($9::timestamptz is null or a.recorded_at <= $9
                or (r.event_name <> all($10) and r.stream_type <> 'message'))
           and r.event_name <> all($11)
         order by a.recorded_at, a.source, a.position limit $12",
    )
    .bind(subject.kind.name())
    .bind(subject.id)
    .bind(known_at.map(Timestamp::to_sqlx))
    .bind(after.map(|(at, _, _)| at.to_sqlx()))
    .bind(after.map(|(_, source, _)| source))
    .bind(after.map(|(_, _, position)| *position))
    .bind(shown.of_selections)
    .bind(shown.openings)
    .bind(shown.outcomes_until.map(Timestamp::to_sqlx))
    .bind(shown.outcomes)
    .bind(shown.left_out)
    .bind(limit)
    .fetch_all(pool)
    .await
}
