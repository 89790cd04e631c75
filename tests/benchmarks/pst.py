"""How fast items go into an Outlook data file, and what memory that takes: in a process of its own."""

import os
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Recipient, Tag, Type
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from tests.benchmarks.figures import program, tell, title

_COUNT = 10_000
_SPEED, _MEMORY = 20.0, 300.0
_POOL = 400
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_WORDS = (
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "and",
    "rests",
    "für",
    "später",
    "週末",
    "отчет",
)


def run(count: int | None) -> None:
    """Write mail: mixed, some with attachments of up to some megabytes, and small mail alone."""
    for what, share in (("mixed mail", 0.3), ("small mail alone", 0.0)):
        title(f"Outlook data file: {what}, in parts of 5 GB")
        place = Path(tempfile.mkdtemp(prefix="bench-pst-"))
        try:
            wanted = [str(count or _COUNT), str(share), place / "mail.pst"]
            ran = program([sys.executable, "-m", "tests.benchmarks.pst", *wanted], log=place / "log")
            if ran.code:
                raise RuntimeError(ran.output)
            items, size, file, seconds, closing = (float(word) for word in ran.output.split())
            speed = size / 1e6 / seconds
            tell(f"{items:,.0f} items, {size / 1e6:,.0f} MB of them", f"{items / seconds:,.0f} /s", "")
            if share:
                tell("speed", f"{speed:.1f} MB/s", f"at least {_SPEED:.0f}", good=speed >= _SPEED)
            else:
                tell("speed", f"{speed:.1f} MB/s", "")
            tell("of that, finishing the file", f"{closing:.2f} s", f"of {seconds:.1f} s")
            tell("peak memory", f"{ran.peak / 1e6:.0f} MB", f"at most {_MEMORY:.0f}", good=ran.peak / 1e6 <= _MEMORY)
            tell("file", f"{file / 1e6:,.0f} MB", f"{file / size:.2f} of what went in")
        finally:
            shutil.rmtree(place, ignore_errors=True)


class _Mixed:
    """Messages made of prepared pieces, so that making them takes next to no time."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._chance = random.Random(7)
        self._bodies = [self._body(int(self._chance.lognormvariate(7.6, 0.9))) for _ in range(_POOL)]
        self._noise = os.urandom(16_000_000)

    def _body(self, size: int) -> str:
        words: list[str] = []
        while size > 0:
            words.append(self._chance.choice(_WORDS))
            size -= len(words[-1]) + 1
        return " ".join(words)

    def message(self, number: int) -> tuple[Message, int]:
        """A message, and the bytes of what is in it."""
        chance = self._chance
        body = chance.choice(self._bodies)
        markup = f"<html><body><p>{body}</p></body></html>".encode()
        head = (
            f"From: anna@example.org\r\nTo: bert@example.org\r\nSubject: {number}\r\n" + "X-Trace: 0123456789\r\n" * 40
        )
        when = _BEGIN + timedelta(minutes=number)
        files = []
        if chance.random() < self._share:
            for _ in range(chance.randint(1, 3)):
                size = min(12_000_000, int(chance.lognormvariate(11.6, 1.3)))
                at = chance.randrange(len(self._noise) - size)
                files.append(self._file(f"report-{number}.pdf", self._noise[at : at + size]))
        people = [
            Recipient(
                properties={
                    Tag(0x0C15, Type.INTEGER32): 1,
                    Tag(0x3001, Type.STRING): f"Person {one}",
                    Tag(0x3002, Type.STRING): "SMTP",
                    Tag(0x3003, Type.STRING): f"person{one}@example.org",
                    Tag(0x39FE, Type.STRING): f"person{one}@example.org",
                }
            )
            for one in range(chance.randint(1, 4))
        ]
        message = Message(
            properties={
                Tag(0x001A, Type.STRING): "IPM.Note",
                Tag(0x0037, Type.STRING): f"About number {number}",
                Tag(0x0039, Type.TIME): when,
                Tag(0x0042, Type.STRING): "Anna Example",
                Tag(0x0065, Type.STRING): "anna@example.org",
                Tag(0x0070, Type.STRING): f"About number {number}",
                Tag(0x007D, Type.STRING): head,
                Tag(0x0C1A, Type.STRING): "Anna Example",
                Tag(0x0C1F, Type.STRING): "anna@example.org",
                Tag(0x0E06, Type.TIME): when,
                Tag(0x0E07, Type.INTEGER32): number & 1,
                Tag(0x1000, Type.STRING): body,
                Tag(0x1013, Type.BINARY): markup,
                Tag(0x1035, Type.STRING): f"<{number}@example.org>",
            },
            recipients=people,
            attachments=files,
        )
        return message, len(body.encode()) + len(markup) + len(head) + sum(file.size or 0 for file in files)

    def _file(self, name: str, data: bytes) -> Attachment:
        return Attachment(
            properties={Tag(0x3704, Type.STRING): "report.pdf", Tag(0x3707, Type.STRING): name},
            content=lambda: (data[at : at + 65_536] for at in range(0, len(data), 65_536)),
            size=len(data),
        )


def _write(count: int, share: float, path: Path) -> None:
    mixed = _Mixed(share)
    total, making = 0, 0.0
    begun = time.perf_counter()
    with PstWriter(path, "Mail") as pst:
        folders = [pst.folder((name,), "IPF.Note") for name in ("Inbox", "Sent Items", "Archive")]
        for number in range(count):
            at = time.perf_counter()
            message, size = mixed.message(number)
            making += time.perf_counter() - at
            total += size
            written = pst.add(folders[number * 3 // count], message)
            assert isinstance(written, Written), written
        closing = time.perf_counter()
        parts = pst.close()
    ended = time.perf_counter()
    print(count, total, sum(part.size for part in parts), ended - begun - making, ended - closing)


if __name__ == "__main__":
    _write(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
