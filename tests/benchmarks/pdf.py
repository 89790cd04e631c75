"""How fast mail becomes documents, what that takes of memory, and whether every message of the samples does."""

import contextlib
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from saasbackup_desktop.app.exports.documents import wording
from saasbackup_desktop.core.errors import ItemFault
from saasbackup_desktop.core.export.ports import About
from saasbackup_desktop.core.export.values import USUAL_PART
from saasbackup_desktop.providers.files.pdf.folders import FolderPdfWriter
from saasbackup_desktop.providers.files.pdf.writer import PdfWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests import corpora
from tests.benchmarks.figures import tell, title
from tests.unit.providers.files.entries import entry

_LEAST = 10.0
"""Documents a second."""
_MEMORY = 300.0
"""Megabytes of each process."""
_MOST = 1_000_000


def run(count: int | None) -> None:
    """Print all messages of the samples, and let another program read some of the files."""
    found = corpora.find()
    if found is None:
        title("PDF: there are no samples here")
        return
    place = Path(tempfile.mkdtemp(prefix="bench-pdf-"))
    try:
        samples = corpora.unpack(found)
        _print(samples, place, count or _MOST)
        _bind(samples, place, count or _MOST)
    finally:
        shutil.rmtree(place)


def _print(samples: corpora.Corpora, place: Path, count: int) -> None:
    told: Counter[str] = Counter()
    printed = size = 0
    with _opened(place) as (shelf, writer):
        began = time.perf_counter()
        for sample in islice(samples.messages(), count):
            data = sample.read()
            size += len(data)
            try:
                told.update(writer.add(entry(data, name=Path(sample.name).stem, id=sample.name)))
                printed += 1
            except ItemFault as fault:
                told[f"failed: {fault.code}"] += 1
        spent = time.perf_counter() - began
        writer.finish()  # only what has ended is counted among its children
        files = [shelf.root / made.name for made in shelf.files()]
        peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        written = sum(file.stat().st_size for file in files)
        bad = sum(map(_is_bad, files[:: max(1, len(files) // 200)]))
    title(
        f"Mail to PDF: {printed:,} messages of the samples, {size / 1e6:,.0f} MB, {written / 1e6:,.0f} MB of documents"
    )
    tell("documents a second", f"{printed / spent:,.0f}", f"at least {_LEAST:.0f}", good=printed / spent >= _LEAST)
    for name, peak in zip(("here", "where it is printed"), peaks, strict=True):
        tell(f"memory, {name}", f"{peak:,.0f} MiB", f"at most {_MEMORY:.0f}", good=peak <= _MEMORY)
    tell("files that another reader finds fault with", f"{bad}", "of some 200", good=not bad)
    for code, times in told.most_common():
        print(f"  {code}: {times:,}")


def _bind(samples: corpora.Corpora, place: Path, count: int) -> None:
    """All in one folder, in as many parts as it takes; run behind ``_print``, whose memory counts, too."""
    shelf = FolderShelf(place, "bound")
    about = About(name="bound", part_size=USUAL_PART)
    writer = FolderPdfWriter(shelf, place / "scratch", about, wording())
    began, printed = time.perf_counter(), 0
    for sample in islice(samples.messages(), count):
        with contextlib.suppress(ItemFault):
            writer.add(entry(sample.read(), name=Path(sample.name).stem, id=sample.name))
            printed += 1
    between = time.perf_counter()
    writer.finish()
    spent, ending = time.perf_counter() - began, time.perf_counter() - between
    made = [(shelf.root / one.name, one.items) for one in shelf.seal().files]
    shelf.close()
    size = sum(file.stat().st_size for file, _ in made)
    title(f"The same as one folder: {printed:,} messages in {len(made)} parts, {size / 1e6:,.0f} MB")
    tell("messages a second", f"{printed / spent:,.0f}", f"at least {_LEAST:.0f}", good=printed / spent >= _LEAST)
    tell("seconds for the last part's contents and numbers", f"{ending:.1f}", "")
    tell("messages in the parts", f"{sum(items for _, items in made):,}", f"of {printed:,}")
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    for name, peak in zip(("here", "where it is printed"), peaks, strict=True):
        tell(f"memory, {name}", f"{peak:,.0f} MiB", f"at most {_MEMORY:.0f}", good=peak <= _MEMORY)
    bad = sum(_is_bad(file) for file, _ in made)
    tell("files that another reader finds fault with", f"{bad}", f"of {len(made)}", good=not bad)


@contextlib.contextmanager
def _opened(place: Path) -> Iterator[tuple[FolderShelf, PdfWriter]]:
    scratch = place / "scratch"
    scratch.mkdir()
    shelf = FolderShelf(place, "out")
    writer = PdfWriter(shelf, scratch, wording())
    yield shelf, writer
    writer.finish()
    shelf.close()


def _is_bad(file: Path) -> bool:
    if shutil.which("pdftotext") is None:
        return False
    ran = subprocess.run(["pdftotext", file, os.devnull], capture_output=True, check=False)
    return bool(ran.returncode or ran.stderr)
