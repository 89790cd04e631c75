"""Write what was chosen, a stretch at a time, and say what of it is safe."""

import contextlib
import time
from array import array
from bisect import bisect_left
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import Fault, ItemFault, PickedGone
from saasbackup_desktop.core.export.ports import (
    About,
    EmptyFolder,
    Entry,
    FolderWriter,
    LastingShelf,
    PartWriter,
    Plain,
    SteadyWriter,
    Writer,
)
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger
from saasbackup_desktop.engine.exporting.ahead import Held, in_order
from saasbackup_desktop.engine.exporting.choosing import Choice, Station
from saasbackup_desktop.engine.exporting.ledger import Mark, Missed, Page

_STRETCH: Final = 0.5
"""Seconds after which whoever waits is asked whether to go on."""
_SAFE_BYTES: Final = 256 << 20
_SAFE_SECONDS: Final = 5.0
"""So much is written again at most, where the format allows it."""
_FORGOTTEN: Final = "not-found"


@dataclass(frozen=True, slots=True)
class Turn:
    """One item, and where it comes from; or a folder without any."""

    number: int
    """Of a folder: of the item that comes after it."""
    station: Station
    within: int
    """Its number in its folder."""


@dataclass(slots=True)
class Writing:
    """A run from a mark to the end. Every call blocks; one thread at a time."""

    bench: Bench
    job: JobId
    choice: Choice
    shelf: LastingShelf
    scratch: Path
    about: About
    mark: Mark
    """What is safe."""
    done: int = field(init=False)
    written: int = field(init=False)
    size: int = field(init=False)
    failed: int = field(init=False)
    where: str = ""
    is_over: bool = False
    _writer: Writer | None = None
    _of_parts: PartWriter | None = None
    """The same, if it is one."""
    _is_steady: bool = False
    _format: Format | None = None
    _apart: tuple[str, ...] = ()
    _parts: Plain | None = None
    """What the writer of parts said last."""
    _missed: list[Missed] = field(default_factory=list)
    _numbers: "array[int]" = field(default_factory=lambda: array("q"))
    """Of what is written and not yet safe, its number."""
    _sizes: "array[int]" = field(default_factory=lambda: array("q"))
    """And its bytes."""
    _folders: list[int] = field(default_factory=list)
    """Of folders without items that are written and not yet safe, their numbers."""
    _turns: Generator[Held[Turn] | Turn] | None = None
    _since: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Begin to count where the mark says."""
        self.done, self.written, self.size, self.failed = (
            self.mark.done,
            self.mark.written,
            self.mark.size,
            self.mark.failed,
        )

    def go_on(self) -> Page | None:
        """Write for a while; gives what became safe, if anything did. Raises Fault, OSError."""
        if self._turns is None:
            self._turns = _turns(self.bench, self.choice, self.mark)
        until = time.monotonic() + _STRETCH
        for turn in self._turns:
            page = self._take(turn)
            if page is not None or time.monotonic() > until:
                return page
        self.is_over = True
        return self._end()

    def close(self) -> None:
        """Let go of what is open; what is not safe is written again by whoever goes on. Raises OSError."""
        if self._turns is not None:
            self._turns.close()
        writer, parts, self._writer, self._of_parts = self._writer, self._of_parts, None, None
        if parts is not None:
            parts.abandon()
        elif writer is not None:
            with contextlib.suppress(Fault, OSError):  # what it ends is not safe yet, and is written again
                writer.finish()

    def _take(self, turn: Held[Turn] | Turn) -> Page | None:
        about = turn.about if isinstance(turn, Held) else turn
        station = about.station
        page = None
        if self._format is not station.pick.format or self._apart != station.apart:
            page = self._end_format()
            self._begin(station.pick.format, station.apart)
        elif station.is_empty:
            pass  # the folder before it may go on
        elif not about.within and self._of_parts is None and not self._is_steady:
            page = self._end_folder()
        self.where = "/".join(station.path)
        if station.is_empty:
            self._write_folder(about)
            return page or self._safe()
        self.done = about.number + 1
        if isinstance(turn, Held):
            self._write(turn)
        else:
            self._miss_gone(about)
        return page or self._safe()

    def _begin(self, format: Format, apart: tuple[str, ...]) -> None:
        since = self.mark.writer if self.mark.done == self.done else None
        doors = self.bench.exports
        self.scratch.mkdir(parents=True, exist_ok=True)
        writer = self._writer = doors.writer(format, self.shelf, self.scratch, self.about.apart(apart), since)
        self._of_parts = writer if isinstance(writer, PartWriter) else None  # asking costs as much as writing 50 KB
        self._is_steady = isinstance(writer, SteadyWriter)
        self._format, self._apart = format, apart
        self._parts = None if self._of_parts is None else self._of_parts.state

    def _write_folder(self, turn: Turn) -> None:
        if isinstance(self._writer, FolderWriter):
            self._writer.add_folder(EmptyFolder(service=turn.station.service, path=turn.station.inside))
        self._folders.append(turn.number)

    def _write(self, held: Held[Turn]) -> None:
        assert self._writer is not None
        station, vault = held.about.station, self.bench.vault
        entry = Entry(
            service=station.service,
            path=station.inside,
            role=station.role,
            item=held.item,
            data=held.data(vault),
            parts=held.parts(vault),
            is_with_all=station.is_all,
        )
        try:
            losses = self._writer.add(entry)
        except ItemFault as fault:
            self._miss(held.about, held.item.name, held.item, (fault.code,), _detail(fault))
            return
        if losses:
            self._miss(held.about, held.item.name, held.item, tuple(losses), is_there=True)
        self._numbers.append(held.about.number)
        self._sizes.append(held.item.body.size if held.item.body is not None else 0)
        self.written += 1
        self.size += self._sizes[-1]

    def _miss(
        self,
        turn: Turn,
        name: str,
        item: Item | None,
        codes: tuple[str, ...],
        detail: str = "",
        *,
        is_there: bool = False,
    ) -> None:
        id = item.id if item is not None else ledger.NO_ITEM
        self._missed.append(Missed(turn.number, turn.station.path, name, id, codes, detail, is_there))
        self.failed += not is_there

    def _miss_gone(self, turn: Turn) -> None:
        """Say what is not there; of what somebody picked, what it was called, if other points in time hold it."""
        if not turn.station.gone:
            self._miss(turn, "", None, (_FORGOTTEN,))
            return
        id = turn.station.gone[turn.within]
        known = self.bench.catalog.versions(turn.station.pick.stream, id)
        name = known[0].item.name if known else ""
        self._missed.append(Missed(turn.number, turn.station.path, name or id, id, (PickedGone.code,)))
        self.failed += 1

    def _safe(self) -> Page | None:
        """Seal what can be, if it is time."""
        writer = self._of_parts
        if writer is not None:
            if writer.state == self._parts:
                return None
            self._parts = writer.state
            return self._seal(self.done - writer.waiting, writer.state)
        is_time = self.shelf.size >= _SAFE_BYTES or time.monotonic() - self._since >= _SAFE_SECONDS
        return self._seal(self.done, None) if is_time and self._is_steady else None

    def _end_folder(self) -> Page | None:
        """End the folder's file. Small folders come to be safe together."""
        assert self._writer is not None
        self._writer.finish()
        is_time = self.shelf.size >= _SAFE_BYTES or time.monotonic() - self._since >= _SAFE_SECONDS
        return self._seal(self.done, None) if is_time else None

    def _end_format(self) -> Page | None:
        if self._writer is None:
            return None
        self._writer.finish()
        self._writer, self._of_parts, self._parts = None, None, None
        return self._seal(self.done, None)

    def _end(self) -> Page:
        """Finish the last file; what was left out is listed."""
        if self._writer is not None:
            self._writer.finish()
            self._writer, self._of_parts = None, None
        return self._seal(self.done, None)

    def list_left_out(self) -> Page:
        """Write the list of what is not in it, when all else is written and safe. Raises OSError."""
        partial = [(number, one) for number, part in enumerate(self.choice.parts) for one in part.partial]
        some = chain(
            self.choice.without,
            (one for _, one in partial),
            ledger.left_out(self.bench.catalog, self.job, self.mark.number),
        )
        self.bench.exports.list_left_out(self.shelf, some)
        lacking = [
            Missed(ledger.of_part(number), one.path, one.name, ledger.NO_ITEM, one.codes, one.detail)
            for number, one in partial
        ]
        self._missed += lacking
        self.failed += sum(one.count for one in lacking)
        page = self._seal(self.done, None)
        self.mark = replace(page.mark, listed=True)
        return replace(page, mark=self.mark)

    def end(self) -> Page:
        """End what is open on the shelf, when the list is written. Raises OSError."""
        page = self._seal(self.done, None, is_last=True)
        self.mark = replace(page.mark, ended=True)
        return replace(page, mark=self.mark)

    def _seal(self, done: int, writer: Plain | None, *, is_last: bool = False) -> Page:
        sealed = self.shelf.end() if is_last else self.shelf.seal()
        self._since = time.monotonic()
        missed = [one for one in self._missed if one.number < done]
        self._missed = self._missed[len(missed) :]
        count = bisect_left(self._numbers, done)
        size = sum(self._sizes[:count])
        self._numbers, self._sizes = self._numbers[count:], self._sizes[count:]
        # What a part holds that is still open is not safe: a folder is, if the item after it is.
        folders = len(self._folders) if writer is None else bisect_left(self._folders, done)
        self._folders = self._folders[folders:]
        self.mark = ledger.after(
            self.mark,
            done=done,
            folders=self.mark.folders + folders,
            written=self.mark.written + count,
            size=self.mark.size + size,
            failed=self.mark.failed + sum(one.count for one in missed if not one.is_there),
            lost=self.mark.lost + sum(one.is_there for one in missed),
            files=self.mark.files + len(sealed.files),
            made=self.mark.made + sum(one.size for one in sealed.files),
            shelf=sealed.since,
            writer=writer,
        )
        return Page(self.mark, sealed.files, missed, sealed.beside)


def _turns(bench: Bench, choice: Choice, mark: Mark) -> Generator[Held[Turn] | Turn]:
    """What is not safe yet: the items with their bytes; without, what the catalog has forgotten, and folders."""
    forgotten: list[Turn] = []

    def known() -> Iterator[tuple[Turn, Item]]:
        base = folders = 0
        for part in choice.parts:
            if base + part.count <= mark.done and folders + part.folders <= mark.folders:
                base, folders = base + part.count, folders + part.folders
                continue
            for station in part.stations():
                if station.is_empty:
                    folders += 1
                    if folders > mark.folders:
                        forgotten.append(Turn(base, station, 0))
                    continue
                skip = min(max(0, mark.done - base), station.count)
                for number, item in station.read(bench.catalog, skip) if skip < station.count else ():
                    turn = Turn(base + number, station, number)
                    if item is None:
                        forgotten.append(turn)
                    else:
                        yield turn, item
                base += station.count

    for held in in_order(bench.vault, known()):
        while forgotten and forgotten[0].number <= held.about.number:
            yield forgotten.pop(0)
        yield held
    yield from forgotten


def _detail(fault: ItemFault) -> str:
    return str(fault.facts.get("reason") or fault.detail)
