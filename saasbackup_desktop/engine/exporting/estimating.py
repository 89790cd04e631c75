"""What an export would amount to, before anything is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.ids import RowId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.engine.exporting.choosing import Station

_GROWTH: Final[Mapping[Format, float]] = {
    Format.EML: 1.0,
    Format.MBOX: 1.02,
    Format.ICS: 1.3,
    Format.VCF: 1.3,
    Format.CSV: 0.3,
    Format.PDF: 1.5,
    Format.PDF_FOLDER: 1.5,
    Format.JSON: 1.3,
}
"""Bytes of files for each byte of originals, at a guess."""
_PACKED: Final = 0.75
"""What ZIP leaves, at a guess."""
_PACKED_WORDS: Final[Mapping[Format, float]] = {Format.EML: 0.55, Format.MBOX: 0.42}
"""What ZIP leaves of a message's words and fields, measured with mail as people write it: 0.53 where each is a file of
its own, 0.40 together."""
_PACKED_BASE64: Final = 0.77
"""The same of base64, measured: 0.76."""

# Of data files, measured (decision 0221): text 2.1 times its size (UTF-16), HTML 3.1 times (as it is, and its words
# in UTF-16), what is attached 0.77 of its base64, and some kilobytes for each item and each file.
_TEXT: Final = 2.6
_ATTACHED: Final = 0.77
_EACH: Final = 3_700
_FILE: Final = 100_000
_PACKED_TEXT: Final = 0.22
"""What ZIP leaves of text in a data file, of the guess above: measured with mail as people write it."""
_PACKED_ATTACHED: Final = 0.96
_BASE64: Final = "base64"
_SAMPLE: Final = 400
"""Items of a folder that are looked at."""
_LEAST: Final = 8
"""Where there are many accounts, so many at least."""

_SURE: Final = 0.5
"""Less than this share of the guess is not enough, whatever the guess is worth."""
_SURER: Final[Mapping[Format, float]] = {Format.EML: 0.9, Format.MBOX: 0.9, Format.PST: 0.75}
"""The same where the guess is worth more."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Bytes, at a guess."""

    made: int
    """Of the finished files."""
    peak: int
    """That it takes while it is made."""
    least: int
    """Without which there is no use in beginning."""


def size_of(catalog: Catalog, station: Station) -> int:
    """Bytes of the originals in a folder. Blocks."""
    if station.size is not None:
        return station.size
    return sum(_length(item) for _, item in station.read(catalog) if item is not None)


@dataclass(slots=True)
class Guessing:
    """Adds up, account by account."""

    catalog: Catalog
    packing: Packing
    part_size: int
    sample: int = _SAMPLE
    """Items of a folder that are looked at."""
    _plain: float = 0.0
    _packed: float = 0.0
    _sure: float = 0.0
    _data_files: float = 0.0

    def add(self, stations: Callable[[], Iterable[Station]]) -> None:
        """Count an account's folders in. Blocks."""
        has_data_file = False
        for station in stations():
            size, share = size_of(self.catalog, station), _SURER.get(station.pick.format, _SURE)
            if station.pick.format is Format.PST:
                attached = size * _share_attached(self.catalog, station, self.sample)
                text = (size - attached) * _TEXT + station.count * _EACH
                grown = text + attached * _ATTACHED
                small = text * _PACKED_TEXT + attached * _ATTACHED * _PACKED_ATTACHED
                grown, has_data_file = grown + _FILE * (not has_data_file), True
                self._data_files += grown
            else:
                grown = size * _GROWTH[station.pick.format]
                small = grown * self._packed_share(station)
            self._plain, self._packed = self._plain + grown, self._packed + small
            self._sure += share * (small if self.packing is Packing.ZIP else grown)

    def _packed_share(self, station: Station) -> float:
        words = _PACKED_WORDS.get(station.pick.format)
        if words is None or self.packing is Packing.FOLDER:
            return _PACKED
        attached = _share_attached(self.catalog, station, self.sample)
        return attached * _PACKED_BASE64 + (1 - attached) * words

    @property
    def guess(self) -> Guess:
        """What it comes to so far."""
        if self.packing is Packing.FOLDER:
            return Guess(int(self._plain), int(self._plain), int(self._sure))
        beside = min(self._data_files, self.part_size)  # a data file lies there whole before it is packed
        return Guess(int(self._packed), int(self._packed + beside), int(self._sure + beside * _SURER[Format.PST]))


def sample_of(accounts: int) -> int:
    """Say how many items of a folder are looked at, where there are so many accounts."""
    return max(_LEAST, _SAMPLE // max(1, accounts))


def _share_attached(catalog: Catalog, station: Station, sample: int) -> float:
    """Of a folder's bytes, the share that is attached, in base64: some items are looked at."""
    total = attached = 0
    for item in _some(catalog, station, sample):
        total += _length(item)
        for segment in item.body.recipe if item.body is not None else ():
            attached += segment.size if segment.coding.startswith(_BASE64) else 0
    return attached / total if total else 0.0


def _some(catalog: Catalog, station: Station, sample: int) -> list[Item]:
    if station.items:
        return list(station.items[:: -(-len(station.items) // sample)])
    if station.counted and station.folder is not None:
        pick = station.pick
        found = catalog.first_rows(pick.stream, pick.snapshot, station.folder, "time", True, sample)
        return [row.item for row in found]
    step = -(-len(station.rows) // sample) or 1
    return [row.item for row in catalog.rows([RowId(row) for row in station.rows[::step]])]


def _length(item: Item) -> int:
    return (item.body.size if item.body is not None else item.size) or 0
