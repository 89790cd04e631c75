"""Taking out of the recycle bin, and what may come back with it."""

from saasbackup_desktop.core.directory.difference import path_of
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.core.directory.ticks import attribute_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import is_writable
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case
from saasbackup_desktop.providers.microsoft.entra.planning.changing import amend
from saasbackup_desktop.providers.microsoft.entra.planning.groups import is_dynamic
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import Step, unique
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS, Request


def revive(sketch: Sketch, case: Case) -> None:
    """Say the request that takes it out of the recycle bin, and what is to be put right once it is out."""
    old = case.one
    sketch.steps.append(
        Step(
            Action.REVIVE,
            case.kind.id,
            old.id,
            old.name,
            Request("POST", WAYS[case.kind.id].revive.format(id=old.id)),
            new=_unseen(sketch, case),
            keys=(case.key,),
            claims=unique(case.kind.id, old.properties),
            state={**old.properties, **(case.now.properties if case.now is not None else {})},
            brings=frozenset(one.id for one in old.links if one.relation == "members"),
        )
    )
    amend(sketch, case)


def _unseen(sketch: Sketch, case: Case) -> dict[str, Json]:
    """What the recycle bin does not tell, as it should be once it is out of it: whoever reads it back then knows.

    Of links, the ids of the others, by relation.
    """
    kind, old, now = case.kind, case.old, case.now
    if old is None or now is None:
        return {}
    told: dict[str, Json] = {
        path_of((name,)): sketch.said(value)
        for name, value in old.properties.items()
        if name not in now.properties
        and is_writable(kind, name)
        and not kind.trait(path_of((name,))).is_noise
        and sketch.wish.ticks.has(attribute_key(kind.id, old.id, path_of((name,))))
    }
    if refusals.cannot_change(kind, old):
        return told
    for relation, trait in kind.relations.items():
        if trait.nature is not Nature.WRITABLE or (relation == "members" and is_dynamic(old.properties)):
            continue
        links = [one for one in old.links if one.relation == relation]
        if all(sketch.wish.ticks.has(sketch.link_key(case, one)) for one in links):
            told[relation] = [one.id for one in links if not sketch.is_missing(one.id)]
    return told
