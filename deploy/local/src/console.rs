//! The one place that writes to the terminal. What came from outside may hold anything; nothing gets
//! through here that a terminal would obey.

use std::io::Write as _;

/// Where people read, and where programs do.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    for_programs: bool,
}

impl Console {
    /// People read standard output.
    pub fn for_people() -> Self {
        Self { for_programs: false }
    }

    /// A program reads standard output; people read standard error.
    pub fn beside_a_program() -> Self {
        Self { for_programs: true }
    }

    /// For people: one line, or several.
    pub fn line(&self, text: &str) {
        let text = readable(text);
        // Nobody may be left to read; that is no reason to stop working.
        let _ = if self.for_programs {
            writeln!(std::io::stderr(), "{text}")
        } else {
            writeln!(std::io::stdout(), "{text}")
        };
    }

    /// For programs: one object, on standard output.
    pub fn object(&self, json: &str) {
        let _ = writeln!(std::io::stdout(), "{json}");
    }

    /// What went wrong, on standard error.
    pub fn trouble(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "involvement: {}", readable(text));
    }
}

/// The text without what a terminal would obey: escapes, carriage returns, changes of direction.
fn readable(text: &str) -> String {
    let obeyed = |it: char| {
        (it.is_control() && it != '\n')
            || matches!(it, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|it| if obeyed(it) { '\u{fffd}' } else { it }).collect()
}

#[cfg(test)]
mod stories {
    use super::readable;

    #[test]
    fn a_text_from_outside_cannot_command_the_terminal() {
        assert_eq!(
            readable("\u{1b}[2Ja\rb\0c\u{202e}d"),
            "\u{fffd}[2Ja\u{fffd}b\u{fffd}c\u{fffd}d"
        );
    }

    #[test]
    fn lines_and_every_script_pass() {
        assert_eq!(readable("Rhoi llais – 意見 🙂\nزبان"), "Rhoi llais – 意見 🙂\nزبان");
    }
}
