//! Refuses a database on which an acknowledged command could be lost, or could later not be seen.
//! Judges the very connection that commits: what is set for a database or a role counts there too.
//! Changes no setting.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

/// The oldest Postgres this is written for.
const VERSION_MIN: i32 = 170_000;
const ENCODING: &str = "UTF8";

/// A database that must not be used, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Postgres runs with {setting} = {value}: {why}; {remedy}")]
pub struct Unsafe {
    /// The setting.
    pub setting: String,
    /// What it is.
    pub value: String,
    /// What would come of it.
    pub why: &'static str,
    /// What to do.
    pub remedy: String,
}

/// Why a database was not found safe.
#[derive(Debug, thiserror::Error)]
pub enum SafetyError {
    /// It is not.
    #[error(transparent)]
    Unsafe(#[from] Unsafe),
    /// It cannot be asked.
    #[error("the database cannot be asked for its settings")]
    Database(#[from] sqlx::Error),
    /// It was reached and says nothing.
    #[error("the database does not answer")]
    Silence,
}

/// Everything that is judged, as one session sees it.
#[derive(Clone, Debug)]
struct Session {
    role: String,
    database: String,
    is_in_recovery: bool,
    version: i32,
    encoding: String,
    standbys: String,
    settings: Vec<Setting>,
}

#[derive(Clone, Debug)]
struct Setting {
    name: String,
    value: String,
    /// Where Postgres has it from, in its own words.
    source: String,
}

/// Each setting of a server, database or role that is judged, with its safe value and what would
/// come of another one.
const SAFE: [(&str, &str, &str); 6] = [
    ("fsync", "on", "a power failure could take back what was answered, and break the rest"),
    ("full_page_writes", "on", "a power failure could break pages that were written long ago"),
    ("zero_damaged_pages", "off", "a damaged page would be read as if nothing had ever been in it"),
    ("ignore_checksum_failure", "off", "damaged pages would be read as if they were whole"),
    ("session_replication_role", "origin", "the triggers that keep the log unchanged would sleep"),
    ("default_transaction_read_only", "off", "nothing could be stored"),
];

/// Refuses a connection on which a commit is not durable, or on which what was committed could go
/// unseen.
pub async fn refuse_unsafe(connection: &mut PgConnection) -> Result<(), SafetyError> {
    let row = sqlx::query(
        "select current_user::text as role, current_database()::text as database,
             pg_is_in_recovery() as is_in_recovery,
             current_setting('server_version_num')::integer as version,
             current_setting('server_encoding') as encoding,
             current_setting('synchronous_standby_names') as standbys",
    )
    .fetch_one(&mut *connection)
    .await?;
    let names: Vec<&str> =
        SAFE.iter().map(|(name, _, _)| *name).chain(["synchronous_commit"]).collect();
    let settings =
        sqlx::query("select name, setting, source from pg_settings where name = any($1)")
            .bind(names)
            .fetch_all(connection)
            .await?;
    session(&row, &settings)?.judge().map_err(SafetyError::from)
}

fn session(row: &PgRow, settings: &[PgRow]) -> Result<Session, sqlx::Error> {
    let settings = settings.iter().map(|row| {
        Ok(Setting {
            name: row.try_get("name")?,
            value: row.try_get("setting")?,
            source: row.try_get("source")?,
        })
    });
    Ok(Session {
        role: row.try_get("role")?,
        database: row.try_get("database")?,
        is_in_recovery: row.try_get("is_in_recovery")?,
        version: row.try_get("version")?,
        encoding: row.try_get("encoding")?,
        standbys: row.try_get("standbys")?,
        settings: settings.collect::<Result<_, sqlx::Error>>()?,
    })
}

impl Session {
    fn judge(&self) -> Result<(), Unsafe> {
        if self.version < VERSION_MIN {
            return Err(Unsafe {
                setting: "server_version_num".to_owned(),
                value: self.version.to_string(),
                why: "it lacks what the log is written with",
                remedy: "use Postgres 17 or newer".to_owned(),
            });
        }
        if self.is_in_recovery {
            return Err(Unsafe {
                setting: "in_recovery".to_owned(),
                value: "on".to_owned(),
                why: "it is a standby, or still reads its own history, and stores nothing",
                remedy: "point the service at the primary, or promote this server".to_owned(),
            });
        }
        if self.encoding != ENCODING {
            return Err(Unsafe {
                setting: "server_encoding".to_owned(),
                value: self.encoding.clone(),
                why: "what people write could come back as other letters, or not at all",
                remedy: "make the database anew with encoding 'UTF8' and template template0"
                    .to_owned(),
            });
        }
        for setting in &self.settings {
            self.judge_one(setting)?;
        }
        Ok(())
    }

    fn judge_one(&self, setting: &Setting) -> Result<(), Unsafe> {
        let (safe, why) = match SAFE.iter().find(|(name, _, _)| *name == setting.name) {
            Some((_, safe, _)) if *safe == setting.value => return Ok(()),
            Some((_, safe, why)) => (*safe, *why),
            None => match why_not_synchronous(&setting.value, &self.standbys) {
                None => return Ok(()),
                Some(why) => ("on", why),
            },
        };
        Err(Unsafe {
            setting: setting.name.clone(),
            value: setting.value.clone(),
            why,
            remedy: self.remedy(setting, safe),
        })
    }

    /// Names the place where the setting has to be mended.
    fn remedy(&self, Setting { name, source, .. }: &Setting, safe: &str) -> String {
        let (role, database) = (&self.role, &self.database);
        match source.as_str() {
            "user" => format!("run ALTER ROLE {role} RESET {name}"),
            "database" => format!("run ALTER DATABASE {database} RESET {name}"),
            "database user" => {
                format!("run ALTER ROLE {role} IN DATABASE {database} RESET {name}")
            }
            "client" => format!("take {name} out of the options of the service's database URL"),
            _ => format!("set {name} = {safe} for the whole server and reload it"),
        }
    }
}

/// Every value but `off` waits for the flush on this server. With synchronous standbys, a commit
/// that did not wait for their flush is lost when this server is.
fn why_not_synchronous(value: &str, standbys: &str) -> Option<&'static str> {
    match (value, standbys) {
        ("on" | "remote_apply", _) | ("local", "") => None,
        ("off", _) => Some("a crash of the server could take back what was answered"),
        _ => Some("a commit would be answered before the standbys have flushed it"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Session, Setting};

    fn session() -> Session {
        let on = |name: &str| Setting {
            name: name.to_owned(),
            value: "on".to_owned(),
            source: "default".to_owned(),
        };
        Session {
            role: "gates_run".to_owned(),
            database: "gates".to_owned(),
            is_in_recovery: false,
            version: 170_000,
            encoding: "UTF8".to_owned(),
            standbys: String::new(),
            settings: vec![on("fsync"), on("synchronous_commit")],
        }
    }

    #[test]
    fn a_server_too_old_to_be_had_here_is_refused_all_the_same() {
        session().judge().unwrap();
        let old = Session { version: 160_010, ..session() };
        assert_eq!(
            old.judge().unwrap_err().to_string(),
            "Postgres runs with server_version_num = 160010: it lacks what the log is written with; \
             use Postgres 17 or newer"
        );
    }

    #[test]
    fn whether_a_commit_waits_enough_hangs_on_there_being_standbys() {
        for (value, standbys, is_safe) in [
            ("on", "", true),
            ("on", "one", true),
            ("remote_apply", "one", true),
            ("local", "", true),
            ("local", "one", false),
            ("remote_write", "", false),
            ("remote_write", "one", false),
            ("off", "", false),
            ("off", "one", false),
            ("something new", "", false),
        ] {
            let mut judged = session();
            value.clone_into(&mut judged.settings[1].value);
            standbys.clone_into(&mut judged.standbys);
            assert_eq!(judged.judge().is_ok(), is_safe, "{value} with {standbys:?}");
        }
    }

    #[test]
    fn the_remedy_names_the_place_where_the_setting_was_made() {
        for (source, remedy) in [
            ("user", "run ALTER ROLE gates_run RESET fsync"),
            ("database", "run ALTER DATABASE gates RESET fsync"),
            ("database user", "run ALTER ROLE gates_run IN DATABASE gates RESET fsync"),
            ("client", "take fsync out of the options of the service's database URL"),
            ("configuration file", "set fsync = on for the whole server and reload it"),
        ] {
            let mut judged = session();
            "off".clone_into(&mut judged.settings[0].value);
            source.clone_into(&mut judged.settings[0].source);
            assert_eq!(judged.judge().unwrap_err().remedy, remedy);
        }
    }
}
