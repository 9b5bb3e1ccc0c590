//! Postgres and NATS, with everything in them that services need before they start: databases and
//! roles, the vault's tables and grants, users and streams. Knows no event and no fact.

use std::time::Duration;

use futures::future::try_join_all;
use messaging::connect::{ConnectError, Settings};
use messaging::layout::Unusable;
use messaging::streams::StreamError;
use messaging::{Connection, Layout, rights, streams};
use secrecy::{ExposeSecret as _, SecretString};
use servers::{
    DatabaseError, DatabasePlan, NatsServer, NatsUser, PostgresServer, ServersError,
    create_database,
};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::console::Console;
use crate::environment::Environment;
use crate::folder::{DataFolder, FolderTrouble};
use crate::secrets::Secrets;
use crate::services::SERVICES;
use crate::upkeep::Upkeep;

/// The key database, which is no service's.
const VAULT: &str = "vault";
/// Who makes the streams.
const NATS_ADMINISTRATOR: &str = "administrator";
/// How long a NATS of somebody else may take to let us in.
const NATS_ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Why the servers are not as services need them.
#[derive(Debug, thiserror::Error)]
pub enum FoundationTrouble {
    /// There is no server.
    #[error(transparent)]
    Servers(#[from] ServersError),
    /// A secret cannot be had.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// A database cannot be made.
    #[error("the databases cannot be prepared")]
    Database(#[from] DatabaseError),
    /// The vault cannot be opened as its owner.
    #[error("the key database cannot be reached")]
    VaultDatabase(#[from] sqlx::Error),
    /// The vault's tables or grants cannot be made.
    #[error("the key database cannot be prepared")]
    Vault(#[from] vault::schema::SchemaError),
    /// Who hears whom cannot be read.
    #[error("deploy/nats/services.toml cannot be used")]
    Layout(#[from] Unusable),
    /// NATS has no address.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// NATS lets us not in.
    #[error(
        "NATS did not let the user {user} in within {} seconds; check user and password",
        NATS_ANSWERS_WITHIN.as_secs()
    )]
    NatsClosed {
        /// As whom we came.
        user: String,
    },
    /// Nobody is named whom the NATS of somebody else would let in.
    #[error(
        "NATS_URL has to name a user who may do everything there: nats://user:password@host:port"
    )]
    NatsNobody,
    /// The streams cannot be made.
    #[error("the streams cannot be made")]
    Streams(#[from] StreamError),
}

/// The servers, ready for services.
pub struct Foundation {
    postgres: PgConnectOptions,
    nats_url: String,
    upkeep: Upkeep,
    secrets: Secrets,
    outside_nats: Option<Settings>,
}

impl Foundation {
    /// Starts or reaches both servers and prepares them.
    pub async fn lay(
        folder: &DataFolder,
        environment: &Environment,
        console: Console,
    ) -> Result<Self, FoundationTrouble> {
        let secrets = Secrets::of(folder);
        let outside_nats = environment.nats_url.as_deref().map(outside);
        if outside_nats.as_ref().is_some_and(|it| it.user.is_empty()) {
            return Err(FoundationTrouble::NatsNobody);
        }
        let layout = Layout::shipped()?;
        let users = users(&layout, &secrets)?;
        let progress = move |what: &str| console.line(what);
        let (postgres_folder, nats_folder) = (folder.postgres(), folder.nats());
        let (postgres, nats) = tokio::try_join!(
            PostgresServer::provide(
                &environment.surroundings,
                environment.database_url.as_deref(),
                &postgres_folder,
                &progress,
            ),
            NatsServer::provide(
                &environment.surroundings,
                environment.nats_url.as_deref(),
                &nats_folder,
                users,
                &progress,
            ),
        )?;
        let foundation = Self {
            postgres: postgres.admin().clone(),
            nats_url: nats.url(),
            upkeep: Upkeep::of(postgres, nats, console),
            secrets,
            outside_nats,
        };
        console.line("Preparing databases and streams …");
        tokio::try_join!(foundation.prepare_databases(), foundation.prepare_streams(&layout))?;
        Ok(foundation)
    }

    /// How to reach Postgres as the role that creates databases and roles.
    pub fn postgres(&self) -> &PgConnectOptions {
        &self.postgres
    }

    /// Keeps the servers running.
    pub fn upkeep(&self) -> &Upkeep {
        &self.upkeep
    }

    /// How a role reaches a database.
    fn database(&self, name: &str, role: &str) -> Result<PgConnectOptions, FolderTrouble> {
        let password = self.secrets.password(role)?;
        let admin = self.postgres.clone();
        Ok(admin.username(role).password(password.expose_secret()).database(name))
    }

    /// The URL by which a service reaches its database as its runtime role.
    pub fn runtime_url(&self, service: &str) -> Result<SecretString, FolderTrouble> {
        Ok(url(&self.database(service, &runtime_role(service))?))
    }

    /// The URL by which it does so as the owner.
    pub fn owner_url(&self, service: &str) -> Result<SecretString, FolderTrouble> {
        Ok(url(&self.database(service, &owner_role(service))?))
    }

    /// The URL by which a service reaches the vault; `None` for one that opens nothing.
    pub fn vault_url(&self, service: &str) -> Result<Option<SecretString>, FolderTrouble> {
        if vault::access::classes_of(service).is_empty() {
            return Ok(None);
        }
        Ok(Some(url(&self.database(VAULT, &runtime_role(service))?)))
    }

    /// Where and as whom a service reaches NATS.
    pub fn nats_of(&self, service: &str) -> Result<Settings, FolderTrouble> {
        if let Some(settings) = &self.outside_nats {
            return Ok(settings.clone());
        }
        let password = self.secrets.password(&nats_secret(service))?;
        Ok(Settings { url: self.nats_url.clone(), user: service.to_owned(), password })
    }

    /// Stops our own servers.
    pub async fn stop(self) {
        self.upkeep.stop().await;
    }

    async fn prepare_databases(&self) -> Result<(), FoundationTrouble> {
        let made = SERVICES.iter().map(|kind| self.create(kind.name, kind.name));
        try_join_all(made).await?;
        for kind in SERVICES {
            if !vault::access::classes_of(kind.name).is_empty() {
                self.create(VAULT, kind.name).await?;
            }
        }
        self.prepare_vault().await
    }

    /// Makes a database that a service's runtime role may enter.
    async fn create(&self, database: &str, service: &str) -> Result<(), FoundationTrouble> {
        let (owner, runtime) = (owner_role(database), runtime_role(service));
        let owner_password = self.secrets.password(&owner)?;
        let runtime_password = self.secrets.password(&runtime)?;
        let plan = DatabasePlan {
            name: database,
            owner: &owner,
            owner_password: owner_password.expose_secret(),
            runtime: &runtime,
            runtime_password: runtime_password.expose_secret(),
            template: None,
        };
        Ok(create_database(&self.postgres, plan).await?)
    }

    async fn prepare_vault(&self) -> Result<(), FoundationTrouble> {
        let holders: Vec<_> = SERVICES
            .iter()
            .map(|kind| (kind.name, vault::access::classes_of(kind.name)))
            .filter(|(_, classes)| !classes.is_empty())
            .collect();
        if holders.is_empty() {
            return Ok(());
        }
        let options = self.database(VAULT, &owner_role(VAULT))?;
        let mut owner = PgConnection::connect_with(&options).await?;
        vault::schema::migrate(&mut owner).await?;
        for (service, classes) in holders {
            vault::schema::grant(&mut owner, &runtime_role(service), classes).await?;
        }
        Ok(owner.close().await?)
    }

    /// Connects to NATS as its administrator.
    pub async fn nats_administrator(&self) -> Result<Connection, FoundationTrouble> {
        let settings = self.nats_of(NATS_ADMINISTRATOR)?;
        let connection = messaging::connect(&settings, "launcher").await?;
        let mut connects = connection.connects();
        let arrived = connects.wait_for(|times| *times > 0);
        if !tokio::time::timeout(NATS_ANSWERS_WITHIN, arrived).await.is_ok_and(|it| it.is_ok()) {
            return Err(FoundationTrouble::NatsClosed { user: settings.user });
        }
        Ok(connection)
    }

    async fn prepare_streams(&self, layout: &Layout) -> Result<(), FoundationTrouble> {
        let connection = self.nats_administrator().await?;
        Ok(streams::provision(connection.jetstream(), layout).await?)
    }
}

fn owner_role(database: &str) -> String {
    format!("{database}_owner")
}

fn runtime_role(service: &str) -> String {
    format!("{service}_run")
}

fn nats_secret(user: &str) -> String {
    format!("nats_{user}")
}

fn url(options: &PgConnectOptions) -> SecretString {
    SecretString::from(options.to_url_lossy().to_string())
}

/// Everybody who may enter our own NATS, each with the rights that follow from the layout.
fn users(layout: &Layout, secrets: &Secrets) -> Result<Vec<NatsUser>, FolderTrouble> {
    let everything = vec![">".to_owned()];
    let mut users = vec![user(NATS_ADMINISTRATOR, secrets, everything.clone(), everything)?];
    for service in layout.services.keys() {
        if let Some(rights) = rights::rights(layout, service) {
            users.push(user(service, secrets, rights.publish, rights.subscribe)?);
        }
    }
    Ok(users)
}

fn user(
    name: &str,
    secrets: &Secrets,
    publish_allow: Vec<String>,
    subscribe_allow: Vec<String>,
) -> Result<NatsUser, FolderTrouble> {
    Ok(NatsUser {
        name: name.to_owned(),
        password: secrets.password(&nats_secret(name))?.expose_secret().to_owned(),
        publish_allow,
        subscribe_allow,
        ..NatsUser::default()
    })
}

/// Of a NATS of somebody else we know one user, the one in its address.
fn outside(nats_url: &str) -> Settings {
    let (scheme, rest) = nats_url.split_once("://").unwrap_or(("nats", nats_url));
    let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    Settings {
        url: format!("{scheme}://{place}"),
        user: user.to_owned(),
        password: SecretString::from(password.to_owned()),
    }
}

#[cfg(test)]
mod stories {
    use secrecy::ExposeSecret as _;

    use super::outside;

    #[test]
    fn the_user_of_an_outside_nats_is_the_one_in_its_address() {
        let settings = outside("tls://ana:se:cret@nats.example:4223");
        assert_eq!(settings.url, "tls://nats.example:4223");
        assert_eq!((settings.user.as_str(), settings.password.expose_secret()), ("ana", "se:cret"));
    }

    #[test]
    fn an_address_without_a_user_names_nobody() {
        let settings = outside("127.0.0.1:4222");
        assert_eq!((settings.url.as_str(), settings.user.as_str()), ("nats://127.0.0.1:4222", ""));
    }
}
