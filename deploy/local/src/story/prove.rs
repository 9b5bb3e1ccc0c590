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
/// Whoever does what nobody tells it to.
const CLOCK: &str = "the clock";

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
    let application = world.applied.iter().find(|it| !it.withdrawn).map(|it| it.id);
    if let Some(id) = application {
        show(world, "application", id, "The whole life of one application").await?;
    }
    if let Some(id) = world.claims.first().copied() {
        show(world, "claim", id, "The whole life of one claim").await?;
    }
    Ok(())
}

/// What became of each place: its reminders and its end, as its history has them.
pub(super) async fn places(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let (mut came_due, mut for_people) = (0, 0);
    for held in world.held.clone() {
        let name = held.who.person.name;
        let path = format!("/v1/timeline?appointment={}&limit=200", held.appointment);
        let page: Page = world.api.look(&AUDITOR, SERVICE, &path).await?;
        for entry in &page.items {
            match entry.event_type.as_str() {
                "appointment.reminder_came_due.v1" => {
                    let is_theirs = is_for_the_person(&entry.sentence);
                    came_due += 1;
                    for_people += usize::from(is_theirs);
                    let day = told_locally(entry.at).strftime("%Y-%m-%d %H:%M");
                    world.console.line(&format!("  a reminder came due on {day}"));
                    let what = if is_theirs {
                        format!("reminds {name} of the end of the term")
                    } else {
                        format!("puts the end of {name}'s term on the coordinator's list")
                    };
                    world.timeline.add(entry.at, CLOCK, what);
                }
                "appointment.ended.v1" => {
                    let what = format!("ends the place of {name}; the seat falls vacant");
                    world.timeline.add(entry.at, CLOCK, what);
                }
                _ => {}
            }
        }
    }
    world.figures.reminders_sent = came_due;
    world.figures.reminders_for_people = for_people;
    Ok(())
}

/// By the auditor's sentence, which says whom a reminder is for: a coordinator's stands on a list, any
/// other is for whoever holds the place.
fn is_for_the_person(sentence: &str) -> bool {
    !sentence.contains(", to coordinator")
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

#[cfg(test)]
mod stories {
    use super::is_for_the_person;

    #[test]
    fn a_coordinators_reminder_is_told_from_a_persons() {
        let told = |to| format!("An end-of-term reminder came due, to {to}. By the system.");
        assert!(!is_for_the_person(&told("coordinator")));
        assert!(is_for_the_person(&told("person")));
        assert!(is_for_the_person(&told("person and chair")));
    }
}
