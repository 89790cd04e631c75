"""Calendars, contacts and tasks restored through Graph: field by field what they were, nothing twice, nobody told."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Restore
from saasbackup_desktop.core.model import Conflict, Service
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.providers.microsoft.attaching import pieces
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.sim.graph.series import CUSTOM
from saasbackup_desktop.sim.graph.shelf import Organizer, Shelf
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph import planner
from tests.graph.home import Home, whole_restore
from tests.graph.planner import count, mailbox_of, organizer
from tests.graph.referee import RefereedTransport
from tests.graph.stage import Stage, WholeSeconds

Seen = Callable[[Organizer], dict[str, Any]]
KINDS = [
    pytest.param(Service.CALENDAR, planner.fill_calendars, planner.seen_events, id="calendar"),
    pytest.param(Service.CONTACTS, planner.fill_contacts, planner.seen_contacts, id="contacts"),
    pytest.param(Service.TASKS, planner.fill_tasks, planner.seen_tasks, id="tasks"),
]


async def saved(home: Home, truth: Organizer, service: Service) -> tuple[StreamId, SnapshotId]:
    stream = home.doors.protect(mailbox_of(truth), service)
    return stream, await home.back_up(stream)


def spec(
    at: tuple[StreamId, SnapshotId], truth: Organizer, conflict: Conflict = Conflict.SKIP, folder: str | None = None
) -> Restore:
    return whole_restore(*at, truth.user, conflict, folder)


def shelves(truth: Organizer, service: Service) -> dict[str, Shelf]:
    return {Service.CALENDAR: truth.calendars, Service.CONTACTS: truth.contacts, Service.TASKS: truth.lists}[service]


def wipe(truth: Organizer, service: Service) -> None:
    for shelf in shelves(truth, service).values():
        for id in list(shelf.items):
            truth.remove(shelf, id)


@pytest.mark.parametrize(("service", "fill", "seen"), KINDS)
async def test_what_was_wiped_comes_back(
    stage: Stage, home: Home, service: Service, fill: Callable[[Organizer], None], seen: Seen
) -> None:
    truth = organizer(stage)
    fill(truth)
    before, many = seen(truth), count(shelves(truth, service))
    at = await saved(home, truth, service)
    await home.restore(spec(at, truth))
    assert (home.meter.skipped, home.meter.added) == (many, 0)
    wipe(truth, service)
    await home.restore(spec(at, truth))
    assert home.journal.failures == []
    assert home.meter.verified == many
    assert seen(truth) == before
    await home.restore(spec(at, truth))
    assert (home.meter.skipped, home.meter.added) == (many, 0)
    assert truth.notices == []


@pytest.mark.parametrize(("service", "fill", "seen"), KINDS)
async def test_other_mailboxes_and_tenants_get_the_same(
    stage: Stage, home: Home, service: Service, fill: Callable[[Organizer], None], seen: Seen
) -> None:
    truth = organizer(stage)
    fill(truth)
    at = await saved(home, truth, service)
    bob = organizer(stage, "Bob Kahn")
    bob.calendars[bob.calendar].plain["name"] = "Kalender"
    bob.lists[bob.tasks].plain["displayName"] = "Aufgaben"
    await home.restore(spec(at, bob))
    elsewhere = Stage(domain="otherwhere.example")
    eve = organizer(elsewhere, "Eve Moneypenny")
    home.doors.stage = elsewhere
    await home.restore(spec(at, eve))
    assert home.journal.failures == []
    assert elsewhere.referee.problems == []
    for other in (bob, eve):
        assert seen(other) == seen(truth)
        assert other.notices == []
    many = count(shelves(truth, service))
    await home.restore(spec(at, eve))
    assert (home.meter.skipped, home.meter.added) == (many, 0)


@pytest.mark.parametrize(("service", "fill", "seen"), KINDS)
async def test_a_folder_of_its_own_takes_everything(
    stage: Stage, home: Home, service: Service, fill: Callable[[Organizer], None], seen: Seen
) -> None:
    truth = organizer(stage)
    fill(truth)
    before, many = seen(truth), count(shelves(truth, service))
    at = await saved(home, truth, service)
    for _ in range(2):
        await home.restore(spec(at, truth, Conflict.NON_DESTRUCTIVE, "Back"))
        assert home.journal.failures == []
        assert count(shelves(truth, service)) == 2 * many
    after = seen(truth)
    assert {place: after[place] for place in before} == before
    assert truth.notices == []


CHANGES: dict[Service, dict[str, Any]] = {
    Service.CALENDAR: {"subject": "Another name", "location": {"displayName": "Elsewhere"}},
    Service.CONTACTS: {"jobTitle": "Director", "businessPhones": [], "profession": "Poet"},
    Service.TASKS: {"title": "Another title", "_checklistItems": []},
}


@pytest.mark.parametrize(("service", "fill", "seen"), KINDS)
async def test_replacing_brings_back_and_says_so(
    stage: Stage, home: Home, service: Service, fill: Callable[[Organizer], None], seen: Seen
) -> None:
    truth = organizer(stage)
    fill(truth)
    before = seen(truth)
    at = await saved(home, truth, service)
    free = [
        (shelf, one)
        for shelf in shelves(truth, service).values()
        for one in shelf.items.values()
        if not one.get("attendees")
    ]
    shelf, changed = free[0]
    _, gone = free[1]
    truth.change(shelf, changed["id"], **CHANGES[service])
    for one in shelves(truth, service).values():
        if gone["id"] in one.items:
            truth.remove(one, gone["id"])
    await home.restore(spec(at, truth, Conflict.REPLACE))
    assert home.journal.failures == []
    assert (home.meter.changed, home.meter.added) == (1, 1)
    assert changed["categories"][-1] == "Restored"
    truth.change(shelf, changed["id"], categories=[name for name in changed["categories"] if name != "Restored"])
    assert seen(truth) == before
    assert truth.notices == []


async def test_replacing_takes_nothing_away(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_tasks(truth)
    at = await saved(home, truth, Service.TASKS)
    shelf = next(shelf for shelf in truth.lists.values() if shelf.plain["displayName"] == "Groceries")
    task = next(one for one in shelf.items.values() if one["title"] == "Buy 3")
    own = {"id": "own", "displayName": "Mine", "isChecked": False}
    first, second, third = task["_checklistItems"]
    truth.change(shelf, task["id"], _checklistItems=[own, third, {**second, "isChecked": False}], importance="low")
    await home.restore(spec(at, truth, Conflict.REPLACE))
    assert home.journal.failures == []
    assert home.meter.changed == 1
    assert [(one["displayName"], one["isChecked"]) for one in task["_checklistItems"]] == [
        ("Mine", False),
        (third["displayName"], False),
        (second["displayName"], True),
        (first["displayName"], False),
    ]
    await home.restore(spec(at, truth, Conflict.REPLACE))
    assert home.meter.changed == 0


async def test_who_is_there_is_not_taken_for_who_is_gone(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    shelf = truth.lists[truth.tasks]
    planner.fill_tasks(truth)
    twins = [truth.add(shelf, {**next(iter(shelf.items.values())), "title": "Milk"}) for _ in range(3)]
    at = await saved(home, truth, Service.TASKS)
    many = count(truth.lists)
    for gone in twins[:2]:
        truth.remove(shelf, gone["id"])
        await home.restore(spec(at, truth))
        assert home.journal.failures == []
        assert (home.meter.skipped, home.meter.added) == (many - 1, 1)
        assert count(truth.lists) == many


async def test_a_series_that_was_moved_is_as_it_was(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    shelf = truth.calendars[truth.calendar]
    series = next(one for one in shelf.items.values() if one["type"] == "seriesMaster")
    series["attendees"] = []
    before = planner.seen_events(truth)
    at = await saved(home, truth, Service.CALENDAR)
    series["_exceptions"], series["cancelledOccurrences"], series["_files"] = [], [], {}
    truth.change(shelf, series["id"], subject="Another", end=series["start"])
    await home.restore(spec(at, truth, Conflict.REPLACE))
    assert home.journal.failures == []
    assert home.meter.changed == 1
    assert series["categories"] == ["Restored"]
    for one in (series, *series["_exceptions"]):
        one["categories"] = [name for name in one["categories"] if name != "Restored"]
    assert planner.seen_events(truth) == before


async def test_a_meeting_that_changed_gets_a_copy_and_nobody_a_notice(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    shelf = truth.calendars[truth.calendar]
    meeting = next(one for one in shelf.items.values() if one["subject"] == "Review")
    at = await saved(home, truth, Service.CALENDAR)
    many = len(shelf.items)
    truth.change(shelf, meeting["id"], subject="Review, moved")
    for _ in range(2):
        await home.restore(spec(at, truth, Conflict.REPLACE))
        assert home.journal.failures == []
        assert len(shelf.items) == many + 1
    assert home.meter.changed == 0
    copy = list(shelf.items.values())[-1]
    assert (copy["subject"], copy["attendees"], copy["categories"]) == ("Review", [], ["Restored"])
    assert meeting["subject"] == "Review, moved"
    assert truth.notices == []


async def test_a_series_in_a_zone_that_nobody_can_name_is_told(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    series = next(one for one in truth.calendars[truth.calendar].items.values() if one["type"] == "seriesMaster")
    series["originalStartTimeZone"] = series["originalEndTimeZone"] = CUSTOM
    series["recurrence"]["range"]["recurrenceTimeZone"] = CUSTOM
    at = await saved(home, truth, Service.CALENDAR)
    bob = organizer(stage, "Bob Kahn")
    await home.restore(spec(at, bob))
    assert [(one.name, one.code) for one in home.journal.failures] == [("Stand-up", "not-verified")]
    there = next(one for one in bob.calendars[bob.calendar].items.values() if one["type"] == "seriesMaster")
    assert there["start"] == series["start"]
    assert len(there["cancelledOccurrences"]) == len(there["_exceptions"]) == 2
    many = count(bob.calendars)
    await home.restore(spec(at, bob))
    assert (home.meter.added, count(bob.calendars)) == (0, many)


async def test_a_copy_of_a_meeting_is_made_once_whatever_breaks(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    at = await saved(home, truth, Service.CALENDAR)
    shelf = truth.calendars[truth.calendar]
    many = len(shelf.items)
    meeting = next(one for one in shelf.items.values() if one["type"] == "seriesMaster")
    truth.change(shelf, meeting["id"], subject="Stand-up, no more")
    for writes in range(1, 30):
        stage.around = lambda behind, writes=writes: Cut(behind, writes, before=writes % 2 == 0)
        try:
            await home.restore(spec(at, truth, Conflict.REPLACE))
        except Unreachable:
            continue
        break
    assert home.journal.failures == []
    assert writes > 5
    assert len(shelf.items) == many + 1
    copy = next(one for one in shelf.items.values() if one["subject"] == "Stand-up")
    assert copy["categories"] == ["Restored"]
    assert len(copy["_exceptions"]) == len(copy["cancelledOccurrences"]) == 2
    assert truth.notices == []


async def test_who_took_part_is_kept_in_the_text(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    at = await saved(home, truth, Service.CALENDAR)
    bob = organizer(stage, "Bob Kahn")
    await home.restore(spec(at, bob))
    texts = planner.texts(bob)
    owner = f"organizer: Ada Lovelace <ada@{stage.domain}>"
    assert texts["Review"] == (
        f"All of it\n\n---\n{owner}\nrequired: Bob <bob@example.org> (accepted)\n"
        "required: Cleo <cleo@example.org> (accepted)"
    )
    assert "organizer: Zoe &lt;zoe@example.org&gt;" in texts["Invited"]
    assert texts["Dentist"] == ""
    assert "lost-attendees" in home.journal.notes
    assert "lost-online-meeting" in home.journal.notes
    assert all(one["attendees"] == [] for shelf in bob.calendars.values() for one in shelf.items.values())
    # Saved and brought back again, the lines are there once.
    again = await saved(home, bob, Service.CALENDAR)
    eve = organizer(stage, "Eve Moneypenny")
    await home.restore(spec(again, eve))
    assert planner.texts(eve) == texts


async def test_the_pretend_exchange_counts_notices(stage: Stage) -> None:
    truth = organizer(stage)
    graph = stage.graph()
    at = f"/users/{truth.user}"
    event = {
        "subject": "Come",
        "start": planner.at("2026-03-02"),
        "end": planner.at("2026-03-02", "10:00"),
        "attendees": [{"type": "required", "emailAddress": {"address": "bob@example.org"}}],
    }
    made = await graph.send("POST", f"{at}/calendars/{truth.calendar}/events", event)
    await graph.send("PATCH", f"{at}/events/{made['id']}", {"subject": "Stay"})
    await graph.send("DELETE", f"{at}/events/{made['id']}")
    await graph.close()
    assert [(one.kind, one.to) for one in truth.notices] == [
        ("invitation", "bob@example.org"),
        ("update", "bob@example.org"),
        ("cancellation", "bob@example.org"),
    ]


@pytest.mark.parametrize(("service", "fill", "seen"), KINDS)
async def test_cut_anywhere_and_run_again(
    stage: Stage, home: Home, service: Service, fill: Callable[[Organizer], None], seen: Seen
) -> None:
    truth = organizer(stage)
    fill(truth)
    at = await saved(home, truth, service)
    bob = organizer(stage, "Bob Kahn")
    dice = random.Random(3)
    runs = 0
    while True:
        runs += 1
        assert runs < 60
        many = dice.randint(1, 4 + runs)
        stage.around = lambda behind, many=many, runs=runs: Cut(behind, many, before=runs % 2 == 0)
        try:
            await home.restore(spec(at, bob))
        except Unreachable:
            continue
        if not home.journal.failures:
            break
    assert runs > 3
    assert seen(bob) == seen(truth)
    assert bob.notices == []


async def test_a_large_file_of_a_task_goes_on_where_it_broke(stage: Stage) -> None:
    truth = organizer(stage)
    shelf = truth.lists[truth.tasks]
    task = truth.add(shelf, {"title": "Scan", "_files": {}, "_about": {}})
    broken = Breaks(RefereedTransport(httpx.ASGITransport(stage.app), stage.referee))
    graph = Graph(CLOUDS["global"], stage.token, WholeSeconds(stage.clock), transport=broken, attempts=2)
    at = f"/users/{truth.user}/todo/lists/{truth.tasks}/tasks/{task['id']}/attachments/createUploadSession"
    data = bytes(range(256)) * 25_000
    said = {"attachmentInfo": {"attachmentType": "file", "name": "scan.pdf", "size": len(data)}}
    session = await graph.send("POST", at, said)
    await graph.upload(session, pieces(data), len(data), step=10 * 327_680, is_inside=True)
    await graph.close()
    assert broken.times == 1
    assert task["_files"] == {"scan.pdf": data}


class Breaks(httpx.AsyncBaseTransport):
    """Loses the answer to the first piece of a file."""

    def __init__(self, behind: httpx.AsyncBaseTransport) -> None:
        self._behind = behind
        self.times = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._behind.handle_async_request(request)
        if request.method == "PUT" and not self.times:
            self.times += 1
            await response.aread()
            raise httpx.ReadError("broken on purpose")
        return response


class Cut(httpx.AsyncBaseTransport):
    """Breaks off at a write, before or after it is carried out, and for good: as if the program was killed."""

    def __init__(self, behind: httpx.AsyncBaseTransport, many: int, *, before: bool) -> None:
        self._behind = behind
        self._left = many
        self._before = before

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and not request.url.path.endswith("/$batch"):
            self._left -= 1
        if self._left < 0 or (self._left == 0 and self._before):
            self._left = -1
            raise httpx.ReadError("cut on purpose")
        response = await self._behind.handle_async_request(request)
        if self._left == 0:
            self._left = -1
            await response.aread()
            raise httpx.ReadError("cut on purpose")
        return response


async def test_by_date(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    at = await saved(home, truth, Service.CALENDAR)
    bob = organizer(stage, "Bob Kahn")
    start = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())
    selection = Selection(since=start, until=start + 60 * 86400)
    await home.restore(replace(spec(at, bob), selection=selection))
    assert home.journal.failures == []
    assert set(planner.texts(bob)) == {"Ünïcode & <b>", "Lisbon"}


async def test_one_thing(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_contacts(truth)
    at = await saved(home, truth, Service.CONTACTS)
    before = planner.seen_contacts(truth)
    [folder, shelf] = next((id, shelf) for id, shelf in truth.contacts.items() if shelf.parent)
    first, *_ = shelf.items
    wipe(truth, Service.CONTACTS)
    await home.restore(replace(spec(at, truth), selection=Selection(items=(NodeId(first),))))
    assert home.journal.failures == []
    [[place, contact]] = planner.seen_contacts(truth).items()
    assert place.startswith("Friends/Old friends/")
    assert contact == before[place]
    await home.restore(replace(spec(at, truth), selection=Selection(folders=(NodeId(folder),))))
    assert planner.seen_contacts(truth) == {
        at: one for at, one in before.items() if at.startswith("Friends/Old friends/")
    }


async def test_busy_services_are_waited_for(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_contacts(truth)
    at = await saved(home, truth, Service.CONTACTS)
    bob = organizer(stage, "Bob Kahn")
    for method, path in (
        ("POST", "contactFolders"),
        ("PUT", "contacts/"),
        ("PATCH", "contacts/"),
        ("GET", "contacts/"),
    ):
        busy = Refusal(429, "TooManyRequests", "Too many requests.", Retry_After="0")
        stage.manners.refusals.append((method, f"/users/{bob.user}/{path}", busy))
    await home.restore(spec(at, bob))
    assert home.journal.failures == []
    assert stage.manners.refusals == []
    assert planner.seen_contacts(bob) == planner.seen_contacts(truth)


async def test_a_calendar_that_can_only_be_read_says_so(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    holidays = truth.calendars[truth.add_calendar("Holidays", canEdit=False)]
    for day in ("2026-12-25", "2026-12-26"):
        truth.add_event(
            holidays,
            {"subject": day, "isAllDay": True, "start": planner.at(day, "00:00"), "end": planner.at(day, "00:00")},
        )
    at = await saved(home, truth, Service.CALENDAR)
    await home.restore(spec(at, truth))
    assert home.meter.skipped == 2
    gone = next(iter(holidays.items))
    truth.remove(holidays, gone)
    await home.restore(spec(at, truth))
    assert [(one.code, one.detail) for one in home.journal.failures] == [("name-refused", "read-only")]


async def test_the_same_meeting_is_known_by_its_number(stage: Stage, home: Home) -> None:
    truth, bob = organizer(stage), organizer(stage, "Bob Kahn")
    when = {"start": planner.at("2026-03-02"), "end": planner.at("2026-03-02", "10:00")}
    sent = truth.add_event(truth.calendars[truth.calendar], {"subject": "Review", **when})
    bob.add_event(
        bob.calendars[bob.calendar], {"subject": "Review", **when}, iCalUId=sent["iCalUId"], isOrganizer=False
    )
    at = await saved(home, truth, Service.CALENDAR)
    await home.restore(spec(at, bob))
    assert (home.meter.skipped, home.meter.added) == (1, 0)


async def test_an_older_point_in_time_adds_no_second_copy(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_contacts(truth)
    older = await saved(home, truth, Service.CONTACTS)
    shelf = truth.contacts["contacts"]
    changed = next(iter(shelf.items.values()))
    truth.change(shelf, changed["id"], jobTitle="Director")
    newer = await saved(home, truth, Service.CONTACTS)
    bob = organizer(stage, "Bob Kahn")
    await home.restore(spec(newer, bob))
    await home.restore(spec(older, bob))
    assert (home.meter.skipped, home.meter.added) == (9, 0)
    await home.restore(spec(older, bob, Conflict.REPLACE))
    assert (home.meter.changed, home.meter.added) == (1, 0)
    assert count(bob.contacts) == 9
    titles = [one["jobTitle"] for shelf in bob.contacts.values() for one in shelf.items.values()]
    assert set(titles) == {"Engineer"}


async def test_half_an_event_is_taken_away_at_once(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    planner.fill_calendars(truth)
    at = await saved(home, truth, Service.CALENDAR)
    bob = organizer(stage, "Bob Kahn")
    refusal = Refusal(400, "ErrorItemSave", "Not this one.")
    stage.manners.refusals.append(("POST", f"/users/{bob.user}/events/", refusal))
    await home.restore(spec(at, bob))
    assert [failure.code for failure in home.journal.failures] == ["refused"]
    assert count(bob.calendars) == count(truth.calendars) - 1
    await home.restore(spec(at, bob))
    assert home.journal.failures == []
    assert planner.seen_events(bob) == planner.seen_events(truth)


WRONG: list[Any] = [
    pytest.param(Service.CALENDAR, planner.fill_calendars, {"showAs": "free"}, "showAs", id="event"),
    pytest.param(
        Service.CALENDAR, planner.fill_calendars, {"_files": {"agenda.pdf": b"%PDF"}}, "attachments", id="file"
    ),
    pytest.param(
        Service.CALENDAR,
        planner.fill_calendars,
        {"originalStartTimeZone": "UTC", "originalEndTimeZone": "UTC"},
        "originalEndTimeZone",
        id="zone",
    ),
    pytest.param(
        Service.CALENDAR, planner.fill_calendars, {"_exceptions": []}, "exceptionOccurrences", id="exceptions"
    ),
    pytest.param(
        Service.CALENDAR, planner.fill_calendars, {"cancelledOccurrences": []}, "cancelledOccurrences", id="cancelled"
    ),
    pytest.param(
        Service.CALENDAR, planner.fill_calendars, {"attendees": [planner.person("Bob")]}, "attendees", id="attendees"
    ),
    pytest.param(Service.CONTACTS, planner.fill_contacts, {"personalNotes": "Line one"}, "personalNotes", id="contact"),
    pytest.param(Service.CONTACTS, planner.fill_contacts, {"_files": {"photo": b"\xff\xd8"}}, "photo", id="photo"),
    pytest.param(Service.TASKS, planner.fill_tasks, {"status": "deferred"}, "status", id="task"),
    pytest.param(Service.TASKS, planner.fill_tasks, {"_checklistItems": []}, "checklistItems", id="step"),
    pytest.param(Service.TASKS, planner.fill_tasks, {"_linkedResources": []}, "linkedResources", id="link"),
]


@pytest.mark.parametrize(("service", "fill", "wrong", "what"), WRONG)
async def test_what_the_service_writes_wrong_is_found(
    stage: Stage, home: Home, service: Service, fill: Callable[[Organizer], None], wrong: dict[str, Any], what: str
) -> None:
    truth = organizer(stage)
    fill(truth)
    at = await saved(home, truth, service)
    bob = organizer(stage, "Bob Kahn")
    stage.around = lambda behind: Meddling(behind, bob, service, wrong)
    await home.restore(spec(at, bob))
    assert home.journal.failures
    assert {failure.code for failure in home.journal.failures} == {"not-verified"}
    assert what in {failure.detail for failure in home.journal.failures}


class Meddling(httpx.AsyncBaseTransport):
    """Has the service keep something else than what it was told, whenever it is asked for many things at once."""

    def __init__(
        self, behind: httpx.AsyncBaseTransport, truth: Organizer, service: Service, wrong: dict[str, Any]
    ) -> None:
        self._behind = behind
        self._truth = truth
        self._service = service
        self._wrong = wrong

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/$batch"):
            for shelf in shelves(self._truth, self._service).values():
                for one in shelf.items.values():
                    for name, value in self._wrong.items():
                        if not isinstance(value, dict):
                            one[name] = value
                        elif value.keys() <= one[name].keys():
                            one[name] = {**one[name], **value}
        return await self._behind.handle_async_request(request)
