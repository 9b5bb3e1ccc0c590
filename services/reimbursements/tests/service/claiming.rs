//! What can be claimed for, by whom, and how often.

use contracts::SessionId;
use contracts::recruitment::Fact;
use contracts::recruitment::sessions::{Attendance, Attended, Mode, TaskKind};
use reqwest::Method;
use serde_json::json;
use testkit::send;
use uuid::Uuid;

use crate::bodies::{by_car, claim_for, fare, payment, session};
use crate::world::{THE_DAY, attendance, world};

#[tokio::test]
async fn what_nobody_has_told_of_is_not_refused_but_asked_for_again() {
    let world = world().await;
    let unheard = SessionId::new(Uuid::now_v7());
    let body = claim_for(&session(unheard), &[payment()]);
    let early = world.http.post(&world.ana, "/v1/claims", "k", &body).await.expect(409);
    assert_eq!(early.code(), "activity.not_heard_of");
    assert_eq!(early.headers["retry-after"], "2");
    let told = Fact::AttendanceRecorded(attendance(unheard, &world.ana, THE_DAY, 60));
    world.told(&told).await;
    world.http.post(&world.ana, "/v1/claims", "k", &body).await.expect(201);
}

#[tokio::test]
async fn a_claim_waits_for_the_word_it_comes_with() {
    let world = world().await;
    let heard = SessionId::new(Uuid::now_v7());
    let told = Fact::AttendanceRecorded(attendance(heard, &world.ana, THE_DAY, 60));
    let position = world.recruitment.tells(Uuid::now_v7(), &told).await;
    let request = world.http.request(Method::POST, Some(&world.ana), "/v1/claims");
    let request = request
        .header("idempotency-key", "k")
        .header("involvement-token", format!("recruitment:{position}"));
    let body = claim_for(&session(heard), &[payment()]);
    send(request.json(&body)).await.expect(201);
}

#[tokio::test]
async fn nobody_claims_for_a_session_they_did_not_attend() {
    let world = world().await;
    let planned = world.planned(Mode::InPerson).await;
    let by_ben = session(world.attended(&world.ben, THE_DAY, 240).await);
    for activity in [session(planned), by_ben] {
        let refused =
            world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(409);
        assert_eq!(refused.code(), "claim.not_attended");
    }
    let corrected = world.attended(&world.ana, THE_DAY, 240).await;
    let absent = Attended {
        how: Attendance::NotKnown,
        minutes: 0,
        ..attendance(corrected, &world.ana, THE_DAY, 0)
    };
    world.told(&Fact::AttendanceCorrected(absent)).await;
    let body = claim_for(&session(corrected), &[payment()]);
    let refused = world.claims(&world.ana, body).await.expect(409);
    assert_eq!(refused.code(), "claim.not_attended");
}

#[tokio::test]
async fn one_session_is_claimed_for_once_until_the_claim_is_withdrawn() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 240).await);
    let body = || claim_for(&activity, &[payment()]);
    let first = world.claims(&world.ana, body()).await.expect(201).id();
    let again = world.claims(&world.ana, body()).await.expect(409);
    assert_eq!(again.code(), "claim.already_claimed");
    world.act(&world.ana, &first, "withdraw", json!({})).await.expect(200);
    assert_eq!(world.claim(&world.ana, &first).await["withdrawn"], true);
    world.claims(&world.ana, body()).await.expect(201);
}

#[tokio::test]
async fn nobody_is_paid_for_longer_than_they_were_there_or_before_they_were() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let longer = json!({"line": "involvement_payment", "takes_payment": true,
        "measure": {"by": "time", "minutes": 61}});
    let refused = world.claims(&world.ana, claim_for(&activity, &[longer])).await.expect(409);
    assert_eq!(refused.code(), "claim.beyond_record");
    let tomorrow = session(world.attended(&world.ana, "2027-05-13", 60).await);
    let refused = world.claims(&world.ana, claim_for(&tomorrow, &[payment()])).await.expect(409);
    assert_eq!(refused.code(), "claim.not_yet_happened");
}

#[tokio::test]
async fn a_late_claim_is_let_in_by_staff_alone_who_say_why() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, "2027-04-10", 60).await);
    world.at("2027-07-10T09:00:00Z").await;
    let mut body = claim_for(&activity, &[payment()]);
    body["late_because"] = json!("The register was written up late.");
    let refused = world.claims(&world.ana, body.clone()).await.expect(409);
    assert_eq!(refused.code(), "claim.window_closed");
    let path = "/v1/claims";
    let by_supporter = world.give_for(&world.sue, &world.ana, None, path, body.clone()).await;
    assert_eq!(by_supporter.expect(409).code(), "claim.window_closed");
    let typed = world.give_for(&world.cora, &world.ana, Some("paper"), path, body).await;
    let claim = typed.expect(201).id();
    let page = world.claim(&world.ana, &claim).await;
    assert_eq!(page["claimed"]["late_because"], "The register was written up late.");
}

