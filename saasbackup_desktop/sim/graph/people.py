"""Contacts over the pretend Graph."""

from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.odata import page
from saasbackup_desktop.sim.graph.organizers import MISSING, organizer_of, shelf_of, shown, taken
from saasbackup_desktop.sim.graph.shelf import DEFAULT_CONTACTS, Organizer, Shelf
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_READ: Final = "Contacts.Read Contacts.ReadWrite"
_WRITE: Final = "Contacts.ReadWrite"
_OWN: Final = frozenset({"id", "changeKey", "createdDateTime", "lastModifiedDateTime", "parentFolderId"})
_LARGEST_PHOTO: Final = 4 * 1024 * 1024


def _contact(asked: Asked) -> tuple[Organizer, Shelf, dict[str, Any]]:
    organizer = organizer_of(asked)
    found = organizer.find(organizer.contacts, asked["contact"])
    if found is None:
        raise MISSING
    return organizer, *found


def _shelf(asked: Asked) -> tuple[Organizer, Shelf]:
    organizer = organizer_of(asked)
    return organizer, shelf_of(organizer.contacts, asked.places.get("folder", DEFAULT_CONTACTS))


@route("GET", "/users/{user}/contactFolders", _READ)
def folders(asked: Asked) -> Answer:
    """Folders beside the default one."""
    shelves = organizer_of(asked).contacts.values()
    found = [shelf.plain for shelf in shelves if not shelf.parent and "displayName" in shelf.plain]
    return Answer(body=page(asked.request, found))


@route("GET", "/users/{user}/contactFolders/{folder}/childFolders", _READ)
def folders_below(asked: Asked) -> Answer:
    """Folders in a folder."""
    found = [shelf.plain for shelf in organizer_of(asked).contacts.values() if shelf.parent == asked["folder"]]
    return Answer(body=page(asked.request, found))


def _make_folder(asked: Asked, parent: str) -> Answer:
    organizer = organizer_of(asked)
    name = str((asked.request.json() or {}).get("displayName") or "")
    beside = [one.plain for one in organizer.contacts.values() if one.parent == parent and "displayName" in one.plain]
    if not name.strip():
        raise Refusal(400, "ErrorInvalidRequest", "A display name is needed.")
    if any(one["displayName"].casefold() == name.casefold() for one in beside):
        raise Refusal(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    return Answer(201, organizer.contacts[organizer.add_contact_folder(name, parent)].plain)


@route("POST", "/users/{user}/contactFolders", _WRITE)
def make_folder(asked: Asked) -> Answer:
    """Make a folder beside the default one."""
    return _make_folder(asked, "")


@route("POST", "/users/{user}/contactFolders/{folder}/childFolders", _WRITE)
def make_folder_below(asked: Asked) -> Answer:
    """Make a folder in a folder."""
    shelf_of(organizer_of(asked).contacts, asked["folder"])
    return _make_folder(asked, asked["folder"])


def _list(asked: Asked) -> Answer:
    _, shelf = _shelf(asked)
    return Answer(body=page(asked.request, list(shelf.items.values()), shape=lambda one: shown(asked, one)))


def _changes(asked: Asked) -> Answer:
    _, shelf = _shelf(asked)
    return changes(asked.request, shelf.feed, lambda id: shown(asked, shelf.items[id]))


def _make(asked: Asked) -> Answer:
    organizer, shelf = _shelf(asked)
    said, properties = taken(asked.request.json(), _OWN)
    made = organizer.add(shelf, {**_settled(said, is_new=True), "_properties": properties, "_files": {}})
    return Answer(201, shown(asked, made))


def _settled(said: dict[str, Any], *, is_new: bool) -> dict[str, Any]:
    """A contact as Exchange keeps it."""
    for one in said.get("emailAddresses") or ():
        one.setdefault("name", one.get("address"))
    if said.get("birthday"):
        said["birthday"] = f"{said['birthday'][:10]}T11:59:00Z"
    for name in ("businessPhones", "homePhones"):
        if len(said.get(name) or ()) > 2:
            raise Refusal(400, "ErrorInvalidRequest", f"Too many numbers: {name}")
    if not is_new:
        return said
    name = " ".join(filter(None, (said.get("givenName"), said.get("surname")))) or str(said.get("companyName") or "")
    return {"displayName": name, "fileAs": said.get("displayName") or name, **said}


@route("GET", "/users/{user}/contacts/{contact}", _READ)
def contact(asked: Asked) -> Answer:
    """One contact."""
    return Answer(body=shown(asked, _contact(asked)[2]))


@route("PATCH", "/users/{user}/contacts/{contact}", _WRITE)
def change(asked: Asked) -> Answer:
    """Change a contact."""
    organizer, shelf, found = _contact(asked)
    said, properties = taken(asked.request.json(), _OWN)
    kept = {**found.get("_properties", {}), **properties}
    organizer.change(shelf, found["id"], **_settled(said, is_new=False), _properties=kept)
    return Answer(body=shown(asked, found))


@route("DELETE", "/users/{user}/contacts/{contact}", _WRITE)
def remove(asked: Asked) -> Answer:
    """Remove a contact."""
    organizer, shelf, found = _contact(asked)
    organizer.remove(shelf, found["id"])
    return Answer(204)


@route("GET", "/users/{user}/contacts/{contact}/photo/$value", _READ)
def photo(asked: Asked) -> Answer:
    """A contact's photo."""
    files = _contact(asked)[2].get("_files", {})
    if "photo" not in files:
        raise Refusal(404, "ErrorItemNotFound", "The photo was not found.")
    return Answer(body=files["photo"], content_type="image/jpeg")


@route("PUT", "/users/{user}/contacts/{contact}/photo/$value", _WRITE)
def put_photo(asked: Asked) -> Answer:
    """Set a contact's photo."""
    organizer, shelf, found = _contact(asked)
    if not asked.request.headers.get("content-type", "").startswith("image/"):
        raise Refusal(400, "ErrorInvalidImage", "A photo must be an image.")
    if len(asked.request.body) > _LARGEST_PHOTO:
        raise Refusal(413, "RequestEntityTooLarge", "The photo is too large.")
    files = {**found.get("_files", {}), "photo": asked.request.body}
    organizer.change(shelf, found["id"], _files=files)
    return Answer(204)


ROUTES: Final = [
    folders,
    folders_below,
    make_folder,
    make_folder_below,
    route("GET", "/users/{user}/contacts", _READ)(_list),
    route("GET", "/users/{user}/contactFolders/{folder}/contacts", _READ)(_list),
    route("POST", "/users/{user}/contacts", _WRITE)(_make),
    route("POST", "/users/{user}/contactFolders/{folder}/contacts", _WRITE)(_make),
    route("GET", "/users/{user}/contacts/delta", _READ)(_changes),
    route("GET", "/users/{user}/contactFolders/{folder}/contacts/delta", _READ)(_changes),
    contact,
    change,
    remove,
    photo,
    put_photo,
]
