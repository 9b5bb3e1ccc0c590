//! Who may use which route of this service: the table beside this file, measured.

use audit::access::RULES;
use serde_json::json;
use testkit::forged::let_in;
use testkit::who_may::{Asked, Block, Canary, Measurement, Table, cast, lacking};
use uuid::Uuid;

use crate::life::{
    APPLICATION, CLAIM, OPPORTUNITY, OTHER_APPLICATION, application, claim, opportunity,
};
use crate::world::{World, by, id, world};

const TABLE: &str = include_str!("who_may.txt");
const CANARIES: [Canary<'static>; 3] = [
    ("what was not paid and why", "the session was online."),
    ("what an approver noted", "Checked against the budget."),
    ("her name", "Zacanary Quill"),
];

fn asked(block: &Block, her: Uuid) -> Asked {
    let source = ("source", "recruitment".to_owned());
    let mut asked = Asked::of(&block.path, &[source, ("position", "1".to_owned())], None);
    let (subject, of) = match block.thing.as_str() {
        "hers" | "hers, with names" => ("person", her),
        "another's" => ("person", id(15)),
        "an opportunity here" | "an opportunity here, with names" => ("opportunity", OPPORTUNITY),
        "her application" => ("application", APPLICATION),
        "another's application" => ("application", OTHER_APPLICATION),
        "her claim" => ("claim", CLAIM),
        _ => return asked,
    };
    let names =
        if block.thing.ends_with("with names") { "&names=true&because=complaint" } else { "" };
    let path = |of: Uuid| format!("{}?{subject}={of}{names}", block.path);
    (asked.path, asked.of_nothing) = (path(of), Some(path(Uuid::now_v7())));
    asked
}

async fn has_a_history(world: &World) {
    opportunity(world).await.heard_by(world).await;
    let recruitment = application(world).await;
    let ana = world.ana.id;
    let name = world.sealed_name(ana, "Zacanary Quill").await;
    let registered = json!({"person": ana, "registration": {"name": name}});
    let stream = ("involvee", ana.uuid());
    recruitment.tells(stream, "involvee.registered.v1", registered, by(ana, "involvee")).await;
    recruitment.heard_by(world).await;
    claim(world).await.heard_by(world).await;
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = world().await;
    has_a_history(&world).await;
    let another = world.issuer.person("another", &json!([]));
    let everyone = cast(&world.issuer, &world.ana, &another);
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
    let her = world.ana.id.uuid();
    differences.extend(measurement.differences(|block| asked(block, her)).await);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn no_forged_token_opens_any_route() {
    let world = world().await;
    let pool = world.running.executor.pool();
    let wrong = let_in(&world.http, pool, &world.issuer, &[]).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
