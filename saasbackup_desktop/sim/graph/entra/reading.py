"""Reading the pretend directory: lists, single objects, ties, parts, and what changed."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, Handler, Route, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.entra import mirror
from saasbackup_desktop.sim.graph.entra.kinds import SHAPES
from saasbackup_desktop.sim.graph.entra.shapes import Parts, Relation, Shape
from saasbackup_desktop.sim.graph.entra.store import PRINCIPALS, Directory
from saasbackup_desktop.sim.graph.odata import expansions, page, selected
from saasbackup_desktop.sim.graph.wire import Answer, Refusal, Request

_TIED: Final = 20
"""How many ties ``$expand`` tells."""
_WITH_TIES: Final = 100
"""The most objects of a page that tells ties, whatever ``$top`` says."""
_SPLIT: Final = 300
"""How many ties one entry of a delta query tells; the rest follows in further entries of the same id."""
_CONSENTS: Final = {"appRoleAssignedTo": "resourceId", "appRoleAssignments": "principalId"}
"""Which end of a consent a relation starts at."""
_TRANSPARENT: Final = frozenset({"applications", "servicePrincipals", "appRoleAssignments"})


PRIVATE: Final = {
    "customSecurityAttributes": "CustomSecAttributeAssignment.{}.All",
    "employeeLeaveDateTime": "User-LifeCycleInfo.{}.All",
    "signInActivity": "AuditLog.{}.All",
}
"""Properties that need a permission of their own."""


def directory_of(asked: Asked, kind: str = "") -> Directory:
    """The directory, with registrations up to date where they are asked for."""
    directory = asked.tenant.directory
    if not kind or kind in _TRANSPARENT:
        mirror.refresh(directory)
    return directory


def missing(id: str) -> Refusal:
    """Say that something is not there."""
    return Refusal(
        404,
        "Request_ResourceNotFound",
        f"Resource '{id}' does not exist or one of its queried reference-property objects are not present.",
    )


def object_of(asked: Asked, shape: Shape) -> dict[str, Any]:
    """The object that an address names. Raises Refusal."""
    directory = directory_of(asked, shape.id)
    if shape.is_single:
        return directory.single(shape.id)
    key = asked["id"]
    found = directory.objects(shape.id).get(key)
    if found is None and shape.id == "users":
        found = asked.tenant.find_user(key)
    if found is None or not directory.is_known(found):
        raise missing(key)
    return found


def _not_private(asked: Asked) -> None:
    """Refuse who selects what needs a permission of its own and lacks that."""
    for name in _names(asked.request.query.get("$select", "")):
        permission = PRIVATE.get(name)
        if permission and not asked.grant.scopes & {permission.format(way) for way in ("Read", "ReadWrite")}:
            raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def shown(directory: Directory, shape: Shape, one: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """An object as it is told: what ``$select`` and ``$expand`` ask for."""
    whole = one
    if request.query.get("$select"):
        names = _names(request.query["$select"])
        told = {
            name: one.get(name, shape.defaults.get(name)) for name in names if name in one or name in shape.defaults
        }
        if shape.key == "id":
            told = {"id": one["id"], **told}
    elif shape.brief:
        told = {name: one.get(name, shape.defaults.get(name)) for name in shape.brief}
    else:
        whole = {**shape.defaults, **one} if shape.id in ("users", "groups") else one
        told = {name: value for name, value in whole.items() if name[0] != "_" and name not in shape.hidden}
    if shape.is_typed:
        told = {"@odata.type": one["@odata.type"], **told}
    for part in shape.parts:
        if part.told:
            told[part.name] = whole.get(f"_{part.name}", [])
    if shape.id == "conditionalAccessPolicies" and told.get("grantControls"):
        told["grantControls"] = _with_strength(directory, told["grantControls"])
    for name, inner in expansions(request.query.get("$expand", "")).items():
        told |= _expanded(directory, shape, whole, name, inner)
    return told


@lru_cache(maxsize=256)
def _names(text: str) -> tuple[str, ...]:
    return tuple(name for one in text.split(",") if (name := one.strip().partition("/")[0]) and name[0] != "_")


def _with_strength(directory: Directory, controls: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of who signs in: an authentication strength is told whole."""
    named = controls.get("authenticationStrength")
    strengths = directory.objects("authenticationStrengthPolicies")
    return {**controls, "authenticationStrength": strengths.get(named["id"], named) if named else None}


