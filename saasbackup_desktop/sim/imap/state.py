"""The truth of a pretend IMAP account: mailbox, folders, messages.

Tests and the demonstration change it from any thread; signed-in clients are told as a server would tell them.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")
_SPELLING = {flag.lower(): flag for flag in SYSTEM_FLAGS}

INBOX = "INBOX"


class Impossible(Exception):
    """A change that the account does not allow; ``code`` is a response code of RFC 5530, or empty."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True)
class Message:
    """One message of a folder. ``data`` never changes; flags do, through the mailbox."""

    uid: int
    data: bytes
    flags: frozenset[str]
    internal_date: datetime
    modseq: int
    id: str
    """Names the bytes wherever they are copied or moved to (RFC 8474 EMAILID)."""


@dataclass(slots=True)
class Folder:
    """One folder. Change it through its mailbox."""

    name: str
    """The whole path, as the server shows it."""
    id: str
    uid_validity: int
    use: str = ""
    """Its special use, such as ``\\Sent`` (RFC 6154), or empty."""
    selectable: bool = True
    uid_next: int = 1
    highest_modseq: int = 1
    recent_from: int = 1
    """The first UID that no client has been shown as recent."""
    size: int = 0
    """Bytes of all messages."""
    messages: dict[int, Message] = field(default_factory=dict)
    """By UID, ascending."""
    vanished: list[tuple[int, int]] = field(default_factory=list)
    """Modification sequence and UID of what was removed, oldest first."""
    keywords: dict[str, str] = field(default_factory=dict)
    """Keywords ever used here: in lower case, and as first written."""

    def uids(self) -> list[int]:
        """List the UIDs, ascending."""
        return list(self.messages)

    def spelled(self, flags: Iterable[str]) -> frozenset[str]:
        """Write flags the way this folder knows them."""
        known: set[str] = set()
        for flag in flags:
            lower = flag.lower()
            if lower == "\\recent":
                continue
            known.add(_SPELLING.get(lower) or self.keywords.setdefault(lower, flag))
        return frozenset(known)

    def vanished_since(self, modseq: int) -> list[int]:
        """List the UIDs removed after a modification sequence, ascending."""
        start = bisect_left(self.vanished, (modseq + 1, 0))
        return sorted(uid for _, uid in self.vanished[start:])

    def touch(self) -> int:
        """Advance the modification sequence."""
        self.highest_modseq += 1
        return self.highest_modseq


