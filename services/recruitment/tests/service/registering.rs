//! People register, by themselves or through staff, and are read by those who may.

use serde_json::{Value, json};

use crate::world::{entry, registration, world};

fn typed_in(received_at: &str) -> Value {
    json!({"taken": "phone", "received_at": received_at, "registration": registration()})
}

#[tokio::test]
async fn what_someone_says_of_themselves_is_read_by_them_and_by_staff_of_their_locality() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let path = entry(&world.ana);
    for reader in [&world.ana, &world.cleo, &world.ella] {
        let page = world.read(reader, &path).await.expect(200);
        assert_eq!(page.json["name"], "Ana Canary-Name");
        assert_eq!(page.json["how_to_reach"], json!({"channel": "phone", "to": "01632 960171"}));
        assert_eq!(page.json["preferences"]["interests"], json!(["research"]));
    }
    for stranger in [&world.ben, &world.dev] {
        assert_eq!(world.read(stranger, &path).await.status, 404);
    }
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_nobody_is_registered_twice() {
    let world = world().await;
    let register =
        async |key: &str, body: &Value| world.http.post(&world.ana, "/v1/people", key, body).await;
    let first = register("k", &registration()).await.expect(201);
    let again = register("k", &registration()).await.expect(201);
    assert_eq!((&first.text, first.headers.get("etag")), (&again.text, again.headers.get("etag")));
    assert_eq!(first.id(), world.ana.id.to_string());
    let mut other = registration();
    other["name"] = json!("Someone Else");
    assert_eq!(register("k", &other).await.status, 422);
    let twice = register("another", &other).await.expect(409);
    assert_eq!(twice.code(), "involvee.already_registered");
    assert_eq!(world.events("involvee.registered.v1").await.len(), 1);
}

#[tokio::test]
async fn every_field_that_needs_mending_is_named_at_once_and_none_is_repeated() {
    let world = world().await;
    let mut body = registration();
    body["name"] = json!("Canary\nName");
    body["how_to_reach"] = json!({"channel": "text", "number": "canary"});
    body["privacy_notice_version"] = json!("");
    let answer = world.http.post(&world.ana, "/v1/people", "k", &body).await.expect(422);
    let errors = answer.json["errors"].as_array().unwrap();
    let fields: Vec<&str> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!(fields, ["name", "how_to_reach.number", "privacy_notice_version"]);
    assert!(!answer.text.to_lowercase().contains("canary"), "{}", answer.text);
    let mut in_own_words = registration();
    in_own_words["heard_from"] = json!("Canary's psychiatrist");
    let answer = world.http.post(&world.ana, "/v1/people", "l", &in_own_words).await.expect(422);
    assert_eq!(answer.json["errors"][0]["field"], "heard_from");
    assert!(!answer.text.to_lowercase().contains("canary"), "{}", answer.text);
    assert_eq!(world.events("involvee.registered.v1").await.len(), 0);
}

#[tokio::test]
async fn who_rang_up_is_registered_from_when_they_rang_and_gets_their_account_later() {
    let world = world().await;
    let received = "2027-01-08T16:30:00Z";
    let typed = world.give(&world.cleo, "/v1/people/typed-in", typed_in(received)).await;
    let person = typed.expect(201).id();
    let path = format!("/v1/people/{person}");
    let page = world.read(&world.cleo, &path).await.expect(200);
    assert_eq!(page.json["registered_at"], received);

    let mine = world.read(&world.ben, "/v1/my/involvement").await.expect(200);
    assert!(mine.json.get("record").is_none());
    let link = json!({
        "account": mine.json["account"],
        "why": "first_account",
        "evidence": ["met_in_person", "photographic_identity"]
    });
    world.give(&world.cleo, &format!("{path}/link-account"), link).await.expect(200);
    // A link is noticed within a few seconds.
    world.at("2027-01-11T10:00:06Z");
    let mine = world.read(&world.ben, "/v1/my/involvement").await.expect(200);
    assert_eq!(mine.json["person"], person.as_str());
    assert_eq!(mine.json["record"]["name"], "Ana Canary-Name");
}

