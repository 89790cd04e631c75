"""Did what was written stay? Pure functions of writes and of what was read back."""

from collections.abc import Mapping, Sequence

from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import Action, Write
from saasbackup_desktop.engine.directory.looking import holds, links_of


def differing(
    done: Sequence[Write],
    some: Sequence[Write],
    there: Mapping[int, DirectoryObject | None],
    ids: Mapping[str, str],
) -> Mapping[int, str]:
    """Those of some writes whose outcome is not there: number -> what differs.

    ``done``: all that was done, in order: where a later one says something else, the earlier one is not held to its
    word. ``there``: what was read back, by number.
    """
    last = _last_words(done, ids)
    found = {one.number: _differs(one, there.get(one.number), ids, last) for one in some}
    return {number: ", ".join(names) for number, names in found.items() if names}


def _last_words(done: Sequence[Write], ids: Mapping[str, str]) -> Mapping[tuple[str, ...], int]:
    last: dict[tuple[str, ...], int] = {}
    for write in done:
        for path in _paths(write, ids):
            last[(write.kind, write.id, *path)] = write.number
    return last


def _paths(write: Write, ids: Mapping[str, str]) -> Sequence[tuple[str, ...]]:
    if write.action in (Action.LINK, Action.UNLINK):
        return [("link", one.relation, one.id, one.detail) for one in links_of(write, ids)]
    paths: list[tuple[str, ...]] = [("value", path) for path in write.new]
    if write.action is not Action.UPDATE:
        paths.append(("object",))
    return paths


def _differs(
    write: Write, there: DirectoryObject | None, ids: Mapping[str, str], last: Mapping[tuple[str, ...], int]
) -> Sequence[str]:
    """Names of what is not as the write wants it."""

    def has_a_say(*path: str) -> bool:
        return last.get((write.kind, write.id, *path)) == write.number

    if write.action is Action.DELETE:
        return ["object"] if there is not None and has_a_say("object") else []
    if there is None:
        is_over = last.get((write.kind, write.id, "object"), 0) > write.number or write.action is Action.UNLINK
        return [] if is_over else ["object"]
    if write.action in (Action.LINK, Action.UNLINK):
        present = set(there.links)
        return [
            one.relation
            for one in links_of(write, ids)
            if (one in present) is (write.action is Action.UNLINK)
            and has_a_say("link", one.relation, one.id, one.detail)
        ]
    return [
        path
        for path, value in sorted(write.new.items())
        if path not in there.unread and not holds(there, path, value, ids) and has_a_say("value", path)
    ]
