"""Reckons what must happen in the lives that the story draws, from the rules as people read them, and
shares nothing with the service: neither code, nor tables, nor the library that knows the time zones.

    oracle.py holidays FIRST LAST    the bank holidays of these years, each year's in a list
    oracle.py expect < lives         what must happen, each as [whose, what, when]

Needs Python 3.9. Where the machine knows no time zones, they are installed into a folder that goes."""

import calendar
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import zoneinfo

DAY = datetime.timedelta(days=1)
ASKED_BEFORE_THE_END = {"plan_succession", "review_talk", "end_or_renewal", "last_week"}


def london():
    return zoneinfo.ZoneInfo("Europe/London")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def written(at):
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_the_wall_clock(day, hour):
    return datetime.datetime(day.year, day.month, day.day, hour, tzinfo=london()).astimezone(
        datetime.timezone.utc
    )


def day_in_london(at):
    return at.astimezone(london()).date()


def midnight_after(day):
    return by_the_wall_clock(day + DAY, 0)


# Days and months ------------------------------------------------------------------------------------


def month_away(day, months):
    """Year and month so many months on."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return years, month + 1


def same_day_or_the_last(day, months):
    year, month = month_away(day, months)
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day_of_term(begins, months):
    """The day before the day of the same number; where there is none of that number, the month's last."""
    year, month = month_away(begins, months)
    if begins.day > calendar.monthrange(year, month)[1]:
        return same_day_or_the_last(begins, months)
    return datetime.date(year, month, begins.day) - DAY


def easter(year):
    """By the moon: the first Sunday after the full moon that the church's tables put on or after 21 March
    (the Gregorian computus as Knuth gives it)."""
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped_leap_years = 3 * century // 4 - 12
    moon_correction = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - skipped_leap_years - 10
    epact = (11 * golden + 20 + moon_correction - skipped_leap_years) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full_moon = 44 - epact
    if full_moon < 21:
        full_moon += 30
    march = full_moon + 7 - (sunday + full_moon) % 7
    return datetime.date(year, 3, 1) + (march - 1) * DAY


def mondays(year, month):
    days = calendar.monthcalendar(year, month)
    return [datetime.date(year, month, week[0]) for week in days if week[0]]


def bank_holidays(year):
    """England and Wales. A day at a weekend is made up for on the next weekday that is no holiday."""
    found = {
        easter(year) - 2 * DAY,
        easter(year) + DAY,
        mondays(year, 5)[0],
        mondays(year, 5)[-1],
        mondays(year, 8)[-1],
    }
    fixed = [datetime.date(year, month, day) for month, day in [(1, 1), (12, 25), (12, 26)]]
    at_weekends = [day for day in fixed if day.weekday() >= 5]
    found.update(day for day in fixed if day.weekday() < 5)
    for day in at_weekends:
        while day.weekday() >= 5 or day in found:
            day += DAY
        found.add(day)
    return sorted(found)


# Lives ----------------------------------------------------------------------------------------------


def step(reminder):
    when = reminder["when"]
    kind = when["kind"]
    if kind == "on_the_day":
        name = "on-the-day"
    else:
        amount = when.get("months", when.get("days"))
        name = f"{amount}-{kind.replace('_', '-')}"
    return f"{name}-{reminder['audience'].replace('_', '-')}-{reminder['about'].replace('_', '-')}"


def day_of_reminder(reminder, ends_on):
    when = reminder["when"]
    if when["kind"] == "months_before":
        return same_day_or_the_last(ends_on, -when["months"])
    if when["kind"] == "days_before":
        return ends_on - when["days"] * DAY
    return ends_on


