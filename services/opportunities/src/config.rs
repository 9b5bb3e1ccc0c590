//! What this service must be told.

use boot::ServiceConfig;
use serde::Deserialize;

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service must be told.
    pub service: ServiceConfig,
}
