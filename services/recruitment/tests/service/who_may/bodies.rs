//! What whoever may give a command could say with it, about the things that are there.

use serde_json::{Value, json};
use testkit::who_may::Block;
use uuid::Uuid;

use super::things::{SESSION, Things};
use crate::round::{decision, score};
use crate::world::{form, registration};

pub fn body(block: &Block, things: &Things) -> Option<Value> {
    if block.method == "GET" {
        return None;
    }
    let verb = block.path.rsplit('/').next().unwrap_or_default();
    let of_people = || of_people(verb);
    let of_places = || of_places(verb, things);
    let of_selections = || of_selections(verb, block, things);
    Some(of_people().or_else(of_places).or_else(of_selections).unwrap_or_else(|| json!({})))
}

fn of_people(verb: &str) -> Option<Value> {
    let registration = registration();
    Some(match verb {
        "people" => registration,
        "typed-in" => json!({"taken": "phone", "registration": registration}),
        "search" => json!({"name": "zacanary"}),
        "rename" => json!({"name": "Someone Else"}),
        "change-preferences" => json!({"preferences": registration["preferences"]}),
        "give-consent" => json!({"consent": "named_in_public", "wording_version": "1"}),
        "withdraw-consent" => json!({"consent": "opportunity_news"}),
        "link-account" => json!({"account": Uuid::now_v7(), "why": "lost_account",
            "evidence": ["met_in_person", "signature"]}),
        "unlink-account" => json!({"account": Uuid::now_v7(), "why": "asked_by_person"}),
        "name-supporter" => json!({"supporter": Uuid::now_v7()}),
        "applications" => form(),
        _ => return None,
    })
}

fn of_places(verb: &str, things: &Things) -> Option<Value> {
    let contact = json!({"by": "phone", "on": "2027-02-19"});
    let task = json!({"person": things.person, "group": things.group, "kind": "other",
        "what": "Reading", "asked_on": "2027-02-18", "due_on": null});
    let done = json!({"done_on": "2027-02-18", "minutes": 30});
    Some(match verb {
        "groups" => json!({"name": "A", "kind": "forum", "locality": "Bristol", "reports_to": null,
            "purpose": "B", "review_on": null, "seats_planned": null}),
        "seats" => json!({"role": "member", "constituency": null, "locality": null}),
        "close" | "abolish" | "withdraw-offer" => json!({"reason": "A"}),
        "reserve" | "release" => json!({"opportunity": things.opportunity}),
        "appointments" => json!({"person": things.person, "starts_on": "2027-04-01",
            "answer_by": "2027-03-01", "terms_version": "A"}),
        "lapse" | "confirm-end" => json!({"contact": contact}),
        "record-answer" => json!({"answer": "renew", "by": "phone"}),
        "renew" => json!({"term_ending_on": "2029-02-28", "agreed_with_person": true}),
        "end" => json!({"grounds": {"kind": "role_ended"}, "last_day": "2027-03-01",
            "contact": contact}),
        "resign" => json!({"last_day": "2027-03-01"}),
        "sessions" => json!({"group": things.group, "title": SESSION,
            "starts_at": "2027-03-01T13:00:00Z", "zone": "Europe/London", "length_minutes": 60,
            "mode": "online", "venue": "A", "invited": [things.person]}),
        "reschedule" => json!({"starts_at": "2027-03-02T13:00:00Z", "zone": "Europe/London",
            "length_minutes": 60, "papers_due_on": null, "reason": "A"}),
        "cancel" => json!({"reason": "A", "by": "trust"}),
        "attendance" => json!({"lasted_minutes": 60, "entries": []}),
        "follow-up" => json!({"person": things.person, "outcome": "excused", "contact": contact}),
        "work" => task,
        "record" => json!({"task": task, "done": done}),
        "record-done" => done,
        _ => return None,
    })
}

fn of_selections(verb: &str, block: &Block, things: &Things) -> Option<Value> {
    let application = match block.thing.as_str() {
        "an application one keeps out of" => &things.from_another,
        _ => &things.application,
    };
    Some(match verb {
        "panel" => json!({"members": []}),
        "conflicts" => json!({"application": application, "conflict": "knows_the_person"}),
        "scores" => score(application, "listening", 2),
        "decide" => decision(application, "offer", "You listen well."),
        "approve" => json!({"reachable": things.reachable}),
        "{kind}" => json!({"effective_from": "2027-03-01", "values": {"kind": "selection_rules",
            "minimum_members": 2, "minimum_involvees": 1, "scale_max": 4,
            "essential_minimum": 2}}),
        _ => return None,
    })
}
