//! What waits for staff about places: offers nobody has answered in time, questions about the end of
//! a term, answers to be acted on, terms that have ended with nothing settled.

use std::collections::BTreeMap;

use contracts::{AppointmentId, GroupId, PersonId, SeatId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permit, Problem, Role};

use super::State;
use crate::api::selections::by_role;
use crate::appointment::{Answer, Appointment, Place};
use crate::setting::{About, Audience};
use crate::views::appointment::{self, Row, answer, place};
use crate::views::group_label::{self, Label};

/// Something to do about one person's place.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PlaceTask {
    /// `ask_about_an_offer`, `ask_about_the_end_of_a_term`, `act_on_an_answer` or
    /// `settle_what_follows_a_term`.
    what: &'static str,
    /// Since when it waits.
    pub(in crate::api) since: Timestamp,
    appointment: AppointmentId,
    seat: SeatId,
    group: GroupId,
    group_name: Option<String>,
    person: PersonId,
    /// The last day of the term.
    #[schema(value_type = String, format = Date)]
    ends_on: Date,
    /// The question, where one was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<About>,
    /// Its name, to answer it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    /// Who was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Audience>,
    /// What was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

impl State {
    /// What waits for the caller about places in their localities.
    pub(in crate::api) async fn place_tasks(
        &self,
        permit: &Permit,
        today: Date,
    ) -> Result<Vec<PlaceTask>, Problem> {
        let rows = appointment::waiting(&self.pool, today).await?;
        let groups = rows.iter().filter_map(|row| place(&row.state)).map(|place| place.group);
        let labels = group_label::of(&self.pool, groups).await?;
        Ok(rows.iter().flat_map(|row| tasks(permit, row, &labels)).collect())
    }
}

fn tasks(permit: &Permit, row: &Row, labels: &BTreeMap<GroupId, Label>) -> Vec<PlaceTask> {
    let Some(place) = place(&row.state) else { return Vec::new() };
    let label = labels.get(&place.group);
    let locality = label.and_then(|label| label.locality.as_deref());
    if by_role(permit, &Role::STAFF, locality).is_none() {
        return Vec::new();
    }
    let bare = |what| bare_task(what, row, place, label);
    let Appointment::Held(it) = &row.state else { return vec![bare("ask_about_an_offer")] };
    let mut tasks: Vec<PlaceTask> = row
        .beside
        .asked
        .iter()
        .map(|asked| PlaceTask {
            since: asked.at,
            question: Some(asked.question),
            step: Some(asked.step.clone()),
            to: Some(asked.to),
            ..bare("ask_about_the_end_of_a_term")
        })
        .collect();
    if it.stays_on {
        tasks.push(PlaceTask { answer: answer(it), ..bare("settle_what_follows_a_term") });
    } else if let Some(answer) = answer(it) {
        tasks.push(PlaceTask { answer: Some(answer), ..bare("act_on_an_answer") });
    }
    tasks
}

fn bare_task(what: &'static str, row: &Row, place: &Place, label: Option<&Label>) -> PlaceTask {
    PlaceTask {
        what,
        since: row.beside.since,
        appointment: row.appointment,
        seat: place.seat,
        group: place.group,
        group_name: label.map(|label| label.name.clone()),
        person: place.person,
        ends_on: place.term.ends_on,
        question: None,
        step: None,
        to: None,
        answer: None,
    }
}
