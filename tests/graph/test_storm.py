"""Mailboxes of mixed content in bad weather: backed up, changed, backed up and restored, equal to the truth.

``SAASBACKUP_MAILBOXES`` says how many, ``SAASBACKUP_SEED`` which weather.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, Restore
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.restore import restore
from saasbackup_desktop.engine.running import foreseen
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.manners import Limit
from saasbackup_desktop.sim.graph.shelf import Organizer
from tests.graph import planner
from tests.graph.home import Home, Journal, whole_restore
from tests.graph.storm import Storm, Weather
from tests.graph.test_mail_backup import assert_saved as assert_mail_saved
from tests.graph.test_mail_restore import letter, looks
from tests.graph.test_notes import add_note

MANY: Final = int(os.environ.get("SAASBACKUP_MAILBOXES", "6"))
SEED: Final = int(os.environ.get("SAASBACKUP_SEED", "7"))
SERVICES: Final = (Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS, Service.NOTES)
ROUGH: Final = {"dropped": 0.02, "lost": 0.02, "cut": 0.02, "expired": 0.01, "forgotten": 0.01}
ERRORS: Final = {429: 0.02, 500: 0.02, 502: 0.01, 503: 0.01, 504: 0.01}
AT_ONCE: Final = 4
TRIES: Final = 60


@pytest.fixture
def storm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storm]:
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.waiting.backoff", lambda attempt: 0.002 * attempt)
    storm = Storm()
    storm.manners.retry_after = False
    storm.manners.dice.seed(SEED)
    yield storm
    assert storm.referee.exchanges
    assert storm.referee.problems == []


@pytest.fixture
def home(tmp_path: Path, storm: Storm) -> Iterator[Home]:
    home = Home(tmp_path, storm)
    yield home
    home.close()


@dataclass
class Person:
    """Somebody, and what they have."""

    mailbox: Mailbox
    organizer: Organizer

    def seen(self) -> dict[str, Any]:
        """What people see of all of it."""
        return {
            "mail": [one for one in looks(self.mailbox) if one[0] not in ("Purges", "Notes")],
            "notes": sorted(
                (one["subject"], one["body"]["content"], tuple(one["categories"]))
                for one in self.mailbox.messages.values()
                if one["parentFolderId"] == self.mailbox.known["notes"]
            ),
            "events": planner.seen_events(self.organizer),
            "contacts": planner.seen_contacts(self.organizer),
            "tasks": planner.seen_tasks(self.organizer),
        }


def joined(storm: Storm, name: str) -> Person:
    truth = planner.organizer(storm, name, f"{name.lower().replace(' ', '.')}@{storm.domain}")
    return Person(planner.mailbox_of(truth), truth)


def filled(storm: Storm, number: int, dice: random.Random) -> Person:
    person = joined(storm, f"Person{number} Example")
    mailbox, truth = person.mailbox, person.organizer
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    places = ["inbox", "sentitems", "archive", filed]
    for one in range(dice.randrange(6, 10)):
        attached = dice.randbytes(dice.randrange(3000)) if dice.random() < 0.4 else b""
        deliver(mailbox, 1000 * number + one, dice.choice(places), dice, attached)
    if number % 3 == 0:
        deliver(mailbox, 1000 * number + 900, "inbox", dice, dice.randbytes(3_200_000))
    mailbox.deliver(letter(1000 * number + 901), "drafts", isDraft=True, isRead=True)
    for one in range(3):
        add_note(mailbox, f"Note {one} of {number}")
    planner.fill_calendars(truth)
    planner.fill_contacts(truth)
    planner.fill_tasks(truth)
    return person


def deliver(mailbox: Mailbox, number: int, place: str, dice: random.Random, attached: bytes = b"") -> None:
    mailbox.deliver(
        letter(number, attached),
        place,
        moment=1_760_000_000 + number,
        isRead=dice.random() < 0.5,
        categories=["Blue"] * dice.randrange(2),
    )


def change(person: Person, number: int, dice: random.Random) -> None:
    mailbox, truth = person.mailbox, person.organizer
    notes = mailbox.known["notes"]
    ids = [id for id, one in mailbox.messages.items() if one["parentFolderId"] != notes]
    read, filed, moved, removed = dice.sample(ids, 4)
    mailbox.change(read, isRead=not mailbox.messages[read]["isRead"])
    mailbox.change(filed, categories=["Red", "Green"])
    mailbox.move(moved, "archive")
    mailbox.remove(removed)
    for one in range(3):
        deliver(mailbox, 1000 * number + 950 + one, "inbox", dice)
    mailbox.make_folder("Made later", mailbox.known["archive"])
    for shelves in (truth.calendars, truth.contacts, truth.lists):
        shelf = next(shelf for shelf in shelves.values() if shelf.items)
        truth.remove(shelf, dice.choice(list(shelf.items)))
    truth.add(next(iter(truth.contacts.values())), {"displayName": "Somebody New", "fileAs": "Somebody New"})
    truth.add(
        truth.lists[truth.tasks],
        {
            "title": "One more thing",
            "status": "notStarted",
            "importance": "normal",
            "isReminderOn": False,
            "body": {"contentType": "text", "content": "Soon"},
            "_files": {},
        },
    )
    truth.add_event(
        truth.calendars[truth.calendar],
        {"subject": "Lunch", "start": planner.at("2026-11-02"), "end": planner.at("2026-11-02", "10:00")},
    )


async def until_done(work: Callable[[Meter, Journal], Awaitable[Any]]) -> int:
    """Run something again until it comes to its end without a failure, as who starts jobs would: how often it took."""
    for tried in range(1, TRIES):
        meter, journal = Meter(), Journal()
        try:
            await work(meter, journal)
        except Exception as error:
            if not isinstance(foreseen(error), Unreachable):
                raise
            continue
        if not journal.failures:
            return tried
    raise AssertionError("it never came to its end")


async def all_backed_up(home: Home, streams: list[StreamId]) -> int:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(stream: StreamId) -> int:
        async with room:
            return await until_done(lambda meter, journal: back_up(home.bench, Backup(stream=stream), meter, journal))

    return sum(await asyncio.gather(*map(one, streams)))


async def all_restored(home: Home, works: list[tuple[StreamId, SnapshotId, str]]) -> int:
    room = asyncio.Semaphore(AT_ONCE)

    async def once(spec: Restore, meter: Meter, journal: Journal) -> None:
        target = home.doors.target(spec.connection, home.doors.account(spec.stream)[1])
        try:
            await restore(home.bench, spec, target, meter, journal)
        finally:
            await target.close()

    async def one(stream: StreamId, snapshot: SnapshotId, user: str) -> int:
        spec = whole_restore(stream, snapshot, user)
        async with room:
            return await until_done(lambda meter, journal: once(spec, meter, journal))

    return sum(await asyncio.gather(*(one(*work) for work in works)))


def assert_saved(home: Home, person: Person) -> None:
    """What the vault has is what is there: by ids, and for mail byte by byte."""
    mailbox, truth = person.mailbox, person.organizer
    notes = {id for id, one in mailbox.messages.items() if one["parentFolderId"] == mailbox.known["notes"]}
    kept = Mailbox.__new__(Mailbox)
    kept.__dict__.update(mailbox.__dict__)
    kept.messages = {id: one for id, one in mailbox.messages.items() if id not in notes}
    assert_mail_saved(home, kept, home.doors.protect(mailbox, Service.MAIL))
    assert set(home.items(home.doors.protect(mailbox, Service.NOTES))) == notes
    for service, shelves in (
        (Service.CALENDAR, truth.calendars),
        (Service.CONTACTS, truth.contacts),
        (Service.TASKS, truth.lists),
    ):
        there = {id for shelf in shelves.values() for id in shelf.items}
        assert set(home.items(home.doors.protect(mailbox, service))) == there


def assert_same(there: dict[str, Any], truth: dict[str, Any]) -> None:
    """Say what differs, and not all that does not."""
    assert there["mail"] == truth["mail"]
    assert there["notes"] == truth["notes"]
    for kind in ("events", "contacts", "tasks"):
        assert set(there[kind]) == set(truth[kind])
        wrong = [(one, there[kind][one]) for one in truth[kind] if there[kind][one] != truth[kind][one]]
        assert wrong == [(one, truth[kind][one]) for one, _ in wrong]


async def test_all_comes_back_as_it_was(storm: Storm, home: Home) -> None:
    dice = random.Random(SEED)
    people = [filled(storm, number, dice) for number in range(MANY)]
    streams = [home.doors.protect(one.mailbox, service) for one in people for service in SERVICES]
    storm.weather = Weather(**ROUGH, dice=random.Random(SEED))
    storm.manners.errors = ERRORS
    storm.manners.limit = Limit(at_once=8)
    runs = [await all_backed_up(home, streams)]
    for person in people:
        assert_saved(home, person)
    for number, person in enumerate(people):
        change(person, number, dice)
    runs.append(await all_backed_up(home, streams))
    for person in people:
        assert_saved(home, person)
    others = [joined(storm, f"Other{number} Example") for number in range(MANY)]
    works = []
    for person, other in zip(people, others, strict=True):
        for service in SERVICES:
            head = home.vault.last_head(home.doors.protect(person.mailbox, service))
            assert head is not None
            works.append((head.snapshot.stream, head.snapshot.id, other.mailbox.user))
    runs.append(await all_restored(home, works))
    for person, other in zip(people, others, strict=True):
        assert_same(other.seen(), person.seen())
    assert storm.expirations
    print(f"\n{MANY} mailboxes, {len(streams)} streams; runs: {runs}; {storm.referee.exchanges} exchanges")
