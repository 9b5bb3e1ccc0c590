//! ACT: the group meets, attendance is recorded for everyone at once, and one person reads a document
//! at home.

use contracts::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::ground::coordinator_of;
use super::hold::person_of;
use super::{StoryTrouble, World};
use crate::api::Deed;
use crate::people::Involvee;

const SERVICE: &str = recruitment::NAME;
/// Four hours and a quarter: more than the half day.
const MINUTES: u16 = 255;
const MINUTES_IN_PART: u16 = 120;

/// What somebody did, for which they can claim.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The session or the piece of work.
    pub id: Uuid,
    /// Whether it was a session.
    pub in_session: bool,
    /// Who did it.
    pub who: &'static Involvee,
}

/// A session in March, and a piece of reading in April.
pub(super) async fn meet(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(followed) = world.followed().cloned() else { return Ok(()) };
    let (Some(group), Some(one)) =
        (followed.advert.begin.advert.group, world.held.first().copied())
    else {
        return Ok(());
    };
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let invited: Vec<PersonId> = world.held.iter().map(|it| person_of(world, it.who)).collect();
    world.go_to("03-03 10:00").await?;
    world.progress("the group meets");
    let starts_at = instant(world, "03-24 10:00")?;
    let said = json!({ "group": group, "title": "Reading group", "starts_at": starts_at,
        "zone": "Europe/London", "length_minutes": 240, "mode": "in_person",
        "venue": "Learning Centre, room 3", "invited": invited, "papers_due_on": null });
    let deed = Deed::new("demo/session/plan", SERVICE, "/v1/sessions", said);
    let session = world.api.give(&by, deed).await?;
    world.timeline.add(session.at, by.name, "plans a session for 24 March");

    world.go_on_to(starts_at + SignedDuration::from_hours(5)).await?;
    let entries: Vec<_> = world
        .held
        .iter()
        .enumerate()
        .map(|(place, it)| {
            let how = if place == 0 {
                json!("attended_full")
            } else {
                json!({ "attended_part": { "minutes": MINUTES_IN_PART } })
            };
            json!({ "person": person_of(world, it.who), "how": how })
        })
        .collect();
    let path = format!("/v1/sessions/{}/attendance", session.id);
    let said = json!({ "lasted_minutes": MINUTES, "entries": entries });
    let deed = Deed::new("demo/session/attendance", SERVICE, path, said);
    let recorded = world.api.give(&by, deed).await?;
    world.timeline.add(recorded.at, by.name, "records who came, on one sheet");
    let came: Vec<Done> = world
        .held
        .iter()
        .map(|it| Done { id: session.id, in_session: true, who: it.who })
        .collect();
    world.done.extend(came);
    let reader = world.held.last().copied().unwrap_or(one);
    read(world, group.uuid(), reader.who).await
}

async fn read(
    world: &mut World<'_>,
    group: Uuid,
    who: &'static Involvee,
) -> Result<(), StoryTrouble> {
    world.go_to("04-08 15:00").await?;
    let Some(followed) = world.followed().cloned() else { return Ok(()) };
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let day = |text: &str| world.calendar.day(text);
    let said = json!({
        "task": { "person": person_of(world, who), "group": group, "kind": "read_document",
            "what": "Summaries of two bids", "asked_on": day("03-31"), "due_on": day("04-07") },
        "done": { "done_on": day("04-06"), "minutes": 90 },
    });
    let deed = Deed::new("demo/work/record", SERVICE, "/v1/work/record", said);
    let recorded = world.api.give(&by, deed).await?;
    let path = format!("/v1/work/{}/accept", recorded.id);
    let deed = Deed::new("demo/work/accept", SERVICE, path, json!({}));
    let accepted = world.api.give(&by, deed).await?;
    let what = format!("accepts what {} read at home on 6 April", who.person.name);
    world.timeline.add(accepted.at, by.name, what);
    world.done.push(Done { id: recorded.id, in_session: false, who });
    Ok(())
}

fn instant(world: &World<'_>, text: &'static str) -> Result<Timestamp, StoryTrouble> {
    let year = world.calendar.year();
    world.calendar.instant(text).ok_or(StoryTrouble::NoDate { text, year })
}
