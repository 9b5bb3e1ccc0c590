//! Each person is told by their own way and in their own format, or a human is given a task.

use contracts::recruitment::{Fact, Format};
use serde_json::json;

use crate::world::{ADDRESS, ANA, NAME, formats, matched, world};

#[tokio::test]
async fn who_wants_letters_gets_one_and_somebody_posts_it() {
    let world = world().await;
    world.registered(world.by_letter().await).await;
    let welcome = world.the("registered").await;
    let id = welcome["id"].as_str().unwrap();
    assert_eq!(
        (&welcome["stage"], &welcome["channel"]),
        (&"letter_ready".into(), &"letter".into())
    );
    let letter = &world.files()[&format!("{id}.html")];
    assert!(letter.contains("9 Canary Row<br>\nBristol<br>\nBS1 9ZZ"), "{letter}");
    assert!(letter.contains(&format!("Dear {NAME},")) && letter.contains("font-size: 12pt"));
    assert_eq!(world.today().await, [("post_the_letter".to_owned(), id.to_owned())]);
    assert_eq!(world.published().await, [""; 0], "it has not left yet");

    world.does("record-given", id, json!({"by": "letter"})).await.expect(200);
    assert_eq!(world.today().await, []);
    assert_eq!(world.stages("registered").await, ["told"]);
    assert_eq!(world.published().await, ["notifications.facts.message.sent.v1"]);
}

#[tokio::test]
async fn large_print_is_printed_large() {
    let world = world().await;
    world.registered(world.by_letter().await).await;
    world.told(&formats(&[Format::LargePrint])).await;
    world.told(&matched(ANA)).await;
    let message = world.the("opportunity_opened").await;
    let letter = &world.files()[&format!("{}.html", message["id"].as_str().unwrap())];
    assert!(letter.contains("font-size: 16pt"), "{letter}");
}

#[tokio::test]
async fn who_wants_to_be_rung_is_on_the_list_of_calls_until_they_are_reached() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "ring");
    let message = world.get(&format!("/v1/messages/{id}")).await;
    assert_eq!(message["act_by"], "2026-12-03T17:00:00Z");
    let words = message["paragraphs"][0].as_str().unwrap();
    assert!(words.starts_with("Thank you for giving us your details."), "{words}");
    assert!(world.files().is_empty(), "no written word before the call");

    for outcome in ["not_reached", "message_left"] {
        world.does("record-call", id, json!({ "outcome": outcome })).await.expect(200);
        assert_eq!(world.today().await.len(), 1);
    }
    world.does("record-call", id, json!({"outcome": "reached"})).await.expect(200);
    assert_eq!(world.today().await, []);
    let refused = world.does("record-call", id, json!({"outcome": "reached"})).await;
    assert_eq!(refused.expect(409).code(), "message.nothing_to_settle");
    let facts =
        ["message.held.v1", "message.sent.v1"].map(|it| format!("notifications.facts.{it}"));
    assert_eq!(world.published().await, facts);
}

#[tokio::test]
async fn a_call_that_nobody_made_in_time_is_overdue_and_nothing_else_happens() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    assert_eq!(world.get("/v1/today").await["items"][0]["overdue"], false);
    world.at("2026-12-03T17:00:01Z").await;
    let today = world.get("/v1/today").await;
    assert_eq!(today["items"][0]["overdue"], true);
    assert_eq!(today["items"][0]["what"], "ring");
}

#[tokio::test]
async fn who_wants_texts_is_sent_one_by_hand() {
    let world = world().await;
    world.registered(world.by_text().await).await;
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "send_a_text");
    world.does("record-given", id, json!({"by": "text"})).await.expect(200);
    assert_eq!(world.today().await, []);
}

#[tokio::test]
async fn a_format_that_nothing_here_makes_is_made_by_somebody() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&formats(&[Format::EasyRead])).await;
    world.told(&matched(ANA)).await;
    assert_eq!(world.files().len(), 1, "the welcome alone");
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "make_the_format");
    let message = world.get(&format!("/v1/messages/{id}")).await;
    assert_eq!(message["formats"], json!(["easy_read"]));
    let given = json!({"by": "letter", "formats": ["easy_read"]});
    world.does("record-given", id, given).await.expect(200);
    assert_eq!(world.stages("opportunity_opened").await, ["told"]);
}

#[tokio::test]
async fn what_is_held_goes_on_when_the_person_chooses_otherwise() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    world.told(&matched(ANA)).await;
    assert_eq!(world.today().await.len(), 2);
    let how_to_reach = world.by_email(ADDRESS).await;
    world.told(&Fact::ChannelChosen { person: ANA, how_to_reach }).await;
    assert_eq!(world.today().await, []);
    assert_eq!(world.files().len(), 2);
}
