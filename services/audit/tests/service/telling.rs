//! One history, whichever services wrote it, in sentences, as it was known at any date.

use serde_json::Value;

use crate::life::{APPLICATION, CLAIM, OPPORTUNITY, SELECTION, application, claim, opportunity};
use crate::world::{World, id, world};

async fn lived(world: &World) {
    opportunity(world).await.heard_by(world).await;
    application(world).await.heard_by(world).await;
    claim(world).await.heard_by(world).await;
}

fn all<'a>(entries: &'a [Value], field: &str) -> Vec<&'a str> {
    entries.iter().map(|entry| entry[field].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_whole_life_of_an_application_is_told_with_who_when_for_whom_and_under_which_rule() {
    let world = world().await;
    lived(&world).await;
    let told = world.sentences(&format!("application={APPLICATION}")).await;
    let ana = world.ana.id;
    assert_eq!(
        told,
        [
            format!(
                "3 March 2027 at 11:00. An application was sent in. Received on paper from person \
                 {ana} on 2 March 2027 at 16:30; typed in by person \
                 00000000-0000-0000-0000-00000000000b (coordinator)."
            ),
            "3 March 2027 at 11:00. The application is among those to be decided on. By the \
             system, in answer to what had happened."
                .to_owned(),
            "3 March 2027 at 11:00. A member keeps out of the decision on this application. By \
             person 00000000-0000-0000-0000-00000000000c (panel member)."
                .to_owned(),
            "3 March 2027 at 11:00. A member scored the application on listening: 2. By person \
             00000000-0000-0000-0000-00000000000c (panel member)."
                .to_owned(),
            "8 March 2027 at 10:00. The panel decided: offer. By person \
             00000000-0000-0000-0000-00000000000c (panel member). Under version 2 of the selection \
             rules."
                .to_owned(),
            "10 March 2027 at 09:00. The outcome was released: offer. By the system, in answer to \
             what had happened."
                .to_owned(),
            "10 March 2027 at 09:00. The applicant may know that they are offered a place. By the \
             system, in answer to what had happened."
                .to_owned(),
        ]
    );
}

#[tokio::test]
async fn the_whole_life_of_a_claim_is_told_and_what_is_not_paid_says_why() {
    let world = world().await;
    lived(&world).await;
    let entries = world.timeline(&format!("claim={CLAIM}")).await;
    let told = all(&entries, "sentence");
    assert!(
        told[0].contains("for what took place on 11 March 2027; expenses: £12.50."),
        "{told:?}"
    );
    assert!(!told[0].contains("involvement payment"), "what nobody is owed is no figure");
    assert!(told[1].contains("Reason given: We cannot pay line 2 because the session was online."));
    assert!(told[2].contains("was paid, on 13 March 2027: £9.50, due since 12 March 2027."));
    assert_eq!(entries[0]["rule_version"], format!("rate_card {}", id(120)));
    let by_session = world.sentences(&format!("session={}", id(121))).await;
    assert_eq!(by_session, [told[0]]);
    let by_batch = world.sentences(&format!("batch={}", id(122))).await;
    assert_eq!(by_batch, [told[2]]);
}

#[tokio::test]
async fn one_person_s_history_runs_through_every_service_in_the_order_it_was_recorded() {
    let world = world().await;
    lived(&world).await;
    let entries = world.timeline(&format!("person={}", world.ana.id)).await;
    let sources = all(&entries, "source");
    assert!(sources.contains(&"recruitment") && sources.contains(&"reimbursements"));
    let recorded = all(&entries, "recorded_at");
    assert!(recorded.is_sorted(), "{recorded:?}");
    assert_eq!(entries.len(), 9);
}

#[tokio::test]
async fn a_history_is_read_as_it_was_known_at_an_instant_or_at_the_end_of_a_day() {
    let world = world().await;
    lived(&world).await;
    let known = async |as_at: &str| {
        let asked = format!("application={APPLICATION}&as_at={as_at}");
        world.timeline(&asked).await.len()
    };
    assert_eq!(known("2027-03-03T10:59:59Z").await, 0);
    assert_eq!(known("2027-03-03T11:00:00Z").await, 4);
    assert_eq!(known("2027-03-02").await, 0);
    assert_eq!(known("2027-03-08").await, 5);
    assert_eq!(known("2027-03-10").await, 7);
}

#[tokio::test]
async fn a_pack_explains_and_holds_neither_recusals_nor_single_scores_nor_the_panel_s_names() {
    let world = world().await;
    lived(&world).await;
    let entries = world.timeline(&format!("application={APPLICATION}&pack=true")).await;
    assert_eq!(
        all(&entries, "event_type"),
        [
            "application.submitted.v1",
            "selection.application_taken_in.v1",
            "selection.decision_recorded.v1",
            "selection.outcome_released.v1",
            "application.offered.v1"
        ]
    );
    let text = serde_json::to_string(&entries).unwrap();
    assert!(!text.contains("00000000-0000-0000-0000-00000000000c"), "{text}");
    assert!(text.contains("By a panel member."), "{text}");
    let whole = world.timeline(&format!("selection={SELECTION}&pack=true")).await;
    let whole = serde_json::to_string(&whole).unwrap();
    assert!(!whole.contains("conflict") && !whole.contains("scored"), "{whole}");
}

#[tokio::test]
async fn a_history_is_read_a_page_at_a_time_without_a_gap() {
    let world = world().await;
    lived(&world).await;
    let whole = world.timeline(&format!("opportunity={OPPORTUNITY}")).await;
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/timeline?opportunity={OPPORTUNITY}&limit=2{after}");
        let page = world.get(&world.auditor, &path).await.expect(200);
        paged.extend(page.json["items"].as_array().unwrap().clone());
        match page.json["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(whole.len(), 7);
    assert_eq!(paged, whole);
}

#[tokio::test]
async fn records_are_found_by_kind_by_person_and_by_day() {
    let world = world().await;
    lived(&world).await;
    let found = async |asked: &str| {
        let answer = world.get(&world.auditor, &format!("/v1/records?{asked}")).await.expect(200);
        answer.json["items"].as_array().unwrap().clone()
    };
    let submitted = found("event_type=application.submitted.v1").await;
    assert_eq!(submitted.len(), 2);
    assert_eq!(submitted[0]["on_behalf_of"], world.ana.id.to_string());
    assert_eq!(found("actor=00000000-0000-0000-0000-00000000000d").await.len(), 2);
    assert_eq!(found("from=2027-03-12&to=2027-03-12").await.len(), 2);
    assert_eq!(found("from=2027-03-14").await.len(), 0);
    let correlation = submitted[0]["correlation_id"].as_str().unwrap();
    assert_eq!(found(&format!("correlation={correlation}")).await.len(), 1);
    assert!(submitted[0].get("payload").is_none());
}

#[tokio::test]
async fn a_kind_of_event_that_nobody_here_knows_is_told_by_its_own_name() {
    let world = world().await;
    let service = world.service("recruitment").await;
    let by_ana = crate::world::by(world.ana.id, "involvee");
    let payload = serde_json::json!({"shoe_size": 9});
    service.tells(("garden_party", id(1)), "garden_party.rained_off.v1", payload, by_ana).await;
    service.heard_by(&world).await;
    let told = world.sentences(&format!("person={}", world.ana.id)).await;
    assert!(told[0].contains("Garden party: rained off. By person"), "{told:?}");
}
