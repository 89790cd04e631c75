"""A directory that may be changed: sends single writes, and finds what one that broke off has made."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, nullcontext
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of
from saasbackup_desktop.core.directory.placeholders import filled, filled_text, has_open, meant, with_password
from saasbackup_desktop.core.directory.plan import Action, Standing, Write, WriteResult
from saasbackup_desktop.core.directory.ports import Directory, Heard
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import (
    DeltaExpired,
    Denied,
    Fault,
    ItemFault,
    NameRefused,
    NotFound,
    NotReached,
    ProtocolBroken,
)
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.asking import PLACE, Asking, code_of, cost_of
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.graph import Graph

_COST: Final = 1
"""Resource units of a write, before it has said what it did cost."""
_WAITS: Final = (1.0, 3.0, 8.0, 20.0)
"""Seconds after which a write about something quite new is sent again: other servers hear of it a little later."""
_SLACK: Final = 300
"""Seconds by which the service's clock may be behind ours."""
_TELLING: Final = (
    *("userPrincipalName", "mailNickname", "appId", "uniqueName", "displayName", "name", "tenantId", "templateId"),
    *("principalId", "roleDefinitionId", "directoryScopeId", "clientId", "resourceId", "consentType", "scope"),
)
"""Properties by which what was made is known again, those that tell most first."""
_FILTERED: Final = frozenset({"users", "groups", "applications", "servicePrincipals", "administrativeUnits"})
"""Kinds of which there may be many, and that can be asked for by a property."""
_SCHEDULE: Final = "targetScheduleId"
"""Of the answer to a request for a role: the id of what it has made."""


