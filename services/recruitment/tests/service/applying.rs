//! People apply: in time by when it was received, once, and only their own is theirs to see.

use contracts::OpportunityId;
use contracts::opportunities::{Closing, Fact};
use reqwest::Method;
use serde_json::json;
use testkit::send;
use uuid::Uuid;

use crate::world::{CLOSES, advert, applications, form, registration, world};

#[tokio::test]
async fn an_application_counts_up_to_the_closing_minute_though_nobody_has_said_that_it_closed() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    world.registers(&world.ben, &registration()).await;
    let opportunity = world.opens(advert()).await;
    world.at("2027-02-05T12:00:59Z");
    world.applies(&world.ana, opportunity, "k").await.expect(201);
    world.at("2027-02-05T12:01:00Z");
    let late = world.applies(&world.ben, opportunity, "k").await.expect(409);
    assert_eq!(late.code(), "application.closed");
}

#[tokio::test]
async fn what_is_typed_in_later_counts_from_when_it_was_received() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    world.at("2027-02-08T09:30:00Z");
    let typed = async |received: &str| {
        let path = applications(opportunity);
        let request = world.http.request(Method::POST, Some(&world.cleo), &path);
        let request = request
            .header("idempotency-key", received)
            .header("involvement-on-behalf-of", world.ana.id.to_string())
            .header("involvement-taken", "paper")
            .header("involvement-received-at", received);
        send(request.json(&form())).await
    };
    assert_eq!(typed("2027-02-05T12:01:00Z").await.expect(409).code(), "application.closed");
    let taken = typed("2027-02-05T11:30:00Z").await.expect(201);
    let path = format!("/v1/applications/{}", taken.id());
    let page = world.read(&world.ana, &path).await.expect(200);
    assert_eq!(page.json["taken"], "paper");
    assert_eq!(page.json["received_at"], "2027-02-05T11:30:00Z");
}

#[tokio::test]
async fn what_this_service_has_not_heard_of_is_said_to_be_so_and_may_be_waited_for() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = OpportunityId::new(Uuid::now_v7());
    let unheard = world.applies(&world.ana, opportunity, "k").await.expect(404);
    assert_eq!(unheard.code(), "opportunity.not_heard_of");
    assert!(unheard.headers.contains_key("retry-after"));

    // The same request again, with the place of the log at which it will be told.
    let path = applications(opportunity);
    let request = world.http.request(Method::POST, Some(&world.ana), &path);
    let request = request
        .header("idempotency-key", "k")
        .header("involvement-token", "opportunities:1")
        .json(&form());
    let opened = Fact::Opened { opportunity, advert: Box::new(advert()) };
    let (answer, _) =
        tokio::join!(send(request), world.neighbour.tells(opportunity.uuid(), 1, &opened));
    answer.expect(201);
}

#[tokio::test]
async fn one_person_applies_once_and_the_same_request_gets_the_same_answer() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    let first = world.applies(&world.ana, opportunity, "k").await.expect(201);
    let again = world.applies(&world.ana, opportunity, "k").await.expect(201);
    assert_eq!(first.text, again.text);
    let twice = world.applies(&world.ana, opportunity, "another").await.expect(409);
    assert_eq!(twice.code(), "application.already_applied");
    assert_eq!(world.events("application.submitted.v1").await.len(), 1);
}

#[tokio::test]
async fn whoever_applies_is_registered_first() {
    let world = world().await;
    let opportunity = world.opens(advert()).await;
    let refused = world.applies(&world.ana, opportunity, "k").await.expect(409);
    assert_eq!(refused.code(), "application.not_registered");
}

