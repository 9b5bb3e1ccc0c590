//! ACT: people give their details: online by themselves, or by telephone to staff who type.

use contracts::PersonId;
use serde_json::{Value, json};

use super::{StoryTrouble, World};
use crate::api::{Deed, body};
use crate::people::{BRISTOL_COORDINATOR, INVOLVEES, Involvee, Reached};
use crate::schedule::Beginning;
use crate::working_days::at;

const SERVICE: &str = recruitment::NAME;
/// The wording of notice and consent that everybody was shown.
const WORDING: &str = "2026-1";

/// Everybody registers.
pub(super) async fn everybody(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let days = Beginning::of(world.calendar.year());
    world.go_on_to(at(days.registering, 10, 0)).await?;
    let (online, by_phone): (Vec<&Involvee>, Vec<&Involvee>) =
        INVOLVEES.iter().partition(|one| one.has_account);
    let mut first = None;
    for one in &online {
        let step = format!("demo/{}/register", one.person.subject);
        let deed = Deed::new(step, SERVICE, "/v1/people", registration(one));
        let accepted = world.api.give(&one.person, deed).await?;
        first = first.or(Some(accepted.at));
        world.people.insert(one.person.subject, PersonId::new(accepted.id));
    }
    if let Some(first) = first {
        let who = format!("{} people", online.len());
        world.timeline.add(
            first,
            &who,
            "register: what they care about, where, and how to reach them",
        );
    }
    world.go_on_to(at(days.by_telephone, 11, 0)).await?;
    for one in &by_phone {
        let said = json!({ "taken": "phone", "received_at": at(days.by_telephone, 10, 40),
            "registration": registration(one) });
        let step = format!("demo/{}/register", one.person.subject);
        let deed = Deed::new(step, SERVICE, "/v1/people/typed-in", said);
        let accepted = world.api.give(&BRISTOL_COORDINATOR, deed).await?;
        world.people.insert(one.person.subject, PersonId::new(accepted.id));
        let what = format!("types in what {} says by telephone", one.person.name);
        world.timeline.add(accepted.at, BRISTOL_COORDINATOR.name, what);
    }
    world.progress(&format!("{} people are registered", world.people.len()));
    Ok(())
}

fn registration(one: &Involvee) -> Value {
    let how_to_reach = match one.reached {
        Reached::Email(address) => json!({ "channel": "email", "address": address }),
        Reached::Phone(number) => json!({ "channel": "phone", "number": number }),
        Reached::Letter(lines) => json!({ "channel": "letter", "address": lines.join("\n") }),
    };
    json!({
        "name": one.person.name,
        "how_to_reach": how_to_reach,
        "preferences": {
            "interests": one.interests,
            "localities": one.localities,
            "constituencies": [body(&one.constituency)],
            "digest": "at_once",
        },
        "age": { "band": "adult" },
        "consents": { "opportunity_news": WORDING },
        "privacy_notice_version": WORDING,
    })
}
