"""The recycle bins of the pretend directory: 30 days, ids kept."""

from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, Handler, Route, route
from saasbackup_desktop.sim.graph.entra import checks
from saasbackup_desktop.sim.graph.entra.kinds import SHAPES
from saasbackup_desktop.sim.graph.entra.reading import directory_of, missing, shown, typed
from saasbackup_desktop.sim.graph.entra.shapes import Shape
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_BIN: Final = "/directory/deletedItems"
_CONDITIONAL: Final = "/identity/conditionalAccess/deletedItems"
_KINDS: Final = [shape for shape in SHAPES.values() if shape.bin == "directory"]
_READS: Final = " ".join(shape.reads for shape in _KINDS)
_RESTORES: Final = " ".join([*(f"{shape.writes} {shape.removes}" for shape in _KINDS), "User.DeleteRestore.All"])


def _found(asked: Asked) -> tuple[Shape, dict[str, Any]]:
    directory = directory_of(asked)
    for shape in _KINDS:
        if (found := directory.deleted(shape.id).get(asked["id"])) is not None:
            return shape, found
    raise missing(asked["id"])


def _may(asked: Asked, permissions: str) -> None:
    if not asked.grant.scopes & set(permissions.split()):
        raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _listing(shape: Shape) -> Handler:
    def answer(asked: Asked) -> Answer:
        directory = directory_of(asked)
        found = list(directory.deleted(shape.id).values())

        def told(one: Any) -> dict[str, Any]:
            plain = shown(directory, shape, one, asked.request)
            return plain if "$select" in asked.request.query else {**plain, "deletedDateTime": one["deletedDateTime"]}

        return Answer(body=page(asked.request, found, size=100, largest=999, shape=told))

    return answer


@route("GET", f"{_BIN}/{{id}}", _READS)
def deleted(asked: Asked) -> Answer:
    """One deleted object, of any kind."""
    shape, found = _found(asked)
    _may(asked, shape.reads)
    plain = (
        selected(found, asked.request)
        if "$select" in asked.request.query
        else shown(asked.tenant.directory, shape, found, asked.request)
    )
    return Answer(body={**typed(shape.id), **plain, "deletedDateTime": found["deletedDateTime"]})


@route("POST", f"{_BIN}/{{id}}/restore", _RESTORES)
def restore(asked: Asked) -> Answer:
    """Bring an object back."""
    shape, found = _found(asked)
    _may(asked, f"{shape.writes} {shape.removes}")
    directory = asked.tenant.directory
    if shape.id == "users" and asked.tenant.find_user(found["_name"]) is not None:
        raise checks.bad("Another object with the same value for property userPrincipalName already exists.")
    back = directory.restore(shape.id, asked["id"])
    return Answer(body={**typed(shape.id), **shown(directory, shape, back, asked.request)})


@route("DELETE", f"{_BIN}/{{id}}", _RESTORES)
def purge(asked: Asked) -> Answer:
    """Delete an object for good."""
    shape, _ = _found(asked)
    _may(asked, f"{shape.writes} {shape.removes}")
    asked.tenant.directory.purge(shape.id, asked["id"])
    return Answer(204)


def _conditional(shape: Shape, name: str) -> list[Route]:
    def there(asked: Asked) -> dict[str, Any]:
        found = asked.tenant.directory.deleted(shape.id).get(asked["id"])
        if found is None:
            raise missing(asked["id"])
        return found

    def one(asked: Asked) -> Answer:
        return Answer(body=selected(there(asked), asked.request))

    def listing(asked: Asked) -> Answer:
        found = list(asked.tenant.directory.deleted(shape.id).values())
        return Answer(body=page(asked.request, found, size=100, largest=999))

    def back(asked: Asked) -> Answer:
        there(asked)
        directory = asked.tenant.directory
        return Answer(body=shown(directory, shape, directory.restore(shape.id, asked["id"]), asked.request))

    def gone(asked: Asked) -> Answer:
        there(asked)
        asked.tenant.directory.purge(shape.id, asked["id"])
        return Answer(204)

    at = f"{_CONDITIONAL}/{name}"
    return [
        route("GET", at, shape.reads)(listing),
        route("GET", f"{at}/{{id}}", shape.reads)(one),
        route("POST", f"{at}/{{id}}/restore", shape.writes)(back),
        route("DELETE", f"{at}/{{id}}", shape.writes)(gone),
    ]


def routes() -> list[Route]:
    """All addresses of the recycle bins."""
    return [
        *(
            route("GET", f"{_BIN}/{prefix}graph.{shape.type}", shape.reads)(_listing(shape))
            for shape in _KINDS
            for prefix in ("", "microsoft.")
        ),
        deleted,
        restore,
        purge,
        *_conditional(SHAPES["conditionalAccessPolicies"], "policies"),
        *_conditional(SHAPES["namedLocations"], "namedLocations"),
    ]
