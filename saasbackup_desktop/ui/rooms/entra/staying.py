"""What stays good of a comparison when a directory was written to: its ticks, and whether it is made anew."""

from collections.abc import Sequence

from saasbackup_desktop.app.entra.views import Comparison, DifferenceQuery, PlanState
from saasbackup_desktop.core.directory.objects import key_of
from saasbackup_desktop.core.directory.ticks import EVERYTHING, attribute_key, lies_in, link_key
from saasbackup_desktop.ui.models.picked import Marks
from saasbackup_desktop.ui.rooms.entra.door import Entra
from saasbackup_desktop.ui.rooms.entra.looking import differing, key

_STRETCH = 5000


def written(plans: Sequence[PlanState]) -> object:
    """What restores have written so far; another value: the directory is not what it was."""
    return tuple((one.head.id, one.job, tuple(sorted(one.standings.items()))) for one in plans if one.job is not None)


async def still_good(door: Entra, comparison: Comparison, marks: Marks) -> Marks:
    """Keep the ticks of what differs, and drop the others; meant for the engine's thread.

    What could not be or was not to be compared stays ticked.
    """
    things: set[str] = set()
    offset, total = 0, 1
    while offset < total:
        page = await door.differences(comparison.id, DifferenceQuery(offset=offset, limit=_STRETCH))
        things.update(map(key, page.rows))
        offset, total = offset + len(page.rows), page.total if page.rows else 0
    parts: dict[str, set[str]] = {}
    kept = Marks()
    # What lies in another thing has a longer key, and is said after it.
    for one in sorted((*marks.wanted, *marks.unwanted), key=len):
        thing, mark, _ = one.partition("#")
        kind, slash, _ = thing.partition("/")
        if mark and thing in things and thing not in parts:
            parts[thing] = await _parts(door, comparison.id, thing)
        is_asked = not comparison.request.objects or thing in comparison.request.objects
        if one == EVERYTHING or kind in comparison.unread or not is_asked:
            is_good = True
        elif not slash:
            is_good = differing(comparison, kind) > 0
        else:
            is_good = one in parts[thing] if mark and thing in things else thing in things
        if is_good:
            kept.put(one, one in marks.wanted)
    return kept


async def _parts(door: Entra, comparison: str, thing: str) -> set[str]:
    """The keys of all that differs in an object, and of what that lies in."""
    found = (await door.difference(comparison, thing)).difference
    assert key_of(found.kind, found.id) == thing
    told = [attribute_key(found.kind, found.id, one.path) for one in found.attributes if not one.trait.is_noise]
    told += [link_key(found.kind, found.id, one.link) for one in found.links if not one.trait.is_noise]
    return {above for one in told for above in lies_in(one)}
