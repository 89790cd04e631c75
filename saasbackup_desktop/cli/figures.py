"""Numbers, sizes, times and foreign text as people read them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from saasbackup_desktop.core.model import Service

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def count(number: int) -> str:
    """12345 -> ``12,345``."""
    return f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 message``, ``2 messages``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def things(number: int, service: Service | None = None) -> str:
    """``2 messages`` of mail, ``2 items`` of anything else."""
    return counted(number, "message" if service is Service.MAIL else "item")


def size(number: int | None) -> str:
    """Bytes in binary units with one decimal; nothing for None."""
    if number is None:
        return ""
    value = float(number)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            break
        value /= 1024
    return f"{number} B" if unit == "B" else f"{value:.1f} {unit}"


def duration(seconds: float) -> str:
    """``45 s``, ``3 min 05 s``, ``2 h 10 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def local(moment: int | None) -> str:
    """Seconds since 1970 in the local zone, to the second; nothing for None."""
    return "" if moment is None else datetime.fromtimestamp(moment, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def local_iso(text: str | None) -> str:
    """ISO 8601 in UTC, as ``iso`` writes it, in the local zone; nothing for None."""
    return "" if not text else local(int(datetime.fromisoformat(text).timestamp()))


def iso(moment: int | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def printable(text: str) -> str:
    """Text of strangers without control characters: no line break, no escape sequence reaches the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def listed(names: Iterable[str]) -> str:
    """``a, b and c``."""
    names = list(names)
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
