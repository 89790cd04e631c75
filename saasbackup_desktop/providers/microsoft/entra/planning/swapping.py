"""Names that two objects have each other's: neither can be given back while the other has it."""

from collections.abc import Iterator, Sequence

from saasbackup_desktop.core.directory.difference import path_of
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning.steps import PASSING, Step, Unique, unique


def part_swaps(steps: Sequence[Step]) -> Iterator[Step]:
    """Give one of each round of names a name for the meantime: the steps that do so, to be sent before.

    The step that gives it its own name back is changed to find the one for the meantime.
    """
    freeing = {name: step for step in steps if step.action is Action.UPDATE for name in step.frees}
    for step in steps:
        if step.action is not Action.UPDATE:
            continue
        for claim in sorted(step.claims):
            if (before := _round(claim, step, freeing)) is not None:
                yield _part(before, claim[1])
                freeing = {name: one for name, one in freeing.items() if one is not before or name in before.frees}


def _round(claim: Unique, first: Step, freeing: dict[Unique, Step]) -> Step | None:
    """The last of those that wait for each other in a round, which is the one that the first waits for."""
    seen: list[Step] = []
    step = freeing.get(claim)
    while step is not None and not any(step is one for one in seen):
        if step is first:
            return seen[0] if seen else None
        seen.append(step)
        step = next((freeing[one] for one in sorted(step.claims) if one[1] == claim[1] and one in freeing), None)
    return None


def _part(step: Step, name: str) -> Step:
    path = path_of((name,))
    meantime = _meantime(step.old.get(path), step.id)
    freed = frozenset(one for one in step.frees if one[1] == name)
    first = Step(
        Action.UPDATE,
        step.kind,
        step.id,
        step.name,
        step.request._replace(body={name: meantime}),
        old={path: step.old.get(path)},
        new={path: meantime},
        keys=step.keys,
        reason=PASSING,
        uses=step.uses,
        frees=freed,
    )
    step.old = {**step.old, path: meantime}
    step.frees = step.frees - freed | unique(step.kind, {name: meantime})
    return first


def _meantime(value: Json, id: str) -> Json:
    """A name that nobody else has; of several names, none."""
    if not isinstance(value, str):
        return []
    local, sign, domain = value.partition("@")
    return f"{local}-{id[:8]}{sign}{domain}"
