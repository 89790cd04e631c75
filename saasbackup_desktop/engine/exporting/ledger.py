"""What of an export is safe: files that are sealed, items that are not in it, and from where to go on.

It lies in the catalog, so that no name of a folder or item stands anywhere in the open. Each record says what came to
be safe with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import PointPartial
from saasbackup_desktop.core.export.ports import Plain
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.ids import JobId, NodeId
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.engine.exporting.doors import LeftOut

NO_ITEM: Final = NodeId("")
RESULTS: Final = "exports"
"""The room of what became of exports, by their jobs."""
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment at which everything so far is safe."""

    number: int = 0
    """Of the record that says so."""
    choice: str = ""
    """Which items are taken, by ``Choice.digest``."""
    done: int = 0
    """So many of them, in their order, are in sealed files or written down as failed."""
    folders: int = 0
    """So many of the folders in which nothing lies, in their order, are there."""
    written: int = 0
    size: int = 0
    """Bytes of the written items' originals."""
    failed: int = 0
    lost: int = 0
    files: int = 0
    made: int = 0
    """Bytes of the files."""
    shelf: Plain | None = None
    writer: Plain | None = None
    """Of the writer that is at work, if it can go on in another process."""
    listed: bool = False
    """What was left out is listed, too: nothing more is written."""
    ended: bool = False
    """Nothing is open any more: all waits to be published."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An item that failed, or lost something; ``number`` is its place in the order, or that of its part."""

    number: int
    path: tuple[str, ...]
    name: str
    item: NodeId
    codes: tuple[str, ...]
    detail: str = ""
    is_there: bool = False

    @property
    def count(self) -> int:
        """How many items that are: a point in time that lacks some is told once."""
        return int(self.detail) if self.codes[0] == PointPartial.code and self.detail else 1

    def failure(self) -> ItemFailure:
        """As a job tells it."""
        return ItemFailure(
            path="/".join(self.path), name=self.name, code=self.codes[0], detail=self.detail, item=self.item
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What became safe together."""

    mark: Mark
    files: Sequence[Made] = ()
    missed: Sequence[Missed] = field(default=())
    beside: Sequence[Made] = ()
    """What says of all the files what they are; with the last of them."""


def of_part(number: int) -> int:
    """The place in the order of what an account's part lacks as a whole; the other way round, too."""
    return -1 - number


def room_of(job: JobId) -> str:
    """The room of an export's records."""
    return f"export:{job}"


def write(catalog: Catalog, job: JobId, safe: Page, now: int) -> None:
    """Write down what is safe. Blocks."""
    plain = {
        "mark": codec.plain_fields(safe.mark),
        "files": [_made(one) for one in safe.files],
        "beside": [_made(one) for one in safe.beside],
        "missed": [
            [one.number, list(one.path), one.name, one.item, list(one.codes), one.detail, one.is_there]
            for one in safe.missed
        ],
    }
    last = Record(LAST, now, plain["mark"])
    catalog.put_records(room_of(job), [Record(_key(safe.mark.number), now, plain), last])


def last_mark(catalog: Catalog, job: JobId) -> Mark | None:
    """From where an earlier attempt can be gone on with. Blocks."""
    latest = catalog.record(room_of(job), LAST)
    return None if latest is None else _mark(latest.plain)


def last_number(catalog: Catalog, job: JobId) -> int:
    """The number of the last record; 0 if there is none. Blocks."""
    mark = last_mark(catalog, job)
    return 0 if mark is None else mark.number


def pages(catalog: Catalog, job: JobId, until: int) -> Iterator[Page]:
    """Read the records up to a number, in order. Blocks."""
    for number in range(1, until + 1):
        found = page(catalog, job, number)
        if found is not None:
            yield found


def page(catalog: Catalog, job: JobId, number: int) -> Page | None:
    """Read one record. Blocks."""
    found = catalog.record(room_of(job), _key(number))
    return None if found is None else _page(found.plain)


def beside(catalog: Catalog, job: JobId, until: int) -> Sequence[Made]:
    """What lies beside the files and says what they are, by the last record that names it. Blocks."""
    for number in range(until, 0, -1):
        found = page(catalog, job, number)
        if found is None or not found.mark.ended:
            break
        if found.beside:
            return found.beside
    return ()


def left_out(catalog: Catalog, job: JobId, until: int) -> Iterator[LeftOut]:
    """What is not in the export, or not with everything. Blocks."""
    for found in pages(catalog, job, until):
        for one in found.missed:
            yield LeftOut(path=one.path, name=one.name, codes=one.codes, detail=one.detail, is_there=one.is_there)


def forget(catalog: Catalog, job: JobId, until: int) -> None:
    """Forget all records of an export. Blocks."""
    keys = [LAST, SENT, *(_key(number) for number in range(1, until + 1))]
    for start in range(0, len(keys), _BATCH):
        catalog.drop_records(room_of(job), keys[start : start + _BATCH])


def after(mark: Mark, **changes: Any) -> Mark:
    """The mark that follows."""
    return replace(mark, number=mark.number + 1, **changes)


LAST: Final = "last"
"""The record that says which mark is the last."""
SENT: Final = "sent"
"""The record that says how much is at the destination."""


def _key(number: int) -> str:
    return f"{number:08d}"


def _page(plain: Mapping[str, Any]) -> Page:
    return Page(
        mark=_mark(plain["mark"]),
        files=[Made(*one) for one in plain["files"]],
        missed=[
            Missed(number, tuple(path), name, NodeId(item), tuple(codes), detail, is_there)
            for number, path, name, item, codes, detail, is_there in plain["missed"]
        ],
        beside=[Made(*one) for one in plain["beside"]],
    )


def _made(one: Made) -> list[str | int]:
    return [one.name, one.size, one.sha256, one.items]


def _mark(plain: Mapping[str, Any]) -> Mark:
    return Mark(**plain)
