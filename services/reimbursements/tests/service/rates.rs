//! What is paid is what the card of the day of the activity says.

use serde_json::json;

use crate::bodies::{by_car, claim_for, payment, rates, session};
use crate::world::bare_world;

#[tokio::test]
async fn an_activity_is_paid_by_the_card_of_its_day_whichever_holds_when_it_is_claimed() {
    let world = bare_world().await;
    world.card_in_force("old", &rates(5_000), "2026-04-06").await;
    let new = world.card_in_force("new", &rates(7_500), "2027-05-01").await;
    for (on, pence) in [("2027-04-30", "5000"), ("2027-05-01", "7500")] {
        let activity = session(world.attended(&world.ana, on, 60).await);
        let body = claim_for(&activity, &[payment()]);
        let claim = world.claims(&world.ana, body).await.expect(201).id();
        let page = world.claim(&world.ana, &claim).await;
        assert_eq!(page["claimed"]["lines"][0]["amount"]["pence"], pence, "{on}");
    }
    let cards = world.read(&world.ana, "/v1/rate-cards").await["items"].take();
    let holding: Vec<_> =
        cards.as_array().unwrap().iter().filter(|it| it["holds_today"] == true).collect();
    assert_eq!((holding.len(), holding[0]["id"].as_str()), (1, Some(new.as_str())));
}

#[tokio::test]
async fn without_a_card_for_the_day_nothing_is_priced() {
    let world = bare_world().await;
    world.card_in_force("new", &rates(7_500), "2027-05-11").await;
    let activity = session(world.attended(&world.ana, "2027-05-10", 60).await);
    let refused = world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(409);
    assert_eq!(refused.code(), "claim.no_rates");
}

#[tokio::test]
async fn a_card_is_approved_by_someone_else_and_drafts_are_for_staff() {
    let world = bare_world().await;
    let drafted = world.give(&world.fin, "/v1/rate-cards", rates(7_500)).await.expect(201);
    let card = format!("/v1/rate-cards/{}", drafted.id());
    let own = world.give(&world.fin, &format!("{card}/approve"), json!({})).await.expect(409);
    assert_eq!(own.code(), "rate_card.someone_else_must_approve");
    world.give(&world.ana, &format!("{card}/approve"), json!({})).await.expect(403);
    let early = json!({"from": "2027-05-01"});
    let refused = world.give(&world.fin, &format!("{card}/put-in-force"), early).await.expect(409);
    assert_eq!(refused.code(), "rate_card.not_approved");
    assert_eq!(world.read(&world.ana, "/v1/rate-cards").await["items"], json!([]));
    assert_eq!(world.read(&world.pia, "/v1/rate-cards").await["items"][0]["stage"], "draft");
}

#[tokio::test]
async fn miles_by_car_go_on_counting_from_claim_to_claim_within_a_tax_year() {
    let world = bare_world().await;
    world.card_in_force("both years", &rates(7_500), "2026-04-06").await;
    let mut claimed = Vec::new();
    for (on, tenths, pence) in [
        ("2027-04-05", 99_990, "549945"),
        // Another tax year begins.
        ("2027-04-06", 99_990, "549945"),
        // A mile at 55p, the other at 25p.
        ("2027-05-10", 20, "80"),
    ] {
        let activity = session(world.attended(&world.ana, on, 60).await);
        let body = claim_for(&activity, &[by_car(tenths)]);
        let claim = world.claims(&world.ana, body).await.expect(201).id();
        let page = world.claim(&world.ana, &claim).await;
        assert_eq!(page["claimed"]["lines"][0]["amount"]["pence"], pence, "{on}");
        claimed.push(claim);
    }
    // What is taken back or refused was not driven on the trust's account.
    world.act(&world.ana, &claimed[1], "withdraw", json!({})).await.expect(200);
    let activity = session(world.attended(&world.ana, "2027-05-11", 60).await);
    let body = claim_for(&activity, &[by_car(20)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let page = world.claim(&world.ana, &claim).await;
    assert_eq!(page["claimed"]["lines"][0]["amount"]["pence"], "110");
}
