"""Many bodies at once: packs are read in their own order, in long stretches, ahead of whoever waits for them."""

import contextlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from saasbackup_desktop.core.errors import BodyDamaged, VaultDamaged
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.format.bodies import pieces_of
from saasbackup_desktop.vault.format.packs import Pack, Place
from saasbackup_desktop.vault.index import Index, name_of

Key = TypeVar("Key")

_WINDOW: Final = 32 << 20
"""Bytes of bodies that are put in order together."""
_MOST: Final = 2_000
"""Bodies of a window at most."""
_STRETCH: Final = 2 << 20
"""Sealed bytes that are read at once."""
_GAP: Final = 32 << 10
"""Reading over so many bytes that nobody wants is cheaper than beginning anew."""
_AHEAD: Final = 4
"""Stretches that are opened, and batches of bodies that are made, before they are asked for."""
_BATCH: Final = 1 << 20
"""Bytes of bodies that a thread makes at a time: handing over costs as much as making some 50 KB."""
_THREADS: Final = 2


@dataclass(slots=True)
class _Wanted(Generic[Key]):
    """A body, and how many of its blobs are still to come."""

    key: Key
    body: Body
    missing: set[bytes]


@dataclass(slots=True)
class _Window(Generic[Key]):
    """Bodies that are read together."""

    ready: list[_Wanted[Key]] = field(default_factory=list)
    waiting: dict[bytes, list[_Wanted[Key]]] = field(default_factory=dict)
    """By the blobs that they wait for."""
    uses: dict[bytes, int] = field(default_factory=dict)
    plain: dict[bytes, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arrived(self, id: bytes) -> Iterator[_Wanted[Key]]:
        """Note that a blob is there, or will not come; give the bodies that wait for nothing any more."""
        for one in self.waiting.pop(id, ()):
            one.missing.discard(id)
            if not one.missing:
                yield one

    def release(self, body: Body) -> None:
        """Let go of the blobs that only this body needed. Thread-safe."""
        with self.lock:
            for id in _blob_ids(body):
                self.uses[id] -= 1
                if not self.uses[id]:
                    self.plain.pop(id, None)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a pack that is read at once."""

    pack: Pack
    places: list[Place]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a stretch gave: the blobs that were looked for, and those that opened."""

    ids: list[bytes]
    plain: dict[bytes, bytes]


_Made = list[tuple[Key, bytes | BodyDamaged]]
"""Bodies, or why they cannot be had."""


class Reading:
    """Reads bodies. Thread-safe."""

    def __init__(self, store: BlobStore, index: Index, blobs: Blobs) -> None:
        self._store = store
        self._index = index
        self._blobs = blobs

    def bodies(self, wanted: Iterable[tuple[Key, Body]]) -> Iterator[tuple[Key, bytes | BodyDamaged]]:
        """Give the bytes of bodies, or why they cannot be had, in an order that suits the vault.

        Some 64 MB are in memory at a time, or one whole body if it is larger.
        """
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="vault-read") as threads:
            coming: deque[Future[_Made[Key]]] = deque()
            try:
                for window, some in self._complete(wanted, threads):
                    coming.append(threads.submit(self._made, window, some))
                    if len(coming) > _AHEAD:
                        yield from coming.popleft().result()
                while coming:
                    yield from coming.popleft().result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def _complete(
        self, wanted: Iterable[tuple[Key, Body]], threads: ThreadPoolExecutor
    ) -> Iterator[tuple[_Window[Key], list[_Wanted[Key]]]]:
        """Have stretches opened ahead; give the bodies that have all their blobs then, a few at a time."""
        coming: deque[tuple[_Window[Key], Future[_Opened] | None]] = deque()
        for window, stretch in self._planned(wanted):
            coming.append((window, threads.submit(self._read, stretch) if stretch else None))
            if len(coming) > _AHEAD:
                yield from _batches(*coming.popleft())
        while coming:
            yield from _batches(*coming.popleft())

    def _planned(self, wanted: Iterable[tuple[Key, Body]]) -> Iterator[tuple[_Window[Key], _Stretch | None]]:
        for bodies in _windows(wanted):
            window: _Window[Key] = _Window()
            packs: dict[Pack, dict[bytes, Place]] = {}
            for key, body in bodies:
                self._plan(_Wanted(key, body, set()), window, packs)
            yield window, None
            for pack, places in packs.items():
                for stretch in _stretches(pack, sorted(places.values(), key=lambda place: place.offset)):
                    yield window, stretch

    def _plan(self, one: _Wanted[Key], window: _Window[Key], packs: dict[Pack, dict[bytes, Place]]) -> None:
        for id in _blob_ids(one.body):
            window.uses[id] = window.uses.get(id, 0) + 1
            if id not in window.waiting:
                found = self._index.find(id)
                if found is None:
                    continue  # asked for by itself when its turn comes
                pack, place = found
                packs.setdefault(pack, {})[id] = place
            window.waiting.setdefault(id, []).append(one)
            one.missing.add(id)
        if not one.missing:
            window.ready.append(one)

    def _read(self, stretch: _Stretch) -> _Opened:
        """Read and open a stretch. What does not open is tried elsewhere when its turn comes."""
        start = stretch.places[0].offset
        end = stretch.places[-1].offset + stretch.places[-1].length
        opened = _Opened([place.id for place in stretch.places], {})
        try:
            sealed = self._store.get(name_of(stretch.pack), start, end - start)
        except FileNotFoundError:
            return opened
        for place in stretch.places:
            at = place.offset - start
            with contextlib.suppress(VaultDamaged):
                opened.plain[place.id] = self._blobs.unseal(stretch.pack, place, sealed[at : at + place.length])
        return opened

    def _made(self, window: _Window[Key], some: list[_Wanted[Key]]) -> "_Made[Key]":
        return [(one.key, self._whole(one.body, window)) for one in some]

    def _whole(self, body: Body, window: _Window[Key]) -> bytes | BodyDamaged:
        def fetch(id: bytes) -> bytes:
            plain = window.plain.get(id)
            return self._blobs.get(id) if plain is None else plain

        try:
            return b"".join(pieces_of(body, fetch))
        except BodyDamaged as damage:
            return damage
        finally:
            window.release(body)


