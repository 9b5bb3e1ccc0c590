//! ACT: what people are owed is claimed, approved by a second person, authorised by a third, exported
//! as one file for the bank, and paid.

use std::collections::BTreeSet;

use contracts::Money;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::attend::Done;
use super::{Plot, StoryTrouble, World};
use crate::api::Deed;
use crate::figures::Figures;
use crate::people::{APPROVER, BUDGET_HOLDER, ENGAGEMENT_LEAD, FINANCE};
use crate::schedule::Beginning;
use crate::working_days::at;

const SERVICE: &str = reimbursements::NAME;

/// The rates the trust pays by, from the first day of the story.
pub(super) async fn put_rates_in_force(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let pence = |pence: u32| json!({ "pence": pence.to_string(), "currency": "GBP" });
    let half_day =
        json!({ "up_to": { "minutes": 240, "edge": "inclusive" }, "amount": pence(7_500) });
    let rates = json!({
        "name": "Rates from January",
        "payments": [
            { "code": "meeting", "name": "A meeting",
              "basis": { "kind": "by_time", "bands": [half_day, { "up_to": null, "amount": pence(15_000) }] } },
            { "code": "reading", "name": "A document read",
              "basis": { "kind": "per_piece", "amount": pence(2_500) } },
        ],
        "mileage": { "car": pence(55), "car_first_miles": 10_000, "car_after": pence(25),
            "passenger": pence(5), "motorcycle": pence(24), "bicycle": pence(20) },
        "receipts_for": ["train", "taxi", "parking"],
    });
    let deed = Deed::new("demo/rates/draft", SERVICE, "/v1/rate-cards", rates);
    let card = world.api.give(&FINANCE, deed).await?;
    let path = format!("/v1/rate-cards/{}", card.id);
    let deed = Deed::new("demo/rates/approve", SERVICE, format!("{path}/approve"), json!({}));
    world.api.give(&ENGAGEMENT_LEAD, deed).await?;
    let from = Beginning::of(world.calendar.year()).drafting;
    let said = json!({ "from": from, "to": null });
    let deed = Deed::new("demo/rates/in-force", SERVICE, format!("{path}/put-in-force"), said);
    let in_force = world.api.give(&FINANCE, deed).await?;
    let what = "puts the rates in force that another had approved";
    world.timeline.add(in_force.at, FINANCE.name, what);
    Ok(())
}

/// From the claims to the payment.
pub(super) async fn pay(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let done: Vec<Done> = world.done.clone();
    let days = world.plot.as_ref().and_then(Plot::working);
    let Some(days) = days.filter(|_| !done.is_empty()) else { return Ok(()) };
    world.go_on_to(days.claimed).await?;
    world.progress("claims are made, approved, authorised and paid");
    let mut claims: Vec<(Uuid, usize)> = Vec::new();
    for one in &done {
        give_an_account(world, one).await?;
        claims.push(claim(world, one).await?);
    }
    world.go_on_to(days.approved).await?;
    approve(world, &claims).await?;
    world.go_on_to(days.authorised).await?;
    authorise(world, &claims).await?;
    run(world, days.runs).await?;
    count(world).await?;
    let Figures { claims_paid, pence_paid, .. } = world.figures;
    let pounds = Money::sterling(pence_paid);
    world.progress(&format!("{claims_paid} claims are paid, {pounds} in all"));
    Ok(())
}

#[derive(Deserialize)]
struct Batch {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    of: PartOf,
    amount: Money,
    standing: String,
}

#[derive(Deserialize)]
struct PartOf {
    claim: Uuid,
}

/// What was paid, by the runs' own pages.
pub(super) async fn count(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let mut paid: BTreeSet<Uuid> = BTreeSet::new();
    let mut pence = 0;
    for batch in world.batches.clone() {
        let path = format!("/v1/payment-batches/{batch}");
        let page: Batch = world.api.look(&FINANCE, SERVICE, &path).await?;
        for entry in page.entries.iter().filter(|entry| entry.standing == "paid") {
            paid.insert(entry.of.claim);
            pence += entry.amount.pence;
        }
    }
    world.figures.claims_paid = paid.len();
    world.figures.pence_paid = pence;
    Ok(())
}

async fn give_an_account(world: &World<'_>, done: &Done) -> Result<(), StoryTrouble> {
    let number = 10_000_000 + u32::try_from(done.who.person.subject.len()).unwrap_or(0) * 1_111;
    let said =
        json!({ "account": { "sort_code": "20-00-00", "account_number": number.to_string() } });
    let step = format!("demo/account/{}", done.who.person.subject);
    let deed = Deed::new(step, SERVICE, "/v1/my/bank-account", said);
    world.api.give(&done.who.person, deed).await?;
    Ok(())
}

