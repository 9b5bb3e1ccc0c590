//! A trust that does what was drawn: people and staff over HTTP, the service whole.

use std::collections::BTreeMap;

use contracts::opportunities::{Closing, Fact};
use futures::StreamExt as _;
use futures::stream;
use jiff::civil::Date;
use serde_json::{Value, json};
use testkit::{Person, settled};
use uuid::Uuid;

use super::drawing::{Act, Doings, Drawn};
use super::{Happened, goes_on_to, happened};
use crate::world::{World, advert, registration, world};

const AT_ONCE: usize = 12;
const BRISTOL: &str = "Bristol";
/// What a service is told where it is behind; it is asked again.
const LATER: u16 = 503;

pub struct Trust {
    world: World,
    launcher: String,
    seats: Vec<String>,
    /// Whose life an appointment is, and whose approval an opportunity.
    names: BTreeMap<Uuid, String>,
    appointments: BTreeMap<usize, String>,
}

impl Trust {
    /// With its calendars and as many people and seats as there are lives.
    pub async fn founded(drawn: &Drawn, holidays: &BTreeMap<i16, Vec<Date>>) -> Self {
        let (world, launcher) = Box::pin(world()).await.under_a_launcher().await;
        let (names, appointments) = (BTreeMap::new(), BTreeMap::new());
        let mut trust = Self { world, launcher, seats: Vec::new(), names, appointments };
        let today = trust.world.clock.today();
        for (year, days) in holidays.range(2027..) {
            let values = json!({"kind": "working_calendar", "nation": "england", "year": year,
                "bank_holidays": days});
            let body = json!({"effective_from": today, "values": values});
            let path = "/v1/settings/working_calendar";
            trust.gives(&trust.world.ella, path, &body).await;
        }
        // How long a seat is held stands before there is one.
        let first = drawn.moments.values().find_map(|moment| moment.policy.as_ref());
        trust.puts_in_force(first.unwrap()).await;
        let charter = json!({"name": "Research forum", "kind": "forum", "locality": BRISTOL,
            "reports_to": null, "purpose": "People say what research should be done.",
            "review_on": null, "seats_planned": null});
        let group = trust.gives(&trust.world.cleo, "/v1/groups", &charter).await;
        let it = &trust;
        let path = format!("/v1/groups/{group}/seats");
        let seat = json!({"role": "member", "constituency": "carer", "locality": BRISTOL});
        let (path, seat) = (&path, &seat);
        let mut registered = registration();
        // Nobody asks to hear of what opens, as this is about terms.
        registered["consents"] = json!({});
        let registered = &registered;
        let seats = stream::iter(0..drawn.lives).map(|life| async move {
            it.gives(&it.someone(life), "/v1/people", registered).await;
            it.gives(&it.world.cleo, path, seat).await
        });
        trust.seats = seats.buffered(AT_ONCE).collect().await;
        settled(&trust.world.running).await;
        trust
    }

    pub async fn stop(&self) {
        self.world.running.stop().await;
    }

    /// Everything that was drawn, with what comes due in between at its own time.
    pub async fn lives(&mut self, drawn: &Drawn) {
        for (at, moment) in &drawn.moments {
            goes_on_to(&self.world.running, &self.world.http, &self.launcher, *at).await;
            if let Some(values) = &moment.policy {
                self.puts_in_force(values).await;
            }
            for number in &moment.approvals {
                self.approves(*number).await;
            }
            let it = &*self;
            let lived = stream::iter(&moment.lives)
                .map(|(life, doings)| async move { (*life, it.life(*life, doings).await) });
            let lived: Vec<_> = lived.buffer_unordered(AT_ONCE).collect().await;
            for (life, appointment) in lived {
                self.names.insert(appointment.parse().unwrap(), format!("life {life}"));
                self.appointments.insert(life, appointment);
            }
        }
        goes_on_to(&self.world.running, &self.world.http, &self.launcher, Drawn::until()).await;
        settled(&self.world.running).await;
    }

