//! How text may be written: not too long, and without characters that could break a subject line, a
//! letter or a file. Markup, quotes and formulas are just text; they pass, and are shown as written.

use jiff::tz::TimeZone;

/// Characters in a text of some sentences.
const PARAGRAPH_CHARACTERS_MAX: usize = 2_000;
/// Characters in a text of several paragraphs.
const PAGE_CHARACTERS_MAX: usize = 6_000;
/// RFC 5321, 4.5.3.1: a path is at most 256 octets with its angle brackets.
const EMAIL_CHARACTERS_MAX: usize = 254;
/// What browsers and mail programmes carry without cutting.
const LINK_CHARACTERS_MAX: usize = 2_000;

/// Collects what is wrong with a body, field by field.
#[derive(Default)]
pub(super) struct Wording {
    problems: Vec<(String, String)>,
}

impl Wording {
    /// One line: a title, a name, an address.
    pub(super) fn line(&mut self, field: &str, text: Option<&str>, characters_max: usize) {
        let Some(text) = text else { return };
        if text.chars().any(breaks_a_line) {
            self.problem(field, "This has to be one line of plain text.");
        }
        self.at_most_characters(field, text, characters_max);
    }

    /// Some sentences, in lines as the writer broke them.
    pub(super) fn paragraph(&mut self, field: &str, text: Option<&str>) {
        self.lines(field, text, PARAGRAPH_CHARACTERS_MAX);
    }

    /// Several paragraphs.
    pub(super) fn page(&mut self, field: &str, text: Option<&str>) {
        self.lines(field, text, PAGE_CHARACTERS_MAX);
    }

    fn lines(&mut self, field: &str, text: Option<&str>, characters_max: usize) {
        let Some(text) = text else { return };
        if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t')) {
            self.problem(field, "This holds a character that is not text; please type it anew.");
        }
        self.at_most_characters(field, text, characters_max);
    }

    /// More than white space.
    pub(super) fn required(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.problem(field, "Please write something here.");
        }
    }

    /// A short name that goes into keys and column heads.
    pub(super) fn code(&mut self, field: &str, text: &str) {
        let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_".contains(it);
        if !text.chars().all(plain) {
            self.problem(field, "Please use small letters, digits, hyphens and underscores only.");
        }
        self.at_most_characters(field, text, 40);
    }

    /// An e-mail address, as far as its shape tells.
    pub(super) fn email(&mut self, field: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        let shaped = text.split_once('@').is_some_and(|(mailbox, domain)| {
            !mailbox.is_empty() && domain.contains('.') && !domain.contains('@')
        });
        if !shaped || text.chars().any(|it| it.is_whitespace() || breaks_a_line(it)) {
            self.problem(field, "This has to be an e-mail address.");
        }
        self.at_most_characters(field, text, EMAIL_CHARACTERS_MAX);
    }

    /// An address on the web. Others, such as `javascript:`, would act when followed.
    pub(super) fn link(&mut self, field: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        let on_the_web = text.starts_with("https://") || text.starts_with("http://");
        if !on_the_web || text.chars().any(|it| it.is_whitespace() || breaks_a_line(it)) {
            self.problem(field, "This has to be an address that begins with https:// or http://.");
        }
        self.at_most_characters(field, text, LINK_CHARACTERS_MAX);
    }

    /// A time zone by name.
    pub(super) fn zone(&mut self, field: &str, name: &str) {
        if TimeZone::get(name).is_err() {
            self.problem(field, "This has to be the name of a time zone, such as Europe/London.");
        }
    }

    /// A list without repeats.
    pub(super) fn list<T: Ord>(&mut self, field: &str, items: &[T], count_max: usize) {
        self.at_most(field, items.len(), count_max);
        let mut sorted: Vec<_> = items.iter().collect();
        sorted.sort();
        if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
            self.problem(field, "Please name nothing twice.");
        }
    }

    /// A list of bounded length.
    pub(super) fn at_most(&mut self, field: &str, count: usize, count_max: usize) {
        if count > count_max {
            self.problem(field, &format!("Please use at most {count_max} entries."));
        }
    }

    /// Anything else.
    pub(super) fn problem(&mut self, field: &str, what: &str) {
        self.problems.push((field.to_owned(), what.to_owned()));
    }

    /// What was found: field, and the sentence for whoever filled it in.
    pub(super) fn found(self) -> Vec<(String, String)> {
        self.problems
    }

    fn at_most_characters(&mut self, field: &str, text: &str, characters_max: usize) {
        if text.chars().count() > characters_max {
            self.problem(field, &format!("Please use at most {characters_max} characters."));
        }
    }
}

