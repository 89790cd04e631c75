"""A comparison for spreadsheets: CSV (RFC 4180), a line for each attribute and each link that differs."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Final

from saasbackup_desktop.app.entra.exporting.about import About
from saasbackup_desktop.app.reports.spreadsheet import safe
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.difference import Change, ObjectDifference
from saasbackup_desktop.core.stream import Json

COLUMNS: Final = (
    "kind", "id", "name", "change", "part", "path", "old", "new", "target", "target name", "detail", "nature", "noise",
)  # fmt: skip
"""Of ``part``: ``object`` (it came or went), ``attribute``, ``link``."""


class CsvFile:
    """Writes it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def begin(self, about: About) -> None:
        """Write the line of heads; some spreadsheets need a mark before it to read UTF-8."""
        self._out.write(codecs.BOM_UTF8)
        self._write([COLUMNS])

    def add(self, some: Sequence[ObjectDifference], names: Mapping[str, str]) -> None:
        """Write objects."""
        self._write([safe(cell) for cell in line] for one in some for line in _lines(one, names))

    def end(self) -> None:
        """There is nothing more to say."""

    def _write(self, lines: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        self._out.write(text.getvalue().encode("utf-8", "replace"))


def _lines(one: ObjectDifference, names: Mapping[str, str]) -> Iterator[Sequence[str]]:
    head = (one.kind, one.id, one.name)
    if one.change is not Change.CHANGED:
        yield (*head, one.change.value, "object", *[""] * 8)
    for attribute in one.attributes:
        trait = attribute.trait
        values = _cell(attribute.old), _cell(attribute.new)
        noise = _yes(trait.is_noise)
        yield (*head, one.change.value, "attribute", attribute.path, *values, "", "", "", trait.nature.value, noise)
    for change in one.links:
        link, trait = change.link, change.trait
        values = ("", link.id) if change.change is Change.ADDED else (link.id, "")
        target = link.id, names.get(link.id, link.name), names.get(link.detail, link.detail)
        yield (
            *head,
            change.change.value,
            "link",
            link.relation,
            *values,
            *target,
            trait.nature.value,
            _yes(trait.is_noise),
        )


def _cell(value: Json) -> str:
    """Texts as they are, all else as JSON; nothing for what is not there."""
    if value is None or isinstance(value, str):
        return value or ""
    return codec.dumps(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
