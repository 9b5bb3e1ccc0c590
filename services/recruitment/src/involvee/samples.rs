//! Where the room's stories start from: people, what they say, and what has happened to them.

use contracts::opportunities::{
    Advert, Closing, Constituency, Contact, Criterion, PaymentOffer, Step,
};
use contracts::{OpportunityId, PersonId, Personal, Sealed};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{
    AccountId, AgeStatement, Consent, Digest, Event, Evidence, Format, GuardianConsent, HowToReach,
    Involvee, MatchReason, Preferences, Registration, WhyLinked, WhyUnlinked,
};
use crate::story::{Given, at};

pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const CLEO: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const COORDINATOR: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const SYSTEM: PersonId = PersonId::new(Uuid::from_u128(5));
pub(super) const ACCOUNT_OF_ANA: AccountId = AccountId::new(Uuid::from_u128(6));
pub(super) const OPPORTUNITY: OpportunityId = OpportunityId::new(Uuid::from_u128(7));

pub(super) fn given(history: Vec<Event>) -> Given<Involvee> {
    Given(history)
}

pub(super) fn now() -> Timestamp {
    at("2027-01-04T10:00:00Z")
}

/// Stands for a value the vault has sealed.
pub(super) fn sealed<T: Personal>(what: &str) -> Sealed<T> {
    Sealed::new(ANA, format!("sealed {what}"))
}

pub(super) fn registration() -> Registration {
    Registration {
        name: sealed("name"),
        how_to_reach: HowToReach::Letter { address: sealed("address") },
        preferences: Preferences {
            interests: ["crisis care".to_owned(), "inpatient care".to_owned()].into(),
            localities: ["North".to_owned()].into(),
            constituencies: [Constituency::ServiceUser].into(),
            digest: Digest::AtOnce,
        },
        age: AgeStatement::Adult,
        consents: [(Consent::OpportunityNews, "2027-1".to_owned())].into(),
        privacy_notice_version: "2026-11".to_owned(),
        heard_from: Some("A poster on the ward".to_owned()),
    }
}

pub(super) fn by_e_mail() -> HowToReach {
    HowToReach::Email { address: sealed("e-mail address") }
}

pub(super) fn guardian_consent(given_on: Date) -> GuardianConsent {
    GuardianConsent { guardian: sealed("guardian"), given_on }
}

pub(super) fn registered() -> Event {
    Event::Registered { person: ANA, registration: Box::new(registration()) }
}

pub(super) fn registered_at_16() -> Event {
    let guardian_consent = Some(guardian_consent(date(2027, 1, 2)));
    let age = AgeStatement::SixteenOrSeventeen { guardian_consent };
    Event::Registered {
        person: ANA,
        registration: Box::new(Registration { age, ..registration() }),
    }
}

pub(super) fn renamed() -> Event {
    Event::Renamed { name: sealed("another name") }
}

pub(super) fn need_recorded() -> Event {
    Event::AccessNeedRecorded {
        need: Some(sealed("need")),
        formats: [Format::LargePrint, Format::Audio].into(),
    }
}

pub(super) fn consent_given() -> Event {
    Event::ConsentGiven { consent: Consent::NamedInPublic, wording_version: "2027-1".to_owned() }
}

pub(super) fn consent_withdrawn() -> Event {
    Event::ConsentWithdrawn { consent: Consent::OpportunityNews }
}

pub(super) fn linked() -> Event {
    Event::AccountLinked {
        account: ACCOUNT_OF_ANA,
        why: WhyLinked::FirstAccount,
        evidence: [Evidence::MetInPerson, Evidence::PhotographicIdentity].into(),
    }
}

pub(super) fn unlinked() -> Event {
    Event::AccountUnlinked { account: ACCOUNT_OF_ANA, why: WhyUnlinked::LinkedInError }
}

pub(super) fn supporter_named() -> Event {
    Event::SupporterNamed { supporter: BEN }
}

pub(super) fn support_ended() -> Event {
    Event::SupportEnded { supporter: BEN }
}

pub(super) fn went_away() -> Event {
    Event::WentAway { reason: Some(sealed("tired")) }
}

pub(super) fn matched() -> Event {
    Event::OpportunityMatched {
        opportunity: OPPORTUNITY,
        title: advert().title,
        closing: advert().closing,
        reasons: vec![
            MatchReason::Constituency { constituency: Constituency::ServiceUser },
            MatchReason::Locality { locality: "North".to_owned() },
            MatchReason::Interest { interest: "crisis care".to_owned() },
        ],
    }
}

/// An advert that suits.
pub(super) fn advert() -> Advert {
    let words = |text: &str| text.to_owned();
    Advert {
        title: words("Members of the service improvement group"),
        organisation: words("Example NHS Trust"),
        purpose: words("To advise the trust."),
        role_description: words("Read papers and come to meetings."),
        role_kind: words("committee member"),
        locality: Some(words("North")),
        interests: vec![words("crisis care")],
        open_to: vec![Constituency::ServiceUser, Constituency::Carer],
        exclusions: None,
        commitment: words("Two hours a month."),
        places: 2,
        term_months: Some(24),
        payment: PaymentOffer::ExpensesOnly { statement: words("Expenses are paid.") },
        opens_at: at("2027-01-04T09:00:00Z"),
        closing: Closing::At { at: at("2027-01-29T12:00:00Z"), zone: words("Europe/London") },
        how_to_apply: words("Here, by telephone, or on paper."),
        accessible_formats: words("Large print, easy read and audio."),
        contact: Contact { team: words("Involvement team"), email: None, phone: None },
        criteria: vec![Criterion {
            code: words("experience"),
            text: words("You have used the crisis line."),
            essential: true,
        }],
        steps: vec![Step { what: words("An informal talk"), on: None }],
        minimum_age_years: 18,
        group: None,
        seats: Vec::new(),
    }
}

/// One event of each name. A new event breaks the build here until it has its place, and the stories
/// until it has its sample.
pub(super) fn one_of_each() -> Vec<Event> {
    let next = |event: &Event| match event {
        Event::Registered { .. } => {
            Some(Event::InterestsChosen { interests: ["crisis care".to_owned()].into() })
        }
        Event::InterestsChosen { .. } => {
            Some(Event::LocalitiesChosen { localities: ["South".to_owned()].into() })
        }
        Event::LocalitiesChosen { .. } => Some(Event::ConstituenciesStated {
            constituencies: [Constituency::ServiceUser, Constituency::Carer].into(),
        }),
        Event::ConstituenciesStated { .. } => Some(Event::DigestChosen { digest: Digest::Weekly }),
        Event::DigestChosen { .. } => Some(Event::ChannelChosen { how_to_reach: by_e_mail() }),
        Event::ChannelChosen { .. } => Some(renamed()),
        Event::Renamed { .. } => Some(need_recorded()),
        Event::AccessNeedRecorded { .. } => Some(Event::CameOfAge {}),
        Event::CameOfAge {} => Some(consent_given()),
        Event::ConsentGiven { .. } => Some(consent_withdrawn()),
        Event::ConsentWithdrawn { .. } => Some(linked()),
        Event::AccountLinked { .. } => Some(unlinked()),
        Event::AccountUnlinked { .. } => Some(supporter_named()),
        Event::SupporterNamed { .. } => Some(support_ended()),
        Event::SupportEnded { .. } => Some(went_away()),
        Event::WentAway { .. } => Some(Event::CameBack {}),
        Event::CameBack {} => Some(matched()),
        Event::OpportunityMatched { .. } => None,
    };
    std::iter::successors(Some(registered()), next).collect()
}
