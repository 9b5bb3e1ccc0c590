//! ACT: places are offered; one is declined, without a reason, and offered to whoever was kept in mind.

use contracts::PersonId;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::json;
use uuid::Uuid;

use super::ground::coordinator_of;
use super::{Published, StoryTrouble, World};
use crate::api::{Behalf, CameBy, Deed};
use crate::calendar::told_locally;
use crate::people::{AMIRA, Involvee, JOAN, MARCUS, Person};

const SERVICE: &str = recruitment::NAME;
/// The version of the terms everybody agrees to.
const TERMS: &str = "2026-1";

/// A place that somebody holds.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// The appointment.
    pub appointment: Uuid,
    /// Who holds it.
    pub who: &'static Involvee,
}

static FIRST: Involvee = AMIRA;
static DECLINES: Involvee = JOAN;
static IN_RESERVE: Involvee = MARCUS;

/// From the offers to the places taken.
pub(super) async fn offer(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(followed) = world.followed().cloned() else { return Ok(()) };
    let seats = followed.advert.begin.advert.seats.clone();
    let (Some(closes_at), [first, second, ..]) = (followed.closes_at, seats.as_slice()) else {
        return Ok(());
    };
    let days = |count: i64| closes_at + SignedDuration::from_hours(24 * count);
    world.go_on_to(days(10)).await?;
    world.progress("places are offered");
    let amira = offer_one(world, &followed, first.uuid(), &FIRST).await?;
    let joan = offer_one(world, &followed, second.uuid(), &DECLINES).await?;
    world.go_on_to(days(11)).await?;
    answer(world, amira, &FIRST, "accept").await?;
    world.go_on_to(days(12)).await?;
    answer(world, joan, &DECLINES, "decline").await?;
    let marcus = offer_one(world, &followed, second.uuid(), &IN_RESERVE).await?;
    world.go_on_to(days(13)).await?;
    answer_by_phone(world, &followed, marcus, days(13) - SignedDuration::from_mins(20)).await?;
    world.figures.appointments = world.held.len();
    Ok(())
}

/// Length of a term in the story, in months; the setting says the same.
pub(super) const TERM_MONTHS: u16 = 12;

/// The last day of the terms, which begin on the first of a month.
pub(super) fn ends_on(closes_at: Timestamp) -> jiff::civil::Date {
    let months = i64::from(TERM_MONTHS).months();
    starts_on(closes_at).saturating_add(months).saturating_sub(1.day())
}

/// The first day of the next month, so that nobody begins tomorrow.
fn starts_on(closes_at: Timestamp) -> jiff::civil::Date {
    let after = told_locally(closes_at).date().saturating_add(13.days());
    after.last_of_month().saturating_add(1.day())
}

async fn offer_one(
    world: &mut World<'_>,
    followed: &Published,
    seat: Uuid,
    who: &'static Involvee,
) -> Result<Uuid, StoryTrouble> {
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let was_offered = who.person.subject != IN_RESERVE.person.subject;
    let starts_on = starts_on(followed.closes_at.unwrap_or_default());
    let said = json!({
        "person": person_of(world, who),
        // Whoever was kept in mind is asked anew, not on the application that was answered.
        "application": if was_offered { world.application_of(who).map(|it| it.id) } else { None },
        "opportunity": followed.id,
        "starts_on": starts_on,
        "answer_by": starts_on.saturating_sub(3.days()),
        "terms_version": TERMS,
    });
    let step = format!("demo/offer/{}", who.person.subject);
    let path = format!("/v1/seats/{seat}/appointments");
    let offered = world.api.give(&by, Deed::new(step, SERVICE, path, said)).await?;
    let what = format!("offers {} a place for a fixed term, from {starts_on}", who.person.name);
    world.timeline.add(offered.at, by.name, what);
    Ok(offered.id)
}

async fn answer(
    world: &mut World<'_>,
    appointment: Uuid,
    who: &'static Involvee,
    verb: &str,
) -> Result<(), StoryTrouble> {
    let step = format!("demo/{verb}/{}", who.person.subject);
    let path = format!("/v1/appointments/{appointment}/{verb}");
    let answered = world.api.give(&who.person, Deed::new(step, SERVICE, path, json!({}))).await?;
    let what = if verb == "accept" {
        world.held.push(Held { appointment, who });
        "accepts the place"
    } else {
        "declines the place, and does not have to say why"
    };
    world.timeline.add(answered.at, who.person.name, what);
    Ok(())
}

async fn answer_by_phone(
    world: &mut World<'_>,
    followed: &Published,
    appointment: Uuid,
    received_at: Timestamp,
) -> Result<(), StoryTrouble> {
    let by: Person = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let behalf =
        Behalf { person: person_of(world, &IN_RESERVE), received_at, came_by: CameBy::Phone };
    let step = format!("demo/accept/{}", IN_RESERVE.person.subject);
    let path = format!("/v1/appointments/{appointment}/accept");
    let deed = Deed::new(step, SERVICE, path, json!({})).typed_for(behalf);
    let accepted = world.api.give(&by, deed).await?;
    world.held.push(Held { appointment, who: &IN_RESERVE });
    let what = format!("rings {}, who accepts; it counts from the call", IN_RESERVE.person.name);
    world.timeline.add(accepted.at, by.name, what);
    Ok(())
}

/// Who somebody is; registered people stand in the world.
pub(super) fn person_of(world: &World<'_>, who: &Involvee) -> PersonId {
    let known = world.people.get(who.person.subject).copied();
    known.unwrap_or_else(|| world.person_behind(&who.person))
}
