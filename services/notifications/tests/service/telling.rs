//! Facts become messages, each once.

use contracts::ApplicationId;
use contracts::opportunities;
use contracts::recruitment::Fact;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::world::{ADDRESS, ANA, NAME, PANEL, TITLE, matched, unfolded, world};

const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(0xaff));

#[tokio::test]
async fn each_message_leaves_once_though_every_fact_is_delivered_twice() {
    let mut world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&matched(ANA)).await;
    let files = world.files();
    assert_eq!(files.len(), 2, "{:?}", files.keys());

    // As if it had died between each receipt and its checkpoint.
    world.stop().await;
    let mut rows = PgConnection::connect(&world.database.admin_url).await.unwrap();
    sqlx::query("truncate log.fact_checkpoint, log.policy_checkpoint")
        .execute(&mut rows)
        .await
        .unwrap();
    let count = "select count(*) from log.event";
    let events: i64 = sqlx::query_scalar(count).fetch_one(&mut rows).await.unwrap();
    world.start().await;
    world.heard("recruitment", 2).await;
    assert_eq!(world.files(), files);
    let events_now: i64 = sqlx::query_scalar(count).fetch_one(&mut rows).await.unwrap();
    assert_eq!(events_now, events);
    assert_eq!(world.published().await.len(), 2);
}

#[tokio::test]
async fn someone_is_told_of_what_suits_them_why_until_when_and_how_to_stop() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&matched(ANA)).await;
    let message = world.the("opportunity_opened").await;
    assert_eq!((&message["stage"], &message["channel"]), (&"sent".into(), &"email".into()));
    let id = message["id"].as_str().unwrap();
    let mail = unfolded(&world.files()[&format!("{id}.eml")]);
    for part in [
        &format!("Message-ID: <{id}@example.org>"),
        "From: \"Involvement team\" <team@example.org>",
        "To: zacanary@example.org",
        "Subject: News from the involvement team",
        &format!("Dear {NAME},"),
        &format!("It is called: {TITLE}."),
        "You can apply until noon on Friday 5 February 2027, UK time.",
        "You are told of it because you chose research and it is in Bristol.",
        "You can stop hearing about new ways to take part",
        "write to team@example.org or ring 01632 960101",
    ] {
        assert!(mail.contains(part), "{part} is missing:\n{mail}");
    }
    let requested = ["message.requested.v1", "message.attempted.v1", "message.sent.v1"];
    assert_eq!(world.history(id).await, requested);
    let exports = world.get("/v1/exports").await;
    assert_eq!(exports["items"][0]["file"], format!("{id}.eml"));
    assert_eq!(exports["items"][0]["keep_until"], "2026-12-15T09:00:00Z");
}

#[tokio::test]
async fn a_receipt_names_the_crisis_line_and_says_when_the_words_are_read() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    let opened = opportunities::Fact::Opened { opportunity: PANEL, advert: Box::new(advert()) };
    let position = world.opportunities.tells(PANEL.uuid(), &opened).await;
    world.heard("opportunities", position).await;
    world
        .told(&Fact::ApplicationSubmitted {
            application: APPLICATION,
            person: ANA,
            opportunity: PANEL,
            title: TITLE.to_owned(),
        })
        .await;
    world
        .told(&Fact::ApplicationWithdrawn {
            application: APPLICATION,
            person: ANA,
            opportunity: PANEL,
        })
        .await;
    let received = world.the("application_received").await;
    let withdrawn = world.the("application_withdrawn").await;
    let files = world.files();
    let mail = |message: &serde_json::Value| {
        unfolded(&files[&format!("{}.eml", message["id"].as_str().unwrap())])
    };
    for text in [mail(&received), mail(&withdrawn)] {
        assert!(text.contains("within one working day"), "{text}");
        assert!(text.contains("you can call 111 and choose option 2"), "{text}");
        assert!(text.contains("Subject: A receipt from the involvement team"), "{text}");
        assert!(text.contains(TITLE), "{text}");
    }
}

#[tokio::test]
async fn a_message_goes_where_the_person_is_when_it_leaves_and_to_the_name_they_have_then() {
    let world = world().await;
    world.registered(world.by_email("old@example.org").await).await;
    let how_to_reach = world.by_email("new@example.org").await;
    world.told(&Fact::ChannelChosen { person: ANA, how_to_reach }).await;
    let name = contracts::personal::PersonName::new("Robin".to_owned()).unwrap();
    let name = world.vault.seal(ANA, &name).await.unwrap();
    world.told(&Fact::Renamed { person: ANA, name }).await;
    world.told(&matched(ANA)).await;
    let message = world.the("opportunity_opened").await;
    let mail = &world.files()[&format!("{}.eml", message["id"].as_str().unwrap())];
    assert!(mail.contains("To: new@example.org"), "{mail}");
    assert!(mail.contains("Dear Robin,"), "{mail}");
}

fn advert() -> opportunities::Advert {
    let sample = include_str!("../../../../shared/contracts/samples/opportunity.opened.v1.json");
    let sample: serde_json::Value = serde_json::from_str(sample).unwrap();
    let mut advert: opportunities::Advert =
        serde_json::from_value(sample["advert"].clone()).unwrap();
    TITLE.clone_into(&mut advert.title);
    advert
}
