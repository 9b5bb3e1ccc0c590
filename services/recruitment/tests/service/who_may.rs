//! Who may use which route of this service: the table beside this file, measured.

mod bodies;
mod things;

use recruitment::access::RULES;
use testkit::forged::let_in;
use testkit::settled;
use testkit::who_may::{Asked, Block, Canary, Measurement, Table, lacking};

use bodies::body;
use things::{Things, everyone, things};

use crate::world::world;

const TABLE: &str = include_str!("who_may.txt");
const CANARIES: [Canary<'static>; 11] = [
    ("her name", things::NAME),
    ("her number", things::NUMBER),
    ("her need", things::NEED),
    ("why she is away", things::AWAY),
    ("what she wrote", "I have been an inpatient."),
    ("when she can come", "Mornings."),
    ("what a member noted", "canary-evidence"),
    ("the session", things::SESSION),
    ("her work", things::WORK),
    ("which seats there are", "recruiting_through"),
    ("who conflicts", "knows_the_person"),
];

fn asked(block: &Block, things: &Things) -> Asked {
    let id = |it: &String| it.clone();
    let ids = [
        ("person", things.person.clone()),
        ("opportunity", id(&things.opportunity)),
        ("application", id(&things.application)),
        ("group", id(&things.group)),
        ("seat", id(&things.seat)),
        ("appointment", id(&things.appointment)),
        ("session", id(&things.session)),
        ("work", id(&things.work)),
        ("kind", "selection_rules".to_owned()),
    ];
    Asked::of(&block.path, &ids, body(block, things))
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let (round, things) = Box::pin(things()).await;
    let world = &round.world;
    let everyone = everyone(&round);
    let table = Table::read(TABLE).unwrap();
    let openapi = world.http.get(None, "/openapi.json", "").await.expect(200).json;
    let mut differences = lacking(&table, &openapi, RULES, &everyone, &CANARIES);
    settled(&world.running).await;
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
    let world = Box::pin(world()).await;
    let pool = world.running.executor.pool();
    let wrong = let_in(&world.http, pool, &world.issuer, &[]).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
