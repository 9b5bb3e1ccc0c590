//! What this crate takes from the environment: the only file that reads it. Everything else is handed
//! a `Surroundings`, so that a test can make up its own.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// Variables that servers are started with: where programs and libraries lie, and nothing else, so
/// that no secret of ours is readable in a server's environment.
const KEPT_FOR_SERVERS: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// Where this machine keeps things.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Cache folder asked for by name (`INVOLVEMENT_CACHE`).
    pub cache_folder: Option<PathBuf>,
    /// `XDG_CACHE_HOME`.
    pub xdg_cache_home: Option<PathBuf>,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `PATH`, searched for servers before anything is downloaded.
    pub search_path: Option<OsString>,
}

impl Surroundings {
    /// Reads the environment of this process.
    pub fn of_this_process() -> Surroundings {
        Surroundings {
            cache_folder: folder("INVOLVEMENT_CACHE"),
            xdg_cache_home: folder("XDG_CACHE_HOME"),
            home: folder("HOME"),
            search_path: env::var_os("PATH"),
        }
    }
}

/// The whole environment of a server.
pub(crate) fn for_servers() -> Vec<(&'static str, OsString)> {
    KEPT_FOR_SERVERS.into_iter().filter_map(|name| Some((name, env::var_os(name)?))).collect()
}

fn folder(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
