//! Why an application can say no: the policy. Each variant's comment is the rule; its text is what
//! the person reads.

use contracts::opportunities::Constituency;
use eventstore::append::Reason;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::london::told;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with sending in.
    #[error("There is no such application yet.")]
    NotSubmitted,
    /// What was sent in stays as it was; other words are another application.
    #[error("This application has been sent in and can no longer be changed.")]
    AlreadySubmitted,
    /// One application per person and opportunity, unless it was withdrawn.
    #[error("There is an application from this person for this already.")]
    AlreadyApplied,
    /// Whoever applies is registered, so that they can be reached.
    #[error("Please register first, so that we can reach you.")]
    NotRegistered,
    /// What does not go ahead takes no applications.
    #[error("This opportunity has been withdrawn, so applications are no longer taken.")]
    OpportunityWithdrawn,
    /// Nothing is taken before it opens.
    #[error("Applications open at {}.", told(*opens_at, zone))]
    NotYetOpen {
        /// When it opens.
        opens_at: Timestamp,
        /// The zone in which people are told it.
        zone: String,
    },
    /// Applications are taken up to and including the closing minute, by when they were received,
    /// however late they are typed in.
    #[error(
        "Applications closed at {}. Whatever was received up to and including that minute counts.",
        told(*closes_at, zone)
    )]
    Closed {
        /// When it closed.
        closes_at: Timestamp,
        /// The zone in which people are told it.
        zone: String,
    },
    /// Some places are for some people.
    #[error("These places are for {}.", people(open_to))]
    NotForThem {
        /// For whom.
        open_to: Vec<Constituency>,
    },
    /// Nobody applies below the youngest age.
    #[error("You can apply for this from the age of {years}.")]
    TooYoung {
        /// The youngest age.
        years: u8,
    },
    /// Where what we know of someone's age does not tell, they say so themselves.
    #[error("Please say whether you are {years} or older.")]
    AgeNotSaid {
        /// The youngest age.
        years: u8,
    },
    /// Nobody's words are read before they know what becomes of them.
    #[error("Please confirm that you have read how we use what you write.")]
    DataUseNotUnderstood,
    /// Everyone is judged by what was published, and by nothing else.
    #[error("One of the answers is not to anything that was asked.")]
    NotAsked {
        /// Which answers.
        codes: Vec<String>,
    },
    /// One answer to each.
    #[error("Please give one answer to each question.")]
    AnsweredTwice {
        /// Which answers.
        codes: Vec<String>,
    },
    /// What is essential is answered.
    #[error("Some answers are missing that everyone is asked for: {}.", texts(lacking))]
    EssentialUnanswered {
        /// Code and text of each.
        lacking: Vec<(String, String)>,
    },
    /// An application is withdrawn by whoever made it, or for them.
    #[error("This application was made by someone else.")]
    SomeoneElses,
    /// Whoever holds the place steps down instead.
    #[error("This place is yours. To give it up, tell us that you want to step down.")]
    AlreadyAppointed,
    /// Whoever is offered a place answers the offer, as staff wait for that answer.
    #[error(
        "A place is offered to you. If you would rather not have it, please say no to the place itself. \
         You need not say why, and it does not affect any care you receive."
    )]
    PlaceOffered,
    /// An application leads to one place at a time.
    #[error("A place has been offered on this application, and the answer is still to come.")]
    OfferWaits,
    /// What has ended leaves nothing to take back, and nothing more to offer.
    #[error("The place that this application led to has come to its end.")]
    PlaceEnded,
    /// Only a place that someone holds comes to its end.
    #[error("No place is held because of this application.")]
    PlaceNotHeld,
    /// From the reserve a place is offered up to and including its last day.
    #[error(
        "A place could be offered from the reserve until {}, and that day has passed.",
        until.strftime("%-d %B %Y")
    )]
    ReserveOver {
        /// The last day.
        until: Date,
    },
    /// What someone has been told stands; only someone in reserve may be told something new.
    #[error("The outcome of this application has been told.")]
    OutcomeTold,
    /// What was withdrawn stays withdrawn.
    #[error("This application was withdrawn.")]
    Withdrawn,
    /// On an application for what does not go ahead nothing more is decided, and nobody has to take it
    /// back.
    #[error(
        "This opportunity was withdrawn, so nothing is decided on this application, and there is \
         nothing left to take back."
    )]
    NotGoingAhead,
    /// Only who was offered a place comes to hold it.
    #[error("No place has been offered on this application.")]
    NotOffered,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotSubmitted => "application.not_submitted",
            Self::AlreadySubmitted => "application.already_submitted",
            Self::AlreadyApplied => "application.already_applied",
            Self::NotRegistered => "application.not_registered",
            Self::OpportunityWithdrawn => "application.opportunity_withdrawn",
            Self::NotYetOpen { .. } => "application.not_yet_open",
            Self::Closed { .. } => "application.closed",
            Self::NotForThem { .. } => "application.not_for_them",
            Self::TooYoung { .. } => "application.too_young",
            Self::AgeNotSaid { .. } => "application.age_not_said",
            Self::DataUseNotUnderstood => "application.data_use_not_understood",
            Self::NotAsked { .. } => "application.not_asked",
            Self::AnsweredTwice { .. } => "application.answered_twice",
            Self::EssentialUnanswered { .. } => "application.essential_unanswered",
            Self::SomeoneElses => "application.someone_elses",
            Self::AlreadyAppointed => "application.already_appointed",
            Self::PlaceOffered => "application.place_offered",
            Self::OfferWaits => "application.offer_waits",
            Self::PlaceEnded => "application.place_ended",
            Self::PlaceNotHeld => "application.place_not_held",
            Self::ReserveOver { .. } => "application.reserve_over",
            Self::OutcomeTold => "application.outcome_told",
            Self::Withdrawn => "application.withdrawn",
            Self::NotGoingAhead => "application.not_going_ahead",
            Self::NotOffered => "application.not_offered",
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        let named =
            |code: &String, text: &String| Reason { code: code.clone(), text: text.clone() };
        match self {
            Self::EssentialUnanswered { lacking } => {
                lacking.iter().map(|(code, text)| named(code, text)).collect()
            }
            Self::NotAsked { codes } | Self::AnsweredTwice { codes } => {
                codes.iter().map(|code| named(code, code)).collect()
            }
            Self::NotSubmitted
            | Self::AlreadySubmitted
            | Self::AlreadyApplied
            | Self::NotRegistered
            | Self::OpportunityWithdrawn
            | Self::NotYetOpen { .. }
            | Self::Closed { .. }
            | Self::NotForThem { .. }
            | Self::TooYoung { .. }
            | Self::AgeNotSaid { .. }
            | Self::DataUseNotUnderstood
            | Self::SomeoneElses
            | Self::AlreadyAppointed
            | Self::PlaceOffered
            | Self::OfferWaits
            | Self::PlaceEnded
            | Self::PlaceNotHeld
            | Self::ReserveOver { .. }
            | Self::OutcomeTold
            | Self::Withdrawn
            | Self::NotGoingAhead
            | Self::NotOffered => Vec::new(),
        }
    }
}

fn people(open_to: &[Constituency]) -> String {
    let words = open_to.iter().map(|it| match it {
        Constituency::ServiceUser => "people who use our services",
        Constituency::Carer => "carers",
        Constituency::Public => "members of the public",
    });
    words.collect::<Vec<_>>().join(" or ")
}

fn texts(lacking: &[(String, String)]) -> String {
    let texts = lacking.iter().map(|(_, text)| text.trim_end_matches('.'));
    texts.collect::<Vec<_>>().join("; ")
}
