//! One Postgres per test process, one database with its own two roles per test.

use std::sync::atomic::{AtomicU32, Ordering};

use servers::{
    DatabasePlan, OutsidePostgres, Postgres, Surroundings, create_database, obtain_postgres,
};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;

/// An empty database with an owner role and a runtime role.
pub struct TestDatabase {
    /// As superuser, in this database.
    pub admin_url: String,
    /// As the owner.
    pub owner_url: String,
    /// As the runtime role.
    pub runtime_url: String,
    /// The owner's name.
    pub owner_role: String,
    /// The runtime role's name.
    pub runtime_role: String,
}

enum Server {
    /// Kept until the process ends; its keeper then stops it.
    Own(Postgres),
    Outside(OutsidePostgres),
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);
const PASSWORD: &str = "of-a-test";

/// A fresh database. `name` shows in its name, for whoever looks while a test runs.
pub async fn database(name: &str) -> TestDatabase {
    let server = SERVER.get_or_init(start).await;
    let admin = match server {
        Server::Own(postgres) => postgres.admin(),
        Server::Outside(postgres) => postgres.admin(),
    };
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}_{name}", std::process::id());
    let (owner_role, runtime_role) = (format!("{name}_owner"), format!("{name}_run"));
    create_database(
        admin,
        DatabasePlan {
            name: &name,
            owner: &owner_role,
            owner_password: PASSWORD,
            runtime: &runtime_role,
            runtime_password: PASSWORD,
            template: None,
        },
    )
    .await
    .expect("a database can be created");
    let at = |user: &str, password: &str| url(admin, user, password, &name);
    TestDatabase {
        admin_url: admin.clone().database(&name).to_url_lossy().to_string(),
        owner_url: at(&owner_role, PASSWORD),
        runtime_url: at(&runtime_role, PASSWORD),
        owner_role,
        runtime_role,
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no launcher to read the environment")]
async fn start() -> Server {
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return Server::Outside(
            OutsidePostgres::check(&url).await.expect("DATABASE_URL is usable"),
        );
    }
    let surroundings = Surroundings::of_this_process();
    let binaries = obtain_postgres(&surroundings, &|_| {}).await.expect("Postgres can be had");
    Server::Own(
        Postgres::throwaway(&surroundings, &binaries, &|_| {}).await.expect("Postgres starts"),
    )
}

fn url(admin: &PgConnectOptions, user: &str, password: &str, database: &str) -> String {
    format!("postgres://{user}:{password}@{}:{}/{database}", admin.get_host(), admin.get_port())
}
