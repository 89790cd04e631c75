"""Microsoft To Do over the pretend Graph."""

import re
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.odata import page
from saasbackup_desktop.sim.graph.organizers import (
    MISSING,
    SMALL,
    attach,
    briefs,
    detach,
    key_of,
    organizer_of,
    shelf_of,
    shown,
    taken,
)
from saasbackup_desktop.sim.graph.shelf import Organizer, Shelf
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_READ: Final = "Tasks.Read.All Tasks.ReadWrite.All", "Tasks.Read Tasks.ReadWrite"
_WRITE: Final = "Tasks.ReadWrite.All", "Tasks.ReadWrite"
_OWN: Final = frozenset(
    {"id", "createdDateTime", "lastModifiedDateTime", "bodyLastModifiedDateTime", "hasAttachments", "linkedResources"}
)
_LISTS: Final = "/users/{user}/todo/lists"
_TASKS: Final = f"{_LISTS}/{{list}}/tasks"
_TASK: Final = f"{_TASKS}/{{task}}"
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_LARGEST: Final = 25 * 1024 * 1024


def _shelf(asked: Asked) -> tuple[Organizer, Shelf]:
    organizer = organizer_of(asked)
    return organizer, shelf_of(organizer.lists, asked["list"])


def _task(asked: Asked) -> tuple[Organizer, Shelf, dict[str, Any]]:
    organizer, shelf = _shelf(asked)
    if asked["task"] not in shelf.items:
        raise MISSING
    return organizer, shelf, shelf.items[asked["task"]]


def _whole(asked: Asked, task: dict[str, Any]) -> dict[str, Any]:
    told = shown(asked, task)
    expand = asked.request.query.get("$expand", "")
    for name in ("checklistItems", "linkedResources", "extensions"):
        if name in expand:
            told[name] = task.get(f"_{name}", [])
    if "attachments" in expand:
        told["attachments"] = briefs(task, "taskFileAttachment")
    return told


@route("GET", _LISTS, *_READ)
def lists(asked: Asked) -> Answer:
    """All lists."""
    return Answer(body=page(asked.request, [shelf.plain for shelf in organizer_of(asked).lists.values()]))


@route("POST", _LISTS, *_WRITE)
def make_list(asked: Asked) -> Answer:
    """Make a list; another one may have its name."""
    organizer = organizer_of(asked)
    name = str((asked.request.json() or {}).get("displayName") or "").strip()
    if not name:
        raise Refusal(400, "invalidRequest", "A display name is needed.")
    return Answer(201, organizer.lists[organizer.add_list(name)].plain)


@route("GET", _TASKS, *_READ)
def tasks(asked: Asked) -> Answer:
    """A list's tasks."""
    _, shelf = _shelf(asked)
    return Answer(body=page(asked.request, list(shelf.items.values()), shape=lambda one: _whole(asked, dict(one))))


@route("GET", f"{_TASKS}/delta", *_READ)
def task_changes(asked: Asked) -> Answer:
    """A list's tasks that changed."""
    _, shelf = _shelf(asked)
    return changes(asked.request, shelf.feed, lambda id: shown(asked, shelf.items[id]))


@route("POST", _TASKS, *_WRITE)
def make(asked: Asked) -> Answer:
    """Make a task, with links if it comes with any."""
    organizer, shelf = _shelf(asked)
    said = asked.request.json()
    if not str(said.get("title") or "").strip():
        raise Refusal(400, "invalidRequest", "A title is needed.")
    task = {
        "status": "notStarted",
        "importance": "normal",
        "isReminderOn": False,
        "body": {"contentType": "text", "content": ""},
        "categories": [],
        **taken(said, _OWN)[0],
        "hasAttachments": False,
        "_files": {},
        "_linkedResources": [{**one, "id": organizer.number("link")} for one in said.get("linkedResources") or ()],
    }
    _complete(organizer, task)
    return Answer(201, shown(asked, organizer.add(shelf, task)))


def _complete(organizer: Organizer, task: dict[str, Any]) -> None:
    """A task that is completed has a day of completion."""
    if task.get("status") == "completed" and not task.get("completedDateTime"):
        day = organizer.tenant.moment()[:10]
        task["completedDateTime"] = {"dateTime": f"{day}T00:00:00.0000000", "timeZone": "UTC"}


@route("GET", _TASK, *_READ)
def one(asked: Asked) -> Answer:
    """One task."""
    return Answer(body=_whole(asked, _task(asked)[2]))


@route("PATCH", _TASK, *_WRITE)
def change(asked: Asked) -> Answer:
    """Change a task."""
    organizer, shelf, task = _task(asked)
    organizer.change(shelf, task["id"], **taken(asked.request.json(), _OWN)[0])
    _complete(organizer, task)
    return Answer(body=shown(asked, task))


@route("DELETE", _TASK, *_WRITE)
def remove(asked: Asked) -> Answer:
    """Remove a task."""
    organizer, shelf, task = _task(asked)
    organizer.remove(shelf, task["id"])
    return Answer(204)


def _add(asked: Asked, name: str, plain: dict[str, Any]) -> Answer:
    organizer, shelf, task = _task(asked)
    organizer.change(shelf, task["id"], **{f"_{name}": [*task.get(f"_{name}", []), plain]})
    return Answer(201, plain)


@route("POST", f"{_TASK}/checklistItems", *_WRITE)
def add_step(asked: Asked) -> Answer:
    """Add a step, after the others."""
    organizer = organizer_of(asked)
    said = {name: value for name, value in asked.request.json().items() if name not in ("id", "createdDateTime")}
    plain = {"isChecked": False, **said, "id": organizer.number("step"), "createdDateTime": asked.tenant.moment()}
    return _add(asked, "checklistItems", plain)