#[tokio::test]
async fn what_came_in_the_future_or_long_ago_cannot_be_meant() {
    let world = world().await;
    for received in ["2027-01-11T10:00:01Z", "2026-11-12T09:59:59Z"] {
        let answer = world.give(&world.cleo, "/v1/people/typed-in", typed_in(received)).await;
        assert_eq!(answer.expect(422).json["errors"][0]["field"], "received_at");
    }
    let first = world.give(&world.cleo, "/v1/people/typed-in", typed_in("2026-11-12T10:00:00Z"));
    first.await.expect(201);
}

#[tokio::test]
async fn staff_find_people_of_their_localities_by_part_of_a_name() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let mut ben = registration();
    ben["name"] = json!("Ben Nowhere");
    ben["preferences"]["localities"] = json!([]);
    world.registers(&world.ben, &ben).await;
    let found = async |who, name: &str| {
        let page = world.give(who, "/v1/people/search", json!({"name": name})).await.expect(200);
        let items = page.json["items"].as_array().unwrap().clone();
        items.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&world.cleo, "canary").await, ["Ana Canary-Name"]);
    assert_eq!(found(&world.dev, "canary").await, [""; 0]);
    assert_eq!(found(&world.dev, "NOWHERE").await, ["Ben Nowhere"]);
    let all = world.read(&world.ella, "/v1/people").await.expect(200);
    assert_eq!(all.json["items"].as_array().unwrap().len(), 2);
    assert_eq!(world.read(&world.ana, "/v1/people").await.status, 403);
}

#[tokio::test]
async fn what_someone_changes_is_what_is_read_from_then_on() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let path = entry(&world.ana);
    let mut preferences = registration()["preferences"].clone();
    preferences["digest"] = json!("weekly");
    let letter = json!({"channel": "letter", "address": "1 High Street\nBristol"});
    for (verb, body) in [
        ("change-preferences", json!({"preferences": preferences, "how_to_reach": letter})),
        ("rename", json!({"name": "Andrew Canary"})),
        ("record-access-need", json!({"need": "A hearing loop", "formats": ["large_print"]})),
        ("give-consent", json!({"consent": "named_in_public", "wording_version": "2027-1"})),
        ("withdraw-consent", json!({"consent": "opportunity_news"})),
        ("go-away", json!({"reason": "I am in hospital."})),
    ] {
        world.give(&world.ana, &format!("{path}/{verb}"), body).await.expect(200);
    }
    let page = world.read(&world.cleo, &path).await.expect(200);
    assert_eq!(page.json["name"], "Andrew Canary");
    assert_eq!(page.json["how_to_reach"]["to"], "1 High Street\nBristol");
    assert_eq!(page.json["preferences"]["digest"], "weekly");
    assert_eq!(page.json["access_need"], "A hearing loop");
    assert_eq!(page.json["formats"], json!(["large_print"]));
    assert_eq!(page.json["consents"], json!({"named_in_public": "2027-1"}));
    assert_eq!(page.json["away"]["reason"], "I am in hospital.");
    world.give(&world.ana, &format!("{path}/come-back"), json!({})).await.expect(200);
    let page = world.read(&world.ana, &path).await.expect(200);
    assert!(page.json.get("away").is_none());
}

#[tokio::test]
async fn views_made_anew_from_the_log_show_the_same() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let before = world.read(&world.ana, "/v1/my/involvement").await.expect(200).text;
    sqlx::query("update views.checkpoint set version = 0")
        .execute(world.running.executor.pool())
        .await
        .unwrap();
    let world = world.hearing_everything_again().await;
    let after = world.read(&world.ana, "/v1/my/involvement").await.expect(200).text;
    assert_eq!(before, after);
}
