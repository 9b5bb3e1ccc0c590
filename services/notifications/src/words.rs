//! Who besides its person reads what a message says. Where it tells of money, or of what came of an
//! application, reaching its person is not enough: claims and applications are shown by their own
//! services, to fewer people. Staff read such words while it is for them to give them, and auditors
//! read them as they read every log.

use web::Role;

use crate::message::Errand;

/// What staff read in place of words that are not for them.
pub const KEPT_FOR_ITS_PERSON: &str = "What it says is for its person. Staff see it while it is for \
     them to read out, to text or to make into a format.";

/// Whether somebody who reaches the person by this role may read the words of the message now.
pub fn are_open_to(role: &str, errand: &Errand) -> bool {
    !errand.content.tells_of_money_or_outcome()
        || errand.stage.is_for_staff_to_put_into_words()
        || role == Role::Auditor.name()
}

#[cfg(test)]
mod stories {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kinds::Content;
    use crate::kinds::samples::one_of_each;
    use crate::message::samples::errand;
    use crate::message::{FailureReason, HoldReason, Stage, Way};

    fn held(reason: HoldReason) -> Stage {
        Stage::Held { reason, formats: BTreeSet::new() }
    }

    /// Every stage in which nobody on the staff gives the person words.
    fn out_of_their_hands() -> [Stage; 9] {
        [
            Stage::Planned,
            Stage::Attempted { by: Way::Smtp },
            Stage::Sent,
            Stage::Failed {
                reason: FailureReason::RefusedForGood { code: 550 },
                try_again_at: None,
            },
            Stage::Unknown,
            held(HoldReason::RecipientUnknown),
            Stage::LetterReady,
            Stage::Told,
            Stage::SetAside,
        ]
    }

    fn confided() -> Vec<Content> {
        one_of_each().into_iter().filter(Content::tells_of_money_or_outcome).collect()
    }

    #[test]
    fn words_about_money_and_outcomes_are_read_by_staff_while_they_are_to_give_them() {
        assert!(confided().len() >= 5);
        for content in confided() {
            for role in ["coordinator", "engagement_lead"] {
                for reason in
                    [HoldReason::ToBeRung, HoldReason::ToBeTexted, HoldReason::FormatToBeMade]
                {
                    assert!(are_open_to(role, &errand(content.clone(), held(reason))));
                }
                for stage in out_of_their_hands() {
                    assert!(!are_open_to(role, &errand(content.clone(), stage)), "{content:?}");
                }
            }
        }
    }

    #[test]
    fn an_auditor_reads_all_words_and_whoever_reaches_the_person_all_others() {
        for content in one_of_each() {
            for stage in out_of_their_hands() {
                assert!(are_open_to("auditor", &errand(content.clone(), stage.clone())));
                let confided = content.tells_of_money_or_outcome();
                assert_eq!(are_open_to("coordinator", &errand(content.clone(), stage)), !confided);
            }
        }
    }
}
