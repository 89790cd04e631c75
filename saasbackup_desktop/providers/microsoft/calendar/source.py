"""Calendars: events with their series' exceptions and cancellations, attendees, time zones and attachments."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.graph import IMMUTABLE, Graph
from saasbackup_desktop.providers.microsoft.walking import DeltaSource, Told

_LONGEST: Final = 8 * 1024
_ALL_TIME: Final = {"startDateTime": "1900-01-01T00:00:00Z", "endDateTime": "2200-01-01T00:00:00Z"}
"""A range must be named, and no event may fall out of it."""
_MASTER: Final = "$expand=exceptionOccurrences,attachments($select=id,name,contentType,size,isInline)"
_OF_SERIES: Final = frozenset({"occurrence", "exception"})


def calendar_source(graph: Graph, user: str) -> DeltaSource:
    """Read a mailbox's calendars."""
    return DeltaSource(graph, user, Calendars(graph, user))


class Calendars:
    """``walking.Kind``: events. A series is one item, with what departs from it inside."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}"

    @property
    def prefer(self) -> Sequence[str]:
        """Ids that stay, and large pages."""
        return IMMUTABLE, "odata.maxpagesize=100"

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """All calendars. Raises Fault."""
        found = await self._graph.all(f"{self._at}/calendars", {"$top": "100"}, mailbox=self._user, prefer=[IMMUTABLE])
        return [_calendar(plain) for plain in found]

    def start(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A calendar's events."""
        return f"{self._at}/calendars/{folder}/events/delta", _ALL_TIME

    def item(self, plain: Mapping[str, Any], folder: NodeId) -> Item | None:
        """An event without its bytes; what belongs to a series comes with it."""
        if plain.get("type") in _OF_SERIES:
            return None
        organizer = ((plain.get("organizer") or {}).get("emailAddress")) or {}
        people = [(one.get("emailAddress") or {}).get("address", "") for one in plain.get("attendees") or ()]
        facets = {
            "start": _said(plain.get("start")),
            "end": _said(plain.get("end")),
            "organizer": str(organizer.get("address") or ""),
            "attendees": ", ".join(filter(None, people)),
            "location": str((plain.get("location") or {}).get("displayName") or ""),
            "description": str(plain.get("bodyPreview") or "").partition("\n")[0],
            "all-day": "yes" if plain.get("isAllDay") else "",
            "recurrence": str(((plain.get("recurrence") or {}).get("pattern") or {}).get("type") or ""),
            "categories": "\n".join(plain.get("categories") or ()),
        }
        return Item(
            id=NodeId(plain["id"]),
            parent=folder,
            name=str(plain.get("subject") or "")[:_LONGEST],
            revision=objects.revision({**plain, "_": plain.get("changeKey")}),
            time=seconds(plain.get("start")),
            place=str(plain["id"]),
            facets={name: value[:_LONGEST] for name, value in facets.items() if value},
        )

    def single(self, id: NodeId) -> None:
        """An event that is moved to another calendar is another one there."""

    def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read events whole, and their attachments' bytes. Raises Fault."""
        del told
        return objects.fetched(
            self._graph,
            self._user,
            items,
            lambda item: f"{self._at}/events/{item.id}?{_MASTER}",
            lambda item, plain: [
                (f"attachment/{one['id']}", f"{self._at}/events/{item.id}/attachments/{one['id']}/$value")
                for one in plain.get("attachments") or ()
            ],
        )


def seconds(moment: Mapping[str, Any] | None) -> int | None:
    """A date, time and zone of Graph's as seconds since 1970 UTC; a zone that is not known counts as UTC."""
    if not moment or not moment.get("dateTime"):
        return None
    try:
        when = datetime.fromisoformat(str(moment["dateTime"])[:26])
    except ValueError:
        return None
    zone = str(moment.get("timeZone") or "UTC")
    try:
        return int(when.replace(tzinfo=ZoneInfo(zone)).timestamp())
    except (ZoneInfoNotFoundError, ValueError):
        return int(when.replace(tzinfo=UTC).timestamp())


def _said(moment: Mapping[str, Any] | None) -> str:
    return f"{str(moment.get('dateTime'))[:19]} {moment.get('timeZone') or 'UTC'}" if moment else ""


def _calendar(plain: Mapping[str, Any]) -> Folder:
    owner = (plain.get("owner") or {}).get("address")
    facets = {"color": str(plain.get("hexColor") or plain.get("color") or "")}
    if plain.get("isDefaultCalendar"):
        facets["well-known"] = "calendar"
    if owner:
        facets["owner"] = str(owner)
    return Folder(
        id=NodeId(plain["id"]),
        parent=None,
        name=str(plain.get("name") or ""),
        facets={name: value for name, value in facets.items() if value},
    )
