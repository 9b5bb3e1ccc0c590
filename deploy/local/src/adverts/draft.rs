//! From notice and supplement to the body of a draft. Judges nothing: what is missing stays missing,
//! and the service says so.

use contracts::opportunities::{Closing, PaymentOffer, Step};
use jiff::Timestamp;
use opportunities::opportunity::{DraftAdvert, Internal, Source, Supplied};
use serde::Serialize;

use super::flaws::Flaws;
use super::notice::Notice;
use super::supplement::{Added, AddedStep};
use crate::calendar::{Calendar, published};

/// By what the fields were supplied that the notice lacks.
const SUPPLIED_BY: &str = "the demonstration's supplement";
/// The youngest age, where no notice says one.
const MINIMUM_AGE_YEARS: u8 = 18;

/// The body of a draft.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Begin {
    /// What people will see.
    pub advert: DraftAdvert,
    /// What they will not.
    pub internal: Internal,
    /// Where the notice was found, if it says so.
    pub source: Option<Source>,
}

/// A group whose seats an advert is to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupWanted {
    /// The group's name.
    pub name: String,
    /// How many seats it has.
    pub seats: u16,
}

/// The draft of what can be read of a notice. What cannot joins the flaws.
pub(super) fn draft(
    notice: &Notice,
    added: &Added,
    calendar: Calendar,
    flaws: &mut Flaws,
) -> (Begin, Option<GroupWanted>) {
    let mut drafting = Drafting { calendar, supplied: Vec::new(), flaws };
    let advert = drafting.advert(notice, added);
    let budget_code = drafting.supplied_field("budget_code", added.budget_code.clone());
    let by = |field: &&str| Supplied { field: (*field).to_owned(), by: SUPPLIED_BY.to_owned() };
    let supplied = drafting.supplied.iter().map(by).collect();
    let internal = Internal { budget_code, note_for_approver: None, supplied };
    let id = notice.id.clone().filter(|id| !id.trim().is_empty());
    let source = id.zip(notice.source_url.clone()).map(|(id, url)| Source {
        id,
        url,
        evidence_note: notice.evidence_note.clone(),
    });
    let group = added.group.as_ref().map(|name| GroupWanted {
        name: name.trim().to_owned(),
        seats: added.seats.or(advert.places).unwrap_or(1),
    });
    if let (Some(GroupWanted { seats, .. }), Some(places)) = (&group, advert.places)
        && *seats != places
    {
        let said = format!("`seats` is {seats} and there are {places} places");
        flaws.reason(format!("the supplement for it: {said}; a group has a seat for each place"));
    }
    (Begin { advert, internal, source }, group)
}

struct Drafting<'a> {
    calendar: Calendar,
    supplied: Vec<&'static str>,
    flaws: &'a mut Flaws,
}

