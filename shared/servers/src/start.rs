//! Why a server did not start, said so that the reader knows what to do.

use std::io;
use std::path::PathBuf;

use crate::folders::FolderError;
use crate::keeper::KeeperError;
use crate::passwords::NoRandomness;
use crate::ports::PortError;
use crate::version::Version;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder or file.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The keeper.
    #[error(transparent)]
    Keeper(#[from] KeeperError),
    /// No port.
    #[error(transparent)]
    Port(#[from] PortError),
    /// No password or name could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Two processes must not keep one data folder.
    #[error("{} is in use by another process; stop that one first, or choose another data folder", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The port asked for by name is taken.
    #[error("port {port} for {server} is taken by another program; choose another, or none")]
    PortTaken {
        /// The server.
        server: &'static str,
        /// The port.
        port: u16,
    },
    /// A server from before is still there and does not react even to being killed.
    #[error(
        "{server} of an earlier run (process {pid}) still runs on this data folder and cannot be stopped"
    )]
    Leftover {
        /// The server.
        server: &'static str,
        /// Its process.
        pid: u32,
    },
    /// A step before the start failed.
    #[error("cannot {step}: {said}")]
    Step {
        /// What was tried.
        step: &'static str,
        /// What the program said.
        said: String,
    },
    /// A program of the system did not start.
    #[error("cannot start {program}")]
    Program {
        /// The program.
        program: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Postgres reads only data of its own major version.
    #[error(
        "{} was made by Postgres {made_by}, but the Postgres at hand is {at_hand}; put Postgres \
         {made_by} on PATH, or choose another data folder",
        folder.display()
    )]
    OtherMajorVersion {
        /// The data folder.
        folder: PathBuf,
        /// The version the data needs.
        made_by: String,
        /// The version there is.
        at_hand: Version,
    },
    /// Nobody could connect, or everybody.
    #[error("NATS needs at least one user, with names that differ; {name:?} is wrong")]
    NatsUser {
        /// The name that is empty, given twice or unprintable.
        name: String,
    },
    /// The server ended while starting.
    #[error("{server} ended while it was starting; its log ends with:\n{log_tail}")]
    Ended {
        /// The server.
        server: &'static str,
        /// The last lines.
        log_tail: String,
    },
    /// The server runs but does not answer.
    #[error("{server} did not answer within {seconds} seconds; its log ends with:\n{log_tail}")]
    Late {
        /// The server.
        server: &'static str,
        /// How long it was given.
        seconds: u64,
        /// The last lines.
        log_tail: String,
    },
}
