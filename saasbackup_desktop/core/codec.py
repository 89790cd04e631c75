"""Plain data and JSON: the only place where values are written down and read back."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from saasbackup_desktop.core import jobs
from saasbackup_desktop.core.directory.plan import OnSurprise
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import SnapshotId, StreamId, TaskId
from saasbackup_desktop.core.model import Body, Conflict, Folder, Item, Node, Owed, Role, Segment, Service
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.core.stream import Json

_SPECS: Final = {
    "backup": jobs.Backup,
    "import": jobs.Import,
    "restore": jobs.Restore,
    "migrate": jobs.Migrate,
    "check": jobs.Check,
    "prune": jobs.Prune,
    "discard": jobs.Discard,
    "mirror": jobs.Mirror,
    "drill": jobs.Drill,
    "reinstate": jobs.Reinstate,
    "export": jobs.Export,
}


def dumps(value: object) -> str:
    """Write plain data as compact JSON with sorted keys, so that equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def loads(text: str | bytes) -> Any:
    """Read JSON; bytes are UTF-8."""
    return json.loads(text if isinstance(text, str) else str(text, "utf-8", "surrogatepass"))


def body_to_plain(body: Body) -> Json:
    """Body -> ``[sha256, size, [[blob, size, coding], ...]]``."""
    return [body.sha256, body.size, [[s.blob, s.size, s.coding] for s in body.recipe]]


def body_from_plain(plain: Any) -> Body:
    """The other way round."""
    sha256, size, recipe = plain
    return Body(sha256, size, tuple(Segment(*segment) for segment in recipe))


def node_to_plain(node: Node) -> dict[str, Json]:
    """Folder or item -> a dictionary without empty fields."""
    if isinstance(node, Folder):
        plain: dict[str, Json] = {"k": "f", "id": node.id, "p": node.parent, "n": node.name}
        if node.role is not None:
            plain["role"] = node.role.value
        if node.facets:
            plain["x"] = dict(node.facets)
        return plain
    plain = {"k": "i", "id": node.id, "p": node.parent, "n": node.name, "r": node.revision}
    if node.size is not None:
        plain["s"] = node.size
    if node.time is not None:
        plain["t"] = node.time
    if node.flags:
        plain["f"] = list(node.flags)
    if node.place:
        plain["o"] = node.place
    if node.facets:
        plain["x"] = dict(node.facets)
    if node.body is not None:
        plain["b"] = body_to_plain(node.body)
    if node.parts:
        plain["a"] = {name: body_to_plain(part) for name, part in node.parts.items()}
    return plain


def node_from_plain(plain: Mapping[str, Any]) -> Node:
    """The other way round."""
    if plain["k"] == "f":
        role = plain.get("role")
        return Folder(
            id=plain["id"],
            parent=plain["p"],
            name=plain["n"],
            role=Role(role) if role else None,
            facets=plain.get("x", {}),
        )
    body = plain.get("b")
    return Item(
        id=plain["id"],
        parent=plain["p"],
        name=plain["n"],
        revision=plain["r"],
        size=plain.get("s"),
        time=plain.get("t"),
        flags=tuple(plain.get("f", ())),
        place=plain.get("o", ""),
        facets=plain.get("x", {}),
        body=body_from_plain(body) if body is not None else None,
        parts={name: body_from_plain(part) for name, part in plain.get("a", {}).items()},
    )


def owed_to_plain(owed: Owed) -> dict[str, Json]:
    """Owed -> a dictionary."""
    return {
        "item": node_to_plain(owed.item),
        "code": owed.code,
        "detail": owed.detail,
        "attempts": owed.attempts,
        "since": owed.since,
    }


def owed_from_plain(plain: Mapping[str, Any]) -> Owed:
    """The other way round."""
    item = node_from_plain(plain["item"])
    if not isinstance(item, Item):
        raise TypeError("only items are owed")
    return Owed(item=item, code=plain["code"], detail=plain["detail"], attempts=plain["attempts"], since=plain["since"])


def kind_of(spec: jobs.Spec) -> str:
    """Name the kind of a job, as it is written down."""
    return next(kind for kind, cls in _SPECS.items() if isinstance(spec, cls))


def origin_from_plain(plain: Mapping[str, Any] | None) -> jobs.Origin:
    """Read who wanted a job; of jobs from before this was written down, a person did."""
    if plain is None:
        return jobs.BY_HAND
    return jobs.Origin(initiator=jobs.Initiator(plain["initiator"]), task=TaskId(plain["task"]))


def spec_to_plain(spec: jobs.Spec) -> dict[str, Json]:
    """Job specification -> a dictionary with its kind."""
    return {"kind": kind_of(spec), **plain_fields(spec)}


def spec_from_plain(plain: Mapping[str, Any]) -> jobs.Spec:
    """The other way round."""
    values = dict(plain)
    kind = values.pop("kind")
    if kind == "backup":
        return jobs.Backup(**values)
    if kind == "import":
        services = tuple(Service(one) for one in values.pop("services", ()))
        return jobs.Import(**{**values, "paths": tuple(values["paths"]), "services": services})
    if kind == "migrate":
        return jobs.Migrate(**values)
    if kind == "check":
        return jobs.Check(**values)
    if kind == "mirror":
        settings = tuple((str(name), str(value)) for name, value in values.pop("settings"))
        return jobs.Mirror(settings=settings, **values)
    if kind == "drill":
        return jobs.Drill(**values)
    if kind == "reinstate":
        return jobs.Reinstate(**{**values, "on_surprise": OnSurprise(values["on_surprise"])})
    if kind == "prune":
        return jobs.Prune(**values)
    if kind == "discard":
        return jobs.Discard(**{**values, "snapshots": tuple(values["snapshots"])})
    if kind == "export":
        picks = tuple(pick_from_plain(one) for one in values.pop("picks"))
        return jobs.Export(picks=picks, packing=Packing(values.pop("packing")), **values)
    if kind != "restore":
        raise ValueError(f"unknown kind of job: {kind}")
    selection = _selection(values.pop("selection"))
    conflict = Conflict(values.pop("conflict"))
    return jobs.Restore(selection=selection, conflict=conflict, **values)


def pick_from_plain(plain: Mapping[str, Any]) -> Pick:
    """Read what is taken of a stream."""
    return Pick(
        stream=StreamId(plain["stream"]),
        snapshot=SnapshotId(plain["snapshot"]),
        selection=_selection(plain["selection"]),
        format=Format(plain["format"]),
    )


def _selection(plain: Mapping[str, Any]) -> Selection:
    return Selection(
        folders=tuple(plain["folders"]), items=tuple(plain["items"]), since=plain["since"], until=plain["until"]
    )


def plain_fields(value: Any) -> dict[str, Json]:
    """A dataclass's fields as plain data: nested dataclasses, enumerations, tuples and mappings included."""
    return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}


def _plain(value: Any) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return plain_fields(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"not plain: {type(value).__name__}")
