"""Samples through the whole door: into a vault, out in every format that fits, looked at, in again, and compared."""

import asyncio
import csv
import hashlib
import re
import shutil
import time
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import ExportRequest, ExportResult
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.faults import failure_words
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import PointPartial
from saasbackup_desktop.core.export.ports import Entry
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.model import Folder, Item, Provider, Service, SnapshotStatus
from saasbackup_desktop.engine.exporting.ahead import in_order
from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.outlook import item_of
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.values import Unfit
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.corpora import Corpora, Sample
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.unit.providers.files.pstread.roundtrip import differences

LIST: Final = "Not exported in full.csv"
MISSING: Final = "Not in the export"
LOSSY: Final = "In the export, without everything"
_NAMES: Final = frozenset({"@odata.type", "id", "bodyPreview", "seriesMasterId"})
_OCCURRENCE: Final = re.compile(r"^OID\.\w+\.(?=\d{4}-\d\d-\d\d$)")
"""What an occurrence is called begins with what its series is called here."""
_NO_ANSWER: Final = {"response": "none", "time": "0001-01-01T00:00:00Z"}
"""Says nothing, as if it were not there."""
_FRACTION: Final = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z$")
"""Texts tell moments by the second."""
COMES_BACK: Final = frozenset({Format.EML, Format.MBOX, Format.ICS, Format.VCF, Format.PST})
SETS: Final = ("mail", "calendars", "contacts", "data files", "items of Outlook")
SERVICES: Final[Mapping[Format, Sequence[Service]]] = {
    Format.EML: (Service.MAIL,),
    Format.MBOX: (Service.MAIL,),
    Format.VCF: (Service.CONTACTS,),
    Format.ICS: (Service.CALENDAR, Service.TASKS, Service.NOTES),
}
"""What fits into a format; all others take all."""
_PATIENCE: Final = 3600


# --- samples ---------------------------------------------------------------------------------------------------


def lay_out(corpora: Corpora, place: Path, every: Mapping[str, int]) -> dict[str, Path]:
    """Put the samples into folders as somebody would have them who wants to import them: of a set every so manieth."""
    kinds: Mapping[str, tuple[str, Callable[[Sample], str]]] = {
        "mail": ("mime", lambda one: ".mbox" if "mbox" in one.tags else ".eml"),
        "calendars": ("ical", lambda one: ".ics" if one.path.suffix in ("", ".ics", ".fixme", ".saved") else ""),
        "contacts": ("vcard", lambda one: ".vcf" if one.path.suffix == ".vcf" else ""),
        "data files": ("pst", lambda one: one.path.suffix),
        "items of Outlook": ("msg", lambda one: one.path.suffix if one.path.suffix in (".msg", ".oft") else ""),
    }
    found = {}
    for name, (kind, ending) in kinds.items():
        found[name] = place / name
        files = [one for one in corpora.samples(kind) if one.path.is_file() and ending(one)]
        for number, one in enumerate(islice(files, 0, None, every.get(name, 1))):
            folder = found[name] / one.name.split("/")[1]
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.path, folder / f"{number:05d}{ending(one)}")
    return found


