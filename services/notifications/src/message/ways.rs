//! By which ways a message leaves, and what keeps one from leaving. Nothing here is personal: no
//! address, no name, no answer of a server in its own words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a message leaves the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Through the mail server.
    Smtp,
    /// As an e-mail in a file.
    MailFile,
    /// As a letter in a file, for printing.
    LetterFile,
}

/// A file in the exports folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its name, which tells nothing.
    pub name: String,
    /// When it is removed.
    pub keep_until: Timestamp,
}

/// How a message left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Left {
    /// The mail server took it.
    Smtp {
        /// What the server calls it, where it said so and it holds no address.
        reference: Option<String>,
    },
    /// It lies in the exports folder as an e-mail.
    MailFile {
        /// Where.
        file: KeptFile,
    },
    /// It lies in the exports folder as a letter.
    LetterFile {
        /// Where.
        file: KeptFile,
    },
}

impl Left {
    /// The file it lies in, if it does.
    pub fn file(self) -> Option<KeptFile> {
        match self {
            Self::Smtp { reference: _ } => None,
            Self::MailFile { file } | Self::LetterFile { file } => Some(file),
        }
    }
}

/// Why a message certainly did not leave. Names are permanent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FailureReason {
    /// The mail server did not answer, or would not have us as we came.
    ServerUnavailable,
    /// The mail server said: not now.
    RefusedForNow {
        /// Its code, from 400.
        code: u16,
    },
    /// The mail server said: never.
    RefusedForGood {
        /// Its code, from 500.
        code: u16,
    },
    /// What was given as an address is none that mail could go to.
    AddressUnusable,
    /// The keys could not be asked for.
    KeysUnavailable,
    /// The person's details cannot be opened; they may have been forgotten.
    CannotBeOpened,
    /// The exports folder could not be written.
    FolderUnavailable,
}

impl FailureReason {
    /// The permanent name, the same that serde writes.
    pub fn code(self) -> &'static str {
        match self {
            Self::ServerUnavailable => "server_unavailable",
            Self::RefusedForNow { code: _ } => "refused_for_now",
            Self::RefusedForGood { code: _ } => "refused_for_good",
            Self::AddressUnusable => "address_unusable",
            Self::KeysUnavailable => "keys_unavailable",
            Self::CannotBeOpened => "cannot_be_opened",
            Self::FolderUnavailable => "folder_unavailable",
        }
    }

    /// The sentence staff read.
    pub fn text(self) -> String {
        match self {
            Self::ServerUnavailable => "The mail server could not be reached.".to_owned(),
            Self::RefusedForNow { code } => {
                format!("The mail server did not take it for now (its answer was {code}).")
            }
            Self::RefusedForGood { code } => format!(
                "The mail server did not take it (its answer was {code}). Please check the address \
                 with the person."
            ),
            Self::AddressUnusable => {
                "Mail cannot go to this address. Please check it with the person.".to_owned()
            }
            Self::KeysUnavailable => {
                "The person's details could not be opened just now.".to_owned()
            }
            Self::CannotBeOpened => "The person's details cannot be opened any more.".to_owned(),
            Self::FolderUnavailable => "The folder for files could not be written.".to_owned(),
        }
    }

    /// Whether waiting may help.
    pub fn may_pass(self) -> bool {
        match self {
            Self::ServerUnavailable
            | Self::RefusedForNow { .. }
            | Self::KeysUnavailable
            | Self::FolderUnavailable => true,
            Self::RefusedForGood { .. } | Self::AddressUnusable | Self::CannotBeOpened => false,
        }
    }
}

/// Why a message is for a human to give. Names are permanent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The person wants to be rung.
    ToBeRung,
    /// The person wants text messages, which nothing here can send.
    ToBeTexted,
    /// The person reads or hears in a format that nothing here can make.
    FormatToBeMade,
    /// Nothing is known here of the person yet.
    RecipientUnknown,
}

impl HoldReason {
    /// The permanent name, the same that serde writes.
    pub fn code(self) -> &'static str {
        match self {
            Self::ToBeRung => "to_be_rung",
            Self::ToBeTexted => "to_be_texted",
            Self::FormatToBeMade => "format_to_be_made",
            Self::RecipientUnknown => "recipient_unknown",
        }
    }

    /// The sentence staff read.
    pub fn text(self) -> &'static str {
        match self {
            Self::ToBeRung => "The person wants to be told by telephone. Please ring them.",
            Self::ToBeTexted => "The person wants text messages. Please send one by hand.",
            Self::FormatToBeMade => {
                "The person needs this in a format that has to be made by hand. Please have it made."
            }
            Self::RecipientUnknown => {
                "Nobody has told this service yet how to reach the person. It goes on by itself once \
                 that is known."
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn names_are_stored_as_they_are_told() {
        for reason in [
            FailureReason::ServerUnavailable,
            FailureReason::RefusedForNow { code: 451 },
            FailureReason::RefusedForGood { code: 550 },
            FailureReason::AddressUnusable,
            FailureReason::KeysUnavailable,
            FailureReason::CannotBeOpened,
            FailureReason::FolderUnavailable,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap()["kind"], reason.code());
            assert!(reason.text().ends_with('.'));
        }
        for reason in [
            HoldReason::ToBeRung,
            HoldReason::ToBeTexted,
            HoldReason::FormatToBeMade,
            HoldReason::RecipientUnknown,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert!(reason.text().ends_with('.'));
        }
    }
}