def _batches(window: _Window[Key], read: Future[_Opened] | None) -> Iterator[tuple[_Window[Key], list[_Wanted[Key]]]]:
    """Give the bodies of a window that have all their blobs now, so many at a time as are worth a thread's while."""
    if read is None:
        complete, window.ready = window.ready, []
    else:
        opened = read.result()
        with window.lock:
            window.plain.update(opened.plain)
        complete = [one for id in opened.ids for one in window.arrived(id)]
    some: list[_Wanted[Key]] = []
    size = 0
    for one in complete:
        some.append(one)
        size += one.body.size
        if size >= _BATCH:
            yield window, some
            some, size = [], 0
    if some:
        yield window, some


def _blob_ids(body: Body) -> set[bytes]:
    return {bytes.fromhex(segment.blob) for segment in body.recipe}


def _windows(wanted: Iterable[tuple[Key, Body]]) -> Iterator[list[tuple[Key, Body]]]:
    window: list[tuple[Key, Body]] = []
    size = 0
    for key, body in wanted:
        if window and (size + body.size > _WINDOW or len(window) >= _MOST):
            yield window
            window, size = [], 0
        window.append((key, body))
        size += body.size
    if window:
        yield window


def _stretches(pack: Pack, places: Iterable[Place]) -> Iterator[_Stretch]:
    """Put together what lies together."""
    near: list[Place] = []
    for place in places:
        if near:
            last = near[-1]
            is_far = place.offset - last.offset - last.length > _GAP
            if is_far or place.offset + place.length - near[0].offset > _STRETCH:
                yield _Stretch(pack, near)
                near = []
        near.append(place)
    if near:
        yield _Stretch(pack, near)
