//! How plain text in a request may be written: one line, not too long, nothing named twice. Personal
//! text is judged where it is sealed and never comes here.

use std::collections::BTreeSet;

use contracts::PersonId;
use jiff::tz::TimeZone;

/// Entries of one list.
const ENTRIES_MAX: usize = 50;
/// Characters in a text of some sentences.
const PARAGRAPH_CHARACTERS_MAX: usize = 2_000;

/// Collects what is wrong with a body, field by field.
#[derive(Default)]
pub(crate) struct Wording {
    problems: Vec<(String, String)>,
}

impl Wording {
    /// One line that says something.
    pub(crate) fn line(&mut self, field: &str, text: &str, characters_max: usize) {
        if text.trim().is_empty() {
            self.problem(field, "Please write something here.");
        }
        if text.chars().any(breaks_a_line) {
            self.problem(field, "This has to be one line of plain text.");
        }
        if text.chars().count() > characters_max {
            self.problem(field, &format!("Please use at most {characters_max} characters."));
        }
    }

    /// Choices from one of the trust's own lists.
    pub(crate) fn choices(&mut self, field: &str, choices: &BTreeSet<String>) {
        if choices.len() > ENTRIES_MAX {
            self.problem(field, &format!("Please choose at most {ENTRIES_MAX}."));
        }
        for choice in choices {
            self.line(field, choice, 80);
        }
    }

    /// Some sentences, in lines as the writer broke them.
    pub(crate) fn paragraph(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.problem(field, "Please write something here.");
        }
        if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t')) {
            self.problem(field, "This holds a character that is not text; please type it anew.");
        }
        if text.chars().count() > PARAGRAPH_CHARACTERS_MAX {
            let problem = format!("Please use at most {PARAGRAPH_CHARACTERS_MAX} characters.");
            self.problem(field, &problem);
        }
    }

    /// A list of bounded length.
    pub(crate) fn at_most(&mut self, field: &str, count: usize, count_max: usize) {
        if count > count_max {
            self.problem(field, &format!("Please name at most {count_max}."));
        }
    }

    /// A time zone by name.
    pub(crate) fn zone(&mut self, field: &str, name: &str) {
        if TimeZone::get(name).is_err() {
            self.problem(field, "This has to be the name of a time zone, such as Europe/London.");
        }
    }

    /// A list of people, bounded and without repeats.
    pub(crate) fn people(&mut self, field: &str, people: &[PersonId], count_max: usize) {
        self.at_most(field, people.len(), count_max);
        if people.iter().collect::<BTreeSet<_>>().len() < people.len() {
            self.problem(field, "Please name nobody twice.");
        }
    }

    /// What was found: field, and the sentence for whoever filled it in.
    pub(crate) fn found(self) -> Vec<(String, String)> {
        self.problems
    }

    /// Anything else.
    pub(crate) fn problem(&mut self, field: &str, what: &str) {
        self.problems.push((field.to_owned(), what.to_owned()));
    }
}

/// Control characters, and Unicode's own line and paragraph separators.
fn breaks_a_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod stories {
    use super::*;

    fn problems(text: &str) -> usize {
        let mut wording = Wording::default();
        wording.line("field", text, 5);
        wording.found().len()
    }

    #[test]
    fn a_line_is_one_line_of_a_bounded_length_that_says_something() {
        assert_eq!(problems("ŵŵŵŵŵ"), 0);
        assert_eq!(["", " ", "a\nb", "a\u{2028}b", "ŵŵŵŵŵŵ"].map(problems), [1, 1, 1, 1, 1]);
    }

    #[test]
    fn a_list_is_bounded_too() {
        let list = |n: usize| (0..n).map(|it| format!("{it:03}")).collect::<BTreeSet<_>>();
        let problems = |list: &BTreeSet<String>| {
            let mut wording = Wording::default();
            wording.choices("interests", list);
            wording.found()
        };
        assert_eq!(problems(&list(50)), []);
        assert_eq!(problems(&list(51))[0].0, "interests");
        assert_eq!(problems(&["a\nb".to_owned()].into()).len(), 1);
    }

    #[test]
    fn a_paragraph_has_lines_and_a_bounded_length_and_says_something() {
        let problems = |text: &str| {
            let mut wording = Wording::default();
            wording.paragraph("reason", text);
            wording.found().len()
        };
        assert_eq!(problems("First.\r\n\r\n\tSecond."), 0);
        assert_eq!(["", "a\0b", "w".repeat(2_001).as_str()].map(problems), [1, 1, 1]);
    }

    #[test]
    fn a_zone_has_a_name_and_nobody_is_named_twice() {
        let mut wording = Wording::default();
        let [ana, ben] = [1, 2].map(|it| PersonId::new(uuid::Uuid::from_u128(it)));
        wording.zone("zone", "Europe/London");
        wording.people("people", &[ana, ben], 2);
        assert_eq!(wording.problems, []);
        wording.zone("zone", "Nowhere");
        wording.people("people", &[ana, ben, ana], 2);
        assert_eq!(wording.found().len(), 3);
    }
}
