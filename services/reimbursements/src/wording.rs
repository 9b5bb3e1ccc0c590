//! How text may be written: not too long, and without characters that could break a subject line, a
//! letter or a file. Markup, quotes and formulas are just text; they pass, and are shown as written.

/// Characters in a text of some sentences.
const PARAGRAPH_CHARACTERS_MAX: usize = 2_000;
/// Characters in a code that goes into keys and column heads.
const CODE_CHARACTERS_MAX: usize = 40;

/// Collects what is wrong with a body, field by field.
#[derive(Default)]
pub(crate) struct Wording {
    problems: Vec<(String, String)>,
}

impl Wording {
    /// One line that says something: a name, a code of somebody else's.
    pub(crate) fn line(&mut self, field: &str, text: &str, characters_max: usize) {
        self.says_something(field, text);
        let breaks = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}');
        if text.chars().any(breaks) {
            self.problem(field, "This has to be one line of plain text.");
        }
        self.at_most_characters(field, text, characters_max);
    }

    /// Some sentences, in lines as the writer broke them.
    pub(crate) fn paragraph(&mut self, field: &str, text: &str) {
        self.says_something(field, text);
        if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t')) {
            self.problem(field, "This holds a character that is not text; please type it anew.");
        }
        self.at_most_characters(field, text, PARAGRAPH_CHARACTERS_MAX);
    }

    /// A short name of our own.
    pub(crate) fn code(&mut self, field: &str, text: &str) {
        self.says_something(field, text);
        let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_".contains(it);
        if !text.chars().all(plain) {
            self.problem(field, "Please use small letters, digits, hyphens and underscores only.");
        }
        self.at_most_characters(field, text, CODE_CHARACTERS_MAX);
    }

    /// A list of bounded length.
    pub(crate) fn at_most(&mut self, field: &str, count: usize, count_max: usize) {
        if count > count_max {
            self.problem(field, &format!("Please use at most {count_max} entries."));
        }
    }

    /// Anything else.
    pub(crate) fn problem(&mut self, field: &str, what: &str) {
        self.problems.push((field.to_owned(), what.to_owned()));
    }

    /// What was found: field, and the sentence for whoever filled it in.
    pub(crate) fn found(self) -> Vec<(String, String)> {
        self.problems
    }

    fn says_something(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.problem(field, "Please write something here.");
        }
    }

    fn at_most_characters(&mut self, field: &str, text: &str, characters_max: usize) {
        if text.chars().count() > characters_max {
            self.problem(field, &format!("Please use at most {characters_max} characters."));
        }
    }
}

#[cfg(test)]
mod stories {
    use super::Wording;

    fn n_problems(check: impl FnOnce(&mut Wording)) -> usize {
        let mut wording = Wording::default();
        check(&mut wording);
        wording.found().len()
    }

    #[test]
    fn what_people_write_is_just_text() {
        for text in ["<b>'); drop table event;--</b>", "=1+2", "Rhoi llais – 意見 🙂", "{{x}}"]
        {
            assert_eq!(n_problems(|it| it.line("a", text, 80)), 0);
            assert_eq!(n_problems(|it| it.paragraph("a", &format!("{text}\r\n\t{text}"))), 0);
        }
    }

    #[test]
    fn one_line_holds_nothing_that_could_begin_another() {
        for text in ["A\r\nBcc: all@example.org", "A\0", "A\u{2028}", "A\u{1b}[2J", " ", ""] {
            assert_eq!(n_problems(|it| it.line("a", text, 80)), 1, "{text:?}");
        }
        assert_eq!(n_problems(|it| it.paragraph("a", "A\0")), 1);
        assert_eq!(n_problems(|it| it.paragraph("a", "\n")), 1);
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(n_problems(|it| it.line("a", &"ŵ".repeat(80), 80)), 0);
        assert_eq!(n_problems(|it| it.line("a", &"w".repeat(81), 80)), 1);
        assert_eq!(n_problems(|it| it.paragraph("a", &"w".repeat(2_001))), 1);
        assert_eq!(n_problems(|it| it.at_most("a", 3, 2)), 1);
    }

    #[test]
    fn a_code_is_plain() {
        assert_eq!(n_problems(|it| it.code("a", "decision_meeting-2")), 0);
        assert_eq!(n_problems(|it| it.code("a", "Two Words")), 1);
        assert_eq!(n_problems(|it| it.code("a", &"a".repeat(41))), 1);
    }
}
