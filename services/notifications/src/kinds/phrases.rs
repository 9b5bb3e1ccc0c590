//! Sentences that several kinds of message share, and how a time is told to people.

use contracts::Money;
use contracts::opportunities::Closing;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::Voice;

/// Whom to ask.
pub(super) fn whom_to_ask(voice: &Voice) -> String {
    format!("If you have a question, {}.", by_which_way(voice))
}

/// How to stop hearing, or to hear another way. Nobody is asked for a reason.
pub(super) fn how_to_choose_otherwise(voice: &Voice) -> String {
    format!(
        "You can stop hearing about new ways to take part, or choose another way to hear from us, \
         whenever you like: {}. You need not say why, and it does not affect any care you receive.",
        by_which_way(voice)
    )
}

/// Stands on every receipt of what somebody wrote.
pub(super) fn who_reads_it_and_what_if_it_cannot_wait(voice: &Voice) -> [String; 2] {
    [
        "Someone from our team who has no part in the choice reads what you write to us within one \
         working day."
            .to_owned(),
        what_if_it_cannot_wait(voice),
    ]
}

/// What someone who is struggling can do at once.
pub(super) fn what_if_it_cannot_wait(voice: &Voice) -> String {
    format!("If you are struggling now, please do not wait for us: you can {}.", voice.crisis_line)
}

/// Involvement payments are income, and what that means for someone is for others to say.
pub(super) fn who_advises_on_benefits() -> String {
    "If you receive benefits, you may want to ask what an involvement payment means for you. An \
     independent advice service, such as Citizens Advice, tells you so free of charge, and we do not \
     hear of it."
        .to_owned()
}

/// How to get hold of someone.
pub(super) fn by_which_way(voice: &Voice) -> String {
    let address = &voice.sender.address;
    match &voice.sender.phone {
        Some(phone) => format!("write to {address} or ring {phone}"),
        None => format!("write to {address}"),
    }
}

/// Until when, as a sentence.
pub(super) fn until_when(closing: &Closing) -> String {
    match closing {
        Closing::At { at, zone } => format!("You can apply until {}.", told(*at, zone)),
        Closing::Rolling => "You can apply at any time until there are enough people.".to_owned(),
    }
}

/// A time in words, with its day and zone, such as `noon on Friday 5 February 2027, UK time`.
fn told(at: Timestamp, zone: &str) -> String {
    let Ok(local) = at.in_tz(zone) else { return at.to_string() };
    let whose = if zone == "Europe/London" {
        "UK time".to_owned()
    } else {
        format!("{} time", zone.rsplit('/').next().unwrap_or(zone).replace('_', " "))
    };
    let (hour, day) = match (local.hour(), local.minute()) {
        // Midnight belongs to two days, and people take it for the wrong one.
        (0, 0) => ("the end of the day".to_owned(), local.yesterday().unwrap_or(local)),
        (12, 0) => ("noon".to_owned(), local),
        (_, minute) => (clock_time(&local, minute), local),
    };
    format!("{hour} on {}, {whose}", day.strftime("%A %-d %B %Y"))
}

fn clock_time(local: &Zoned, minute: i8) -> String {
    let half = if local.hour() < 12 { "am" } else { "pm" };
    let hour = match local.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    if minute == 0 { format!("{hour}{half}") } else { format!("{hour}:{minute:02}{half}") }
}

/// A day in words, such as `Friday 5 February 2027`.
pub(super) fn day(on: Date) -> String {
    on.strftime("%A %-d %B %Y").to_string()
}

/// `line 2`, `lines 2 and 3`.
pub(super) fn lines(numbers: impl IntoIterator<Item = u8>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|it| it.to_string()).collect();
    let word = if numbers.len() == 1 { "line" } else { "lines" };
    format!("{word} {}", listed(&numbers))
}

/// Whether there is anything to tell of an amount: what nobody asked for is not told as nothing.
pub(super) fn is_told(amount: Money) -> bool {
    amount.pence != 0
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    fn told_in_london(at: &str) -> String {
        told(at.parse().unwrap(), "Europe/London")
    }

    #[test]
    fn a_time_is_told_in_words_with_its_day_and_zone() {
        for (at, words) in [
            ("2027-02-05T12:00:00Z", "noon on Friday 5 February 2027, UK time"),
            ("2027-07-05T11:00:00Z", "noon on Monday 5 July 2027, UK time"),
            ("2027-02-05T17:00:00Z", "5pm on Friday 5 February 2027, UK time"),
            ("2027-02-05T09:05:00Z", "9:05am on Friday 5 February 2027, UK time"),
            ("2027-02-05T00:30:00Z", "12:30am on Friday 5 February 2027, UK time"),
            ("2027-02-06T00:00:00Z", "the end of the day on Friday 5 February 2027, UK time"),
        ] {
            assert_eq!(told_in_london(at), words);
        }
        let in_dublin = told("2027-02-05T12:00:00Z".parse().unwrap(), "Europe/Dublin");
        assert_eq!(in_dublin, "noon on Friday 5 February 2027, Dublin time");
        assert_eq!(
            until_when(&Closing::Rolling),
            "You can apply at any time until there are enough people."
        );
    }

    #[test]
    fn a_list_reads_as_people_say_it() {
        let parts: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(listed(&parts), "a, b and c");
        assert_eq!(listed(&parts[..2]), "a and b");
        assert_eq!(listed(&parts[..1]), "a");
        assert_eq!(lines([2]), "line 2");
        assert_eq!(lines([1, 2, 4]), "lines 1, 2 and 4");
    }

    #[test]
    fn a_day_is_told_with_its_name() {
        assert_eq!(day(jiff::civil::date(2027, 2, 5)), "Friday 5 February 2027");
    }
}
