//! The rooms of the service under its own scheduler, for as many lives as nobody could give over HTTP:
//! commands go to the executor, and what the edge fills in is filled in here. No views, no neighbours.

use std::collections::BTreeMap;

use boot::{Clock, Launched, Parts, Running};
use contracts::{AppointmentId, GroupId, OpportunityId, PersonId, SeatId};
use eventstore::executor::{FireError, Order};
use eventstore::timer::DueTimer;
use eventstore::{Executor, Receipt, Room, Taken};
use futures::future::BoxFuture;
use futures::{StreamExt as _, stream};
use jiff::ToSpan as _;
use jiff::civil::Date;
use recruitment::appointment::{
    Accept, Answer, Appointment, Command, ConfirmEnd, Decline, End, Grounds, Offer, RecordAnswer,
    Renew, Renewal, Resign,
};
use recruitment::contacted::{Channel, Contacted};
use recruitment::selection::{self, ApproveOutcome, Begin, Selection};
use recruitment::setting::{
    self, Name, Nation, PutInForce, Setting, Values, WorkingCalendar, in_force,
};
use recruitment::term::TermRule;
use serde_json::Value;
use testkit::{Http, Issuer, TestDatabase, settled};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::Identities;

use super::drawing::{Act, Doings, Drawn};
use super::{Happened, goes_on_to, happened};

const AT_ONCE: usize = 32;
const LAUNCHER: &str = "of-the-launcher";
const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));

pub struct Rooms {
    running: Running,
    http: Http,
    clock: Clock,
    calendars: Vec<WorkingCalendar>,
    lives: BTreeMap<usize, AppointmentId>,
    names: BTreeMap<Uuid, String>,
    _database: TestDatabase,
}

impl Rooms {
    pub async fn opened(holidays: &BTreeMap<i16, Vec<Date>>) -> Self {
        let clock = Clock::standing_at(crate::world::NOW.parse().unwrap());
        let issuer = Issuer::start(&clock).await;
        let database = testkit::database("rooms").await;
        let config = testkit::service_config(&database, &issuer);
        let launched = Some(Launched { token: LAUNCHER.to_owned().into() });
        let stop = CancellationToken::new();
        let service =
            boot::start("recruitment", config, clock.clone(), launched, stop).await.unwrap();
        let identities = Identities::linked(service.pool.clone(), clock.clone());
        let parts = Parts {
            views: Vec::new(),
            policies: Vec::new(),
            fire,
            publish: |_| Ok(Vec::new()),
            hear: Box::new(|_, _| Ok(())),
            access: &[],
            identities,
            routes: Box::new(|_| axum::Router::new()),
        };
        let running = service.run(parts).await.unwrap();
        let calendar = |(year, days): (&i16, &Vec<Date>)| WorkingCalendar {
            nation: Nation::England,
            year: *year,
            bank_holidays: days.clone(),
        };
        Self {
            http: Http::to(running.address),
            running,
            clock,
            calendars: holidays.iter().map(calendar).collect(),
            lives: BTreeMap::new(),
            names: BTreeMap::new(),
            _database: database,
        }
    }

    pub async fn lives(&mut self, drawn: &Drawn) {
        for (at, moment) in &drawn.moments {
            goes_on_to(&self.running, &self.http, LAUNCHER, *at).await;
            if let Some(values) = &moment.policy {
                self.puts_in_force(values).await;
            }
            for number in &moment.approvals {
                self.approves(*number).await;
            }
            for (life, doings) in &moment.lives {
                if doings.offered_from.is_some() {
                    let appointment = Uuid::now_v7();
                    self.lives.insert(*life, AppointmentId::new(appointment));
                    self.names.insert(appointment, format!("life {life}"));
                }
            }
            if moment.lives.is_empty() {
                continue;
            }
            let rule = self.rule().await;
            let (it, rule) = (&*self, &rule);
            let lived = stream::iter(&moment.lives)
                .map(|(life, doings)| async move { it.life(*life, doings, rule).await });
            lived.buffer_unordered(AT_ONCE).collect::<()>().await;
        }
        goes_on_to(&self.running, &self.http, LAUNCHER, Drawn::until()).await;
        settled(&self.running).await;
    }

    pub async fn happened(&self) -> Vec<Happened> {
        happened(self.running.executor.pool(), &self.names).await
    }

    pub async fn stop(&self) {
        self.running.stop().await;
    }

    async fn puts_in_force(&self, values: &Value) {
        let values = serde_json::from_value(values.clone()).unwrap();
        let put = PutInForce { effective_from: self.clock.today(), values };
        let id = Name::TermPolicy.stream();
        self.gives::<Setting>(id, STAFF, setting::Command::PutInForce(put)).await;
    }

    /// The rule for terms that is in force today.
    async fn rule(&self) -> TermRule {
        let name = Name::TermPolicy;
        let setting = self.running.executor.load::<Setting>(name.stream()).await.unwrap().room;
        let version = in_force(&setting.versions, &name, self.clock.today()).unwrap();
        let policy = match &version.values {
            Values::TermPolicy(policy) => Some(policy),
            Values::SelectionRules(_) | Values::WorkingCalendar(_) => None,
        };
        TermRule::of(policy.unwrap(), version.cited())
    }

