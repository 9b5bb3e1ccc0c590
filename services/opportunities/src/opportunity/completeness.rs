//! Whether a draft says all that people need, and the advert frozen from it if it does. Changes
//! nothing in the words.

use contracts::opportunities::{Advert, Closing, Contact, Criterion, PaymentOffer, Step};
use jiff::{Span, Timestamp};

use super::advert::{AdvertRules, Content, DraftAdvert};
use super::lack::Lack;

impl Content {
    /// The advert as it would be frozen now, or everything it lacks, in the order of the form.
    /// An opening that has passed becomes now: an advert cannot run before it is approved.
    pub fn complete(&self, rules: AdvertRules, now: Timestamp) -> Result<Advert, Vec<Lack>> {
        let draft = &self.advert;
        let mut lacking = Lacking::default();
        let title = lacking.text(Lack::Title, draft.title.as_deref());
        let organisation = lacking.text(Lack::Organisation, draft.organisation.as_deref());
        let purpose = lacking.text(Lack::Purpose, draft.purpose.as_deref());
        let role_description =
            lacking.text(Lack::RoleDescription, draft.role_description.as_deref());
        let role_kind = lacking.text(Lack::RoleKind, draft.role_kind.as_deref());
        lacking.unless(!draft.open_to.is_empty(), Lack::OpenTo);
        let minimum_age_years = lacking.value(Lack::MinimumAge, draft.minimum_age_years);
        let commitment = lacking.text(Lack::Commitment, draft.commitment.as_deref());
        let places = lacking.value(Lack::Places, draft.places.filter(|places| *places > 0));
        lacking.seats(draft);
        let payment = lacking.value(Lack::Payment, draft.payment.clone().filter(says_something));
        let opens_at = lacking.value(Lack::OpensAt, draft.opens_at);
        let closing = lacking.value(Lack::Closing, draft.closing.clone());
        lacking.time(opens_at, closing.as_ref(), rules, now);
        let how_to_apply = lacking.text(Lack::HowToApply, draft.how_to_apply.as_deref());
        let accessible_formats =
            lacking.text(Lack::AccessibleFormats, draft.accessible_formats.as_deref());
        let contact = lacking.value(Lack::Contact, draft.contact.clone().filter(can_be_reached));
        lacking.criteria(&draft.criteria);
        lacking.steps(&draft.steps);
        lacking.text(Lack::BudgetCode, self.internal.budget_code.as_deref());

        let advert = || {
            Some(Advert {
                title: title?,
                organisation: organisation?,
                purpose: purpose?,
                role_description: role_description?,
                role_kind: role_kind?,
                locality: draft.locality.clone().filter(|it| has_words(it)),
                interests: draft.interests.clone(),
                open_to: draft.open_to.clone(),
                exclusions: draft.exclusions.clone().filter(|it| has_words(it)),
                commitment: commitment?,
                places: places?,
                term_months: draft.term_months,
                payment: payment?,
                opens_at: opens_at?.max(now),
                closing: closing?,
                how_to_apply: how_to_apply?,
                accessible_formats: accessible_formats?,
                contact: contact?,
                criteria: draft.criteria.clone(),
                steps: draft.steps.clone(),
                minimum_age_years: minimum_age_years?,
                group: draft.group,
                seats: draft.seats.clone(),
            })
        };
        match advert() {
            Some(advert) if lacking.found.is_empty() => Ok(advert),
            Some(_) | None => Err(lacking.found),
        }
    }
}

#[derive(Default)]
struct Lacking {
    found: Vec<Lack>,
}

impl Lacking {
    fn value<T>(&mut self, lack: Lack, value: Option<T>) -> Option<T> {
        self.unless(value.is_some(), lack);
        value
    }

    fn text(&mut self, lack: Lack, text: Option<&str>) -> Option<String> {
        self.value(lack, text.filter(|text| has_words(text)).map(str::to_owned))
    }