class Mailbox:
    """An account on the pretend server: how to sign in, and everything that is in it."""

    def __init__(
        self,
        user: str,
        password: str = "secret",
        *,
        tokens: Iterable[str] = (),
        delimiter: str | None = "/",
        prefix: str = "",
        shared: Iterable[str] = (),
        others: Iterable[str] = (),
        quota: int | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        first_validity: int = 1_700_000_001,
    ) -> None:
        """Make an account with an empty INBOX.

        ``tokens`` are the OAuth 2 access tokens it accepts; ``prefix`` begins all names but INBOX (as in ``INBOX.``);
        ``shared`` and ``others`` are prefixes of further namespaces (RFC 2342); ``quota`` counts bytes.
        """
        self.user = user
        self.password = password
        self.tokens = set(tokens)
        self.delimiter = delimiter
        self.prefix = prefix
        self.shared = tuple(shared)
        self.others = tuple(others)
        self.quota = quota
        self.clock = clock
        self.lock = threading.RLock()
        self.folders: dict[str, Folder] = {}
        self.subscriptions: set[str] = set()
        self._next_validity = first_validity
        self._next_id = 1
        self._listeners: dict[object, Callable[[], None]] = {}
        self.create(INBOX)

    def __repr__(self) -> str:
        return f"Mailbox({self.user!r}, {len(self.folders)} folders)"

    # Telling

    def listen(self, key: object, hear: Callable[[], None]) -> None:
        """Call ``hear`` after every change, from the changing thread."""
        with self.lock:
            self._listeners[key] = hear

    def unlisten(self, key: object) -> None:
        """Stop calling."""
        with self.lock:
            self._listeners.pop(key, None)

    def _changed(self) -> None:
        for hear in list(self._listeners.values()):
            hear()

    # Looking

    @property
    def used(self) -> int:
        """Bytes of all messages."""
        return sum(folder.size for folder in self.folders.values())

    def path(self, *names: str) -> str:
        """Join names to the path of a folder, under the personal prefix."""
        if len(names) == 1 and names[0].upper() == INBOX:
            return INBOX
        return self.prefix + (self.delimiter or "").join(names)

    def known(self, path: str) -> str:
        """Write a path the way the account knows it: INBOX has no case (RFC 3501 section 5.1)."""
        head, mark, tail = path.partition(self.delimiter) if self.delimiter else (path, "", "")
        return INBOX + mark + tail if head.upper() == INBOX else path

    def folder(self, path: str) -> Folder:
        """Find a folder that can be opened; Impossible if there is none."""
        folder = self.folders.get(self.known(path))
        if folder is None or not folder.selectable:
            raise Impossible("NONEXISTENT", f"Mailbox doesn't exist: {path}")
        return folder

    def children(self, path: str) -> list[Folder]:
        """List the folders below, at any depth."""
        if self.delimiter is None:
            return []
        start = path + self.delimiter
        return [folder for name, folder in self.folders.items() if name.startswith(start)]

    # Folders

    def _new_id(self, letter: str) -> str:
        self._next_id += 1
        return f"{letter}{self._next_id:08x}"

    def new_validity(self) -> int:
        """Draw a UIDVALIDITY never used before."""
        self._next_validity += 1
        return self._next_validity - 1

    def create(self, path: str, *, use: str = "", selectable: bool = True, subscribed: bool = False) -> Folder:
        """Make a folder, and name its parents; Impossible if it is there already."""
        with self.lock:
            path = self.known(path)
            existing = self.folders.get(path)
            if existing is not None:
                if existing.selectable or not selectable:
                    raise Impossible("ALREADYEXISTS", "Mailbox already exists")
                existing.selectable, existing.use = True, use
                existing.uid_validity = self.new_validity()
                folder = existing
            else:
                folder = Folder(path, self._new_id("F"), self.new_validity(), use, selectable)
                self._name_parents(path)
                self.folders[path] = folder
            if subscribed:
                self.subscribe(path)
            self._changed()
            return folder

    def _name_parents(self, path: str) -> None:
        if self.delimiter is None:
            return
        parent = path.rpartition(self.delimiter)[0]
        # The prefix of a namespace is no folder of its own, except where it is INBOX.
        if parent and parent not in self.folders and parent + self.delimiter not in (self.prefix, *self.shared):
            self._name_parents(parent)
            self.folders[parent] = Folder(parent, self._new_id("F"), self.new_validity(), selectable=False)

    def delete(self, path: str) -> None:
        """Remove a folder and its messages; with folders below, its name stays but cannot be opened."""
        with self.lock:
            path = self.known(path)
            if path == INBOX:
                raise Impossible("", "INBOX can't be deleted.")
            folder = self.folder(path)
            if self.children(path):
                folder.selectable, folder.messages, folder.size = False, {}, 0
            else:
                del self.folders[path]
                self._forget_parents(path)
            self._changed()

    def _forget_parents(self, path: str) -> None:
        if self.delimiter is None:
            return
        parent = path.rpartition(self.delimiter)[0]
        folder = self.folders.get(parent)
        if folder is not None and not folder.selectable and not self.children(parent):
            del self.folders[parent]
            self._forget_parents(parent)

    def rename(self, old: str, new: str) -> None:
        """Rename a folder with all below it; of INBOX, only move its messages (RFC 3501 section 6.3.5)."""
        with self.lock:
            old, new = self.known(old), self.known(new)
            target = self.folders.get(new)
            if target is not None and target.selectable:
                raise Impossible("ALREADYEXISTS", "Target mailbox already exists")
            if old == INBOX:
                self.create(new)
                self.move(INBOX, self.folders[INBOX].uids(), new)
                return
            folder = self.folders.get(old)
            if folder is None:
                raise Impossible("NONEXISTENT", f"Mailbox doesn't exist: {old}")
            if self.delimiter is not None and new.startswith(old + self.delimiter):
                raise Impossible("CANNOT", "Can't rename mailbox under itself.")
            moving = [folder, *self.children(old)]
            for each in moving:
                del self.folders[each.name]
            self._forget_parents(old)
            for each in moving:
                each.name = new + each.name[len(old) :]
                self._name_parents(each.name)
                self.folders[each.name] = each
            self._changed()

    def subscribe(self, path: str, wanted: bool = True) -> None:
        """Subscribe to a name, or give it up."""
        with self.lock:
            path = self.known(path)
            (self.subscriptions.add if wanted else self.subscriptions.discard)(path)

    def renumber(self, path: str) -> None:
        """Give a folder a new UIDVALIDITY and all its messages new UIDs, as after a server was rebuilt."""
        with self.lock:
            folder = self.folder(path)
            messages = list(folder.messages.values())
            folder.uid_validity = self.new_validity()
            folder.uid_next, folder.vanished, folder.recent_from = 1, [], 1
            modseq = folder.touch()
            folder.messages = {}
            for message in messages:
                message.uid, message.modseq = folder.uid_next, modseq
                folder.messages[message.uid] = message
                folder.uid_next += 1
            self._changed()

    # Messages

    def deliver(
        self, path: str, data: bytes, flags: Iterable[str] = (), internal_date: datetime | None = None, *, id: str = ""
    ) -> Message:
        """Add a message; Impossible when the folder is missing."""
        with self.lock:
            folder = self.folder(path)
            message = self._add(folder, data, folder.spelled(flags), internal_date or self.clock(), id)
            self._changed()
            return message

    def _add(self, folder: Folder, data: bytes, flags: frozenset[str], internal_date: datetime, id: str) -> Message:
        message = Message(folder.uid_next, data, flags, internal_date, folder.touch(), id or self._new_id("M"))
        folder.messages[message.uid] = message
        folder.uid_next += 1
        folder.size += len(data)
        return message

    def mark(self, path: str, uids: Iterable[int], flags: Iterable[str]) -> None:
        """Give messages exactly these flags."""
        with self.lock:
            folder = self.folder(path)
            wanted = folder.spelled(flags)
            modseq = folder.touch()
            for uid in uids:
                message = folder.messages[uid]
                message.flags, message.modseq = wanted, modseq
            self._changed()

    def copy(self, path: str, uids: Iterable[int], to: str) -> list[Message]:
        """Copy messages, oldest UID first; Impossible with TRYCREATE when the target is missing."""
        with self.lock:
            folder = self.folder(path)
            target = self._target(to)
            copies = [
                self._add(target, message.data, target.spelled(message.flags), message.internal_date, message.id)
                for message in (folder.messages[uid] for uid in sorted(uids))
            ]
            self._changed()
            return copies

    def _target(self, path: str) -> Folder:
        try:
            return self.folder(path)
        except Impossible as missing:
            raise Impossible("TRYCREATE", str(missing)) from None

    def move(self, path: str, uids: Iterable[int], to: str) -> list[Message]:
        """Move messages."""
        with self.lock:
            wanted = sorted(uids)
            moved = self.copy(path, wanted, to)
            self.remove(path, wanted)
            return moved

    def remove(self, path: str, uids: Iterable[int]) -> None:
        """Remove messages for good."""
        with self.lock:
            folder = self.folder(path)
            modseq = folder.touch()
            for uid in sorted(uids):
                folder.size -= len(folder.messages.pop(uid).data)
                folder.vanished.append((modseq, uid))
            self._changed()
