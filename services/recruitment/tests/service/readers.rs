//! What people wrote is read by those who must; each reading is on record, and the person sees it.

use serde_json::{Value, json};
use testkit::Person;

use crate::round::round;
use crate::world::{World, registration, world};

/// What a person sees of those who read what is theirs: the role, what was read, and by whom.
async fn readers(world: &World, who: &Person) -> Vec<(String, String, Value)> {
    let page = world.read(who, "/v1/my/readers").await.expect(200);
    let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
    let items = page.json["items"].as_array().unwrap();
    items.iter().map(|it| (text(it, "role"), text(it, "what"), it["reader"].clone())).collect()
}

#[tokio::test]
async fn each_reading_by_staff_is_on_record_before_the_words_are_seen_and_ones_own_is_not() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(crate::world::advert()).await;
    let id = world.applies(&world.ana, opportunity, "k").await.expect(201).id();
    let path = format!("/v1/applications/{id}");
    world.read(&world.ana, &path).await.expect(200);
    assert_eq!(readers(&world, &world.ana).await, []);

    world.read(&world.cleo, &path).await.expect(200);
    world.read(&world.cleo, &path).await.expect(200);
    world.read(&world.cleo, &crate::world::entry(&world.ana)).await.expect(200);
    for stranger in [&world.ben, &world.dev] {
        assert_eq!(world.read(stranger, &path).await.status, 404);
    }
    let by_cleo = |what: &str| ("coordinator".to_owned(), what.to_owned(), json!(world.cleo.id));
    let seen = readers(&world, &world.ana).await;
    assert_eq!(seen, [by_cleo("record"), by_cleo("application"), by_cleo("application")]);
    assert_eq!(readers(&world, &world.ben).await, []);

    let first = world.read(&world.ana, "/v1/my/readers?limit=2").await.expect(200);
    assert_eq!(first.json["items"][1]["application"], json!(id));
    assert_eq!(first.json["items"][1]["said"], "A coordinator read your application.");
    let next = first.json["next"].as_str().unwrap();
    let rest = world.read(&world.ana, &format!("/v1/my/readers?after={next}")).await.expect(200);
    assert_eq!(rest.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn staff_of_the_locality_see_all_someone_has_with_us_and_the_person_sees_that_they_looked() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(crate::world::advert()).await;
    let id = world.applies(&world.ana, opportunity, "k").await.expect(201).id();
    let why = json!({"reason": "canary: I am not well."});
    world.give(&world.ana, &format!("/v1/applications/{id}/withdraw"), why).await.expect(200);
    let path = format!("{}/involvement", crate::world::entry(&world.ana));
    let whole = world.read(&world.cleo, &path).await.expect(200);
    assert_eq!(whole.json["record"]["name"], "Ana Canary-Name");
    assert_eq!(whole.json["applications"][0]["progress"]["stage"], "withdrawn");
    assert!(!whole.text.contains("canary:"), "why they took it back stays theirs");
    let by_cleo = ("coordinator".to_owned(), "record".to_owned(), json!(world.cleo.id));
    assert_eq!(readers(&world, &world.ana).await, [by_cleo]);
    assert_eq!(world.read(&world.dev, &path).await.status, 404);
    assert_eq!(world.read(&world.ana, &path).await.status, 403, "theirs is /v1/my/involvement");
}

#[tokio::test]
async fn a_panel_reads_without_names_and_people_see_that_it_read_but_not_who() {
    let round = round().await;
    round.forms_panel().await;
    let world = &round.world;
    let knows = json!({"application": round.from_ana, "conflict": "knows_the_person"});
    round.typed(&world.cleo, &round.gus, &round.path("conflicts"), &knows).await.expect(200);
    round.board(&round.hana).await.expect(200);
    round.board(&round.gus).await.expect(200);
    let by_panel = ("panel_member".to_owned(), "application_on_panel".to_owned(), Value::Null);
    let of_ana = readers(world, &world.ana).await;
    assert_eq!(of_ana, std::slice::from_ref(&by_panel), "gus keeps out");
    assert_eq!(readers(world, &world.ben).await, [by_panel.clone(), by_panel]);
    assert_eq!(world.events("opening.recorded.v1").await.len(), 3);
}

#[tokio::test]
async fn nothing_is_opened_where_it_cannot_be_put_on_record() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(crate::world::advert()).await;
    let id = world.applies(&world.ana, opportunity, "k").await.expect(201).id();
    world.refuse_to_record_openings().await;
    let path = format!("/v1/applications/{id}");
    let unread = world.read(&world.cleo, &path).await;
    assert_ne!(unread.status, 200);
    assert!(!unread.text.contains("helpline"), "{}", unread.text);
    world.read(&world.ana, &path).await.expect(200);
}
