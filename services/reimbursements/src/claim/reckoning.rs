//! What the lines of a claim come to, and which neutral questions they raise by rule. Reckons with
//! the rates of the day of the activity, and with what is known of it; refuses what has no price.

use contracts::Money;

use super::evidence::{Evidence, Mode};
use super::lines::{Item, Line, Question};
use super::refusals::Refusal;
use crate::payment::Totals;
use crate::rate_card::{Cost, Journey, Measure, Priced, Rates, Unpriced, price};

/// Together the longest lines still fit into one event.
pub(super) const LINES_MAX: usize = 25;

/// What lines are reckoned by.
pub(super) struct Reckoning<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) rates: &'a Rates,
}

impl Reckoning<'_> {
    /// Every line of a claim. Miles by car go on counting from line to line.
    pub(super) fn lines(
        &self,
        items: Vec<Item>,
        mut car_tenths_before: u32,
    ) -> Result<Vec<Line>, Refusal> {
        if items.len() > LINES_MAX {
            return Err(Refusal::TooManyLines { lines_max: LINES_MAX });
        }
        let payments = items.iter().filter(|it| matches!(it, Item::InvolvementPayment { .. }));
        if payments.count() > 1 {
            return Err(Refusal::OnePaymentOnly);
        }
        let mut lines = Vec::new();
        for (number, item) in (1..).zip(items) {
            let car_tenths = car_tenths(&item);
            lines.push(self.line(number, item, car_tenths_before)?);
            car_tenths_before = car_tenths_before.saturating_add(car_tenths);
        }
        Ok(lines)
    }

    /// One line.
    pub(super) fn line(
        &self,
        number: u8,
        item: Item,
        car_tenths_before: u32,
    ) -> Result<Line, Refusal> {
        let priced = match &item {
            Item::InvolvementPayment { takes_payment: false, .. } => {
                return Err(Refusal::PaymentNeedsYes);
            }
            Item::InvolvementPayment { takes_payment: true, measure, at_most } => {
                self.payment(number, *measure, *at_most)
            }
            Item::Mileage { tenths_of_miles, vehicle, .. } => {
                let (tenths_of_miles, vehicle) = (*tenths_of_miles, *vehicle);
                let journey = Journey { tenths_of_miles, vehicle, car_tenths_before };
                self.priced(number, &Cost::Journey(journey))
            }
            Item::Fare { amount, .. } => self.priced(number, &Cost::Spent(*amount)),
        };
        let Priced { amount, working } = priced?;
        let question = self.question(&item);
        Ok(Line { number, item, amount, working, question })
    }

    fn payment(
        &self,
        line: u8,
        claimed: Option<Measure>,
        at_most: Option<Money>,
    ) -> Result<Priced, Refusal> {
        let rate = self.evidence.rate.as_deref().ok_or(Refusal::NoPaymentOffered)?;
        let measure = claimed.unwrap_or(self.evidence.measure);
        if !is_within(measure, self.evidence.measure) {
            return Err(Refusal::BeyondRecord { line });
        }
        let priced = self.priced(line, &Cost::Activity { rate, measure })?;
        match at_most {
            Some(wish) if wish.currency != priced.amount.currency => {
                Err(Refusal::OtherCurrency { line })
            }
            Some(wish) if wish.pence <= 0 => Err(Refusal::NotPositive { line }),
            // The working says nothing of what it would have been.
            Some(wish) if wish.pence < priced.amount.pence => {
                Ok(Priced { amount: wish, working: format!("the amount you asked for: {wish}") })
            }
            Some(_) | None => Ok(priced),
        }
    }

    fn priced(&self, line: u8, cost: &Cost<'_>) -> Result<Priced, Refusal> {
        price(self.rates, cost).map_err(|why| match why {
            Unpriced::NoSuchRate => Refusal::NoRateForActivity,
            Unpriced::Nothing => Refusal::NotPositive { line },
            Unpriced::TooMuch => Refusal::TooMuch { line },
            Unpriced::OtherCurrency => Refusal::OtherCurrency { line },
        })
    }

    /// What everyone is asked alike. Costs of access needs are never asked about.
    fn question(&self, item: &Item) -> Option<Question> {
        match item {
            Item::InvolvementPayment { .. }
            | Item::Mileage { access_need: true, .. }
            | Item::Fare { access_need: true, .. } => None,
            Item::Mileage { .. } | Item::Fare { .. }
                if self.evidence.mode == Some(Mode::Remote) =>
            {
                Some(Question::Journey)
            }
            Item::Fare { kind, receipt: false, .. } if self.rates.receipts_for.contains(kind) => {
                Some(Question::Receipt)
            }
            Item::Mileage { .. } | Item::Fare { .. } => None,
        }
    }
}

