//! From one stored event to its messages. Pure: the same event always gives the same messages
//! under the same ids, whenever it is published again.

use eventstore::view::upkeep;
use eventstore::{StoredEvent, Upcasters};
use uuid::Uuid;

use super::Publish;
use crate::fact::{Fact, Mark, hex, log_body};
use crate::layout::Channel;

/// Why an event has no messages that could be published.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unpublishable {
    /// What is stored around it cannot be read.
    #[error("its metadata cannot be read")]
    Json(#[from] serde_json::Error),
    /// The service cannot read it.
    #[error("it cannot be read")]
    Unreadable(#[from] contracts::fact::Unreadable),
}

/// The messages one event gives on a channel, in order. `previous` is filled in by whoever
/// publishes them.
pub(super) fn messages(
    service: &str,
    channel: Channel,
    publish: Publish,
    upcasters: &Upcasters,
    event: &StoredEvent,
) -> Result<Vec<Fact>, Unpublishable> {
    let given = match channel {
        Channel::Log => vec![(event.event_type.clone(), log_body(event)?)],
        // What people do about a service's own views is nobody else's concern.
        Channel::Facts if event.stream.kind == upkeep::STREAM_TYPE => Vec::new(),
        Channel::Facts => {
            let today = upcasters.of(event)?;
            today.iter().map(publish).collect::<Result<Vec<_>, _>>()?.concat()
        }
    };
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let meta = event.metadata()?;
    let ordinals = i32::try_from(given.len()).unwrap_or(i32::MAX);
    let mut messages: Vec<Fact> = Vec::with_capacity(given.len());
    for (ordinal, (name, body)) in (1..).zip(given) {
        let repeats = messages.iter().filter(|earlier| earlier.name == name).count();
        messages.push(Fact {
            id: id_of(channel, event.event_id, &name, repeats),
            name,
            service: service.to_owned(),
            log_id: event.log_id,
            mark: Mark { position: event.position, ordinal },
            ordinals,
            previous: Mark::START,
            stream_type: event.stream.kind.clone(),
            stream_id: event.stream.id,
            stream_version: event.version,
            chain_hash: hex(&event.chain_hash),
            occurred_at: meta.occurred_at,
            correlation_id: meta.correlation_id,
            event_id: event.event_id,
            traceparent: meta.traceparent.clone(),
            body,
        });
    }
    Ok(messages)
}

fn id_of(channel: Channel, event_id: Uuid, name: &str, repeats: usize) -> Uuid {
    match (channel, repeats) {
        (Channel::Log, _) => event_id,
        (Channel::Facts, 0) => Uuid::new_v5(&event_id, name.as_bytes()),
        (Channel::Facts, repeats) => {
            Uuid::new_v5(&event_id, format!("{name}/{}", repeats + 1).as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use eventstore::{Shape, StreamId, Upcaster};
    use jiff::Timestamp;

    use super::{Channel, Mark, StoredEvent, Upcasters, Uuid, messages};

    fn event() -> StoredEvent {
        let meta = serde_json::json!({
            "command_id": Uuid::from_u128(1), "correlation_id": Uuid::from_u128(2),
            "actor": { "person": Uuid::from_u128(3), "account": Uuid::from_u128(3) },
            "authority": { "role": "system" }, "occurred_at": "2026-11-02T09:00:00Z",
            "received_at": "2026-11-02T09:00:00Z", "taken": "policy", "build": "test",
        });
        StoredEvent {
            position: 8,
            log_id: Uuid::from_u128(4),
            event_id: Uuid::from_u128(5),
            stream: StreamId::new("round", Uuid::from_u128(6)),
            version: 2,
            event_type: "round.released.v1".to_owned(),
            schema_version: 1,
            payload: "{}".to_owned(),
            meta: meta.to_string(),
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
            hash_format: 1,
            chain_hash: vec![1, 2],
        }
    }

    #[test]
    fn one_event_may_give_several_facts_each_under_an_id_of_its_own_that_never_changes() {
        let of = || {
            messages(
                "recruitment",
                Channel::Facts,
                |_| {
                    let names =
                        ["round.released.v1", "application.chosen.v1", "application.chosen.v1"];
                    Ok(names.map(|name| (name.to_owned(), "{}".to_owned())).to_vec())
                },
                &Upcasters::default(),
                &event(),
            )
            .unwrap()
        };
        let given = of();
        assert_eq!(given, of());
        assert_eq!(given.iter().map(|fact| fact.id).collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(given[0].id, Uuid::new_v5(&Uuid::from_u128(5), b"round.released.v1"));
        assert_eq!(given[2].mark, Mark { position: 8, ordinal: 3 });
        assert!(given[2].completes_its_event() && !given[1].completes_its_event());
    }

    #[test]
    fn an_event_kept_at_home_still_stands_in_the_log() {
        let nothing: super::Publish = |_| Ok(Vec::new());
        let none = Upcasters::default();
        let facts = messages("recruitment", Channel::Facts, nothing, &none, &event()).unwrap();
        assert!(facts.is_empty());
        let logged = messages("recruitment", Channel::Log, nothing, &none, &event()).unwrap();
        assert_eq!(logged[0].stored_event().unwrap(), event());
        assert_eq!(logged[0].id, event().event_id);
    }

    static SPLIT: [Upcaster; 1] = [Upcaster {
        from: "round.released.v1",
        to: &["round.released.v2", "round.told.v1"],
        change: |old| {
            let named = |name: &str| Shape { name: name.to_owned(), ..old.clone() };
            vec![named("round.released.v2"), named("round.told.v1")]
        },
    }];

    #[test]
    fn others_hear_what_an_old_event_is_today_and_its_log_is_published_as_it_is_stored() {
        let upcasters = Upcasters::new(&SPLIT, &[&["round.released.v2", "round.told.v1"]]).unwrap();
        let by_name: super::Publish =
            |event| Ok(vec![(event.event_type.clone(), event.payload.clone())]);
        let of = |channel| messages("recruitment", channel, by_name, &upcasters, &event()).unwrap();
        let told = of(Channel::Facts);
        let names: Vec<&str> = told.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(names, ["round.released.v2", "round.told.v1"]);
        assert_eq!(told[1].mark, Mark { position: 8, ordinal: 2 });
        assert!(told.iter().all(|fact| fact.event_id == event().event_id && fact.ordinals == 2));
        assert_eq!(of(Channel::Log)[0].stored_event().unwrap(), event());
    }

    #[test]
    fn what_people_do_about_a_view_is_for_audit_alone_and_no_service_has_to_know_it() {
        let unknown: super::Publish = |_| Err(contracts::fact::Unreadable::NotNamed);
        let none = Upcasters::default();
        let mut event = event();
        assert!(messages("recruitment", Channel::Facts, unknown, &none, &event).is_err());
        event.stream = StreamId::new("view", Uuid::from_u128(6));
        assert!(
            messages("recruitment", Channel::Facts, unknown, &none, &event).unwrap().is_empty()
        );
        let logged = messages("recruitment", Channel::Log, unknown, &none, &event).unwrap();
        assert_eq!(logged.len(), 1);
    }
}