    fn unless(&mut self, there: bool, lack: Lack) {
        if !there {
            self.found.push(lack);
        }
    }

    fn seats(&mut self, draft: &DraftAdvert) {
        if draft.seats.is_empty() {
            return;
        }
        let one_each = draft.places.is_some_and(|it| usize::from(it) == draft.seats.len());
        self.unless(one_each, Lack::SeatForEachPlace);
        self.unless(draft.group.is_some(), Lack::GroupOfSeats);
    }

    fn time(
        &mut self,
        opens_at: Option<Timestamp>,
        closing: Option<&Closing>,
        rules: AdvertRules,
        now: Timestamp,
    ) {
        let (Some(opens_at), Some(Closing::At { at, zone })) = (opens_at, closing) else { return };
        let minimum_days = rules.minimum_advert_days;
        if *at <= opens_at {
            self.found.push(Lack::ClosingBeforeOpening);
        } else if *at <= now {
            self.found.push(Lack::ClosingPassed);
        } else if days_after(opens_at.max(now), minimum_days, zone).is_none_or(|least| *at < least)
        {
            self.found.push(Lack::AdvertTooShort { minimum_days });
        }
    }

    fn criteria(&mut self, criteria: &[Criterion]) {
        self.unless(!criteria.is_empty(), Lack::Criteria);
        let worded = |it: &Criterion| has_words(&it.code) && has_words(&it.text);
        self.unless(criteria.iter().all(worded), Lack::CriterionText);
        let mut codes: Vec<_> = criteria.iter().map(|it| &it.code).collect();
        codes.sort();
        codes.dedup();
        self.unless(codes.len() == criteria.len(), Lack::CriterionCodes);
    }

    fn steps(&mut self, steps: &[Step]) {
        self.unless(!steps.is_empty(), Lack::Steps);
        self.unless(steps.iter().all(|it| has_words(&it.what)), Lack::StepText);
    }
}

/// The same time of day, so many days later where people live, whatever the clocks do in between.
fn days_after(at: Timestamp, days: u16, zone: &str) -> Option<Timestamp> {
    let local = at.in_tz(zone).ok()?;
    Some(local.checked_add(Span::new().days(i32::from(days))).ok()?.timestamp())
}

fn has_words(text: &str) -> bool {
    !text.trim().is_empty()
}

fn says_something(payment: &PaymentOffer) -> bool {
    match payment {
        PaymentOffer::InvolvementPayment { statement }
        | PaymentOffer::ExpensesOnly { statement }
        | PaymentOffer::Unpaid { statement } => has_words(statement),
    }
}

