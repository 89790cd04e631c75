"""Items that are objects of Graph's: events, contacts and tasks, kept as the JSON that Graph gives, in one form."""

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Fault, ItemFault, NotFound
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft.graph import Answer, Call, Graph

PASSING: Final = frozenset({"changeKey", "lastModifiedDateTime", "parentFolderId", "webLink", "etag"})
"""Properties that change while the object stays what it is."""
_BATCH: Final = 20


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
    for start in range(0, len(items), _BATCH):
        some = items[start : start + _BATCH]
        answers = await graph.batch([Call("GET", path(item)) for item in some], mailbox=user)
        yield [
            await _one(graph, user, item, answer, parts, complete) for item, answer in zip(some, answers, strict=True)
        ]


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
