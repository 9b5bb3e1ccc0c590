//! What is authorised goes into the open run by itself, and what cannot says what it waits for.

use serde_json::{Value, json};
use testkit::Person;

use crate::bodies::{account, claim_for, fare, payment, rates, session};
use crate::world::{RUN_DAY, THE_DAY, World, world};

async fn signed_claim(world: &World, who: &Person, lines: &[Value]) -> String {
    let activity = session(world.attended(who, THE_DAY, 60).await);
    let claim = world.claims(who, claim_for(&activity, lines)).await.expect(201).id();
    let numbers: Vec<u8> = (1..).take(lines.len()).collect();
    world.signed(&claim, &numbers).await;
    claim
}

async fn waits_for(world: &World) -> Vec<String> {
    let waiting = world.waiting_for_payment().await;
    let parts = waiting.as_array().unwrap().iter();
    parts.map(|it| it["waits_for"].as_str().unwrap().to_owned()).collect()
}

fn claims_in(run: &Value) -> Vec<&str> {
    let entries = run["entries"].as_array().unwrap().iter();
    entries.map(|it| it["of"]["claim"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_is_authorised_waits_for_a_run_and_then_goes_into_the_one_opened_last() {
    let world = world().await;
    world.gives_account(&world.ana).await;
    let first = signed_claim(&world, &world.ana, &[fare("bus", 320)]).await;
    assert_eq!(waits_for(&world).await, ["a_run"]);
    let older = world.open_run().await;
    assert_eq!(claims_in(&world.run(&older).await), [first.as_str()]);
    let newer = world.open_run().await;
    let second = signed_claim(&world, &world.ana, &[fare("bus", 330)]).await;
    assert_eq!(claims_in(&world.run(&older).await), [first.as_str()]);
    assert_eq!(claims_in(&world.run(&newer).await), [second.as_str()]);
    assert_eq!(waits_for(&world).await, [""; 0]);
}

#[tokio::test]
async fn whoever_gave_no_account_holds_up_nobody_and_is_paid_once_they_have() {
    let world = world().await;
    world.gives_account(&world.ben).await;
    let batch = world.open_run().await;
    let anas = signed_claim(&world, &world.ana, &[fare("bus", 320)]).await;
    let bens = signed_claim(&world, &world.ben, &[fare("bus", 330)]).await;
    assert_eq!(claims_in(&world.run(&batch).await), [bens.as_str()]);
    assert_eq!(waits_for(&world).await, ["an_account"]);
    let by_hand = json!({"of": {"claim": anas, "part": 1}});
    let refused = world.on_run(&batch, "add", by_hand).await.expect(409);
    assert_eq!(refused.code(), "payment.no_account_given");
    world.gives_account(&world.ana).await;
    assert_eq!(claims_in(&world.run(&batch).await), [bens.as_str(), anas.as_str()]);
    assert_eq!(waits_for(&world).await, [""; 0]);
}

#[tokio::test]
async fn a_second_involvement_payment_waits_for_the_next_run_or_for_the_persons_yes() {
    let world = world().await;
    world.gives_account(&world.ana).await;
    let batch = world.open_run().await;
    let first = signed_claim(&world, &world.ana, &[payment(), fare("bus", 320)]).await;
    let second = signed_claim(&world, &world.ana, &[payment(), fare("bus", 330)]).await;
    let third = signed_claim(&world, &world.ana, &[payment()]).await;
    let in_it = world.run(&batch).await;
    assert_eq!(claims_in(&in_it), [first.as_str(), first.as_str(), second.as_str()]);
    assert_eq!(waits_for(&world).await, ["the_next_run", "the_next_run"]);

    let add = |agreed: bool| json!({"of": {"claim": second, "part": 2}, "agreed_to_share": agreed});
    let refused = world.on_run(&batch, "add", add(false)).await.expect(409);
    assert_eq!(refused.code(), "payment_batch.ask_first");
    world.on_run(&batch, "add", add(true)).await.expect(200);
    let next = world.open_run().await;
    assert_eq!(claims_in(&world.run(&next).await), [third.as_str()]);
    let again = world.on_run(&next, "add", add(true)).await.expect(409);
    assert_eq!(again.code(), "payment.not_waiting");
}

#[tokio::test]
async fn what_did_not_arrive_is_not_paid_again_by_itself_until_there_is_another_account() {
    let world = world().await;
    world.gives_account(&world.ana).await;
    world.gives_account(&world.ben).await;
    let batch = world.open_run().await;
    let anas = signed_claim(&world, &world.ana, &[fare("bus", 320)]).await;
    let bens = signed_claim(&world, &world.ben, &[fare("bus", 330)]).await;
    world.on_run(&batch, "lock", json!({})).await.expect(200);
    world.on_run(&batch, "export", json!({})).await.expect(200);
    for claim in [&anas, &bens] {
        let failed = json!({"claim": claim, "part": 1, "reason": "account_closed"});
        world.on_run(&batch, "mark-failed", failed).await.expect(200);
    }
    let part = world.claim(&world.ana, &anas).await["claimed"]["parts"][0].take();
    assert_eq!(part["standing"], "ready");

    let next = world.open_run().await;
    assert_eq!(claims_in(&world.run(&next).await), [""; 0]);
    assert_eq!(waits_for(&world).await, ["a_second_try", "a_second_try"]);
    world.give(&world.ana, "/v1/my/bank-account", account()).await.expect(200);
    assert_eq!(claims_in(&world.run(&next).await), [anas.as_str()]);
    let by_hand = json!({"of": {"claim": bens, "part": 1}});
    world.on_run(&next, "add", by_hand).await.expect(200);
    assert_eq!(claims_in(&world.run(&next).await), [anas.as_str(), bens.as_str()]);
}

#[tokio::test]
async fn what_no_file_for_the_bank_can_pay_says_what_it_waits_for() {
    let world = world().await;
    let zoe = world.issuer.person("zoe", &json!([]));
    world.gives_account(&zoe).await;
    world.open_run().await;
    signed_claim(&world, &zoe, &[fare("bus", 320)]).await;
    assert_eq!(waits_for(&world).await, ["a_name"]);

    let in_euro = |value: Value| -> Value {
        serde_json::from_str(&value.to_string().replace("GBP", "EUR")).unwrap()
    };
    world.card_in_force("euro", &in_euro(rates(7_500)), "2027-05-01").await;
    world.gives_account(&world.ana).await;
    let abroad = signed_claim(&world, &world.ana, &[in_euro(fare("bus", 320))]).await;
    assert_eq!(waits_for(&world).await, ["a_name", "another_way"]);
    let batch = world.open_run().await;
    let by_hand = json!({"of": {"claim": abroad, "part": 1}});
    let refused = world.on_run(&batch, "add", by_hand).await.expect(409);
    assert_eq!(refused.code(), "payment.not_in_pounds");
    assert_eq!(claims_in(&world.run(&batch).await), [""; 0]);
}

#[tokio::test]
async fn what_was_decided_while_the_service_was_away_is_seen_to_when_it_is_back() {
    let world = world().await;
    world.gives_account(&world.ana).await;
    let batch = world.open_run().await;
    let claim = signed_claim(&world, &world.ana, &[fare("bus", 320)]).await;
    world.on_run(&batch, "lock", json!({})).await.expect(200);
    world.on_run(&batch, "export", json!({})).await.expect(200);
    world.at(&format!("{RUN_DAY}T12:00:00Z")).await;
    world.on_run(&batch, "mark-paid", json!({"paid_on": RUN_DAY})).await.expect(200);
    let n_events = count(&world).await;
    sqlx::query("update log.policy_checkpoint set position = 0")
        .execute(world.running.executor.pool())
        .await
        .unwrap();
    let world = world.restarted().await;
    assert_eq!(count(&world).await, n_events, "nothing happens twice");
    let part = world.claim(&world.ana, &claim).await["claimed"]["parts"][0].take();
    assert_eq!(part["standing"], "paid");
}

async fn count(world: &World) -> i64 {
    let pool = world.running.executor.pool();
    sqlx::query_scalar("select count(*) from log.event").fetch_one(pool).await.unwrap()
}
