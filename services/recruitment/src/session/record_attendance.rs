//! Record attendance: who was there, for everyone on one sheet. A second sheet corrects the first and
//! deletes nothing. For whoever was expected and not seen, a caring call is opened.

use std::collections::BTreeMap;

use contracts::PersonId;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::meeting::length;
use super::{Event, FollowUpState, How, Mark, Meeting, Refusal, Session};
use crate::wording::Wording;

/// More people than any sheet has.
const ENTRIES_MAX: usize = 500;

/// Asked by staff or whoever leads the group. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAttendance {
    /// How long it lasted in the end, in minutes; the form suggests what was planned.
    pub lasted_minutes: u16,
    /// One line for each person. Who is left out stays as recorded before.
    #[schema(max_items = 500)]
    pub entries: Vec<Entry>,
}

/// One line of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttendanceEntry)]
pub struct Entry {
    /// Who.
    pub person: PersonId,
    /// How they took part.
    pub how: How,
    /// Whether they came without having been invited.
    #[serde(default)]
    pub walked_in: bool,
}

impl RecordAttendance {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        length(&mut wording, "lasted_minutes", self.lasted_minutes);
        let people: Vec<PersonId> = self.entries.iter().map(|it| it.person).collect();
        wording.people("entries", &people, ENTRIES_MAX);
        wording.found()
    }

    /// Once it has begun, judged by when the sheet arrived.
    pub fn decide(self, state: &Session, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let (meeting, before) = match state {
            Session::Planned(meeting) | Session::Confirmed(meeting) => (meeting, None),
            Session::Held(meeting, register) => (meeting, Some(register)),
            Session::NotPlanned => return Err(Refusal::NotPlanned),
            Session::Cancelled(..) => return Err(Refusal::Cancelled),
        };
        if occasion.received_at < meeting.starts_at {
            let (starts_at, zone) = (meeting.starts_at, meeting.zone.clone());
            return Err(Refusal::NotStarted { starts_at, zone });
        }
        let none = BTreeMap::new();
        let marks = before.map_or(&none, |register| &register.marks);
        let sheet = self.sheet(meeting, marks)?;
        let lasted_minutes = self.lasted_minutes;
        let mut events = Vec::new();
        if before.map(|register| register.lasted_minutes) != Some(lasted_minutes) {
            events.push(Event::Held { group: meeting.group, on: meeting.on(), lasted_minutes });
        }
        for (person, (how, walked_in)) in sheet {
            let it = Line { person, how, walked_in, minutes: how.minutes(lasted_minutes) };
            events.extend(it.events(meeting, marks.get(&person)));
        }
        Ok(events)
    }

    /// What holds of each person with this sheet on top of what was recorded before.
    fn sheet(
        &self,
        meeting: &Meeting,
        marks: &BTreeMap<PersonId, Mark>,
    ) -> Result<BTreeMap<PersonId, (How, bool)>, Refusal> {
        let mut named = std::collections::BTreeSet::new();
        let mut sheet: BTreeMap<PersonId, (How, bool)> =
            marks.iter().map(|(person, it)| (*person, (it.how, it.walked_in))).collect();
        for Entry { person, how, walked_in } in &self.entries {
            if !named.insert(*person) {
                return Err(Refusal::NamedTwice);
            }
            let invited = meeting.invited.contains(person);
            let known = sheet.contains_key(person);
            if !invited && !known && !walked_in {
                return Err(Refusal::NotInvited);
            }
            if !invited && !known && !how.was_there() {
                return Err(Refusal::WalkedInButAbsent);
            }
            sheet.insert(*person, (*how, !invited));
        }
        let lasted_minutes = self.lasted_minutes;
        let is_part = |how: How| match how {
            How::AttendedPart { minutes } => 0 < minutes && minutes < lasted_minutes,
            How::AttendedFull | How::Apologies | How::DidNotAttend => true,
        };
        if sheet.values().all(|(how, _)| is_part(*how)) {
            Ok(sheet)
        } else {
            Err(Refusal::PartNotPart { lasted_minutes })
        }
    }
}

/// One person's line with its minutes.
struct Line {
    person: PersonId,
    how: How,
    walked_in: bool,
    minutes: u16,
}

