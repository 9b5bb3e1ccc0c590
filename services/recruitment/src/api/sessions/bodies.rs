//! What comes in about sessions, and what can be seen to be wrong with it before anything is decided.

use std::collections::BTreeSet;

use contracts::{GroupId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError};

use crate::api::bodies::fields;
use crate::session::{
    Cancellation, Confirm, FollowUp, Meeting, Mode, RecordAttendance, Reschedule,
};

/// A session to be planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanBody {
    /// The group it is for, if any.
    #[serde(default)]
    pub(super) group: Option<GroupId>,
    /// What it is called, in neutral words: it stands in calendars others can see.
    #[schema(max_length = 150)]
    title: String,
    /// When it begins.
    starts_at: Timestamp,
    /// The zone in which people are told it, such as `Europe/London`.
    #[schema(max_length = 64)]
    zone: String,
    /// How long it is meant to last, in minutes.
    length_minutes: u16,
    /// How people take part.
    mode: Mode,
    /// Where, or how to get in.
    #[schema(max_length = 2000)]
    venue: String,
    /// Who is invited.
    #[serde(default)]
    #[schema(value_type = Vec<PersonId>, max_items = 500)]
    invited: BTreeSet<PersonId>,
    /// Whether everyone who holds a place in the group on that day is invited besides.
    #[serde(default)]
    whole_group: bool,
    /// The day by which people have its papers, if there are any.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    papers_due_on: Option<Date>,
}

impl PlanBody {
    /// What is planned, and whether the whole group is invited.
    pub(super) fn meeting(self) -> (Meeting, bool) {
        let meeting = Meeting {
            group: self.group,
            title: self.title,
            starts_at: self.starts_at,
            zone: self.zone,
            length_minutes: self.length_minutes,
            mode: self.mode,
            venue: self.venue,
            invited: self.invited,
            papers_due_on: self.papers_due_on,
        };
        (meeting, self.whole_group)
    }
}

impl Body for Confirm {}

impl Body for FollowUp {}

impl Body for PlanBody {
    fn malformed(&self) -> Vec<FieldError> {
        let (meeting, whole_group) = self.clone().meeting();
        let mut errors = fields(meeting.malformed());
        if whole_group && self.group.is_none() {
            let problem = "Name the group whose members are invited.";
            errors.push(FieldError::new("group", problem));
        }
        errors
    }
}

impl Body for Reschedule {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for Cancellation {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RecordAttendance {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}
