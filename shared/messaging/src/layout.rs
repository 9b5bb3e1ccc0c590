//! Who hears whom, as data: `deploy/nats/services.toml`. Streams, subjects, durable consumers and
//! rights all follow from it; nothing here talks to a server.

use std::collections::BTreeMap;

use serde::Deserialize;

const SHIPPED: &str = include_str!("../../../deploy/nats/services.toml");

/// Which of a service's two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Every stored event, byte for byte; for `audit` alone.
    Log,
    /// What others may rely on.
    Facts,
}

impl Channel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Log, Self::Facts];

    /// The stream of a service, such as `FACTS_RECRUITMENT`.
    pub fn stream(self, service: &str) -> String {
        let service = service.to_ascii_uppercase();
        match self {
            Self::Log => format!("LOG_{service}"),
            Self::Facts => format!("FACTS_{service}"),
        }
    }

    /// All subjects of that stream, such as `recruitment.facts.>`.
    pub fn subjects(self, service: &str) -> String {
        format!("{service}.{}.>", self.token())
    }

    /// The subject of one message, from its stored name; `None` where the name is not fit to be
    /// one.
    pub fn subject(self, service: &str, name: &str) -> Option<String> {
        let fit = |token: &str| {
            !token.is_empty()
                && token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        name.split('.').all(fit).then(|| format!("{service}.{}.{name}", self.token()))
    }

    /// How it is called in subjects.
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Facts => "facts",
        }
    }
}

/// Where a service tells how far its facts have come; core NATS, kept nowhere.
pub fn reached_subject(service: &str) -> String {
    format!("{service}.reached")
}

/// Where a reader asks a publisher for what its stream lost; core NATS. Its own name stands in it, so
/// that the server itself says who asks.
pub fn replay_subject(publisher: &str, channel: Channel, reader: &str) -> String {
    format!("{publisher}.replay.{}.{reader}", channel.token())
}

/// Where a publisher hears all who ask.
pub fn replay_requests(publisher: &str) -> String {
    format!("{publisher}.replay.*.*")
}

/// Where a publisher answers one reader; nobody else may hear it.
pub fn replayed_subject(publisher: &str, channel: Channel, reader: &str) -> String {
    format!("{publisher}.replayed.{}.{reader}", channel.token())
}

/// The durable consumer of one subscriber, such as `recruitment--open_opportunities`.
pub fn durable(reader: &str, subscriber: &str) -> String {
    format!("{reader}--{subscriber}")
}

/// The prefix of a user's private inboxes.
pub fn inbox_prefix(user: &str) -> String {
    format!("_INBOX_{user}")
}

/// Every service that publishes, and whom it hears.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Copies of each stream: 1 for one server, 3 in a cluster.
    pub replicas: usize,
    /// By name.
    pub services: BTreeMap<String, Hears>,
}

/// Whom one service hears: publisher to the subscribers (views and policies) that hear it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hears {
    /// Facts of these publishers.
    #[serde(default)]
    pub facts: BTreeMap<String, Vec<String>>,
    /// Whole logs of these publishers.
    #[serde(default)]
    pub log: BTreeMap<String, Vec<String>>,
}

impl Hears {
    /// The publishers heard on a channel, each with its subscribers.
    pub fn on(&self, channel: Channel) -> &BTreeMap<String, Vec<String>> {
        match channel {
            Channel::Log => &self.log,
            Channel::Facts => &self.facts,
        }
    }
}

/// Why a layout cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is not the TOML it has to be.
    #[error("the layout of services cannot be read")]
    Toml(#[from] toml::de::Error),
    /// A name would not make a safe subject or consumer.
    #[error("{0} may hold lower-case letters, digits and underscores only")]
    Name(String),
    /// Somebody is heard who is no service of the layout.
    #[error("{reader} hears {publisher}, which is not in the layout")]
    UnknownPublisher {
        /// Who hears.
        reader: String,
        /// Who is not there.
        publisher: String,
    },
    /// One subscriber stands twice for one publisher.
    #[error("{reader} names {subscriber} twice for {publisher}")]
    Twice {
        /// Who hears.
        reader: String,
        /// Who is heard.
        publisher: String,
        /// What stands twice.
        subscriber: String,
    },
}

impl Layout {
    /// The layout this build was made with.
    pub fn shipped() -> Result<Self, Unusable> {
        Self::parse(SHIPPED)
    }

    /// Reads and checks a layout.
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        let layout: Self = toml::from_str(text)?;
        for (reader, hears) in &layout.services {
            named(reader)?;
            for channel in Channel::ALL {
                layout.check(reader, hears.on(channel))?;
            }
        }
        Ok(layout)
    }

    fn check(&self, reader: &str, heard: &BTreeMap<String, Vec<String>>) -> Result<(), Unusable> {
        for (publisher, subscribers) in heard {
            if !self.services.contains_key(publisher) {
                return Err(Unusable::UnknownPublisher {
                    reader: reader.to_owned(),
                    publisher: publisher.clone(),
                });
            }
            for (place, subscriber) in subscribers.iter().enumerate() {
                named(subscriber)?;
                if subscribers.iter().take(place).any(|earlier| earlier == subscriber) {
                    return Err(Unusable::Twice {
                        reader: reader.to_owned(),
                        publisher: publisher.clone(),
                        subscriber: subscriber.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Whether `reader` may hear `publisher` under a subscriber's name.
    pub fn lists(&self, reader: &str, channel: Channel, publisher: &str, subscriber: &str) -> bool {
        self.services
            .get(reader)
            .and_then(|hears| hears.on(channel).get(publisher))
            .is_some_and(|subscribers| subscribers.iter().any(|listed| listed == subscriber))
    }
}

fn named(name: &str) -> Result<(), Unusable> {
    let fit = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fit { Ok(()) } else { Err(Unusable::Name(name.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::{Channel, Layout, Unusable};

    #[test]
    fn the_shipped_layout_can_be_read_and_only_audit_reads_logs() {
        let layout = Layout::shipped().unwrap();
        for (service, hears) in &layout.services {
            assert_eq!(!hears.log.is_empty(), service == "audit", "{service}");
        }
    }

    #[test]
    fn a_stored_name_becomes_a_subject_and_a_strange_one_does_not() {
        assert_eq!(
            Channel::Log.subject("recruitment", "application.submitted.v1").as_deref(),
            Some("recruitment.log.application.submitted.v1")
        );
        for strange in ["", "application..v1", "application.*.v1", "application.>", "A.b.v1", "a b"]
        {
            assert_eq!(Channel::Facts.subject("recruitment", strange), None, "{strange}");
        }
    }

    #[test]
    fn nobody_hears_a_service_that_is_not_there() {
        let text = "replicas = 1\n[services.recruitment]\nfacts.opportunitys = []";
        assert!(matches!(Layout::parse(text), Err(Unusable::UnknownPublisher { .. })));
    }

    #[test]
    fn a_name_with_a_wildcard_is_no_name() {
        for name in ["'*'", "'a.b'", "'>'", "''"] {
            let text = format!("replicas = 1\n[services.one]\nfacts.one = [{name}]");
            assert!(matches!(Layout::parse(&text), Err(Unusable::Name(_))), "{name}");
        }
    }

    #[test]
    fn a_subscriber_is_named_once_for_each_publisher() {
        let text = "replicas = 1\n[services.one]\nfacts.one = ['a', 'b', 'a']";
        assert!(matches!(Layout::parse(text), Err(Unusable::Twice { .. })));
    }
}
