//! One service with its neighbour, and the people around it.

use std::path::PathBuf;
use std::sync::Arc;

use boot::{Clock, Running};
use contracts::opportunities::Closing;
use contracts::personal::{PersonName, PostalAddress};
use contracts::recruitment::sessions::{
    Attendance, Attended, Mode, Planned, TaskKind, WorkAccepted,
};
use contracts::recruitment::{Fact, HowToReach, MatchReason};
use contracts::{OpportunityId, PersonId, SessionId, WorkId};
use jiff::civil::Date;
use reimbursements::Config;
use reimbursements::config::Exports;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use testkit::{Answer, Http, Issuer, Person, TestDatabase, TestNats, send, until};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vault::{Vault, VaultConfig};

use crate::bodies::{account, approved, rates};
use crate::neighbour::{Neighbour, nats, settings};

pub const NOW: &str = "2027-05-12T09:00:00Z";
pub const THE_DAY: &str = "2027-05-10";
pub const RUN_DAY: &str = "2027-05-20";
/// What must be seen nowhere but in the file for the bank.
pub const NAME: &str = "Zacanary Quill";
pub const SORT_CODE: &str = "918273";
pub const ACCOUNT_NUMBER: &str = "64738291";
/// What must be seen by those alone who read notes.
pub const NOTE: &str = "zacanary lane to the hall";

pub struct World {
    pub http: Http,
    pub running: Running,
    pub clock: Clock,
    pub config: Config,
    pub nats: TestNats,
    pub recruitment: Neighbour,
    pub database: TestDatabase,
    pub keys: TestDatabase,
    /// Seals as recruitment does.
    pub vault: Vault,
    pub issuer: Issuer,
    /// Someone involved.
    pub ana: Person,
    /// Someone else involved.
    pub ben: Person,
    /// Helps Ana.
    pub sue: Person,
    /// Coordinator, everywhere.
    pub cora: Person,
    /// Approver.
    pub pia: Person,
    /// Another approver.
    pub piet: Person,
    /// Budget holder.
    pub bea: Person,
    /// Finance.
    pub fin: Person,
    /// Leads the team.
    pub lea: Person,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// With rates in force, and Ana and Ben registered.
pub async fn world() -> World {
    let world = bare_world().await;
    world.card_in_force("from April", &rates(7_500), "2027-04-06").await;
    for (person, name) in [(&world.ana, NAME), (&world.ben, "=Ben, of \"Bristol\"")] {
        world.registered(person.id, name).await;
    }
    world
}

pub async fn bare_world() -> World {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let issuer = Issuer::start(&clock).await;
    let nats = nats().await;
    let recruitment = Neighbour::start("recruitment", &nats, &clock).await;
    let keys = testkit::database("vault").await;
    let mut owner = PgConnection::connect(&keys.owner_url).await.unwrap();
    vault::schema::migrate(&mut owner).await.unwrap();
    let classes = vault::access::classes_of(reimbursements::NAME);
    vault::schema::grant(&mut owner, &keys.runtime_role, classes).await.unwrap();
    let vault = Vault::connect(&keys_at(&keys.owner_url), stopwatch()).await.unwrap();
    let database = testkit::database("reimbursements").await;
    let mut service = testkit::service_config(&database, &issuer);
    service.nats = Some(settings(&nats, reimbursements::NAME));
    service.vault = Some(keys_at(&keys.runtime_url));
    let folder = std::env::temp_dir().join(format!("reimbursements-{}", Uuid::now_v7()));
    let exports = Exports { folder: folder.clone(), keep_days: 14 };
    let config = Config { service, exports };
    let running = start(&config, &clock).await;
    let ana = issuer.person("ana", &json!([]));
    let role = |name: &str, role: &str| issuer.person(name, &json!([{"role": role}]));
    World {
        http: Http::to(running.address),
        running,
        clock,
        config,
        nats,
        recruitment,
        database,
        keys,
        vault,
        ben: issuer.person("ben", &json!([])),
        sue: issuer.person("sue", &json!([{"role": "supporter", "person": ana.id}])),
        ana,
        cora: issuer.person("cora", &json!([{"role": "coordinator", "localities": []}])),
        pia: role("pia", "approver"),
        piet: role("piet", "approver"),
        bea: role("bea", "budget_holder"),
        fin: role("fin", "finance"),
        lea: role("lea", "engagement_lead"),
        issuer,
        folder,
    }
}

async fn start(config: &Config, clock: &Clock) -> Running {
    let stop = CancellationToken::new();
    let running = reimbursements::start(config.clone(), clock.clone(), None, stop).await.unwrap();
    running.readiness.ready().await;
    running
}

#[expect(clippy::disallowed_methods, reason = "how long a key lies in memory is real time")]
fn stopwatch() -> vault::Stopwatch {
    Arc::new(std::time::Instant::now)
}

fn keys_at(url: &str) -> VaultConfig {
    VaultConfig {
        url: url.into(),
        kek_hex: "6b".repeat(32).into(),
        kek_id: "2027-05".to_owned(),
        index_key_hex: "69".repeat(32).into(),
    }
}

impl World {
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

