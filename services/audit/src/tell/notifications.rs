//! The words for who is told what, by which way, and whether it left.

/// Event without version, and what happened.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("message.requested", "Someone is to be told of something[: {/content/kind}]."),
    ("message.attempted", "The message was about to leave[, by {/by}][, attempt {/attempt}]."),
    ("message.sent", "The message left[: {/kind}][, by {/channel}]."),
    ("message.letter_prepared", "A letter lies ready to be posted[: {/kind}]."),
    ("message.failed", "The message did not leave[; it is tried again from {/try_again_at} on]."),
    (
        "message.became_unknown",
        "Nobody knows whether the message left; it is not sent again unless someone decides so.",
    ),
    ("message.held", "The message is for someone to give[, by {/act_by}][: {/kind}]."),
    ("message.released", "What held the message back may be gone; it is looked at anew."),
    ("message.to_be_sent_again", "The message is to be sent once more."),
    ("message.call_recorded", "Someone rang the person, or tried to[: {/outcome}]."),
    ("message.given_by_hand", "The message was given to the person[, by {/by}][: {/kind}]."),
    (
        "message.set_aside",
        "What the message would tell was over before it was told; nobody gives it any more.",
    ),
    ("message.file_expired", "The message's file was removed, as its time was over."),
];
