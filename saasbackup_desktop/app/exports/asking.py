"""What is asked for: as a job, and what it would amount to."""

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.exports.naming import Others, usable
from saasbackup_desktop.app.exports.off_limits import require_outside
from saasbackup_desktop.app.exports.views import ExportEstimate, ExportRequest, PickEstimate
from saasbackup_desktop.app.restoring import require_span
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.choosing import Choice, choose
from saasbackup_desktop.engine.exporting.estimating import Guessing, size_of
from saasbackup_desktop.engine.exporting.places import is_far

SMALLEST_PART: Final = 10_000_000
_LONGEST_KEEP: Final = 3660


def spec_of(bench: Bench, request: ExportRequest, now: int, picks: tuple[Pick, ...] = ()) -> Export:
    """Make the job; ``picks``: some of what several accounts have. Raises Misconfigured for what cannot be."""
    picks = picks if request.several is not None else request.picks
    if not picks:
        raise Misconfigured("nothing is picked", what="export-nothing")
    for pick in picks:
        require_span(pick.selection.since, pick.selection.until)
        if pick.format not in bench.exports.formats(service_of(pick.stream)):
            raise Misconfigured(pick.format, what="export-format", name=pick.format)
    if not is_far(request.to) and not _is_path(request.to):
        raise Misconfigured(request.to, what="export-no-folder", name=request.to)
    if not request.part_size >= SMALLEST_PART:
        raise Misconfigured("parts too small", what="export-part-size", name=SMALLEST_PART)
    require_days(request.keep_days)
    return Export(
        picks=picks,
        name=usable(request.name) or usable(_usual_name(bench, request, now)),
        to=request.to,
        packing=request.packing,
        part_size=request.part_size,
        deleted=request.deleted,
        recoverable=request.recoverable,
        keep_days=request.keep_days,
        asked=now,
    )


def require_place(bench: Bench, home: Path, to: str) -> None:
    """Make sure that files can go there: the folder is there and not ours, or the destination is known. Blocks.

    Raises Misconfigured.
    """
    if is_far(to):
        bench.exports.destination(to).close()
    elif not Path(to).is_dir():
        raise Misconfigured(to, what="export-folder-gone", name=to)
    else:
        require_outside(home, Path(to))


def require_days(days: int | None) -> None:
    """Make sure that files can be kept for so long. Raises Misconfigured."""
    if days is not None and not 1 <= days <= _LONGEST_KEEP:
        raise Misconfigured("days out of range", what="export-days", name=days)


def require_something(bench: Bench, spec: Export) -> None:
    """Make sure that something is picked, be it there or not. Blocks. Raises Misconfigured."""
    if not _chosen(bench, spec).count:
        raise Misconfigured("nothing is picked", what="export-nothing")


def estimated(bench: Bench, spec: Export, others: Others) -> ExportEstimate:
    """Say what an export would amount to, where ``others`` have their names. Blocks."""
    choice = _chosen(bench, spec)
    stations = [replace(one, size=size_of(bench.catalog, one)) for one in choice.stations]
    picks = tuple(
        PickEstimate(
            pick=pick,
            service=service_of(pick.stream),
            items=sum(one.count for one in stations if one.pick is pick and not one.gone),
            size=sum(one.size or 0 for one in stations if one.pick is pick),
            deleted=sum(one.count for one in stations if one.pick is pick and one.is_removed),
        )
        for pick in spec.picks
    )
    guessing = Guessing(bench.catalog, spec.packing, spec.part_size)
    guessing.add(lambda: stations)
    guessed = guessing.guess
    room = room_at(bench.scratch.parent if is_far(spec.to) else Path(spec.to))
    in_parts = spec.packing is Packing.ZIP or any(pick.format is Format.PST for pick in spec.picks)
    items = sum(one.items for one in picks)
    warnings = [
        *(["nothing-picked"] if not choice.count else ()),
        *(["picked-gone"] if choice.count > items else ()),
        *(["point-partial"] if any(part.partial for part in choice.parts) else ()),
        *(["not-enough-room"] if room is not None and room < guessed.peak else ()),
        *(["name-taken"] if others.have(spec.name, spec.packing) else ()),
    ]
    return ExportEstimate(
        picks=picks,
        items=items,
        size=sum(one.size or 0 for one in stations),
        needed=guessed.peak,
        room=room,
        parts=-(-guessed.made // spec.part_size) if in_parts and choice.count else 0,
        warnings=tuple(warnings),
    )


def _chosen(bench: Bench, spec: Export) -> Choice:
    accounts = {pick.stream: bench.doors.account(pick.stream)[0] for pick in spec.picks}
    return choose(bench.catalog, bench.exports, spec, accounts)


def _usual_name(bench: Bench, request: ExportRequest, now: int) -> str:
    moment = f"{datetime.fromtimestamp(now).astimezone():%Y-%m-%d %H.%M}"
    if request.several is not None:
        count = len(set(request.several.accounts))
        return f"{count} {'account' if count == 1 else 'accounts'} {moment}"
    return f"{bench.doors.account(request.picks[0].stream)[0].address} {moment}"


def _is_path(text: str) -> bool:
    """Whether a text is a whole path, of letters that paths can have."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:  # half of a character
        return False
    return "\0" not in text and Path(text).is_absolute()


def room_at(folder: Path) -> int | None:
    """Bytes that are free there; None: not known. Blocks."""
    return shutil.disk_usage(folder).free if folder.is_dir() else None
