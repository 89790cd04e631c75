"""Mail comes back byte for byte, whatever it is made of and however it arrives."""

import base64
import hashlib
import random
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.model import Body, Segment
from saasbackup_desktop.vault.format.bodies import pieces_of, store_pieces, store_whole
from saasbackup_desktop.vault.format.seams import LOOK, SMALLEST, Encoded, Form, Seams, _decoded
from tests.corpora import Corpora

SEED = 5


class Shelf:
    """Blobs in a dictionary."""

    def __init__(self) -> None:
        self.blobs: dict[bytes, bytes] = {}

    def store(self, plain: bytes) -> bytes:
        id = hashlib.sha256(plain).digest()
        self.blobs[id] = plain
        return id

    def joined(self, body: Body) -> bytes:
        return b"".join(pieces_of(body, self.blobs.__getitem__))


def cut(data: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    yield data[at:]


def lines_of(data: bytes, line: int = 76, end: bytes = b"\r\n") -> bytes:
    return Form(line, end).write(data)


def message(*bodies: bytes, end: bytes = b"\r\n", field: bytes = b"Content-Transfer-Encoding: base64") -> bytes:
    parts = [b"Subject: x", b'Content-Type: multipart/mixed; boundary="b"', b"", b"Hello", b""]
    for body in bodies:
        parts += [b"--b", b"Content-Type: application/pdf", field, b"", body]
    return end.join([*parts, b"--b--", b""])


def test_every_sample_comes_back_whole_and_in_pieces(corpora: Corpora) -> None:
    chance = random.Random(1)
    found = 0
    for sample in corpora.samples("mime"):
        data, shelf = sample.read(), Shelf()
        body = store_whole(data, shelf.store, SEED)
        assert shelf.joined(body) == data, sample.name
        assert sum(segment.size for segment in body.recipe) == len(data)
        assert (body.sha256, body.size) == (hashlib.sha256(data).hexdigest(), len(data))
        found += any(segment.coding.startswith("base64") for segment in body.recipe)
        sizes = [chance.choice((1, 60, 1000, 100_000)) for _ in range(200)]
        body = store_pieces(cut(data, sizes), shelf.store, SEED)
        assert shelf.joined(body) == data, sample.name
    assert found > 100


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("line", [4, 60, 64, 72, 76, 1000])
@pytest.mark.parametrize("size", [3000, 5700, 5701, 5702])
def test_an_attachment_is_stored_as_what_it_is(line: int, end: bytes, size: int) -> None:
    content = random.Random(size).randbytes(size)
    data, shelf = message(lines_of(content, line, end), end=end), Shelf()
    body = store_whole(data, shelf.store, SEED)
    assert content in shelf.blobs.values()
    assert shelf.joined(body) == data
    assert len(shelf.blobs) == 2


@pytest.mark.parametrize(
    "field",
    [
        b"content-transfer-encoding:base64",
        b"CONTENT-TRANSFER-ENCODING: BASE64",
        b"Content-Transfer-Encoding:\r\n base64 \r\nContent-ID: <x>",
        b'Content-Transfer-Encoding: "base64"; odd=1',
    ],
)
def test_ways_to_say_base64(field: bytes) -> None:
    content, shelf = random.Random(1).randbytes(5000), Shelf()
    data = message(lines_of(content), field=field)
    assert shelf.joined(store_whole(data, shelf.store, SEED)) == data
    assert content in shelf.blobs.values()


def _spoil(text: bytes, at: int, with_: bytes) -> bytes:
    return text[:at] + with_ + text[at + 1 :]


CONTENT = random.Random(2).randbytes(9000)


@pytest.mark.parametrize(
    "text",
    [
        lines_of(CONTENT)[:-1],
        lines_of(CONTENT) + b"=",
        _spoil(lines_of(CONTENT), 500, b" "),
        _spoil(lines_of(CONTENT), 500, b"\xff"),
        lines_of(CONTENT).replace(b"\r\n", b"\n", 1),
        lines_of(CONTENT[:100]) + b"\r\n" + lines_of(CONTENT),
        lines_of(CONTENT).replace(b"\r\n", b" \r\n"),
        lines_of(CONTENT[:-1])[:-3] + b"x===",
        lines_of(CONTENT) + b"\r\ntrailing words that are no base64!",
        b"\r\n" + lines_of(CONTENT),
        base64.b64encode(CONTENT),
        b"----" * 1000,
        b"",
    ],
)
def test_text_that_is_not_canonical_is_kept_as_it_came(text: bytes) -> None:
    data, shelf = message(text, lines_of(CONTENT[::-1])), Shelf()
    assert shelf.joined(store_whole(data, shelf.store, SEED)) == data
    assert shelf.joined(store_pieces(cut(data, [700] * 20), shelf.store, SEED)) == data
    assert CONTENT[::-1] in shelf.blobs.values()


def test_small_bodies_stay_in_the_text() -> None:
    shelf = Shelf()
    body = store_whole(message(lines_of(b"x" * 900)), shelf.store, SEED)
    assert len(lines_of(b"x" * 900)) < SMALLEST
    assert [segment.coding for segment in body.recipe] == ["raw"]


def test_a_large_attachment_is_cut_alike_however_it_comes() -> None:
    content, shelf = random.Random(3).randbytes(9_000_000), Shelf()
    data = message(lines_of(content), lines_of(CONTENT))
    whole = store_whole(data, shelf.store, SEED)
    assert shelf.joined(whole) == data
    assert store_pieces(cut(data, [1_000_003] * 20), shelf.store, SEED) == whole
    plain = store_whole(content, shelf.store, SEED)
    assert {s.blob for s in plain.recipe} <= {s.blob for s in whole.recipe}
    assert len(plain.recipe) > 3


def test_an_insertion_costs_few_chunks() -> None:
    content, shelf = random.Random(4).randbytes(12_000_000), Shelf()
    first = store_whole(content, shelf.store, SEED)
    second = store_whole(content[:5_000_000] + b"inserted" + content[5_000_000:], shelf.store, SEED)
    assert len({s.blob for s in second.recipe} - {s.blob for s in first.recipe}) <= 2


def test_a_long_body_that_breaks_off_is_decoded_up_to_there() -> None:
    content = random.Random(5).randbytes(600_000)
    text = lines_of(content)
    data = message(text[:700_000] + b"!" + text[700_000:])
    shelf = Shelf()
    body = store_pieces(cut(data, [100_000] * 10), shelf.store, SEED)
    assert shelf.joined(body) == data
    assert sum(s.size for s in body.recipe if s.coding.startswith("base64")) > 400_000


def test_pieces_are_bounded() -> None:
    """A streamed body never waits in memory for its end."""
    seams, largest = Seams(), 0
    piece = lines_of(random.Random(6).randbytes(570_000)) + b"\r\n"
    for stretch in seams.feed(message(b"")[:-9] + b"\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"):
        assert not isinstance(stretch, Encoded)
    for _ in range(10):
        for stretch in seams.feed(piece):
            largest = max(largest, len(stretch.decoded) if isinstance(stretch, Encoded) else 0)
    assert 0 < largest < len(piece) + LOOK


words = st.sampled_from([b"base64", b"Content-Transfer-Encoding: base64\r\n\r\n", b"\r\n--b", b"\n\n", b"\r\n", b"="])
texts = st.one_of(words, st.binary(max_size=50), st.binary(min_size=1600, max_size=4000).map(lines_of))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, max_size=12).map(b"".join), st.lists(st.integers(0, 3000), max_size=12))
def test_anything_comes_back(data: bytes, sizes: list[int]) -> None:
    shelf = Shelf()
    assert shelf.joined(store_whole(data, shelf.store, SEED)) == data
    assert shelf.joined(store_pieces(cut(data, sizes), shelf.store, SEED)) == data


