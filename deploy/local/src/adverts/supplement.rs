//! What a coordinator would add to an advert, by the advert's id. Shown as supplied for the
//! demonstration, never as found.

use std::collections::BTreeMap;

use contracts::opportunities::{Constituency, Contact, Criterion, PaymentOffer};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::flaws::Flaws;
use crate::calendar::Calendar;

/// What is added to one advert; nothing has to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Added {
    /// `MM-DD HH:MM`, local time of the demonstration's year.
    pub(super) opens: Option<String>,
    /// The same, or `rolling`.
    pub(super) closes: Option<String>,
    pub(super) places: Option<u16>,
    pub(super) interests: Vec<String>,
    pub(super) open_to: Vec<Constituency>,
    pub(super) criteria: Vec<Criterion>,
    pub(super) contact: Option<Contact>,
    pub(super) budget_code: Option<String>,
    pub(super) role_description: Option<String>,
    pub(super) accessible_formats: Option<String>,
    pub(super) commitment: Option<String>,
    pub(super) term_months: Option<u16>,
    pub(super) payment: Option<PaymentOffer>,
    pub(super) steps: Vec<AddedStep>,
    pub(super) how_to_apply: Option<String>,
    /// The place in the notice is where it was published, not where it holds.
    pub(super) everywhere: bool,
    /// The group whose seats are to be filled.
    pub(super) group: Option<String>,
    /// How many seats it has.
    pub(super) seats: Option<u16>,
}

/// One step of how people are chosen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddedStep {
    pub(super) what: String,
    /// `MM-DD`.
    #[serde(default)]
    pub(super) on: Option<String>,
}

/// What is added to one advert, as far as it can be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Read {
    pub(super) added: Added,
    /// What is wrong with the rest.
    pub(super) flaws: Flaws,
}

/// What is added to all of them.
#[derive(Debug)]
pub(super) struct Supplement {
    entries: BTreeMap<String, Read>,
    nothing: Read,
    calendar: Calendar,
}

impl Supplement {
    /// Reads a supplement, or says how it has to be. What cannot be read of an entry is kept as a
    /// reason, for the advert it belongs to.
    pub(super) fn read(file: &Value, calendar: Calendar) -> Result<Self, &'static str> {
        let entries = file
            .get("adverts")
            .and_then(Value::as_object)
            .ok_or("it has to be an object with an object named `adverts`, by the adverts' ids")?;
        let entries = entries.iter().map(|(id, entry)| (id.clone(), Read::of(entry))).collect();
        Ok(Self { entries, nothing: Read::default(), calendar })
    }

    /// What is added to one advert.
    pub(super) fn of(&self, id: &str) -> &Read {
        self.entries.get(id).unwrap_or(&self.nothing)
    }

    pub(super) fn calendar(&self) -> Calendar {
        self.calendar
    }
}

impl Read {
    fn of(entry: &Value) -> Self {
        let Some(entry) = entry.as_object() else {
            let mut flaws = Flaws::default();
            flaws.reason("the supplement for it: it is not an object");
            return Self { added: Added::default(), flaws };
        };
        let mut fields = Fields { entry: entry.clone(), flaws: Flaws::default() };
        let added = Added {
            opens: fields.one("opens", "opens_at"),
            closes: fields.one("closes", "closing"),
            places: fields.one("places", "places"),
            interests: fields.list("interests", "interests"),
            open_to: fields.list("open_to", "open_to"),
            criteria: fields.list("criteria", "criteria"),
            contact: fields.one("contact", "contact"),
            budget_code: fields.one("budget_code", "budget_code"),
            role_description: fields.one("role_description", "role_description"),
            accessible_formats: fields.one("accessible_formats", "accessible_formats"),
            commitment: fields.one("commitment", "commitment"),
            term_months: fields.one("term_months", "term_months"),
            payment: fields.one("payment", "payment"),
            steps: fields.list("steps", "steps"),
            how_to_apply: fields.one("how_to_apply", "how_to_apply"),
            everywhere: fields.one("everywhere", "locality").unwrap_or(false),
            group: fields.one("group", "group"),
            seats: fields.one("seats", "seats"),
        };
        for name in fields.entry.keys() {
            fields.flaws.reason(format!("the supplement for it: there is no field `{name}`"));
        }
        Self { added, flaws: fields.flaws }
    }
}

/// The fields of an entry that have not been read yet.
struct Fields {
    entry: Map<String, Value>,
    flaws: Flaws,
}

impl Fields {
    /// The value of this name, which is for that field of the draft.
    fn one<T: DeserializeOwned>(&mut self, name: &str, field: &str) -> Option<T> {
        let value = self.entry.remove(name).filter(|value| !value.is_null())?;
        self.value(value, &format!("`{name}`"), field)
    }

    /// A list, each entry read by itself.
    fn list<T: DeserializeOwned>(&mut self, name: &str, field: &str) -> Vec<T> {
        let values = match self.entry.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                let reason = format!("the supplement for it: `{name}` has to be a list");
                self.flaws.unread(field, reason);
                return Vec::new();
            }
        };
        let values = (1..).zip(values);
        values
            .filter_map(|(place, it)| self.value(it, &format!("entry {place} of `{name}`"), field))
            .collect()
    }

    fn value<T: DeserializeOwned>(&mut self, value: Value, what: &str, field: &str) -> Option<T> {
        match T::deserialize(value) {
            Ok(read) => Some(read),
            Err(error) => {
                self.flaws.unread(field, format!("the supplement for it: {what}: {error}"));
                None
            }
        }
    }
}
