"""A mirror as a job: beside all others, stopped and gone on with, and never called a success when it is not."""

import asyncio
import threading
from pathlib import Path

import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultFault, VaultFull
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Backup, Job, Mirror, State
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import FaultyStore, faulty
from tests.unit.engine.conftest import Script, ScriptedDoors, box, stream

SPEC = Mirror(to="there", settings=(("endpoint", "https://s3.example.org"),), delete=True)


async def _over(engine: LocalEngine, id: JobId) -> Job:
    async with asyncio.timeout(30):
        while not (await engine.job(id)).state.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return await engine.job(id)


@pytest.fixture
def target(doors: ScriptedDoors, tmp_path: Path) -> FaultyStore:
    doors.add("ada", Script([box(1, 2)]))
    doors.places["there"] = found = faulty(LocalStore(tmp_path / "there"))
    return found


def test_it_is_written_down_as_it_is() -> None:
    assert codec.spec_from_plain(codec.loads(codec.dumps(codec.spec_to_plain(SPEC)))) == SPEC


async def test_what_it_copied_is_told(bench: Bench, target: FaultyStore, tmp_path: Path) -> None:
    engine = LocalEngine(bench)
    await _over(engine, await engine.submit(Backup(stream=stream("ada"))))
    first = await _over(engine, await engine.submit(SPEC))
    assert first.state is State.DONE
    assert first.account is None
    files = [path for path in (tmp_path / "there").rglob("*") if path.is_file()]
    assert first.tally.added == first.tally.items_done == len(files)
    assert first.tally.bytes_done == sum(path.stat().st_size for path in files)
    again = await _over(engine, await engine.submit(SPEC))
    assert (again.tally.added, again.tally.skipped) == (0, first.tally.added)
    copy = Vault.open(LocalStore(tmp_path / "there"), "a passphrase", bench.clock)
    assert copy.heads(stream("ada")) == bench.vault.heads(stream("ada"))
    await engine.close()


async def test_what_it_could_not_copy_is_told(bench: Bench, target: FaultyStore) -> None:
    engine = LocalEngine(bench)
    await _over(engine, await engine.submit(Backup(stream=stream("ada"))))
    target.fail_before(1, "put", "packs", error=VaultFault("bad sector"))
    job = await _over(engine, await engine.submit(SPEC))
    assert job.state is State.PARTIAL
    (failure,) = bench.catalog.failures(job.id)
    assert (failure.code, failure.detail) == ("not-mirrored", "unreadable")
    assert failure.name.startswith("packs/")
    target.fail_before(1, "put", error=VaultFull("full", location="there"))
    job = await _over(engine, await engine.submit(SPEC))
    assert (job.state, job.code) == (State.FAILED, "vault-full")
    assert (await _over(engine, await engine.submit(SPEC))).state is State.DONE
    await engine.close()


async def test_it_is_stopped_and_goes_on(bench: Bench, target: FaultyStore, doors: ScriptedDoors) -> None:
    engine = LocalEngine(bench)
    await _over(engine, await engine.submit(Backup(stream=stream("ada"))))
    held, go_on = threading.Event(), threading.Event()

    def hold(_operation: str, _name: str) -> None:
        held.set()
        assert go_on.wait(30)

    target.before(1, hold, "put", "packs")
    id = await engine.submit(SPEC)
    await asyncio.to_thread(held.wait, 30)
    doors.add("bob", Script([box(1)]))
    assert (await _over(engine, await engine.submit(Backup(stream=stream("bob"))))).state is State.DONE
    await engine.stop(id)
    go_on.set()
    assert (await _over(engine, id)).state is State.STOPPED
    await engine.resume(id)
    assert (await _over(engine, id)).state is State.DONE
    assert set(bench.vault.streams()) == {stream("ada"), stream("bob")}
    await engine.close()
