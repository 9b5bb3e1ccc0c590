//! Verifies what is held of one service's log from its first bytes, record by record. Reads only, and
//! a bounded number of records at once, so that any log is verified in steps.

use futures::TryStreamExt as _;
use serde::Serialize;
use sqlx::PgPool;
use utoipa::ToSchema;

use crate::chain::{Before, Flaw, hex};
use crate::views::record::{self, Record};
use crate::views::standing::{self, Standing};

/// Well below what can be read and hashed in the time a request may take.
pub const RECORDS_MAX: i64 = 10_000;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verdict {
    /// Whose log.
    pub source: String,
    /// The first position looked at.
    pub from: i64,
    /// The last position that follows from all before it, as far as this went.
    pub verified_to: i64,
    /// The chain hash there, in hexadecimal digits.
    pub chain_hash: String,
    /// The first place where the chain does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_break: Option<Break>,
    /// From where to ask on; missing where the end was reached, or a break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// Where and how a chain breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Break {
    /// The position at fault.
    pub position: i64,
    /// What is wrong there.
    pub flaw: Flaw,
}

/// Verifies from a position on; `None` where nothing is held of that log, or less than that.
pub async fn verify(
    pool: &PgPool,
    source: &str,
    from: i64,
) -> Result<Option<Verdict>, sqlx::Error> {
    let Some(end) = standing::find(pool, source).await? else { return Ok(None) };
    if !(1..=end.position).contains(&from) {
        return Ok(None);
    }
    let before = match record::one(pool, source, from - 1).await? {
        Some(Record { event, .. }) => Before::behind(end.log_id, &event),
        None if from == 1 => Before::the_first(end.log_id),
        None => return Ok(Some(broken(source, from, &[], from - 1, Flaw::PositionMissing))),
    };
    follow(pool, &end, from, before).await.map(Some)
}

async fn follow(
    pool: &PgPool,
    end: &Standing,
    from: i64,
    mut at: Before,
) -> Result<Verdict, sqlx::Error> {
    let until = end.position.min(from.saturating_add(RECORDS_MAX - 1));
    let source = end.source.as_str();
    let mut records = sqlx::query_as::<_, Record>(
        "select * from views.record where source = $1 and position between $2 and $3
         order by position",
    )
    .bind(source)
    .bind(from)
    .bind(until)
    .fetch(pool);
    while let Some(Record { event, .. }) = records.try_next().await? {
        if let Some(flaw) = at.flaw_of(&event) {
            let position =
                if flaw == Flaw::PositionMissing { at.position + 1 } else { event.position };
            return Ok(broken(source, from, &at.chain_hash, position, flaw));
        }
        at = Before::behind(end.log_id, &event);
    }
    if at.position < until {
        let missing = at.position + 1;
        return Ok(broken(source, from, &at.chain_hash, missing, Flaw::PositionMissing));
    }
    if at.position == end.position && at.chain_hash != end.chain_hash {
        return Ok(broken(source, from, &at.chain_hash, at.position, Flaw::HashDiffers));
    }
    Ok(Verdict {
        source: source.to_owned(),
        from,
        verified_to: at.position,
        chain_hash: hex(&at.chain_hash),
        first_break: None,
        next: (at.position < end.position).then_some(at.position + 1),
    })
}

fn broken(source: &str, from: i64, hash_before: &[u8], position: i64, flaw: Flaw) -> Verdict {
    Verdict {
        source: source.to_owned(),
        from,
        verified_to: position - 1,
        chain_hash: hex(hash_before),
        first_break: Some(Break { position, flaw }),
        next: None,
    }
}
