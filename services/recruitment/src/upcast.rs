//! What was stored by earlier builds, and what it is called and looks like today. Grows, and is never
//! edited: the events lie in logs as they were written.

use contracts::fact::names;
use eventstore::upcast::Unsound;
use eventstore::{Shape, Upcaster, Upcasters};

use crate::{
    application, appointment, group, involvee, opening, seat, selection, session, setting, work,
};

/// By which this service reads its log.
pub fn upcasters() -> Result<Upcasters, Unsound> {
    Upcasters::new(
        &ALL,
        &[
            names::<application::Event>(),
            names::<appointment::Event>(),
            names::<group::Event>(),
            names::<involvee::Event>(),
            names::<opening::Event>(),
            names::<seat::Event>(),
            names::<selection::Event>(),
            names::<session::Event>(),
            names::<setting::Event>(),
            names::<work::Event>(),
        ],
    )
}

static ALL: [Upcaster; 1] = [Upcaster {
    from: "application.opportunity_withdrawn.v1",
    to: &["application.opportunity_withdrawn.v2"],
    change: says_whether_it_was_kept_in_reserve,
}];

/// Nothing was said of it at first, when nobody in reserve was told; later, only where it was so.
fn says_whether_it_was_kept_in_reserve(old: Shape) -> Vec<Shape> {
    let mut payload = old.payload;
    payload.entry("kept_in_reserve").or_insert(false.into());
    vec![Shape { name: "application.opportunity_withdrawn.v2".to_owned(), payload, ..old }]
}

#[cfg(test)]
mod stories {
    use serde_json::{Value, json};

    use super::*;

    fn today(old: &Value) -> Vec<(String, Value)> {
        let name = "application.opportunity_withdrawn.v1";
        let found = upcasters().unwrap().shapes(name, &old.to_string(), "{}").unwrap().unwrap();
        found.into_iter().map(|it| (it.name, Value::Object(it.payload))).collect()
    }

    #[test]
    fn whoever_nothing_was_said_of_was_not_kept_in_reserve() {
        let name = "application.opportunity_withdrawn.v2".to_owned();
        for (said, meant) in [
            (json!({"reason": "r"}), json!({"reason": "r", "kept_in_reserve": false})),
            (json!({"kept_in_reserve": true}), json!({"kept_in_reserve": true})),
        ] {
            assert_eq!(today(&said), [(name.clone(), meant)]);
        }
    }
}
