"""A mailbox's calendars as a target: events, what departs from their series, and their attachments."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from saasbackup_desktop.core.errors import ItemFault
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.microsoft.calendar import composing
from saasbackup_desktop.providers.microsoft.calendar.composing import is_link
from saasbackup_desktop.providers.microsoft.calendar.files import FILE, Files, brief
from saasbackup_desktop.providers.microsoft.calendar.occurrences import Occurrences, by_start
from saasbackup_desktop.providers.microsoft.calendar.source import PROPERTIES, Calendars
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.marks import MARKED, RESTORED, marking, said_mark
from saasbackup_desktop.providers.microsoft.writing import ObjectTarget, Saved, are_within, differing

_FILES: Final = f"attachments($select={FILE})"
_SERIES: Final = "$select={properties},cancelledOccurrences,exceptionOccurrences&$expand=exceptionOccurrences,{files}"


def calendar_target(graph: Graph, user: str) -> ObjectTarget:
    """Write into a mailbox's calendars."""
    return ObjectTarget(graph, user, Events(graph, user))


class Events:
    """``writing.Kind``: events. Nobody gets a notice of what is done here."""

    prefer: Sequence[str] = (IMMUTABLE,)
    is_nested = False
    goes_on = False

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}"
        self._calendars = Calendars(graph, user)
        self._files = Files(graph, user)
        self._occurrences = Occurrences(graph, user, self._files)

    async def folders(self) -> Sequence[Folder]:
        """All calendars. Raises Fault."""
        return await self._calendars.folders({})

    async def make(self, parent: NodeId | None, name: str) -> None:
        """Make a calendar. Raises Fault."""
        del parent
        await self._graph.send("POST", f"{self._at}/calendars", {"name": name}, mailbox=self._user)

    def listing(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """Single events and series."""
        query = {"$select": "iCalUId,type", "$expand": MARKED, "$top": "200"}
        return f"{self._at}/calendars/{folder}/events", query

    def whole(self, folder: NodeId, id: str) -> str:
        """An event with all that departs from it."""
        del folder
        query = _SERIES.format(properties=PROPERTIES, files=_FILES)
        return f"{self._at}/events/{id}?{query}"

    def mark(self, plain: Mapping[str, Any]) -> str:
        """Our mark."""
        return said_mark(plain)

    def look(self, plain: Mapping[str, Any]) -> str:
        """Its number, which an event has in everybody's calendar."""
        return str(plain.get("iCalUId") or "")

    def is_begun(self, saved: Saved, there: Mapping[str, Any]) -> bool:
        """A mark says that."""
        del saved, there
        return False

    def lost(self, plain: Mapping[str, Any]) -> tuple[str, ...]:
        """Attendees, and what else cannot be written."""
        return composing.lost(plain)

    async def difference(self, saved: Saved, folder: NodeId, there: Mapping[str, Any], *, is_strict: bool) -> str:
        """Compare an event, its files, and what departs from its series. Raises Fault."""
        del folder
        wrong = await self._differing(saved, saved.plain, there, is_strict=is_strict)
        if wrong or saved.plain.get("type") != "seriesMaster":
            return wrong
        if sorted(composing.cancelled_days(saved.plain)) != sorted(composing.cancelled_days(there)):
            return "cancelledOccurrences"
        ours, theirs = by_start(saved.plain), by_start(there)
        if ours.keys() != theirs.keys():
            return "exceptionOccurrences"
        for start, exception in ours.items():
            other = dict(theirs[start])
            if other.get("hasAttachments") or exception.get("attachments"):
                other["attachments"] = await self._files.listed(str(other["id"]))
            if wrong := await self._differing(saved, exception, other, is_strict=is_strict):
                return f"exceptionOccurrences {wrong}"
        return ""

    async def create(self, saved: Saved, folder: NodeId) -> NodeId:
        """Make an event that nobody is invited to. Raises Fault."""
        event = composing.compose(saved.plain)
        event["transactionId"] = str(uuid4())  # what is sent twice after a break is made once
        event["singleValueExtendedProperties"] = marking(saved.item, is_whole=not _has_more(saved.plain))
        path = f"{self._at}/calendars/{folder}/events"
        made = await self._graph.send("POST", path, event, mailbox=self._user, prefer=[IMMUTABLE], repeats=True)
        return NodeId(str(made["id"]))

    async def complete(self, saved: Saved, folder: NodeId, id: NodeId) -> None:
        """Add attachments, let occurrences depart from their series, and say that it is whole. Raises Fault."""
        if not _has_more(saved.plain):
            return
        for attachment in saved.plain.get("attachments") or ():
            await self._files.attach(saved, str(id), attachment)
        await self._depart(saved, str(id))
        await self._patch(str(id), {"singleValueExtendedProperties": marking(saved.item, is_whole=True)})

    async def bring_back(self, saved: Saved, folder: NodeId, there: Mapping[str, Any]) -> NodeId:
        """Change an event back; beside one that others would hear of if it changed, put a copy. Raises Fault."""
        id = NodeId(str(there["id"]))
        tagged = {"categories": [*(saved.plain.get("categories") or ()), RESTORED]}
        if composing.is_meeting(there):
            copy = replace(saved, plain={**saved.plain, **tagged})
            id = await self.create(copy, folder)
            try:
                await self.complete(copy, folder, id)
            except ItemFault:
                await self.remove(folder, id)
                raise
            return id
        event = {**composing.compose(saved.plain), **tagged}
        if not saved.plain.get("recurrence") and there.get("recurrence"):
            event["recurrence"] = None
        await self._patch(str(id), event)
        await self._files.add_missing(saved, str(id), there.get("attachments") or ())
        await self._depart(saved, str(id))
        return id

    async def remove(self, folder: NodeId, id: NodeId) -> None:
        """Remove an event that we made: nobody is invited to it. Raises Fault."""
        del folder
        await self._graph.send("DELETE", f"{self._at}/events/{id}", mailbox=self._user, prefer=[IMMUTABLE])

    async def _differing(
        self, saved: Saved, ours: Mapping[str, Any], there: Mapping[str, Any], *, is_strict: bool
    ) -> str:
        wanted, shown = composing.wanted(ours), composing.shown(there)
        if not is_strict and shown["text"] == composing.text_of(ours.get("body") or {}):
            shown["text"] = wanted["text"]  # the event that it was saved from
        if wrong := differing(wanted, shown):
            return wrong
        if is_strict and there.get("attendees"):
            return "attendees"
        mine = [one for one in ours.get("attachments") or () if not is_link(one)]
        theirs = [one for one in there.get("attachments") or () if not is_link(one)]
        if not is_strict:
            return "" if are_within(map(brief, mine), map(brief, theirs)) else "attachments"
        wanted_files = sorted([await self._files.ours(saved, one) for one in mine])
        found = sorted([await self._files.theirs(str(there["id"]), one) for one in theirs])
        return "" if wanted_files == found else "attachments"

    async def _depart(self, saved: Saved, id: str) -> None:
        plain = saved.plain
        if plain.get("cancelledOccurrences") or plain.get("exceptionOccurrences"):
            there = await self._graph.get(self.whole(NodeId(""), id), mailbox=self._user, prefer=[IMMUTABLE])
            await self._occurrences.depart(saved, there)

    async def _patch(self, id: str, event: Mapping[str, Any]) -> None:
        await self._graph.send("PATCH", f"{self._at}/events/{id}", event, mailbox=self._user, prefer=[IMMUTABLE])


def _has_more(plain: Mapping[str, Any]) -> bool:
    """Whether an event cannot be made in one request."""
    files = [one for one in plain.get("attachments") or () if not is_link(one)]
    return bool(files or plain.get("exceptionOccurrences") or plain.get("cancelledOccurrences"))
