//! Record publicity: where, when and to whom an opportunity was made known, so that the trust can
//! show how widely it asked.

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::zone_of;
use super::wording::Wording;
use super::{Advertised, Event, Opportunity, Refusal};

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPublicity {
    /// By what, such as a newsletter or a poster.
    #[schema(max_length = 80)]
    pub channel: String,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// To whom.
    #[schema(max_length = 200)]
    pub audience: String,
    /// Where it can be seen, if anywhere.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub link: Option<String>,
}

impl RecordPublicity {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.required("channel", &self.channel);
        wording.line("channel", Some(&self.channel), 80);
        wording.required("audience", &self.audience);
        wording.line("audience", Some(&self.audience), 200);
        wording.link("link", self.link.as_deref());
        wording.found()
    }

    /// From approval on, and also after a withdrawal: what was put up stays known.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Approved(it)
            | Opportunity::Open(it)
            | Opportunity::Closed(it)
            | Opportunity::Concluded(it, _)
            | Opportunity::Withdrawn { advertised: Some(it), .. } => self.record(it, occasion),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) | Opportunity::InReview(_) => Err(Refusal::NotApproved),
            Opportunity::Withdrawn { advertised: None, .. } => Err(Refusal::Withdrawn),
        }
    }

    fn record(self, it: &Advertised, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if it.publicity.contains(&self) {
            return Ok(Vec::new());
        }
        let zone = zone_of(&it.advert.closing);
        let today = occasion.taken_at.in_tz(zone).map(|local| local.date());
        if today.is_ok_and(|today| self.on > today) {
            return Err(Refusal::PublicityToCome);
        }
        let Self { channel, on, audience, link } = self;
        Ok(vec![Event::PublicityRecorded { channel, on, audience, link }])
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::samples::*;
    use super::*;
    use crate::opportunity::Command;

    fn newsletter() -> RecordPublicity {
        RecordPublicity {
            channel: "Newsletter".to_owned(),
            on: date(2027, 1, 5),
            audience: "Everyone on the carers' mailing list".to_owned(),
            link: Some("https://example.org/newsletter/5".to_owned()),
        }
    }

    fn record() -> Command {
        Command::RecordPublicity(newsletter())
    }

    #[test]
    fn it_is_noted_where_an_opportunity_was_made_known() {
        for history in
            [until_approved(), until_opened(), until_closed(), until_concluded(), until_withdrawn()]
        {
            given(history).when(COORDINATOR, a_week_after_closing(), record()).then(publicised());
        }
    }

    #[test]
    fn told_twice_it_is_noted_once() {
        for history in [until_opened(), until_closed()] {
            given([history, vec![publicised()]].concat())
                .when(COORDINATOR, a_week_after_closing(), record())
                .then_nothing();
        }
        given([until_opened(), vec![publicised(), withdrawn(true)]].concat())
            .when(COORDINATOR, a_week_after_closing(), record())
            .then_nothing();
    }

    #[test]
    fn a_plan_is_no_record() {
        given(until_opened())
            .when(COORDINATOR, at("2027-01-04T23:59:59Z"), record())
            .then_refused(Refusal::PublicityToCome);
        given(until_opened())
            .when(COORDINATOR, at("2027-01-05T00:00:00Z"), record())
            .then(publicised());
    }

    #[test]
    fn only_what_was_approved_is_made_known() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotApproved),
            (until_submitted(), Refusal::NotApproved),
            (vec![drafted(content()), withdrawn(false)], Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history).when(COORDINATOR, closing(), record()).then_refused(refusal);
        }
    }

    #[test]
    fn a_link_leads_to_the_web_and_does_nothing_else() {
        assert_eq!(newsletter().malformed(), []);
        let mut acting = newsletter();
        acting.link = Some("javascript:alert(1)".to_owned());
        assert_eq!(acting.malformed().len(), 1);
    }
}
