//! Which card holds for an activity: the one in force on its day, not on the day it is claimed.

use contracts::RateCardId;
use jiff::civil::Date;

use super::PutInForce;

/// A card that was put in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Which.
    pub card: RateCardId,
    /// For which days.
    pub days: PutInForce,
    /// Where in the log it was put in force.
    pub position: i64,
}

/// The card that holds on a day: of those that hold, the one that began last. Where two began on the
/// same day, the one put in force later corrects the earlier; so a rise with effect back in time
/// takes the place of what held from that day.
pub fn in_force(cards: &[InForce], on: Date) -> Option<&InForce> {
    cards
        .iter()
        .filter(|it| it.days.from <= on)
        .max_by_key(|it| (it.days.from, it.position))
        .filter(|it| it.days.to.is_none_or(|to| on <= to))
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    const OLD: RateCardId = RateCardId::new(Uuid::from_u128(1));
    const NEW: RateCardId = RateCardId::new(Uuid::from_u128(2));

    fn card(card: RateCardId, from: Date, to: Option<Date>, position: i64) -> InForce {
        InForce { card, days: PutInForce { from, to }, position }
    }

    #[test]
    fn the_day_of_the_activity_chooses_the_card() {
        let cards = [card(OLD, date(2026, 4, 6), None, 1), card(NEW, date(2027, 4, 6), None, 2)];
        let on = |day| in_force(&cards, day).map(|it| it.card);
        assert_eq!(on(date(2026, 4, 5)), None);
        assert_eq!(on(date(2026, 4, 6)), Some(OLD));
        assert_eq!(on(date(2027, 4, 5)), Some(OLD));
        assert_eq!(on(date(2027, 4, 6)), Some(NEW));
    }

    #[test]
    fn a_rise_with_effect_back_in_time_takes_the_place_of_what_held() {
        let cards = [card(OLD, date(2026, 4, 6), None, 1), card(NEW, date(2026, 4, 6), None, 9)];
        assert_eq!(in_force(&cards, date(2026, 5, 1)).map(|it| it.card), Some(NEW));
    }

    #[test]
    fn a_card_that_has_ended_holds_no_longer_and_nothing_holds_in_its_stead() {
        let cards = [
            card(OLD, date(2026, 4, 6), None, 1),
            card(NEW, date(2027, 4, 6), Some(date(2027, 4, 30)), 2),
        ];
        assert_eq!(in_force(&cards, date(2027, 4, 30)).map(|it| it.card), Some(NEW));
        assert_eq!(in_force(&cards, date(2027, 5, 1)), None);
    }
}
