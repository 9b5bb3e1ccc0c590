//! What waits: for a person nobody has told of yet, for a file's end.

use serde_json::json;

use crate::world::{ADDRESS, ANA, matched, world};

#[tokio::test]
async fn a_message_to_somebody_not_known_yet_waits_until_they_are_and_stops_nobody_else_s() {
    let world = world().await;
    let ben = contracts::PersonId::new(uuid::Uuid::from_u128(0xbe2));
    world.told(&matched(ben)).await;
    let [(what, waiting)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "find_out_how_to_reach");
    world.registered(world.by_email(ADDRESS).await).await;
    assert_eq!(world.stages("registered").await, ["sent"], "another's message leaves meanwhile");

    let address = contracts::personal::Email::new("ben@example.org".to_owned()).unwrap();
    let address = world.vault.seal(ben, &address).await.unwrap();
    let by_email = contracts::recruitment::HowToReach::Email { address };
    world.told(&world.registration(ben, by_email).await).await;
    assert_eq!(world.today().await, []);
    assert!(world.files()[&format!("{waiting}.eml")].contains("To: ben@example.org"));
    let history = ["requested", "held", "released", "attempted", "sent"];
    assert_eq!(world.history(waiting).await, history.map(|it| format!("message.{it}.v1")));
}

#[tokio::test]
async fn what_staff_release_is_held_again_with_its_first_clock_while_nothing_has_changed() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    let [(_, id)] = &world.today().await[..] else { panic!() };
    world.at("2026-12-02T09:00:00Z").await;
    world.does("release", id, json!({})).await.expect(200);
    let message = world.get(&format!("/v1/messages/{id}")).await;
    assert_eq!(
        (&message["stage"], &message["act_by"]),
        (&json!("held"), &json!("2026-12-03T17:00:00Z"))
    );
}

#[tokio::test]
async fn a_file_is_removed_at_its_time_and_a_letter_nobody_posted_stays_a_task() {
    let world = world().await;
    world.registered(world.by_letter().await).await;
    let [(_, id)] = &world.today().await[..] else { panic!() };
    world.at("2026-12-15T08:59:59Z").await;
    assert_eq!(world.files().len(), 1);
    world.at("2026-12-15T09:00:00Z").await;
    assert!(world.files().is_empty());
    let exports = world.get("/v1/exports").await;
    assert_eq!(exports["items"][0]["expired"], true);
    assert_eq!(world.today().await, [("post_the_letter".to_owned(), id.clone())]);

    world.does("send-again", id, json!({})).await.expect(200);
    let files: Vec<String> = world.files().into_keys().collect();
    assert_eq!(files, [format!("{id}-2.html")]);
    assert_eq!(world.today().await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_opened_is_shown_and_stops_nobody_else_s() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    let forgotten = contracts::PersonId::new(uuid::Uuid::from_u128(0xf0));
    // Sealed for one person and told of another: it opens for nobody.
    let contracts::recruitment::Fact::Registered { name, how_to_reach, .. } =
        world.registration(ANA, world.by_email(ADDRESS).await).await
    else {
        panic!()
    };
    let bytes = name.bytes.replace(|_: char| true, "A");
    let name = contracts::Sealed::new(forgotten, bytes);
    let told = contracts::recruitment::Fact::Registered { person: forgotten, name, how_to_reach };
    world.told(&told).await;
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "see_why_it_failed");
    assert_eq!(world.get(&format!("/v1/messages/{id}")).await["reason"], "cannot_be_opened");
    world.told(&matched(ANA)).await;
    assert_eq!(world.stages("opportunity_opened").await, ["sent"]);
}