    fn staff(&self, name: &str, role: &str, locality: &[&str]) -> Person {
        self.world.issuer.person(name, &json!([{"role": role, "localities": locality}]))
    }

    fn someone(&self, life: usize) -> Person {
        self.world.issuer.person(&format!("person-{life}"), &json!([]))
    }

    /// Gives a command, again where the service is behind, and says what it was carried out on.
    async fn gives(&self, who: &Person, path: &str, body: &Value) -> String {
        let key = Uuid::now_v7().to_string();
        loop {
            let answer = self.world.http.post(who, path, &key, body).await;
            if answer.status != LATER {
                assert!(answer.status < 300, "{path} {body}: {}", answer.text);
                return answer.id();
            }
        }
    }

    async fn puts_in_force(&self, values: &Value) {
        let today = self.world.clock.today();
        let body = json!({"effective_from": today, "values": values});
        let lead = self.staff("ella", "engagement_lead", &[]);
        self.gives(&lead, "/v1/settings/term_policy", &body).await;
    }

    /// An opportunity that nobody applied for closes, and what is to be told of it is approved.
    async fn approves(&mut self, number: usize) {
        let now = self.world.clock.now();
        let mut advert = advert();
        advert.closing = Closing::At { at: now, zone: "Europe/London".to_owned() };
        let opportunity = self.world.opens(advert).await;
        self.world.told(opportunity, 2, &Fact::Closed { opportunity, closed_at: now }).await;
        let approver = self.staff("ivy", "approver", &[BRISTOL]);
        let path = format!("/v1/opportunities/{opportunity}/selection/approve");
        let body = json!({"reachable": self.world.cleo.id});
        self.gives(&approver, &path, &body).await;
        self.names.insert(opportunity.uuid(), format!("approval {number}"));
    }

    /// What is done about one life at this moment; says which appointment it is.
    async fn life(&self, life: usize, doings: &Doings) -> String {
        let appointment = match doings.offered_from {
            Some(from) => self.offers(life, from).await,
            None => self.appointments[&life].clone(),
        };
        for act in &doings.then {
            self.acts(life, &appointment, act).await;
        }
        appointment
    }

    async fn offers(&self, life: usize, starts_on: Date) -> String {
        let answer_by = self.world.clock.today().tomorrow().unwrap();
        let body = json!({"person": self.someone(life).id, "starts_on": starts_on,
            "answer_by": answer_by, "terms_version": "2026-11"});
        let coordinator = self.staff("cleo", "coordinator", &[BRISTOL]);
        self.gives(&coordinator, &format!("/v1/seats/{}/appointments", self.seats[life]), &body)
            .await
    }

    async fn acts(&self, life: usize, appointment: &str, act: &Act) {
        let (person, coordinator) =
            (self.someone(life), self.staff("cleo", "coordinator", &[BRISTOL]));
        let contact = json!({"by": "phone", "on": self.world.clock.today()});
        let (who, verb, body) = match act {
            Act::Accept => (person, "accept", json!({})),
            Act::Decline => (person, "decline", json!({})),
            Act::Resign { last_day } => (person, "resign", json!({"last_day": last_day})),
            Act::Answer(answer) => {
                (coordinator, "record-answer", json!({"answer": answer, "by": "phone"}))
            }
            Act::ConfirmEnd => (coordinator, "confirm-end", json!({"contact": contact})),
            Act::End { grounds, last_day } => {
                let body = json!({"grounds": {"kind": grounds}, "last_day": last_day,
                    "contact": contact});
                (coordinator, "end", body)
            }
            Act::Renew => {
                let page = format!("/v1/appointments/{appointment}");
                let page = self.world.read(&coordinator, &page).await.expect(200).json;
                let body = json!({"term_ending_on": page["term"]["ends_on"],
                    "agreed_with_person": true});
                (coordinator, "renew", body)
            }
        };
        self.gives(&who, &format!("/v1/appointments/{appointment}/{verb}"), &body).await;
    }

    pub async fn happened(&self) -> Vec<Happened> {
        happened(self.world.running.executor.pool(), &self.names).await
    }
}
