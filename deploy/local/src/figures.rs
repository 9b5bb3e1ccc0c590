//! What the story came to, in figures: for programs as one object, for people as a list.

use std::time::Duration;

use serde::Serialize;

use crate::timeline::hanging;

/// The figures of one telling. Money is in pence.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// Adverts that were approved.
    pub opportunities_published: usize,
    /// Adverts that could not be.
    pub opportunities_refused: usize,
    /// Messages that left.
    pub notifications_sent: usize,
    /// Applications that came in.
    pub applications: usize,
    /// Applicants who were given an outcome.
    pub decisions: usize,
    /// Places that were taken.
    pub appointments: usize,
    /// Reminders before a term's end that came due.
    pub reminders_sent: usize,
    /// How many of them are for people; the others stand on a coordinator's list.
    #[serde(skip)]
    pub reminders_for_people: usize,
    /// Seats that passed on.
    pub rotations: usize,
    /// Claims that were paid.
    pub claims_paid: usize,
    /// What they came to.
    pub pence_paid: i64,
    /// Events in all logs together.
    pub events: i64,
    /// Whether every chain holds.
    pub chain_verified: bool,
    /// How long it took, from the first moment on.
    pub seconds: f64,
    /// What the story left out, and why.
    #[serde(skip)]
    pub left_out: Vec<String>,
}

impl Figures {
    /// Notes how long it took, to the hundredth.
    pub fn took(&mut self, time: Duration) {
        self.seconds = (time.as_secs_f64() * 100.0).round() / 100.0;
    }

    /// As one line of JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As lines for people; what did not happen is left out.
    pub fn told(&self) -> Vec<String> {
        let for_staff = self.reminders_sent.saturating_sub(self.reminders_for_people);
        let reminders = format!(
            "end-of-term reminders came due: {} for people, {for_staff} on the coordinator's list",
            self.reminders_for_people
        );
        let counted = [
            (self.opportunities_published, "opportunities published"),
            (self.opportunities_refused, "adverts that could not be published"),
            (self.notifications_sent, "messages that left by e-mail"),
            (self.applications, "applications"),
            (self.decisions, "outcomes decided"),
            (self.appointments, "places taken"),
            (self.reminders_sent, reminders.as_str()),
            (self.rotations, "seats passed on"),
            (self.claims_paid, "claims paid"),
        ];
        let mut lines: Vec<_> = counted
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("  {count:>6}  {what}"))
            .collect();
        if self.pence_paid > 0 {
            lines.push(format!("  £{}.{:02} paid", self.pence_paid / 100, self.pence_paid % 100));
        }
        let chain =
            if self.chain_verified { "and every chain holds" } else { "BUT A CHAIN IS BROKEN" };
        lines.push(format!("  {:>6}  events in the services' histories, {chain}", self.events));
        lines.push(format!("  {:>6.1}  seconds", self.seconds));
        for left_out in &self.left_out {
            lines.extend(hanging("  left out: ", left_out, 12));
        }
        lines
    }
}

#[cfg(test)]
mod stories {
    use std::time::Duration;

    use super::Figures;

    #[test]
    fn the_object_has_exactly_the_figures_that_were_agreed() {
        let mut figures = Figures {
            reminders_for_people: 7,
            left_out: vec!["a part".to_owned()],
            ..Figures::default()
        };
        figures.took(Duration::from_millis(12_345));
        assert_eq!(
            figures.json(),
            "{\"opportunities_published\":0,\"opportunities_refused\":0,\"notifications_sent\":0,\
             \"applications\":0,\"decisions\":0,\"appointments\":0,\"reminders_sent\":0,\
             \"rotations\":0,\"claims_paid\":0,\"pence_paid\":0,\"events\":0,\
             \"chain_verified\":false,\"seconds\":12.35}"
        );
    }
    #[test]
    fn people_read_whom_reminders_were_for_and_what_was_left_out() {
        let figures = Figures {
            reminders_sent: 6,
            reminders_for_people: 4,
            left_out: vec!["there is one place".to_owned()],
            ..Figures::default()
        };
        let told = figures.told();
        let reminders =
            "       6  end-of-term reminders came due: 4 for people, 2 on the coordinator's list";
        assert_eq!(told.first().map(String::as_str), Some(reminders));
        assert_eq!(told.last().map(String::as_str), Some("  left out: there is one place"));
    }
}
