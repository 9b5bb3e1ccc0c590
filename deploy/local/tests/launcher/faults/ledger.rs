//! What was acknowledged, by whom and how: written down and flushed to the disk before the next command
//! is given, so that nothing is believed later that was not promised.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::world::{Place, Story, Told};

/// A command as it is given, and given again under the same key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Command {
    /// Who gives it: the name of their token.
    pub who: String,
    pub service: String,
    pub path: String,
    pub key: String,
    pub body: Value,
}

/// What was answered, as far as it must be the same ever after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub etag: Option<String>,
    /// Service and position, such as `opportunities:17`.
    pub token: Option<String>,
    pub location: Option<String>,
    pub body_sha256: Vec<u8>,
}

/// An acknowledged command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub command: Command,
    pub answer: Answer,
    /// How often it was given before it was answered.
    pub given: u32,
}

impl Answer {
    pub fn of(status: u16, headers: &reqwest::header::HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Self {
            status,
            etag: text("etag"),
            token: text("involvement-token"),
            location: text("location"),
            body_sha256: digest(&SHA256, body).as_ref().to_vec(),
        }
    }
}

/// One client's book.
pub struct Ledger(File);

impl Ledger {
    pub fn of(place: &Place, client: usize) -> Told<Self> {
        std::fs::create_dir_all(folder(place))?;
        let path = folder(place).join(client.to_string());
        Ok(Self(OpenOptions::new().append(true).create(true).open(path)?))
    }

    pub fn write(&mut self, entry: &Entry) -> Story {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.0.write_all(&line)?;
        Ok(self.0.sync_data()?)
    }
}

fn folder(place: &Place) -> PathBuf {
    place.path().join("acknowledged")
}

/// Everything that all clients wrote down.
pub fn read(place: &Place) -> Told<Vec<Entry>> {
    let mut entries = Vec::new();
    for book in std::fs::read_dir(folder(place))? {
        entries.extend(read_one(&book?.path())?);
    }
    Ok(entries)
}

fn read_one(book: &Path) -> Told<Vec<Entry>> {
    let lines = BufReader::new(File::open(book)?).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}
