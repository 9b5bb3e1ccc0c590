//! ROOM: the life of one opportunity, from the first draft of its advert to what came of it.
//! Nothing here can read a clock, a database or a sealed value; every rule stands in its verb's file.
//!
//! ```text
//! NotDrafted -- draft, readvertise --------> Draft          revise: stays Draft
//! Draft      -- submit_for_review ---------> InReview
//! InReview   -- return_for_revision -------> Draft
//! InReview   -- approve -------------------> Approved       words and seats are fixed
//! Approved   -- open, at its time ---------> Open
//! Open       -- close, at its time --------> Closed         by hand if rolling
//! Open, Closed -- extend_closing ----------> Open
//! Closed     -- record_outcome ------------> Concluded      again, to add what changed
//! any but Concluded -- withdraw -----------> Withdrawn
//! any once approved -- record_publicity ---> stays
//! ```

pub mod events;
pub mod refusals;
pub mod advert;
mod wording;
pub mod lack;
mod completeness;
pub mod draft;
pub mod revise;
pub mod submit_for_review;
pub mod return_for_revision;
pub mod approve;
pub mod open;
pub mod close;
pub mod extend_closing;
pub mod withdraw;
pub mod record_outcome;
pub mod readvertise;
pub mod record_publicity;
mod timers_and_keys;
#[cfg(test)]
mod samples;

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::opportunities::{Advert, Outcome};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use serde::{Deserialize, Serialize};

pub use advert::{AdvertRules, Content, DraftAdvert, Internal, Origin, Source, Supplied};
pub use approve::{Approval, Approve};
pub use close::Close;
pub use draft::Draft;
pub use events::Event;
pub use extend_closing::ExtendClosing;
pub use lack::Lack;
pub use open::Open;
pub use readvertise::Readvertise;
pub use record_outcome::RecordOutcome;
pub use record_publicity::RecordPublicity;
pub use refusals::Refusal;
pub use return_for_revision::ReturnForRevision;
pub use revise::Revise;
pub use submit_for_review::SubmitForReview;
pub use withdraw::Withdraw;

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Opportunity {
    /// Nothing has been begun.
    #[default]
    NotDrafted,
    /// Being written, for the first time or again.
    Draft(Box<Writing>),
    /// Someone reviews it.
    InReview(Box<Writing>),
    /// Its words are fixed; it waits for its opening.
    Approved(Box<Advertised>),
    /// Applications may be made.
    Open(Box<Advertised>),
    /// They may not any more.
    Closed(Box<Advertised>),
    /// How it ended is known.
    Concluded(Box<Advertised>, Conclusion),
    /// It did not go ahead.
    Withdrawn {
        /// Why.
        reason: String,
        /// What had been approved, if it had.
        advertised: Option<Box<Advertised>>,
    },
}

/// A draft and its writers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The draft as it stands.
    pub content: Content,
    /// How it came to be begun.
    pub origin: Origin,
    /// Everyone who had a hand in it.
    pub authors: BTreeSet<PersonId>,
    /// Why it came back, if it has and nothing was handed over since.
    pub returned_because: Option<String>,
}

/// An advert whose words are fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advertised {
    /// The advert, with its closing as it now stands.
    pub advert: Advert,
    /// What belongs to it and is never published.
    pub internal: Internal,
    /// How it came to be begun.
    pub origin: Origin,
    /// Whose approval it was.
    pub approved_by: PersonId,
    /// What the approver noted.
    pub note: Option<String>,
    /// Why it was last extended, if it was.
    pub extended_because: Option<String>,
    /// Where it was made known.
    pub publicity: BTreeSet<RecordPublicity>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// Whether its places were taken.
    pub outcome: Outcome,
    /// How many were.
    pub places_filled: u16,
    /// Why places stayed empty.
    pub reason: Option<String>,
    /// What changed because people took part.
    pub what_changed: Option<String>,
}

/// What can be asked of an opportunity.
#[derive(Clone, Debug)]
pub enum Command {
    /// Begin it.
    Draft(Draft),
    /// Begin it again from one that left places empty.
    Readvertise(Readvertise),
    /// Put other words in place of the draft's.
    Revise(Revise),
    /// Say that it is ready to be reviewed.
    SubmitForReview(SubmitForReview),
    /// Send it back to its writers.
    ReturnForRevision(ReturnForRevision),
    /// Fix its words and let it open at its time.
    Approve(Approve),
    /// Take applications from now on.
    Open(Open),
    /// Take no more applications.
    Close(Close),
    /// Take applications for longer, or again.
    ExtendClosing(ExtendClosing),
    /// Say that it will not go ahead.
    Withdraw(Withdraw),
    /// Say how it ended, and what changed because of it.
    RecordOutcome(RecordOutcome),
    /// Note where and to whom it was made known.
    RecordPublicity(RecordPublicity),
}

impl Aggregate for Opportunity {
    const TYPE: &'static str = "opportunity";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::Draft(it) => it.decide(self, &occasion),
            Command::Readvertise(it) => it.decide(self, &occasion),
            Command::Revise(it) => it.decide(self, &occasion),
            Command::SubmitForReview(it) => it.decide(self, &occasion),
            Command::ReturnForRevision(it) => it.decide(self, &occasion),
            Command::Approve(it) => it.decide(self, &occasion),
            Command::Open(it) => it.decide(self, &occasion),
            Command::Close(it) => it.decide(self, &occasion),
            Command::ExtendClosing(it) => it.decide(self, &occasion),
            Command::Withdraw(it) => it.decide(self, &occasion),
            Command::RecordOutcome(it) => it.decide(self, &occasion),
            Command::RecordPublicity(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        *self = std::mem::take(self).after(event);
    }
}

