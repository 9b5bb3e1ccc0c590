//! What can be wrong with a card's figures: each with a permanent code for machines and a plain
//! sentence for the person who can mend it.

use std::fmt;

use contracts::Money;

use super::rates::{Band, Basis, Rates};

/// No band and no piece of work is paid more highly; one that is was mistyped.
const PAYMENT_PENCE_MAX: i64 = 1_000_000;
/// No mile is.
const MILE_PENCE_MAX: i64 = 1_000;
/// A year has no more minutes.
const BAND_MINUTES_MAX: u32 = 527_040;
/// Nobody drives further in a year.
const FIRST_MILES_MAX: u32 = 1_000_000;

/// One thing by which nobody could be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    /// Two rates of one code: nobody could tell which holds.
    CodeTwice,
    /// Paid by time, and no time is named.
    NoBands,
    /// A band that ends where an earlier one does, or before.
    BandsNotRising,
    /// The longest activity falls into no band.
    LastBandEnds,
    /// Longer activities could never be reached.
    BandAfterTheLast,
    /// A payment of nothing, or of less.
    NotPositive,
    /// A mile that costs the person.
    MileBelowNothing,
    /// More than anyone is paid.
    TooMuch,
    /// Pounds and euro on one card.
    Currencies,
}

impl Nonsense {
    /// The permanent name for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::CodeTwice => "code_twice",
            Self::NoBands => "no_bands",
            Self::BandsNotRising => "bands_not_rising",
            Self::LastBandEnds => "last_band_ends",
            Self::BandAfterTheLast => "band_after_the_last",
            Self::NotPositive => "not_positive",
            Self::MileBelowNothing => "mile_below_nothing",
            Self::TooMuch => "too_much",
            Self::Currencies => "currencies",
        }
    }
}

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CodeTwice => "two payment rates have the same code",
            Self::NoBands => "a rate by time has at least one band",
            Self::BandsNotRising => "each band ends later than the one before it",
            Self::LastBandEnds => "the last band has no end, so that every length is paid",
            Self::BandAfterTheLast => "only the last band has no end",
            Self::NotPositive => "an involvement payment is more than nothing",
            Self::MileBelowNothing => "a mile is never paid with less than nothing",
            Self::TooMuch => "a figure is higher than anyone is paid",
            Self::Currencies => "all figures of a card are in one currency",
        })
    }
}

/// Everything that does not fit, each once.
pub(super) fn in_rates(rates: &Rates) -> Vec<Nonsense> {
    let bases = || rates.payments.iter().map(|it| &it.basis);
    let bands = || bases().filter_map(bands_of);
    let mileage = &rates.mileage;
    let miles =
        [mileage.car, mileage.car_after, mileage.passenger, mileage.motorcycle, mileage.bicycle];
    let payments: Vec<Money> = bases().flat_map(amounts).collect();
    let too_long = |it: &Band| it.up_to.is_some_and(|it| it.minutes > BAND_MINUTES_MAX);
    let too_much = payments.iter().any(|it| it.pence > PAYMENT_PENCE_MAX)
        || miles.iter().any(|it| it.pence > MILE_PENCE_MAX)
        || mileage.car_first_miles > FIRST_MILES_MAX
        || bands().flatten().any(too_long);
    let code_twice = (0..).zip(&rates.payments).any(|(place, it)| {
        rates.payments.iter().take(place).any(|earlier| earlier.code == it.code)
    });
    let currency = rates.currency();
    let checks = [
        (code_twice, Nonsense::CodeTwice),
        (bands().any(<[Band]>::is_empty), Nonsense::NoBands),
        (bands().any(|it| !rise(it)), Nonsense::BandsNotRising),
        (
            bands().any(|it| it.last().is_some_and(|last| last.up_to.is_some())),
            Nonsense::LastBandEnds,
        ),
        (
            bands().any(|it| it.iter().rev().skip(1).any(|earlier| earlier.up_to.is_none())),
            Nonsense::BandAfterTheLast,
        ),
        (payments.iter().any(|it| it.pence <= 0), Nonsense::NotPositive),
        (miles.iter().any(|it| it.pence < 0), Nonsense::MileBelowNothing),
        (too_much, Nonsense::TooMuch),
        (payments.iter().chain(&miles).any(|it| it.currency != currency), Nonsense::Currencies),
    ];
    checks.into_iter().filter(|(holds, _)| *holds).map(|(_, nonsense)| nonsense).collect()
}

