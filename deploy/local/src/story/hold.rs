//! ACT: places are offered; one is declined, without a reason, and offered to whoever was kept in mind.

use contracts::PersonId;
use contracts::id::SeatId;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{Plot, StoryTrouble, World};
use crate::api::{Behalf, CameBy, Deed};
use crate::people::{Involvee, Reached};

const SERVICE: &str = recruitment::NAME;
/// The version of the terms everybody agrees to.
const TERMS: &str = "2026-1";

/// A place that somebody holds.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// The appointment.
    pub appointment: Uuid,
    /// The seat.
    pub seat: SeatId,
    /// Who holds it.
    pub who: &'static Involvee,
}

/// A place that was offered.
#[derive(Clone, Copy)]
struct Offer {
    appointment: Uuid,
    seat: SeatId,
    who: &'static Involvee,
}

/// From the offers to the places taken.
pub(super) async fn offer(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(plot) = world.plot.clone() else { return Ok(()) };
    let (Some(days), Some(seat)) = (plot.holding, plot.followed.seats().first().copied()) else {
        return Ok(());
    };
    world.go_on_to(days.offered).await?;
    world.progress("places are offered");
    let first = offer_one(world, &plot, seat, plot.cast.first).await?;
    let second = match (plot.followed.seats().get(1).copied(), plot.cast.second) {
        (Some(seat), Some(who)) => Some(offer_one(world, &plot, seat, who).await?),
        (_, _) => None,
    };
    world.go_on_to(days.accepted).await?;
    accept(world, first).await?;
    let Some(second) = second else { return Ok(()) };
    world.go_on_to(days.declined).await?;
    decline(world, second).await?;
    let Some(who) = plot.cast.in_reserve else { return Ok(()) };
    world.go_on_to(days.offered_again).await?;
    let again = offer_one(world, &plot, second.seat, who).await?;
    world.go_on_to(days.typed).await?;
    match who.reached {
        Reached::Phone(_) => accept_by_phone(world, &plot, again, days.spoken).await,
        Reached::Email(_) | Reached::Letter(_) => accept(world, again).await,
    }
}

async fn offer_one(
    world: &mut World<'_>,
    plot: &Plot,
    seat: SeatId,
    who: &'static Involvee,
) -> Result<Offer, StoryTrouble> {
    let by = plot.followed.coordinator;
    let days = plot.holding.ok_or(StoryTrouble::NoMorning)?;
    let said = json!({
        "person": person_of(world, who),
        "application": world.application_of(who).map(|it| it.id),
        "opportunity": plot.followed.id,
        "starts_on": days.starts_on,
        "answer_by": days.answer_by,
        "terms_version": TERMS,
    });
    let step = format!("demo/offer/{}", who.person.subject);
    let path = format!("/v1/seats/{seat}/appointments");
    let offered = world.api.give(&by, Deed::new(step, SERVICE, path, said)).await?;
    let from = days.starts_on.strftime("%-d %B %Y");
    let what = format!("offers {} a place for a fixed term, from {from}", who.person.name);
    world.timeline.add(offered.at, by.name, what);
    Ok(Offer { appointment: offered.id, seat, who })
}

async fn accept(world: &mut World<'_>, offer: Offer) -> Result<(), StoryTrouble> {
    let at = answer(world, offer, "accept").await?;
    world.timeline.add(at, offer.who.person.name, "accepts the place");
    take(world, offer);
    Ok(())
}

async fn decline(world: &mut World<'_>, offer: Offer) -> Result<(), StoryTrouble> {
    let at = answer(world, offer, "decline").await?;
    let what = "declines the place, and does not have to say why";
    world.timeline.add(at, offer.who.person.name, what);
    Ok(())
}

async fn answer(world: &World<'_>, offer: Offer, verb: &str) -> Result<Timestamp, StoryTrouble> {
    let step = format!("demo/{verb}/{}", offer.who.person.subject);
    let path = format!("/v1/appointments/{}/{verb}", offer.appointment);
    let deed = Deed::new(step, SERVICE, path, json!({}));
    Ok(world.api.give(&offer.who.person, deed).await?.at)
}

async fn accept_by_phone(
    world: &mut World<'_>,
    plot: &Plot,
    offer: Offer,
    received_at: Timestamp,
) -> Result<(), StoryTrouble> {
    let by = plot.followed.coordinator;
    let person = person_of(world, offer.who);
    let behalf = Behalf { person, received_at, came_by: CameBy::Phone };
    let step = format!("demo/accept/{}", offer.who.person.subject);
    let path = format!("/v1/appointments/{}/accept", offer.appointment);
    let deed = Deed::new(step, SERVICE, path, json!({})).typed_for(behalf);
    let accepted = world.api.give(&by, deed).await?;
    let name = offer.who.person.name;
    let what = format!("has rung {name}, who accepts; it counts from the call");
    world.timeline.add(accepted.at, by.name, what);
    take(world, offer);
    Ok(())
}

fn take(world: &mut World<'_>, offer: Offer) {
    let Offer { appointment, seat, who } = offer;
    world.held.push(Held { appointment, seat, who });
    world.figures.appointments = world.held.len();
}

/// Who somebody is; registered people stand in the world.
pub(super) fn person_of(world: &World<'_>, who: &Involvee) -> PersonId {
    let known = world.people.get(who.person.subject).copied();
    known.unwrap_or_else(|| world.person_behind(&who.person))
}
