//! The streams themselves: made once, the same each time, never without the promises below.
//! A service makes only its own two again after a wipe; changing or deleting is for nobody here.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamError, GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};

use crate::layout::{Channel, Layout};

/// How long the server remembers message ids. A help only: the expected sequence is the guarantee.
const DUPLICATE_WINDOW: Duration = Duration::from_mins(2);

/// Why a stream is not there.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The server could not say whether it exists.
    #[error("the stream {stream} cannot be asked for")]
    Unknown {
        /// Its name.
        stream: String,
        /// What the server said.
        #[source]
        source: GetStreamError,
    },
    /// One of an earlier build could not be brought up to what is promised now.
    #[error("the stream {stream} cannot be changed")]
    Unchanged {
        /// Its name.
        stream: String,
        /// What the server said.
        #[source]
        source: CreateStreamError,
    },
    /// It could not be made.
    #[error("the stream {stream} cannot be made")]
    Unmade {
        /// Its name.
        stream: String,
        /// What the server said.
        #[source]
        source: CreateStreamError,
    },
}

/// How a stream has to be. Nothing ages out and nothing is discarded; messages are neither deleted
/// nor purged. Many may be published as one, all of them or none.
pub fn config(service: &str, channel: Channel, replicas: usize) -> Config {
    Config {
        name: channel.stream(service),
        subjects: vec![channel.subjects(service)],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: replicas,
        duplicate_window: DUPLICATE_WINDOW,
        max_age: Duration::ZERO,
        deny_delete: true,
        deny_purge: true,
        allow_atomic_publish: true,
        ..Config::default()
    }
}

/// The stream, made where it is missing. A stream that is there is never changed.
pub async fn ensure_stream(jetstream: &Context, config: &Config) -> Result<Stream, StreamError> {
    match find_stream(jetstream, &config.name).await? {
        Some(stream) => Ok(stream),
        None => jetstream
            .create_stream(config)
            .await
            .map_err(|source| StreamError::Unmade { stream: config.name.clone(), source }),
    }
}

/// The stream, if it exists.
pub(crate) async fn find_stream(
    jetstream: &Context,
    name: &str,
) -> Result<Option<Stream>, StreamError> {
    match jetstream.get_stream(name).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(cause)
                if cause.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Ok(None)
            }
            GetStreamErrorKind::JetStream(_)
            | GetStreamErrorKind::EmptyName
            | GetStreamErrorKind::Request
            | GetStreamErrorKind::InvalidStreamName => {
                Err(StreamError::Unknown { stream: name.to_owned(), source: error })
            }
        },
    }
}

/// Makes every stream of the layout that is missing, and brings those of an earlier build up to what
/// is promised now; for the administrator. Safe to repeat.
pub async fn provision(jetstream: &Context, layout: &Layout) -> Result<(), StreamError> {
    for service in layout.services.keys() {
        for channel in Channel::ALL {
            let wanted = config(service, channel, layout.replicas);
            let stream = ensure_stream(jetstream, &wanted).await?;
            let found = &stream.cached_info().config;
            if !found.allow_atomic_publish {
                let changed = Config { allow_atomic_publish: true, ..found.clone() };
                jetstream.update_stream(changed).await.map_err(|source| {
                    StreamError::Unchanged { stream: wanted.name.clone(), source }
                })?;
            }
        }
    }
    Ok(())
}
