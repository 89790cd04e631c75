"""Calendars: events with their series' exceptions and cancellations, attendees, time zones and attachments."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Role
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.formats import zones
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.calendar.composing import is_item, is_link
from saasbackup_desktop.providers.microsoft.calendar.files import FILE, Files
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.census import LISTED
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.walking import DeltaSource, Told

_LONGEST: Final = 8 * 1024
_ALL_TIME: Final = {"startDateTime": "1900-01-01T00:00:00Z", "endDateTime": "2200-01-01T00:00:00Z"}
"""A range must be named, and no event may fall out of it."""
_FILES: Final = f"attachments($select={FILE})"
_SINGLE: Final = f"$expand={_FILES}"
PROPERTIES: Final = (
    "allowNewTimeProposals,attendees,body,bodyPreview,categories,changeKey,createdDateTime,end,hasAttachments,"
    "hideAttendees,iCalUId,importance,isAllDay,isCancelled,isDraft,isOnlineMeeting,isOrganizer,isReminderOn,"
    "lastModifiedDateTime,location,locations,onlineMeeting,onlineMeetingProvider,onlineMeetingUrl,organizer,"
    "originalEndTimeZone,originalStart,originalStartTimeZone,recurrence,reminderMinutesBeforeStart,responseRequested,"
    "responseStatus,sensitivity,seriesMasterId,showAs,start,subject,transactionId,type,webLink"
)
_SERIES: Final = f"$select={PROPERTIES},cancelledOccurrences,exceptionOccurrences&$expand=exceptionOccurrences,{_FILES}"
"""What was cancelled in a series is told only to who asks for it by name, and then all else must be named too."""
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
        self._files = Files(graph, user)

    @property
    def prefer(self) -> Sequence[str]:
        """Ids that stay, and large pages."""
        return IMMUTABLE, "odata.maxpagesize=100"

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """All calendars. Raises Fault."""
        found = await self._graph.all(f"{self._at}/calendars", {"$top": "100"}, mailbox=self._user, prefer=[IMMUTABLE])
        return [_calendar(plain) for plain in found]

    def lists(self, folders: Sequence[Folder]) -> Sequence[str]:
        """All calendars: no changes of them are told."""
        del folders
        return [f"{self._at}/calendars?$top=100"]

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
            # What a page does not tell (files and occurrences) changes this key alone.
            revision=objects.revision({**plain, "_": plain.get("changeKey")}),
            time=zones.seconds(plain.get("start")),
            place=str(plain["id"]),
            facets={name: value[:_LONGEST] for name, value in facets.items() if value},
        )

    def listing(self, folder: NodeId) -> tuple[str, str]:
        """A calendar's single events and series."""
        return f"{self._at}/calendars/{folder}/events", f"{LISTED},type"

    def listed(self, plain: Mapping[str, Any], folder: NodeId) -> str | None:
        """Its id; what belongs to a series is kept with it."""
        del folder
        return None if plain.get("type") in _OF_SERIES else str(plain["id"])

    def single(self, id: NodeId) -> None:
        """An event that is moved to another calendar is another one there."""

    def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read events whole, and their attachments' bytes. Raises Fault."""
        del told
        return objects.fetched(
            self._graph,
            self._user,
            items,
            lambda item: f"{self._at}/events/{item.id}?{_SERIES if item.facets.get('recurrence') else _SINGLE}",
            lambda _item, plain: [
                *self._parts(plain),
                *(part for one in plain.get("exceptionOccurrences") or () for part in self._parts(one)),
            ],
            self._complete,
        )

    async def _complete(self, plain: dict[str, Any]) -> None:
        """Ask for the attachments of occurrences that depart from their series: no answer about the series has them."""
        for one in plain.get("exceptionOccurrences") or ():
            if one.get("hasAttachments"):
                one["attachments"] = await self._files.listed(str(one["id"]))

    def _parts(self, plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Names and addresses of an event's files; what is attached as an item comes as Graph's description of it."""
        for one in plain.get("attachments") or ():
            at = f"{self._at}/events/{plain['id']}/attachments/{one['id']}"
            if is_item(one):
                yield f"attachment/{one['id']}", f"{at}?$expand=microsoft.graph.itemAttachment/item"
            elif not is_link(one):
                yield f"attachment/{one['id']}", f"{at}/$value"


def _said(moment: Mapping[str, Any] | None) -> str:
    return f"{str(moment.get('dateTime'))[:19]} {moment.get('timeZone') or 'UTC'}" if moment else ""


def _calendar(plain: Mapping[str, Any]) -> Folder:
    owner = (plain.get("owner") or {}).get("address")
    facets = {"color": str(plain.get("hexColor") or plain.get("color") or "")}
    if plain.get("canEdit") is False:
        facets["read-only"] = "yes"
    if plain.get("isDefaultCalendar"):
        facets["well-known"] = "calendar"
    if owner:
        facets["owner"] = str(owner)
    return Folder(
        id=NodeId(plain["id"]),
        parent=None,
        name=str(plain.get("name") or ""),
        role=Role.MAIN if plain.get("isDefaultCalendar") else None,
        facets={name: value for name, value in facets.items() if value},
    )
