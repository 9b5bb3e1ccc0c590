//! The services that the launcher starts: one entry each. How a service works is its own business.

use std::path::PathBuf;
use std::sync::Arc;

use boot::{Clock, ConfigError, Launched, Running, StartError};
use eventstore::upcast::Unsound;
use eventstore::{Upcasters, View};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::environment;
use crate::folder::{DataFolder, FolderTrouble};
use crate::settings::entry;

/// Lines of a configuration file, which may speak of places in the data folder.
pub type Told = fn(&DataFolder) -> Result<String, FolderTrouble>;

/// A service as the launcher knows it.
pub struct ServiceKind {
    /// Its name, which is also its database's.
    pub name: &'static str,
    /// What it is told besides what every service is told: lines of its configuration file, if any.
    pub told: Option<Told>,
    /// Its views of its own log.
    pub views: fn() -> Vec<Arc<dyn View>>,
    /// By which they, and its rooms, know old shapes of events.
    pub upcasters: fn() -> Result<Upcasters, Unsound>,
    /// Starts it in this process.
    pub start: fn(Birth) -> Born,
}

/// Every service, in the order in which they are started and shown.
pub static SERVICES: &[ServiceKind] = &[
    ServiceKind {
        name: opportunities::NAME,
        told: None,
        views: opportunities::views::all,
        upcasters: none,
        start: |birth| birth.of(opportunities::NAME, opportunities::start),
    },
    ServiceKind {
        name: recruitment::NAME,
        told: None,
        views: recruitment::views::all,
        upcasters: recruitment::upcast::upcasters,
        start: |birth| birth.of(recruitment::NAME, recruitment::start),
    },
    ServiceKind {
        name: reimbursements::NAME,
        told: Some(|folder| exports_of(folder, reimbursements::NAME)),
        views: reimbursements::views::all,
        upcasters: none,
        start: |birth| birth.of(reimbursements::NAME, reimbursements::start),
    },
    ServiceKind {
        name: notifications::NAME,
        told: Some(notifications_are_told),
        views: notifications::views::all,
        upcasters: none,
        start: |birth| birth.of(notifications::NAME, notifications::start),
    },
    ServiceKind {
        name: audit::NAME,
        told: None,
        views: Vec::new,
        upcasters: none,
        start: |birth| birth.of(audit::NAME, audit::start),
    },
];

/// Where a service puts what leaves the system as a file.
/// Every event of it has its first shape.
#[expect(clippy::unnecessary_wraps, reason = "the shape that services with upcasters have")]
fn none() -> Result<Upcasters, Unsound> {
    Ok(Upcasters::default())
}

fn exports_of(folder: &DataFolder, service: &str) -> Result<String, FolderTrouble> {
    let place = folder.exports()?.join(service);
    let place = entry("folder", &place.display().to_string());
    // The clock of a demonstration runs for years; whoever looks afterwards finds the files.
    Ok(format!("exports = {{ {}, keep_days = 3650 }}\n", place.trim_end()))
}

/// In whose name people are told: an address that belongs to nobody.
fn notifications_are_told(folder: &DataFolder) -> Result<String, FolderTrouble> {
    let exports = exports_of(folder, notifications::NAME)?;
    let sender = "sender = { address = \"involvement@trust.example\", phone = \"01632 960101\" }\n";
    Ok(format!("{exports}{sender}"))
}

/// The service of this name.
pub fn named(name: &str) -> Option<&'static ServiceKind> {
    SERVICES.iter().find(|kind| kind.name == name)
}

/// Why a service does not run.
#[derive(Debug, thiserror::Error)]
pub enum BirthTrouble {
    /// Its configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It does not start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// What comes of a start.
pub type Born = LocalBoxFuture<'static, Result<Running, BirthTrouble>>;

/// Everything a service is started with.
pub struct Birth {
    /// Its configuration file.
    pub config: PathBuf,
    /// Its clock.
    pub clock: Clock,
    /// That the launcher started it.
    pub launched: Launched,
    /// When to stop.
    pub stop: CancellationToken,
}

impl Birth {
    /// Reads the service's own configuration and hands everything to its library.
    fn of<C, F>(
        self,
        name: &'static str,
        start: impl FnOnce(C, Clock, Option<Launched>, CancellationToken) -> F + 'static,
    ) -> Born
    where
        C: DeserializeOwned,
        F: Future<Output = Result<Running, StartError>>,
    {
        Box::pin(async move {
            let variables = environment::variables();
            let config: C = boot::config::load(name, Some(&self.config), variables)?;
            Ok(start(config, self.clock, Some(self.launched), self.stop).await?)
        })
    }
}
