//! Runs a server under a small keeper process that holds a pipe from us: when the pipe closes, by our
//! will or by our death, the keeper stops the server. Knows no particular server.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::account::Account;
use crate::folders::{self, FolderError};
use crate::surroundings;
use crate::wheels::last_lines;

const SCRIPT: &str = include_str!("keeper.sh");
/// What a server may take to stop before it is killed, which loses nothing it had stored: whoever
/// stops a whole system waits for the services first, and for ten seconds in all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// What the keeper may take besides: reaping, and removing a throwaway folder.
const KEEPER_TAKES: Duration = Duration::from_secs(5);
/// How much of the log is read for its last lines.
const TAIL_BYTES: u64 = 8 * 1024;

/// What to run, and how to stop it.
pub(crate) struct KeeperPlan<'a> {
    /// The server's name for people.
    pub server: &'static str,
    pub program: &'a Path,
    pub arguments: Vec<OsString>,
    pub account: Account,
    /// Signal for a clean stop, without `SIG`.
    pub stop_signal: &'static str,
    pub patience: Duration,
    /// Where the server's output goes; the log of the run before is kept beside it.
    pub log: &'a Path,
    /// A marked folder to remove when everything is over.
    pub throwaway: Option<&'a Path>,
}

/// Why nothing runs.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The log cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The shell did not start.
    #[error("cannot start sh to keep {server}")]
    NotStarted {
        /// The server.
        server: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The shell ended before it had started the server.
    #[error("the keeper of {server} ended at once; its log ends with:\n{log_tail}")]
    Silent {
        /// The server.
        server: &'static str,
        /// The last lines.
        log_tail: String,
    },
}

/// How far a kept server has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Running,
    /// The server has ended; its status where the keeper could tell.
    Ended(Option<i32>),
    /// The keeper has ended too.
    Gone,
}

/// A running server. Dropping it stops the server and waits, at most a little longer than the server
/// may take; in asynchronous code `stop` is kinder.
pub(crate) struct Keeper {
    server: &'static str,
    server_pid: u32,
    log: PathBuf,
    patience: Duration,
    pipe: Option<ChildStdin>,
    course: watch::Receiver<Course>,
    /// Closed when the keeper has ended: what a drop can wait on.
    gone: Mutex<mpsc::Receiver<()>>,
}

impl Keeper {
    /// Starts the keeper and, through it, the server. That the server is ready is not yet said.
    pub(crate) async fn start(plan: &KeeperPlan<'_>) -> Result<Keeper, KeeperError> {
        let failed = |source| KeeperError::NotStarted { server: plan.server, source };
        let log = fresh_log(plan.log)?;
        let mut child = command(plan, log).spawn().map_err(failed)?;
        let pipe = child.stdin.take();
        let output = child.stdout.take();
        let (pid_said, pid_heard) = oneshot::channel();
        let (course_told, course) = watch::channel(Course::Running);
        let (alive, gone) = mpsc::channel();
        thread::Builder::new()
            .name(format!("keeper of {}", plan.server))
            .spawn(move || follow(child, output, pid_said, &course_told, alive))
            .map_err(failed)?;
        let Ok(server_pid) = pid_heard.await else {
            return Err(KeeperError::Silent { server: plan.server, log_tail: log_tail(plan.log) });
        };
        Ok(Keeper {
            server: plan.server,
            server_pid,
            log: plan.log.to_owned(),
            patience: plan.patience,
            pipe,
            course,
            gone: Mutex::new(gone),
        })
    }

    /// The server's own process id.
    pub(crate) fn server_pid(&self) -> u32 {
        self.server_pid
    }

    pub(crate) fn is_running(&self) -> bool {
        *self.course.borrow() == Course::Running
    }

    /// Waits until the server has ended, for whatever reason.
    pub(crate) async fn ended(&self) {
        let mut course = self.course.clone();
        // An error means that the thread that follows the keeper is gone, and so is the keeper.
        let _ = course.wait_for(|it| *it != Course::Running).await;
    }

    /// The last lines of the server's log.
    pub(crate) fn log_tail(&self) -> String {
        log_tail(&self.log)
    }

    /// Stops the server and waits until it and its keeper are gone.
    pub(crate) async fn stop(&mut self) {
        self.pipe = None;
        let mut course = self.course.clone();
        let gone = course.wait_for(|it| *it == Course::Gone);
        if tokio::time::timeout(self.longest(), gone).await.is_err() {
            self.complain();
        }
    }

