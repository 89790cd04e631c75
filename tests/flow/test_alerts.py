"""Unusual changes: noticed right after the backup, told once, and nothing is let go of until somebody has looked."""

import base64
import random

from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.engine.watch import open_alerts
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import Stage, fill, letter


def empty(mailbox: Mailbox, path: str, numbers: range) -> None:
    """Remove letters from a folder."""
    gone = {letter(number) for number in numbers}
    folder = mailbox.folder(path)
    mailbox.remove(path, [uid for uid, one in folder.messages.items() if one.data in gone])


async def raised(stage: Stage) -> list[tuple[str, int]]:
    return [(one.kind.value, one.count) for one in await open_alerts(stage.desk._workspace.bench)]


async def test_a_mass_deletion_holds_the_last_good_point_in_time(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    assert await raised(stage) == []
    [good] = await stage.snapshots()
    empty(stage.mailbox, "INBOX", range(100, 240))
    await stage.backup()
    assert await raised(stage) == [("mass-deletion", 140)]
    await stage.desk.set_retention(Keep(last=1))
    fill(stage.mailbox, "INBOX", [300])
    await stage.backup()
    assert await raised(stage) == [("mass-deletion", 140)]
    job = await stage.over(await stage.desk.prune(0))
    assert job.tally.removed == 0
    assert good.id in {one.id for one in await stage.snapshots()}


async def test_moving_to_another_folder_is_no_deletion(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(100, 250))
    fill(stage.mailbox, "Old", range(100, 250))
    await stage.backup()
    assert await raised(stage) == []


async def test_messages_replaced_by_encrypted_ones_are_noticed(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(100, 250))
    chance = random.Random(7)
    for number in range(100, 250):
        head, _, _ = letter(number).partition(b"\r\n\r\n")
        stage.mailbox.deliver("INBOX", head + b"\r\n\r\n" + base64.encodebytes(chance.randbytes(900)))
    job = await stage.backup()
    assert await raised(stage) == [("encrypted-content", 150)]
    assert any(line.code == "unusual-change" for line in await stage.desk.log(job.id))
    assert job.state is State.DONE
