//! One published notice as a file of adverts holds it. Every field may be missing; one of the wrong
//! type is named.

use serde_json::{Map, Value};

/// What a notice says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) id: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) role_type: Option<String>,
    pub(super) locality: Option<String>,
    pub(super) commitment: Option<String>,
    /// The number of places, where the notice gives one and no other.
    pub(super) places: Option<u16>,
    pub(super) payment_expenses: Option<String>,
    pub(super) closing_date_iso: Option<String>,
    pub(super) how_to_apply: Option<String>,
    pub(super) accessibility_support: Option<String>,
    pub(super) source_url: Option<String>,
    pub(super) evidence_note: Option<String>,
}

impl Notice {
    /// Reads an entry: what could be read, and everything that is wrong with it.
    pub(super) fn read(entry: &Value) -> (Self, Vec<String>) {
        let Some(entry) = entry.as_object() else {
            return (Self::default(), vec!["it is not an object".to_owned()]);
        };
        let mut fields = Fields { entry, reasons: Vec::new() };
        let notice = Self {
            id: fields.text("id"),
            organisation: fields.text("organisation"),
            title: fields.text("title"),
            summary: fields.text("summary"),
            role_type: fields.text("role_type"),
            locality: fields.text("locality"),
            commitment: fields.text("commitment"),
            places: fields.number("places"),
            payment_expenses: fields.text("payment_expenses"),
            closing_date_iso: fields.text("closing_date_iso"),
            how_to_apply: fields.text("how_to_apply"),
            accessibility_support: fields.text("accessibility_support"),
            source_url: fields.text("source_url"),
            evidence_note: fields.text("evidence_note"),
        };
        if notice.id.is_none() && entry.get("id").is_none_or(Value::is_null) {
            fields.reasons.push("`id` is missing".to_owned());
        }
        if notice.id.as_deref().is_some_and(|id| id.trim().is_empty()) {
            fields.reasons.push("`id` is empty".to_owned());
        }
        (notice, fields.reasons)
    }
}

struct Fields<'a> {
    entry: &'a Map<String, Value>,
    reasons: Vec<String>,
}

impl Fields<'_> {
    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.entry.get(name).filter(|value| !value.is_null())?;
        let text = value.as_str();
        if text.is_none() {
            self.reasons.push(format!("`{name}` has to be text or null"));
        }
        text.map(str::to_owned)
    }

    /// A number, or a text with one number in it: two would leave open which is meant.
    fn number(&mut self, name: &str) -> Option<u16> {
        let value = self.entry.get(name).filter(|value| !value.is_null())?;
        if value.is_number() {
            let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
            if number.is_none() {
                self.reasons.push(format!("`{name}` has to be a whole number up to {}", u16::MAX));
            }
            return number;
        }
        let text = self.text(name)?;
        let mut numbers = text.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
        let first = numbers.next()?;
        if numbers.next().is_some() { None } else { first.parse().ok() }
    }
}
