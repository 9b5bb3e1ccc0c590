//! A place is offered and accepted, or not; and whose it is, nobody is told whom it does not concern.

use contracts::OpportunityId;
use contracts::opportunities::{Fact, Outcome};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::forum::{forum, forum_in, offer, reached_on, what};
use crate::round::{Round, round};
use crate::world::advert;

/// The end of a year that began on 1 March 2027.
const ENDS_ON: &str = "2028-02-29";

#[tokio::test]
async fn an_offer_that_is_accepted_fills_the_seat() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let offered = forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")).await.expect(201);
    assert_eq!(offered.headers["location"], format!("/v1/appointments/{}", offered.id()).as_str());
    let mine = forum.world.read(&ana, "/v1/my/involvement").await.expect(200);
    let place = &mine.json["places"][0];
    assert_eq!(
        place["said"],
        "A place is offered to you. We hope to hear from you by 25 January 2027."
    );
    assert_eq!(place["group_name"], "Research forum");
    assert_eq!(forum.seat(0).await["held_until"], Value::Null);

    forum.gives(&ana, &offered.id(), "accept", json!({})).await.expect(200);
    assert_eq!(forum.seat(0).await["held_until"], ENDS_ON);
    let mine = forum.world.read(&ana, "/v1/my/involvement").await.expect(200);
    let place = &mine.json["places"][0];
    assert_eq!(place["your_term_ends_on"], ENDS_ON);
    assert_eq!(place["said"], "The place is yours. Your term ends on 29 February 2028.");
    let told = forum.told("appointment.accepted.v1").await;
    assert_eq!(told[0]["person"], json!(ana.id));
    assert_eq!(
        (&told[0]["starts_on"], &told[0]["ends_on"]),
        (&json!("2027-03-01"), &json!(ENDS_ON))
    );
    let facts = forum.world.facts().await;
    for name in ["group.established.v1", "seat.added.v1", "appointment.offered.v1"] {
        assert!(facts.iter().any(|it| it == name), "{name} is not among {facts:?}");
    }
}

#[tokio::test]
async fn one_seat_is_offered_to_one_person_at_a_time() {
    let forum = forum(1).await;
    let (ana, ben) = (forum.someone("ana"), forum.someone("ben"));
    let (one, other) = tokio::join!(
        forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")),
        forum.offers(0, offer(&ben, "2027-03-01", "2027-01-25")),
    );
    let mut answers = [one, other];
    answers.sort_by_key(|it| it.status);
    let [taken, refused] = &answers;
    assert_eq!((taken.status, refused.status), (201, 409));
    assert_eq!(refused.code(), "appointment.seat_taken");

    let offered = taken.id();
    let its_person = forum.stored("appointment.offered.v1").await[0].1["person"].clone();
    let (theirs, others) = if its_person == json!(ana.id) { (ana, ben) } else { (ben, ana) };
    let not_theirs = forum.gives(&others, &offered, "accept", json!({})).await;
    assert_eq!(not_theirs.status, 404, "that a place was offered to someone is nobody else's");
    forum.gives(&theirs, &offered, "accept", json!({})).await.expect(200);
    let held = forum.offers(0, offer(&others, "2027-04-01", "2027-02-25")).await.expect(409);
    assert_eq!(held.code(), "appointment.seat_taken");
}

#[tokio::test]
async fn a_no_needs_no_reason_and_frees_the_seat_for_another() {
    let forum = forum(1).await;
    let (ana, ben) = (forum.someone("ana"), forum.someone("ben"));
    let first = forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")).await.expect(201).id();
    forum.gives(&ana, &first, "decline", json!({})).await.expect(200);
    let second = forum.offers(0, offer(&ben, "2027-03-01", "2027-01-25")).await.expect(201).id();
    let back = json!({"reason": "The group works with fewer places."});
    assert_eq!(
        forum.gives(&forum.world.dev, &second, "withdraw-offer", back.clone()).await.status,
        404
    );
    forum.gives(&forum.staff(), &second, "withdraw-offer", back).await.expect(200);
    forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")).await.expect(201);
    assert_eq!(forum.told("appointment.declined.v1").await.len(), 1);
    let withdrawn = forum.told("appointment.offer_withdrawn.v1").await;
    assert_eq!(withdrawn[0]["reason"], "The group works with fewer places.");
}

