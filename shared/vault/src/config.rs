//! What a service must be told to reach the vault. Nothing here reads a file or the environment.

use secrecy::SecretString;
use serde::Deserialize;

/// Where the keys are, and the two secrets that no database holds. `Debug` shows no secret.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultConfig {
    /// The key database, as `postgres://role:password@host:port/database`, with the service's own
    /// role. It is no service's event database, and its backups have a shorter life.
    pub url: SecretString,
    /// The key-encryption key, which wraps every person's keys: 64 hexadecimal digits, the same for
    /// every service of an installation. Whoever loses it loses every personal value.
    pub kek_hex: SecretString,
    /// The key-encryption key's name, such as `2026-11`: up to 64 letters, digits, `.`, `-` and `_`.
    /// It is stored beside each key it wraps. A name never stands for two keys.
    pub kek_id: String,
    /// The key of the blind index, by which a personal value is found without being stored: 64
    /// hexadecimal digits, other than the key-encryption key, and never changed, since what was
    /// hashed under it could no longer be found.
    pub index_key_hex: SecretString,
}
