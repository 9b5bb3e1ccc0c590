//! The service stands still for ten days. What came due meanwhile happens once when it is back, by what
//! is true then: nobody is asked about a term that is over, nor several times in one morning.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::forum::{Forum, forum, what};
use crate::world::registration;

const CAME_DUE: &str = "appointment.reminder_came_due.v1";
const BACK: &str = "2028-03-01T12:00:00Z";

/// Which reminders have come: whose, which and when.
async fn came(forum: &Forum) -> Vec<(Value, String, Timestamp)> {
    let all = forum.stored(CAME_DUE).await;
    let told = |(at, it): &(Timestamp, Value)| {
        (it["person"].clone(), it["step"].as_str().unwrap().to_owned(), *at)
    };
    all.iter().map(told).collect()
}

/// From now on terms last a year, and their people are asked three times in the last ten days.
async fn asks_often_at_the_end(forum: &Forum) {
    let ask = |days: u8, audience: &str| {
        json!({"when": {"kind": "days_before", "days": days}, "audience": audience,
            "about": "last_week"})
    };
    let reminders = [
        ask(9, "coordinator"),
        ask(10, "involvee"),
        ask(7, "involvee_and_chair"),
        ask(3, "involvee_and_chair"),
        ask(1, "involvee_and_chair"),
    ];
    let body = json!({"effective_from": forum.world.clock.today(),
        "values": {"kind": "term_policy", "months": 12, "consecutive_terms_max": 2,
            "break_months": 12, "overlap_days": 0, "reminders": reminders}});
    forum.world.give(&forum.lead(), "/v1/settings/term_policy", body).await.expect(200);
}

#[tokio::test]
async fn after_ten_days_of_standing_still_each_is_asked_once_what_is_still_to_be_asked() {
    let mut forum = forum(3).await;
    let [ana, ben, fay] = ["ana", "ben", "fay"].map(|name| forum.someone(name));
    forum.world.registers(&fay, &registration()).await;
    // Ana's term is over before the service is back; Ben's ends three weeks later.
    let over = forum.appoints(0, &ana, "2027-03-01").await;
    forum.appoints(1, &ben, "2027-03-26").await;
    asks_often_at_the_end(&forum).await;
    // Fay's has two days to go then: of four steps that have come due, one goes to staff alone.
    forum.appoints(2, &fay, "2027-03-04").await;

    forum.at("2028-02-20T12:00:00Z").await;
    let before = came(&forum).await;
    // Of what came due in this jump too, the last step to the same people asks.
    assert_eq!(before.len(), 4, "{before:?}");
    forum.world.running.stop().await;
    forum.world.at(BACK);
    forum.world.starts(None).await;
    forum.at(BACK).await;

    let back: Timestamp = BACK.parse().unwrap();
    let mut late = came(&forum).await.split_off(before.len());
    late.sort_by_key(|(who, step, _)| (who != &json!(ben.id), step.clone()));
    let asked = |who: &testkit::Person, step: &str| (json!(who.id), step.to_owned(), back);
    assert_eq!(
        late,
        [
            asked(&ben, "1-months-before-involvee-and-chair-end-or-renewal"),
            asked(&fay, "3-days-before-involvee-and-chair-last-week"),
            asked(&fay, "9-days-before-coordinator-last-week"),
        ]
    );
    let stay = forum.stored("appointment.stays_on.v1").await;
    assert_eq!(stay.len(), 1);
    assert_eq!(stay[0].1["person"], json!(ana.id), "and staff see that it is to be settled");
    let today = forum.today(&forum.staff()).await;
    let of_ana: Vec<Value> = today.into_iter().filter(|it| it["appointment"] == over).collect();
    assert!(what(&of_ana).contains(&"settle_what_follows_a_term"), "{of_ana:?}");

    // What was to come still comes, at its own time.
    let to_come = [
        ("1-days-before-involvee-and-chair-last-week", "2028-03-02T09:00:00Z"),
        ("7-days-before-involvee-and-chair-last-week", "2028-03-18T09:00:00Z"),
    ];
    for (_, at) in to_come {
        forum.at(at).await;
    }
    let since = came(&forum).await.split_off(before.len() + late.len());
    let since: Vec<_> = since.iter().map(|(_, step, at)| (step.clone(), at.to_string())).collect();
    assert_eq!(since, to_come.map(|(step, at)| (step.to_owned(), at.to_owned())));
    assert_eq!(forum.told(CAME_DUE).await.len(), before.len() + late.len() + since.len());
}
