//! All outcomes of a round are told at one moment, on a morning on which someone can be reached, after
//! someone outside the panel has approved them.

use serde_json::{Value, json};

use crate::round::{Round, decision, round};
use crate::world::{applications, form, world};

async fn decided_round() -> Round {
    let round = Box::pin(round()).await;
    round.forms_panel().await;
    round.is_scored().await;
    round.is_decided().await;
    round
}

#[tokio::test]
async fn everyone_is_told_together_on_a_working_morning_and_why() {
    let round = decided_round().await;
    let world = &round.world;
    assert_eq!(round.today(&round.ivy).await, [("approve_the_outcome".to_owned(), 2)]);
    assert_eq!(round.today(&round.gus).await, [], "nobody approves their own panel's outcome");
    let unknown = round.approves(&round.ivy).await.expect(409);
    assert_eq!(unknown.code(), "selection.calendar_lacking");
    round.knows_its_bank_holidays().await;
    let own = round.approves(&round.gus).await.expect(409);
    assert_eq!(own.code(), "selection.someone_else_must_approve");
    assert_eq!(round.approves(&world.cleo).await.status, 403);
    let nobody = json!({"reachable": uuid::Uuid::now_v7()});
    let nobody = round.give(&round.ivy, "approve", nobody).await.expect(422);
    assert_eq!(nobody.json["errors"][0]["field"], "reachable", "someone can be reached");
    round.approves(&round.ivy).await.expect(200);
    let board = round.board(&world.cleo).await;
    assert_eq!(board.json["tell_at"], "2027-02-22T09:00:00Z", "the Monday after");
    assert!(board.json["outcome"].is_null());
    let meta: String = sqlx::query_scalar(
        "select meta from log.event where event_type = 'selection.outcome_approved.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert!(meta.contains("selection_rules.suggested working_calendar.england.2027.1"), "{meta}");

    world.at("2027-02-22T08:59:59Z");
    for (person, application) in [(&world.ana, &round.from_ana), (&world.ben, &round.from_ben)] {
        assert_eq!(round.progress(person, application).await["stage"], "undecided");
    }
    world.at("2027-02-22T09:00:00Z");
    let told = |stage: &str, said: &str, reason: &str| json!({"stage": stage, "said": said, "reason": reason});
    assert_eq!(
        round.progress(&world.ana, &round.from_ana).await,
        told("offered", "A place is offered to you.", "You listen well.")
    );
    assert_eq!(
        round.progress(&world.ben, &round.from_ben).await,
        told("not_selected", "You were not selected this time.", "Others had sat on more panels.")
    );
    let staff = round.board(&world.cleo).await;
    assert_eq!(staff.json["outcome"]["decisions"].as_array().unwrap().len(), 2);
    let member = round.board(&round.hana).await;
    assert!(!member.text.contains("helpline") && !member.text.contains("canary-evidence"));
}

#[tokio::test]
async fn others_hear_what_people_are_told_and_nothing_of_who_decided_it_how() {
    let round = decided_round().await;
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    round.world.at("2027-02-22T09:00:00Z");
    let facts = round.world.facts().await;
    let of_round: Vec<&str> = facts
        .iter()
        .map(String::as_str)
        .filter(|name| name.starts_with("selection.") || name.starts_with("application."))
        .collect();
    let (applied, told) = of_round.split_at(4);
    assert_eq!(applied[3], "application.withdrawn.v1");
    let mut told = told.to_vec();
    assert_eq!(told.remove(0), "selection.outcomes_told.v1");
    told.sort_unstable();
    assert_eq!(told, ["application.not_selected.v1", "application.offered.v1"]);
}

#[tokio::test]
async fn whoever_withdraws_before_the_morning_is_told_nothing() {
    let round = decided_round().await;
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    let withdraw = format!("/v1/applications/{}/withdraw", round.from_ben);
    round.world.give(&round.world.ben, &withdraw, json!({})).await.expect(200);
    round.world.at("2027-02-22T09:00:00Z");
    assert_eq!(round.progress(&round.world.ben, &round.from_ben).await["stage"], "withdrawn");
    assert_eq!(round.progress(&round.world.ana, &round.from_ana).await["stage"], "offered");
    assert_eq!(round.world.events("application.not_selected.v1").await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_came_in_time_and_was_typed_in_late_is_taken_in_or_seen_by_staff() {
    let round = decided_round().await;
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    let world = &round.world;
    let path = applications(round.opportunity);
    let mut late = Vec::new();
    for name in ["joe", "kim"] {
        let person = world.issuer.person(name, &json!([]));
        world.registers(&person, &crate::world::registration()).await;
        late.push(person);
    }
    round.typed(&world.cleo, &late[0], &path, &form()).await.expect(201);
    let board = round.board(&world.cleo).await.json;
    assert_eq!((&board["stage"], &board["tell_at"]), (&json!("under_way"), &Value::Null));
    assert_eq!(round.today(&round.ivy).await, [], "the approval did not know of them");

    let mine = world.read(&late[0], "/v1/my/involvement").await.expect(200);
    let application = mine.json["applications"][0]["application"].as_str().unwrap().to_owned();
    for member in [&round.gus, &round.hana] {
        round.scores(member, &application, [2, 0]).await;
        round.give(member, "lock", json!({})).await.expect(200);
    }
    let not = decision(&application, "not_selected", "Others had more practice.");
    round.give(&round.hana, "decide", not).await.expect(200);
    round.approves(&round.ivy).await.expect(200);
    world.at("2027-02-22T09:00:00Z");
    assert_eq!(round.progress(&late[0], &application).await["stage"], "not_selected");
    assert_eq!(round.today(&world.cleo).await, []);

    round.typed(&world.cleo, &late[1], &path, &form()).await.expect(201);
    let late_one = [("look_at_what_came_too_late".to_owned(), 1)];
    assert_eq!(round.today(&world.cleo).await, late_one);
    assert_eq!(round.today(&world.dev).await, []);
}

#[tokio::test]
async fn a_round_heard_again_and_made_anew_from_the_log_is_the_same() {
    let mut round = decided_round().await;
    let before = (round.board(&round.hana).await.text, round.today(&round.ivy).await);
    sqlx::query("update views.checkpoint set version = 0")
        .execute(round.world.running.executor.pool())
        .await
        .unwrap();
    round.world = round.world.hearing_everything_again().await;
    round.world.heard(2).await;
    assert_eq!((round.board(&round.hana).await.text, round.today(&round.ivy).await), before);
}

#[tokio::test]
async fn every_calendar_that_ships_can_be_put_in_force() {
    let world = world().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/calendars");
    let mut n_calendars = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let values: Value = serde_json::from_str(&text).unwrap();
        let body = json!({"effective_from": "2027-01-11", "values": values});
        world.give(&world.ella, "/v1/settings/working_calendar", body).await.expect(201);
        n_calendars += 1;
    }
    let settings = world.read(&world.ella, "/v1/settings").await.expect(200);
    assert_eq!(settings.json["items"].as_array().unwrap().len(), n_calendars);
    assert!(n_calendars >= 4);
}