/// What an item adds to the year's miles by car, in tenths of a mile.
pub fn car_tenths(item: &Item) -> u32 {
    match item {
        Item::Mileage { tenths_of_miles, vehicle, .. } => {
            let (tenths_of_miles, vehicle) = (*tenths_of_miles, *vehicle);
            Journey { tenths_of_miles, vehicle, car_tenths_before: 0 }.car_tenths()
        }
        Item::InvolvementPayment { .. } | Item::Fare { .. } => 0,
    }
}

/// The sums of both kinds over lines that were reckoned by these rates.
pub(super) fn totals<'a>(
    rates: &Rates,
    mut lines: impl Iterator<Item = &'a Line>,
) -> Result<Totals, Refusal> {
    lines.try_fold(Totals::nothing(rates.currency()), |totals, it| {
        let refusal = Refusal::OtherCurrency { line: it.number };
        totals.with(it.item.kind(), it.amount).ok_or(refusal)
    })
}

fn is_within(claimed: Measure, known: Measure) -> bool {
    match (claimed, known) {
        (Measure::Time { minutes }, Measure::Time { minutes: known }) => minutes <= known,
        (Measure::Pieces { pieces }, Measure::Pieces { pieces: known }) => pieces <= known,
        (Measure::Time { .. }, Measure::Pieces { .. })
        | (Measure::Pieces { .. }, Measure::Time { .. }) => false,
    }
}

#[cfg(test)]
mod stories {
    use contracts::money::Currency;

    use super::super::Event;
    use super::super::events::Submitted;
    use super::super::samples::*;
    use super::*;
    use crate::rate_card::samples::rates;
    use crate::rate_card::{FareKind, Vehicle};

    fn reckoned(items: Vec<Item>) -> Result<Vec<Line>, Refusal> {
        reckoned_with(items, |_| ())
    }

    fn reckoned_with(
        items: Vec<Item>,
        change: impl FnOnce(&mut Evidence),
    ) -> Result<Vec<Line>, Refusal> {
        let mut evidence = evidence();
        change(&mut evidence);
        Reckoning { evidence: &evidence, rates: &rates() }.lines(items, 0)
    }

    fn paid(measure: Option<Measure>, pence_at_most: Option<i64>) -> Item {
        let at_most = pence_at_most.map(Money::sterling);
        Item::InvolvementPayment { takes_payment: true, measure, at_most }
    }

    fn minutes(minutes: u32) -> Measure {
        Measure::Time { minutes }
    }

    fn first(lines: Result<Vec<Line>, Refusal>) -> (i64, String) {
        let line = lines.unwrap().remove(0);
        (line.amount.pence, line.working)
    }

    #[test]
    fn no_payment_is_made_without_the_person_s_yes() {
        let unasked =
            Item::InvolvementPayment { takes_payment: false, measure: None, at_most: None };
        assert_eq!(reckoned(vec![unasked]), Err(Refusal::PaymentNeedsYes));
    }

