"""Writes before they have numbers, and the order in which they are sent."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.plan import Action, Risk, Write
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning.ways import LAST, WAYS, Request

PICKED = "picked"
NEEDED = "needed"
UNDO = "undo"
PASSING = "passing"

Unique = tuple[str, str, str]
"""Something that no two objects can have alike: kind, property, value."""


@dataclass(slots=True)
class Step:
    """One write that has no number yet."""

    action: Action
    kind: str
    id: str
    name: str
    request: Request
    _: KW_ONLY
    relation: str = ""
    target: str = ""
    target_name: str = ""
    detail: str = ""
    old: Mapping[str, Json] = field(default_factory=dict)
    new: Mapping[str, Json] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    reason: str = PICKED
    risks: list[Risk] = field(default_factory=list)
    also: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    uses: frozenset[str] = frozenset()
    """Ids of what has to be there before, as the snapshot has them."""
    claims: frozenset[Unique] = frozenset()
    frees: frozenset[Unique] = frozenset()
    state: Mapping[str, Json] = field(default_factory=dict)
    """Of REVIVE: what the object is when it is back."""
    brings: frozenset[str] = frozenset()
    """Of REVIVE: ids of its members, who are back in it."""


def unique(kind: str, properties: Mapping[str, Any]) -> frozenset[Unique]:
    """What of an object no other can have alike."""
    found = set()
    for name in WAYS[kind].unique:
        value = properties.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one:
                found.add((kind, name, one.casefold()))
    return frozenset(found)


def in_order(steps: Sequence[Step]) -> list[Step]:
    """Steps as they are sent: what is needed comes first, then what comes first by its kind."""
    return [steps[place] for place in _ordered(steps, _after(steps))]


def numbered(steps: Sequence[Step]) -> list[Write]:
    """Put steps in order and give them numbers."""
    after = _after(steps)
    ordered = _ordered(steps, after)
    numbers = {place: number for number, place in enumerate(ordered, 1)}
    return [
        _write(
            steps[place], numbers[place], sorted(numbers[one] for one in after[place] if numbers[one] < numbers[place])
        )
        for place in ordered
    ]


def _ordered(steps: Sequence[Step], after: Sequence[set[int]]) -> list[int]:
    waits = [len(before) for before in after]
    followers: list[list[int]] = [[] for _ in steps]
    for place, before in enumerate(after):
        for one in before:
            followers[one].append(place)
    ranks = [(*_rank(step), place) for place, step in enumerate(steps)]
    ready = [ranks[place] for place, count in enumerate(waits) if not count]
    heapq.heapify(ready)
    waiting = sorted(ranks)
    ordered: list[int] = []
    is_done = [False] * len(steps)
    at = 0
    while len(ordered) < len(steps):
        if ready:
            place = heapq.heappop(ready)[-1]
        else:  # two of them wait for each other: the directory will say whether it can be
            while is_done[waiting[at][-1]]:
                at += 1
            place = waiting[at][-1]
        if is_done[place]:
            continue
        is_done[place] = True
        ordered.append(place)
        for one in followers[place]:
            waits[one] -= 1
            if not waits[one] and not is_done[one]:
                heapq.heappush(ready, ranks[one])
    return ordered


def _after(steps: Sequence[Step]) -> list[set[int]]:
    """For each step, those that have to be done before it."""
    makers: dict[str, int] = {}
    freed: dict[Unique, list[int]] = {}
    for place, step in enumerate(steps):
        if step.action in (Action.CREATE, Action.REVIVE):
            makers[step.id] = place
            for old in step.also.values():
                makers[old] = place
        for unique in step.frees:
            freed.setdefault(unique, []).append(place)
    found = []
    for place, step in enumerate(steps):
        before = {makers[id] for id in step.uses if id in makers}
        for unique in step.claims:
            before.update(freed.get(unique, ()))
        before.discard(place)
        found.append(before)
    return found


def _rank(step: Step) -> tuple[int, int]:
    way = WAYS[step.kind]
    match step.action:
        case Action.REVIVE:
            return 0, way.rank
        case Action.CREATE | Action.UPDATE if way.is_late:
            return 4, way.rank
        case Action.CREATE:
            return 1, way.rank
        case Action.UPDATE:
            return 2, way.rank
        case Action.LINK if step.relation == "scopedRoleMembers":
            return 4, way.rank + LAST  # they follow from the assignments of roles, if those come back, too
        case Action.LINK:
            return 3, way.rank
        case Action.UNLINK:
            return 5, way.rank
        case Action.DELETE:
            return 6, -way.rank


def _write(step: Step, number: int, needs: Iterable[int]) -> Write:
    return Write(
        number=number,
        action=step.action,
        kind=step.kind,
        id=step.id,
        name=step.name,
        method=step.request.method,
        path=step.request.path,
        body=step.request.body,
        path_of_link=step.relation,
        target=step.target,
        target_name=step.target_name,
        detail=step.detail,
        old=step.old,
        new=step.new,
        keys=step.keys,
        reason=step.reason,
        risks=tuple(step.risks),
        needs=tuple(needs),
        is_beta=step.request.path.startswith("/beta/"),
        also=step.also,
        links=step.links,
    )
