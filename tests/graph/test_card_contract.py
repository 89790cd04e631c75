"""Whatever Microsoft's description lets an item say has words here, and what people wrote is found."""

import gzip
import json
from functools import lru_cache
from typing import Any

import pytest

from saasbackup_desktop.app.words.cards import CHOICES
from saasbackup_desktop.app.words.recurrences import recurrence_words
from saasbackup_desktop.app.words.rules import ACTIONS, CONDITIONS
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph.card import Recurrence
from saasbackup_desktop.providers.formats.graph.reading import describe
from tests.graph.referee import find

UNKNOWN = "unknownFutureValue"
CHOSEN = {
    "freeBusyStatus": "",
    "sensitivity": "",
    "importance": "",
    "responseType": "",
    "attendeeType": "",
    "taskStatus": "",
    "userPurpose": "",
    "delegateMeetingMessageDeliveryOptions": "",
    "inferenceClassificationType": "",
    "calendarRoleType": "sharing-",
    "automaticRepliesStatus": "replies-",
    "externalAudienceScope": "audience-",
}
NOT_WRITTEN_BY_PEOPLE = {
    "contact": {"birthday", "parentFolderId"},
    "event": {
        *("bodyPreview", "hideAttendees", "iCalUId", "onlineMeetingUrl", "originalEndTimeZone", "originalStart"),
        *("seriesMasterId", "transactionId", "webLink", "originalStartTimeZone"),
    },
    "todoTask": {"bodyLastModifiedDateTime"},
}
NEVER_WRITTEN_BY_PEOPLE = {"id", "changeKey"}
"""Texts that are identifiers, moments, or said by another property."""


@lru_cache(maxsize=1)
def schemas() -> dict[str, Any]:
    folder = find()
    if folder is None:
        pytest.skip("CONTRACTS MISSING: ../shared/contracts is not there; the words were held to nobody's description")
    with gzip.open(folder / "graph-v1.0.json.gz") as file:
        found: dict[str, Any] = json.load(file)["components"]["schemas"]
    return {name.removeprefix("microsoft.graph."): plain for name, plain in found.items()}


def properties(name: str) -> dict[str, Any]:
    plain = schemas()[name]
    base = str(plain.get("x-base", "")).removeprefix("microsoft.graph.")
    return {**(properties(base) if base else {}), **plain.get("properties", {})}


@pytest.mark.parametrize(("kind", "prefix"), CHOSEN.items())
def test_every_choice_has_words(kind: str, prefix: str) -> None:
    codes = {f"{prefix}{code}" for code in schemas()[kind]["enum"] if code not in (UNKNOWN, "unknown")}
    assert codes - CHOICES.keys() == set()


def test_every_recurrence_has_words() -> None:
    for kind in schemas()["recurrencePatternType"]["enum"]:
        assert recurrence_words(Recurrence(kind)).startswith("Every ")


def test_every_condition_and_action_of_rules_has_words() -> None:
    for table, kind in ((CONDITIONS, "messageRulePredicates"), (ACTIONS, "messageRuleActions")):
        assert {name for name in properties(kind) if not name.startswith("@")} == set(table)


@pytest.mark.parametrize(
    ("service", "kind"),
    [(Service.CONTACTS, "contact"), (Service.CALENDAR, "event"), (Service.TASKS, "todoTask")],
)
def test_every_text_is_found(service: Service, kind: str) -> None:
    """Texts and lists of texts: those of objects within are looked at elsewhere."""
    plain: dict[str, Any] = {}
    for name, one in properties(kind).items():
        if name in NOT_WRITTEN_BY_PEOPLE[kind] | NEVER_WRITTEN_BY_PEOPLE or name.startswith("@"):
            continue
        if one.get("type") == "string" and "format" not in one:
            plain[name] = f"said{name}"
        elif one.get("type") == "array" and one.get("items", {}).get("type") == "string":
            plain[name] = [f"said{name}"]
    plain.pop("cancelledOccurrences", None)
    said = describe(service, json.dumps(plain).encode())
    everything = f"{said.name} {said.text}"
    assert len(plain) > 1
    assert [name for name in plain if f"said{name}" not in everything] == []