    fn longest(&self) -> Duration {
        self.patience + KEEPER_TAKES
    }

    fn complain(&self) {
        tracing::warn!(
            server = self.server,
            server.pid = self.server_pid,
            "the keeper of {} has not ended in time; it goes on stopping the server by itself",
            self.server
        );
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.pipe = None;
        let longest = self.longest();
        let gone = self.gone.get_mut().unwrap_or_else(PoisonError::into_inner);
        match gone.recv_timeout(longest) {
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => self.complain(),
        }
    }
}

fn command(plan: &KeeperPlan<'_>, log: File) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "keeper", plan.stop_signal])
        .arg(plan.patience.as_secs().to_string())
        .arg(plan.throwaway.unwrap_or(Path::new("")))
        .arg(plan.program)
        .args(&plan.arguments)
        // The servers' account may not be able to enter the folder we are in.
        .current_dir("/")
        .env_clear()
        .envs(surroundings::for_servers())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        // An interrupt typed at a terminal is for us, who then stop the servers in good order.
        .process_group(0);
    plan.account.applied_to(&mut command);
    command
}

/// Follows the keeper from a thread of its own, so that the end of a server is known without asking
/// and the keeper never stays behind as a zombie.
fn follow(
    mut child: Child,
    output: Option<ChildStdout>,
    pid: oneshot::Sender<u32>,
    course: &watch::Sender<Course>,
    alive: mpsc::Sender<()>,
) {
    let mut lines = output.into_iter().flat_map(|output| BufReader::new(output).lines());
    if let Some(Ok(line)) = lines.next()
        && let Ok(server_pid) = line.parse()
    {
        // Nobody hears it where the start was given up meanwhile.
        let _ = pid.send(server_pid);
    }
    let status = match lines.next() {
        Some(Ok(line)) => line.strip_prefix("ended ").and_then(|status| status.parse().ok()),
        Some(Err(_)) | None => None,
    };
    course.send_replace(Course::Ended(status));
    if let Err(error) = child.wait() {
        tracing::warn!(error = %error, "a server's keeper could not be waited for");
    }
    course.send_replace(Course::Gone);
    drop(alive);
}

fn fresh_log(path: &Path) -> Result<File, FolderError> {
    let previous = path.with_added_extension("previous");
    match fs::rename(path, &previous) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(FolderError::io("rename", path)(error)),
    }
    folders::create_new_file(path)
}

/// The last lines of a log.
pub(crate) fn log_tail(log: &Path) -> String {
    last_lines(&end_of(log).unwrap_or_default(), 15)
}

fn end_of(log: &Path) -> io::Result<String> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod stories {
    use super::*;
    use crate::passwords::random_hex;

    /// Starts a shell script as if it were a server.
    async fn kept(script: &str) -> Keeper {
        let log = std::env::temp_dir().join(format!("servers-{}", random_hex::<8>().unwrap()));
        let plan = KeeperPlan {
            server: "a script",
            program: Path::new("/bin/sh"),
            arguments: vec!["-c".into(), script.into()],
            account: Account::for_servers(),
            stop_signal: "TERM",
            patience: Duration::from_secs(1),
            log: &log,
            throwaway: None,
        };
        let keeper = Keeper::start(&plan).await.unwrap();
        fs::remove_file(&log).unwrap();
        keeper
    }

    fn is_alive(pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}")).exists()
    }

    #[tokio::test]
    async fn dropping_a_keeper_stops_its_server() {
        let keeper = kept("exec sleep 60").await;
        let pid = keeper.server_pid();
        assert!(keeper.is_running() && is_alive(pid));
        drop(keeper);
        assert!(!is_alive(pid));
    }

    #[tokio::test]
    async fn a_server_that_ends_by_itself_is_known_to_have_ended() {
        let mut keeper = kept("exit 3").await;
        keeper.ended().await;
        assert!(!keeper.is_running());
        keeper.stop().await;
        assert_eq!(*keeper.course.borrow(), Course::Gone);
    }

    #[tokio::test]
    async fn a_server_that_will_not_stop_is_killed() {
        let script = "trap '' TERM; exec sleep 60";
        let mut keeper = kept(script).await;
        let pid = keeper.server_pid();
        keeper.stop().await;
        assert!(!is_alive(pid));
    }

    #[tokio::test]
    async fn a_frozen_server_is_woken_to_stop() {
        let mut keeper = kept("kill -s STOP $$; exit 0").await;
        let pid = keeper.server_pid();
        keeper.stop().await;
        assert!(!is_alive(pid));
    }
}
