//! Killed in the middle: what may have left is never sent twice.

use boot::Clock;
use eventstore::{Committer, Executor, Order, Taken, schema};
use notifications::kinds::{Content, Registered};
use notifications::message::{Attempt, Cause, Command, Message, Reach, Request, Stage, Way};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::mail_server::{MailServer, Mood};
use crate::world::{ADDRESS, ANA, World, world, world_mailing_by};

#[tokio::test]
async fn killed_while_the_server_held_the_text_it_is_unknown_and_not_sent_again() {
    let server = MailServer::start(Mood::FALLS_SILENT).await;
    let mut world = world_mailing_by(&server).await;
    let registered = world.registration(ANA, world.by_email(ADDRESS).await).await;
    world.recruitment.tells(ANA.uuid(), &registered).await;
    server.has_read(1).await;
    world.kill();

    server.is(Mood::Willing);
    world.start().await;
    world.settles().await;
    assert_eq!(world.stages("registered").await, ["unknown"]);
    let [(what, id)] = &world.today().await[..] else { panic!() };
    assert_eq!(what, "find_out_whether_it_left");
    assert_eq!(server.texts().len(), 1);
    let history = ["message.requested.v1", "message.attempted.v1", "message.became_unknown.v1"];
    assert_eq!(world.history(id).await, history);

    world.kill();
    world.start().await;
    world.settles().await;
    assert_eq!(world.history(id).await, history);
    assert_eq!(server.texts().len(), 1);
}

#[tokio::test]
async fn killed_after_its_file_was_written_it_is_known_to_have_left() {
    let mut world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.stop().await;
    let message = begun(&world).await;
    let file = world.config.exports.folder.join(format!("{message}.eml"));
    std::fs::write(&file, "whole").unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    world.start().await;
    world.settles().await;
    let Message::Requested(errand) = world.state(message).await else { panic!() };
    assert_eq!(errand.stage, Stage::Sent);
    assert_eq!(world.files()[&format!("{message}.eml")], "whole", "it is not written again");
}

#[tokio::test]
async fn killed_before_its_file_was_whole_it_is_unknown_and_the_half_is_gone() {
    let mut world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.stop().await;
    let message = begun(&world).await;
    let half = world.config.exports.folder.join(format!("{message}.eml.part"));
    std::fs::write(&half, "ha").unwrap();
    world.start().await;
    world.settles().await;
    let Message::Requested(errand) = world.state(message).await else { panic!() };
    assert_eq!(errand.stage, Stage::Unknown);
    assert!(world.files().keys().all(|name| !name.contains(&message.to_string())));
}

/// A second message to Ana, begun and left there, as a kill would leave it.
async fn begun(world: &World) -> Uuid {
    let mut owner = PgConnection::connect(&world.database.owner_url).await.unwrap();
    schema::migrate(&mut owner, &world.database.runtime_role).await.unwrap();
    let options: PgConnectOptions = world.database.runtime_url.parse().unwrap();
    let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options.clone());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let clock: Clock = world.clock.clone();
    let committer = Committer::start(options, clock.clone(), &tasks, stop.clone());
    let executor = Executor::new(pool, committer, clock.clone(), "test");
    let message = Uuid::from_u128(0x5ec0);
    let because =
        Cause { publisher: "recruitment".to_owned(), fact: Uuid::from_u128(0xfac), position: 1 };
    let request = Request { to: ANA, content: Content::Registered(Registered {}), because };
    let reach = Reach {
        channel: contracts::notifications::Channel::Email,
        formats: std::collections::BTreeSet::new(),
    };
    let attempt = Attempt { reach: Some(reach), mail_leaves: Way::MailFile };
    for command in [Command::Request(request), Command::Attempt(attempt)] {
        let id = Uuid::now_v7();
        let order = Order::by_system(id, id, id, Taken::Policy, clock.now());
        let receipt = executor.execute::<Message>(message, command, order).await.unwrap();
        assert_eq!(receipt.refusal, None);
    }
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    message
}

#[tokio::test]
async fn while_the_keys_are_away_nothing_leaves_and_it_goes_on_when_they_are_back() {
    let world = world().await;
    let registered = world.registration(ANA, world.by_email(ADDRESS).await).await;
    world.keys_can_be_asked_for(false).await;
    world.told(&registered).await;
    assert!(world.files().is_empty());
    assert_eq!(world.the("registered").await["reason"], "keys_unavailable");
    assert_eq!(world.today().await, [], "nobody has to see to it");

    world.keys_can_be_asked_for(true).await;
    world.at("2026-12-01T09:05:00Z").await;
    assert_eq!(world.stages("registered").await, ["sent"]);
    assert_eq!(world.files().len(), 1);
}
