//! What is stored about views stays readable.

use std::path::PathBuf;

use cqrs_es::DomainEvent as _;
use eventstore::view::upkeep::{Event, stream};
use uuid::Uuid;

fn one_of_each() -> [Event; 4] {
    let id = |n: u128| Uuid::from_u128(0x019a_a000_0000_7000_8000_0000_0000_0000 + n);
    let view = "messages".to_owned();
    [
        Event::EventSkipped {
            view: view.clone(),
            position: 7,
            event_id: id(1),
            reason: "written by a build that was withdrawn".to_owned(),
        },
        Event::StreamResumed {
            view: view.clone(),
            stream_type: "message".to_owned(),
            stream_id: id(2),
            from_version: 3,
        },
        Event::Switched { view: view.clone(), generation: 2, version: 1 },
        Event::Retired { view, generation: 1 },
    ]
}

#[test]
fn every_event_about_a_view_is_stored_as_its_sample_says() {
    for event in one_of_each() {
        let name = event.event_type();
        let path = format!("{}/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let sample = std::fs::read_to_string(PathBuf::from(path)).unwrap();
        assert_eq!(contracts::fact::read::<Event>(&name, &sample).unwrap(), event, "{name}");
        let (written_name, written) = contracts::fact::write(&event).unwrap();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!((written_name, value(&written)), (name, value(&sample)));
    }
}

#[test]
fn the_stream_of_a_view_is_the_same_for_ever() {
    let stream = stream("notifications", "messages");
    assert_eq!(stream.kind, "view");
    assert_eq!(
        stream.id,
        Uuid::new_v5(
            &Uuid::from_u128(0x7669_6577_735f_6f66_5f61_5f73_6572_7669),
            b"notifications/messages",
        )
    );
}
