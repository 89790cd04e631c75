"""Fill a vault with made-up mail, and measure what it costs in processor time, all threads together.

``python -m tests.benchmarks.vault [mails] [tree] [large] [--count N]``
"""

import argparse
import base64
import dataclasses
import hashlib
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from pathlib import Path

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Edit, Item, Segment
from tests.unit.vault.conftest import STREAM, Place, head

CHECKPOINT = 1000


def tell(what: str, figure: float, unit: str) -> None:
    """Print one figure."""
    print(f"{what:<46}{figure:>12,.2f} {unit}")


def timed(what: str, count: int, work: Callable[[], object]) -> None:
    """Tell how many a second."""
    start = time.process_time()
    work()
    tell(what, count / (time.process_time() - start), "/s")


def mail(number: int) -> bytes:
    """Make up a message of 15 kB on average: text, and in every fourth one an attachment."""
    chance = random.Random(number)
    words = ["".join(chance.choices("etaoinshrdlucmfwyp", k=chance.randint(2, 10))) for _ in range(60)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(60)))
    header = (
        f"Message-ID: <{number}@example.org>\r\nX-Signature: {chance.randbytes(300).hex()}\r\nMIME-Version: 1.0\r\n"
    )
    text = " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(500, 2000)))
    if number % 4:
        return f"{header}\r\n{text}\r\n".encode()
    lines = base64.encodebytes(chance.randbytes(chance.randint(4000, 40000))).replace(b"\n", b"\r\n").decode()
    header += "Content-Type: multipart/mixed; boundary=XX\r\n"
    part = "--XX\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
    return f"{header}\r\n--XX\r\n\r\n{text}\r\n{part}\r\n{lines}--XX--\r\n".encode()


def entry(number: int, body: Body) -> Item:
    """Make up what stands in the tree for a message."""
    folder = NodeId(f"{number % 20:016x}")
    return Item(
        id=NodeId(f"{folder}-00000001-{10**7 - number:08x}"),
        parent=folder,
        name=f"Subject number {number} of a long thread",
        revision=f"1:{number}",
        size=body.size,
        time=1_700_000_000 + number,
        flags=("\\Seen",),
        place=f"1:{number}",
        facets={
            "from": "Ada Lovelace <ada@example.org>",
            "to": "Bob <bob@example.org>",
            "message-id": f"<{body.sha256[:24]}@example.org>",
            "header": body.sha256[::-1],
            "date": "2025-01-01T10:00:00+00:00",
        },
        body=body,
    )


def mails(count: int, place: Place) -> None:
    """Add, flush, read and check mails that are all different."""
    vault = place.create()
    bodies: list[Body] = []
    spent = 0.0
    with vault.writer(STREAM, "benchmark") as writer:
        for start in range(0, count, CHECKPOINT):
            letters = [mail(number) for number in range(start, start + CHECKPOINT)]
            begun = time.process_time()
            bodies.extend(map(writer.add, letters))
            writer.flush()
            spent += time.process_time() - begun
        size = sum(body.size for body in bodies)
        tell(f"add and flush, {size / count / 1000:.1f} kB each", count / spent, "/s")
        root = writer.apply("", (Edit(None, entry(number, body)) for number, body in enumerate(bodies)))
        writer.seal(head(root, items=count))
        tell("stored, of the originals", 100 * writer.bytes_stored / size, "%")
    vault = place.open()
    timed("read", count, lambda: sum(len(vault.read(body)) for body in bodies))
    for percent in (0, 100):
        timed(f"check, {percent} % read", count, lambda p=percent: list(vault.check(p, _ignore, lambda: False)))


def tree(count: int, place: Place) -> None:
    """Grow one tree by checkpoints, open it elsewhere, change and compare it."""
    vault = place.create()
    spent, root = 0.0, ""
    with vault.writer(STREAM, "benchmark") as writer:
        for start in range(0, count, CHECKPOINT):
            edits = [Edit(None, entry(number, fake(number))) for number in range(start, start + CHECKPOINT)]
            begun = time.process_time()
            root = writer.apply(root, edits)
            writer.seal(head(root, items=start))
            spent += time.process_time() - begun
        tell("apply and seal", count / spent, "/s")
        tell("stored for each item", writer.bytes_stored / count, "bytes")
    begun = time.process_time()
    vault = place.open()
    first = list(islice(vault.nodes(root, NodeId(f"{7:016x}")), 200))
    tell(f"open, list {len(first)} of a folder", 1000 * (time.process_time() - begun), "ms")
    chosen = [entry(number, fake(number)) for number in random.Random(1).sample(range(count), 1000)]
    with vault.writer(STREAM, "benchmark") as writer:
        begun = time.process_time()
        changed = writer.apply(root, (Edit(item, dataclasses.replace(item, flags=())) for item in chosen))
        tell("apply 1,000 scattered changes", 1000 * (time.process_time() - begun), "ms")
        writer.flush()
        tell("stored for them", writer.bytes_stored / 1e6, "MB")
    vault = place.open()
    begun = time.process_time()
    assert len(list(vault.diff(root, changed))) == 1000
    tell("compare", 1000 * (time.process_time() - begun), "ms")


def large(count: int, place: Place) -> None:
    """Stream one message with an attachment of so many megabytes."""
    before = _peak()

    def pieces() -> Iterator[bytes]:
        yield b"Content-Transfer-Encoding: base64\r\n\r\n"
        for number in range(count):
            yield base64.encodebytes(random.Random(number).randbytes(57 * 13_500)).replace(b"\n", b"\r\n")

    vault = place.create()
    with vault.writer(STREAM, "benchmark") as writer:
        begun = time.process_time()
        body = writer.add_pieces(pieces())
        writer.flush()
        tell(f"add {body.size / 1e6:.0f} MB in pieces", body.size / 1e6 / (time.process_time() - begun), "MB/s")
    tell("memory for it", _peak() - before, "MB")
    begun = time.process_time()
    assert sum(map(len, vault.pieces(body))) == body.size
    tell("read in pieces", body.size / 1e6 / (time.process_time() - begun), "MB/s")


def fake(number: int) -> Body:
    """Make up where the bytes of a message lie."""
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    return Body(digest, 15_000, (Segment(digest[::-1], 15_000),))


def _ignore(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run those that are named, or all."""
    works = {"large": (large, 400), "mails": (mails, 20_000), "tree": (tree, 1_000_000)}
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.vault", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*works, []])
    parser.add_argument("--count", type=int, default=None)
    chosen = parser.parse_args()
    for name in chosen.names or works:
        work, count = works[name]
        print(f"{name}:")
        with tempfile.TemporaryDirectory() as folder:
            work(chosen.count or count, Place(Path(folder) / "vault"))
        tell("peak memory of the process", _peak(), "MB")


if __name__ == "__main__":
    main()
