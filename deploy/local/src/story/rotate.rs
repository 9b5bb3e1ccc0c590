//! ACT: the term comes to its end: the reminders fire, each on its own day; one place is renewed, the
//! other ends, and its seat drafts its next opportunity.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ground::coordinator_of;
use super::hold::{Held, ends_on};
use super::{StoryTrouble, World};
use crate::api::Deed;
use crate::calendar::told_locally;
use crate::people::Person;

const SERVICE: &str = recruitment::NAME;

#[derive(Deserialize)]
struct Today {
    items: Vec<Waiting>,
}

#[derive(Deserialize)]
struct Waiting {
    what: String,
    opportunity: Value,
}

/// From the first reminder to the draft of the next opportunity.
pub(super) async fn pass_on(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(followed) = world.followed().cloned() else { return Ok(()) };
    let [stays, leaves, ..] = world.held.as_slice() else { return Ok(()) };
    let (stays, leaves) = (*stays, *leaves);
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let ends_on = ends_on(followed.closes_at.unwrap_or_default());
    world.progress("the terms run; reminders come on their days");
    world.go_on_to(at_ten(ends_on.saturating_sub(2.weeks()))).await?;
    renew(world, &by, stays, ends_on).await?;
    confirm_the_end(world, &by, leaves).await?;
    world.go_on_to(at_ten(ends_on.saturating_add(2.days()))).await?;
    world.timeline.add(
        at_ten(ends_on.saturating_add(1.day())),
        "the clock",
        format!("ends the term of {}; the seat falls vacant", leaves.who.person.name),
    );
    drafted(world, &by, seat_of(&followed)).await
}

fn seat_of(followed: &super::Published) -> Option<String> {
    followed.advert.begin.advert.seats.get(1).map(ToString::to_string)
}

async fn renew(
    world: &mut World<'_>,
    by: &Person,
    held: Held,
    ends_on: Date,
) -> Result<(), StoryTrouble> {
    let path = format!("/v1/appointments/{}/renew", held.appointment);
    let said = json!({ "term_ending_on": ends_on, "agreed_with_person": true });
    let step = format!("demo/renew/{}", held.who.person.subject);
    let renewed = world.api.give(by, Deed::new(step, SERVICE, path, said)).await?;
    let what = format!("renews the place of {}, who said yes", held.who.person.name);
    world.timeline.add(renewed.at, by.name, what);
    Ok(())
}

async fn confirm_the_end(
    world: &mut World<'_>,
    by: &Person,
    held: Held,
) -> Result<(), StoryTrouble> {
    let on = told_locally(world.clock.now()).date();
    let step = format!("demo/confirm-end/{}", held.who.person.subject);
    let path = format!("/v1/appointments/{}/confirm-end", held.appointment);
    let on = world.remembered_day(&step, on);
    let said = json!({ "contact": { "by": "phone", "on": on } });
    let confirmed = world.api.give(by, Deed::new(step, SERVICE, path, said)).await?;
    let what = format!("rings {}: the term ends on its day", held.who.person.name);
    world.timeline.add(confirmed.at, by.name, what);
    Ok(())
}

/// The vacant seat has drafted what will fill it.
async fn drafted(
    world: &mut World<'_>,
    by: &Person,
    seat: Option<String>,
) -> Result<(), StoryTrouble> {
    let today: Today = world.api.look(by, opportunities::NAME, "/v1/today").await?;
    let of_the_seat = |it: &&Waiting| {
        let text = it.opportunity.to_string();
        it.what == "finish_the_draft" && seat.as_ref().is_some_and(|seat| text.contains(seat))
    };
    let drafts = today.items.iter().filter(of_the_seat).count();
    world.figures.rotations = drafts;
    world.progress(&format!("{drafts} vacant seat has drafted its next opportunity"));
    Ok(())
}

fn at_ten(day: Date) -> Timestamp {
    let ten = day.at(10, 0, 0, 0);
    ten.to_zoned(eventstore::clock::local_zone()).map_or(Timestamp::UNIX_EPOCH, |it| it.timestamp())
}

impl World<'_> {
    /// The day on which a step was first taken, so that telling it again says the same.
    fn remembered_day(&self, step: &str, today: Date) -> Date {
        self.api.done_at(step).map_or(today, |at| told_locally(at).date())
    }
}
