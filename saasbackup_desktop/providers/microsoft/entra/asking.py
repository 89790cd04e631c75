"""Requests to a directory, at the pace that it allows: by what they cost, and once a second where it wants that."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, nullcontext
from functools import partial
from typing import Any, Final

from saasbackup_desktop.core.errors import Denied, DirectoryDenied, Fault
from saasbackup_desktop.providers.microsoft.ahead import ahead
from saasbackup_desktop.providers.microsoft.calls import Answer, Call, DeltaPage
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.graph import Graph

PLACE: Final = ""
"""Whose requests these are, to the budget of those at once: nobody's mailbox."""
_BATCH: Final = 20
_AT_ONCE: Final = 12
"""Batches under way."""
_DEAR: Final = {"members": 3, "appRoleAssignedTo": 2}
"""Resource units of relations that cost more than one, as "Throttling limits" tells."""


def cost_of(recipe: Recipe, *, selects: bool = False, expands: bool = False) -> int:
    """Resource units of a request for objects of a kind."""
    return max(1, recipe.costs - selects + expands)


def code_of(fault: Fault) -> str:
    """The code of a fault, of a directory: what a mailbox needs is of no help here."""
    return DirectoryDenied.code if isinstance(fault, Denied) else fault.code


def cost_of_links(relation: str) -> int:
    """Resource units of a request for links; what is asked for is always named, which saves one."""
    return max(1, _DEAR.get(relation, 1) - 1)


class Asking:
    """Asks one tenant's Graph about its directory."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    async def get(
        self, path: str, query: Mapping[str, str] | None = None, *, cost: int, strict: bool
    ) -> dict[str, Any]:
        """Read one object or page. Raises Fault."""
        async with self.graph.units.strictly() if strict else nullcontext(), self.graph.units.spending(cost):
            return await self.graph.get(path, query, mailbox=PLACE)

    async def post(self, path: str, body: Mapping[str, Any], *, cost: int) -> dict[str, Any]:
        """Ask what takes too many words for an address; nothing is changed by it. Raises Fault."""
        async with self.graph.units.spending(cost):
            return await self.graph.send("POST", path, body, mailbox=PLACE, repeats=True)

    async def pages(
        self, path: str, query: Mapping[str, str] | None = None, *, cost: int = 1, strict: bool = False
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Read a collection. Raises Fault."""
        link: str | None = path
        while link is not None:
            page = await self.get(link, query, cost=cost, strict=strict)
            yield page.get("value", [])
            link, query = page.get("@odata.nextLink"), None

    async def changes(
        self, start: str, query: Mapping[str, str] | None = None, *, cost: int = 1, size: int = 0
    ) -> AsyncGenerator[DeltaPage, None]:
        """Read what changed. Raises DeltaExpired, Fault."""
        prefer = [f"odata.maxpagesize={size}"] if size else []
        pages = self.graph.delta(start, query, mailbox=PLACE, prefer=prefer)
        async with aclosing(pages):
            while True:
                async with self.graph.units.spending(cost):
                    page = await anext(pages, None)
                if page is None:
                    return
                yield page

    async def batch(self, calls: Sequence[tuple[Call, int]]) -> AsyncGenerator[Sequence[Answer], None]:
        """Send many reads with their costs, some batches at once; answers in the same order, batch by batch."""

        async def send(some: Sequence[tuple[Call, int]]) -> list[Answer]:
            async with self.graph.units.spending(sum(cost for _, cost in some)):
                return await self.graph.batch([call for call, _ in some], mailbox=PLACE)

        portions = [calls[start : start + _BATCH] for start in range(0, len(calls), _BATCH)]
        works = [partial(send, some) for some in portions]
        async with aclosing(ahead(works, _AT_ONCE)) as answers:
            async for some in answers:
                yield some

    async def all(self, calls: Sequence[tuple[Call, int]]) -> list[Answer]:
        """Send many reads with their costs; all answers, in the same order. Raises Fault if a batch fails."""
        async with aclosing(self.batch(calls)) as batches:
            return [answer async for some in batches for answer in some]
