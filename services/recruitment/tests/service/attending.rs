//! Sessions take place, or not; who was there is put on record, and work done without one too.

use serde_json::{Value, json};
use testkit::Person;

use crate::forum::{Forum, forum, what};
use crate::world::{registration, world};

const STARTS_AT: &str = "2027-03-16T13:00:00Z";
const OVER: &str = "2027-03-16T15:30:00Z";
const RECORDED: &str = "session.attendance_recorded.v1";
const CORRECTED: &str = "session.attendance_corrected.v1";

/// Ana and Ben hold seats; a session of their forum is planned, to which both are invited.
async fn planned() -> (Forum, String) {
    let forum = forum(2).await;
    for (seat, name) in ["ana", "ben"].into_iter().enumerate() {
        forum.appoints(seat, &forum.someone(name), "2027-03-01").await;
    }
    let session = forum.world.give(&forum.staff(), "/v1/sessions", plan(&forum)).await;
    let session = session.expect(201).id();
    (forum, format!("/v1/sessions/{session}"))
}

fn plan(forum: &Forum) -> Value {
    json!({"group": forum.group, "title": "Reading the draft letter", "starts_at": STARTS_AT,
        "zone": "Europe/London", "length_minutes": 120, "mode": "hybrid",
        "venue": "Room 2, or by the link sent beforehand.", "whole_group": true})
}

fn sheet(lasted_minutes: u16, entries: &[(&Person, Value)]) -> Value {
    let entries: Vec<Value> =
        entries.iter().map(|(who, how)| json!({"person": who.id, "how": how})).collect();
    json!({"lasted_minutes": lasted_minutes, "entries": entries})
}

fn part(minutes: u16) -> Value {
    json!({"attended_part": {"minutes": minutes}})
}

fn spoke_with(who: &Person, outcome: &str) -> Value {
    json!({"person": who.id, "contact": {"by": "phone", "on": "2027-03-17"}, "outcome": outcome})
}

impl Forum {
    async fn records(&self, session: &str, sheet: Value) {
        self.world.give(&self.staff(), &format!("{session}/attendance"), sheet).await.expect(200);
    }
}

#[tokio::test]
async fn only_people_who_are_registered_are_invited() {
    let forum = forum(1).await;
    let mut body = plan(&forum);
    body["invited"] = json!([uuid::Uuid::now_v7()]);
    let nobody = forum.world.give(&forum.staff(), "/v1/sessions", body).await.expect(422);
    assert_eq!(nobody.json["errors"][0]["field"], "invited");
    assert_eq!(forum.told("session.planned.v1").await, Vec::<Value>::new());
}

#[tokio::test]
async fn everyone_who_holds_a_place_is_invited_and_reads_when_it_is_and_nobody_else_does() {
    let (forum, session) = planned().await;
    let told = forum.told("session.planned.v1").await;
    let mut invited = vec![forum.world.ana.id, forum.world.ben.id];
    invited.sort();
    assert_eq!(told[0]["invited"], json!(invited));
    let read = forum.world.read(&forum.world.ana, &session).await.expect(200);
    assert_eq!(read.json["title"], "Reading the draft letter");
    assert_eq!(read.json["group_name"], "Research forum");
    assert!(
        read.json.get("invited").is_none() && !read.text.contains(&forum.world.ben.id.to_string())
    );
    let mine = forum.world.read(&forum.world.ana, "/v1/my/involvement").await.expect(200);
    assert_eq!(mine.json["sessions"][0]["starts_at"], STARTS_AT);

    let list = format!("/v1/sessions?group={}&from=2027-03-01T00:00:00Z", forum.group);
    let fay = forum.someone("fay");
    for (who, sees) in
        [(&forum.world.ana, 1), (&forum.staff(), 1), (&forum.world.dev, 0), (&fay, 0)]
    {
        let page = forum.world.read(who, &list).await.expect(200);
        assert_eq!(page.json["items"].as_array().unwrap().len(), sees);
    }
    for stranger in [&fay, &forum.world.dev] {
        assert_eq!(forum.world.read(stranger, &session).await.status, 404);
    }
    let confirm = format!("{session}/confirm");
    assert_eq!(forum.world.give(&forum.world.dev, &confirm, json!({})).await.status, 404);
    assert_eq!(forum.world.give(&forum.world.ana, &confirm, json!({})).await.status, 403);
    let by_staff = forum.world.read(&forum.staff(), &session).await.expect(200);
    assert_eq!(by_staff.json["invited"].as_array().unwrap().len(), 2);
    assert!(by_staff.text.contains("Canary-Name"));
}

