"""How fast an Outlook data file is checked, and what memory that takes: in a process of its own."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from saasbackup_desktop.providers.files.pstcheck import check
from tests.benchmarks.figures import program, tell, title

_COUNT = 10_000
_SPEED, _MEMORY = 20.0, 300.0


def run(count: int | None) -> None:
    """Check mixed mail and small mail alone."""
    for what, share in (("mixed mail", 0.3), ("small mail alone", 0.0)):
        title(f"Check of an Outlook data file: {what}")
        place = Path(tempfile.mkdtemp(prefix="bench-pst-check-"))
        try:
            path = place / "mail.pst"
            _run("tests.benchmarks.pst", str(count or _COUNT), str(share), str(path), log=place / "log")
            ran = program([sys.executable, "-m", "tests.benchmarks.pst_check", path], log=place / "log")
            if ran.code:
                raise RuntimeError(ran.output)
            items, size, seconds = (float(word) for word in ran.output.split())
            speed = size / 1e6 / seconds
            tell(f"{items:,.0f} items in {size / 1e6:,.0f} MB", f"{items / seconds:,.0f} /s", "")
            if share:
                tell("speed", f"{speed:.1f} MB/s", f"at least {_SPEED:.0f}", good=speed >= _SPEED)
            else:
                tell("speed", f"{speed:.1f} MB/s", "")
            tell("peak memory", f"{ran.peak / 1e6:.0f} MB", f"at most {_MEMORY:.0f}", good=ran.peak / 1e6 <= _MEMORY)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _run(module: str, *words: str, log: Path) -> None:
    ran = program([sys.executable, "-m", module, *words], log=log)
    if ran.code:
        raise RuntimeError(ran.output)


if __name__ == "__main__":
    begun = time.perf_counter()
    report = check(Path(sys.argv[1]))
    assert not report.findings, report.findings[:5]
    print(report.counts["messages"], Path(sys.argv[1]).stat().st_size, time.perf_counter() - begun)
