//! Says aloud how far the facts have come, so that a wait for an event that made no fact ends.
//! Core NATS: nobody keeps it, and whoever comes late hears the next one.

use std::time::Duration;

use async_nats::Client;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::layout::reached_subject;
use crate::reached::Reached;
use crate::waiting::{changed, wait};

/// Said again this often without any change, for those who came late.
const REPEAT: Duration = Duration::from_secs(1);
/// Never said more often than this.
const PAUSE: Duration = Duration::from_millis(200);

/// Announces each change of `reached` until `stop`.
pub(super) async fn announce(
    client: Client,
    service: String,
    mut reached: watch::Receiver<Option<Reached>>,
    stop: CancellationToken,
) {
    let subject = reached_subject(&service);
    loop {
        if !wait(REPEAT, &stop, changed(&mut reached)).await {
            return;
        }
        let said = *reached.borrow_and_update();
        if let Some(said) = said
            && let Ok(body) = serde_json::to_vec(&said)
            && let Err(error) = client.publish(subject.clone(), body.into()).await
        {
            tracing::debug!(service, %error, "nobody could be told how far the facts have come");
        }
        if !wait(PAUSE, &stop, std::future::pending()).await {
            return;
        }
    }
}
