//! A group with seats, and people who hold them.

use jiff::Timestamp;
use recruitment::publish::publish;
use serde_json::{Value, json};
use testkit::{Answer, Person, settled};

use crate::world::{World, registration, world};

/// What the ladder asks for in these stories: its steps before the end, as (months, days).
pub const LADDER: [(u8, u8); 4] = [(6, 0), (3, 0), (1, 0), (0, 7)];

pub struct Forum {
    pub world: Box<World>,
    pub group: String,
    pub seats: Vec<String>,
}

/// The same among people who have registered.
pub async fn forum(n_seats: usize) -> Forum {
    let world = Box::new(Box::pin(world()).await);
    for person in [&world.ana, &world.ben] {
        world.registers(person, &registration()).await;
    }
    forum_in(world, n_seats).await
}

/// A forum in Bristol whose terms last a year, two at most one after another.
pub async fn forum_in(world: Box<World>, n_seats: usize) -> Forum {
    let today = world.clock.today().to_string();
    let charter = json!({"name": "Research forum", "kind": "forum", "locality": "Bristol",
        "reports_to": null, "purpose": "People say what research should be done.",
        "review_on": null, "seats_planned": null});
    let group = world.give(&world.cleo, "/v1/groups", charter).await.expect(201).id();
    world.give(&world.ella, "/v1/settings/term_policy", term_policy(&today)).await.expect(201);
    let mut seats = Vec::new();
    for _ in 0..n_seats {
        let seat = json!({"role": "member", "constituency": "carer", "locality": "Bristol"});
        let path = format!("/v1/groups/{group}/seats");
        seats.push(world.give(&world.cleo, &path, seat).await.expect(201).id());
    }
    Forum { world, group, seats }
}

fn term_policy(from: &str) -> Value {
    let asks = ["plan_succession", "review_talk", "end_or_renewal", "last_week"];
    let reminders: Vec<Value> = LADDER
        .iter()
        .zip(asks)
        .map(|((months, days), about)| {
            let when = if *months > 0 {
                json!({"kind": "months_before", "months": months})
            } else {
                json!({"kind": "days_before", "days": days})
            };
            let audience = if *months == 6 { "coordinator" } else { "involvee_and_chair" };
            json!({"when": when, "audience": audience, "about": about})
        })
        .collect();
    json!({"effective_from": from, "values": {"kind": "term_policy", "months": 12,
        "consecutive_terms_max": 2, "break_months": 12, "overlap_days": 0,
        "reminders": reminders}})
}

/// An offer as its body says it.
pub fn offer(to: &Person, starts_on: &str, answer_by: &str) -> Value {
    json!({"person": to.id, "starts_on": starts_on, "answer_by": answer_by,
        "terms_version": "2026-11"})
}

/// The names of what waits.
pub fn what(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|it| it["what"].as_str()).collect()
}

pub fn reached_on(day: &str) -> Value {
    json!({"contact": {"by": "phone", "on": day}})
}

impl Forum {
    /// Staff of Bristol, with a token that holds now.
    pub fn staff(&self) -> Person {
        let roles = json!([{"role": "coordinator", "localities": ["Bristol"]}]);
        self.world.issuer.person("cleo", &roles)
    }

    /// Whoever leads the team, with a token that holds now.
    pub fn lead(&self) -> Person {
        let roles = json!([{"role": "engagement_lead", "localities": []}]);
        self.world.issuer.person("ella", &roles)
    }

    /// Someone involved, with a token that holds now.
    pub fn someone(&self, name: &str) -> Person {
        self.world.issuer.person(name, &json!([]))
    }

    pub async fn at(&self, time: &str) {
        self.world.at(time);
        settled(&self.world.running).await;
    }

    pub async fn offers(&self, seat: usize, body: Value) -> Answer {
        let path = format!("/v1/seats/{}/appointments", self.seats[seat]);
        self.world.give(&self.staff(), &path, body).await
    }

    /// Someone is offered a seat and accepts it.
    pub async fn appoints(&self, seat: usize, who: &Person, starts_on: &str) -> String {
        let offered = self.offers(seat, offer(who, starts_on, "2027-01-25")).await.expect(201);
        let id = offered.id();
        self.gives(who, &id, "accept", json!({})).await.expect(200);
        id
    }

    pub async fn gives(&self, who: &Person, appointment: &str, verb: &str, body: Value) -> Answer {
        let path = format!("/v1/appointments/{appointment}/{verb}");
        self.world.give(who, &path, body).await
    }

    /// One seat as staff see it in its group.
    pub async fn seat(&self, seat: usize) -> Value {
        let page = self.world.read(&self.staff(), &format!("/v1/groups/{}", self.group)).await;
        let seats = page.expect(200).json["seats"].as_array().unwrap().clone();
        seats.into_iter().find(|it| it["seat"] == self.seats[seat].as_str()).unwrap()
    }

    /// What waits for someone: each with its name.
    pub async fn today(&self, who: &Person) -> Vec<Value> {
        let today = self.world.read(who, "/v1/today").await.expect(200);
        today.json["items"].as_array().unwrap().clone()
    }

    /// When and as what something was stored, in the order of the log.
    pub async fn stored(&self, name: &str) -> Vec<(Timestamp, Value)> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select payload, meta from log.event where event_type = $1 order by position",
        )
        .bind(name)
        .fetch_all(self.world.running.executor.pool())
        .await
        .unwrap();
        rows.iter()
            .map(|(payload, meta)| {
                let meta: Value = serde_json::from_str(meta).unwrap();
                let at = meta["occurred_at"].as_str().unwrap().parse().unwrap();
                (at, serde_json::from_str(payload).unwrap())
            })
            .collect()
    }

    /// What others are told under a name, in order.
    pub async fn told(&self, name: &str) -> Vec<Value> {
        settled(&self.world.running).await;
        let pool = self.world.running.executor.pool();
        let all = eventstore::reader::after(pool, 0, 10_000).await.unwrap();
        let facts = all.iter().flat_map(|event| publish(event).unwrap());
        facts
            .filter(|(fact, _)| fact == name)
            .map(|(_, body)| serde_json::from_str(&body).unwrap())
            .collect()
    }
}
