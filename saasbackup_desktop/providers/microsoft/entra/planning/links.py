"""Bringing links back, and taking those away that came since."""

from collections.abc import Collection, Sequence

from saasbackup_desktop.core.directory.difference import Change, LinkChange
from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.assignments import assign
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.groups import is_dynamic
from saasbackup_desktop.providers.microsoft.entra.planning.references import leads_somewhere
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import PICKED
from saasbackup_desktop.providers.microsoft.entra.planning.ties import linking, linking_many, tie_of, unlinking
from saasbackup_desktop.providers.microsoft.entra.planning.ways import Tie


def link_all(sketch: Sketch, case: Case, changes: Sequence[LinkChange], written: Collection[str] = ()) -> None:
    """Say the requests that bring picked links back, and take those away that came since."""
    singles = {one.link.relation for one in changes if one.change is Change.REMOVED and _can_link(sketch, case, one)}
    many: dict[str, list[LinkChange]] = {}
    assigned: list[LinkChange] = []
    for one in changes:
        if not sketch.wish.ticks.has(sketch.link_key(case, one.link)) and sketch.wish.ticks.has(case.key):
            continue
        why = why_not(sketch, case, one, written)
        if why:
            sketch.leave_link(case, one, why)
            continue
        tie = tie_of(case.kind.id, one.link.relation)
        if tie is None:
            raise ValueError("a link that cannot be written")
        if tie.tie is Tie.TARGET:
            assigned.append(one)
        elif one.change is Change.ADDED:
            if tie.tie is Tie.SINGLE and one.link.relation in singles:
                sketch.leave_link(case, one, "replaced")
            else:
                _unlink(sketch, case, one.link)
        elif tie.most > 1 and _can_be_one_of_many(sketch, case, one.link):
            many.setdefault(one.link.relation, []).append(one)
        else:
            link_one(sketch, case, one.link, (sketch.link_key(case, one.link),), PICKED)
    for relation, some in many.items():
        tie = tie_of(case.kind.id, relation)
        most = 1 if tie is None else tie.most
        for start in range(0, len(some), most):
            _link_some(sketch, case, relation, [one.link for one in some[start : start + most]])
    assign(sketch, case, assigned)


def why_not(sketch: Sketch, case: Case, change: LinkChange, written: Collection[str]) -> str:
    """Why a link is not written; empty if it is. ``written``: names of properties that are."""
    link = change.link
    if change.trait.nature is Nature.READ_ONLY or tie_of(case.kind.id, link.relation) is None:
        return change.trait.reason or refusals.READ_ONLY
    if link.relation == "members" and _will_be_dynamic(sketch, case, written):
        return "dynamic"
    if change.change is Change.REMOVED and leads_somewhere(link) and sketch.is_missing(link.id):
        return "target-missing"
    if change.change is Change.ADDED and link.id in sketch.own:
        return "own-application"
    return ""


def _can_link(sketch: Sketch, case: Case, change: LinkChange) -> bool:
    return sketch.wish.ticks.has(sketch.link_key(case, change.link)) and not sketch.is_missing(change.link.id)


def _will_be_dynamic(sketch: Sketch, case: Case, written: Collection[str]) -> bool:
    old, now = case.old, case.now
    is_as_old = now is None or "groupTypes" in written or "membershipType" in written
    told = (old if is_as_old else now) or case.one
    return is_dynamic(told.properties)


def _can_be_one_of_many(sketch: Sketch, case: Case, link: Link) -> bool:
    """One request that adds several is refused whole if one of them is there already, or is not there.

    What is revived may bring its links along, and what is made anew may not come to be.
    """
    if case.fate is Fate.REVIVED or link.id in sketch.back or link.id in sketch.returning:
        return False
    return case.id == case.key.partition("/")[2]


def link_one(sketch: Sketch, case: Case, link: Link, keys: tuple[str, ...], reason: str) -> None:
    """Say the request that makes one link."""
    request = linking(case.kind.id, sketch.there(case), link, sketch.new.get(link.id, link.id), sketch.survey.root)
    sketch.tie(case, Action.LINK, link, request, keys, reason)


def _link_some(sketch: Sketch, case: Case, relation: str, links: Sequence[Link]) -> None:
    if len(links) == 1:
        link_one(sketch, case, links[0], (sketch.link_key(case, links[0]),), PICKED)
        return
    targets = [sketch.new.get(one.id, one.id) for one in links]
    request = linking_many(case.kind.id, sketch.there(case), relation, targets, sketch.survey.root)
    keys = tuple(sketch.link_key(case, one) for one in links)
    sketch.tie(case, Action.LINK, links[0], request, keys, PICKED, others=links[1:])


def _unlink(sketch: Sketch, case: Case, link: Link) -> None:
    request = unlinking(case.kind.id, sketch.there(case), link, link.id)
    sketch.tie(case, Action.UNLINK, link, request, (sketch.link_key(case, link),), PICKED)
