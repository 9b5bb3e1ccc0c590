//! Versions as servers print them, compared part by part.

use std::fmt;

/// The oldest Postgres whose settings this system relies on.
pub(crate) const POSTGRES_MINIMUM: Version = Version { major: 17, minor: 0, patch: 0 };
/// The first NATS with atomic batches that survive a restart.
pub(crate) const NATS_MINIMUM: Version = Version { major: 2, minor: 12, patch: 1 };

/// A version of up to three numbers; what is not said counts as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub patch: u32,
}

impl Version {
    /// Finds the version in what a program says of itself, such as `postgres (PostgreSQL) 18.6` or
    /// `nats-server: v2.15.1`.
    pub fn found_in(text: &str) -> Option<Version> {
        let word = text
            .split_whitespace()
            .map(|word| word.strip_prefix('v').unwrap_or(word))
            .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
        let mut parts = word.split('.').map(leading_number);
        let major = parts.next()??;
        let mut next = || parts.next().flatten().unwrap_or(0);
        Some(Version { major, minor: next(), patch: next() })
    }

    /// Postgres's number form, 180006 for 18.6.
    pub(crate) fn of_postgres_number(number: i32) -> Version {
        let number = u32::try_from(number).unwrap_or(0);
        Version { major: number / 10_000, minor: number % 10_000, patch: 0 }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 { write!(formatter, ".{}", self.patch) } else { Ok(()) }
    }
}

fn leading_number(part: &str) -> Option<u32> {
    let digits = part.find(|it: char| !it.is_ascii_digit()).map_or(part, |end| &part[..end]);
    digits.parse().ok()
}

#[cfg(test)]
mod stories {
    use super::*;

    fn version(major: u32, minor: u32, patch: u32) -> Version {
        Version { major, minor, patch }
    }

    #[test]
    fn versions_are_found_in_what_servers_print() {
        let found = [
            ("postgres (PostgreSQL) 18.6", version(18, 6, 0)),
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", version(15, 18, 0)),
            ("postgres (PostgreSQL) 19beta2", version(19, 0, 0)),
            ("nats-server: v2.15.1", version(2, 15, 1)),
            ("2.12.0-RC.3", version(2, 12, 0)),
        ];
        for (text, expected) in found {
            assert_eq!(Version::found_in(text), Some(expected), "{text}");
        }
        assert_eq!(Version::found_in("no such option"), None);
    }

    #[test]
    fn a_later_number_in_front_outweighs_those_behind() {
        assert!(version(2, 12, 0) < NATS_MINIMUM);
        assert!(version(2, 13, 0) > NATS_MINIMUM);
        assert!(Version::of_postgres_number(160_013) < POSTGRES_MINIMUM);
        assert_eq!(Version::of_postgres_number(180_006), version(18, 6, 0));
    }
}