# --- in and out ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def home(place: Path) -> AsyncIterator[Desk]:
    """A desk with an empty vault."""
    Vault.create(LocalStore(place / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    desk = Desk(place / "home")
    await desk.adopt_vault(str(place / "vault"), PASSPHRASE)
    try:
        yield desk
    finally:
        await desk.close()


async def _over(desk: Desk, id: JobId) -> Job:
    async with asyncio.timeout(_PATIENCE):
        while not (await desk.job(id)).state.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return await desk.job(id)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    cards: Sequence[StreamCard]
    states: Counter[str]
    refused: Counter[str]
    """What could not be read, by why."""
    seconds: float

    @property
    def items(self) -> int:
        """How many there are."""
        return sum(card.last.items for card in self.cards if card.last is not None)


async def bring_in(desk: Desk, name: str, path: Path) -> Imported:
    """Import everything below a folder, as a new account."""
    begun = time.perf_counter()
    jobs = [
        await _over(desk, id) for id in await desk.imports.start(ImportRequest(paths=(str(path),), name=name), None)
    ]
    seconds = time.perf_counter() - begun
    refused: Counter[str] = Counter()
    for job in jobs:
        refused.update(f"{one.code} {one.detail}".strip() for one in await desk.failures(job.id))
    cards = [
        card
        for card in await desk.cards()
        if (card.account.provider, card.account.address) == (Provider.FILE, name) and card.last is not None
    ]
    return Imported(cards, Counter(job.state.value for job in jobs), refused, seconds)


@dataclass(slots=True)
class Exported:
    """What an export made, and what was found in it."""

    format: Format
    packing: Packing
    result: ExportResult
    items: int
    """How many were to go into it."""
    seconds: float
    files: dict[str, str]
    """Hashes by name, of what lies in it beside the manifests."""
    left_out: Counter[str]
    """Items that are not in it, by why."""
    lossy: Counter[str]
    """Items that are in it without everything, by what is missing."""
    wrong: list[str] = field(default_factory=list)
    """What should not be."""

    @property
    def place(self) -> Path:
        """The folder, or the archive or the folder that archives lie in."""
        return Path(self.result.where)


async def take_out(desk: Desk, to: Path, source: Imported, format: Format, packing: Packing) -> Exported | None:
    """Export what fits, and look at everything that the export says of itself; None: nothing fits."""
    cards = [card for card in source.cards if format in await desk.exports.formats(card.stream)]
    if not cards or not any(card.last is not None and card.last.items for card in cards):
        return None
    to.mkdir(parents=True)  # noqa: ASYNC240
    picks = tuple(
        Pick(stream=card.stream, snapshot=card.last.id, format=format) for card in cards if card.last is not None
    )
    request = ExportRequest(picks=picks, to=str(to), name="Taken out", packing=packing, recoverable=True)
    items = (await desk.exports.estimate(request)).items
    begun = time.perf_counter()
    id = await desk.exports.start(request)
    job = await _over(desk, id)
    seconds = time.perf_counter() - begun
    result = await desk.exports.result(id)
    made = Exported(format, packing, result, items, seconds, {}, Counter(), Counter())
    if job.state not in (State.DONE, State.PARTIAL):
        made.wrong.append(f"the job is {job.state}: {job.code} {job.detail}")
        return made
    await asyncio.to_thread(_look, made)
    failures = await desk.failures(id)
    checked = await desk.exports.check(id)
    tally = job.tally
    lacks = [one for one in failures if one.code == PointPartial.code]
    lacking = sum(int(one.detail or 1) for one in lacks)
    """What the points in time lack themselves, for some samples are refused: a line for each point."""
    owed = [card.last.owed or 1 for card in cards if card.last and card.last.status is SnapshotStatus.PARTIAL]
    _expect(made, "lacking in the points in time", (len(lacks), lacking), (len(owed), sum(owed)))
    for one in lacks:
        made.left_out -= Counter([failure_words(one).what])
    _expect(made, "items of the points in time", items, sum(card.last.items for card in cards if card.last))
    _expect(made, "written and left out", tally.added + result.failed - lacking, items)
    _expect(made, "left out, by the list", sum(made.left_out.values()), result.failed - lacking)
    _expect(made, "left out, by the job", len(failures) - len(lacks), result.failed - lacking)
    _expect(made, "lossy, by the list", sum(made.lossy.values()), result.lost)
    _expect(made, "status", result.status.value, "partial" if result.failed else "completed")
    _expect(made, "state", job.state, State.PARTIAL if result.failed else State.DONE)
    _expect(made, "verified", (result.is_verified, tally.verified), (True, tally.added))
    _expect(made, "sound files", (checked.sound, *checked.missing, *checked.altered), (checked.files,))
    return made


def written(made: Exported) -> int:
    """How many items an export says that are in it."""
    return made.result.tally.added


def _expect(made: Exported, what: str, found: object, wanted: object) -> None:
    if found != wanted:
        made.wrong.append(f"{what}: {found!r:.200} instead of {wanted!r:.200}")


def _look(made: Exported) -> None:
    """Read the files: hashes beside the sums that lie with them, and the list of what is left out."""
    sums: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for name, data in contents(made.place):
        if name.endswith("SHA256SUMS"):
            for line in data.decode().splitlines():
                digest, _, path = line.partition("  ")
                sums[path] = digest
        elif name.endswith(LIST):
            for _, _, what, why, _ in list(csv.reader(data.decode("utf-8-sig").splitlines(keepends=True)))[1:]:
                (made.left_out if what == MISSING else made.lossy)[why] += 1
            made.files[name] = hashlib.sha256(data).hexdigest()
        elif not name.endswith("manifest.json"):
            made.files[name] = hashlib.sha256(data).hexdigest()
            counts[Path(name).suffix] += 1
    for name, digest in made.files.items():
        if sums.get(name) != digest:
            made.wrong.append(f"{name} has another hash in SHA256SUMS")
    if extra := set(sums) - set(made.files) - {"manifest.json"}:
        made.wrong.append(f"SHA256SUMS names what is not there: {sorted(extra)[:3]}")
    if made.format in (Format.EML, Format.PDF):
        _expect(made, "files", counts[f".{made.format.value}"], written(made))


def contents(place: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of what lies in an export."""
    archives = [place] if place.is_file() else sorted(place.glob("*.zip"))
    if not archives:
        for path in sorted(place.rglob("*")):
            if path.is_file():
                yield path.relative_to(place).as_posix(), path.read_bytes()
    for archive in archives:
        with zipfile.ZipFile(archive) as inside:
            for name in (one for one in inside.namelist() if not one.endswith("/")):
                yield name.partition("/")[2] if name.startswith("Taken out/") else name, inside.read(name)


# --- comparison ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as the vault has it."""

    entry: Entry
    folder: tuple[str, ...]

    @property
    def name(self) -> str:
        """Where it lies and what it is called."""
        return f"{'/'.join(self.folder)}: {self.entry.item.name}"


async def kept(desk: Desk, cards: Sequence[StreamCard]) -> Mapping[Service, list[Kept]]:
    """All items of some streams, with their bytes."""
    bench = desk._workspace.bench
    found: dict[Service, list[Kept]] = {}
    for card in cards:
        assert card.last is not None
        snapshot = card.last.id

        def read(card: StreamCard = card, snapshot: Any = snapshot) -> list[Kept]:
            nodes = list(bench.catalog.nodes_at(card.stream, snapshot))
            folders = {one.id: one for one in nodes if isinstance(one, Folder)}
            items = ((one.id, one) for one in nodes if isinstance(one, Item) and one.body is not None)
            held = in_order(bench.vault, items)
            return [_kept(card.service, folders, one, bench.vault) for one in held]

        found[card.service] = await bench.offload.on_reading(read)
    return found


def _kept(service: Service, folders: Mapping[Any, Folder], held: Any, vault: Vault) -> Kept:
    path: list[str] = []
    at = held.item.parent
    while at in folders:
        path.insert(0, folders[at].name)
        at = folders[at].parent
    data = b"".join(held.data(vault)())
    parts = {name: b"".join(read()) for name, read in held.parts(vault).items()}
    entry = Entry(
        service=service,
        path=tuple(path),
        role=None,  # an archive of several mailboxes has theirs somewhere below
        item=held.item,
        data=lambda: iter((data,)),
        parts={name: lambda bytes=bytes: iter((bytes,)) for name, bytes in parts.items()},
    )
    return Kept(entry, tuple(path))


@dataclass(frozen=True, slots=True)
class Came:
    """What came back, beside what went."""

    before: int
    after: int
    equal: int
    restated: int
    """Of the equal mails, so many are read, flagged or dated otherwise: no format of text alone holds that."""
    told: int
    """Of the others, so many were said to be lossy when they went."""
    differences: Mapping[str, str]
    """What is different of all others, by item."""


def compare(format: Format, before: Mapping[Service, list[Kept]], after: Mapping[Service, list[Kept]]) -> Came:
    """Find each item again."""
    told: dict[str, str] = {}
    equal = restated = lossy = 0
    for service in {**before, **after}:
        mine, theirs = before.get(service, []), after.get(service, [])
        waiting: dict[str, list[Kept]] = {}
        for one in theirs:
            for mark in _prints_of(format, one):
                waiting.setdefault(mark, []).append(one)
        found: set[int] = set()
        rest = []
        for one in mine:
            same = [
                other for mark in _prints_of(format, one) for other in waiting.get(mark, ()) if id(other) not in found
            ]
            if same:
                twin = next((other for other in same if _state(other) == _state(one)), None)
                restated += twin is None and format is not Format.PST
                found.add(id(twin or same[0]))
                equal += 1
            else:
                rest.append(one)
        left = [one for one in theirs if id(one) not in found]
        for one in rest:
            likely = next((other for other in left if _marks(other) == _marks(one)), None)
            if likely is not None:
                left.remove(likely)
            if likely is not None and format is Format.PST and item_of(one.entry).losses:
                lossy += 1
            else:
                told[f"{service.value} {one.name} {len(told)}"] = _told(format, one, likely)
        for one in left:
            told[f"{service.value} {one.name} {len(told)}"] = "came from nowhere"
    return Came(sum(map(len, before.values())), sum(map(len, after.values())), equal, restated, lossy, told)


def _marks(one: Kept) -> tuple[object, ...]:
    item = one.entry.item
    return item.name, one.folder[-1:], item.time


def _state(one: Kept) -> tuple[object, ...]:
    return sorted(one.entry.item.flags), one.entry.item.time


def _bytes(one: Kept) -> bytes:
    return b"".join(one.entry.data())


def _print_of(format: Format, one: Kept) -> str:
    """Say what must be equal, as short as possible."""
    item = one.entry.item
    if format is Format.PST:
        try:
            return hashlib.sha256(repr(_flat(item_of(one.entry))).encode("utf-8", "surrogatepass")).hexdigest()
        except Unfit as unfit:
            return f"unfit {unfit.reason} {item.id}"
    parts = sorted(
        (name, hashlib.sha256(b"".join(read())).hexdigest())
        for name, read in one.entry.parts.items()
        if not name.startswith("original.")
    )
    data = _bytes(one)
    if one.entry.service is Service.MAIL:
        data = data.rstrip(b"\r\n") if format is Format.MBOX else data
        return repr((hashlib.sha256(data).hexdigest(), parts))
    return repr((_meant(codec.loads(data)), [digest for _, digest in parts]))


def _prints_of(format: Format, one: Kept) -> list[str]:
    """By what an item can be found again: the text that it came as says everything, if it came as one."""
    texts = [b"".join(read()) for name, read in one.entry.parts.items() if name.startswith("original.")]
    by_text = [] if format is Format.PST else [hashlib.sha256(text).hexdigest() for text in texts]
    return [*by_text, _print_of(format, one)]


def _meant(plain: object) -> object:
    """What is said, and not how, nor what it is called here."""
    if isinstance(plain, dict):
        said = {name: _meant(value) for name, value in plain.items() if name not in _NAMES and value != _NO_ANSWER}
        return {name: value for name, value in sorted(said.items()) if value not in ({}, [], "", None)}
    if isinstance(plain, list):
        return [_meant(one) for one in plain]
    if not isinstance(plain, str):
        return plain
    return _FRACTION.sub(r"\1Z", _OCCURRENCE.sub("", plain).replace("\r\n", "\n").strip())


def _told(format: Format, one: Kept, other: Kept | None) -> str:
    if other is None:
        return "is gone"
    if format is Format.PST:
        try:
            found = list(differences(dated(item_of(one.entry)), dated(item_of(other.entry))))
        except Unfit as unfit:
            return unfit.reason
        return "; ".join(found)[:600] or "line ends"
    mine, theirs = _bytes(one), _bytes(other)
    if one.entry.service is Service.MAIL:
        pairs = enumerate(zip(mine, theirs, strict=False))
        at = max(0, next((number for number, (a, b) in pairs if a != b), min(len(mine), len(theirs))) - 20)
        return f"{len(mine)} bytes, {len(theirs)}; at {at} {mine[at : at + 60]!r} {theirs[at : at + 60]!r}"
    first, second = codec.loads(mine), codec.loads(theirs)
    if not isinstance(first, dict) or not isinstance(second, dict) or first == second:
        return "parts"
    first, second = _meant(first), _meant(second)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    odd = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    return "; ".join(f"{name}: {first.get(name)!r:.150} {second.get(name)!r:.150}" for name in odd)


def dated(message: Message) -> Message:
    """A data file says of each item when it was changed: at first, when it was made."""
    said = dict(message.properties)
    if tags.CREATED in said:
        said.setdefault(tags.MODIFIED, said[tags.CREATED])
    inner = [
        type(one)(
            properties=one.properties,
            content=dated(one.content) if isinstance(one.content, Message) else one.content,
            size=one.size,
        )
        for one in message.attachments
    ]
    return Message(properties=said, recipients=message.recipients, attachments=inner, losses=message.losses)


def _flat(message: Message) -> object:
    """All that two equal items have in common, in an order that does not depend on anything."""
    message = dated(message)

    def properties(some: Mapping[Any, Any]) -> object:
        return sorted(
            (repr(tag), _value(value))
            for tag, value in some.items()
            if tag not in (tags.TRANSPORT_HEADERS, tags.SEARCH_KEY)
        )

    def content(one: Any) -> object:
        if isinstance(one, Message):
            return _flat(one)
        data = one if isinstance(one, bytes) else b"" if one is None else b"".join(one())
        return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()

    return (
        properties(message.properties),
        [properties(one.properties) for one in message.recipients],
        [(properties(one.properties), content(one.content)) for one in message.attachments],
    )


def _value(value: object) -> str:
    if isinstance(value, bytes):
        value = value.replace(b"\r\n", b"\n")
    return repr(list(value) if isinstance(value, list | tuple) else value)
