//! Days counted as people count them on a wall calendar, and the hour by the clock beside it. Shares
//! nothing with the service, so that one can be held against the other.

/// A day: year, month and day of the month.
pub type Day = (i32, u32, u32);

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day before, so often.
pub fn days_before(day: Day, n_days: u32) -> Day {
    let (mut year, mut month, mut on) = day;
    for _ in 0..n_days {
        if on > 1 {
            on -= 1;
            continue;
        }
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        on = days_in(year, month);
    }
    (year, month, on)
}

/// The same day of an earlier month, or its last where it has none of that number.
pub fn months_before(day: Day, n_months: u32) -> Day {
    let (mut year, mut month, on) = day;
    for _ in 0..n_months {
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
    }
    (year, month, on.min(days_in(year, month)))
}

/// 0 for a Monday, counted on from the first day of 2024, which was one.
fn weekday(day: Day) -> u32 {
    let (year, month, on) = day;
    let years: u32 = (2024..year).map(|it| if is_leap(it) { 366 } else { 365 }).sum();
    let months: u32 = (1..month).map(|it| days_in(year, it)).sum();
    (years + months + on - 1) % 7
}

fn last_sunday(year: i32, month: u32) -> u32 {
    let last = days_in(year, month);
    last - (weekday((year, month, last)) + 1) % 7
}

/// Whether clocks in London show summer time at nine in the morning.
fn is_summer(day: Day) -> bool {
    let (year, month, on) = day;
    match month {
        4..=9 => true,
        3 => on >= last_sunday(year, 3),
        10 => on < last_sunday(year, 10),
        _ => false,
    }
}

/// Nine in the morning in London, as Greenwich writes it.
pub fn nine_in_london(day: Day) -> String {
    let hour = if is_summer(day) { 8 } else { 9 };
    format!("{}T{hour:02}:00:00Z", written(day))
}

pub fn written((year, month, on): Day) -> String {
    format!("{year}-{month:02}-{on:02}")
}

#[test]
fn the_wall_calendar_agrees_with_days_everyone_knows() {
    assert_eq!(days_before((2028, 3, 1), 1), (2028, 2, 29));
    assert_eq!(days_before((2027, 1, 1), 1), (2026, 12, 31));
    assert_eq!(months_before((2028, 8, 31), 6), (2028, 2, 29));
    assert_eq!((last_sunday(2027, 3), last_sunday(2027, 10)), (28, 31));
    assert_eq!((last_sunday(2028, 3), last_sunday(2028, 10)), (26, 29));
    assert_eq!(nine_in_london((2028, 3, 25)), "2028-03-25T09:00:00Z");
    assert_eq!(nine_in_london((2028, 3, 26)), "2028-03-26T08:00:00Z");
    assert_eq!(nine_in_london((2027, 10, 30)), "2027-10-30T08:00:00Z");
    assert_eq!(nine_in_london((2027, 10, 31)), "2027-10-31T09:00:00Z");
}
