//! Which of the published adverts the story follows to its end, when each step of it happens, and who
//! takes part.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::date;

use super::World;
use super::advertise::Published;
use crate::cast::Cast;
use crate::people::{COORDINATOR, Involvee, Person};
use crate::schedule::{Applying, Beginning, Choosing, Holding, Working};

/// The story tells of the years up to so many after its own.
const YEARS_AHEAD: i16 = 3;

/// The advert that is followed, with everything that follows from it.
#[derive(Clone, Debug)]
pub struct Plot {
    /// The advert.
    pub followed: Published,
    /// Who takes part.
    pub cast: Cast,
    /// When people apply, and when it closes.
    pub applying: Applying,
    /// When a panel chooses.
    pub choosing: Choosing,
    /// When places are offered and held, once it is known when everybody was told.
    pub holding: Option<Holding>,
}

impl Plot {
    /// Of the published adverts that close while the story lasts, the one with most to tell of: seats
    /// to offer, a closing at a time, people whom it is for; and of several the first to close.
    pub fn choose(published: &[Published], year: i16) -> Option<Self> {
        let registered = Beginning::of(year).by_telephone;
        let plots = published.iter().filter_map(|one| {
            let cast = Cast::of(&one.advert.begin.advert.open_to)?;
            let applying = Applying::of(one.opens_at?, one.closes_at, registered);
            let choosing = Choosing::after(applying.closes_at);
            let mut followed = one.clone();
            followed.coordinator = whoever_reaches(&cast, followed.coordinator);
            Some(Self { followed, cast, applying, choosing, holding: None })
        });
        plots.filter(|plot| plot.applying.closes_at < ends_at(year)).min_by_key(|plot| {
            let fixed = plot.followed.closes_at.is_some();
            let richness = (plot.offers(), fixed, plot.cast.parts());
            (Reverse(richness), plot.applying.closes_at)
        })
    }

    /// How many places the story offers: to the first and to the second of those chosen.
    pub fn offers(&self) -> usize {
        let chosen = 1 + usize::from(self.cast.second.is_some());
        self.followed.seats().len().min(chosen)
    }

    /// The title, for people.
    pub fn title(&self) -> &str {
        self.followed.advert.title.as_deref().unwrap_or(&self.followed.advert.id)
    }

    /// The days of work within the first term.
    pub fn working(&self) -> Option<Working> {
        self.holding.map(|holding| Working::within(holding.starts_on))
    }
}

/// A coordinator of one place reaches the people of that place; for people of other places it is the
/// coordinator for everywhere.
fn whoever_reaches(cast: &Cast, coordinator: Person) -> Person {
    let mut people = cast.online().chain(cast.on_paper);
    let places = coordinator.roles.iter().flat_map(|(_, places)| *places).collect::<Vec<_>>();
    let is_reached = |one: &'static Involvee| one.localities.iter().any(|it| places.contains(&it));
    if places.is_empty() || people.all(is_reached) { coordinator } else { COORDINATOR }
}

/// What closes later is left to run.
pub(super) fn ends_at(year: i16) -> Timestamp {
    crate::working_days::at(date(year.saturating_add(YEARS_AHEAD), 1, 1), 0, 0)
}

/// The last year that anything of the story may fall in.
pub(super) fn last_year(year: i16) -> i16 {
    year.saturating_add(YEARS_AHEAD).saturating_add(2)
}

