"""Which requests would bring objects back by hand: what the planner says of a directory that lacks them, has them
otherwise, or has them in its recycle bin.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.entra.downloading.acts import Act, Bring
from saasbackup_desktop.app.entra.downloading.archive import Script
from saasbackup_desktop.app.words.entra.plans import RISKS
from saasbackup_desktop.core.directory.drafting import Draft, Pair, Planning, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.placeholders import stood_for
from saasbackup_desktop.core.directory.plan import Action, Write
from saasbackup_desktop.core.directory.schema import Kind, Nature, Schema
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.core.stream import Json

_ALL: Final = Wish(ticks=Ticks(frozenset({EVERYTHING})), accepts=frozenset(RISKS))
"""Risks cannot be weighed without looking at the directory: whoever runs the script does that."""
_FOLLOWS: Final = "target-missing"
"""Why something cannot be made that could be made if something else could."""
_BOUND: Final = "@odata.bind"
"""Several links in one request: refused as a whole if one of them is there already."""


def planned(
    objects: Sequence[DirectoryObject], schema: Schema, planning: Planning, address: Callable[[str, str], str]
) -> Script:
    """Say what scripts do to bring objects back. ``address``: the path of an object; empty if it has none."""
    blank = {one.key: _blank(_kind(schema, one), one) for one in objects}
    there = {one.key for one in objects if _kind(schema, one).is_single}

    def lacking() -> list[Pair]:
        return [Pair(one, blank[one.key] if one.key in there else None) for one in objects]

    made = _draft(planning, schema, lacking())
    cannot = {one.key: one for one in made.left_out if one.key in blank and one.code != _FOLLOWS}
    if cannot:  # what nobody can make is there as long as the tenant is: others may name it, and parts of it can be set
        there |= set(cannot)
        made = _draft(planning, schema, lacking())
    several = [one for one in objects if one.key not in there]
    changed = _draft(planning, schema, [Pair(one, blank[one.key]) for one in several])
    revive = _revivals(planning, schema, several)
    updates: dict[str, list[Write]] = {}
    for write in changed.writes:
        if write.action is Action.UPDATE:
            updates.setdefault(f"{write.kind}/{write.id}", []).append(write)
    names = {one.id: one.name for one in objects}
    by_key = {one.key: one for one in several}
    acts: list[Act] = []
    for write in made.writes:
        key = f"{write.kind}/{write.id}"
        if write.action is Action.CREATE:
            acts.append(_bring(write, address, revive(by_key[key]), updates.pop(key, ())))
        else:
            acts += _one_by_one(write, names)
    left = [one for one in made.left_out if f"{one.kind}/{one.id}" not in cannot]
    return Script(acts, [*cannot.values(), *left], made.risks)


def _draft(
    planning: Planning, schema: Schema, pairs: Sequence[Pair], in_bin: Mapping[str, DirectoryObject] | None = None
) -> Draft:
    return planning.plan(Survey(schema=schema, pairs=pairs, bin=in_bin or {}), _ALL)


def _revivals(
    planning: Planning, schema: Schema, objects: Sequence[DirectoryObject]
) -> Callable[[DirectoryObject], Write | None]:
    """How objects are revived: it differs from kind to kind, and within one only in the id."""
    first: dict[str, DirectoryObject] = {}
    for one in objects:
        if _kind(schema, one).keeps_deleted:
            first.setdefault(one.kind, one)
    pairs = [Pair(one, None) for one in first.values()]
    draft = _draft(planning, schema, pairs, {one.key: one for one in first.values()})
    by_kind = {one.kind: one for one in draft.writes if one.action is Action.REVIVE}

    def revival(one: DirectoryObject) -> Write | None:
        write = by_kind.get(one.kind)
        return None if write is None else replace(write, id=one.id, path=write.path.replace(write.id, one.id))

    return revival


def _bring(write: Write, address: Callable[[str, str], str], revive: Write | None, updates: Sequence[Write]) -> Bring:
    return Bring(
        kind=write.kind,
        id=write.id,
        name=write.name,
        look=address(write.kind, write.id),
        revive=revive,
        create=write,
        updates=tuple(updates),
    )


def _kind(schema: Schema, one: DirectoryObject) -> Kind:
    return schema.get(one.kind) or Kind(id=one.kind, family="")


def _blank(kind: Kind, one: DirectoryObject) -> DirectoryObject:
    """The object with nothing in what can be set, so that all of it is to be set; links are told apart from that."""
    kept = {
        name: value if kind.trait(name).nature is not Nature.WRITABLE or not value else _emptied(value)
        for name, value in one.properties.items()
    }
    return replace(one, properties={name: value for name, value in kept.items() if value is not None})


def _emptied(value: Json) -> Json:
    """Nothing; of a list of things with ids of their own, these ids: each of them is changed by itself."""
    if isinstance(value, list) and value and all(isinstance(one, dict) and "id" in one for one in value):
        return [{"id": one["id"]} for one in value if isinstance(one, dict)]
    return None


def _one_by_one(write: Write, names: Mapping[str, str]) -> Iterator[Write]:
    """A request of its own for each link; ``names``: what objects are called, by id."""
    body = write.body if isinstance(write.body, dict) else {}
    property, targets = next(iter(body.items()), ("", None))
    if write.action is not Action.LINK or not property.endswith(_BOUND) or not isinstance(targets, list):
        yield write
        return
    path = f"{write.path}/{property.removesuffix(_BOUND)}/$ref"
    for target in targets:
        alone: Json = {"@odata.id": target}
        id = stood_for(str(target).rpartition("/")[2])
        yield replace(write, method="POST", path=path, body=alone, target=id, target_name=names.get(id, ""))
