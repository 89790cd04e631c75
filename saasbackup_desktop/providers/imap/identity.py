"""Which mailbox of today is which of last time: the same, renamed, made anew (RFC 3501 section 2.3.1.1, RFC 8474)."""

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.providers.imap.mailboxes import Mailbox
from saasbackup_desktop.providers.imap.memory import Past
from saasbackup_desktop.providers.imap.session import Status


@dataclass(frozen=True, slots=True)
class Now:
    """A mailbox as it is."""

    mailbox: Mailbox
    status: Status | None
    """None if it cannot be opened."""


@dataclass(frozen=True, slots=True)
class Match:
    """A mailbox of today, its id and what it was."""

    now: Now
    id: NodeId
    past: Past | None


def match(pasts: Iterable[Past], present: Sequence[Now]) -> list[Match]:
    """Find what each mailbox was, in the order given.

    By MAILBOXID; else by path and UIDVALIDITY; else a vanished path with the same UIDVALIDITY is a renaming; else the
    same path, whose UIDVALIDITY has changed or which cannot be opened; else nothing: it is new.
    """
    open_pasts = {past.id: past for past in pasts}
    found: dict[str, Past] = {}

    def take(now: Now, past: Past | None) -> None:
        if past is not None and now.mailbox.path not in found:
            found[now.mailbox.path] = past
            del open_pasts[past.id]

    def remaining() -> list[Now]:
        return [now for now in present if now.mailbox.path not in found]

    by_identity = {past.mailbox_id: past for past in open_pasts.values() if past.mailbox_id}
    for now in remaining():
        if now.status and now.status.mailbox_id:
            take(now, by_identity.pop(now.status.mailbox_id, None))
    exact = {(past.path, past.uidvalidity): past for past in open_pasts.values() if not _denied(past, present)}
    for now in remaining():
        if now.status:
            take(now, exact.pop((now.mailbox.path, now.status.uidvalidity), None))
    for now, past in _renamings(remaining(), list(open_pasts.values())):
        take(now, past)
    same_path = {past.path: past for past in open_pasts.values() if not _denied(past, present)}
    for now in remaining():
        take(now, same_path.pop(now.mailbox.path, None))
    for now, past in _renamed_parents(found, remaining(), list(open_pasts.values())):
        take(now, past)
    return _numbered(present, found, set(open_pasts))


def _denied(past: Past, present: Sequence[Now]) -> bool:
    """Where both have a MAILBOXID and it differs, it is another mailbox, whatever its path."""
    return bool(past.mailbox_id) and any(
        now.mailbox.path == past.path and now.status and now.status.mailbox_id for now in present
    )


def _renamings(present: Sequence[Now], pasts: Sequence[Past]) -> list[tuple[Now, Past]]:
    candidates: list[tuple[Now, list[Past]]] = []
    for now in present:
        status = now.status
        if status is None or not status.uidvalidity:
            continue
        same = [
            past
            for past in pasts
            if past.can_open
            and past.uidvalidity == status.uidvalidity
            and past.path != now.mailbox.path
            and (past.status is None or past.status.uidnext <= status.uidnext)
        ]
        if len(same) > 1:
            same = _closest(now, status, same)
        if same:
            candidates.append((now, same))
    wanted = Counter(past.id for _, same in candidates for past in same)
    return [(now, same[0]) for now, same in candidates if len(same) == 1 and wanted[same[0].id] == 1]


def _closest(now: Now, status: Status, pasts: Sequence[Past]) -> list[Past]:
    """Some servers give one UIDVALIDITY to many mailboxes: then counts, then the last name must agree."""
    counted = [past for past in pasts if past.status and past.status.uidnext == status.uidnext] or list(pasts)
    leaf = _leaf(now.mailbox.path, now.mailbox.delimiter)
    return [past for past in counted if _leaf(past.path, now.mailbox.delimiter) == leaf] or counted


def _renamed_parents(
    found: Mapping[str, Past], present: Sequence[Now], pasts: Sequence[Past]
) -> Iterable[tuple[Now, Past]]:
    """A parent that cannot be opened has no UIDVALIDITY: it is known by what is in it."""
    for now in present:
        delimiter = now.mailbox.delimiter
        if now.status is not None or not delimiter:
            continue
        inside = now.mailbox.path + delimiter
        origins = {
            past.path.rpartition(delimiter)[0]
            for path, past in found.items()
            if path.startswith(inside) and delimiter not in path.removeprefix(inside)
        }
        for past in pasts:
            if not past.can_open and origins == {past.path}:
                yield now, past


def _numbered(present: Sequence[Now], found: Mapping[str, Past], lost: Container[NodeId]) -> list[Match]:
    held = {past.id for past in found.values()}
    matches = []
    for now in present:
        past = found.get(now.mailbox.path)
        id = past.id if past else _new_id(now, held, lost)
        held.add(id)
        matches.append(Match(now, id, past))
    return matches


def _new_id(now: Now, held: Container[NodeId], lost: Container[NodeId]) -> NodeId:
    status = now.status
    text = now.mailbox.path
    if status is not None:
        text = f"mailboxid:{status.mailbox_id}" if status.mailbox_id else f"{text}\n{status.uidvalidity}"
    for number in range(1, 10_000):
        salted = text if number == 1 else f"{text}\n#{number}"
        id = NodeId(hashlib.sha256(salted.encode()).hexdigest()[:16])
        if id not in held and id not in lost:
            return id
    raise AssertionError("ten thousand mailboxes cannot have one id")


def _leaf(path: str, delimiter: str | None) -> str:
    return path.rpartition(delimiter)[2] if delimiter else path
