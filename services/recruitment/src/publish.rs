//! The one door out: from what this service remembers to what others may rely on. Total, so that a
//! new event has to say here whether anybody outside hears of it.

mod places;
mod sessions;
#[cfg(test)]
mod stories;

use contracts::fact::Unreadable;
use contracts::recruitment::Fact;
use contracts::{ApplicationId, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;

use crate::application::Application;
use crate::appointment::Appointment;
use crate::group::Group;
use crate::involvee::Involvee;
use crate::opening::Opening;
use crate::seat::Seat;
use crate::selection::Selection;
use crate::session::Session;
use crate::setting::Setting;
use crate::work::Work;
use crate::{application, involvee, opening, selection, setting};

/// The facts an event means, each as its name and body. An event of a room that is not named here
/// stops the relay, which says so, rather than stay at home unnoticed.
pub fn publish(event: &StoredEvent) -> Result<Vec<(String, String)>, Unreadable> {
    let facts = match event.stream.kind.as_str() {
        Involvee::TYPE => of_involvee(event.id(), event.decode()?),
        Application::TYPE => Vec::from_iter(of_application(event.id(), event.decode()?)),
        Selection::TYPE => Vec::from_iter(of_selection(&event.decode()?)),
        Group::TYPE => Vec::from_iter(places::of_group(event.id(), event.decode()?)),
        Seat::TYPE => Vec::from_iter(places::of_seat(event.id(), event.decode()?)),
        Appointment::TYPE => Vec::from_iter(places::of_appointment(event.id(), event.decode()?)),
        Session::TYPE => Vec::from_iter(sessions::of_session(event.id(), event.decode()?)),
        Work::TYPE => Vec::from_iter(sessions::of_work(event.id(), event.decode()?)),
        Setting::TYPE => Vec::from_iter(of_setting(&event.decode()?)),
        Opening::TYPE => Vec::from_iter(of_opening(&event.decode()?)),
        _ => return Err(Unreadable::NotNamed),
    };
    facts.iter().map(contracts::fact::write).collect()
}

/// Whoever registers can be reached from then on, and belongs somewhere: two facts, since each may
/// change without the other.
fn of_involvee(person: PersonId, event: involvee::Event) -> Vec<Fact> {
    match event {
        involvee::Event::Registered { registration, .. } => {
            let involvee::Registration { name, how_to_reach, preferences, .. } = *registration;
            let localities = preferences.localities;
            vec![
                Fact::Registered { person, name, how_to_reach },
                Fact::LocalitiesChosen { person, localities },
            ]
        }
        involvee::Event::LocalitiesChosen { localities } => {
            vec![Fact::LocalitiesChosen { person, localities }]
        }
        involvee::Event::ChannelChosen { how_to_reach } => {
            vec![Fact::ChannelChosen { person, how_to_reach }]
        }
        involvee::Event::Renamed { name } => vec![Fact::Renamed { person, name }],
        involvee::Event::AccessNeedRecorded { formats, need: _ } => {
            vec![Fact::FormatsRecorded { person, formats }]
        }
        involvee::Event::AccountLinked { account, .. } => {
            vec![Fact::AccountLinked { person, account: account.uuid() }]
        }
        involvee::Event::AccountUnlinked { account, .. } => {
            vec![Fact::AccountUnlinked { person, account: account.uuid() }]
        }
        involvee::Event::OpportunityMatched { opportunity, title, closing, reasons } => {
            vec![Fact::OpportunityMatched { person, opportunity, title, closing, reasons }]
        }
        // What else someone chose, and that they are away, is known here alone.
        involvee::Event::InterestsChosen { .. }
        | involvee::Event::ConstituenciesStated { .. }
        | involvee::Event::DigestChosen { .. }
        | involvee::Event::CameOfAge {}
        | involvee::Event::ConsentGiven { .. }
        | involvee::Event::ConsentWithdrawn { .. }
        | involvee::Event::SupporterNamed { .. }
        | involvee::Event::SupportEnded { .. }
        | involvee::Event::WentAway { .. }
        | involvee::Event::CameBack {} => Vec::new(),
    }
}

fn of_application(application: ApplicationId, event: application::Event) -> Option<Fact> {
    match event {
        application::Event::Submitted { opportunity, title, applicant, .. } => {
            Some(Fact::ApplicationSubmitted { application, person: applicant, opportunity, title })
        }
        application::Event::Withdrawn { opportunity, applicant, .. } => {
            Some(Fact::ApplicationWithdrawn { application, person: applicant, opportunity })
        }
        application::Event::Offered { opportunity, title, applicant, reason, .. } => {
            let person = applicant;
            Some(Fact::ApplicationOffered { application, person, opportunity, title, reason })
        }
        application::Event::KeptInReserve {
            opportunity, title, applicant, until, reason, ..
        } => Some(Fact::ApplicationKeptInReserve {
            application,
            person: applicant,
            opportunity,
            title,
            until,
            reason,
        }),
        application::Event::NotSelected { opportunity, title, applicant, reason, .. } => {
            let person = applicant;
            Some(Fact::ApplicationNotSelected { application, person, opportunity, title, reason })
        }
        application::Event::OpportunityWithdrawn {
            opportunity,
            title,
            applicant: person,
            reason,
            kept_in_reserve,
        } => Some(Fact::ApplicationOpportunityWithdrawn {
            application,
            person,
            opportunity,
            title,
            reason,
            kept_in_reserve,
        }),
        // What comes of a place is told by the place.
        application::Event::PlaceOffered { .. }
        | application::Event::Appointed { .. }
        | application::Event::PlaceNotTaken { .. }
        | application::Event::PlaceEnded { .. } => None,
    }
}

fn of_selection(event: &selection::Event) -> Option<Fact> {
    match *event {
        selection::Event::OutcomesTold { opportunity, reachable } => {
            Some(Fact::OutcomesTold { opportunity, reachable })
        }
        // Who decides, who keeps out, who scored what: nobody outside hears of it.
        selection::Event::ApplicationTakenIn { .. }
        | selection::Event::ApplicantWithdrawn { .. }
        | selection::Event::Begun { .. }
        | selection::Event::PutOff {}
        | selection::Event::Resumed {}
        | selection::Event::CalledOff {}
        | selection::Event::PanelFormed { .. }
        | selection::Event::MemberStoodDown { .. }
        | selection::Event::ConflictDeclared { .. }
        | selection::Event::Scored { .. }
        | selection::Event::ScoresLocked { .. }
        | selection::Event::DecisionRecorded { .. }
        | selection::Event::OutcomeApproved { .. }
        | selection::Event::ApprovalSetAside {}
        | selection::Event::TellingPutOff { .. }
        | selection::Event::OutcomeReleased { .. } => None,
    }
}

/// Who read what is told to the person alone.
fn of_opening(event: &opening::Event) -> Option<Fact> {
    match event {
        opening::Event::Recorded { .. } => None,
    }
}

fn of_setting(event: &setting::Event) -> Option<Fact> {
    match event {
        setting::Event::PutInForce { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use contracts::recruitment::Fact;
    use eventstore::{StoredEvent, StreamId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::publish;

    /// Every sample of a stored event, as it would lie in the log.
    fn stored() -> Vec<StoredEvent> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| of_sample(&file.unwrap().path())).collect()
    }

    fn of_sample(path: &Path) -> StoredEvent {
        let event_type = path.file_stem().unwrap().to_str().unwrap().to_owned();
        StoredEvent {
            position: 1,
            log_id: Uuid::nil(),
            event_id: Uuid::nil(),
            stream: StreamId::new(event_type.split('.').next().unwrap(), Uuid::from_u128(1)),
            version: 1,
            schema_version: 1,
            event_type,
            payload: std::fs::read_to_string(path).unwrap(),
            meta: "{}".to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
            hash_format: 1,
            chain_hash: Vec::new(),
        }
    }

    fn published() -> BTreeMap<String, Vec<(String, String)>> {
        let upcasters = crate::upcast::upcasters().unwrap();
        let told = |it: &StoredEvent| {
            upcasters.of(it).unwrap().iter().flat_map(|today| publish(today).unwrap()).collect()
        };
        stored().iter().map(|it| (it.event_type.clone(), told(it))).collect()
    }

    #[test]
    fn every_event_ever_stored_says_what_others_hear_of_it_and_they_can_read_it() {
        for (name, body) in published().into_values().flatten() {
            contracts::fact::read::<Fact>(&name, &body).unwrap();
        }
    }

    #[test]
    fn others_hear_who_can_be_reached_where_they_belong_and_who_applied_and_never_what_was_written()
    {
        let published = published();
        let told = |event: &str| &published[event];
        for event in [
            "involvee.channel_chosen.v1",
            "involvee.localities_chosen.v1",
            "involvee.renamed.v1",
            "involvee.account_linked.v1",
            "involvee.account_unlinked.v1",
            "involvee.opportunity_matched.v1",
            "application.submitted.v1",
            "application.withdrawn.v1",
        ] {
            let names: Vec<&str> = told(event).iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, [event]);
        }
        let names: Vec<&str> =
            told("involvee.registered.v1").iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["involvee.registered.v1", "involvee.localities_chosen.v1"]);
        assert_eq!(told("involvee.access_need_recorded.v1")[0].0, "involvee.formats_recorded.v1");
        for event in ["involvee.access_need_recorded.v1", "application.submitted.v1"] {
            let (_, body) = &told(event)[0];
            assert!(!body.contains("\"bytes\""), "{body}");
        }
        for event in ["involvee.went_away.v1", "involvee.interests_chosen.v1"] {
            assert!(told(event).is_empty(), "{event}");
        }
    }
}
