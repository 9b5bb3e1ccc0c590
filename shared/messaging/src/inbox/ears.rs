//! Listens to what publishers say of how far they have come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use futures::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect::Connection;
use crate::layout::reached_subject;
use crate::reached::Reached;
use crate::waiting::wait;

/// Between two tries to subscribe.
const PAUSE: Duration = Duration::from_secs(1);

/// The last word of each publisher.
pub(super) type Ears = watch::Receiver<BTreeMap<String, Reached>>;

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
    said: Arc<watch::Sender<BTreeMap<String, Reached>>>,
    stop: CancellationToken,
) {
    loop {
        if let Ok(messages) = client.subscribe(reached_subject(&source)).await {
            let heard = messages.for_each(|message| {
                // What cannot be read is left unsaid: the next word comes within a second.
                if let Ok(reached) = serde_json::from_slice::<Reached>(&message.payload) {
                    said.send_if_modified(|all| {
                        all.insert(source.clone(), reached) != Some(reached)
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
