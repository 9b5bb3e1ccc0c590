//! Makes a service's two streams anew while nothing else runs: after its database was restored to an
//! earlier time, or when a stream has lost messages. What only the old stream held is kept as a file,
//! and whoever heard more than both histories share is set back to where they part.

use std::path::PathBuf;

use messaging::inbox::set_back;
use messaging::layout::Unusable;
use messaging::streams::{self, StreamError};
use messaging::{Channel, Connection, Layout};
use secrecy::ExposeSecret as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::cli::RenewOptions;
use crate::console::Console;
use crate::environment::Environment;
use crate::folder::{DataFolder, FolderTrouble};
use crate::foundation::{Foundation, FoundationTrouble};
use crate::services;

/// Why the streams were not made anew. It can be tried again: they are removed last.
#[derive(Debug, thiserror::Error)]
pub enum RenewTrouble {
    /// There is no such service.
    #[error("there is no service {name:?}")]
    Unknown {
        /// The name given.
        name: String,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// The servers.
    #[error(transparent)]
    Foundation(#[from] FoundationTrouble),
    /// Who hears whom cannot be read.
    #[error("deploy/nats/services.toml cannot be used")]
    Layout(#[from] Unusable),
    /// A database cannot be asked or changed.
    #[error("the database of {service} cannot be used")]
    Database {
        /// Whose.
        service: String,
        /// What it says.
        #[source]
        source: sqlx::Error,
    },
    /// A stream cannot be read or removed.
    #[error("the stream {stream} cannot be {act}: {said}")]
    Stream {
        /// Which.
        stream: String,
        /// What was tried.
        act: &'static str,
        /// What NATS says.
        said: String,
    },
    /// The streams cannot be made.
    #[error("the streams cannot be made")]
    Unmade(#[from] StreamError),
}

/// What was found and done.
struct Renewed {
    /// Up to here the old stream and the log tell the same.
    shared: i64,
    /// Events that only the stream held.
    n_lost: usize,
    kept_in: Option<PathBuf>,
    /// By reader: who was set back.
    set_back: Vec<(String, Vec<String>)>,
}

/// Makes the streams of a service anew.
pub async fn run(options: &RenewOptions, console: Console) -> Result<(), RenewTrouble> {
    let kind = services::named(&options.service)
        .ok_or_else(|| RenewTrouble::Unknown { name: options.service.clone() })?;
    let folder = DataFolder::choose(options.data_dir.as_deref())?;
    if !folder.was_started() {
        folder.leave();
        return Err(FolderTrouble::Empty { path: folder.path().to_owned() }.into());
    }
    let _claim = folder.claim()?;
    let foundation = Foundation::lay(&folder, &Environment::of_this_process(), console).await?;
    let renewed = renew(&folder, &foundation, kind.name).await;
    foundation.stop().await;
    for line in renewed?.told(kind.name) {
        console.line(&line);
    }
    Ok(())
}

impl Renewed {
    fn told(&self, service: &str) -> Vec<String> {
        let mut lines = vec![format!("Both histories of {service} agree up to {}.", self.shared)];
        if let Some(file) = &self.kept_in {
            let lost = self.n_lost;
            lines.push(format!("{lost} events that only the stream held: {}", file.display()));
        }
        for (reader, names) in &self.set_back {
            lines.push(format!("{reader} hears anew from there: {}", names.join(", ")));
        }
        lines.push(format!("The streams of {service} are empty; they fill at the next start."));
        lines
    }
}

async fn renew(
    folder: &DataFolder,
    foundation: &Foundation,
    service: &str,
) -> Result<Renewed, RenewTrouble> {
    let layout = Layout::shipped()?;
    let nats = foundation.nats_administrator().await?;
    let old = OldStream::of(&nats, service).await?;
    let mut log = database(foundation, service).await?;
    let shared = old.shared_with(&mut log).await?;
    close(log, service).await?;
    let lost = old.behind(shared).await?;
    let kept_in = if lost.is_empty() { None } else { Some(keep(folder, service, shared, &lost)?) };
    let mut set_back_readers = Vec::new();
    for (reader, hears) in &layout.services {
        if Channel::ALL.iter().any(|channel| hears.on(*channel).contains_key(service)) {
            let names = set_reader_back(foundation, reader, service, shared).await?;
            if !names.is_empty() {
                set_back_readers.push((reader.clone(), names));
            }
        }
    }
    for channel in Channel::ALL {
        let stream = channel.stream(service);
        let removed = nats.jetstream().delete_stream(&stream).await;
        removed.map_err(|error| unreadable(&stream, "removed", &error))?;
    }
    streams::provision(nats.jetstream(), &layout).await?;
    Ok(Renewed { shared, n_lost: lost.len(), kept_in, set_back: set_back_readers })
}

/// What only the stream holds, one stored event a line, as it was published.
fn keep(
    folder: &DataFolder,
    service: &str,
    shared: i64,
    lost: &[Vec<u8>],
) -> Result<PathBuf, RenewTrouble> {
    let name = format!("lost/{service}-after-{shared}.jsonl");
    let mut text = lost.join(&b'\n');
    text.push(b'\n');
    folder.write_private(&name, &text)?;
    Ok(folder.path().join(name))
}

async fn set_reader_back(
    foundation: &Foundation,
    reader: &str,
    service: &str,
    shared: i64,
) -> Result<Vec<String>, RenewTrouble> {
    let mut database = database(foundation, reader).await?;
    let failed = |source| unusable(reader, source);
    let begun: bool = sqlx::query_scalar("select to_regclass('views.fact_checkpoint') is not null")
        .fetch_one(&mut database)
        .await
        .map_err(failed)?;
    let mut names = Vec::new();
    if begun {
        names = set_back(&mut database, service, shared).await.map_err(failed)?;
        if reader == audit::NAME {
            let aside = audit::views::record::set_aside(&mut database, service, shared);
            aside.await.map_err(failed)?;
        }
    }
    close(database, reader).await?;
    Ok(names)
}

async fn database(foundation: &Foundation, service: &str) -> Result<PgConnection, RenewTrouble> {
    let url = foundation.runtime_url(service)?;
    let options: Result<PgConnectOptions, _> = url.expose_secret().parse();
    let options = options.map_err(|source| unusable(service, source))?;
    PgConnection::connect_with(&options).await.map_err(|source| unusable(service, source))
}

async fn close(database: PgConnection, service: &str) -> Result<(), RenewTrouble> {
    database.close().await.map_err(|source| unusable(service, source))
}

fn unusable(service: &str, source: sqlx::Error) -> RenewTrouble {
    RenewTrouble::Database { service: service.to_owned(), source }
}

fn unreadable(stream: &str, act: &'static str, error: &impl std::error::Error) -> RenewTrouble {
    RenewTrouble::Stream { stream: stream.to_owned(), act, said: error.to_string() }
}

/// The stream of stored events as it was until now.
struct OldStream<'a> {
    nats: &'a Connection,
    service: &'a str,
    name: String,
    last: i64,
}

impl<'a> OldStream<'a> {
    async fn of(nats: &'a Connection, service: &'a str) -> Result<Self, RenewTrouble> {
        let name = Channel::Log.stream(service);
        let stream = nats.jetstream().get_stream(&name).await;
        let stream = stream.map_err(|error| unreadable(&name, "read", &error))?;
        let last = i64::try_from(stream.cached_info().state.last_sequence).unwrap_or(i64::MAX);
        Ok(Self { nats, service, name, last })
    }

    /// Up to where it tells what the log tells: where two hashes are the same, so is all before them.
    async fn shared_with(&self, log: &mut PgConnection) -> Result<i64, RenewTrouble> {
        let failed = |source| unusable(self.service, source);
        let head = eventstore::reader::head(&mut *log).await.map_err(failed)?;
        let (mut same, mut other) = (0, self.last.min(head.position) + 1);
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            let stored: String = sqlx::query_scalar(
                "select encode(chain_hash, 'hex') from log.event where position = $1",
            )
            .bind(middle)
            .fetch_one(&mut *log)
            .await
            .map_err(failed)?;
            if self.hash_at(middle).await?.as_ref() == Some(&stored) {
                same = middle;
            } else {
                other = middle;
            }
        }
        Ok(same)
    }

    /// The hash of the event at a position, if that is where its message stands.
    async fn hash_at(&self, position: i64) -> Result<Option<String>, RenewTrouble> {
        let (headers, _) = self.message(position).await?;
        Ok(headers.filter(|(at, _)| *at == position.to_string()).map(|(_, hash)| hash))
    }

    /// What it holds behind a position.
    async fn behind(&self, position: i64) -> Result<Vec<Vec<u8>>, RenewTrouble> {
        let mut all = Vec::new();
        for sequence in position + 1..=self.last {
            all.push(self.message(sequence).await?.1);
        }
        Ok(all)
    }

    /// Position and hash as one message tells them, and its body.
    async fn message(
        &self,
        sequence: i64,
    ) -> Result<(Option<(String, String)>, Vec<u8>), RenewTrouble> {
        let stream = self.nats.jetstream().get_stream_no_info(&self.name).await;
        let stream = stream.map_err(|error| unreadable(&self.name, "read", &error))?;
        let message = stream.get_raw_message(u64::try_from(sequence).unwrap_or(0)).await;
        let message = message.map_err(|error| unreadable(&self.name, "read", &error))?;
        let header = |name: &str| message.headers.get(name).map(|it| it.as_str().to_owned());
        let place = header("ce-position").zip(header("ce-chainhash"));
        Ok((place, message.payload.to_vec()))
    }
}
