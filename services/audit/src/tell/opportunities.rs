//! The words for what happens to an opportunity.

/// Event without version, and what happened.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("opportunity.drafted", "An advert was begun."),
    ("opportunity.revised", "The words of the advert were replaced."),
    ("opportunity.submitted_for_review", "The advert was handed over to be reviewed."),
    ("opportunity.returned", "The advert went back to its writers."),
    (
        "opportunity.approved",
        "The advert was approved[, to open on {/advert/opens_at}]; its words are fixed.",
    ),
    ("opportunity.opened", "The opportunity opened for applications."),
    ("opportunity.closed", "Applications closed[, as of {/closed_at}]."),
    ("opportunity.closing_extended", "The closing was moved later[, to {/closing/at}]."),
    ("opportunity.withdrawn", "The opportunity was withdrawn."),
    (
        "opportunity.outcome_recorded",
        "The outcome of the opportunity was recorded[: {/outcome}][, places taken: {/places_filled}].",
    ),
    (
        "opportunity.publicity_recorded",
        "It was noted where the opportunity was made known[: {/channel}][, on {/on}].",
    ),
];
