//! Starts everything and stays up until told to stop, or until something has ended that cannot be
//! mended. Says where everything is and how to act as each sample person.

use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::UpOptions;
use crate::console::Console;
use crate::folder::DataFolder;
use crate::people::{Person, with_accounts};
use crate::system::{System, SystemTrouble};
use crate::trouble::Trouble;

/// The signals that end this process in good order.
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Hears them from now on.
    pub fn new() -> Result<Self, Trouble> {
        let hear = |kind| signal(kind).map_err(Trouble::Signals);
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    /// Waits for the first.
    pub async fn come(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Starts everything and stays up.
pub async fn run(options: &UpOptions, console: Console) -> Result<(), Trouble> {
    let mut signals = Signals::new()?;
    let folder = DataFolder::choose(options.data_dir.as_deref())?;
    let claim = folder.claim()?;
    let system = tokio::select! {
        system = System::start(&folder, claim, console) => system?,
        () = signals.come() => return Err(Trouble::Interrupted),
    };
    stay(system, &mut signals, console).await
}

/// Says where everything is, stays up, and stops in good order.
pub async fn stay(system: System, signals: &mut Signals, console: Console) -> Result<(), Trouble> {
    for line in whereabouts(&system) {
        console.line(&line);
    }
    let broken: Option<SystemTrouble> = tokio::select! {
        () = signals.come() => None,
        trouble = system.breaks() => Some(trouble),
    };
    console.line("Stopping …");
    system.stop().await;
    console.line("Everything has stopped; the data are kept.");
    broken.map_or(Ok(()), |trouble| Err(trouble.into()))
}

fn whereabouts(system: &System) -> Vec<String> {
    let folder = &system.folder;
    let mut lines = vec![String::new(), "Where everything is".to_owned()];
    for (service, url) in &system.urls {
        lines.push(format!("  {service:<16} {url} (described at {url}/openapi.json)"));
        if let Some(metrics) = system.metrics.get(service) {
            lines.push(format!("  {:<16} {metrics} (explained in deploy/observe)", ""));
        }
    }
    lines.push(format!("  {:<16} {}", "sign-in", system.sign_in.issuer().keys_url()));
    lines.push(format!("  {:<16} {}", "data", folder.path().display()));
    lines.push(format!("  {:<16} {}", "logs", folder.path().join("logs").display()));
    lines.push(String::new());
    lines.push("Act as any of these people".to_owned());
    for person in with_accounts() {
        if let Some(line) = curl(system, &person) {
            lines.push(format!("  {}, {}", person.name, person.what));
            lines.push(format!("    {line}"));
        }
    }
    lines.push(String::new());
    lines.push("Ctrl-C stops everything.".to_owned());
    lines
}

fn curl(system: &System, person: &Person) -> Option<String> {
    let (service, path) = person.looks_at;
    let url = system.urls.get(service)?;
    let token = quoted(&system.folder.token(person.subject));
    Some(format!("curl -s -H \"authorization: Bearer $(cat {token})\" {url}{path}"))
}

/// A path as a shell reads it back.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |it: char| it.is_alphanumeric() || "/._-".contains(it);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod stories {
    use std::path::Path;

    use super::quoted;

    #[test]
    fn a_path_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(Path::new("/srv/data-1/a.b")), "/srv/data-1/a.b");
        assert_eq!(quoted(Path::new("/a b/it's")), "'/a b/it'\\''s'");
    }
}
