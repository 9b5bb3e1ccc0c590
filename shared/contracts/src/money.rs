//! Money is whole pence with its currency; there is no floating point anywhere near it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The currency of an amount. Trusts on the Irish border work with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Currency {
    /// Pounds sterling.
    #[serde(rename = "GBP")]
    Gbp,
    /// Euro.
    #[serde(rename = "EUR")]
    Eur,
}

/// An amount in the hundredth part of its currency. Stored with the amount as text, so that no
/// reader on the way can turn it into a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// Pence or cent; text in JSON, such as `"7500"`.
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    #[schema(value_type = String, example = "7500", pattern = "^-?[0-9]{1,19}$")]
    pub pence: i64,
    /// Which currency.
    pub currency: Currency,
}

impl Money {
    /// So many pence sterling.
    pub const fn sterling(pence: i64) -> Self {
        Self { pence, currency: Currency::Gbp }
    }

    /// The sum, or `None` where currencies differ or the sum leaves the range.
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        self.pence.checked_add(other.pence).map(|pence| Self { pence, currency: self.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.pence < 0 { "-" } else { "" };
        let symbol = match self.currency {
            Currency::Gbp => '£',
            Currency::Eur => '€',
        };
        let pence = self.pence.unsigned_abs();
        write!(f, "{sign}{symbol}{}.{:02}", pence / 100, pence % 100)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn as_text<S: Serializer>(pence: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(pence)
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    let pence: i64 = text.parse().map_err(serde::de::Error::custom)?;
    // One amount is written in one way, so that no reader takes "007" or "+7" for something else.
    if pence.to_string() == text {
        Ok(pence)
    } else {
        Err(serde::de::Error::custom("an amount is written as digits alone"))
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn an_amount_travels_as_text_and_reads_as_people_write_it() {
        let half_day = Money::sterling(7500);
        let json = serde_json::to_string(&half_day).unwrap();
        assert_eq!(json, r#"{"pence":"7500","currency":"GBP"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), half_day);
        assert_eq!(half_day.to_string(), "£75.00");
        assert_eq!(Money::sterling(-5).to_string(), "-£0.05");
        for odd in
            ["75.0", r#""+75""#, r#""075""#, r#""-0""#, r#"" 75""#, r#""9223372036854775808""#]
        {
            let json = format!(r#"{{"pence":{odd},"currency":"GBP"}}"#);
            assert!(serde_json::from_str::<Money>(&json).is_err(), "{odd}");
        }
    }
}