#[tokio::test]
async fn an_application_is_read_by_its_person_and_by_staff_of_the_locality_alone() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    let id = world.applies(&world.ana, opportunity, "k").await.expect(201).id();
    let path = format!("/v1/applications/{id}");
    let own = world.read(&world.ana, &path).await.expect(200);
    assert_eq!(own.json["form"]["answers"][0]["text"], "I listen on a helpline.");
    assert_eq!(
        own.json["progress"]["said"],
        "We have your application. Nothing has been decided yet."
    );
    let by_staff = world.read(&world.cleo, &path).await.expect(200);
    assert_eq!(by_staff.json["name"], "Ana Canary-Name");
    assert_eq!(by_staff.json["form"]["why"], "I have been an inpatient.");
    let listed = world.read(&world.cleo, &applications(opportunity)).await.expect(200);
    assert_eq!(listed.json["items"][0]["name"], "Ana Canary-Name");
    for stranger in [&world.ben, &world.dev] {
        assert_eq!(world.read(stranger, &path).await.status, 404);
        let withdraw = world.give(stranger, &format!("{path}/withdraw"), json!({})).await;
        assert!([403, 404].contains(&withdraw.status), "{}", withdraw.text);
    }
    assert_eq!(world.read(&world.dev, &applications(opportunity)).await.status, 403);
}

#[tokio::test]
async fn who_takes_an_application_back_sees_so_and_may_apply_again() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    let id = world.applies(&world.ana, opportunity, "k").await.expect(201).id();
    world.give(&world.ana, &format!("/v1/applications/{id}/withdraw"), json!({})).await.expect(200);
    let mine = world.read(&world.ana, "/v1/my/involvement").await.expect(200);
    assert_eq!(mine.json["applications"][0]["progress"]["stage"], "withdrawn");
    assert_eq!(mine.json["applications"][0]["title"], "Research Fund Public Panel");
    world.applies(&world.ana, opportunity, "anew").await.expect(201);
}

#[tokio::test]
async fn a_closing_moved_later_is_kept_and_what_is_withdrawn_takes_no_more() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    world.registers(&world.ben, &registration()).await;
    let opportunity = world.opens(advert()).await;
    let later = Closing::At {
        at: "2027-02-12T12:00:00Z".parse().unwrap(),
        zone: "Europe/London".to_owned(),
    };
    let reason = "The post was late.".to_owned();
    let extended = Fact::ClosingExtended { opportunity, closing: later, reason: reason.clone() };
    world.told(opportunity, 2, &extended).await;
    world.at("2027-02-12T11:00:00Z");
    world.applies(&world.ana, opportunity, "k").await.expect(201);
    world.told(opportunity, 3, &Fact::Withdrawn { opportunity, reason }).await;
    let refused = world.applies(&world.ben, opportunity, "k").await.expect(409);
    assert_eq!(refused.code(), "application.opportunity_withdrawn");
}

#[tokio::test]
async fn a_rolling_opportunity_takes_applications_until_it_is_closed_by_hand() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    world.registers(&world.ben, &registration()).await;
    let mut rolling = advert();
    rolling.closing = Closing::Rolling;
    let opportunity = world.opens(rolling).await;
    world.at("2027-03-01T09:00:00Z");
    world.applies(&world.ana, opportunity, "k").await.expect(201);
    let closed = Fact::Closed { opportunity, closed_at: "2027-03-01T09:00:00Z".parse().unwrap() };
    world.told(opportunity, 2, &closed).await;
    world.at("2027-03-01T09:01:00Z");
    let late = world.applies(&world.ben, opportunity, "k").await.expect(409);
    assert_eq!(late.code(), "application.closed");
}

#[tokio::test]
async fn staff_see_what_closes_soon_and_what_waits_for_a_panel() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    world.applies(&world.ana, opportunity, "k").await.expect(201);
    let waits = async |who| {
        let today = world.read(who, "/v1/today").await.expect(200);
        let items = today.json["items"].as_array().unwrap().clone();
        items.iter().map(|it| json!([it["what"], it["applications"]])).collect::<Vec<_>>()
    };
    assert_eq!(waits(&world.cleo).await, [json!(null); 0]);
    world.at("2027-02-01T09:00:00Z");
    assert_eq!(waits(&world.cleo).await, [json!(["closes_soon", 1])]);
    world.at(CLOSES);
    assert_eq!(waits(&world.cleo).await, [json!(["bring_a_panel_together", 1])]);
    assert_eq!(waits(&world.dev).await, [json!(null); 0]);
}
