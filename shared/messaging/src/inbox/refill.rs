//! A hole in a stream is filled by its owner: what is missing is asked for and applied in its turn, as
//! if it had come by the stream. What nobody answers stays a hole.

use std::time::Duration;

use async_nats::{Message, client};
use futures::StreamExt;
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::subscriber::{Heard, Subscriber};
use crate::connect::Connection;
use crate::fact::{Fact, Malformed, Mark};
use crate::layout::{replay_subject, replayed_subject};
use crate::replay::{Asked, END, REQUEST};

/// A publisher that is there has answered by then.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Why nothing was told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("the publisher is not there")]
    Nobody,
    #[error("the publisher does not answer")]
    Silence,
    #[error("the answer is not whole")]
    NotWhole,
    #[error("the answer cannot be understood")]
    Malformed(#[from] Malformed),
    #[error("it cannot be asked for")]
    Unasked(#[from] serde_json::Error),
    #[error("it cannot be listened for")]
    Unheard(#[from] client::SubscribeError),
    #[error("it cannot be asked for")]
    Unsent(#[from] client::PublishError),
}

/// What became of a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hole {
    /// Nothing is missing any more.
    Filled,
    /// The publisher does not tell what is missing.
    Open,
    /// There is nobody to ask.
    Unasked,
}

/// Applies what is missing up to `up_to`.
pub(super) async fn refill(subscriber: &Subscriber, connection: &Connection, up_to: Mark) -> Hole {
    let Ok(mut at) = subscriber.checkpoint().await else { return Hole::Open };
    while at.mark < up_to {
        let (before, told) = (at.mark, ask(subscriber, connection, &at, up_to).await);
        let facts = match told {
            Ok(facts) => facts,
            Err(why) => {
                let error: &dyn std::error::Error = &why;
                tracing::warn!(consumer = subscriber.durable, %up_to, error, "a hole stays open");
                let is_alone = matches!(why, Untold::Nobody);
                return if is_alone { Hole::Unasked } else { Hole::Open };
            }
        };
        let heard: Vec<_> = facts.into_iter().map(|fact| Heard { fact, place: None }).collect();
        if let Err(error) = subscriber.apply(&mut at, &heard).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(consumer = subscriber.durable, error, "what was told is not applied");
        }
        if at.mark <= before {
            return Hole::Open;
        }
        tracing::warn!(
            consumer = subscriber.durable,
            stream = subscriber.stream,
            after = %before,
            up_to = %at.mark,
            "a stream lost messages; its publisher told them again"
        );
        subscriber.standing.refilled(u64::try_from(heard.len()).unwrap_or(u64::MAX));
    }
    Hole::Filled
}

async fn ask(
    subscriber: &Subscriber,
    connection: &Connection,
    at: &Checkpoint,
    up_to: Mark,
) -> Result<Vec<Fact>, Untold> {
    let Subscriber { source, reader, .. } = subscriber;
    let channel = subscriber.who.channel();
    let asked = Asked {
        request: Uuid::now_v7(),
        log_id: at.log_id,
        chain_hash: at.chain_hash.clone(),
        after: at.mark,
        up_to,
    };
    let client = connection.client();
    // Nobody answers here; only the server says by it that nobody is there.
    let inbox = client.new_inbox();
    let mut nobody = client.subscribe(inbox.clone()).await?;
    let answers = client.subscribe(replayed_subject(source, channel, reader)).await?;
    let request = serde_json::to_vec(&asked)?.into();
    client.publish_with_reply(replay_subject(source, channel, reader), inbox, request).await?;
    tokio::select! {
        told = tokio::time::timeout(ANSWERS_WITHIN, collect(answers, asked.request, source)) => {
            told.map_err(|_| Untold::Silence)?
        }
        Some(_) = nobody.next() => Err(Untold::Nobody),
    }
}

async fn collect(
    mut answers: async_nats::Subscriber,
    request: Uuid,
    source: &str,
) -> Result<Vec<Fact>, Untold> {
    let request = request.to_string();
    let mut facts = Vec::new();
    while let Some(Message { headers, payload, .. }) = answers.next().await {
        let Some(headers) = headers else { continue };
        let header = |name: &str| headers.get(name).map(async_nats::HeaderValue::as_str);
        if header(REQUEST) != Some(request.as_str()) {
            continue;
        }
        if let Some(n_told) = header(END) {
            let is_whole = n_told.parse() == Ok(facts.len());
            return if is_whole { Ok(facts) } else { Err(Untold::NotWhole) };
        }
        let fact = Fact::from_wire(&headers, &payload)?;
        if fact.service != source {
            return Err(Malformed::Source.into());
        }
        facts.push(fact);
    }
    Err(Untold::Silence)
}
