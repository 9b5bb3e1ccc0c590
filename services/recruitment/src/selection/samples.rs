//! Where the room's stories start from: people, applications, scores and decisions. Ana scored higher
//! than Ben, and both have what is essential; Dan has many points, but not where it matters.

use std::collections::BTreeSet;

use contracts::opportunities::Criterion;
use contracts::{ApplicationId, OpportunityId, PersonId, Personal, Sealed};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{ApprovedDecision, Conflict, Decided, Decision, Event, Member, MemberKind, Selection};
use crate::personal::PanelNote;
use crate::setting::{Nation, SelectionRules, WorkingCalendar};
use crate::story::{Given, at};

pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const DAN: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const COORDINATOR: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const SYSTEM: PersonId = PersonId::new(Uuid::from_u128(5));
pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(6));
pub(super) const OTHER_STAFF: PersonId = PersonId::new(Uuid::from_u128(7));
pub(super) const MEMBER: PersonId = PersonId::new(Uuid::from_u128(8));
pub(super) const APPROVER: PersonId = PersonId::new(Uuid::from_u128(9));
pub(super) const FROM_ANA: ApplicationId = ApplicationId::new(Uuid::from_u128(11));
pub(super) const FROM_BEN: ApplicationId = ApplicationId::new(Uuid::from_u128(12));
pub(super) const FROM_DAN: ApplicationId = ApplicationId::new(Uuid::from_u128(13));
pub(super) const OPPORTUNITY: OpportunityId = OpportunityId::new(Uuid::from_u128(20));

pub(super) fn given(history: Vec<Event>) -> Given<Selection> {
    Given(history)
}

/// A Monday afternoon after the closing.
pub(super) fn afterwards() -> Timestamp {
    at("2027-02-15T16:00:00Z")
}

pub(super) fn telling() -> Timestamp {
    at("2027-02-16T09:00:00Z")
}

/// Stands for a value the vault has sealed.
pub(super) fn sealed<T: Personal>(person: PersonId, what: &str) -> Sealed<T> {
    Sealed::new(person, format!("sealed {what}"))
}

pub(super) fn evidence(application: ApplicationId, criterion: &str) -> Sealed<PanelNote> {
    let people = [(FROM_ANA, ANA), (FROM_BEN, BEN), (FROM_DAN, DAN)];
    let person = people.iter().find(|(id, _)| *id == application).map_or(DAN, |(_, it)| *it);
    sealed(person, criterion)
}

pub(super) fn rules() -> SelectionRules {
    SelectionRules::SUGGESTED
}

/// Bank holidays in England.
pub(super) fn calendar(year: i16) -> WorkingCalendar {
    let days: &[(i8, i8)] = match year {
        2026 => &[(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)],
        2027 => &[(1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)],
        _ => panic!("no calendar for {year}"),
    };
    let bank_holidays = days.iter().map(|(month, day)| date(year, *month, *day)).collect();
    WorkingCalendar { nation: Nation::England, year, bank_holidays }
}

pub(super) fn criteria() -> Vec<Criterion> {
    let criterion = |code: &str, text: &str, essential| Criterion {
        code: code.to_owned(),
        text: text.to_owned(),
        essential,
    };
    vec![
        criterion("experience", "You have used the crisis line.", true),
        criterion("meetings", "You have taken part in meetings before.", false),
    ]
}

pub(super) fn staff(person: PersonId) -> Member {
    Member { person, kind: MemberKind::Staff }
}

pub(super) fn involvee(person: PersonId) -> Member {
    Member { person, kind: MemberKind::Involvee }
}

pub(super) fn members() -> Vec<Member> {
    vec![staff(STAFF), involvee(MEMBER)]
}

pub(super) fn taken_in(application: ApplicationId, applicant: PersonId) -> Event {
    Event::ApplicationTakenIn { application, applicant }
}

pub(super) fn applicant_withdrawn(application: ApplicationId) -> Event {
    Event::ApplicantWithdrawn { application }
}

pub(super) fn begun() -> Event {
    Event::Begun { opportunity: OPPORTUNITY, criteria: criteria() }
}

pub(super) fn panel_formed() -> Event {
    Event::PanelFormed { members: members(), rules: rules(), rules_version: 3 }
}

/// A member of staff knows Ana.
pub(super) fn conflict_declared() -> Event {
    Event::ConflictDeclared {
        member: STAFF,
        application: FROM_ANA,
        conflict: Conflict::KnowsThePerson,
    }
}

pub(super) fn scored(
    member: PersonId,
    application: ApplicationId,
    criterion: &str,
    points: u8,
) -> Event {
    Event::Scored {
        member,
        application,
        criterion: criterion.to_owned(),
        points,
        evidence: evidence(application, criterion),
    }
}

pub(super) fn scores_of(member: PersonId) -> Vec<Event> {
    vec![
        scored(member, FROM_ANA, "experience", 4),
        scored(member, FROM_ANA, "meetings", 2),
        scored(member, FROM_BEN, "experience", 3),
        scored(member, FROM_BEN, "meetings", 1),
    ]
}

pub(super) fn locked_for(member: PersonId, applications: &[ApplicationId]) -> Event {
    Event::ScoresLocked { member, applications: applications.iter().copied().collect() }
}

