"""How fast mail leaves the vault as files, beside plain reading: Outlook data files, messages, MBOX, archives."""

import asyncio
import gc
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.destinations.store import DestinationStore
from saasbackup_desktop.app.exports.doors import HomeExports
from saasbackup_desktop.app.exports.passwords import ExportPasswords
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId, NodeId
from saasbackup_desktop.core.jobs import Backup, Export
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Fetched, Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Put
from saasbackup_desktop.core.traffic import unlimited
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.ahead import in_order
from saasbackup_desktop.engine.exporting.exporting import export
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.files.shelves.draft import secure_all
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.figures import program, tell, title
from tests.benchmarks.pst_mail import _mails
from tests.unit.engine.conftest import BOX, Notes, ScriptedDoors, stream

_COUNT = 4_000
_SHARE = 0.3
_SPEED, _MEMORY = 20.0, 300.0
_PASSPHRASE = "a passphrase"
_KINDS: Final = {
    "eml": (Format.EML, Packing.FOLDER),
    "mbox": (Format.MBOX, Packing.FOLDER),
    "zip": (Format.EML, Packing.ZIP),
    "pst": (Format.PST, Packing.FOLDER),
}
_LIMITS: Final = {"eml": "files", "mbox": "copy"}
_TOLD: Final = {
    "read": "plain reading, in the order of the vault",
    "order": "reading in the order of folders",
    "copy": "the same, plainly into one hashed file: limit of MBOX",
    "files": "the same, plainly into a hashed file each: limit of EML",
    "eml": "EML in a folder",
    "mbox": "MBOX in a folder",
    "zip": "EML in ZIP archives",
    "pst": "Outlook data file",
}


def run(count: int | None) -> None:
    """Save mixed mail in a vault, read it, and export it in each way."""
    place = Path(tempfile.mkdtemp(prefix="bench-export-"))
    try:
        title("From the vault to files: mixed mail")
        _child("make", place, count or _COUNT)
        speeds: dict[str, float] = {}
        for way, told in _TOLD.items():
            speeds[way] = _tell(way, told, place, speeds)
            if (
                place / "out"
            ).exists():  # ext4 passes over what was deleted a moment ago, which costs more than writing
                (place / "out").rename(place / f"out-{way}")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _child(way: str, place: Path, count: int) -> tuple[str, int]:
    ran = program([sys.executable, "-m", "tests.benchmarks.export", way, place, str(count)], log=place / "log")
    if ran.code:
        raise RuntimeError(ran.output)
    return ran.output, ran.peak


def _tell(way: str, told: str, place: Path, before: Mapping[str, float]) -> float:
    output, peak = _child(way, place, 0)
    items, size, writing, proving = (float(word) for word in output.split())
    speed = size / 1e6 / writing
    limit = way == "pst"
    beside = f"{items / writing:,.0f} items/s" + (f", and {proving:.1f} s to prove it" if proving else "")
    if way in _LIMITS:  # both are said: what the vault allows, and what it and the disk allow together
        limits = {"reading": before["order"], "the limit": before[_LIMITS[way]]}
        beside += "; " + ", ".join(f"{100 * speed / limit:.0f} % of {one}" for one, limit in limits.items())
    tell(
        told, f"{speed:.1f} MB/s", beside + (", at least 20" if limit else ""), good=speed >= _SPEED if limit else None
    )
    tell("  peak memory", f"{peak / 1e6:.0f} MB", f"at most {_MEMORY:.0f}", good=peak / 1e6 <= _MEMORY)
    return speed


