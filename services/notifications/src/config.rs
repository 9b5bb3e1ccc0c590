//! What this service must be told.

use std::path::PathBuf;

use boot::ServiceConfig;
use secrecy::SecretString;
use serde::Deserialize;

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service must be told. `service.nats` and `service.vault` are needed here: without
    /// them nobody could be told anything.
    pub service: ServiceConfig,
    /// The mail server. Without one, every e-mail is put into the exports folder as an `.eml` file.
    #[serde(default)]
    pub smtp: Option<Smtp>,
    /// Where files go that leave the system.
    pub exports: Exports,
    /// In whose name people are told.
    pub sender: Sender,
    /// What someone who is struggling can do at once, as the end of the sentence "please do not wait
    /// for us: you can …". It differs by nation. Default: England's.
    #[serde(default = "crisis_line_of_england")]
    pub crisis_line: String,
}

/// The mail server that takes what is sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name, as its certificate has it.
    pub host: String,
    /// Its port; usually 587 with `starttls`, 465 with `wrapped`.
    pub port: u16,
    /// The account to sign in with, if the server wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// The account's password.
    #[serde(default)]
    pub password: Option<SecretString>,
    /// How the connection is encrypted. Default `starttls`.
    #[serde(default)]
    pub encryption: Encryption,
    /// A file with the certificate, in PEM, of an authority that the server's is signed by, where it
    /// is none of the public ones.
    #[serde(default)]
    pub authority_file: Option<PathBuf>,
    /// How long the server may take for its greeting, and again for taking the message, in seconds.
    /// Default 20.
    #[serde(default = "twenty")]
    pub timeout_seconds: u16,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// From the start.
    Wrapped,
    /// After a greeting in clear; without it nothing is sent.
    #[default]
    Starttls,
    /// Not at all: only for a server on the same machine.
    Off,
}

/// Where files go that leave the system.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exports {
    /// A folder of its own, which nobody else can read. Made where it is missing.
    pub folder: PathBuf,
    /// After how many days a file is removed. Default 14.
    #[serde(default = "fourteen")]
    pub keep_days: u16,
}

/// In whose name people are told. Neutral by default: a person may not be exposed by what stands in
/// an inbox or on an envelope.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The name beside the address, and at the end of each text. Default `Involvement team`.
    #[serde(default = "involvement_team")]
    pub name: String,
    /// The e-mail address that messages come from and answers go to.
    pub address: String,
    /// The number people can ring, if there is one.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where people can write to, in lines as on an envelope. Stands on letters.
    #[serde(default)]
    pub postal_address: Option<String>,
    /// Where people can read more and apply, if there is such a page.
    #[serde(default)]
    pub website: Option<String>,
}

fn crisis_line_of_england() -> String {
    "call 111 and choose option 2, or call Samaritans on 116 123, at any time of day or night"
        .to_owned()
}

fn involvement_team() -> String {
    "Involvement team".to_owned()
}

fn twenty() -> u16 {
    20
}

fn fourteen() -> u16 {
    14
}

#[cfg(test)]
mod stories {
    use super::{Encryption, Exports, Sender, Smtp};

    #[test]
    fn what_is_not_said_is_neutral_and_safe() {
        let sender: Sender = serde_json::from_str(r#"{"address":"team@example.org"}"#).unwrap();
        assert_eq!(sender.name, "Involvement team");
        let smtp: Smtp = serde_json::from_str(r#"{"host":"mail.example.org","port":587}"#).unwrap();
        assert_eq!((smtp.encryption, smtp.timeout_seconds), (Encryption::Starttls, 20));
        let exports: Exports = serde_json::from_str(r#"{"folder":"exports"}"#).unwrap();
        assert_eq!(exports.keep_days, 14);
    }

    #[test]
    fn a_password_cannot_be_printed() {
        let smtp: Smtp = serde_json::from_str(
            r#"{"host":"a","port":1,"user":"b","password":"canary","encryption":"off"}"#,
        )
        .unwrap();
        assert!(!format!("{smtp:?}").contains("canary"));
    }
}
