//! Sessions: one of them, those to come, someone's own, and whom a human is to speak with. Who was
//! there stands in the state alone; no list is made by it.

use async_trait::async_trait;
use contracts::{GroupId, PersonId, SessionId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx as _};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::session::{Event, Meeting, Session};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Sessions;

/// One session as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub session: SessionId,
    /// Its stream's version.
    pub version: i64,
    /// Its state.
    pub state: Session,
}

/// A caring call that nobody has made yet.
#[derive(Clone, Debug)]
pub struct FollowUpRow {
    /// After which session.
    pub session: SessionId,
    /// The group it was for, if any.
    pub group: Option<GroupId>,
    /// With whom.
    pub person: PersonId,
    /// On which day the session was.
    pub on: Date,
    /// Since when it waits.
    pub since: Timestamp,
}

/// Which sessions are asked for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Of this group alone, if of one.
    pub group: Option<GroupId>,
    /// That begin at this instant or later.
    pub from: Timestamp,
    /// To which this person is invited.
    pub invited: PersonId,
    /// Or that belong to these localities; to any where there are none at all.
    pub localities: Option<&'a [String]>,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            session: SessionId::new(row.try_get("session")?),
            version: row.try_get("version")?,
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

impl FromRow<'_, PgRow> for FollowUpRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            session: SessionId::new(row.try_get("session")?),
            group: row.try_get::<Option<Uuid>, _>("group_id")?.map(GroupId::new),
            person: PersonId::new(row.try_get("person")?),
            on: row.try_get::<SqlDate, _>("took_place_on")?.to_jiff(),
            since: row.try_get::<SqlTimestamp, _>("since")?.to_jiff(),
        })
    }
}

/// One session, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    session: Uuid,
    version: i64,
    group_id: Option<Uuid>,
    starts_at: Timestamp,
    invited: Vec<Uuid>,
    #[serde(with = "column")]
    state: Session,
}

impl view::Row for Columns {
    const TABLE: &'static str = "session_view";
    const KEY: &'static [&'static str] = &["session"];

    fn key(&self) -> Key {
        self.session.into()
    }
}

/// One caring call, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct FollowUpColumns {
    session: Uuid,
    person: Uuid,
    group_id: Option<Uuid>,
    took_place_on: Date,
    since: Timestamp,
}

impl view::Row for FollowUpColumns {
    const TABLE: &'static str = "follow_up_view";
    const KEY: &'static [&'static str] = &["session", "person"];

    fn key(&self) -> Key {
        [self.session.into(), self.person.into()].into()
    }
}

#[async_trait]
impl View for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["session_view", "follow_up_view"]
    }

    fn create(&self) -> &'static str {
        "create table session_view (
             session uuid primary key, version bigint not null, group_id uuid,
             starts_at timestamptz not null, invited uuid[] not null, state text not null);
         create index session_by_start on session_view (starts_at, session);
         create index session_by_invited on session_view using gin (invited);
         create table follow_up_view (
             session uuid not null, person uuid not null, group_id uuid,
             took_place_on date not null, since timestamptz not null,
             primary key (session, person))"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Session::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Session::TYPE {
            return Ok(());
        }
        let session = event.stream.id;
        let before = rows.one::<Columns>(session).await?;
        let (mut state, fixed) = match before {
            Some(row) => (row.state, Some((row.group_id, row.invited))),
            None => (Session::default(), None),
        };
        let happened: Event = event.decode()?;
        follow_up(rows, event, &happened).await?;
        state.apply(happened);
        let Some(meeting) = meeting(&state) else { return Ok(()) };
        let (group_id, invited) = fixed.unwrap_or_else(|| {
            let invited = meeting.invited.iter().map(|it| it.uuid()).collect();
            (meeting.group.map(GroupId::uuid), invited)
        });
        rows.put(Columns {
            session,
            version: event.version,
            group_id,
            starts_at: column::instant(meeting.starts_at),
            invited,
            state,
        })
    }
}

async fn follow_up(
    rows: &mut Rows<'_>,
    event: &StoredEvent,
    happened: &Event,
) -> Result<(), ProjectError> {
    let session = event.stream.id;
    let key = |person: &PersonId| [session.into(), person.uuid().into()];
    match happened {
        Event::FollowUpOpened { person, group, on } => {
            if rows.one::<FollowUpColumns>(key(person)).await?.is_some() {
                return Ok(());
            }
            rows.put(FollowUpColumns {
                session,
                person: person.uuid(),
                group_id: group.map(GroupId::uuid),
                took_place_on: *on,
                since: column::instant(event.metadata()?.occurred_at),
            })
        }
        Event::FollowUpDropped { person } | Event::FollowUpDone { person, .. } => {
            rows.remove::<FollowUpColumns>(key(person))
        }
        Event::Planned(_)
        | Event::Confirmed {}
        | Event::Rescheduled { .. }
        | Event::Cancelled { .. }
        | Event::Held { .. }
        | Event::AttendanceRecorded { .. }
        | Event::AttendanceCorrected { .. } => Ok(()),
    }
}

/// What was planned, once something was.
pub fn meeting(state: &Session) -> Option<&Meeting> {
    match state {
        Session::NotPlanned => None,
        Session::Planned(meeting)
        | Session::Confirmed(meeting)
        | Session::Held(meeting, _)
        | Session::Cancelled(meeting, _) => Some(meeting),
    }
}

/// The stage's name on screens.
pub fn stage(state: &Session) -> &'static str {
    match state {
        Session::NotPlanned => "not_planned",
        Session::Planned(_) => "planned",
        Session::Confirmed(_) => "confirmed",
        Session::Held(..) => "held",
        Session::Cancelled(..) => "cancelled",
    }
}

/// One session.
pub async fn one(pool: &PgPool, id: SessionId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.session_view where session = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// Sessions after a given one, in the order in which they begin.
pub async fn list(
    pool: &PgPool,
    wanted: &Wanted<'_>,
    after: Option<(Timestamp, SessionId)>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select s.session, s.version, s.state
         from views.session_view s left join views.group_label g using (group_id)
         where s.starts_at >= $1 and ($2::uuid is null or s.group_id = $2)
           and (s.invited @> array[$3::uuid] or $4::text[] = '{}' or g.locality = any($4))
           and ($5::timestamptz is null or (s.starts_at, s.session) > ($5, $6))
         order by s.starts_at, s.session limit $7",
    )
    .bind(wanted.from.to_sqlx())
    .bind(wanted.group.map(GroupId::uuid))
    .bind(wanted.invited.uuid())
    .bind(wanted.localities)
    .bind(after.map(|(starts_at, _)| starts_at.to_sqlx()))
    .bind(after.map(|(_, session)| session.uuid()))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Everyone a human is to speak with.
pub async fn follow_ups(pool: &PgPool) -> Result<Vec<FollowUpRow>, sqlx::Error> {
    sqlx::query_as("select * from views.follow_up_view order by since, session, person")
        .fetch_all(pool)
        .await
}
