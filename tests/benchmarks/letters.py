"""Made-up mail in the sizes that mailboxes have: mostly short, some HTML, now and then an attachment."""

import base64
import random
from collections.abc import Iterator

_VOCABULARY = 4_000
_ONSETS, _VOWELS = "bcdfghklmnprstvw", "aeiou"


def letters(count: int, seed: int = 1) -> Iterator[bytes]:
    """Make so many messages, the same ones every time; about 12 kB each."""
    chance = random.Random(seed)
    pictures = [chance.randbytes(size) for size in (20_000, 45_000, 90_000)]
    for number in range(count):
        yield _letter(chance, number, pictures)


def _words() -> list[str]:
    chance = random.Random(0)
    syllables = [onset + vowel for onset in _ONSETS for vowel in _VOWELS]
    return ["".join(chance.choices(syllables, k=chance.randrange(1, 5))) for _ in range(_VOCABULARY)]


WORDS = _words()


def _text(chance: random.Random, lines: int) -> str:
    return "\r\n".join(" ".join(chance.choices(WORDS, k=11)) for _ in range(lines)) + "\r\n"


def _letter(chance: random.Random, number: int, pictures: list[bytes]) -> bytes:
    sender = f"{chance.choice(WORDS)}.{chance.randrange(200)}@example.com"
    head = (
        f"Return-Path: <{sender}>\r\n"
        f"Received: from mx{chance.randrange(9)}.example.com ([192.0.2.{chance.randrange(255)}])\r\n"
        f"\tby mail.example.org with ESMTPS id {chance.randbytes(8).hex()}; {_date(number)}\r\n"
        f"From: {sender.partition('@')[0].title()} <{sender}>\r\n"
        f"To: Ann Example <ann@example.org>\r\n"
        f"Subject: {' '.join(chance.choices(WORDS, k=4)).capitalize()} {number}\r\n"
        f"Date: {_date(number)}\r\n"
        f"Message-ID: <{number}.{chance.randbytes(8).hex()}@example.com>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    plain = _text(chance, chance.randrange(4, 60))
    kind = chance.random()
    if kind < 0.45:
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{plain}".encode()
    edge = f"=_{number:08x}"
    html = f"<html><body><p>{plain.replace(chr(13), '<br>')}</p></body></html>\r\n"
    body = (
        f"--{edge}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}"
        f"\r\n--{edge}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}"
    )
    attached = ""
    if kind > 0.88:
        # A third of all attachments have been sent before.
        data = pictures[chance.randrange(3)] if chance.random() < 0.33 else chance.randbytes(chance.randrange(60_000))
        attached = (
            f"\r\n--{edge}\r\nContent-Type: application/pdf; name=report-{number}.pdf\r\n"
            f"Content-Disposition: attachment; filename=report-{number}.pdf\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).decode().replace("\n", "\r\n")
        )
    return f'{head}Content-Type: multipart/mixed; boundary="{edge}"\r\n\r\n{body}{attached}\r\n--{edge}--\r\n'.encode()


def _date(number: int) -> str:
    return f"{1 + number % 28:02} Jan {2020 + number % 6} {number % 24:02}:{number % 60:02}:00 +0000"
