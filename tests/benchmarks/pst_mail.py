"""How fast mail becomes items in an Outlook data file, from its bytes on: in one process, and in two."""

import base64
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from saasbackup_desktop.providers.files.mapi.contents import LARGE
from saasbackup_desktop.providers.files.mapi.mail import mail, mail_in_pieces
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from tests.benchmarks.figures import program, tell, title

_COUNT = 6_000
_SPEED, _MEMORY = 20.0, 300.0
_BATCH = 40
_AHEAD = 4
_WORDS = ("the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs", "für", "später", "週末", "отчет")
_HUGE = 150_000_000


def run(count: int | None) -> None:
    """Turn mixed mail, small mail and one huge message into items."""
    for what, share in (("mixed mail", 0.3), ("small mail alone", 0.0)):
        for way, told in (("map", "mapping alone"), ("one", "one process"), ("two", "mapping in a second process")):
            title(f"From mail to Outlook data file: {what}, {told}")
            _tell(way, str(count or _COUNT), share)
    title(f"From mail to Outlook data file: one message of {_HUGE / 1e6:,.0f} MB")
    _tell("huge", str(_HUGE), 0)


def _tell(way: str, count: str, share: float) -> None:
    place = Path(tempfile.mkdtemp(prefix="bench-pst-mail-"))
    try:
        ran = program(
            [sys.executable, "-m", "tests.benchmarks.pst_mail", way, count, str(share), place / "mail.pst"],
            log=place / "log",
        )
        if ran.code:
            raise RuntimeError(ran.output)
        items, size, seconds = (float(word) for word in ran.output.split())
        speed = size / 1e6 / seconds
        tell(f"{items:,.0f} items, {size / 1e6:,.0f} MB of them", f"{items / seconds:,.0f} /s", "")
        good = speed >= _SPEED if share and way == "two" else None
        tell("speed", f"{speed:.1f} MB/s", f"at least {_SPEED:.0f}" if good is not None else "", good=good)
        tell("peak memory", f"{ran.peak / 1e6:.0f} MB", f"at most {_MEMORY:.0f}", good=ran.peak / 1e6 <= _MEMORY)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _mails(count: int, share: float) -> Iterator[bytes]:
    """Mail with a plain text and one in HTML, some with one to three files, made so that making takes no time."""
    chance = random.Random(7)
    texts = [" ".join(chance.choices(_WORDS, k=int(chance.lognormvariate(5.9, 0.9)))) for _ in range(200)]
    bodies = [
        (base64.encodebytes(text.encode()), base64.encodebytes(f"<html><body><p>{text}</p></body></html>".encode()))
        for text in texts
    ]
    noise = base64.encodebytes(os.urandom(12_000_000)).replace(b"\n", b"\r\n")
    for number in range(count):
        plain, markup = chance.choice(bodies)
        parts = [
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + plain,
            b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + markup,
        ]
        data = b"--a\r\n" + b"\r\n--a\r\n".join(parts) + b"\r\n--a--\r\n"
        data = b'Content-Type: multipart/alternative; boundary="a"\r\n\r\n' + data
        if chance.random() < share:
            files = []
            for _ in range(chance.randint(1, 3)):
                size = min(12_000_000, int(chance.lognormvariate(11.6, 1.3)))
                files.append(_file(noise[: size // 78 * 78]))
            data = b"--b\r\n" + b"\r\n--b\r\n".join((data, *files)) + b"\r\n--b--\r\n"
            data = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + data
        yield _head(number) + data


def _head(number: int) -> bytes:
    people = b", ".join(b'"Person %d" <person%d@b.example>' % (one, one) for one in range(number % 4 + 1))
    trace = b"".join(
        b"Received: from a%d.example by b%d.example; Fri, 20 Nov 2026 10:00:00 +0100\r\n" % (i, i) for i in range(6)
    )
    return (
        trace
        + b"From: Ada <ada@b.example>\r\nTo: "
        + people
        + b"\r\nSubject: Re: About number %d\r\n" % number
        + b"Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nMessage-ID: <%d@b.example>\r\nMIME-Version: 1.0\r\n" % number
    )


def _file(content: bytes) -> bytes:
    head = b"Content-Type: application/pdf; name=report.pdf\r\nContent-Disposition: attachment; filename=report.pdf\r\n"
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + content


def _huge(size: int) -> Iterator[bytes]:
    """One message with one file, in pieces."""
    yield _head(1) + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\n' + _file(b"")
    lines = base64.encodebytes(os.urandom(57 * 4_000)).replace(b"\n", b"\r\n")
    for _ in range(size // len(lines)):
        yield lines
    yield b"--b--\r\n"


def _batch(mails: list[bytes]) -> list[Message]:
    return [mail(data) for data in mails]


def _mapped(mails: Iterable[bytes], told: list[int]) -> Iterator[Message]:
    """Map small mail in a second process, many at once; large ones here, for handing them over costs more."""
    with ProcessPoolExecutor(1) as pool:
        waiting: list[Future[list[Message]]] = []
        rest = iter(mails)
        while batch := list(islice(rest, _BATCH)):
            told.append(sum(map(len, batch)))
            waiting.append(pool.submit(_batch, [data for data in batch if len(data) <= LARGE]))
            yield from (mail(data) for data in batch if len(data) > LARGE)
            if len(waiting) > _AHEAD:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


def _told(mails: Iterable[bytes], told: list[int]) -> Iterator[bytes]:
    for data in mails:
        told.append(len(data))
        yield data


def _work(way: str, count: int, share: float, path: Path) -> None:
    told: list[int] = []
    items = 0
    begun = time.perf_counter()
    if way == "map":
        for data in _told(_mails(count, share), told):
            mail(data)
            items += 1
    else:
        with PstWriter(path, "Mail") as pst:
            inbox = pst.folder(("Inbox",), "IPF.Note")
            for message in _messages(way, count, share, told):
                written = pst.add(inbox, message)
                assert isinstance(written, Written), written
                items += 1
            pst.close()
    print(items, sum(told), time.perf_counter() - begun)


def _messages(way: str, count: int, share: float, told: list[int]) -> Iterator[Message]:
    if way == "huge":
        yield mail_in_pieces(_told(_huge(count), told))
    elif way == "two":
        yield from _mapped(_mails(count, share), told)
    else:
        yield from map(mail, _told(_mails(count, share), told))


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
