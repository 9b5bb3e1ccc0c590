//! Submit: someone claims for one activity, themselves or by staff who type for them. What is known
//! of the activity, the rates of its day and the window are looked up at the edge; whoever claims
//! cannot bring them.

use contracts::personal::CostNote;
use contracts::{PersonId, RateCardId, Sealed};
use eventstore::{Occasion, Taken};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::claimed::all_behind;
use super::events::Submitted;
use super::reckoning::{LINES_MAX, Reckoning, totals};
use super::{Activity, Claim, Claimed, Event, Evidence, Item, Refusal};
use crate::london;
use crate::rate_card::Rates;
use crate::setting::ClaimWindow;
use crate::wording::Wording;

/// Asked by the person who is to be paid, or for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// What the person says.
    pub said: Submission,
    /// What is known, filled in at the edge.
    pub known: Known,
}

/// The body of a claim. In a request, notes stand in it as they were typed: `Submission<CostNote>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission<Note = Sealed<CostNote>> {
    /// What it is for.
    pub activity: Activity,
    /// What is asked for.
    #[schema(max_items = 25)]
    pub lines: Vec<Item<Note>>,
    /// Whether the person says no to an involvement payment. They owe nobody a reason.
    #[serde(default)]
    pub declines_payment: bool,
    /// That it is accurate, and was needed to take part.
    pub declares_accurate: bool,
    /// Why it is taken although the time to claim has passed; counts only from staff.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub late_because: Option<String>,
}

impl<Note> Submission<Note> {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.at_most("lines", self.lines.len(), LINES_MAX);
        if let Some(reason) = &self.late_because {
            wording.paragraph("late_because", reason);
        }
        wording.found()
    }
}

/// What this service knows of an activity and its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// That this person took part; `None` where nobody has said so.
    pub evidence: Option<Evidence>,
    /// The rate card in force on the day of the activity.
    pub rates: Option<RatesOfTheDay>,
    /// How far the person went by car in that tax year before, in tenths of a mile.
    pub car_tenths_before: u32,
    /// The window in force on the day of the activity.
    pub window: ClaimWindow,
    /// Days since the activity on which the person was away.
    pub days_away: u16,
}

/// A rate card's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatesOfTheDay {
    /// Which card.
    pub card: RateCardId,
    /// Its figures.
    pub rates: Box<Rates>,
}

impl Submit {
    /// Judged by when the claim was received, however late it was typed in.
    pub fn decide(self, state: &Claim, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let person = occasion.person();
        match state {
            Claim::NotSubmitted => {}
            Claim::Claimed(it) if self.said.is_that_of(it, person) => return Ok(Vec::new()),
            Claim::Claimed(_) => return Err(Refusal::AlreadySubmitted),
            Claim::Withdrawn { .. } => return Err(Refusal::Withdrawn),
        }
        let Self { said, known } = self;
        if !said.declares_accurate {
            return Err(Refusal::NotDeclared);
        }
        if said.lines.is_empty() && !said.declines_payment {
            return Err(Refusal::NothingClaimed);
        }
        let takes_payment = |it: &Item| matches!(it, Item::InvolvementPayment { .. });
        if said.declines_payment && said.lines.iter().any(takes_payment) {
            return Err(Refusal::PaymentNeedsYes);
        }
        let evidence = known.evidence.ok_or(match said.activity {
            Activity::Session { .. } => Refusal::NotAttended,
            Activity::Work { .. } => Refusal::WorkNotAccepted,
        })?;
        let window = Window { closes: known.window, days_away: known.days_away };
        let late_because = window.lets(&evidence, said.late_because, occasion)?;
        let no_rates = Refusal::NoRates { on: evidence.on };
        let RatesOfTheDay { card, rates } = known.rates.ok_or(no_rates)?;
        let reckoning = Reckoning { evidence: &evidence, rates: &rates };
        let lines = reckoning.lines(said.lines, known.car_tenths_before)?;
        let totals = totals(&rates, lines.iter())?;
        Ok(vec![Event::Submitted(Box::new(Submitted {
            person,
            authors: all_behind(occasion),
            activity: said.activity,
            evidence,
            card,
            rates,
            car_tenths_before: known.car_tenths_before,
            lines,
            payment_declined: said.declines_payment,
            late_because,
            expenses: totals.expenses,
            payments: totals.payments,
        }))])
    }
}

impl Submission {
    fn is_that_of(&self, it: &Claimed, person: PersonId) -> bool {
        let submitted = &it.submitted;
        submitted.person == person
            && submitted.activity == self.activity
            && submitted.payment_declined == self.declines_payment
            && submitted.lines.iter().map(|it| &it.item).eq(&self.lines)
    }
}

