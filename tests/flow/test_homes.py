"""Two desks at one home, a vault that is damaged, a stranger's passphrase."""

import asyncio
from pathlib import Path

import pytest

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import Health, ImapSettings, Order, RestoreRequest, Tls
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured, VaultBusy, WrongPassphrase
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import SnapshotStatus
from saasbackup_desktop.sim.imap import Mailbox, Slow
from tests.flow.stage import OFFICE, OTHER, PASSPHRASE, Stage, contents, fill


async def _second(stage: Stage) -> Desk:
    desk = Desk(stage.folder / "home")
    stage.desks.append(desk)
    await desk.unlock(PASSPHRASE)
    return desk


async def test_a_second_desk_reads_while_the_first_works(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    second = await _second(stage)
    fill(mailbox, "INBOX", [700])
    stage.server.faults.add("*", Slow(0.05), times=1000)
    id = await stage.desk.backup(stage.stream)
    with pytest.raises(VaultBusy):
        await second.backup(stage.stream)
    stage.server.faults.clear()
    await stage.over(id)
    [new, _old] = await second.snapshots(stage.stream)
    [row] = [one for one in await second.folders(stage.stream, new.id) if one.path == "INBOX"]
    ids = await second.row_ids(stage.stream, new.id, row.folder.id, Order.NAME, False)
    for found in await second.rows([*ids]):
        assert await second.read(found.item)
    assert (await second.job(id)).state is State.DONE
    stream = stage.stream
    await stage.desk.lock()
    stage.mailbox.mark("INBOX", [1], ["\\Flagged"])
    again = await second.backup(stream)
    async with asyncio.timeout(30):
        while True:
            if (await second.job(again)).state.is_over:
                break
            await asyncio.sleep(0.01)
    assert len(await second.snapshots(stream)) == 3


async def test_connections_of_two_desks_do_not_overwrite_each_other(stage: Stage, other: Mailbox) -> None:
    second = await _second(stage)
    await stage.connect(other, OTHER, second)
    assert [one.name for one in await stage.desk.connections()] == ["office", "other"]
    await stage.desk.change_secret(OTHER, other.password)
    assert [one.name for one in await second.connections()] == ["office", "other"]
    await stage.desk.remove_connection(OTHER)
    assert [one.name for one in await second.connections()] == ["office"]


async def test_one_account_has_one_name(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    def settings(name: str, user: str) -> ImapSettings:
        return ImapSettings(name=name, host=stage.server.host, port=stage.server.port, user=user, tls=Tls.NONE)

    with pytest.raises(Misconfigured) as taken:
        await stage.desk.add_imap(settings("again", mailbox.user.upper()), "x")
    assert taken.value.facts["what"] == "account-taken"
    with pytest.raises(Misconfigured) as taken:
        await stage.desk.add_imap(settings("office", other.user), "x")
    assert taken.value.facts["what"] == "name-taken"
    with pytest.raises(Misconfigured):
        await stage.desk.add_imap(settings(" ", other.user), "x")
    await stage.desk.add_imap(settings("office", mailbox.user), mailbox.password)
    await stage.backup()


async def test_wrong_passphrases(stage: Stage) -> None:
    await stage.desk.lock()
    with pytest.raises(WrongPassphrase):
        await stage.desk.unlock("not this one")
    with pytest.raises(WrongPassphrase):
        await stage.desk.snapshots(StreamId("0/mail"))
    await stage.desk.unlock(PASSPHRASE)
    await asyncio.gather(stage.desk.unlock(PASSPHRASE), stage.desk.unlock(PASSPHRASE))


async def test_archived_account(stage: Stage) -> None:
    await stage.backup()
    stream = stage.stream
    await stage.desk.remove_connection(OFFICE)
    [card] = await stage.desk.cards()
    assert card.health is Health.ARCHIVED
    with pytest.raises(Misconfigured):
        await stage.desk.probe(OFFICE)
    job = await stage.over(await stage.desk.backup(stream), State.FAILED)
    assert job.code == "misconfigured"
    snapshot = (await stage.desk.snapshots(stream))[0]
    assert await stage.desk.folders(stream, snapshot.id)


def _damage(stage: Stage) -> Path:
    """Turn a bit in the middle of the largest pack."""
    pack = max(stage.files("packs"), key=lambda file: file.stat().st_size)
    data = bytearray(pack.read_bytes())
    data[len(data) // 3] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(data)
    return pack


async def test_damage_is_named_and_heals(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    await stage.backup()
    _damage(stage)
    job = await stage.over(await stage.desk.check_vault(100), State.PARTIAL)
    damages = await stage.desk.damages(job.id)
    hurt = {name for damage in damages for name in damage.items}
    assert hurt
    assert job.tally.failed == len(damages)

    await stage.reopen()
    damaged = []
    for items in (await stage.items()).values():
        for item in items:
            try:
                await stage.desk.read(item)
            except BodyDamaged:
                damaged.append(item)
    assert 0 < len(damaged) < 15

    await stage.connect(other, OTHER)
    newest = await stage.newest()
    request = RestoreRequest(stream=stage.stream, snapshot=newest.id, connection=OTHER, conflict="skip")
    job = await stage.over(await stage.desk.restore(request), State.PARTIAL)
    failures = await stage.desk.failures(job.id)
    assert {one.code for one in failures} == {"body-damaged"}
    assert sorted(one.name for one in failures) == sorted(item.name for item in damaged)
    assert sum(map(len, contents(other).values())) == 15 - len(damaged)


async def test_what_a_lost_pack_held_is_fetched_again(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    [pack] = stage.files("packs")
    pack.unlink()
    await stage.reopen()
    job = await stage.over(await stage.desk.check_vault(0), State.PARTIAL)
    [damage] = await stage.desk.damages(job.id)
    assert damage.code == "missing"
    assert len(damage.items) == 15
    # Messages that the server shows again under new numbers are recognised, but their bytes are not there any more.
    for path in list(mailbox.folders):
        mailbox.renumber(path)
    await stage.backup()
    await stage.assert_saved()
    assert (await stage.newest()).status is SnapshotStatus.COMPLETE
    assert await stage.diff() == []


@pytest.mark.parametrize("of", ["first", "second"])
async def test_a_damaged_tree_takes_neither_the_other_points_in_time_nor_the_next_backup(
    stage: Stage, mailbox: Mailbox, of: str
) -> None:
    await stage.backup()
    first = stage.files("meta")
    mailbox.mark("INBOX", [1], ["\\Seen"])
    await stage.backup()
    for file in first if of == "first" else stage.files("meta") - first:
        file.unlink()
    await stage.desk.close()
    for file in stage.catalog.parent.glob("catalog.db*"):
        file.unlink()
    await stage.reopen()
    left = len(await stage.snapshots())
    assert left <= 1  # trees share nodes: the second may need what the first one brought
    job = await stage.backup()
    if of == "second":
        assert left == 1
        assert "snapshot-damaged" in [line.code for line in await stage.desk.log(job.id)]
    await stage.assert_saved()
    assert (await stage.newest()).status is SnapshotStatus.COMPLETE
    # What the new backup wrote again may make a damaged point in time whole.
    await stage.desk.rebuild_catalog()
    await stage.assert_saved()
    packs = stage.files("packs")
    await stage.backup()
    assert stage.files("packs") == packs
    assert await stage.diff() == []
