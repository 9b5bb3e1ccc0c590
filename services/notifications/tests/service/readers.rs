//! Who read what was written to somebody: on record before it is shown.

use contracts::recruitment::Fact;
use serde_json::json;
use testkit::Http;

use crate::world::{ADDRESS, ANA, matched, world};

#[tokio::test]
async fn each_reading_of_a_message_by_somebody_else_is_on_record_for_its_person() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    let [(_, id)] = &world.today().await[..] else { panic!() };
    let auditor = world.issuer.person("auditor", &json!([{"role": "auditor", "localities": []}]));
    let http = Http::to(world.running().address);
    let path = format!("/v1/messages/{id}");
    for who in [&world.cora, &world.cora, &auditor] {
        let page = http.get(Some(who), &path, "").await.expect(200).json;
        assert!(page["paragraphs"][0].as_str().unwrap().starts_with("Thank you"), "{page}");
    }
    let read = json!({"person": ANA, "message": id, "what": "message_words"});
    let by = |role: &str| (read.clone(), role.to_owned());
    assert_eq!(world.openings().await, ["coordinator", "coordinator", "auditor"].map(by));
    world.does("record-call", id, json!({"outcome": "reached"})).await.expect(200);
    assert_eq!(
        world.stages("registered").await,
        ["told"],
        "nothing stumbles over what is on record"
    );
    assert_eq!(world.published().await.len(), 2, "held and told, and never who read");
}

#[tokio::test]
async fn where_no_words_are_shown_to_anybody_else_nothing_is_recorded() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    let how_to_reach = world.by_phone().await;
    world.told(&Fact::ChannelChosen { person: ANA, how_to_reach }).await;
    world.told(&matched(ANA)).await;
    for path in ["/v1/messages", "/v1/today", "/v1/exports"] {
        let list = world.get(path).await;
        assert_ne!(list["items"], json!([]), "{path}");
        assert!(!list.to_string().contains("paragraphs"), "{path} tells no words: {list}");
    }
    let ana = world.issuer.person("ana", &json!([{"role": "coordinator", "localities": []}]));
    world.told(&Fact::AccountLinked { person: ANA, account: ana.id.uuid() }).await;
    let http = Http::to(world.running().address);
    let mine = http.get(Some(&ana), "/v1/my/messages", "").await.expect(200).json;
    let id = mine["items"][0]["id"].as_str().unwrap();
    http.get(Some(&ana), &format!("/v1/messages/{id}"), "").await.expect(200);
    assert_eq!(world.openings().await, []);
}
