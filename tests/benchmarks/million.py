"""Lists and search over a million items: how long a person waits for a folder, a page, an answer."""

import gc
import hashlib
import random
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from saasbackup_desktop.catalog.catalog import Catalog, Text
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import (
    Account,
    Body,
    Edit,
    Folder,
    Head,
    Item,
    Provider,
    Segment,
    Service,
    Snapshot,
    SnapshotStatus,
    account_id,
    stream_id,
)
from tests.benchmarks.figures import span, tell, title

_ACCOUNT = Account(
    id=account_id(Provider.IMAP, "mail.example.org", "ann@example.org"),
    provider=Provider.IMAP,
    address="ann@example.org",
)
_STREAM = stream_id(_ACCOUNT.id, Service.MAIL)
_SNAPSHOT = SnapshotId("20260101T000000Z-00000000")
_BEGIN = 1_500_000_000
_BATCH = 2_000
_BIG = NodeId("folder-big")
_SMALL = tuple(NodeId(f"folder-{number:02}") for number in range(20))
_FOLDER_LIMIT, _SEARCH_LIMIT = 0.200, 1.0
_ONSETS, _VOWELS, _VOCABULARY = "bcdfghklmnprstvw", "aeiou", 4_000


def _words() -> list[str]:
    chance = random.Random(0)
    syllables = [onset + vowel for onset in _ONSETS for vowel in _VOWELS]
    return ["".join(chance.choices(syllables, k=chance.randrange(1, 5))) for _ in range(_VOCABULARY)]


WORDS = _words()


def run(count: int | None) -> None:
    """Measure with ``count`` items, a million unless said otherwise; nine of ten are in one folder."""
    count = count or 1_000_000
    title(f"Catalog: {count:,} items, nine of ten in one folder")
    place = Path(tempfile.mkdtemp(prefix="bench-million-"))
    try:
        catalog = Catalog.open(place / "catalog.db", bytes(32))
        with span() as filled:
            _fill(catalog, count)
        size = sum(path.stat().st_size for path in place.iterdir())
        tell(
            "written, in batches of 2,000 with their texts", f"{count / filled.seconds:,.0f}/s", f"{size / 1e6:,.0f} MB"
        )
        catalog.close()
        _ask(place / "catalog.db", count)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _ask(file: Path, count: int) -> None:
    catalog = Catalog.open(file, bytes(32))
    try:
        for order in ("time", "name", "sender", "size"):
            _folder(catalog, order)
        with span() as numbered:
            ids = catalog.row_ids(_STREAM, _SNAPSHOT, _BIG, "time", True)
        tell("all numbers of the folder (behind the first page)", f"{numbered.seconds:,.2f} s", f"{len(ids):,} items")
        chance = random.Random(5)
        _time(
            "a page of 256 anywhere in it",
            0.020,
            lambda: catalog.rows(ids[(at := chance.randrange(max(1, len(ids) - 256))) : at + 256]),
        )
        for what, words in (
            ("search: a rare word", f"rare{count // 3:07}"),
            ("search: a word in one of forty", WORDS[7]),
            ("search: a word in every message", "everywhere"),
            ("search: two words", f"{WORDS[11]} {WORDS[29]}"),
            ("search: the beginning of a word", WORDS[3][:3]),
            ("search: nothing found", "nowhere"),
        ):
            _time(what, _SEARCH_LIMIT, lambda words=words: catalog.search(None, words, limit=200))
        _time("search: a word of a sender", _SEARCH_LIMIT, lambda: catalog.search(_STREAM, "", sender="person0042"))
        _time(
            "search: at one point in time",
            _SEARCH_LIMIT,
            lambda: catalog.search(_STREAM, WORDS[7], snapshot=_SNAPSHOT, limit=200),
        )
    finally:
        catalog.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    tell("peak memory, all of this", f"{peak / 1e6:,.0f} MB", "limit 300 MB for the application")


def _folder(catalog: Catalog, order: str) -> None:
    def opened() -> object:
        return catalog.folders_at(_STREAM, _SNAPSHOT), catalog.first_rows(_STREAM, _SNAPSHOT, _BIG, order, True, 200)

    _time(f"the big folder opens, by {order}", _FOLDER_LIMIT, opened)


def _time(what: str, limit: float, ask: Callable[[], object]) -> None:
    times = []
    for _ in range(5):
        gc.collect()
        with span() as waited:
            found = ask()
        times.append(waited.seconds)
    told = f"{len(found):,} rows" if isinstance(found, list) else ""
    tell(
        what,
        f"{max(times) * 1000:,.0f} ms",
        f"limit {limit * 1000:,.0f} ms, worst of 5 {told}",
        good=max(times) < limit,
    )


def _fill(catalog: Catalog, count: int) -> None:
    catalog.put_account(_ACCOUNT, Service.MAIL)
    folders = [Folder(id=_BIG, parent=None, name="INBOX")]
    folders += [Folder(id=id, parent=None, name=f"Folder {id}") for id in _SMALL]
    catalog.commit(_head(0, final=False), [Edit(None, folder) for folder in folders], {})
    items = _items(count)
    for done in range(0, count, _BATCH):
        batch = [next(items) for _ in range(min(_BATCH, count - done))]
        head = _head(done + len(batch), final=done + len(batch) == count)
        texts = {item.body.sha256: text for item, text in batch if item.body is not None}
        catalog.commit(head, [Edit(None, item) for item, _ in batch], texts)


def _items(count: int) -> Iterator[tuple[Item, Text]]:
    chance = random.Random(3)
    for number in range(count):
        sha256 = hashlib.sha256(number.to_bytes(8, "big")).hexdigest()
        size = chance.randrange(1_000, 60_000)
        item = Item(
            id=NodeId(f"item-{number:08x}"),
            parent=_SMALL[number // 10 % 20] if number % 10 == 0 else _BIG,
            name=" ".join(chance.choices(WORDS, k=5)),
            revision=f"1:{number}",
            size=size,
            time=_BEGIN + number * 200 + chance.randrange(5_000),
            flags=("\\Seen",) if number % 7 else (),
            place=f"1:{number}",
            facets={
                "from": f"Person {number % 500} <person{number % 500:04}@example.com>",
                "to": "Ann Example <ann@example.org>",
                "date": "2026-01-01T00:00:00+00:00",
                "message-id": f"<{number}@example.com>",
                "header": sha256[::-1],
            },
            body=Body(sha256, size, (Segment(sha256, size),)),
        )
        yield item, Text(f"everywhere rare{number:07} " + " ".join(chance.choices(WORDS, k=100)), "")


def _head(items: int, *, final: bool) -> Head:
    snapshot = Snapshot(
        id=_SNAPSHOT,
        stream=_STREAM,
        started=_BEGIN,
        finished=_BEGIN,
        status=SnapshotStatus.COMPLETE if final else SnapshotStatus.PARTIAL,
        items=items,
        folders=21,
        size=0,
        added=items,
        changed=0,
        removed=0,
        owed=0,
    )
    return Head(snapshot=snapshot, account=_ACCOUNT, service=Service.MAIL, root="", cursor={}, final=final)
