//! Who was offered which place, holds it or has held it: a person's own, a group's holders, the terms
//! someone has held before, and what waits for staff. Who a seat is for stands in no row here.

use async_trait::async_trait;
use contracts::{AppointmentId, GroupId, PersonId, Sealed};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::appointment::{
    Answer, Appointment, Event, Grounds, Holding, Place, ReasonForSteppingDown, WordsOnLeaving,
};
use crate::setting::{About, Audience};
use crate::term::Held;

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Appointments;

/// One appointment as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub appointment: AppointmentId,
    /// Its stream's version.
    pub version: i64,
    /// Its state.
    pub state: Appointment,
    /// What has happened that the rules do not ask about.
    pub beside: Beside,
}

/// What pages show beside an appointment's state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Questions about the end of the term that nobody has answered.
    pub asked: Vec<Asked>,
    /// The first day of each of its terms.
    pub terms_from: Vec<Date>,
    /// What the person wished to say when they declined or left.
    pub words: Option<Sealed<WordsOnLeaving>>,
    /// For whoever was asked to leave.
    pub review: Option<Review>,
    /// Since when it has been as it is: offered, held, answered, staying on.
    pub since: Timestamp,
}

/// A question about the end of a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The step of the ladder.
    pub step: String,
    /// Who was asked.
    pub to: Audience,
    /// What.
    pub question: About,
    /// When.
    pub at: Timestamp,
}

/// Until when someone who was asked to leave can reply and ask for a review, and why they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The last day.
    pub until: Date,
    /// Why, sealed.
    pub reason: Option<Sealed<ReasonForSteppingDown>>,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            appointment: AppointmentId::new(row.try_get("appointment")?),
            version: row.try_get("version")?,
            state: read(row.try_get("state")?)?,
            beside: read(row.try_get("beside")?)?,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    appointment: Uuid,
    version: i64,
    stage: String,
    person: Uuid,
    group_id: Uuid,
    answer_by: Date,
    unsettled: bool,
    #[serde(with = "column")]
    state: Appointment,
    #[serde(with = "column")]
    beside: Beside,
}

impl view::Row for Columns {
    const TABLE: &'static str = "appointment_view";
    const KEY: &'static [&'static str] = &["appointment"];

    fn key(&self) -> Key {
        self.appointment.into()
    }
}

#[async_trait]
impl View for Appointments {
    fn name(&self) -> &'static str {
        "appointments"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["appointment_view"]
    }

    fn create(&self) -> &'static str {
        "create table appointment_view (
             appointment uuid primary key, version bigint not null, stage text not null,
             person uuid not null, group_id uuid not null, answer_by date not null,
             unsettled boolean not null, state text not null, beside text not null);
         create index appointment_by_person on appointment_view (person);
         create index appointment_by_group on appointment_view (group_id)
             where stage = 'held';
         create index appointment_offered on appointment_view (answer_by)
             where stage = 'offered';
         create index appointment_unsettled on appointment_view (appointment)
             where unsettled"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Appointment::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Appointment::TYPE {
            return Ok(());
        }
        let appointment = event.stream.id;
        let before = rows.one::<Columns>(appointment).await?;
        let (mut state, mut beside) =
            before.map_or_else(Default::default, |row| (row.state, row.beside));
        let happened: Event = event.decode()?;
        beside.note(&happened, event.metadata()?.occurred_at);
        state.apply(happened);
        let Some(place) = place(&state) else { return Ok(()) };
        rows.put(Columns {
            appointment,
            version: event.version,
            stage: stage(&state).to_owned(),
            person: place.person.uuid(),
            group_id: place.group.uuid(),
            answer_by: place.answer_by,
            unsettled: is_unsettled(&state, &beside),
            state,
            beside,
        })
    }
}

