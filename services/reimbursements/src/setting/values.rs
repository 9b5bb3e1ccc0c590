//! The settings of this service and what each may hold. Nothing here is free text or free JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ClaimWindow, Nonsense};

/// From which the ids of this service's settings are derived.
const SETTINGS: Uuid = Uuid::from_u128(0x7365_7474_696e_6773_5f6f_665f_7265_696d);

/// One setting's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Values {
    /// For how long people can claim.
    ClaimWindow(ClaimWindow),
}

impl Values {
    /// Which setting they are for.
    pub fn name(&self) -> Name {
        match self {
            Self::ClaimWindow(_) => Name::ClaimWindow,
        }
    }

    pub(super) fn nonsense(&self) -> Vec<Nonsense> {
        match self {
            Self::ClaimWindow(it) => it.nonsense(),
        }
    }
}

/// Names a setting. Its `Display` is permanent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// For how long people can claim.
    ClaimWindow,
}

impl Name {
    /// The setting's stream.
    pub fn stream(self) -> Uuid {
        Uuid::new_v5(&SETTINGS, self.to_string().as_bytes())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClaimWindow => "claim_window",
        })
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn a_setting_keeps_its_stream() {
        let stream = Name::ClaimWindow.stream().to_string();
        assert_eq!(stream, "12d915a4-b597-57ae-b947-134badcf2d44");
    }
}
