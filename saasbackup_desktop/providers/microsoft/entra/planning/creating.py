"""Making anew what is gone for good: the object, what is told of it after, and its links."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import AttributeChange, Change, LinkChange, path_of, same
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.core.directory.ticks import attribute_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import creation
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case
from saasbackup_desktop.providers.microsoft.entra.planning.links import link_all
from saasbackup_desktop.providers.microsoft.entra.planning.references import has_emptied, mentions, rewired, without
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import SILENT, Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import PICKED, Step, unique
from saasbackup_desktop.providers.microsoft.entra.planning.updating import update
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS, Request, made_at, other_ids

_NAMING_ITSELF: Final = ("identifierUris",)


def create(sketch: Sketch, case: Case) -> None:
    """Say the requests that make it anew; its links are made once it is there."""
    kind, old = case.kind, case.one
    way = WAYS[kind.id]
    late: list[AttributeChange] = []
    skipped: set[str] = set()
    for name, value in old.properties.items():
        path = path_of((name,))
        key = attribute_key(kind.id, old.id, path)
        trait = kind.trait(path)
        if not sketch.wish.ticks.has(key) and case.key in _wanted(sketch, case):
            skipped.add(name)
        elif trait.nature is Nature.READ_ONLY:
            if not trait.is_noise and trait.reason not in SILENT and not same(value, None):
                sketch.leave(case, key, trait.reason or refusals.READ_ONLY, old=value)
        elif name in way.never:
            skipped.add(name)
        elif name in way.after:
            late.append(AttributeChange(path, value, None, trait))
            skipped.add(name)
        elif name in _NAMING_ITSELF and mentions(value, sketch.new):
            late.append(AttributeChange(path, value, _without_itself(sketch, old).properties[name], trait))
    gone = [one for one in mentions(dict(old.properties), sketch.lost) if sketch.is_missing(one)]
    made_from = _without_itself(sketch, old)
    whole = creation(kind, made_from, skipped.__contains__)
    body: Any = without(whole, gone) if gone else whole
    if gone:
        if has_emptied(whole, body) or mentions(body, gone):
            sketch.leave(case, case.key, "target-missing", target=sketch.name(gone[0]))
            sketch.lose(case)
            return
        for one in gone:
            sketch.leave(case, case.key, "target-missing", target=sketch.name(one))
    told = {
        path_of((name,)): sketch.said(without(value, gone) if gone else value)
        for name, value in made_from.properties.items()
        if name in body
    }
    sketch.steps.append(
        Step(
            Action.CREATE,
            kind.id,
            old.id,
            old.name,
            Request("POST", made_at(kind.id), rewired(body, sketch.new)),
            new=told,
            keys=(case.key,),
            reason=sketch.reason(case),
            also=other_ids(kind.id, old.properties),
            uses=sketch.uses(body),
            claims=unique(kind.id, old.properties),
        )
    )
    if late:
        update(sketch, case, late, PICKED, uses=frozenset({old.id}))
    link_all(sketch, case, [LinkChange(link, Change.REMOVED, kind.relation(link.relation)) for link in old.links])


def _without_itself(sketch: Sketch, one: DirectoryObject) -> DirectoryObject:
    """An application without addresses that hold its own id, which Graph knows only once it is made."""
    told = {name: one.properties[name] for name in _NAMING_ITSELF if name in one.properties}
    kept: dict[str, Json] = {
        name: [each for each in value if not mentions(each, sketch.new)] if isinstance(value, list) else value
        for name, value in told.items()
    }
    return replace(one, properties={**one.properties, **kept}) if told else one


def _wanted(sketch: Sketch, case: Case) -> Collection[str]:
    """The object's key, if somebody picked it; objects that are only needed come whole."""
    return (case.key,) if sketch.wish.ticks.has(case.key) else ()
