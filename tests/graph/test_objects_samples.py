"""Microsoft's own samples of events, contacts and tasks: read, sent again by the contract, and equal to themselves."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from saasbackup_desktop.app.words.faults import has_words
from saasbackup_desktop.app.words.states import LOG_LINES
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.providers.microsoft.calendar import composing as event_composing
from saasbackup_desktop.providers.microsoft.calendar.source import Calendars
from saasbackup_desktop.providers.microsoft.contacts import composing as contact_composing
from saasbackup_desktop.providers.microsoft.contacts.source import Contacts
from saasbackup_desktop.providers.microsoft.objects import written
from saasbackup_desktop.providers.microsoft.tasks import composing as task_composing
from saasbackup_desktop.providers.microsoft.tasks.source import Tasks
from saasbackup_desktop.providers.microsoft.writing import differing
from tests.corpora import Corpora
from tests.graph.referee import Referee
from tests.graph.stage import Stage

FOLDER = NodeId("folder")
ROOT = "https://graph.microsoft.com/v1.0"


def told(corpora: Corpora, pattern: str, named: str) -> Iterator[dict[str, Any]]:
    """Objects that answers to addresses of this form tell."""
    for name in ("graph-docs-pairs.jsonl", "cli-m365-pairs.jsonl"):
        for line in (corpora.folder / "graph" / name).read_text(encoding="utf-8").splitlines():
            pair = json.loads(line)
            body = pair.get("response_body")
            if "/v1.0/" not in pair["url"] or not isinstance(body, dict) or not re.search(pattern, pair["url"], re.I):
                continue
            for one in body["value"] if isinstance(body.get("value"), list) else [body]:
                if isinstance(one, dict) and named in one and "id" in one and "@removed" not in one:
                    yield one


def judged(method_and_path: str, body: dict[str, Any]) -> list[str]:
    """What the referee says of a request with this body."""
    method, _, path = method_and_path.partition(" ")
    referee = Referee()
    answer = json.dumps({"error": {"code": "x", "message": "x"}}).encode()
    headers = {"content-type": "application/json"}
    referee.watch(method, ROOT + path, headers, json.dumps(body).encode(), 400, headers, answer)
    return referee.problems


async def test_events(corpora: Corpora) -> None:
    graph = Stage().graph()
    samples = list(told(corpora, r"/(events|calendarview)\b", "start"))
    assert len(samples) > 20
    for sample in samples:
        item = Calendars(graph, "u").item(sample, FOLDER)
        if sample.get("type") in ("occurrence", "exception"):
            assert item is None
            continue
        assert item is not None
        assert item.name == (sample.get("subject") or "")
        assert item.time is not None
        kept = json.loads(written(sample))
        made = event_composing.compose(kept)
        assert judged("POST /users/u/calendars/c/events", made) == []
        shown = event_composing.shown(kept)
        if event_composing.people_of(kept):
            text, people = event_composing.wanted(kept)["text"], " ".join(event_composing.people_of(kept))
            assert people in text
            assert "".join(text.replace(f"--- {people}", "").replace(people, "").split()) == "".join(
                shown["text"].split()
            )
            shown["text"] = text
        assert differing(event_composing.wanted(kept), shown) == ""
    await graph.close()


async def test_contacts(corpora: Corpora) -> None:
    graph = Stage().graph()
    samples = list(told(corpora, r"/me/(contacts|contactfolders/[^/]+/contacts)\b", "displayName"))
    assert len(samples) > 1
    for sample in samples:
        item = Contacts(graph, "u").item(sample, FOLDER)
        assert item is not None
        assert item.name == sample["displayName"]
        kept = json.loads(written(sample))
        assert judged("POST /users/u/contacts", contact_composing.filled(contact_composing.compose(kept))) == []
        assert judged("PATCH /users/u/contacts/c", contact_composing.compose(kept)) == []
        assert differing(contact_composing.wanted(kept), contact_composing.shown(kept)) == ""
    await graph.close()


async def test_tasks(corpora: Corpora) -> None:
    graph = Stage().graph()
    samples = list(told(corpora, r"/todo/lists/[^/]+/tasks\b", "title"))
    assert len(samples) > 2
    for sample in samples:
        item = Tasks(graph, "u").item(sample, FOLDER)
        assert item is not None
        assert item.name == sample["title"]
        kept = json.loads(written(sample))
        assert judged("PATCH /users/u/todo/lists/l/tasks/t", task_composing.compose(kept)) == []
        again = {**kept, **task_composing.compose(kept)}
        assert differing(task_composing.shown(kept), task_composing.shown(again)) == ""
    await graph.close()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Pacific Standard Time", "2026-07-01T09:00:00.0000000"),
        ("Europe/Berlin", "2026-07-01T18:00:00.0000000"),
        ("tzone://Microsoft/Custom", "2026-07-01T16:00:00.0000000"),
    ],
)
def test_times_are_told_in_the_zone_that_an_event_was_made_in(name: str, wanted: str) -> None:
    moment = {"dateTime": "2026-07-01T16:00:00.0000000", "timeZone": "UTC"}
    made = event_composing.compose({"start": moment, "end": moment, "originalStartTimeZone": name})
    zone = "UTC" if name.startswith("tzone") else name
    assert made["start"] == made["end"] == {"dateTime": wanted, "timeZone": zone}


def test_what_is_not_brought_back_has_words() -> None:
    link = {"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Plan"}
    event = {"isCancelled": True, "isOnlineMeeting": True, "attendees": [{"emailAddress": {"address": "a@b.example"}}]}
    codes = event_composing.lost({**event, "attachments": [link]})
    assert len(codes) == 4
    assert {f"lost-{code}" for code in codes} <= LOG_LINES.keys()
    assert event_composing.lost({"isOrganizer": True}) == ()
    assert has_words("refused/occurrence")
    assert has_words("name-refused/read-only")
