"""Requests that bring attributes back: what goes together, and what has to go apart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import AttributeChange, names_in, path_of, same
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.core.directory.schema import Kind, Nature
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import (
    composed,
    emptied,
    is_writable,
    pruned,
    sendable,
    typed,
)
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.references import (
    PLACES,
    has_emptied,
    mentions,
    rewired,
    without,
)
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import NEEDED, PICKED, Step, unique
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS, Request

_ENTITLEMENTS: Final = frozenset({"appRoles", "api.oauth2PermissionScopes"})


def update(
    sketch: Sketch, case: Case, changes: Sequence[AttributeChange], reason: str, uses: frozenset[str] = frozenset()
) -> set[str]:
    """Say the requests that bring attributes back; also names the properties that are written."""
    kind, way = case.kind, WAYS[case.kind.id]
    now: Mapping[str, Json] = {} if case.now is None else case.now.properties
    by_name: dict[str, list[AttributeChange]] = {}
    for change in changes:
        by_name.setdefault(names_in(change.path)[0], []).append(change)
    body: dict[str, Json] = {}
    together: list[AttributeChange] = []
    apart: list[tuple[Request, Sequence[AttributeChange]]] = []
    written: set[str] = set()
    for name, some in by_name.items():
        before = None if case.old is None else case.old.properties.get(name)
        value = pruned(
            composed(now.get(name), ((names_in(one.path)[1:], emptied(one.old, one.new)) for one in some)), before
        )
        gone = [id for id in mentions(value, sketch.lost) if sketch.is_missing(id)]
        if gone:
            kept = without(value, gone)
            for id in gone:
                for one in some:
                    sketch.leave(case, sketch.key(case, one.path), "target-missing", one, target=sketch.name(id))
            if has_emptied(value, kept) or mentions(kept, gone):
                continue
            value = kept
        said = [replace(one, old=without(one.old, gone)) for one in some] if gone else some
        if kind.id == "applications" and case.fate is Fate.STAYS:
            said = [_disabled_first(sketch, case, name, now.get(name), one) for one in said]
        written.add(name)
        carried = sendable(kind, name, value)
        if name in way.apart:
            where, called = way.apart[name]
            apart.append((Request("POST", f"{sketch.address(case)}/{where}", {called: carried}), said))
        elif name in way.each:
            _send_each(sketch, case, name, value, now.get(name), said, reason)
        else:
            body[name] = carried
            together += said
    if together:
        _send(sketch, case, _changing(sketch, case, body), together, reason, uses)
    for request, moved in apart:
        _send(sketch, case, request, moved, reason, uses)
    return written


def _changing(sketch: Sketch, case: Case, body: dict[str, Json]) -> Request:
    """The object's own request, with all that it has to say."""
    kind, way = case.kind, WAYS[case.kind.id]
    replaces = not way.replaced.isdisjoint(body)
    if (way.is_whole or replaces) and case.now is not None:
        body = {**_whole(kind, case.now.properties), **body}
    return Request("PUT" if replaces else way.method, sketch.address(case), typed(kind, case.one, body))


def _whole(kind: Kind, now: Mapping[str, Json]) -> dict[str, Json]:
    """All that an object's own request takes, as it is."""
    return {
        name: sendable(kind, name, value)
        for name, value in now.items()
        if kind.trait(path_of((name,))).nature is not Nature.READ_ONLY and name not in WAYS[kind.id].apart
    }


def _send(
    sketch: Sketch,
    case: Case,
    request: Request,
    changes: Sequence[AttributeChange],
    reason: str,
    uses: frozenset[str] = frozenset(),
) -> None:
    kind = case.kind.id
    uses |= sketch.uses(request.body)
    if case.fate is Fate.REVIVED:
        uses |= {case.id}
    sketch.steps.append(
        Step(
            Action.UPDATE,
            kind,
            case.id,
            case.one.name,
            request._replace(body=rewired(request.body, sketch.new)),
            old={one.path: one.new for one in changes},
            new={one.path: sketch.said(one.old) for one in changes},
            keys=tuple(sketch.key(case, one.path) for one in changes) if reason == PICKED else sketch.because(changes),
            reason=reason,
            uses=uses,
            claims=unique(kind, {names_in(one.path)[0]: one.old for one in changes}),
            frees=unique(kind, {names_in(one.path)[0]: one.new for one in changes}),
        )
    )


def _disabled_first(sketch: Sketch, case: Case, name: str, now: Json, change: AttributeChange) -> AttributeChange:
    """Disable roles and scopes that are to go: those that are enabled cannot be removed. Tells how it is then."""
    if change.path not in _ENTITLEMENTS:
        return change
    kept = {one["id"] for one in _entries(change.old)}
    doomed = {one["id"] for one in _entries(change.new) if one.get("isEnabled") and one["id"] not in kept}
    if not doomed:
        return change
    there: list[Json] = [{**one, "isEnabled": False} if one["id"] in doomed else one for one in _entries(change.new)]
    value = composed(now, [(names_in(change.path)[1:], there)])
    body = {name: sendable(case.kind, name, value)}
    _send(sketch, case, Request("PATCH", sketch.address(case), body), [replace(change, old=there)], PICKED)
    return replace(change, new=there)


def _send_each(
    sketch: Sketch, case: Case, name: str, value: Json, now: Json, changes: Sequence[AttributeChange], reason: str
) -> None:
    """Change those things of a list that differ, each at its own address."""
    before = {one["id"]: one for one in _entries(now)}
    after = {one["id"]: one for one in _entries(value)}
    differ = [id for id in after if id in before and not same(before[id], after[id])]
    for id in [one for one in after if one not in before]:
        sketch.leave(case, sketch.key(case, name), refusals.READ_ONLY, changes[0], part=id)
    there = dict(before)
    for id in differ:
        seen = list(there.values())
        there[id] = after[id]
        entry = sendable(case.kind, name, after[id])
        path = f"{sketch.address(case)}/{name}/{id}"
        said = [replace(changes[0], path=name, new=seen, old=list(there.values()))]
        _send(sketch, case, Request("PATCH", path, _without(entry, "id")), said, reason)


def rewire(sketch: Sketch, case: Case, now: DirectoryObject, written: Collection[str]) -> None:
    """Put new ids in the places of old ones that an object still names, though nothing of that was picked."""
    if case.kind.id not in PLACES:
        return
    changes = []
    for name, value in now.properties.items():
        if name in written or not is_writable(case.kind, name):
            continue
        for id in sorted(mentions(value, sketch.new)):
            if sketch.is_unwanted(sketch.key(case, name)):
                sketch.leave(case, sketch.key(case, name), "not-picked", target=sketch.name(id))
                break
        else:
            if mentions(value, sketch.new):
                changes.append(AttributeChange(name, value, value, case.kind.trait(name)))
    if changes:
        update(sketch, case, changes, NEEDED)


def _entries(value: Json) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict) and "id" in one] if isinstance(value, list) else []


def _without(value: Json, name: str) -> Json:
    return {key: one for key, one in value.items() if key != name} if isinstance(value, dict) else value
