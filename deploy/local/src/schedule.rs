//! When each step of the story happens: everything is reckoned from the followed advert's own opening
//! and closing, on working days and in office hours, so that nobody is rung at night and no panel
//! sits on a Sunday. Computes; asks no clock.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::calendar::told_locally;
use crate::working_days::{after, at, on_or_after, on_or_before};

/// Length of a term in the story, in months; the setting says the same.
pub const TERM_MONTHS: u16 = 12;
/// The whole closing minute counts; the next does not.
const JUST_TOO_LATE: SignedDuration = SignedDuration::from_secs(61);

/// The story's first days, which are the same for all adverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Rules are put in force, and adverts drafted.
    pub drafting: Date,
    /// Adverts are reviewed.
    pub review: Date,
    /// People register online.
    pub registering: Date,
    /// Somebody registers by telephone.
    pub by_telephone: Date,
}

impl Beginning {
    /// Those of a year.
    pub fn of(year: i16) -> Self {
        let drafting = on_or_after(jiff::civil::date(year, 1, 4));
        Self {
            drafting,
            review: after(drafting, 1),
            registering: after(drafting, 2),
            by_telephone: after(drafting, 3),
        }
    }
}

/// The days on which an advert takes applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applying {
    /// People apply, and staff type in what came on paper.
    pub applied: Timestamp,
    /// When the paper came.
    pub paper_came: Timestamp,
    /// When it closes: at its own time, or by hand where it is open until then.
    pub closes_at: Timestamp,
    /// A moment too late.
    pub too_late: Timestamp,
}

impl Applying {
    /// Those of an advert, once people are registered.
    pub fn of(opens_at: Timestamp, closes_at: Option<Timestamp>, registered: Date) -> Self {
        let open = told_locally(opens_at).date().max(registered);
        let day = after(open, 1);
        let by_hand = at(on_or_after(open.saturating_add(28.days())), 16, 0);
        let closes_at = closes_at.unwrap_or(by_hand);
        Self {
            applied: at(day, 15, 0),
            paper_came: at(day, 9, 30),
            closes_at,
            too_late: closes_at.saturating_add(JUST_TOO_LATE).unwrap_or(closes_at),
        }
    }
}

/// The days from the closing to the panel's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choosing {
    /// The panel is formed, and conflicts are declared.
    pub formed: Timestamp,
    /// The members read and score.
    pub scored: Timestamp,
    /// Outcomes are recorded.
    pub decided: Timestamp,
    /// Somebody else approves them.
    pub approved: Timestamp,
    /// Until when somebody is kept in mind.
    pub reserve_until: Date,
}

impl Choosing {
    /// Those after a closing.
    pub fn after(closes_at: Timestamp) -> Self {
        let closing = told_locally(closes_at).date();
        let meets = after(closing, 3);
        Self {
            formed: at(after(closing, 1), 10, 0),
            scored: at(meets, 10, 0),
            decided: at(meets, 14, 0),
            approved: at(meets, 16, 0),
            reserve_until: closing.saturating_add(6.months()).last_of_month(),
        }
    }
}

/// The days from the telling to the end of the first term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Places are offered.
    pub offered: Timestamp,
    /// The first is accepted.
    pub accepted: Timestamp,
    /// The second is declined.
    pub declined: Timestamp,
    /// It is offered to whoever was kept in mind.
    pub offered_again: Timestamp,
    /// They are spoken to.
    pub spoken: Timestamp,
    /// What they said is typed in.
    pub typed: Timestamp,
    /// The first day of the terms: of a month, and never tomorrow.
    pub starts_on: Date,
    /// The day by which an answer is hoped for.
    pub answer_by: Date,
    /// The last day of the terms.
    pub ends_on: Date,
    /// It is settled what happens at the end.
    pub settled: Timestamp,
    /// The end has passed.
    pub over: Timestamp,
}

