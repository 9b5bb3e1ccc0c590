//! The one short wait of this crate, for things that can only be asked again: a port that does not
//! answer yet, a foreign process that has not ended yet. Every caller bounds the whole.

use std::time::Duration;

/// Long enough not to burn the processor a starting server needs, short enough not to be felt.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(10);

#[expect(
    clippy::disallowed_methods,
    reason = "a port that is not open yet and a process that is not our child tell nobody when they change"
)]
pub(crate) async fn before_asking_again() {
    tokio::time::sleep(BETWEEN_QUESTIONS).await;
}
