//! Establish: a group is begun, with its purpose and where it reports.

use contracts::id::GroupId;
use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Group, Refusal};
use crate::london::day_of;
use crate::wording::Wording;

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Establish {
    /// What is said of it: the body, whole.
    pub said: Charter,
}

/// What a group is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    /// What it is called. Never after a person.
    #[schema(max_length = 150)]
    pub name: String,
    /// What kind of body it is.
    pub kind: GroupKind,
    /// Area it belongs to, from the trust's own list; `None` means everywhere.
    #[schema(max_length = 80)]
    pub locality: Option<String>,
    /// Where it reports, if anywhere.
    pub reports_to: Option<GroupId>,
    /// What it is for and what it decides or feeds.
    #[schema(max_length = 2000)]
    pub purpose: String,
    /// The day on which it is asked whether it is still needed, if one is planned.
    #[schema(value_type = Option<String>, format = Date)]
    pub review_on: Option<Date>,
    /// How many places it is meant to have, if that is known.
    pub seats_planned: Option<u16>,
}

/// What kind of body a group is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// It governs.
    Board,
    /// It decides or advises within its terms of reference.
    Committee,
    /// People meet, exchange and are heard.
    Forum,
    /// It is put together to judge or to advise.
    Panel,
    /// It lasts as long as its task.
    Project,
    /// Another, by the trust's own word.
    Other {
        /// That word.
        #[schema(max_length = 80)]
        label: String,
    },
}

impl Charter {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("name", &self.name, 150);
        if let GroupKind::Other { label } = &self.kind {
            wording.line("kind.other.label", label, 80);
        }
        if let Some(locality) = &self.locality {
            wording.line("locality", locality, 80);
        }
        wording.paragraph("purpose", &self.purpose);
        wording.found()
    }
}

impl Establish {
    /// Once, and with a review still to come.
    pub fn decide(self, state: &Group, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Group::NotEstablished => {
                let today = day_of(occasion.received_at);
                if self.said.review_on.is_some_and(|it| it < today) {
                    return Err(Refusal::ReviewPassed);
                }
                Ok(vec![Event::Established(Box::new(self.said))])
            }
            Group::Standing { charter, .. } if **charter == self.said => Ok(Vec::new()),
            Group::Standing { .. } | Group::Closed { .. } => Err(Refusal::EstablishedAlready),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn establish(said: Charter) -> Command {
        Command::Establish(Establish { said })
    }

    #[test]
    fn a_group_is_established_with_its_purpose() {
        given(vec![]).when(online(STAFF, spring()), establish(charter())).then(established());
    }

    #[test]
    fn told_twice_it_is_established_once_even_when_its_review_has_passed() {
        for history in [vec![established()], vec![established(), renamed()]] {
            let later = at("2030-01-01T09:00:00Z");
            given(history).when(online(STAFF, later), establish(charter())).then_nothing();
        }
    }

    #[test]
    fn another_group_under_the_same_id_is_refused() {
        let other = Charter { name: "Another forum".to_owned(), ..charter() };
        for history in [vec![established()], vec![established(), closed()]] {
            given(history)
                .when(online(STAFF, spring()), establish(other.clone()))
                .then_refused(Refusal::EstablishedAlready);
        }
    }

    #[test]
    fn a_review_is_still_to_come_when_the_form_arrives() {
        let reviewed_on = |review_on| Charter { review_on: Some(review_on), ..charter() };
        let received = at("2027-03-28T23:30:00Z");
        let now = at("2027-04-02T09:00:00Z");
        let form = || typed(STAFF, LEAD, received, now);
        given(vec![])
            .when(form(), establish(reviewed_on(date(2027, 3, 28))))
            .then_refused(Refusal::ReviewPassed);
        let today = reviewed_on(date(2027, 3, 29));
        given(vec![])
            .when(form(), establish(today.clone()))
            .then(Event::Established(Box::new(today)));
    }

    #[test]
    fn names_are_one_line_and_a_purpose_is_written() {
        assert_eq!(charter().malformed(), []);
        let odd = Charter {
            name: "Two\nlines".to_owned(),
            kind: GroupKind::Other { label: " ".to_owned() },
            locality: Some("\0".to_owned()),
            purpose: String::new(),
            ..charter()
        };
        let fields: Vec<_> = odd.malformed().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "kind.other.label", "locality", "purpose"]);
    }
}
