"""The page that is shown of an event, a contact, a task, a note or settings: whole, and reaching nowhere."""

import json
from typing import Any

import pytest

from saasbackup_desktop.app.card_page import page_of
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph.card import Card, Label, Line, Link, Section
from saasbackup_desktop.providers.formats.graph.reading import card_of
from tests.unit.providers.formats.test_preview import HOSTILE, Reach


def html(content: str) -> dict[str, str]:
    return {"contentType": "html", "content": content}


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_attack_gets_through_any_field(attack: str) -> None:
    plains: dict[Service, Any] = {
        Service.CALENDAR: {
            "subject": attack,
            "body": html(attack),
            "location": {"displayName": attack},
            "onlineMeeting": {"joinUrl": attack},
            "organizer": {"emailAddress": {"name": attack, "address": attack}},
            "exceptionOccurrences": [{"subject": attack, "originalStart": attack, "body": html(attack)}],
            "recurrence": {"pattern": {"type": attack, "daysOfWeek": [attack]}, "range": {"startDate": attack}},
            "categories": [attack],
        },
        Service.CONTACTS: {"displayName": attack, "businessHomePage": attack, "personalNotes": attack},
        Service.TASKS: {
            "title": attack,
            "status": attack,
            "body": html(attack),
            "checklistItems": [{"displayName": attack}],
            "linkedResources": [{"displayName": attack, "webUrl": attack}],
        },
        Service.NOTES: {"subject": attack, "body": html(attack)},
        Service.SETTINGS: {
            "automaticRepliesSetting": {"status": attack, "internalReplyMessage": attack},
            "rules": [{"displayName": attack, "conditions": {attack: [attack]}, "actions": {"moveToFolder": attack}}],
        },
    }
    for service, plain in plains.items():
        page = page_of(card_of(service, json.dumps(plain).encode()), {})
        assert Reach(page.html).found == [], service


def test_what_would_be_fetched_is_left_out_and_counted() -> None:
    content = (
        '<p>Agenda<img src="https://track.example/p.gif"></p><p style="background:url(https://track.example/b)">x</p>'
        '<a href="javascript:alert(1)">y</a><script>alert(1)</script>'
    )
    for service in (Service.CALENDAR, Service.NOTES):
        page = page_of(card_of(service, json.dumps({"body": html(content)}).encode()), {})
        assert page.blocked == 2
        assert "track.example" not in page.html
        assert "javascript" not in page.html
        assert "Agenda" in page.html


def test_fields_are_rows_with_headings() -> None:
    card = Card("T", (Line(Label.LOCATION, ("Pier",)), Line(Label.CATEGORIES, ("A & B", "C"))))
    assert page_of(card, {}).html == (
        '<table cellpadding="4">'
        '<tr><th scope="row" align="left" valign="top">Where</th><td valign="top">Pier</td></tr>'
        '<tr><th scope="row" align="left" valign="top">Categories</th>'
        '<td valign="top"><ul style="margin: 0; list-style-type: none; -qt-list-indent: 0">'
        "<li>A &amp; B</li><li>C</li></ul></td></tr></table>"
    )


def test_only_addresses_of_the_web_are_links() -> None:
    good = page_of(Card("T", (Line(Label.LINKS, (Link("M", 'https://x.example/"a'),)),)), {}).html
    assert '<a href="https://x.example/&quot;a" rel="noopener noreferrer">M</a> (https://x.example/&quot;a)' in good
    for address in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://x.example/ y"):
        assert "<a" not in page_of(Card("T", (Line(Label.LINKS, (Link("M", address),)),)), {}).html


def test_pictures_of_the_item_itself_are_shown() -> None:
    card = Card("T", sections=(Section(Label.BODY, '<img src="cid:a@b"><img src="cid:c">', True),))
    page = page_of(card, {"a@b": "data:image/png;base64,AAAA"}, "data:image/png;base64,BBBB")
    assert page.shown == {"a@b"}
    assert 'src="data:image/png;base64,AAAA"' in page.html
    assert 'alt="Photo of T"' in page.html
    assert Reach(page.html).found == []


def test_long_plain_texts_are_cut_and_said_to_be() -> None:
    page = page_of(Card("T", sections=(Section(Label.NOTES, "a" * (2 << 20), False),)), {})
    assert page.problems == ("truncated",)
