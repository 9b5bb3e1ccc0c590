//! What a message about money says is for its person, and for staff while they are to give it.

use contracts::Money;
use contracts::id::ClaimId;
use contracts::recruitment::Fact;
use contracts::reimbursements::{self, PaymentKind};
use jiff::civil::date;
use serde_json::{Value, json};
use testkit::{Http, Person};
use uuid::Uuid;

use crate::neighbour::Neighbour;
use crate::world::{ADDRESS, ANA, World, world};

const CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(0xa4));

async fn paid(world: &World, reimbursements: &Neighbour) {
    let paid = reimbursements::Fact::Paid {
        claim: CLAIM,
        person: ANA,
        activity_on: date(2026, 11, 2),
        payable_on: date(2026, 11, 20),
        paid_on: date(2026, 11, 27),
        kind: PaymentKind::Expenses,
        amount: Money::sterling(2_500),
        reference: "INV 7K2".to_owned(),
    };
    let position = reimbursements.tells(CLAIM.uuid(), &paid).await;
    world.heard("reimbursements", position).await;
}

/// The latest message as somebody on the staff reads it.
async fn latest(world: &World, who: &Person) -> Value {
    let http = Http::to(world.running().address);
    let all = http.get(Some(who), "/v1/messages?limit=1", "").await.expect(200).json;
    let path = format!("/v1/messages/{}", all["items"][0]["id"].as_str().unwrap());
    http.get(Some(who), &path, "").await.expect(200).json
}

fn tells_the_amount(page: &Value) -> bool {
    page["paragraphs"].to_string().contains("£25.00")
}

#[tokio::test]
async fn staff_see_of_a_payment_that_it_was_told_and_its_words_only_where_they_are_to_ring() {
    let world = world().await;
    let reimbursements = Neighbour::start("reimbursements", &world.nats, &world.clock).await;
    world.registered(world.by_email(ADDRESS).await).await;
    paid(&world, &reimbursements).await;
    let sent = latest(&world, &world.cora).await;
    assert_eq!((&sent["stage"], &sent["channel"]), (&json!("sent"), &json!("email")));
    assert_eq!(sent["subject"], "A note from the involvement team");
    assert!(!sent.to_string().contains("25.00") && sent["why_no_words"].is_string(), "{sent}");
    assert_eq!(world.openings().await, [], "nothing was opened");

    let how_to_reach = world.by_phone().await;
    world.told(&Fact::ChannelChosen { person: ANA, how_to_reach }).await;
    paid(&world, &reimbursements).await;
    let to_be_rung = latest(&world, &world.cora).await;
    assert!(tells_the_amount(&to_be_rung) && to_be_rung.get("why_no_words").is_none());
    assert_eq!(world.openings().await.len(), 1);
    let id = to_be_rung["id"].as_str().unwrap();
    world.does("record-call", id, json!({"outcome": "message_left"})).await.expect(200);
    assert!(tells_the_amount(&latest(&world, &world.cora).await), "it is still to be rung");
    world.does("record-call", id, json!({"outcome": "reached"})).await.expect(200);
    let told = latest(&world, &world.cora).await;
    assert!(!told.to_string().contains("25.00"), "{told}");
}

#[tokio::test]
async fn an_auditor_reads_the_words_under_that_right_whatever_else_they_are() {
    let world = world().await;
    let reimbursements = Neighbour::start("reimbursements", &world.nats, &world.clock).await;
    world.registered(world.by_email(ADDRESS).await).await;
    paid(&world, &reimbursements).await;
    let roles = json!([
        {"role": "coordinator", "localities": []}, {"role": "auditor", "localities": []}
    ]);
    let both = world.issuer.person("both", &roles);
    assert!(tells_the_amount(&latest(&world, &both).await));
    let roles: Vec<String> = world.openings().await.into_iter().map(|(_, role)| role).collect();
    assert_eq!(roles, ["auditor"]);
}
