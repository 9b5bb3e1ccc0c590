//! Who sees what of a claim.

use reqwest::Method;
use serde_json::json;
use testkit::send;

use crate::bodies::{claim_for, fare, payment, session};
use crate::world::{NOTE, THE_DAY, world};

#[tokio::test]
async fn a_claim_is_there_for_the_person_and_for_those_who_decide_and_for_nobody_else() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let body = claim_for(&activity, &[payment(), fare("bus", 320)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let path = format!("/v1/claims/{claim}");
    for stranger in [&world.ben, &world.cora, &world.lea] {
        world.http.get(Some(stranger), &path, "").await.expect(404);
        world.act(stranger, &claim, "withdraw", json!({})).await.expect(404);
    }
    world.http.get(None, &path, "").await.expect(401);
    let note = |page: &serde_json::Value| page["claimed"]["lines"][1]["item"]["note"].clone();
    for reader in [&world.ana, &world.sue, &world.pia, &world.bea] {
        assert_eq!(note(&world.claim(reader, &claim).await), NOTE);
    }
    assert_eq!(note(&world.claim(&world.fin, &claim).await), json!(null));
    let readings = world.events("opening.recorded.v1").await;
    assert_eq!(readings.len(), 3, "neither one's own reading nor one without notes: {readings:?}");
    assert!(
        readings
            .iter()
            .all(|it| it["claim"] == json!(claim) && it["person"] == json!(world.ana.id))
    );
    assert_eq!(world.read(&world.ben, "/v1/my/claims").await["items"], json!([]));
}

#[tokio::test]
async fn staff_words_and_cost_codes_are_not_shown_to_the_person() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let claim =
        world.claims(&world.ana, claim_for(&activity, &[fare("taxi", 900)])).await.expect(201).id();
    let with_word = json!({"lines": [{"line": 1, "verdict": "approved", "word": "We booked it."}]});
    world.act(&world.pia, &claim, "approve", with_word).await.expect(200);
    world.act(&world.bea, &claim, "authorise", json!({"cost_code": "INV-204"})).await.expect(200);
    let own = world.claim(&world.ana, &claim).await.to_string();
    assert!(!own.contains("We booked it.") && !own.contains("INV-204"), "{own}");
    let staff = world.claim(&world.bea, &claim).await.to_string();
    assert!(staff.contains("We booked it.") && staff.contains("INV-204"), "{staff}");
}

#[tokio::test]
async fn a_reader_who_has_this_version_gets_no_body_and_a_writer_who_has_not_is_stopped() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let claim = world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(201).id();
    let path = format!("/v1/claims/{claim}");
    let read = world.http.request(Method::GET, Some(&world.ana), &path);
    assert_eq!(send(read.header("if-none-match", "\"1\"")).await.status, 304);
    let approve = |key: &str, version: &str| {
        let request =
            world.http.request(Method::POST, Some(&world.pia), &format!("{path}/approve"));
        let body = crate::bodies::approved(&[1]);
        request.header("idempotency-key", key).header("if-match", version).json(&body)
    };
    assert_eq!(send(approve("one", "\"2\"")).await.status, 412);
    assert_eq!(send(approve("two", "\"1\"")).await.status, 200);
}

#[tokio::test]
async fn lists_come_a_page_at_a_time() {
    let world = world().await;
    let mut claims = Vec::new();
    for _ in 0..3 {
        let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
        let body = claim_for(&activity, &[payment()]);
        claims.push(world.claims(&world.ana, body).await.expect(201).id());
    }
    let newest_first: Vec<_> = claims.iter().rev().cloned().collect();
    for (who, path, expected) in [
        (&world.ana, "/v1/my/claims?limit=2", newest_first),
        (&world.pia, "/v1/claims?waiting=approval&limit=2", claims),
    ] {
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = world.read(who, &format!("{path}{next}")).await;
            let items = page["items"].as_array().unwrap().iter();
            seen.extend(items.map(|it| it["claim"].as_str().unwrap().to_owned()));
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
        }
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn views_made_anew_from_the_log_and_from_what_was_heard_show_the_same() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    world.gives_account(&world.ana).await;
    let body = claim_for(&activity, &[payment(), fare("bus", 320)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    world.signed(&claim, &[1]).await;
    let batch = world.open_run().await;
    let paths = [
        (&world.pia, format!("/v1/claims/{claim}")),
        (&world.fin, format!("/v1/payment-batches/{batch}")),
        (&world.fin, "/v1/claims?waiting=payment".to_owned()),
        (&world.fin, "/v1/rate-cards".to_owned()),
        (&world.ana, "/v1/my/bank-account".to_owned()),
    ];
    let paths = paths.map(|(who, path)| (who.clone(), path));
    let mut before = Vec::new();
    for (who, path) in &paths {
        before.push(world.read(who, path).await);
    }
    sqlx::query("update views.checkpoint set version = 0")
        .execute(world.running.executor.pool())
        .await
        .unwrap();
    let world = world.restarted().await;
    for ((who, path), before) in paths.iter().zip(before) {
        assert_eq!(world.read(who, path).await, before, "{path}");
    }
}