#[tokio::test]
async fn a_window_that_was_put_in_force_holds_and_the_claim_cites_it() {
    let world = world().await;
    let longer = json!({"effective_from": "2027-05-12",
        "values": {"kind": "claim_window", "warn_days": 30, "close_days": 365}});
    world.give(&world.fin, "/v1/settings", longer.clone()).await.expect(403);
    world.give(&world.lea, "/v1/settings", longer).await.expect(201);
    let activity = session(world.attended(&world.ana, "2027-05-12", 60).await);
    world.at("2027-12-01T09:00:00Z").await;
    world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(201);
    let cited: String = sqlx::query_scalar(
        "select meta::json ->> 'rule_version' from log.event
         where event_type = 'claim.submitted.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!(cited, "claim_window.1");
}

#[tokio::test]
async fn reading_a_document_is_paid_by_the_piece_and_other_work_in_expenses_alone() {
    let world = world().await;
    let read = world.worked(&world.ana, TaskKind::ReadDocument, Some(90)).await;
    let activity = json!({"kind": "work", "work": read});
    let claim = world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(201).id();
    let page = world.claim(&world.ana, &claim).await;
    assert_eq!(page["claimed"]["lines"][0]["amount"]["pence"], "2500");

    let review = world.worked(&world.ana, TaskKind::Review, None).await;
    let activity = json!({"kind": "work", "work": review});
    let refused = world.claims(&world.ana, claim_for(&activity, &[payment()])).await.expect(409);
    assert_eq!(refused.code(), "claim.no_payment_offered");
    world.claims(&world.ana, claim_for(&activity, &[fare("bus", 320)])).await.expect(201);
}

#[tokio::test]
async fn a_journey_to_what_took_place_online_is_asked_about_without_suspicion() {
    let world = world().await;
    let online = world.planned(Mode::Online).await;
    let told = Fact::AttendanceRecorded(attendance(online, &world.ana, THE_DAY, 60));
    world.told(&told).await;
    let body = claim_for(&session(online), &[payment(), by_car(10)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let page = world.claim(&world.ana, &claim).await;
    let question = page["claimed"]["lines"][1]["question"].as_str().unwrap();
    assert!(question.contains("in a few words what the journey was for"), "{question}");
}

#[tokio::test]
async fn staff_and_supporters_claim_for_someone_and_nobody_else_does() {
    let world = world().await;
    let mut activities = Vec::new();
    for _ in 0..3 {
        activities.push(session(world.attended(&world.ana, THE_DAY, 60).await));
    }
    let body = |place: usize| claim_for(&activities[place], &[payment()]);
    let typed = world.give_for(&world.cora, &world.ana, Some("phone"), "/v1/claims", body(0)).await;
    let claim = typed.expect(201).id();
    let (taken, actor): (String, String) = sqlx::query_as(
        "select meta::json ->> 'taken', meta::json -> 'actor' ->> 'person' from log.event
         where event_type = 'claim.submitted.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!((taken.as_str(), actor), ("phone", world.cora.id.to_string()));
    assert_eq!(world.claim(&world.cora, &claim).await["person"], world.ana.id.to_string());

    world.give_for(&world.sue, &world.ana, None, "/v1/claims", body(1)).await.expect(201);
    world.give_for(&world.sue, &world.ben, None, "/v1/claims", body(2)).await.expect(403);
    world.give_for(&world.ben, &world.ana, None, "/v1/claims", body(2)).await.expect(403);
    world.give_for(&world.pia, &world.ana, Some("phone"), "/v1/claims", body(2)).await.expect(403);
}

#[tokio::test]
async fn a_body_that_needs_mending_is_told_field_by_field_and_repeats_nothing() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    let mut line = fare("bus", 320);
    line["note"] = json!("zacanary\u{0}");
    let answer =
        world.claims(&world.ana, claim_for(&activity, &[payment(), line])).await.expect(422);
    assert_eq!(answer.json["errors"][0]["field"], "lines[1].note");
    assert!(!answer.text.contains("zacanary"), "{}", answer.text);
}

#[tokio::test]
async fn what_has_nothing_to_do_with_money_passes_by() {
    let world = world().await;
    world.something_else_is_told().await;
    world.attended(&world.ana, THE_DAY, 60).await;
}
