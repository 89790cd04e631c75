"""What comes back with something though nobody picked it: what names it."""

from collections.abc import Iterable

from saasbackup_desktop.core.directory.difference import Change, LinkChange
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.placeholders import stood_for
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.assignments import assign
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.creating import create
from saasbackup_desktop.providers.microsoft.entra.planning.links import link_one, why_not
from saasbackup_desktop.providers.microsoft.entra.planning.references import references
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import NEEDED
from saasbackup_desktop.providers.microsoft.entra.planning.ties import tie_of
from saasbackup_desktop.providers.microsoft.entra.planning.updating import rewire
from saasbackup_desktop.providers.microsoft.entra.planning.ways import Tie


def let_scoped_roles_follow(sketch: Sketch) -> None:
    """Who has a role within a unit has it as soon as the role is assigned there: look only then."""
    assigned: dict[tuple[str, str], set[str]] = {}
    for step in sketch.steps:
        if step.kind == "roleAssignments" and step.action is Action.CREATE:
            scope = str(step.new.get("directoryScopeId") or "").rpartition("/")[2]
            unit = stood_for(scope)
            assigned.setdefault((str(step.new.get("principalId")), unit), set()).add(step.id)
    for step in sketch.steps:
        if step.relation == "scopedRoleMembers" and step.action is Action.LINK:
            step.uses |= assigned.get((step.target, step.id), set())


def follow(sketch: Sketch, case: Case) -> None:
    """Bring back what an object had with one that comes back, though nothing in it was picked."""
    old, now = case.old, case.now
    if old is None:
        return
    if case.fate is Fate.MADE:
        _make_again(sketch, case, old)
    elif now is not None and not refusals.cannot_change(case.kind, now):
        there = set(now.links)
        for link in old.links:
            if link.id in sketch.returning and link not in there:
                _link_again(sketch, case, link, there)
        assign(sketch, case, ())
        if sketch.new:
            rewire(sketch, case, now, ())


def _make_again(sketch: Sketch, case: Case, old: DirectoryObject) -> None:
    about = [ref.id for ref in references(old) if ref.id in sketch.returning]
    if not about:
        return
    if sketch.is_unwanted(case.key):
        sketch.leave(case, case.key, "not-picked", target=sketch.name(about[0]))
    elif lacking := sketch.lacks(old):
        sketch.leave(case, case.key, "target-missing", target=sketch.name(lacking))
    else:
        create(sketch, case)


def _link_again(sketch: Sketch, case: Case, link: Link, there: Iterable[Link]) -> None:
    change = LinkChange(link, Change.REMOVED, case.kind.relation(link.relation))
    why = why_not(sketch, case, change, ())
    tie = tie_of(case.kind.id, link.relation)
    if tie is not None and tie.tie is Tie.TARGET:
        return  # a policy keeps naming what is gone
    if not why and sketch.is_unwanted(sketch.link_key(case, link)):
        why = "not-picked"
    if not why and _has_another(sketch, case, link, there):
        why = "replaced"
    if why:
        sketch.leave_link(case, change, why)
    else:
        link_one(sketch, case, link, (sketch.returning[link.id],), NEEDED)


def _has_another(sketch: Sketch, case: Case, link: Link, there: Iterable[Link]) -> bool:
    tie = tie_of(case.kind.id, link.relation)
    return tie is not None and tie.tie is Tie.SINGLE and any(one.relation == link.relation for one in there)
