//! Whom an opportunity suits is told of it, once.

use contracts::opportunities::{Closing, Fact};
use serde_json::{Value, json};

use crate::world::{World, advert, registration, world};

const MATCHED: &str = "involvee.opportunity_matched.v1";

async fn people(world: &World) {
    world.registers(&world.ana, &registration()).await;
    let with = |field: &str, value: Value| {
        let mut body = registration();
        body["preferences"][field] = value;
        body
    };
    // Someone whom anything suits, and others whom this does not suit.
    let mut anything = with("interests", json!([]));
    anything["preferences"]["localities"] = json!([]);
    world.registers(&world.ben, &anything).await;
    let mut without_consent = registration();
    without_consent["consents"] = json!({});
    for (name, body) in [
        ("other topics", with("interests", json!(["estates"]))),
        ("elsewhere", with("localities", json!(["Leeds"]))),
        ("others' places", with("constituencies", json!(["public"]))),
        ("no news", without_consent),
    ] {
        world.registers(&world.issuer.person(name, &json!([])), &body).await;
    }
    let away = world.issuer.person("away", &json!([]));
    world.registers(&away, &registration()).await;
    let path = format!("/v1/people/{}/go-away", away.id);
    world.give(&away, &path, json!({})).await.expect(200);
}

#[tokio::test]
async fn whoever_it_suits_is_told_once_and_why_however_often_it_is_heard() {
    let world = world().await;
    people(&world).await;
    let opportunity = world.opens(advert()).await;
    let mut matched = world.events(MATCHED).await;
    matched.sort_by_key(|event| event["reasons"].as_array().unwrap().len());
    assert_eq!(matched.len(), 2);
    let as_a_user = json!({"kind": "constituency", "constituency": "service_user"});
    assert_eq!(matched[0]["reasons"], json!([as_a_user]));
    assert_eq!(matched[1]["opportunity"], opportunity.to_string());
    assert_eq!(
        matched[1]["reasons"],
        json!([
            as_a_user,
            {"kind": "locality", "locality": "Bristol"},
            {"kind": "interest", "interest": "research"}
        ])
    );

    let head = eventstore::reader::head(world.running.executor.pool()).await.unwrap().position;
    let world = world.hearing_everything_again().await;
    world.heard(1).await;
    assert_eq!(world.events(MATCHED).await.len(), 2);
    let again = eventstore::reader::head(world.running.executor.pool()).await.unwrap().position;
    assert_eq!(head, again);
}

#[tokio::test]
async fn nobody_is_told_of_what_has_closed_when_it_is_heard() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let mut over = advert();
    over.closing = Closing::At {
        at: "2027-01-11T10:00:00Z".parse().unwrap(),
        zone: "Europe/London".to_owned(),
    };
    world.opens(over).await;
    assert_eq!(world.events(MATCHED).await.len(), 0);
}

#[tokio::test]
async fn what_is_only_approved_is_told_to_nobody() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = contracts::OpportunityId::new(uuid::Uuid::now_v7());
    let approved = Fact::Approved { opportunity, advert: Box::new(advert()) };
    world.told(opportunity, 1, &approved).await;
    assert_eq!(world.events(MATCHED).await.len(), 0);
}
