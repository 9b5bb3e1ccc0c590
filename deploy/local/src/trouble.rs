//! Everything that can end the launcher, and how it is said: one sentence, causes included.

use std::error::Error;

use crate::adverts::AdvertsTrouble;
use crate::folder::FolderTrouble;
use crate::renew::RenewTrouble;
use crate::service_process::ProcessTrouble;
use crate::story::StoryTrouble;
use crate::system::SystemTrouble;
use crate::verify::VerifyTrouble;
use crate::views::ViewsTrouble;

/// Why the launcher ends without having done what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// A file of adverts.
    #[error(transparent)]
    Adverts(#[from] AdvertsTrouble),
    /// The servers or services.
    #[error(transparent)]
    System(#[from] SystemTrouble),
    /// The story.
    #[error(transparent)]
    Story(#[from] StoryTrouble),
    /// The verification.
    #[error(transparent)]
    Verify(#[from] VerifyTrouble),
    /// The making anew of streams.
    #[error(transparent)]
    Renew(#[from] RenewTrouble),
    /// The looking after views.
    #[error(transparent)]
    Views(#[from] ViewsTrouble),
    /// A service's own process.
    #[error(transparent)]
    Process(#[from] ProcessTrouble),
    /// Signals cannot be heard.
    #[error("signals cannot be heard")]
    Signals(#[source] std::io::Error),
    /// The working folder is gone.
    #[error("the working folder cannot be found; go to another one")]
    WorkingFolder(#[source] std::io::Error),
    /// Somebody stopped it before it was done.
    #[error("stopped before it was done; the data are kept")]
    Interrupted,
    /// A history was changed.
    #[error("a history is not what was written; compare it with a backup")]
    ChainBroken,
    /// Something is missing on this machine.
    #[error("something is missing on this machine; what to do stands above")]
    Unwell,
}

impl Trouble {
    /// The error and its causes, as one sentence. A cause that was said already is not said again.
    pub fn told(&self) -> String {
        let mut told = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !told.contains(&text) {
                told = format!("{told}: {text}");
            }
            cause = error.source();
        }
        told
    }
}
