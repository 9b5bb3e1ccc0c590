//! Tells readers again, from the log itself, what their stream lost: the very messages the relay
//! publishes. Only those who may hear a stream are answered, and nobody once the relay has halted.

use std::time::Duration;

use async_nats::header::HeaderMap;
use async_nats::{Message, Subscriber, client};
use eventstore::{Upcasters, reader};
use futures::StreamExt;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::messages::{Unpublishable, messages};
use super::{Publish, RelayStatus};
use crate::connect::Connection;
use crate::fact::{Fact, Mark, hex};
use crate::layout::{Channel, Layout, replay_requests, replayed_subject};
use crate::replay::{Asked, END, REQUEST};
use crate::waiting::wait;

/// What one answer holds at most; whoever needs more asks again.
const MESSAGES_MAX: usize = 500;
const BYTES_MAX: usize = 1024 * 1024;
/// Events read at once.
const PAGE: i64 = 200;
/// Between two tries to listen.
const PAUSE: Duration = Duration::from_secs(1);

/// Answers for one service.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    pub(super) connection: Connection,
    pub(super) pool: PgPool,
    pub(super) layout: Layout,
    pub(super) service: String,
    pub(super) publish: Publish,
    pub(super) upcasters: Upcasters,
    pub(super) status: watch::Receiver<RelayStatus>,
}

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error("nobody who hears this stream asks")]
    Stranger,
    #[error("the relay has halted")]
    Halted,
    #[error("it is about another log or another history")]
    OtherHistory,
    #[error("the request cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("the log cannot be read")]
    Database(#[from] sqlx::Error),
    #[error("an event has no messages that could be told")]
    Unpublishable(#[from] Unpublishable),
    #[error("the answer could not be sent")]
    Unsent(#[from] client::PublishError),
}

impl Replay {
    /// Answers until `stop`; one request at a time, so that a reader that asks for much holds up
    /// nothing but other readers.
    pub(super) async fn answer(self, stop: CancellationToken) {
        let group = self.service.clone();
        loop {
            let requests = replay_requests(&self.service);
            let heard = self.connection.client().queue_subscribe(requests, group.clone()).await;
            if let Ok(requests) = heard {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.answer_all(requests) => {}
                }
            }
            if !wait(PAUSE, &stop, std::future::pending()).await {
                return;
            }
        }
    }

    async fn answer_all(&self, mut requests: Subscriber) {
        while let Some(request) = requests.next().await {
            let asked_on = request.subject.to_string();
            match self.answer_one(&request).await {
                Ok(n_told) => tracing::warn!(asked_on, n_told, "messages were told again"),
                Err(why) => {
                    let error: &dyn std::error::Error = &why;
                    tracing::warn!(asked_on, error, "messages were not told again");
                }
            }
        }
    }

    async fn answer_one(&self, request: &Message) -> Result<usize, Unanswered> {
        let (channel, reader) = self.asker(&request.subject).ok_or(Unanswered::Stranger)?;
        let asked: Asked = serde_json::from_slice(&request.payload)?;
        if self.status.borrow().halted.is_some() {
            return Err(Unanswered::Halted);
        }
        let told = self.messages_for(&asked, channel).await?;
        let subject = replayed_subject(&self.service, channel, reader);
        let client = self.connection.client();
        for message in &told {
            let mut headers = message.headers();
            headers.insert(REQUEST, asked.request.to_string());
            let body = message.body.clone().into();
            client.publish_with_headers(subject.clone(), headers, body).await?;
        }
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST, asked.request.to_string());
        headers.insert(END, told.len().to_string());
        client.publish_with_headers(subject, headers, "".into()).await?;
        Ok(told.len())
    }

    /// Who asks for which stream, where they may hear it.
    fn asker<'a>(&self, subject: &'a str) -> Option<(Channel, &'a str)> {
        let (before, reader) = subject.rsplit_once('.')?;
        let (_, token) = before.rsplit_once('.')?;
        let channel = Channel::ALL.into_iter().find(|channel| channel.token() == token)?;
        let hears = self.layout.services.get(reader)?;
        hears.on(channel).contains_key(&self.service).then_some((channel, reader))
    }

    async fn messages_for(&self, asked: &Asked, channel: Channel) -> Result<Vec<Fact>, Unanswered> {
        self.ensure_same_history(asked).await?;
        let mut previous = self.last_until(asked.after, channel).await?;
        let (mut told, mut n_bytes) = (Vec::new(), 0);
        let mut position = (asked.after.position - 1).max(0);
        loop {
            let page = reader::page_after(&self.pool, position, PAGE, BYTES_MAX).await?;
            let Some(last) = page.last() else { return Ok(told) };
            position = last.position;
            for event in &page {
                for mut message in
                    messages(&self.service, channel, self.publish, &self.upcasters, event)?
                {
                    if message.mark <= asked.after {
                        continue;
                    }
                    if message.mark > asked.up_to
                        || told.len() >= MESSAGES_MAX
                        || n_bytes >= BYTES_MAX
                    {
                        return Ok(told);
                    }
                    message.previous = std::mem::replace(&mut previous, message.mark);
                    n_bytes += message.body.len();
                    told.push(message);
                }
            }
            if position >= asked.up_to.position {
                return Ok(told);
            }
        }
    }

    async fn ensure_same_history(&self, asked: &Asked) -> Result<(), Unanswered> {
        let head = reader::head(&self.pool).await?;
        if asked.log_id.is_some_and(|log_id| log_id != head.log_id) {
            return Err(Unanswered::OtherHistory);
        }
        let Some(chain_hash) = &asked.chain_hash else { return Ok(()) };
        let stored = reader::event_at(&self.pool, asked.after.position).await?;
        if stored.is_some_and(|event| hex(&event.chain_hash) == *chain_hash) {
            Ok(())
        } else {
            Err(Unanswered::OtherHistory)
        }
    }

    /// The last message of this stream up to `mark`.
    async fn last_until(&self, mark: Mark, channel: Channel) -> Result<Mark, Unanswered> {
        let mut until = mark.position;
        // Nearly always it is `mark` itself.
        let mut n_back = 1;
        while until > 0 {
            let from = (until - n_back).max(0);
            let page = reader::page_after(&self.pool, from, until - from, usize::MAX).await?;
            for event in page.iter().rev() {
                let given = messages(&self.service, channel, self.publish, &self.upcasters, event)?;
                if let Some(last) = given.iter().rev().find(|message| message.mark <= mark) {
                    return Ok(last.mark);
                }
            }
            (until, n_back) = (from, PAGE);
        }
        Ok(Mark::START)
    }
}