/// Control characters, and Unicode's own line and paragraph separators.
fn breaks_a_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::{Closing, Contact, Criterion};

    use super::super::samples::content;
    use super::super::{Content, Event, Supplied};

    fn fields(change: impl FnOnce(&mut Content)) -> Vec<String> {
        let mut content = content();
        change(&mut content);
        content.malformed().into_iter().map(|(field, _)| field).collect()
    }

    fn title(text: &str) -> Vec<String> {
        fields(|it| it.advert.title = Some(text.to_owned()))
    }

    #[test]
    fn what_people_write_is_just_text() {
        assert_eq!(content().malformed(), []);
        for text in
            ["<b>Robert'); drop table event;--</b>", "=1+2", "Rhoi llais – 意見 🙂", "{{x}}"]
        {
            assert_eq!(title(text), [""; 0]);
        }
        let paragraphs = "First.\r\n\r\n\tSecond.".to_owned();
        assert_eq!(fields(|it| it.advert.purpose = Some(paragraphs)), [""; 0]);
    }

    #[test]
    fn one_line_holds_nothing_that_could_begin_another() {
        for text in
            ["Title\r\nBcc: all@example.org", "Ti\0tle", "Title\u{2028}", "\u{85}", "\u{1b}[2J"]
        {
            assert_eq!(title(text), ["advert.title"]);
        }
        assert_eq!(fields(|it| it.advert.purpose = Some("a\0b".to_owned())), ["advert.purpose"]);
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(title(&"ŵ".repeat(150)), [""; 0]);
        assert_eq!(title(&"w".repeat(151)), ["advert.title"]);
    }

    #[test]
    fn every_problem_names_its_field() {
        let contact = Contact {
            team: "Involvement team".to_owned(),
            email: Some("not an address".to_owned()),
            phone: None,
        };
        assert_eq!(
            fields(|it| {
                it.advert.interests = vec!["crisis care".to_owned(), "crisis care".to_owned()];
                it.advert.term_months = Some(0);
                it.advert.contact = Some(contact);
                it.advert.criteria[1].code = "Two Words".to_owned();
                it.internal.budget_code = Some("INV\n204".to_owned());
            }),
            [
                "advert.interests",
                "advert.term_months",
                "advert.contact.email",
                "advert.criteria[1].code",
                "internal.budget_code"
            ]
        );
        let nowhere = Closing::At { at: jiff::Timestamp::UNIX_EPOCH, zone: "Nowhere".to_owned() };
        assert_eq!(fields(|it| it.advert.closing = Some(nowhere)), ["advert.closing.zone"]);
    }

    #[test]
    fn the_longest_draft_that_is_taken_fits_into_one_event() {
        const EVENT_BYTES_MAX: usize = 256 * 1024;
        let wide = |characters: usize| "\u{1f642}".repeat(characters);
        let mut longest = content();
        let advert = &mut longest.advert;
        advert.title = Some(wide(150));
        advert.organisation = Some(wide(150));
        advert.role_kind = Some(wide(80));
        advert.locality = Some(wide(80));
        for page in [&mut advert.purpose, &mut advert.role_description, &mut advert.how_to_apply] {
            *page = Some(wide(6_000));
        }
        for text in [&mut advert.exclusions, &mut advert.commitment, &mut advert.accessible_formats]
        {
            *text = Some(wide(2_000));
        }
        advert.payment =
            Some(contracts::opportunities::PaymentOffer::Unpaid { statement: wide(2_000) });
        advert.interests = (0..20).map(|n| format!("{}{n:02}", wide(58))).collect();
        let criterion =
            |n| Criterion { code: format!("{n:040}"), text: wide(400), essential: false };
        advert.criteria = (0..25).map(criterion).collect();
        advert.steps = vec![advert.steps[0].clone(); 20];
        for step in &mut advert.steps {
            step.what = wide(300);
        }
        advert.seats = (0..50).map(|n| uuid::Uuid::from_u128(n).into()).collect();
        longest.internal.note_for_approver = Some(wide(2_000));
        longest.internal.supplied = vec![Supplied { field: wide(40), by: wide(100) }; 30];
        assert_eq!(longest.malformed(), []);
        let revised = Event::Revised { content: Box::new(longest), authors: [].into() };
        let (_, payload) = contracts::fact::write(&revised).unwrap();
        assert!(payload.len() < EVENT_BYTES_MAX, "{} bytes", payload.len());
    }
}