#[tokio::test]
async fn an_offer_lapses_only_by_a_human_after_its_day_and_waits_for_them_from_then_on() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")).await.expect(201).id();
    forum.at("2027-01-25T12:00:00Z").await;
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());
    let early =
        forum.gives(&forum.staff(), &id, "lapse", reached_on("2027-01-25")).await.expect(409);
    assert_eq!(early.code(), "appointment.still_to_answer");
    forum.at("2027-01-26T00:00:00Z").await;
    let waiting = forum.today(&forum.staff()).await;
    assert_eq!(what(&waiting), ["ask_about_an_offer"]);
    assert_eq!(waiting[0]["person"], json!(ana.id));
    assert_eq!(forum.today(&forum.world.dev).await, Vec::<Value>::new());
    forum.gives(&forum.staff(), &id, "lapse", reached_on("2027-01-26")).await.expect(200);
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());
    assert_eq!(forum.told("appointment.offer_lapsed.v1").await.len(), 1);
}

#[tokio::test]
async fn an_application_leads_to_a_place_once_its_person_has_been_told() {
    let round = round().await;
    round.forms_panel().await;
    round.is_scored().await;
    round.is_decided().await;
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    let Round { world, opportunity, from_ana, from_ben, .. } = round;
    let forum = forum_in(Box::new(world), 1).await;
    let body = |person: &testkit::Person, application: &str| {
        let mut body = offer(person, "2027-04-01", "2027-03-15");
        body["application"] = json!(application);
        body
    };
    let (ana, ben) = (forum.someone("ana"), forum.someone("ben"));
    let early = forum.offers(0, body(&ana, &from_ana)).await.expect(409);
    assert_eq!(early.code(), "application.not_offered");
    forum.at("2027-02-22T09:00:00Z").await;
    let anothers = forum.offers(0, body(&ben, &from_ana)).await.expect(422);
    assert_eq!(anothers.json["errors"][0]["field"], "application");
    let not_chosen = forum.offers(0, body(&ben, &from_ben)).await.expect(409);
    assert_eq!(not_chosen.code(), "application.not_offered");

    let id = forum.offers(0, body(&ana, &from_ana)).await.expect(201).id();
    let offered = forum.told("appointment.offered.v1").await;
    assert_eq!(offered[0]["opportunity"], json!(opportunity));
    forum.gives(&ana, &id, "accept", json!({})).await.expect(200);
    let page = forum.world.read(&ana, &format!("/v1/applications/{from_ana}")).await;
    assert_eq!(page.expect(200).json["progress"]["stage"], "appointed");
}

#[tokio::test]
async fn seats_are_reserved_for_the_opportunity_that_names_them_until_it_has_failed_to_fill_them() {
    let forum = forum(2).await;
    let mut advert = advert();
    advert.seats = forum.seats.iter().map(|seat| seat.parse().unwrap()).collect();
    for (n, ends) in [None, Some(Outcome::PartFilled), Some(Outcome::Filled)].iter().enumerate() {
        let opportunity = OpportunityId::new(Uuid::now_v7());
        let approved = Fact::Approved { opportunity, advert: Box::new(advert.clone()) };
        forum.world.told(opportunity, 1, &approved).await;
        for seat in 0..2 {
            assert_eq!(forum.seat(seat).await["recruiting_through"], json!(opportunity), "{n}");
        }
        let (end, still_reserved) = match ends {
            None => (Fact::Withdrawn { opportunity, reason: "No room.".to_owned() }, false),
            Some(outcome) => {
                let (outcome, what_changed) = (*outcome, None);
                let end =
                    Fact::OutcomeRecorded { opportunity, outcome, places_filled: 1, what_changed };
                (end, outcome == Outcome::Filled)
            }
        };
        forum.world.told(opportunity, 2, &end).await;
        for seat in 0..2 {
            let reserved = !forum.seat(seat).await["recruiting_through"].is_null();
            assert_eq!(reserved, still_reserved, "{n}");
        }
    }
}

