"""What a source remembers from run to run: how each mailbox stood when all of it had been told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.core.stream import Cursor
from saasbackup_desktop.providers.imap.session import Status

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A mailbox as it was."""

    id: NodeId
    path: str
    can_open: bool
    status: Status | None = None
    """None: it was not told to its end, so it must be compared message by message."""
    uidvalidity: int = 0
    mailbox_id: str = ""


@dataclass(slots=True)
class Memory:
    """All mailboxes as they were; becomes the cursor."""

    pasts: dict[NodeId, Past] = field(default_factory=dict)
    is_underway: bool = False
    """The run was cut short: some of what is new in these mailboxes may be in the catalog already."""

    def settle(self, past: Past) -> None:
        """Remember that a mailbox has been told to its end."""
        self.pasts[past.id] = past

    def forget(self, id: NodeId) -> None:
        """Forget a mailbox that is no more."""
        self.pasts.pop(id, None)

    def cursor(self) -> Cursor:
        """Write it down as plain data."""
        folders: dict[str, Any] = {}
        for past in self.pasts.values():
            status = past.status
            folders[past.id] = {"path": past.path, "open": past.can_open, "uidvalidity": past.uidvalidity}
            if past.mailbox_id:
                folders[past.id]["mailboxid"] = past.mailbox_id
            if status is not None:
                folders[past.id] |= {"uidnext": status.uidnext, "modseq": status.modseq, "exists": status.exists}
        return {"version": _VERSION, "folders": folders, "underway": self.is_underway}


def recall(since: Cursor | None, folders: Sequence[Folder]) -> Memory:
    """Read a cursor; mailboxes that it does not know, but the last snapshot does, count as not told to their end."""
    memory = Memory()
    for folder in folders:
        memory.settle(
            Past(
                id=folder.id,
                path=folder.facets.get("path", folder.name),
                can_open="noselect" not in folder.facets,
                uidvalidity=int(folder.facets.get("uidvalidity", "0")),
                mailbox_id=folder.facets.get("mailboxid", ""),
            )
        )
    plain: Any = since or {}
    memory.is_underway = bool(plain.get("underway"))
    entries: Mapping[str, Any] = plain.get("folders", {}) if plain.get("version") == _VERSION else {}
    for id, entry in entries.items():
        status = None
        if "uidnext" in entry:
            status = Status(
                exists=entry["exists"],
                uidvalidity=entry["uidvalidity"],
                uidnext=entry["uidnext"],
                modseq=entry["modseq"],
            )
        memory.settle(
            Past(
                id=NodeId(id),
                path=entry["path"],
                can_open=entry["open"],
                status=status,
                uidvalidity=entry["uidvalidity"],
                mailbox_id=entry.get("mailboxid", ""),
            )
        )
    return memory
