//! What people are told: one file for each kind of message, with what it is about and its words. Plain
//! words, a neutral subject and a neutral beginning, since a preview may be seen by others; whom it
//! is for is never known here, so no text can hold a name.

pub mod opportunity_opened;
pub mod application_received;
pub mod application_withdrawn;
pub mod registered;
pub mod term_ending;
pub mod place_offered;
pub mod place_no_longer_offered;
pub mod application_outcome;
pub mod opportunity_withdrawn;
pub mod claim_received;
pub mod claim_queried;
pub mod claim_decided;
pub mod claim_paid;
mod phrases;
#[cfg(test)]
pub(crate) mod samples;

use contracts::id::OpportunityId;
use serde::{Deserialize, Serialize};

use crate::config::Sender;

pub use application_outcome::{ApplicationOutcome, Outcome};
pub use application_received::ApplicationReceived;
pub use application_withdrawn::ApplicationWithdrawn;
pub use claim_decided::ClaimDecided;
pub use claim_paid::ClaimPaid;
pub use claim_queried::ClaimQueried;
pub use claim_received::ClaimReceived;
pub use opportunity_opened::OpportunityOpened;
pub use opportunity_withdrawn::OpportunityWithdrawn;
pub use place_no_longer_offered::{PlaceNoLongerOffered, WhyOver};
pub use place_offered::PlaceOffered;
pub use registered::Registered;
pub use term_ending::TermEnding;

/// What a message is about, in what is not personal. Kinds' names are stored and permanent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// An opportunity is open that suits what the person chose.
    OpportunityOpened(OpportunityOpened),
    /// Their application has arrived.
    ApplicationReceived(ApplicationReceived),
    /// Their application is withdrawn, as they asked.
    ApplicationWithdrawn(ApplicationWithdrawn),
    /// They are registered.
    Registered(Registered),
    /// Their term comes to its end.
    TermEnding(TermEnding),
    /// A place is offered to them.
    PlaceOffered(PlaceOffered),
    /// That place is offered to them no longer.
    PlaceNoLongerOffered(PlaceNoLongerOffered),
    /// What came of their application.
    ApplicationOutcome(ApplicationOutcome),
    /// What they applied for is withdrawn.
    OpportunityWithdrawn(OpportunityWithdrawn),
    /// Their claim has arrived.
    ClaimReceived(ClaimReceived),
    /// Something is asked about their claim.
    ClaimQueried(ClaimQueried),
    /// Some lines of their claim were decided.
    ClaimDecided(ClaimDecided),
    /// A payment was made to them.
    ClaimPaid(ClaimPaid),
}

/// The words of one message, without greeting and signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// What stands above it.
    pub subject: &'static str,
    /// What it says. The first is neutral, and longer than what a preview shows.
    pub paragraphs: Vec<String>,
}

/// Who speaks.
#[derive(Clone, Debug)]
pub struct Voice {
    /// In whose name.
    pub sender: Sender,
    /// What someone who is struggling can do at once.
    pub crisis_line: String,
}

