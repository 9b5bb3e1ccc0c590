//! What a panel's scores advise on an application, and whether decisions go with it. Advice binds
//! nobody: a panel may decide otherwise, openly and with a reason. Whole numbers only.

use std::collections::BTreeMap;

use contracts::ApplicationId;

use super::{Decided, Decision, Work};

/// What the scores of everyone free to decide say of one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Whether each essential criterion has the least score on average.
    pub essentials_met: bool,
    /// All points given.
    pub points: u64,
    /// By how many members.
    pub members: u64,
}

impl Advice {
    /// Whether the average is above another's.
    pub fn is_above(self, other: Self) -> bool {
        self.points * other.members > other.points * self.members
    }
}

impl Work {
    /// What the scores advise; `None` without a panel.
    pub fn advice(&self, application: ApplicationId) -> Option<Advice> {
        let panel = self.panel.as_ref()?;
        let free = panel.free_to_decide(application);
        let members = u64::try_from(free.len()).unwrap_or(u64::MAX);
        let points_on = |code: &str| -> u64 {
            let sheets = free.iter().filter_map(|it| panel.sheet(*it, application));
            sheets.filter_map(|it| it.scores.get(code)).map(|it| u64::from(it.points)).sum()
        };
        let least = u64::from(panel.rules.essential_minimum) * members;
        let essentials = self.criteria.iter().filter(|it| it.essential);
        Some(Advice {
            essentials_met: essentials.clone().all(|it| points_on(&it.code) >= least),
            points: self.criteria.iter().map(|it| points_on(&it.code)).sum(),
            members,
        })
    }

    /// Whether a decision goes against the scores without saying so: a place for someone who lacks
    /// what is essential, or before someone who scored higher. Two decisions explain each other if
    /// either says that it is outside the panel's advice.
    pub(super) fn goes_against_advice(
        &self,
        application: ApplicationId,
        decided: &Decided,
        others: &BTreeMap<ApplicationId, Decided>,
    ) -> bool {
        let Some(advice) = self.advice(application) else { return false };
        if decided.outside_panel_advice {
            return false;
        }
        let favour = favour(decided.decision);
        if favour > 0 && !advice.essentials_met {
            return true;
        }
        others
            .iter()
            .filter(|(other, it)| **other != application && !it.outside_panel_advice)
            .filter(|(other, _)| self.applicants.applicant(**other).is_ok())
            .filter_map(|(other, it)| Some((self.advice(*other)?, self::favour(it.decision))))
            .any(|(theirs, their_favour)| {
                let passed_over =
                    favour < their_favour && advice.is_above(theirs) && advice.essentials_met;
                let preferred =
                    favour > their_favour && theirs.is_above(advice) && theirs.essentials_met;
                passed_over || preferred
            })
    }
}

/// How much a decision gives.
fn favour(decision: Decision) -> u8 {
    match decision {
        Decision::NotSelected => 0,
        Decision::Reserve { .. } => 1,
        Decision::Offer => 2,
    }
}

#[cfg(test)]
mod stories {
    use super::super::Event;
    use super::super::samples::*;
    use super::*;
    use crate::story::after;

    fn advice(points: u64, members: u64) -> Advice {
        Advice { essentials_met: true, points, members }
    }

    fn of(history: Vec<Event>, application: ApplicationId) -> Advice {
        after::<super::super::Selection>(history).work().unwrap().advice(application).unwrap()
    }

    #[test]
    fn averages_are_compared_and_equals_stand_side_by_side() {
        assert!(advice(6, 2).is_above(advice(8, 3)));
        assert!(!advice(8, 3).is_above(advice(6, 2)));
        assert!(!advice(6, 2).is_above(advice(9, 3)));
        assert!(!advice(9, 3).is_above(advice(6, 2)));
    }

    #[test]
    fn only_scores_of_those_free_to_decide_count() {
        let all = Advice { essentials_met: true, points: 12, members: 2 };
        assert_eq!(of(until_locked(), FROM_ANA), all);
        let without_one = [until_locked(), vec![conflict_declared()]].concat();
        let half = Advice { essentials_met: true, points: 6, members: 1 };
        assert_eq!(of(without_one, FROM_ANA), half);
    }

    #[test]
    fn what_is_essential_is_met_from_the_least_average_on() {
        let with = |points| {
            let scores = vec![
                scored(STAFF, FROM_BEN, "experience", points),
                scored(MEMBER, FROM_BEN, "experience", 1),
            ];
            of([until_formed(), scores].concat(), FROM_BEN).essentials_met
        };
        assert!(with(3));
        assert!(!with(2));
    }
}
