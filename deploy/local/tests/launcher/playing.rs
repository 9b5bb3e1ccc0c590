//! The demonstration: told once, told again, told of other adverts, and of none that can be told of.

use serde_json::{Value, json};

use crate::world::{Place, Story};

const ONCE: [&str; 3] = ["demo", "--once", "--json"];

/// The figures without how long it took.
fn timeless(mut figures: Value) -> Value {
    figures.as_object_mut().and_then(|figures| figures.remove("seconds"));
    figures
}

/// An advert that lacks nothing once `added` is added.
fn advert(id: &str, title: &str) -> Value {
    json!({
        "id": id, "title": title, "organisation": "A trust", "summary": "Reads letters.",
        "role_type": "reader", "locality": "Bristol", "commitment": "An hour a month",
        "payment_expenses": "Travel expenses", "how_to_apply": "Ring us.",
        "accessibility_support": "Large print."
    })
}

fn added() -> Value {
    json!({
        "opens": "01-12 09:00", "closes": "rolling", "places": 1, "open_to": ["carer"],
        "criteria": [{ "code": "reads", "text": "Reads", "essential": true }],
        "contact": { "team": "Readers", "email": null, "phone": "01632 960000" },
        "budget_code": "B-1", "role_description": "Reads.", "steps": [{ "what": "We read too." }]
    })
}

#[test]
fn a_story_told_twice_happens_once() -> Story {
    let place = Place::new()?;
    let first = place.run(&ONCE)?;
    assert!(first.succeeded, "{}", first.errors);
    let figures = first.object()?;
    assert_eq!(figures["chain_verified"], true);
    assert!(figures["opportunities_published"].as_u64() > Some(20), "{figures}");
    assert!(figures["opportunities_refused"].as_u64() >= Some(3), "{figures}");
    assert_eq!(first.output.lines().count(), 1, "the object stands alone");
    assert!(first.errors.contains("say what is paid, or that nothing is paid"));

    let again = place.run(&ONCE)?;
    assert!(again.succeeded, "{}", again.errors);
    assert_eq!(timeless(again.object()?), timeless(figures.clone()));
    assert_eq!(timeline(&again.errors), timeline(&first.errors));

    // Other words under the same id belong to another story.
    let adverts = json!({ "opportunities": [advert("opp-29", "Another panel")] });
    let adverts = place.file("adverts.json", &adverts)?;
    let other = place.run(&[&ONCE[..], &["--adverts", &adverts.display().to_string()]].concat())?;
    assert!(!other.succeeded);
    assert!(other.errors.contains("choose another folder with --data-dir"), "{}", other.errors);
    assert_eq!(other.object()?["events"], figures["events"]);
    Ok(())
}

fn timeline(said: &str) -> Vec<&str> {
    let told = said.lines().skip_while(|line| !line.starts_with("Monday 4 January"));
    told.take_while(|line| !line.starts_with("In figures")).collect()
}

#[test]
fn other_adverts_make_another_story_and_odd_ones_are_named() -> Story {
    let place = Place::new()?;
    let odd = [
        ("plain", "A reader".to_owned()),
        ("markup", "<b>=HYPERLINK(\"x\")</b> 🙂 {{x}}".to_owned()),
        ("two-lines", "A reader\r\nBcc: all@example.org".to_owned()),
        ("nul", "A\u{0}reader".to_owned()),
        ("endless", "x".repeat(400_000)),
    ];
    let mut adverts: Vec<_> = odd.iter().map(|(id, title)| advert(id, title)).collect();
    let mut supplement: serde_json::Map<_, _> =
        odd.iter().map(|(id, _)| ((*id).to_owned(), added())).collect();
    adverts.extend([json!("no advert"), advert("plain", "Again"), advert("bare", "Bare")]);
    adverts.push(advert("an id with spaces, é", "Odd id"));
    supplement.insert("an id with spaces, é".to_owned(), added());
    let adverts = place.file("adverts.json", &json!({ "opportunities": adverts }))?;
    let supplement = place.file("supplement.json", &json!({ "adverts": supplement }))?;
    let (adverts, supplement) = (adverts.display().to_string(), supplement.display().to_string());
    let run =
        place.run(&[&ONCE[..], &["--adverts", &adverts, "--supplement", &supplement]].concat())?;
    assert!(run.succeeded, "{}", run.errors);
    let figures = run.object()?;
    assert_eq!(figures["opportunities_published"], 3, "{}", run.errors);
    assert_eq!(figures["opportunities_refused"], 6, "{}", run.errors);
    assert_eq!(figures["chain_verified"], true);
    for named in ["two-lines", "nul", "endless", "entry 6", "plain", "bare"] {
        assert!(run.errors.contains(&format!("  – {named}")), "{named} in: {}", run.errors);
    }
    Ok(())
}

#[test]
fn where_nothing_can_be_published_the_story_ends_there_and_says_so() -> Story {
    let place = Place::new()?;
    let adverts = json!({ "opportunities": [advert("bare", "Bare"), 7] });
    let adverts = place.file("adverts.json", &adverts)?;
    let run = place.run(&[&ONCE[..], &["--adverts", &adverts.display().to_string()]].concat())?;
    assert!(!run.succeeded);
    assert!(run.errors.contains("nothing could be published"), "{}", run.errors);
    let figures = run.object()?;
    assert_eq!(figures["opportunities_published"], 0);
    assert_eq!(figures["opportunities_refused"], 2);
    assert_eq!(figures["applications"], 0);
    assert_eq!(figures["chain_verified"], true);

    let unreadable = place.run(&[&ONCE[..], &["--adverts", "/no such file"]].concat())?;
    assert!(!unreadable.succeeded);
    assert_eq!(unreadable.errors.matches("involvement:").count(), 1, "{}", unreadable.errors);
    assert_eq!(unreadable.object()?["opportunities_published"], 0);
    Ok(())
}
