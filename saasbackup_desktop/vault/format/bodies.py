"""Bodies: whole items made of blobs, and the recipes that give them back."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from saasbackup_desktop.core.errors import BodyDamaged, VaultDamaged
from saasbackup_desktop.core.model import Body, Segment
from saasbackup_desktop.vault.format.chunks import WHOLE, Cutting
from saasbackup_desktop.vault.format.seams import Encoded, Form, Raw, Seams, Stretch

RAW: Final = "raw"
MORE: Final = "more"
"""Coding of a blob that goes on where the blob before it ended: only the first one of a stretch has a size."""

Store = Callable[[bytes], bytes]


def store_whole(data: bytes, store: Store, seed: int) -> Body:
    """Cut and store an item that is in memory."""
    digest = hashlib.sha256(data).hexdigest()
    stretches = list(Seams().feed(data, last=True))
    if len(data) <= WHOLE and all(isinstance(stretch, Raw) for stretch in stretches):
        recipe = (Segment(store(data).hex(), len(data), RAW),) if data else ()
        return Body(digest, len(data), recipe)
    return Body(digest, len(data), _stored(stretches, store, seed))


def store_pieces(pieces: Iterable[bytes], store: Store, seed: int) -> Body:
    """Cut and store an item that comes in pieces, in constant memory."""
    digest, size, seams = hashlib.sha256(), 0, Seams()

    def stretches() -> Iterator[Stretch]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield from seams.feed(piece)
        yield from seams.feed(b"", last=True)

    recipe = _stored(stretches(), store, seed)
    return Body(digest.hexdigest(), size, recipe)


class _Part:
    """A stretch on its way to the store, cut as it comes."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._cutting = Cutting(seed)
        self.blobs: list[tuple[str, int]] = []

    def feed(self, data: bytes) -> None:
        """Take a piece."""
        self._keep(self._cutting.feed(data))

    def close(self) -> None:
        """Take what is left."""
        self._keep(self._cutting.close())

    def _keep(self, chunks: Iterable[bytes]) -> None:
        self.blobs += ((self._store(chunk).hex(), len(chunk)) for chunk in chunks)


def _stored(stretches: Iterable[Stretch], store: Store, seed: int) -> tuple[Segment, ...]:
    """Store the text of all raw stretches together, each decoded body by itself; give the recipe."""
    text = _Part(store, seed)
    steps: list[tuple[int, Form | None, _Part]] = []
    for stretch in stretches:
        if isinstance(stretch, Raw):
            text.feed(stretch.data)
            _extend(steps, stretch, text)
            continue
        if not stretch.goes_on:
            if steps and steps[-1][1] is not None:
                steps[-1][2].close()
            steps.append((0, stretch.form, _Part(store, seed)))
        _extend(steps, stretch, steps[-1][2])
        steps[-1][2].feed(stretch.decoded)
    for _, form, part in steps:
        if form is not None:
            part.close()
    text.close()
    return tuple(_segments(steps, text.blobs))


def _extend(steps: list[tuple[int, Form | None, _Part]], stretch: Stretch, part: _Part) -> None:
    """Let the last step grow by a stretch, or begin a new one for text."""
    form = stretch.form if isinstance(stretch, Encoded) else None
    size = stretch.size if isinstance(stretch, Encoded) else len(stretch.data)
    if steps and steps[-1][2] is part:
        steps[-1] = (steps[-1][0] + size, form, part)
    else:
        steps.append((size, form, part))


def _segments(steps: Iterable[tuple[int, Form | None, _Part]], text: list[tuple[str, int]]) -> Iterator[Segment]:
    blob = offset = 0
    for size, form, part in steps:
        if form is not None:
            for number, (id, _) in enumerate(part.blobs):
                yield Segment(id, size, form.coding) if number == 0 else Segment(id, 0, MORE)
            continue
        left = size
        while left:
            id, length = text[blob]
            take = min(left, length - offset)
            yield Segment(id, take, RAW if take == length else f"{RAW}@{offset}")
            left, offset = left - take, offset + take
            if offset == length:
                blob, offset = blob + 1, 0


def pieces_of(body: Body, fetch: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Give an item's bytes back, piece by piece. Raises BodyDamaged, at the latest after the last piece."""
    digest, size = hashlib.sha256(), 0
    try:
        for piece in _joined(body, fetch):
            digest.update(piece)
            size += len(piece)
            yield piece
    except VaultDamaged as damage:
        raise BodyDamaged(damage.detail, **damage.facts) from damage
    except (ValueError, KeyError) as error:
        raise BodyDamaged("recipe is not understood") from error
    if size != body.size or digest.hexdigest() != body.sha256:
        raise BodyDamaged("the bytes are not what was stored")


def _joined(body: Body, fetch: Callable[[bytes], bytes]) -> Iterator[bytes]:
    text_id, text = "", b""
    lines: _Lines | None = None
    for segment in body.recipe:
        if segment.coding == MORE:
            if lines is None:
                raise ValueError("nothing to go on from")
            yield from lines.feed(fetch(bytes.fromhex(segment.blob)))
            continue
        if lines is not None:
            yield from lines.close()
            lines = None
        kind, _, offset = segment.coding.partition("@")
        if kind == RAW:
            if segment.blob != text_id:
                text_id, text = segment.blob, fetch(bytes.fromhex(segment.blob))
            start = int(offset or 0)
            yield text[start : start + segment.size]
        else:
            lines = _Lines(Form.named(segment.coding))
            yield from lines.feed(fetch(bytes.fromhex(segment.blob)))
    if lines is not None:
        yield from lines.close()


class _Lines:
    """Encodes one body that comes in pieces."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._rest = b""
        self._begun = False

    def feed(self, decoded: bytes) -> Iterator[bytes]:
        """Take a piece; give the lines that are certain now."""
        data = self._rest + decoded
        whole = len(data) - len(data) % self._form.step
        self._rest = data[whole:]
        return self._written(memoryview(data)[:whole])

    def close(self) -> Iterator[bytes]:
        """Give the last line."""
        return self._written(memoryview(self._rest))

    def _written(self, data: memoryview) -> Iterator[bytes]:
        if not data:
            return
        if self._begun:
            yield self._form.end
        self._begun = True
        yield self._form.write(data)
