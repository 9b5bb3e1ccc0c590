//! Request: someone is to be told of something, because of a fact. Asked by policies alone.

use contracts::PersonId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Event, Message, Refusal};
use crate::kinds::Content;

/// The fact that asks for a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Who published it.
    pub publisher: String,
    /// Its id.
    pub fact: Uuid,
    /// Its place in the publisher's log; by then the publisher had said what it knew of the person.
    pub position: i64,
}

/// Asked by a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whom to tell.
    pub to: PersonId,
    /// Of what.
    pub content: Content,
    /// Because of which fact.
    pub because: Cause,
}

impl Request {
    /// Once for each fact, kind and person: the message's id derives from them, so a fact that is
    /// heard again finds its message there.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        let Self { to, content, because } = self;
        match state {
            Message::NotRequested => {
                Ok(vec![Event::Requested { to, content: Box::new(content), because }])
            }
            Message::Requested(errand)
                if (errand.to, &errand.because) == (to, &because)
                    && errand.content.kind() == content.kind() =>
            {
                Ok(Vec::new())
            }
            Message::Requested(_) => Err(Refusal::AlreadyRequested),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::kinds::Registered;
    use crate::message::{Command, Way};

    fn request() -> Request {
        Request { to: ANA, content: content(), because: cause() }
    }

    #[test]
    fn someone_is_to_be_told() {
        after(vec![]).when(POLICY, now(), Command::Request(request())).then(requested());
    }

    #[test]
    fn a_fact_heard_again_asks_for_nothing_more_whatever_became_of_the_message() {
        for history in [until_planned(), until_attempted(Way::Smtp), until_sent(), until_held()] {
            after(history).when(POLICY, now(), Command::Request(request())).then_nothing();
        }
        let mut title_known_since = request();
        if let Content::OpportunityOpened(it) = &mut title_known_since.content {
            it.title = "Another".to_owned();
        }
        after(until_sent()).when(POLICY, now(), Command::Request(title_known_since)).then_nothing();
    }

    #[test]
    fn one_message_tells_one_person_of_one_thing() {
        let other = Request { content: Content::Registered(Registered {}), ..request() };
        after(until_planned())
            .when(POLICY, now(), Command::Request(other))
            .then_refused(Refusal::AlreadyRequested);
        let another = Request { to: BEN, ..request() };
        after(until_planned())
            .when(POLICY, now(), Command::Request(another))
            .then_refused(Refusal::AlreadyRequested);
    }
}
