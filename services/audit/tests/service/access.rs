//! Who reads what: auditors everything, people their own without anyone else in it, coordinators the
//! opportunities of their area, and strangers nothing.

use serde_json::{Value, json};

use crate::life::{APPLICATION, OPPORTUNITY, application, claim, coordinator, opportunity};
use crate::world::{World, by, id, world};

async fn lived(world: &World) {
    opportunity(world).await.heard_by(world).await;
    application(world).await.heard_by(world).await;
    claim(world).await.heard_by(world).await;
}

fn types(answer: &testkit::Answer) -> Vec<String> {
    let items = answer.json["items"].as_array().unwrap();
    items.iter().map(|it| it["event_type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn people_read_their_own_history_without_assessors_other_people_or_an_untold_outcome() {
    let world = world().await;
    lived(&world).await;
    let own = format!("/v1/timeline?person={}", world.ana.id);
    let soon = world.get(&world.ana, &own).await.expect(200);
    let expected = [
        "application.submitted.v1",
        "claim.submitted.v1",
        "claim.lines_decided.v1",
        "claim.paid.v1",
    ];
    assert_eq!(types(&soon), expected, "nothing written comes before the call");
    world.at("2027-03-17T09:00:00Z");
    let later = world.get(&world.ana, &own).await.expect(200);
    assert_eq!(types(&later).len(), 5);
    assert_eq!(types(&later)[1], "application.offered.v1");
    for other in ["000b", "000c", "000d", "000e", "0010"] {
        let other = format!("00000000-0000-0000-0000-00000000{other}");
        assert!(!later.text.contains(&other), "{other}");
    }
    let first = later.json["items"][0]["sentence"].as_str().unwrap();
    assert!(first.contains("from you") && first.contains("typed in by a coordinator"), "{first}");
}

#[tokio::test]
async fn that_someone_was_not_seen_is_told_to_them_by_nobody_but_a_human() {
    let world = world().await;
    let service = world.service("recruitment").await;
    let ana = world.ana.id;
    let stream = ("session", id(121));
    let by_staff = || by(coordinator(), "coordinator");
    let recorded = json!({"person": ana, "on": "2027-02-28", "how": "did_not_attend",
        "minutes": 0, "walked_in": false});
    service.tells(stream, "session.attendance_recorded.v1", recorded, by_staff()).await;
    let opened = json!({"person": ana, "on": "2027-02-28"});
    service.tells(stream, "session.follow_up_opened.v1", opened, by_staff()).await;
    service.heard_by(&world).await;
    assert_eq!(world.timeline(&format!("person={ana}")).await.len(), 2);
    let own = world.get(&world.ana, &format!("/v1/timeline?person={ana}")).await.expect(200);
    assert_eq!(types(&own), ["session.attendance_recorded.v1"]);
    let sentence = own.json["items"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("Attendance was recorded, on 28 February 2027. By a"), "{sentence}");
}

#[tokio::test]
async fn people_see_who_looked_at_their_name() {
    let world = world().await;
    let service = world.service("recruitment").await;
    let ana = world.ana.id;
    let name = world.sealed_name(ana, "Ana Osei").await;
    let registered = json!({"person": ana, "registration": {"name": name}});
    let stream = ("involvee", ana.uuid());
    service.tells(stream, "involvee.registered.v1", registered, by(ana, "involvee")).await;
    service.heard_by(&world).await;
    world.at("2027-03-02T10:00:00Z");
    world.timeline(&format!("person={ana}&names=true&because=subject_access")).await;
    world.own_log_heard().await;
    let own = world.get(&world.ana, &format!("/v1/timeline?person={ana}")).await.expect(200);
    let looked: &Value = &own.json["items"][1];
    assert_eq!(looked["event_type"], "opening.recorded.v1");
    assert_eq!(looked["actor"]["person"], world.auditor.id.to_string());
    assert!(looked["sentence"].as_str().unwrap().contains("purpose: subject access"));
}

#[tokio::test]
async fn nobody_opens_names_in_their_own_history_or_reads_another_s() {
    let world = world().await;
    lived(&world).await;
    let own = format!("/v1/timeline?person={}", world.ana.id);
    let named = format!("{own}&names=true&because=complaint");
    assert_eq!(world.get(&world.ana, &named).await.status, 403);
    for asked in [
        format!("person={}", id(15)),
        format!("application={APPLICATION}"),
        format!("seat={}", id(1)),
    ] {
        let answer = world.get(&world.ana, &format!("/v1/timeline?{asked}")).await;
        assert_eq!(answer.status, 403, "{asked}");
    }
    let visitor = world.http.get(None, &own, "").await;
    assert_eq!(visitor.status, 401);
}

#[tokio::test]
async fn no_role_shows_a_reader_more_of_themselves_than_everyone_sees_of_themselves() {
    let world = world().await;
    lived(&world).await;
    let both = world.person("ana", "auditor", &[]);
    assert_eq!(both.id, world.ana.id);
    let own = world.get(&both, &format!("/v1/timeline?person={}", both.id)).await.expect(200);
    assert!(!types(&own).iter().any(|it| it.starts_with("selection.")), "{:?}", types(&own));
}

#[tokio::test]
async fn an_account_reads_the_history_of_the_person_it_was_linked_to_until_it_is_not() {
    let world = world().await;
    let service = application(&world).await;
    let mine = world.person("ana-at-work", "report_reader", &[]);
    let own = format!("/v1/timeline?person={}", world.ana.id);
    let stream = ("involvee", world.ana.id.uuid());
    let linked = json!({"account": mine.id, "why": "first_account", "evidence": []});
    let unlinked = json!({"account": mine.id, "why": "linked_in_error"});
    let by_staff = || by(coordinator(), "coordinator");
    service.heard_by(&world).await;
    assert_eq!(world.get(&mine, &own).await.status, 403);

    service.tells(stream, "involvee.account_linked.v1", linked, by_staff()).await;
    service.heard_by(&world).await;
    world.at("2027-03-10T09:00:10Z");
    assert!(!types(&world.get(&mine, &own).await.expect(200)).is_empty());

    service.tells(stream, "involvee.account_unlinked.v1", unlinked, by_staff()).await;
    service.heard_by(&world).await;
    world.at("2027-03-10T09:00:20Z");
    assert_eq!(world.get(&mine, &own).await.status, 403);
}

#[tokio::test]
async fn coordinators_read_the_opportunities_of_their_area_as_packs_and_nothing_else() {
    let world = world().await;
    lived(&world).await;
    let path = format!("/v1/timeline?opportunity={OPPORTUNITY}");
    let here = world.person("here", "coordinator", &["Bristol"]);
    let elsewhere = world.person("elsewhere", "coordinator", &["Leeds"]);
    let read = world.get(&here, &path).await.expect(200);
    assert!(types(&read).contains(&"opportunity.opened.v1".to_owned()));
    assert!(!read.text.contains("Checked against the budget."));
    assert_eq!(world.get(&elsewhere, &path).await.status, 403);
    let named = format!("{path}&names=true&because=complaint");
    assert_eq!(world.get(&here, &named).await.status, 403);
    let other = format!("/v1/timeline?application={APPLICATION}");
    assert_eq!(world.get(&here, &other).await.status, 403);
    assert_eq!(world.get(&here, "/v1/records").await.status, 403);
}

#[tokio::test]
async fn leads_read_histories_but_only_auditors_and_governance_read_records() {
    let world = world().await;
    lived(&world).await;
    let lead = world.person("lead", "engagement_lead", &[]);
    let governance = world.person("governance", "information_governance", &[]);
    let administrator = world.person("administrator", "administrator", &[]);
    let here = world.person("auditor-here", "auditor", &["Bristol"]);
    let history = format!("/v1/timeline?application={APPLICATION}");
    let of_opportunity = format!("/v1/timeline?opportunity={OPPORTUNITY}");
    let raw = "/v1/records/recruitment/1";
    for (who, path, status) in [
        (&lead, history.as_str(), 200),
        (&lead, "/v1/records", 403),
        (&lead, raw, 403),
        (&lead, "/v1/chain", 200),
        (&governance, history.as_str(), 200),
        (&governance, "/v1/records", 200),
        (&governance, raw, 200),
        (&administrator, history.as_str(), 403),
        (&administrator, "/v1/chain", 200),
        (&administrator, "/v1/chain/recruitment/verify", 200),
        (&here, history.as_str(), 403),
        (&here, of_opportunity.as_str(), 200),
        (&here, raw, 403),
        (&world.ana, "/v1/chain", 403),
    ] {
        assert_eq!(world.get(who, path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn whose_history_is_asked_for_is_said_exactly_once() {
    let world = world().await;
    let ana = world.ana.id;
    for asked in [
        String::new(),
        format!("person={ana}&claim={ana}"),
        "person=Jane".to_owned(),
        format!("person={ana}&as_at=soon"),
    ] {
        let answer = world.get(&world.auditor, &format!("/v1/timeline?{asked}")).await;
        assert_eq!(answer.status, 400, "{asked}");
        assert!(!answer.text.contains("Jane"));
    }
}
