//! A service's policies and views are one page each to read: `policies.rs` and `views.rs` name every
//! file of their folders, and a policy's name is its sentence.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::declared_modules;

/// "Whenever … then …" cannot be said in fewer.
const WORDS_MIN: usize = 4;

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_one_that_is_not_is_noticed() {
    let house = House::of(&[
        ("services/a/src/policies.rs", "mod tell_the_person_when_a_seat_ends;\nmod remind;"),
        ("services/a/src/policies/tell_the_person_when_a_seat_ends.rs", ""),
        ("services/a/src/policies/remind.rs", ""),
        ("services/a/src/policies/close_when_nobody_looks.rs", ""),
        ("services/a/src/views/open_seats.rs", ""),
        ("services/a/src/views/open_seats/row.rs", ""),
    ]);
    assert_eq!(
        breaches(&house),
        [
            "services/a/src/policies/remind.rs: name it as a sentence, such as \
             `close_applications_when_the_opportunity_closes`",
            "services/a/src/policies/close_when_nobody_looks.rs is not listed: declare it in \
             services/a/src/policies.rs",
            "services/a/src/views/open_seats.rs is not listed: declare it in services/a/src/views.rs",
        ]
    );
}

fn breaches(house: &House) -> Vec<String> {
    let policies =
        files_in(house, "policies").flat_map(|page| [unlisted(house, page), wordless(page)]);
    let views = files_in(house, "views").map(|page| unlisted(house, page));
    policies.chain(views).flatten().collect()
}

fn files_in<'a>(house: &'a House, folder: &'a str) -> impl Iterator<Item = &'a Page> {
    house.below("services/", ".rs").filter(move |page| {
        page.folder().strip_suffix(folder).is_some_and(|it| it.ends_with("/src/"))
    })
}

fn unlisted(house: &House, page: &Page) -> Option<String> {
    let list = format!("{}.rs", page.folder());
    let listed = house
        .page(&list)
        .is_some_and(|it| declared_modules(&it.production).any(|name| name == page.stem()));
    (!listed).then(|| format!("{} is not listed: declare it in {list}", page.path))
}

fn wordless(page: &Page) -> Option<String> {
    (page.stem().split('_').count() < WORDS_MIN).then(|| {
        format!(
            "{}: name it as a sentence, such as `close_applications_when_the_opportunity_closes`",
            page.path
        )
    })
}
