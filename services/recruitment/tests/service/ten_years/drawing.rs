//! What people do in ten years, drawn by chance: mostly on the days on which calendars go wrong. Plans
//! by rough reckoning; what must come of it, the oracle says.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

const YEARS: std::ops::Range<i16> = 2027..2037;
const UNTIL: &str = "2037-01-11T10:00:00Z";
/// Something is done every few days, at an hour that goes round the clock, so that all weekdays come.
const EVERY: SignedDuration = SignedDuration::from_mins(5 * 24 * 60 + 97);
const TIMES_PER_POLICY: usize = 18;

/// The same numbers for the same seed. `SplitMix64` by Steele, Lea and Flood (2014).
pub struct Chance(pub u64);

impl Chance {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.throw() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(all[self.below(all.len())].clone()) }
    }
}

/// Something that is done about an offer.
#[derive(Clone, Debug)]
pub enum Act {
    Accept,
    Decline,
    Answer(&'static str),
    Renew,
    ConfirmEnd,
    End { grounds: &'static str, last_day: Date },
    Resign { last_day: Date },
}

/// What is done at one moment about one life, in its order.
#[derive(Clone, Debug, Default)]
pub struct Doings {
    /// From when on a place is offered.
    pub offered_from: Option<Date>,
    pub then: Vec<Act>,
}

/// What is done at one moment.
#[derive(Debug, Default)]
pub struct Moment {
    /// What is put in force for terms, first of all.
    pub policy: Option<Value>,
    /// Outcomes approved, each by its number.
    pub approvals: Vec<usize>,
    /// Each life by its number.
    pub lives: BTreeMap<usize, Doings>,
}

/// Everything that is done, in the order of its times.
pub struct Drawn {
    pub moments: BTreeMap<Timestamp, Moment>,
    pub lives: usize,
    /// When something may be done about lives.
    times: Vec<Timestamp>,
    /// The length of terms by the policy in force at each of them, in months.
    months: Vec<i32>,
}

impl Act {
    fn told(&self) -> Value {
        match self {
            Self::Accept => json!({"what": "accept"}),
            Self::Decline => json!({"what": "decline"}),
            Self::Answer(answer) => json!({"what": "answer", "answer": answer}),
            Self::Renew => json!({"what": "renew"}),
            Self::ConfirmEnd => json!({"what": "confirm_end"}),
            Self::End { last_day, .. } => json!({"what": "end", "last_day": last_day}),
            Self::Resign { last_day } => json!({"what": "resign", "last_day": last_day}),
        }
    }
}

fn day(at: Timestamp) -> Date {
    at.in_tz("Europe/London").unwrap().date()
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap()
}

impl Drawn {
    pub fn by(
        chance: &mut Chance,
        lives: usize,
        approvals: usize,
        holidays: &BTreeMap<i16, Vec<Date>>,
    ) -> Self {
        let (start, until) = (crate::world::NOW.parse().unwrap(), UNTIL.parse().unwrap());
        let times = std::iter::successors(Some(start), |at: &Timestamp| Some(*at + EVERY))
            .take_while(|at| *at < until)
            .collect();
        let mut drawn = Self { moments: BTreeMap::new(), lives, times, months: Vec::new() };
        drawn.policies(chance);
        drawn.approvals(chance, approvals);
        let special = special_days(holidays);
        for life in 0..lives {
            // The first ones see to it that none of the special days is missed.
            let ends_on = match special.get(life) {
                Some(ends_on) => Some(*ends_on),
                None if chance.below(3) > 0 => chance.one_of(&special),
                None => None,
            };
            drawn.life(chance, life, ends_on);
        }
        drawn.leaves_out_unused_policies();
        drawn
    }

    /// What nobody was offered or given a term under changes nothing.
    fn leaves_out_unused_policies(&mut self) {
        let mut last = self.times[0];
        let mut used = vec![last];
        for (at, moment) in &self.moments {
            if moment.policy.is_some() {
                last = *at;
            }
            let given = |it: &Doings| {
                it.offered_from.is_some() || it.then.iter().any(|act| matches!(act, Act::Renew))
            };
            if moment.lives.values().any(given) {
                used.push(last);
            }
        }
        for (at, moment) in &mut self.moments {
            moment.policy = moment.policy.take().filter(|_| used.contains(at));
        }
    }

    /// What the oracle is told of it.
    pub fn told(&self) -> Value {
        let mut policies = Vec::new();
        let mut approvals = BTreeMap::new();
        let mut lives: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (at, moment) in &self.moments {
            if let Some(mut policy) = moment.policy.clone() {
                policy["effective_from"] = json!(day(*at));
                policies.push(policy);
            }
            approvals.extend(moment.approvals.iter().map(|it| (format!("approval {it}"), at)));
            for (life, doings) in &moment.lives {
                let acts = lives.entry(format!("life {life}")).or_default();
                let offered = doings.offered_from;
                acts.extend(
                    offered.map(|from| json!({"at": at, "what": "offer", "starts_on": from})),
                );
                acts.extend(doings.then.iter().map(|act| {
                    let mut told = act.told();
                    told["at"] = json!(at);
                    told
                }));
            }
        }
        json!({"until": UNTIL, "policies": policies, "lives": lives, "approvals": approvals})
    }

    pub fn until() -> Timestamp {
        UNTIL.parse().unwrap()
    }

    fn moment(&mut self, at: Timestamp) -> &mut Moment {
        self.moments.entry(at).or_default()
    }

    /// What is done about a life at a time, by the number of that time.
    fn doings(&mut self, time: usize, life: usize) -> &mut Doings {
        self.moment(self.times[time]).lives.entry(life).or_default()
    }

    fn act(&mut self, time: usize, life: usize, act: Act) {
        self.doings(time, life).then.push(act);
    }

    fn policies(&mut self, chance: &mut Chance) {
        let mut months = 0;
        for time in 0..self.times.len() {
            if time % TIMES_PER_POLICY == 0 {
                months = chance.one_of(&[2, 3, 6, 9, 12, 12, 13, 18, 24, 24, 36]).unwrap();
                self.moment(self.times[time]).policy = Some(policy(chance, months));
            }
            self.months.push(months);
        }
    }

    /// At any minute of the ten years, and some of them just before holidays.
    fn approvals(&mut self, chance: &mut Chance, count: usize) {
        let start = self.times[0];
        for approval in 0..count {
            let at = if approval % 3 == 0 {
                let year = chance.one_of(&YEARS.collect::<Vec<_>>()).unwrap();
                let spring = later(date(year, 3, 18), i64::try_from(chance.below(40)).unwrap());
                let winter = later(date(year, 12, 18), i64::try_from(chance.below(16)).unwrap());
                let hour = i8::try_from(chance.below(24)).unwrap();
                let day = if chance.below(2) == 0 { spring } else { winter };
                day.at(hour, 59, 59, 0).in_tz("UTC").unwrap().timestamp()
            } else {
                start + SignedDuration::from_mins(i64::try_from(chance.below(5_200_000)).unwrap())
            };
            self.moment(at).approvals.push(approval);
        }
    }

    fn life(&mut self, chance: &mut Chance, life: usize, ends_on: Option<Date>) {
        let fits = |time: &usize, ends_on: Date| {
            let months = self.months[*time];
            let begins = later(ends_on, 1).checked_sub(months.months()).unwrap();
            let offered = day(self.times[*time]);
            later(offered, -10) < begins && begins < later(offered, 100)
        };
        let all: Vec<usize> = (0..self.times.len()).collect();
        let fitting = |it: &Date| all.iter().copied().filter(|at| fits(at, *it)).collect();
        let fitting: Vec<usize> = ends_on.as_ref().map_or_else(Vec::new, fitting);
        let (offer, starts_on) =
            if let (Some(offer), Some(ends_on)) = (chance.one_of(&fitting), ends_on) {
                let months = self.months[offer].months();
                (offer, later(ends_on, 1).checked_sub(months).unwrap())
            } else {
                let offer = chance.below(self.times.len());
                (offer, self.a_beginning(chance, offer))
            };
        self.doings(offer, life).offered_from = Some(starts_on);
        let about_the_end = roughly_the_end(starts_on, self.months[offer]);
        let accept = match chance.below(20) {
            0 => return,
            1 => return self.act(offer, life, Act::Decline),
            2..5 => self.between(chance, offer, later(starts_on, -60), later(about_the_end, -4)),
            _ => Some(offer),
        };
        let Some(accept) = accept else { return };
        self.act(accept, life, Act::Accept);
        self.goes_on(chance, life, accept, about_the_end, 1);
    }

    /// A day of a number that not every month has, or any.
    fn a_beginning(&self, chance: &mut Chance, offer: usize) -> Date {
        let offered = day(self.times[offer]);
        let near: Vec<Date> = (-8..90).map(|days| later(offered, days)).collect();
        let odd = |it: &Date| it.day() > 28 || it.day() == 1 || (it.month(), it.day()) == (2, 28);
        let odd: Vec<Date> = near.iter().copied().filter(odd).collect();
        let days = if chance.below(2) == 0 { odd } else { near };
        chance.one_of(&days).unwrap()
    }

    /// A moment no earlier than another, within these days.
    fn between(&self, chance: &mut Chance, from: usize, first: Date, last: Date) -> Option<usize> {
        let fits = |it: &usize| {
            let on = day(self.times[*it]);
            first <= on && on <= last
        };
        let fitting: Vec<usize> = (from..self.times.len()).filter(fits).collect();
        chance.one_of(&fitting)
    }

    /// What becomes of a term that someone holds from a moment on.
    fn goes_on(&mut self, chance: &mut Chance, life: usize, from: usize, ends: Date, term: u8) {
        let near_the_end = (later(ends, -70), later(ends, -3));
        let held = (day(self.times[from]), later(ends, -3));
        match chance.below(20) {
            0..4 => {}
            4..8 => {
                let Some(at) = self.between(chance, from, near_the_end.0, near_the_end.1) else {
                    return;
                };
                self.act(at, life, Act::ConfirmEnd);
            }
            8..12 if term == 1 => {
                let until = later(ends, if chance.below(3) == 0 { 40 } else { -3 });
                let Some(at) = self.between(chance, from, near_the_end.0, until) else { return };
                self.act(at, life, Act::Renew);
                let ends = roughly_the_end(later(ends, 1), self.months[at]);
                self.goes_on(chance, life, at, ends, 2);
            }
            12..14 => {
                let Some(at) = self.between(chance, from, held.0, held.1) else { return };
                let last_day = self.a_last_day(chance, at, ends);
                self.act(at, life, Act::Resign { last_day });
            }
            14 => {
                let Some(at) = self.between(chance, from, held.0, held.1) else { return };
                let last_day = self.a_last_day(chance, at, ends);
                self.act(at, life, Act::End { grounds: "role_ended", last_day });
            }
            15..18 => self.answers(chance, life, from, held),
            _ => {
                let stays_until = (later(ends, 3), later(ends, 90));
                let Some(at) = self.between(chance, from, stays_until.0, stays_until.1) else {
                    return;
                };
                let in_days = i64::try_from(chance.below(50)).unwrap();
                let last_day = later(day(self.times[at]), in_days);
                self.act(at, life, Act::End { grounds: "term_complete", last_day });
            }
        }
    }

    fn a_last_day(&self, chance: &mut Chance, at: usize, ends: Date) -> Date {
        let today = day(self.times[at]);
        let days = usize::try_from((later(ends, -2) - today).get_days()).unwrap();
        later(today, i64::try_from(chance.below(days.max(1))).unwrap())
    }

    /// The question is answered, and perhaps open again.
    fn answers(&mut self, chance: &mut Chance, life: usize, from: usize, held: (Date, Date)) {
        let Some(at) = self.between(chance, from, held.0, held.1) else { return };
        let answer = chance.one_of(&["renew", "rotate", "mentor", "leave"]).unwrap();
        self.act(at, life, Act::Answer(answer));
        if chance.below(2) == 0
            && let Some(again) = self.between(chance, at, later(held.0, 0), held.1)
        {
            self.act(again, life, Act::Answer("undecided"));
        }
    }
}

fn roughly_the_end(begins: Date, months: i32) -> Date {
    later(begins.checked_add(months.months()).unwrap(), -1)
}

/// Leap days, the ends of months, the days on which clocks change and those around them, and bank
/// holidays with theirs.
fn special_days(holidays: &BTreeMap<i16, Vec<Date>>) -> Vec<Date> {
    let mut days = Vec::new();
    for year in 2028..2037 {
        for month in [3, 10] {
            let sunday = date(year, month, 31).nth_weekday_of_month(-1, Weekday::Sunday).unwrap();
            days.extend([-1, 0, 1].map(|it| later(sunday, it)));
        }
        for month in [2, 3, 8] {
            let last = date(year, month, 1).last_of_month();
            days.extend([last, later(last, -1), later(last, -2)]);
        }
        days.extend([25, 26, 27, 28].map(|on| date(year, 12, on)));
        days.extend(holidays[&year].iter().flat_map(|it| [*it, later(*it, -1)]));
    }
    days
}

/// A length of terms and when people are asked before their end; some steps ask nothing.
fn policy(chance: &mut Chance, months: i32) -> Value {
    let steps = [
        (json!({"kind": "months_before", "months": 6}), 6 * 31),
        (json!({"kind": "months_before", "months": 3}), 3 * 31),
        (json!({"kind": "months_before", "months": 1}), 31),
        (json!({"kind": "days_before", "days": 30}), 30),
        (json!({"kind": "days_before", "days": 14}), 14),
        (json!({"kind": "days_before", "days": 7}), 7),
        (json!({"kind": "days_before", "days": 1}), 1),
        (json!({"kind": "on_the_day"}), 0),
        (json!({"kind": "days_after", "days": 30}), 0),
    ];
    let mut reminders = Vec::new();
    for (when, days) in steps {
        if days >= months * 28 || chance.below(3) == 0 {
            continue;
        }
        let audience = chance.one_of(&["coordinator", "involvee", "involvee_and_chair"]);
        let about = chance.one_of(&[
            "plan_succession",
            "review_talk",
            "end_or_renewal",
            "last_week",
            "thank_you",
        ]);
        reminders.push(json!({"when": when, "audience": audience, "about": about}));
    }
    json!({"kind": "term_policy", "months": months, "consecutive_terms_max": 2,
        "break_months": 12, "overlap_days": 0, "reminders": reminders})
}
