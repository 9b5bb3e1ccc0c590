//! Notes how far each stream has come: for people, and so that events without messages are not read
//! again at the next start. Streams and log are the truth; a note that is lost or late changes nothing.

use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Published, RelayStatus};
use crate::layout::Channel;
use crate::waiting::{changed, wait};

/// Noted again this often where it could not be noted.
const REPEAT: Duration = Duration::from_secs(1);
/// Never noted more often than this, so that what is published is not held up by it.
const PAUSE: Duration = Duration::from_millis(200);
/// A database that does not answer holds up no stop.
const WRITES_WITHIN: Duration = Duration::from_secs(2);

/// Notes each change until `stop`, and the last one then.
pub(super) async fn keep(
    pool: PgPool,
    service: String,
    mut status: watch::Receiver<RelayStatus>,
    stop: CancellationToken,
) {
    let mut noted = (Published::default(), Published::default());
    loop {
        let goes_on = wait(REPEAT, &stop, changed(&mut status)).await;
        let now = {
            let status = status.borrow_and_update();
            (status.log.clone(), status.facts.clone())
        };
        if now != noted {
            let written = write(&pool, &service, &now);
            match tokio::time::timeout(WRITES_WITHIN, written).await {
                Ok(Ok(())) => noted = now,
                Ok(Err(error)) => tracing::debug!(service, %error, "how far it came is not noted"),
                Err(_) => tracing::debug!(service, "how far it came is not noted in time"),
            }
        }
        if !goes_on {
            return;
        }
        wait(PAUSE, &stop, std::future::pending()).await;
    }
}

async fn write(
    pool: &PgPool,
    service: &str,
    (log, facts): &(Published, Published),
) -> Result<(), sqlx::Error> {
    let sequence = |of: &Published| i64::try_from(of.sequence).unwrap_or(i64::MAX);
    sqlx::query(
        "insert into views.relay_position (stream, position, sequence)
         select * from unnest($1::text[], $2::bigint[], $3::bigint[])
         on conflict (stream) do update
         set position = excluded.position, sequence = excluded.sequence",
    )
    .bind([Channel::Facts, Channel::Log].map(|channel| channel.stream(service)))
    .bind([facts.position, log.position])
    .bind([sequence(facts), sequence(log)])
    .execute(pool)
    .await
    .map(|_| ())
}
