//! ACT: the group meets, attendance is recorded for everyone at once, and one person reads a document
//! at home.

use contracts::PersonId;
use serde_json::json;
use uuid::Uuid;

use super::hold::person_of;
use super::{Plot, StoryTrouble, World};
use crate::api::Deed;
use crate::calendar::told_locally;
use crate::people::Involvee;
use crate::schedule::Working;

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

/// A session, and a piece of reading after it.
pub(super) async fn meet(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(plot) = world.plot.clone() else { return Ok(()) };
    let (Some(days), Some(group), Some(reader)) =
        (plot.working(), plot.followed.advert.begin.advert.group, world.held.last().copied())
    else {
        return Ok(());
    };
    let by = plot.followed.coordinator;
    let invited: Vec<PersonId> = world.held.iter().map(|it| person_of(world, it.who)).collect();
    world.go_on_to(days.planned).await?;
    world.progress("the group meets");
    let said = json!({ "group": group, "title": "Reading group", "starts_at": days.session,
        "zone": "Europe/London", "length_minutes": 240, "mode": "in_person",
        "venue": "Learning Centre, room 3", "invited": invited, "papers_due_on": null });
    let deed = Deed::new("demo/session/plan", SERVICE, "/v1/sessions", said);
    let session = world.api.give(&by, deed).await?;
    let day = told_locally(days.session).strftime("%-d %B");
    world.timeline.add(session.at, by.name, format!("plans a session for {day}"));

    world.go_on_to(days.recorded).await?;
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
    read(world, &plot, days, reader.who).await
}

async fn read(
    world: &mut World<'_>,
    plot: &Plot,
    days: Working,
    who: &'static Involvee,
) -> Result<(), StoryTrouble> {
    let (by, group) = (plot.followed.coordinator, plot.followed.advert.begin.advert.group);
    world.go_on_to(days.accepted).await?;
    let said = json!({
        "task": { "person": person_of(world, who), "group": group, "kind": "read_document",
            "what": "Papers for the next meeting", "asked_on": days.asked_on,
            "due_on": days.due_on },
        "done": { "done_on": days.done_on, "minutes": 90 },
    });
    let deed = Deed::new("demo/work/record", SERVICE, "/v1/work/record", said);
    let recorded = world.api.give(&by, deed).await?;
    let path = format!("/v1/work/{}/accept", recorded.id);
    let deed = Deed::new("demo/work/accept", SERVICE, path, json!({}));
    let accepted = world.api.give(&by, deed).await?;
    let day = days.done_on.strftime("%-d %B");
    let what = format!("accepts what {} read at home on {day}", who.person.name);
    world.timeline.add(accepted.at, by.name, what);
    world.done.push(Done { id: recorded.id, in_session: false, who });
    Ok(())
}