class DirectoryToWrite:
    """``core.directory.ports.WritableDirectory`` over Graph. ``live`` reads, and is closed with this."""

    def __init__(self, graph: Graph, live: Directory) -> None:
        self._graph = graph
        self._live = live

    @property
    def schema(self) -> Schema:
        """The kinds that it has."""
        return self._live.schema

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which it rests."""
        return self._graph.throttled_until

    def objects(self, kinds: Sequence[str]) -> AsyncGenerator[Heard, None]:
        """Read whole kinds. Raises Fault."""
        return self._live.objects(kinds)

    async def some(self, keys: Sequence[str]) -> Mapping[str, DirectoryObject]:
        """Those of some objects that are there, by key. Raises Fault."""
        return await self._live.some(keys)

    async def deleted(self) -> Mapping[str, DirectoryObject]:
        """What the recycle bin gives back, by key. Raises Fault."""
        return await self._live.deleted()

    async def close(self) -> None:
        """Let go of connections."""
        await self._live.close()

    async def write(self, write: Write, ids: Mapping[str, str], password: str = "") -> WriteResult:
        """Send one write. A refusal of it alone is in its result. Raises Fault if nothing can be written any more."""
        path = filled_text(write.path, {old: quote(new, safe="") for old, new in ids.items()})
        if has_open(path) or has_open(filled(write.body, ids)):
            return WriteResult(
                number=write.number, standing=Standing.REFUSED, code=NotReached.code, detail="an id is not known"
            )
        body = with_password(write, meant(write.body, ids), password)
        waits = iter(_WAITS if _is_about_new(write) else ())
        while True:
            try:
                answer = await self._send(write, path, body)
            except (ItemFault, Denied, NameRefused, DeltaExpired, ProtocolBroken) as fault:
                if isinstance(fault, ProtocolBroken) and "status" not in fault.facts:
                    raise
                fewer = await self._without_present(write, body, ids) if _is_there(fault) else None
                if fewer is not None:
                    body = fewer
                    continue
                wait = next(waits, None) if _may_be_too_early(fault) else None
                if wait is None:
                    return WriteResult(
                        number=write.number, standing=Standing.REFUSED, code=code_of(fault), detail=fault.detail
                    )
                await asyncio.sleep(wait)
            else:
                return _done(write, answer)

    async def _without_present(self, write: Write, body: Json, ids: Mapping[str, str]) -> Json:
        """Of a request that ties several things at once: the same without those that are tied; None if that helps not.

        Graph takes all of them or none.
        """
        if len(write.links) < 2 or not isinstance(body, Mapping) or len(body) != 1:
            return None
        [(name, addresses)] = body.items()
        if not isinstance(addresses, list) or len(addresses) != len(write.links):
            return None  # it was asked for already
        key = key_of(write.kind, ids.get(write.id, write.id))
        there = (await self._live.some([key])).get(key)
        present = {(one.relation, one.id) for one in there.links} if there is not None else set()
        left = [
            address
            for address, one in zip(addresses, write.links, strict=True)
            if (one.relation, ids.get(one.id, one.id)) not in present
        ]
        return {name: left} if left and len(left) < len(addresses) else None

    async def _send(self, write: Write, path: str, body: Json) -> Mapping[str, Any]:
        units = self._graph.units
        async with units.strictly() if RECIPES[write.kind].is_strict else nullcontext(), units.spending(_COST):
            return await self._graph.send(write.method, path, body, mailbox=PLACE, repeats=False)

    async def find_made(self, write: Write, ids: Mapping[str, str], since: int) -> WriteResult | None:
        """What came of a CREATE that broke off; None: it has made nothing. Raises Fault."""
        body = meant(write.body, ids)
        if write.method != "POST" or not isinstance(body, Mapping):
            return None  # what is put at an address of its own is put there again
        told = {name: body[name] for name in _TELLING if isinstance(body.get(name), str) and body[name]}
        if not told:
            return None
        taken = {*ids, *ids.values(), write.id}
        params = None
        if write.kind in _FILTERED:
            name = next(iter(told))
            params = {"$filter": f"{name} eq '{str(told[name]).replace(chr(39), chr(39) * 2)}'"}
        found = None
        recipe = RECIPES[write.kind]
        asking = Asking(self._graph)
        async with aclosing(asking.pages(recipe.path, params, cost=cost_of(recipe), strict=recipe.is_strict)) as pages:
            async for page in pages:
                for one in page:
                    is_new = str(one.get(recipe.id, "")) not in taken and _made_since(one, since - _SLACK)
                    if is_new and all(_alike(one.get(name), value) for name, value in told.items() if name in one):
                        found = one
        return None if found is None else _done(write, found)


def _done(write: Write, answer: Mapping[str, Any]) -> WriteResult:
    new_id = ""
    if write.action is Action.CREATE:
        new_id = str(answer.get(_SCHEDULE) or answer.get(RECIPES[write.kind].id) or answer.get("id") or write.id)
    elif write.action is Action.LINK:
        new_id = str(answer.get("id") or "")
    also = {old: str(answer[name]) for name, old in write.also.items() if answer.get(name)}
    return WriteResult(number=write.number, standing=Standing.DONE, new_id=new_id, also=also)


def _is_about_new(write: Write) -> bool:
    """It names something that was made, or brought back, a moment ago."""
    return bool(write.needs) or has_open(write.path) or has_open(write.body)


def _is_there(fault: Fault) -> bool:
    return isinstance(fault, ItemFault) and "already exist" in fault.detail.lower()


def _may_be_too_early(fault: Fault) -> bool:
    """Another server may not know yet what it names; the words are those of "Add members"."""
    said = fault.detail.lower()
    return isinstance(fault, NotFound) or "does not exist" in said or "do not exist" in said


def _alike(one: Json, other: Json) -> bool:
    return str(one).casefold() == str(other).casefold()


def _made_since(one: Mapping[str, Any], moment: int) -> bool:
    said = one.get("createdDateTime")
    if not isinstance(said, str):
        return True
    return datetime.fromisoformat(said.replace("Z", "+00:00")).timestamp() >= moment


def directory_to_write(graph: Graph) -> DirectoryToWrite:
    """Reach the directory of the tenant that this is the Graph of, and be able to change it."""
    return DirectoryToWrite(graph, live_directory(graph))
