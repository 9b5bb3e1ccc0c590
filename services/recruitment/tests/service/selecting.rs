//! A panel works: each member alone first, on what was published, and openly where it decides against
//! its own scores.

use contracts::opportunities::{Closing, Fact};
use serde_json::{Value, json};

use crate::round::{decision, round, score};

#[tokio::test]
async fn a_panel_sees_answers_but_neither_names_nor_needs_and_others_see_nothing() {
    let round = round().await;
    round.forms_panel().await;
    let board = round.board(&round.hana).await.expect(200);
    let applications = board.json["panel"]["applications"].as_array().unwrap();
    assert_eq!(applications.len(), 2, "whoever withdrew is not decided on");
    for application in applications {
        assert_eq!(application["answers"][0]["text"], "I listen on a helpline.");
        assert_eq!(application["why"], "I have been an inpatient.");
    }
    for hidden in ["Canary-Name", "hearing loop", "Mornings", "01632"] {
        assert!(!board.text.contains(hidden), "{hidden}");
    }
    let world = &round.world;
    for stranger in [&world.ana, &round.fay, &world.dev] {
        assert_eq!(round.board(stranger).await.status, 404);
        let score = score(&round.from_ben, "listening", 1);
        assert_eq!(round.give(stranger, "scores", score).await.status, 404);
    }
    let staff = round.board(&world.cleo).await.expect(200);
    assert!(!staff.text.contains("helpline") && staff.json["panel"].is_null());
}

#[tokio::test]
async fn whoever_applied_neither_sits_on_the_panel_nor_sees_it_whatever_their_role() {
    let round = round().await;
    let mut members = round.members();
    members["members"][1]["person"] = json!(round.world.ana.id);
    let refused = round.give(&round.world.cleo, "panel", members).await.expect(409);
    assert_eq!(refused.code(), "selection.member_cannot_sit");
    let coordinator = json!([{"role": "coordinator", "localities": []}]);
    let ana_of_the_staff = round.world.issuer.person("ana", &coordinator);
    assert_eq!(round.board(&ana_of_the_staff).await.status, 404);
    assert_eq!(round.today(&ana_of_the_staff).await, []);
    let panel = round.give(&ana_of_the_staff, "panel", round.members()).await;
    assert_eq!(panel.status, 403);
}

#[tokio::test]
async fn each_member_judges_alone_until_all_have_locked() {
    let round = round().await;
    assert_eq!(round.today(&round.world.cleo).await, [("bring_a_panel_together".to_owned(), 2)]);
    round.forms_panel().await;
    assert_eq!(round.on_my_panels(&round.hana).await, [("score_applications".to_owned(), 2)]);
    for application in [&round.from_ana, &round.from_ben] {
        round.scores(&round.hana, application, [4, 2]).await;
    }
    let missing = round.give(&round.gus, "lock", json!({})).await.expect(409);
    assert_eq!(missing.code(), "selection.scores_missing");
    round.give(&round.hana, "lock", json!({})).await.expect(200);
    let locked = round.give(&round.hana, "scores", score(&round.from_ana, "listening", 1)).await;
    assert_eq!(locked.expect(409).code(), "selection.scores_locked");

    let seen_by_gus = round.on_board(&round.gus, &round.from_ana).await;
    assert_eq!((&seen_by_gus["other_scores"], &seen_by_gus["agreed"]), (&json!([]), &Value::Null));
    let own = round.on_board(&round.hana, &round.from_ana).await;
    assert_eq!(own["own_scores"]["scores"][0]["evidence"], "canary-evidence on listening");
    let staff = round.board(&round.world.cleo).await;
    assert_eq!(staff.json["progress"]["scores"], json!([]));
    assert!(!staff.text.contains("canary-evidence"));

    for application in [&round.from_ana, &round.from_ben] {
        round.scores(&round.gus, application, [3, 3]).await;
    }
    round.give(&round.gus, "lock", json!({})).await.expect(200);
    let seen_by_gus = round.on_board(&round.gus, &round.from_ana).await;
    assert_eq!(seen_by_gus["other_scores"][0]["member"], json!(round.hana.id));
    assert_eq!(seen_by_gus["agreed"]["points"], 12);
    let staff = round.board(&round.world.cleo).await;
    assert_eq!(staff.json["progress"]["scores"][0]["agreed"]["members"], 2);
    assert!(!staff.text.contains("own_scores") && !staff.text.contains("canary-evidence"));
    assert_eq!(round.on_my_panels(&round.hana).await, [("decide_on_applications".to_owned(), 2)]);
}

