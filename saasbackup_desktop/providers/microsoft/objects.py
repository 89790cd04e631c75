"""Items that are objects of Graph's: events, contacts and tasks, kept as the JSON that Graph gives, in one form."""

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Fault, ItemFault, NotFound
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft.ahead import ahead
from saasbackup_desktop.providers.microsoft.calls import Answer, Call
from saasbackup_desktop.providers.microsoft.graph import Graph

PASSING: Final = frozenset({"changeKey", "lastModifiedDateTime", "parentFolderId", "webLink", "etag"})
"""Properties that change while the object stays what it is."""
_BATCH: Final = 20
_AT_ONCE: Final = 8
"""Objects whose further bytes are read side by side."""
_AHEAD: Final = 2
"""Portions under way at once."""


def written(plain: Mapping[str, Any]) -> bytes:
    """An object in canonical form: keys in order, without annotations and what passes."""
    return codec.dumps(_kept(plain)).encode("utf-8", "surrogatepass")


def revision(plain: Mapping[str, Any]) -> str:
    """Changes when the canonical form does."""
    return hashlib.blake2b(written(plain), digest_size=12).hexdigest()


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {}
        for name, found in value.items():
            is_type = name == "@odata.type"
            if found is None or name in PASSING or ("@odata." in name and not is_type):
                continue
            kept[name] = _kept(found)
        return kept
    if isinstance(value, list):
        return [_kept(one) for one in value]
    return value


async def fetched(
    graph: Graph,
    user: str,
    items: Sequence[Item],
    path: Callable[[Item], str],
    parts: Callable[[Item, Mapping[str, Any]], Sequence[tuple[str, str]]],
    complete: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
) -> AsyncGenerator[Sequence[Fetched], None]:
    """Ask for whole objects, twenty in one request, then for the bytes that belong to them. Raises Fault.

    ``path``: where one object is told whole; ``parts``: names and addresses of further bytes, by what was told;
    ``complete`` adds to an object what no single answer tells.
    """

    async def read(some: Sequence[Item]) -> list[Fetched]:
        answers = await graph.batch([Call("GET", path(item)) for item in some], mailbox=user)
        asked = zip(some, answers, strict=True)
        works = [partial(_one, graph, user, item, answer, parts, complete) for item, answer in asked]
        async with aclosing(ahead(works, _AT_ONCE)) as found:
            return [one async for one in found]

    portions = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    async with aclosing(ahead([partial(read, some) for some in portions], _AHEAD)) as batches:
        async for batch in batches:
            yield batch


async def _one(
    graph: Graph,
    user: str,
    item: Item,
    answer: Answer,
    parts: Callable[[Item, Mapping[str, Any]], Sequence[tuple[str, str]]],
    complete: Callable[[dict[str, Any]], Awaitable[None]] | None,
) -> Fetched:
    if answer.fault is not None:
        return Fetched(item, _of_item(answer.fault))
    if complete is not None:
        try:
            await complete(answer.body)
        except ItemFault as fault:
            return Fetched(item, fault)
    files: dict[str, bytes] = {}
    for name, address in parts(item, answer.body):
        try:
            files[name] = await graph.content(address, mailbox=user)
        except NotFound:
            continue  # there is none, or it went in this moment
        except ItemFault as fault:
            return Fetched(item, fault)
    return Fetched(item, written(answer.body), files)


def _of_item(fault: Fault) -> ItemFault:
    if isinstance(fault, ItemFault):
        return fault
    raise fault
