//! One service with the people and services around it.

use std::time::Duration;

use boot::{Clock, Launched, Running};
use contracts::OpportunityId;
use contracts::opportunities::{Advert, Fact};
use jiff::Timestamp;
use messaging::connect::Settings;
use messaging::{Connection, Layout, connect, rights, streams};
use recruitment::Config;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use testkit::{Answer, Http, Issuer, NatsUser, Person, TestDatabase, TestNats, settled};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vault::VaultConfig;

use crate::neighbour::{self, Neighbour};

/// Longer than anything takes on a slow machine; reached only by what has failed.
pub const LIMIT: Duration = Duration::from_secs(40);
pub const NOW: &str = "2027-01-11T10:00:00Z";
pub const CLOSES: &str = "2027-02-05T12:00:00Z";
const ADMIN: &str = "admin";

pub struct World {
    pub http: Http,
    pub running: Running,
    pub clock: Clock,
    pub config: Config,
    pub nats: TestNats,
    pub database: TestDatabase,
    pub neighbour: Neighbour,
    pub issuer: Issuer,
    _vault_database: TestDatabase,
    /// Someone involved.
    pub ana: Person,
    /// Someone else involved.
    pub ben: Person,
    /// Coordinator for Bristol.
    pub cleo: Person,
    /// Coordinator for Leeds.
    pub dev: Person,
    /// Engagement lead, everywhere.
    pub ella: Person,
}

pub async fn world() -> World {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let issuer = Issuer::start(&clock).await;
    let layout = Layout::shipped().unwrap();
    let nats = testkit::nats(&users(&layout)).await;
    let admin = connected(&nats, ADMIN).await;
    streams::provision(admin.jetstream(), &layout).await.unwrap();
    let connection = connected(&nats, neighbour::NAME).await;
    let neighbour = Neighbour::start(connection, &layout, &clock).await;
    let (vault_database, keys) = vault().await;
    let database = testkit::database("recruitment").await;
    let mut service = testkit::service_config(&database, &issuer);
    service.nats = Some(settings(&nats, "recruitment"));
    service.vault = Some(keys);
    let config = Config { service };
    let running = start(&config, &clock, None).await;
    let coordinator = |locality: &str| json!([{"role": "coordinator", "localities": [locality]}]);
    World {
        http: Http::to(running.address),
        running,
        clock,
        config,
        nats,
        database,
        neighbour,
        _vault_database: vault_database,
        ana: issuer.person("ana", &json!([])),
        ben: issuer.person("ben", &json!([])),
        cleo: issuer.person("cleo", &coordinator("Bristol")),
        dev: issuer.person("dev", &coordinator("Leeds")),
        ella: issuer.person("ella", &json!([{"role": "engagement_lead", "localities": []}])),
        issuer,
    }
}

async fn start(config: &Config, clock: &Clock, launched: Option<Launched>) -> Running {
    let stop = CancellationToken::new();
    let running = recruitment::start(config.clone(), clock.clone(), launched, stop).await.unwrap();
    running.readiness.ready().await;
    running
}

async fn vault() -> (TestDatabase, VaultConfig) {
    let database = testkit::database("vault").await;
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    vault::schema::migrate(&mut owner).await.unwrap();
    let classes = vault::access::classes_of("recruitment");
    vault::schema::grant(&mut owner, &database.runtime_role, classes).await.unwrap();
    let keys = VaultConfig {
        url: database.runtime_url.clone().into(),
        kek_hex: "6b65".repeat(16).into(),
        kek_id: "2027-01".to_owned(),
        index_key_hex: "696e".repeat(16).into(),
    };
    (database, keys)
}

fn users(layout: &Layout) -> Vec<NatsUser> {
    let all = vec![">".to_owned()];
    let admin = NatsUser {
        name: ADMIN.to_owned(),
        password: password(ADMIN),
        publish_allow: all.clone(),
        subscribe_allow: all,
        ..NatsUser::default()
    };
    let services = layout.services.keys().map(|service| {
        let rights = rights::rights(layout, service).unwrap();
        NatsUser {
            name: service.clone(),
            password: password(service),
            publish_allow: rights.publish,
            subscribe_allow: rights.subscribe,
            ..NatsUser::default()
        }
    });
    std::iter::once(admin).chain(services).collect()
}

fn password(user: &str) -> String {
    format!("of-{user}")
}

fn settings(nats: &TestNats, user: &str) -> Settings {
    Settings { url: nats.url.clone(), user: user.to_owned(), password: password(user).into() }
}

async fn connected(nats: &TestNats, user: &str) -> Connection {
    let connection = connect(&settings(nats, user), "test").await.unwrap();
    let mut connects = connection.connects();
    let reached = connects.wait_for(|times| *times > 0);
    tokio::time::timeout(LIMIT, reached).await.unwrap().unwrap();
    connection
}

impl World {
    /// Stops the service, forgets what it has heard of others, and starts it again.
    pub async fn hearing_everything_again(mut self) -> Self {
        self.running.stop().await;
        let mut admin = PgConnection::connect(&self.database.admin_url).await.unwrap();
        sqlx::query("truncate views.fact_checkpoint, log.fact_checkpoint")
            .execute(&mut admin)
            .await
            .unwrap();
        self.starts(None).await;
        self
    }

    /// Starts the service again as a launcher's process, and says how it knows its launcher.
    pub async fn under_a_launcher(mut self) -> (Self, String) {
        self.running.stop().await;
        let token = "of-the-launcher".to_owned();
        self.starts(Some(Launched { token: token.clone().into() })).await;
        (self, token)
    }

