//! How a message leaves: through the mail server, or into the exports folder. A person's values are
//! opened here, at the last moment, and go nowhere else. What became of it is told as it is known:
//! left, certainly not left, or unknown.

pub mod email;
pub mod exports;
pub mod letter;
pub mod smtp;

use std::sync::Arc;

use boot::StartError;
use contracts::MessageId;
use contracts::personal::{PersonName, Sealable};
use contracts::recruitment::{Format, HowToReach};
use contracts::sealed::Sealed;
use jiff::Timestamp;
use vault::{KeyError, OpenError, Vault};

use crate::config::Config;
use crate::kinds::{Content, Voice};
use crate::message::{FailureReason, KeptFile, Left, Way};
use crate::views::recipient::Recipient;

pub use email::Envelope;
pub use exports::Exports;
pub use smtp::MailServer;

/// Everything by which messages leave.
pub struct Transport {
    mail_server: Option<MailServer>,
    exports: Exports,
    envelope: Envelope,
    voice: Voice,
    vault: Arc<Vault>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has left.
    Left(Left),
    /// It certainly has not.
    Failed(FailureReason),
    /// It may have.
    Unknown,
}

/// One attempt at one message.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// Which message.
    pub message: MessageId,
    /// Which attempt.
    pub attempt: u16,
    /// How it leaves.
    pub by: Way,
    /// What it says.
    pub content: &'a Content,
    /// Now.
    pub now: Timestamp,
}

impl Transport {
    /// From what the service was told. Nothing is connected yet: a mail server that is away is met
    /// when there is something to send.
    pub async fn new(config: &Config, vault: Arc<Vault>) -> Result<Self, StartError> {
        let own = |error| StartError::Own(error);
        let envelope = Envelope::new(&config.sender).map_err(|error| own(Box::new(error)))?;
        let mail_server = match &config.smtp {
            None => None,
            Some(smtp) => Some(
                MailServer::new(smtp, envelope.domain()).map_err(|error| own(Box::new(error)))?,
            ),
        };
        let exports = Exports::open(&config.exports).await.map_err(|error| own(Box::new(error)))?;
        let voice =
            Voice { sender: config.sender.clone(), crisis_line: config.crisis_line.clone() };
        Ok(Self { mail_server, exports, envelope, voice, vault })
    }

    /// How e-mail leaves this installation.
    pub fn mail_leaves(&self) -> Way {
        if self.mail_server.is_some() { Way::Smtp } else { Way::MailFile }
    }

    /// In whose words people are told.
    pub fn voice(&self) -> &Voice {
        &self.voice
    }

    /// The folder files leave through.
    pub fn exports(&self) -> &Exports {
        &self.exports
    }

    /// Sends it. Whoever calls has written down before that it may leave.
    pub async fn send(&self, parcel: Parcel<'_>, to: &Recipient) -> Outcome {
        match self.hand_over(parcel, to).await {
            Ok(outcome) => outcome,
            Err(reason) => Outcome::Failed(reason),
        }
    }

    /// Where a message leaves a trace that can be asked for, this asks: the file of the attempt.
    pub async fn look_for(&self, parcel: Parcel<'_>) -> Outcome {
        let file = match parcel.by {
            Way::Smtp => return Outcome::Unknown,
            Way::MailFile | Way::LetterFile => self.file_of(parcel),
        };
        match self.exports.holds(&file.name).await {
            Ok(true) => Outcome::Left(left_as(parcel.by, file)),
            Ok(false) | Err(_) => Outcome::Unknown,
        }
    }

    async fn hand_over(
        &self,
        parcel: Parcel<'_>,
        to: &Recipient,
    ) -> Result<Outcome, FailureReason> {
        let name: PersonName = self.open(&to.name).await?;
        let writing = parcel.content.writing(&self.voice);
        match (&to.how_to_reach, parcel.by) {
            (HowToReach::Email { address }, Way::Smtp | Way::MailFile) => {
                let address = self.open(address).await?;
                let mail = self.envelope.fill(parcel, &writing, &name, &address, &self.voice)?;
                match &self.mail_server {
                    Some(server) => Ok(Box::pin(server.send(&mail)).await),
                    None => self.put(parcel, &mail.formatted()).await,
                }
            }
            (HowToReach::Letter { address }, Way::LetterFile) => {
                let address = self.open(address).await?;
                let large = to.formats.contains(&Format::LargePrint);
                let on = eventstore::clock::local_date(parcel.now);
                let page = letter::write(&writing, &name, &address, &self.voice, on, large);
                self.put(parcel, page.as_bytes()).await
            }
            (
                HowToReach::Email { .. }
                | HowToReach::Letter { .. }
                | HowToReach::Phone { .. }
                | HowToReach::Text { .. },
                Way::Smtp | Way::MailFile | Way::LetterFile,
            ) => Err(FailureReason::AddressUnusable),
        }
    }

    async fn put(&self, parcel: Parcel<'_>, content: &[u8]) -> Result<Outcome, FailureReason> {
        let file = self.file_of(parcel);
        match self.exports.put(&file.name, content).await {
            Ok(()) => Ok(Outcome::Left(left_as(parcel.by, file))),
            Err(error) => {
                tracing::error!(message.id = %parcel.message, %error, "a file cannot be written");
                Err(FailureReason::FolderUnavailable)
            }
        }
    }

    fn file_of(&self, parcel: Parcel<'_>) -> KeptFile {
        let ending = match parcel.by {
            Way::Smtp | Way::MailFile => "eml",
            Way::LetterFile => "html",
        };
        // Only what is sent again says which time it is, so that no earlier file is taken for it.
        let name = if parcel.attempt <= 1 {
            format!("{}.{ending}", parcel.message)
        } else {
            format!("{}-{}.{ending}", parcel.message, parcel.attempt)
        };
        KeptFile { name, keep_until: self.exports.keep_until(parcel.now) }
    }

    async fn open<T: Sealable>(&self, sealed: &Sealed<T>) -> Result<T, FailureReason> {
        self.vault.open(sealed).await.map_err(|error| {
            tracing::warn!(person.id = %sealed.person, %error, "a personal value does not open");
            match error {
                OpenError::Key(KeyError::Unavailable(_)) => FailureReason::KeysUnavailable,
                OpenError::Key(
                    KeyError::Destroyed { .. }
                    | KeyError::NotAllowed { .. }
                    | KeyError::Missing { .. }
                    | KeyError::OtherKek { .. }
                    | KeyError::Damaged { .. }
                    | KeyError::NotMade { .. },
                )
                | OpenError::Tampered { .. }
                | OpenError::Unreadable { .. } => FailureReason::CannotBeOpened,
            }
        })
    }
}

fn left_as(by: Way, file: KeptFile) -> Left {
    match by {
        Way::Smtp | Way::MailFile => Left::MailFile { file },
        Way::LetterFile => Left::LetterFile { file },
    }
}
