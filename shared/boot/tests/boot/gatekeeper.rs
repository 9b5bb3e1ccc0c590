//! A service of gates in a process of its own, which can be told to stop, frozen and killed: this
//! test once more, told to be one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;

use boot::{Ended, ServiceConfig, TelemetryConfig, shutdown, telemetry};
use messaging::connect::Settings;
use testkit::{Http, Issuer, TestDatabase};
use tokio::net::unix::pipe;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::IssuerConfig;

use crate::house::opens;

const OWNER_URL: &str = "GATES_OWNER_URL";
const RUNTIME_URL: &str = "GATES_RUNTIME_URL";
const ISSUER_URL: &str = "GATES_ISSUER_URL";
/// Besides: under which name it runs and hears others, and where its spans go.
const NAME: &str = "GATES_NAME";
const NATS_URL: &str = "GATES_NATS_URL";
const OTLP_ENDPOINT: &str = "GATES_OTLP_ENDPOINT";
const OPEN: &str = "the gates are open at ";

/// A process with a service of gates.
pub struct Gatekeeper {
    process: Child,
    address: SocketAddr,
    #[expect(dead_code, reason = "who writes to a closed pipe has failed")]
    said: BufReader<ChildStdout>,
}

impl Gatekeeper {
    /// Starts one, by running `story` again in a process of its own.
    pub fn start(database: &TestDatabase, issuer: &Issuer, story: &str) -> Self {
        Self::told(database, issuer, story, &[])
    }

    /// One that is traced, under a name that the layout knows.
    pub fn traced(grounds: (&TestDatabase, &Issuer, &str), told: [&str; 3]) -> Self {
        let (database, issuer, story) = grounds;
        let [name, nats_url, endpoint] = told;
        let variables = [(NAME, name), (NATS_URL, nats_url), (OTLP_ENDPOINT, endpoint)];
        Self::told(database, issuer, story, &variables)
    }

    fn told(
        database: &TestDatabase,
        issuer: &Issuer,
        story: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", story, "--nocapture"])
            .env(OWNER_URL, &database.owner_url)
            .env(RUNTIME_URL, &database.runtime_url)
            .env(ISSUER_URL, &issuer.url)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut lines = said.by_ref().lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| line.split_once(OPEN).map(|(_, address)| address.parse().unwrap()))
            .unwrap();
        Self { process, address, said }
    }

    pub fn http(&self) -> Http {
        Http::to(self.address)
    }

    pub fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", "kill -s \"$1\" \"$2\"", "kill", name, &pid])
            .stdin(Stdio::null())
            .status();
        assert!(sent.unwrap().success());
    }

    pub fn close_the_pipe(&mut self) {
        drop(self.process.stdin.take());
    }

    /// How it ended, and what its log says.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let mut log = self.process.stderr.take().unwrap();
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        // Its log ends when it does.
        let log = reading.await.unwrap();
        (self.process.wait().unwrap(), log)
    }
}

impl Drop for Gatekeeper {
    fn drop(&mut self) {
        // Gone already, where it ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Keeps gates until told to stop or whoever started this process is gone, if it was started to.
pub async fn keeps_gates_if_told_to() -> bool {
    let given = |name| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let (Some(owner), Some(runtime), Some(issuer)) =
        (given(OWNER_URL), given(RUNTIME_URL), given(ISSUER_URL))
    else {
        return false;
    };
    let name = ["recruitment", "opportunities"]
        .into_iter()
        .find(|name| given(NAME).as_deref() == Some(*name))
        .unwrap_or("recruitment");
    let telling = telemetry::start(name, "info", given(OTLP_ENDPOINT).as_deref());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    shutdown::at_a_signal(&tasks, stop.clone()).unwrap();
    let input = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned().unwrap();
    let input = pipe::Receiver::from_owned_fd(input).unwrap();
    shutdown::when_the_launcher_is_gone(input, &tasks, stop.clone());
    let config = ServiceConfig {
        listen: "127.0.0.1:0".to_owned(),
        database_url: runtime.into(),
        owner_database_url: Some(owner.into()),
        database_connections_max: 4,
        request_key: "0123456789abcdef".repeat(4).into(),
        issuer: IssuerConfig::new(&issuer, "involvement"),
        nats: given(NATS_URL).filter(|url| !url.is_empty()).map(|url| Settings {
            url,
            user: name.to_owned(),
            password: name.to_owned().into(),
        }),
        vault: None,
        telemetry: TelemetryConfig::default(),
        log: "info".to_owned(),
    };
    let running = opens(name, config, Arc::default(), stop).await.unwrap();
    let mut out = std::io::stdout();
    out.write_all(format!("{OPEN}{}\n", running.address).as_bytes()).unwrap();
    out.flush().unwrap();
    assert_ne!(running.ended().await, Ended::Broken);
    telling.end().await;
    true
}
