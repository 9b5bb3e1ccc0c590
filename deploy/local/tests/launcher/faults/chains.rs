//! The chains of commands that clients go through: each begins in one service and ends in another, so
//! that facts and policies flow while there is mischief.

use involvement::api::body;
use involvement::people::{
    APPROVER, BUDGET_HOLDER, COORDINATOR, ENGAGEMENT_LEAD, FINANCE, Reached,
};
use jiff::Timestamp;
use jiff::civil::Date;
use recruitment::setting::{TermPolicy, Values};
use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::{Client, Work};
use crate::world::{Place, Story, Told};

const WORDING: &str = "2026-1";

/// What must be there before anybody can claim or be given a seat: rates, in force since before what is
/// claimed for, and how long a term lasts.
pub async fn prepare(place: &Place, seed: u64) -> Story {
    let stop = tokio_util::sync::CancellationToken::new();
    let mut client = Client::new(place, 0, seed, stop)?.under_keys("ground");
    let pence = |pence: u32| json!({ "pence": pence.to_string(), "currency": "GBP" });
    let rates = json!({
        "name": "Rates",
        "payments": [{ "code": "reading", "name": "A document read",
            "basis": { "kind": "per_piece", "amount": pence(2_500) } }],
        "mileage": { "car": pence(55), "car_first_miles": 10_000, "car_after": pence(25),
            "passenger": pence(5), "motorcycle": pence(24), "bicycle": pence(20) },
        "receipts_for": ["train"],
    });
    let service = "reimbursements";
    let card = client.give(FINANCE.subject, service, "/v1/rate-cards", rates).await?;
    let path = format!("/v1/rate-cards/{}", card.ok_or("no rates")?);
    let approve = format!("{path}/approve");
    client.give(ENGAGEMENT_LEAD.subject, service, &approve, json!({})).await?;
    let said = json!({ "from": yesterday()?, "to": null });
    let put_in_force = format!("{path}/put-in-force");
    let in_force = client.give(FINANCE.subject, service, &put_in_force, said).await?;
    in_force.ok_or("rates are not in force")?;
    let terms = body(&Values::TermPolicy(TermPolicy::suggested()));
    let said = json!({ "effective_from": today()?, "values": terms });
    let put = "/v1/settings/term_policy";
    client.give(ENGAGEMENT_LEAD.subject, "recruitment", put, said).await?.ok_or("no terms")?;
    Ok(())
}

/// As the services reckon whose clock nobody has moved.
fn now() -> Timestamp {
    boot::Clock::ahead_by_millis(0).now()
}

/// In London, as the services reckon.
fn today() -> Told<Date> {
    Ok(now().in_tz("Europe/London")?.date())
}

fn yesterday() -> Told<Date> {
    Ok(today()?.yesterday()?)
}

/// One client's work, until it is told to stop.
pub async fn work(mut client: Client) -> Told<Work> {
    let me = client.myself.person.subject;
    let registered = client.give(me, "recruitment", "/v1/people", registration(&client)).await?;
    let person = registered.ok_or("nobody is registered")?;
    while !client.is_to_stop() {
        match client.dice.below(10) {
            0..4 => an_opportunity_is_applied_for(&mut client).await?,
            4..7 => work_is_claimed_for(&mut client, person).await?,
            7 => somebody_is_typed_in(&mut client).await?,
            8 => a_group_lives_and_ends(&mut client).await?,
            _ => someone_is_rung(&mut client, person).await?,
        }
    }
    Ok(client.work())
}

fn topic(client: &Client) -> String {
    format!("topic {}", client.number)
}

fn registration(client: &Client) -> Value {
    let one = client.myself;
    let how_to_reach = match one.reached {
        Reached::Email(address) => json!({ "channel": "email", "address": address }),
        Reached::Phone(number) => json!({ "channel": "phone", "number": number }),
        Reached::Letter(lines) => json!({ "channel": "letter", "address": lines.join("\n") }),
    };
    json!({
        "name": one.person.name,
        "how_to_reach": how_to_reach,
        "preferences": { "interests": [topic(client)], "localities": [],
            "constituencies": [body(&one.constituency)], "digest": "at_once" },
        "age": { "band": "adult" },
        "consents": { "opportunity_news": WORDING },
        "privacy_notice_version": WORDING,
    })
}

/// Drafted, handed over, approved; it opens by its timer, the client's person is told, and applies.
async fn an_opportunity_is_applied_for(client: &mut Client) -> Story {
    const SERVICE: &str = "opportunities";
    let said = json!({ "advert": advert(client), "internal": { "budget_code": "B-1" } });
    let drafted = client.give(COORDINATOR.subject, SERVICE, "/v1/opportunities", said).await?;
    let path = format!("/v1/opportunities/{}", drafted.ok_or("nothing is drafted")?);
    if client.is_to_stop() {
        return Ok(());
    }
    let submit = format!("{path}/submit-for-review");
    client.give(COORDINATOR.subject, SERVICE, &submit, json!({})).await?;
    let approve = format!("{path}/approve");
    client.give(APPROVER.subject, SERVICE, &approve, json!({})).await?;
    let me = client.myself.person.subject;
    let said = json!({ "answers": [{ "criterion": "reads", "text": "I read a lot." }],
        "why": "I want it to be of use.", "data_use_understood": true, "of_required_age": true });
    let apply = format!("{path}/applications");
    let applied = client.give(me, "recruitment", &apply, said).await?;
    if let Some(application) = applied
        && client.dice.once_in(3)
    {
        let withdraw = format!("/v1/applications/{application}/withdraw");
        client.give(me, "recruitment", &withdraw, json!({})).await?;
    }
    if client.dice.once_in(2) {
        let close = format!("{path}/close");
        client.give(COORDINATOR.subject, SERVICE, &close, json!({})).await?;
    }
    Ok(())
}