#[tokio::test]
async fn whoever_has_used_up_their_terms_has_a_break_unless_the_lead_says_why_not() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-02-01").await;
    let renewal = json!({"term_ending_on": "2028-01-31", "agreed_with_person": true});
    forum.gives(&forum.staff(), &id, "renew", renewal).await.expect(200);
    let third = json!({"term_ending_on": "2029-01-31", "agreed_with_person": true});
    let used_up = forum.gives(&forum.staff(), &id, "renew", third.clone()).await.expect(409);
    assert_eq!(used_up.code(), "appointment.terms_used_up");
    forum.at("2028-02-10T09:00:00Z").await;
    let resigned = json!({"last_day": "2028-02-10"});
    forum.gives(&forum.someone("ana"), &id, "resign", resigned).await.expect(200);
    forum.at("2028-02-11T00:00:00Z").await;
    assert_eq!(forum.seat(0).await["held_until"], Value::Null);

    let again = offer(&ana, "2028-03-01", "2028-02-25");
    let on_break = forum.offers(0, again.clone()).await.expect(409);
    assert_eq!(on_break.code(), "appointment.on_break");
    assert!(on_break.text.contains("2029-02-11"), "{}", on_break.text);
    let mut with_reason = again;
    with_reason["exception"] = json!({"reason": "Nobody else knows the canary-register."});
    assert_eq!(forum.offers(0, with_reason.clone()).await.status, 403);
    let path = format!("/v1/seats/{}/appointments", forum.seats[0]);
    let lead = forum.lead();
    let offered = forum.world.give(&lead, &path, with_reason).await.expect(201);
    let page = format!("/v1/appointments/{}", offered.id());
    let page = forum.world.read(&forum.someone("ana"), &page).await.expect(200);
    assert_eq!(page.json["term"]["number"], 3);
    assert_eq!(page.json["exception"]["reason"], "Nobody else knows the canary-register.");
    assert_eq!(page.json["exception"]["authorised_by"], json!(lead.id));
    let stored = forum.stored("appointment.offered.v1").await;
    assert!(!stored.iter().any(|(_, it)| it.to_string().contains("canary-register")));
}

#[tokio::test]
async fn nobody_else_is_told_whose_place_it_is_and_who_it_is_for_stands_beside_no_name() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-03-01").await;
    let page = format!("/v1/appointments/{id}");
    let holders = format!("/v1/groups/{}/holders", forum.group);
    for stranger in [&forum.world.ben, &forum.world.dev] {
        assert_eq!(forum.world.read(stranger, &page).await.status, 404);
        assert!([403, 404].contains(&forum.world.read(stranger, &holders).await.status));
    }
    let group = forum.world.read(&forum.world.ben, &format!("/v1/groups/{}", forum.group)).await;
    assert!(!group.text.contains("carer") && !group.text.contains(&ana.id.to_string()));

    let seen = forum.world.read(&forum.staff(), &holders).await.expect(200);
    let holder = &seen.json["items"][0];
    assert_eq!(holder["name"], "Ana Canary-Name");
    assert_eq!(
        (&holder["seat"], &holder["term_ends_on"]),
        (&json!(forum.seats[0]), &json!(ENDS_ON))
    );
    for with_names in [seen, forum.world.read(&forum.staff(), &page).await.expect(200)] {
        assert!(with_names.text.contains("Canary-Name"));
        assert!(!with_names.text.contains("carer"), "{}", with_names.text);
    }
}

#[tokio::test]
async fn a_yes_on_paper_counts_from_when_it_came_and_both_times_and_the_typist_are_kept() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")).await.expect(201).id();
    forum.at("2027-01-27T09:00:00Z").await;
    forum.gives(&forum.staff(), &id, "lapse", reached_on("2027-01-26")).await.expect(200);
    forum.at("2027-01-28T09:00:00Z").await;
    let accept = format!("/v1/appointments/{id}/accept");
    let typed_in = |key: &'static str, received_at: &'static str, who: testkit::Person| {
        let request = forum.world.http.request(reqwest::Method::POST, Some(&who), &accept);
        let request = request
            .header("idempotency-key", key)
            .header("involvement-on-behalf-of", ana.id.to_string())
            .header("involvement-received-at", received_at)
            .header("involvement-taken", "paper");
        testkit::send(request.json(&json!({})))
    };
    let elsewhere = forum.world.issuer.person(
        "dev",
        &json!([{"role": "coordinator",
        "localities": ["Leeds"]}]),
    );
    let in_time = "2027-01-26T15:00:00Z";
    assert_eq!(typed_in("other", in_time, elsewhere).await.status, 404);
    let late = typed_in("late", "2027-01-27T10:00:00Z", forum.staff()).await.expect(409);
    assert_eq!(late.code(), "appointment.lapsed");
    typed_in("in-time", in_time, forum.staff()).await.expect(200);
    assert_eq!(forum.seat(0).await["held_until"], ENDS_ON);
    let meta: String = sqlx::query_scalar(
        "select meta from log.event where event_type = 'appointment.accepted.v1'",
    )
    .fetch_one(forum.world.running.executor.pool())
    .await
    .unwrap();
    let meta: Value = serde_json::from_str(&meta).unwrap();
    assert_eq!(meta["actor"]["person"], json!(forum.staff().id));
    assert_eq!(meta["on_behalf_of"], json!(ana.id));
    assert_eq!((&meta["received_at"], &meta["taken"]), (&json!(in_time), &json!("paper")));
    assert_eq!(meta["occurred_at"], "2027-01-28T09:00:00Z");
}
