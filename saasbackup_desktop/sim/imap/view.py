"""One connection's picture of the folder it has opened."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from saasbackup_desktop.sim.imap import sequence
from saasbackup_desktop.sim.imap.state import Folder, Mailbox, Message


@dataclass(slots=True)
class News:
    """What a client has yet to hear."""

    gone: list[tuple[int, int]] = field(default_factory=list)
    """Sequence numbers and UIDs removed, highest first."""
    changed: list[Message] = field(default_factory=list)
    exists: int | None = None
    recent: int | None = None

    def __bool__(self) -> bool:
        return bool(self.gone or self.changed or self.exists is not None)


class View:
    """The messages a client knows of, by sequence number; brought up to date only when the protocol allows it."""

    def __init__(self, mailbox: Mailbox, folder: Folder, *, read_only: bool) -> None:
        self.mailbox = mailbox
        self.folder = folder
        self.read_only = read_only
        self.uids = folder.uids()
        self.uid_next = folder.uid_next
        self.modseq = folder.highest_modseq
        self.uid_validity = folder.uid_validity
        self.keywords_told = len(folder.keywords)
        self.recent: set[int] = set()
        self._told: dict[int, int] = {}
        self._removals_wait = False
        self._claim_recent()

    def _claim_recent(self) -> None:
        first = self.folder.recent_from
        self.recent.update(self.uids[bisect_left(self.uids, first) :])
        if not self.read_only:
            self.folder.recent_from = self.uid_next

    def number(self, uid: int) -> int:
        """Say the sequence number of a UID."""
        return bisect_left(self.uids, uid) + 1

    def pick(self, text: str, *, by_uid: bool) -> list[int]:
        """Read a set and pick the UIDs that it names; ValueError if it is no set or names an absent number."""
        ranges = sequence.read(text)
        return sequence.uids_in(ranges, self.uids) if by_uid else sequence.numbered_in(ranges, self.uids)

    def messages(self, uids: list[int]) -> Iterator[Message]:
        """Find messages; those removed meanwhile are left out."""
        for uid in uids:
            message = self.folder.messages.get(uid)
            if message is not None:
                yield message

    def shown(self, message: Message) -> bytes:
        """Write the flags of a message for this client, ``\\Recent`` included."""
        flags = sorted(message.flags)
        if message.uid in self.recent:
            flags.append("\\Recent")
        return ("(" + " ".join(flags) + ")").encode()

    def note_told(self, message: Message) -> None:
        """Remember that the client knows this state of a message already."""
        self._told[message.uid] = message.modseq

    def catch_up(self, *, expunge: bool) -> News:
        """Take in what happened since the last time.

        Without ``expunge`` removals wait, since sequence numbers may not move now (RFC 3501 section 7.4.1).
        """
        folder, news = self.folder, News()
        if folder.highest_modseq == self.modseq and not self._removals_wait:
            return news
        gone = [uid for uid in self.uids if uid not in folder.messages]
        self._removals_wait = bool(gone) and not expunge
        if expunge:
            for uid in reversed(gone):
                news.gone.append((self.number(uid), uid))
                del self.uids[self.number(uid) - 1]
            self.recent.difference_update(gone)
        changed = (message for message in folder.messages.values() if message.modseq > self.modseq)
        for message in changed:
            if message.uid < self.uid_next and self._told.get(message.uid) != message.modseq:
                news.changed.append(message)
        new = [uid for uid in folder.messages if uid >= self.uid_next]
        recent = len(self.recent)
        self.uids.extend(new)
        self.uid_next = folder.uid_next
        self.modseq = folder.highest_modseq
        self._told.clear()
        self._claim_recent()
        news.exists = len(self.uids) if new else None
        news.recent = len(self.recent) if len(self.recent) != recent else None
        return news
