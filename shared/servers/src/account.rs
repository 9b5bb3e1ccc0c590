//! Under whose account the servers run. Postgres refuses root, so root starts both servers as the
//! system's unprivileged user; everybody else starts them as themselves.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown, fchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// User and group id of `nobody`, present on every Linux system that has a user list at all.
pub const UNPRIVILEGED_ID: u32 = 65_534;

/// Whom the servers run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The user who runs this process.
    Own,
    /// `nobody`, because this process runs as root.
    Unprivileged,
}

impl Account {
    /// The account for servers started by this process.
    pub fn for_servers() -> Account {
        if user_id() == Some(0) { Account::Unprivileged } else { Account::Own }
    }

    /// Makes a command run under this account, without supplementary groups.
    pub(crate) fn applied_to(self, command: &mut Command) {
        match self {
            Account::Own => {}
            Account::Unprivileged => {
                command.uid(UNPRIVILEGED_ID).gid(UNPRIVILEGED_ID);
            }
        }
    }

    /// Gives a folder to this account.
    pub(crate) fn takes_folder(self, path: &Path) -> io::Result<()> {
        match self {
            Account::Own => Ok(()),
            Account::Unprivileged => chown(path, Some(UNPRIVILEGED_ID), Some(UNPRIVILEGED_ID)),
        }
    }

    /// Gives an open file to this account.
    pub(crate) fn takes_file(self, file: &File) -> io::Result<()> {
        match self {
            Account::Own => Ok(()),
            Account::Unprivileged => fchown(file, Some(UNPRIVILEGED_ID), Some(UNPRIVILEGED_ID)),
        }
    }
}

/// Who runs this process; not known where the system shows no process list.
pub(crate) fn user_id() -> Option<u32> {
    fs::metadata("/proc/self").ok().map(|process| process.uid())
}
