//! Servers of an earlier run that still live on a data folder because even their keeper was killed.
//! Touches a process only when its command line names that very folder.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::keeper::PATIENCE;
use crate::pause;
use crate::start::StartError;

/// How long a killed process may take to vanish.
const AFTER_KILL: Duration = Duration::from_secs(5);
/// How long sessions may take to notice that their server is gone. Frozen ones never do.
const SESSIONS_NOTICE: Duration = Duration::from_millis(500);

/// Stops the server that wrote `pid_file`, if it still runs with `marker` in its command line.
pub(crate) async fn stop_leftover(
    server: &'static str,
    pid_file: &Path,
    marker: &Path,
    stop_signal: &str,
) -> Result<(), StartError> {
    let Some(pid) = pid_in(pid_file) else { return Ok(()) };
    if !runs_on(pid, marker) {
        return Ok(());
    }
    tracing::warn!(server, server.pid = pid, "stopping {server} of an earlier run");
    for (signal, patience) in [(stop_signal, PATIENCE), ("KILL", AFTER_KILL)] {
        send(signal, pid).await?;
        if tokio::time::timeout(patience, ended(pid, marker)).await.is_ok() {
            return Ok(());
        }
    }
    Err(StartError::Leftover { server, pid })
}

/// Ends what is left of a Postgres whose first process is gone: its sessions hold the shared memory,
/// and a new server will not start beside them. To be called only while no server runs on `cluster`.
pub(crate) async fn end_sessions(server: &'static str, cluster: &Path) -> Result<(), StartError> {
    let gone = async {
        while !sessions_on(cluster).is_empty() {
            pause::before_asking_again().await;
        }
    };
    if tokio::time::timeout(SESSIONS_NOTICE, gone).await.is_ok() {
        return Ok(());
    }
    let killed = async {
        loop {
            let sessions = sessions_on(cluster);
            if sessions.is_empty() {
                return Ok(());
            }
            for pid in sessions {
                send("KILL", pid).await?;
            }
            pause::before_asking_again().await;
        }
    };
    let pid = sessions_on(cluster).first().copied().unwrap_or_default();
    let late = |_| Err(StartError::Leftover { server, pid });
    tokio::time::timeout(AFTER_KILL, killed).await.unwrap_or_else(late)
}

/// Processes of Postgres that work in this cluster; its first process and its sessions all do. Their
/// command lines do not name it.
fn sessions_on(cluster: &Path) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        fs::read(format!("/proc/{pid}/comm")).is_ok_and(|name| name == b"postgres\n")
            && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster)
    })
    .collect()
}

/// The first line of a pid file.
fn pid_in(pid_file: &Path) -> Option<u32> {
    fs::read_to_string(pid_file).ok()?.lines().next()?.trim().parse().ok()
}

/// Process ids are used again; only the command line says that this is the server we mean. That of a
/// zombie is empty.
fn runs_on(pid: u32, marker: &Path) -> bool {
    let marker = marker.as_os_str().as_bytes();
    fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.split(|byte| *byte == 0).any(|argument| argument == marker))
}

async fn ended(pid: u32, marker: &Path) {
    while runs_on(pid, marker) {
        pause::before_asking_again().await;
    }
}

async fn send(signal: &str, pid: u32) -> Result<(), StartError> {
    // `kill` of the shell, since a program of that name is not on every machine. That it fails where
    // the process has just ended is fine: what counts is looked at afterwards.
    Command::new("sh")
        .args(["-c", "kill -s \"$1\" \"$2\"", "kill", signal, &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .map(drop)
        .map_err(|source| StartError::Program { program: "sh", source })
}
