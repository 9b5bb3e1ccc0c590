//! ACT: what people were told, by which way, and what waits for a call or a stamp. Counted by the
//! service's own pages, as messages and as the people they are for.

use std::collections::BTreeSet;

use contracts::PersonId;
use jiff::Timestamp;
use serde::Deserialize;

use super::{StoryTrouble, World};
use crate::people::COORDINATOR;

const SERVICE: &str = notifications::NAME;
const OUTCOME: &str = "application_outcome";

#[derive(Deserialize)]
struct Page {
    items: Vec<Message>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    person: PersonId,
    kind: String,
    stage: String,
    channel: Option<String>,
}

/// Messages on one way, and whom they are for.
#[derive(Default)]
struct Way {
    messages: usize,
    people: BTreeSet<PersonId>,
}

impl Way {
    fn takes(&mut self, message: &Message) {
        self.messages += 1;
        self.people.insert(message.person);
    }
}

/// How far messages have come.
#[derive(Default)]
struct Ways {
    left: Way,
    to_post: Way,
    to_ring: Way,
    for_staff: Way,
}

impl Ways {
    fn of<'a>(messages: impl Iterator<Item = &'a Message>) -> Self {
        let mut ways = Self::default();
        for message in messages {
            let by_phone = message.channel.as_deref() == Some("phone");
            match message.stage.as_str() {
                "sent" => ways.left.takes(message),
                "letter_ready" => ways.to_post.takes(message),
                "held" if by_phone => ways.to_ring.takes(message),
                "held" | "failed" | "unknown" => ways.for_staff.takes(message),
                _ => {}
            }
        }
        ways
    }

    /// In a sentence; a way that nothing took is left out.
    fn told(&self) -> Option<String> {
        let one_or_more = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            more => format!("{more} {one}s"),
        };
        let people = |way: &Way| match way.people.len() {
            1 => "1 person".to_owned(),
            more => format!("{more} people"),
        };
        let ways = [
            (&self.left, "message", "left by e-mail"),
            (&self.to_post, "letter", "to be posted"),
            (&self.to_ring, "message", "to be told by telephone"),
            (&self.for_staff, "message", "for staff to see to"),
        ];
        let told: Vec<_> = ways
            .into_iter()
            .filter(|(way, ..)| way.messages > 0)
            .map(|(way, one, what)| {
                format!("{} for {} {what}", one_or_more(way.messages, one), people(way))
            })
            .collect();
        if told.is_empty() { None } else { Some(told.join("; ")) }
    }
}

/// By which way the outcomes go out; only some of them have left.
pub(super) async fn outcomes(
    world: &mut World<'_>,
    tell_at: Timestamp,
) -> Result<(), StoryTrouble> {
    let messages = messages(world).await?;
    let ways = Ways::of(messages.iter().filter(|it| it.kind == OUTCOME));
    if let Some(told) = ways.told() {
        world.progress(&format!("the outcomes go out, each with the reason: {told}"));
    }
    let what = "releases all outcomes at one moment; whoever wants to be rung is rung before \
                anything is written";
    world.timeline.add(tell_at, "the clock", what);
    Ok(())
}

/// Counts what has left.
pub(super) async fn count(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let messages = messages(world).await?;
    let ways = Ways::of(messages.iter());
    world.figures.notifications_sent = ways.left.messages;
    if let Some(told) = ways.told() {
        world.progress(&format!("in all, {told}"));
    }
    Ok(())
}

async fn messages(world: &World<'_>) -> Result<Vec<Message>, StoryTrouble> {
    let mut messages = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/messages?limit=200{after}");
        let page: Page = world.api.look(&COORDINATOR, SERVICE, &path).await?;
        messages.extend(page.items);
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(messages),
        }
    }
}

#[cfg(test)]
mod stories {
    use uuid::Uuid;

    use super::{Message, Ways};

    fn message(person: u128, stage: &str, channel: &str) -> Message {
        Message {
            person: Uuid::from_u128(person).into(),
            kind: "registered".to_owned(),
            stage: stage.to_owned(),
            channel: Some(channel.to_owned()),
        }
    }

    #[test]
    fn messages_are_told_from_the_people_they_are_for() {
        let messages = [
            message(1, "sent", "email"),
            message(2, "letter_ready", "letter"),
            message(2, "letter_ready", "letter"),
            message(3, "held", "phone"),
            message(3, "held", "phone"),
            message(4, "held", "phone"),
            message(1, "failed", "email"),
            message(1, "planned", "email"),
        ];
        assert_eq!(
            Ways::of(messages.iter()).told().unwrap(),
            "1 message for 1 person left by e-mail; 2 letters for 1 person to be posted; 3 messages \
             for 2 people to be told by telephone; 1 message for 1 person for staff to see to"
        );
        assert_eq!(Ways::of([].iter()).told(), None);
    }
}
