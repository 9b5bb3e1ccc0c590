//! What can be wrong with a setting's values: each with a permanent code for machines and a plain
//! sentence for the person who can mend it. Decides nothing.

use std::fmt;

/// One thing that nobody could keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    /// A window in which a letter could hardly be answered.
    WindowTooShort,
    /// A window that nobody would see the end of.
    WindowTooLong,
    /// A reminder after the window has closed.
    RemindedAfterItCloses,
}

impl Nonsense {
    /// The permanent name for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::WindowTooShort => "window_too_short",
            Self::WindowTooLong => "window_too_long",
            Self::RemindedAfterItCloses => "reminded_after_it_closes",
        }
    }
}

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WindowTooShort => "people have at least 28 days in which to claim",
            Self::WindowTooLong => "people have at most two years in which to claim",
            Self::RemindedAfterItCloses => {
                "people are reminded before the time to claim has passed"
            }
        })
    }
}
