//! Who may use which route of this service: the table beside this file, measured.

use contracts::recruitment::Fact;
use notifications::access::RULES;
use serde_json::{Value, json};
use testkit::Http;
use testkit::forged::let_in;
use testkit::who_may::{Asked, Block, Canary, Measurement, Table, Who, cast, lacking};

use crate::world::{TITLE, World, matched, world};

const TABLE: &str = include_str!("who_may.txt");

fn asked(block: &Block, message: &str) -> Asked {
    let body = match block.path.rsplit('/').next().unwrap_or_default() {
        _ if block.method == "GET" => None,
        "record-call" => Some(json!({"outcome": "not_reached"})),
        "record-given" => Some(json!({"by": "letter"})),
        _ => Some(json!({})),
    };
    Asked::of(&block.path, &[("message", message.to_owned())], body)
}

/// A message to her, of Bristol, that nobody knows yet how to send.
async fn message(world: &World, her: &Who) -> String {
    let person = her.person.as_ref().unwrap().id;
    let localities = ["Bristol".to_owned()].into();
    world.told(&Fact::LocalitiesChosen { person, localities }).await;
    world.told(&matched(person)).await;
    let all = world.get("/v1/messages").await;
    all["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = world().await;
    let (her, another) =
        (world.issuer.person("her", &json!([])), world.issuer.person("another", &json!([])));
    let mut everyone = cast(&world.issuer, &her, &another);
    let message = message(&world, &everyone[1]).await;
    let account = world.issuer.person("her other account", &json!([])).id.uuid();
    world.told(&Fact::AccountLinked { person: her.id, account }).await;
    for (name, roles) in [
        ("she by another account", json!([])),
        ("she as a coordinator here", coordinator("Bristol")),
        ("she as a coordinator elsewhere", coordinator("Leeds")),
    ] {
        let person = world.issuer.person("her other account", &roles);
        everyone.push(Who::signed_in(name, person));
    }
    let table = Table::read(TABLE).unwrap();
    let http = Http::to(world.running().address);
    let openapi = http.get(None, "/openapi.json", "").await.expect(200).json;
    let who_she_is = her.id.to_string();
    let canaries: [Canary<'_>; 2] = [("what it says", TITLE), ("to whom it is", &who_she_is)];
    let mut differences = lacking(&table, &openapi, RULES, &everyone, &canaries);
    let measurement = Measurement {
        http: &http,
        pool: world.running().executor.pool(),
        table: &table,
        cast: &everyone,
        canaries: &canaries,
    };
    differences.extend(measurement.differences(|block| asked(block, &message)).await);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn coordinator(locality: &str) -> Value {
    json!([{"role": "coordinator", "localities": [locality]}])
}

#[tokio::test]
async fn no_forged_token_opens_any_route() {
    let world = world().await;
    let http = Http::to(world.running().address);
    let pool = world.running().executor.pool();
    let wrong = let_in(&http, pool, &world.issuer, &[]).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
