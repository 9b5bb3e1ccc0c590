//! From the first draft to the opening.

use serde_json::json;

use crate::world::{OPENS, advert, world};

#[tokio::test]
async fn an_advert_is_drafted_reviewed_approved_by_another_and_opens_at_its_time() {
    let world = world().await;
    let id = world.approved(&advert()).await;
    assert_eq!(world.stage(&id).await, "approved");
    let before = world.http.get(None, &format!("/v1/opportunities/{id}"), "").await;
    assert_eq!(before.status, 404, "nobody outside sees it before its opening");

    world.at(OPENS).await;
    let open = world.http.get(None, "/v1/opportunities?locality=Bristol", "").await.expect(200);
    assert_eq!(open.json["items"][0]["id"], id.as_str());
    assert_eq!(open.json["items"][0]["advert"]["title"], "Research Fund Public Panel");
    assert!(!open.text.contains("INV-101"), "what is internal is never published");
    let elsewhere = world.http.get(None, "/v1/opportunities?locality=Leeds", "").await;
    assert_eq!(elsewhere.json["items"], json!([]));
}

#[tokio::test]
async fn an_incomplete_draft_is_told_everything_it_lacks_at_once() {
    let world = world().await;
    let id = world.ana_drafts("bare", &json!({"advert": {"title": "A panel"}})).await;
    let refused = world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(409);
    assert_eq!(refused.code(), "opportunity.incomplete");
    let reasons = refused.json["reasons"].as_array().unwrap();
    assert!(reasons.len() >= 12, "{}", refused.text);
    let texts: Vec<&str> = reasons.iter().filter_map(|reason| reason["text"].as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("closing")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("paid")), "{texts:?}");
}

#[tokio::test]
async fn whoever_wrote_it_cannot_approve_it_whatever_their_role() {
    let world = world().await;
    let drafted = world.http.post(&world.cleo, "/v1/opportunities", "c", &advert()).await;
    let id = drafted.expect(201).id();
    world.give(&world.cleo, &id, "submit-for-review", json!({})).await.expect(200);
    let refused = world.give(&world.cleo, &id, "approve", json!({})).await.expect(409);
    assert_eq!(refused.code(), "opportunity.someone_else_must_approve");
}

#[tokio::test]
async fn a_role_reaches_its_own_localities_and_no_role_reaches_nothing() {
    let world = world().await;
    let mut leeds = advert();
    leeds["advert"]["locality"] = json!("Leeds");
    let id = world.ana_drafts("leeds", &leeds).await;
    assert_eq!(world.give(&world.ben, &id, "submit-for-review", json!({})).await.status, 404);
    assert_eq!(world.http.post(&world.dora, "/v1/opportunities", "d", &advert()).await.status, 403);
    assert_eq!(world.http.post(&world.ben, "/v1/opportunities", "b", &leeds).await.status, 403);
    assert_eq!(world.http.post(&world.ben, "/v1/opportunities", "b2", &advert()).await.status, 201);
    assert_eq!(world.count_events().await, 2);
}
