//! What the stories share: a folder of their own, the program, and what it said.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, mpsc};
use std::thread;
use std::time::Duration;

use involvement::pause;
use involvement::services::SERVICES;
use serde_json::Value;

use crate::lines;

pub type Story = Result<(), Box<dyn std::error::Error + Send + Sync>>;
pub type Told<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What anything asked for here may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(40);
/// What the program may take between two things it says.
const SAYS_WITHIN: Duration = Duration::from_mins(2);

/// A data folder that goes when its story ends. A story has one: it would wait for itself for another.
pub struct Place(PathBuf, #[expect(dead_code, reason = "held until the story ends")] Turn);

/// Whose turn it is on this machine's processors: many stories' at once, or that of one that measures
/// how soon it is answered.
static PROCESSORS: RwLock<()> = RwLock::new(());

enum Turn {
    Shared(#[expect(dead_code, reason = "held until the story ends")] RwLockReadGuard<'static, ()>),
    Alone(#[expect(dead_code, reason = "held until the story ends")] RwLockWriteGuard<'static, ()>),
}

/// What a run of the program came to.
pub struct Run {
    pub succeeded: bool,
    pub output: String,
    pub errors: String,
}

impl Place {
    pub fn new() -> Told<Self> {
        // A story that failed leaves nothing half done that another would see.
        Self::on(Turn::Shared(PROCESSORS.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// A place whose story runs while no other does.
    pub fn alone() -> Told<Self> {
        Self::on(Turn::Alone(PROCESSORS.write().unwrap_or_else(PoisonError::into_inner)))
    }

    fn on(turn: Turn) -> Told<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("involvement-stories-{}-{count}", std::process::id());
        let folder = std::fs::canonicalize(std::env::temp_dir())?.join(name);
        servers::create_open_folder(&folder)?;
        Ok(Self(folder, turn))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file beside the data.
    pub fn file(&self, name: &str, content: &Value) -> Told<PathBuf> {
        let path = self.0.join(name);
        std::fs::write(&path, content.to_string())?;
        Ok(path)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_involvement"));
        command.args(words).arg("--data-dir").arg(self.0.join("data"));
        // These stories are about servers of the launcher's own.
        command.env_remove("DATABASE_URL").env_remove("NATS_URL").stdin(Stdio::null());
        for service in SERVICES {
            // Every line that our own code can write is looked at.
            command.env(format!("{}__SERVICE__LOG", service.name.to_uppercase()), lines::LEVELS);
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, words: &[&str]) -> Told<Run> {
        let output = self.command(words).output()?;
        Ok(Run {
            succeeded: output.status.success(),
            output: String::from_utf8(output.stdout)?,
            errors: String::from_utf8(output.stderr)?,
        })
    }

    /// Starts the program and waits until it says that it stays up.
    pub fn up(&self) -> Told<Up> {
        Self::staying_up(&mut self.command(&["up"]))
    }

    /// Starts the program and waits for nothing.
    pub fn starting(&self) -> Told<Up> {
        Self::started(&mut self.command(&["up"]))
    }

    fn staying_up(command: &mut Command) -> Told<Up> {
        let mut up = Self::started(command)?;
        up.until("Ctrl-C stops everything")?;
        Ok(up)
    }

    fn started(command: &mut Command) -> Told<Up> {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        // Read on whether or not a story waits for it: a full pipe would stop the launcher.
        let (hear, said) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // The story may have heard enough.
                let _ = hear.send(line);
            }
        });
        Ok(Up { process, said, text: String::new() })
    }

    /// The same, on a NATS that is not the launcher's own.
    pub fn up_on(&self, nats_url: &str) -> Told<Up> {
        let mut command = self.command(&["up"]);
        Self::staying_up(command.env("NATS_URL", nats_url))
    }

    /// Every process that has this folder in its command line.
    pub fn processes(&self) -> Vec<u32> {
        self.processes_with("")
    }

    /// Those that have a word there as well.
    pub fn processes_with(&self, word: &str) -> Vec<u32> {
        let folder = self.0.display().to_string();
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(|pid: &u32| {
            std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
                let line = String::from_utf8_lossy(&line);
                line.contains(&folder) && line.contains(word)
            })
        })
        .collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let wrong = lines::wrong(&self.0.join("data"));
        // Fails where a server of a failed story still writes; the next run has another place.
        let _ = std::fs::remove_dir_all(&self.0);
        if !std::thread::panicking() {
            assert_eq!(wrong, [""; 0], "every story leaves logs that name nobody");
        }
    }
}

impl Run {
    /// The last line of the output, which is an object.
    pub fn object(&self) -> Told<Value> {
        let last = self.output.lines().last().ok_or_else(|| self.errors.clone())?;
        Ok(serde_json::from_str(last)?)
    }
}

/// A launcher that stays up.
pub struct Up {
    process: Child,
    said: mpsc::Receiver<String>,
    text: String,
}

impl Up {
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Reads on until a line holds these words.
    pub fn until(&mut self, words: &str) -> Told<String> {
        loop {
            let Ok(line) = self.said.recv_timeout(SAYS_WITHIN) else {
                return Err(format!("it never said {words:?}, but: {}", self.text).into());
            };
            self.text.push_str(&line);
            self.text.push('\n');
            if line.contains(words) {
                return Ok(line);
            }
        }
    }

    /// Everything it has said so far.
    pub fn has_said(&mut self) -> &str {
        for line in self.said.try_iter() {
            self.text.push_str(&line);
            self.text.push('\n');
        }
        &self.text
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> Told<bool> {
        Ok(self.process.try_wait()?.is_some())
    }

    /// Where each service is, as it said.
    pub fn addresses(&self) -> Vec<(String, String)> {
        let described = self.text.lines().filter(|line| line.contains("described at"));
        let words = described.map(|line| line.split_whitespace().map(str::to_owned));
        words.filter_map(|mut it| Some((it.next()?, it.next()?))).collect()
    }

    /// Where each service tells its metrics, as it said.
    pub fn metrics(&self) -> Vec<&str> {
        let explained =
            self.text.lines().filter(|line| line.contains("explained in deploy/observe"));
        explained.filter_map(|line| line.split_whitespace().next()).collect()
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> Told<bool> {
        send("TERM", self.pid())?;
        Ok(self.process.wait()?.success())
    }

    /// Kills it as the system would, without a chance to say anything.
    pub fn killed(mut self) -> Story {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // A story that failed leaves no launcher; one that ended is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn send(signal: &str, pid: u32) -> Told<bool> {
    let status = Command::new("sh")
        .args(["-c", "kill -s \"$1\" \"$2\"", "kill", signal, &pid.to_string()])
        .stdin(Stdio::null())
        .status()?;
    Ok(status.success())
}

/// Waits until something outside this process has come true.
pub async fn comes_true(what: &str, mut is_true: impl FnMut() -> bool) -> Story {
    let waiting = async {
        while !is_true() {
            pause::before_asking_again(pause::BRIEFLY).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .map_err(|_| format!("never came true: {what}"))?;
    Ok(())
}