impl Content {
    /// The kind's permanent name, the same that serde writes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OpportunityOpened(_) => "opportunity_opened",
            Self::ApplicationReceived(_) => "application_received",
            Self::ApplicationWithdrawn(_) => "application_withdrawn",
            Self::Registered(_) => "registered",
            Self::TermEnding(_) => "term_ending",
            Self::PlaceOffered(_) => "place_offered",
            Self::PlaceNoLongerOffered(_) => "place_no_longer_offered",
            Self::ApplicationOutcome(_) => "application_outcome",
            Self::OpportunityWithdrawn(_) => "opportunity_withdrawn",
            Self::ClaimReceived(_) => "claim_received",
            Self::ClaimQueried(_) => "claim_queried",
            Self::ClaimDecided(_) => "claim_decided",
            Self::ClaimPaid(_) => "claim_paid",
        }
    }

    /// The opportunity it is about, if it is about one.
    pub fn about(&self) -> Option<OpportunityId> {
        match self {
            Self::OpportunityOpened(it) => Some(it.opportunity),
            Self::ApplicationReceived(it) => Some(it.opportunity),
            Self::ApplicationWithdrawn(it) => Some(it.opportunity),
            Self::PlaceOffered(it) => it.opportunity,
            Self::PlaceNoLongerOffered(it) => it.opportunity,
            Self::ApplicationOutcome(it) => Some(it.opportunity),
            Self::OpportunityWithdrawn(it) => Some(it.opportunity),
            Self::Registered(_)
            | Self::TermEnding(_)
            | Self::ClaimReceived(_)
            | Self::ClaimQueried(_)
            | Self::ClaimDecided(_)
            | Self::ClaimPaid(_) => None,
        }
    }

    /// Whether it tells of somebody's money, or of what came of their application: what others on the
    /// staff do not learn by reaching the person.
    pub fn tells_of_money_or_outcome(&self) -> bool {
        match self {
            Self::PlaceOffered(_)
            | Self::PlaceNoLongerOffered(_)
            | Self::ApplicationOutcome(_)
            | Self::ClaimReceived(_)
            | Self::ClaimQueried(_)
            | Self::ClaimDecided(_)
            | Self::ClaimPaid(_) => true,
            Self::OpportunityOpened(_)
            | Self::ApplicationReceived(_)
            | Self::ApplicationWithdrawn(_)
            | Self::OpportunityWithdrawn(_)
            | Self::Registered(_)
            | Self::TermEnding(_) => false,
        }
    }

    /// Its words.
    pub fn writing(&self, voice: &Voice) -> Writing {
        match self {
            Self::OpportunityOpened(it) => it.writing(voice),
            Self::ApplicationReceived(it) => it.writing(voice),
            Self::ApplicationWithdrawn(it) => it.writing(voice),
            Self::Registered(Registered {}) => Registered::writing(voice),
            Self::TermEnding(it) => it.writing(voice),
            Self::PlaceOffered(it) => it.writing(voice),
            Self::PlaceNoLongerOffered(it) => it.writing(voice),
            Self::ApplicationOutcome(it) => it.writing(voice),
            Self::OpportunityWithdrawn(it) => it.writing(voice),
            Self::ClaimReceived(it) => it.writing(voice),
            Self::ClaimQueried(it) => it.writing(voice),
            Self::ClaimDecided(it) => it.writing(voice),
            Self::ClaimPaid(it) => it.writing(voice),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;

    /// More than inboxes and locked screens show.
    const PREVIEW_CHARACTERS: usize = 90;

    #[test]
    fn a_kind_is_stored_under_the_name_it_tells() {
        for content in one_of_each() {
            let stored = serde_json::to_value(&content).unwrap();
            assert_eq!(stored["kind"], content.kind());
            assert_eq!(serde_json::from_value::<Content>(stored).unwrap(), content);
        }
    }

    #[test]
    fn what_was_stored_of_each_kind_is_read_for_ever() {
        for stored in [
            r#"{"kind":"opportunity_opened","opportunity":"019a0c1e-5b00-7000-8000-000000000005",
                "title":"Readers","closing":{"kind":"rolling"},
                "reasons":[{"kind":"interest","interest":"letters"}]}"#,
            r#"{"kind":"application_received","application":"019a0c1e-5b00-7000-8000-000000000006",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":"Readers"}"#,
            r#"{"kind":"application_withdrawn","application":"019a0c1e-5b00-7000-8000-000000000006",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":null}"#,
            r#"{"kind":"registered"}"#,
            r#"{"kind":"term_ending","appointment":"019a0c1e-5b00-7000-8000-000000000007",
                "question":"end_or_renewal","ends_on":"2028-02-29"}"#,
            r#"{"kind":"place_offered","appointment":"019a0c1e-5b00-7000-8000-000000000007",
                "opportunity":null,"title":null,"starts_on":"2027-03-01","ends_on":"2028-02-29",
                "answer_by":"2027-01-25"}"#,
            r#"{"kind":"place_no_longer_offered",
                "appointment":"019a0c1e-5b00-7000-8000-000000000007",
                "opportunity":null,"title":null,
                "why":{"kind":"taken_back","reason":"It was merged."}}"#,
            r#"{"kind":"place_no_longer_offered",
                "appointment":"019a0c1e-5b00-7000-8000-000000000007",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":"Readers",
                "why":{"kind":"not_answered"}}"#,
            r#"{"kind":"application_outcome","application":"019a0c1e-5b00-7000-8000-000000000006",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":"Readers",
                "outcome":{"kind":"kept_in_reserve","until":"2027-09-30"},"has_reason":false}"#,
            r#"{"kind":"application_outcome","application":"019a0c1e-5b00-7000-8000-000000000006",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":"Readers",
                "outcome":{"kind":"place_offered"},"has_reason":true}"#,
            r#"{"kind":"application_outcome","application":"019a0c1e-5b00-7000-8000-000000000006",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":"Readers",
                "outcome":{"kind":"not_selected"},"has_reason":true}"#,
            r#"{"kind":"opportunity_withdrawn",
                "application":"019a0c1e-5b00-7000-8000-000000000006",
                "opportunity":"019a0c1e-5b00-7000-8000-000000000005","title":"Readers",
                "reason":"The letters are being rewritten first."}"#,
            r#"{"kind":"claim_received","claim":"019a0c1e-5b00-7000-8000-000000000008",
                "activity_on":"2027-05-10","expenses":{"pence":"1890","currency":"GBP"},
                "payments":{"pence":"0","currency":"GBP"},
                "questions":[{"line":3,"question":"What was the ticket for?"}]}"#,
            r#"{"kind":"claim_queried","claim":"019a0c1e-5b00-7000-8000-000000000008",
                "activity_on":"2027-05-10","lines":[2,3],"question":"How far?"}"#,
            r#"{"kind":"claim_decided","claim":"019a0c1e-5b00-7000-8000-000000000008",
                "activity_on":"2027-05-10","approved":[1],
                "refused":[{"line":2,"reason":"parking is free there"}],"undecided":[3],
                "expenses":{"pence":"1890","currency":"GBP"},
                "payments":{"pence":"0","currency":"GBP"}}"#,
            r#"{"kind":"claim_paid","claim":"019a0c1e-5b00-7000-8000-000000000008",
                "activity_on":"2027-05-10","payable_on":"2027-05-20","paid_on":"2027-05-28",
                "paid_for":"expenses","amount":{"pence":"1890","currency":"GBP"},
                "reference":"INV 7K2"}"#,
        ] {
            let stored: serde_json::Value = serde_json::from_str(stored).unwrap();
            let content: Content = serde_json::from_value(stored.clone()).unwrap();
            assert_eq!(serde_json::to_value(&content).unwrap(), stored);
        }
    }

    #[test]
    fn neither_subject_nor_preview_tells_what_it_is_about() {
        for content in one_of_each() {
            let writing = content.writing(&voice());
            let first = &writing.paragraphs[0];
            assert!(first.chars().count() >= PREVIEW_CHARACTERS, "{first}");
            for seen in [writing.subject, first.as_str()] {
                for telling in [
                    "ental",
                    "Research",
                    "health",
                    "service user",
                    "carer",
                    "patient",
                    "place",
                    "£",
                    "expense",
                    "payment",
                    "application",
                ] {
                    assert!(!seen.contains(telling), "{seen}");
                }
            }
        }
    }

    #[test]
    fn every_text_names_whom_to_ask_and_is_in_plain_words() {
        for content in one_of_each() {
            let text = content.writing(&voice()).paragraphs.join(" ");
            assert!(text.contains("team@example.org") && text.contains("01632 960101"), "{text}");
            // With the two words that follow it is what people are told; without them it is ours.
            let without = text.to_lowercase().replace("not selected this time", "");
            for system_word in [
                "appointment",
                "refus",
                "reject",
                "not selected",
                "involvee",
                "lottery",
                "expired",
                "reimburse",
                "claimant",
                "seat",
                "cooling",
            ] {
                assert!(!without.contains(system_word), "{text}");
            }
        }
    }

    #[test]
    fn nobody_is_asked_why() {
        for content in one_of_each() {
            let text = content.writing(&voice()).paragraphs.join(" ").to_lowercase();
            assert!(
                text.contains("need not say why") || text.contains("or to say why not"),
                "{text}"
            );
        }
    }

    #[test]
    fn who_has_no_number_to_ring_is_told_none() {
        let mut voice = voice();
        voice.sender.phone = None;
        for content in one_of_each() {
            let text = content.writing(&voice).paragraphs.join(" ");
            assert!(text.contains("write to team@example.org."), "{text}");
        }
    }
}