class Life:
    """One appointment, from its offer on."""

    def __init__(self, name, policies):
        self.name = name
        self.policies = policies
        self.happened = []
        self.reminders = {}
        self.over_at = None
        self.leaving = False

    def policy_on(self, day):
        held = [it for it in self.policies if datetime.date.fromisoformat(it["effective_from"]) <= day]
        return held[-1]

    def begins_term(self, begins, policy):
        self.ladder = [
            it
            for it in policy["reminders"]
            if it["about"] in ASKED_BEFORE_THE_END and it["when"]["kind"] != "days_after"
        ]
        self.begins = begins
        self.ends_on = last_day_of_term(begins, policy["months"])

    def to_come(self, at):
        found = {}
        for reminder in self.ladder:
            day = day_of_reminder(reminder, self.ends_on)
            due_at = by_the_wall_clock(day, 9)
            if self.begins <= day and at < due_at:
                found[step(reminder)] = due_at
        return found

    def passes(self, until):
        """What comes due until then, each at its time."""
        due = [(at, name) for name, at in self.reminders.items() if at <= until]
        if self.over_at is not None and self.over_at <= until:
            due.append((self.over_at, "ended" if self.leaving else "stays_on"))
            self.over_at = None
        for at, what in sorted(due):
            self.happened.append([self.name, what, written(at)])
            self.reminders.pop(what, None)

    def leaves(self, last_day):
        self.reminders = {}
        self.leaving = True
        self.over_at = midnight_after(last_day)

    def acts(self, act):
        at, what = instant(act["at"]), act["what"]
        self.passes(at)
        if what == "offer":
            starts_on = datetime.date.fromisoformat(act["starts_on"])
            self.begins_term(starts_on, self.policy_on(day_in_london(at)))
        elif what == "accept":
            self.reminders = self.to_come(at)
            self.over_at = midnight_after(self.ends_on)
        elif what == "answer" and act["answer"] == "undecided":
            self.reminders.update(self.to_come(at))
        elif what == "answer":
            self.reminders = {}
        elif what == "renew":
            self.begins_term(self.ends_on + DAY, self.policy_on(day_in_london(at)))
            self.reminders = self.to_come(at)
            self.over_at = midnight_after(self.ends_on)
            self.leaving = False
        elif what == "confirm_end":
            self.leaves(self.ends_on)
        elif what in ("end", "resign"):
            self.leaves(datetime.date.fromisoformat(act["last_day"]))
        elif what != "decline":
            raise SystemExit(f"the oracle knows no {what}")


def morning_of_telling(approved_at):
    """Nine in the morning, Monday to Thursday, neither on a bank holiday nor on the day before one."""
    day = day_in_london(approved_at)
    while True:
        holidays = set(bank_holidays(day.year)) | set(bank_holidays(day.year + 1))
        told_at = by_the_wall_clock(day, 9)
        alone = day in holidays or day + DAY in holidays or day.weekday() > 3
        if not alone and told_at > approved_at:
            return told_at
        day += DAY


def expected(drawn):
    until = instant(drawn["until"])
    happened = []
    for name, acts in drawn["lives"].items():
        life = Life(name, drawn["policies"])
        for act in acts:
            life.acts(act)
        life.passes(until)
        happened.extend(life.happened)
    for name, approved_at in drawn["approvals"].items():
        told_at = morning_of_telling(instant(approved_at))
        if told_at <= until:
            happened.append([name, "told", written(told_at)])
    return sorted(happened)


def learns_the_zones(folder):
    """From a package of their own, where the machine does not know them."""
    listed = pathlib.Path(__file__).with_name("requirements.txt")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "-r", listed]
    subprocess.run(pip, check=True)
    sys.path.insert(0, folder)


def answer():
    if sys.argv[1] == "holidays":
        first, last = map(int, sys.argv[2:])
        return {year: [day.isoformat() for day in bank_holidays(year)] for year in range(first, last + 1)}
    return expected(json.load(sys.stdin))


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            london()
        except zoneinfo.ZoneInfoNotFoundError:
            learns_the_zones(folder)
        json.dump(answer(), sys.stdout)


if __name__ == "__main__":
    main()
