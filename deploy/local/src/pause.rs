//! The one short wait of the launcher, for processes of its own that can only be asked again.
//! Whoever waits here bounds the whole.

use std::time::Duration;

/// Long enough not to take the processor from whoever is asked.
pub const BRIEFLY: Duration = Duration::from_millis(10);

/// Waits before something is asked again.
#[expect(
    clippy::disallowed_methods,
    reason = "a process that answers over HTTP tells nobody when its answer would change"
)]
pub async fn before_asking_again(after: Duration) {
    tokio::time::sleep(after).await;
}
