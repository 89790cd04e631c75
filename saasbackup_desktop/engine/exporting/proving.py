"""Read back what an export has written, and compare it with what was meant."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger
from saasbackup_desktop.engine.exporting.ledger import Mark

_PIECE: Final = 1 << 20
MISSING: Final = "missing"
ALTERED: Final = "altered"
MANIFEST: Final = "manifest.json"
"""What lies beside the files in a folder, and says whose they are."""
SUMS: Final = "SHA256SUMS"
"""And with it."""


@dataclass(slots=True)
class Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


@dataclass(slots=True)
class Proof:
    """What reading back has found."""

    files: int = 0
    """So many are as they were written."""
    items: int = 0
    """In those that are not."""
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Names of files, and what is wrong with each."""

    @property
    def is_spoilt(self) -> bool:
        """Are files lost, or not as they were written?"""
        return any(code in (MISSING, ALTERED) for _, code in self.faults)


def files_of(bench: Bench, job: JobId, number: int) -> Iterator[Made]:
    """The files of an export, by its records up to a number. Blocks."""
    for page in ledger.pages(bench.catalog, job, number):
        yield from page.files


def prove(bench: Bench, home: Path, job: JobId, mark: Mark, wish: Wish, told: Callable[[str], None]) -> Proof:
    """Read every file back; ``home`` is the folder that their names begin in.

    ``told`` hears which file is read. Blocks; ends early when it shall.
    """
    proof = Proof()
    for made in chain(files_of(bench, job, mark.number), ledger.beside(bench.catalog, job, mark.number)):
        told(made.name)
        path = home / made.name
        fault = fault_of(path, made, wish)
        if wish.stop:
            break
        if not fault:
            fault = next(iter(bench.exports.faults_of(path, lambda: wish.stop)), "")
        if fault:
            proof.faults.append((made.name, fault))
            proof.items += made.items
        else:
            proof.files += 1
    return proof


def fault_of(path: Path, made: Made, wish: Wish) -> str:
    """Say what is wrong with a file: MISSING, ALTERED; empty: it is as it was written. Blocks."""
    try:
        return "" if is_same(path, made, wish) else ALTERED
    except FileNotFoundError:
        return MISSING
    except OSError:
        return ALTERED


def is_same(path: Path, made: Made, wish: Wish) -> bool:
    """Is a file as it was written? Blocks; the answer is worth nothing if it shall end. Raises OSError."""
    if path.stat().st_size != made.size:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while not wish.stop and (piece := file.read(_PIECE)):
            digest.update(piece)
    return wish.stop or digest.hexdigest() == made.sha256
