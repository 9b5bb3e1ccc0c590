//! Checks for texts that people write: that there is something, that it is not endless, and that it
//! holds nothing but text. What it says is nobody's business here.

use crate::problem::FieldError;

/// Checks one line: a title, a code, a name of a place.
pub fn line(field: &str, value: &str, chars_max: usize, errors: &mut Vec<FieldError>) {
    check(field, value, chars_max, false, errors);
}

/// Checks a text of several lines.
pub fn paragraphs(field: &str, value: &str, chars_max: usize, errors: &mut Vec<FieldError>) {
    check(field, value, chars_max, true, errors);
}

fn check(
    field: &str,
    value: &str,
    chars_max: usize,
    several_lines: bool,
    errors: &mut Vec<FieldError>,
) {
    let stray = |letter: char| {
        letter.is_control() && !(several_lines && matches!(letter, '\n' | '\r' | '\t'))
    };
    if value.trim().is_empty() {
        errors.push(FieldError::new(field, "Please write something here."));
    } else if value.chars().nth(chars_max).is_some() {
        let length = value.chars().count();
        errors.push(FieldError::new(
            field,
            format!("This has {length} characters; please use at most {chars_max}."),
        ));
    } else if value.contains(stray) {
        errors.push(FieldError::new(
            field,
            if several_lines {
                "This holds a character that is not text; please type it anew."
            } else {
                "This has to be one line of plain text."
            },
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::{line, paragraphs};

    fn problems(value: &str, several_lines: bool) -> usize {
        let mut errors = Vec::new();
        if several_lines {
            paragraphs("purpose", value, 10, &mut errors);
        } else {
            line("purpose", value, 10, &mut errors);
        }
        assert!(errors.iter().all(|error| error.field == "purpose"));
        errors.len()
    }

    #[test]
    fn blank_text_is_no_text() {
        assert_eq!(problems(" \n\t", true), 1);
        assert_eq!(problems("", false), 1);
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert_eq!(problems("ŵŷŵŷŵŷŵŷŵŷ", false), 0);
        assert_eq!(problems("ŵŷŵŷŵŷŵŷŵŷ.", false), 1);
    }

    #[test]
    fn lines_may_break_only_where_there_are_several() {
        assert_eq!(problems("one\r\n\ttwo", true), 0);
        assert_eq!(problems("one\ntwo", false), 1);
    }

    #[test]
    fn nul_and_its_like_are_not_text() {
        assert_eq!(problems("a\0b", true), 1);
        assert_eq!(problems("a\u{1b}[2Jb", true), 1);
        assert_eq!(problems("a\u{85}b", false), 1);
    }
}
