"""Small made-up mailboxes for the catalog's tests."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from saasbackup_desktop.core.ids import AccountId, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import (
    Account,
    Body,
    Folder,
    Head,
    Item,
    Owed,
    Provider,
    Segment,
    Service,
    Snapshot,
    SnapshotStatus,
)

KEY = bytes(range(32))
ANNA = Account(id=AccountId("a" * 16), provider=Provider.IMAP, address="anna@example.org", name="Anna")
STREAM = StreamId(f"{ANNA.id}/mail")
BEN = Account(id=AccountId("b" * 16), provider=Provider.IMAP, address="ben@example.org")
BENS = StreamId(f"{BEN.id}/mail")


def point(number: int) -> SnapshotId:
    """Name a point in time."""
    return SnapshotId(f"20240101T00{number:02d}00Z-{number:08x}")


def head(
    number: int,
    account: Account = ANNA,
    cursor: Mapping[str, Any] | None = None,
    owed: Iterable[Owed] = (),
    *,
    root: str = "root",
    final: bool = True,
) -> Head:
    """Make the head of a point in time."""
    owed = tuple(owed)
    return Head(
        snapshot=Snapshot(
            id=point(number),
            stream=StreamId(f"{account.id}/mail"),
            started=number * 60,
            finished=number * 60 + 5,
            status=SnapshotStatus.COMPLETE if final else SnapshotStatus.PARTIAL,
            items=0,
            folders=0,
            size=0,
            added=0,
            changed=0,
            removed=0,
            owed=len(owed),
        ),
        account=account,
        service=Service.MAIL,
        root=root,
        cursor=cursor if cursor is not None else {"at": number},
        owed=owed,
        final=final,
    )


def folder(id: str, name: str | None = None, parent: str | None = None) -> Folder:
    """Make a folder."""
    return Folder(id=NodeId(id), parent=NodeId(parent) if parent else None, name=name or id)


def item(id: str, parent: str = "inbox", subject: str = "", **fields: Any) -> Item:
    """Make an item with a body; ``sender`` and ``to`` are short for facets."""
    facets = {"from": fields.pop("sender", "Ben <ben@example.org>"), "to": fields.pop("to", "anna@example.org")}
    content = fields.pop("content", id)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    length = fields.pop("length", 100)
    values: dict[str, Any] = {
        "revision": "1",
        "time": 1_700_000_000,
        "size": length,
        "body": Body(sha256, length, (Segment(hashlib.sha256(sha256.encode()).hexdigest(), length),)),
        "facets": facets,
        **fields,
    }
    return Item(id=NodeId(id), parent=NodeId(parent), name=subject or id, **values)