def test_what_is_not_what_was_stored_is_refused() -> None:
    shelf = Shelf()
    body = store_whole(b"abc", shelf.store, SEED)
    other = shelf.store(b"abd").hex()
    for recipe in (
        (Segment(other, 3),),
        (),
        (Segment(other, 3, "more"),),
        (Segment(other, 3, "rot13"),),
        (Segment(other, 3, "base64-7-crlf"),),
        (Segment(other, 3, "base64-76-cr"),),
    ):
        with pytest.raises(BodyDamaged):
            shelf.joined(Body(body.sha256, body.size, recipe))


@pytest.mark.parametrize("sizes", [(), (1, 5_000), (4_095, 1, 70_000), (100_000,)])
def test_what_is_no_mail_is_not_searched(sizes: tuple[int, ...]) -> None:
    data = b"PK\x03\x04\0\0" + message(lines_of(random.Random(1).randbytes(90_000)))
    seams = Seams()
    stretches = [stretch for piece in cut(data, sizes) for stretch in seams.feed(piece)] + [*seams.feed(b"", last=True)]
    assert not any(isinstance(stretch, Encoded) for stretch in stretches)
    assert b"".join(stretch.data for stretch in stretches if not isinstance(stretch, Encoded)) == data


@given(
    decoded=st.binary(min_size=1, max_size=200),
    line=st.sampled_from((4, 8, 76)),
    end=st.sampled_from((b"\r\n", b"\n")),
    at=st.integers(0, 300),
    put=st.sampled_from((b"", b"=", b"A", b"\r", b"\n", b"-", b" ", b"\xff")),
    gone=st.integers(0, 2),
)
def test_only_what_encodes_to_the_same_text_is_decoded(
    decoded: bytes, line: int, end: bytes, at: int, put: bytes, gone: int
) -> None:
    form = Form(line, end)
    whole = form.write(decoded)
    text = whole[:at] + put + whole[at + gone :]
    found = _decoded(text, form) if text else None
    assert found is None or form.write(found) == text
    if text == whole:
        assert found == decoded