impl Line {
    fn events(self, meeting: &Meeting, before: Option<&Mark>) -> Vec<Event> {
        let Self { person, how, walked_in, minutes } = self;
        let (group, on) = (meeting.group, meeting.on());
        let recorded = match before {
            Some(mark) if (mark.how, mark.minutes) == (how, minutes) => return Vec::new(),
            Some(Mark { how: was, minutes: was_minutes, .. }) => Event::AttendanceCorrected {
                person,
                group,
                on,
                was: *was,
                was_minutes: *was_minutes,
                how,
                minutes,
            },
            None => Event::AttendanceRecorded { person, group, on, how, minutes, walked_in },
        };
        let missed = how == How::DidNotAttend && !walked_in;
        let follow_up = match before.map_or(FollowUpState::NotNeeded, |mark| mark.follow_up) {
            FollowUpState::NotNeeded | FollowUpState::Done(_) if missed => {
                Some(Event::FollowUpOpened { person, group, on })
            }
            FollowUpState::Open if !missed => Some(Event::FollowUpDropped { person }),
            FollowUpState::NotNeeded | FollowUpState::Open | FollowUpState::Done(_) => None,
        };
        std::iter::once(recorded).chain(follow_up).collect()
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Command, Outcome};
    use super::*;
    use crate::story::{at, online, typed};

    fn sheet(lasted_minutes: u16, lines: &[(PersonId, How)]) -> Command {
        let line = |(person, how): &(PersonId, How)| Entry {
            person: *person,
            how: *how,
            walked_in: *person == CAT,
        };
        let entries = lines.iter().map(line).collect();
        Command::RecordAttendance(RecordAttendance { lasted_minutes, entries })
    }

    const A_PART: How = How::AttendedPart { minutes: 45 };

    #[test]
    fn one_sheet_tells_of_everyone_and_opens_a_call_for_whoever_was_not_seen() {
        let lines = [
            (DEE, How::Apologies),
            (CAT, A_PART),
            (BEN, How::DidNotAttend),
            (ANA, How::AttendedFull),
        ];
        for history in [until_planned(), until_confirmed()] {
            given(history).when(online(STAFF, afterwards()), sheet(120, &lines)).then_all(vec![
                held(120),
                recorded(ANA, How::AttendedFull, 120),
                recorded(BEN, How::DidNotAttend, 0),
                follow_up_opened(BEN),
                recorded(CAT, A_PART, 45),
                recorded(DEE, How::Apologies, 0),
            ]);
        }
    }

    #[test]
    fn who_was_there_is_known_once_it_has_begun_and_the_sheet_counts_from_its_arrival() {
        let early = at("2027-06-15T12:59:59Z");
        let not_started =
            Refusal::NotStarted { starts_at: start(), zone: "Europe/London".to_owned() };
        for occasion in [online(STAFF, early), typed(STAFF, LEAD, early, afterwards())] {
            given(until_confirmed())
                .when(occasion, sheet(120, &[(ANA, How::AttendedFull)]))
                .then_refused(not_started.clone());
        }
        given(until_confirmed())
            .when(online(STAFF, start()), sheet(120, &[(ANA, How::AttendedFull)]))
            .then_all(vec![held(120), recorded(ANA, How::AttendedFull, 120)]);
    }

    #[test]
    fn told_twice_it_is_recorded_once() {
        let lines = [(ANA, How::AttendedFull), (BEN, How::DidNotAttend)];
        let followed_up = [until_recorded(), vec![followed_up(BEN, Outcome::Counts)]].concat();
        for history in [until_recorded(), followed_up] {
            given(history).when(online(STAFF, afterwards()), sheet(120, &lines)).then_nothing();
        }
    }

    #[test]
    fn a_correction_keeps_what_stood_there_and_ends_a_call_nobody_needs() {
        given(until_recorded())
            .when(online(STAFF, afterwards()), sheet(120, &[(BEN, A_PART)]))
            .then_all(vec![
                corrected(BEN, (How::DidNotAttend, 0), (A_PART, 45)),
                Event::FollowUpDropped { person: BEN },
            ]);
        given(until_recorded())
            .when(online(STAFF, afterwards()), sheet(120, &[(ANA, How::DidNotAttend)]))
            .then_all(vec![
                corrected(ANA, (How::AttendedFull, 120), (How::DidNotAttend, 0)),
                follow_up_opened(ANA),
            ]);
    }

