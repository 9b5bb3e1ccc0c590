//! Who may use which route of this service: the table beside this file, measured.

use boot::Clock;
use contracts::recruitment::Fact;
use opportunities::access::RULES;
use serde_json::{Value, json};
use testkit::forged::let_in;
use testkit::who_may::{Asked, Block, Canary, Measurement, Table, Who, cast, lacking};

use crate::neighbour::{LIMIT, NAME as RECRUITMENT, Neighbour};
use crate::world::{NOW, OPENS, World, advert, world, world_on};

const TABLE: &str = include_str!("who_may.txt");
const CANARIES: [Canary<'static>; 3] = [
    ("the draft's words", "zacanary-draft"),
    ("the words in review", "zacanary-review"),
    ("what is never published", "zacanary-budget"),
];

struct Things {
    draft: String,
    in_review: String,
    open: String,
}

/// Those who have had a hand in what is asked about.
fn writers(world: &World) -> Vec<Who> {
    let person =
        |name: &'static str, roles: Value| Who::signed_in(name, world.issuer.person(name, &roles));
    let approves_and_coordinates = json!([
        {"role": "approver", "localities": []}, {"role": "coordinator", "localities": []}
    ]);
    vec![
        person("owner who wrote it", json!([{"role": "opportunity_owner"}])),
        person("approver who wrote it", approves_and_coordinates),
        person("lead by another account of a writer", json!([{"role": "engagement_lead"}])),
    ]
}

async fn things(world: &World, writers: &[Who], recruitment: &Neighbour) -> Things {
    let signed_in = |place: usize| writers[place].person.as_ref().unwrap();
    let (owner, approver, other_account) = (signed_in(0), signed_in(1), signed_in(2));
    let linked = Fact::AccountLinked { person: owner.id, account: other_account.id.uuid() };
    let position = recruitment.tells(owner.id.uuid(), &linked).await;
    assert!(world.running.progress.wait_for(RECRUITMENT, position, LIMIT).await);
    let mut ids = Vec::new();
    for (title, place) in [("zacanary-draft", 0), ("zacanary-review", 1)] {
        let mut said = advert();
        said["advert"]["title"] = json!(title);
        said["internal"]["budget_code"] = json!("zacanary-budget");
        let drafted = world.http.post(owner, "/v1/opportunities", title, &said).await.expect(201);
        let id = drafted.id();
        said["advert"]["purpose"] = json!("Changed by another hand.");
        world.give(approver, &id, "revise", said).await.expect(200);
        if place == 1 {
            world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(200);
        }
        ids.push(id);
    }
    let mut published = advert();
    published["internal"]["budget_code"] = json!("zacanary-budget");
    let open = world.approved(&published).await;
    world.at(OPENS).await;
    assert_eq!(world.stage(&open).await, "open");
    Things { draft: ids.remove(0), in_review: ids.remove(0), open }
}

fn asked(block: &Block, things: &Things) -> Asked {
    let id = match block.thing.as_str() {
        "a draft" => &things.draft,
        "in review" => &things.in_review,
        "open" => &things.open,
        _ => "",
    };
    Asked::of(&block.path, &[("opportunity", id.to_owned())], body(block))
}

/// What whoever may give the command could say.
fn body(block: &Block) -> Option<Value> {
    if block.method == "GET" {
        return None;
    }
    Some(match block.path.rsplit('/').next().unwrap_or_default() {
        "opportunities" | "revise" => advert(),
        "settings" => json!({"effective_from": "2027-02-01",
            "values": {"kind": "advert_rules", "minimum_advert_days": 7}}),
        "return" => json!({"reason": "It needs plainer words."}),
        "extend-closing" => json!({"closing_at": "2027-02-12T12:00:00Z", "reason": "The post."}),
        "withdraw" => json!({"reason": "It will not go ahead."}),
        "record-outcome" => json!({"outcome": "filled", "places_filled": 2}),
        "record-publicity" => {
            json!({"channel": "newsletter", "on": "2027-01-11", "audience": "All"})
        }
        _ => json!({}),
    })
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let recruitment = Neighbour::start(&clock).await;
    let world = world_on(clock, Some(recruitment.settings("opportunities"))).await;
    let writers = writers(&world);
    let things = things(&world, &writers, &recruitment).await;
    let mut everyone = cast(&world.issuer, &world.dora, &world.issuer.person("ian", &json!([])));
    everyone.extend(writers);
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
    let wrong = let_in(
        &world.http,
        pool,
        &world.issuer,
        &["/v1/opportunities", "/v1/opportunities/{opportunity}"],
    )
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
