//! What is known of an activity and its day, looked up for whoever claims: they cannot bring it
//! themselves.

use contracts::PersonId;
use http::StatusCode;
use jiff::civil::Date;
use web::Problem;

use super::State;
use crate::claim::{Activity, Known};
use crate::setting::{ClaimWindow, Name, Setting, Values, in_force};
use crate::views::activity::{Knowledge, knowledge};
use crate::views::{car_miles, rate_card};

/// How long facts of other services take to come here, and then some.
const FACTS_COME_WITHIN_SECONDS: u16 = 2;

impl State {
    /// What a claim for an activity is decided by, and the version of the setting among it.
    pub(super) async fn known(
        &self,
        person: PersonId,
        activity: Activity,
    ) -> Result<(Known, Option<String>), Problem> {
        let evidence = match knowledge(&self.pool, person, activity).await? {
            Knowledge::NotHeardOf => return Err(not_heard_of()),
            Knowledge::TookNoPart => None,
            Knowledge::TookPart(evidence) => Some(evidence),
        };
        let Some(on) = evidence.as_ref().map(|it| it.on) else {
            return Ok((nothing_known(), None));
        };
        let (window, rule_version) = self.window(on).await?;
        let known = Known {
            evidence,
            rates: rate_card::of_the_day(&self.pool, on).await?,
            car_tenths_before: car_miles::in_the_year_of(&self.pool, person, on).await?,
            window,
            // Nobody tells this service yet for how long someone was away.
            days_away: 0,
        };
        Ok((known, rule_version))
    }

    async fn window(&self, on: Date) -> Result<(ClaimWindow, Option<String>), Problem> {
        let executor = self.edge.executor();
        let setting = executor.load::<Setting>(Name::ClaimWindow.stream()).await?.room;
        Ok(match in_force(&setting.versions, Name::ClaimWindow, on) {
            Some(version) => {
                let Values::ClaimWindow(window) = version.values;
                (window, Some(version.cited()))
            }
            None => (ClaimWindow::SUGGESTED, None),
        })
    }
}

fn nothing_known() -> Known {
    Known {
        evidence: None,
        rates: None,
        car_tenths_before: 0,
        window: ClaimWindow::SUGGESTED,
        days_away: 0,
    }
}

/// Word of it may be on its way; nothing is decided meanwhile, and the same request may be sent again.
fn not_heard_of() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "activity.not_heard_of",
        "We have not heard of this yet",
        "There is no session or piece of work known here by this id. If it was written up just now, \
         send the request again in a moment, with the same key.",
    )
    .retry_after(FACTS_COME_WITHIN_SECONDS)
}
