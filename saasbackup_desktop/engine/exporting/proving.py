"""Read back what an export has written, and compare it with what was meant."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
ABOUT: Final = ("manifest.json", "SHA256SUMS")
"""What lies beside the files in a folder, and says what they are."""


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


def files_of(bench: Bench, job: JobId, number: int) -> Iterator[Made]:
    """The files of an export, by its records up to a number. Blocks."""
    for page in ledger.pages(bench.catalog, job, number):
        yield from page.files


def prove(bench: Bench, home: Path, job: JobId, mark: Mark, wish: Wish, told: Callable[[str], None]) -> Proof:
    """Read every file back; ``home`` is the folder that their names begin in.

    ``told`` hears which file is read. Blocks; ends early when it shall.
    """
    proof = Proof()
    for made in files_of(bench, job, mark.number):
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


def made_of(file: Path, items: int) -> Made:
    """Say what a finished file is, by reading it. Blocks. Raises OSError."""
    with file.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    return Made(file.name, file.stat().st_size, digest, items)


def fault_of(path: Path, made: Made, wish: Wish) -> str:
    """Say what is wrong with a file: MISSING, ALTERED; empty: it is as it was written. Blocks."""
    try:
        if path.stat().st_size != made.size:
            return ALTERED
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while not wish.stop and (piece := file.read(_PIECE)):
                digest.update(piece)
    except FileNotFoundError:
        return MISSING
    except OSError:
        return ALTERED
    return "" if wish.stop or digest.hexdigest() == made.sha256 else ALTERED