impl Holding {
    /// Those after everybody was told.
    pub fn after(told_at: Timestamp) -> Self {
        let told = told_locally(told_at).date();
        let day = |count| after(told, count);
        let starts_on = day(5).saturating_add(7.days()).last_of_month().saturating_add(1.day());
        let months = i64::from(TERM_MONTHS).months();
        let ends_on = starts_on.saturating_add(months).saturating_sub(1.day());
        Self {
            offered: at(day(2), 10, 0),
            accepted: at(day(3), 10, 0),
            declined: at(day(4), 10, 0),
            offered_again: at(day(4), 11, 0),
            spoken: at(day(5), 10, 0),
            typed: at(day(5), 10, 20),
            starts_on,
            answer_by: on_or_before(starts_on.saturating_sub(3.days())),
            ends_on,
            settled: at(on_or_before(ends_on.saturating_sub(2.weeks())), 10, 0),
            over: at(on_or_after(ends_on.saturating_add(2.days())), 10, 0),
        }
    }
}

/// The days of work within a term, and of paying for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Working {
    /// A session is planned.
    pub planned: Timestamp,
    /// It begins.
    pub session: Timestamp,
    /// Who came is recorded.
    pub recorded: Timestamp,
    /// Somebody is asked to read at home.
    pub asked_on: Date,
    /// By when.
    pub due_on: Date,
    /// When they did.
    pub done_on: Date,
    /// It is accepted.
    pub accepted: Timestamp,
    /// Claims are made.
    pub claimed: Timestamp,
    /// They are approved.
    pub approved: Timestamp,
    /// They are authorised.
    pub authorised: Timestamp,
    /// The payment runs: nobody gets two payments in one without having been asked.
    pub runs: [Date; 2],
}

