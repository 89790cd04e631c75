"""A backup into a vault under a lock is followed by a renewal."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import VaultUnwritable
from saasbackup_desktop.core.jobs import Backup, Job, State
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.format.names import LOCKS, PACKS
from saasbackup_desktop.vault.vault import Vault
from tests.locking_store import DAY, LockingMemoryStore
from tests.unit.engine.conftest import HandClock, Script, ScriptedDoors, box, stream


@pytest.fixture
def store(clock: HandClock) -> LockingMemoryStore:
    return LockingMemoryStore(clock, 40)


@pytest.fixture
async def bench(
    tmp_path: Path, doors: ScriptedDoors, clock: HandClock, store: LockingMemoryStore
) -> AsyncIterator[Bench]:
    cheap = Argon2(memory=64, passes=1, lanes=1)
    vault, _key = Vault.create(store, "a passphrase", clock, argon2=cheap)
    catalog = Catalog.open(tmp_path / "catalog.db", bytes(32))
    offload = Offload()
    yield Bench(vault, catalog, offload, clock, doors, "test", "test")
    catalog.close()
    offload.close()


async def _back_up(bench: Bench) -> Job:
    engine = LocalEngine(bench)
    id = await engine.submit(Backup(stream=stream("ada")))
    async with asyncio.timeout(30):
        while not (await engine.job(id)).state.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    job = await engine.job(id)
    await engine.close()
    return job


async def test_every_backup_renews_what_it_shares(
    bench: Bench, doors: ScriptedDoors, clock: HandClock, store: LockingMemoryStore
) -> None:
    doors.add("ada", Script([box(1, 2, 3)]))
    assert (await _back_up(bench)).state is State.DONE
    assert list(store.list(LOCKS))
    clock.time += 25 * DAY
    job = await _back_up(bench)
    assert job.state is State.DONE
    assert "locks-renewed" in [line.code for line in bench.catalog.log(job.id)]
    assert all((store.locked_until(name) or 0) >= clock.now() + 40 * DAY for name in store.list(PACKS))


async def test_a_lock_that_cannot_be_renewed_is_told(
    bench: Bench, doors: ScriptedDoors, clock: HandClock, store: LockingMemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.add("ada", Script([box(1)]))

    def refused(name: str, until: int) -> None:
        raise VaultUnwritable("refused", location=store.location)

    monkeypatch.setattr(store, "extend", refused)
    job = await _back_up(bench)
    assert job.state is State.PARTIAL
    assert job.snapshot is not None
    assert "locks-not-renewed" in [line.code for line in bench.catalog.log(job.id)]
    assert [failure.code for failure in bench.catalog.failures(job.id)] == ["vault-unwritable"]
    monkeypatch.undo()
    assert (await _back_up(bench)).state is State.DONE
