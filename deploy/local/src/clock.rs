//! The one clock of all processes: tells it to the services, and never backwards. A jump stops at
//! every timer on its way and lets everything settle there, so that each fires at its own time.

use std::collections::BTreeMap;
use std::time::Duration;

use boot::control::{AdvanceTo, Standing};
use eventstore::Clock;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use crate::folder::{DataFolder, FolderTrouble};
use crate::pause;

/// How long everything may take to settle.
const SETTLES_WITHIN: Duration = Duration::from_mins(1);
/// How long a service may be away while it is started again.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than an answer to the launcher takes.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// A service sets its clock to the millisecond, which may leave it a moment before the timer it was
/// set for.
const A_MOMENT_AFTER: SignedDuration = SignedDuration::from_millis(1);
/// Where the offset is kept.
const OFFSET: &str = "clock";

/// Why the clock does not move, or nothing settles.
#[derive(Debug, thiserror::Error)]
pub enum ClockTrouble {
    /// The offset cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// A service does not answer its launcher.
    #[error("{service} does not answer its launcher; its log says why")]
    Silent {
        /// Which service.
        service: &'static str,
        /// What the network says.
        #[source]
        source: reqwest::Error,
    },
    /// A service does not take its launcher for one.
    #[error("{service} answers its launcher with {status}; its log says why")]
    Refused {
        /// Which service.
        service: &'static str,
        /// How.
        status: StatusCode,
    },
    /// Something stays under way.
    #[error(
        "not everything settled within {} seconds: {}; the services' logs say why",
        SETTLES_WITHIN.as_secs(),
        waiting.join("; ")
    )]
    Unsettled {
        /// What.
        waiting: Vec<String>,
    },
}

/// The clock as a data folder remembers it.
pub fn remembered(folder: &DataFolder) -> Result<Clock, FolderTrouble> {
    let offset_ms = folder.read(OFFSET)?.and_then(|text| text.parse().ok());
    Ok(Clock::ahead_by_millis(offset_ms.unwrap_or(0)))
}

/// Where each service stands, by name.
pub type Standings = BTreeMap<&'static str, Standing>;

/// Moves the clock of every service.
pub struct SharedClock {
    clock: Clock,
    folder: DataFolder,
    http: reqwest::Client,
    token: SecretString,
    urls: BTreeMap<&'static str, String>,
}

impl SharedClock {
    /// The clock of the services at these addresses, who know their launcher by the token.
    pub fn new(
        clock: &Clock,
        folder: &DataFolder,
        http: reqwest::Client,
        token: SecretString,
        urls: BTreeMap<&'static str, String>,
    ) -> Self {
        Self { clock: clock.clone(), folder: folder.clone(), http, token, urls }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Goes on to `to`, by way of every timer that is due before; stays where it is if that is past.
    pub async fn advance(&self, to: Timestamp) -> Result<(), ClockTrouble> {
        loop {
            let standings = self.settle().await?;
            if self.now() >= to {
                return Ok(());
            }
            let due = standings.values().filter_map(|standing| standing.next_due).min();
            self.step(due.map_or(to, |due| due.min(to))).await?;
        }
    }

    /// Waits until nothing is due, and everyone has caught up with everyone: found twice in a row,
    /// with nothing having happened in between.
    pub async fn settle(&self) -> Result<Standings, ClockTrouble> {
        let until = Instant::now() + SETTLES_WITHIN;
        let mut before: Option<BTreeMap<&'static str, i64>> = None;
        loop {
            let standings = self.standings().await?;
            let waiting = under_way(&standings);
            if waiting.is_empty() {
                let heads = standings.iter().map(|(name, it)| (*name, it.head)).collect();
                if before.as_ref() == Some(&heads) {
                    return Ok(standings);
                }
                before = Some(heads);
                continue;
            }
            if Instant::now() >= until {
                return Err(ClockTrouble::Unsettled { waiting });
            }
            before = None;
            pause::before_asking_again(pause::BRIEFLY).await;
        }
    }

    /// Where each service stands now.
    pub async fn standings(&self) -> Result<Standings, ClockTrouble> {
        let asked = self.urls.iter().map(|(service, url)| async move {
            let request = || self.http.get(format!("{url}/control/standing"));
            let told = self.ask(service, request).await?;
            let standing = told.json().await;
            Ok((*service, standing.map_err(|source| ClockTrouble::Silent { service, source })?))
        });
        try_join_all(asked).await.map(|all| all.into_iter().collect())
    }

    async fn step(&self, to: Timestamp) -> Result<(), ClockTrouble> {
        let to = to.saturating_add(A_MOMENT_AFTER).unwrap_or(to);
        if self.clock.advance_to(to).is_err() {
            // Time has passed it meanwhile.
            return Ok(());
        }
        // Kept first, so that a clock once told is never gone back behind.
        self.folder.write_private(OFFSET, self.clock.offset_millis().to_string().as_bytes())?;
        let told = self.urls.iter().map(|(service, url)| async move {
            let asked = AdvanceTo { to };
            self.ask(service, || self.http.post(format!("{url}/control/clock")).json(&asked)).await
        });
        try_join_all(told).await.map(drop)
    }

    /// Asks until the service answers, since it may just be started again. That its clock is later
    /// already is fine.
    async fn ask(
        &self,
        service: &'static str,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<reqwest::Response, ClockTrouble> {
        let until = Instant::now() + PATIENCE;
        loop {
            let bearer = self.token.expose_secret();
            let sent = request().bearer_auth(bearer).timeout(ANSWER_WITHIN).send().await;
            let is_late = Instant::now() >= until;
            match sent {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) if answer.status() == StatusCode::CONFLICT => return Ok(answer),
                Ok(answer) if is_late => {
                    return Err(ClockTrouble::Refused { service, status: answer.status() });
                }
                Err(source) if is_late => return Err(ClockTrouble::Silent { service, source }),
                Ok(_) | Err(_) => pause::before_asking_again(pause::BRIEFLY).await,
            }
        }
    }
}

/// Everything that is not done yet: what each says of itself, and who has not heard whom to the end.
fn under_way(standings: &Standings) -> Vec<String> {
    let mut waiting = Vec::new();
    for (name, standing) in standings {
        waiting.extend(standing.waiting.iter().map(|what| format!("{name}: {what}")));
        for (other, heard) in &standing.heard {
            if let Some(source) = standings.get(other.as_str())
                && *heard < source.head
            {
                waiting.push(format!("{name} has heard {other} to {heard} of {}", source.head));
            }
        }
    }
    waiting
}

#[cfg(test)]
mod stories {
    use std::collections::BTreeMap;

    use boot::control::Standing;
    use jiff::Timestamp;

    use super::{Standings, under_way};

    fn standing(head: i64, others: &[(&str, i64)]) -> Standing {
        Standing {
            now: Timestamp::UNIX_EPOCH,
            next_due: None,
            head,
            waiting: Vec::new(),
            heard: others.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect(),
        }
    }

    #[test]
    fn nothing_has_settled_before_everyone_has_heard_everyone_to_the_end() {
        let standings = |heard| -> Standings {
            BTreeMap::from([
                ("opportunities", standing(7, &[])),
                ("recruitment", standing(3, &[("opportunities", heard), ("audit", 0)])),
            ])
        };
        assert_eq!(under_way(&standings(6)), ["recruitment has heard opportunities to 6 of 7"]);
        assert!(under_way(&standings(7)).is_empty());
    }
}
