"""Where the files of an export lie while they are made."""

import os
from pathlib import Path

from saasbackup_desktop.core.export.values import DESTINATION, Packing
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.doors import Ground
from saasbackup_desktop.engine.exporting.legs import legs_of


def is_far(to: str) -> bool:
    """It goes to a destination, not into a folder of this computer."""
    return to.startswith(DESTINATION)


def ground_folder(bench: Bench, spec: Export, key: str) -> Path:
    """The folder of this computer that an export's files are written into."""
    return bench.scratch / f"export-{key}" if is_far(spec.to) else Path(spec.to)


def ground_of(bench: Bench, spec: Export, key: str) -> Ground:
    """Say where and how an export's files lie. Raises Misconfigured if its password is gone. Blocks."""
    return Ground(
        packing=spec.packing,
        folder=ground_folder(bench, spec, key),
        name=spec.name,
        key=key,
        part_size=spec.part_size,
        about={
            "export": key,
            "name": spec.name,
            "program": bench.program,
            "asked": spec.asked,
            "picks": [
                {
                    "account": leg.owner.address,
                    "service": service_of(pick.stream).value,
                    "snapshot": pick.snapshot,
                    "format": pick.format.value,
                }
                for leg in legs_of(bench, spec)
                for pick in leg.picks
            ],
        },
        password=bench.exports.password(spec.locked) if spec.locked else None,
    )


def scratch_of(folder: Path, key: str) -> Path:
    """A folder for what comes and goes, on the disk that takes the files."""
    return folder / f".{key}.saasbackup"


def home_of(spec: Export, folder: Path) -> Path:
    """The folder that the files' names begin in, when they have appeared in ``folder``."""
    return folder / spec.name if spec.packing is Packing.FOLDER else folder


def count_empty(folder: Path) -> int:
    """Count the folders in one that hold nothing: at a destination there are none. Blocks."""
    return sum(not names and not folders for _, folders, names in os.walk(folder))


def disk_of(folder: Path) -> str:
    """Where the disk that a folder lies on hangs among the folders. Blocks."""
    path = folder.resolve()
    while not path.is_mount() and path != path.parent:
        path = path.parent
    return str(path)


def is_away(disk: str) -> bool:
    """Does a disk not hang any more where it did? Blocks."""
    return bool(disk) and not (Path(disk).exists() and Path(disk).is_mount())
