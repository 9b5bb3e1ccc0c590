//! Many whole lives of an appointment, in an order nobody planned, beside a stand-in for what the
//! store keeps: so that timers, keys and state never part ways. Only for tests.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::test::TestFramework;
use eventstore::{Asked, KeyChange, Occasion, Room, Taken, TimerChange};
use jiff::{SignedDuration, Timestamp};

use super::samples::*;
use super::{
    Accept, Answer, Appointment, Command, ConfirmEnd, Decline, End, Event, Grounds, Lapse,
    RecordAnswer, Refusal, Renew, Renewal, Resign,
};
use crate::contacted::{Channel, Contacted};
use crate::london::day_of;
use crate::story::{after, online};

const N_LIVES: u64 = 400;
const N_STEPS: u32 = 25;

/// The same sequence for the same seed, on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % bound
    }
}

/// One appointment, and what the store keeps beside it.
struct Life {
    now: Timestamp,
    history: Vec<Event>,
    timers: BTreeMap<String, Timestamp>,
    holds_seat: bool,
}

impl Life {
    fn state(&self) -> Appointment {
        after(self.history.clone())
    }

    fn ask(&mut self, occasion: Occasion, command: Command) -> Result<(), Refusal> {
        let asked = Asked { occasion, command };
        let history = self.history.clone();
        let story = TestFramework::<Appointment>::with(()).given(history).when(asked);
        for event in story.inspect_result()? {
            for change in Appointment::timers(&event) {
                match change {
                    TimerChange::Arm { name, due_at } => self.timers.insert(name, due_at),
                    TimerChange::Cancel { name } => self.timers.remove(&name),
                };
            }
            for change in Appointment::unique_keys(&event) {
                match change {
                    KeyChange::Claim(_) => self.holds_seat = true,
                    KeyChange::Release(_) => self.holds_seat = false,
                }
            }
            self.history.push(event);
        }
        Ok(())
    }

    /// Time passes; what comes due fires at its time, or all of it late and in any order, as after
    /// an outage.
    fn pass(&mut self, until: Timestamp, outage: bool) {
        while let Some((name, due_at)) = self.next_due(until, outage) {
            self.timers.remove(&name);
            self.now = if outage { until } else { due_at };
            let mut occasion = online(eventstore::executor::SYSTEM_ACCOUNT.into(), self.now);
            occasion.taken = Taken::Timer;
            let command = Appointment::due(&name).unwrap();
            let fired = self.ask(occasion, command);
            assert_eq!(fired, Ok(()), "{name} is lost in {:#?}", self.history);
        }
        self.now = until;
    }

    fn next_due(&self, until: Timestamp, outage: bool) -> Option<(String, Timestamp)> {
        let due = self.timers.iter().filter(|(_, due_at)| **due_at <= until);
        let due = due.map(|(name, due_at)| (name.clone(), *due_at));
        // In an outage by name, so that the end comes before the reminders.
        if outage { due.min() } else { due.min_by_key(|(_, due_at)| *due_at) }
    }

    fn agrees(&self) {
        let mut expected = BTreeMap::new();
        let state = self.state();
        match &state {
            Appointment::Held(it) => {
                // What came too late to be asked stays in the state and waits for no time any more.
                let to_come = it.waiting.iter().filter(|it| self.now < it.due_at);
                expected.extend(to_come.map(|it| (format!("remind-{}", it.step), it.due_at)));
                let end = it.leaving.map(|leaving| leaving.over_at);
                let end = end.or_else(|| (!it.stays_on).then_some(it.place.term.over_at));
                expected.extend(end.map(|over_at| ("end".to_owned(), over_at)));
                assert!(self.holds_seat);
            }
            Appointment::Offered(_) => assert!(self.holds_seat),
            Appointment::NotOffered | Appointment::NotTaken(..) | Appointment::Ended(..) => {
                assert!(!self.holds_seat, "{:#?}", self.history);
            }
        }
        assert_eq!(self.timers, expected, "{:#?}", self.history);
    }
}

