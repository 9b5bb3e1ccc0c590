//! The welcome: what becomes of someone's details, and that everything can be chosen otherwise.

use serde::{Deserialize, Serialize};

use super::phrases::{how_to_choose_otherwise, whom_to_ask};
use super::{Voice, Writing};

/// What it is about: nothing but that they are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {}

impl Registered {
    pub(super) fn writing(voice: &Voice) -> Writing {
        let paragraphs = vec![
            "Thank you for giving us your details. We keep them safe, and you can change them, or ask \
             us to remove them, whenever you like."
                .to_owned(),
            "We tell you when there is something to take part in that fits what you chose. You hear \
             from us in the way you asked for."
                .to_owned(),
            whom_to_ask(voice),
            how_to_choose_otherwise(voice),
        ];
        Writing { subject: "Welcome from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_says_what_becomes_of_the_details_and_how_to_choose_otherwise() {
        let text = Registered::writing(&voice()).paragraphs.join("\n");
        assert!(text.contains("We keep them safe, and you can change them"));
        assert!(text.contains("choose another way to hear from us"));
    }
}
