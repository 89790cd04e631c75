"""What is there and differs: which attributes and links of it are written, and why others are not."""

from collections.abc import Collection
from dataclasses import replace

from saasbackup_desktop.core.directory.difference import AttributeChange, difference, names_in
from saasbackup_desktop.core.directory.plan import Mode
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.links import link_all
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import SILENT, Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import PICKED
from saasbackup_desktop.providers.microsoft.entra.planning.updating import rewire, update


def amend(sketch: Sketch, case: Case) -> None:
    """Say what is written of an object that is there, or that comes out of the recycle bin."""
    kind, old, now = case.kind, case.old, case.now
    if old is None or now is None:
        raise ValueError("nothing to change")
    is_in_bin = case.fate is Fate.REVIVED  # which tells nothing of links
    found = difference(kind, old, replace(now, id=old.id, unread=() if is_in_bin else now.unread))
    code = sketch.cannot_change(kind, now) or (refusals.cannot_change(kind, old) if is_in_bin else "")
    attributes = [one for one in found.attributes if _is_picked(sketch, case, one)]
    links = [one for one in found.links if sketch.wish.ticks.has(sketch.link_key(case, one.link))]
    if sketch.wish.mode is Mode.SKIP and case.fate is Fate.STAYS:
        if attributes or links:
            sketch.leave(case, case.key, "exists")
        attributes, links = [], []
    writable = []
    for change in attributes:
        if why := code or refusals.cannot_set(kind, change):
            if not (case.fate is Fate.REVIVED and why in SILENT):
                sketch.leave(case, sketch.key(case, change.path), why, change)
        else:
            writable.append(change)
    written = update(sketch, case, writable, PICKED) if writable else set()
    if sketch.new and not code:
        rewire(sketch, case, now, written)
    if code:
        for one in links:
            sketch.leave_link(case, one, code)
    else:
        link_all(sketch, case, links, written)
    if case.fate is Fate.STAYS:
        _leave_unread(sketch, case, {*old.unread, *now.unread})


def _is_picked(sketch: Sketch, case: Case, change: AttributeChange) -> bool:
    """Somebody wants it back, and it does not change by itself."""
    key = sketch.key(case, change.path)
    if case.fate is Fate.REVIVED and case.now is not None and names_in(change.path)[0] not in case.now.properties:
        return False  # the recycle bin does not tell everything
    if change.trait.is_noise:
        if key in sketch.wish.ticks.wanted:
            sketch.leave(case, key, "noise", change)
        return False
    return sketch.wish.ticks.has(key)


def _leave_unread(sketch: Sketch, case: Case, names: Collection[str]) -> None:
    for name in sorted(names):
        key = sketch.key(case, name)
        if sketch.wish.ticks.has(key) and case.kind.trait(name).nature is not Nature.READ_ONLY:
            sketch.leave(case, key, "unread")
