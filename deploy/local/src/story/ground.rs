//! ACT: what has to hold before anybody can be invited: the trust's own rules, and the calendars by
//! which it tells people.

use serde_json::{Value, json};

use super::{StoryTrouble, World};
use crate::api::{Deed, body};
use crate::people::ENGAGEMENT_LEAD;
use crate::schedule::{Beginning, TERM_MONTHS};
use crate::working_days::{at, bank_holidays};

const SERVICE: &str = recruitment::NAME;

/// Lays it.
pub(super) async fn lay(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let year = world.calendar.year();
    let today = Beginning::of(year).drafting;
    world.go_on_to(at(today, 9, 0)).await?;
    world.progress("the rules of the trust are put in force");
    let put = |kind: &str, values: Value| {
        let path = format!("/v1/settings/{kind}");
        let said = json!({ "effective_from": today, "values": values });
        Deed::new(format!("demo/settings/{kind}"), SERVICE, path, said)
    };
    let rules = recruitment::setting::SelectionRules::SUGGESTED;
    let rules = body(&recruitment::setting::Values::SelectionRules(rules));
    world.api.give(&ENGAGEMENT_LEAD, put("selection_rules", rules)).await?;
    let terms = recruitment::setting::TermPolicy {
        months: TERM_MONTHS,
        ..recruitment::setting::TermPolicy::suggested()
    };
    let terms = body(&recruitment::setting::Values::TermPolicy(terms));
    let put_in_force = world.api.give(&ENGAGEMENT_LEAD, put("term_policy", terms)).await?;
    put_calendars_in_force_until(world, super::plot::last_year(year)).await?;
    let what = "puts in force how panels score, how long a term lasts, and which days are holidays";
    world.timeline.add(put_in_force.at, ENGAGEMENT_LEAD.name, what);
    Ok(())
}

/// The calendars from the story's year to this one: the story reckons by the same days as the
/// services.
async fn put_calendars_in_force_until(world: &World<'_>, last: i16) -> Result<(), StoryTrouble> {
    let first = world.calendar.year();
    for year in first..=last {
        let values = json!({ "kind": "working_calendar", "nation": "england", "year": year,
            "bank_holidays": bank_holidays(year) });
        let said = json!({ "effective_from": Beginning::of(first).drafting, "values": values });
        let step = format!("demo/settings/calendar/{year}");
        let deed = Deed::new(step, SERVICE, "/v1/settings/working_calendar", said);
        world.api.give(&ENGAGEMENT_LEAD, deed).await?;
    }
    Ok(())
}