/// Chooses, and says what will be left out because of whom or what the advert is for.
pub(super) fn choose(world: &mut World<'_>) {
    world.plot = Plot::choose(&world.published, world.calendar.year());
    let Some(plot) = world.plot.clone() else {
        world.leave_out(
            "no advert is for any of the sample people and closes in these years: nobody applies, \
             and nothing that would follow is played",
        );
        return;
    };
    world.progress(&format!("the story follows “{}”", plot.title()));
    if let Some(parts) = plot.cast.left_out() {
        world.leave_out(&parts);
    }
    match (plot.followed.seats().len(), plot.offers()) {
        (0, _) => world.leave_out(
            "the advert fills no seats of a group: no place is offered, so there is no term, \
             session, claim, reminder or rotation",
        ),
        (1, _) => world.leave_out(
            "there is one place: nobody declines one, nobody who was kept in mind is asked, and \
             no term is renewed",
        ),
        (seats, offers) if offers < seats => {
            world
                .leave_out(&format!("there are {seats} places: the story offers {offers} of them"));
        }
        (_, _) => {}
    }
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::Constituency;
    use jiff::Timestamp;
    use jiff::civil::date;
    use uuid::Uuid;

    use super::Plot;
    use crate::adverts::{Advert, Begin, Flaws};
    use crate::people::{BRISTOL_COORDINATOR, COORDINATOR};
    use crate::story::Published;
    use crate::working_days::at;

    fn published(
        id: &str,
        closes_at: Option<Timestamp>,
        seats: usize,
        open_to: &[Constituency],
    ) -> Published {
        let mut begin = Begin::default();
        begin.advert.open_to = open_to.to_vec();
        begin.advert.seats = (0..seats).map(|_| Uuid::nil().into()).collect();
        let (id, key) = (id.to_owned(), id.to_owned());
        let flaws = Flaws::default();
        let advert = Advert { place: 1, key, id, title: None, begin, group: None, flaws };
        let opens_at = Some(at(date(2027, 1, 12), 9, 0));
        Published { id: Uuid::nil(), advert, opens_at, closes_at, coordinator: COORDINATOR }
    }

    fn in_month(month: i8) -> Timestamp {
        at(date(2027, month, 8), 12, 0)
    }

    fn followed(adverts: &[Published]) -> Option<String> {
        Plot::choose(adverts, 2027).map(|plot| plot.followed.advert.id)
    }

    const ALL: [Constituency; 3] =
        [Constituency::ServiceUser, Constituency::Carer, Constituency::Public];

    #[test]
    fn the_advert_with_most_to_tell_of_is_followed() {
        let rolling = published("rolling", None, 0, &ALL);
        let late = published("late", Some(in_month(9)), 0, &ALL);
        let early = published("early", Some(in_month(3)), 0, &ALL);
        let carers = published("carers", Some(in_month(2)), 0, &ALL[1..2]);
        let one_seat = published("one seat", Some(in_month(10)), 1, &ALL);
        let rolling_seats = published("rolling seats", None, 2, &ALL);
        let seats = published("seats", Some(in_month(12)), 2, &ALL);
        let mut adverts = Vec::new();
        for (one, expected) in [
            (rolling, "rolling"),
            (late, "late"),
            (carers, "late"),
            (early, "early"),
            (one_seat, "one seat"),
            (rolling_seats, "rolling seats"),
            (seats, "seats"),
        ] {
            adverts.push(one);
            assert_eq!(followed(&adverts).as_deref(), Some(expected));
        }
    }

    #[test]
    fn people_of_other_places_are_seen_to_by_the_coordinator_for_everywhere() {
        let coordinator = |open_to: &[Constituency]| {
            let mut one = published("a", None, 2, open_to);
            one.coordinator = BRISTOL_COORDINATOR;
            Plot::choose(&[one], 2027).unwrap().followed.coordinator.name
        };
        assert_eq!(coordinator(&ALL), BRISTOL_COORDINATOR.name);
        assert_eq!(coordinator(&[Constituency::Carer]), COORDINATOR.name);
    }

    #[test]
    fn what_is_for_nobody_or_closes_long_after_is_not_followed() {
        let far = Some(at(date(9999, 12, 30), 12, 0));
        let adverts = [published("far", far, 2, &ALL), published("nobody", None, 2, &[])];
        assert_eq!(followed(&adverts), None);
    }
}
