//! A log holds every room of its service, and rooms are added: a view of it asks of which room an event
//! is before it reads one. A view that does not stands still at the first event of another room.

use crate::house::{House, Page, obey, this_house};

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_one_that_reads_whatever_comes_is_noticed() {
    let view = "impl View for Seats {\n async fn project() {";
    let house = House::of(&[
        ("services/a/src/views/good.rs", &format!("{view} if event.stream.kind != Seat::TYPE {{")),
        ("services/a/src/views/several.rs", &format!("{view} match event.stream.kind.as_str() {{")),
        ("services/a/src/views/greedy.rs", &format!("{view} state.apply(event.decode()?);")),
        ("services/a/src/views/staff.rs", &format!("{view} event.metadata()?;")),
        ("services/a/src/views/heard.rs", "impl FactView for Names { event.decode()?; }"),
    ]);
    assert_eq!(
        breaches(&house),
        ["services/a/src/views/greedy.rs: ask for `event.stream.kind` before reading an event"]
    );
}

fn breaches(house: &House) -> Vec<String> {
    house
        .below("services/", ".rs")
        .filter(|page| page.folder().ends_with("/src/views") && reads_whatever_comes(page))
        .map(|page| format!("{}: ask for `event.stream.kind` before reading an event", page.path))
        .collect()
}

fn reads_whatever_comes(page: &Page) -> bool {
    let production = &page.production;
    production.contains("impl View for")
        && production.contains("decode")
        && !production.contains("event.stream.kind")
}
