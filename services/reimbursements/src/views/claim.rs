//! One claim, a person's own claims, and what waits for a first or a second signature: the same rows
//! read in four ways. A row is the room's state as it stands, with the columns lists are made by.

use async_trait::async_trait;
use contracts::{ClaimId, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::claim::{Claim, Claimed, Event, Standing};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Claims;

/// One claim as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub id: ClaimId,
    /// Its stream's version.
    pub version: i64,
    /// Where in the log it begins; what lists are ordered by.
    pub begun: i64,
    /// When the person gave it to us.
    pub received_at: Timestamp,
    /// Its state.
    pub state: Claim,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            id: ClaimId::new(row.try_get("claim")?),
            version: row.try_get("version")?,
            begun: row.try_get("begun")?,
            received_at: row.try_get::<SqlTimestamp, _>("received_at")?.to_jiff(),
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    claim: Uuid,
    version: i64,
    begun: i64,
    received_at: Timestamp,
    person: Uuid,
    to_approve: bool,
    to_authorise: bool,
    authors: Vec<Uuid>,
    approvers: Vec<Uuid>,
    authorisers: Vec<Uuid>,
    #[serde(with = "column")]
    state: Claim,
}

impl view::Row for Columns {
    const TABLE: &'static str = "claim_view";
    const KEY: &'static [&'static str] = &["claim"];

    fn key(&self) -> Key {
        self.claim.into()
    }
}

#[async_trait]
impl View for Claims {
    fn name(&self) -> &'static str {
        "claims"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["claim_view"]
    }

    fn create(&self) -> &'static str {
        "create table claim_view (
             claim uuid primary key, version bigint not null, begun bigint not null,
             received_at timestamptz not null, person uuid not null,
             to_approve boolean not null, to_authorise boolean not null,
             authors uuid[] not null, approvers uuid[] not null, authorisers uuid[] not null,
             state text not null);
         create index claim_by_person on claim_view (person, begun);
         create index claim_to_approve on claim_view (begun) where to_approve;
         create index claim_to_authorise on claim_view (begun) where to_authorise"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Claim::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Claim::TYPE {
            return Ok(());
        }
        let claim = event.stream.id;
        let (mut state, begun, received_at) = if let Some(row) = rows.one::<Columns>(claim).await? {
            (row.state, row.begun, row.received_at)
        } else {
            let received_at = column::instant(event.metadata()?.received_at);
            (Claim::default(), event.position, received_at)
        };
        state.apply(event.decode::<Event>()?);
        let Some(person) = person(&state) else { return Ok(()) };
        let claimed = state.claimed().ok();
        let waits = |standing| claimed.is_some_and(|it| it.standing(standing).next().is_some());
        let all = |of: fn(&Claimed) -> Vec<Uuid>| claimed.map(of).unwrap_or_default();
        rows.put(Columns {
            claim,
            version: event.version,
            begun,
            received_at,
            person: person.uuid(),
            to_approve: waits(Standing::Waiting),
            to_authorise: waits(Standing::Approved),
            authors: all(|it| uuids(&it.authors)),
            approvers: all(|it| uuids(&it.approvers)),
            authorisers: all(|it| uuids(&it.authorisers)),
            state,
        })
    }
}

fn uuids(people: &std::collections::BTreeSet<PersonId>) -> Vec<Uuid> {
    people.iter().map(|person| person.uuid()).collect()
}

/// Whose claim it is or was.
pub fn person(state: &Claim) -> Option<PersonId> {
    match state {
        Claim::NotSubmitted => None,
        Claim::Claimed(it) => Some(it.submitted.person),
        Claim::Withdrawn { person } => Some(*person),
    }
}

/// One claim.
pub async fn one(pool: &PgPool, id: ClaimId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.claim_view where claim = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// A person's own, the latest first, from before one of them.
pub async fn of_person(
    pool: &PgPool,
    person: PersonId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.claim_view
         where person = $1 and ($2::bigint is null or begun < $2)
         order by begun desc limit $3",
    )
    .bind(person.uuid())
    .bind(before)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// What this person could approve lines of, the longest waiting first.
pub async fn to_approve(
    pool: &PgPool,
    approver: PersonId,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.claim_view
         where to_approve and $1 <> all (authors) and $1 <> all (authorisers)
           and ($2::bigint is null or begun > $2)
         order by begun limit $3",
    )
    .bind(approver.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// What this person could authorise, the longest waiting first.
pub async fn to_authorise(
    pool: &PgPool,
    authoriser: PersonId,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.claim_view
         where to_authorise and $1 <> all (authors) and $1 <> all (approvers)
           and ($2::bigint is null or begun > $2)
         order by begun limit $3",
    )
    .bind(authoriser.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}
