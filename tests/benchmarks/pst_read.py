"""How fast the items of an Outlook data file become what the vault keeps."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.pstread import walk
from tests.benchmarks.figures import program, tell, title

_COUNT = 6_000
_MEMORY = 300.0


def run(count: int | None) -> None:
    """Read mixed mail, small mail and one huge message."""
    for what, way, share, many in (
        ("mixed mail", "one", 0.3, count or _COUNT),
        ("small mail alone", "one", 0.0, count or _COUNT),
        ("one message of 150 MB", "huge", 0.0, 150_000_000),
    ):
        title(f"From Outlook data file to mail: {what}")
        _tell(way, many, share)


def _tell(way: str, count: int, share: float) -> None:
    place = Path(tempfile.mkdtemp(prefix="bench-pst-read-"))
    try:
        path = place / "mail.pst"
        maker = [sys.executable, "-m", "tests.benchmarks.pst_mail", way, str(count), str(share), path]
        for command in (maker, [sys.executable, "-m", "tests.benchmarks.pst_read", path]):
            ran = program(command, log=place / "log")
            if ran.code:
                raise RuntimeError(ran.output)
        items, size, seconds = (float(word) for word in ran.output.split())
        tell(f"{items:,.0f} items, {size / 1e6:,.0f} MB of them", f"{items / seconds:,.0f} /s", "")
        tell("speed", f"{size / 1e6 / seconds:.1f} MB/s", "")
        good = ran.peak / 1e6 <= _MEMORY if way != "huge" else None
        tell("peak memory", f"{ran.peak / 1e6:.0f} MB", f"at most {_MEMORY:.0f}" if good is not None else "", good=good)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _read(path: Path) -> None:
    began = time.perf_counter()
    items = size = 0
    for told in walk(path):
        if isinstance(told, Found):
            items += 1
            size += len(told.data)
    print(items, size, time.perf_counter() - began)


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
