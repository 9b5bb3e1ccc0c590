//! Why a personal value is not taken, said so that the person can mend it. No text here repeats
//! what was typed.

/// What is wrong with a value, as a sentence for whoever typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing but spaces.
    #[error("Fill this in, or leave it out altogether.")]
    Empty,
    /// Longer than its kind allows, in characters.
    #[error("Shorten this to {characters_max} characters; it has {characters} now.")]
    TooLong {
        /// The most its kind allows.
        characters_max: usize,
        /// How many there are.
        characters: usize,
    },
    /// A line break in what must be one line.
    #[error("Write this on one line.")]
    ManyLines,
    /// A character that cannot be seen, such as NUL.
    #[error("Remove the invisible character at place {place}, or type the text again.")]
    Invisible {
        /// Its place, counted from 1.
        place: usize,
    },
    /// Not the form of an e-mail address.
    #[error("Check the e-mail address: it needs the form name@example.org.")]
    Email,
    /// Not the form of a telephone number.
    #[error(
        "Check the telephone number: give it with its area code, in digits; spaces, brackets, \
         hyphens and a + in front are fine."
    )]
    Phone,
    /// Not six digits.
    #[error("Give the sort code as six digits, such as 12-34-56.")]
    SortCode,
    /// Not six to eight digits.
    #[error("Give the account number as six to eight digits.")]
    AccountNumber,
    /// Characters or a length that no building society uses.
    #[error(
        "Give the roll number with at most 18 letters, digits, spaces, hyphens, slashes and full \
         stops, or leave it out."
    )]
    RollNumber,
    /// A number, list or object where text belongs.
    #[error("Give this as text, in quotation marks.")]
    NotText,
}
