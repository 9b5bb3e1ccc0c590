//! The whole way: from a claim to the money, and to the letters about it.

use serde_json::json;

use crate::bodies::{by_car, claim_for, fare, payment, session};
use crate::neighbour::facts_of;
use crate::world::{ACCOUNT_NUMBER, NAME, RUN_DAY, SORT_CODE, THE_DAY, world};

#[tokio::test]
async fn a_claim_is_made_approved_authorised_put_in_a_run_exported_and_paid() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 240).await);
    world.gives_account(&world.ana).await;
    let body = claim_for(&activity, &[payment(), by_car(124), fare("bus", 320)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let page = world.claim(&world.ana, &claim).await;
    let amounts: Vec<&str> = page["claimed"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount"]["pence"].as_str().unwrap())
        .collect();
    assert_eq!(amounts, ["7500", "682", "320"]);
    assert_eq!(
        page["claimed"]["lines"][0]["working"],
        "4 hours, paid as up to and including 4 hours: £75.00"
    );

    world.signed(&claim, &[1, 2, 3]).await;
    let batch = world.open_run().await;
    let run = world.run(&batch).await;
    assert_eq!(run["entries"].as_array().unwrap().len(), 2, "{run}");
    let standings = world.claim(&world.ana, &claim).await["claimed"]["parts"].take();
    assert_eq!(
        (&standings[0]["standing"], &standings[0]["batch"]),
        (&json!("in_batch"), &json!(batch))
    );

    world.on_run(&batch, "lock", json!({})).await.expect(200);
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let file = world.file(&batch).await.expect(200);
    let rows: Vec<&str> = file.text.lines().collect();
    assert_eq!(rows.len(), 3, "{}", file.text);
    let expected = format!(",{NAME},{SORT_CODE},{ACCOUNT_NUMBER},,10.02,expenses,{claim}");
    assert!(rows[1].ends_with(&expected), "{}", rows[1]);
    assert!(rows[2].contains(",75.00,involvement payment,"), "{}", rows[2]);

    world.at(&format!("{RUN_DAY}T12:00:00Z")).await;
    world.on_run(&batch, "mark-paid", json!({"paid_on": RUN_DAY})).await.expect(200);
    let parts = world.claim(&world.ana, &claim).await["claimed"]["parts"].take();
    for part in parts.as_array().unwrap() {
        assert_eq!((&part["standing"], &part["paid_on"]), (&json!("paid"), &json!(RUN_DAY)));
    }
    let mine = world.read(&world.ana, "/v1/my/claims").await;
    assert_eq!(mine["items"][0]["claim"], claim.as_str());
    assert_eq!(mine["items"][0]["expenses"]["pence"], "1002");
}

#[tokio::test]
async fn each_letter_has_its_fact_and_no_figure_mixes_the_kinds() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 240).await);
    world.gives_account(&world.ana).await;
    let body = claim_for(&activity, &[payment(), by_car(100), fare("taxi", 1_200)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let batch = world.open_run().await;
    world.signed(&claim, &[1, 2]).await;
    for (verb, body) in [("lock", json!({})), ("export", json!({}))] {
        world.on_run(&batch, verb, body).await.expect(200);
    }
    world.at(&format!("{RUN_DAY}T12:00:00Z")).await;
    world.on_run(&batch, "mark-paid", json!({"paid_on": RUN_DAY})).await.expect(200);
    let failed = json!({"claim": claim, "part": 2, "reason": "sent_back"});
    world.on_run(&batch, "mark-failed", failed).await.expect(200);

    let told = facts_of(&world.nats, reimbursements::NAME).await;
    let names: Vec<&str> = told
        .iter()
        .map(|(subject, _)| subject.trim_start_matches("reimbursements.facts."))
        .collect();
    assert_eq!(
        names,
        [
            "claim.received.v1",
            "claim.decided.v1",
            "claim.payable.v1",
            "claim.paid.v1",
            "claim.paid.v1",
            "claim.payment_failed.v1"
        ]
    );
    assert_eq!(told[0].1["questions"][0]["line"], 3, "the taxi is asked about at once");
    for (_, body) in &told[..3] {
        assert_eq!(body["payments"]["pence"], "7500", "{body}");
    }
    let paid: Vec<_> = told[3..5]
        .iter()
        .map(|(_, it)| (it["kind"].clone(), it["amount"]["pence"].clone()))
        .collect();
    assert_eq!(
        paid,
        [(json!("expenses"), json!("550")), (json!("involvement_payment"), json!("7500"))]
    );
    assert_eq!(told[3].1["activity_on"], THE_DAY);
    assert_eq!(told[3].1["payable_on"], "2027-05-12");
    assert_eq!(told[3].1["paid_on"], RUN_DAY);
}

#[tokio::test]
async fn a_queried_line_holds_nothing_else() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 240).await);
    world.gives_account(&world.ana).await;
    let batch = world.open_run().await;
    let body = claim_for(&activity, &[payment(), by_car(124), fare("bus", 320)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let question = json!({"lines": [2], "question": "Which way did you go?"});
    world.act(&world.pia, &claim, "query", question).await.expect(200);
    world.signed(&claim, &[1, 3]).await;
    let run = world.run(&batch).await;
    let amounts: Vec<_> =
        run["entries"].as_array().unwrap().iter().map(|it| &it["amount"]["pence"]).collect();
    assert_eq!(amounts, [&json!("320"), &json!("7500")]);

    let answer = json!({"line": 2, "answer": {"kind": "explained", "note": "Past the school."}});
    world.act(&world.ana, &claim, "answer-query", answer).await.expect(200);
    world.signed(&claim, &[2]).await;
    let run = world.run(&batch).await;
    assert_eq!(run["entries"][2]["amount"]["pence"], "682");
    assert_eq!(run["entries"][2]["of"]["part"], 3);
}
