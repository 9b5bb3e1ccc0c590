//! Whose messages staff reach: those of the people of their localities, by every route there is.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::recruitment::Fact;
use notifications::access::RULES;
use serde_json::json;
use testkit::{Answer, Http, Person};
use uuid::Uuid;
use web::{AccessRule, Role};

use crate::world::{ANA, World, matched, world};

const BEN: PersonId = PersonId::new(Uuid::from_u128(0xbe2));
const CY: PersonId = PersonId::new(Uuid::from_u128(0xc1));

async fn chose(world: &World, person: PersonId, localities: &[&str]) {
    let localities = localities.iter().map(|name| (*name).to_owned()).collect();
    world.told(&Fact::LocalitiesChosen { person, localities }).await;
}

fn coordinator_of(world: &World, locality: &str) -> Person {
    let roles = json!([{"role": "coordinator", "localities": [locality]}]);
    world.issuer.person(&format!("coordinator of {locality}"), &roles)
}

/// Every route by which staff read or change others' messages.
fn staff_routes(method: &str) -> Vec<&'static AccessRule> {
    let of_staff = |rule: &&AccessRule| rule.roles.contains(&Role::Coordinator);
    let routes: Vec<_> =
        RULES.iter().filter(of_staff).filter(|rule| rule.method == method).collect();
    assert!(routes.len() >= 4, "{routes:?}");
    routes
}

/// Uses a route on a message, with a body that is right.
async fn uses(world: &World, who: &Person, rule: &AccessRule, message: &str) -> Answer {
    let http = Http::to(world.running().address);
    let path = rule.path.replace("{message}", message);
    if rule.method == "GET" {
        return http.get(Some(who), &path, "").await;
    }
    let body = match rule.path.rsplit('/').next() {
        Some("record-call") => json!({"outcome": "not_reached"}),
        Some("record-given") => json!({"by": "letter"}),
        _ => json!({}),
    };
    let answer = http.post(who, &path, &Uuid::now_v7().to_string(), &body).await;
    world.settles().await;
    answer
}

