//! A sample is what once lay in a log or on the wire. The bytes out there cannot be edited, so the
//! sample is not either: what is stored differently from now on gets a new version and its own sample.

use crate::house::{is_named, this_house};
use crate::sealed::obey_seals;

#[test]
fn in_this_house() {
    obey_seals(this_house(), is_sample, "give the new form a version of its own");
}

#[test]
fn and_every_place_of_samples_is_looked_at() {
    assert!(is_sample("services/recruitment/samples/application.submitted.v1.json"));
    assert!(is_sample("shared/contracts/samples/opportunity.opened.v1.json"));
    assert!(is_sample("shared/eventstore/samples/view.switched.v1.json"));
    assert!(!is_sample("services/recruitment/src/application/samples.rs"));
    assert!(!is_sample("deploy/local/samples/adverts.json"));
}

fn is_sample(path: &str) -> bool {
    let places = ["services/", "shared/contracts/", "shared/eventstore/"];
    let is_ours = places.iter().any(|place| path.starts_with(place));
    is_ours && path.contains("/samples/") && is_named(path, "json")
}
