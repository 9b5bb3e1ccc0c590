//! One service with its neighbours, and the people around it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use boot::{Clock, Running};
use contracts::opportunities::Closing;
use contracts::personal::{Email, PersonName, Phone, PostalAddress};
use contracts::recruitment::{Fact, Format, HowToReach, MatchReason};
use contracts::{Class, OpportunityId, PersonId};
use notifications::Config;
use notifications::config::{Encryption, Exports, Sender, Smtp};
use notifications::message::Message;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use testkit::{Answer, Http, Issuer, Person, TestDatabase, TestNats, until};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vault::{Vault, VaultConfig, schema};

use crate::mail_server::MailServer;
use crate::neighbour::{Neighbour, facts_of, nats, settings};

pub const NOW: &str = "2026-12-01T09:00:00Z";
pub const ANA: PersonId = PersonId::new(Uuid::from_u128(0xa0a));
pub const PANEL: OpportunityId = OpportunityId::new(Uuid::from_u128(0x0bb));
pub const TITLE: &str = "Mental Health Research Panel";
/// What must be seen nowhere but in what leaves.
pub const NAME: &str = "Zacanary Quill";
pub const ADDRESS: &str = "zacanary@example.org";

pub struct World {
    pub clock: Clock,
    pub config: Config,
    pub nats: TestNats,
    pub recruitment: Neighbour,
    pub opportunities: Neighbour,
    pub database: TestDatabase,
    /// Seals as recruitment does.
    pub vault: Vault,
    pub issuer: Issuer,
    /// Coordinator for everywhere.
    pub cora: Person,
    keys: TestDatabase,
    folder: PathBuf,
    service: Option<(Runtime, Running)>,
}

/// Where e-mail leaves as a file.
pub async fn world() -> World {
    world_with(|_| {}).await
}

/// Where e-mail leaves through this server.
pub async fn world_mailing_by(server: &MailServer) -> World {
    let smtp = smtp(server);
    world_with(|config| config.smtp = Some(smtp)).await
}

pub fn smtp(server: &MailServer) -> Smtp {
    Smtp {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        user: None,
        password: None,
        encryption: Encryption::Off,
        authority_file: None,
        timeout_seconds: 20,
    }
}

pub async fn world_with(change: impl FnOnce(&mut Config)) -> World {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let issuer = Issuer::start(&clock).await;
    // What its people are called and reached by comes as facts, and is sent to nobody here over HTTP.
    testkit::personal(&["zacanary", "quill", "canary row", "bs1 9zz", "07700 900123"]);
    let nats = nats().await;
    let recruitment = Neighbour::start("recruitment", &nats, &clock).await;
    let opportunities = Neighbour::start("opportunities", &nats, &clock).await;
    let keys = testkit::database("vault").await;
    let mut owner = PgConnection::connect(&keys.owner_url).await.unwrap();
    schema::migrate(&mut owner).await.unwrap();
    let classes = [Class::Contact, Class::Needs];
    schema::grant(&mut owner, &keys.runtime_role, &classes).await.unwrap();
    owner.close().await.unwrap();
    let vault = Vault::connect(&keys_at(&keys.owner_url), stopwatch()).await.unwrap();
    let database = testkit::database("notifications").await;
    let mut service = testkit::service_config(&database, &issuer);
    service.nats = Some(settings(&nats, notifications::NAME));
    service.vault = Some(keys_at(&keys.runtime_url));
    let folder = std::env::temp_dir().join(format!("notifications-{}", Uuid::now_v7()));
    let mut config = Config {
        service,
        smtp: None,
        exports: Exports { folder: folder.clone(), keep_days: 14 },
        sender: Sender {
            name: "Involvement team".to_owned(),
            address: "team@example.org".to_owned(),
            phone: Some("01632 960101".to_owned()),
            postal_address: Some("1 High Street\nBristol".to_owned()),
            website: None,
        },
        crisis_line: "call 111 and choose option 2".to_owned(),
    };
    change(&mut config);
    let cora = issuer.person("cora", &json!([{"role": "coordinator", "localities": []}]));
    let mut world = World {
        clock,
        config,
        nats,
        recruitment,
        opportunities,
        database,
        vault,
        issuer,
        cora,
        keys,
        folder,
        service: None,
    };
    world.start().await;
    world
}

#[expect(clippy::disallowed_methods, reason = "how long a key lies in memory is real time")]
fn stopwatch() -> vault::Stopwatch {
    Arc::new(std::time::Instant::now)
}

