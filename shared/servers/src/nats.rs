//! One NATS server of our own with JetStream: started, ready, stopped, started again. Listens on the
//! loopback address alone, acknowledges only what is on the disk, and knows no stream by name.

mod settings;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpStream, ToSocketAddrs};

use crate::Progress;
use crate::cache::Cache;
use crate::folders;
use crate::home::Home;
use crate::keeper::{Keeper, KeeperPlan, PATIENCE, log_tail};
use crate::leftovers::stop_leftover;
use crate::obtain::NatsBinary;
use crate::passwords::random_hex;
use crate::pause;
use crate::ports;
use crate::start::StartError;
use crate::surroundings::Surroundings;

use settings::Settings;

pub(crate) const SERVER: &str = "NATS";
/// Streams are read through at the start.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// One attempt; something else may hold the port and say nothing.
const GREETING_WITHIN: Duration = Duration::from_secs(2);
/// A greeting has a few hundred bytes; what is longer is not one.
const GREETING_BYTES: u64 = 64 * 1024;
const PORTS_TRIED: u32 = 5;
/// What NATS logs where its port is taken.
const PORT_IS_TAKEN: &str = "address already in use";

/// Who may connect, and do what. Names, passwords and subjects are printable ASCII without spaces.
#[derive(Clone, Default)]
pub struct NatsUser {
    /// Name to connect with.
    pub name: String,
    /// Password to connect with.
    pub password: String,
    /// Subjects that may be published to; none where empty.
    pub publish_allow: Vec<String>,
    /// Exceptions from those.
    pub publish_deny: Vec<String>,
    /// Subjects that may be subscribed to, the user's own inboxes among them; none where empty.
    pub subscribe_allow: Vec<String>,
    /// Exceptions from those.
    pub subscribe_deny: Vec<String>,
}

/// A NATS server whose streams stay.
#[derive(Clone)]
pub struct NatsPlan {
    /// The program.
    pub binary: NatsBinary,
    /// A folder for this server alone; created where needed.
    pub data_folder: PathBuf,
    /// Everybody who may connect; at least one.
    pub users: Vec<NatsUser>,
    /// A port that must be used; `None` for one chosen once and remembered.
    pub port: Option<u16>,
}

/// A running NATS server. Dropping it stops the server and waits for that, a few thousandths of a second
/// as a rule; when this process dies in any way, the server stops too.
pub struct Nats {
    // Dropped first: the server must be gone before its home is.
    keeper: Keeper,
    home: Home,
    binary: NatsBinary,
    users: Vec<NatsUser>,
    port: u16,
}

impl Nats {
    /// Starts NATS on a data folder.
    pub async fn start(plan: &NatsPlan, progress: Progress<'_>) -> Result<Nats, StartError> {
        let home = Home::kept(&plan.data_folder)?;
        stop_leftover(SERVER, &pid_file_in(&home), &settings_in(&home), "TERM").await?;
        progress("Starting NATS …");
        Nats::launch(home, &plan.binary, &plan.users, plan.port).await
    }

    /// Starts NATS in a folder of the cache that goes when the server goes.
    pub async fn throwaway(
        surroundings: &Surroundings,
        binary: &NatsBinary,
        users: &[NatsUser],
    ) -> Result<Nats, StartError> {
        let home = Home::throwaway(&Cache::open(surroundings)?)?;
        Nats::launch(home, binary, users, None).await
    }

    /// Where to connect, without a user: `nats://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("nats://{}", ports::address(self.port))
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the server itself (not its keeper), for tests that freeze or kill it. It
    /// changes with `start_again`.
    pub fn server_pid(&self) -> u32 {
        self.keeper.server_pid()
    }

    /// Whether the server has not ended, as far as its keeper knows.
    pub fn is_running(&self) -> bool {
        self.keeper.is_running()
    }

    /// Waits until the server has ended, for whatever reason.
    pub async fn ended(&self) {
        self.keeper.ended().await;
    }

    /// The last lines of the server's log.
    pub fn log_tail(&self) -> String {
        self.keeper.log_tail()
    }

    /// Where its log is.
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    /// The folder the server lives in.
    pub fn data_folder(&self) -> &Path {
        self.home.folder()
    }

    /// Stops the server but keeps everything else for `start_again`: an outage.
    pub async fn halt(&mut self) -> Result<(), StartError> {
        self.home.survive_keeper()?;
        self.keeper.stop().await;
        self.home.end_with_keeper()
    }