    #[test]
    fn who_wants_less_is_paid_less_and_what_it_would_have_been_stands_nowhere() {
        let (pence, working) = first(reckoned(vec![paid(None, Some(5_000))]));
        assert_eq!((pence, working.as_str()), (5_000, "the amount you asked for: £50.00"));
        for more in [7_500, 20_000] {
            assert_eq!(first(reckoned(vec![paid(None, Some(more))])).0, 7_500);
        }
        for nothing in [0, -1] {
            assert_eq!(
                reckoned(vec![paid(None, Some(nothing))]),
                Err(Refusal::NotPositive { line: 1 })
            );
        }
        let at_most = Some(Money { pence: 5_000, currency: Currency::Eur });
        let euro = Item::InvolvementPayment { takes_payment: true, measure: None, at_most };
        assert_eq!(reckoned(vec![euro]), Err(Refusal::OtherCurrency { line: 1 }));
    }

    #[test]
    fn time_is_paid_as_far_as_it_was_noted() {
        assert_eq!(first(reckoned(vec![paid(Some(minutes(240)), None)])).0, 7_500);
        assert_eq!(
            reckoned(vec![by_car(1), paid(Some(minutes(241)), None)]),
            Err(Refusal::BeyondRecord { line: 2 })
        );
        let pieces = Some(Measure::Pieces { pieces: 1 });
        assert_eq!(reckoned(vec![paid(pieces, None)]), Err(Refusal::BeyondRecord { line: 1 }));
        let longer = |evidence: &mut Evidence| evidence.measure = Measure::Time { minutes: 241 };
        assert_eq!(first(reckoned_with(vec![paid(None, None)], longer)).0, 15_000);
        assert_eq!(first(reckoned_with(vec![paid(Some(minutes(200)), None)], longer)).0, 7_500);
    }

    #[test]
    fn work_is_paid_by_the_piece() {
        let reading = |evidence: &mut Evidence| {
            evidence.measure = Measure::Pieces { pieces: 2 };
            evidence.rate = Some("reading".to_owned());
            evidence.mode = None;
        };
        assert_eq!(first(reckoned_with(vec![paid(None, None)], reading)).0, 5_000);
        let three = Some(Measure::Pieces { pieces: 3 });
        assert_eq!(
            reckoned_with(vec![paid(three, None)], reading),
            Err(Refusal::BeyondRecord { line: 1 })
        );
        assert_eq!(
            reckoned_with(vec![paid(Some(minutes(1)), None)], reading),
            Err(Refusal::BeyondRecord { line: 1 })
        );
    }

    #[test]
    fn a_payment_is_made_where_one_was_offered_and_at_its_rate() {
        assert_eq!(
            reckoned_with(vec![payment()], |it| it.rate = None),
            Err(Refusal::NoPaymentOffered)
        );
        assert_eq!(
            reckoned_with(vec![payment()], |it| it.rate = Some("unheard_of".to_owned())),
            Err(Refusal::NoRateForActivity)
        );
        assert!(reckoned_with(vec![by_car(10)], |it| it.rate = None).is_ok());
    }

    #[test]
    fn one_activity_has_one_payment() {
        assert_eq!(reckoned(vec![payment(), payment()]), Err(Refusal::OnePaymentOnly));
    }

    #[test]
    fn an_amount_is_more_than_nothing_and_not_absurd() {
        for (item, refusal) in [
            (fare(FareKind::Bus, 0, true), Refusal::NotPositive { line: 2 }),
            (fare(FareKind::Bus, -320, true), Refusal::NotPositive { line: 2 }),
            (by_car(0), Refusal::NotPositive { line: 2 }),
            (fare(FareKind::Bus, 10_000_001, true), Refusal::TooMuch { line: 2 }),
            (by_car(u32::MAX), Refusal::TooMuch { line: 2 }),
        ] {
            assert_eq!(reckoned(vec![by_car(10), item]), Err(refusal));
        }
        let amount = Money { pence: 320, currency: Currency::Eur };
        let (kind, receipt, access_need, note) = (FareKind::Bus, true, false, None);
        let euro = Item::Fare { kind, amount, receipt, access_need, note };
        assert_eq!(reckoned(vec![euro]), Err(Refusal::OtherCurrency { line: 1 }));
    }