/// Something that someone might ask, whether or not it can be done now.
fn anything(chance: &mut Chance, life: &Life) -> (Occasion, Command) {
    let today = day_of(life.now);
    let contact = Contacted { by: Channel::InPerson, on: today };
    let some_day = (0..chance.below(200)).fold(today, |day, _| day.tomorrow().unwrap());
    let staff = online(STAFF, life.now);
    let person = online(PERSON, life.now);
    let ends_on = match life.state() {
        Appointment::Held(it) => it.place.term.ends_on,
        Appointment::NotOffered
        | Appointment::Offered(_)
        | Appointment::NotTaken(..)
        | Appointment::Ended(..) => ends_on(),
    };
    let step = Some(step_name(usize::try_from(chance.below(3)).unwrap()));
    match chance.below(12) {
        0 | 1 => (person, Command::Accept(Accept {})),
        2 if chance.below(4) == 0 => (person, Command::Decline(Decline::default())),
        3 => (staff, Command::Lapse(Lapse { contact })),
        4 if chance.below(3) == 0 => {
            (person, Command::Resign(Resign { last_day: some_day, words: None }))
        }
        5 => (staff, Command::ConfirmEnd(ConfirmEnd { contact })),
        6 if chance.below(3) == 0 => {
            let grounds = Grounds::RoleEnded;
            (staff, Command::End(End { grounds, last_day: some_day, contact }))
        }
        7 => {
            let grounds = Grounds::TermComplete;
            (staff, Command::End(End { grounds, last_day: some_day, contact }))
        }
        8 | 9 => {
            let answers = [Answer::Renew, Answer::Leave, Answer::Undecided];
            let answer = answers[usize::try_from(chance.below(3)).unwrap()];
            (staff, Command::RecordAnswer(RecordAnswer { step, answer, by: Channel::Phone }))
        }
        _ => {
            let said = Renewal { term_ending_on: ends_on, agreed_with_person: true };
            let exception = (chance.below(2) == 0).then(exception);
            (staff, Command::Renew(Box::new(Renew { said, exception, rule: rule() })))
        }
    }
}

fn live(seed: u64) -> Life {
    let mut chance = Chance(seed);
    let mut life = Life {
        now: offering(),
        history: vec![offered()],
        timers: BTreeMap::new(),
        holds_seat: true,
    };
    for _ in 0..N_STEPS {
        let (occasion, command) = anything(&mut chance, &life);
        // Many things cannot be done at the stage they are asked; that is as it is.
        let _refused = life.ask(occasion, command).is_err();
        life.agrees();
        let days = i64::try_from(chance.below(90)).unwrap();
        let until = life.now + SignedDuration::from_hours(24 * days);
        let outage = chance.below(4) == 0;
        life.pass(until, outage);
        life.agrees();
    }
    life
}

#[test]
fn timers_and_keys_never_part_from_what_is_so() {
    let lives: Vec<Life> = (0..N_LIVES).map(live).collect();
    let names: BTreeSet<&str> =
        lives.iter().flat_map(|life| &life.history).map(Event::name).collect();
    // Otherwise the lives would be too dull to prove anything.
    assert_eq!(names.len(), 11, "{names:?}");
}

#[test]
fn nobody_is_asked_twice_nor_after_it_is_settled_and_nobody_leaves_without_a_human_s_word() {
    for life in (0..N_LIVES).map(live) {
        let mut asked = BTreeSet::new();
        let mut over = false;
        let mut settled = false;
        let mut ended = false;
        for event in &life.history {
            assert!(!ended, "{:#?}", life.history);
            match event {
                Event::ReminderCameDue { step, ends_on, .. } => {
                    assert!(asked.insert((ends_on, step)), "{:#?}", life.history);
                    assert!(!settled && !over, "{:#?}", life.history);
                }
                Event::EndConfirmed { .. } | Event::Resigned { .. } => settled = true,
                Event::Renewed { .. } => (settled, over) = (false, false),
                Event::StaysOn { .. } => over = true,
                Event::Ended { .. } => {
                    assert!(settled, "{:#?}", life.history);
                    ended = true;
                }
                Event::Offered(_)
                | Event::Accepted { .. }
                | Event::Declined { .. }
                | Event::OfferLapsed { .. }
                | Event::OfferWithdrawn { .. }
                | Event::ReminderAnswered { .. } => {}
            }
        }
    }
}
