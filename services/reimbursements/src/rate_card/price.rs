//! What one line comes to by a card, and the working that is shown beside it. Rounded half-up, once,
//! at the end of the line; there is no floating point anywhere near it.

use contracts::Money;
use contracts::money::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::journey::Journey;
use super::rates::{Band, Basis, Edge, Rates, UpTo};

/// No line is ever worth more; one that is was mistyped.
const LINE_PENCE_MAX: i128 = 10_000_000;

/// How long something took, or how much of it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A length of time.
    Time {
        /// How long.
        minutes: u32,
    },
    /// Pieces of work, such as documents read.
    Pieces {
        /// How many.
        pieces: u16,
    },
}

/// What is to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost<'a> {
    /// Time or work.
    Activity {
        /// The code of the rate it is paid by.
        rate: &'a str,
        /// How much of it.
        measure: Measure,
    },
    /// Miles.
    Journey(Journey),
    /// What someone spent.
    Spent(Money),
}

/// What a line comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// The amount, always more than nothing.
    pub amount: Money,
    /// How it was reckoned, in words for the person paid.
    pub working: String,
}

/// Why a line has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpriced {
    /// The card has no rate of this code, or one that is reckoned otherwise.
    #[error("the card has no such rate")]
    NoSuchRate,
    /// It comes to nothing, or to less.
    #[error("the line comes to nothing")]
    Nothing,
    /// It comes to more than any line is worth.
    #[error("the line comes to more than any line is worth")]
    TooMuch,
    /// It was spent in a currency other than the card's.
    #[error("the line is in another currency than the card")]
    OtherCurrency,
}

/// What `cost` comes to by these rates.
pub fn price(rates: &Rates, cost: &Cost<'_>) -> Result<Priced, Unpriced> {
    match cost {
        Cost::Activity { rate, measure } => {
            let rate = rates.payment(rate).ok_or(Unpriced::NoSuchRate)?;
            match (&rate.basis, *measure) {
                (Basis::ByTime { bands }, Measure::Time { minutes }) => by_time(bands, minutes),
                (Basis::PerPiece { amount }, Measure::Pieces { pieces }) => {
                    per_piece(*amount, pieces)
                }
                (Basis::ByTime { .. }, Measure::Pieces { .. })
                | (Basis::PerPiece { .. }, Measure::Time { .. }) => Err(Unpriced::NoSuchRate),
            }
        }
        Cost::Journey(journey) => journey.price(&rates.mileage),
        Cost::Spent(amount) if amount.currency != rates.currency() => Err(Unpriced::OtherCurrency),
        Cost::Spent(amount) => priced(i128::from(amount.pence) * 10, amount.currency, "as paid"),
    }
}

fn by_time(bands: &[Band], minutes: u32) -> Result<Priced, Unpriced> {
    if minutes == 0 {
        return Err(Unpriced::Nothing);
    }
    let mut after = None;
    for band in bands {
        if band.up_to.is_none_or(|end| reaches(end, minutes)) {
            let working = format!("{}, paid as {}", duration(minutes), stretch(after, band.up_to));
            return priced(i128::from(band.amount.pence) * 10, band.amount.currency, &working);
        }
        after = band.up_to;
    }
    Err(Unpriced::NoSuchRate)
}

fn reaches(end: UpTo, minutes: u32) -> bool {
    match end.edge {
        Edge::Inclusive => minutes <= end.minutes,
        Edge::Exclusive => minutes < end.minutes,
    }
}

fn per_piece(amount: Money, pieces: u16) -> Result<Priced, Unpriced> {
    let working = match pieces {
        1 => format!("1 piece of work at {amount}"),
        _ => format!("{pieces} pieces of work at {amount} each"),
    };
    priced(i128::from(amount.pence) * i128::from(pieces) * 10, amount.currency, &working)
}

/// From tenths of a penny, which is as fine as tenths of a mile at whole pence can be.
pub(super) fn priced(
    tenths_of_pence: i128,
    currency: Currency,
    working: &str,
) -> Result<Priced, Unpriced> {
    let pence = (tenths_of_pence + 5).div_euclid(10);
    if pence > LINE_PENCE_MAX {
        return Err(Unpriced::TooMuch);
    }
    let pence = i64::try_from(pence).map_err(|_| Unpriced::Nothing)?;
    if pence <= 0 {
        return Err(Unpriced::Nothing);
    }
    let amount = Money { pence, currency };
    let (whole, tenth) = (tenths_of_pence.div_euclid(10), tenths_of_pence.rem_euclid(10));
    let working = if tenth == 0 {
        format!("{working}: {amount}")
    } else {
        format!("{working}: {whole}.{tenth}{}, rounded to {amount}", sign_of_hundredths(currency))
    };
    Ok(Priced { amount, working })
}

