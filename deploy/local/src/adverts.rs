//! Adverts from a file, with what a coordinator adds: each becomes the body of a draft, from as much of
//! it as can be read, with every reason why it cannot be published as it is. One bad advert never
//! stands in the way of the others.

mod flaws;
mod notice;
mod supplement;
mod draft;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use crate::calendar::Calendar;
use crate::secrets::hex;

pub use draft::{Begin, GroupWanted};
pub use flaws::Flaws;
use notice::Notice;
use supplement::Supplement;

/// The adverts and the supplement that come with the launcher.
const SHIPPED_ADVERTS: &str = include_str!("../samples/adverts.json");
const SHIPPED_SUPPLEMENT: &str = include_str!("../samples/supplement.json");
/// More than ten thousand adverts take.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Why a whole file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AdvertsTrouble {
    /// It cannot be read.
    #[error("{} cannot be read; name a file of adverts or leave the option out", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// It is too long to be adverts.
    #[error("{} has more than {} MiB; name a file of adverts", path.display(), FILE_BYTES_MAX / 1024 / 1024)]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// It is not what it has to be.
    #[error("{name} cannot be used: {what}")]
    Shape {
        /// Which.
        name: String,
        /// How it has to be.
        what: String,
    },
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Import {
    /// What can be drafted, as far as it can be read, in the file's order.
    pub adverts: Vec<Advert>,
    /// What cannot.
    pub unusable: Vec<Unusable>,
    /// Stands for the files' content: the same for the same, and for nothing else.
    pub fingerprint: String,
}

/// An advert that can be drafted.
#[derive(Clone, Debug)]
pub struct Advert {
    /// Its place in the file, from 1.
    pub place: usize,
    /// Stands for it in the keys of the story's steps; no two adverts of a file share it.
    pub key: String,
    /// Its id in the file, or its place.
    pub id: String,
    /// What it is called, if it says so.
    pub title: Option<String>,
    /// The body of the draft.
    pub begin: Begin,
    /// The group and seats it is to fill, where it is for a group.
    pub group: Option<GroupWanted>,
    /// What is wrong with it as it stands in the files; it is not published then.
    pub flaws: Flaws,
}

/// An advert that cannot be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Its place in the file, from 1.
    pub place: usize,
    /// Its id, or its place in the file.
    pub name: String,
    /// What it is called, if it says so.
    pub title: Option<String>,
    /// Every reason, as sentences.
    pub reasons: Vec<String>,
}

impl Advert {
    /// The same advert, not published: for what is wrong in the files, and for these reasons.
    pub fn unusable(&self, reasons: Vec<String>) -> Unusable {
        let reasons = [self.flaws.reasons().to_vec(), reasons].concat();
        Unusable { place: self.place, name: self.id.clone(), title: self.title.clone(), reasons }
    }
}

/// Reads the files named, or what comes with the launcher.
pub fn read(
    adverts: Option<&Path>,
    supplement: Option<&Path>,
    calendar: Calendar,
) -> Result<Import, AdvertsTrouble> {
    let adverts = Source::of(adverts, "the sample of adverts", SHIPPED_ADVERTS)?;
    let supplement = Source::of(supplement, "the sample supplement", SHIPPED_SUPPLEMENT)?;
    let (file, added) = (adverts.json()?, supplement.json()?);
    let supplement =
        Supplement::read(&added, calendar).map_err(|what| supplement.shape(what.to_owned()))?;
    let Some(entries) = file.get("opportunities").and_then(Value::as_array) else {
        let what = "it has to be an object with a list named `opportunities`";
        return Err(adverts.shape(what.to_owned()));
    };
    let fingerprint = fingerprint_of(&format!("{file}\n{added}"));
    Ok(Import { fingerprint, ..import(entries, &supplement) })
}

struct Source {
    name: String,
    text: String,
}

impl Source {
    fn of(path: Option<&Path>, name: &str, shipped: &str) -> Result<Self, AdvertsTrouble> {
        let Some(path) = path else {
            return Ok(Self { name: name.to_owned(), text: shipped.to_owned() });
        };
        let unreadable = |source| AdvertsTrouble::Unreadable { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > FILE_BYTES_MAX) {
            return Err(AdvertsTrouble::TooLarge { path: path.to_owned() });
        }
        let name = path.display().to_string();
        let text = String::from_utf8(bytes).map_err(|_| AdvertsTrouble::Shape {
            name: name.clone(),
            what: "it is not text in UTF-8".to_owned(),
        })?;
        Ok(Self { name, text })
    }

    fn json(&self) -> Result<Value, AdvertsTrouble> {
        // Some editors begin a file with a byte order mark.
        serde_json::from_str(self.text.trim_start_matches('\u{feff}'))
            .map_err(|error| self.shape(format!("it is not JSON ({error})")))
    }

    fn shape(&self, what: String) -> AdvertsTrouble {
        AdvertsTrouble::Shape { name: self.name.clone(), what }
    }
}

fn import(entries: &[Value], supplement: &Supplement) -> Import {
    let mut import = Import::default();
    let mut known = BTreeSet::new();
    for (place, entry) in (1..).zip(entries) {
        if entry.is_object() {
            import.adverts.push(advert(entry, place, supplement, &mut known));
        } else {
            import.unusable.push(Unusable {
                place,
                name: format!("entry {place}"),
                title: None,
                reasons: vec!["it is not an object".to_owned()],
            });
        }
    }
    import
}

fn advert(
    entry: &Value,
    place: usize,
    supplement: &Supplement,
    known: &mut BTreeSet<String>,
) -> Advert {
    let mut flaws = Flaws::default();
    let notice = Notice::read(entry, &mut flaws);
    let key = match &notice.id {
        Some(id) if known.insert(id.clone()) => key_of(id),
        Some(_) => {
            flaws.reason("an advert with this id came before");
            key_of_place(place)
        }
        None => key_of_place(place),
    };
    let id = notice.id.clone().unwrap_or_else(|| format!("entry {place}"));
    let title = notice.title.clone();
    let added = supplement.of(&id);
    flaws.join(&added.flaws);
    let calendar = supplement.calendar();
    let (begin, group) = draft::draft(&notice, &added.added, calendar, &mut flaws);
    Advert { place, key, id, title, begin, group, flaws }
}

/// An id may be any text; a key is visible ASCII of bounded length.
fn key_of(id: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
    if (1..=80).contains(&id.len()) && id.bytes().all(plain) {
        return id.to_owned();
    }
    format!("~{}", fingerprint_of(id))
}

/// Of what has no id of its own; unlike the key of any id.
fn key_of_place(place: usize) -> String {
    format!("~entry-{place}")
}

fn fingerprint_of(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    hex(hash.as_ref())[..32].to_owned()
}

#[cfg(test)]
mod stories;
