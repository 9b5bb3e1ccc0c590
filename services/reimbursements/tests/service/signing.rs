//! Two signatures of two people, of whom neither claimed nor typed.

use contracts::recruitment::Fact;
use serde_json::json;

use crate::bodies::{approved, claim_for, fare, payment, session};
use crate::world::{THE_DAY, world};

#[tokio::test]
async fn nobody_approves_their_own_claim_by_another_account() {
    let world = world().await;
    let at_work = world.issuer.person("ana-at-work", &json!([{"role": "approver"}]));
    let account = at_work.id.uuid();
    world.told(&Fact::AccountLinked { person: world.ana.id, account }).await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let body = claim_for(&activity, &[payment()]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let refused = world.act(&at_work, &claim, "approve", approved(&[1])).await.expect(409);
    assert_eq!(refused.code(), "claim.cannot_take_it");
    assert_eq!(refused.json["detail"], "This approver cannot take it.");
    let waiting = world.read(&at_work, "/v1/claims?waiting=approval").await;
    assert_eq!(waiting["items"], json!([]));
    let waiting = world.read(&world.pia, "/v1/claims?waiting=approval").await;
    assert_eq!(waiting["items"][0]["claim"], claim.as_str());
}

#[tokio::test]
async fn an_account_that_is_linked_no_longer_acts_for_itself_again() {
    let world = world().await;
    let at_work = world.issuer.person("ana-at-work", &json!([]));
    let (person, account) = (world.ana.id, at_work.id.uuid());
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    world.told(&Fact::AccountLinked { person, account }).await;
    let body = claim_for(&activity, &[payment()]);
    let claim = world.claims(&at_work, body).await.expect(201).id();
    assert_eq!(world.claim(&world.ana, &claim).await["person"], person.to_string());
    world.told(&Fact::AccountUnlinked { person, account }).await;
    world.at("2027-05-12T09:00:06Z").await;
    let path = format!("/v1/claims/{claim}");
    world.http.get(Some(&at_work), &path, "").await.expect(404);
}

#[tokio::test]
async fn the_one_who_approved_does_not_authorise_and_another_approver_may() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let claim = world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(201).id();
    world.act(&world.pia, &claim, "approve", approved(&[1])).await.expect(200);
    let waiting = world.read(&world.pia, "/v1/claims?waiting=authorisation").await;
    assert_eq!(waiting["items"], json!([]));
    let code = || json!({"cost_code": "INV-204"});
    let refused = world.act(&world.pia, &claim, "authorise", code()).await.expect(409);
    assert_eq!(refused.code(), "claim.cannot_take_it");
    let waiting = world.read(&world.piet, "/v1/claims?waiting=authorisation").await;
    assert_eq!(waiting["items"][0]["claim"], claim.as_str());
    world.act(&world.piet, &claim, "authorise", code()).await.expect(200);
    let role: String = sqlx::query_scalar(
        "select meta::json -> 'authority' ->> 'role' from log.event
         where event_type = 'claim.authorised.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!(role, "approver");
}

#[tokio::test]
async fn whoever_typed_a_claim_does_not_sign_it() {
    let world = world().await;
    let both = json!([{"role": "coordinator", "localities": []}, {"role": "approver"}]);
    let typist = world.issuer.person("typist", &both);
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let body = claim_for(&activity, &[payment()]);
    let typed = world.give_for(&typist, &world.ana, Some("paper"), "/v1/claims", body).await;
    let claim = typed.expect(201).id();
    let refused = world.act(&typist, &claim, "approve", approved(&[1])).await.expect(409);
    assert_eq!(refused.code(), "claim.cannot_take_it");
}

#[tokio::test]
async fn a_line_that_is_not_paid_says_why_and_the_rest_is_paid() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let body = claim_for(&activity, &[payment(), fare("bus", 320)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let reason = "the bus was booked and paid for by us.";
    let verdicts = json!({"lines": [{"line": 1, "verdict": "approved"},
        {"line": 2, "verdict": "refused", "reason": reason}]});
    world.act(&world.pia, &claim, "approve", verdicts).await.expect(200);
    let page = world.claim(&world.ana, &claim).await;
    assert_eq!(page["claimed"]["lines"][1]["refused_because"], reason);
    assert_eq!(page["claimed"]["lines"][0]["standing"], "approved");
}

#[tokio::test]
async fn roles_reach_what_they_are_for_and_no_more() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let claim = world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(201).id();
    for who in [&world.ben, &world.fin, &world.bea, &world.cora] {
        world.act(who, &claim, "approve", approved(&[1])).await.expect(403);
    }
    let code = json!({"cost_code": "INV-204"});
    world.act(&world.fin, &claim, "authorise", code).await.expect(403);
    let run = json!({"run_on": "2027-05-20"});
    for who in [&world.ana, &world.pia, &world.lea] {
        world.give(who, "/v1/payment-batches", run.clone()).await.expect(403);
    }
    for (who, waiting) in
        [(&world.bea, "approval"), (&world.fin, "authorisation"), (&world.pia, "payment")]
    {
        let path = format!("/v1/claims?waiting={waiting}");
        world.http.get(Some(who), &path, "").await.expect(403);
    }
}
