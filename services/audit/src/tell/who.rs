//! Who did it, for whom, in which role, and how it came: the second part of a sentence. People are
//! told apart by their ids; a name stands there only where it was opened for this reader.

use std::collections::BTreeMap;

use contracts::PersonId;
use eventstore::{Metadata, Taken};
use uuid::Uuid;
use web::Role;

use super::saying::instant_shown;
use crate::reading::Reading;

/// Names opened for one page.
pub type Names = BTreeMap<PersonId, String>;

/// Whether this reader sees which person acted. People see in their own history only themselves and
/// who looked at what is theirs; neither there nor in a pack does it say who sat on the panel.
pub(super) fn is_shown(reading: Reading, person: PersonId, role: &str, event_name: &str) -> bool {
    match reading {
        Reading::Full => true,
        Reading::Pack => role != Role::PanelMember.name(),
        Reading::Own(myself) => {
            let looked = event_name == "opening.recorded" && role != Role::PanelMember.name();
            person == myself || looked
        }
    }
}

/// Such as `By person 1b4e… (coordinator, Bristol).`
pub(super) fn told(meta: &Metadata, reading: Reading, names: &Names, event_name: &str) -> String {
    let role = &meta.authority.role;
    let actor = one(meta.actor.person, role, &meta.authority.scope, reading, names, event_name);
    let behalf = meta.on_behalf_of.map(|person| behalf(person, reading, names));
    let received_at = instant_shown(meta.received_at);
    let by_way_of = match meta.taken {
        Taken::Timer => return "By the system, when its time came.".to_owned(),
        Taken::Policy => return "By the system, in answer to what had happened.".to_owned(),
        Taken::Online => {
            let for_whom = behalf.map(|person| format!(", for {person}")).unwrap_or_default();
            return format!("By {actor}{for_whom}.");
        }
        Taken::Paper => "on paper",
        Taken::Phone => "by telephone",
        Taken::InPerson => "face to face",
    };
    let from_whom = behalf.map(|person| format!(" from {person}")).unwrap_or_default();
    format!("Received {by_way_of}{from_whom} on {received_at}; typed in by {actor}.")
}

fn behalf(person: PersonId, reading: Reading, names: &Names) -> String {
    match reading {
        Reading::Own(myself) if person == myself => "you".to_owned(),
        Reading::Own(_) => "someone".to_owned(),
        Reading::Full | Reading::Pack => called(person, names),
    }
}

fn one(
    person: PersonId,
    role: &str,
    scope: &[String],
    reading: Reading,
    names: &Names,
    event_name: &str,
) -> String {
    let words = role_shown(role);
    // What is no place, such as the one round a panel sits on, says nothing to a reader.
    let places: Vec<&str> =
        scope.iter().filter(|it| it.parse::<Uuid>().is_err()).map(String::as_str).collect();
    let places = places.join(", ");
    if reading == Reading::Own(person) {
        return "you".to_owned();
    }
    if !is_shown(reading, person, role, event_name) {
        let place = if places.is_empty() { String::new() } else { format!(" ({places})") };
        return format!("{}{words}{place}", article(role, &words));
    }
    let place = if places.is_empty() { String::new() } else { format!(", {places}") };
    format!("{} ({words}{place})", called(person, names))
}

fn called(person: PersonId, names: &Names) -> String {
    names.get(&person).cloned().unwrap_or_else(|| format!("person {person}"))
}

/// A role as people say it.
fn role_shown(role: &str) -> String {
    match Role::named(role) {
        Some(Role::Involvee) => "person involved".to_owned(),
        Some(
            Role::Visitor
            | Role::Supporter
            | Role::Coordinator
            | Role::EngagementLead
            | Role::OpportunityOwner
            | Role::GroupChair
            | Role::PanelMember
            | Role::Approver
            | Role::BudgetHolder
            | Role::Finance
            | Role::Auditor
            | Role::InformationGovernance
            | Role::ReportReader
            | Role::Administrator,
        )
        | None => role.replace('_', " "),
    }
}

fn article(role: &str, words: &str) -> &'static str {
    if [Role::Finance.name(), Role::InformationGovernance.name(), "system"].contains(&role) {
        ""
    } else if words.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an "
    } else {
        "a "
    }
}

#[cfg(test)]
mod stories {
    use eventstore::{Actor, Authority};
    use jiff::Timestamp;

    use super::*;

    const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
    const BEN: PersonId = PersonId::new(Uuid::from_u128(2));

    fn meta(taken: Taken, role: &str, on_behalf_of: Option<PersonId>) -> Metadata {
        let received_at: Timestamp = "2027-01-04T10:00:00Z".parse().unwrap();
        Metadata {
            command_id: Uuid::nil(),
            correlation_id: Uuid::nil(),
            causation_id: None,
            actor: Actor { person: BEN, account: BEN.uuid() },
            on_behalf_of,
            authority: Authority {
                role: role.to_owned(),
                scope: vec!["Bristol".to_owned()],
                delegation: None,
            },
            rule_version: None,
            occurred_at: received_at,
            received_at,
            taken,
            traceparent: None,
            build: "test".to_owned(),
        }
    }

    fn told_to(reading: Reading, meta: &Metadata) -> String {
        let names = Names::from([(ANA, "Ana Osei".to_owned())]);
        told(meta, reading, &names, "application.submitted")
    }

    #[test]
    fn what_staff_typed_in_says_how_it_came_from_whom_and_who_typed() {
        let by_phone = meta(Taken::Phone, "coordinator", Some(ANA));
        assert_eq!(
            told_to(Reading::Full, &by_phone),
            "Received by telephone from Ana Osei on 4 January 2027 at 10:00; typed in by person \
             00000000-0000-0000-0000-000000000002 (coordinator, Bristol)."
        );
    }

    #[test]
    fn people_read_of_themselves_as_you_and_of_others_by_their_role() {
        let by_phone = meta(Taken::Phone, "engagement_lead", Some(ANA));
        assert_eq!(
            told_to(Reading::Own(ANA), &by_phone),
            "Received by telephone from you on 4 January 2027 at 10:00; typed in by an engagement \
             lead (Bristol)."
        );
        let online = meta(Taken::Online, "involvee", None);
        assert_eq!(told_to(Reading::Own(BEN), &online), "By you.");
        let for_another = meta(Taken::Online, "finance", Some(ANA));
        assert_eq!(
            told_to(Reading::Own(PersonId::default()), &for_another),
            "By finance (Bristol), for someone."
        );
    }

    #[test]
    fn a_pack_does_not_say_who_sat_on_the_panel() {
        let mut panel = meta(Taken::Online, "panel_member", None);
        assert_eq!(told_to(Reading::Pack, &panel), "By a panel member (Bristol).");
        panel.authority.scope = vec![Uuid::from_u128(9).to_string()];
        assert_eq!(told_to(Reading::Full, &panel), format!("By person {BEN} (panel member)."));
    }

    #[test]
    fn the_system_is_no_person() {
        for (taken, words) in [
            (Taken::Timer, "By the system, when its time came."),
            (Taken::Policy, "By the system, in answer to what had happened."),
        ] {
            assert_eq!(told_to(Reading::Full, &meta(taken, "system", None)), words);
        }
    }
}