    #[test]
    fn miles_go_on_counting_from_line_to_line() {
        let bicycle = Item::Mileage {
            tenths_of_miles: 1_000,
            vehicle: Vehicle::Bicycle,
            access_need: false,
            note: None,
        };
        let items = vec![by_car(99_990), bicycle, by_car(20)];
        let lines = reckoned(items).unwrap();
        // A mile at 55p, the other at 25p.
        assert_eq!(lines[2].amount, Money::sterling(80));
    }

    #[test]
    fn a_fare_without_its_receipt_is_asked_about_and_a_bus_is_not() {
        for (kind, receipt, question) in [
            (FareKind::Taxi, false, Some(Question::Receipt)),
            (FareKind::Taxi, true, None),
            (FareKind::Train, false, Some(Question::Receipt)),
            (FareKind::Parking, false, Some(Question::Receipt)),
            (FareKind::Bus, false, None),
        ] {
            assert_eq!(reckoned(vec![fare(kind, 320, receipt)]).unwrap()[0].question, question);
        }
    }

    #[test]
    fn a_journey_to_what_took_place_online_is_asked_about() {
        let online = |it: &mut Evidence| it.mode = Some(Mode::Remote);
        let lines =
            reckoned_with(vec![payment(), by_car(10), fare(FareKind::Taxi, 320, false)], online);
        let questions: Vec<_> = lines.unwrap().into_iter().map(|it| it.question).collect();
        assert_eq!(questions, [None, Some(Question::Journey), Some(Question::Journey)]);
        let mixed = |it: &mut Evidence| it.mode = Some(Mode::Mixed);
        assert_eq!(reckoned_with(vec![by_car(10)], mixed).unwrap()[0].question, None);
    }

    #[test]
    fn costs_of_access_needs_are_never_asked_about() {
        let taxi = Item::Fare {
            kind: FareKind::Taxi,
            amount: Money::sterling(1_200),
            receipt: false,
            access_need: true,
            note: None,
        };
        let miles = Item::Mileage {
            tenths_of_miles: 10,
            vehicle: Vehicle::Car { passengers: 0 },
            access_need: true,
            note: None,
        };
        let online = |it: &mut Evidence| it.mode = Some(Mode::Remote);
        let lines = reckoned_with(vec![taxi, miles], online).unwrap();
        assert!(lines.iter().all(|it| it.question.is_none()));
    }

    #[test]
    fn a_question_suspects_nobody() {
        for question in [Question::Receipt, Question::Journey] {
            let asked = question.to_string();
            assert!(asked.contains("tell us in a few words"), "{asked}");
        }
        let asked = Question::Asked { words: QUESTION.to_owned() };
        assert_eq!(asked.to_string(), QUESTION);
    }

    #[test]
    fn the_longest_claim_that_is_taken_fits_into_one_event() {
        const EVENT_BYTES_MAX: usize = 256 * 1024;
        // A note of 1,000 characters of four bytes each, its nonce and its tag, in base64.
        let longest_note = "A".repeat((4_000 + 12 + 16) * 4 / 3 + 4);
        let item = Item::Fare {
            kind: FareKind::Parking,
            amount: Money::sterling(10_000_000),
            receipt: false,
            access_need: false,
            note: Some(note(&longest_note)),
        };
        let lines = reckoned(vec![item.clone(); LINES_MAX]).unwrap();
        let late_because = Some("\u{1f642}".repeat(2_000));
        let event = Event::Submitted(Box::new(Submitted { lines, late_because, ..submitted_as() }));
        let (_, payload) = contracts::fact::write(&event).unwrap();
        assert!(payload.len() < EVENT_BYTES_MAX, "{} bytes", payload.len());
        assert_eq!(
            reckoned(vec![item; LINES_MAX + 1]),
            Err(Refusal::TooManyLines { lines_max: 25 })
        );
    }
}
