//! One published notice as a file of adverts holds it. Every field may be missing; one of the wrong
//! type is named.

use serde_json::Value;

use super::flaws::Flaws;

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
    /// Reads an entry: what can be read of it. What is wrong with the rest joins the flaws.
    pub(super) fn read(entry: &Value, flaws: &mut Flaws) -> Self {
        let mut fields = Fields { entry, flaws };
        let notice = Self {
            id: fields.text("id", "id"),
            organisation: fields.text("organisation", "organisation"),
            title: fields.text("title", "title"),
            summary: fields.text("summary", "purpose"),
            role_type: fields.text("role_type", "role_kind"),
            locality: fields.text("locality", "locality"),
            commitment: fields.text("commitment", "commitment"),
            places: fields.number("places", "places"),
            payment_expenses: fields.text("payment_expenses", "payment"),
            closing_date_iso: fields.text("closing_date_iso", "closing"),
            how_to_apply: fields.text("how_to_apply", "how_to_apply"),
            accessibility_support: fields.text("accessibility_support", "accessible_formats"),
            source_url: fields.text("source_url", "source"),
            evidence_note: fields.text("evidence_note", "source"),
        };
        if entry.get("id").is_none_or(Value::is_null) {
            flaws.reason("`id` is missing");
        }
        if notice.id.as_deref().is_some_and(|id| id.trim().is_empty()) {
            flaws.reason("`id` is empty");
        }
        notice
    }
}

struct Fields<'a> {
    entry: &'a Value,
    flaws: &'a mut Flaws,
}

impl Fields<'_> {
    /// The text of this name, which is for that field of the draft.
    fn text(&mut self, name: &str, field: &str) -> Option<String> {
        let value = self.entry.get(name).filter(|value| !value.is_null())?;
        let text = value.as_str();
        if text.is_none() {
            self.flaws.unread(field, format!("`{name}` has to be text or null"));
        }
        text.map(str::to_owned)
    }

    /// A number, or a text with one number in it: two would leave open which is meant.
    fn number(&mut self, name: &str, field: &str) -> Option<u16> {
        let value = self.entry.get(name).filter(|value| !value.is_null())?;
        if value.is_number() {
            let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
            if number.is_none() {
                let reason = format!("`{name}` has to be a whole number up to {}", u16::MAX);
                self.flaws.unread(field, reason);
            }
            return number;
        }
        let text = self.text(name, field)?;
        let mut numbers = text.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
        let first = numbers.next()?;
        if numbers.next().is_some() { None } else { first.parse().ok() }
    }
}
