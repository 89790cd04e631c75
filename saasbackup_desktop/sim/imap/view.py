"""One connection's picture of the folder it has opened."""

from bisect import bisect_left
from collections.abc import Iterator

from saasbackup_desktop.sim.imap import sequence
from saasbackup_desktop.sim.imap.state import Folder, Mailbox, Message


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

    def catch_up(self, *, expunge: bool) -> tuple[list[int], list[Message], bool]:
        """Take in what happened: removed UIDs (highest first), messages with new flags, whether any is new.

        Without ``expunge`` removals wait, since sequence numbers may not move now (RFC 3501 section 7.4.1).
        """
        folder = self.folder
        if folder.highest_modseq == self.modseq and folder.uid_validity == self.uid_validity:
            return [], [], False
        known = set(self.uids)
        gone = sorted((uid for uid in self.uids if uid not in folder.messages), reverse=True)
        if gone and not expunge:
            return [], [], False
        for uid in gone:
            del self.uids[bisect_left(self.uids, uid)]
        self.recent.difference_update(gone)
        new = [uid for uid in folder.messages if uid >= self.uid_next]
        changed = [m for m in folder.messages.values() if m.modseq > self.modseq and m.uid in known]
        self.uids.extend(new)
        self.uid_next = folder.uid_next
        self.modseq = folder.highest_modseq
        self._claim_recent()
        return gone, changed, bool(new)
