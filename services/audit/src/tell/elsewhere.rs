//! The words for what happens in every service, and here.

/// Event without version, and what happened.
pub(super) const WORDS: &[(&str, &str)] = &[
    (
        "setting.put_in_force",
        "A setting holds[: {/values/kind}][, version {/version}][, from {/effective_from}].",
    ),
    (
        "opening.recorded",
        "Something of the person's was looked at[: {/field}][: {/what}][; purpose: {/because}].",
    ),
];
