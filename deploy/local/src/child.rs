//! A service as a process of its own, from the outside: started, seen to be ready, started again when
//! it ends by itself, stopped. It holds a pipe from us, and ends when that closes, however we end.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use eventstore::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStdin, Command};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::console::Console;
use crate::pause;
use crate::service_process::FirstLine;
use crate::tries::Tries;
use crate::upkeep::Stand;

/// How long a service may take to be ready; the first start makes its schema.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// How long one may take to stop before it is killed, which loses nothing that was answered: everything
/// together stops within ten seconds, and the servers have up to three after the services.
const STOPS_WITHIN: Duration = Duration::from_secs(6);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// Where the pages lie that say what a person has to do.
const PAGES: &str = "deploy/runbooks/";
/// How much of a log is read for its last lines, and how many are shown.
const TAIL_BYTES: u64 = 4096;
const TAIL_LINES: usize = 6;

/// Why a service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ChildTrouble {
    /// Its log cannot be written.
    #[error("the log {} cannot be written", path.display())]
    Log {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Its process cannot be started.
    #[error("{service} cannot be started as a process")]
    NotStarted {
        /// Which service.
        service: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// It ended while starting.
    #[error("{service} ended while it was starting ({status}); its log {} ends with:\n{tail}", log.display())]
    Ended {
        /// Which service.
        service: &'static str,
        /// How.
        status: String,
        /// Where its log is.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// It runs but is not ready.
    #[error(
        "{service} was not ready within {} seconds; its log {} ends with:\n{tail}",
        READY_WITHIN.as_secs(),
        log.display()
    )]
    Late {
        /// Which service.
        service: &'static str,
        /// Where its log is.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
}

/// A service ended, and will not start again.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "{service} will not start again, and is not tried any more; its log is {}; everything it had \
     answered is kept",
    log.display()
)]
pub struct GivenUp {
    /// Which service.
    pub service: &'static str,
    /// Where its log is.
    pub log: PathBuf,
}

/// How to start a service.
#[derive(Clone)]
pub struct ChildPlan {
    /// Which.
    pub service: &'static str,
    /// Its configuration.
    pub config: PathBuf,
    /// Where its log goes.
    pub log: PathBuf,
    /// Where it will answer.
    pub url: String,
    /// By which it knows its launcher.
    pub token: SecretString,
    /// The clock it is told.
    pub clock: Clock,
    /// Asks it whether it is ready.
    pub http: reqwest::Client,
}

/// A service that runs.
pub struct Child {
    plan: ChildPlan,
    process: tokio::process::Child,
    pipe: Option<ChildStdin>,
    log_begins: u64,
    since: Instant,
}

impl ChildPlan {
    /// Starts the service, and waits until it is ready.
    pub async fn start(&self) -> Result<Child, ChildTrouble> {
        let mut child = self.spawn().await?;
        child.becomes_ready().await?;
        Ok(child)
    }

    async fn spawn(&self) -> Result<Child, ChildTrouble> {
        let not_started = |source| ChildTrouble::NotStarted { service: self.service, source };
        let (log, log_begins) = self.open_log()?;
        let mut process = Command::new(std::env::current_exe().map_err(not_started)?)
            .args(["service", self.service, "--config"])
            .arg(&self.config)
            // Passwords of outside servers are in the configuration already.
            .env_remove("DATABASE_URL")
            .env_remove("NATS_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            // An interrupt typed at a terminal is for us, who then stop the services in good order.
            .process_group(0)
            .spawn()
            .map_err(not_started)?;
        let mut pipe = process.stdin.take();
        let first = FirstLine {
            token: self.token.expose_secret().to_owned(),
            clock_offset_ms: self.clock.offset_millis(),
        };
        let mut line = serde_json::to_vec(&first).unwrap_or_default();
        line.push(b'\n');
        if let Some(pipe) = &mut pipe {
            // One that has ended already is noticed by its end.
            let _ = pipe.write_all(&line).await;
        }
        Ok(Child { plan: self.clone(), process, pipe, log_begins, since: Instant::now() })
    }

    fn open_log(&self) -> Result<(File, u64), ChildTrouble> {
        let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.log);
        opened
            .and_then(|log| Ok((log.metadata()?.len(), log)))
            .map(|(begins, log)| (log, begins))
            .map_err(|source| ChildTrouble::Log { path: self.log.clone(), source })
    }

