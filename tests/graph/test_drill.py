"""Restore drills of a pretend tenant: each kind of content is proven, and what the service never told is missed."""

from contextlib import suppress
from typing import Any

import pytest

from saasbackup_desktop.core.errors import DrillIncomplete
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Drill
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.engine import proofs
from saasbackup_desktop.engine.drill import drill
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.sim.letters import letters
from tests.graph.home import Home, Journal
from tests.graph.planner import fill_calendars, fill_contacts, fill_tasks, mailbox_of, organizer
from tests.graph.stage import GRANTED, Stage


@pytest.fixture
def granted() -> frozenset[str]:
    return frozenset(GRANTED | {"MailboxSettings.Read"})


async def drilled(home: Home, stream: StreamId) -> dict[str, Any]:
    """Carry out a drill; what was kept of it."""
    with suppress(DrillIncomplete):
        await drill(home.bench, Drill(stream=stream, items=12), Meter(), Journal())
    record = home.catalog.record(proofs.ROOM, stream)
    assert record is not None
    plain: dict[str, Any] = record.plain
    return plain


def told(proof: dict[str, Any]) -> tuple[object, ...]:
    facts = proof["facts"]
    return proof["outcome"], proof["missing"], facts["newer"], facts["moved"], facts["gone"]


async def test_mail_that_the_service_never_told_of_is_missed(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    mailbox.add_search_folder("Unread")
    places = ["inbox", "sentitems", filed, "recoverableitemsdeletions"]
    for number, letter in enumerate(letters("drill", 24, 800)):
        mailbox.deliver(letter.data, places[number % len(places)], moment=letter.internal_date.timestamp())
    stream = home.doors.protect(mailbox, Service.MAIL)
    stage.clock.time += 60
    await home.back_up(stream)
    stage.clock.time += 60
    proof = await drilled(home, stream)
    assert told(proof) == ("proven", 0, 0, 0, 0)
    assert (proof["at_source"], proof["read"], proof["matched"]) == (24, 12, 12)
    assert proof["facts"]["hashes"] >= 24  # each message, and what Graph says beside it

    ids = list(mailbox.messages)
    mailbox.deliver(b"Subject: Overlooked\r\n\r\n.\r\n", filed)
    overlooked = next(id for id in mailbox.messages if id not in ids)
    mailbox.feeds[filed].overlook(overlooked)
    stage.clock.time += 60
    mailbox.deliver(b"Subject: Told\r\n\r\n.\r\n", filed)
    mailbox.remove(ids[0])
    await home.back_up(stream)
    stage.clock.time += 60
    mailbox.deliver(b"Subject: New\r\n\r\n.\r\n", "inbox")
    mailbox.move(ids[1], "archive")
    mailbox.remove(ids[2])
    proof = await drilled(home, stream)
    assert told(proof) == ("incomplete", 1, 1, 0, 1)
    [missing] = [one for one in proof["findings"] if one["kind"] == "missing"]
    assert (missing["where"], missing["name"]) == ("Inbox/Filed", overlooked)


async def test_all_other_content_is_proven_and_missed_alike(stage: Stage, home: Home) -> None:
    truth = organizer(stage)
    fill_calendars(truth)
    fill_contacts(truth)
    fill_tasks(truth)
    mailbox = mailbox_of(truth)
    stage.clock.time += 60
    shelves = {
        Service.CALENDAR: truth.calendars,
        Service.CONTACTS: truth.contacts,
        Service.TASKS: truth.lists,
    }
    for service, some in shelves.items():
        stream = home.doors.protect(mailbox, service)
        shelf = next(one for one in some.values() if one.items)
        hidden = next(id for id, item in shelf.items.items() if not item.get("seriesMasterId"))
        shelf.feed.overlook(hidden)
        await home.back_up(stream)
        proof = await drilled(home, stream)
        assert told(proof) == ("incomplete", 1, 0, 0, 0), service
        shelf.feed.touch(hidden)
        await home.back_up(stream)
        proof = await drilled(home, stream)
        assert told(proof) == ("proven", 0, 0, 0, 0), service
        assert proof["at_source"] == proof["facts"]["held"] > 1


async def test_settings_do_not_tell_what_there_is(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    stream = home.doors.protect(mailbox, Service.SETTINGS)
    await home.back_up(stream)
    proof = await drilled(home, stream)
    assert (proof["outcome"], proof["at_source"], proof["facts"]["source"]) == ("proven", None, "not-told")