/// To whom the messages are that somebody's list shows.
async fn listed(world: &World, who: &Person) -> BTreeSet<String> {
    let all = Http::to(world.running().address).get(Some(who), "/v1/messages", "").await;
    let items = all.expect(200).json["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|it| it["person"].as_str().unwrap().to_owned()).collect()
}

fn ids(people: &[PersonId]) -> BTreeSet<String> {
    people.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn by_no_route_does_a_coordinator_reach_somebody_elsewhere() {
    let world = world().await;
    world.registered(world.by_letter().await).await;
    chose(&world, ANA, &["Bristol"]).await;
    let [(_, id)] = &world.today().await[..] else { panic!() };
    let history = world.history(id).await;
    let (bath, bristol) = (coordinator_of(&world, "Bath"), coordinator_of(&world, "Bristol"));
    for rule in [staff_routes("GET"), staff_routes("POST")].concat() {
        let answer = uses(&world, &bath, rule, id).await;
        if rule.path.contains("{message}") {
            assert_eq!(answer.status, 404, "{} {}", rule.method, rule.path);
            let missing = uses(&world, &bath, rule, &Uuid::nil().to_string()).await;
            assert_eq!(answer.json["title"], missing.json["title"], "as if there were none");
        } else {
            assert_eq!(answer.expect(200).json["items"], json!([]), "{}", rule.path);
        }
    }
    assert_eq!(world.history(id).await, history, "nothing came of it");
    for rule in staff_routes("GET") {
        let answer = uses(&world, &bristol, rule, id).await.expect(200);
        assert_ne!(answer.json["items"], json!([]), "{}", rule.path);
    }
    for rule in staff_routes("POST") {
        let answer = uses(&world, &bristol, rule, id).await;
        assert!([200, 409].contains(&answer.status), "{}: {}", rule.path, answer.text);
    }
    assert!(world.history(id).await.len() > history.len());
}

#[tokio::test]
async fn who_chose_no_locality_belongs_to_all_and_who_is_unknown_is_for_whoever_reaches_everywhere()
{
    let world = world().await;
    for (person, localities) in [(ANA, &["Bristol", "Bath"][..]), (BEN, &[])] {
        chose(&world, person, localities).await;
        world.told(&matched(person)).await;
    }
    world.told(&matched(CY)).await;
    let lead = json!([{"role": "engagement_lead", "localities": ["Bath"]}]);
    let lead = world.issuer.person("lead", &lead);
    for (who, reached) in [
        (&coordinator_of(&world, "Bristol"), &[ANA, BEN][..]),
        (&coordinator_of(&world, "Bath"), &[ANA, BEN]),
        (&coordinator_of(&world, "Devon"), &[BEN]),
        (&lead, &[ANA, BEN, CY]),
        (&world.cora, &[ANA, BEN, CY]),
    ] {
        assert_eq!(listed(&world, who).await, ids(reached));
    }
}

#[tokio::test]
async fn whoever_moves_is_reached_where_they_belong_now() {
    let world = world().await;
    world.told(&matched(ANA)).await;
    let (bath, bristol) = (coordinator_of(&world, "Bath"), coordinator_of(&world, "Bristol"));
    chose(&world, ANA, &["Bristol"]).await;
    assert_eq!(
        (listed(&world, &bristol).await, listed(&world, &bath).await),
        (ids(&[ANA]), ids(&[]))
    );
    chose(&world, ANA, &["Bath"]).await;
    assert_eq!(
        (listed(&world, &bristol).await, listed(&world, &bath).await),
        (ids(&[]), ids(&[ANA]))
    );
}

#[tokio::test]
async fn a_page_is_filled_with_what_the_caller_reaches() {
    let world = world().await;
    chose(&world, ANA, &["Bristol"]).await;
    chose(&world, BEN, &["Bath"]).await;
    for person in [BEN, ANA, ANA, BEN, ANA, ANA, BEN] {
        world.told(&matched(person)).await;
    }
    let (bath, http) = (coordinator_of(&world, "Bath"), Http::to(world.running().address));
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/messages?limit=2{after}");
        let page = http.get(Some(&bath), &path, "").await.expect(200).json;
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|it| it["person"] == BEN.to_string()), "{page}");
        pages.push(items.len());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(pages, [2, 1]);
    let today = http.get(Some(&bath), "/v1/today", "").await.expect(200).json;
    assert_eq!(today["items"].as_array().unwrap().len(), 3);
    let of_ana = http.get(Some(&bath), &format!("/v1/messages?person={ANA}"), "").await;
    assert_eq!(of_ana.expect(200).json["items"], json!([]));
}

#[tokio::test]
async fn what_staff_do_is_recorded_under_the_right_that_reached_the_person() {
    let world = world().await;
    let roles = json!([
        {"role": "coordinator", "localities": ["Bristol"]}, {"role": "engagement_lead", "localities": []}
    ]);
    let both = world.issuer.person("both", &roles);
    let http = Http::to(world.running().address);
    for (person, localities, authority) in [
        (ANA, &["Bristol"][..], json!({"role": "coordinator", "scope": ["Bristol"]})),
        (BEN, &["Bath"], json!({"role": "engagement_lead"})),
    ] {
        chose(&world, person, localities).await;
        world.told(&matched(person)).await;
        let path = format!("/v1/messages?person={person}");
        let all = http.get(Some(&both), &path, "").await.expect(200).json;
        let id = all["items"][0]["id"].as_str().unwrap();
        let path = format!("/v1/messages/{id}/record-given");
        http.post(&both, &path, &person.to_string(), &json!({"by": "text"})).await.expect(200);
        let recorded = world.authority(id).await;
        assert_eq!(recorded["role"], authority["role"], "{recorded}");
        assert_eq!(recorded.get("scope"), authority.get("scope"), "{recorded}");
    }
}

#[tokio::test]
async fn an_auditor_reads_within_the_localities_of_that_role() {
    let world = world().await;
    chose(&world, ANA, &["Bristol"]).await;
    world.told(&matched(ANA)).await;
    let auditor = |locality: &str| {
        let roles = json!([{"role": "auditor", "localities": [locality]}]);
        world.issuer.person(&format!("auditor of {locality}"), &roles)
    };
    assert_eq!(listed(&world, &auditor("Bristol")).await, ids(&[ANA]));
    assert_eq!(listed(&world, &auditor("Bath")).await, ids(&[]));
}
