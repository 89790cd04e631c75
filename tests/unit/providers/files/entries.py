"""Entries to write, made of bytes."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import Final

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.export.ports import Entry
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Item, Role, Service

SHARE: Final = 1 if os.environ.get("SAASBACKUP_ALL_SAMPLES") else 16
"""Of the real samples, every so manieth is written in each run of the tests."""


def entry(
    data: bytes,
    *,
    name: str = "",
    time: int | None = 1_700_000_000,
    path: tuple[str, ...] = ("Inbox",),
    service: Service = Service.MAIL,
    piece: int = 1 << 20,
    id: str = "item",
    flags: tuple[str, ...] = ("\\Seen",),
    facets: Mapping[str, str] | None = None,
    role: Role | None = None,
    parts: Mapping[str, bytes] | None = None,
) -> Entry:
    """An entry whose bytes come in pieces."""
    item = Item(
        id=NodeId(id),
        parent=NodeId("folder"),
        name=name,
        revision="1",
        size=len(data),
        time=time,
        flags=flags,
        facets=facets or {},
        body=Body(hashlib.sha256(data).hexdigest(), len(data), ()),
    )

    def pieces(of: bytes) -> Iterator[bytes]:
        for start in range(0, len(of), piece):
            yield of[start : start + piece]

    held = {part: (lambda of=of: pieces(of)) for part, of in (parts or {}).items()}
    return Entry(service=service, path=path, role=role, item=item, data=lambda: pieces(data), parts=held)


def damaged(begin: bytes, *, path: tuple[str, ...] = ("Inbox",), service: Service = Service.MAIL) -> Entry:
    """An entry that the vault cannot give back after its beginning."""
    whole = entry(begin, path=path, service=service)

    def pieces() -> Iterator[bytes]:
        yield begin
        raise BodyDamaged("damaged")

    return Entry(service=service, path=path, role=None, item=whole.item, data=pieces)
