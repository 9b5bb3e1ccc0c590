//! The vault itself: finds or makes the key of a person and class, seals and opens with it.
//! Nothing here shows a value or a key, and no key is made by opening.

use std::convert::Infallible;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::{Class, PersonId, Sealed};
use secrecy::ExposeSecret;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::cipher::{SECRET_LEN, Secret};
use crate::config::VaultConfig;
use crate::key_ring::{KEY_LIFE, KeyRing};
use crate::keys::{self, KeyError, Row};
use crate::root_keys::{Proof, RootKeys};
use contracts::personal::{Sealable, Unreadable};

/// Tells instants that never go back, for the age of keys in memory; never the hour. In production
/// `Arc::new(Instant::now)`.
pub type Stopwatch = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Permanent: what was sealed under a label opens only with it.
const VALUE: &[u8] = b"involvement.vault.value";
/// First byte of what is sealed, and bound into it.
const FORMAT: u8 = 1;

/// A key is read once a minute per person at most, so few connections serve many requests.
const CONNECTIONS_MAX: u32 = 4;
/// Longer than this nobody waits for a page.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);
const STATEMENT_TIMEOUT: &str = "5s";

/// How often keys that nobody asks for are looked through.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// Why a service cannot start with its vault. Shows no secret.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The URL in the configuration cannot be understood.
    #[error("`url` of the vault is no postgres URL")]
    UrlMalformed(#[source] sqlx::Error),
    /// A secret in the configuration is not 32 bytes in hexadecimal.
    #[error("`{field}` of the vault must be exactly 64 hexadecimal digits (32 random bytes)")]
    SecretMalformed {
        /// The field of the configuration.
        field: &'static str,
    },
    /// The key-encryption key's name is empty, too long or holds other characters.
    #[error("`kek_id` of the vault must be 1 to 64 letters, digits, `.`, `-` or `_`")]
    KekIdMalformed,
    /// The two secrets are the same.
    #[error("`kek_hex` and `index_key_hex` of the vault must be two different secrets")]
    OneSecretTwice,
    /// The key database cannot be reached or does not answer.
    #[error("reach the key database")]
    Unreachable(#[source] sqlx::Error),
    /// The owner has not prepared the key database.
    #[error("the key database has no vault tables; `vault::schema::migrate` makes them")]
    NotMigrated,
    /// The service's role was granted no class.
    #[error("this role may reach no keys; `vault::schema::grant` allows it")]
    NotGranted,
    /// The configured secret is not the one that other services use under the same name.
    #[error("the configured {secret} is not the one this installation's keys were made with")]
    OtherSecret {
        /// Which secret.
        secret: String,
    },
}

/// Why a value could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no key to seal with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The cipher refused to work.
    #[error("the {field} could not be sealed")]
    NotSealed {
        /// The field's permanent name.
        field: &'static str,
    },
}

/// Why a value could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no key to open with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The bytes were altered, or were sealed for another person, class or field.
    #[error("the sealed {field} was altered, or was sealed for another person, class or field")]
    Tampered {
        /// The field's permanent name.
        field: &'static str,
    },
    /// The bytes are as they were sealed, but this build cannot read what they hold.
    #[error("the {field} that was sealed cannot be read")]
    Unreadable {
        /// The field's permanent name.
        field: &'static str,
        /// What is wrong with it.
        #[source]
        source: Unreadable,
    },
}

/// Seals and opens personal values for one service, with the rights of the service's database role.
pub struct Vault {
    pool: PgPool,
    root_keys: RootKeys,
    key_ring: Mutex<KeyRing>,
    stopwatch: Stopwatch,
}

