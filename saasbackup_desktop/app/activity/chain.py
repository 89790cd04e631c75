"""The chain: each entry holds the digest of the one before, and a code that only the vault's key can make."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.app.activity.views import Break, ChainReport
from saasbackup_desktop.core import codec

_BEGINNING: Final = "0" * 64
"""What the first entry holds in the place of a digest."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest entry, as it is remembered outside the record: so that an end that was cut off is missed."""

    number: int
    digest: str


START: Final = Mark(0, _BEGINNING)


def link(plain: Mapping[str, Any], before: Mark, key: bytes) -> dict[str, Any]:
    """Give an entry its number and its place behind another."""
    linked = {**plain, "number": before.number + 1, "previous": before.digest}
    return {**linked, "mac": _mac(linked, key)}


def mark_of(plain: Mapping[str, Any]) -> Mark:
    """What the next entry has to follow."""
    return Mark(int(plain["number"]), hashlib.sha256(_bytes(plain)).hexdigest())


def prove(entries: Iterable[Mapping[str, Any]], mark: Mark | None, key: bytes) -> ChainReport:
    """Find where entries, by number, are not as they were written. ``mark``: the newest one that is remembered."""
    breaks: list[Break] = []
    before, count, since = START, 0, None
    for plain in entries:
        count += 1
        if since is None:
            since = _whole(plain, "time")
        number = _whole(plain, "number")
        if number is None or not _is_ours(plain, key):
            breaks.append(Break(code="altered", number=before.number + 1 if number is None else number))
            before = Mark(before.number + 1 if number is None else number, "")
            continue
        if number > before.number + 1:
            missing = number - before.number - 1
            breaks.append(Break(code="missing", number=before.number + 1, count=missing))
        elif before.digest and (number <= before.number or plain["previous"] != before.digest):
            breaks.append(Break(code="out-of-order", number=number))
        before = mark_of(plain)
        if mark is not None and mark.number == number and mark.digest != before.digest:
            breaks.append(Break(code="altered", number=number))
    if mark is None and count:
        breaks.append(Break(code="mark-missing", number=before.number))
    if mark is not None and mark.number > before.number:
        breaks.append(Break(code="missing", number=before.number + 1, count=mark.number - before.number))
    return ChainReport(entries=count, since=since, breaks=breaks)


def _is_ours(plain: Mapping[str, Any], key: bytes) -> bool:
    told = plain.get("mac")
    made = _mac({name: value for name, value in plain.items() if name != "mac"}, key)
    return isinstance(told, str) and hmac.compare_digest(told.encode("utf-8", "replace"), made.encode())


def _mac(plain: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, _bytes(plain), hashlib.sha256).hexdigest()


def _bytes(plain: Mapping[str, Any]) -> bytes:
    return codec.dumps(plain).encode("utf-8", "surrogatepass")


def _whole(plain: Mapping[str, Any], name: str) -> int | None:
    value = plain.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
