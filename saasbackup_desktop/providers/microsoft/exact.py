"""Items of a mailbox as the service's own exact stream, kept beside their open form.

Microsoft says that its import and export of mailbox items is not meant for backup, and offers it in the global cloud
only: a tenant has to ask for it. What cannot be exported is kept in its open form alone, and says so; what cannot be
imported is restored from its open form.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Denied, ItemFault, NotFound, NotVerified, Refused, SignInNeeded
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import (
    Census,
    Counting,
    Delivery,
    Fetched,
    Known,
    Reading,
    Receipt,
    Source,
    Target,
    Twins,
    Waiting,
)
from saasbackup_desktop.core.stream import Change, Cursor
from saasbackup_desktop.providers.microsoft.bodies import whole
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.cloud import Cloud
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail import composing
from saasbackup_desktop.providers.microsoft.mail.messages import moment

PART: Final = "exact"
"""The name of the part that keeps the stream."""
MISSING: Final = "exact-missing"
"""The facet that says why an item has none: a code."""
_MOST: Final = 20
"""Items of one request (mailbox: exportItems)."""
_LARGEST: Final = 100 << 20
"""Bytes of an item above which no stream is asked for: it comes inside an answer, and has to fit into memory."""
_AT_ONCE: Final = 4
_EARLY: Final = 60
"""Seconds before its end at which an address for items is not used any more."""
Settle = Callable[[Item], Mapping[str, Any]]
"""What an imported item is told afterwards: the state that ours is in, which may be newer than its stream."""


def is_offered(cloud: Cloud) -> bool:
    """Say whether a cloud has import and export of mailbox items."""
    return cloud.name == "global"


@dataclass(slots=True)
class _Session:
    address: str
    until: int


class Exchange:
    """Whole items of one mailbox, out and in."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._mailbox = ""
        self._session: _Session | None = None
        self._opening = asyncio.Lock()

    async def exported(self, ids: Sequence[NodeId]) -> dict[NodeId, bytes | str]:
        """The streams of items, or the code of why there is none. Raises Fault."""
        found: dict[NodeId, bytes | str] = {}
        at = f"/admin/exchange/mailboxes/{await self._id()}/exportItems"
        for start in range(0, len(ids), _MOST):
            some = ids[start : start + _MOST]
            try:
                page = await self._graph.send(
                    "POST", at, {"ItemIds": list(some)}, mailbox=self._user, prefer=[IMMUTABLE], repeats=True
                )
            except ItemFault as fault:
                found.update(dict.fromkeys(some, fault.code))
                continue
            found.update(dict.fromkeys(some, NotFound.code))
            for one in page.get("value", ()):
                found[NodeId(str(one.get("itemId")))] = _stream(one)
        return found

    async def imported(self, folder: NodeId, data: bytes) -> NodeId:
        """Put a stream into a folder as a new item; its id. Raises Fault.

        A break while it is answered is told, and not tried again: the item may be there, and is found the next time.
        """
        said = {"FolderId": folder, "Mode": "create", "Data": base64.b64encode(data).decode()}
        address = await self._address()
        try:
            made = await self._handed_over(address, said)
        except (SignInNeeded, Denied):
            if self._session is not None and self._session.address == address:
                self._session = None  # it ended sooner than was said
            made = await self._handed_over(await self._address(), said)
        if not made.get("itemId"):
            raise NotVerified("missing")
        return NodeId(str(made["itemId"]))

    async def _handed_over(self, address: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Send an item to a session's address. It is a secret of its own: no token goes with it."""
        exchange = self._graph.exchange(
            "POST",
            address,
            content=codec.dumps(said).encode(),
            headers={"Content-Type": "application/json"},
            repeats=False,
            signed=False,
        )
        async with exchange as response:
            made = codec.loads(await response.aread())
        return made if isinstance(made, dict) else {}

    async def _address(self) -> str:
        async with self._opening:
            return await self._opened()

    async def _opened(self) -> str:
        if self._session is None or self._session.until - _EARLY <= self._graph.now():
            at = f"/admin/exchange/mailboxes/{await self._id()}/createImportSession"
            made = await self._graph.send("POST", at, mailbox=self._user)
            until = moment(str(made.get("expirationDateTime") or "")) or 0
            self._session = _Session(str(made["importUrl"]), until)
        return self._session.address

    async def _id(self) -> str:
        if not self._mailbox:
            told = await self._graph.get(f"/users/{self._user}/settings/exchange", mailbox=self._user)
            self._mailbox = str(told.get("primaryMailboxId") or "")
        if not self._mailbox:
            raise Denied("the mailbox has no id for export", reason="mailbox-not-enabled")
        return self._mailbox


class ExactSource:
    """A source whose items bring their exact streams along. Implements core.ports.Source."""

    def __init__(self, source: Source, exchange: Exchange) -> None:
        self._source = source
        self._exchange = exchange

    def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """What the source says. Raises Fault."""
        return self._source.changes(since, known)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """What the source gives, with the streams. Raises Fault."""
        async for batch in self._source.fetch(items):
            wanted = [
                one.item.id for one in batch if not isinstance(one.data, ItemFault) and (one.item.size or 0) <= _LARGEST
            ]
            streams = await self._exchange.exported(wanted) if wanted else {}
            yield [one if isinstance(one.data, ItemFault) else _with(one, streams) for one in batch]

    @property
    def has_unique_places(self) -> bool:
        """As the source."""
        return isinstance(self._source, Counting) and self._source.has_unique_places

    def census(self, since: Cursor | None, began: int, folders: Sequence[Folder]) -> AsyncGenerator[Census, None]:
        """As the source. Raises Fault."""
        if not isinstance(self._source, Counting):
            raise TypeError("only what can be counted is read exactly")
        return self._source.census(since, began, folders)

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._source.throttled_until if isinstance(self._source, Waiting) else None

    async def close(self) -> None:
        """Hang up."""
        await self._source.close()


class ExactTarget:
    """A target that takes exact streams where there are some. Implements core.ports.Target."""

    def __init__(self, target: Target, graph: Graph, user: str, settle: Settle | None = None) -> None:
        self._target = target
        self._graph = graph
        self._user = user
        self._exchange = Exchange(graph, user)
        self._settle = settle or _settled

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Import what has a stream; what has none, or is refused, is written in its open form. Raises Fault."""
        exact = [one for one in deliveries if PART in one.parts]
        open_forms = [one for one in deliveries if PART not in one.parts]
        receipts: list[Receipt] = []
        for start in range(0, len(exact), _AT_ONCE):
            some = exact[start : start + _AT_ONCE]
            written = await asyncio.gather(*map(self._put, some), return_exceptions=True)
            for delivery, receipt in zip(some, written, strict=True):
                if isinstance(receipt, BaseException):
                    raise receipt
                if receipt is None:
                    open_forms.append(delivery)
                else:
                    receipts.append(receipt)
        return [*receipts, *(await self._target.put(open_forms) if open_forms else ())]

    async def _put(self, delivery: Delivery) -> Receipt | None:
        """Import an item and bring it into the state that ours is in; None if it is not taken."""
        item = delivery.item
        try:
            id = await self._exchange.imported(delivery.into, await whole(delivery.parts[PART]))
        except ItemFault:
            return None
        try:
            path = f"/users/{self._user}/messages/{id}"
            await self._graph.send("PATCH", path, self._settle(item), mailbox=self._user)
        except ItemFault as fault:
            return Receipt(item, delivery.into, None, fault)
        return Receipt(item, delivery.into, id)

    async def folders(self) -> Sequence[Folder]:
        """As the target. Raises Fault."""
        return await self._target.folders()

    async def room(self) -> tuple[int | None, int | None]:
        """As the target."""
        return await self._target.room()

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """As the target."""
        return self._target.as_listed(path)

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """As the target."""
        return self._target.folder_fault(path)

    async def folder(self, path: Sequence[str]) -> NodeId:
        """As the target. Raises NameRefused, Denied, TargetFull."""
        return await self._target.folder(path)

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """As the target. Raises Fault."""
        return await self._target.twins(folder, items, reading)

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """As the target. Raises Fault."""
        return await self._target.replace(folder, pairs, reading)

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """As the target: an exact copy must show what its open form says. Raises Fault."""
        return await self._target.verify(folder, written, reading)

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._target.close()


def _settled(item: Item) -> Mapping[str, Any]:
    """The state of a message of ours, and which one it is."""
    mark = {"id": composing.MARK, "value": composing.mark_of(item)}
    return {**composing.state_of(item), "singleValueExtendedProperties": [mark]}


def _with(one: Fetched, streams: Mapping[NodeId, bytes | str]) -> Fetched:
    found = streams.get(one.item.id, "too-large")
    if isinstance(found, bytes):
        return Fetched(one.item, one.data, {**one.parts, PART: found})
    item = replace(one.item, facets={**one.item.facets, MISSING: found})
    return Fetched(item, one.data, one.parts)


def _stream(plain: Mapping[str, Any]) -> bytes | str:
    if error := plain.get("error"):
        return NotFound.code if error.get("code") == "ErrorItemNotFound" else Refused.code
    try:
        return base64.b64decode(str(plain.get("data") or ""), validate=True) or Refused.code
    except binascii.Error:
        return Refused.code
