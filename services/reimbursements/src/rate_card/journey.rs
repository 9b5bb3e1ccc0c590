//! What miles come to. Cars have a first rate for so many miles of the person's tax year and another
//! after; a journey that reaches the limit is paid at both, and the working shows where.

use contracts::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::price::{Priced, Unpriced, priced, small};
use super::rates::MileageRates;

/// By what someone went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Vehicle {
    /// A car or van, one's own or a friend's.
    Car {
        /// Other people involved who were given a lift.
        #[serde(default)]
        passengers: u8,
    },
    /// A motorcycle.
    Motorcycle,
    /// A bicycle.
    Bicycle,
}

/// Miles to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journey {
    /// How far, in tenths of a mile.
    pub tenths_of_miles: u32,
    /// By what.
    pub vehicle: Vehicle,
    /// How far the person went by car in this tax year before, in tenths of a mile.
    pub car_tenths_before: u32,
}

impl Journey {
    /// How far it goes towards the year's limit.
    pub fn car_tenths(&self) -> u32 {
        match self.vehicle {
            Vehicle::Car { .. } => self.tenths_of_miles,
            Vehicle::Motorcycle | Vehicle::Bicycle => 0,
        }
    }

    pub(super) fn price(&self, rates: &MileageRates) -> Result<Priced, Unpriced> {
        let tenths = i128::from(self.tenths_of_miles);
        let one_rate = |rate: Money, how: &str| {
            let working = format!("{} {how} at {} a mile", miles(tenths), small(rate));
            priced(tenths * i128::from(rate.pence), rate.currency, &working)
        };
        match self.vehicle {
            Vehicle::Car { passengers } => self.by_car(rates, passengers),
            Vehicle::Motorcycle => one_rate(rates.motorcycle, "by motorcycle"),
            Vehicle::Bicycle => one_rate(rates.bicycle, "by bicycle"),
        }
    }

    fn by_car(&self, rates: &MileageRates, passengers: u8) -> Result<Priced, Unpriced> {
        let limit = i128::from(rates.car_first_miles) * 10;
        let left = (limit - i128::from(self.car_tenths_before)).max(0);
        let all = i128::from(self.tenths_of_miles);
        let first = all.min(left);
        let after = all - first;
        let limit = grouped(rates.car_first_miles);
        let (at_first, at_after) = (small(rates.car), small(rates.car_after));
        let beyond = format!("at {at_after} a mile, beyond {limit} miles in the tax year");
        let road = match (first, after) {
            (_, 0) => format!("{} by car at {at_first} a mile", miles(first)),
            (0, _) => format!("{} by car {beyond}", miles(after)),
            (_, _) => format!(
                "{} by car at {at_first} a mile, and {} {beyond}",
                miles(first),
                miles(after)
            ),
        };
        let each = small(rates.passenger);
        let lifts = match passengers {
            0 => String::new(),
            1 => format!("; 1 passenger at {each} a mile"),
            _ => format!("; {passengers} passengers at {each} a mile each"),
        };
        let tenths_of_pence = first * i128::from(rates.car.pence)
            + after * i128::from(rates.car_after.pence)
            + all * i128::from(passengers) * i128::from(rates.passenger.pence);
        priced(tenths_of_pence, rates.car.currency, &format!("{road}{lifts}"))
    }
}

fn miles(tenths: i128) -> String {
    let noun = if tenths == 10 { "mile" } else { "miles" };
    format!("{}.{} {noun}", tenths / 10, tenths % 10)
}