fn keys_at(url: &str) -> VaultConfig {
    VaultConfig {
        url: url.into(),
        kek_hex: "6b".repeat(32).into(),
        kek_id: "2026-11".to_owned(),
        index_key_hex: "69".repeat(32).into(),
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl World {
    /// Starts the service on a runtime of its own, so that it can be killed.
    pub async fn start(&mut self) {
        let (config, clock) = (self.config.clone(), self.clock.clone());
        let started = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let starting = notifications::start(config, clock, None, CancellationToken::new());
            let running = runtime.block_on(starting).unwrap();
            (runtime, running)
        });
        self.service = Some(started.await.unwrap());
        self.running().readiness.ready().await;
    }

    /// Ends it where it stands, as a kill would.
    pub fn kill(&mut self) {
        if let Some((runtime, _)) = self.service.take() {
            runtime.shutdown_background();
        }
    }

    /// Stops it in good order.
    pub async fn stop(&mut self) {
        self.running().stop().await;
        self.kill();
    }

    pub fn running(&self) -> &Running {
        &self.service.as_ref().unwrap().1
    }

    /// Recruitment tells something; it is heard and seen to.
    pub async fn told(&self, fact: &Fact) {
        let position = self.recruitment.tells(Uuid::now_v7(), fact).await;
        self.heard("recruitment", position).await;
    }

    /// Waits until a neighbour is heard up to a position, and everything that follows has happened.
    pub async fn heard(&self, source: &str, position: i64) {
        until(async || {
            let standing = self.running().standing().await;
            standing.is_ok_and(|it| it.heard.get(source).is_some_and(|heard| *heard >= position))
        })
        .await;
        self.settles().await;
    }

    /// Waits until everything has happened that is to happen now.
    pub async fn settles(&self) {
        until(async || {
            let progress = self.running().progress.now();
            let policies = progress.keys().filter(|(source, _)| source == "notifications policies");
            let standing = self.running().standing().await;
            policies.count() == 2 && standing.is_ok_and(|it| it.waiting.is_empty())
        })
        .await;
    }

    pub async fn at(&self, time: &str) {
        self.clock.advance_to(time.parse().unwrap()).unwrap();
        self.settles().await;
    }

    pub async fn registered(&self, how_to_reach: HowToReach) {
        self.told(&self.registration(ANA, how_to_reach).await).await;
    }

    pub async fn registration(&self, person: PersonId, how_to_reach: HowToReach) -> Fact {
        let name = PersonName::new(NAME.to_owned()).unwrap();
        let name = self.vault.seal(person, &name).await.unwrap();
        Fact::Registered { person, name, how_to_reach }
    }

    pub async fn by_email(&self, address: &str) -> HowToReach {
        let address = Email::new(address.to_owned()).unwrap();
        HowToReach::Email { address: self.vault.seal(ANA, &address).await.unwrap() }
    }

    pub async fn by_letter(&self) -> HowToReach {
        let address = PostalAddress::new("9 Canary Row\nBristol\nBS1 9ZZ".to_owned()).unwrap();
        HowToReach::Letter { address: self.vault.seal(ANA, &address).await.unwrap() }
    }

    pub async fn by_phone(&self) -> HowToReach {
        let number = Phone::new("07700 900123".to_owned()).unwrap();
        HowToReach::Phone { number: self.vault.seal(ANA, &number).await.unwrap() }
    }

    pub async fn by_text(&self) -> HowToReach {
        let number = Phone::new("07700 900123".to_owned()).unwrap();
        HowToReach::Text { number: self.vault.seal(ANA, &number).await.unwrap() }
    }

    /// Files in the exports folder: names and what they hold.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&self.folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "only this system's user may read it");
            let name = entry.file_name().into_string().unwrap();
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
        files
    }

    pub async fn get(&self, path: &str) -> Value {
        let http = Http::to(self.running().address);
        http.get(Some(&self.cora), path, "").await.expect(200).json
    }

    /// What waits for staff: what, and about which message.
    pub async fn today(&self) -> Vec<(String, String)> {
        let today = self.get("/v1/today").await;
        let told = |it: &Value| it.as_str().unwrap().to_owned();
        let items = today["items"].as_array().unwrap();
        items.iter().map(|it| (told(&it["what"]), told(&it["message"]["id"]))).collect()
    }

    /// Every message of a kind as it stands, the latest first.
    pub async fn stages(&self, kind: &str) -> Vec<String> {
        let all = self.get("/v1/messages").await;
        let items = all["items"].as_array().unwrap();
        let of_kind = items.iter().filter(|it| it["kind"] == kind);
        of_kind.map(|it| it["stage"].as_str().unwrap().to_owned()).collect()
    }

    /// Cora does something about a message.
    pub async fn does(&self, verb: &str, message: &str, body: Value) -> Answer {
        let http = Http::to(self.running().address);
        let path = format!("/v1/messages/{message}/{verb}");
        let answer = http.post(&self.cora, &path, &Uuid::now_v7().to_string(), &body).await;
        self.settles().await;
        answer
    }

    /// What others have heard from this service.
    pub async fn published(&self) -> Vec<String> {
        let facts = facts_of(&self.nats, notifications::NAME).await;
        facts.into_iter().map(|(subject, _)| subject).collect()
    }

    /// Stored names of a message's events, in order.
    pub async fn history(&self, message: &str) -> Vec<String> {
        let mut rows = PgConnection::connect(&self.database.admin_url).await.unwrap();
        let id: Uuid = message.parse().unwrap();
        sqlx::query_scalar("select event_type from log.event where stream_id = $1 order by version")
            .bind(id)
            .fetch_all(&mut rows)
            .await
            .unwrap()
    }

    /// The right under which the last thing was done about a message.
    pub async fn authority(&self, message: &str) -> Value {
        let mut rows = PgConnection::connect(&self.database.admin_url).await.unwrap();
        let id: Uuid = message.parse().unwrap();
        let last = "select meta from log.event where stream_id = $1 order by version desc limit 1";
        let meta: String = sqlx::query_scalar(last).bind(id).fetch_one(&mut rows).await.unwrap();
        serde_json::from_str::<Value>(&meta).unwrap()["authority"].clone()
    }

    /// What is on record of messages that were read: the event and the role.
    pub async fn openings(&self) -> Vec<(Value, String)> {
        let mut rows = PgConnection::connect(&self.database.admin_url).await.unwrap();
        let recorded: Vec<(String, String)> = sqlx::query_as(
            "select payload, meta from log.event where event_type = 'opening.recorded.v1'
             order by position",
        )
        .fetch_all(&mut rows)
        .await
        .unwrap();
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let role = |meta: &str| read(meta)["authority"]["role"].as_str().unwrap().to_owned();
        recorded.iter().map(|(payload, meta)| (read(payload), role(meta))).collect()
    }

    /// The one message of a kind.
    pub async fn the(&self, kind: &str) -> Value {
        let all = self.get("/v1/messages").await;
        let of_kind: Vec<&Value> =
            all["items"].as_array().unwrap().iter().filter(|it| it["kind"] == kind).collect();
        assert_eq!(of_kind.len(), 1, "{all}");
        self.get(&format!("/v1/messages/{}", of_kind[0]["id"].as_str().unwrap())).await
    }

    /// The key database goes away, or comes back.
    pub async fn keys_can_be_asked_for(&self, they_can: bool) {
        let mut admin = PgConnection::connect(&self.database.admin_url).await.unwrap();
        let (address, _) =
            self.keys.owner_url.split_once('?').unwrap_or((&self.keys.owner_url, ""));
        let (_, name) = address.rsplit_once('/').unwrap();
        let allow = format!("alter database {name} with allow_connections {they_can}");
        sqlx::query(AssertSqlSafe(allow)).execute(&mut admin).await.unwrap();
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and not $2",
        )
        .bind(name)
        .bind(they_can)
        .execute(&mut admin)
        .await
        .unwrap();
    }

    pub async fn state(&self, message: Uuid) -> Message {
        self.running().executor.load::<Message>(message).await.unwrap().room
    }
}

pub fn matched(person: PersonId) -> Fact {
    Fact::OpportunityMatched {
        person,
        opportunity: PANEL,
        title: TITLE.to_owned(),
        closing: Closing::At {
            at: "2027-02-05T12:00:00Z".parse().unwrap(),
            zone: "Europe/London".to_owned(),
        },
        reasons: vec![
            MatchReason::Interest { interest: "research".to_owned() },
            MatchReason::Locality { locality: "Bristol".to_owned() },
        ],
    }
}

pub fn formats(formats: &[Format]) -> Fact {
    Fact::FormatsRecorded { person: ANA, formats: formats.iter().copied().collect() }
}

/// The text of a mail, its lines put together again.
pub fn unfolded(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=C3=AB", "ë")
}
