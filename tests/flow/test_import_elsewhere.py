"""What was imported: gone on with after a kill, brought to a live account, and found again without the catalog."""

import asyncio
import mailbox as mailboxes
import signal
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.app.views import Health, RestoreRequest, StreamCard
from saasbackup_desktop.core.jobs import JobQuery, State
from saasbackup_desktop.core.model import Provider
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import OTHER, PASSPHRASE, Stage, contents, letter


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    box = mailboxes.mbox(tmp_path / "Letters.mbox")
    for number in range(60):
        box.add(letter(number))
    box.close()
    return tmp_path / "Letters.mbox"


async def _imported(stage: Stage, archive: Path) -> StreamCard:
    [id] = await stage.desk.imports.start(ImportRequest(paths=(str(archive),), name="Letters of old"))
    await stage.over(id)
    return await _card(stage.desk)


async def _card(desk: Desk) -> StreamCard:
    [card] = [one for one in await desk.cards() if one.account.provider is Provider.FILE]
    return card


async def test_a_killed_import_goes_on_by_itself(stage: Stage, archive: Path) -> None:
    await stage.desk.close()
    words = (str(stage.folder / "home"), PASSPHRASE, str(archive), "Letters of old", "3")
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.flow.killed_import", *words)
    assert await process.wait() == -signal.SIGKILL
    stage.desk = desk = Desk(stage.folder / "home", stays=True)
    stage.desks.append(desk)
    await desk.unlock(PASSPHRASE)
    [job] = (await desk.job_page(JobQuery(kinds=frozenset({"import"})))).jobs
    done = await stage.over(job.id)
    assert (done.state, done.tally.failed) == (State.DONE, 0)
    card = await _card(desk)
    assert card.last is not None
    assert card.last.items == 60


async def test_what_was_imported_is_restored_into_a_live_account(stage: Stage, archive: Path, other: Mailbox) -> None:
    await stage.connect(other, OTHER)
    card = await _imported(stage, archive)
    assert card.last is not None
    request = RestoreRequest(stream=card.stream, snapshot=card.last.id, connection=OTHER, conflict="skip")
    job = await stage.over(await stage.desk.restore(request))
    assert (job.tally.added, job.tally.verified) == (60, 60)
    assert sorted(data for data, _, _ in contents(other)["Letters"]) == sorted(letter(number) for number in range(60))
    copied = await stage.over(await stage.desk.migrate(card.stream, OTHER))
    assert (copied.tally.added, copied.tally.skipped) == (0, 60)


async def test_an_imported_account_is_known_from_the_vault_alone(stage: Stage, archive: Path) -> None:
    before = await _imported(stage, archive)
    await stage.desk.rebuild_catalog()
    after = await _card(stage.desk)
    assert (after.account, after.health, after.last) == (before.account, Health.IMPORTED, before.last)
    assert [one.address for one in await stage.desk.imports.accounts()] == ["Letters of old"]
    assert await stage.desk.imports.name_fault("letters of OLD") == ""
    assert await stage.desk.imports.name_fault("ada@example.org") == "import-name-taken"
