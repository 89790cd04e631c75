"""Mail of a pretend tenant through the engine into a vault: the same, byte for byte, whatever happens on the way."""

import json
from pathlib import Path

import pytest

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.letters import letters
from tests.graph.home import Home
from tests.graph.stage import Stage


def filled(stage: Stage, count: int = 120) -> Mailbox:
    mailbox = stage.mailbox()
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    places = ["inbox", "sentitems", "archive", filed, "recoverableitemsdeletions"]
    for number, letter in enumerate(letters("graph", count, 4000)):
        mailbox.deliver(letter.data, places[number % len(places)], moment=letter.internal_date.timestamp())
    return mailbox


def assert_saved(home: Home, mailbox: Mailbox, stream: str) -> None:
    """The newest point in time is the truth."""
    saved = home.items(stream)
    assert set(saved) == set(mailbox.messages)
    for id, item in saved.items():
        message = mailbox.messages[id]
        assert item.body is not None
        assert home.vault.read(item.body) == message["_mime"]
        assert item.parent == message["parentFolderId"]
        assert ("\\Seen" in item.flags) == message["isRead"]
        assert item.facets.get("categories", "") == "\n".join(message["categories"])
        kept = json.loads(home.vault.read(item.parts["graph"]))
        assert kept["internetMessageId"] == message["internetMessageId"]
        assert kept["receivedDateTime"] == message["receivedDateTime"]


async def test_everything_is_saved_and_then_only_what_changes(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    assert_saved(home, mailbox, stream)
    packs = sorted((Path(home.vault.location) / "packs").rglob("*"))

    asked = len(stage.app.log)
    await home.back_up(stream)
    assert not [path for _, path, _ in stage.app.log[asked:] if path.endswith("$value")]
    assert sorted((Path(home.vault.location) / "packs").rglob("*")) == packs

    ids = list(mailbox.messages)
    mailbox.change(ids[0], isRead=True)
    mailbox.change(ids[1], categories=["Blue", "Red"])
    mailbox.change(ids[2], flag={"flagStatus": "flagged"})
    mailbox.move(ids[3], "archive")
    mailbox.remove(ids[4])
    mailbox.change_folder(mailbox.messages[ids[8]]["parentFolderId"], displayName="Renamed")
    fresh = mailbox.deliver(b"Subject: New\r\nMessage-ID: <new@x>\r\n\r\nNew\r\n")
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert_saved(home, mailbox, stream)
    fetched = [path for _, path, _ in stage.app.log[asked:] if path.endswith("$value")]
    assert fetched == [f"/users/{mailbox.user}/messages/{fresh['id']}/$value"]


async def test_expired_links_cost_a_listing_and_lose_nothing(stage: Stage, home: Home) -> None:
    mailbox = filled(stage, 60)
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    ids = list(mailbox.messages)
    mailbox.remove(ids[0])
    mailbox.move(ids[1], "archive")
    for feed in mailbox.feeds.values():
        feed.forget()
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert_saved(home, mailbox, stream)
    assert not [path for _, path, _ in stage.app.log[asked:] if path.endswith("$value")]


async def test_faults_on_the_way_change_nothing(stage: Stage, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.waiting.backoff", lambda _: 0.01)
    mailbox = filled(stage, 80)
    stream = home.doors.protect(mailbox, Service.MAIL)
    stage.manners.errors = {500: 0.04, 502: 0.04}
    await home.back_up(stream)
    stage.manners.errors = {}
    assert_saved(home, mailbox, stream)
    assert not home.journal.failures


async def test_a_removed_folder_takes_its_messages_along(stage: Stage, home: Home) -> None:
    mailbox = filled(stage, 60)
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    filed = next(id for id, folder in mailbox.folders.items() if folder["displayName"] == "Filed")
    rescued = next(id for id, one in mailbox.messages.items() if one["parentFolderId"] == filed)
    mailbox.move(rescued, "inbox")
    mailbox.remove_folder(filed)
    await home.back_up(stream)
    assert_saved(home, mailbox, stream)
