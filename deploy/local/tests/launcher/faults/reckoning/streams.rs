//! The streams: what JetStream carries is what the logs say, each message once and in order.

use eventstore::{StoredEvent, reader};
use messaging::{Channel, Connection, Publish};

use crate::rows::superuser;
use crate::world::{Place, Told};

/// How each service says what others may rely on.
const PUBLISHERS: [(&str, Publish); 5] = [
    ("audit", audit::publish::publish),
    ("notifications", notifications::publish::publish),
    ("opportunities", opportunities::publish::publish),
    ("recruitment", recruitment::publish::publish),
    ("reimbursements", reimbursements::publish::publish),
];
const EVENTS_AT_ONCE: i64 = 1_000;

/// A message as the log asks for it: position, which of its event's, and name.
type Wanted = (i64, usize, String);

/// Every stream holds exactly what its log asks for; how many messages there are.
pub async fn hold_each_once(place: &Place, nats: &Connection) -> Told<u64> {
    let mut n_messages = 0;
    for (service, publish) in PUBLISHERS {
        let (mut log, mut facts) = (Vec::new(), Vec::new());
        for event in events(place, service).await? {
            let given = publish(&event)?;
            let names = given.into_iter().map(|(name, _)| name).enumerate();
            facts.extend(names.map(|(n, name)| (event.position, n + 1, name)));
            log.push((event.position, 1, event.event_type));
        }
        for (channel, wanted) in [(Channel::Log, log), (Channel::Facts, facts)] {
            holds(nats, &channel.stream(service), &wanted).await?;
            n_messages += u64::try_from(wanted.len())?;
        }
    }
    Ok(n_messages)
}

async fn events(place: &Place, service: &str) -> Told<Vec<StoredEvent>> {
    let mut database = superuser(place, service).await?;
    let mut all: Vec<StoredEvent> = Vec::new();
    loop {
        let last = all.last().map_or(0, |event| event.position);
        let next = reader::after(&mut database, last, EVENTS_AT_ONCE).await?;
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(next);
    }
}

async fn holds(nats: &Connection, name: &str, wanted: &[Wanted]) -> Told<()> {
    let stream = nats.jetstream().get_stream(name).await?;
    let state = &stream.cached_info().state;
    let n_wanted = u64::try_from(wanted.len())?;
    assert_eq!(state.messages, n_wanted, "{name} holds as many messages as its log gives");
    for (sequence, wanted) in (state.first_sequence..).zip(wanted) {
        let message = stream.get_raw_message(sequence).await?;
        let text = |header: &str| message.headers.get(header).map(ToString::to_string);
        let number = |header: &str| text(header)?.parse::<i64>().ok();
        let held = (number("ce-position"), number("ce-ordinal"), text("ce-type"));
        let (position, ordinal, kind) = wanted;
        let expected = (Some(*position), i64::try_from(*ordinal).ok(), Some(kind.clone()));
        assert_eq!(held, expected, "{name} at {sequence}");
    }
    Ok(())
}