#[tokio::test]
async fn only_what_was_published_is_scored_and_only_on_the_scale() {
    let round = round().await;
    round.forms_panel().await;
    for (body, code) in [
        (score(&round.from_ana, "charm", 4), "selection.not_a_criterion"),
        (score(&round.from_ana, "listening", 5), "selection.beyond_scale"),
    ] {
        assert_eq!(round.give(&round.gus, "scores", body).await.expect(409).code(), code);
    }
    let mut wordless = score(&round.from_ana, "listening", 4);
    wordless["evidence"] = json!(" ");
    let malformed = round.give(&round.gus, "scores", wordless).await.expect(422);
    assert_eq!(malformed.json["errors"][0]["field"], "evidence");
    let of_nobody = score(&uuid::Uuid::now_v7().to_string(), "listening", 4);
    assert_eq!(round.give(&round.gus, "scores", of_nobody).await.status, 404);
    let by_staff = round.give(&round.world.cleo, "scores", score(&round.from_ana, "listening", 4));
    assert_eq!(by_staff.await.expect(409).code(), "selection.not_on_the_panel");
    assert_eq!(round.world.events("selection.scored.v1").await, Vec::<Value>::new());
}

#[tokio::test]
async fn whoever_knows_someone_keeps_out_and_sees_nothing_more_of_them() {
    let round = round().await;
    round.forms_panel().await;
    let knows = json!({"application": round.from_ana, "conflict": "knows_the_person"});
    let conflicts = round.path("conflicts");
    round.typed(&round.world.cleo, &round.gus, &conflicts, &knows).await.expect(200);
    let kept_out = round.on_board(&round.gus, &round.from_ana).await;
    assert_eq!((&kept_out["conflict"], &kept_out["answers"]), (&knows["conflict"], &json!([])));
    let score = score(&round.from_ana, "listening", 4);
    let conflicted = round.give(&round.gus, "scores", score).await.expect(409);
    assert_eq!(conflicted.code(), "selection.conflicted");

    let staff = round.board(&round.world.cleo).await;
    assert_eq!(staff.json["progress"]["short_of_members"], 1);
    assert!(!staff.text.contains("conflict"), "{}", staff.text);
    assert_eq!(round.today(&round.world.cleo).await, [("add_a_panel_member".to_owned(), 1)]);
    round.scores(&round.gus, &round.from_ben, [3, 1]).await;
    round.scores(&round.hana, &round.from_ana, [4, 3]).await;
    round.scores(&round.hana, &round.from_ben, [3, 1]).await;
    for member in [&round.gus, &round.hana] {
        round.give(member, "lock", json!({})).await.expect(200);
    }
    let offer = decision(&round.from_ana, "offer", "You listen well.");
    let alone = round.give(&round.hana, "decide", offer).await.expect(409);
    assert_eq!(alone.code(), "selection.quorum_lacking");
}

