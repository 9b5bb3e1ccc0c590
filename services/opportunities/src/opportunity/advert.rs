//! What a draft holds: the advert as far as it is known, and what belongs to it but is never
//! published. A draft may lack anything; `completeness` says what it lacks.

use contracts::id::{GroupId, OpportunityId, SeatId};
use contracts::opportunities::{
    Advert, Closing, Constituency, Contact, Criterion, PaymentOffer, Step,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wording::Wording;

/// A draft, whole. The body of drafting and of revising.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    /// What people will see.
    pub advert: DraftAdvert,
    /// What they will not.
    pub internal: Internal,
}

/// The advert as far as it is known. Every field means what it means in the published advert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraftAdvert {
    /// As people will see it.
    #[schema(max_length = 150)]
    pub title: Option<String>,
    /// The body that advertises.
    #[schema(max_length = 150)]
    pub organisation: Option<String>,
    /// What it is for and what decision it feeds.
    #[schema(max_length = 6000)]
    pub purpose: Option<String>,
    /// What the person would do.
    #[schema(max_length = 6000)]
    pub role_description: Option<String>,
    /// Kind of role, from the trust's own list.
    #[schema(max_length = 80)]
    pub role_kind: Option<String>,
    /// Area it belongs to, from the trust's own list; none means everywhere.
    #[schema(max_length = 80)]
    pub locality: Option<String>,
    /// Topics, matched with people's interests.
    #[schema(max_items = 20, max_length = 60)]
    pub interests: Vec<String>,
    /// Who may apply.
    #[schema(max_items = 3)]
    pub open_to: Vec<Constituency>,
    /// Who cannot apply, in words.
    #[schema(max_length = 2000)]
    pub exclusions: Option<String>,
    /// How much time it takes.
    #[schema(max_length = 2000)]
    pub commitment: Option<String>,
    /// How many people are sought.
    pub places: Option<u16>,
    /// Length of the term in months; none for a single occasion.
    pub term_months: Option<u16>,
    /// What is paid.
    pub payment: Option<PaymentOffer>,
    /// When it opens for applications.
    pub opens_at: Option<Timestamp>,
    /// When it closes.
    pub closing: Option<Closing>,
    /// How to apply, other ways than this system included.
    #[schema(max_length = 6000)]
    pub how_to_apply: Option<String>,
    /// Formats and help offered.
    #[schema(max_length = 2000)]
    pub accessible_formats: Option<String>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// What is scored.
    #[schema(max_items = 25)]
    pub criteria: Vec<Criterion>,
    /// How people are chosen.
    #[schema(max_items = 20)]
    pub steps: Vec<Step>,
    /// The youngest age at which someone may apply, in years.
    pub minimum_age_years: Option<u8>,
    /// Group whose seats are to be filled, if any.
    pub group: Option<GroupId>,
    /// Seats to be filled, if any.
    #[schema(max_items = 50)]
    pub seats: Vec<SeatId>,
}

/// What belongs to an advert and is never published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Internal {
    /// The budget that bears it.
    #[schema(max_length = 60)]
    pub budget_code: Option<String>,
    /// What the writers want the approver to know.
    #[schema(max_length = 2000)]
    pub note_for_approver: Option<String>,
    /// Fields whose content was not in the source but supplied, so that nobody takes it for found.
    #[schema(max_items = 30)]
    pub supplied: Vec<Supplied>,
}

/// One field whose content was supplied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supplied {
    /// The field's name in the advert.
    #[schema(max_length = 40)]
    pub field: String,
    /// By what, such as `the demonstration`.
    #[schema(max_length = 100)]
    pub by: String,
}

/// How an advert came to be begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Someone began it.
    ByHand,
    /// An earlier opportunity left places empty.
    Readvertised {
        /// The earlier one.
        from: OpportunityId,
    },
    /// A seat fell vacant, or will.
    SeatVacant {
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
    },
    /// It was taken over from a published notice.
    Imported {
        /// Which one.
        source: Source,
    },
}

impl Origin {
    /// The earlier opportunity, if this readvertises one.
    pub fn readvertised_from(&self) -> Option<OpportunityId> {
        match self {
            Self::Readvertised { from } => Some(*from),
            Self::ByHand | Self::SeatVacant { .. } | Self::Imported { .. } => None,
        }
    }
}

/// Where an imported advert was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id in the collection it came from.
    #[schema(max_length = 80)]
    pub id: String,
    /// Its address.
    #[schema(max_length = 2000)]
    pub url: String,
    /// How much of it was seen, and what to keep in mind.
    #[schema(max_length = 2000)]
    pub evidence_note: Option<String>,
}

/// What the trust has set for adverts. Read at the edge from the settings in force, never asked of
/// the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdvertRules {
    /// How long an advert runs at least, in days.
    pub minimum_advert_days: u16,
}

impl DraftAdvert {
    /// A draft of an earlier advert's words for the places it left empty. Times are not carried over,
    /// since they have passed; nor are seats where some were taken, since it is not known here which.
    pub fn again(earlier: &Advert, places_filled: u16) -> Self {
        let undated = |step: &Step| Step { what: step.what.clone(), on: None };
        Self {
            title: Some(earlier.title.clone()),
            organisation: Some(earlier.organisation.clone()),
            purpose: Some(earlier.purpose.clone()),
            role_description: Some(earlier.role_description.clone()),
            role_kind: Some(earlier.role_kind.clone()),
            locality: earlier.locality.clone(),
            interests: earlier.interests.clone(),
            open_to: earlier.open_to.clone(),
            exclusions: earlier.exclusions.clone(),
            commitment: Some(earlier.commitment.clone()),
            places: Some(earlier.places.saturating_sub(places_filled)),
            term_months: earlier.term_months,
            payment: Some(earlier.payment.clone()),
            opens_at: None,
            closing: match earlier.closing {
                Closing::At { .. } => None,
                Closing::Rolling => Some(Closing::Rolling),
            },
            how_to_apply: Some(earlier.how_to_apply.clone()),
            accessible_formats: Some(earlier.accessible_formats.clone()),
            contact: Some(earlier.contact.clone()),
            criteria: earlier.criteria.clone(),
            steps: earlier.steps.iter().map(undated).collect(),
            minimum_age_years: Some(earlier.minimum_age_years),
            group: earlier.group,
            seats: if places_filled == 0 { earlier.seats.clone() } else { Vec::new() },
        }
    }

