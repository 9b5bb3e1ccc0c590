//! Ports on the loopback address: chosen once, remembered, and chosen anew only when somebody else
//! has taken the place. Two launchers that start at the same moment never choose the same.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixListener};
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

/// Chooses ports, and keeps other launchers from choosing them for as long as it lives.
#[derive(Debug)]
pub struct Ports {
    folder: DataFolder,
    given_out: BTreeMap<u16, Mark>,
    patience: Duration,
}

impl Ports {
    /// The ports of a data folder.
    pub fn of(folder: &DataFolder) -> Self {
        let ended_badly = folder.notice().is_some();
        let patience = if ended_badly { LEAVING } else { Duration::ZERO };
        Self { folder: folder.clone(), given_out: BTreeMap::new(), patience }
    }

    /// The port of this name: the one of last time unless it is taken.
    pub async fn port(&mut self, name: &str) -> Result<u16, PortTrouble> {
        let place = format!("ports/{name}");
        let remembered = self.folder.read(&place)?.and_then(|text| text.parse().ok());
        if let Some(port) = remembered
            && let Some(mark) = self.becomes_free(port).await
        {
            self.given_out.insert(port, mark);
            return Ok(port);
        }
        let (port, mark) = Self::any_free().ok_or(PortTrouble::NoneFree)?;
        self.folder.write_private(&place, port.to_string().as_bytes())?;
        self.given_out.insert(port, mark);
        Ok(port)
    }

    async fn becomes_free(&self, port: u16) -> Option<Mark> {
        let until = Instant::now() + self.patience;
        loop {
            let mark = Mark::on(port);
            if mark.is_some() || Instant::now() >= until {
                return mark;
            }
            pause::before_asking_again(pause::BRIEFLY).await;
        }
    }

    fn any_free() -> Option<(u16, Mark)> {
        (0..TRIES).find_map(|_| {
            let mut chance = [0; 2];
            rand::fill(&mut chance).ok()?;
            let port = FIRST + u16::from_be_bytes(chance) % HOW_MANY;
            Mark::on(port).map(|mark| (port, mark))
        })
    }
}

/// Says to other launchers that a port is chosen, from before its service listens until we end,
/// however we end: a name that the system itself lends to one holder at a time.
#[derive(Debug)]
struct Mark {
    _held: UnixListener,
}

impl Mark {
    /// On a port that nobody listens at and nobody has chosen.
    fn on(port: u16) -> Option<Self> {
        let name = UnixAddr::from_abstract_name(format!("involvement port {port}")).ok()?;
        let held = UnixListener::bind_addr(&name).ok()?;
        TcpListener::bind(address(port)).ok()?;
        Some(Self { _held: held })
    }
}

/// The address of a port of ours.
pub fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod stories {
    use super::{Mark, TcpListener, address};

    #[test]
    fn a_port_is_chosen_by_one_launcher_at_a_time_and_never_while_somebody_listens() {
        let (port, mark) =
            (12_000..20_000).find_map(|port| Mark::on(port).map(|mark| (port, mark))).unwrap();
        assert!(Mark::on(port).is_none(), "chosen, though nobody listens yet");
        drop(mark);
        let listener = TcpListener::bind(address(port)).unwrap();
        assert!(Mark::on(port).is_none(), "somebody listens");
        drop(listener);
        assert!(Mark::on(port).is_some());
    }
}
