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
    assert!(first.errors.contains("reads what the applicants wrote"));
    assert!(first.errors.contains("came due: 4 for people, 2 on the coordinator's list"));

    let again = place.run(&ONCE)?;
    assert!(again.succeeded, "{}", again.errors);
    assert_eq!(timeless(again.object()?), timeless(figures.clone()));
    assert_eq!(timeline(&again.errors), timeline(&first.errors));
    assert_eq!(progress(&again.errors), progress(&first.errors));

    // Other words under the same id belong to another story.
    let adverts = json!({ "opportunities": [advert("opp-29", "Another panel")] });
    let adverts = place.file("adverts.json", &adverts)?;
    let other = place.run(&[&ONCE[..], &["--adverts", &adverts.display().to_string()]].concat())?;
    assert!(!other.succeeded);
    assert!(other.errors.contains("this data folder holds another story"), "{}", other.errors);
    assert!(other.errors.contains("choose another folder with --data-dir"), "{}", other.errors);
    assert_eq!(other.object()?["opportunities_refused"], 0);
    assert_eq!(other.object()?["events"], figures["events"]);
    Ok(())
}

/// On which days what is said to happen; what is open is listed on the day alone.
fn progress(said: &str) -> Vec<&str> {
    let is_day = |line: &&str| {
        let day = line.split_once(": ").map_or("", |(day, _)| day);
        day.ends_with("2027") || day.ends_with("2028") || day.ends_with("2029")
    };
    let lists_today = |line: &&str| line.ends_with("open for applications:");
    said.lines().filter(is_day).filter(|line| !lists_today(line)).collect()
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
    let on_one_line = "  – two-lines “A reader Bcc: all@example.org”:";
    assert!(run.errors.contains(on_one_line), "{}", run.errors);
    // Nothing closes by itself, and nothing fills a seat: what can be played is played.
    assert_eq!(
        (figures["applications"].as_u64(), figures["decisions"].as_u64()),
        (Some(3), Some(3))
    );
    assert_eq!(figures["appointments"], 0);
    assert!(run.errors.contains("by hand, as it had no closing time"), "{}", run.errors);
    assert!(
        run.errors.contains("left out: the advert fills no seats of a group"),
        "{}",
        run.errors
    );
    Ok(())
}

#[test]
fn any_advert_with_a_place_to_fill_is_followed_to_its_end() -> Story {
    let place = Place::new()?;
    let adverts = ["one", "other", "broken"].map(|id| {
        let mut advert = advert(id, "Readers' panel");
        if id == "broken" {
            let fields = [
                ("closing_date_iso", json!("soon")),
                ("organisation", json!(null)),
                ("title", json!("Two\nlines")),
                ("how_to_apply", json!(7)),
            ];
            for (field, value) in fields {
                advert[field] = value;
            }
        }
        advert
    });
    // For carers alone, late in the year, with one place each in one group.
    let mut added = added();
    added["opens"] = json!("08-02 09:00");
    added["closes"] = json!("12-31 23:59");
    added["group"] = json!("Readers");
    let mut broken = added.clone();
    broken["colour"] = json!("red");
    broken["closes"] = json!(null);
    let supplement = json!({ "one": added, "other": added, "broken": broken });
    let adverts = place.file("adverts.json", &json!({ "opportunities": adverts }))?;
    let supplement = place.file("supplement.json", &json!({ "adverts": supplement }))?;
    let (adverts, supplement) = (adverts.display().to_string(), supplement.display().to_string());
    let told = [&ONCE[..], &["--adverts", &adverts, "--supplement", &supplement]].concat();
    let run = place.run(&told)?;
    assert!(run.succeeded, "{}", run.errors);
    let figures = run.object()?;
    for (figure, expected) in [
        ("opportunities_published", 2),
        ("opportunities_refused", 1),
        ("applications", 3),
        ("decisions", 3),
        ("appointments", 1),
        ("reminders_sent", 3),
        ("rotations", 1),
        ("claims_paid", 2),
    ] {
        assert_eq!(figures[figure], expected, "{figure} in {}", run.errors);
    }
    for said in [
        "establishes the Readers with 2 seats",
        "left out: there is one place",
        "`how_to_apply` has to be text or null",
        "there is no field `colour`",
        "`closing_date_iso` has to be a day",
        "advert.title: This has to be one line",
        "say who is advertising it",
    ] {
        assert!(run.errors.contains(said), "{said} in: {}", run.errors);
    }
    assert!(!run.errors.contains("give a closing time"), "{}", run.errors);
    assert!(!run.errors.contains("give it a title"), "{}", run.errors);

    let again = place.run(&told)?;
    assert_eq!(timeless(again.object()?), timeless(figures));
    assert_eq!(timeline(&again.errors), timeline(&run.errors));
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

#[test]
fn a_file_without_adverts_is_said_to_be_empty() -> Story {
    let place = Place::new()?;
    let nothing = place.file("nothing.json", &json!({ "opportunities": [] }))?;
    let nothing = nothing.display().to_string();
    let empty = place.run(&[&ONCE[..], &["--adverts", &nothing]].concat())?;
    assert!(!empty.succeeded && empty.errors.contains("holds no adverts"), "{}", empty.errors);
    assert!(!empty.errors.contains("reasons stand above"), "{}", empty.errors);
    assert_eq!(empty.object()?["chain_verified"], true);
    Ok(())
}