    #[test]
    fn what_was_followed_up_is_corrected_too_and_followed_up_anew_where_needed() {
        let done = [until_recorded(), vec![followed_up(BEN, Outcome::Counts)]].concat();
        let there = corrected(BEN, (How::DidNotAttend, 0), (How::AttendedFull, 120));
        given(done.clone())
            .when(online(STAFF, afterwards()), sheet(120, &[(BEN, How::AttendedFull)]))
            .then(there.clone());
        given([done, vec![there]].concat())
            .when(online(STAFF, afterwards()), sheet(120, &[(BEN, How::DidNotAttend)]))
            .then_all(vec![
                corrected(BEN, (How::AttendedFull, 120), (How::DidNotAttend, 0)),
                follow_up_opened(BEN),
            ]);
    }

    #[test]
    fn a_second_sheet_adds_whoever_was_left_out() {
        given(until_recorded())
            .when(online(STAFF, afterwards()), sheet(120, &[(DEE, How::Apologies)]))
            .then(recorded(DEE, How::Apologies, 0));
    }

    #[test]
    fn where_it_lasted_longer_everyone_who_stayed_was_there_longer() {
        given(until_recorded()).when(online(STAFF, afterwards()), sheet(150, &[])).then_all(vec![
            held(150),
            corrected(ANA, (How::AttendedFull, 120), (How::AttendedFull, 150)),
        ]);
    }

    #[test]
    fn whoever_came_without_being_invited_is_marked_so() {
        let uninvited = |how, walked_in| {
            let entries = vec![Entry { person: CAT, how, walked_in }];
            Command::RecordAttendance(RecordAttendance { lasted_minutes: 120, entries })
        };
        given(until_confirmed())
            .when(online(STAFF, afterwards()), uninvited(How::AttendedFull, false))
            .then_refused(Refusal::NotInvited);
        for how in [How::Apologies, How::DidNotAttend] {
            given(until_confirmed())
                .when(online(STAFF, afterwards()), uninvited(how, true))
                .then_refused(Refusal::WalkedInButAbsent);
        }
    }

    #[test]
    fn nobody_rings_someone_who_was_never_expected() {
        let mistaken = [until_recorded(), vec![recorded(CAT, How::AttendedFull, 120)]].concat();
        given(mistaken)
            .when(online(STAFF, afterwards()), sheet(120, &[(CAT, How::DidNotAttend)]))
            .then(corrected(CAT, (How::AttendedFull, 120), (How::DidNotAttend, 0)));
    }

    #[test]
    fn each_person_is_marked_once() {
        let lines = [(ANA, How::AttendedFull), (ANA, How::Apologies)];
        given(until_confirmed())
            .when(online(STAFF, afterwards()), sheet(120, &lines))
            .then_refused(Refusal::NamedTwice);
    }

    #[test]
    fn a_part_is_more_than_none_and_less_than_all() {
        for minutes in [0, 120, 121] {
            given(until_confirmed())
                .when(
                    online(STAFF, afterwards()),
                    sheet(120, &[(ANA, How::AttendedPart { minutes })]),
                )
                .then_refused(Refusal::PartNotPart { lasted_minutes: 120 });
        }
        let in_part = [until_recorded(), vec![recorded(DEE, A_PART, 45)]].concat();
        given(in_part)
            .when(online(STAFF, afterwards()), sheet(40, &[]))
            .then_refused(Refusal::PartNotPart { lasted_minutes: 40 });
    }

    #[test]
    fn nobody_was_at_what_did_not_take_place() {
        for (history, refusal) in
            [(vec![], Refusal::NotPlanned), (until_cancelled(), Refusal::Cancelled)]
        {
            given(history)
                .when(online(STAFF, afterwards()), sheet(120, &[(ANA, How::AttendedFull)]))
                .then_refused(refusal);
        }
    }

    #[test]
    fn a_sheet_has_a_length_and_names_nobody_twice() {
        let entry = Entry { person: ANA, how: How::Apologies, walked_in: false };
        let sheet =
            |lasted_minutes, n| RecordAttendance { lasted_minutes, entries: vec![entry; n] };
        assert_eq!(sheet(120, 1).malformed(), []);
        assert_eq!(sheet(0, 2).malformed().len(), 2);
    }
}
