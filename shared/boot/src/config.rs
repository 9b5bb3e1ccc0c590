//! What a service must be told: a TOML file, then variables such as
//! `RECRUITMENT__SERVICE__LISTEN`. Unknown keys are refused; secrets cannot be printed.

use std::path::Path;

use messaging::connect::Settings;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};
use vault::VaultConfig;
use web::IssuerConfig;

/// What every service must be told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    /// Address to listen on for HTTP, such as `127.0.0.1:8081`.
    pub listen: String,
    /// The service's database as its runtime role, as a `postgres://` URL.
    pub database_url: SecretString,
    /// The same database as its owner. Where given, the schema is brought up to date at start.
    #[serde(default)]
    pub owner_database_url: Option<SecretString>,
    /// Connections for reading, 1 to 50. Default 6.
    #[serde(default = "six")]
    pub database_connections_max: u32,
    /// Key of the hash by which a repeated request is recognised: 64 hexadecimal digits.
    pub request_key: SecretString,
    /// Who signs people in.
    pub issuer: IssuerConfig,
    /// JetStream. Without it the service keeps to itself: nothing is published, nothing is heard.
    #[serde(default)]
    pub nats: Option<Settings>,
    /// The vault of keys, for services that seal or open personal values.
    #[serde(default)]
    pub vault: Option<VaultConfig>,
    /// What those who run the service are told beside its log.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// Lowest level written to the log, such as `info` or `recruitment=debug,info`. Default `info`.
    #[serde(default = "info")]
    pub log: String,
}

/// What those who run a service are told beside its log. Nothing of it is on unless it is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// Address at which `/metrics` answers, such as `127.0.0.1:9101`: one that only the machine's
    /// keepers reach, because whoever reads it is not asked who they are. Default: nowhere.
    #[serde(default)]
    pub metrics_listen: Option<String>,
    /// Where spans go as OTLP over HTTP, such as `http://127.0.0.1:4318`; `/v1/traces` is added.
    /// Default: nowhere.
    #[serde(default)]
    pub otlp_endpoint: Option<String>,
}

fn six() -> u32 {
    6
}

fn info() -> String {
    "info".to_owned()
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read")]
    File {
        /// Which file.
        path: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML, a key is unknown or missing, or a value does not fit.
    #[error("the configuration does not fit: {0}")]
    Content(String),
}

/// Reads a service's configuration: the file, if one is named, then the variables.
pub fn load<T: DeserializeOwned>(
    service: &str,
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let mut table = match file {
        None => Table::new(),
        Some(path) => std::fs::read_to_string(path)
            .map_err(|source| ConfigError::File { path: path.display().to_string(), source })?
            .parse()
            .map_err(|error: toml::de::Error| ConfigError::Content(plain(&error)))?,
    };
    let prefix = format!("{}__", service.to_uppercase());
    for (name, value) in variables {
        if let Some(path) = name.strip_prefix(&prefix) {
            overlay(&mut table, &path.to_lowercase(), &value);
        }
    }
    T::deserialize(table).map_err(|error| ConfigError::Content(plain(&error)))
}

/// The message alone: the full text would show the line, and with it perhaps a secret.
fn plain(error: &toml::de::Error) -> String {
    error.message().to_owned()
}

fn overlay(table: &mut Table, path: &str, value: &str) {
    match path.split_once("__") {
        None => {
            let value = value
                .parse::<i64>()
                .map(Value::Integer)
                .or_else(|_| value.parse::<bool>().map(Value::Boolean))
                .unwrap_or_else(|_| Value::String(value.to_owned()));
            table.insert(path.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner =
                table.entry(section.to_owned()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                overlay(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, load};
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Two {
        service: One,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct One {
        listen: String,
        #[serde(default)]
        places: i64,
    }

    fn variables(all: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        let all: Vec<_> = all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        all.into_iter()
    }

    #[test]
    fn variables_of_the_service_fill_its_sections_and_those_of_others_do_not() {
        let read: Two = load(
            "audit",
            None,
            variables(&[
                ("AUDIT__SERVICE__LISTEN", "127.0.0.1:0"),
                ("AUDIT__SERVICE__PLACES", "3"),
                ("RECRUITMENT__SERVICE__LISTEN", "elsewhere"),
            ]),
        )
        .unwrap();
        assert_eq!(read, Two { service: One { listen: "127.0.0.1:0".to_owned(), places: 3 } });
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let read = load::<Two>("audit", None, variables(&[("AUDIT__SERVICE__LISTNE", "x")]));
        assert!(matches!(read, Err(ConfigError::Content(text)) if text.contains("listne")));
    }
}
