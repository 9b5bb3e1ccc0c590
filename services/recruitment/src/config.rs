//! What this service must be told.

use boot::ServiceConfig;
use serde::Deserialize;

/// The whole configuration. Of what every service may be told, this one needs the vault, as it seals
/// what people say of themselves, and NATS, as it takes applications only for what it has heard of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service must be told.
    pub service: ServiceConfig,
}