/// When a claim is in time.
struct Window {
    closes: ClaimWindow,
    days_away: u16,
}

impl Window {
    /// Why a late claim is taken all the same, where it is; nobody lets themselves in late.
    fn lets(
        &self,
        evidence: &Evidence,
        late_because: Option<String>,
        occasion: &Occasion,
    ) -> Result<Option<String>, Refusal> {
        let on = evidence.on;
        let received_on = london::day_of(occasion.received_at);
        if received_on < on {
            return Err(Refusal::NotYetHappened { on });
        }
        match self.closes.last_day(on, self.days_away) {
            Some(last_day) if last_day < received_on => {
                let allowed = late_because.filter(|_| typed_by_staff(occasion));
                allowed.map(Some).ok_or(Refusal::WindowClosed { last_day })
            }
            Some(_) | None => Ok(None),
        }
    }
}

/// A supporter acts for a person as well, but here and now, and lets nobody in late.
fn typed_by_staff(occasion: &Occasion) -> bool {
    match occasion.taken {
        Taken::Paper | Taken::Phone | Taken::InPerson => occasion.actor != occasion.person(),
        Taken::Online | Taken::Policy | Taken::Timer => false,
    }
}

#[cfg(test)]
mod stories {
    use contracts::Money;
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::rate_card::FareKind;
    use crate::story::{at, online, typed};

    fn knowing(said: Submission, change: impl FnOnce(&mut Known)) -> Command {
        let mut known = known();
        change(&mut known);
        Command::Submit(Box::new(Submit { said, known }))
    }

    fn late(reason: Option<&str>) -> Command {
        let late_because = reason.map(str::to_owned);
        submit(Submission { late_because, ..submission(items()) })
    }

    #[test]
    fn a_claim_is_reckoned_by_the_card_of_its_day_line_by_line() {
        given(vec![]).when(by_the_person(), submit(submission(items()))).then(submitted());
    }

    #[test]
    fn staff_type_in_what_came_on_paper() {
        given(vec![]).when(on_paper(), submit(submission(items()))).then(submitted_on_paper());
    }

    #[test]
    fn told_twice_it_is_claimed_once() {
        for history in [until_submitted(), until_part_refused(), until_paid()] {
            given(history).when(by_the_person(), submit(submission(items()))).then_nothing();
        }
        given(vec![submitted_on_paper()])
            .when(on_paper(), submit(submission(items())))
            .then_nothing();
    }

    #[test]
    fn other_lines_under_the_same_id_are_no_second_claim() {
        for history in [until_submitted(), until_paid()] {
            given(history)
                .when(by_the_person(), submit(submission(vec![by_car(10)])))
                .then_refused(Refusal::AlreadySubmitted);
        }
        given(until_submitted())
            .when(by(SOMEONE_ELSE), submit(submission(items())))
            .then_refused(Refusal::AlreadySubmitted);
        given(until_withdrawn())
            .when(by_the_person(), submit(submission(items())))
            .then_refused(Refusal::Withdrawn);
    }

    #[test]
    fn saying_no_to_a_payment_leaves_no_amount() {
        let said = Submission { declines_payment: true, ..submission(vec![]) };
        given(vec![]).when(by_the_person(), submit(said)).then(Event::Submitted(Box::new(
            Submitted {
                lines: vec![],
                payment_declined: true,
                expenses: Money::sterling(0),
                payments: Money::sterling(0),
                ..submitted_as()
            },
        )));
        let both = Submission { declines_payment: true, ..submission(items()) };
        given(vec![]).when(by_the_person(), submit(both)).then_refused(Refusal::PaymentNeedsYes);
    }

    #[test]
    fn a_claim_is_declared_accurate_and_asks_for_something() {
        let undeclared = Submission { declares_accurate: false, ..submission(items()) };
        given(vec![]).when(by_the_person(), submit(undeclared)).then_refused(Refusal::NotDeclared);
        given(vec![])
            .when(by_the_person(), submit(submission(vec![])))
            .then_refused(Refusal::NothingClaimed);
    }

    #[test]
    fn nobody_claims_on_their_own_word_alone() {
        let unknown = |known: &mut Known| known.evidence = None;
        given(vec![])
            .when(by_the_person(), knowing(submission(items()), unknown))
            .then_refused(Refusal::NotAttended);
        let work = Submission { activity: WORK, ..submission(items()) };
        given(vec![])
            .when(by_the_person(), knowing(work, unknown))
            .then_refused(Refusal::WorkNotAccepted);
    }

