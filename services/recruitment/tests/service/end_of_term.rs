//! A term comes to its end: people are asked in time, each once, and a human settles what follows.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::Person;

use crate::forum::{Forum, LADDER, forum, reached_on, what};
use crate::wall_calendar::{Day, days_before, months_before, nine_in_london, written};
use crate::world::registration;

const CAME_DUE: &str = "appointment.reminder_came_due.v1";

/// When a term that ends on this day is asked about, counted by hand.
fn asked_at(ends_on: Day) -> Vec<Timestamp> {
    let day =
        |(months, days): (u8, u8)| days_before(months_before(ends_on, months.into()), days.into());
    LADDER.into_iter().map(|step| nine_in_london(day(step)).parse().unwrap()).collect()
}

/// Whose reminder came, and when.
async fn reminders(forum: &Forum) -> Vec<(Timestamp, Value)> {
    let all = forum.stored(CAME_DUE).await;
    all.into_iter().map(|(at, it)| (at, it["person"].clone())).collect()
}

#[tokio::test]
async fn each_reminder_comes_once_at_nine_in_the_morning_of_its_day() {
    let forum = forum(3).await;
    let fay = forum.someone("fay");
    forum.world.registers(&fay, &registration()).await;
    // The last one's week before falls on the day on which summer time begins in 2028, and each
    // ladder reaches from summer into winter and partly out again.
    let terms: [(Person, &str, Day); 3] = [
        (forum.someone("ana"), "2027-03-01", (2028, 2, 29)),
        (forum.someone("ben"), "2027-05-01", (2028, 4, 30)),
        (fay, "2027-04-03", (2028, 4, 2)),
    ];
    let mut expected = Vec::new();
    for (seat, (who, starts_on, ends_on)) in terms.iter().enumerate() {
        forum.appoints(seat, who, starts_on).await;
        expected.extend(asked_at(*ends_on).into_iter().map(|at| (at, json!(who.id))));
    }
    expected.sort_by_key(|(at, _)| *at);
    assert_eq!(expected.len(), 12);
    assert!(expected.iter().any(|(at, _)| at.to_string() == "2028-03-26T08:00:00Z"));
    for n in 0..expected.len() {
        let at = expected[n].0;
        forum.at(&(at - SignedDuration::from_secs(1)).to_string()).await;
        assert_eq!(reminders(&forum).await.len(), n, "none comes before {at}");
        forum.at(&at.to_string()).await;
        assert_eq!(reminders(&forum).await, expected[..=n]);
    }
    assert_eq!(forum.told(CAME_DUE).await.len(), 12);
}

#[tokio::test]
async fn a_question_waits_for_staff_with_its_seat_until_it_is_answered() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-03-01").await;
    forum.at("2027-11-29T09:00:00Z").await;
    let waiting = forum.today(&forum.staff()).await;
    assert_eq!(what(&waiting), ["ask_about_the_end_of_a_term"; 2]);
    assert_eq!(waiting[0]["question"], "plan_succession");
    assert_eq!(waiting[0]["seat"], forum.seats[0].as_str());
    assert_eq!(waiting[1]["ends_on"], "2028-02-29");
    let told = forum.told(CAME_DUE).await;
    assert_eq!(
        (&told[0]["to"], &told[0]["question"]),
        (&json!("coordinator"), &json!("plan_succession"))
    );
    assert_eq!(told[1]["to"], "involvee_and_chair");

    let answer = json!({"step": waiting[1]["step"], "answer": "rotate", "by": "phone"});
    forum.gives(&forum.staff(), &id, "record-answer", answer).await.expect(200);
    let waiting = forum.today(&forum.staff()).await;
    assert_eq!(what(&waiting), ["act_on_an_answer"]);
    assert_eq!(waiting[0]["answer"], "rotate");
    forum.gives(&forum.staff(), &id, "confirm-end", reached_on("2027-11-29")).await.expect(200);
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());
    forum.at("2028-02-29T23:59:59Z").await;
    assert_eq!(forum.stored(CAME_DUE).await.len(), 2, "what is answered is not asked again");
    assert_eq!(forum.told("appointment.ended.v1").await, Vec::<Value>::new());
    forum.at("2028-03-01T00:00:00Z").await;
    let ended = forum.told("appointment.ended.v1").await;
    assert_eq!(
        (&ended[0]["why"], &ended[0]["last_day"]),
        (&json!("term_complete"), &json!("2028-02-29"))
    );
    assert_eq!(forum.told("seat.vacated.v1").await[0]["needs_opportunity"], true);
}