    /// Stops the service and starts it again on what it left.
    pub async fn restarted(mut self) -> Self {
        self.running.stop().await;
        self.running = start(&self.config, &self.clock).await;
        self.http = Http::to(self.running.address);
        self.settles().await;
        self
    }

    /// Waits until everything has happened that is to happen now.
    pub async fn settles(&self) {
        until(async || {
            let progress = self.running.progress.now();
            let policies =
                progress.keys().filter(|(source, _)| source == "reimbursements policies");
            let standing = self.running.standing().await;
            policies.count() == 5 && standing.is_ok_and(|it| it.waiting.is_empty())
        })
        .await;
    }

    pub async fn at(&self, time: &str) {
        self.clock.advance_to(time.parse().unwrap()).unwrap();
        self.settles().await;
    }

    /// Recruitment tells something, and it is heard.
    pub async fn told(&self, fact: &Fact) {
        let position = self.recruitment.tells(Uuid::now_v7(), fact).await;
        until(async || {
            let standing = self.running.standing().await;
            let heard = |it: boot::Standing| it.heard.get("recruitment").copied().unwrap_or(0);
            standing.is_ok_and(|it| heard(it) >= position)
        })
        .await;
        self.settles().await;
    }

    pub async fn registered(&self, person: PersonId, name: &str) {
        let name = PersonName::new(name.to_owned()).unwrap();
        let address = PostalAddress::new("1 High Street".to_owned()).unwrap();
        let address = self.vault.seal(person, &address).await.unwrap();
        let name = self.vault.seal(person, &name).await.unwrap();
        let how_to_reach = HowToReach::Letter { address };
        self.told(&Fact::Registered { person, name, how_to_reach }).await;
    }

    /// Something that is nothing to this service.
    pub async fn something_else_is_told(&self) {
        self.told(&Fact::OpportunityMatched {
            person: self.ana.id,
            opportunity: OpportunityId::new(Uuid::now_v7()),
            title: "A panel".to_owned(),
            closing: Closing::Rolling,
            reasons: vec![MatchReason::Interest { interest: "research".to_owned() }],
        })
        .await;
    }

    /// A session that someone attended from beginning to end.
    pub async fn attended(&self, who: &Person, on: &str, minutes: u16) -> SessionId {
        let session = SessionId::new(Uuid::now_v7());
        self.told(&Fact::AttendanceRecorded(attendance(session, who, on, minutes))).await;
        session
    }

    /// A piece of work that was accepted.
    pub async fn worked(&self, who: &Person, kind: TaskKind, minutes: Option<u16>) -> WorkId {
        let work = WorkId::new(Uuid::now_v7());
        self.told(&Fact::WorkAccepted(Box::new(WorkAccepted {
            work,
            person: who.id,
            group: None,
            kind,
            what: "A paper on visiting hours".to_owned(),
            on: day(THE_DAY),
            minutes,
            accepted_by: self.cora.id,
        })))
        .await;
        work
    }