#[tokio::test]
async fn lists_come_a_page_at_a_time_in_the_order_in_which_sessions_begin() {
    let (forum, _) = planned().await;
    for starts_at in ["2027-03-09T13:00:00Z", "2027-03-23T13:00:00Z"] {
        let mut plan = plan(&forum);
        plan["starts_at"] = json!(starts_at);
        forum.world.give(&forum.staff(), "/v1/sessions", plan).await.expect(201);
    }
    let mut path = "/v1/sessions?limit=2".to_owned();
    let mut begin = Vec::new();
    loop {
        let page = forum.world.read(&forum.world.ana, &path).await.expect(200);
        let items = page.json["items"].as_array().unwrap();
        begin.extend(items.iter().map(|it| it["starts_at"].as_str().unwrap().to_owned()));
        let Some(next) = page.json["next"].as_str() else { break };
        path = format!("/v1/sessions?limit=2&after={next}");
    }
    assert_eq!(begin, ["2027-03-09T13:00:00Z", STARTS_AT, "2027-03-23T13:00:00Z"]);
}

#[tokio::test]
async fn one_sheet_records_everyone_and_a_second_corrects_it_and_deletes_nothing() {
    let (forum, session) = planned().await;
    let (ana, ben) = (&forum.world.ana, &forum.world.ben);
    let first = sheet(120, &[(ana, part(45)), (ben, json!("apologies"))]);
    let attendance = format!("{session}/attendance");
    let early = forum.world.give(&forum.staff(), &attendance, first.clone()).await.expect(409);
    assert_eq!(early.code(), "session.not_started");
    forum.at(OVER).await;
    forum.records(&session, first).await;
    let told = forum.told(RECORDED).await;
    let found: Vec<_> = told.iter().map(|it| (&it["how"], &it["minutes"], &it["on"])).collect();
    let on = json!("2027-03-16");
    assert!(found.contains(&(&json!("part"), &json!(45), &on)), "{found:?}");
    assert!(found.contains(&(&json!("apologies"), &json!(0), &on)), "{found:?}");

    forum.records(&session, sheet(120, &[(ana, json!("attended_full"))])).await;
    let corrected = forum.told(CORRECTED).await;
    assert_eq!(corrected.len(), 1, "whoever is left out stays as recorded");
    assert_eq!((&corrected[0]["how"], &corrected[0]["minutes"]), (&json!("full"), &json!(120)));
    let stored = forum.stored(CORRECTED).await;
    assert_eq!((&stored[0].1["was"], &stored[0].1["was_minutes"]), (&part(45), &json!(45)));
    assert_eq!(forum.stored(RECORDED).await.len(), 2);
    let read = forum.world.read(ana, &session).await.expect(200);
    assert_eq!(read.json["you"]["how"], "attended_full");
    let register = forum.world.read(&forum.staff(), &session).await.expect(200);
    assert_eq!(register.json["register"]["marks"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn whoever_was_not_seen_is_spoken_with_before_anybody_hears_of_it() {
    let (forum, session) = planned().await;
    let (ana, ben) = (&forum.world.ana, &forum.world.ben);
    forum.at(OVER).await;
    let missed = json!("did_not_attend");
    forum.records(&session, sheet(120, &[(ana, missed.clone()), (ben, missed)])).await;
    let waiting = forum.today(&forum.staff()).await;
    assert_eq!(what(&waiting), ["speak_with_someone_who_was_not_seen"; 2]);
    assert_eq!(forum.today(&forum.world.dev).await, Vec::<Value>::new());
    assert_eq!(forum.told(RECORDED).await, Vec::<Value>::new());
    for who in [ana, ben] {
        let read = forum.world.read(who, &session).await.expect(200);
        assert!(!read.text.contains("did_not_attend"), "{}", read.text);
    }

    let follow_up = format!("{session}/follow-up");
    let planned = forum.world.give(&forum.staff(), &follow_up, spoke_with(ana, "counts")).await;
    assert_eq!(planned.expect(409).code(), "session.not_reached_yet");
    forum.at("2027-03-17T10:00:00Z").await;
    forum.world.give(&forum.staff(), &follow_up, spoke_with(ana, "counts")).await.expect(200);
    forum.world.give(&forum.staff(), &follow_up, spoke_with(ben, "excused")).await.expect(200);
    let told = forum.told(RECORDED).await;
    assert_eq!(told.len(), 1, "an absence that does not count is told to nobody");
    assert_eq!((&told[0]["person"], &told[0]["how"]), (&json!(ana.id), &json!("did_not_attend")));
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());
    let read = forum.world.read(ana, &session).await.expect(200);
    assert_eq!(read.json["you"]["follow_up"], "counts");
}

#[tokio::test]
async fn a_presence_taken_back_is_told_as_no_longer_known() {
    let (forum, session) = planned().await;
    let ana = &forum.world.ana;
    forum.at(OVER).await;
    forum.records(&session, sheet(120, &[(ana, json!("attended_full"))])).await;
    forum.records(&session, sheet(120, &[(ana, json!("did_not_attend"))])).await;
    let told = forum.told(CORRECTED).await;
    assert_eq!((&told[0]["how"], &told[0]["minutes"]), (&json!("not_known"), &json!(0)));
    forum.records(&session, sheet(120, &[(ana, json!("attended_full"))])).await;
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new(), "nobody needs to call");
    assert_eq!(forum.told(CORRECTED).await[1]["how"], "full");
}

#[tokio::test]
async fn a_session_moves_is_confirmed_anew_or_cancelled_late_and_says_why() {
    let (forum, session) = planned().await;
    let give = |verb: &str, body: Value| {
        let path = format!("{session}/{verb}");
        let forum = &forum;
        async move { forum.world.give(&forum.staff(), &path, body).await.expect(200) }
    };
    give("confirm", json!({})).await;
    let moved = json!({"starts_at": "2027-03-23T13:00:00Z", "zone": "Europe/London",
        "length_minutes": 90, "papers_due_on": null, "reason": "The room is taken."});
    give("reschedule", moved).await;
    let read = forum.world.read(&forum.world.ana, &session).await.expect(200);
    assert_eq!(
        (&read.json["stage"], &read.json["length_minutes"]),
        (&json!("planned"), &json!(90))
    );
    give("confirm", json!({})).await;
    assert_eq!(forum.told("session.confirmed.v1").await.len(), 2);
    assert_eq!(forum.told("session.rescheduled.v1").await[0]["reason"], "The room is taken.");

    forum.at("2027-03-21T13:00:01Z").await;
    give("cancel", json!({"reason": "The speaker is ill.", "by": "trust"})).await;
    let cancelled = forum.told("session.cancelled.v1").await;
    assert_eq!(cancelled[0]["late"], true, "less than two days before");
    assert_eq!(cancelled[0]["rule_version"], "session_rules.suggested");
    let read = forum.world.read(&forum.world.ana, &session).await.expect(200);
    assert_eq!(read.json["cancelled_because"], "The speaker is ill.");
}

#[tokio::test]
async fn work_is_asked_for_done_by_the_person_and_accepted_by_someone_else() {
    let forum = forum(0).await;
    let (ana, ben) = (&forum.world.ana, &forum.world.ben);
    let task = json!({"person": ana.id, "group": forum.group, "kind": "read_document",
        "what": "Reading the draft letter to callers", "asked_on": "2027-01-11",
        "due_on": "2027-01-25"});
    assert_eq!(forum.world.give(&forum.world.dev, "/v1/work", task.clone()).await.status, 404);
    let asked = forum.world.give(&forum.staff(), "/v1/work", task).await.expect(201);
    let work = format!("/v1/work/{}", asked.id());
    let mine = forum.world.read(ana, "/v1/my/involvement").await.expect(200);
    assert_eq!(mine.json["work"][0]["what"], "Reading the draft letter to callers");
    for stranger in [ben, &forum.world.dev] {
        assert_eq!(forum.world.read(stranger, &work).await.status, 404);
        let done = json!({"done_on": "2027-01-11", "minutes": 90});
        let path = format!("{work}/record-done");
        assert_eq!(forum.world.give(stranger, &path, done).await.status, 404);
    }
    let done = json!({"done_on": "2027-01-11", "minutes": 90});
    forum.world.give(ana, &format!("{work}/record-done"), done).await.expect(200);
    assert_eq!(what(&forum.today(&forum.staff()).await), ["accept_work_that_is_done"]);
    assert_eq!(forum.told("work.accepted.v1").await, Vec::<Value>::new());
    forum.world.give(&forum.staff(), &format!("{work}/accept"), json!({})).await.expect(200);
    let told = forum.told("work.accepted.v1").await;
    let expected = json!({"work": asked.id(), "person": ana.id, "group": forum.group,
        "kind": "read_document", "what": "Reading the draft letter to callers",
        "on": "2027-01-11", "minutes": 90, "accepted_by": forum.staff().id});
    assert_eq!(told, [expected]);
    assert_eq!(forum.today(&forum.staff()).await, Vec::<Value>::new());
}

#[tokio::test]
async fn nobody_accepts_their_own_work_whatever_their_role() {
    let world = world().await;
    world.registers(&world.cleo, &registration()).await;
    let body = json!({"task": {"person": world.cleo.id, "group": null, "kind": "other",
        "what": "Reading", "asked_on": "2027-01-10", "due_on": null},
        "done": {"done_on": "2027-01-11", "minutes": null}});
    let recorded = world.give(&world.cleo, "/v1/work/record", body).await.expect(201);
    let accept = format!("/v1/work/{}/accept", recorded.id());
    let own = world.give(&world.cleo, &accept, json!({})).await.expect(409);
    assert_eq!(own.code(), "work.someone_else_must_accept");
    let today = world.read(&world.cleo, "/v1/today").await.expect(200);
    assert_eq!(today.json["items"], json!([]), "it waits for somebody else");
    world.give(&world.ella, &accept, json!({})).await.expect(200);
}
