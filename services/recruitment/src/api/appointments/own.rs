//! Someone's own places, in plain words.

use contracts::{AppointmentId, GroupId, PersonId, SeatId};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

use super::State;
use crate::appointment::{Appointment, Holding, NotTaken};
use crate::london::day_of;
use crate::term::WhyEnded;
use crate::views::appointment::{self, place, stage};
use crate::views::group_label;

/// One of someone's own places.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct OwnPlace {
    appointment: AppointmentId,
    version: i64,
    seat: SeatId,
    group: GroupId,
    /// What the group is called.
    group_name: Option<String>,
    /// `offered`, `not_taken`, `held` or `ended`.
    stage: &'static str,
    /// The same in plain words.
    said: String,
    /// Until when an answer is hoped for; of an offer alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    answer_by: Option<Date>,
    /// The last day of the term; of a place one holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    your_term_ends_on: Option<Date>,
}

impl State {
    /// A person's own places: offers and what they hold before what is past.
    pub(in crate::api) async fn own_places(
        &self,
        person: PersonId,
    ) -> Result<Vec<OwnPlace>, Problem> {
        let mut rows = appointment::of_person(&self.pool, person).await?;
        rows.sort_by_key(|row| (is_past(&row.state), std::cmp::Reverse(row.beside.since)));
        let groups = rows.iter().filter_map(|row| place(&row.state)).map(|place| place.group);
        let labels = group_label::of(&self.pool, groups).await?;
        let own = rows.iter().filter_map(|row| {
            let place = place(&row.state)?;
            Some(OwnPlace {
                appointment: row.appointment,
                version: row.version,
                seat: place.seat,
                group: place.group,
                group_name: labels.get(&place.group).map(|label| label.name.clone()),
                stage: stage(&row.state),
                said: said(&row.state),
                answer_by: matches!(row.state, Appointment::Offered(_)).then_some(place.answer_by),
                your_term_ends_on: matches!(row.state, Appointment::Held(_))
                    .then_some(place.term.ends_on),
            })
        });
        Ok(own.collect())
    }
}

fn is_past(state: &Appointment) -> bool {
    match state {
        Appointment::Offered(_) | Appointment::Held(_) => false,
        Appointment::NotOffered | Appointment::NotTaken(..) | Appointment::Ended(..) => true,
    }
}

/// How it stands, for the person.
pub(super) fn said(state: &Appointment) -> String {
    match state {
        Appointment::NotOffered => String::new(),
        Appointment::Offered(place) => {
            format!(
                "A place is offered to you. We hope to hear from you by {}.",
                day(place.answer_by)
            )
        }
        Appointment::NotTaken(_, NotTaken::Declined) => "You said no to this place.".to_owned(),
        Appointment::NotTaken(_, NotTaken::Lapsed { lapsed_at }) => {
            let on = day(day_of(*lapsed_at));
            format!("We did not hear from you, and this offer lapsed on {on}.")
        }
        Appointment::NotTaken(_, NotTaken::Withdrawn { reason }) => {
            format!("We took this offer back: {reason}")
        }
        Appointment::Held(it) => held(it),
        Appointment::Ended(_, ending) => match ending.why {
            WhyEnded::Resigned => format!("You left this place on {}.", day(ending.last_day)),
            WhyEnded::TermComplete | WhyEnded::RoleEnded | WhyEnded::SteppedDown => {
                format!("This place ended on {}.", day(ending.last_day))
            }
        },
    }
}

fn held(it: &Holding) -> String {
    let ends_on = day(it.place.term.ends_on);
    match &it.leaving {
        Some(leaving) => format!("The place is yours; your last day is {}.", day(leaving.last_day)),
        None if it.stays_on => format!(
            "Your term ended on {ends_on}. The place stays yours until it is settled with you what \
             follows."
        ),
        None => format!("The place is yours. Your term ends on {ends_on}."),
    }
}

fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}
