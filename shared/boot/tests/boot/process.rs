//! A scheduler in a process of its own, which can be frozen and killed: this test once more, told to be
//! one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use boot::Clock;

use crate::tower::{Tower, config, rings};

/// Tells a process of this test to ring the bells of a database, by a clock so many milliseconds ahead.
const OWNER_URL: &str = "BELLS_OWNER_URL";
const RUNTIME_URL: &str = "BELLS_RUNTIME_URL";
const AHEAD_MS: &str = "BELLS_AHEAD_MS";
const RINGS: &str = "this process rings";

/// A process with a scheduler.
pub struct Ringer {
    process: Child,
    #[expect(dead_code, reason = "who writes to a closed pipe has failed")]
    said: BufReader<ChildStdout>,
}

impl Ringer {
    /// Starts one, by running `story` again in a process of its own.
    pub fn start(tower: &Tower, story: &str, ahead_ms: i64) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", story, "--nocapture"])
            .env(OWNER_URL, &tower.database.owner_url)
            .env(RUNTIME_URL, &tower.database.runtime_url)
            .env(AHEAD_MS, ahead_ms.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let rings = |line: String| line.contains(RINGS);
        let mut lines = said.by_ref().lines().map_while(Result::ok);
        assert!(lines.any(rings), "the process does not ring");
        Self { process, said }
    }

    pub fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", "kill -s \"$1\" \"$2\"", "kill", name, &pid])
            .stdin(Stdio::null())
            .status();
        assert!(sent.unwrap().success());
    }

    /// Ends as its pipe closes, with nothing left undone.
    pub fn ends(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Ringer {
    fn drop(&mut self) {
        // Gone already, where it ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Rings until whoever started this process closes its pipe or is gone, if it was started to ring.
pub async fn rings_if_told_to() -> bool {
    let given = |name| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let (Some(owner), Some(runtime), Some(ahead)) =
        (given(OWNER_URL), given(RUNTIME_URL), given(AHEAD_MS))
    else {
        return false;
    };
    let clock = Clock::ahead_by_millis(ahead.parse().unwrap());
    let running = rings(config(&owner, &runtime), clock).await;
    std::io::stdout().write_all(format!("{RINGS}\n").as_bytes()).unwrap();
    let until_closed = || std::io::stdin().read_to_end(&mut Vec::new());
    tokio::task::spawn_blocking(until_closed).await.unwrap().unwrap();
    running.stop().await;
    true
}
