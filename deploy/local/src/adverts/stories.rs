//! What becomes of adverts as they come: good ones, odd ones, and files that are none.

use std::path::{Path, PathBuf};

use contracts::opportunities::{Closing, PaymentOffer};
use serde_json::{Value, json};

use super::{Import, import, key_of, read};
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

fn reasons(import: &Import) -> Vec<&str> {
    import.unusable.iter().flat_map(|it| it.reasons.iter().map(String::as_str)).collect()
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
    assert_eq!(import.unusable, []);
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
    let usable: Vec<_> = import.adverts.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(usable, ["a", "c"]);
    let named: Vec<_> = import.unusable.iter().map(|it| it.name.as_str()).collect();
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
    assert_eq!(import.adverts.len(), 1);
    let said = reasons(&import).join("\n");
    for word in ["02-30 09:00", "soon", "13-01", "2027", "colour"] {
        assert!(said.contains(word), "{word} in: {said}");
    }
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
