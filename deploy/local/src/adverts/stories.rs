//! What becomes of adverts as they come: good ones, odd ones, and files that are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use contracts::opportunities::{Closing, PaymentOffer};
use serde_json::{Value, json};

use super::{Import, Unusable, import, key_of, read};
use crate::adverts::supplement::Supplement;
use crate::calendar::Calendar;

const YEAR: Calendar = Calendar::of(2027);

fn imported(adverts: &Value, supplement: &Value) -> Import {
    let supplement = Supplement::read(&json!({ "adverts": supplement }), YEAR).unwrap();
    import(adverts.as_array().unwrap(), &supplement)
}

fn alone(advert: &Value, added: &Value) -> Import {
    imported(&json!([advert]), &json!({ "a": added }))
}

/// What cannot be published as it stands, in the file's order.
fn unusable(import: &Import) -> Vec<Unusable> {
    let flawed = import.adverts.iter().filter(|it| !it.flaws.is_empty());
    let mut all = import.unusable.clone();
    all.extend(flawed.map(|it| it.unusable(Vec::new())));
    all.sort_by_key(|it| it.place);
    all
}

fn reasons(import: &Import) -> Vec<String> {
    unusable(import).into_iter().flat_map(|it| it.reasons).collect()
}

/// A file with this content, gone at the end of the story.
struct Written(PathBuf);

