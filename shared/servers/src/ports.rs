//! Ports on the loopback address: chosen once, remembered, and chosen anew only when somebody else has
//! taken the place.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use crate::account::Account;
use crate::folders::{self, FolderError};
use crate::passwords::{NoRandomness, random_bytes};

/// Below the range from which the system takes ports for outgoing connections (32768 on Linux), so
/// that a remembered port is not lent to somebody between two starts.
const FIRST: u16 = 20_000;
const HOW_MANY: u16 = 10_000;
/// More tries than a machine could need that is not broken.
const TRIES: u32 = 200;

/// Why there is no port.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Nothing is free, or nothing may be bound.
    #[error("no port from {FIRST} to {} on 127.0.0.1 can be bound", FIRST + HOW_MANY - 1)]
    NoneFree,
    /// No chance to choose by.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The address of a port of ours.
pub(crate) fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind(address(port)).is_ok()
}

/// A port that nobody listens on now.
pub(crate) fn any_free() -> Result<u16, PortError> {
    for _ in 0..TRIES {
        let port = FIRST + u16::from_be_bytes(random_bytes::<2>()?) % HOW_MANY;
        if is_free(port) {
            return Ok(port);
        }
    }
    Err(PortError::NoneFree)
}

/// The port kept in a data folder.
pub(crate) fn remembered(data_folder: &Path) -> Option<u16> {
    fs::read_to_string(data_folder.join("port")).ok()?.trim().parse().ok()
}

/// Keeps a port in a data folder.
pub(crate) fn remember(data_folder: &Path, port: u16) -> Result<(), FolderError> {
    if remembered(data_folder) == Some(port) {
        return Ok(());
    }
    let text = format!("{port}\n");
    folders::write_private_file(&data_folder.join("port"), text.as_bytes(), Account::Own)
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn a_port_somebody_listens_on_is_not_free() {
        let port = any_free().unwrap();
        let listener = TcpListener::bind(address(port)).unwrap();
        assert!(!is_free(port));
        drop(listener);
        assert!(is_free(port));
    }
}
