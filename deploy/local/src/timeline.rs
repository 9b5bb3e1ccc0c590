//! The story as a person reads it afterwards: by day, who did what at what time.

use jiff::Timestamp;

use crate::calendar::told_locally;

/// No line is wider, where words allow.
const COLUMNS: usize = 98;
const TIME_COLUMNS: usize = 9;
/// A longer name pushes its own line to the right, and no other.
const NAME_COLUMNS_MAX: usize = 24;

/// What happened, in any order.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    at: Timestamp,
    who: String,
    what: String,
}

impl Timeline {
    /// Adds what somebody did.
    pub fn add(&mut self, at: Timestamp, who: &str, what: impl Into<String>) {
        self.entries.push(Entry { at, who: who.to_owned(), what: what.into() });
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The whole, one line after another.
    pub fn told(&self) -> Vec<String> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|entry| entry.at);
        let longest = entries.iter().map(|entry| entry.who.chars().count()).max().unwrap_or(0);
        let name_columns = longest.min(NAME_COLUMNS_MAX) + 2;
        let mut lines = Vec::new();
        let mut day = String::new();
        let mut before = (String::new(), "");
        for entry in entries {
            let local = told_locally(entry.at);
            let today = local.strftime("%A %-d %B %Y").to_string();
            if today != day {
                lines.push(String::new());
                lines.push(today.clone());
                day = today;
                before = (String::new(), "");
            }
            let time = local.strftime("%H:%M").to_string();
            // What is said once holds for the lines below it.
            let shown_time = if time == before.0 { "" } else { time.as_str() };
            let shown_who = if shown_time.is_empty() && entry.who == before.1 {
                ""
            } else {
                entry.who.as_str()
            };
            let head = format!("  {shown_time:<5}  {shown_who:<name_columns$}");
            lines.extend(hanging(&head, &entry.what, TIME_COLUMNS + name_columns));
            before = (time, entry.who.as_str());
        }
        lines
    }
}

/// A text behind a head, wrapped under itself.
pub fn hanging(head: &str, text: &str, indent: usize) -> Vec<String> {
    let room = COLUMNS.saturating_sub(indent).max(20);
    let mut lines = Vec::new();
    let mut line = head.to_owned();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            lines.push(line);
            line = " ".repeat(indent);
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// A text on one line and cut at a word, so that it can stand in a line with others.
pub fn short(text: &str, longest: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= longest {
        return text;
    }
    let cut: String = text.chars().take(longest.saturating_sub(1)).collect();
    let at_a_word = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", at_a_word.trim_end_matches([',', ':', ';', ' ']))
}

#[cfg(test)]
mod stories {
    use super::{COLUMNS, Timeline, short};

    #[test]
    fn days_come_in_order_with_times_and_names_said_once() {
        let mut timeline = Timeline::default();
        timeline.add("2027-07-02T11:00:00Z".parse().unwrap(), "Ana", "goes home");
        timeline.add("2027-07-01T08:00:00Z".parse().unwrap(), "the clock", "opens the first");
        timeline.add("2027-07-01T08:00:00.9Z".parse().unwrap(), "the clock", "opens the second");
        timeline.add("2027-07-01T08:00:01Z".parse().unwrap(), "Ana", "looks");
        assert_eq!(
            timeline.told().join("\n"),
            "
Thursday 1 July 2027
  09:00  the clock  opens the first
                    opens the second
         Ana        looks

Friday 2 July 2027
  12:00  Ana        goes home"
        );
    }

    #[test]
    fn a_long_sentence_stays_within_the_page_and_under_itself() {
        let mut timeline = Timeline::default();
        let at = "2027-07-01T08:00:00Z".parse().unwrap();
        timeline.add(
            at,
            "Somebody with rather a long name",
            "does one thing after another ".repeat(9),
        );
        let told = timeline.told();
        assert!(told.len() > 4);
        assert!(told.iter().skip(3).all(|line| line.chars().count() <= COLUMNS), "{told:#?}");
        assert!(told.iter().skip(3).all(|line| line.starts_with("                    ")));
    }

    #[test]
    fn a_long_title_ends_at_a_word() {
        let title = "Lived experience partner: strengthening the listening culture across the NHS";
        assert_eq!(short(title, 58), "Lived experience partner: strengthening the listening…");
        assert_eq!(short("Lay partner", 58), "Lay partner");
        assert!(short(&"x".repeat(500), 58).chars().count() <= 58);
    }

    #[test]
    fn a_title_of_several_lines_stands_on_one() {
        assert_eq!(short(" A reader\r\n\nof\u{2028}letters\n", 58), "A reader of letters");
        assert_eq!(short("\n", 58), "");
    }
}
