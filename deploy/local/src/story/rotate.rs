//! ACT: the term comes to its end: the reminders fire, each on its own day; one place is renewed, the
//! other ends, and its seat drafts its next opportunity.

use contracts::id::SeatId;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::hold::Held;
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
    let Some(plot) = world.plot.clone() else { return Ok(()) };
    let (Some(days), Some(leaves)) = (plot.holding, world.held.last().copied()) else {
        return Ok(());
    };
    // Whoever holds the only place leaves it, so that it is seen what becomes of it.
    let stays = world.held.first().copied().filter(|_| world.held.len() > 1);
    let by = plot.followed.coordinator;
    world.progress("the terms run; reminders come on their days");
    world.go_on_to(days.settled).await?;
    if let Some(stays) = stays {
        renew(world, &by, stays, days.ends_on).await?;
    }
    confirm_the_end(world, &by, leaves).await?;
    world.go_on_to(days.over).await?;
    drafted(world, &by, leaves.seat).await
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
    let on = told_locally(world.story_time).date();
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
async fn drafted(world: &mut World<'_>, by: &Person, seat: SeatId) -> Result<(), StoryTrouble> {
    let today: Today = world.api.look(by, opportunities::NAME, "/v1/today").await?;
    let seat = seat.to_string();
    let of_the_seat = |it: &&Waiting| {
        let text = it.opportunity.to_string();
        it.what == "finish_the_draft" && text.contains(&seat)
    };
    let drafts = today.items.iter().filter(of_the_seat).count();
    world.figures.rotations = drafts;
    if drafts > 0 {
        world.progress("the vacant seat has drafted its next opportunity");
    }
    Ok(())
}

impl World<'_> {
    /// The day on which a step was first taken, so that telling it again says the same.
    fn remembered_day(&self, step: &str, today: Date) -> Date {
        self.api.done_at(step).map_or(today, |at| told_locally(at).date())
    }
}