pub(super) fn decided(decision: Decision) -> Decided {
    Decided {
        decision,
        reason: Some(sealed(ANA, "reason")),
        internal_reason: None,
        outside_panel_advice: false,
    }
}

pub(super) fn decision_recorded(
    application: ApplicationId,
    applicant: PersonId,
    decision: Decision,
) -> Event {
    Event::DecisionRecorded {
        application,
        applicant,
        decided: Box::new(decided(decision)),
        counted: [STAFF, MEMBER].into(),
    }
}

pub(super) fn approved() -> Event {
    let decision =
        |application, applicant, decision| ApprovedDecision { application, applicant, decision };
    let bank_holidays: BTreeSet<Date> = calendar(2027).bank_holidays.into_iter().collect();
    Event::OutcomeApproved {
        opportunity: OPPORTUNITY,
        decisions: vec![
            decision(FROM_ANA, ANA, Decision::Offer),
            decision(FROM_BEN, BEN, Decision::NotSelected),
        ],
        approved_by: APPROVER,
        reachable: COORDINATOR,
        tell_at: telling(),
        bank_holidays,
    }
}

pub(super) fn released(
    application: ApplicationId,
    applicant: PersonId,
    decision: Decision,
) -> Event {
    Event::OutcomeReleased {
        opportunity: OPPORTUNITY,
        application,
        applicant,
        decision,
        reason: Some(sealed(ANA, "reason")),
        reachable: COORDINATOR,
    }
}

pub(super) fn told() -> Event {
    Event::OutcomesTold { opportunity: OPPORTUNITY, reachable: COORDINATOR }
}

pub(super) fn gathered() -> Vec<Event> {
    vec![taken_in(FROM_ANA, ANA), taken_in(FROM_BEN, BEN)]
}

pub(super) fn until_begun() -> Vec<Event> {
    [gathered(), vec![begun()]].concat()
}

pub(super) fn until_formed() -> Vec<Event> {
    let formed = Event::PanelFormed { members: members(), rules: rules(), rules_version: 1 };
    [until_begun(), vec![formed]].concat()
}

pub(super) fn until_scored() -> Vec<Event> {
    [until_formed(), scores_of(STAFF), scores_of(MEMBER)].concat()
}

pub(super) fn until_locked() -> Vec<Event> {
    let both = [FROM_ANA, FROM_BEN];
    [until_scored(), vec![locked_for(STAFF, &both), locked_for(MEMBER, &both)]].concat()
}

pub(super) fn until_locked_with_dan() -> Vec<Event> {
    let of = |member| {
        vec![
            scored(member, FROM_DAN, "experience", 1),
            scored(member, FROM_DAN, "meetings", 4),
            locked_for(member, &[FROM_DAN]),
        ]
    };
    [until_locked(), vec![taken_in(FROM_DAN, DAN)], of(STAFF), of(MEMBER)].concat()
}

pub(super) fn until_decided() -> Vec<Event> {
    let decisions = vec![
        decision_recorded(FROM_ANA, ANA, Decision::Offer),
        decision_recorded(FROM_BEN, BEN, Decision::NotSelected),
    ];
    [until_locked(), decisions].concat()
}

pub(super) fn until_approved() -> Vec<Event> {
    [until_decided(), vec![approved()]].concat()
}

pub(super) fn until_told() -> Vec<Event> {
    let outcomes = vec![
        released(FROM_ANA, ANA, Decision::Offer),
        released(FROM_BEN, BEN, Decision::NotSelected),
        told(),
    ];
    [until_approved(), outcomes].concat()
}

/// One event of each name. A new event breaks the build here until it has its place, and the stories
/// until it has its sample.
pub(super) fn one_of_each() -> Vec<Event> {
    let next = |event: &Event| match event {
        Event::ApplicationTakenIn { .. } => Some(applicant_withdrawn(FROM_DAN)),
        Event::ApplicantWithdrawn { .. } => Some(begun()),
        Event::Begun { .. } => Some(Event::PutOff {}),
        Event::PutOff {} => Some(Event::Resumed {}),
        Event::Resumed {} => Some(panel_formed()),
        Event::PanelFormed { .. } => Some(Event::MemberStoodDown { member: OTHER_STAFF }),
        Event::MemberStoodDown { .. } => Some(conflict_declared()),
        Event::ConflictDeclared { .. } => Some(scored(STAFF, FROM_ANA, "experience", 4)),
        Event::Scored { .. } => Some(locked_for(STAFF, &[FROM_ANA, FROM_BEN])),
        Event::ScoresLocked { .. } => {
            let until = date(2027, 8, 31);
            Some(decision_recorded(FROM_ANA, ANA, Decision::Reserve { until }))
        }
        Event::DecisionRecorded { .. } => Some(approved()),
        Event::OutcomeApproved { .. } => Some(Event::ApprovalSetAside {}),
        Event::ApprovalSetAside {} => {
            Some(Event::TellingPutOff { tell_at: at("2027-02-17T09:00:00Z") })
        }
        Event::TellingPutOff { .. } => Some(released(FROM_ANA, ANA, Decision::Offer)),
        Event::OutcomeReleased { .. } => Some(told()),
        Event::OutcomesTold { .. } => Some(Event::CalledOff {}),
        Event::CalledOff {} => None,
    };
    std::iter::successors(Some(taken_in(FROM_ANA, ANA)), next).collect()
}
