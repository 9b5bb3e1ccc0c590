//! Staff and supporters act for a person, and only as far as they may.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, send, settled};
use uuid::Uuid;

use crate::world::{World, entry, registration, world};

async fn acts(world: &World, who: &Person, path: &str, taken: Option<&str>, body: Value) -> Answer {
    let request = world.http.request(Method::POST, Some(who), path);
    let request = request
        .header("idempotency-key", Uuid::now_v7().to_string())
        .header("involvement-on-behalf-of", world.ana.id.to_string());
    let request = match taken {
        Some(taken) => request.header("involvement-taken", taken),
        None => request,
    };
    let answer = send(request.json(&body)).await;
    settled(&world.running).await;
    answer
}

fn supporter(world: &World) -> Person {
    let role = json!([{"role": "supporter", "person": world.ana.id}]);
    world.issuer.person("sam", &role)
}

#[tokio::test]
async fn staff_type_in_what_a_person_of_their_locality_told_them() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let path = format!("{}/rename", entry(&world.ana));
    let name = json!({"name": "Ana New-Name"});
    let elsewhere = acts(&world, &world.dev, &path, Some("phone"), name.clone()).await;
    assert_eq!(elsewhere.status, 404);
    acts(&world, &world.cleo, &path, Some("phone"), name).await.expect(200);
    let meta: String =
        sqlx::query_scalar("select meta from log.event where event_type = 'involvee.renamed.v1'")
            .fetch_one(world.running.executor.pool())
            .await
            .unwrap();
    let meta: Value = serde_json::from_str(&meta).unwrap();
    assert_eq!(meta["on_behalf_of"], world.ana.id.to_string());
    assert_eq!(meta["actor"]["person"], world.cleo.id.to_string());
    assert_eq!(meta["taken"], "phone");
    assert_eq!(meta["authority"], json!({"role": "coordinator", "scope": ["Bristol"]}));
}

#[tokio::test]
async fn a_supporter_acts_as_long_as_the_person_names_them_and_no_longer() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let sam = supporter(&world);
    let path = entry(&world.ana);
    let away = format!("{path}/go-away");
    assert_eq!(acts(&world, &sam, &away, None, json!({})).await.status, 404);
    let named = json!({"supporter": sam.id});
    world.give(&world.ana, &format!("{path}/name-supporter"), named).await.expect(200);
    acts(&world, &sam, &away, None, json!({})).await.expect(200);
    acts(&world, &sam, &format!("{path}/end-support"), None, json!({})).await.expect(200);
    assert_eq!(acts(&world, &sam, &format!("{path}/come-back"), None, json!({})).await.status, 404);
}

#[tokio::test]
async fn a_supporter_neither_renames_a_person_nor_turns_their_mail_elsewhere() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let sam = supporter(&world);
    let path = entry(&world.ana);
    let named = json!({"supporter": sam.id});
    world.give(&world.ana, &format!("{path}/name-supporter"), named).await.expect(200);
    let preferences = json!({
        "preferences": registration()["preferences"],
        "how_to_reach": {"channel": "email", "address": "sam@example.org"}
    });
    for (verb, body) in [
        ("change-preferences", preferences),
        ("rename", json!({"name": "Sam"})),
        ("give-consent", json!({"consent": "named_in_public", "wording_version": "2027-1"})),
    ] {
        let answer = acts(&world, &sam, &format!("{path}/{verb}"), None, body).await;
        assert_eq!(answer.status, 403, "{verb}");
    }
}