@route("PATCH", f"{_TASK}/checklistItems/{{step}}", *_WRITE)
def change_step(asked: Asked) -> Answer:
    """Tick a step, or call it otherwise."""
    organizer, shelf, task = _task(asked)
    step = next((one for one in task.get("_checklistItems", []) if one["id"] == asked["step"]), None)
    if step is None:
        raise MISSING
    step |= {name: value for name, value in asked.request.json().items() if name not in ("id", "createdDateTime")}
    organizer.change(shelf, task["id"])
    return Answer(body=step)


@route("POST", f"{_TASK}/linkedResources", *_WRITE)
def add_link(asked: Asked) -> Answer:
    """Add a link."""
    return _add(asked, "linkedResources", {**asked.request.json(), "id": organizer_of(asked).number("link")})


@route("POST", f"{_TASK}/extensions", *_WRITE)
def extend(asked: Asked) -> Answer:
    """Add an open extension."""
    said = asked.request.json()
    name = str(said.get("extensionName") or "")
    task = _task(asked)[2]
    if not name or any(one["extensionName"] == name for one in task.get("_extensions", [])):
        raise Refusal(409, "ErrorExtensionExists", "An extension needs a name that no other one has.")
    plain = {"@odata.type": "#microsoft.graph.openTypeExtension", **said}
    return _add(asked, "extensions", {**plain, "id": f"microsoft.graph.openTypeExtension.{name}"})


@route("POST", f"{_TASK}/attachments", *_WRITE)
def add_file(asked: Asked) -> Answer:
    """Attach a small file."""
    organizer, shelf, task = _task(asked)
    if len(asked.request.body) > SMALL * 4 // 3 + 10_000:
        raise Refusal(413, "RequestEntityTooLarge", "The attachment is too large for one request.")
    plain = attach(task, asked.request.json())
    organizer.change(shelf, task["id"], hasAttachments=True)
    plain.pop("isInline", None)
    return Answer(201, {**plain, "@odata.type": "#microsoft.graph.taskFileAttachment"})


@route("POST", f"{_TASK}/attachments/createUploadSession", *_WRITE)
def begin_file(asked: Asked) -> Answer:
    """Prepare for a large file: an address inside Graph, that wants a token."""
    organizer, shelf, task = _task(asked)
    said = asked.request.json()["attachmentInfo"]
    if int(said["size"]) > _LARGEST:
        raise Refusal(413, "RequestEntityTooLarge", "The file is too large.")

    def finish(data: bytes) -> None:
        key = str(attach(task, {"name": said["name"], "contentBytes": ""})["id"])
        task["_files"][key_of(task, key)] = data
        if said.get("contentType"):
            task["_about"][key_of(task, key)]["contentType"] = said["contentType"]
        organizer.change(shelf, task["id"], hasAttachments=True)

    number = asked.tenant.begin_upload(said, finish).rpartition("/")[2].partition("?")[0]
    places = (asked["user"], asked["list"], asked["task"])
    at = "{}/users/{}/todo/lists/{}/tasks/{}/attachmentSessions/{}".format(asked.request.root, *places, number)
    body = {"uploadUrl": at, "expirationDateTime": asked.tenant.moment(), "nextExpectedRanges": ["0-"]}
    return Answer(200, body)


@route("GET", f"{_TASK}/attachmentSessions/{{session}}", *_READ)
def session(asked: Asked) -> Answer:
    """Say how far a large file is."""
    upload = asked.tenant.uploads.get(asked["session"])
    if upload is None:
        raise MISSING
    return Answer(body={"id": asked["session"], "nextExpectedRanges": [str(len(upload.data))]})


@route("PUT", f"{_TASK}/attachmentSessions/{{session}}/content", *_WRITE)
def take_piece(asked: Asked) -> Answer:
    """Take a piece of a large file."""
    upload = asked.tenant.uploads.get(asked["session"])
    match = _RANGE.fullmatch(asked.request.headers.get("content-range", ""))
    if upload is None or match is None:
        raise Refusal(404 if upload is None else 400, "invalidRequest", "No such upload.")
    if int(match[1]) != len(upload.data) or int(match[3]) != upload.size:
        raise Refusal(416, "invalidRange", "The range is not the one expected.")
    upload.data += asked.request.body
    if len(upload.data) < upload.size:
        return Answer(200, {"nextExpectedRanges": [str(len(upload.data))]})
    upload.finish(bytes(upload.data))
    del asked.tenant.uploads[asked["session"]]
    return Answer(201, {"id": asked["session"], "expirationDateTime": asked.tenant.moment()})


@route("DELETE", f"{_TASK}/attachments/{{attachment}}", *_WRITE)
def remove_file(asked: Asked) -> Answer:
    """Take a file off a task."""
    organizer, shelf, task = _task(asked)
    detach(task, asked["attachment"])
    organizer.change(shelf, task["id"], hasAttachments=bool(task["_files"]))
    return Answer(204)


@route("GET", f"{_TASK}/attachments/{{attachment}}/$value", *_READ)
def file(asked: Asked) -> Answer:
    """The bytes of a task's file."""
    task = _task(asked)[2]
    return Answer(body=task["_files"][key_of(task, asked["attachment"])], content_type="application/octet-stream")


ROUTES: Final = [
    lists,
    make_list,
    tasks,
    task_changes,
    make,
    one,
    change,
    remove,
    add_step,
    change_step,
    add_link,
    extend,
    add_file,
    begin_file,
    session,
    take_piece,
    remove_file,
    file,
]
