//! The logs: dense, every command in them once, and every acknowledgement true.

use std::collections::HashMap;

use contracts::PersonId;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;
use web::caller::account_of;

use crate::faults::ledger::Entry;
use crate::rows::{SERVICES, superuser};
use crate::world::{Place, Story, Told};

/// What a log remembers of a command.
#[derive(sqlx::FromRow)]
struct Remembered {
    command_id: Uuid,
    from_version: i64,
    to_version: i64,
    position: i64,
    refused: bool,
    events: i64,
}

/// What is never to be found, each as a query that finds it.
const FLAWS: [(&str, &str); 4] = [
    (
        "positions with gaps",
        "select count(*) from log.head
         where position <> (select count(*) from log.event)
            or position <> (select coalesce(max(position), 0) from log.event)",
    ),
    (
        "streams whose versions are not 1 to n",
        "select count(*) from (
             select 1 from log.event group by stream_type, stream_id
             having min(version) <> 1 or max(version) <> count(*)) as streams",
    ),
    (
        "commands whose events are more or fewer than they were",
        "select count(*) from log.command c
         left join (select (meta::jsonb ->> 'command_id')::uuid as id, count(*) as events
                    from log.event group by 1) e on e.id = c.command_id
         where coalesce(e.events, 0) <>
               case when c.refusal is null then c.to_version - c.from_version else 0 end",
    ),
    (
        "events without their command",
        "select count(*) from log.event e
         where not exists (select from log.command c
                           where c.command_id = (e.meta::jsonb ->> 'command_id')::uuid)",
    ),
];

/// No log has a flaw.
pub async fn are_whole(place: &Place) -> Story {
    for service in SERVICES {
        let mut database = superuser(place, service).await?;
        for (flaw, query) in FLAWS {
            let found: i64 = sqlx::query_scalar(query).fetch_one(&mut database).await?;
            assert_eq!(found, 0, "{service}: {flaw}");
        }
        database.close().await?;
    }
    Ok(())
}

/// Every acknowledged command is in its log exactly once, as it was answered.
pub async fn hold_each_once(place: &Place, entries: &[Entry]) -> Story {
    let issuer = std::fs::read_to_string(place.path().join("data/issuer"))?;
    let mut by_service: HashMap<&str, HashMap<Uuid, &Entry>> = HashMap::new();
    for entry in entries {
        let command = &entry.command;
        let person = PersonId::new(account_of(&issuer, &command.who));
        let name = format!("{}/{}", command.service, command.key);
        let id = Uuid::new_v5(&person.uuid(), name.as_bytes());
        let before = by_service.entry(&command.service).or_default().insert(id, entry);
        assert!(before.is_none(), "{command:?} was acknowledged under a key of another");
    }
    for (service, acknowledged) in by_service {
        let mut database = superuser(place, service).await?;
        let found = remembered(&mut database, acknowledged.keys().copied().collect()).await?;
        for (id, entry) in acknowledged {
            let Some(stored) = found.get(&id) else {
                return Err(format!("acknowledged and lost: {entry:?}").into());
            };
            is_as_answered(service, entry, stored)?;
        }
        database.close().await?;
    }
    Ok(())
}

async fn remembered(
    database: &mut PgConnection,
    ids: Vec<Uuid>,
) -> Told<HashMap<Uuid, Remembered>> {
    let found: Vec<Remembered> = sqlx::query_as(
        "select c.command_id, c.from_version, c.to_version, c.position,
                c.refusal is not null as refused,
                (select count(*) from log.event e
                 where e.stream_type = c.stream_type and e.stream_id = c.stream_id
                   and e.version > c.from_version and e.version <= c.to_version
                   and (e.meta::jsonb ->> 'command_id')::uuid = c.command_id) as events
         from log.command c where c.command_id = any($1)",
    )
    .bind(ids)
    .fetch_all(database)
    .await?;
    Ok(found.into_iter().map(|one| (one.command_id, one)).collect())
}

fn is_as_answered(service: &str, entry: &Entry, stored: &Remembered) -> Story {
    let answer = &entry.answer;
    let token = format!("{service}:{}", stored.position);
    let etag = format!("\"{}\"", stored.to_version);
    let is_true = answer.token.as_ref() == Some(&token)
        && if stored.refused {
            answer.status >= 400
        } else {
            answer.status < 300
                && answer.etag.as_ref() == Some(&etag)
                && stored.events == stored.to_version - stored.from_version
        };
    if is_true {
        return Ok(());
    }
    let stored = (stored.from_version, stored.to_version, stored.events, token, stored.refused);
    Err(format!("{entry:?} is stored otherwise: {stored:?}").into())
}
