//! What can be claimed for, and who took part in it: sessions and pieces of work as the recruitment
//! service tells of them. Nobody's own word is in these rows.
//!
//! What an activity is paid by follows from what it is, by this table, until whoever offers it says so:
//! a session is paid by the card's code `meeting`, reading a document by `reading`, each once; for any
//! other work expenses are paid, and no involvement payment.

use async_trait::async_trait;
use contracts::PersonId;
use contracts::recruitment::sessions::{
    Attendance, Attended, Mode as ToldMode, Planned, TaskKind, WorkAccepted,
};
use messaging::{Fact, FactView, ProjectError};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::claim::{Activity, Evidence, Mode};
use crate::rate_card::Measure;
use crate::subscribe::{Heard, heard};

/// By which code of the rate card a session is paid.
const SESSION_RATE: &str = "meeting";
/// By which code reading a document is paid.
const READING_RATE: &str = "reading";

/// The view.
#[derive(Debug)]
pub struct Activities;

/// What is known of one person and one activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// Nobody has told of such an activity yet.
    NotHeardOf,
    /// There is such an activity, and no word that this person took part in it.
    TookNoPart,
    /// They took part.
    TookPart(Evidence),
}

#[async_trait]
impl FactView for Activities {
    fn name(&self) -> &'static str {
        "activity"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.activity", "views.took_part"]
    }

    fn create(&self) -> &'static str {
        "create table views.activity (activity uuid primary key, mode text);
         create table views.took_part (
             activity uuid not null, person uuid not null, evidence text not null,
             primary key (activity, person))"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        match heard(fact)? {
            Heard::Planned(it) => planned(rows, &it).await,
            Heard::Attended(it) => attended(rows, &it).await,
            Heard::WorkAccepted(it) => accepted(rows, &it).await,
            Heard::Named { .. }
            | Heard::Localities { .. }
            | Heard::Linked { .. }
            | Heard::Unlinked { .. }
            | Heard::Nothing => Ok(()),
        }
    }
}

async fn planned(rows: &mut PgConnection, it: &Planned) -> Result<(), ProjectError> {
    let mode = serde_json::to_string(&it.mode)?;
    sqlx::query(
        "insert into views.activity (activity, mode) values ($1, $2)
         on conflict (activity) do update set mode = excluded.mode",
    )
    .bind(it.session.uuid())
    .bind(mode)
    .execute(rows)
    .await?;
    Ok(())
}

async fn attended(rows: &mut PgConnection, it: &Attended) -> Result<(), ProjectError> {
    exists(rows, it.session.uuid()).await?;
    let was_there = match it.how {
        Attendance::Full | Attendance::Part => true,
        Attendance::Apologies | Attendance::DidNotAttend | Attendance::NotKnown => false,
    };
    if !was_there {
        sqlx::query("delete from views.took_part where activity = $1 and person = $2")
            .bind(it.session.uuid())
            .bind(it.person.uuid())
            .execute(rows)
            .await?;
        return Ok(());
    }
    let evidence = Evidence {
        on: it.on,
        measure: Measure::Time { minutes: u32::from(it.minutes) },
        // The session's, looked up when it is read.
        mode: None,
        rate: Some(SESSION_RATE.to_owned()),
        opportunity: None,
    };
    took_part(rows, it.session.uuid(), it.person, &evidence).await
}

async fn accepted(rows: &mut PgConnection, it: &WorkAccepted) -> Result<(), ProjectError> {
    exists(rows, it.work.uuid()).await?;
    let one_piece = Measure::Pieces { pieces: 1 };
    let by_time = it.minutes.map(|minutes| Measure::Time { minutes: u32::from(minutes) });
    let (measure, rate) = match it.kind {
        TaskKind::ReadDocument => (one_piece, Some(READING_RATE.to_owned())),
        TaskKind::Review | TaskKind::Other => (by_time.unwrap_or(one_piece), None),
    };
    let evidence = Evidence { on: it.on, measure, mode: None, rate, opportunity: None };
    took_part(rows, it.work.uuid(), it.person, &evidence).await
}

async fn exists(rows: &mut PgConnection, activity: Uuid) -> Result<(), ProjectError> {
    sqlx::query("insert into views.activity (activity) values ($1) on conflict do nothing")
        .bind(activity)
        .execute(rows)
        .await?;
    Ok(())
}

async fn took_part(
    rows: &mut PgConnection,
    activity: Uuid,
    person: PersonId,
    evidence: &Evidence,
) -> Result<(), ProjectError> {
    sqlx::query(
        "insert into views.took_part (activity, person, evidence) values ($1, $2, $3)
         on conflict (activity, person) do update set evidence = excluded.evidence",
    )
    .bind(activity)
    .bind(person.uuid())
    .bind(serde_json::to_string(evidence)?)
    .execute(rows)
    .await?;
    Ok(())
}

/// What is known of a person and an activity.
pub async fn knowledge(
    pool: &PgPool,
    person: PersonId,
    activity: Activity,
) -> Result<Knowledge, sqlx::Error> {
    let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
        "select a.mode, t.evidence from views.activity a
         left join views.took_part t on t.activity = a.activity and t.person = $2
         where a.activity = $1",
    )
    .bind(activity.uuid())
    .bind(person.uuid())
    .fetch_optional(pool)
    .await?;
    let Some((mode, evidence)) = row else { return Ok(Knowledge::NotHeardOf) };
    let Some(evidence) = evidence else { return Ok(Knowledge::TookNoPart) };
    let unreadable = |error| sqlx::Error::Decode(Box::new(error));
    let evidence: Evidence = serde_json::from_str(&evidence).map_err(unreadable)?;
    let mode: Option<ToldMode> =
        mode.map(|mode| serde_json::from_str(&mode)).transpose().map_err(unreadable)?;
    Ok(Knowledge::TookPart(Evidence { mode: mode.map(place), ..evidence }))
}

fn place(mode: ToldMode) -> Mode {
    match mode {
        ToldMode::InPerson => Mode::InPerson,
        ToldMode::Online => Mode::Remote,
        ToldMode::Hybrid => Mode::Mixed,
    }
}
