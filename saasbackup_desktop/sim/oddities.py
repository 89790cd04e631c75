"""Malformed letters, as they really arrive; none holds a NUL."""

from collections.abc import Callable

from saasbackup_desktop.sim.dice import Dice
from saasbackup_desktop.sim.encodings import base64_lines
from saasbackup_desktop.sim.headings import Heading, address_text, date_text, header, in_zone

Oddity = Callable[[Heading, Dice], bytes]

_TEXT = b"The gauge on the roof reads nothing at all.\r\nIt has not rained either.\r\n"
_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def no_date(heading: Heading, dice: Dice) -> bytes:
    """Neither a date nor a message id."""
    return b"From: " + address_text(heading.sender) + b"\r\nSubject: Undated %d\r\n\r\n" % dice.below(10_000) + _TEXT


def impossible_date(heading: Heading, dice: Dice) -> bytes:
    """A date that no calendar has."""
    top = header(heading, dice)
    start = top.index(b"Date: ")
    return top[:start] + b"Date: Thu, 99 Foo 20233 25:61:00 +9999" + top[top.index(b"\r\n", start) :] + _PLAIN + _TEXT


def bare_newlines(heading: Heading, dice: Dice) -> bytes:
    """Lines that end with LF only."""
    return (header(heading, dice) + _PLAIN + _TEXT * 3).replace(b"\r\n", b"\n")


def mixed_line_ends(heading: Heading, dice: Dice) -> bytes:
    """CR, LF and CRLF side by side in the text."""
    return header(heading, dice) + _PLAIN + b"one\rtwo\nthree\r\nfour\r\r\nfive\n\nsix\n\r\n" + _TEXT


def eight_bit_header(heading: Heading, dice: Dice) -> bytes:
    """A subject and a sender in raw Latin-1."""
    raw = f"From: Jürgen Weiß <{heading.sender.address}>\r\nSubject: Grüße aus Köln, {dice.below(1000)}\r\nDate: "
    return raw.encode("latin-1") + date_text(heading.moment) + b"\r\n\r\n" + "Schöne Grüße\r\n".encode("latin-1")


def unclosed_multipart(heading: Heading, dice: Dice) -> bytes:
    """A multipart that ends before its last boundary."""
    kind = b'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n'
    return (
        header(heading, dice)
        + kind
        + b"--cut\r\n"
        + _PLAIN
        + _TEXT
        + b"\r\n--cut\r\nContent-Type: image/png\r\n\r\niVBOR"
    )


def absent_boundary(heading: Heading, dice: Dice) -> bytes:
    """A multipart whose boundary never comes."""
    return header(heading, dice) + b'Content-Type: multipart/alternative; boundary="nowhere"\r\n\r\n' + _TEXT


def nameless_boundary(heading: Heading, dice: Dice) -> bytes:
    """A multipart that forgot to say its boundary."""
    return header(heading, dice) + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\n" + _TEXT + b"--x--\r\n"


def long_line(heading: Heading, dice: Dice) -> bytes:
    """One line of twenty thousand characters, and a subject of two thousand."""
    heading.extra.append(b"X-Long: " + b"weather " * 250)
    return header(heading, dice) + _PLAIN + b"rain and sun " * 1600 + b"\r\n"


def header_only(heading: Heading, dice: Dice) -> bytes:
    """A header, and not even the blank line after it."""
    return header(heading, dice)


def empty_body(heading: Heading, dice: Dice) -> bytes:
    """Nothing but a header."""
    return header(heading, dice) + b"\r\n"


def twice_told(heading: Heading, dice: Dice) -> bytes:
    """Fields that may occur once, twice."""
    heading.extra += [
        b"Subject: The other subject",
        b"From: other@northquay.example",
        b"Message-ID: <second@fernwick.example>",
    ]
    return header(heading, dice) + _PLAIN + _TEXT


def broken_words(heading: Heading, dice: Dice) -> bytes:
    """Encoded words that cannot be decoded."""
    heading.subject = f"=?x-unknown?Q?Caf=E9?= =?utf-8?B?w6?= =?utf-8?Q?=ZZ?= =?utf-8?B?{dice.below(1000)}"
    top = header(heading, dice)
    start = top.index(b"Subject: ")
    raw = b"Subject: " + heading.subject.encode()
    return top[:start] + raw + top[top.index(b"\r\nDate:", start) :] + _PLAIN + _TEXT


def broken_base64(heading: Heading, dice: Dice) -> bytes:
    """Base64 with what does not belong, and cut short."""
    text = base64_lines(dice.bytes(600))
    kind = b"Content-Type: application/octet-stream; name=torn.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return header(heading, dice) + kind + text[:100] + b"!*-_\r\n\r\n" + text[100:-7] + b"\r\n"


def mailbox_line(heading: Heading, dice: Dice) -> bytes:
    """The line of an mbox file before the header."""
    return (
        b">From somebody Thu Jan  1 00:00:00 2015\r\n"
        + header(heading, dice)
        + _PLAIN
        + b"From here on, rain.\r\n"
        + _TEXT
    )


def control_characters(heading: Heading, dice: Dice) -> bytes:
    """Control characters in the header and in the text."""
    heading.extra.append(b"X-Bell: \x07ding\x1b[31mred\x7f")
    return header(heading, dice) + _PLAIN + b"\x01\x02form\x0cfeed\x1a\r\n" + _TEXT


def unknown_charset(heading: Heading, dice: Dice) -> bytes:
    """A character set that nobody knows, and a transfer encoding likewise."""
    kind = b'Content-Type: text/plain; charset="x-runes"\r\nContent-Transfer-Encoding: x-knots\r\n\r\n'
    return header(heading, dice) + kind + bytes(range(128, 256)) + b"\r\n"


def strange_type(heading: Heading, dice: Dice) -> bytes:
    """A content type that is none."""
    return header(heading, dice) + b"Content-Type: text; ; charset\r\nContent-Type: /\r\n\r\n" + _TEXT


def nested_deeply(heading: Heading, dice: Dice) -> bytes:
    """Thirty multiparts inside each other."""
    inner = _PLAIN + _TEXT
    for depth in range(30):
        mark = b"b%d" % depth
        start = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n"
        inner = start + inner + b"\r\n--" + mark + b"--\r\n"
    return header(heading, dice) + inner


def future(heading: Heading, dice: Dice) -> bytes:
    """A date in the year 2038, and no subject."""
    later = in_zone(heading.moment, 0).replace(year=2038)
    heading.subject = ""
    return (
        header(heading, dice).replace(date_text(in_zone(heading.moment, heading.sender.zone)), date_text(later))
        + _PLAIN
        + _TEXT
    )


CLEAN: tuple[Oddity, ...] = (
    no_date,
    impossible_date,
    eight_bit_header,
    unclosed_multipart,
    absent_boundary,
    nameless_boundary,
    long_line,
    header_only,
    empty_body,
    twice_told,
    broken_words,
    broken_base64,
    mailbox_line,
    control_characters,
    unknown_charset,
    strange_type,
    nested_deeply,
    future,
)
"""Those whose lines all end with CRLF; servers keep them byte for byte."""

ALL: tuple[Oddity, ...] = (*CLEAN, bare_newlines, mixed_line_ends)
"""All; some servers rewrite the line ends of the last two."""
