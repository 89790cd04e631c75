"""Events, contacts, tasks, notes and settings in words."""

import time
from collections.abc import Iterator

import pytest

from saasbackup_desktop.app.words.cards import CHOICES, FIELDS, LABELS, choice_words, value_words
from saasbackup_desktop.providers.formats.graph.card import (
    Before,
    Choice,
    Clause,
    Colour,
    Day,
    Departure,
    Hours,
    Label,
    Link,
    Moment,
    Period,
    Person,
    Recurrence,
    Rule,
    Step,
    Value,
)

NINE = Moment("2026-03-03T09:00:00.0000000", "UTC")
TEN = Moment("2026-03-03T10:00:00.0000000", "UTC")
NEXT = Moment("2026-03-04T10:00:00.0000000", "UTC")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process cannot be chosen here")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NINE, "Tuesday, 3 March 2026, 10:00"),
        (Moment("2026-07-01T09:00:00Z"), "Wednesday, 1 July 2026, 11:00"),
        (Moment("2026-03-03T09:00:00", "Tokyo Standard Time"), "Tuesday, 3 March 2026, 01:00"),
        (Moment("2026-03-03T09:00:00", "Customized Time Zone"), "2026-03-03T09:00:00 (Customized Time Zone)"),
        (Moment("soon"), "soon"),
        (Day("1906-12-09T11:59:00Z"), "9 December 1906"),
        (Day("1604-12-09T11:59:00Z"), "9 December"),
        (Day("never"), "never"),
        (Period(NINE, TEN), "Tuesday, 3 March 2026, 10:00–11:00"),
        (Period(NINE, NEXT), "Tuesday, 3 March 2026, 10:00 – Wednesday, 4 March 2026, 11:00"),
        (
            Period(Moment("2026-03-03T00:00:00", "UTC"), Moment("2026-03-04T00:00:00", "UTC"), True),
            "Tuesday, 3 March 2026, all day",
        ),
        (
            Period(Moment("2026-03-03T00:00:00", "UTC"), Moment("2026-03-06T00:00:00", "UTC"), True),
            "Tuesday, 3 March 2026 – Thursday, 5 March 2026, all day",
        ),
        (Hours(WEEKDAYS[:2], "08:00:00", "17:00:00", "Pacific Standard Time"), None),
        (Before(0), "When it begins"),
        (Before(15), "15 minutes before"),
        (Before(1440), "1 day before"),
        (Before(90), "90 minutes before"),
        (Person("Ada", "ada@x.example"), "Ada <ada@x.example>"),
        (Person("", "ada@x.example", "optional", "declined"), "ada@x.example – optional, declined"),
        (Person("Ada", "", "sharing-read"), "Ada – sees everything"),
        (Step("Buy pitch", True), "Buy pitch (done)"),
        (Link("Manual", "https://x.example"), "Manual (https://x.example)"),
        (Colour("Boats", "preset7"), "Boats (blue)"),
        (Colour("Boats", "none"), "Boats"),
        (Choice("notStarted"), "Not started"),
        (Choice("somethingNew"), "Something new"),
        (Departure("2026-03-31", is_cancelled=True), "31 March 2026: cancelled"),
        (
            Departure("2026-03-17T09:00:00Z", title="At sea", period=Period(NINE, TEN), place="Pier"),
            "Tuesday, 17 March 2026, 10:00: At sea; Tuesday, 3 March 2026, 10:00–11:00; Pier",
        ),
    ],
)
def test_a_value_in_words(value: Value, words: str | None) -> None:
    assert value_words(value) == (words or "Monday, Tuesday, 08:00–17:00 (Pacific Standard Time)")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Recurrence("daily"), "Every day"),
        (Recurrence("daily", 3), "Every 3 days"),
        (
            Recurrence("weekly", 2, ("wednesday", "monday"), since="2026-03-03", until="2026-06-30"),
            "Every 2 weeks on Monday and Wednesday, from 3 March 2026 until 30 June 2026",
        ),
        (Recurrence("weekly", 1, WEEKDAYS), "Every week on weekdays"),
        (
            Recurrence("absoluteMonthly", 1, day=15, since="2026-03-15", times=10),
            "Every month on day 15, from 15 March 2026, 10 times",
        ),
        (Recurrence("relativeMonthly", 3, ("tuesday",), index="second"), "Every 3 months on the second Tuesday"),
        (Recurrence("relativeMonthly", 1, WEEKDAYS, index="last"), "Every month on the last weekday"),
        (Recurrence("absoluteYearly", 1, day=5, month=5), "Every year on 5 May"),
        (
            Recurrence("relativeYearly", 1, ("friday",), month=3, index="last"),
            "Every year on the last Friday of March",
        ),
        (Recurrence("relativeYearly", 1, ("friday",), month=99), "Every year on the first Friday of month 99"),
        (Recurrence("lunar"), "Comes back (lunar)"),
    ],
)
def test_a_recurrence_in_a_sentence(said: Recurrence, words: str) -> None:
    assert value_words(said) == words


def test_a_rule_in_a_sentence() -> None:
    rule = Rule(
        "Partners",
        is_enabled=False,
        conditions=(Clause("hasAttachments"), Clause("senderContains", ("adele", "bob"))),
        exceptions=(Clause("subjectContains", ("urgent",)),),
        actions=(Clause("moveToFolder", ("Inbox/Partners",)), Clause("stopProcessingRules")),
    )
    assert value_words(rule) == (
        "Partners (switched off): If it has attachments and the sender contains “adele” or “bob”, unless the subject "
        "contains “urgent”: move it to the folder “Inbox/Partners” and apply no further rules."
    )
    assert value_words(Rule("New", True, (), (), (Clause("brandNew", ("x",)),))) == (
        "New: For every message: brand new “x”."
    )
    size = Rule("Big", True, (Clause("withinSizeRange", ("1", "9")),), (), (Clause("delete"),))
    assert value_words(size) == "Big: If its size in kB is within “1” to “9”: delete it."


def test_everything_has_words() -> None:
    assert set(LABELS) == set(Label)
    assert {"title", "photo", "attachments", "other", *(label.value for label in Label)} == set(FIELDS)
    assert all(choice_words(code) == words for code, words in CHOICES.items())