/// A small amount as people say it, such as `55p`.
pub(super) fn small(amount: Money) -> String {
    if (0..100).contains(&amount.pence) {
        format!("{}{}", amount.pence, sign_of_hundredths(amount.currency))
    } else {
        amount.to_string()
    }
}

fn sign_of_hundredths(currency: Currency) -> &'static str {
    match currency {
        Currency::Gbp => "p",
        Currency::Eur => "c",
    }
}

fn duration(minutes: u32) -> String {
    let counted = |count: u32, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {one}s")),
    };
    let parts = [counted(minutes / 60, "hour"), counted(minutes % 60, "minute")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A band in words, such as "more than 4 hours".
fn stretch(after: Option<UpTo>, up_to: Option<UpTo>) -> String {
    let from = after.map(|it| match it.edge {
        Edge::Inclusive => format!("more than {}", duration(it.minutes)),
        Edge::Exclusive => format!("{} or longer", duration(it.minutes)),
    });
    let to = up_to.map(|it| match it.edge {
        Edge::Inclusive => format!("up to and including {}", duration(it.minutes)),
        Edge::Exclusive => format!("less than {}", duration(it.minutes)),
    });
    match (from, to) {
        (None, None) => "any length".to_owned(),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(from), Some(to)) => format!("{from}, {to}"),
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{MileageRates, PaymentRate};
    use super::*;
    use crate::story::Seeded;

    fn of(rate: &str, measure: Measure) -> Result<Priced, Unpriced> {
        price(&rates(), &Cost::Activity { rate, measure })
    }

    fn minutes(rate: &str, minutes: u32) -> String {
        of(rate, Measure::Time { minutes }).unwrap().amount.to_string()
    }

    fn working(rate: &str, minutes: u32) -> String {
        of(rate, Measure::Time { minutes }).unwrap().working
    }

    #[test]
    fn a_contributor_s_four_hours_are_a_half_day_and_a_minute_more_is_a_day() {
        assert_eq!(minutes("meeting", 240), "£75.00");
        assert_eq!(minutes("meeting", 241), "£150.00");
        assert_eq!(minutes("meeting", 1), "£75.00");
        assert_eq!(minutes("meeting", 1_440), "£150.00");
    }

    #[test]
    fn a_decision_maker_s_edge_lies_at_the_same_minute() {
        assert_eq!(minutes("decision_meeting", 240), "£150.00");
        assert_eq!(minutes("decision_meeting", 241), "£300.00");
    }

    #[test]
    fn where_the_edge_is_exclusive_exactly_four_hours_are_a_day() {
        assert_eq!(minutes("lay_member_meeting", 239), "£75.00");
        assert_eq!(minutes("lay_member_meeting", 240), "£150.00");
    }

    #[test]
    fn a_band_without_end_pays_any_length() {
        assert_eq!(minutes("review_meeting", 15), "£40.00");
        assert_eq!(minutes("review_meeting", 600), "£40.00");
        assert_eq!(working("review_meeting", 15), "15 minutes, paid as any length: £40.00");
    }

    #[test]
    fn the_working_names_the_time_and_the_band() {
        assert_eq!(working("meeting", 240), "4 hours, paid as up to and including 4 hours: £75.00");
        assert_eq!(working("meeting", 241), "4 hours 1 minute, paid as more than 4 hours: £150.00");
        assert_eq!(
            working("lay_member_meeting", 239),
            "3 hours 59 minutes, paid as less than 4 hours: £75.00"
        );
        assert_eq!(
            working("lay_member_meeting", 61),
            "1 hour 1 minute, paid as less than 4 hours: £75.00"
        );
        assert_eq!(
            working("lay_member_meeting", 300),
            "5 hours, paid as 4 hours or longer: £150.00"
        );
        assert_eq!(
            working("three_bands", 120),
            "2 hours, paid as more than 1 hour, up to and including 4 hours: £20.00"
        );
    }

    #[test]
    fn reading_is_paid_by_the_document() {
        let pieces = |pieces| of("reading", Measure::Pieces { pieces }).unwrap();
        assert_eq!(pieces(1).amount, Money::sterling(2_500));
        assert_eq!(pieces(1).working, "1 piece of work at £25.00: £25.00");
        assert_eq!(pieces(3).working, "3 pieces of work at £25.00 each: £75.00");
    }

    #[test]
    fn nothing_is_paid_for_nothing() {
        assert_eq!(of("meeting", Measure::Time { minutes: 0 }), Err(Unpriced::Nothing));
        assert_eq!(of("reading", Measure::Pieces { pieces: 0 }), Err(Unpriced::Nothing));
        for pence in [0, -1, i64::MIN] {
            let spent = Cost::Spent(Money::sterling(pence));
            assert_eq!(price(&rates(), &spent), Err(Unpriced::Nothing));
        }
    }

    #[test]
    fn what_the_card_does_not_name_or_reckons_otherwise_has_no_price() {
        let time = Measure::Time { minutes: 60 };
        for (rate, measure) in
            [("unheard_of", time), ("reading", time), ("meeting", Measure::Pieces { pieces: 1 })]
        {
            assert_eq!(of(rate, measure), Err(Unpriced::NoSuchRate));
        }
        let broken = PaymentRate {
            code: "broken".to_owned(),
            name: "Broken".to_owned(),
            basis: Basis::ByTime { bands: Vec::new() },
        };
        let rates = Rates { payments: vec![broken], ..rates() };
        let cost = Cost::Activity { rate: "broken", measure: time };
        assert_eq!(price(&rates, &cost), Err(Unpriced::NoSuchRate));
    }

    #[test]
    fn what_was_spent_is_given_back_as_it_was_paid() {
        let spent = |amount| price(&rates(), &Cost::Spent(amount));
        let fare = spent(Money::sterling(320)).unwrap();
        assert_eq!((fare.amount, fare.working.as_str()), (Money::sterling(320), "as paid: £3.20"));
        let euro = Money { pence: 320, currency: Currency::Eur };
        assert_eq!(spent(euro), Err(Unpriced::OtherCurrency));
        assert!(spent(Money::sterling(10_000_000)).is_ok());
        assert_eq!(spent(Money::sterling(10_000_001)), Err(Unpriced::TooMuch));
        assert_eq!(spent(Money::sterling(i64::MAX)), Err(Unpriced::TooMuch));
    }

    #[test]
    fn a_trust_across_the_border_pays_in_euro() {
        let cent = |pence| Money { pence, currency: Currency::Eur };
        let mileage = MileageRates { car: cent(55), bicycle: cent(25), ..rates().mileage };
        let rates = Rates { mileage, ..rates() };
        let journey = Journey {
            tenths_of_miles: 25,
            vehicle: super::super::Vehicle::Bicycle,
            car_tenths_before: 0,
        };
        assert_eq!(
            price(&rates, &Cost::Journey(journey)).unwrap().working,
            "2.5 miles by bicycle at 25c a mile: 62.5c, rounded to €0.63"
        );
    }

    /// A longer activity is never paid less by bands that rise, and an edge moves one minute only.
    #[test]
    fn bands_pay_every_minute_of_any_length_and_never_less_for_more() {
        for seed in 0..3_000 {
            let mut chance = Seeded(seed);
            let mut end = 0;
            let mut pence = 0;
            let mut bands = Vec::new();
            for _ in 0..chance.below(5) {
                end += 1 + u32::try_from(chance.below(300)).unwrap();
                pence += 1 + i64::try_from(chance.below(20_000)).unwrap();
                let edge = chance.one_of(&[Edge::Inclusive, Edge::Exclusive]);
                let up_to = Some(UpTo { minutes: end, edge });
                bands.push(Band { up_to, amount: Money::sterling(pence) });
            }
            bands.push(Band { up_to: None, amount: Money::sterling(pence + 1) });
            let mut last = 0;
            let ends = bands.iter().filter_map(|it| it.up_to).map(|it| it.minutes);
            let around = ends.flat_map(|it| [it - 1, it, it + 1]).filter(|it| *it > 0);
            let lengths: std::collections::BTreeSet<u32> = around.chain([end + 2]).collect();
            for minutes in lengths {
                let paid = by_time(&bands, minutes).unwrap().amount.pence;
                let counted = bands
                    .iter()
                    .filter_map(|it| it.up_to)
                    .filter(|it| match it.edge {
                        Edge::Inclusive => it.minutes < minutes,
                        Edge::Exclusive => it.minutes <= minutes,
                    })
                    .count();
                let expected = bands[counted].amount.pence;
                assert_eq!(paid, expected, "seed {seed}, {minutes} minutes");
                assert!(paid >= last, "seed {seed}, {minutes} minutes");
                last = paid;
            }
        }
    }
}