    /// Starts the service, which had stopped.
    pub async fn starts(&mut self, launched: Option<Launched>) {
        self.running = start(&self.config, &self.clock, launched).await;
        self.http = Http::to(self.running.address);
    }

    pub fn at(&self, time: &str) {
        self.clock.advance_to(time.parse::<Timestamp>().unwrap()).unwrap();
    }

    /// Someone registers, and what they said can be read.
    pub async fn registers(&self, who: &Person, body: &Value) {
        self.http.post(who, "/v1/people", "register", body).await.expect(201);
        settled(&self.running).await;
    }

    /// An opportunity opens, and this service has heard of it.
    pub async fn opens(&self, advert: Advert) -> OpportunityId {
        let opportunity = OpportunityId::new(Uuid::now_v7());
        let opened = Fact::Opened { opportunity, advert: Box::new(advert) };
        self.told(opportunity, 1, &opened).await;
        opportunity
    }

    /// Something is told of an opportunity, and this service has heard and answered it.
    pub async fn told(&self, opportunity: OpportunityId, version: i64, fact: &Fact) {
        let position = self.neighbour.tells(opportunity.uuid(), version, fact).await;
        self.heard(position).await;
    }

    /// Everything of the neighbour up to here is heard, and answered where it asks for an answer.
    pub async fn heard(&self, position: i64) {
        self.neighbour.published(position).await;
        testkit::until(|| async {
            let standing = self.running.standing().await.unwrap();
            let heard = standing.heard.get(neighbour::NAME).copied().unwrap_or(0);
            heard >= position && standing.waiting.is_empty()
        })
        .await;
    }

    pub async fn applies(&self, who: &Person, to: OpportunityId, key: &str) -> Answer {
        self.http.post(who, &applications(to), key, &form()).await
    }

    pub async fn give(&self, who: &Person, path: &str, body: Value) -> Answer {
        let key = format!("{}-{}", path.replace('/', "."), Uuid::now_v7());
        let answer = self.http.post(who, path, &key, &body).await;
        settled(&self.running).await;
        answer
    }

    pub async fn read(&self, who: &Person, path: &str) -> Answer {
        settled(&self.running).await;
        self.http.get(Some(who), path, "").await
    }

    /// The names of all facts this service has published, in order.
    pub async fn facts(&self) -> Vec<String> {
        settled(&self.running).await;
        let admin = connected(&self.nats, ADMIN).await;
        let stream = admin.jetstream().get_stream("FACTS_RECRUITMENT").await.unwrap();
        let state = &stream.cached_info().state;
        let mut names = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            let message = stream.get_raw_message(sequence).await.unwrap();
            names.push(message.subject.as_str().replacen("recruitment.facts.", "", 1));
        }
        names
    }

    /// From now on the log takes no opening.
    pub async fn refuse_to_record_openings(&self) {
        let mut admin = PgConnection::connect(&self.database.admin_url).await.unwrap();
        let constraint = "alter table log.event add check (stream_type <> 'opening')";
        sqlx::query(constraint).execute(&mut admin).await.unwrap();
    }

    /// Stored events of a name.
    pub async fn events(&self, name: &str) -> Vec<Value> {
        let payloads: Vec<String> =
            sqlx::query_scalar("select payload from log.event where event_type = $1")
                .bind(name)
                .fetch_all(self.running.executor.pool())
                .await
                .unwrap();
        payloads.iter().map(|payload| serde_json::from_str(payload).unwrap()).collect()
    }
}

pub fn applications(to: OpportunityId) -> String {
    format!("/v1/opportunities/{to}/applications")
}

pub fn entry(person: &Person) -> String {
    format!("/v1/people/{}", person.id)
}

pub fn registration() -> Value {
    json!({
        "name": "Ana Canary-Name",
        "how_to_reach": {"channel": "phone", "number": "01632 960171"},
        "preferences": {
            "interests": ["research"],
            "localities": ["Bristol"],
            "constituencies": ["service_user"],
            "digest": "at_once"
        },
        "age": {"band": "adult"},
        "consents": {"opportunity_news": "2027-1"},
        "privacy_notice_version": "2026-11",
        "heard_from": "poster"
    })
}

pub fn form() -> Value {
    json!({
        "answers": [{"criterion": "listening", "text": "I listen on a helpline."}],
        "why": "I have been an inpatient.",
        "availability": "Mornings.",
        "adjustments": "A hearing loop.",
        "data_use_understood": true
    })
}

pub fn advert() -> Advert {
    serde_json::from_value(json!({
        "title": "Research Fund Public Panel",
        "organisation": "North Bristol Trust",
        "purpose": "Helps to decide which research is paid for.",
        "role_description": "Reads a page for each bid and says what it would mean to patients.",
        "role_kind": "reader",
        "locality": "Bristol",
        "interests": ["research"],
        "open_to": ["service_user", "carer"],
        "exclusions": null,
        "commitment": "Two meetings a year",
        "places": 2,
        "term_months": 24,
        "payment": {"kind": "expenses_only", "statement": "Travel and care costs are repaid."},
        "opens_at": "2027-01-11T09:00:00Z",
        "closing": {"kind": "at", "at": CLOSES, "zone": "Europe/London"},
        "how_to_apply": "Here, by telephone, or on paper.",
        "accessible_formats": "Large print and easy read on request.",
        "contact": {"team": "Involvement team", "email": null, "phone": "01632 960101"},
        "criteria": [{"code": "listening", "text": "Listens to others", "essential": true}],
        "steps": [],
        "minimum_age_years": 18,
        "group": null,
        "seats": []
    }))
    .unwrap()
}
