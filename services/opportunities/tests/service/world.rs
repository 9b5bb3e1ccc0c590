//! One service with the people around it.

use boot::{Clock, Running};
use jiff::Timestamp;
use messaging::connect::Settings;
use opportunities::Config;
use serde_json::{Value, json};
use testkit::{Answer, Http, Issuer, Person, settled};
use tokio_util::sync::CancellationToken;

pub const NOW: &str = "2026-12-01T09:00:00Z";
pub const OPENS: &str = "2027-01-11T09:00:00Z";
pub const CLOSES: &str = "2027-02-05T12:00:00Z";

pub struct World {
    pub http: Http,
    pub running: Running,
    pub clock: Clock,
    pub config: Config,
    pub issuer: Issuer,
    /// Coordinator for everywhere.
    pub ana: Person,
    /// Coordinator for Bristol.
    pub ben: Person,
    /// Approver for everywhere, and coordinator too.
    pub cleo: Person,
    /// Someone involved.
    pub dora: Person,
    /// Leads the team.
    pub eli: Person,
    /// Approver, and nothing else.
    pub fay: Person,
}

pub async fn world() -> World {
    world_on(Clock::standing_at(NOW.parse().unwrap()), None).await
}

/// With other services around it, where there is a NATS.
pub async fn world_on(clock: Clock, nats: Option<Settings>) -> World {
    let issuer = Issuer::start(&clock).await;
    let database = testkit::database("opportunities").await;
    let mut service = testkit::service_config(&database, &issuer);
    service.nats = nats;
    let config = Config { service };
    let running = start(&config, &clock).await;
    World {
        http: Http::to(running.address),
        running,
        clock,
        config,
        ana: issuer.person("ana", &json!([{"role": "coordinator", "localities": []}])),
        ben: issuer.person("ben", &json!([{"role": "coordinator", "localities": ["Bristol"]}])),
        cleo: issuer.person(
            "cleo",
            &json!([{"role": "approver", "localities": []}, {"role": "coordinator", "localities": []}]),
        ),
        dora: issuer.person("dora", &json!([])),
        eli: issuer.person("eli", &json!([{"role": "engagement_lead"}])),
        fay: issuer.person("fay", &json!([{"role": "approver"}])),
        issuer,
    }
}

async fn start(config: &Config, clock: &Clock) -> Running {
    let stop = CancellationToken::new();
    let running = opportunities::start(config.clone(), clock.clone(), None, stop).await.unwrap();
    running.readiness.ready().await;
    running
}

impl World {
    /// Stops the service and starts it again on what it left.
    pub async fn restarted(mut self) -> Self {
        self.running.stop().await;
        self.running = start(&self.config, &self.clock).await;
        self.http = Http::to(self.running.address);
        self
    }

    pub async fn at(&self, time: &str) {
        self.clock.advance_to(time.parse::<Timestamp>().unwrap()).unwrap();
        settled(&self.running).await;
    }

    pub async fn ana_drafts(&self, key: &str, body: &Value) -> String {
        self.http.post(&self.ana, "/v1/opportunities", key, body).await.expect(201).id()
    }

    pub async fn give(&self, who: &Person, id: &str, verb: &str, body: Value) -> Answer {
        let path = format!("/v1/opportunities/{id}/{verb}");
        self.http.post(who, &path, &format!("{verb}-{id}"), &body).await
    }

    /// An opportunity that Ana drafted and Cleo approved.
    pub async fn approved(&self, body: &Value) -> String {
        let id = self.ana_drafts("draft-1", body).await;
        self.give(&self.ana, &id, "submit-for-review", json!({})).await.expect(200);
        self.give(&self.cleo, &id, "approve", json!({})).await.expect(200);
        id
    }

    pub async fn stage(&self, id: &str) -> String {
        settled(&self.running).await;
        let page = self.http.get(Some(&self.ana), &format!("/v1/opportunities/{id}"), "").await;
        page.expect(200).json["stage"].as_str().unwrap().to_owned()
    }

    pub async fn count_events(&self) -> i64 {
        let pool = self.running.executor.pool();
        sqlx::query_scalar("select count(*) from log.event").fetch_one(pool).await.unwrap()
    }
}

pub fn advert() -> Value {
    json!({
        "advert": {
            "title": "Research Fund Public Panel",
            "organisation": "North Bristol Trust",
            "purpose": "Helps to decide which research is paid for.",
            "role_description": "Reads a page for each bid and says what it would mean to patients.",
            "role_kind": "reader",
            "locality": "Bristol",
            "interests": ["research"],
            "open_to": ["service_user", "carer", "public"],
            "commitment": "Two meetings a year",
            "places": 2,
            "payment": {"kind": "expenses_only", "statement": "Travel and care costs are repaid."},
            "opens_at": OPENS,
            "closing": {"kind": "at", "at": CLOSES, "zone": "Europe/London"},
            "how_to_apply": "Here, by telephone, or on paper.",
            "accessible_formats": "Large print and easy read on request.",
            "contact": {"team": "Involvement team", "email": null, "phone": "01632 960101"},
            "criteria": [{"code": "listening", "text": "Listens to others", "essential": true}],
            "steps": [{"what": "A panel reads every application", "on": "2027-02-09"}],
            "minimum_age_years": 18
        },
        "internal": {"budget_code": "INV-101"}
    })
}
