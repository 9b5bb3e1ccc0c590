//! The server's books of what was acknowledged are nobody's truth: somebody else may settle a delivery,
//! early or late, and nothing is lost by it.

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{AckKind, Message};
use eventstore::Progress;
use futures::StreamExt;

use crate::readers::{Heard, rows};
use crate::world::{ADMIN, World, published, reached, within};

async fn consumer(world: &World) -> PullConsumer {
    let admin = world.connect(ADMIN).await;
    let stream = admin.jetstream().get_stream("FACTS_OPPORTUNITIES").await.unwrap();
    stream.get_consumer("recruitment--heard").await.unwrap()
}

async fn some_of(consumer: &PullConsumer, many: usize) -> Vec<Message> {
    let messages = consumer.fetch().max_messages(many).messages().await.unwrap();
    messages.map(Result::unwrap).collect().await
}

#[tokio::test]
async fn what_another_worker_was_handed_and_settles_late_is_not_missed() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(3).await).await;
    let hear = || async {
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await
    };
    let first = hear().await;
    reached(&first, 3).await;
    first.stop().await;

    // What the first left behind still hands out messages; another worker takes some, and is slow.
    publisher.publish_up_to(publisher.open(20).await).await;
    let old = consumer(&world).await;
    let taken = some_of(&old, 10).await;
    assert_eq!(taken.len(), 10);

    let again = hear().await;
    reached(&again, 23).await;
    for message in &taken {
        message.ack().await.unwrap();
    }
    publisher.publish_up_to(publisher.open(20).await).await;
    // The same numbers again, now of deliveries that are not theirs.
    for message in &taken {
        message.ack_with(AckKind::Term).await.unwrap();
    }
    reached(&again, 43).await;
    let (heard, _) = rows(&reader.pool).await;
    assert_eq!(heard, (1..=43).map(|position| (position, 1)).collect::<Vec<_>>());
    again.stop().await;
}

#[tokio::test]
async fn what_another_worker_settles_in_our_name_is_heard_all_the_same() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let mut end = publisher.open(1).await;
    reached(&running, end).await;
    for _ in 0..2 {
        let same = consumer(&world).await;
        let mut thief = same.stream().max_messages_per_batch(1).messages().await.unwrap();
        let taken = loop {
            end = publisher.open(1).await;
            tokio::select! {
                message = thief.next() => break message.unwrap().unwrap(),
                _ = published(&relay, end) => {}
            }
        };
        drop(thief);
        // The server now believes that the reader has it.
        taken.double_ack().await.unwrap();
        end = publisher.open(3).await;
        within("nothing is missed", running.status.clone(), |all| {
            all[0].applied.position == end && all[0].stalled.is_none()
        })
        .await;
    }
    let (heard, _) = rows(&reader.pool).await;
    assert_eq!(heard, (1..=end).map(|position| (position, 1)).collect::<Vec<_>>());
    running.stop().await;
    relay.stop().await;
}
