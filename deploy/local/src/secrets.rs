//! Secrets of one installation: made at random once, one file each, readable by their owner alone.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::SecretString;

use crate::folder::{DataFolder, FolderTrouble};

/// Where secrets come from.
#[derive(Clone, Debug)]
pub struct Secrets {
    folder: DataFolder,
}

impl Secrets {
    /// Those of a data folder.
    pub fn of(folder: &DataFolder) -> Self {
        Self { folder: folder.clone() }
    }

    /// A password, in printable characters.
    pub fn password(&self, name: &str) -> Result<SecretString, FolderTrouble> {
        self.text(name).map(SecretString::from)
    }

    /// A key as 64 hexadecimal digits.
    pub fn key_hex(&self, name: &str) -> Result<SecretString, FolderTrouble> {
        Ok(SecretString::from(hex(&self.seed(name)?)))
    }

    /// A key as 32 bytes, made of the secret's 192 random bits.
    pub fn seed(&self, name: &str) -> Result<[u8; 32], FolderTrouble> {
        let hash = digest(&SHA256, self.text(name)?.as_bytes());
        let mut seed = [0; 32];
        seed.copy_from_slice(hash.as_ref());
        Ok(seed)
    }

    fn text(&self, name: &str) -> Result<String, FolderTrouble> {
        Ok(servers::read_or_create_secret(&self.folder.secret(name)?)?)
    }
}

/// Bytes as small hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
