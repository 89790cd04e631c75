"""What events, contacts, tasks, notes and settings say of themselves; and that nothing is too odd to be read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.app.card_page import page_of
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph.attached import unwrapped
from saasbackup_desktop.providers.formats.graph.card import (
    Card,
    Day,
    Departure,
    Label,
    Moment,
    Person,
    Recurrence,
    Value,
)
from saasbackup_desktop.providers.formats.graph.reading import card_of, completed, describe, differing
from tests.corpora import Corpora
from tests.unit.providers.formats.test_preview import HOSTILE, Reach

OTHERS = tuple(service for service in Service if service is not Service.MAIL)
AT_NINE = {"dateTime": "2026-03-03T09:00:00.0000000", "timeZone": "UTC"}
AT_TEN = {"dateTime": "2026-03-03T10:00:00.0000000", "timeZone": "UTC"}
EVENT: dict[str, Any] = {
    "id": "e",
    "subject": "Harbour review",
    "start": AT_NINE,
    "end": AT_TEN,
    "organizer": {"emailAddress": {"name": "Ada Lovelace", "address": "ada@fernwick.example"}},
    "attendees": [
        {
            "type": "optional",
            "status": {"response": "declined"},
            "emailAddress": {"name": "Bob Stone", "address": "bob@example.org"},
        }
    ],
    "location": {"displayName": "Lighthouse"},
    "bodyPreview": "Bring charts\r\nand tea",
    "body": {"contentType": "html", "content": "<p>Bring <b>charts</b></p><p>and tea</p>"},
    "recurrence": {
        "pattern": {"type": "weekly", "interval": 2, "daysOfWeek": ["tuesday"]},
        "range": {"type": "endDate", "startDate": "2026-03-03", "endDate": "2026-06-30"},
    },
    "exceptionOccurrences": [
        {"subject": "Harbour review at sea", "originalStart": "2026-03-17T09:00:00Z", "start": AT_NINE, "end": AT_TEN}
    ],
    "cancelledOccurrences": ["OID.e.2026-03-31"],
    "attachments": [{"id": "a1", "name": "chart.pdf", "contentType": "application/pdf", "size": 3}],
}
CONTACT: dict[str, Any] = {
    "displayName": "Grace Hopper",
    "nickName": "Amazing",
    "emailAddresses": [{"name": "Grace", "address": "grace@navy.example"}, {"address": "gh@home.example"}],
    "businessPhones": ["+1 202"],
    "mobilePhone": "+1 303",
    "companyName": "Navy",
    "jobTitle": "Admiral",
    "homeAddress": {"street": "1 Hill", "city": "Bath"},
    "birthday": "1906-12-09T11:59:00Z",
    "personalNotes": "Likes nanoseconds",
}
TASK: dict[str, Any] = {
    "title": "Caulk the boat",
    "status": "notStarted",
    "importance": "high",
    "dueDateTime": AT_NINE,
    "body": {"contentType": "text", "content": "With oakum"},
    "checklistItems": [{"displayName": "Buy pitch", "isChecked": True}],
    "linkedResources": [{"displayName": "Manual", "webUrl": "https://example.org/manual"}],
}
RULE: dict[str, Any] = {
    "displayName": "Partners",
    "isEnabled": True,
    "conditions": {"senderContains": ["adele"], "hasAttachments": True, "sentToMe": False},
    "exceptions": {"subjectContains": ["urgent"]},
    "actions": {"moveToFolder": "folder-id", "stopProcessingRules": True},
}


def written(plain: Any) -> bytes:
    return json.dumps(plain).encode()


def values(card: Card, label: Label) -> tuple[Value, ...]:
    return next((line.values for line in card.lines if line.label is label), ())


def test_an_event_is_found_by_all_that_it_says() -> None:
    said = describe(Service.CALENDAR, written(EVENT))
    assert said.name == "Harbour review"
    for words in ("Lighthouse", "Bring charts", "Harbour review at sea", "Bob Stone", "bob@example.org", "Ada"):
        assert words in said.text
    assert said.attachments == said.facets["attachments"] == "chart.pdf"
    assert said.facets["from"] == "Ada Lovelace <ada@fernwick.example>"
    assert said.facets["to"] == "Bob Stone <bob@example.org>"
    assert said.facets["start"] == "2026-03-03T09:00:00 UTC"
    assert said.facets["description"] == "Bring charts"
    card = card_of(Service.CALENDAR, written(EVENT))
    assert values(card, Label.ATTENDEES) == (Person("Bob Stone", "bob@example.org", "optional", "declined"),)
    assert values(card, Label.RECURRENCE) == (
        Recurrence("weekly", 2, ("tuesday",), since="2026-03-03", until="2026-06-30"),
    )
    departures = values(card, Label.EXCEPTIONS)
    assert [(one.original, one.is_cancelled) for one in departures if isinstance(one, Departure)] == [
        ("2026-03-17T09:00:00Z", False),
        ("2026-03-31", True),
    ]


def test_a_contact_is_found_by_names_addresses_phones_and_notes() -> None:
    said = describe(Service.CONTACTS, written(CONTACT))
    assert said.name == "Grace Hopper"
    for words in ("Amazing", "gh@home.example", "+1 202", "Navy", "Admiral", "1 Hill, Bath", "nanoseconds"):
        assert words in said.text
    assert said.facets["from"] == "Grace Hopper <grace@navy.example>, <gh@home.example>"
    assert said.facets["phone"] == "+1 202\n+1 303"
    assert (said.facets["title"], said.facets["company"]) == ("Admiral", "Navy")


@pytest.mark.parametrize(
    ("plain", "title"),
    [
        ({"fileAs": "Hopper, Grace"}, "Hopper, Grace"),
        ({"givenName": "Grace", "surname": "Hopper"}, "Grace Hopper"),
        ({"companyName": "Navy"}, "Navy"),
        ({"emailAddresses": [{"address": "g@navy.example"}]}, "g@navy.example"),
        ({}, ""),
    ],
)
def test_a_contact_without_a_name_is_called_something(plain: dict[str, Any], title: str) -> None:
    assert describe(Service.CONTACTS, written(plain)).name == title


def test_a_task_is_found_by_its_steps_and_links() -> None:
    said = describe(Service.TASKS, written(TASK))
    for words in ("With oakum", "Buy pitch", "Manual", "example.org"):
        assert words in said.text
    assert (said.name, said.facets["status"], said.facets["due"]) == (
        "Caulk the boat",
        "notStarted",
        "2026-03-03T09:00:00",
    )


def test_days_of_tasks_and_of_whole_day_series_are_no_moments() -> None:
    midnight = {"dateTime": "2026-03-03T00:00:00.0000000", "timeZone": "UTC"}
    card = card_of(Service.TASKS, written({**TASK, "dueDateTime": midnight, "startDateTime": AT_NINE}))
    assert values(card, Label.DUE) == (Day("2026-03-03T00:00:00.0000000"),)
    assert values(card, Label.START) == (Moment("2026-03-03T09:00:00.0000000", "UTC"),)
    exception = {"subject": "x", "originalStart": "2026-03-17T00:00:00Z"}
    whole = card_of(Service.CALENDAR, written({**EVENT, "isAllDay": True, "exceptionOccurrences": [exception]}))
    assert values(whole, Label.EXCEPTIONS)[0] == Departure("2026-03-17", title="x")


def test_a_note_is_read_from_a_message_and_from_json_alike() -> None:
    message = b"Subject: Shopping\r\nDate: Tue, 3 Mar 2026 09:00:00 +0000\r\n\r\nrope and tar\r\n"
    plain = {
        "subject": "Shopping",
        "lastModifiedDateTime": "2026-03-03T09:00:00Z",
        "body": {"contentType": "text", "content": "rope and tar"},
    }
    for data in (message, written(plain)):
        said = describe(Service.NOTES, data)
        assert (said.name, said.facets["preview"], said.text) == ("Shopping", "rope and tar", "rope and tar")
        assert said.facets["updated"].startswith("2026-03-03T09:00:00")


def test_settings_are_found_by_rules_and_replies() -> None:
    assert describe(Service.SETTINGS, written(RULE)).name == "Partners"
    assert "adele" in describe(Service.SETTINGS, written(RULE)).text
    replies = {
        "automaticRepliesSetting": {
            "status": "alwaysEnabled",
            "externalAudience": "all",
            "internalReplyMessage": "<p>Back on <b>Monday</b></p>",
        }
    }
    assert describe(Service.SETTINGS, written(replies)).text == "Back on Monday"
    shared = {"emailAddress": {"name": "Bob", "address": "bob@example.org"}, "role": "read"}
    assert describe(Service.SETTINGS, written(shared)).text == "Bob\nbob@example.org"


def test_the_folders_of_a_rule_are_called_by_their_paths() -> None:
    kept = written({"folder-id": [["inbox", "Inbox"], ["", "Partners"]]})
    card = completed(Service.SETTINGS, card_of(Service.SETTINGS, written(RULE)), {}, {"folders": kept})
    [rule] = values(card, Label.RULES)
    assert "Inbox/Partners" in str(rule)
    assert "folder-id" not in str(rule)


def test_what_differs_is_named() -> None:
    other = {**EVENT, "subject": "Another", "location": {"displayName": "Quay"}, "uid": "x"}
    assert set(differing(Service.CALENDAR, written(EVENT), written(other))) == {"title", "location"}
    assert differing(Service.CALENDAR, written(EVENT), written({**EVENT, "uid": "x"})) == ("other",)
    assert differing(Service.CALENDAR, written(EVENT), written(EVENT)) == ()
    body = {"contentType": "html", "content": "<p>Other</p>"}
    assert differing(Service.CALENDAR, written(EVENT), written({**EVENT, "body": body})) == ("body",)


def test_a_file_is_taken_out_of_its_json() -> None:
    told = {"name": "a.txt", "contentType": "text/plain", "contentBytes": "aGVsbG8="}
    assert unwrapped(written(told)) == ("a.txt", "text/plain", b"hello")
    link = written({"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Plan"})
    assert unwrapped(link) == ("Plan.json", "application/json", link)
    assert unwrapped(b"\xff").data == b"\xff"


_TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(HOSTILE),
    st.sampled_from(["\ud800", "\x00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30", "html", "UTC"]),
    st.sampled_from(["javascript:alert(1)", 'https://x.example/?"><script>', "weekly", "relativeYearly", "first"]),
)
_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS)
_KEYS = st.sampled_from(
    sorted(
        {
            *(EVENT | CONTACT | TASK | RULE | {"automaticRepliesSetting": 0, "workingHours": 0, "timeZone": 0}),
            *("emailAddress", "name", "address", "dateTime", "contentType", "content", "type", "interval", "month"),
            *("dayOfMonth", "index", "pattern", "range", "endDate", "numberOfOccurrences", "webUrl", "isChecked"),
            *(
                "onlineMeeting",
                "joinUrl",
                "internalReplyMessage",
                "color",
                "role",
                "value",
                "isAllDay",
                "businessHomePage",
            ),
        }
    )
)
_ODD = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=8)),
    max_leaves=30,
)


@settings(deadline=None, max_examples=300)
@given(service=st.sampled_from(OTHERS), plain=_ODD)
def test_nothing_is_too_odd_to_be_read(service: Service, plain: Any) -> None:
    assert_harmless(service, json.dumps(plain).encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(service=st.sampled_from(OTHERS), data=st.binary(max_size=200))
def test_bytes_that_are_no_json_are_harmless(service: Service, data: bytes) -> None:
    assert_harmless(service, data)
    assert_harmless(service, b"{" + data)
    assert_harmless(service, written(EVENT)[: len(data) * 8])


@pytest.mark.parametrize("service", OTHERS)
@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"body":' * 100_000, b"1" * 10_000, b"NaN", b"\xef\xbb\xbf{}"])
def test_json_that_goes_too_far_is_harmless(service: Service, data: bytes) -> None:
    assert_harmless(service, data)


def assert_harmless(service: Service, data: bytes) -> None:
    said = describe(service, data)
    for value in (said.name, said.text, said.attachments, *said.facets.values()):
        value.encode()
    page = page_of(card_of(service, data), {})
    page.html.encode()
    assert Reach(page.html).found == []
    assert differing(service, data, data) == ()
    unwrapped(data)


def test_real_samples_are_read(corpora: Corpora) -> None:
    read = 0
    for service, plain in _samples(corpora):
        said = describe(service, written(plain))
        assert_harmless(service, written(plain))
        title = plain.get("subject") or plain.get("displayName") or plain.get("title")
        if isinstance(title, str) and title.strip():
            assert said.name == " ".join(title.split())
        read += 1
    assert read > 50


def _samples(corpora: Corpora) -> Iterator[tuple[Service, dict[str, Any]]]:
    """Objects of Microsoft's own examples that look like what is read here."""
    for file in sorted((corpora.folder / "graph").glob("*.jsonl")):
        with file.open() as pairs:
            for pair in pairs:
                said = json.loads(pair)
                for name in ("request_body", "response_body"):
                    yield from _within(said.get(name))


def _within(value: Any) -> Iterator[tuple[Service, dict[str, Any]]]:
    if isinstance(value, dict):
        keys = value.keys()
        if {"subject", "start", "end"} <= keys:
            yield Service.CALENDAR, value
        elif {"givenName", "emailAddresses"} <= keys:
            yield Service.CONTACTS, value
        elif {"title", "status", "importance"} <= keys:
            yield Service.TASKS, value
        elif {"subject", "bodyPreview"} <= keys:
            yield Service.NOTES, value
        elif "automaticRepliesSetting" in keys or {"sequence", "actions"} <= keys:
            yield Service.SETTINGS, value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(inner)
