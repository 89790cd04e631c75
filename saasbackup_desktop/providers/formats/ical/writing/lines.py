"""Lines of a component that is written, and the zones that they need."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from saasbackup_desktop.providers.formats import aside, zones
from saasbackup_desktop.providers.formats.content_lines import escaped, written
from saasbackup_desktop.providers.formats.graph.plain import inner, line, text
from saasbackup_desktop.providers.formats.ical.twins import WAS, WAS_NOT

Bytes = Callable[[], Iterator[bytes]]
_ROW: Final = 54
"""Bytes that become 72 letters, which is a line."""


class Sheet:
    """A component while it is written. ``sink`` takes its lines."""

    def __init__(self, sink: BinaryIO, named: Callable[[str], str] = str) -> None:
        """``named``: what in the calendar is called so, is to be called."""
        self._sink = sink
        self._named = named
        self.zones: dict[str, None] = {}
        self.lost: list[str] = []

    def say(self, name: str, value: str, parameters: Mapping[str, str | Sequence[str]] | None = None) -> None:
        """Write a property whose value has its escapes already; nothing, if it is empty."""
        if value:
            self._sink.write(written(name, value, parameters))

    def tell(self, name: str, value: Any, parameters: Mapping[str, str | Sequence[str]] | None = None) -> None:
        """Write a text, as it stands."""
        self.say(name, escaped(_clean(text(value))), parameters)

    def name(self, uid: str) -> None:
        """Write what a component is called; what it was called stands beside it."""
        new = self._named(uid)
        self.tell("UID", new)
        if new != uid:
            self.tell(f"{WAS}UID" if uid else WAS_NOT, uid or "UID")

    def below(self, uid: str) -> None:
        """Write what a component is subordinate to."""
        new, said = self._named(uid), {"RELTYPE": "PARENT"}
        self.tell("RELATED-TO", new, said)
        if new != uid and uid:
            self.tell(f"{WAS}RELATED-TO", uid, said)

    def begin(self, kind: str) -> None:
        """Begin a component."""
        self._sink.write(f"BEGIN:{kind}\r\n".encode())

    def end(self, kind: str) -> None:
        """End it."""
        self._sink.write(f"END:{kind}\r\n".encode())

    def aside(self, name: str, value: Any) -> None:
        """Keep what only Graph knows, for whoever reads it as Graph's."""
        self._sink.write(aside.written_aside(name, value))

    def day(self, name: str, when: datetime) -> None:
        """Write a day."""
        self.say(name, day(when), {"VALUE": "DATE"})

    def moment(self, name: str, when: datetime, zone: tzinfo) -> None:
        """Write a moment, as the clocks of a zone show it."""
        value, parameters = self.placed(when, zone)
        self.say(name, value, parameters)

    def placed(self, when: datetime, zone: tzinfo) -> tuple[str, dict[str, str | Sequence[str]]]:
        """A moment as a value with its parameters."""
        if isinstance(zone, ZoneInfo) and zone.key not in ("UTC", "Etc/UTC"):
            try:
                there = when.astimezone(zone)
            except OverflowError:  # at the ends of the calendar
                return stamp(when), {}
            if not there.fold:  # in the hour that comes twice, nobody could tell which is meant
                self.zones[zone.key] = None
                return f"{there:%Y%m%dT%H%M%S}".zfill(15), {"TZID": zone.key}
        return stamp(when), {}

    def file(self, parameters: Mapping[str, str], data: Bytes) -> None:
        """Write an attached file, piece by piece. Raises what reading it raises: then nothing of it stays."""
        place = self._sink.tell()
        try:
            self._file(parameters, data)
        except BaseException:
            self._sink.seek(place)
            self._sink.truncate()
            raise

    def _file(self, parameters: Mapping[str, str], data: Bytes) -> None:
        head = written("ATTACH", "", {**parameters, "ENCODING": "BASE64", "VALUE": "BINARY"})
        self._sink.write(head.removesuffix(b"\r\n"))
        rest = b""
        for piece in data():
            rest += piece
            whole = len(rest) - len(rest) % _ROW
            self._rows(rest[:whole])
            rest = rest[whole:]
        self._rows(rest)
        self._sink.write(b"\r\n")

    def _rows(self, data: bytes) -> None:
        coded = base64.b64encode(data)
        for start in range(0, len(coded), 72):
            self._sink.write(b"\r\n " + coded[start : start + 72])


def stamp(when: datetime) -> str:
    """A moment in UTC."""
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%S}Z".zfill(16)


def day(when: datetime) -> str:
    """A day."""
    return f"{when:%Y%m%d}".zfill(8)


def moment_of(value: Any) -> datetime | None:
    """A moment of Graph's; None if it is none."""
    if isinstance(value, str):
        value = {"dateTime": value, "timeZone": "UTC"} if value else None
    if not isinstance(value, Mapping):
        return None
    when = zones.instant({name: line(said) for name, said in value.items()})
    return when if when is None or when.year > 1 else None


def zone_of(plain: Mapping[str, Any], name: str, moment: str) -> tzinfo:
    """The zone that somebody chose for a moment, else the one that it is told in; UTC if nobody knows it."""
    for said in (line(plain.get(name)), line(inner(plain, moment).get("timeZone"))):
        zone = zones.zone_of(said) if said else None
        if zone is not None and zone is not UTC:
            return zone
    return UTC


def minutes(span: timedelta) -> str:
    """A span before something, as a trigger."""
    whole = round(span.total_seconds()) // 60
    days, rest = divmod(whole, 24 * 60)
    if not rest and days:
        return f"-P{days}D"
    return f"-PT{whole}M"


def _clean(value: str) -> str:
    """Signs that no line can hold are left out."""
    if value.isprintable():
        return value
    return "".join(sign for sign in value if sign >= " " or sign in "\t\r\n")