fn advert(client: &Client) -> Value {
    json!({
        "title": "A reader", "organisation": "A trust", "purpose": "To hear what readers think.",
        "role_description": "Reads letters.", "role_kind": "reader", "locality": null,
        "interests": [topic(client)], "open_to": ["service_user", "carer", "public"],
        "commitment": "An hour a month", "places": 1,
        "payment": { "kind": "unpaid", "statement": "Travel is paid; nothing else is." },
        "opens_at": now(), "closing": { "kind": "rolling" },
        "how_to_apply": "Here.", "accessible_formats": "Large print.",
        "contact": { "team": "Readers", "email": null, "phone": "01632 960000" },
        "criteria": [{ "code": "reads", "text": "Reads", "essential": true }],
        "steps": [{ "what": "We read too.", "on": null }], "minimum_age_years": 18,
    })
}

/// Staff put on record what the client's person has done; they claim for it, and two others sign.
async fn work_is_claimed_for(client: &mut Client, person: Uuid) -> Story {
    let (day, staff) = (yesterday()?, COORDINATOR.subject);
    let said = json!({
        "task": { "person": person, "group": null, "kind": "read_document",
            "what": "Reading a letter", "asked_on": day, "due_on": null },
        "done": { "done_on": day, "minutes": 30 },
    });
    let recorded = client.give(staff, "recruitment", "/v1/work/record", said).await?;
    let work = recorded.ok_or("no work is recorded")?;
    client.give(staff, "recruitment", &format!("/v1/work/{work}/accept"), json!({})).await?;
    if client.is_to_stop() {
        return Ok(());
    }
    let me = client.myself.person.subject;
    let said = json!({ "activity": { "kind": "work", "work": work },
        "lines": [{ "line": "involvement_payment", "takes_payment": true }],
        "declares_accurate": true });
    let claimed = client.give(me, "reimbursements", "/v1/claims", said).await?;
    let path = format!("/v1/claims/{}", claimed.ok_or("nothing is claimed")?);
    let said = json!({ "lines": [{ "line": 1, "verdict": "approved" }] });
    client.give(APPROVER.subject, "reimbursements", &format!("{path}/approve"), said).await?;
    let said = json!({ "cost_code": "INV-1" });
    let authorise = format!("{path}/authorise");
    client.give(BUDGET_HOLDER.subject, "reimbursements", &authorise, said).await?;
    Ok(())
}

/// Staff type in somebody who sends a letter.
async fn somebody_is_typed_in(client: &mut Client) -> Story {
    let said = json!({ "taken": "paper", "received_at": now(), "registration": {
        "name": "Somebody Else",
        "how_to_reach": { "channel": "letter", "address": "1 Nowhere Road\nBristol\nBS99 1ZZ" },
        "preferences": { "interests": ["what nobody offers"], "localities": [],
            "constituencies": ["carer"], "digest": "at_once" },
        "age": { "band": "adult" }, "consents": { "opportunity_news": WORDING },
        "privacy_notice_version": WORDING,
    } });
    client.give(COORDINATOR.subject, "recruitment", "/v1/people/typed-in", said).await?;
    Ok(())
}

/// A group is established, gets a seat, is renamed and closed.
async fn a_group_lives_and_ends(client: &mut Client) -> Story {
    let (staff, service) = (COORDINATOR.subject, "recruitment");
    let said = json!({ "name": "Readers", "kind": "panel", "locality": null, "reports_to": null,
        "purpose": "To read.", "review_on": null, "seats_planned": 1 });
    let established = client.give(staff, service, "/v1/groups", said).await?;
    let path = format!("/v1/groups/{}", established.ok_or("no group is established")?);
    let seat = json!({ "role": "member", "constituency": null, "locality": null });
    client.give(staff, service, &format!("{path}/seats"), seat).await?;
    let rename = format!("{path}/rename");
    client.give(staff, service, &rename, json!({ "name": "Readers and writers" })).await?;
    let close = format!("{path}/close");
    client.give(staff, service, &close, json!({ "reason": "Everything is read." })).await?;
    Ok(())
}

/// Staff ring this client's person about one message that waits for a call, and say what came of it.
async fn someone_is_rung(client: &mut Client, person: Uuid) -> Story {
    let (staff, service) = (COORDINATOR.subject, "notifications");
    if !client.is_rung() {
        return somebody_is_typed_in(client).await;
    }
    let path = format!("/v1/messages?stage=held&person={person}");
    let page = client.doors.look(staff, service, &path).await?;
    let held = page.as_ref().and_then(|page| page["items"].as_array()).into_iter().flatten();
    let ids: Vec<String> = held.filter_map(|it| Some(it["id"].as_str()?.to_owned())).collect();
    for message in ids.iter().take(3) {
        let record = format!("/v1/messages/{message}/record-call");
        client.give(staff, service, &record, json!({ "outcome": "reached" })).await?;
    }
    Ok(())
}
