//! When each step of the story was first done, so that telling it again tells the same times.
//! A record for the timeline alone; what counts stands in the services' logs.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::folder::{DataFolder, FolderTrouble};

const NAME: &str = "diary.jsonl";

/// What was done when.
#[derive(Debug)]
pub struct Diary {
    known: Mutex<BTreeMap<String, Timestamp>>,
    file: Mutex<File>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    step: String,
    at: Timestamp,
}

impl Diary {
    /// Opens the diary of a data folder. A line that a kill cut off is passed over.
    pub fn open(folder: &DataFolder) -> Result<Self, FolderTrouble> {
        let text = folder.read(NAME)?.unwrap_or_default();
        let known = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Line>(line).ok())
            .map(|line| (line.step, line.at))
            .collect();
        let path = folder.path().join(NAME);
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(FolderTrouble::io("open", &path))?;
        // What was cut off must not run into the next line.
        file.write_all(b"\n").map_err(FolderTrouble::io("write", &path))?;
        Ok(Self { known: Mutex::new(known), file: Mutex::new(file) })
    }

    /// Whether nothing was ever done.
    pub fn is_empty(&self) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// When the step was done, if it was.
    pub fn when(&self, step: &str) -> Option<Timestamp> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(step).copied()
    }

    /// When the step was first done: now, unless it is known to have been done before.
    pub fn done(&self, step: &str, now: Timestamp) -> Timestamp {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = known.get(step) {
            return *at;
        }
        known.insert(step.to_owned(), now);
        let line = Line { step: step.to_owned(), at: now };
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        // Unwritten, the next telling shows a later time; nothing else hangs on it.
        let _ = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text);
        now
    }
}
