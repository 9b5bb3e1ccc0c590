//! What each service's user may do on NATS, worked out from the layout. Everything not listed is
//! denied: subject permissions alone do not protect a stream, so the JetStream API is listed
//! stream by stream and consumer by consumer.

use crate::layout::{
    Channel, Layout, durable, inbox_prefix, reached_subject, replay_requests, replay_subject,
    replayed_subject,
};

/// The subjects one user may publish to and subscribe to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Subjects it may publish to.
    pub publish: Vec<String>,
    /// Subjects it may subscribe to.
    pub subscribe: Vec<String>,
}

/// The rights of one service; `None` where the layout does not name it.
pub fn rights(layout: &Layout, service: &str) -> Option<Rights> {
    let hears = layout.services.get(service)?;
    let mut publish = vec![reached_subject(service)];
    let mut subscribe = vec![format!("{}.>", inbox_prefix(service)), replay_requests(service)];
    publish.extend(answers(layout, service));
    for channel in Channel::ALL {
        publish.push(channel.subjects(service));
        let stream = channel.stream(service);
        // A publisher makes its stream again after a wipe, and reads its last message to know
        // where to go on; it may never change, empty or delete it.
        for request in ["STREAM.CREATE", "STREAM.INFO", "STREAM.MSG.GET"] {
            publish.push(format!("$JS.API.{request}.{stream}"));
        }
    }
    for channel in Channel::ALL {
        for (publisher, subscribers) in hears.on(channel) {
            let stream = channel.stream(publisher);
            publish.push(format!("$JS.API.STREAM.INFO.{stream}"));
            for subscriber in subscribers {
                let consumer = durable(service, subscriber);
                for request in ["CREATE", "INFO", "DELETE", "MSG.NEXT"] {
                    publish.push(format!("$JS.API.CONSUMER.{request}.{stream}.{consumer}"));
                }
                publish.push(format!("$JS.ACK.{stream}.{consumer}.>"));
            }
            if !subscribers.is_empty() {
                publish.push(replay_subject(publisher, channel, service));
                subscribe.push(replayed_subject(publisher, channel, service));
            }
            let reached = reached_subject(publisher);
            if !subscribe.contains(&reached) {
                subscribe.push(reached);
            }
        }
    }
    Some(Rights { publish, subscribe })
}

/// Where a service tells its readers again what their streams lost: to each what it may hear.
fn answers(layout: &Layout, service: &str) -> Vec<String> {
    let mut answers = Vec::new();
    for (reader, hears) in &layout.services {
        for channel in Channel::ALL {
            if hears.on(channel).get(service).is_some_and(|subscribers| !subscribers.is_empty()) {
                answers.push(replayed_subject(service, channel, reader));
            }
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::{Layout, rights};

    #[test]
    fn no_right_reaches_further_than_its_own_streams_and_the_listed_consumers() {
        let layout = Layout::parse(
            "replicas = 1
             [services.opportunities]
             [services.recruitment]
             facts.opportunities = ['open_opportunities']
             [services.audit]
             log.recruitment = ['history']",
        )
        .unwrap();
        let recruitment = rights(&layout, "recruitment").unwrap();
        let foreign: Vec<_> = recruitment
            .publish
            .iter()
            .filter(|s| !s.to_lowercase().contains("recruitment"))
            .collect();
        assert_eq!(foreign, ["$JS.API.STREAM.INFO.FACTS_OPPORTUNITIES"]);
        assert_eq!(
            recruitment.subscribe,
            [
                "_INBOX_recruitment.>",
                "recruitment.replay.*.*",
                "opportunities.replayed.facts.recruitment",
                "opportunities.reached"
            ]
        );
        let told: Vec<_> =
            recruitment.publish.iter().filter(|s| s.starts_with("recruitment.replayed")).collect();
        assert_eq!(told, ["recruitment.replayed.log.audit"]);
        let audit = rights(&layout, "audit").unwrap();
        assert!(audit.publish.iter().any(|s| s == "$JS.ACK.LOG_RECRUITMENT.audit--history.>"));
        assert!(!audit.publish.iter().any(|s| s.contains("FACTS_RECRUITMENT")));
        assert_eq!(rights(&layout, "nobody"), None);
    }
}
