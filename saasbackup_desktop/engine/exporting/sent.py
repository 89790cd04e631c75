"""How much of an export is at its destination, as it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core.export.ports import Plain
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.engine.exporting import ledger


@dataclass(frozen=True, slots=True)
class Pieces:
    """A file of which pieces have arrived."""

    name: str
    """At the destination."""
    since: Plain
    """From what it is gone on with."""


@dataclass(slots=True)
class Sent:
    """How far it is: written by the thread that sends, written down by the loop."""

    files: int = 0
    """So many, in their order, are there."""
    pieces: Pieces | None = None
    """Of the file after them."""
    where: str = ""
    bytes: int = 0
    """Of the files that are there."""
    has_begun: bool = False
    """Something of it is there: the name is ours."""
    left: Pieces | None = None
    """Of an attempt whose files were lost on this computer."""
    earlier: tuple[Made, ...] = ()
    """Archives that such attempts may have sent."""
    is_replacing: bool = False
    """The manifest there is of such an attempt; it says what is ours until everything else is there."""
    now: int = field(default=0, compare=False)
    """Bytes of the file under way. Not written down."""

    def since(self, name: str) -> Plain | None:
        """From what a file is gone on with."""
        return next((one.since for one in (self.pieces, self.left) if one is not None and one.name == name), None)

    def unfinished(self) -> tuple[Pieces, ...]:
        """Files of which only pieces are there."""
        return tuple(one for one in (self.pieces, self.left) if one is not None and one.since)

    def plain(self) -> dict[str, Any]:
        """As it is written down."""
        return {
            "files": self.files,
            "pieces": _plain(self.pieces),
            "where": self.where,
            "bytes": self.bytes,
            "begun": self.has_begun,
            "left": _plain(self.left),
            "earlier": [[one.name, one.size, one.sha256, one.items] for one in self.earlier],
            "replacing": self.is_replacing,
        }


def read(catalog: Catalog, job: JobId) -> Sent | None:
    """What is known of an export; None: nothing was sent. Blocks."""
    found = catalog.record(ledger.room_of(job), ledger.SENT)
    return None if found is None else _sent(found.plain)


def write(catalog: Catalog, job: JobId, plain: Mapping[str, Any], now: int) -> None:
    """Write it down (``Sent.plain``). Blocks."""
    catalog.put_records(ledger.room_of(job), [Record(ledger.SENT, now, plain)])


def _sent(plain: Mapping[str, Any]) -> Sent:
    return Sent(
        files=plain["files"],
        pieces=_pieces(plain.get("pieces")),
        where=plain["where"],
        bytes=plain["bytes"],
        has_begun=plain["begun"],
        left=_pieces(plain.get("left")),
        earlier=tuple(Made(*one) for one in plain.get("earlier", ())),
        is_replacing=plain.get("replacing", False),
    )


def _plain(pieces: Pieces | None) -> list[Any] | None:
    return None if pieces is None else [pieces.name, dict(pieces.since)]


def _pieces(plain: Any) -> Pieces | None:
    return None if plain is None else Pieces(*plain)
