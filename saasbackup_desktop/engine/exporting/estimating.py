"""What an export would amount to, before anything is written."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.engine.exporting.choosing import Choice, Station

_GROWTH: Final[Mapping[Format, float]] = {
    Format.EML: 1.0,
    Format.MBOX: 1.02,
    Format.PST: 1.15,
    Format.ICS: 1.3,
    Format.VCF: 1.3,
    Format.CSV: 0.3,
    Format.PDF: 1.5,
    Format.JSON: 1.3,
}
"""Bytes of files for each byte of originals, at a guess."""
_PACKED: Final = 0.75
"""What ZIP leaves of mail, at a guess: most of it is base64."""
_SURE: Final = 0.5
"""Less than this share of the guess is not enough, whatever the guess is worth."""


def size_of(catalog: Catalog, station: Station) -> int:
    """Bytes of the originals in a folder. Blocks."""
    if station.size is not None:
        return station.size
    return sum(_length(item) for _, item in station.read(catalog) if item is not None)


def needed_room(catalog: Catalog, choice: Choice, packing: Packing) -> int:
    """Bytes that the files will take, at a guess. Blocks."""
    grown = sum(size_of(catalog, one) * _GROWTH[one.pick.format] for one in choice.stations)
    return int(grown * (_PACKED if packing is Packing.ZIP else 1))


def least_room(catalog: Catalog, choice: Choice, packing: Packing) -> int:
    """Bytes without which there is no use in beginning. Blocks."""
    return int(needed_room(catalog, choice, packing) * _SURE)


def _length(item: Item) -> int:
    return (item.body.size if item.body is not None else item.size) or 0
