//! Policies: a fact is answered by one command, however often it is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use eventstore::{Executor, Failure, PolicyError, Progress};
use messaging::{Fact, FactPolicy};
use uuid::Uuid;

use crate::readers::AnswerOpenings;
use crate::world::{Running, Service, World, reached, stalled};

async fn answering(
    reader: &Service,
    asked: &Arc<AtomicU32>,
) -> Running<Vec<messaging::SubscriptionStatus>> {
    let policy = AnswerOpenings { asked: Arc::clone(asked) };
    reader
        .hear(&Progress::default(), |all| all.policy(policy, reader.executor.clone()).unwrap())
        .await
}

#[tokio::test]
async fn a_policys_command_is_carried_out_once_though_the_fact_is_heard_twice() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.open(4).await;
    publisher.publish_up_to(end).await;
    let asked = Arc::new(AtomicU32::new(0));
    let first = answering(&reader, &asked).await;
    reached(&first, end).await;
    first.stop().await;
    assert_eq!(reader.count().await, 4);

    // As if it had died between each receipt and its checkpoint.
    sqlx::query("delete from log.fact_checkpoint").execute(&reader.pool).await.unwrap();
    let again = answering(&reader, &asked).await;
    reached(&again, end).await;
    again.stop().await;
    assert_eq!(asked.load(Ordering::SeqCst), 8);
    assert_eq!(reader.count().await, 4);
    let commands: i64 = sqlx::query_scalar("select count(*) from log.command")
        .fetch_one(&reader.pool)
        .await
        .unwrap();
    assert_eq!(commands, 4);
}

#[tokio::test]
async fn a_refused_command_counts_as_answered_and_the_next_fact_is_heard() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.open(2).await;
    let taken: Uuid = sqlx::query_scalar("select stream_id from log.event where position = 1")
        .fetch_one(&publisher.pool)
        .await
        .unwrap();
    reader.give(taken, crate::opportunity::Ask::Open { places: 1 }).await;
    publisher.publish_up_to(end).await;
    let running = answering(&reader, &Arc::default()).await;
    reached(&running, end).await;
    running.stop().await;
    assert_eq!(reader.count().await, 2);
    let refused: i64 =
        sqlx::query_scalar("select count(*) from log.command where refusal is not null")
            .fetch_one(&reader.pool)
            .await
            .unwrap();
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_policys_events_carry_what_caused_them() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.open(1).await;
    publisher.publish_up_to(end).await;
    let running = answering(&reader, &Arc::default()).await;
    reached(&running, end).await;
    running.stop().await;
    let cause = eventstore::reader::event_at(&publisher.pool, 1).await.unwrap().unwrap();
    let effect = eventstore::reader::event_at(&reader.pool, 1).await.unwrap().unwrap();
    let (of_cause, of_effect) = (cause.metadata().unwrap(), effect.metadata().unwrap());
    assert_eq!(of_effect.causation_id, Some(cause.event_id));
    assert_eq!(of_effect.correlation_id, of_cause.correlation_id);
}

/// Gives up on each fact twice before it answers it.
struct Hesitant {
    answer: AnswerOpenings,
    tried: AtomicU32,
}

#[async_trait]
impl FactPolicy for Hesitant {
    fn name(&self) -> &'static str {
        self.answer.name()
    }
    fn source(&self) -> &'static str {
        self.answer.source()
    }
    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        if self.tried.fetch_add(1, Ordering::SeqCst) % 3 < 2 {
            return Err(PolicyError::Failed(Failure::Contended));
        }
        self.answer.answer(fact, executor).await
    }
}

#[tokio::test]
async fn a_command_without_a_receipt_is_given_again_and_later_facts_wait_for_it() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.open(3).await;
    publisher.publish_up_to(end).await;
    let policy =
        Hesitant { answer: AnswerOpenings { asked: Arc::default() }, tried: AtomicU32::new(0) };
    let running = reader
        .hear(&Progress::default(), |all| all.policy(policy, reader.executor.clone()).unwrap())
        .await;
    let why = stalled(&running).await;
    assert_eq!(why, "the command has no receipt");
    reached(&running, end).await;
    running.stop().await;
    let order = "select stream_id from log.event order by position";
    let ids = async |service: &Service| {
        sqlx::query_scalar::<_, Uuid>(order).fetch_all(&service.pool).await.unwrap()
    };
    assert_eq!(ids(&reader).await, ids(&publisher).await);
}
