"""Real samples through the whole door: imported, exported in every format that fits, looked at, and imported again.

``python -m tests.benchmarks every-format`` sends all samples through, and lets programs of others read the data files.
"""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import icalendar

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.model import Service
from tests.corpora import Corpora
from tests.every_format import (
    COMES_BACK,
    SERVICES,
    Exported,
    bring_in,
    compare,
    contents,
    home,
    kept,
    lay_out,
    take_out,
    written,
)

_SHARE = {"mail": 240, "calendars": 150, "contacts": 25, "data files": 9, "items of Outlook": 24}
_PACKED = (Format.MBOX, Format.CSV)


async def test_all_goes_in_and_out_and_comes_back(corpora: Corpora, tmp_path: Path) -> None:
    places = lay_out(corpora, tmp_path / "samples", _SHARE)
    async with home(tmp_path) as desk:
        for name, place in places.items():
            await _through(desk, tmp_path / name, name, place)


async def _through(desk: Desk, to: Path, name: str, place: Path) -> None:
    source = await bring_in(desk, name, place)
    before = await kept(desk, source.cards)
    assert source.items == sum(map(len, before.values())) > 0
    for format in Format:
        if format in (Format.PDF, Format.PDF_FOLDER):
            continue  # documents take a while: tests/unit/providers/files/pdf
        packing = Packing.ZIP if format in _PACKED else Packing.FOLDER
        made = await take_out(desk, to / format, source, format, packing)
        if made is None:
            continue
        assert made.wrong == []
        assert made.left_out == {}
        _count(made)
        if format in COMES_BACK:
            again = await bring_in(desk, f"{name} by {format}", made.place)
            assert again.refused == {}
            went = {one: items for one, items in before.items() if one in SERVICES.get(format, tuple(Service))}
            came = compare(format, went, await kept(desk, again.cards))
            assert came.differences == {}
            assert came.equal == came.after == written(made)


def _count(made: Exported) -> None:
    """What a reader that is not ours finds in it."""
    found: Counter[str] = Counter()
    for name, data in contents(made.place):
        if name.endswith(".ics"):
            components = icalendar.Calendar.from_ical(data).walk()
            found["items"] += sum(one.name in ("VEVENT", "VTODO", "VJOURNAL") for one in components)
        elif name.endswith(".vcf"):
            found["items"] += len(re.findall(rb"(?im)^BEGIN:VCARD\s*$", data))
        elif name.endswith(".csv") and made.format is Format.CSV:
            found["rows"] += len(list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))) - 1
        elif name.endswith(".json") and made.format is Format.JSON and not name.endswith("manifest.json"):
            json.loads(data)
    if made.format in (Format.ICS, Format.VCF):  # series have their changes beside them, tasks their steps
        assert found["items"] >= written(made)
    if made.format is Format.CSV:
        assert found["rows"] >= written(made)