impl Working {
    /// Those of a term.
    pub fn within(starts_on: Date) -> Self {
        let session = on_or_after(starts_on.saturating_add(23.days()));
        let asked_on = on_or_after(session.saturating_add(7.days()));
        let due_on = on_or_after(asked_on.saturating_add(7.days()));
        let accepted = after(due_on, 1);
        let claimed = after(accepted, 2);
        let decided = after(claimed, 1);
        let run = after(decided, 1);
        Self {
            planned: at(on_or_after(starts_on.saturating_add(2.days())), 10, 0),
            session: at(session, 10, 0),
            recorded: at(session, 15, 0),
            asked_on,
            due_on,
            done_on: due_on.saturating_sub(1.day()),
            accepted: at(accepted, 15, 0),
            claimed: at(claimed, 18, 0),
            approved: at(decided, 10, 0),
            authorised: at(decided, 15, 0),
            runs: [run, on_or_after(run.saturating_add(7.days()))],
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::{Date, date};
    use jiff::{Timestamp, ToSpan as _};

    use super::{Applying, Beginning, Choosing, Holding, Working};
    use crate::calendar::told_locally;
    use crate::working_days::{after, at, is_working};

    fn told(at: Timestamp) -> String {
        told_locally(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn in_office_hours(moments: &[Timestamp]) {
        for moment in moments {
            let local = told_locally(*moment);
            let hour = local.hour();
            assert!(is_working(local.date()) && (9..17).contains(&hour), "{}", told(*moment));
        }
    }

    /// Every quarter of an hour at which an advert could close, on each day of some years.
    fn closings() -> impl Iterator<Item = Timestamp> {
        let days = std::iter::successors(Some(date(2027, 1, 19)), |day| day.tomorrow().ok());
        let days = days.take_while(|day| day.year() < 2031);
        days.flat_map(|day| [(0, 0), (9, 0), (14, 0), (23, 59)].map(|(h, m)| at(day, h, m)))
    }

    #[test]
    fn whenever_an_advert_closes_people_are_met_and_rung_in_office_hours() {
        for closes_at in closings() {
            let choosing = Choosing::after(closes_at);
            let Choosing { formed, scored, decided, approved, reserve_until } = choosing;
            let order = [closes_at, formed, scored, decided, approved];
            assert!(order.is_sorted(), "{}", told(closes_at));
            in_office_hours(&[formed, scored, decided, approved]);
            assert!(reserve_until > told_locally(approved).date().saturating_add(2.months()));
        }
    }

    #[test]
    fn whenever_people_are_told_what_follows_comes_in_its_order_and_on_working_days() {
        for closes_at in closings() {
            let told_at = at(after(told_locally(closes_at).date(), 4), 9, 0);
            let Holding {
                offered,
                accepted,
                declined,
                offered_again,
                spoken,
                typed,
                starts_on,
                answer_by,
                ends_on,
                settled,
                over,
            } = Holding::after(told_at);
            let Working {
                planned,
                session,
                recorded,
                asked_on,
                due_on,
                done_on,
                accepted: read,
                claimed,
                approved,
                authorised,
                runs: [first, second],
            } = Working::within(starts_on);
            let (begin, end) = (at(starts_on, 0, 0), at(ends_on, 23, 59));
            let first_run = at(first, 10, 0);
            let moments = [
                told_at,
                offered,
                accepted,
                declined,
                offered_again,
                spoken,
                typed,
                begin,
                planned,
                session,
                recorded,
                read,
                claimed,
                approved,
                authorised,
                first_run,
                at(second, 10, 0),
                settled,
                end,
                over,
            ];
            assert!(moments.is_sorted(), "{} {moments:?}", told(closes_at));
            let nights = [begin, end, claimed];
            let days: Vec<_> = moments.into_iter().filter(|it| !nights.contains(it)).collect();
            in_office_hours(&days);
            assert!(is_working(told_locally(claimed).date()));
            let answered = told_locally(typed).date();
            assert!(answered < answer_by && answer_by < starts_on && is_working(answer_by));
            assert!(asked_on <= done_on && done_on <= due_on && due_on < told_locally(read).date());
            assert_eq!(starts_on.day(), 1);
        }
    }

    #[test]
    fn an_advert_that_closes_early_in_february_has_its_session_before_easter() {
        let closes_at = at(date(2027, 2, 5), 12, 0);
        let choosing = Choosing::after(closes_at);
        assert_eq!(told(choosing.scored), "2027-02-10 10:00");
        assert_eq!(choosing.reserve_until, date(2027, 8, 31));
        let holding = Holding::after(at(date(2027, 2, 11), 9, 0));
        assert_eq!(told(holding.offered), "2027-02-15 10:00");
        assert_eq!((holding.starts_on, holding.ends_on), (date(2027, 3, 1), date(2028, 2, 29)));
        let working = Working::within(holding.starts_on);
        assert_eq!(told(working.session), "2027-03-24 10:00");
        assert_eq!(working.runs, [date(2027, 4, 14), date(2027, 4, 21)]);
    }

    #[test]
    fn people_apply_once_they_are_registered_and_before_it_closes() {
        for year in 2027..2060 {
            let days = Beginning::of(year);
            let first: [Date; 4] =
                [days.drafting, days.review, days.registering, days.by_telephone];
            assert!(first.is_sorted() && first.iter().all(|day| is_working(*day)), "{year}");
            for opens_on in [date(year, 1, 1), date(year, 1, 12), date(year, 12, 24)] {
                let opens_at = at(opens_on, 9, 0);
                let rolling = Applying::of(opens_at, None, days.by_telephone);
                in_office_hours(&[rolling.applied, rolling.paper_came, rolling.closes_at]);
                assert!(opens_at < rolling.paper_came && rolling.paper_came < rolling.applied);
                assert!(days.by_telephone < told_locally(rolling.paper_came).date());
                assert!(rolling.applied < rolling.closes_at);
                assert!(rolling.closes_at < rolling.too_late);
                // The shortest that an advert may run.
                let approved = at(days.review, 10, 0).max(opens_at);
                let closes_at = at(told_locally(approved).date().saturating_add(14.days()), 0, 0);
                assert!(rolling.applied < closes_at, "{year} {opens_on}");
            }
        }
    }
}