#[tokio::test]
async fn a_panel_decides_otherwise_than_it_scored_only_openly_and_with_a_reason() {
    let round = round().await;
    round.forms_panel().await;
    let early = decision(&round.from_ana, "offer", "You listen well.");
    let early = round.give(&round.hana, "decide", early).await.expect(409);
    assert_eq!(early.code(), "selection.scores_not_open");
    round.is_scored().await;
    let not = json!({"application": round.from_ana, "decision": {"kind": "not_selected"}});
    let unexplained = round.give(&round.hana, "decide", not).await.expect(409);
    assert_eq!(unexplained.code(), "selection.reason_lacking");
    let not = decision(&round.from_ana, "not_selected", "Another was nearer.");
    round.give(&round.hana, "decide", not).await.expect(200);

    let mut offer = decision(&round.from_ben, "offer", "You live near.");
    let refused = round.give(&round.hana, "decide", offer.clone()).await.expect(409);
    assert_eq!(refused.code(), "selection.against_panel_advice");
    offer["outside_panel_advice"] = json!(true);
    let refused = round.give(&round.hana, "decide", offer.clone()).await.expect(409);
    assert_eq!(refused.code(), "selection.internal_reason_lacking");
    offer["internal_reason"] = json!("canary-internal: no bus goes there.");
    round.give(&round.hana, "decide", offer).await.expect(200);

    let seen = round.board(&round.ivy).await.expect(200).json["outcome"]["decisions"].clone();
    let of_ben = seen.as_array().unwrap().iter().find(|it| it["application"] == round.from_ben);
    let of_ben = of_ben.unwrap();
    assert_eq!(of_ben["decision"]["outside_panel_advice"], true);
    assert_eq!(of_ben["decision"]["internal_reason"], "canary-internal: no bus goes there.");
    assert!(round.board(&round.world.cleo).await.json["outcome"].is_null());
}

#[tokio::test]
async fn what_a_panel_does_is_kept_with_its_right_and_its_rules_and_what_it_wrote_sealed() {
    let round = round().await;
    let strict = json!({"effective_from": "2027-02-19", "values": {"kind": "selection_rules",
        "minimum_members": 2, "minimum_involvees": 1, "scale_max": 5, "essential_minimum": 3}});
    let ella = &round.world.ella;
    round.world.give(ella, "/v1/settings/selection_rules", strict).await.expect(201);
    round.forms_panel().await;
    round.is_scored().await;
    let kept: Vec<(String, String)> = sqlx::query_as(
        "select meta, payload from log.event where event_type = 'selection.scored.v1'",
    )
    .fetch_all(round.world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!(kept.len(), 8);
    for (meta, payload) in kept {
        let meta: Value = serde_json::from_str(&meta).unwrap();
        assert_eq!(meta["authority"]["role"], "panel_member");
        assert_eq!(meta["rule_version"], "selection_rules.1");
        assert!(!payload.contains("canary"));
    }
    let rows: Vec<String> = sqlx::query_scalar("select state from views.selection_view")
        .fetch_all(round.world.running.executor.pool())
        .await
        .unwrap();
    assert!(rows.len() == 1 && !rows[0].contains("canary"));
}

#[tokio::test]
async fn a_round_waits_while_applications_are_taken_again_and_ends_with_its_opportunity() {
    let round = round().await;
    let (world, opportunity) = (&round.world, round.opportunity);
    let closing =
        Closing::At { at: "2027-03-05T12:00:00Z".parse().unwrap(), zone: "Europe/London".into() };
    let reason = "The post was late.".to_owned();
    let extended = Fact::ClosingExtended { opportunity, closing, reason: reason.clone() };
    world.told(opportunity, 3, &extended).await;
    assert_eq!(round.board(&world.cleo).await.json["put_off"], true);
    let refused = round.give(&world.cleo, "panel", round.members()).await.expect(409);
    assert_eq!(refused.code(), "selection.still_open");
    world.at("2027-03-01T09:00:00Z");
    assert_eq!(round.today(&world.cleo).await, [("closes_soon".to_owned(), 2)]);
    round.closes(4).await;
    round.forms_panel().await;
    world.told(opportunity, 5, &Fact::Withdrawn { opportunity, reason }).await;
    assert_eq!(round.board(&world.cleo).await.json["stage"], "called_off");
    assert_eq!(round.board(&round.hana).await.status, 404);
    assert_eq!(round.on_my_panels(&round.hana).await, []);
}
