"""A mailbox's calendars as a target: events, what departs from their series, and their attachments."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import ItemFault, NotFound, Refused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.microsoft import attaching, zones
from saasbackup_desktop.providers.microsoft.calendar import composing, enclosing
from saasbackup_desktop.providers.microsoft.calendar.composing import is_item, is_link
from saasbackup_desktop.providers.microsoft.calendar.source import FILE, PROPERTIES, Calendars
from saasbackup_desktop.providers.microsoft.graph import IMMUTABLE, Graph
from saasbackup_desktop.providers.microsoft.writing import (
    MARKED,
    RESTORED,
    ObjectTarget,
    Saved,
    are_within,
    differing,
    marking,
    said_mark,
)

_FILES: Final = f"attachments($select={FILE})"
_SERIES: Final = "$select={properties},cancelledOccurrences,exceptionOccurrences&$expand=exceptionOccurrences,{files}"


def calendar_target(graph: Graph, user: str) -> ObjectTarget:
    """Write into a mailbox's calendars."""
    return ObjectTarget(graph, user, Events(graph, user))


class Events:
    """``writing.Kind``: events. Nobody gets a notice of what is done here."""

    is_nested = False
    goes_on = False

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}"
        self._calendars = Calendars(graph, user)

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
        ours, theirs = _by_start(saved.plain), _by_start(there)
        if ours.keys() != theirs.keys():
            return "exceptionOccurrences"
        for start, exception in ours.items():
            other = dict(theirs[start])
            if other.get("hasAttachments") or exception.get("attachments"):
                other["attachments"] = await self._files(str(other["id"]))
            if wrong := await self._differing(saved, exception, other, is_strict=is_strict):
                return f"exceptionOccurrences {wrong}"
        return ""

    async def create(self, saved: Saved, folder: NodeId) -> NodeId:
        """Make an event that nobody is invited to. Raises Fault."""
        event = composing.compose(saved.plain)
        event["transactionId"] = str(uuid4())  # what is sent twice after a break is made once
        event["singleValueExtendedProperties"] = marking(saved.item, is_whole=not _has_more(saved.plain))
        path = f"{self._at}/calendars/{folder}/events"
        made = await self._graph.send("POST", path, event, mailbox=self._user, prefer=[IMMUTABLE])
        return NodeId(str(made["id"]))

    async def complete(self, saved: Saved, folder: NodeId, id: NodeId) -> None:
        """Add attachments, let occurrences depart from their series, and say that it is whole. Raises Fault."""
        if not _has_more(saved.plain):
            return
        for attachment in saved.plain.get("attachments") or ():
            await self._attach(saved, str(id), attachment)
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
        have = await self._fingerprints(there.get("attachments") or (), str(id))
        for attachment in saved.plain.get("attachments") or ():
            if await self._fingerprint(saved, attachment) not in have:
                await self._attach(saved, str(id), attachment)
        await self._depart(saved, str(id))
        return id

    async def remove(self, folder: NodeId, id: NodeId) -> None:
        """Remove an event that we made: nobody is invited to it. Raises Fault."""
        del folder
        await self._graph.send("DELETE", f"{self._at}/events/{id}", mailbox=self._user, prefer=[IMMUTABLE])

    # --- comparing -------------------------------------------------------------------------------------------

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
            return "" if are_within(map(_brief, mine), map(_brief, theirs)) else "attachments"
        wanted_files = sorted([await self._fingerprint(saved, one) for one in mine])
        return "" if wanted_files == sorted(await self._fingerprints(theirs, str(there["id"]))) else "attachments"

    async def _fingerprint(self, saved: Saved, attachment: Mapping[str, Any]) -> str:
        if is_link(attachment):
            return ""
        data = await saved.part(f"attachment/{attachment['id']}")
        return _fingerprint(attachment, data)

    async def _fingerprints(self, attachments: Sequence[Mapping[str, Any]], event: str) -> Sequence[str]:
        found = []
        for one in attachments:
            if is_link(one):
                continue
            at = f"{self._at}/events/{event}/attachments/{one['id']}"
            at += "?$expand=microsoft.graph.itemAttachment/item" if is_item(one) else "/$value"
            found.append(_fingerprint(one, await self._graph.content(at, mailbox=self._user)))
        return found

    async def _files(self, event: str) -> Sequence[Mapping[str, Any]]:
        query = {"$select": FILE}
        path = f"{self._at}/events/{event}/attachments"
        return await self._graph.all(path, query, mailbox=self._user, prefer=[IMMUTABLE])

    # --- writing ---------------------------------------------------------------------------------------------

    async def _patch(self, id: str, event: Mapping[str, Any]) -> None:
        await self._graph.send("PATCH", f"{self._at}/events/{id}", event, mailbox=self._user, prefer=[IMMUTABLE])

    async def _attach(self, saved: Saved, id: str, attachment: Mapping[str, Any]) -> None:
        if is_link(attachment):
            return
        at = f"{self._at}/events/{id}/attachments"
        data = await saved.part(f"attachment/{attachment['id']}")
        if is_item(attachment):
            await self._graph.send("POST", at, _inner(attachment, data), mailbox=self._user, prefer=[IMMUTABLE])
        elif len(data) < attaching.SMALL:
            plain = attaching.as_file("fileAttachment", attachment, data)
            await self._graph.send("POST", at, plain, mailbox=self._user, prefer=[IMMUTABLE])
        else:
            said = {"AttachmentItem": attaching.announced(attachment, len(data))}
            session = await self._graph.send("POST", f"{at}/createUploadSession", said, mailbox=self._user)
            await self._graph.upload(session, attaching.pieces(data), len(data))

    async def _depart(self, saved: Saved, id: str) -> None:
        """Cancel and change the occurrences that were cancelled and changed. Raises Fault."""
        plain = saved.plain
        cancelled, exceptions = composing.cancelled_days(plain), _by_start(plain)
        if not cancelled and not exceptions:
            return
        whole = await self._graph.get(self.whole(NodeId(""), id), mailbox=self._user, prefer=[IMMUTABLE])
        gone, changed = composing.cancelled_days(whole), _by_start(whole)
        zone = zones.zone_of(str(plain.get("originalStartTimeZone") or "")) or UTC
        for day in cancelled:
            if day in gone:
                continue
            noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=zone)
            async with aclosing(self._instances(id, noon)) as instances:
                async for one in instances:
                    start = composing.original_start(one)
                    if start is not None and _day(start, zone, one) == day:
                        path = f"{self._at}/events/{one['id']}"
                        await self._graph.send("DELETE", path, mailbox=self._user, prefer=[IMMUTABLE])
                        break
                else:
                    raise Refused("occurrence", reason="occurrence", day=day)
        for start, exception in exceptions.items():
            there = changed.get(start) or await self._instance(id, start)
            await self._patch(str(there["id"]), composing.departing(plain, exception))
            await self._settle_files(saved, exception, str(there["id"]))

    async def _instance(self, id: str, start: datetime) -> Mapping[str, Any]:
        async with aclosing(self._instances(id, start)) as instances:
            async for one in instances:
                if composing.original_start(one) == start:
                    return one
        raise Refused("occurrence", reason="occurrence", start=start.isoformat())

    async def _instances(self, id: str, around: datetime) -> AsyncGenerator[dict[str, Any], None]:
        """The occurrences of a series about a moment."""
        query = {
            "startDateTime": (around - timedelta(days=2)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "endDateTime": (around + timedelta(days=2)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "$select": "id,start,originalStart,type,isAllDay",
        }
        path = f"{self._at}/events/{id}/instances"
        async with aclosing(self._graph.pages(path, query, mailbox=self._user, prefer=[IMMUTABLE])) as pages:
            async for page in pages:
                for one in page:
                    yield one

    async def _settle_files(self, saved: Saved, exception: Mapping[str, Any], id: str) -> None:
        """Give an occurrence its own files: it has those of its series until somebody says otherwise."""
        wanted = [one for one in exception.get("attachments") or () if not is_link(one)]
        if not wanted and not saved.plain.get("attachments"):
            return
        have = {}
        for one in await self._files(id):
            if not is_link(one):
                [found] = await self._fingerprints([one], id)
                have[found] = str(one["id"])
        for attachment in wanted:
            if have.pop(await self._fingerprint(saved, attachment), None) is None:
                await self._attach(saved, id, attachment)
        for left in have.values():
            path = f"{self._at}/events/{id}/attachments/{left}"
            try:
                await self._graph.send("DELETE", path, mailbox=self._user, prefer=[IMMUTABLE])
            except NotFound:
                continue


def _has_more(plain: Mapping[str, Any]) -> bool:
    """Whether an event cannot be made in one request."""
    files = [one for one in plain.get("attachments") or () if not is_link(one)]
    return bool(files or plain.get("exceptionOccurrences") or plain.get("cancelledOccurrences"))


def _by_start(plain: Mapping[str, Any]) -> dict[datetime, Mapping[str, Any]]:
    found = {}
    for one in plain.get("exceptionOccurrences") or ():
        start = composing.original_start(one)
        if start is not None:
            found[start] = one
    return found


def _day(start: datetime, zone: Any, plain: Mapping[str, Any]) -> str:
    """The day on which an occurrence was to begin, where its series is at home."""
    when = start if plain.get("isAllDay") else start.astimezone(zone)
    return when.strftime("%Y-%m-%d")


def _brief(attachment: Mapping[str, Any]) -> str:
    return f"{attachment.get('name')} {'' if is_item(attachment) else attachment.get('size')}"


def _fingerprint(attachment: Mapping[str, Any], data: bytes) -> str:
    if is_item(attachment):
        data = enclosing.gist(codec.loads(data).get("item") or {}).encode("utf-8", "surrogatepass")
    return attaching.fingerprint(str(attachment.get("name") or ""), data)


def _inner(attachment: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """An attached item as it is sent."""
    return {
        "@odata.type": "#microsoft.graph.itemAttachment",
        "name": str(attachment.get("name") or "item"),
        "item": enclosing.compose(codec.loads(data).get("item") or {}),
    }
