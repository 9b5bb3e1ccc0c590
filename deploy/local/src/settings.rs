//! What each service is told, as its configuration file: written at each start, for its owner alone.

use secrecy::ExposeSecret as _;

use crate::folder::{DataFolder, FolderTrouble};
use crate::foundation::Foundation;
use crate::issuer::{AUDIENCE, Issuer};
use crate::ports;
use crate::secrets::Secrets;
use crate::services::ServiceKind;

/// The name of the one key-encryption key this launcher has ever made.
const KEK_ID: &str = "first";

/// The ports of one service.
#[derive(Clone, Copy, Debug)]
pub struct Doors {
    /// Where people and staff reach it.
    pub service: u16,
    /// Where its metrics are.
    pub metrics: u16,
}

/// Writes a service's configuration.
pub fn write(
    kind: &ServiceKind,
    doors: Doors,
    folder: &DataFolder,
    foundation: &Foundation,
    issuer: &Issuer,
) -> Result<(), FolderTrouble> {
    let text = of(kind, doors, folder, foundation, issuer)?;
    folder.write_private(&format!("config/{}.toml", kind.name), text.as_bytes())
}

fn of(
    kind: &ServiceKind,
    doors: Doors,
    folder: &DataFolder,
    foundation: &Foundation,
    issuer: &Issuer,
) -> Result<String, FolderTrouble> {
    let service = kind.name;
    let secrets = Secrets::of(folder);
    let request_key = secrets.key_hex(&format!("{service}_request_key"))?;
    let nats = foundation.nats_of(service)?;
    // What belongs to no section comes before the first.
    let mut sections = vec![
        kind.told.map_or(Ok(String::new()), |told| told(folder))?,
        section(
            "service",
            &[
                ("listen", &ports::address(doors.service).to_string()),
                ("database_url", foundation.runtime_url(service)?.expose_secret()),
                ("owner_database_url", foundation.owner_url(service)?.expose_secret()),
                ("request_key", request_key.expose_secret()),
            ],
        ),
        section(
            "service.telemetry",
            &[("metrics_listen", &ports::address(doors.metrics).to_string())],
        ),
        section(
            "service.issuer",
            &[("issuer", issuer.name()), ("audience", AUDIENCE), ("jwks_url", issuer.keys_url())],
        ),
        section(
            "service.nats",
            &[
                ("url", &nats.url),
                ("user", &nats.user),
                ("password", nats.password.expose_secret()),
            ],
        ),
    ];
    if let Some(url) = foundation.vault_url(service)? {
        let (kek, index_key) = (secrets.key_hex("vault_kek")?, secrets.key_hex("vault_index_key")?);
        sections.push(section(
            "service.vault",
            &[
                ("url", url.expose_secret()),
                ("kek_hex", kek.expose_secret()),
                ("kek_id", KEK_ID),
                ("index_key_hex", index_key.expose_secret()),
            ],
        ));
    }
    Ok(format!("# Written at each start; changes are lost.\n{}", sections.concat()))
}

fn section(name: &str, entries: &[(&str, &str)]) -> String {
    let lines: String = entries.iter().map(|(key, value)| entry(key, value)).collect();
    format!("\n[{name}]\n{lines}")
}

/// One line. A JSON string is a TOML string too, except for the one control character that JSON
/// leaves as it is.
pub fn entry(key: &str, value: &str) -> String {
    let text = serde_json::Value::from(value).to_string().replace('\u{7f}', "\\u007f");
    format!("{key} = {text}\n")
}

#[cfg(test)]
mod stories {
    use std::collections::BTreeMap;

    use super::{entry, section};

    #[test]
    fn whatever_a_value_holds_is_read_back() {
        let folder = std::env::temp_dir().join(format!("settings-story-{}", std::process::id()));
        let value = "/a \"b\"\\c\n\u{7f}é'#";
        std::fs::write(
            &folder,
            format!("{}{}", entry("own", value), section("one", &[("a", value)])),
        )
        .unwrap();
        let read = boot::config::load::<BTreeMap<String, serde_json::Value>>(
            "nobody",
            Some(&folder),
            std::iter::empty(),
        );
        std::fs::remove_file(&folder).unwrap();
        let read = read.unwrap();
        assert_eq!(read["own"], value);
        assert_eq!(read["one"]["a"], value);
    }
}
