//! What this service must be told.

use boot::ServiceConfig;
use serde::Deserialize;

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service must be told. NATS and the vault, which others may do without, are needed
    /// here: what others publish is all this service lives on, and names are opened nowhere else.
    pub service: ServiceConfig,
}
