//! What a service's user can do to the streams of others, and to its own: tried, not believed.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};
use eventstore::Progress;
use futures::future::Either;
use tokio::sync::mpsc;

use crate::readers::Heard;
use crate::world::{LIMIT, World, reached};

/// A client that hears at once when the server forbids something.
struct Intruder {
    client: Client,
    forbidden: mpsc::Receiver<String>,
}

impl Intruder {
    async fn of(world: &World, user: &str) -> Self {
        let (sender, forbidden) = mpsc::channel(64);
        let client = ConnectOptions::new()
            .user_and_password(user.to_owned(), format!("of-{user}"))
            .custom_inbox_prefix(format!("_INBOX_{user}"))
            .event_callback(move |event| {
                let sender = sender.clone();
                async move {
                    if let Event::ServerError(error) = event {
                        sender.send(error.to_string()).await.unwrap();
                    }
                }
            })
            .connect(&world.nats.url)
            .await
            .unwrap();
        Self { client, forbidden }
    }

    /// Whether the server forbids a request on `subject`; an answer means it does not.
    async fn is_forbidden(&mut self, subject: &str, body: &str) -> bool {
        let request =
            std::pin::pin!(self.client.request(subject.to_owned(), body.to_owned().into()));
        let forbidden = std::pin::pin!(self.forbidden.recv());
        let first = futures::future::select(request, forbidden);
        match tokio::time::timeout(LIMIT, first).await.unwrap() {
            Either::Left((answer, _)) => panic!("{subject} was answered: {answer:?}"),
            Either::Right((said, _)) => {
                said.unwrap().to_lowercase().contains("permissions violation")
            }
        }
    }
}

#[tokio::test]
async fn a_service_can_neither_read_nor_change_what_is_not_its_own() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(2).await).await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    reached(&running, 2).await;
    running.stop().await;

    let mut recruitment = Intruder::of(&world, "recruitment").await;
    for (subject, body) in [
        // Another's log, by every way to read a stream.
        ("$JS.API.STREAM.MSG.GET.LOG_OPPORTUNITIES", "{\"seq\":1}"),
        ("$JS.API.DIRECT.GET.LOG_OPPORTUNITIES", "{\"seq\":1}"),
        ("$JS.API.CONSUMER.CREATE.LOG_OPPORTUNITIES.recruitment--heard", "{}"),
        ("$JS.API.CONSUMER.DURABLE.CREATE.LOG_OPPORTUNITIES.recruitment--heard", "{}"),
        ("$JS.API.CONSUMER.CREATE.LOG_OPPORTUNITIES", "{}"),
        ("$JS.API.CONSUMER.MSG.NEXT.LOG_OPPORTUNITIES.audit--history", "1"),
        // Streams, its own among them.
        ("$JS.API.STREAM.DELETE.FACTS_RECRUITMENT", ""),
        ("$JS.API.STREAM.PURGE.FACTS_RECRUITMENT", ""),
        ("$JS.API.STREAM.UPDATE.FACTS_RECRUITMENT", "{}"),
        ("$JS.API.STREAM.MSG.DELETE.FACTS_RECRUITMENT", "{\"seq\":1}"),
        ("$JS.API.STREAM.SNAPSHOT.LOG_OPPORTUNITIES", "{}"),
        ("$JS.API.STREAM.RESTORE.FACTS_RECRUITMENT", "{}"),
        ("$JS.API.STREAM.DELETE.FACTS_OPPORTUNITIES", ""),
        ("$JS.API.STREAM.CREATE.SOMETHING", "{}"),
        // Other consumers of a stream it may hear.
        ("$JS.API.CONSUMER.DELETE.FACTS_OPPORTUNITIES.notifications--heard", ""),
        ("$JS.API.CONSUMER.MSG.NEXT.FACTS_OPPORTUNITIES.notifications--heard", "1"),
        ("$JS.ACK.FACTS_OPPORTUNITIES.notifications--heard.1.1.1.1.0", "+ACK"),
        // Another's voice.
        ("opportunities.facts.opportunity.opened.v1", "{}"),
        ("opportunities.log.opportunity.opened.v1", "{}"),
        ("opportunities.reached", "{}"),
        ("_INBOX_opportunities.any", "{}"),
        // What another lost, and what its publisher tells it.
        ("opportunities.replay.log.recruitment", "{}"),
        ("opportunities.replay.log.audit", "{}"),
        ("opportunities.replay.facts.audit", "{}"),
        ("opportunities.replayed.facts.recruitment", "{}"),
    ] {
        assert!(recruitment.is_forbidden(subject, body).await, "{subject}");
    }
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 2);
}

#[tokio::test]
async fn a_service_hears_nobodys_private_inbox_and_no_subject_of_a_stream() {
    let world = World::new().await;
    let mut recruitment = Intruder::of(&world, "recruitment").await;
    for subject in [
        "_INBOX_opportunities.>",
        "_INBOX.>",
        ">",
        "opportunities.log.>",
        "opportunities.facts.>",
        "$JS.EVENT.>",
        "opportunities.replay.>",
        "opportunities.replayed.log.audit",
    ] {
        let _heard = recruitment.client.subscribe(subject).await.unwrap();
        let said = tokio::time::timeout(LIMIT, recruitment.forbidden.recv()).await.unwrap();
        assert!(said.unwrap().contains(subject), "{subject}");
    }
}

#[tokio::test]
async fn streams_keep_every_message_even_from_the_administrator() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    publisher.publish_up_to(publisher.open(1).await).await;
    let admin = world.connect(crate::world::ADMIN).await;
    let stream = admin.jetstream().get_stream("FACTS_OPPORTUNITIES").await.unwrap();
    stream.delete_message(1).await.unwrap_err();
    stream.purge().await.unwrap_err();
    let config = &stream.cached_info().config;
    assert_eq!(config.max_age, Duration::ZERO);
    assert_eq!(config.duplicate_window, Duration::from_mins(2));
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 1);
}
