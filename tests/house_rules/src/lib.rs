//! The rules live in `rules/`, one file each; this crate has no code of its own and depends on none
//! of ours, so that it builds before anything else does.
