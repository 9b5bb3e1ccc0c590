//! What this service must be told.

use std::path::PathBuf;

use boot::ServiceConfig;
use serde::Deserialize;

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service must be told. `service.nats` and `service.vault` are needed here: without
    /// them nobody is known to have taken part, and nobody's account can be kept.
    pub service: ServiceConfig,
    /// Where files for the bank are put.
    pub exports: Exports,
}

/// Where files for the bank are put. They hold accounts in clear.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exports {
    /// A folder of this service's own, which nobody else can read. Made where it is missing. Where
    /// several instances run, all of them reach the same one.
    pub folder: PathBuf,
    /// After how many days a file is removed. Default 14.
    #[serde(default = "fourteen")]
    pub keep_days: u16,
}

fn fourteen() -> u16 {
    14
}

#[cfg(test)]
mod stories {
    use super::Exports;

    #[test]
    fn what_is_not_said_is_a_fortnight() {
        let exports: Exports = serde_json::from_str(r#"{"folder":"exports"}"#).unwrap();
        assert_eq!(exports.keep_days, 14);
    }
}