    /// Ready to work, and the very process we started: nobody else knows the token. One that waits for
    /// a person works as far as it can, and nobody gains by taking it away.
    async fn is_up(&self) -> bool {
        let is_ready = self.answers("/health/ready", false).await;
        (is_ready || self.waits_for_a_person().await)
            && self.answers("/control/standing", true).await
    }

    /// Whether it says of itself that somebody has to look, and at which page.
    pub async fn waits_for_a_person(&self) -> bool {
        let asked = self.http.get(format!("{}/health/ready", self.url)).timeout(ANSWER_WITHIN);
        let Ok(answer) = asked.send().await else { return false };
        answer.text().await.is_ok_and(|said| said.contains(PAGES))
    }

    async fn answers(&self, path: &str, as_launcher: bool) -> bool {
        let request = self.http.get(format!("{}{path}", self.url)).timeout(ANSWER_WITHIN);
        let request =
            if as_launcher { request.bearer_auth(self.token.expose_secret()) } else { request };
        request.send().await.is_ok_and(|answer| answer.status().is_success())
    }
}

impl Child {
    /// Its process.
    pub fn process(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits until it ends, starts it again when it does, and says so; until `stop`. Ends early, with
    /// the reason told, where it will not stay up.
    pub async fn keep(
        mut self,
        console: Console,
        stop: CancellationToken,
        servers: Stand,
        tell: watch::Sender<Option<GivenUp>>,
    ) {
        let mut tries = Tries::default();
        loop {
            let status = tokio::select! {
                status = self.process.wait() => status,
                () = stop.cancelled() => return self.stop().await,
            };
            tries.ran(self.since.elapsed());
            let service = self.plan.service;
            let how = told(status);
            match again(&self.plan, &how, &mut tries, console, &servers, &stop).await {
                Some(child) => self = child,
                None if stop.is_cancelled() => return,
                None => {
                    let log = self.plan.log.clone();
                    tell.send_replace(Some(GivenUp { service, log }));
                    return;
                }
            }
        }
    }

    /// Closes the pipe and waits; what does not stop by itself is killed.
    pub async fn stop(&mut self) {
        self.pipe = None;
        if tokio::time::timeout(STOPS_WITHIN, self.process.wait()).await.is_err() {
            // What cannot be killed is gone already, or not ours to wait for.
            let _ = self.process.kill().await;
        }
    }

    async fn becomes_ready(&mut self) -> Result<(), ChildTrouble> {
        let plan = self.plan.clone();
        let asked = async {
            while !plan.is_up().await {
                pause::before_asking_again(pause::BRIEFLY).await;
            }
        };
        let service = plan.service;
        let log = plan.log.clone();
        tokio::select! {
            status = self.process.wait() => Err(ChildTrouble::Ended {
                service,
                status: told(status),
                tail: tail(&log, self.log_begins),
                log,
            }),
            ready = tokio::time::timeout(READY_WITHIN, asked) => match ready {
                Ok(()) => Ok(()),
                Err(_) => Err(ChildTrouble::Late { service, tail: tail(&log, self.log_begins), log }),
            },
        }
    }
}

/// Starts a service again, as often as there are tries left, each time on servers that run.
async fn again(
    plan: &ChildPlan,
    how: &str,
    tries: &mut Tries,
    console: Console,
    servers: &Stand,
    stop: &CancellationToken,
) -> Option<Child> {
    let service = plan.service;
    console.line(&format!("{service} ended by itself ({how}); it is started again."));
    while let Some(pause) = tries.next_pause() {
        let starting = async {
            pause::before_asking_again(pause).await;
            servers.firmly().await;
            plan.start().await
        };
        let started = tokio::select! {
            started = starting => started,
            () = stop.cancelled() => return None,
        };
        match started {
            Ok(child) => {
                console.line(&format!("{service} runs again; nothing it had answered is lost."));
                return Some(child);
            }
            Err(error) => console.line(&error.to_string()),
        }
    }
    None
}

fn told(status: std::io::Result<ExitStatus>) -> String {
    status.map_or_else(|error| error.to_string(), |status| status.to_string())
}

/// The last lines a log got since `begins`.
fn tail(log: &Path, begins: u64) -> String {
    let end = end_of(log, begins).unwrap_or_default();
    let lines: Vec<_> = end.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = lines.len().saturating_sub(TAIL_LINES);
    let lines: Vec<_> = lines.into_iter().skip(shown).map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

fn end_of(log: &Path, begins: u64) -> std::io::Result<String> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES).max(begins)))?;
    let mut bytes = Vec::new();
    file.take(2 * TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