#[tokio::test]
async fn a_renewal_moves_the_reminders_to_the_new_end() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-03-01").await;
    forum.at("2027-08-29T08:00:00Z").await;
    let disagreed = json!({"term_ending_on": "2028-02-29", "agreed_with_person": false});
    let refused = forum.gives(&forum.staff(), &id, "renew", disagreed).await.expect(409);
    assert_eq!(refused.code(), "appointment.not_agreed");
    let agreed = json!({"term_ending_on": "2028-02-29", "agreed_with_person": true});
    forum.gives(&forum.staff(), &id, "renew", agreed).await.expect(200);
    assert_eq!(forum.seat(0).await["held_until"], "2029-02-28");
    let renewed = forum.told("appointment.renewed.v1").await;
    assert_eq!(
        (&renewed[0]["starts_on"], &renewed[0]["ends_on"]),
        (&json!("2028-03-01"), &json!("2029-02-28"))
    );
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());

    let expected = asked_at((2029, 2, 28));
    let last_moment = expected[0] - SignedDuration::from_secs(1);
    forum.at(&last_moment.to_string()).await;
    assert_eq!(reminders(&forum).await.len(), 1, "nothing of the old end comes any more");
    assert_eq!(forum.told("appointment.stays_on.v1").await, Vec::<Value>::new());
    for at in &expected {
        forum.at(&at.to_string()).await;
    }
    let came: Vec<Timestamp> = reminders(&forum).await.into_iter().map(|(at, _)| at).collect();
    assert_eq!(came[1..], expected);
}

#[tokio::test]
async fn a_confirmed_end_comes_at_midnight_in_london() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-07-01").await;
    assert_eq!(
        forum.gives(&forum.world.dev, &id, "confirm-end", reached_on("2027-01-11")).await.status,
        404
    );
    forum.gives(&forum.staff(), &id, "confirm-end", reached_on("2027-01-11")).await.expect(200);
    let settled = forum.told("appointment.end_confirmed.v1").await;
    assert_eq!(
        (&settled[0]["last_day"], &settled[0]["why"]),
        (&json!("2028-06-30"), &json!("term_complete"))
    );
    // Midnight in London in summer is an hour before Greenwich's.
    forum.at("2028-06-30T22:59:59Z").await;
    assert_eq!(forum.stored("appointment.ended.v1").await, []);
    assert_eq!(forum.seat(0).await["held_until"], "2028-06-30");
    forum.at("2028-06-30T23:00:00Z").await;
    assert_eq!(forum.stored("appointment.ended.v1").await.len(), 1);
    assert_eq!(forum.seat(0).await["held_until"], Value::Null);
    assert_eq!(forum.stored(CAME_DUE).await, [], "what is settled is not asked");
    let vacated = forum.told("seat.vacated.v1").await.remove(0);
    let expected = json!({"seat": forum.seats[0], "group": forum.group, "role": {"kind": "member"},
        "constituency": "carer", "locality": "Bristol", "term_months": 12,
        "vacant_from": "2028-07-01", "needs_opportunity": true});
    assert_eq!(vacated, expected, "neither why nor whose it was");
}

#[tokio::test]
async fn what_nobody_settles_lets_the_person_stay_on_until_a_human_does() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-03-01").await;
    forum.at("2028-02-29T23:59:59Z").await;
    assert_eq!(forum.stored("appointment.stays_on.v1").await, []);
    forum.at("2028-03-01T00:00:00Z").await;
    assert_eq!(forum.told("appointment.stays_on.v1").await[0]["term_ended_on"], "2028-02-29");
    assert_eq!(forum.seat(0).await["held_until"], "2028-02-29", "the place is still theirs");
    let page = forum.world.read(&forum.someone("ana"), &format!("/v1/appointments/{id}")).await;
    assert_eq!(page.expect(200).json["stays_on"], true);
    let waiting = forum.today(&forum.staff()).await;
    assert_eq!(what(&waiting).last(), Some(&"settle_what_follows_a_term"));
    assert_eq!(waiting.last().unwrap()["ends_on"], "2028-02-29");

    let late = forum.gives(&forum.staff(), &id, "confirm-end", reached_on("2028-03-01")).await;
    assert_eq!(late.expect(409).code(), "appointment.term_ran_out");
    let end = json!({"grounds": {"kind": "term_complete"}, "last_day": "2028-03-31",
        "contact": {"by": "phone", "on": "2028-03-01"}});
    forum.gives(&forum.staff(), &id, "end", end).await.expect(200);
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());
    // Summer time began on 26 March.
    forum.at("2028-03-31T22:59:59Z").await;
    assert_eq!(forum.told("seat.vacated.v1").await, Vec::<Value>::new());
    forum.at("2028-03-31T23:00:00Z").await;
    assert_eq!(forum.told("seat.vacated.v1").await[0]["vacant_from"], "2028-04-01");
}

