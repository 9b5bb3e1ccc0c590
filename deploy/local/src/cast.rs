//! Who of the sample people plays what part: chosen by whom the advert is for, so that nobody applies
//! for a place that is not for them.

use contracts::opportunities::Constituency;

use crate::people::{AMIRA, EDITH, Involvee, JOAN, KATE, MARCUS, NIA, OWEN, Person, SUNITA};

/// Whoever may apply by themselves, in the order in which parts are given out. Peter is not among
/// them, as he sits on the panel.
static ONLINE: [Involvee; 7] = [AMIRA, JOAN, MARCUS, SUNITA, OWEN, KATE, NIA];
static ON_PAPER: Involvee = EDITH;

/// The parts; one that nobody can play is left out of the story.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// Is chosen first, and accepts.
    pub first: &'static Involvee,
    /// Is chosen too; declines where there is a place to decline.
    pub second: Option<&'static Involvee>,
    /// Is kept in mind.
    pub in_reserve: Option<&'static Involvee>,
    /// Applies and withdraws.
    pub withdraws: Option<&'static Involvee>,
    /// Applies on paper, and is not selected.
    pub on_paper: Option<&'static Involvee>,
    /// Comes a minute too late.
    pub too_late: Option<&'static Involvee>,
}

impl Cast {
    /// The cast of an advert that is for these people; none where nobody is among them.
    pub fn of(open_to: &[Constituency]) -> Option<Self> {
        let suits = |one: &&'static Involvee| open_to.contains(&one.constituency);
        let mut online = ONLINE.iter().filter(suits);
        let cast = Self {
            first: online.next()?,
            second: online.next(),
            in_reserve: online.next(),
            withdraws: online.next(),
            on_paper: Some(&ON_PAPER).filter(suits),
            too_late: online.next_back(),
        };
        Some(cast)
    }

    /// Everybody who applies by themselves and in time, in the order of the parts.
    pub fn online(&self) -> impl Iterator<Item = &'static Involvee> {
        let Self { first, second, in_reserve, withdraws, on_paper: _, too_late: _ } = *self;
        [Some(first), second, in_reserve, withdraws].into_iter().flatten()
    }

    /// How many parts are played.
    pub fn parts(&self) -> usize {
        self.online().chain(self.on_paper).chain(self.too_late).count()
    }

    /// Whether it is this part that somebody plays.
    pub fn plays(part: Option<&Involvee>, who: &Person) -> bool {
        part.is_some_and(|it| it.person.subject == who.subject)
    }

    /// What is left out because nobody can play it.
    pub fn left_out(&self) -> Option<String> {
        let parts = [
            (self.second.is_none(), "is chosen beside the first"),
            (self.in_reserve.is_none(), "is kept in mind"),
            (self.withdraws.is_none(), "withdraws"),
            (self.on_paper.is_none(), "applies on paper"),
            (self.too_late.is_none(), "comes too late"),
        ];
        let missing: Vec<_> =
            parts.into_iter().filter_map(|(is_missing, part)| is_missing.then_some(part)).collect();
        let (last, others) = missing.split_last()?;
        let parts = if others.is_empty() {
            (*last).to_owned()
        } else {
            format!("{} or {last}", others.join(", "))
        };
        Some(format!("too few of the sample people are whom this advert is for: nobody {parts}"))
    }
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::Constituency;

    use super::Cast;

    const EVERYBODY: [Constituency; 3] =
        [Constituency::ServiceUser, Constituency::Carer, Constituency::Public];

    fn names(cast: &Cast) -> Vec<&'static str> {
        let all = cast.online().chain(cast.on_paper).chain(cast.too_late);
        all.map(|it| it.person.subject).collect()
    }

    #[test]
    fn an_advert_for_everybody_has_every_part() {
        let cast = Cast::of(&EVERYBODY).unwrap();
        assert_eq!(
            names(&cast),
            [
                "amira.hassan",
                "joan.fletcher",
                "marcus.bell",
                "sunita.rao",
                "edith.moore",
                "nia.roberts"
            ]
        );
        assert_eq!(cast.left_out(), None);
    }

    #[test]
    fn nobody_applies_for_what_is_not_for_them_and_nobody_has_two_parts() {
        for bits in 1..8 {
            let open_to: Vec<_> = EVERYBODY
                .into_iter()
                .enumerate()
                .filter_map(|(place, it)| (bits >> place & 1 == 1).then_some(it))
                .collect();
            let cast = Cast::of(&open_to).unwrap();
            let all: Vec<_> = cast.online().chain(cast.on_paper).chain(cast.too_late).collect();
            assert!(all.iter().all(|it| open_to.contains(&it.constituency)), "{open_to:?}");
            let mut names = names(&cast);
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), cast.parts(), "{open_to:?}");
        }
        assert!(Cast::of(&[]).is_none());
    }

    #[test]
    fn what_nobody_can_play_is_said() {
        let carers = Cast::of(&[Constituency::Carer]).unwrap();
        assert_eq!(names(&carers), ["joan.fletcher", "owen.davies", "nia.roberts"]);
        assert_eq!(
            carers.left_out().unwrap(),
            "too few of the sample people are whom this advert is for: nobody withdraws, applies on \
             paper or comes too late"
        );
    }
}
