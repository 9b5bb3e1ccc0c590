//! What a session is meant to be: when, where and for whom. Decides nothing.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::id::GroupId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::london::day_of;
use crate::wording::Wording;

pub use contracts::recruitment::Mode;

/// A day has so many minutes; nothing we plan is longer.
const LENGTH_MINUTES_MAX: u16 = 24 * 60;
/// More people than any register of one session is kept for.
const INVITED_MAX: usize = 500;

/// A session as planned. The body of a plan, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Meeting {
    /// The group it is for, if any.
    pub group: Option<GroupId>,
    /// What it is called, in neutral words: it stands in calendars others can see.
    pub title: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// The zone in which people are told it, such as `Europe/London`.
    pub zone: String,
    /// How long it is meant to last, in minutes.
    pub length_minutes: u16,
    /// How people take part.
    pub mode: Mode,
    /// Where, or how to get in.
    pub venue: String,
    /// Who is invited. Where a whole group is, its members are named here at the edge.
    #[schema(value_type = Vec<PersonId>)]
    pub invited: BTreeSet<PersonId>,
    /// The day by which people have its papers, if there are any.
    #[schema(value_type = Option<String>, format = Date)]
    pub papers_due_on: Option<Date>,
}

impl Meeting {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("title", &self.title, 150);
        wording.zone("zone", &self.zone);
        length(&mut wording, "length_minutes", self.length_minutes);
        wording.paragraph("venue", &self.venue);
        if self.invited.len() > INVITED_MAX {
            wording.problem("invited", &format!("Please invite at most {INVITED_MAX} people."));
        }
        wording.found()
    }

    /// The day on which it is, where people are told it.
    pub fn on(&self) -> Date {
        let local = self.starts_at.in_tz(&self.zone);
        local.map_or_else(|_| day_of(self.starts_at), |local| local.date())
    }
}

/// At least a minute, at most a day.
pub(super) fn length(wording: &mut Wording, field: &str, minutes: u16) {
    if minutes == 0 || minutes > LENGTH_MINUTES_MAX {
        wording.problem(field, &format!("Please give 1 to {LENGTH_MINUTES_MAX} minutes."));
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn a_session_has_a_title_a_time_a_length_and_a_place() {
        assert_eq!(meeting().malformed(), []);
        let odd = Meeting {
            title: "a\nb".to_owned(),
            zone: "Nowhere".to_owned(),
            length_minutes: 0,
            venue: String::new(),
            invited: (0..501).map(|it| PersonId::new(uuid::Uuid::from_u128(it))).collect(),
            ..meeting()
        };
        let fields: Vec<_> = odd.malformed().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["title", "zone", "length_minutes", "venue", "invited"]);
    }

    #[test]
    fn its_day_is_the_day_where_people_are_told_it() {
        let late = Meeting { starts_at: crate::story::at("2027-06-30T23:30:00Z"), ..meeting() };
        assert_eq!(late.on(), jiff::civil::date(2027, 7, 1));
        let elsewhere = Meeting { zone: "America/New_York".to_owned(), ..late };
        assert_eq!(elsewhere.on(), jiff::civil::date(2027, 6, 30));
    }
}
