"""Whether files that came out of a vault are whole: data files of Outlook by their format, others by their sums."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.files import proving
from saasbackup_desktop.providers.files.proving import Proof, Unproven
from saasbackup_desktop.providers.files.pstcheck.check import check as check_data_file
from saasbackup_desktop.providers.files.pstcheck.findings import Weight

DATA_FILE: Final = "data-file"
FOLDER: Final = "folder"
ARCHIVE: Final = "archive"
UNCHECKED: Final = frozenset({"not-unicode", "large-pages"})
"""Findings about data files whose form is not checked: nothing is known of these, good or bad."""
_DATA_FILES: Final = (".pst", ".ost")
_TELL_EVERY: Final = 0.25
_BEGINNING: Final = b"!BDN"
"""Of every data file of Outlook."""


@dataclass(frozen=True, kw_only=True)
class FileFinding:
    """One thing that is not as it should be."""

    code: str
    """For a data file: what its format forbids. Else ``file-missing`` or ``file-altered``."""
    place: str
    """In a data file, for people who know the format; else the file's name."""
    facts: Mapping[str, int | str] = field(default_factory=dict)
    is_fault: bool = True
    """False: harmless, and found in files of Outlook's own."""


@dataclass(frozen=True, kw_only=True)
class FileCheck:
    """What a file, an archive or a folder holds, and what is wrong with it."""

    path: str
    kind: str
    """``data-file``, ``folder`` or ``archive``."""
    is_sound: bool
    findings: tuple[FileFinding, ...]
    """Of a data file at most a hundred of each code."""
    times: Mapping[str, int]
    """How often each code was found in all."""
    counts: Mapping[str, int]
    """How many there are of what: of a data file ``folders``, ``messages``, ``attachments``...; else ``files``,
    ``bytes``."""

    @property
    def is_unchecked(self) -> bool:
        """Nobody looked into it: it is a data file of a form that is not checked."""
        return not UNCHECKED.isdisjoint(self.times)


async def look_into(
    offload: Offload, path: str, password: str | None, told: Callable[[int, int], Awaitable[None]] | None
) -> FileCheck:
    """``check_file``, beside the loop; who cancels it ends it soon."""
    stop = threading.Event()
    steps = (0, 0)

    def note(done: int, total: int) -> None:
        nonlocal steps
        steps = (done, total)

    looking = asyncio.ensure_future(offload.on_disk(check_file, path, password, note, stop.is_set))
    try:
        while not looking.done():
            await asyncio.wait([looking], timeout=_TELL_EVERY)
            if told is not None:
                await told(*steps)
        return looking.result()
    finally:
        stop.set()
        await asyncio.wait([looking])


def check_file(
    path: str, password: str | None, told: Callable[[int, int], None], stop: Callable[[], bool]
) -> FileCheck:
    """Read a data file of Outlook, an archive or a folder of an export. Blocks.

    ``told`` hears the steps done and all of them. Raises Misconfigured if it is none of these or cannot be read.
    """
    place = Path(path).expanduser().absolute()
    try:
        if place.is_dir():
            return _proven(place, FOLDER, proving.prove_folder(place, told, stop))
        if _is_data_file(place):
            return _data_file(place, told, stop)
        return _proven(place, ARCHIVE, proving.prove_archive(place, password, told, stop))
    except Unproven as unproven:
        raise Misconfigured(str(place), what=f"check-{unproven.reason}", name=str(place)) from None
    except FileNotFoundError:
        raise Misconfigured(str(place), what="check-no-file", name=str(place)) from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Misconfigured(str(place), what="check-unreadable", name=str(place), reason=reason) from error


def _is_data_file(place: Path) -> bool:
    with place.open("rb") as file:
        return file.read(len(_BEGINNING)) == _BEGINNING or place.suffix.lower() in _DATA_FILES


def _data_file(place: Path, told: Callable[[int, int], None], stop: Callable[[], bool]) -> FileCheck:
    report = check_data_file(place, told, stop)
    return FileCheck(
        path=str(place),
        kind=DATA_FILE,
        is_sound=report.sound,
        findings=tuple(
            FileFinding(code=one.code, place=one.place, facts=dict(one.facts), is_fault=one.weight is Weight.FAULT)
            for one in report.findings
        ),
        times=dict(report.times),
        counts=dict(report.counts),
    )


def _proven(place: Path, kind: str, proof: Proof) -> FileCheck:
    findings = [
        *(FileFinding(code="file-missing", place=name) for name in proof.missing),
        *(FileFinding(code="file-altered", place=name) for name in proof.altered),
    ]
    times = {"file-missing": len(proof.missing), "file-altered": len(proof.altered)}
    return FileCheck(
        path=str(place),
        kind=kind,
        is_sound=not findings,
        findings=tuple(findings),
        times={code: number for code, number in times.items() if number},
        counts={"files": proof.files, "bytes": proof.size},
    )
