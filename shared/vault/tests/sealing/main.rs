//! What the vault promises, against a real Postgres: what opens, what does not, and for whom.
#![expect(clippy::unwrap_used, reason = "a story whose house cannot be prepared has failed")]

mod opening;
mod keys;
mod rights;
mod starting;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use contracts::{Class, PersonId};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;
use vault::{StartError, Stopwatch, Vault, VaultConfig, schema};

const KEK_HEX: &str = "6b656b6b656b6b656b6b656b6b656b6b656b6b656b6b656b6b656b6b656b6b65";
const INDEX_KEY_HEX: &str = "696e6465786b6579696e6465786b6579696e6465786b6579696e6465786b6579";

/// One installation's key database with its owner, and a time that passes when told to.
struct House {
    owner: PgConnection,
    owner_url: String,
    runtime_url: String,
    runtime_role: String,
    started_at: Instant,
    seconds_passed: Arc<AtomicU64>,
}

/// A house whose tables exist and whose runtime role may do nothing yet. What comes before it in the
/// pair keeps the database.
async fn a_house() -> (impl Sized, House) {
    let (database, mut house) = an_empty_house().await;
    schema::migrate(&mut house.owner).await.unwrap();
    (database, house)
}

async fn an_empty_house() -> (impl Sized, House) {
    let database = testkit::database("vault").await;
    let mut runtime = PgConnection::connect(&database.runtime_url).await.unwrap();
    let (runtime_role,): (String,) =
        sqlx::query_as("select current_user::text").fetch_one(&mut runtime).await.unwrap();
    let house = House {
        owner: PgConnection::connect(&database.owner_url).await.unwrap(),
        owner_url: database.owner_url.clone(),
        runtime_url: database.runtime_url.clone(),
        runtime_role,
        started_at: real_instant(),
        seconds_passed: Arc::default(),
    };
    (database, house)
}

impl House {
    /// A vault with every right, as its role owns the tables.
    async fn vault(&self) -> Vault {
        self.start(&config(&self.owner_url)).await.unwrap()
    }

    /// A vault with the runtime role's rights.
    async fn restricted_vault(&self) -> Vault {
        self.start(&config(&self.runtime_url)).await.unwrap()
    }

    async fn start(&self, config: &VaultConfig) -> Result<Vault, StartError> {
        Vault::connect(config, self.stopwatch()).await
    }

    fn stopwatch(&self) -> Stopwatch {
        let (started_at, seconds_passed) = (self.started_at, Arc::clone(&self.seconds_passed));
        Arc::new(move || started_at + Duration::from_secs(seconds_passed.load(Ordering::SeqCst)))
    }

    fn let_seconds_pass(&self, seconds: u64) {
        self.seconds_passed.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn grant(&mut self, classes: &[Class]) {
        schema::grant(&mut self.owner, &self.runtime_role, classes).await.unwrap();
    }

    async fn destroy_contact_key(&mut self, person: PersonId) {
        let destroyed = sqlx::query(
            "update vault.contact_key set wrapped = null, destroyed_at = now() where person = $1",
        )
        .bind(person.uuid())
        .execute(&mut self.owner)
        .await
        .unwrap();
        assert_eq!(destroyed.rows_affected(), 1);
    }

    async fn contact_keys(&mut self) -> i64 {
        let (count,): (i64,) = sqlx::query_as("select count(*) from vault.contact_key")
            .fetch_one(&mut self.owner)
            .await
            .unwrap();
        count
    }
}

fn config(url: &str) -> VaultConfig {
    VaultConfig {
        url: url.into(),
        kek_hex: KEK_HEX.into(),
        kek_id: "2026-11".to_owned(),
        index_key_hex: INDEX_KEY_HEX.into(),
    }
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn email(address: &str) -> contracts::personal::Email {
    contracts::personal::Email::new(address.to_owned()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the stopwatch starts at a real instant")]
fn real_instant() -> Instant {
    Instant::now()
}
