"""For whom policies of device management are meant: one request says it of all."""

from collections.abc import Sequence

from saasbackup_desktop.core.directory.difference import Change, LinkChange
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import NEEDED, PICKED
from saasbackup_desktop.providers.microsoft.entra.planning.ties import assigning


def assign(sketch: Sketch, case: Case, changes: Sequence[LinkChange]) -> None:
    """Say for whom a policy of device management is meant: each request says it of all."""
    old, now = case.old, case.now
    is_there = case.fate is Fate.STAYS and now is not None
    there = [one for one in now.links if one.relation == "assignments"] if is_there and now is not None else []
    moved = [one for one in there if one.id in sketch.new and old is not None and one in old.links]
    if not changes and not moved:
        return
    current = [one for one in there if one.id not in sketch.new and not sketch.is_missing(one.id)]
    added = [one.link for one in changes if one.change is Change.REMOVED]
    dropped = [one.link for one in changes if one.change is Change.ADDED]
    for action, links, reason in (
        (Action.LINK, added, PICKED),
        (Action.LINK, moved, NEEDED),
        (Action.UNLINK, dropped, PICKED),
    ):
        if not links:
            continue
        gone = set(links) if action is Action.UNLINK else set()
        current = [one for one in current if one not in gone] if gone else [*current, *links]
        request = assigning(case.kind.id, sketch.there(case), current, sketch.new)
        keys = [sketch.link_key(case, one) for one in links]
        if reason == NEEDED:
            keys = [*dict.fromkeys(sketch.returning[one.id] for one in links), *keys]
        sketch.tie(case, action, links[0], request, tuple(keys), reason, others=links[1:])