def _expanded(
    directory: Directory, shape: Shape, one: Mapping[str, Any], name: str, inner: Mapping[str, str]
) -> dict[str, Any]:
    if any(part.name == name for part in shape.parts):
        return {name: one.get(f"_{name}", [])}
    if (relation := shape.relation(name)) is not None:
        inside = Request("GET", "", dict(inner), {}, b"", "")
        told = [mixed(directory, relation, id, inside) for id in directory.linked(shape.id, one["id"], name)[:_TIED]]
        if relation.is_one:
            return {name: told[0]} if told else {}
        return {name: told}
    if (which := _CONSENTS.get(name)) is not None and shape.id in PRINCIPALS:
        inside = Request("GET", "", dict(inner), {}, b"", "")
        given = directory.consents(which).get(one["id"], [])[:_TIED]
        return {name: [shown(directory, SHAPES["appRoleAssignments"], each, inside) for each in given]}
    if name in ("principal", "roleDefinition") and f"{name}Id" in one:
        kinds = ("roleDefinitions",) if name == "roleDefinition" else None
        id = one[f"{name}Id"]
        found = directory.find(id, kinds) if kinds else directory.find(id)
        if found is None:
            return {name: None}
        inside = Request("GET", "", dict(inner), {}, b"", "")
        told = [shown(directory, SHAPES[found[0]], found[1], inside)]
        return {name: {**({} if kinds else typed(found[0])), **told[0]}}
    raise Refusal(
        400, "BadRequest", f"Parsing OData Select and Expand failed: Could not find a property named '{name}'."
    )


def typed(kind: str) -> dict[str, Any]:
    """What tells kinds apart where they are mixed."""
    return {"@odata.type": f"#microsoft.graph.{SHAPES[kind].type}"}


def mixed(directory: Directory, relation: Relation, id: str, request: Request) -> dict[str, Any]:
    """One that something is tied to."""
    found = directory.find(id, relation.kinds)
    if found is None:
        return {"@odata.type": "#microsoft.graph.directoryObject", "id": id}
    kind, one = found
    inside = Request("GET", "", {"$select": request.query.get("$select", "")}, {}, b"", "")
    return {**typed(kind), **shown(directory, SHAPES[kind], one, inside)}


def listing(shape: Shape) -> Handler:
    """All objects of a kind."""

    def answer(asked: Asked) -> Answer:
        _not_private(asked)
        directory = directory_of(asked, shape.id)
        found = [one for one in directory.objects(shape.id).values() if directory.is_known(one)]
        return Answer(
            body=page(
                asked.request,
                found,
                size=100,
                largest=min(shape.largest, _WITH_TIES) if _tells_ties(asked, shape) else shape.largest,
                shape=lambda one: shown(directory, shape, one, asked.request),
            )
        )

    return answer


def _tells_ties(asked: Asked, shape: Shape) -> bool:
    return bool(shape.relations) and "$expand" in asked.request.query


def single(shape: Shape) -> Handler:
    """One object."""

    def answer(asked: Asked) -> Answer:
        _not_private(asked)
        found = object_of(asked, shape)
        if shape.id == "users" and not asked.grant.app_only:
            _sees(asked, found)
        told = shown(directory_of(asked), shape, found, asked.request)
        if shape.id == "applications" and "keyCredentials" in asked.request.query.get("$select", ""):
            told["keyCredentials"] = mirror.keys_of(found)
        return Answer(body=told)

    return answer


def _sees(asked: Asked, user: Mapping[str, Any]) -> None:
    if asked.grant.user != user["id"] and not asked.grant.scopes - {"User.Read"}:
        raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def ties(shape: Shape, relation: Relation) -> Handler:
    """What an object is tied to."""

    def answer(asked: Asked) -> Answer:
        directory = directory_of(asked)
        found = directory.linked(shape.id, object_of(asked, shape)["id"], relation.name)
        if relation.is_one:
            if not found:
                raise missing(relation.name)
            return Answer(body=mixed(directory, relation, found[0], asked.request))
        return Answer(
            body=page(
                asked.request,
                [{"id": id} for id in found],
                size=100,
                largest=relation.largest,
                shape=lambda one: mixed(directory, relation, one["id"], asked.request),
            )
        )

    return answer


