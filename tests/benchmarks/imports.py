"""How fast archives come into the vault: a mailbox file, looked into, imported, and imported once more."""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.app.memory import share_arenas
from saasbackup_desktop.core.jobs import Job
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.figures import program, tell, title
from tests.benchmarks.pst_mail import _huge, _mails
from tests.flow.stage import CHEAP, PASSPHRASE

_COUNT = 6_000
_GIANT = 190_000_000
_MEMORY = 300.0
_BESIDE = 200.0
"""MB beside a giant message: what the program takes, and packs on their way into the vault."""


def run(count: int | None) -> None:
    """Import mixed mail out of a mailbox file, and a single message that is larger than any server takes."""
    title("From a mailbox file into the vault")
    _tell("mixed", count or _COUNT, _MEMORY)
    title(f"From a mailbox file into the vault: one message of {_GIANT / 1e6:,.0f} MB")
    _tell("giant", _GIANT, _GIANT / 1e6 + _BESIDE)


def _tell(what: str, count: int, most: float) -> None:
    place = Path(tempfile.mkdtemp(prefix="bench-import-"))
    try:
        command = [sys.executable, "-m", "tests.benchmarks.imports"]
        made = program([*command, f"make-{what}", str(count), place], log=place / "log")
        ran = program([*command, "import", str(1 if what == "giant" else count), place], log=place / "log")
        if made.code or ran.code:
            raise RuntimeError(made.output + ran.output)
        size, looked, first, again = (float(word) for word in ran.output.split())
        tell("the file", f"{size / 1e6:,.0f} MB", "")
        tell("looking into it", f"{size / 1e6 / looked:.0f} MB/s", "")
        tell("importing it", f"{size / 1e6 / first:.1f} MB/s", "")
        tell("importing it once more", f"{size / 1e6 / again:.0f} MB/s", "")
        tell("peak memory", f"{ran.peak / 1e6:.0f} MB", f"at most {most:.0f}", good=ran.peak / 1e6 <= most)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _make(what: str, count: int, file: Path) -> None:
    line = b"From - Mon Jan  1 10:00:00 2024\r\n"
    with file.open("wb") as out:
        if what == "make-giant":
            out.write(line)
            out.writelines(_huge(count))
            return
        for data in _mails(count, 0.3):
            out.write(line + data.replace(b"\nFrom ", b"\n>From ") + b"\r\n")


async def _work(count: int, place: Path) -> tuple[int, float, float, float]:
    file = place / "Mail.mbox"
    Vault.create(LocalStore(place / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    desk = Desk(place / "home")
    await desk.adopt_vault(str(place / "vault"), PASSPHRASE)
    try:
        began = time.monotonic()
        survey = await desk.imports.survey([str(file)], seconds=3600)
        looked = time.monotonic() - began
        assert survey.services[0].items == count
        first, second = [await _imported(desk, file) for _ in range(2)]
        assert (first[0].tally.added, second[0].tally.added) == (count, 0)
        return file.stat().st_size, looked, first[1], second[1]
    finally:
        await desk.close()


async def _imported(desk: Desk, file: Path) -> tuple[Job, float]:
    began = time.monotonic()
    [id] = await desk.imports.start(ImportRequest(paths=(str(file),), name="Mail of old"))
    while not (await desk.job(id)).state.is_over:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return await desk.job(id), time.monotonic() - began


if __name__ == "__main__":
    share_arenas()  # as the program does
    _what, _items, _place = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if _what == "import":
        print(*asyncio.run(_work(_items, _place)))
    else:
        _make(_what, _items, _place / "Mail.mbox")