impl Beside {
    fn note(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Accepted { term, .. } => self.terms_from.push(term.from),
            Event::Declined { words, .. } => self.words.clone_from(words),
            Event::ReminderCameDue { step, to, question, .. } => {
                let (step, to, question) = (step.clone(), *to, *question);
                self.asked.push(Asked { step, to, question, at });
                return;
            }
            Event::ReminderAnswered { answer, .. } => {
                if *answer == Answer::Undecided {
                    return;
                }
                self.asked.clear();
            }
            Event::Renewed { term, .. } => {
                self.terms_from.push(term.from);
                self.asked.clear();
                self.review = None;
            }
            Event::EndConfirmed { grounds, .. } => {
                self.asked.clear();
                self.review = match grounds {
                    Grounds::SteppedDown { review_until, reason } => {
                        Some(Review { until: *review_until, reason: reason.clone() })
                    }
                    Grounds::TermComplete | Grounds::RoleEnded => None,
                };
            }
            Event::Resigned { words, .. } => {
                self.asked.clear();
                self.words.clone_from(words);
            }
            Event::Offered(_)
            | Event::OfferLapsed { .. }
            | Event::OfferWithdrawn { .. }
            | Event::StaysOn { .. }
            | Event::Ended { .. } => {}
        }
        self.since = at;
    }

    /// How many of its terms had begun by a day.
    fn terms_begun(&self, by: Date) -> u8 {
        let begun = self.terms_from.iter().filter(|from| **from <= by).count();
        u8::try_from(begun).unwrap_or(u8::MAX)
    }
}

/// Whether a human has something to settle about someone's place.
fn is_unsettled(state: &Appointment, beside: &Beside) -> bool {
    match state {
        Appointment::Held(it) => {
            it.leaving.is_none()
                && (it.stays_on || answer(it).is_some() || !beside.asked.is_empty())
        }
        Appointment::NotOffered
        | Appointment::Offered(_)
        | Appointment::NotTaken(..)
        | Appointment::Ended(..) => false,
    }
}

/// What was said about the end of the term, where that is known.
pub fn answer(holding: &Holding) -> Option<Answer> {
    holding.answered.as_ref().map(|(_, answer)| *answer).filter(|it| *it != Answer::Undecided)
}

/// The stage's name on screens.
pub fn stage(state: &Appointment) -> &'static str {
    match state {
        Appointment::NotOffered => "not_offered",
        Appointment::Offered(_) => "offered",
        Appointment::NotTaken(..) => "not_taken",
        Appointment::Held(_) => "held",
        Appointment::Ended(..) => "ended",
    }
}

/// What was offered, once something was.
pub fn place(state: &Appointment) -> Option<&Place> {
    match state {
        Appointment::NotOffered => None,
        Appointment::Offered(place)
        | Appointment::NotTaken(place, _)
        | Appointment::Ended(place, _) => Some(place),
        Appointment::Held(it) => Some(&it.place),
    }
}

/// One appointment.
pub async fn one(pool: &PgPool, id: AppointmentId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.appointment_view where appointment = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// Everything someone was ever offered.
pub async fn of_person(pool: &PgPool, person: PersonId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.appointment_view where person = $1 order by appointment")
        .bind(person.uuid())
        .fetch_all(pool)
        .await
}

/// Whoever holds a place in a group, before their first day too.
pub async fn in_group(pool: &PgPool, group: GroupId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.appointment_view where stage = 'held' and group_id = $1
         order by appointment",
    )
    .bind(group.uuid())
    .fetch_all(pool)
    .await
}

/// Offers whose day of answer has passed, and held places about which a human has something to settle.
pub async fn waiting(pool: &PgPool, today: Date) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.appointment_view
         where unsettled or (stage = 'offered' and answer_by < $1)",
    )
    .bind(today.to_sqlx())
    .fetch_all(pool)
    .await
}

/// The terms someone has held in a group. A place that ended before its first day is none of them.
pub async fn held_before(
    pool: &PgPool,
    person: PersonId,
    group: GroupId,
) -> Result<Vec<Held>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select * from views.appointment_view
         where person = $1 and group_id = $2 and stage in ('held', 'ended')",
    )
    .bind(person.uuid())
    .bind(group.uuid())
    .fetch_all(pool)
    .await?;
    Ok(rows.iter().filter_map(Row::held).collect())
}

impl Row {
    fn held(&self) -> Option<Held> {
        let last_day = match &self.state {
            Appointment::Held(it) => it.leaving.map_or(it.place.term.ends_on, |it| it.last_day),
            Appointment::Ended(_, ending) => ending.last_day,
            Appointment::NotOffered | Appointment::Offered(_) | Appointment::NotTaken(..) => {
                return None;
            }
        };
        let terms = self.beside.terms_begun(last_day);
        let from = *self.beside.terms_from.first()?;
        (terms > 0).then_some(Held { from, last_day, terms })
    }
}