impl Drafting<'_> {
    fn advert(&mut self, notice: &Notice, added: &Added) -> DraftAdvert {
        DraftAdvert {
            title: notice.title.clone(),
            organisation: notice.organisation.clone(),
            purpose: notice.summary.clone(),
            role_description: self
                .supplied_field("role_description", added.role_description.clone()),
            role_kind: notice.role_type.clone(),
            locality: self.locality(notice, added),
            interests: self.supplied_list("interests", &added.interests),
            open_to: self.supplied_list("open_to", &added.open_to),
            exclusions: None,
            commitment: self.found_or(
                "commitment",
                notice.commitment.as_ref(),
                added.commitment.as_ref(),
            ),
            places: self.found_or("places", notice.places.as_ref(), added.places.as_ref()),
            term_months: self.supplied_field("term_months", added.term_months),
            payment: self.payment(notice, added),
            opens_at: self.opening(added),
            closing: self.closing(notice, added),
            how_to_apply: self.found_or(
                "how_to_apply",
                notice.how_to_apply.as_ref(),
                added.how_to_apply.as_ref(),
            ),
            accessible_formats: self.formats(notice, added),
            contact: self.supplied_field("contact", added.contact.clone()),
            criteria: self.supplied_list("criteria", &added.criteria),
            steps: self.steps(&added.steps),
            minimum_age_years: self.supplied_field("minimum_age_years", Some(MINIMUM_AGE_YEARS)),
            group: None,
            seats: Vec::new(),
        }
    }

    fn supplied_field<T>(&mut self, field: &'static str, value: Option<T>) -> Option<T> {
        if value.is_some() {
            self.supplied.push(field);
        }
        value
    }

    fn supplied_list<T: Clone>(&mut self, field: &'static str, list: &[T]) -> Vec<T> {
        if !list.is_empty() {
            self.supplied.push(field);
        }
        list.to_vec()
    }

    /// What the notice says goes before what is supplied.
    fn found_or<T: Clone>(
        &mut self,
        field: &'static str,
        found: Option<&T>,
        added: Option<&T>,
    ) -> Option<T> {
        match found {
            Some(found) => Some(found.clone()),
            None => self.supplied_field(field, added.cloned()),
        }
    }

    fn locality(&mut self, notice: &Notice, added: &Added) -> Option<String> {
        if added.everywhere {
            self.supplied.push("locality");
            return None;
        }
        notice.locality.clone()
    }

    fn payment(&mut self, notice: &Notice, added: &Added) -> Option<PaymentOffer> {
        match (&added.payment, &notice.payment_expenses) {
            (Some(offer), _) => self.supplied_field("payment", Some(offer.clone())),
            (None, Some(statement)) => Some(offer_in(statement)),
            (None, None) => None,
        }
    }

    fn opening(&mut self, added: &Added) -> Option<Timestamp> {
        let at = self.instant("opens", "opens_at", added.opens.as_deref()?)?;
        self.supplied_field("opens_at", Some(at))
    }

    fn closing(&mut self, notice: &Notice, added: &Added) -> Option<Closing> {
        let zone = || eventstore::clock::LOCAL_ZONE.to_owned();
        match (added.closes.as_deref(), notice.closing_date_iso.as_deref()) {
            (Some("rolling"), _) => self.supplied_field("closing", Some(Closing::Rolling)),
            (Some(text), _) => {
                let at = self.instant("closes", "closing", text)?;
                self.supplied_field("closing", Some(Closing::At { at, zone: zone() }))
            }
            (None, Some(text)) => {
                let at = published(text);
                if at.is_none() {
                    let how = "has to be a day, such as 2027-01-17, or 2027-01-17T12:00";
                    self.flaws.unread("closing", format!("`closing_date_iso` {how}"));
                }
                Some(Closing::At { at: at?, zone: zone() })
            }
            (None, None) => None,
        }
    }

    fn formats(&mut self, notice: &Notice, added: &Added) -> Option<String> {
        match (&notice.accessibility_support, &added.accessible_formats) {
            (Some(found), Some(added)) => {
                self.supplied.push("accessible_formats");
                Some(format!("{found} {added}"))
            }
            (found, added) => self.found_or("accessible_formats", found.as_ref(), added.as_ref()),
        }
    }

    fn steps(&mut self, added: &[AddedStep]) -> Vec<Step> {
        if !added.is_empty() {
            self.supplied.push("steps");
        }
        let dated = |step: &AddedStep| {
            let on = match &step.on {
                None => None,
                Some(text) => self.calendar.day(text).or_else(|| {
                    self.flaws.reason(self.no_date("the day of a step", text, "02-15"));
                    None
                }),
            };
            Step { what: step.what.clone(), on }
        };
        added.iter().map(dated).collect()
    }

    fn instant(&mut self, name: &str, field: &str, text: &str) -> Option<Timestamp> {
        let at = self.calendar.instant(text);
        if at.is_none() {
            self.flaws.unread(field, self.no_date(&format!("`{name}`"), text, "01-12 09:00"));
        }
        at
    }

    fn no_date(&self, name: &str, text: &str, example: &str) -> String {
        let year = self.calendar.year();
        format!(
            "the supplement for it: {name} is {text:?}, which is no date of {year} such as {example}"
        )
    }
}

/// The kind of payment that a notice speaks of.
fn offer_in(statement: &str) -> PaymentOffer {
    let words = statement.to_lowercase();
    let says = |all: &[&str]| all.iter().any(|it| words.contains(it));
    let unpaid = says(&["no payment", "not paid", "unpaid", "voluntary"]);
    let pays_for_time = says(&["£", "fee", "honorarium", "paid", "payment", "for time"]);
    let statement = statement.to_owned();
    if unpaid || (!pays_for_time && says(&["expense", "travel", "parking", "mileage"])) {
        PaymentOffer::ExpensesOnly { statement }
    } else {
        PaymentOffer::InvolvementPayment { statement }
    }
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::PaymentOffer;

    use super::offer_in;

    #[test]
    fn the_words_of_a_notice_tell_what_is_paid() {
        for text in [
            "Out of pocket expenses",
            "No payment for time; mileage, parking and other expenses",
            "Parking and travel reimbursed; refreshments",
        ] {
            assert!(matches!(offer_in(text), PaymentOffer::ExpensesOnly { .. }), "{text}");
        }
        for text in [
            "£150 a day or £75 a half day; out of pocket expenses",
            "Small honorarium and travel expenses",
            "Level 4 role: involvement payment by payroll; reasonable expenses.",
            "Reimbursed for time.",
        ] {
            assert!(matches!(offer_in(text), PaymentOffer::InvolvementPayment { .. }), "{text}");
        }
    }
}
