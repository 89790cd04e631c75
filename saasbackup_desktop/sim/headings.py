"""The header of a letter, and the traces that delivery leaves on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from saasbackup_desktop.sim.dice import Dice
from saasbackup_desktop.sim.encodings import base64_lines, encoded
from saasbackup_desktop.sim.people import DOMAIN, Person

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PROGRAMS = (b"Barograph Mail 4.2", b"Kestrel/11.3 (desktop)", b"Windvane Webmail", b"PostHorn 2.0.17")
_RELAYS = ("mx1", "mx2", "gate", "relay-b")


@dataclass(slots=True)
class Heading:
    """Who writes to whom, when, about what, in answer to what."""

    sender: Person
    to: list[Person]
    subject: str
    moment: datetime
    message_id: str
    cc: list[Person] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    """Message-IDs of the thread so far, the one answered last."""
    charset: str = "utf-8"
    extra: list[bytes] = field(default_factory=list)
    """Further fields, whole, without their line ends."""


def date_text(moment: datetime) -> bytes:
    """Write a date as mail does (RFC 5322 section 3.3)."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    day = f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} {moment:%H:%M:%S} {sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}".encode()


def in_zone(moment: datetime, minutes: int) -> datetime:
    """Read the same moment off a clock elsewhere; ``minutes`` east of universal time."""
    return moment.astimezone(timezone(timedelta(minutes=minutes)))


def address_text(person: Person, charset: str = "utf-8") -> bytes:
    """Write a person's name and address."""
    name = person.name
    if name.isascii():
        shown = name.encode() if name.replace(" ", "").isalnum() else b'"' + _escaped(name).encode() + b'"'
    else:
        shown = encoded(name, charset, quoted=charset.startswith("iso-8859"))
    return shown + b" <" + person.address.encode() + b">"


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def header(heading: Heading, dice: Dice) -> bytes:
    """Write the header, without the fields about content and without the blank line."""
    charset = heading.charset
    lines = [
        b"From: " + address_text(heading.sender, charset),
        b"To: " + b",\r\n ".join([address_text(person, charset) for person in heading.to]),
    ]
    if heading.cc:
        lines.append(b"Cc: " + b",\r\n ".join([address_text(person, charset) for person in heading.cc]))
    quoted = charset.startswith("iso-8859")
    lines += [
        b"Subject: " + encoded(heading.subject, charset, quoted=quoted),
        b"Date: " + date_text(in_zone(heading.moment, heading.sender.zone)),
        b"Message-ID: " + heading.message_id.encode(),
    ]
    if heading.references:
        lines.append(b"In-Reply-To: " + heading.references[-1].encode())
        lines.append(b"References: " + "\r\n ".join(heading.references).encode())
    lines.append(b"X-Mailer: " + dice.pick(_PROGRAMS))
    lines += heading.extra
    lines.append(b"MIME-Version: 1.0\r\n")
    return b"\r\n".join(lines)


def traces(heading: Heading, dice: Dice) -> bytes:
    """Write the fields that servers put before a letter on its way."""
    domain = heading.sender.address.rpartition("@")[2]
    relay, number = dice.pick(_RELAYS), dice.hexadecimal(10)
    arrived = date_text(in_zone(heading.moment + timedelta(seconds=dice.between(1, 90)), 0)).decode()
    to = heading.to[0].address if heading.to else f"nobody@{DOMAIN}"
    lines = [
        f"Return-Path: <{heading.sender.address}>",
        f"Received: from {relay}.{DOMAIN} ({relay}.{DOMAIN} [192.0.2.{dice.between(2, 250)}])\r\n"
        f"\tby store.{DOMAIN} with LMTP id {number}\r\n\tfor <{to}>; {arrived}",
        f"Received: from out.{domain} (out.{domain} [198.51.100.{dice.between(2, 250)}])\r\n"
        f"\tby {relay}.{DOMAIN} (Tollgate) with ESMTPS id {dice.hexadecimal(8)}\r\n\tfor <{to}>; {arrived}",
        f"Authentication-Results: {relay}.{DOMAIN}; dkim=pass header.d={domain}; spf=pass",
    ]
    if domain != DOMAIN:
        seal = base64_lines(dice.bytes(128), 64).decode().strip().replace("\r\n", "\r\n\t")
        lines.append(
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=k{dice.below(9)};\r\n"
            f"\th=from:to:subject:date:message-id; bh={base64_lines(dice.bytes(32), 0).decode().strip()};\r\n\tb={seal}"
        )
    return ("\r\n".join(lines) + "\r\n").encode()
