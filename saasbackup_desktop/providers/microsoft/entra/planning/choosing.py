"""Which objects are written at all, and which are left as they are."""

from typing import Final

from saasbackup_desktop.core.directory.placeholders import placeholder
from saasbackup_desktop.core.directory.plan import Mode
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.references import mentions
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.ways import GIVING, WAYS, keeps_id

_RETURNING: Final = frozenset({Fate.MADE, Fate.REVIVED})


def take_in(sketch: Sketch, case: Case) -> None:
    """Say of a picked object whether it is written."""
    picked = sketch.wish.ticks.has(case.key)
    if case.fate is Fate.STAYS:
        sketch.cases.append(case)
        return
    if not picked:
        if case.fate in _RETURNING:
            sketch.leave(case, case.key, "not-there")
            sketch.lost.add(case.one.id)
        return
    if case.fate is Fate.DELETED:
        code = "exists" if sketch.wish.mode is Mode.SKIP else _cannot_delete(sketch, case)
    elif sketch.was_own(case.one):
        code = "own-application"
    elif case.fate is Fate.REVIVED:
        code = ""
    else:
        code = refusals.cannot_make(case.kind, case.one)
    if code:
        sketch.leave(case, case.key, code)
        if case.fate in _RETURNING:
            sketch.lost.add(case.one.id)
        return
    _returns(sketch, case)
    sketch.cases.append(case)


def stand_around(sketch: Sketch, case: Case) -> None:
    """Take in an object in which nothing is picked, and that refers to one that comes back."""
    if case.fate is Fate.MADE and case.kind.id in GIVING:
        if not refusals.cannot_make(case.kind, case.one):
            sketch.around.append(case)
    elif case.fate is Fate.STAYS:
        sketch.around.append(case)


def _returns(sketch: Sketch, case: Case) -> None:
    if case.fate not in _RETURNING:
        return
    one = case.one
    sketch.returning[one.id] = case.key
    if case.fate is Fate.MADE:
        if not keeps_id(case.kind.id, one.properties):
            sketch.new[one.id] = placeholder(one.id)
        for name in WAYS[case.kind.id].also:
            if isinstance(value := one.properties.get(name), str):
                sketch.new[value] = placeholder(value)


def _cannot_delete(sketch: Sketch, case: Case) -> str:
    if case.one.id in sketch.wish.break_glass:
        return "break-glass"
    if sketch.is_own(case.one) or (case.kind.id in GIVING and mentions(dict(case.one.properties), sketch.own)):
        return "own-application"
    return refusals.cannot_delete(case.kind, case.one)


def drop_what_lacks(sketch: Sketch) -> None:
    """Do without what names something that is not there and does not come back."""
    kept = []
    for case in sketch.cases:
        lacking = sketch.lacks(case.one) if case.fate is Fate.MADE else ""
        if lacking:
            sketch.leave(case, case.key, "target-missing", target=sketch.name(lacking))
            sketch.lose(case)
        else:
            kept.append(case)
    sketch.cases = kept
