//! What a coordinator would add to an advert, by the advert's id. Shown as supplied for the
//! demonstration, never as found.

use std::collections::BTreeMap;

use contracts::opportunities::{Constituency, Contact, Criterion, PaymentOffer};
use serde::Deserialize;
use serde_json::Value;

use crate::calendar::Calendar;

/// What is added to one advert; nothing has to be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
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

/// What is added to all of them.
#[derive(Debug)]
pub(super) struct Supplement {
    entries: BTreeMap<String, Result<Added, String>>,
    nothing: Result<Added, String>,
    calendar: Calendar,
}

impl Supplement {
    /// Reads a supplement, or says how it has to be. An entry that cannot be read is kept with its
    /// reason, for the advert it belongs to.
    pub(super) fn read(file: &Value, calendar: Calendar) -> Result<Self, &'static str> {
        let entries = file
            .get("adverts")
            .and_then(Value::as_object)
            .ok_or("it has to be an object with an object named `adverts`, by the adverts' ids")?;
        let read = |entry: &Value| Added::deserialize(entry).map_err(|error| error.to_string());
        let entries = entries.iter().map(|(id, entry)| (id.clone(), read(entry))).collect();
        Ok(Self { entries, nothing: Ok(Added::default()), calendar })
    }

    /// What is added to one advert, or why that cannot be read.
    pub(super) fn of(&self, id: &str) -> &Result<Added, String> {
        self.entries.get(id).unwrap_or(&self.nothing)
    }

    pub(super) fn calendar(&self) -> Calendar {
        self.calendar
    }
}