class _Mails:
    """A source that has nothing but made-up mail."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._mails = _mails(count, _SHARE)

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        yield Put(Folder(id=BOX, parent=None, name="Inbox"))
        for number in range(self._count):
            id = NodeId(f"box-{number:08x}")
            yield Put(
                Item(id=id, parent=BOX, name=f"About {number}", revision=f"1:{number}", time=1_700_000_000 + number)
            )
        yield Checkpoint({"all": 1}, complete=True)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        for item in items:
            yield [Fetched(item, next(self._mails))]

    async def close(self) -> None:
        pass


class _Doors(ScriptedDoors):
    def describe(self, service, data):  # type: ignore[no-untyped-def]
        return super().describe(service, b"mail")


async def _work(way: str, place: Path, count: int) -> None:
    clock, doors = SystemClock(), _Doors()
    script = doors.add("ada")
    if way == "make":
        doors.scripts[stream("ada")] = _Mails(count)  # type: ignore[assignment]
        vault, _ = Vault.create(
            LocalStore(place / "vault"), _PASSPHRASE, clock, argon2=Argon2(memory=64, passes=1, lanes=1)
        )
    else:
        vault = Vault.open(LocalStore(place / "vault"), _PASSPHRASE, clock)
    assert script is not None
    catalog, offload = Catalog.open(place / "catalog.db", bytes(32)), Offload()
    destinations = DestinationStore(place / "destinations.sealed", bytes(32))
    exports = HomeExports(ExportPasswords(place / "exports", bytes(32)), destinations, unlimited())
    bench = Bench(vault, catalog, offload, clock, doors, "bench", "bench", scratch=place / "scratch", exports=exports)
    try:
        if way == "make":
            await back_up(bench, Backup(stream=stream("ada")), Meter(), Notes())
        elif way in ("read", "order", "copy", "files"):
            await offload.on_disk(_read, bench, way, place / way)
        else:
            await _export(bench, way, place / "out")
    finally:
        catalog.close()
        offload.close()


def _read(bench: Bench, way: str, copy: Path) -> None:
    begun = time.perf_counter()  # to ask the catalog what there is belongs to it, as it does to an export
    [point] = bench.catalog.snapshots(stream("ada"))
    found = [one for one in bench.catalog.nodes_at(stream("ada"), point.id) if isinstance(one, Item)]
    if way == "read":
        size = sum(
            len(data)
            for _, data in bench.vault.read_many((one.id, one.body) for one in found if one.body is not None)
            if isinstance(data, bytes)
        )
    elif way == "copy":
        size, digest = 0, hashlib.sha256()  # every export has a list of hashes
        with copy.open("wb", buffering=0) as file:
            for held in in_order(bench.vault, ((one.id, one) for one in found)):
                for piece in held.data(bench.vault)():
                    size += file.write(piece)
                    digest.update(piece)
            os.fsync(file.fileno())
    elif way == "files":
        size = _files(bench, found, copy)
    else:
        size = sum(
            sum(map(len, held.data(bench.vault)())) for held in in_order(bench.vault, ((one.id, one) for one in found))
        )
    print(len(found), size, time.perf_counter() - begun, 0)


def _files(bench: Bench, found: Sequence[Item], folder: Path) -> int:
    """Write each message as a file, and have all of them on the disk in the end, many at once."""
    folder.mkdir()
    size, paths, hashes = 0, [], []
    for number, held in enumerate(in_order(bench.vault, ((one.id, one) for one in found))):
        data = b"".join(held.data(bench.vault)())
        size += len(data)
        hashes.append(hashlib.sha256(data).digest())
        paths.append(folder / f"{number}.eml")
        with paths[-1].open("xb", buffering=0) as file:
            file.write(data)
    secure_all(paths)
    return size


class _Timed(Meter):
    """A meter that notes when writing has ended."""

    ended = 0.0

    def __setattr__(self, name: str, value: object) -> None:
        if name == "doing" and value == "verifying":
            type(self).ended = time.perf_counter()
        super().__setattr__(name, value)


async def _export(bench: Bench, way: str, out: Path) -> None:
    await bench.offload.on_disk(out.mkdir)
    [point] = bench.catalog.snapshots(stream("ada"))
    format, packing = _KINDS[way]
    pick = Pick(stream=stream("ada"), snapshot=point.id, format=format)
    spec = Export(picks=(pick,), name="Mail", to=str(out), packing=packing)
    meter, notes = _Timed(), Notes(job=JobId(way))
    begun = time.perf_counter()
    await export(bench, spec, meter, notes)
    assert not meter.failed, notes.failures
    print(meter.added, meter.bytes_done, meter.ended - begun, time.perf_counter() - meter.ended)


if __name__ == "__main__":
    gc.freeze()  # as the program does
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