def parts(shape: Shape, part: Parts) -> Handler:
    """What lies in an object."""

    def answer(asked: Asked) -> Answer:
        return Answer(body=page(asked.request, object_of(asked, shape)[f"_{part.name}"], size=100, largest=999))

    return answer


def part_of(asked: Asked, shape: Shape, part: Parts) -> dict[str, Any]:
    """One thing that lies in an object. Raises Refusal."""
    there: list[dict[str, Any]] = object_of(asked, shape)[f"_{part.name}"]
    for one in there:
        if one["id"] == asked["part"]:
            return one
    raise missing(asked["part"])


def one_part(shape: Shape, part: Parts) -> Handler:
    """One thing that lies in an object."""
    return lambda asked: Answer(body=selected(part_of(asked, shape, part), asked.request))


def delta(shape: Shape) -> Handler:
    """What came, changed and went, and the ties that did."""

    def answer(asked: Asked) -> Answer:
        _not_private(asked)
        directory, query = directory_of(asked, shape.id), asked.request.query
        wanted = {name.strip() for name in query.get("$select", "").split(",") if name.strip()}
        told = [one for one in shape.relations if one.in_delta and (one.name in wanted or not wanted)]
        if shape.id in ("users", "administrativeUnits") and not wanted:
            told = []
        if "$skiptoken" in query:
            known = {one.name: directory.known_links(shape.id, one.name) for one in told}
        else:
            known = {one.name: directory.link_changes(shape.id, one.name) for one in told}

        def shape_of(id: str) -> dict[str, Any]:
            one = directory.objects(shape.id)[id]
            plain = shown(directory, shape, one, asked.request)
            if shape.id == "users" and asked.tenant.tells_changes_only and "$deltatoken" in query:
                return {name: value for name, value in plain.items() if name in {"id", *one.get("_changed", ())}}
            return plain

        def tied(id: str, since: int, until: int) -> list[dict[str, Any]]:
            entries: list[dict[str, Any]] = []
            for name, changed in known.items():
                news = [
                    _tie(directory, target, is_there)
                    for target, (at, is_there) in changed.get(id, {}).items()
                    if since < at <= until and (is_there or since)
                ]
                for start in range(0, len(news), _SPLIT):
                    number = start // _SPLIT
                    while len(entries) <= number:
                        entries.append({})
                    entries[number][f"{name}@delta"] = news[start : start + _SPLIT]
            return entries

        return changes(
            asked.request, directory.feed(shape.id), shape_of, size=100, largest=999, is_directory=True, tied=tied
        )

    return answer


def _tie(directory: Directory, target: str, is_there: bool) -> dict[str, Any]:
    found = directory.find(target)
    told = {"@odata.type": f"#microsoft.graph.{SHAPES[found[0]].type if found else 'directoryObject'}", "id": target}
    return told if is_there else {**told, "@removed": {"reason": "deleted"}}


def routes() -> list[Route]:
    """All addresses that read."""
    found: list[Route] = []

    def add(path: str, handler: Callable[[Asked], Answer], reads: str, more: str = "") -> None:
        found.append(route("GET", path, reads, f"{reads} {more}".strip())(handler))

    for shape in SHAPES.values():
        for path in filter(None, (shape.path, *shape.others)):
            if shape.is_single:
                add(path, single(shape), shape.reads)
                at = path
            else:
                at = f"{path}/{{id}}"
                mine = "User.Read" if shape.id == "users" else ""
                add(path, listing(shape), shape.reads, shape.reads_for_somebody)
                add(at, single(shape), shape.reads, f"{shape.reads_for_somebody} {mine}")
            if shape.has_delta:
                add(f"{path}/delta", delta(shape), shape.reads_changes or shape.reads)
            for relation in shape.relations:
                add(f"{at}/{relation.name}", ties(shape, relation), relation.reads)
            for part in shape.parts:
                add(f"{at}/{part.name}", parts(shape, part), part.reads)
                add(f"{at}/{part.name}/{{part}}", one_part(shape, part), part.reads)
    return found