impl Vault {
    /// Connects to the key database and proves that the configured secrets are the installation's.
    pub async fn connect(config: &VaultConfig, stopwatch: Stopwatch) -> Result<Self, StartError> {
        let root_keys = RootKeys::from_config(config)?;
        let options = PgConnectOptions::from_str(config.url.expose_secret())
            .map_err(StartError::UrlMalformed)?
            .options([("statement_timeout", STATEMENT_TIMEOUT)]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .connect_with(options)
            .await
            .map_err(StartError::Unreachable)?;
        for proof in root_keys.proofs() {
            compare(&pool, proof).await?;
        }
        Ok(Self { pool, root_keys, key_ring: Mutex::default(), stopwatch })
    }

    /// How many keys lie in memory now.
    pub fn keys_held(&self) -> usize {
        self.key_ring().len()
    }

    /// Whether the key database answers.
    pub async fn answers(&self) -> Result<(), sqlx::Error> {
        sqlx::query("select 1").execute(&self.pool).await.map(|_| ())
    }

    /// Seals a person's value; their key of its class is made if they never had one.
    pub async fn seal<T: Sealable>(
        &self,
        person: PersonId,
        value: &T,
    ) -> Result<Sealed<T>, SealError> {
        let key = self.key_for_sealing(person, T::CLASS).await?;
        let sealed = key
            .seal(&binding::<T>(&person.uuid().into_bytes()), value.to_plain())
            .map_err(|_| SealError::NotSealed { field: T::FIELD })?;
        let mut bytes = Vec::with_capacity(1 + sealed.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&sealed);
        Ok(Sealed::new(person, STANDARD.encode(bytes)))
    }

    /// Opens a sealed value. Never makes a key.
    pub async fn open<T: Sealable>(&self, sealed: &Sealed<T>) -> Result<T, OpenError> {
        let key = self
            .key_at_hand_or_stored(sealed.person, T::CLASS)
            .await?
            .ok_or(KeyError::Missing { class: T::CLASS })?;
        let tampered = || OpenError::Tampered { field: T::FIELD };
        let bytes = STANDARD.decode(&sealed.bytes).map_err(|_| tampered())?;
        let Some((&FORMAT, bytes)) = bytes.split_first() else { return Err(tampered()) };
        let plain = key
            .open(&binding::<T>(&sealed.person.uuid().into_bytes()), bytes)
            .map_err(|_| tampered())?;
        T::from_plain(&plain).map_err(|source| OpenError::Unreadable { field: T::FIELD, source })
    }

    /// A blind index: finds an exact personal value without storing it. Equal only for an equal
    /// scope, such as `recruitment.email`, and an equal value, which should be normalised first
    /// ([`Email::normalised`], [`Phone::normalised`]). It is personal all the same: whoever holds
    /// the index key can try values, so it never leaves the service that made it.
    ///
    /// [`Email::normalised`]: contracts::personal::Email::normalised
    /// [`Phone::normalised`]: contracts::personal::Phone::normalised
    pub fn keyed_hash(&self, scope: &str, normalised: &str) -> [u8; SECRET_LEN] {
        self.root_keys.keyed_hash(scope, normalised)
    }

    /// Lets keys that nobody asks for leave memory before they are 60 seconds old. Never returns:
    /// run it as a task for as long as the vault lives. Without it such keys are still never used
    /// after 60 seconds, but lie in memory until someone asks for them.
    pub async fn sweep_keys(&self) -> Infallible {
        let mut sweeps = tokio::time::interval(SWEEP_EVERY);
        sweeps.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let now = (self.stopwatch)();
            // What would grow too old before the next sweep goes now.
            self.key_ring().drop_from_age(KEY_LIFE.saturating_sub(SWEEP_EVERY), now);
            sweeps.tick().await;
        }
    }

    async fn key_for_sealing(
        &self,
        person: PersonId,
        class: Class,
    ) -> Result<Arc<Secret>, KeyError> {
        if let Some(key) = self.key_at_hand_or_stored(person, class).await? {
            return Ok(key);
        }
        let not_made = |_| KeyError::NotMade { class };
        let key = Secret::random().map_err(not_made)?;
        let wrapped = self.root_keys.wrap(person, class, &key).map_err(not_made)?;
        keys::offer(&self.pool, person, class, self.root_keys.kek_id(), &wrapped).await?;
        // Another service may have been first; its key counts, and ours is let go.
        self.key_at_hand_or_stored(person, class).await?.ok_or(KeyError::Missing { class })
    }

    async fn key_at_hand_or_stored(
        &self,
        person: PersonId,
        class: Class,
    ) -> Result<Option<Arc<Secret>>, KeyError> {
        // Before the query, so that what the database said is never believed for longer.
        let read_at = (self.stopwatch)();
        if let Some(key) = self.key_ring().find(person, class, read_at) {
            return Ok(Some(key));
        }
        let Some(row) = keys::find(&self.pool, person, class).await? else { return Ok(None) };
        let key = Arc::new(self.unwrapped(person, class, &row)?);
        self.key_ring().hold(person, class, Arc::clone(&key), read_at);
        Ok(Some(key))
    }

    fn unwrapped(&self, person: PersonId, class: Class, row: &Row) -> Result<Secret, KeyError> {
        let wrapped = row.wrapped.as_deref().ok_or(KeyError::Destroyed { class })?;
        if row.kek_id != self.root_keys.kek_id() {
            return Err(KeyError::OtherKek { class, kek_id: row.kek_id.clone() });
        }
        self.root_keys.unwrapped(person, class, wrapped).map_err(|_| KeyError::Damaged { class })
    }