async fn claim(world: &mut World<'_>, done: &Done) -> Result<(Uuid, usize), StoryTrouble> {
    let (activity, lines) = if done.in_session {
        let fare = json!({ "pence": "420", "currency": "GBP" });
        (
            json!({ "kind": "session", "session": done.id }),
            vec![
                json!({ "line": "involvement_payment", "takes_payment": true }),
                json!({ "line": "mileage", "tenths_of_miles": 124, "vehicle": { "by": "car" },
                    "note": "Home to the Learning Centre and back" }),
                json!({ "line": "fare", "kind": "bus", "amount": fare, "receipt": true, "note": null }),
            ],
        )
    } else {
        (
            json!({ "kind": "work", "work": done.id }),
            vec![json!({ "line": "involvement_payment", "takes_payment": true })],
        )
    };
    let n_lines = lines.len();
    let kind = if done.in_session { "session" } else { "work" };
    let said = json!({ "activity": activity, "lines": lines, "declares_accurate": true });
    let step = format!("demo/claim/{}/{kind}", done.who.person.subject);
    let claimed =
        world.api.give(&done.who.person, Deed::new(step, SERVICE, "/v1/claims", said)).await?;
    let what = if done.in_session {
        "claims for the session: time, miles and a bus fare"
    } else {
        "claims for what was read at home"
    };
    world.timeline.add(claimed.at, done.who.person.name, what);
    world.claims.push(claimed.id);
    Ok((claimed.id, n_lines))
}

async fn approve(world: &mut World<'_>, claims: &[(Uuid, usize)]) -> Result<(), StoryTrouble> {
    let mut last = None;
    for (claim, n_lines) in claims {
        let lines: Vec<Value> =
            (1..=*n_lines).map(|line| json!({ "line": line, "verdict": "approved" })).collect();
        let path = format!("/v1/claims/{claim}/approve");
        let deed =
            Deed::new(format!("demo/approve/{claim}"), SERVICE, path, json!({ "lines": lines }));
        last = Some(world.api.give(&APPROVER, deed).await?.at);
    }
    if let Some(at) = last {
        world.timeline.add(
            at,
            APPROVER.name,
            format!("approves {} claims, line by line", claims.len()),
        );
    }
    Ok(())
}

async fn authorise(world: &mut World<'_>, claims: &[(Uuid, usize)]) -> Result<(), StoryTrouble> {
    let mut last = None;
    for (claim, _) in claims {
        let path = format!("/v1/claims/{claim}/authorise");
        let said = json!({ "cost_code": "INV-129" });
        let deed = Deed::new(format!("demo/authorise/{claim}"), SERVICE, path, said);
        last = Some(world.api.give(&BUDGET_HOLDER, deed).await?.at);
    }
    if let Some(at) = last {
        world.timeline.add(at, BUDGET_HOLDER.name, "authorises them, as a third person");
    }
    Ok(())
}

/// Two runs: nobody gets two payments in one without having been asked.
async fn run(world: &mut World<'_>, days: [Date; 2]) -> Result<(), StoryTrouble> {
    for (place, day) in days.into_iter().enumerate() {
        world.go_on_to(at(day, 10, 0)).await?;
        let said = json!({ "run_on": day });
        let deed =
            Deed::new(format!("demo/run/{place}/open"), SERVICE, "/v1/payment-batches", said);
        let batch = world.api.give(&FINANCE, deed).await?;
        world.batches.push(batch.id);
        world.clock.settle().await?;
        let path = format!("/v1/payment-batches/{}", batch.id);
        for verb in ["lock", "export"] {
            let step = format!("demo/run/{place}/{verb}");
            let deed = Deed::new(step, SERVICE, format!("{path}/{verb}"), json!({}));
            world.api.give(&FINANCE, deed).await?;
        }
        let said = json!({ "paid_on": day });
        let deed =
            Deed::new(format!("demo/run/{place}/paid"), SERVICE, format!("{path}/mark-paid"), said);
        let paid = world.api.give(&FINANCE, deed).await?;
        world.timeline.add(
            paid.at,
            FINANCE.name,
            "exports one file for the bank, and marks it paid",
        );
    }
    world.clock.settle().await?;
    Ok(())
}
