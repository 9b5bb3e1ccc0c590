//! What a trust sets for itself holds from its day on, and decisions say under which version.

use serde_json::json;

use crate::world::{advert, world};

#[tokio::test]
async fn an_advert_too_short_for_the_setting_in_force_is_refused_and_the_decision_cites_it() {
    let world = world().await;
    let longer = json!({"effective_from": "2026-12-01",
        "values": {"kind": "advert_rules", "minimum_advert_days": 30}});
    assert_eq!(world.http.post(&world.ana, "/v1/settings", "s", &longer).await.status, 403);
    let misspelt = json!({"effective_from": "2026-12-01", "values": {"kind": "advert_rules",
        "minimum_advert_days": 30, "minimum_advert_dayz": 1}});
    world.http.post(&world.eli, "/v1/settings", "m", &misspelt).await.expect(422);
    world.http.post(&world.eli, "/v1/settings", "s", &longer).await.expect(201);

    let id = world.ana_drafts("short", &advert()).await;
    let refused = world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(409);
    assert_eq!(refused.json["reasons"].as_array().unwrap().len(), 1, "{}", refused.text);

    let mut long = advert();
    long["advert"]["closing"]["at"] = json!("2027-02-26T12:00:00Z");
    let id = world.ana_drafts("long", &long).await;
    world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(200);
    let cited: String = sqlx::query_scalar(
        "select meta::json ->> 'rule_version' from log.event
         where event_type = 'opportunity.submitted_for_review.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!(cited, "advert_rules.1");
    let read = world.http.get(Some(&world.ana), "/v1/settings", "").await.expect(200);
    assert_eq!(read.json["versions"][0]["values"]["minimum_advert_days"], 30);
}

#[tokio::test]
async fn what_is_shown_of_opportunities_goes_on_after_a_setting_is_put_in_force() {
    let world = world().await;
    let longer = json!({"effective_from": "2026-12-01",
        "values": {"kind": "advert_rules", "minimum_advert_days": 30}});
    world.http.post(&world.eli, "/v1/settings", "s", &longer).await.expect(201);
    let draft = world.http.post(&world.ana, "/v1/opportunities", "d", &advert()).await.expect(201);
    let path = format!("/v1/opportunities/{}", draft.id());
    let read = world.http.get(Some(&world.ana), &path, &draft.token()).await.expect(200);
    assert_eq!(read.json["stage"], "draft");
}