fn bands_of(basis: &Basis) -> Option<&[Band]> {
    match basis {
        Basis::ByTime { bands } => Some(bands),
        Basis::PerPiece { .. } => None,
    }
}

fn amounts(basis: &Basis) -> Vec<Money> {
    match basis {
        Basis::ByTime { bands } => bands.iter().map(|it| it.amount).collect(),
        Basis::PerPiece { amount } => vec![*amount],
    }
}

fn rise(bands: &[Band]) -> bool {
    let ends: Vec<u32> = bands.iter().filter_map(|it| it.up_to).map(|it| it.minutes).collect();
    ends.first().is_none_or(|first| *first > 0) && ends.is_sorted_by(|one, next| one < next)
}

#[cfg(test)]
mod stories {
    use contracts::money::Currency;

    use super::super::rates::{Edge, UpTo};
    use super::super::samples::*;
    use super::*;

    fn found(change: impl FnOnce(&mut Rates)) -> Vec<Nonsense> {
        let mut rates = rates();
        change(&mut rates);
        in_rates(&rates)
    }

    fn found_in(bands: &[(u32, i64)]) -> Vec<Nonsense> {
        let band = |(minutes, pence): &(u32, i64)| Band {
            up_to: (*minutes != FOREVER)
                .then_some(UpTo { minutes: *minutes, edge: Edge::Inclusive }),
            amount: Money::sterling(*pence),
        };
        let bands = bands.iter().map(band).collect();
        found(|it| it.payments[0].basis = Basis::ByTime { bands })
    }

    const FOREVER: u32 = u32::MAX;

    #[test]
    fn the_published_figures_make_sense() {
        assert_eq!(found(|_| ()), []);
        assert_eq!(found(|it| it.payments.clear()), []);
        assert_eq!(found_in(&[(FOREVER, 4_000)]), []);
    }

    #[test]
    fn bands_rise_and_the_last_has_no_end() {
        assert_eq!(found_in(&[]), [Nonsense::NoBands]);
        assert_eq!(found_in(&[(240, 1), (480, 2)]), [Nonsense::LastBandEnds]);
        assert_eq!(found_in(&[(240, 1), (240, 2), (FOREVER, 3)]), [Nonsense::BandsNotRising]);
        assert_eq!(found_in(&[(0, 1), (FOREVER, 3)]), [Nonsense::BandsNotRising]);
        assert_eq!(found_in(&[(FOREVER, 1), (FOREVER, 2)]), [Nonsense::BandAfterTheLast]);
        assert_eq!(found_in(&[(527_041, 1), (FOREVER, 2)]), [Nonsense::TooMuch]);
    }

    #[test]
    fn a_payment_is_more_than_nothing_and_a_mile_not_less() {
        assert_eq!(found_in(&[(FOREVER, 0)]), [Nonsense::NotPositive]);
        assert_eq!(found_in(&[(FOREVER, -1)]), [Nonsense::NotPositive]);
        assert_eq!(found(|it| it.mileage.passenger = Money::sterling(0)), []);
        assert_eq!(
            found(|it| it.mileage.passenger = Money::sterling(-1)),
            [Nonsense::MileBelowNothing]
        );
    }

    #[test]
    fn what_nobody_is_paid_was_mistyped() {
        assert_eq!(found_in(&[(FOREVER, 1_000_000)]), []);
        assert_eq!(found_in(&[(FOREVER, 1_000_001)]), [Nonsense::TooMuch]);
        assert_eq!(found(|it| it.mileage.car = Money::sterling(1_001)), [Nonsense::TooMuch]);
        assert_eq!(found(|it| it.mileage.car_first_miles = 1_000_001), [Nonsense::TooMuch]);
    }

    #[test]
    fn a_card_has_one_currency_and_each_code_once() {
        let euro = Money { pence: 25, currency: Currency::Eur };
        assert_eq!(found(|it| it.mileage.car_after = euro), [Nonsense::Currencies]);
        assert_eq!(
            found(|it| it.payments[1].code = it.payments[0].code.clone()),
            [Nonsense::CodeTwice]
        );
    }
}
