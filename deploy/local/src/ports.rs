//! Ports on the loopback address: chosen once, remembered, and chosen anew only when somebody else
//! has taken the place.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use aws_lc_rs::rand;
use tokio::time::Instant;

use crate::folder::{DataFolder, FolderTrouble};
use crate::pause;

/// Below the ports of our servers, and far below those the system lends to outgoing connections.
const FIRST: u16 = 12_000;
const HOW_MANY: u16 = 8_000;
/// More tries than a machine could need that is not broken.
const TRIES: u32 = 200;
/// How long processes of a launcher that was killed may take to leave their ports.
const LEAVING: Duration = Duration::from_secs(3);

/// Why there is no port.
#[derive(Debug, thiserror::Error)]
pub enum PortTrouble {
    /// Nothing is free, or nothing may be bound.
    #[error(
        "no port from {FIRST} to {} on 127.0.0.1 can be bound; `involvement doctor` says more",
        FIRST + HOW_MANY - 1
    )]
    NoneFree,
    /// The port cannot be remembered.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
}

/// Chooses ports for one start.
#[derive(Debug)]
pub struct Ports {
    folder: DataFolder,
    given_out: BTreeSet<u16>,
    patience: Duration,
}

impl Ports {
    /// The ports of a data folder.
    pub fn of(folder: &DataFolder) -> Self {
        let ended_badly = folder.notice().is_some();
        let patience = if ended_badly { LEAVING } else { Duration::ZERO };
        Self { folder: folder.clone(), given_out: BTreeSet::new(), patience }
    }

    /// The port of this name: the one of last time unless it is taken.
    pub async fn port(&mut self, name: &str) -> Result<u16, PortTrouble> {
        let place = format!("ports/{name}");
        let remembered = self.folder.read(&place)?.and_then(|text| text.parse().ok());
        if let Some(port) = remembered
            && self.becomes_free(port).await
        {
            self.given_out.insert(port);
            return Ok(port);
        }
        let port = self.any_free().ok_or(PortTrouble::NoneFree)?;
        self.folder.write_private(&place, port.to_string().as_bytes())?;
        self.given_out.insert(port);
        Ok(port)
    }

    async fn becomes_free(&self, port: u16) -> bool {
        let until = Instant::now() + self.patience;
        loop {
            if self.is_free(port) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            pause::before_asking_again(pause::BRIEFLY).await;
        }
    }

    fn is_free(&self, port: u16) -> bool {
        !self.given_out.contains(&port) && TcpListener::bind(address(port)).is_ok()
    }

    fn any_free(&self) -> Option<u16> {
        (0..TRIES).find_map(|_| {
            let mut chance = [0; 2];
            rand::fill(&mut chance).ok()?;
            let port = FIRST + u16::from_be_bytes(chance) % HOW_MANY;
            self.is_free(port).then_some(port)
        })
    }
}

/// The address of a port of ours.
pub fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
