//! Who may use which route of this service: the table beside this file, measured.

use contracts::recruitment::Fact;
use reimbursements::access::RULES;
use serde_json::{Value, json};
use testkit::forged::let_in;
use testkit::who_may::{Asked, Block, Canary, Measurement, Table, Who, cast, lacking};

use crate::bodies::{account, approved, claim_for, fare, payment, rates, session};
use crate::world::{ACCOUNT_NUMBER, NAME, NOTE, RUN_DAY, SORT_CODE, THE_DAY, World, world};

const TABLE: &str = include_str!("who_may.txt");
const CANARIES: [Canary<'static>; 5] = [
    ("what she wrote of a cost", NOTE),
    ("her name", NAME),
    ("her account", ACCOUNT_NUMBER),
    ("her bank", SORT_CODE),
    ("what bears it", "INV-204"),
];

struct Things {
    hers: String,
    typed: String,
    approved: String,
    paid: String,
    card: String,
    batch: String,
    activity: Value,
}

fn everyone(world: &World) -> Vec<Who> {
    let signed_in = |name: &'static str, subject: &str, roles: Value| {
        Who::signed_in(name, world.issuer.person(subject, &roles))
    };
    let mut everyone = cast(&world.issuer, &world.ana, &world.ben);
    everyone.extend([
        signed_in("she as an approver by another account", "ana at work", approver()),
        signed_in("approver who typed it", "typist", types_and_approves()),
        Who::signed_in("approver who approved it", world.pia.clone()),
        Who::signed_in("finance who drafted it", world.fin.clone()),
    ]);
    everyone
}

fn approver() -> Value {
    json!([{"role": "approver", "localities": []}])
}

fn types_and_approves() -> Value {
    json!([{"role": "coordinator", "localities": []}, {"role": "approver", "localities": []}])
}

async fn things(world: &World) -> Things {
    let account_at_work = world.issuer.person("ana at work", &approver()).id.uuid();
    world.told(&Fact::AccountLinked { person: world.ana.id, account: account_at_work }).await;
    let localities = ["Bristol".to_owned()].into();
    world.told(&Fact::LocalitiesChosen { person: world.ana.id, localities }).await;
    world.gives_account(&world.ana).await;
    let attended = async || session(world.attended(&world.ana, THE_DAY, 60).await);
    let claims = async || {
        let body = claim_for(&attended().await, &[payment(), fare("bus", 320)]);
        world.claims(&world.ana, body).await.expect(201).id()
    };
    let paid = claims().await;
    world.signed(&paid, &[1, 2]).await;
    let batch = world.open_run().await;
    for verb in ["lock", "export"] {
        world.on_run(&batch, verb, json!({})).await.expect(200);
    }
    let hers = claims().await;
    let question = json!({"lines": [2], "question": "Which way did you go?"});
    world.act(&world.pia, &hers, "query", question).await.expect(200);
    let approved_one = claims().await;
    world.act(&world.pia, &approved_one, "approve", approved(&[1, 2])).await.expect(200);
    let typist = world.issuer.person("typist", &types_and_approves());
    let body = claim_for(&attended().await, &[payment(), fare("bus", 320)]);
    let typed = world.give_for(&typist, &world.ana, Some("paper"), "/v1/claims", body).await;
    let drafted = world.http.post(&world.fin, "/v1/rate-cards", "another", &rates(8_000)).await;
    let activity = attended().await;
    world.settles().await;
    Things {
        hers,
        typed: typed.expect(201).id(),
        approved: approved_one,
        paid,
        card: drafted.expect(201).id(),
        batch,
        activity,
    }
}

fn asked(block: &Block, things: &Things) -> Asked {
    let claim = match block.thing.as_str() {
        "typed for her" => &things.typed,
        "hers, approved" => &things.approved,
        "hers, authorised" => &things.paid,
        _ => &things.hers,
    };
    let ids =
        [("claim", claim.clone()), ("card", things.card.clone()), ("batch", things.batch.clone())];
    let mut asked = Asked::of(&block.path, &ids, body(block, things));
    if let Some(waiting) = block.thing.strip_prefix("waiting for ") {
        asked.path = format!("{}?waiting={waiting}", asked.path);
    }
    asked
}

/// What whoever may give the command could say.
fn body(block: &Block, things: &Things) -> Option<Value> {
    if block.method == "GET" {
        return None;
    }
    let part = json!({"claim": things.paid, "part": 1});
    Some(match block.path.rsplit('/').next().unwrap_or_default() {
        "claims" => claim_for(&things.activity, &[payment()]),
        "query" => json!({"lines": [1], "question": "Which way did you go?"}),
        "answer-query" => {
            json!({"line": 2, "answer": {"kind": "explained", "note": "By the hall."}})
        }
        "approve" if block.path.contains("claims") => approved(&[1]),
        "authorise" => json!({"cost_code": "INV-204"}),
        "bank-account" => {
            let mut body = account();
            body["read_back"] = json!(true);
            body
        }
        "rate-cards" => rates(9_000),
        "put-in-force" => json!({"from": "2027-06-01"}),
        "settings" => json!({"effective_from": "2027-06-01",
            "values": {"kind": "claim_window", "warn_days": 30, "close_days": 365}}),
        "payment-batches" => json!({"run_on": RUN_DAY}),
        "add" => json!({"of": part}),
        "mark-paid" => json!({"paid_on": RUN_DAY}),
        "mark-failed" => json!({"claim": things.paid, "part": 1, "reason": "sent_back"}),
        _ => json!({}),
    })
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = world().await;
    let things = things(&world).await;
    let everyone = everyone(&world);
    let table = Table::read(TABLE).unwrap();
    let openapi = world.http.get(None, "/openapi.json", "").await.expect(200).json;
    let mut differences = lacking(&table, &openapi, RULES, &everyone, &CANARIES);
    let measurement = Measurement {
        http: &world.http,
        pool: world.running.executor.pool(),
        table: &table,
        cast: &everyone,
        canaries: &CANARIES,
    };
    differences.extend(measurement.differences(|block| asked(block, &things)).await);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn no_forged_token_opens_any_route() {
    let world = world().await;
    let pool = world.running.executor.pool();
    let wrong = let_in(&world.http, pool, &world.issuer, &[]).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
