"""Notices on their way: written down before they are sent, tried again with growing waits, given up after days."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from saasbackup_desktop.app.notices.gathering import ROOM
from saasbackup_desktop.app.notices.views import Channel, Fate, Kind, Sent
from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core.errors import AddressRefused, Fault, Misconfigured, Throttled
from saasbackup_desktop.providers.notify import letter
from saasbackup_desktop.providers.notify.letter import Letter

_WAITS: Final = (60, 300, 900, 3600, 7200, 14400, 21600)
"""Seconds until the next attempt; the last one from then on."""
_SLOW: Final = 3
"""Where somebody has to put something right first, waits begin here."""
GIVE_UP: Final = 4 * 86400
"""Seconds after which it is given up, as mail servers do."""
KEPT: Final = 30 * 86400
"""Seconds for which it can be looked up what was sent."""
TELL: Final = 3
"""Attempts after which somebody else is told."""
PAST: Final = "notices-sent"
"""The room of what is over: it is not read in every round."""
_PREFIX: Final = "out:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One notice to one recipient."""

    sent: Sent
    letter: Letter = field(repr=False)
    download: str = ""
    """The job of the one export that it tells of, if it tells of nothing else."""
    is_told: bool = False
    """Somebody else knows that it cannot be delivered."""

    @property
    def is_open(self) -> bool:
        """It is still to be delivered."""
        return self.sent.fate in (Fate.WAITING, Fate.FAILED)


def fails(one: Outgoing, fault: Fault, now: int) -> Outgoing:
    """After an attempt that failed."""
    attempts = one.sent.attempts + 1
    place = attempts - 1 + (_SLOW if isinstance(fault, AddressRefused | Misconfigured) else 0)
    wait = _WAITS[min(place, len(_WAITS) - 1)]
    if isinstance(fault, Throttled):
        wait = max(wait, int(fault.wait))
    is_over = now - one.sent.made >= GIVE_UP
    return replace(
        one,
        sent=replace(
            one.sent,
            fate=Fate.GIVEN_UP if is_over else Fate.FAILED,
            attempts=attempts,
            due=None if is_over else now + wait,
            code=fault.code,
            facts=dict(fault.facts),
        ),
    )


def arrives(one: Outgoing, answer: str, now: int) -> Outgoing:
    """After an attempt that went well."""
    sent = replace(
        one.sent,
        fate=Fate.SENT,
        attempts=one.sent.attempts + 1,
        due=None,
        sent=now,
        answer=answer,
        code="",
        facts={},
    )
    return replace(one, sent=sent)


def record_of(one: Outgoing) -> Record:
    """Write it down."""
    sent = one.sent
    plain = {
        "id": sent.id,
        "recipient": sent.recipient,
        "name": sent.name,
        "channel": sent.channel.value,
        "kind": sent.kind.value,
        "subject": sent.subject,
        "made": sent.made,
        "fate": sent.fate.value,
        "attempts": sent.attempts,
        "due": sent.due,
        "sent": sent.sent,
        "answer": sent.answer,
        "code": sent.code,
        "facts": dict(sent.facts),
    }
    return Record(
        f"{_PREFIX}{sent.id}",
        sent.made,
        {"sent": plain, "letter": letter.to_plain(one.letter), "download": one.download, "is_told": one.is_told},
    )


def current(catalog: Catalog) -> list[Outgoing]:
    """Read what is on its way, newest first, and what was a moment ago."""
    return [_of(record.plain) for record in catalog.records(ROOM) if record.key.startswith(_PREFIX)]


def past(catalog: Catalog, since: int | None = None, limit: int | None = None) -> list[Outgoing]:
    """Read what is over, newest first."""
    return [_of(record.plain) for record in catalog.records(PAST, since=since, limit=limit)]


def lay_by(catalog: Catalog, until: int) -> None:
    """Put what is over out of the way, and forget what was made before ``until``."""
    over = [one for one in current(catalog) if not one.is_open and (one.is_told or one.sent.fate is Fate.SENT)]
    if over:
        catalog.put_records(PAST, [record_of(one) for one in over])
        catalog.drop_records(ROOM, [key_of(one) for one in over])
    old = catalog.records(PAST, until=until)
    if old:
        catalog.drop_records(PAST, [record.key for record in old])


def key_of(one: Outgoing) -> str:
    """What it is written down under."""
    return f"{_PREFIX}{one.sent.id}"


def _of(plain: Mapping[str, Any]) -> Outgoing:
    said = plain["sent"]
    sent = Sent(**{**said, "channel": Channel(said["channel"]), "kind": Kind(said["kind"]), "fate": Fate(said["fate"])})
    return Outgoing(
        sent=sent,
        letter=letter.from_plain(plain["letter"]),
        download=plain.get("download", ""),
        is_told=plain["is_told"],
    )
