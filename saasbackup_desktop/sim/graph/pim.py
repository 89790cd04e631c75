"""Contacts, calendars and tasks over the pretend Graph."""

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, Route, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.mail import mailbox_of
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.shelf import DEFAULT_CONTACTS, Organizer, Shelf
from saasbackup_desktop.sim.graph.tenant import public
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_CONTACTS: Final = "Contacts.Read"
_CALENDARS: Final = "Calendars.Read"
_TASKS: Final = "Tasks.Read.All", "Tasks.Read"
_MISSING: Final = Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def _organizer(asked: Asked) -> Organizer:
    mailbox = mailbox_of(asked)
    found = asked.tenant.organizers.get(mailbox.user)
    if not isinstance(found, Organizer):
        raise Refusal(404, "MailboxNotEnabledForRESTAPI", "There is no such mailbox.")
    return found


def _shelf(shelves: Mapping[str, Shelf], id: str) -> Shelf:
    if id not in shelves:
        raise _MISSING
    return shelves[id]


def _shown(asked: Asked, item: Mapping[str, Any]) -> dict[str, Any]:
    shown = selected(public(item), asked.request)
    if "changeKey" in item:
        shown["@odata.etag"] = f'W/"{item["changeKey"]}"'
    return shown


def _listed(shelves: Callable[[Organizer], Mapping[str, Shelf]]) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        found = [shelf.plain for id, shelf in shelves(_organizer(asked)).items() if id != DEFAULT_CONTACTS]
        return Answer(body=page(asked.request, found))

    return answer


def _told(shelves: Callable[[Organizer], Mapping[str, Shelf]], place: str) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        organizer = _organizer(asked)
        shelf = _shelf(shelves(organizer), asked.places.get(place, DEFAULT_CONTACTS))
        return changes(asked.request, shelf.feed, lambda id: _shown(asked, shelf.items[id]))

    return answer


def _routes() -> list[Route]:
    """Addresses that are alike."""
    at = "/users/{user}"
    return [
        route("GET", f"{at}/calendars", _CALENDARS)(_listed(lambda organizer: organizer.calendars)),
        route("GET", f"{at}/todo/lists", *_TASKS)(_listed(lambda organizer: organizer.lists)),
        route("GET", f"{at}/contacts/delta", _CONTACTS)(_told(lambda organizer: organizer.contacts, "folder")),
        route("GET", f"{at}/contactFolders/{{folder}}/contacts/delta", _CONTACTS)(
            _told(lambda organizer: organizer.contacts, "folder")
        ),
        route("GET", f"{at}/calendars/{{calendar}}/events/delta", _CALENDARS)(
            _told(lambda organizer: organizer.calendars, "calendar")
        ),
        route("GET", f"{at}/todo/lists/{{list}}/tasks/delta", *_TASKS)(
            _told(lambda organizer: organizer.lists, "list")
        ),
    ]


@route("GET", "/users/{user}/contactFolders", _CONTACTS)
def contact_folders(asked: Asked) -> Answer:
    """Folders beside the default one."""
    found = [
        shelf.plain
        for shelf in _organizer(asked).contacts.values()
        if not shelf.parent and "displayName" in shelf.plain
    ]
    return Answer(body=page(asked.request, found))


@route("GET", "/users/{user}/contactFolders/{folder}/childFolders", _CONTACTS)
def folders_below(asked: Asked) -> Answer:
    """Folders in a folder."""
    found = [shelf.plain for shelf in _organizer(asked).contacts.values() if shelf.parent == asked["folder"]]
    return Answer(body=page(asked.request, found))


@route("GET", "/users/{user}/contacts/{contact}", _CONTACTS)
def contact(asked: Asked) -> Answer:
    """One contact."""
    organizer = _organizer(asked)
    found = organizer.find(organizer.contacts, asked["contact"])
    if found is None:
        raise _MISSING
    return Answer(body=_shown(asked, found[1]))


@route("GET", "/users/{user}/contacts/{contact}/photo/$value", _CONTACTS)
def photo(asked: Asked) -> Answer:
    """A contact's photo."""
    organizer = _organizer(asked)
    found = organizer.find(organizer.contacts, asked["contact"])
    if found is None or "photo" not in found[1].get("_files", {}):
        raise Refusal(404, "ErrorItemNotFound", "The photo was not found.")
    return Answer(body=found[1]["_files"]["photo"], content_type="image/jpeg")


@route("GET", "/users/{user}/events/{event}", _CALENDARS)
def event(asked: Asked) -> Answer:
    """One event, a series with what departs from it."""
    organizer = _organizer(asked)
    found = organizer.find(organizer.calendars, asked["event"])
    if found is None:
        raise _MISSING
    shown = _shown(asked, found[1])
    expand = asked.request.query.get("$expand", "")
    if "exceptionOccurrences" in expand and found[1].get("_exceptions"):
        shown["exceptionOccurrences"] = [public(one) for one in found[1]["_exceptions"]]
    if "attachments" in expand:
        shown["attachments"] = [_brief(name, data) for name, data in found[1].get("_files", {}).items()]
    return Answer(body=shown)


@route("GET", "/users/{user}/events/{event}/attachments/{attachment}/$value", _CALENDARS)
def event_attachment(asked: Asked) -> Answer:
    """The bytes of an event's attachment."""
    organizer = _organizer(asked)
    return Answer(
        body=_file(organizer.find(organizer.calendars, asked["event"]), asked["attachment"]),
        content_type="application/octet-stream",
    )


@route("GET", "/users/{user}/todo/lists/{list}/tasks/{task}", *_TASKS)
def task(asked: Asked) -> Answer:
    """One task with its steps and links."""
    item = _shelf(_organizer(asked).lists, asked["list"]).items.get(asked["task"])
    if item is None:
        raise _MISSING
    shown = _shown(asked, item)
    expand = asked.request.query.get("$expand", "")
    for name in ("checklistItems", "linkedResources"):
        if name in expand:
            shown[name] = item.get(f"_{name}", [])
    if "attachments" in expand:
        shown["attachments"] = [
            {**_brief(name, data), "@odata.type": "#microsoft.graph.taskFileAttachment"}
            for name, data in item.get("_files", {}).items()
        ]
        for one in shown["attachments"]:
            one.pop("isInline")
    return Answer(body=shown)


@route("GET", "/users/{user}/todo/lists/{list}/tasks/{task}/attachments/{attachment}/$value", *_TASKS)
def task_attachment(asked: Asked) -> Answer:
    """The bytes of a task's attachment."""
    shelf = _shelf(_organizer(asked).lists, asked["list"])
    item = shelf.items.get(asked["task"])
    found = None if item is None else (shelf, item)
    return Answer(body=_file(found, asked["attachment"]), content_type="application/octet-stream")


def _brief(name: str, data: bytes) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "id": base64.urlsafe_b64encode(name.encode()).decode(),
        "name": name,
        "contentType": "application/octet-stream",
        "size": len(data),
        "isInline": False,
    }


def _file(found: tuple[Shelf, dict[str, Any]] | None, id: str) -> bytes:
    name = base64.urlsafe_b64decode(id).decode()
    if found is None or name not in found[1].get("_files", {}):
        raise _MISSING
    data: bytes = found[1]["_files"][name]
    return data


ROUTES: Final = [
    *_routes(),
    contact_folders,
    folders_below,
    contact,
    photo,
    event,
    event_attachment,
    task,
    task_attachment,
]