impl Opportunity {
    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::Drafted { content, origin, authors, owner: _ }, _) => {
                let content = *content;
                Self::Draft(Box::new(Writing { content, origin, authors, returned_because: None }))
            }
            (Event::Revised { content, authors }, Self::Draft(mut writing)) => {
                writing.content = *content;
                writing.authors.extend(authors);
                Self::Draft(writing)
            }
            (Event::SubmittedForReview {}, Self::Draft(mut writing)) => {
                writing.returned_because = None;
                Self::InReview(writing)
            }
            (Event::Returned { reason }, Self::InReview(mut writing)) => {
                writing.returned_because = Some(reason);
                Self::Draft(writing)
            }
            (Event::Approved { advert, internal, approved_by, note }, Self::InReview(writing)) => {
                Self::Approved(Box::new(Advertised {
                    advert: *advert,
                    internal: *internal,
                    origin: writing.origin,
                    approved_by,
                    note,
                    extended_because: None,
                    publicity: BTreeSet::new(),
                }))
            }
            (Event::Opened { .. }, Self::Approved(it)) => Self::Open(it),
            (Event::Closed { .. }, Self::Open(it)) => Self::Closed(it),
            (
                Event::ClosingExtended { closing, reason },
                Self::Open(mut it) | Self::Closed(mut it),
            ) => {
                it.advert.closing = closing;
                it.extended_because = Some(reason);
                Self::Open(it)
            }
            (
                Event::OutcomeRecorded { outcome, places_filled, reason, what_changed, seats: _ },
                Self::Closed(it) | Self::Concluded(it, _),
            ) => Self::Concluded(it, Conclusion { outcome, places_filled, reason, what_changed }),
            (Event::PublicityRecorded { channel, on, audience, link }, mut stage) => {
                if let Some(it) = stage.advertised_mut() {
                    it.publicity.insert(RecordPublicity { channel, on, audience, link });
                }
                stage
            }
            (Event::Withdrawn { reason, .. }, stage) => {
                let advertised = stage.advertised().cloned().map(Box::new);
                Self::Withdrawn { reason, advertised }
            }
            // The rules produce no such history; it changes nothing.
            (
                Event::Revised { .. }
                | Event::SubmittedForReview {}
                | Event::Returned { .. }
                | Event::Approved { .. }
                | Event::Opened { .. }
                | Event::Closed { .. }
                | Event::ClosingExtended { .. }
                | Event::OutcomeRecorded { .. },
                stage,
            ) => stage,
        }
    }

    /// What was approved, from approval on.
    pub fn advertised(&self) -> Option<&Advertised> {
        match self {
            Self::Approved(it) | Self::Open(it) | Self::Closed(it) | Self::Concluded(it, _) => {
                Some(it)
            }
            Self::Withdrawn { advertised, .. } => advertised.as_deref(),
            Self::NotDrafted | Self::Draft(_) | Self::InReview(_) => None,
        }
    }

    fn advertised_mut(&mut self) -> Option<&mut Advertised> {
        match self {
            Self::Approved(it) | Self::Open(it) | Self::Closed(it) | Self::Concluded(it, _) => {
                Some(it)
            }
            Self::Withdrawn { advertised, .. } => advertised.as_deref_mut(),
            Self::NotDrafted | Self::Draft(_) | Self::InReview(_) => None,
        }
    }
}

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;

    fn submit() -> Command {
        Command::SubmitForReview(SubmitForReview { rules: RULES })
    }

    fn revise(said: Content) -> Command {
        Command::Revise(Revise { said })
    }

    fn record(what_changed: Option<&str>) -> Command {
        Command::RecordOutcome(RecordOutcome {
            outcome: Outcome::Filled,
            places_filled: 2,
            reason: None,
            what_changed: what_changed.map(str::to_owned),
        })
    }

    #[test]
    fn one_opportunity_is_lived_through_from_its_first_words_to_what_changed() {
        let extended_to = at("2027-02-12T12:00:00Z");
        let draft = Draft { said: Content::default(), origin: Origin::ByHand };
        let back = ReturnForRevision { reason: "Give a closing time.".to_owned() };
        let approve = Approve { said: Approval::default(), rules: RULES };
        let extend =
            ExtendClosing { closing_at: extended_to, reason: "The post was late.".to_owned() };
        let life = [
            (WRITER, beforehand(), Command::Draft(draft)),
            (WRITER, beforehand(), revise(rolling())),
            (WRITER, beforehand(), submit()),
            (APPROVER, beforehand(), Command::ReturnForRevision(back)),
            (REVISER, beforehand(), revise(content())),
            (REVISER, beforehand(), submit()),
            (APPROVER, beforehand(), Command::Approve(approve)),
            (TIMER, opening(), Command::Open(Open {})),
            (TIMER, closing(), Command::Close(Close {})),
            (COORDINATOR, a_week_after_closing(), Command::ExtendClosing(extend)),
            (TIMER, extended_to, Command::Close(Close {})),
            (COORDINATOR, extended_to, record(None)),
            (COORDINATOR, extended_to, record(Some("The crisis line answers until midnight."))),
        ];
        let mut opportunity = Opportunity::default();
        let mut history = Vec::new();
        for (who, now, command) in life {
            let events = given(history.clone()).when(who, now, command).events();
            assert_eq!(events.len(), 1);
            for event in events {
                opportunity.apply(event.clone());
                history.push(event);
            }
        }
        let Opportunity::Concluded(it, known) = opportunity else { panic!("it has an outcome") };
        assert_eq!(it.advert, Advert { closing: closing_at(extended_to), ..advert() });
        assert!(known.what_changed.is_some());
    }
}
