//! Who may read and do what.

use contracts::PersonId;
use contracts::recruitment::Fact;
use serde_json::json;
use testkit::Http;
use uuid::Uuid;

use crate::world::{ADDRESS, ANA, TITLE, matched, world};

#[tokio::test]
async fn people_read_what_was_written_to_them_whichever_account_they_use_and_nobody_else_s() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&matched(ANA)).await;
    let ana = world.issuer.person("ana", &json!([]));
    let http = Http::to(world.running().address);
    let nothing = http.get(Some(&ana), "/v1/my/messages", "").await.expect(200);
    assert_eq!(nothing.json["items"], json!([]));

    let linked = Fact::AccountLinked { person: ANA, account: ana.id.uuid() };
    world.clock.advance_to("2026-12-01T09:00:10Z".parse().unwrap()).unwrap();
    world.told(&linked).await;
    let mine = http.get(Some(&ana), "/v1/my/messages", "").await.expect(200);
    let [latest, first] = &mine.json["items"].as_array().unwrap()[..] else { panic!() };
    assert_eq!(
        (&latest["kind"], &first["kind"]),
        (&json!("opportunity_opened"), &json!("registered"))
    );
    assert_eq!(latest["standing"], "sent");
    assert!(latest["paragraphs"].to_string().contains(TITLE));

    let page = http.get(Some(&ana), "/v1/my/messages?limit=1", "").await.expect(200);
    let next = page.json["next"].as_str().unwrap();
    let rest = http.get(Some(&ana), &format!("/v1/my/messages?limit=1&after={next}"), "").await;
    assert_eq!(rest.json["items"][0]["kind"], "registered");

    world.told(&Fact::AccountUnlinked { person: ANA, account: ana.id.uuid() }).await;
    world.clock.advance_to("2026-12-01T09:00:20Z".parse().unwrap()).unwrap();
    let nothing = http.get(Some(&ana), "/v1/my/messages", "").await.expect(200);
    assert_eq!(nothing.json["items"], json!([]));
}

#[tokio::test]
async fn only_staff_see_all_messages_and_an_auditor_changes_nothing() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    let http = Http::to(world.running().address);
    let [(_, id)] = &world.today().await[..] else { panic!() };
    let someone = world.issuer.person("someone", &json!([]));
    let auditor = world.issuer.person("auditor", &json!([{"role": "auditor", "localities": []}]));
    let one = format!("/v1/messages/{id}");
    for path in ["/v1/messages", &one, "/v1/exports", "/v1/today"] {
        assert_eq!(http.get(None, path, "").await.status, 401, "{path}");
        assert_eq!(http.get(Some(&someone), path, "").await.status, 403, "{path}");
    }
    for path in ["/v1/messages", &one, "/v1/exports"] {
        http.get(Some(&auditor), path, "").await.expect(200);
    }
    for (verb, body) in [
        ("send-again", json!({})),
        ("release", json!({})),
        ("record-call", json!({"outcome": "reached"})),
        ("record-given", json!({"by": "text"})),
    ] {
        let path = format!("{one}/{verb}");
        for who in [&someone, &auditor] {
            assert_eq!(http.post(who, &path, "key", &body).await.status, 403, "{verb}");
        }
    }
}

#[tokio::test]
async fn a_list_is_of_one_stage_or_person_and_what_is_not_there_is_unknown() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    let ben = PersonId::new(Uuid::from_u128(0xbe2));
    world.told(&matched(ben)).await;
    let held = world.get("/v1/messages?stage=held").await;
    assert_eq!(held["items"].as_array().unwrap().len(), 1);
    assert_eq!(held["items"][0]["person"], ben.to_string());
    let of_ana = world.get(&format!("/v1/messages?person={ANA}")).await;
    assert_eq!(of_ana["items"].as_array().unwrap().len(), 1);
    let nobody = Uuid::from_u128(0x404).to_string();
    world.does("send-again", &nobody, json!({})).await.expect(404);
    let http = Http::to(world.running().address);
    let path = format!("/v1/messages/{nobody}");
    assert_eq!(http.get(Some(&world.cora), &path, "").await.status, 404);
}

#[tokio::test]
async fn rows_made_anew_from_the_log_show_the_same() {
    let mut world = world().await;
    world.registered(world.by_letter().await).await;
    world.told(&matched(ANA)).await;
    let before = world.get("/v1/messages").await;
    let exports = world.get("/v1/exports").await;
    sqlx::query("update views.checkpoint set version = 0")
        .execute(world.running().executor.pool())
        .await
        .unwrap();
    world.stop().await;
    world.start().await;
    world.settles().await;
    assert_eq!(world.get("/v1/messages").await, before);
    assert_eq!(world.get("/v1/exports").await, exports);
}
