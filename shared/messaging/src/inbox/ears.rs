//! Listens to what publishers say of how far they have come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use futures::StreamExt;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect::Connection;
use crate::layout::reached_subject;
use crate::reached::Reached;
use crate::waiting::wait;

/// Between two tries to subscribe.
const PAUSE: Duration = Duration::from_secs(1);

/// What a publisher said last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) reached: Reached,
    /// When it was said last, whether or not it was new.
    pub(super) heard_at: Instant,
}

/// The last word of each publisher.
pub(super) type Ears = watch::Receiver<BTreeMap<String, Word>>;

/// Listens to these publishers until `stop`.
pub(super) fn open(
    connection: &Connection,
    sources: BTreeSet<String>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Ears {
    let (said, ears) = watch::channel(BTreeMap::new());
    let said = Arc::new(said);
    for source in sources {
        tasks.spawn(listen(connection.client().clone(), source, Arc::clone(&said), stop.clone()));
    }
    ears
}

async fn listen(
    client: Client,
    source: String,
    said: Arc<watch::Sender<BTreeMap<String, Word>>>,
    stop: CancellationToken,
) {
    loop {
        if let Ok(messages) = client.subscribe(reached_subject(&source)).await {
            let heard = messages.for_each(|message| {
                // What cannot be read is left unsaid: the next word comes within a second.
                if let Ok(reached) = serde_json::from_slice::<Reached>(&message.payload) {
                    said.send_if_modified(|all| {
                        let word = Word { reached, heard_at: Instant::now() };
                        let before = all.insert(source.clone(), word);
                        before.is_none_or(|before| before.reached != reached)
                    });
                }
                std::future::ready(())
            });
            tokio::select! {
                () = stop.cancelled() => return,
                () = heard => {}
            }
        }
        if !wait(PAUSE, &stop, std::future::pending()).await {
            return;
        }
    }
}