    /// Starts the server again on the same streams and port, after `halt` or after it was killed.
    pub async fn start_again(&mut self) -> Result<(), StartError> {
        self.halt().await?;
        self.keeper = started(&self.home, &self.binary, &self.users, self.port).await?;
        Ok(())
    }

    /// Stops the server and waits until it has ended.
    pub async fn stop(mut self) {
        self.keeper.stop().await;
    }

    async fn launch(
        home: Home,
        binary: &NatsBinary,
        users: &[NatsUser],
        asked_for: Option<u16>,
    ) -> Result<Nats, StartError> {
        folders::create_private_folder(&store_in(&home), home.account())?;
        let mut tries_left = PORTS_TRIED;
        loop {
            tries_left -= 1;
            let port = home.port(asked_for)?;
            match started(&home, binary, users, port).await {
                Ok(keeper) => {
                    home.settle_on(port)?;
                    let (binary, users) = (binary.clone(), users.to_vec());
                    return Ok(Nats { keeper, home, binary, users, port });
                }
                Err(StartError::PortTaken { .. }) if asked_for.is_none() && tries_left > 0 => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn store_in(home: &Home) -> PathBuf {
    home.folder().join("store")
}

fn settings_in(home: &Home) -> PathBuf {
    home.folder().join("server.json")
}

fn pid_file_in(home: &Home) -> PathBuf {
    store_in(home).join("server.pid")
}

/// Starts the server and waits until it answers.
async fn started(
    home: &Home,
    binary: &NatsBinary,
    users: &[NatsUser],
    port: u16,
) -> Result<Keeper, StartError> {
    // New at each start, so that whoever answers on the port can be told from ours.
    let name = format!("involvement-{}", random_hex::<8>()?);
    write_settings(home, &name, users, port)?;
    let keeper = keep(home, binary).await?;
    match tokio::time::timeout(READY_WITHIN, ready(&keeper, &name, port)).await {
        Ok(Ok(())) => Ok(keeper),
        Ok(Err(StartError::Ended { log_tail, .. })) if log_tail.contains(PORT_IS_TAKEN) => {
            Err(StartError::PortTaken { server: SERVER, port })
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(StartError::Late {
            server: SERVER,
            seconds: READY_WITHIN.as_secs(),
            log_tail: log_tail(&home.log()),
        }),
    }
}

fn write_settings(
    home: &Home,
    name: &str,
    users: &[NatsUser],
    port: u16,
) -> Result<(), StartError> {
    let (store, pid_file) = (store_in(home), pid_file_in(home));
    let settings = Settings::new(name, port, &pid_file, &store, users)?;
    let text = serde_json::to_vec_pretty(&settings).map_err(|error| StartError::Step {
        step: "write the settings of NATS",
        said: error.to_string(),
    })?;
    Ok(folders::write_private_file(&settings_in(home), &text, home.account())?)
}

async fn keep(home: &Home, binary: &NatsBinary) -> Result<Keeper, StartError> {
    let plan = KeeperPlan {
        server: SERVER,
        program: &binary.program,
        arguments: vec!["-c".into(), settings_in(home).into()],
        account: home.account(),
        stop_signal: "TERM",
        patience: PATIENCE,
        log: &home.log(),
        throwaway: home.to_throw_away(),
    };
    Ok(Keeper::start(&plan).await?)
}

/// Asks until our own server answers; anybody may listen on that port.
async fn ready(keeper: &Keeper, name: &str, port: u16) -> Result<(), StartError> {
    loop {
        if !keeper.is_running() {
            return Err(StartError::Ended { server: SERVER, log_tail: keeper.log_tail() });
        }
        let answer = tokio::time::timeout(GREETING_WITHIN, greeting(ports::address(port))).await;
        if let Ok(Ok(greeting)) = answer
            && greeting.server_name == name
        {
            return Ok(());
        }
        pause::before_asking_again().await;
    }
}

/// What a NATS server says of itself to everybody who connects.
#[derive(Debug, Deserialize)]
pub(crate) struct Greeting {
    pub server_name: String,
    pub version: String,
    #[serde(default)]
    pub jetstream: bool,
}

pub(crate) async fn greeting(address: impl ToSocketAddrs) -> std::io::Result<Greeting> {
    let stream = TcpStream::connect(address).await?;
    let mut line = String::new();
    BufReader::new(stream.take(GREETING_BYTES)).read_line(&mut line).await?;
    let said = line.strip_prefix("INFO ").unwrap_or_default();
    Ok(serde_json::from_str(said)?)
}
