//! ACT: what has to hold before anybody can be invited: the trust's own rules, and the groups whose
//! seats the adverts are to fill.

use serde_json::{Value, json};
use uuid::Uuid;

use super::advertise::reasons;
use super::{StoryTrouble, World};
use crate::adverts::{Advert, GroupWanted};
use crate::api::{Deed, body};
use crate::people::{BRISTOL_COORDINATOR, COORDINATOR, ENGAGEMENT_LEAD, Person};

const SERVICE: &str = recruitment::NAME;
/// Bank holidays that stay on their day, month and day. The others of a year to come are for the
/// trust to add; the demonstration does without them.
const ALWAYS: [&str; 3] = ["01-01", "12-25", "12-26"];

/// Lays it.
pub(super) async fn lay(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    world.go_to("01-04 09:00").await?;
    world.progress("the rules of the trust are put in force");
    let today = world.calendar.day("01-04");
    let put = |kind: &str, values: Value| {
        let path = format!("/v1/settings/{kind}");
        let said = json!({ "effective_from": today, "values": values });
        Deed::new(format!("demo/settings/{kind}"), SERVICE, path, said)
    };
    let rules = recruitment::setting::SelectionRules::SUGGESTED;
    let rules = body(&recruitment::setting::Values::SelectionRules(rules));
    world.api.give(&ENGAGEMENT_LEAD, put("selection_rules", rules)).await?;
    let terms = recruitment::setting::TermPolicy {
        months: super::hold::TERM_MONTHS,
        ..recruitment::setting::TermPolicy::suggested()
    };
    let terms = body(&recruitment::setting::Values::TermPolicy(terms));
    let put_in_force = world.api.give(&ENGAGEMENT_LEAD, put("term_policy", terms)).await?;
    for year in world.calendar.year()..=world.calendar.year() + 2 {
        put_the_calendar_in_force(world, year).await?;
    }
    let what = "puts in force how panels score, how long a term lasts, and which days are holidays";
    world.timeline.add(put_in_force.at, ENGAGEMENT_LEAD.name, what);
    establish_groups(world).await
}

async fn put_the_calendar_in_force(world: &World<'_>, year: i16) -> Result<(), StoryTrouble> {
    let holidays: Vec<String> = ALWAYS.iter().map(|day| format!("{year}-{day}")).collect();
    let values = json!({ "kind": "working_calendar", "nation": "england", "year": year,
        "bank_holidays": holidays });
    let said = json!({ "effective_from": world.calendar.day("01-04"), "values": values });
    let step = format!("demo/settings/calendar/{year}");
    let deed = Deed::new(step, SERVICE, "/v1/settings/working_calendar", said);
    world.api.give(&ENGAGEMENT_LEAD, deed).await?;
    Ok(())
}

/// Whatever cannot have its group cannot be published, and says why.
async fn establish_groups(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    for mut advert in std::mem::take(&mut world.adverts) {
        if let Some(wanted) = advert.group.clone()
            && let Err(reasons) = establish(world, &mut advert, &wanted).await?
        {
            world.unusable.push(advert.unusable(reasons));
            continue;
        }
        world.adverts.push(advert);
    }
    Ok(())
}

async fn establish(
    world: &mut World<'_>,
    advert: &mut Advert,
    wanted: &GroupWanted,
) -> Result<Result<(), Vec<String>>, StoryTrouble> {
    let (key, locality) = (advert.key(), advert.begin.advert.locality.clone());
    let by = coordinator_of(locality.as_deref());
    let said = json!({ "name": wanted.name, "kind": "panel", "locality": locality,
        "purpose": advert.begin.advert.purpose, "reports_to": null, "review_on": null,
        "seats_planned": wanted.seats });
    let deed = Deed::new(format!("demo/{key}/group"), SERVICE, "/v1/groups", said);
    let group = match world.try_to(&by, deed).await? {
        Ok(group) => group,
        Err(problem) => return Ok(Err(reasons(&problem))),
    };
    let mut seats: Vec<Uuid> = Vec::new();
    for number in 1..=wanted.seats {
        let path = format!("/v1/groups/{}/seats", group.id);
        let said = json!({ "role": "member", "constituency": null, "locality": locality });
        let deed = Deed::new(format!("demo/{key}/seat/{number}"), SERVICE, path, said);
        seats.push(world.api.give(&by, deed).await?.id);
    }
    let what = format!("establishes the {} with {} seats", wanted.name, wanted.seats);
    world.timeline.add(group.at, by.name, what);
    advert.begin.advert.group = Some(group.id.into());
    advert.begin.advert.seats = seats.into_iter().map(Into::into).collect();
    Ok(Ok(()))
}

/// Bristol has a coordinator of its own; everywhere else is the first one's.
pub(super) fn coordinator_of(locality: Option<&str>) -> Person {
    if locality == Some("Bristol") { BRISTOL_COORDINATOR } else { COORDINATOR }
}
