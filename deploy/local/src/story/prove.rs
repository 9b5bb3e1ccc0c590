//! ACT: the auditor reads the whole life of one application and of one claim, and asks whether every
//! chain holds.

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::{StoryTrouble, World};
use crate::calendar::told_locally;
use crate::people::{AUDITOR, INVOLVEES, STAFF};
use crate::timeline::hanging;

const SERVICE: &str = audit::NAME;

#[derive(Deserialize)]
struct Page {
    items: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    at: Timestamp,
    event_type: String,
    sentence: String,
}

/// Two histories, read by someone who had no part in them.
pub(super) async fn histories(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    world.clock.settle().await?;
    reminders(world).await?;
    let application = world.applied.iter().find(|it| !it.withdrawn).map(|it| it.id);
    if let Some(id) = application {
        show(world, "application", id, "The whole life of one application").await?;
    }
    if let Some(id) = world.claims.first().copied() {
        show(world, "claim", id, "The whole life of one claim").await?;
    }
    Ok(())
}

/// Each reminder before the end of a term, from the history of every place.
async fn reminders(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    for held in world.held.clone() {
        let path = format!("/v1/timeline?appointment={}&limit=200", held.appointment);
        let page: Page = world.api.look(&AUDITOR, SERVICE, &path).await?;
        let due =
            page.items.iter().filter(|it| it.event_type == "appointment.reminder_came_due.v1");
        for entry in due {
            let day = told_locally(entry.at).strftime("%Y-%m-%d %H:%M").to_string();
            world.console.line(&format!("  a reminder came due on {day}"));
            let what = format!("reminds of the end of the term of {}", held.who.person.name);
            world.timeline.add(entry.at, "the clock", what);
            world.figures.reminders_sent += 1;
        }
    }
    Ok(())
}

async fn show(world: &World<'_>, of: &str, id: Uuid, title: &str) -> Result<(), StoryTrouble> {
    let path = format!("/v1/timeline?{of}={id}&limit=200");
    let page: Page = world.api.look(&AUDITOR, SERVICE, &path).await?;
    world.console.line("");
    world.console.line(&format!("{title}, as {} reads it", AUDITOR.name));
    for entry in &page.items {
        let at = told_locally(entry.at).strftime("%-d %b %Y %H:%M");
        let sentence = named(world, &entry.sentence);
        for line in hanging(&format!("  {at:>17}  "), &sentence, 21) {
            world.console.line(&line);
        }
    }
    Ok(())
}

/// The launcher knows its sample people; the auditor's page holds ids alone until names are asked for.
fn named(world: &World<'_>, sentence: &str) -> String {
    // The time stands in front of the line already.
    let mut told = sentence.split_once(". ").map_or(sentence, |(_, rest)| rest).to_owned();
    let involved = INVOLVEES.iter().filter_map(|one| {
        Some((world.people.get(one.person.subject)?.to_string(), one.person.name))
    });
    let staff = STAFF.iter().map(|one| (world.person_behind(one).to_string(), one.name));
    for (id, name) in involved.chain(staff) {
        told = told.replace(&id, name);
    }
    told
}