    /// A session that is planned, and nothing is known yet of who attended.
    pub async fn planned(&self, mode: Mode) -> SessionId {
        let session = SessionId::new(Uuid::now_v7());
        self.told(&Fact::SessionPlanned(Box::new(Planned {
            session,
            group: None,
            title: "Meeting".to_owned(),
            starts_at: "2027-05-10T09:00:00Z".parse().unwrap(),
            zone: "Europe/London".to_owned(),
            length_minutes: 240,
            mode,
            venue: "The hall".to_owned(),
            invited: [self.ana.id].into(),
            papers_due_on: None,
        })))
        .await;
        session
    }

    /// A card that finance drafted, the lead approved and finance put in force.
    pub async fn card_in_force(&self, key: &str, rates: &Value, from: &str) -> String {
        let key = key.replace(' ', "-");
        let drafted = self.http.post(&self.fin, "/v1/rate-cards", &key, rates).await.expect(201);
        let card = format!("/v1/rate-cards/{}", drafted.id());
        self.give(&self.lea, &format!("{card}/approve"), json!({})).await.expect(200);
        let days = json!({"from": from});
        self.give(&self.fin, &format!("{card}/put-in-force"), days).await.expect(200);
        drafted.id()
    }

    /// Gives a command under a key of its own, and waits for what follows from it.
    pub async fn give(&self, who: &Person, path: &str, body: Value) -> Answer {
        let answer = self.http.post(who, path, &Uuid::now_v7().to_string(), &body).await;
        self.settles().await;
        answer
    }

    /// Gives a command for another person.
    pub async fn give_for(
        &self,
        who: &Person,
        person: &Person,
        taken: Option<&str>,
        path: &str,
        body: Value,
    ) -> Answer {
        let mut request = self
            .http
            .request(Method::POST, Some(who), path)
            .header("idempotency-key", Uuid::now_v7().to_string())
            .header("involvement-on-behalf-of", person.id.to_string());
        if let Some(taken) = taken {
            request = request.header("involvement-taken", taken);
        }
        let answer = send(request.json(&body)).await;
        self.settles().await;
        answer
    }

    pub async fn claims(&self, who: &Person, body: Value) -> Answer {
        self.give(who, "/v1/claims", body).await
    }

    pub async fn gives_account(&self, who: &Person) {
        self.give(who, "/v1/my/bank-account", account()).await.expect(201);
    }

    /// Pia approves these lines, and Bea authorises what was approved.
    pub async fn signed(&self, claim: &str, lines: &[u8]) {
        self.act(&self.pia, claim, "approve", approved(lines)).await.expect(200);
        let authorise = json!({"cost_code": "INV-204"});
        self.act(&self.bea, claim, "authorise", authorise).await.expect(200);
    }

    pub async fn act(&self, who: &Person, claim: &str, verb: &str, body: Value) -> Answer {
        self.give(who, &format!("/v1/claims/{claim}/{verb}"), body).await
    }

    pub async fn claim(&self, who: &Person, claim: &str) -> Value {
        self.read(who, &format!("/v1/claims/{claim}")).await
    }

    pub async fn read(&self, who: &Person, path: &str) -> Value {
        self.http.get(Some(who), path, "").await.expect(200).json
    }

    pub async fn open_run(&self) -> String {
        let body = json!({"run_on": RUN_DAY});
        self.give(&self.fin, "/v1/payment-batches", body).await.expect(201).id()
    }

    pub async fn run(&self, batch: &str) -> Value {
        self.read(&self.fin, &format!("/v1/payment-batches/{batch}")).await
    }

    pub async fn on_run(&self, batch: &str, verb: &str, body: Value) -> Answer {
        self.give(&self.fin, &format!("/v1/payment-batches/{batch}/{verb}"), body).await
    }

    pub async fn file(&self, batch: &str) -> Answer {
        let path = format!("/v1/payment-batches/{batch}/export");
        self.http.get(Some(&self.fin), &path, "").await
    }

    pub async fn waiting_for_payment(&self) -> Value {
        self.read(&self.fin, "/v1/claims?waiting=payment").await["items"].take()
    }
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn attendance(session: SessionId, who: &Person, on: &str, minutes: u16) -> Attended {
    let (person, on) = (who.id, day(on));
    Attended { session, person, group: None, on, how: Attendance::Full, minutes }
}
