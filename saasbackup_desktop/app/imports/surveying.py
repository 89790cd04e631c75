"""Look into archives before they are imported."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.imports.views import FolderCount, ServiceFound, Survey, Unreadable
from saasbackup_desktop.core.errors import ArchiveLocked
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives.finding import Archive, BadFile, PassedOver, search
from saasbackup_desktop.providers.files.archives.reading import SERVICES, Piece, read
from saasbackup_desktop.providers.files.found import Broken, FolderFound

_FOLDERS: Final = 1000
_UNREADABLE: Final = 100
_PASSED: Final = 1000


@dataclass(slots=True)
class _Counts:
    """What was seen so far."""

    files: int = 0
    size: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    items: Counter[tuple[Service, tuple[str, ...]]] = field(default_factory=Counter)
    sizes: Counter[Service] = field(default_factory=Counter)
    spans: dict[Service, tuple[int, int]] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    there: set[Service] = field(default_factory=set)
    """Of these there are items, if only such as cannot be read."""
    broken: int = 0
    passed: int = 0
    passed_over: list[str] = field(default_factory=list)
    needs_password: bool = False


def survey(paths: Sequence[Path], scratch: Path, password: str | None, seconds: float, stop: threading.Event) -> Survey:
    """Count what archives hold, for so long. Blocks."""
    counts = _Counts()
    until = time.monotonic() + seconds
    is_whole = True
    pieces = read(paths, tuple(Service), scratch, password)
    try:
        for piece in pieces:
            _count(counts, piece)
            if stop.is_set() or time.monotonic() > until:
                is_whole = False
                break
    finally:
        pieces.close()
    folders = [
        FolderCount(service=service, path="/".join(path), items=items)
        for (service, path), items in sorted(counts.items.items(), key=lambda one: (one[0][0], one[0][1]))
    ]
    return Survey(
        paths=tuple(str(path) for path in paths),
        name=suggested_name(paths),
        files=counts.files,
        size=counts.size,
        kinds=dict(counts.kinds),
        services=[_found(counts, service) for service in Service if service in counts.there],
        folders=folders[:_FOLDERS],
        unreadable=counts.unreadable,
        broken=counts.broken,
        passed=counts.passed,
        passed_over=counts.passed_over,
        is_whole=is_whole,
        needs_password=counts.needs_password,
    )


def possible(
    paths: Sequence[Path], scratch: Path, password: str | None, seconds: float, stop: threading.Event
) -> Sequence[Service]:
    """Which services may lie in archives, by their kinds alone; any, if time runs out before all were seen. Blocks."""
    every = frozenset[Service]().union(*SERVICES.values())
    until = time.monotonic() + seconds
    there: set[Service] = set()
    for found in search(paths, scratch, password):
        if isinstance(found, Archive):
            there |= SERVICES[found.kind]
        if there == every:
            break
        if stop.is_set() or time.monotonic() > until:
            there |= every
            break
    return [service for service in Service if service in there]


def suggested_name(paths: Sequence[Path]) -> str:
    """What an account might be called that archives are imported as."""
    if not paths:
        return ""
    first = paths[0]
    stem = first.name if first.is_dir() or len(paths) > 1 else first.stem
    chosen = stem if len(paths) == 1 else first.absolute().parent.name or stem
    return chosen.replace(":", " ").replace("/", " ").strip()


def _found(counts: _Counts, service: Service) -> ServiceFound:
    own = [number for (of, _), number in counts.items.items() if of is service]
    since, until = counts.spans.get(service, (None, None))
    return ServiceFound(
        service=service, folders=len(own), items=sum(own), size=counts.sizes[service], since=since, until=until
    )


def _count(counts: _Counts, piece: Archive | Piece | BadFile | PassedOver | FolderFound) -> None:
    if isinstance(piece, PassedOver):
        counts.passed += 1
        if len(counts.passed_over) < _PASSED:
            counts.passed_over.append(piece.label)
        return
    if isinstance(piece, Archive):
        counts.files += 1
        counts.size += piece.stored.size
        counts.kinds[piece.kind.value] += 1
        return
    if isinstance(piece, BadFile):
        counts.needs_password |= isinstance(piece.fault, ArchiveLocked)
        _unreadable(counts, Unreadable(path=piece.label, code=piece.fault.code, facts=piece.fault.facts))
        return
    told = piece if isinstance(piece, FolderFound) else piece.told
    key = (told.service, told.path)
    if isinstance(told, FolderFound):
        counts.items[key] += 0
        return
    counts.there.add(told.service)
    if isinstance(told, Broken):
        counts.items[key] += 0
        path = "/".join((*told.path, told.name or told.key))
        _unreadable(counts, Unreadable(path=path, code=told.code, facts={"reason": told.detail}))
    else:
        counts.items[key] += 1
        counts.sizes[told.service] += len(told.data)
        if told.time is not None:
            since, until = counts.spans.get(told.service, (told.time, told.time))
            counts.spans[told.service] = min(since, told.time), max(until, told.time)


def _unreadable(counts: _Counts, one: Unreadable) -> None:
    counts.broken += 1
    if len(counts.unreadable) < _UNREADABLE:
        counts.unreadable.append(replace(one, facts={name: value for name, value in one.facts.items() if value != ""}))