/// With a comma between thousands, as people read figures.
fn grouped(figure: u32) -> String {
    let digits = figure.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::story::Seeded;

    fn car(tenths_of_miles: u32, passengers: u8, car_tenths_before: u32) -> Priced {
        let vehicle = Vehicle::Car { passengers };
        let journey = Journey { tenths_of_miles, vehicle, car_tenths_before };
        journey.price(&rates().mileage).unwrap()
    }

    fn other(tenths_of_miles: u32, vehicle: Vehicle) -> String {
        let journey = Journey { tenths_of_miles, vehicle, car_tenths_before: 200_000 };
        journey.price(&rates().mileage).unwrap().working
    }

    #[test]
    fn miles_by_car_are_paid_at_the_first_rate() {
        let priced = car(124, 0, 0);
        assert_eq!(priced.amount, Money::sterling(682));
        assert_eq!(priced.working, "12.4 miles by car at 55p a mile: £6.82");
        assert_eq!(car(10, 0, 0).working, "1.0 mile by car at 55p a mile: £0.55");
    }

    #[test]
    fn half_a_penny_is_rounded_up_once_and_shown() {
        assert_eq!(
            car(125, 0, 0).working,
            "12.5 miles by car at 55p a mile: 687.5p, rounded to £6.88"
        );
        assert_eq!(
            car(1, 1, 0).working,
            "0.1 miles by car at 55p a mile; 1 passenger at 5p a mile: £0.06"
        );
    }

    #[test]
    fn a_lift_is_paid_for_each_passenger() {
        assert_eq!(
            car(124, 2, 0).working,
            "12.4 miles by car at 55p a mile; 2 passengers at 5p a mile each: £8.06"
        );
    }

    #[test]
    fn a_journey_that_reaches_ten_thousand_miles_is_paid_at_both_rates() {
        assert_eq!(
            car(124, 0, 99_980).working,
            "2.0 miles by car at 55p a mile, and 10.4 miles at 25p a mile, beyond 10,000 miles in \
             the tax year: £3.70"
        );
        assert_eq!(car(20, 0, 99_980).working, "2.0 miles by car at 55p a mile: £1.10");
        assert_eq!(
            car(20, 0, 100_000).working,
            "2.0 miles by car at 25p a mile, beyond 10,000 miles in the tax year: £0.50"
        );
        assert_eq!(car(20, 0, u32::MAX).amount, Money::sterling(50));
    }

    #[test]
    fn motorcycles_and_bicycles_have_one_rate_and_count_towards_no_limit() {
        assert_eq!(
            other(124, Vehicle::Motorcycle),
            "12.4 miles by motorcycle at 24p a mile: 297.6p, rounded to £2.98"
        );
        assert_eq!(other(124, Vehicle::Bicycle), "12.4 miles by bicycle at 20p a mile: £2.48");
        for vehicle in [Vehicle::Motorcycle, Vehicle::Bicycle] {
            let journey = Journey { tenths_of_miles: 124, vehicle, car_tenths_before: 0 };
            assert_eq!(journey.car_tenths(), 0);
        }
    }

    #[test]
    fn no_miles_or_no_rate_come_to_nothing() {
        let price = |tenths_of_miles, mileage: &MileageRates| {
            let vehicle = Vehicle::Bicycle;
            Journey { tenths_of_miles, vehicle, car_tenths_before: 0 }.price(mileage)
        };
        assert_eq!(price(0, &rates().mileage), Err(Unpriced::Nothing));
        let unpaid = MileageRates { bicycle: Money::sterling(0), ..rates().mileage };
        assert_eq!(price(124, &unpaid), Err(Unpriced::Nothing));
        assert_eq!(price(u32::MAX, &rates().mileage), Err(Unpriced::TooMuch));
    }

    /// Reckoned mile by mile instead, and the rounding against its definition.
    #[test]
    fn the_formula_agrees_with_going_along_the_road() {
        for seed in 0..5_000 {
            let mut chance = Seeded(seed);
            let mut draw = |bound| u32::try_from(chance.below(bound)).unwrap();
            let rates = MileageRates {
                car: Money::sterling(i64::from(draw(100))),
                car_first_miles: draw(60),
                car_after: Money::sterling(i64::from(draw(100))),
                passenger: Money::sterling(i64::from(draw(10))),
                ..rates().mileage
            };
            let (before, tenths, passengers) = (draw(700), draw(400), draw(5));
            let road: i64 = (before..before + tenths)
                .map(|at| if at < rates.car_first_miles * 10 { rates.car } else { rates.car_after })
                .map(|rate| rate.pence + i64::from(passengers) * rates.passenger.pence)
                .sum();
            let passengers = u8::try_from(passengers).unwrap();
            let vehicle = Vehicle::Car { passengers };
            let journey = Journey { tenths_of_miles: tenths, vehicle, car_tenths_before: before };
            match journey.price(&rates) {
                Ok(priced) => {
                    let off = priced.amount.pence * 10 - road;
                    assert!((-4..=5).contains(&off), "seed {seed}: {off} tenths of a penny off");
                    let shown = priced.amount.to_string();
                    assert!(priced.working.ends_with(&shown), "seed {seed}: {}", priced.working);
                }
                Err(refused) => {
                    assert_eq!(refused, Unpriced::Nothing, "seed {seed}");
                    assert!(road < 5, "seed {seed}: {road} tenths of a penny are something");
                }
            }
        }
    }

    #[test]
    fn two_journeys_cost_what_the_whole_does_but_for_the_rounding_of_each() {
        for seed in 0..5_000 {
            let mut chance = Seeded(seed);
            let mut draw = |bound| u32::try_from(chance.below(bound)).unwrap();
            let (before, first, second) =
                (99_000 + draw(2_000), 10 + draw(1_500), 10 + draw(1_500));
            let pence = |tenths, before| car(tenths, 0, before).amount.pence;
            let apart = pence(first, before) + pence(second, before + first);
            let whole = pence(first + second, before);
            assert!((apart - whole).abs() <= 1, "seed {seed}: {apart} apart, {whole} together");
        }
    }
}
