//! Streams that a view passes over, and the two ways on: folding one again from where it was parked,
//! and leaving one event out for ever, which a person does, with a reason.

use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::batch::{Batch, Poison};
use super::beside::{Care, Trouble};
use super::stands::{Generation, State};
use super::upkeep::{Event, Keeper};
use crate::envelope::{StoredEvent, StreamId};
use crate::reader;

/// A stream that is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// By which view.
    pub view: String,
    /// By which generation of its rows.
    pub generation: i32,
    /// The first event that is passed over, and why.
    pub event_type: String,
    /// Its stream.
    pub stream: StreamId,
    /// Its place in the stream.
    pub from_version: i64,
    /// Its place in the log.
    pub position: i64,
    /// Why; nothing personal.
    pub why: String,
}

/// Every stream that any view of the database passes over.
pub async fn parked(pool: &PgPool) -> Result<Vec<Parked>, sqlx::Error> {
    let rows =
        sqlx::query("select * from views.parked order by view, generation, position, stream_id")
            .fetch_all(pool)
            .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<Parked, sqlx::Error> {
        Ok(Parked {
            view: row.try_get("view")?,
            generation: row.try_get("generation")?,
            event_type: row.try_get("event_type")?,
            stream: StreamId { kind: row.try_get("stream_type")?, id: row.try_get("stream_id")? },
            from_version: row.try_get("from_version")?,
            position: row.try_get("position")?,
            why: row.try_get("why")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Whether what is tried is also done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Tried,
    Done,
}

impl Care<'_> {
    /// Folds a parked stream from where it was parked, by today's code, and passes over it no longer.
    pub async fn resume(&self, stream_id: Uuid, keeper: &Keeper) -> Result<(), Trouble> {
        let live = self.find_live().await?;
        let Some((stream, from)) = live.parked.iter().find(|(it, _)| it.id == stream_id) else {
            return Err(Trouble::Nothing("that stream is not parked"));
        };
        if let Some(poison) = self.refold(stream, How::Tried).await? {
            return Err(Trouble::Poison(Box::new(poison)));
        }
        let event = Event::StreamResumed {
            view: self.view.name().to_owned(),
            stream_type: stream.kind.clone(),
            stream_id,
            from_version: *from,
        };
        keeper.record(self.view.name(), event).await?;
        let left = self.refold(stream, How::Done).await?;
        left.map_or(Ok(()), |poison| Err(Trouble::Poison(Box::new(poison))))
    }

    /// Leaves the event at a position out of the view's rows for ever. Where its stream is parked
    /// there, what follows is folded; where something else of it cannot be, that is what is answered.
    pub async fn skip(&self, position: i64, reason: &str, keeper: &Keeper) -> Result<(), Trouble> {
        let Some(skipped) = reader::event_at(self.pool, position).await? else {
            return Err(Trouble::Nothing("the log has no event there"));
        };
        let view = self.view.name().to_owned();
        let (event_id, reason) = (skipped.event_id, reason.to_owned());
        let event = Event::EventSkipped { view, position, event_id, reason };
        keeper.record(self.view.name(), event).await?;
        // Whoever folds the view reads what it leaves out.
        sqlx::query("update views.checkpoint set revision = revision + 1 where view = $1")
            .bind(self.view.name())
            .execute(self.pool)
            .await?;
        let live = self.find_live().await?;
        if live.parked.get(&skipped.stream) != Some(&skipped.version) {
            return Ok(());
        }
        let left = self.refold(&skipped.stream, How::Done).await?;
        left.map_or(Ok(()), |poison| Err(Trouble::Poison(Box::new(poison))))
    }

    /// Folds what was passed over of a stream, up to where the view stands; says what of it cannot be
    /// folded, at which the stream stays parked.
    async fn refold(&self, stream: &StreamId, how: How) -> Result<Option<Poison>, Trouble> {
        let name = self.view.name();
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select from views.checkpoint where view = $1 order by generation for update")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        let Some(mut live) = self.find(&mut transaction, State::Live).await? else {
            return Err(Trouble::Nothing("it has no rows yet"));
        };
        if live.version != self.view.version() {
            let (rows, code) = (live.version, self.view.version());
            return Err(Trouble::OtherVersion { rows, code });
        }
        let Some(from) = live.parked.remove(stream) else {
            return Err(Trouble::Nothing("that stream is not parked"));
        };
        let events = self.passed_over(&live, stream, from).await?;
        let batch = Batch { view: self.view, generation: &mut live, may_park: None };
        let found = batch.fold_in(&mut transaction, &events, true).await?;
        let left = found.into_iter().next();
        if how == How::Tried {
            transaction.rollback().await?;
            return Ok(left);
        }
        batch.note_resumed(&mut transaction, stream, left.as_ref()).await?;
        transaction.commit().await?;
        Ok(left)
    }

    async fn passed_over(
        &self,
        live: &Generation,
        stream: &StreamId,
        from: i64,
    ) -> Result<Vec<StoredEvent>, sqlx::Error> {
        let mut events = reader::stream(self.pool, stream).await?;
        events.retain(|it| it.version >= from && it.position <= live.position);
        Ok(events)
    }
}
