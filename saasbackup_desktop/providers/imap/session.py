"""A signed-in connection and the commands that are asked of it."""

import imaplib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from saasbackup_desktop.core.errors import ProtocolBroken
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.imap.flags import Permanent
from saasbackup_desktop.providers.imap.sets import first_last, read_set, write_set
from saasbackup_desktop.providers.imap.wire import Outcome, Rejected, Value, Wire, Word, number, parse, quoted, texts

Told = TypeVar("Told")
_STATUS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Status:
    """How a mailbox stands; zero where the server does not tell."""

    exists: int = 0
    uidvalidity: int = 0
    uidnext: int = 0
    modseq: int = 0
    mailbox_id: str = ""
    size: int = 0


@dataclass(slots=True)
class Selected:
    """What the server says when a mailbox is opened."""

    status: Status
    vanished: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of UIDs (RFC 7162)."""
    changed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Flags of messages changed since."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a list needs to know of a message."""

    uid: int
    size: int
    flags: tuple[str, ...]
    internal_date: str


@dataclass(frozen=True, slots=True)
class Listed:
    """All messages of a mailbox."""

    uidvalidity: int
    exists: int
    dates: Sequence[tuple[int, str]]
    """UIDs, and when each message came, as the server writes it."""


class Session:
    """One connection, signed in. Not thread-safe. Raises Rejected and whatever breaks a connection."""

    def __init__(self, connection: imaplib.IMAP4, traffic: Traffic | None = None) -> None:
        self.wire = Wire(connection, traffic)
        self.selected = ""
        """The mailbox that is open."""
        self.uidvalidity = 0
        """Of the open mailbox; 0 if the server does not tell."""
        self.permanent: Permanent = None
        """Flags that the open mailbox keeps, if it is open for writing."""
        self._writable = False
        self.abilities: frozenset[str] = frozenset()
        self.qresync = False
        self.condstore = False

    def learn_abilities(self) -> None:
        """Ask what the server can do, and switch on what is needed: again after sign-in, when the answer differs."""
        replies = self.wire.command(b"CAPABILITY").of(b"CAPABILITY")
        words = [word for reply in replies for word in reply.parts[0].split()]
        self.abilities = frozenset(word.decode(errors="replace").upper() for word in words)
        self.wire.prompt_literals = "LITERAL+" in self.abilities
        self.condstore = bool(self.abilities & {"CONDSTORE", "QRESYNC"})
        if {"ENABLE", "QRESYNC"} <= self.abilities:
            self.qresync = any(b"QRESYNC" in r.parts[0].upper() for r in self._enable(b"QRESYNC").of(b"ENABLED"))

    def limit(self) -> int | None:
        """The largest message that may be appended, where the server tells (RFC 7889)."""
        values = [ability.partition("=")[2] for ability in self.abilities if ability.startswith("APPENDLIMIT=")]
        return int(values[0]) if values and values[0].isdigit() else None

    def status(self, paths: Sequence[str]) -> list[Status | None]:
        """Ask how mailboxes stand, many in one go; None for one that cannot be asked."""
        items = [b"MESSAGES", b"UIDNEXT", b"UIDVALIDITY"]
        items += [b"HIGHESTMODSEQ"] if self.condstore else []
        items += [b"MAILBOXID"] if "OBJECTID" in self.abilities else []
        items += [b"SIZE"] if "STATUS=SIZE" in self.abilities else []
        wanted = b"(%s)" % b" ".join(items)
        found: list[Status | None] = []
        for start in range(0, len(paths), _STATUS_AT_ONCE):
            commands = [(b"STATUS", name(path), wanted) for path in paths[start : start + _STATUS_AT_ONCE]]
            found += [_status(outcome) for outcome in self.wire.together(commands)]
        return found

    def examine(self, path: str, since: Status | None = None) -> Selected:
        """Open a mailbox for reading only: flags stay as they are. ``since``: ask for what changed (QRESYNC)."""
        words: list[Word] = [b"EXAMINE", name(path)]
        if since is not None:
            words.append(b"(QRESYNC (%d %d))" % (since.uidvalidity, since.modseq))
        elif self.condstore:
            words.append(b"(CONDSTORE)")
        return self._open(path, words, writable=False)

    def select(self, path: str) -> Selected:
        """Open a mailbox for writing."""
        return self._open(path, [b"SELECT", name(path)], writable=True)

    def visit(self, path: str) -> None:
        """Have a mailbox open, no matter how."""
        if self.selected != path:
            self.examine(path)

    def visit_writable(self, path: str) -> None:
        """Have a mailbox open for writing."""
        if self.selected != path or not self._writable:
            self.select(path)

    def uids(self, exists: int) -> list[int]:
        """All UIDs of the open mailbox, ascending; servers that cut long answers are asked in pieces."""
        words = [
            word for reply in self.wire.command(b"UID", b"SEARCH", b"ALL").of(b"SEARCH") for word in reply.values()
        ]
        found = sorted({number(word) for word in words if isinstance(word, bytes) and word.isdigit()})
        if len(found) >= exists:
            return found
        pieces = {
            number(fields.get(b"UID"))
            for start in range(1, exists + 1, 500)
            for fields in self._rows(b"FETCH", b"%d:%d" % (start, min(start + 499, exists)), b"(UID)")
        }
        return sorted((pieces | set(found)) - {0})

    def listed(self, path: str) -> Listed:
        """Open a mailbox without asking what changed, and list it message by message."""
        self.selected = ""
        selected = self._open(path, [b"EXAMINE", name(path)], writable=False)
        exists = selected.status.exists
        dates: dict[int, str] = {}
        start = 1
        while start <= exists:
            told = 0
            for fields in self._rows(b"FETCH", b"%d:%d" % (start, min(start + 499, exists)), b"(UID INTERNALDATE)"):
                uid, date = number(fields.get(b"UID")), fields.get(b"INTERNALDATE")
                if uid and b"INTERNALDATE" in fields:
                    told += uid not in dates
                    dates[uid] = date.decode(errors="replace") if isinstance(date, bytes) else ""
            if not told:
                break
            start += told  # some servers cut long answers
        return Listed(selected.status.uidvalidity, exists, sorted(dates.items()))

    def flags(self, uids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Flags of these messages, which must be neighbours in the mailbox, ascending."""
        rows = self._rows(b"UID", b"FETCH", first_last(uids), b"(UID FLAGS)")
        return {number(fields.get(b"UID")): flag_names(fields.get(b"FLAGS")) for fields in rows}

    def changed_flags(self, modseq: int) -> dict[int, tuple[str, ...]]:
        """Flags of all messages new or changed since (RFC 7162)."""
        rows = self._rows(b"UID", b"FETCH", b"1:*", b"(UID FLAGS)", b"(CHANGEDSINCE %d)" % modseq)
        return {number(fields.get(b"UID")): flag_names(fields.get(b"FLAGS")) for fields in rows if b"FLAGS" in fields}

    def details(self, uids: Sequence[int]) -> list[Details]:
        """Size, flags and date of messages; those that have gone are left out."""
        found = self._whole(uids, self._details)
        return [found[uid] for uid in uids if uid in found]

    def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Raw header sections."""
        return self._bytes(uids, b"BODY.PEEK[HEADER]")

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Whole messages."""
        return self._bytes(uids, b"BODY.PEEK[]")

    def piece(self, uid: int, start: int, size: int) -> bytes | None:
        """A stretch of a message, shorter at its end; None if it has gone."""
        return self._bytes([uid], b"BODY.PEEK[]<%d.%d>" % (start, size)).get(uid)

    def leave(self) -> None:
        """Have no mailbox open, so that STATUS tells the truth of all; nothing is expunged."""
        if not self.selected:
            return
        if "UNSELECT" in self.abilities:
            self.wire.command(b"UNSELECT")
        else:
            if self._writable:
                self.examine(self.selected)
            self.wire.command(b"CLOSE")  # which expunges, but not what is open for reading only
        self.selected = ""

    def close(self) -> None:
        """Say goodbye if the server still listens; release the socket."""
        try:
            self.wire.command(b"LOGOUT")
        except (OSError, ValueError, Rejected, ProtocolBroken):
            return  # the answer is BYE, which reads as a lost connection
        finally:
            self.wire.close()

    def _open(self, path: str, words: list[Word], *, writable: bool) -> Selected:
        self.selected = ""
        outcome = self.wire.command(*words)
        self.selected, self._writable = path, writable
        codes = outcome.codes
        self.uidvalidity = number(codes.get(b"UIDVALIDITY"))
        exists = [reply.number or 0 for reply in outcome.of(b"EXISTS")]
        told = codes.get(b"PERMANENTFLAGS")
        self.permanent = None if told is None else frozenset(flag.lower() for flag in flag_names(parse([told])[0]))
        selected = Selected(
            Status(
                exists=exists[-1] if exists else 0,
                uidvalidity=number(codes.get(b"UIDVALIDITY")),
                uidnext=number(codes.get(b"UIDNEXT")),
                modseq=number(codes.get(b"HIGHESTMODSEQ")),
            ),
        )
        for reply in outcome.of(b"VANISHED"):
            selected.vanished += read_set(reply.parts[0].rpartition(b" ")[2])
        for reply in outcome.of(b"FETCH"):
            fields = reply.fields()
            if b"UID" in fields and b"FLAGS" in fields:
                selected.changed[number(fields[b"UID"])] = flag_names(fields[b"FLAGS"])
        return selected

    def _rows(self, *words: bytes) -> Iterable[dict[bytes, Value]]:
        return (reply.fields() for reply in self.wire.command(*words).of(b"FETCH"))

    def _whole(self, uids: Sequence[int], ask: Callable[[Sequence[int]], dict[int, Told]]) -> dict[int, Told]:
        """Ask until all is told, as some servers cut long answers, and once more for what may have just arrived."""
        found: dict[int, Told] = {}
        missing = list(uids)
        is_refreshed = False
        while missing:
            try:
                found |= ask(missing)
            except Rejected as rejected:
                if is_refreshed or rejected.code != b"EXPUNGEISSUED":
                    raise
            still = [uid for uid in missing if uid not in found]
            if len(still) == len(missing):
                if is_refreshed:
                    break
                self.wire.command(b"NOOP")
                is_refreshed = True
            missing = still
        return found

    def _details(self, uids: Sequence[int]) -> dict[int, Details]:
        found = {}
        for fields in self._rows(b"UID", b"FETCH", write_set(uids), b"(UID FLAGS INTERNALDATE RFC822.SIZE)"):
            uid = number(fields.get(b"UID"))
            if uid and b"RFC822.SIZE" in fields:
                date = fields.get(b"INTERNALDATE")
                found[uid] = Details(
                    uid,
                    number(fields.get(b"RFC822.SIZE")),
                    flag_names(fields.get(b"FLAGS")),
                    date.decode(errors="replace") if isinstance(date, bytes) else "",
                )
        return found

    def _bytes(self, uids: Sequence[int], item: bytes) -> dict[int, bytes]:
        return self._whole(uids, lambda some: self._bytes_once(some, item))

    def _bytes_once(self, uids: Sequence[int], item: bytes) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for fields in self._rows(b"UID", b"FETCH", write_set(uids), b"(UID %s)" % item):
            uid = number(fields.get(b"UID"))
            for name_, value in fields.items():
                if name_.startswith(b"BODY[") and isinstance(value, bytes):  # NIL: it has just been expunged
                    found[uid] = value
        return found

    def _enable(self, what: bytes) -> Outcome:
        try:
            return self.wire.command(b"ENABLE", what)
        except Rejected:
            return Outcome()


def name(path: str) -> bytes:
    """Write a mailbox name; ``path`` is the server's own spelling, one character for each byte."""
    return quoted(path.encode("latin-1"))


def flag_names(value: Value) -> tuple[str, ...]:
    r"""Flags and keywords, sorted, each once, without ``\Recent``, which says something of the session only."""
    names = {flag.decode(errors="replace") for flag in texts(value)}
    return tuple(sorted(flag for flag in names if flag.lower() != "\\recent"))


def _status(outcome: Outcome | Rejected) -> Status | None:
    if isinstance(outcome, Rejected):
        return None
    for reply in outcome.of(b"STATUS"):
        values = reply.values()[-1]
        if isinstance(values, list):
            names = iter(values)
            told = {key.upper(): value for key, value in zip(names, names, strict=False) if isinstance(key, bytes)}
            (identity, *_) = texts(told.get(b"MAILBOXID")) or [b""]
            return Status(
                exists=number(told.get(b"MESSAGES")),
                uidvalidity=number(told.get(b"UIDVALIDITY")),
                uidnext=number(told.get(b"UIDNEXT")),
                modseq=number(told.get(b"HIGHESTMODSEQ")),
                mailbox_id=identity.decode(errors="replace"),
                size=number(told.get(b"SIZE")),
            )
    return None
