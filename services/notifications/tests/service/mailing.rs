//! Through a mail server: taken, refused, put off, cut off in the middle, away.

use notifications::config::Encryption;
use serde_json::json;

use crate::mail_server::{MailServer, Mood};
use crate::world::{ADDRESS, smtp, unfolded, world_mailing_by, world_with};

#[tokio::test]
async fn what_the_server_takes_is_sent_and_no_file_is_left() {
    let server = MailServer::start(Mood::Willing).await;
    let world = world_mailing_by(&server).await;
    world.registered(world.by_email(ADDRESS).await).await;
    assert_eq!(world.stages("registered").await, ["sent"]);
    let [text] = &server.texts()[..] else { panic!("{:?}", server.texts()) };
    assert!(unfolded(text).contains("Thank you for giving us your details."), "{text}");
    assert!(world.files().is_empty());
    let commands: Vec<String> = server.said();
    assert!(commands.contains(&"MAIL FROM:<team@example.org>".to_owned()), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<zacanary@example.org>".to_owned()), "{commands:?}");
}

#[tokio::test]
async fn what_the_server_refuses_is_shown_with_its_reason_and_sent_again_by_a_human_alone() {
    let server = MailServer::start(Mood::KNOWS_NOBODY).await;
    let world = world_mailing_by(&server).await;
    world.registered(world.by_email(ADDRESS).await).await;
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "see_why_it_failed");
    let message = world.get(&format!("/v1/messages/{id}")).await;
    assert_eq!(message["reason"], "refused_for_good");
    let advice = message["what_to_do"].as_str().unwrap();
    assert!(advice.contains("550") && advice.contains("check the address"), "{advice}");
    assert_eq!(world.published().await, ["notifications.facts.message.failed.v1"]);

    server.is(Mood::Willing);
    world.at("2026-12-09T09:00:00Z").await;
    assert_eq!(world.stages("registered").await, ["failed"]);
    world.does("send-again", id, json!({})).await.expect(200);
    assert_eq!(world.stages("registered").await, ["sent"]);
    assert_eq!(server.texts().len(), 1);
}

#[tokio::test]
async fn what_the_server_puts_off_is_tried_again_by_itself() {
    let server = MailServer::start(Mood::PUTS_OFF).await;
    let world = world_mailing_by(&server).await;
    world.registered(world.by_email(ADDRESS).await).await;
    let message = world.the("registered").await;
    assert_eq!(message["try_again_at"], "2026-12-01T09:05:00Z");
    assert_eq!(world.today().await, [], "nobody has to see to it");
    assert_eq!(world.published().await, [""; 0]);
    server.is(Mood::Willing);
    world.at("2026-12-01T09:05:00Z").await;
    assert_eq!(world.stages("registered").await, ["sent"]);
    assert_eq!(server.texts().len(), 1);
}

#[tokio::test]
async fn what_is_cut_off_in_the_middle_is_unknown_and_not_sent_again_by_itself() {
    let server = MailServer::start(Mood::CUTS_OFF).await;
    let mut world = world_mailing_by(&server).await;
    world.registered(world.by_email(ADDRESS).await).await;
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "find_out_whether_it_left");
    assert_eq!(world.stages("registered").await, ["unknown"]);

    server.is(Mood::Willing);
    world.stop().await;
    world.start().await;
    world.at("2027-06-01T09:00:00Z").await;
    assert_eq!(server.texts().len(), 1);
    assert_eq!(world.stages("registered").await, ["unknown"]);

    world.does("send-again", id, json!({})).await.expect(200);
    assert_eq!(server.texts().len(), 2);
    assert_eq!(world.stages("registered").await, ["sent"]);
}

#[tokio::test]
async fn a_server_that_says_nothing_more_after_the_text_leaves_it_unknown() {
    let server = MailServer::start(Mood::FALLS_SILENT).await;
    let config = smtp(&server);
    let world = world_with(|it| {
        it.smtp = Some(config);
        it.smtp.as_mut().unwrap().timeout_seconds = 1;
    })
    .await;
    world.registered(world.by_email(ADDRESS).await).await;
    assert_eq!(world.stages("registered").await, ["unknown"]);
    assert_eq!(server.texts().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_away_is_met_when_it_is_back() {
    let server = MailServer::start(Mood::Willing).await;
    let mut away = smtp(&server);
    // A port that was free a moment ago has nobody listening.
    away.port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut world = world_with(|it| it.smtp = Some(away)).await;
    world.registered(world.by_email(ADDRESS).await).await;
    assert_eq!(world.the("registered").await["reason"], "server_unavailable");
    world.stop().await;
    world.config.smtp = Some(smtp(&server));
    world.start().await;
    world.at("2026-12-01T09:05:00Z").await;
    assert_eq!(world.stages("registered").await, ["sent"]);
}

#[tokio::test]
async fn nothing_goes_in_clear_to_a_server_that_cannot_encrypt() {
    let server = MailServer::start(Mood::Willing).await;
    let mut config = smtp(&server);
    config.encryption = Encryption::Starttls;
    config.host = "localhost".to_owned();
    let world = world_with(|it| it.smtp = Some(config)).await;
    world.registered(world.by_email(ADDRESS).await).await;
    assert_eq!(world.the("registered").await["reason"], "server_unavailable");
    let said = server.said().join("\n");
    assert!(!said.contains("MAIL") && !said.contains("zacanary"), "{said}");
}
