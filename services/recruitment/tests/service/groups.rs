//! Groups, their places, and the settings these follow.

use contracts::OpportunityId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, world};

fn charter() -> Value {
    json!({
        "name": "Research forum",
        "kind": "forum",
        "locality": "Bristol",
        "reports_to": null,
        "purpose": "People say what research should be done.",
        "review_on": "2028-01-31",
        "seats_planned": 4
    })
}

fn term_policy(from: &str, months: u16) -> Value {
    json!({
        "effective_from": from,
        "values": {
            "kind": "term_policy",
            "months": months,
            "consecutive_terms_max": 2,
            "break_months": 12,
            "overlap_days": 0,
            "reminders": []
        }
    })
}

fn a_seat() -> Value {
    json!({"role": "member", "constituency": "carer", "locality": null})
}

async fn group(world: &World) -> String {
    let established = world.give(&world.cleo, "/v1/groups", charter()).await;
    format!("/v1/groups/{}", established.expect(201).id())
}

#[tokio::test]
async fn a_place_follows_the_rule_that_is_in_force_when_it_is_added() {
    let world = world().await;
    let path = group(&world).await;
    let seats = format!("{path}/seats");
    let early = world.give(&world.cleo, &seats, a_seat()).await.expect(409);
    assert_eq!(early.code(), "setting.not_in_force");
    for (from, months) in [("2027-01-11", 24), ("2027-04-01", 12)] {
        let setting = term_policy(from, months);
        world
            .give(&world.ella, "/v1/settings/term_policy", setting)
            .await
            .expect(200_u16.max(if months == 24 { 201 } else { 200 }));
    }
    world.give(&world.cleo, &seats, a_seat()).await.expect(201);
    let page = world.read(&world.cleo, &path).await.expect(200);
    assert_eq!(page.json["seats"][0]["term_months"], 24);
    assert_eq!(page.json["seats"][0]["rule_version"], "term_policy.1");
    world.at("2027-04-01T09:00:00Z");
    world.give(&world.cleo, &seats, a_seat()).await.expect(201);
    let page = world.read(&world.cleo, &path).await.expect(200);
    let mut months: Vec<u64> = page.json["seats"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|seat| seat["term_months"].as_u64())
        .collect();
    months.sort_unstable();
    assert_eq!(months, [12, 24]);
    let settings = world.read(&world.ella, "/v1/settings").await.expect(200);
    let in_force: Vec<bool> = settings.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|version| version["in_force"].as_bool())
        .collect();
    assert_eq!(in_force, [true, false], "the latest stands first");
}

#[tokio::test]
async fn values_go_where_the_address_says_and_only_those_who_set_may_set_them() {
    let world = world().await;
    let setting = term_policy("2027-01-11", 24);
    let elsewhere = world.give(&world.ella, "/v1/settings/selection_rules", setting.clone()).await;
    assert_eq!(elsewhere.expect(422).json["errors"][0]["field"], "values.kind");
    assert_eq!(world.give(&world.ella, "/v1/settings/anything", setting.clone()).await.status, 404);
    assert_eq!(world.give(&world.cleo, "/v1/settings/term_policy", setting).await.status, 403);
    let nonsense =
        world.give(&world.ella, "/v1/settings/term_policy", term_policy("2027-01-11", 0));
    assert_eq!(nonsense.await.expect(409).code(), "setting.nonsense");
}

#[tokio::test]
async fn whoever_is_signed_in_reads_what_a_group_is_and_only_staff_whom_its_places_are_for() {
    let world = world().await;
    let path = group(&world).await;
    let setting = term_policy("2027-01-11", 24);
    world.give(&world.ella, "/v1/settings/term_policy", setting).await.expect(201);
    let seat = world.give(&world.cleo, &format!("{path}/seats"), a_seat()).await.expect(201).id();
    let page = world.read(&world.ana, &path).await.expect(200);
    assert_eq!(page.json["name"], "Research forum");
    assert_eq!((&page.json["places"], &page.json["vacant"]), (&json!(1), &json!(1)));
    assert!(!page.text.contains("carer") && page.json.get("seats").is_none(), "{}", page.text);
    let all = world.read(&world.ana, "/v1/groups").await.expect(200);
    assert_eq!(all.json["items"][0]["name"], "Research forum");

    let opportunity = json!({"opportunity": OpportunityId::new(Uuid::now_v7())});
    let of_seat = |verb: &str| format!("/v1/seats/{seat}/{verb}");
    world.give(&world.cleo, &of_seat("reserve"), opportunity.clone()).await.expect(200);
    let page = world.read(&world.cleo, &path).await.expect(200);
    assert_eq!(page.json["seats"][0]["recruiting_through"], opportunity["opportunity"]);
    let reason = json!({"reason": "The group works with fewer places."});
    let reserved = world.give(&world.cleo, &of_seat("abolish"), reason.clone()).await.expect(409);
    assert_eq!(reserved.code(), "seat.reserved");
    world.give(&world.cleo, &of_seat("release"), opportunity).await.expect(200);
    assert_eq!(world.give(&world.dev, &of_seat("abolish"), reason.clone()).await.status, 404);
    world.give(&world.cleo, &of_seat("abolish"), reason).await.expect(200);
    assert_eq!(world.read(&world.cleo, &path).await.json["places"], 0);
}

#[tokio::test]
async fn staff_establish_rename_and_close_groups_of_their_own_localities() {
    let world = world().await;
    assert_eq!(world.give(&world.dev, "/v1/groups", charter()).await.status, 403);
    let path = group(&world).await;
    let name = json!({"name": "Forum for research"});
    let rename = format!("{path}/rename");
    assert_eq!(world.give(&world.dev, &rename, name.clone()).await.status, 403);
    world.give(&world.cleo, &rename, name).await.expect(200);
    let reason = json!({"reason": "The research has ended."});
    world.give(&world.cleo, &format!("{path}/close"), reason).await.expect(200);
    let page = world.read(&world.ana, &path).await.expect(200);
    assert_eq!(page.json["name"], "Forum for research");
    assert_eq!(page.json["closed_because"], "The research has ended.");
}