fn can_be_reached(contact: &Contact) -> bool {
    let given = |text: &Option<String>| text.as_deref().is_some_and(has_words);
    has_words(&contact.team) && (given(&contact.email) || given(&contact.phone))
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    fn lacking(change: impl FnOnce(&mut Content)) -> Vec<Lack> {
        let mut content = content();
        change(&mut content);
        content.complete(RULES, beforehand()).err().unwrap_or_default()
    }

    #[test]
    fn a_complete_draft_lacks_nothing_and_is_frozen_word_for_word() {
        let advert = content().complete(RULES, beforehand()).unwrap();
        let draft = content().advert;
        assert_eq!(Some(advert.title), draft.title);
        assert_eq!(Some(advert.opens_at), draft.opens_at);
        assert_eq!(Some(advert.closing), draft.closing);
        assert_eq!(advert.criteria, draft.criteria);
        assert_eq!(advert.seats, draft.seats);
    }

    #[test]
    fn an_empty_draft_lacks_everything_in_the_order_of_the_form() {
        assert_eq!(
            Content::default().complete(RULES, beforehand()),
            Err(vec![
                Lack::Title,
                Lack::Organisation,
                Lack::Purpose,
                Lack::RoleDescription,
                Lack::RoleKind,
                Lack::OpenTo,
                Lack::MinimumAge,
                Lack::Commitment,
                Lack::Places,
                Lack::Payment,
                Lack::OpensAt,
                Lack::Closing,
                Lack::HowToApply,
                Lack::AccessibleFormats,
                Lack::Contact,
                Lack::Criteria,
                Lack::Steps,
                Lack::BudgetCode,
            ])
        );
    }

    #[test]
    fn white_space_says_nothing() {
        assert_eq!(lacking(|it| it.advert.title = Some(" \n".to_owned())), [Lack::Title]);
        let silent = PaymentOffer::Unpaid { statement: String::new() };
        assert_eq!(lacking(|it| it.advert.payment = Some(silent)), [Lack::Payment]);
        assert_eq!(lacking(|it| it.advert.steps[0].what.clear()), [Lack::StepText]);
        assert_eq!(lacking(|it| it.advert.criteria[0].text.clear()), [Lack::CriterionText]);
        assert_eq!(lacking(|it| it.internal.budget_code = Some(String::new())), [Lack::BudgetCode]);
    }

    #[test]
    fn a_contact_can_be_reached() {
        let unreachable = Contact { team: "Involvement team".to_owned(), email: None, phone: None };
        let by_phone = Contact { phone: Some("0300 123 1234".to_owned()), ..unreachable.clone() };
        assert_eq!(lacking(|it| it.advert.contact = Some(unreachable)), [Lack::Contact]);
        assert_eq!(lacking(|it| it.advert.contact = Some(by_phone)), []);
    }

    #[test]
    fn two_criteria_never_share_a_name() {
        let codes = lacking(|it| it.advert.criteria[1].code = it.advert.criteria[0].code.clone());
        assert_eq!(codes, [Lack::CriterionCodes]);
    }

    #[test]
    fn nobody_is_sought_for_no_place() {
        assert_eq!(
            lacking(|it| (it.advert.places, it.advert.seats) = (Some(0), vec![])),
            [Lack::Places]
        );
    }

    #[test]
    fn seats_belong_to_a_group_and_there_is_one_for_each_place() {
        assert_eq!(lacking(|it| it.advert.places = Some(3)), [Lack::SeatForEachPlace]);
        assert_eq!(lacking(|it| it.advert.group = None), [Lack::GroupOfSeats]);
        assert_eq!(lacking(|it| (it.advert.group, it.advert.seats) = (None, vec![])), []);
    }

    #[test]
    fn it_closes_later_than_it_opens_and_later_than_now() {
        let closing = |text: &str| Some(closing_at(at(text)));
        assert_eq!(
            lacking(|it| it.advert.closing = closing("2027-01-04T09:00:00Z")),
            [Lack::ClosingBeforeOpening]
        );
        let over = content().complete(RULES, at("2027-01-29T12:00:00Z"));
        assert_eq!(over, Err(vec![Lack::ClosingPassed]));
    }

    #[test]
    fn people_have_the_minimum_of_days_counted_where_they_live() {
        let too_short = [Lack::AdvertTooShort { minimum_days: 14 }];
        let times = |opens: &str, closes: &str| {
            lacking(|it| {
                it.advert.opens_at = Some(at(opens));
                it.advert.closing = Some(closing_at(at(closes)));
            })
        };
        assert_eq!(times("2027-01-04T09:00:00Z", "2027-01-18T08:59:59Z"), too_short);
        assert_eq!(times("2027-01-04T09:00:00Z", "2027-01-18T09:00:00Z"), []);
        // Nine in the morning on both days, though the clocks go forward between them.
        assert_eq!(times("2027-03-22T09:00:00Z", "2027-04-05T08:00:00Z"), []);
        assert_eq!(times("2027-03-22T09:00:00Z", "2027-04-05T07:59:59Z"), too_short);
    }

    #[test]
    fn a_rolling_advert_needs_no_closing_time() {
        assert_eq!(lacking(|it| it.advert.closing = Some(Closing::Rolling)), []);
    }
}