    fn key_ring(&self) -> MutexGuard<'_, KeyRing> {
        // No call leaves the ring half changed, so a panic elsewhere does not spoil it.
        self.key_ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn binding<T: Sealable>(person: &[u8; 16]) -> [&[u8]; 5] {
    [VALUE, &[FORMAT], person, T::CLASS.name().as_bytes(), T::FIELD.as_bytes()]
}

async fn compare(pool: &PgPool, proof: Proof) -> Result<(), StartError> {
    sqlx::query(
        "insert into vault.secret_proof (secret, proof) values ($1, $2) \
         on conflict (secret) do nothing",
    )
    .bind(&proof.secret)
    .bind(proof.proof.as_slice())
    .execute(pool)
    .await
    .map_err(unprepared_or_unreachable)?;
    let (recorded,): (Vec<u8>,) =
        sqlx::query_as("select proof from vault.secret_proof where secret = $1")
            .bind(&proof.secret)
            .fetch_one(pool)
            .await
            .map_err(unprepared_or_unreachable)?;
    if recorded == proof.proof {
        Ok(())
    } else {
        Err(StartError::OtherSecret { secret: proof.secret })
    }
}

fn unprepared_or_unreachable(error: sqlx::Error) -> StartError {
    const UNDEFINED_TABLE: &str = "42P01";
    if keys::is_refused(&error) {
        return StartError::NotGranted;
    }
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) if code == UNDEFINED_TABLE => StartError::NotMigrated,
        Some(_) | None => StartError::Unreachable(error),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the stopwatch starts at a real instant")]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Instant;

    use contracts::{Class, PersonId, Personal, Sealed};
    use sqlx::PgPool;
    use uuid::Uuid;
    use zeroize::Zeroizing;

    use super::{
        KEY_LIFE, OpenError, RootKeys, SWEEP_EVERY, Sealable, Secret, Stopwatch, Vault, VaultConfig,
    };
    use contracts::personal::{Email, Phone, Unreadable};

    fn without_a_database(stopwatch: Stopwatch) -> Vault {
        let url = "postgres://nobody@127.0.0.1:1/none";
        let root_keys = RootKeys::from_config(&VaultConfig {
            url: url.into(),
            kek_hex: "ab".repeat(32).into(),
            kek_id: "2026".to_owned(),
            index_key_hex: "9f".repeat(32).into(),
        });
        Vault {
            pool: PgPool::connect_lazy(url).unwrap(),
            root_keys: root_keys.unwrap(),
            key_ring: Mutex::default(),
            stopwatch,
        }
    }

    #[tokio::test]
    async fn a_sweep_takes_keys_out_of_memory_before_they_are_a_minute_old() {
        let start = Instant::now();
        let just_too_old = start + KEY_LIFE.saturating_sub(SWEEP_EVERY);
        let vault = without_a_database(Arc::new(move || just_too_old));
        let key = Arc::new(Secret::random().unwrap());
        let trace = Arc::downgrade(&key);
        vault.key_ring().hold(PersonId::default(), Class::Contact, key, start);

        // It sweeps before it waits; the wait is cut short.
        tokio::select! {
            biased;
            never = vault.sweep_keys() => match never {},
            () = std::future::ready(()) => {}
        }
        assert!(trace.upgrade().is_none());
    }

    /// An e-mail address of another class, so that nothing but the class differs.
    struct EmailOfApplication;
    impl Personal for EmailOfApplication {
        const CLASS: Class = Class::Application;
        const FIELD: &'static str = Email::FIELD;
    }
    impl Sealable for EmailOfApplication {
        fn to_plain(&self) -> Zeroizing<Vec<u8>> {
            Zeroizing::default()
        }
        fn from_plain(_: &[u8]) -> Result<Self, Unreadable> {
            Ok(Self)
        }
    }

    #[tokio::test]
    async fn even_under_one_key_a_seal_is_bound_to_its_person_class_and_field() {
        let now = Instant::now();
        let vault = without_a_database(Arc::new(move || now));
        let key = Arc::new(Secret::random().unwrap());
        let (ana, ben) = (PersonId::new(Uuid::from_u128(1)), PersonId::new(Uuid::from_u128(2)));
        for (person, class) in
            [(ana, Class::Contact), (ben, Class::Contact), (ana, Class::Application)]
        {
            vault.key_ring().hold(person, class, Arc::clone(&key), now);
        }

        let email = Email::new("ana@example.org".to_owned()).unwrap();
        let sealed = vault.seal(ana, &email).await.unwrap();
        assert!(vault.open(&sealed).await.is_ok());
        let refusals = [
            vault.open(&Sealed::<Email>::new(ben, sealed.bytes.clone())).await.err(),
            vault.open(&Sealed::<EmailOfApplication>::new(ana, sealed.bytes.clone())).await.err(),
            vault.open(&Sealed::<Phone>::new(ana, sealed.bytes)).await.err(),
        ];
        for refusal in refusals {
            assert!(matches!(refusal, Some(OpenError::Tampered { .. })), "{refusal:?}");
        }
    }
}