    fn check(&self, wording: &mut Wording) {
        wording.line("advert.title", self.title.as_deref(), 150);
        wording.line("advert.organisation", self.organisation.as_deref(), 150);
        wording.page("advert.purpose", self.purpose.as_deref());
        wording.page("advert.role_description", self.role_description.as_deref());
        wording.line("advert.role_kind", self.role_kind.as_deref(), 80);
        wording.line("advert.locality", self.locality.as_deref(), 80);
        wording.list("advert.interests", &self.interests, 20);
        for (n, interest) in self.interests.iter().enumerate() {
            wording.line(&format!("advert.interests[{n}]"), Some(interest), 60);
        }
        wording.list("advert.open_to", &self.open_to, 3);
        wording.paragraph("advert.exclusions", self.exclusions.as_deref());
        wording.paragraph("advert.commitment", self.commitment.as_deref());
        if self.term_months.is_some_and(|months| months == 0 || months > 120) {
            wording.problem(
                "advert.term_months",
                "Please use 1 to 120 months, or none for a single occasion.",
            );
        }
        if let Some(
            PaymentOffer::InvolvementPayment { statement }
            | PaymentOffer::ExpensesOnly { statement }
            | PaymentOffer::Unpaid { statement },
        ) = &self.payment
        {
            wording.paragraph("advert.payment.statement", Some(statement));
        }
        if let Some(Closing::At { zone, .. }) = &self.closing {
            wording.zone("advert.closing.zone", zone);
        }
        wording.page("advert.how_to_apply", self.how_to_apply.as_deref());
        wording.paragraph("advert.accessible_formats", self.accessible_formats.as_deref());
        if let Some(contact) = &self.contact {
            wording.line("advert.contact.team", Some(&contact.team), 150);
            wording.email("advert.contact.email", contact.email.as_deref());
            wording.line("advert.contact.phone", contact.phone.as_deref(), 60);
        }
        self.check_selection(wording);
        wording.list("advert.seats", &self.seats, 50);
    }

    fn check_selection(&self, wording: &mut Wording) {
        wording.at_most("advert.criteria", self.criteria.len(), 25);
        for (n, criterion) in self.criteria.iter().enumerate() {
            wording.code(&format!("advert.criteria[{n}].code"), &criterion.code);
            wording.line(&format!("advert.criteria[{n}].text"), Some(&criterion.text), 400);
        }
        wording.at_most("advert.steps", self.steps.len(), 20);
        for (n, step) in self.steps.iter().enumerate() {
            wording.line(&format!("advert.steps[{n}].what"), Some(&step.what), 300);
        }
    }
}

impl Content {
    /// What cannot be taken as it is: field and problem, in the order of the form.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        self.advert.check(&mut wording);
        wording.line("internal.budget_code", self.internal.budget_code.as_deref(), 60);
        wording.paragraph("internal.note_for_approver", self.internal.note_for_approver.as_deref());
        wording.at_most("internal.supplied", self.internal.supplied.len(), 30);
        for (n, supplied) in self.internal.supplied.iter().enumerate() {
            wording.line(&format!("internal.supplied[{n}].field"), Some(&supplied.field), 40);
            wording.line(&format!("internal.supplied[{n}].by"), Some(&supplied.by), 100);
        }
        wording.found()
    }
}

impl Source {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.required("source.id", &self.id);
        wording.line("source.id", Some(&self.id), 80);
        wording.required("source.url", &self.url);
        wording.link("source.url", Some(&self.url));
        wording.paragraph("source.evidence_note", self.evidence_note.as_deref());
        wording.found()
    }
}

#[cfg(test)]
mod stories {
    use serde_json::json;

    use super::super::samples::{EARLIER, GROUP, SEATS};
    use super::{Origin, Source};

    fn source(url: &str) -> Source {
        Source { id: "opp-13".to_owned(), url: url.to_owned(), evidence_note: None }
    }

    #[test]
    fn every_origin_is_stored_under_a_name_of_its_own() {
        let url = "https://example.org/adverts/13";
        let origins = [
            (Origin::ByHand, json!({"kind": "by_hand"})),
            (
                Origin::Readvertised { from: EARLIER },
                json!({"kind": "readvertised", "from": EARLIER}),
            ),
            (
                Origin::SeatVacant { seat: SEATS[0], group: GROUP },
                json!({"kind": "seat_vacant", "seat": SEATS[0], "group": GROUP}),
            ),
            (
                Origin::Imported { source: source(url) },
                json!({
                    "kind": "imported",
                    "source": {"id": "opp-13", "url": url, "evidence_note": null}
                }),
            ),
        ];
        for (origin, stored) in origins {
            assert_eq!(serde_json::to_value(&origin).unwrap(), stored);
            assert_eq!(serde_json::from_value::<Origin>(stored).unwrap(), origin);
        }
    }

    #[test]
    fn a_source_can_be_looked_up() {
        assert_eq!(source("https://example.org/adverts/13").malformed(), []);
        assert_eq!(source("somewhere").malformed().len(), 1);
    }
}
