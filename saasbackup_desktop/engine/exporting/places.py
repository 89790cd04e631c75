"""Where the files of an export lie while they are made."""

from pathlib import Path

from saasbackup_desktop.core.export.values import DESTINATION
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.doors import Ground


def is_far(to: str) -> bool:
    """It goes to a destination, not into a folder of this computer."""
    return to.startswith(DESTINATION)


def ground_of(bench: Bench, spec: Export, key: str, *, locked: bool = True) -> Ground:
    """Say where an export's files lie; ``locked``: with the password that it needs to be written.

    Raises Misconfigured if that is gone. Blocks.
    """
    return Ground(
        packing=spec.packing,
        folder=bench.scratch / f"export-{key}" if is_far(spec.to) else Path(spec.to),
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
                    "account": bench.doors.account(pick.stream)[0].address,
                    "service": service_of(pick.stream).value,
                    "snapshot": pick.snapshot,
                    "format": pick.format.value,
                }
                for pick in spec.picks
            ],
        },
        password=bench.exports.password(spec.locked) if spec.locked and locked else None,
    )


def scratch_of(folder: Path, key: str) -> Path:
    """A folder for what comes and goes, on the disk that takes the files."""
    return folder / f".{key}.saasbackup"