    /// A round that nobody applied for, whose outcome is approved all the same.
    async fn approves(&mut self, number: usize) {
        let opportunity = OpportunityId::new(Uuid::now_v7());
        let id = Selection::of(opportunity).uuid();
        let begin = selection::Command::Begin(Begin { opportunity, criteria: Vec::new() });
        self.gives::<Selection>(id, STAFF, begin).await;
        let this_year = self.clock.today().year();
        let near = |it: &&WorkingCalendar| it.year == this_year || it.year == this_year + 1;
        let calendars = self.calendars.iter().filter(near).cloned().collect();
        let approve = ApproveOutcome { reachable: STAFF, calendars };
        self.gives::<Selection>(id, STAFF, selection::Command::ApproveOutcome(approve)).await;
        self.names.insert(opportunity.uuid(), format!("approval {number}"));
    }

    async fn life(&self, life: usize, doings: &Doings, rule: &TermRule) {
        if let Some(from) = doings.offered_from {
            let offer = offer(life, from, self.clock.today(), rule);
            self.gives::<Appointment>(self.lives[&life].uuid(), STAFF, offer).await;
        }
        for act in &doings.then {
            self.acts(life, act, rule).await;
        }
    }

    async fn acts(&self, life: usize, act: &Act, rule: &TermRule) {
        let person = person(life);
        let today = self.clock.today();
        let contact = Contacted { by: Channel::Phone, on: today };
        let (actor, command) = match act {
            Act::Accept => (person, Command::Accept(Accept {})),
            Act::Decline => (person, Command::Decline(Decline::default())),
            Act::Resign { last_day } => {
                (person, Command::Resign(Resign { last_day: *last_day, words: None }))
            }
            Act::Answer(answer) => {
                let answer: Answer = serde_json::from_value((*answer).into()).unwrap();
                let said = RecordAnswer { step: None, answer, by: Channel::Phone };
                (STAFF, Command::RecordAnswer(said))
            }
            Act::ConfirmEnd => (STAFF, Command::ConfirmEnd(ConfirmEnd { contact })),
            Act::End { grounds, last_day } => {
                let grounds: Grounds = serde_json::from_value((*grounds).into()).unwrap();
                (STAFF, Command::End(End { grounds, last_day: *last_day, contact }))
            }
            Act::Renew => (STAFF, self.renewal(life, rule).await),
        };
        self.gives::<Appointment>(self.lives[&life].uuid(), actor, command).await;
    }

    async fn renewal(&self, life: usize, rule: &TermRule) -> Command {
        let id = self.lives[&life].uuid();
        let ends_on = match self.running.executor.load::<Appointment>(id).await.unwrap().room {
            Appointment::Held(it) => Some(it.place.term.ends_on),
            Appointment::NotOffered
            | Appointment::Offered(_)
            | Appointment::NotTaken(..)
            | Appointment::Ended(..) => None,
        };
        let said = Renewal { term_ending_on: ends_on.unwrap(), agreed_with_person: true };
        Command::Renew(Box::new(Renew { said, exception: None, rule: rule.clone() }))
    }

    async fn gives<R: Room>(&self, id: Uuid, actor: PersonId, ask: R::Ask)
    where
        R::Ask: std::fmt::Debug,
    {
        let command_id = Uuid::now_v7();
        let now = self.clock.now();
        let mut order = Order::by_system(command_id, command_id, command_id, Taken::Online, now);
        order.occasion.actor = actor;
        let said = format!("{ask:?}");
        let receipt = self.running.executor.execute::<R>(id, ask, order).await.unwrap();
        assert_eq!(receipt.refusal, None, "{said}");
    }
}

fn nth(kind: u128, life: usize) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::from(u64::try_from(life).unwrap()))
}

fn person(life: usize) -> PersonId {
    PersonId::new(nth(1, life))
}

fn offer(life: usize, starts_on: Date, today: Date, rule: &TermRule) -> Command {
    Command::Offer(Box::new(Offer {
        seat: SeatId::new(nth(2, life)),
        group: GroupId::new(Uuid::from_u128(2)),
        opportunity: None,
        opportunity_withdrawn: false,
        application: None,
        person: person(life),
        starts_on,
        answer_by: today.checked_add(14.days()).unwrap(),
        terms_version: "2026-11".to_owned(),
        exception: None,
        rule: rule.clone(),
        held_before: Vec::new(),
    }))
}

fn fire(
    executor: Executor,
    timer: DueTimer,
) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    match timer.stream.kind.as_str() {
        "appointment" => Some(Box::pin(async move { executor.fire::<Appointment>(&timer).await })),
        "selection" => Some(Box::pin(async move { executor.fire::<Selection>(&timer).await })),
        _ => None,
    }
}