    #[test]
    fn nothing_is_claimed_before_its_day_has_come() {
        // Ten to midnight in London, on the day before.
        let too_soon = online(PERSON, at("2027-05-09T22:50:00Z"));
        given(vec![])
            .when(too_soon, submit(submission(items())))
            .then_refused(Refusal::NotYetHappened { on: THE_DAY });
        let on_the_day = online(PERSON, at("2027-05-09T23:10:00Z"));
        given(vec![]).when(on_the_day, submit(submission(items()))).then(submitted());
    }

    #[test]
    fn a_claim_comes_in_time_up_to_and_including_the_last_day() {
        let last_day = date(2027, 8, 8);
        let in_time = online(PERSON, at("2027-08-08T22:59:59Z"));
        given(vec![]).when(in_time, submit(submission(items()))).then(submitted());
        let refusal = Refusal::WindowClosed { last_day };
        assert_eq!(
            refusal.to_string(),
            "The time to claim for this ended on 8 August 2027. Please ask us: we can still take it \
             where there is a reason."
        );
        let too_late = online(PERSON, at("2027-08-08T23:00:00Z"));
        given(vec![]).when(too_late, submit(submission(items()))).then_refused(refusal);
    }

    #[test]
    fn what_came_by_post_counts_from_when_it_was_received() {
        let typed_two_days_later = typed(TYPIST, PERSON, at("2027-08-08T09:00:00Z"));
        given(vec![])
            .when(typed_two_days_later, submit(submission(items())))
            .then(submitted_on_paper());
    }

    #[test]
    fn the_clock_stands_still_while_a_person_is_away() {
        let back = online(PERSON, at("2027-08-22T09:00:00Z"));
        let away = |days| knowing(submission(items()), |known| known.days_away = days);
        given(vec![]).when(back.clone(), away(14)).then(submitted());
        given(vec![])
            .when(back, away(13))
            .then_refused(Refusal::WindowClosed { last_day: date(2027, 8, 21) });
    }

    #[test]
    fn staff_take_a_late_claim_and_say_why() {
        let received = at("2027-09-01T09:00:00Z");
        let refusal = || Refusal::WindowClosed { last_day: date(2027, 8, 8) };
        let reason = "The register was written up late.";
        let taken = Submitted {
            authors: [PERSON, TYPIST].into(),
            late_because: Some(reason.to_owned()),
            ..submitted_as()
        };
        given(vec![])
            .when(typed(TYPIST, PERSON, received), late(Some(reason)))
            .then(Event::Submitted(Box::new(taken)));
        given(vec![]).when(typed(TYPIST, PERSON, received), late(None)).then_refused(refusal());
        let supporter = Occasion { taken: Taken::Online, ..typed(TYPIST, PERSON, received) };
        for occasion in [online(PERSON, received), supporter] {
            given(vec![]).when(occasion, late(Some(reason))).then_refused(refusal());
        }
    }

    #[test]
    fn a_reason_is_kept_only_where_it_was_needed() {
        given(vec![]).when(on_paper(), late(Some("Just in case."))).then(submitted_on_paper());
    }

    #[test]
    fn without_a_card_for_the_day_there_is_no_price() {
        given(vec![])
            .when(by_the_person(), knowing(submission(items()), |known| known.rates = None))
            .then_refused(Refusal::NoRates { on: THE_DAY });
    }

    #[test]
    fn a_body_is_read_with_its_notes_as_they_were_typed() {
        let body = r#"{"activity":{"kind":"work","work":"00000000-0000-0000-0000-00000000000b"},
            "lines":[{"line":"involvement_payment","takes_payment":true},
                {"line":"fare","kind":"bus","amount":{"pence":"320","currency":"GBP"},
                 "receipt":false,"note":"From home to the hall"},
                {"line":"mileage","tenths_of_miles":124,"vehicle":{"by":"car","passengers":1}}],
            "declares_accurate":true}"#;
        let read: Submission<CostNote> = serde_json::from_str(body).unwrap();
        assert_eq!((read.activity, read.lines.len()), (WORK, 3));
        assert!(matches!(
            &read.lines[1],
            Item::Fare { kind: FareKind::Bus, note: Some(note), access_need: false, .. }
                if note.reveal() == "From home to the hall"
        ));
        assert_eq!(read.malformed(), []);
    }

    #[test]
    fn a_claim_is_not_endless() {
        let mut said = submission(vec![by_car(1); 26]);
        said.late_because = Some(" ".to_owned());
        let fields: Vec<String> = said.malformed().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["lines", "late_because"]);
    }
}
