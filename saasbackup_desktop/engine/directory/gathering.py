"""Gather what a plan is made from: what was picked as it was and as it is, and what stands around it."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.directory.drafting import Pair, Planning, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of, parts_of, read, written
from saasbackup_desktop.core.directory.plan import LeftOut
from saasbackup_desktop.core.directory.ports import Directory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.directory.ticks import EVERYTHING
from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import Made
from saasbackup_desktop.engine.directory.sides import side_of

_AT_ONCE: Final = 1_000
_DOUBTED: Final = 500
"""Objects that are looked for once more, one by one, before they are said to be gone."""
_MANY: Final = 2_000
"""From this many objects of a kind on it is quicker to read the whole kind than to ask for each."""
_ROUNDS: Final = 3
"""How deep groups of people are looked into."""
_ID: Final = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(slots=True)
class Gathered:
    """What was found, and what could not be read."""

    survey: Survey
    left_out: list[LeftOut] = field(default_factory=list)


class Gathering:
    """One survey in the making. ``directory``: as it is now; whoever opened it closes it."""

    def __init__(
        self,
        bench: Bench,
        stream: StreamId,
        snapshot: SnapshotId,
        wish: Wish,
        directory: Directory,
        made: Sequence[Made],
    ) -> None:
        self._bench = bench
        self._stream = stream
        self._snapshot = snapshot
        self._wish = wish
        self._directory = directory
        self._made = made
        self._schema: Schema = bench.directories.schema(stream)
        self._planning: Planning = bench.directories.planning(stream)
        self._bodies: dict[str, Body] = {}
        """By key, what the point in time has of what may be picked."""
        self._unknown: set[str] = set()
        """Keys of what it has, and whose bytes cannot be had: they are left as they are."""
        self._differing: dict[str, DirectoryObject] = {}
        """By key, what is there now and is not as it was."""
        self._equal: set[str] = set()
        """Keys of what is as it was."""
        self._whole: set[str] = set()
        """Kinds that were heard to their end."""
        self._there: set[str] = set()
        """Ids of all that is known to be there."""
        self._kept: dict[str, DirectoryObject] = {}
        """By key, what risks are weighed by."""
        self._left: list[LeftOut] = []

    async def gather(self) -> Gathered:
        """Find out. Raises Fault."""
        kinds, singles = await self._scope()
        await self._listen(kinds)
        await self._ask(singles)
        await self._ask(self._stand_ins(singles))
        lost = sorted(self._bodies.keys() - self._differing.keys() - self._equal)
        old = await self._read([*self._differing, *lost])
        pairs = [
            Pair(old.get(key), self._differing.get(key))
            for key in dict.fromkeys([*self._differing, *lost])
            if key in self._differing or key in old
        ]
        renewed = await self._renewed()
        bin = await self._directory.deleted() if lost else {}
        returning = {parts_of(key)[1] for key in lost if key in old}
        around = await self._around(returning, {pair.one.key for pair in pairs})
        missing = await self._missing([*pairs, *around], returning, renewed)
        standing = await self._standing()
        survey = Survey(
            schema=self._schema,
            pairs=pairs,
            around=around,
            bin={key: one for key, one in bin.items() if key in old},
            renewed=renewed,
            missing=missing,
            standing=standing,
            names=await self._names([*pairs, *around]),
        )
        return Gathered(survey, self._left)

    # --- what was picked ---------------------------------------------------------------------------------------

    async def _scope(self) -> tuple[list[str], list[str]]:
        """Kinds in which everything may be picked, and keys of single objects besides."""
        side = await self._bench.offload.on_disk(side_of, self._bench, self._stream, self._snapshot)
        ticks = self._wish.ticks
        known = [kind for kind in self._schema if kind in side.counts]
        kinds = [kind for kind in known if EVERYTHING in ticks.wanted or kind in ticks.wanted]
        named = sorted({key.partition("#")[0] for key in ticks.wanted if "/" in key})
        kinds = [kind for kind in kinds if ticks.has(kind) or any(parts_of(key)[0] == kind for key in named)]
        singles = [key for key in named if parts_of(key)[0] not in kinds and parts_of(key)[0] in known]
        for kind in sorted(side.unread):
            if ticks.has(kind):
                self._leave_kind(kind)
        listed = await self._bench.offload.on_reading(self._listed, kinds, singles)
        self._bodies = {key: body for key, body in listed.items() if body is not None}
        self._unknown = {key for key, body in listed.items() if body is None} | side.owed
        for key in sorted(self._unknown):
            self._bodies.pop(key, None)
            if ticks.has(key):
                self._leave_object(key)
        return kinds, singles

    def _listed(self, kinds: Sequence[str], singles: Sequence[str]) -> dict[str, Body | None]:
        found: dict[str, Body | None] = {}
        for kind in kinds:
            found |= self._items(Selection(folders=(NodeId(kind),)))
        for start in range(0, len(singles), _AT_ONCE):
            found |= self._items(Selection(items=tuple(map(NodeId, singles[start : start + _AT_ONCE]))))
        return found

    def _items(self, selection: Selection) -> dict[str, Body | None]:
        nodes = self._bench.catalog.nodes_at(self._stream, self._snapshot, selection)
        return {str(node.id): node.body for node in nodes if isinstance(node, Item)}

    def _leave_kind(self, kind: str) -> None:
        self._left.append(LeftOut(key=kind, kind=kind, id="", name="", code="unread"))

    # --- what is there -----------------------------------------------------------------------------------------

    async def _listen(self, kinds: Sequence[str]) -> None:
        """Hear whole kinds, and keep what is not as it was."""
        heard_of: dict[str, set[str]] = {kind: set() for kind in kinds}
        async with aclosing(self._directory.objects(kinds)) as said:
            async for heard in said:
                if heard.code:
                    self._forget_kind(heard.kind)
                    continue
                await self._hear(heard.objects)
                heard_of[heard.kind].update(one.key for one in heard.objects)
                if heard.is_last:
                    self._whole.add(heard.kind)
                    await self._doubt(heard.kind, heard_of.pop(heard.kind))

    async def _doubt(self, kind: str, heard: Collection[str]) -> None:
        """While a list is read page by page, something may slip from one page to the other."""
        missing = [key for key in self._bodies if parts_of(key)[0] == kind and key not in heard]
        if 0 < len(missing) <= _DOUBTED:
            await self._hear(list((await self._directory.some(missing)).values()))

    async def _ask(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _AT_ONCE):
            await self._hear(list((await self._directory.some(keys[start : start + _AT_ONCE])).values()))

    def _stand_ins(self, keys: Sequence[str]) -> list[str]:
        """Keys of what earlier plans made in the places of single objects that are gone."""
        steps = {one.old: one.key for one in self._made}
        found = []
        for key in keys:
            kind, id = parts_of(key)
            new, seen = steps.get(id), {id}
            while new is not None and (at := parts_of(new)[1]) in steps and at not in seen:
                seen.add(at)
                new = steps[at]
            if new is not None and id not in self._there and parts_of(new)[0] == kind:
                found.append(new)
        return found

    async def _hear(self, objects: Sequence[DirectoryObject]) -> None:
        for start in range(0, len(objects), _AT_ONCE):
            some = objects[start : start + _AT_ONCE]
            for one, is_equal in await self._bench.offload.on_disk(self._sorted, some):
                self._there.add(one.id)
                if is_equal or one.key in self._unknown:
                    self._equal.add(one.key)
                else:
                    self._differing[one.key] = one
                if one.kind in self._planning.standing() or one.properties.get("appId") in self._wish.own:
                    self._kept[one.key] = one

    def _sorted(self, objects: Sequence[DirectoryObject]) -> list[tuple[DirectoryObject, bool]]:
        return [(one, _is_same(one, self._bodies.get(one.key))) for one in objects]

    def _forget_kind(self, kind: str) -> None:
        self._leave_kind(kind)
        for known in (self._bodies, self._differing, self._equal):
            for key in [key for key in known if parts_of(key)[0] == kind]:
                known.pop(key) if isinstance(known, dict) else known.discard(key)

    async def _read(self, keys: Sequence[str]) -> dict[str, DirectoryObject]:
        """What the point in time has of some objects; those whose bytes cannot be had are left as they are."""
        wanted = [(key, body) for key in keys if (body := self._bodies.get(key)) is not None]
        found, damaged = await self._bench.offload.on_disk(_objects, self._bench, wanted)
        for key in damaged:
            self._leave_object(key)
            self._differing.pop(key, None)
        return found

    def _leave_object(self, key: str) -> None:
        kind, id = parts_of(key)
        self._left.append(LeftOut(key=key, kind=kind, id=id, name="", code="unread"))

    # --- what stands around ------------------------------------------------------------------------------------

    async def _renewed(self) -> dict[str, str]:
        """Ids of what earlier plans made anew and is there: what was made of what was made, too."""
        keys = {one.key for one in self._made}
        asked = [key for key in keys if parts_of(key)[0] not in self._whole]
        there = set(await self._directory.some(sorted(asked))) if asked else set()
        known = there | self._equal | self._differing.keys()
        steps: dict[str, str] = {}
        for one in self._made:
            steps |= {**one.also, one.old: parts_of(one.key)[1]}
        alive = {parts_of(key)[1] for key in keys if key in known}
        alive |= {new for one in self._made if one.key in known for new in one.also.values()}
        then = await self._bench.offload.on_reading(self._new_then)
        found = {}
        for old in steps:
            new, seen = steps[old], {old}
            while new in steps and new not in seen:
                seen.add(new)
                new = steps[new]
            if new in alive and old not in self._there and not then & {*seen, new} - {old}:
                found[old] = new
        return found

    def _new_then(self) -> set[str]:
        """Those of the new ids that things had at the point in time already: it does not speak of older ones."""
        catalog, stream, snapshot = self._bench.catalog, self._stream, self._snapshot
        then = [one for one in self._made if catalog.item_at(stream, NodeId(one.key), snapshot) is not None]
        return {id for one in then for id in (parts_of(one.key)[1], *one.also.values())}

    async def _around(self, returning: Collection[str], picked: Collection[str]) -> list[Pair]:
        """Objects in which nothing is picked, or that are as they were, and that name something that comes back."""
        if not returning:
            return []
        kinds = [kind for kind in self._schema if kind in self._planning.referring()]
        found = await self._bench.offload.on_disk(self._naming, kinds, {id.encode() for id in returning}, picked)
        asked = [key for key in found if key not in self._equal and parts_of(key)[0] not in self._whole]
        there: dict[str, DirectoryObject] = {}
        for start in range(0, len(asked), _AT_ONCE):
            there |= await self._directory.some(asked[start : start + _AT_ONCE])
        self._there.update(one.id for one in there.values())
        return [Pair(old, old if key in self._equal else there.get(key)) for key, old in found.items()]

    def _naming(
        self, kinds: Sequence[str], ids: Collection[bytes], picked: Collection[str]
    ) -> dict[str, DirectoryObject]:
        found = {}
        for kind in kinds:
            items = self._items(Selection(folders=(NodeId(kind),)))
            wanted = [(key, body) for key, body in items.items() if body is not None and key not in picked]
            for key, data in self._bench.vault.read_many(wanted):
                if isinstance(data, bytes) and any(one in ids for one in _ID.findall(data)):
                    one = read(data)
                    if _names_any(one, data, ids):
                        found[key] = one
        return found

    async def _missing(
        self, pairs: Sequence[Pair], returning: Collection[str], renewed: Mapping[str, str]
    ) -> frozenset[str]:
        """Ids that are named by what would be written, and that nothing has."""
        asked = await self._bench.offload.on_disk(self._not_known, pairs, {*returning, *renewed})
        unknown = {id: kinds for id, kinds in asked.items() if kinds and not kinds <= self._whole}
        by_kind: dict[str, list[str]] = {}
        for id, kinds in unknown.items():
            for kind in kinds - self._whole:
                by_kind.setdefault(kind, []).append(id)
        for kind, ids in by_kind.items():
            await self._look_for(kind, ids)
        return frozenset(id for id, kinds in asked.items() if kinds and id not in self._there)

    def _not_known(self, pairs: Sequence[Pair], known: Collection[str]) -> dict[str, set[str]]:
        asked: dict[str, set[str]] = {}
        for pair in pairs:
            for id, kinds in self._named(pair):
                if id not in self._there and id not in known:
                    asked.setdefault(id, set()).update(kinds)
        return asked

    async def _look_for(self, kind: str, ids: Sequence[str]) -> None:
        if len(ids) < _MANY:
            for start in range(0, len(ids), _AT_ONCE):
                found = await self._directory.some([key_of(kind, id) for id in ids[start : start + _AT_ONCE]])
                self._there.update(one.id for one in found.values())
            return
        async with aclosing(self._directory.objects([kind])) as said:
            async for heard in said:
                self._there.update(one.id for one in heard.objects)

    def _named(self, pair: Pair) -> Iterator[tuple[str, Collection[str]]]:
        """Ids that an object's old state names, with the kinds that they may be of."""
        old = pair.old
        if old is None:
            return
        there = set(pair.now.links) if pair.now is not None else set()
        for link in old.links:
            if link not in there and link.kind in self._schema:
                yield link.id, (link.kind,)
        for reference in self._planning.references(old):
            yield reference.id, reference.kinds

    async def _standing(self) -> list[DirectoryObject]:
        """How those things are now by which risks are weighed."""
        kinds = [kind for kind in self._planning.standing() if kind in self._schema and kind not in self._whole]
        if kinds:
            async with aclosing(self._directory.objects(kinds)) as said:
                async for heard in said:
                    self._kept |= {one.key: one for one in heard.objects}
        for _ in range(_ROUNDS):
            asked = [key for key in self._planning.involved(list(self._kept.values())) if key not in self._kept]
            if not asked:
                break
            found = await self._directory.some(sorted(asked))
            if not found:
                break
            self._kept |= found
        return list(self._kept.values())

    async def _names(self, pairs: Sequence[Pair]) -> dict[str, str]:
        """What ids stand for, as the point in time calls them."""
        found, nodes = await self._bench.offload.on_disk(self._nameless, pairs)
        for start in range(0, len(nodes), _AT_ONCE):
            some = nodes[start : start + _AT_ONCE]
            labels = await self._bench.offload.on_reading(self._bench.catalog.labels, self._stream, some)
            found |= {parts_of(node)[1]: name for node, name in labels.items()}
        return found

    def _nameless(self, pairs: Sequence[Pair]) -> tuple[dict[str, str], list[NodeId]]:
        """Names that are known already, and nodes whose names have to be looked up."""
        found = {pair.one.id: pair.one.name for pair in pairs}
        asked = {
            NodeId(key_of(kind, id))
            for pair in pairs
            for id, kinds in self._named(pair)
            for kind in kinds
            if id not in found
        }
        for pair in pairs:
            if pair.now is not None:
                before = set(pair.old.links) if pair.old is not None else set()
                asked |= {NodeId(key_of(one.kind, one.id)) for one in pair.now.links if one.kind and one not in before}
        return found, sorted(asked)


def _is_same(one: DirectoryObject, body: Body | None) -> bool:
    return body is not None and body.sha256 == hashlib.sha256(written(one)).hexdigest()


def _objects(bench: Bench, wanted: Iterable[tuple[str, Body]]) -> tuple[dict[str, DirectoryObject], list[str]]:
    found, damaged = {}, []
    for key, data in bench.vault.read_many(wanted):
        if isinstance(data, BodyDamaged):
            damaged.append(key)
        else:
            found[key] = read(data)
    return found, damaged


def _names_any(one: DirectoryObject, data: bytes, ids: Collection[bytes]) -> bool:
    """It names one of them besides itself."""
    own = one.id.encode()
    return any(id in ids and id != own for id in _ID.findall(data))
