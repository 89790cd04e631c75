"""Is it as a plan found it, as it wants it, or otherwise? Pure functions of a write and of what is there."""

from collections.abc import Mapping, Sequence
from enum import Enum

from saasbackup_desktop.core.directory.difference import names_in, same
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.placeholders import meant
from saasbackup_desktop.core.directory.plan import Action, Write
from saasbackup_desktop.core.stream import Json


class Found(Enum):
    """How the thing that a write is about stands."""

    AS_PLANNED = "as planned"
    AS_WANTED = "as wanted"
    OTHERWISE = "otherwise"


def look(
    write: Write, there: DirectoryObject | None, ids: Mapping[str, str], *, is_in_bin: bool = False
) -> tuple[Found, Mapping[str, Json]]:
    """Say how it stands; if otherwise, also what is there. ``ids``: of what was made anew, old id -> new id."""
    match write.action:
        case Action.CREATE:
            if there is None:
                return Found.AS_PLANNED, {}
            otherwise = _unlike(there, write.new, write.new, ids)
            return (Found.OTHERWISE if otherwise else Found.AS_WANTED), otherwise
        case Action.REVIVE:
            found = Found.AS_WANTED if there is not None else Found.AS_PLANNED if is_in_bin else Found.OTHERWISE
            return found, {}
        case Action.DELETE:
            if there is None:
                return Found.AS_WANTED, {}
            otherwise = _unlike(there, write.old, write.old, ids)
            return (Found.OTHERWISE if otherwise else Found.AS_PLANNED), otherwise
        case Action.UPDATE:
            return (Found.OTHERWISE, {}) if there is None else _against(there, write, ids)
        case Action.LINK | Action.UNLINK:
            return _look_at_links(write, there, ids)


def links_of(write: Write, ids: Mapping[str, str]) -> Sequence[Link]:
    """The links that a write makes or breaks, with the ids that the other objects have now."""
    found = write.links or (Link(write.path_of_link, write.target, write.detail),)
    return [Link(one.relation, ids.get(one.id, one.id), one.detail) for one in found]


def value_at(properties: Mapping[str, Json], path: str) -> Json:
    """The value at a path with dots; None if there is none."""
    value: Json = dict(properties)
    for name in names_in(path):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def translated(value: Json, ids: Mapping[str, str]) -> Json:
    """A value of a plan with the ids that things have now, as the directory tells it."""
    if isinstance(value, str):
        return ids.get(value) or meant(value, ids)
    if isinstance(value, Mapping):
        return {name: translated(one, ids) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [translated(one, ids) for one in value]
    return value


def holds(there: DirectoryObject, path: str, value: Json, ids: Mapping[str, str]) -> bool:
    """This value is there; of a relation, these are the ids of the others."""
    found = value_at(there.properties, path)
    if found is None:
        found = [one.id for one in there.links if one.relation == path]
    return same(found, translated(value, ids))


def _against(there: DirectoryObject, write: Write, ids: Mapping[str, str]) -> tuple[Found, Mapping[str, Json]]:
    if all(holds(there, path, write.new.get(path), ids) for path in {*write.old, *write.new}):
        return Found.AS_WANTED, {}
    otherwise = _unlike(there, write.old, write.new, ids)
    return (Found.OTHERWISE if otherwise else Found.AS_PLANNED), otherwise


def _unlike(
    there: DirectoryObject, old: Mapping[str, Json], new: Mapping[str, Json], ids: Mapping[str, str]
) -> Mapping[str, Json]:
    """What is there where it is neither as it was found nor as it is wanted."""
    return {
        path: value_at(there.properties, path)
        for path in sorted({*old, *new})
        if not holds(there, path, old.get(path), {})
        and not holds(there, path, old.get(path), ids)
        and not holds(there, path, new.get(path), ids)
    }


def _look_at_links(
    write: Write, there: DirectoryObject | None, ids: Mapping[str, str]
) -> tuple[Found, Mapping[str, Json]]:
    wants = write.action is Action.LINK
    if there is None:
        return (Found.OTHERWISE if wants else Found.AS_WANTED), {}
    present = set(there.links)
    is_so = all((one in present) is wants for one in links_of(write, ids))
    return (Found.AS_WANTED if is_so else Found.AS_PLANNED), {}
