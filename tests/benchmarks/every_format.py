"""All samples through the whole door: what each format takes of each set, what it leaves out, and what comes back."""

import asyncio
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pstcheck.check import check
from tests.benchmarks.figures import title
from tests.corpora import find, unpack
from tests.every_format import (
    COMES_BACK,
    SERVICES,
    SETS,
    Came,
    Exported,
    Imported,
    Kept,
    bring_in,
    compare,
    home,
    kept,
    lay_out,
    take_out,
    written,
)
from tests.outlook_files import pffexport, pst_extractor, read_by_pypff, readpst

_FORMATS: Final = (
    Format.EML,
    Format.MBOX,
    Format.ICS,
    Format.VCF,
    Format.PST,
    Format.JSON,
    Format.CSV,
    Format.PDF,
    Format.PDF_FOLDER,
)
_PRINTED: Final = (Format.PDF, Format.PDF_FOLDER)
_TOLD: Final = 6
_HEAD: Final = "  format          in    out left out  lossy  files      s   back  equal state  told"


def run(count: int | None) -> None:
    """Take all samples, or every so manieth; the samples lie beside the repository."""
    archive = find()
    if archive is None:
        raise RuntimeError("the samples are not at hand")
    place = Path(tempfile.mkdtemp(prefix="bench-every-format-"))
    try:
        title("Every sample in every format")
        sets = lay_out(unpack(archive), place / "samples", dict.fromkeys(SETS, count or 1))
        asyncio.run(_work(place, sets))
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _work(place: Path, sets: Mapping[str, Path]) -> None:
    place.joinpath("out").mkdir()
    async with home(place) as desk:
        for name, folder in sets.items():
            source = await bring_in(desk, name, folder)
            counts = ", ".join(f"{card.last.items} {card.service.value}" for card in source.cards if card.last)
            print(f"\n{name}: {counts}; {source.seconds:.1f} s; {_states(source)}")
            _lines("not read", source.refused)
            before = await kept(desk, source.cards)
            print(_HEAD)
            for format in _FORMATS:
                await _one(desk, place, name, source, before, format)


def _states(source: Imported) -> str:
    return ", ".join(f"{count} {state}" for state, count in source.states.items())


async def _one(
    desk: Desk, place: Path, name: str, source: Imported, before: Mapping[Service, list[Kept]], format: Format
) -> None:
    made: dict[Packing, Exported] = {}
    for packing in (Packing.FOLDER,) if format in _PRINTED else Packing:  # they take a while, and tell the moment
        to = place / "out" / f"{name}-{format.value}-{packing.value}"
        found = await take_out(desk, to, source, format, packing)
        if found is None:
            return
        made[packing] = found
        came = None
        if format in COMES_BACK and packing is (Packing.ZIP if format is Format.MBOX else Packing.FOLDER):
            came = await _back(desk, name, found, before)
        _row(found, came)
        if format is Format.PST and packing is Packing.FOLDER:
            for path in sorted(found.place.glob("*.pst")):
                await asyncio.to_thread(_readers, path, to)
    folder, archive = made[Packing.FOLDER], made.get(Packing.ZIP)
    if format is not Format.PST and archive is not None and folder.files != archive.files:
        odd = [one for one in {**folder.files, **archive.files} if folder.files.get(one) != archive.files.get(one)]
        print(f"    WRONG the archive holds something else than the folder: {odd[:_TOLD]}")
    _lines("left out", folder.left_out)
    _lines("lossy", folder.lossy)
    for one in made.values():
        shutil.rmtree(place / "out" / f"{name}-{format.value}-{one.packing.value}")


async def _back(desk: Desk, name: str, made: Exported, before: Mapping[Service, list[Kept]]) -> Came:
    again = await bring_in(desk, f"{name} by {made.format.value}", made.place)
    _lines("not read again", again.refused)
    fitting = SERVICES.get(made.format, tuple(Service))
    went = {service: items for service, items in before.items() if service in fitting}
    return compare(made.format, went, await kept(desk, again.cards))


def _row(made: Exported, came: Came | None) -> None:
    result = made.result
    back = f"{came.after:>7}{came.equal:>7}{came.restated:>6}{came.told:>6}" if came is not None else ""
    print(
        f"  {f'{made.format} {made.packing}':<12}{made.items:>7}{written(made):>7}{result.failed:>9}{result.lost:>7}"
        f"{result.files:>7}{made.seconds:>7.1f}{back}",
        flush=True,
    )
    for one in made.wrong:
        print(f"    WRONG {one}")
    if came is not None:
        for item, what in list(came.differences.items())[:40]:
            print(f"    differs  {item[:90]}: {what[:400]}")


def _lines(what: str, counts: Counter[str]) -> None:
    for why, count in counts.most_common():
        print(f"    {what:<10} {count:>6}  {why}")


def _readers(path: Path, place: Path) -> None:
    """Say what each of the readers counts."""
    findings = check(path).findings
    by_kind = Counter(one.code for one in findings)
    print(f"    {path.name}: {path.stat().st_size / 1e6:.0f} MB, {len(findings)} findings {dict(by_kind) or ''}")
    counts: Mapping[str, Callable[[], int]] = {
        "pypff": lambda: _by_pypff(path),
        "pffexport": lambda: _folders(pffexport(path, place)),
        "readpst": lambda: _files(readpst(path, place)),
        "pst-extractor": lambda: len(pst_extractor(path)),
    }
    for name, count in counts.items():
        try:
            print(f"    {name:<14}{count():>7}", flush=True)
        except Exception as error:
            print(f"    {name:<14} FAILED {error!r:.300}")


def _by_pypff(path: Path) -> int:
    with read_by_pypff(path) as found:
        return len(found)


_ITEM: Final = re.compile(r"[A-Z][A-Za-z]+\d{5,}")
"""What pffexport calls the folder that it makes of an item."""


def _folders(place: Path) -> int:
    found = (one.relative_to(place) for one in place.rglob("*") if one.is_dir() and _ITEM.fullmatch(one.name))
    return sum("Attachments" not in one.parts for one in found)


def _files(place: Path) -> int:
    return sum(one.is_file() for one in place.rglob("*"))
