"""What benchmark corpora are made of: prose with the statistics of prose, and documents like those people attach.

Prose is drawn from 30,000 words by the Zipf-Mandelbrot law, the frequent ones short; every third draw is a fixed phrase
of two to four words, and a topic's own few words return often, as they do in what people write about one thing. At
level 3 zstd packs a megabyte of it 3.2 to 1 (of English documentation: 3.0), a message of 2 kB by itself 1.9 to 1.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

_ONSETS = ("", "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "pr", "ch", "th")
_VOWELS = ("a", "e", "i", "o", "u", "ea", "ou", "ai", "e", "a", "o", "i")
_CODAS = ("", "", "", "n", "r", "s", "t", "l", "d", "nd", "st", "ng", "m", "ck")
_ENDINGS = ("", "", "", "s", "ed", "ing", "ly", "tion", "er", "ment")
_VOCABULARY, _PHRASES, _TOPIC, _TOPIC_SHARE = 30_000, 6_000, 40, 0.12
_PAGE = 6_000  # draws made at once


@cache
def _units() -> tuple[list[str], list[float]]:
    """Words and phrases, and how often they come, cumulated."""
    chance = random.Random("words")
    words: dict[str, None] = {}
    while len(words) < _VOCABULARY:
        syllables = 1 + (len(words) > 120) + (len(words) > 3_000 and chance.random() < 0.6)
        word = "".join(
            chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(syllables)
        )
        words[word + chance.choice(_ENDINGS) if syllables > 1 else word] = None
    listed = list(words)
    weights = [1 / (rank + 2.7) ** 1.05 for rank in range(_VOCABULARY)]
    common = list(accumulate(weights))
    phrases = [
        " ".join(chance.choices(listed, cum_weights=common, k=chance.choice((2, 2, 2, 3, 3, 4))))
        for _ in range(_PHRASES)
    ]
    total = common[-1]
    rare = [1 / (rank + 20) for rank in range(_PHRASES)]
    scale = total / 2 / sum(rare)
    return listed + phrases, list(accumulate([*weights, *(weight * scale for weight in rare)]))


class Prose:
    """Draws text."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def topic(self) -> list[str]:
        """Draw the words that something is about."""
        return self._chance.choices(_units()[0][:_VOCABULARY], k=_TOPIC)

    def words(self, count: int, topic: Sequence[str] = ()) -> list[str]:
        """Draw about so many words."""
        units, weights = _units()
        drawn = self._chance.choices(units, cum_weights=weights, k=max(1, int(count / 1.5)))
        if topic:
            for _ in range(int(len(drawn) * _TOPIC_SHARE)):
                drawn[int(self._chance.random() * len(drawn))] = topic[int(self._chance.random() ** 2 * len(topic))]
        return drawn

    def title(self, topic: Sequence[str] = ()) -> str:
        """Draw a subject or a file's name."""
        return " ".join(self.words(self._chance.randrange(3, 9), topic)).capitalize()

    def text(self, size: int, topic: Sequence[str] = ()) -> str:
        """Draw about so many characters: sentences, in paragraphs."""
        drawn = self.words(max(3, size // 6), topic)
        parts, at, paragraph = [], 0, 0
        while at < len(drawn):
            length = self._chance.randrange(4, 20)
            sentence = " ".join(drawn[at : at + length])
            parts.append(sentence[:1].upper() + sentence[1:])
            at += length
            paragraph += 1
            if paragraph > self._chance.randrange(2, 7):
                parts.append(".\n\n")
                paragraph = 0
            else:
                parts.append(self._chance.choice((". ", ". ", ". ", ", ", "? ", "! ")))
        return "".join(parts)[:size]


def document(chance: random.Random, prose: Prose, kind: str, size: int) -> bytes:
    """Make a document of about so many bytes: ``jpeg pdf office csv text zip``."""
    makes = {"pdf": _pdf, "office": _office, "csv": _csv, "text": _text}
    make = makes.get(kind)
    if make is not None:
        return make(chance, prose, size)
    lead = {"jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00"}
    return lead.get(kind, b"") + chance.randbytes(size)


def _text(chance: random.Random, prose: Prose, size: int) -> bytes:
    return prose.text(size, prose.topic()).encode()


def _csv(chance: random.Random, prose: Prose, size: int) -> bytes:
    names = prose.words(60)
    lines, length, number = ["id;date;name;amount;state\r\n"], 0, chance.randrange(100_000)
    while length < size:
        number += chance.randrange(1, 9)
        line = (
            f"{number};2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02};{chance.choice(names)};"
            f"{chance.lognormvariate(5, 2):.2f};{chance.choice(('open', 'paid', 'late'))}\r\n"
        )
        lines.append(line)
        length += len(line)
    return "".join(lines).encode()


def _pdf(chance: random.Random, prose: Prose, size: int) -> bytes:
    """Write compressed streams of pages, fonts and pictures, as printers and offices do."""
    parts, length, number = [b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"], 0, 1
    while length < size:
        share = min(size - length, chance.randrange(2_000, 60_000))
        if chance.random() < 0.4:
            shown = prose.text(min(share * 2, 12_000)).replace("\n", ") Tj T* (")
            stream = zlib.compress(f"BT /F1 11 Tf ({shown}) Tj ET".encode())
        else:
            stream = chance.randbytes(share)
        head = f"{number} 0 obj\n<</Filter/FlateDecode/Length {len(stream)}/Type/XObject>>\nstream\n".encode()
        parts += (head, stream, b"\nendstream\nendobj\n")
        length += len(head) + len(stream) + 18
        number += 1
    table = b"".join(b"%010d 00000 n \n" % (at * 997) for at in range(number))
    return b"".join((*parts, b"xref\n0 %d\n" % number, table, b"trailer<</Size %d/Root 1 0 R>>\n%%%%EOF\n" % number))


_STYLES = (
    '<w:style w:type="paragraph" w:styleId="Heading{0}"><w:name w:val="heading {0}"/>'
    '<w:basedOn w:val="Normal"/></w:style>'
)


def _office(chance: random.Random, prose: Prose, size: int) -> bytes:
    """Write a ZIP archive of compressed XML; pictures in it fill what the text leaves of the size."""
    held = io.BytesIO()
    wanted = min(size, 200_000) * 2
    runs = prose.text(wanted // 2, prose.topic()).split(". ")
    body = "".join(f'<w:p w:rsidR="00{chance.getrandbits(24):06X}"><w:r><w:t>{run}</w:t></w:r></w:p>' for run in runs)
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (
            ("[Content_Types].xml", '<Types><Default Extension="xml" ContentType="application/xml"/></Types>' * 8),
            ("word/styles.xml", "".join(_STYLES.format(number) for number in range(90))),
            ("word/document.xml", body),
        ):
            file.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
        rest = size - held.tell()
        if rest > 2_000:
            file.writestr(zipfile.ZipInfo("word/media/image1.jpeg"), chance.randbytes(rest), zipfile.ZIP_STORED)
    return held.getvalue()


def picture(chance: random.Random, size: int) -> bytes:
    """Make a small picture, as it stands in signatures."""
    data = chance.randbytes(size)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(data)) + b"IDAT" + data + b"IEND\xaeB`\x82"