#[tokio::test]
async fn whoever_was_asked_to_leave_reads_why_and_until_when_to_reply_and_others_do_not() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-01-11").await;
    let end = |by: &str| {
        json!({"grounds": {"kind": "stepped_down", "review_until": "2027-02-08",
            "reason": "canary-reason"}, "last_day": "2027-01-31",
            "contact": {"by": by, "on": "2027-01-11"}})
    };
    let by_phone = forum.gives(&forum.staff(), &id, "end", end("phone")).await.expect(409);
    assert_eq!(by_phone.code(), "appointment.not_told_in_person");
    forum.gives(&forum.staff(), &id, "end", end("in_person")).await.expect(200);
    let page = forum.world.read(&ana, &format!("/v1/appointments/{id}")).await.expect(200);
    assert_eq!(page.json["review"], json!({"until": "2027-02-08", "reason": "canary-reason"}));
    forum.at("2027-02-01T00:00:00Z").await;
    let ended = forum.told("appointment.ended.v1").await;
    assert_eq!(ended[0]["why"], "stepped_down");
    for name in ["appointment.end_confirmed.v1", "appointment.ended.v1", "seat.vacated.v1"] {
        let told = json!(forum.told(name).await).to_string();
        assert!(!told.contains("review") && !told.contains("reason"), "{told}");
    }
}

#[tokio::test]
async fn whoever_leaves_says_so_themselves_and_need_not_say_why() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let id = forum.appoints(0, &ana, "2027-01-11").await;
    let goodbye = json!({"last_day": "2027-01-20"});
    assert_eq!(forum.gives(&forum.staff(), &id, "resign", goodbye.clone()).await.status, 404);
    assert_eq!(forum.gives(&forum.world.ben, &id, "resign", goodbye.clone()).await.status, 404);
    forum.gives(&ana, &id, "resign", goodbye).await.expect(200);
    let settled = forum.told("appointment.end_confirmed.v1").await;
    assert_eq!(
        (&settled[0]["why"], &settled[0]["last_day"]),
        (&json!("resigned"), &json!("2027-01-20"))
    );
    let mine = forum.world.read(&ana, "/v1/my/involvement").await.expect(200);
    let said = &mine.json["places"][0]["said"];
    assert_eq!(said, "The place is yours; your last day is 20 January 2027.");
    forum.at(&format!("{}T00:00:00Z", written((2027, 1, 21)))).await;
    assert_eq!(forum.told("seat.vacated.v1").await.len(), 1);
    forum.appoints(0, &forum.someone("ben"), "2027-02-01").await;
    assert_eq!(forum.seat(0).await["held_until"], "2028-01-31", "the next one holds it");
}

#[tokio::test]
async fn a_role_that_has_ended_or_a_seat_recruited_for_wants_no_other_opportunity() {
    let forum = forum(2).await;
    let ended = forum.appoints(0, &forum.someone("ana"), "2027-01-11").await;
    let end = json!({"grounds": {"kind": "role_ended"}, "last_day": "2027-01-20",
        "contact": {"by": "phone", "on": "2027-01-11"}});
    forum.gives(&forum.staff(), &ended, "end", end).await.expect(200);
    let left = forum.appoints(1, &forum.someone("ben"), "2027-01-11").await;
    let opportunity = json!({"opportunity": uuid::Uuid::now_v7()});
    let reserve = format!("/v1/seats/{}/reserve", forum.seats[1]);
    forum.world.give(&forum.staff(), &reserve, opportunity).await.expect(200);
    let goodbye = json!({"last_day": "2027-01-20"});
    forum.gives(&forum.someone("ben"), &left, "resign", goodbye).await.expect(200);
    forum.at("2027-01-21T00:00:00Z").await;
    let vacated = forum.told("seat.vacated.v1").await;
    let wanted: Vec<&Value> = vacated.iter().map(|it| &it["needs_opportunity"]).collect();
    assert_eq!(wanted, [&json!(false), &json!(false)]);
}
