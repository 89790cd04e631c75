"""The exact stream: kept if a tenant asks for it, restored where it can be, and never instead of the open form."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.ports import Source, Target
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.exact import ExactSource, ExactTarget, Exchange, is_offered
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.source import mail_source
from saasbackup_desktop.providers.microsoft.mail.target import MailTarget
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph import home as homes
from tests.graph.home import Home, whole_restore
from tests.graph.stage import GRANTED, Stage


@pytest.fixture
def granted() -> frozenset[str]:
    return frozenset(GRANTED | {"MailboxItem.Export.All", "MailboxItem.ImportExport.All"})


@pytest.fixture
def home(tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    def source(graph: Graph, user: str) -> Source:
        return ExactSource(mail_source(graph, user), Exchange(graph, user))

    def target(graph: Graph, user: str) -> Target:
        return ExactTarget(MailTarget(graph, user), graph, user)

    monkeypatch.setitem(homes.SOURCES, Service.MAIL, source)
    monkeypatch.setitem(homes.TARGETS, Service.MAIL, target)
    home = Home(tmp_path, stage)
    yield home
    home.close()


def letter(number: int) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Bob <bob@example.org>", "ada@fernwick.example", f"Letter {number}"
    made["Message-ID"], made["Date"] = f"<{number}@x>", "Fri, 02 Jan 2026 10:00:00 +0100"
    made["X-Rare-Header"] = f"kept by nothing else {number}"
    made.set_content(f"Good morning, number {number}.\n")
    made.add_attachment(b"%PDF" * number, maintype="application", subtype="pdf", filename="plan.pdf")
    return made.as_bytes()


def filled(stage: Stage) -> Mailbox:
    mailbox = stage.mailbox()
    for number in range(1, 25):
        mailbox.deliver(letter(number), "inbox" if number % 2 else "archive", isRead=number % 3 == 0)
    return mailbox


async def saved(home: Home, mailbox: Mailbox) -> tuple[StreamId, SnapshotId]:
    stream = home.doors.protect(mailbox, Service.MAIL)
    return stream, await home.back_up(stream)


def exact(mailbox: Mailbox) -> list[str]:
    """Everything of all messages that the service itself does not give anew."""
    own = {"id", "changeKey", "lastModifiedDateTime", "parentFolderId", "_properties"}
    return sorted(
        json.dumps({name: value for name, value in one.items() if name not in own}, sort_keys=True, default=repr)
        for one in mailbox.messages.values()
    )


async def test_streams_are_kept_beside_the_open_form_and_restore_exactly(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    for id, item in home.items(stream).items():
        assert item.body is not None
        assert home.vault.read(item.body) == mailbox.messages[id]["_mime"]
        assert home.vault.read(item.parts["exact"]).startswith(b"FTS1")
    asked = [path for _, path, _ in stage.app.log]
    assert len([path for path in asked if path.endswith("exportItems")]) == 2
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert home.meter.verified == 24
    assert exact(other) == exact(mailbox)
    assert not [path for method, path, _ in stage.app.log if method == "POST" and path.endswith("/messages")]
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert (home.meter.skipped, home.meter.added) == (24, 0)


async def test_what_was_read_and_filed_since_comes_back_as_it_was_then(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    await saved(home, mailbox)
    for id in list(mailbox.messages)[:5]:
        mailbox.change(id, isRead=True, categories=["Blue"])
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert exact(other) == exact(mailbox)


async def test_an_item_that_cannot_be_exported_keeps_its_open_form_and_says_so(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    sealed = next(iter(mailbox.messages))
    mailbox.sealed.add(sealed)
    stream, snapshot = await saved(home, mailbox)
    assert home.journal.failures == []
    items = home.items(stream)
    assert items[sealed].facets["exact-missing"] == "refused"
    assert "exact" not in items[sealed].parts
    assert all("exact" in item.parts for id, item in items.items() if id != sealed)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert home.meter.verified == 24


async def test_a_target_that_refuses_streams_gets_the_open_form(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    other.takes_no_items = True
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert home.meter.verified == len(other.messages) == 24


async def test_an_address_that_ends_early_is_asked_for_again(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    expired = Refusal(401, "InvalidAuthenticationToken", "The address is not valid any more.")
    stage.manners.refusals.append(("POST", "/import", expired))
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert exact(other) == exact(mailbox)
    sessions = [path for _, path, _ in stage.app.log if path.endswith("createImportSession")]
    assert len(sessions) == 2


def test_only_the_global_cloud_offers_it() -> None:
    assert [name for name, cloud in CLOUDS.items() if is_offered(cloud)] == ["global"]