impl Written {
    fn new(name: &str, content: &[u8]) -> Self {
        let name = format!("adverts-story-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

#[test]
fn every_advert_that_comes_with_the_launcher_can_be_drafted() {
    let import = read(None, None, YEAR).unwrap();
    assert_eq!(unusable(&import), []);
    assert_eq!(import.adverts.len(), 28);
    let panel = import.adverts.iter().find(|it| it.id == "opp-29").unwrap();
    let wanted = panel.group.as_ref().unwrap();
    assert_eq!((wanted.name.as_str(), wanted.seats), ("Research Fund Public Panel", 2));
    assert_eq!(panel.begin.advert.locality.as_deref(), Some("Bristol"));
    assert_eq!(panel.begin.advert.opens_at.unwrap().to_string(), "2027-01-12T09:00:00Z");
}

#[test]
fn what_was_supplied_is_told_from_what_was_found() {
    let advert = json!({ "id": "a", "title": "T", "summary": "S", "commitment": "A day",
        "accessibility_support": "Ask us.", "locality": "England", "source_url": "https://e.org" });
    let added = json!({ "commitment": "A week", "accessible_formats": "Braille.",
        "everywhere": true, "places": 2, "budget_code": "B" });
    let import = alone(&advert, &added);
    let begin = &import.adverts[0].begin;
    assert_eq!(begin.advert.commitment.as_deref(), Some("A day"));
    assert_eq!(begin.advert.accessible_formats.as_deref(), Some("Ask us. Braille."));
    assert_eq!((begin.advert.locality.as_deref(), begin.advert.places), (None, Some(2)));
    let supplied: Vec<_> = begin.internal.supplied.iter().map(|it| it.field.as_str()).collect();
    let expected = ["locality", "places", "accessible_formats", "minimum_age_years", "budget_code"];
    assert_eq!(supplied, expected);
    assert!(begin.internal.supplied.iter().all(|it| it.by == "the demonstration's supplement"));
    assert_eq!(begin.source.as_ref().unwrap().id, "a");
}

#[test]
fn one_number_in_the_text_is_the_number_of_places_and_two_are_none() {
    let places = |text: Value| {
        let import = alone(&json!({ "id": "a", "places": text }), &json!({ "places": 16 }));
        import.adverts[0].begin.advert.places
    };
    assert_eq!(places(json!("8 (plus co-chairs)")), Some(8));
    assert_eq!(places(json!(3)), Some(3));
    assert_eq!(places(json!("Up to 4 on each of 4 groups")), Some(16));
    assert_eq!(places(json!("Limited")), Some(16));
}

#[test]
fn a_closing_is_supplied_or_else_the_one_that_was_published() {
    let closing = |added: Value| {
        let advert = json!({ "id": "a", "closing_date_iso": "2024-12-08T23:59" });
        alone(&advert, &added).adverts[0].begin.advert.closing.clone().unwrap()
    };
    let at =
        |text: &str| Closing::At { at: text.parse().unwrap(), zone: "Europe/London".to_owned() };
    assert_eq!(closing(json!({})), at("2024-12-08T23:59:00Z"));
    assert_eq!(closing(json!({ "closes": "04-30 17:00" })), at("2027-04-30T16:00:00Z"));
    assert_eq!(closing(json!({ "closes": "rolling" })), Closing::Rolling);
}

#[test]
fn a_supplied_payment_stands_before_the_words_of_the_notice() {
    let advert = json!({ "id": "a", "payment_expenses": "£75 a day" });
    let added = json!({ "payment": { "kind": "unpaid", "statement": "Nothing is paid." } });
    let offer = |added| alone(&advert, added).adverts[0].begin.advert.payment.clone().unwrap();
    assert!(matches!(offer(&added), PaymentOffer::Unpaid { .. }));
    assert!(matches!(offer(&json!({})), PaymentOffer::InvolvementPayment { .. }));
}

#[test]
fn what_is_no_advert_is_named_and_the_others_go_on() {
    let import = imported(
        &json!([7, { "title": "No id" }, { "id": "a" }, { "id": "a" }, { "id": 3 },
            { "id": " " }, { "id": "b", "title": ["x"], "places": -1 }, { "id": "c" }]),
        &json!({}),
    );
    let usable = import.adverts.iter().filter(|it| it.flaws.is_empty());
    assert_eq!(usable.map(|it| it.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    let keys: BTreeSet<_> = import.adverts.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys.len(), import.adverts.len());
    let unusable = unusable(&import);
    let named: Vec<_> = unusable.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(named, ["entry 1", "entry 2", "a", "entry 5", " ", "b"]);
    assert_eq!(
        reasons(&import),
        [
            "it is not an object",
            "`id` is missing",
            "an advert with this id came before",
            "`id` has to be text or null",
            "`id` is empty",
            "`title` has to be text or null",
            "`places` has to be a whole number up to 65535",
        ]
    );
}

#[test]
fn a_supplement_that_cannot_be_read_is_its_adverts_reason_alone() {
    let adverts = json!([{ "id": "a" }, { "id": "b" }, { "id": "c" }]);
    let supplement = json!({ "a": { "opens": "02-30 09:00", "closes": "soon",
        "steps": [{ "what": "x", "on": "13-01" }] }, "b": { "colour": "red" } });
    let import = imported(&adverts, &supplement);
    assert_eq!(unusable(&import).len(), 2);
    let said = reasons(&import).join("\n");
    for word in ["02-30 09:00", "soon", "13-01", "2027", "colour"] {
        assert!(said.contains(word), "{word} in: {said}");
    }
}

#[test]
fn every_field_that_cannot_be_read_is_named_and_the_others_are_drafted() {
    let advert = json!({ "id": "a", "title": 3, "summary": "S", "places": -1,
        "closing_date_iso": "soon", "how_to_apply": ["x"] });
    let added = json!({ "colour": "red", "size": 1, "contact": 7, "open_to": ["carer", "ghost"],
        "steps": [{ "what": 1 }, { "what": "We read." }, { "said": "x" }], "seats": "two",
        "criteria": "all", "budget_code": "B-1" });
    let import = alone(&advert, &added);
    let said = reasons(&import);
    let begins = [
        "`title` has to be text",
        "`places` has to be a whole number",
        "`how_to_apply` has to be text",
        "the supplement for it: entry 2 of `open_to`: ",
        "the supplement for it: `criteria` has to be a list",
        "the supplement for it: `contact`: ",
        "the supplement for it: entry 1 of `steps`: ",
        "the supplement for it: entry 3 of `steps`: ",
        "the supplement for it: `seats`: ",
        "the supplement for it: there is no field `colour`",
        "the supplement for it: there is no field `size`",
        "`closing_date_iso` has to be a day",
    ];
    assert_eq!(said.len(), begins.len(), "{said:#?}");
    for (said, begin) in said.iter().zip(begins) {
        assert!(said.starts_with(begin), "{said}");
    }
    let advert = &import.adverts[0];
    assert_eq!(advert.begin.advert.purpose.as_deref(), Some("S"));
    assert_eq!(advert.begin.internal.budget_code.as_deref(), Some("B-1"));
    assert_eq!((advert.begin.advert.open_to.len(), advert.begin.advert.steps.len()), (1, 1));
    for field in ["title", "places", "how_to_apply", "contact", "closing", "criteria"] {
        assert!(advert.flaws.explain(field), "{field}");
    }
    assert!(!advert.flaws.explain("payment") && !advert.flaws.explain("opens_at"));
}

#[test]
fn a_group_has_a_seat_for_each_place() {
    let seats = |added: Value| {
        let import = alone(&json!({ "id": "a", "places": 2 }), &added);
        (import.adverts[0].group.as_ref().map(|it| it.seats), reasons(&import).len())
    };
    assert_eq!(seats(json!({ "group": "Readers" })), (Some(2), 0));
    assert_eq!(seats(json!({ "group": "Readers", "seats": 2 })), (Some(2), 0));
    assert_eq!(seats(json!({ "group": "Readers", "seats": 500 })), (Some(500), 1));
}

#[test]
fn other_files_have_another_fingerprint_and_the_same_files_the_same() {
    let fingerprint = |content: &str| {
        let file = Written::new(&format!("print-{}", content.len()), content.as_bytes());
        read(Some(&file.0), None, YEAR).unwrap().fingerprint
    };
    let shipped = read(None, None, YEAR).unwrap().fingerprint;
    assert_eq!(read(None, None, YEAR).unwrap().fingerprint, shipped);
    let one = fingerprint("{\"opportunities\": [{\"id\": \"a\"}]}");
    assert_eq!(fingerprint("{ \"opportunities\" : [ {\"id\": \"a\"} ] }"), one);
    assert_ne!(fingerprint("{\"opportunities\": [{\"id\": \"ab\"}]}"), one);
    assert_ne!(one, shipped);
}

#[test]
fn odd_characters_pass_as_text_for_the_service_to_judge() {
    let odd = "<b>=1+2</b>\r\n\u{0}🙂\u{202e}".repeat(5_000);
    let import = alone(&json!({ "id": "a", "title": odd, "summary": odd }), &json!({}));
    assert_eq!(import.adverts[0].begin.advert.title.as_deref(), Some(odd.as_str()));
}

#[test]
fn an_id_becomes_a_key_whatever_it_holds() {
    assert_eq!(key_of("opp-29"), "opp-29");
    for id in ["two words", "é", "a\nb", "", &"x".repeat(81)] {
        let key = key_of(id);
        assert!(key.len() == 33 && key.bytes().all(|byte| byte.is_ascii_graphic()), "{key}");
    }
    assert_ne!(key_of("a b"), key_of("a  b"));
}

#[test]
fn a_file_that_is_none_is_said_in_one_sentence() {
    let said = |path: &Path| {
        let text = read(Some(path), None, YEAR).unwrap_err().to_string();
        assert!(!text.contains('\n'), "{text}");
        text
    };
    let folder = std::env::temp_dir();
    assert!(said(&folder.join("there is no such file")).contains("cannot be read"));
    assert!(said(&folder).contains("cannot be read"));
    for (name, content, word) in [
        ("empty", "".as_bytes(), "not JSON"),
        ("cut-off", b"{\"opportunities\": [", "not JSON"),
        ("list", b"[]", "opportunities"),
        ("text", b"{\"opportunities\": \"none\"}", "opportunities"),
        ("latin-1", b"{\"opportunities\": [\"\xe9\"]}", "UTF-8"),
    ] {
        let file = Written::new(name, content);
        assert!(said(&file.0).contains(word), "{name}");
    }
}

#[test]
fn a_byte_order_mark_is_no_obstacle() {
    let file = Written::new("marked", "\u{feff}{\"opportunities\": []}".as_bytes());
    assert!(read(Some(&file.0), None, YEAR).unwrap().adverts.is_empty());
}
