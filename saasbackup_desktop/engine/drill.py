"""The restore drill: what was backed up is restored into scratch and compared, and the source is asked what it has."""

import asyncio
import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import (
    BodyDamaged,
    Cancelled,
    CatalogFault,
    DrillDamaged,
    DrillIncomplete,
    Fault,
    Misconfigured,
    VaultDamaged,
    VaultFault,
)
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.jobs import Drill, ItemFailure
from saasbackup_desktop.core.model import Account, Body, Folder, Head, Item, Node, Service, SnapshotStatus
from saasbackup_desktop.core.ports import Counting
from saasbackup_desktop.engine.adopt import adopt
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.completeness import Comparison, Held, compare, named
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.paths import folder_paths
from saasbackup_desktop.engine.proofs import Memory, keep, keep_memory, recall
from saasbackup_desktop.engine.scratch import Scratch
from saasbackup_desktop.vault.vault import Chain, Damage, Pack, Trial, Walked

if TYPE_CHECKING:
    from hashlib import _Hash

_T = TypeVar("_T")
_SHARE_OF_OLDER: Final = 4
"""One of so many items is taken from an older point in time."""
_LISTED: Final = 500
"""Findings that are kept; more are counted."""
_SUM: Final = 1 << 128
_WHOLE: Final = 64 << 20
"""Bytes of packs that are read to their last byte besides the sample: all of a small mailbox, other ones each time of
a large one.
"""


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


@dataclass(slots=True)
class _Point:
    """One point in time, read from the top to the last leaf."""

    head: Head
    walked: Walked = field(default_factory=Walked)
    sample: list[Item] = field(default_factory=list)
    folders: dict[NodeId, Folder] = field(default_factory=dict)
    lost: list[Item] = field(default_factory=list)
    """Items of which a part lies in no pack that is there: the first ones."""
    lost_count: int = 0
    packs: set[Pack] = field(default_factory=set)
    """What its items are read from."""
    sum: int = 0
    """Of what its items are; it does not hang on their order."""


@dataclass(slots=True)
class _Run:
    """One drill on its way."""

    bench: Bench
    spec: Drill
    account: Account
    service: Service
    meter: Meter
    journal: Journal
    seed: str
    started: int
    wish: _Wish = field(default_factory=_Wish)
    is_held: bool = False
    """The newest point in time was read to its last leaf."""
    read: int = 0
    matched: int = 0
    missing: int = 0
    damaged: int = 0
    at_source: int | None = None
    hashes: int = 0
    drawn: "_Hash" = field(default_factory=hashlib.sha256)
    """Over the ids of the sample: a repeated drill has the same."""
    facts: dict[str, str | int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)

    async def damage(self, where: str, code: str, name: str = "", kind: str = "damaged") -> None:
        """Note something that cannot be had as it was written."""
        self.damaged += 1
        await self.fault(kind, where, name, code)

    async def fault(self, kind: str, where: str, name: str, code: str) -> None:
        """Write a fault down, for the report and for who looks at the job."""
        self.meter.failed += 1
        self.tell(kind, where, name, code)
        await self.journal.failed(ItemFailure(path=where, name=name, code=_CODES.get(kind, code), detail=code))

    def tell(self, kind: str, where: str, name: str, code: str) -> None:
        """Keep a finding, unless there are many."""
        if len(self.findings) < _LISTED:
            self.findings.append({"kind": kind, "where": where, "name": name, "code": code})


_CODES: Final[Mapping[str, str]] = {
    "damaged": "body-damaged",
    "link": "drill-damaged",
    "catalog": "drill-damaged",
    "missing": "drill-incomplete",
    "count": "drill-incomplete",
}
"""What a finding is called among a job's failures."""


async def drill(bench: Bench, spec: Drill, meter: Meter, journal: Journal) -> None:
    """Prove that a stream can be had again, and that it is all there; what came of it is kept, whatever it is.

    Raises DrillDamaged, DrillIncomplete; the source's fault if it could not be asked; Misconfigured if there is
    nothing to be proven.
    """
    account, service = bench.doors.account(spec.stream)
    seed = spec.seed or str(journal.job) or "drill"
    run = _Run(bench, spec, account, service, meter, journal, seed, bench.clock.now())
    meter.doing = "proving"
    try:
        await adopt(bench, spec.stream, meter, journal)
    except VaultDamaged as damage:  # the trial names it
        await journal.note("warning", "snapshot-damaged", **damage.facts)
    meter.doing = "proving"
    memory = await recall(bench, spec.stream)
    trial = await bench.offload.on_disk(bench.vault.trial)
    chain = await _follow(run, trial)
    points = _chosen(spec, chain, memory, seed)
    held = Held()
    with Scratch(bench.scratch, str(journal.job)) as scratch:
        for number, (head, count) in enumerate(points):
            is_newest = number == 0 and spec.snapshot is None
            await _prove(run, trial, scratch, head, count, held if is_newest else None)
    comparison, reached = await _ask_source(run, points, held, memory)
    proof = _proof(run, chain, points, comparison)
    await keep(bench, spec.stream, str(journal.job), proof)
    await _keep_memory(run, chain, points, memory, comparison)
    _raise(run, proof, reached)


# --- the chain -----------------------------------------------------------------------------------------------


async def _follow(run: _Run, trial: Trial) -> Chain:
    """Read every point in time's head and its links; name those that are missing."""
    bench, stream = run.bench, run.spec.stream
    remembered = (await bench.offload.on_reading(bench.catalog.remembered)).get(stream)
    chain = await _see_through(run, lambda: trial.chain(stream, remembered))
    for damage in chain.damages:
        await run.damage(damage.file, damage.code, ", ".join(damage.items[:3]), kind="link")
    there = {head.snapshot.id for head in chain.heads}
    for known in await bench.offload.on_reading(bench.catalog.snapshots, stream):
        is_let_go = known.status is SnapshotStatus.LOST or known.id in chain.removed
        if known.id not in there and not is_let_go:
            await run.damage(str(known.id), "point-missing", kind="link")
    if not chain.heads and not run.damaged:
        raise Misconfigured("nothing is backed up yet", what="nothing-to-drill", name=run.account.address)
    run.facts["chain"] = chain.links
    return chain


def _chosen(spec: Drill, chain: Chain, memory: Memory, seed: str) -> list[tuple[Head, int]]:
    """Which points in time are read, and how many items of each: the newest first."""
    heads = [head for head in chain.heads if head.final] or list(chain.heads)
    if spec.snapshot is not None:
        wanted = [head for head in chain.heads if head.snapshot.id == spec.snapshot]
        if not wanted:
            raise Misconfigured("no such point in time", what="unknown-snapshot", name=spec.snapshot)
        return [(wanted[0], spec.items)]
    if not heads:
        return []
    newest, others = heads[-1], heads[:-1]
    if not others:
        return [(newest, spec.items)]
    chance = random.Random(f"{seed} older")
    turns = {head.snapshot.id: (memory.read.get(head.snapshot.id, 0), chance.random()) for head in others}
    older = min(others, key=lambda head: turns[head.snapshot.id])
    share = max(1, spec.items // _SHARE_OF_OLDER) if spec.items > 1 else 0
    return [(newest, spec.items - share), (older, share)]


# --- one point in time ---------------------------------------------------------------------------------------


async def _prove(run: _Run, trial: Trial, scratch: Scratch, head: Head, count: int, held: Held | None) -> None:
    """Walk a point in time, restore a sample of it, and compare it with what the catalog says of it."""
    point = await _see_through(run, lambda: _walk(run, trial, head, count, held))
    damages = point.walked.damages
    is_whole = not damages and point.walked.items == head.snapshot.items
    if not is_whole and not await run.bench.offload.on_disk(trial.is_there, head):
        return  # somebody let it go meanwhile
    run.is_held = run.is_held or (held is not None and not damages)
    paths = {id: "/".join(path) for id, path in folder_paths(point.folders.values()).items()}
    await _tell_losses(run, point, damages, paths)
    run.meter.items_total += len(point.sample)
    for number, item in enumerate(point.sample):
        run.meter.where = paths.get(item.parent, "")
        run.drawn.update(f"{item.id}\n".encode("utf-8", "surrogatepass"))
        await _restore(run, trial, scratch, f"{head.snapshot.id}-{number:05d}", item, run.meter.where)
    if held is not None or run.spec.snapshot is not None:
        await _read_packs(run, trial, point)
    await _against_catalog(run, point)
    which = "" if held is not None or run.spec.snapshot is not None else "older_"
    run.facts[f"{which}walked"] = point.walked.items
    run.facts[f"{which}held"] = head.snapshot.items
    run.facts[f"{which}nodes"] = point.walked.nodes
    run.facts[f"{which}read"] = len(point.sample)


async def _tell_losses(run: _Run, point: _Point, damages: Sequence[Damage], paths: Mapping[NodeId, str]) -> None:
    for damage in damages:
        await run.damage(damage.file, damage.code, str(point.head.snapshot.id), kind="link")
    for item in point.lost:
        await run.damage(paths.get(item.parent, ""), "missing", item.name or item.id)
    run.damaged += point.lost_count - len(point.lost)
    if not damages and point.walked.items != point.head.snapshot.items:
        code = f"{point.walked.items}/{point.head.snapshot.items}"
        await run.damage(str(point.head.snapshot.id), code, kind="link")


async def _read_packs(run: _Run, trial: Trial, point: _Point) -> None:
    """Read some of the files that it stands on to their last byte, whichever items lie there."""
    packs = sorted(point.packs, key=lambda pack: pack.digest)
    random.Random(f"{run.seed} packs").shuffle(packs)
    left, read = _WHOLE, 0
    for pack in packs:
        if pack.size > left:
            continue
        left -= pack.size
        read += 1
        damage = await _see_through(run, lambda pack=pack: trial.read(pack))  # type: ignore[misc]
        if damage is not None:
            await run.damage(damage.file, damage.code)
    run.facts["packs"], run.facts["packs_read"] = len(packs), read


def _walk(run: _Run, trial: Trial, head: Head, count: int, held: Held | None) -> _Point:
    """Draw ``count`` items with equal chances while the tree is read once."""
    point = _Point(head)
    chance = random.Random(f"{run.seed} {head.snapshot.id}")

    def take(node: Node, so_far: Walked) -> None:
        if held is not None:
            held.add(node)
        if isinstance(node, Folder):
            point.folders[node.id] = node
            return
        point.sum = (point.sum + _digest(node)) % _SUM
        if node.body is None:
            return
        packs = [trial.packs_of(body) for body in (node.body, *node.parts.values())]
        point.packs.update(*(some for some in packs if some is not None))
        if None in packs:
            point.lost_count += 1
            if len(point.lost) < _LISTED:
                point.lost.append(node)
            return
        if len(point.sample) < count:
            point.sample.append(node)
        elif count and (place := chance.randrange(so_far.items)) < count:
            point.sample[place] = node

    point.walked = trial.walk(head, take, lambda: run.wish.stop)
    point.sample.sort(key=lambda item: (item.parent, item.id))
    return point


async def _restore(run: _Run, trial: Trial, scratch: Scratch, name: str, item: Item, path: str) -> None:
    """Write an item and all that belongs to it into scratch as it would be handed out, read it back and compare."""
    kind = "eml" if run.service is Service.MAIL else "json"
    wanted = [(f"{name}.{kind}", item.body), *((f"{name}-{n:04d}", part) for n, part in enumerate(item.parts.values()))]
    codes: list[str] = []
    for file, body in wanted:
        assert body is not None
        code = await _see_through(run, lambda file=file, body=body: _compared(run, trial, scratch, file, body))  # type: ignore[misc]
        run.hashes += 1
        run.meter.bytes_done += body.size
        if code:
            codes.append(code)
    run.read += 1
    run.meter.items_done += 1
    if codes:
        await run.damage(path, codes[0], item.name or item.id)
    else:
        run.matched += 1
        run.meter.verified += 1


def _compared(run: _Run, trial: Trial, scratch: Scratch, name: str, body: Body) -> str:
    """What is wrong with a body that was restored; nothing if it is what was stored."""
    try:
        path = scratch.restore(name, _wanted(run, trial.pieces(body)))
    except BodyDamaged as damage:
        scratch.discard(name)
        return str(damage.facts.get("reason", "altered"))
    sha256, size = scratch.measured(path)
    return "" if (sha256, size) == (body.sha256, body.size) else "differs"


def _wanted(run: _Run, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces, as long as nobody wants it to end."""
    for piece in pieces:
        if run.wish.stop:
            raise Cancelled
        yield piece


async def _against_catalog(run: _Run, point: _Point) -> None:
    """What is shown when somebody browses must be what the vault holds."""
    bench, stream, id = run.bench, run.spec.stream, point.head.snapshot.id
    try:
        await bench.offload.on_reading(bench.catalog.snapshot, stream, id)
    except Misconfigured:
        return  # the catalog does not know it: it is damaged, and said to be
    if point.walked.damages:
        return
    count, total = await bench.offload.on_reading(lambda: _summed(bench.catalog.nodes_at(stream, id)))
    if (count, total) == (point.walked.items, point.sum):
        return
    run.missing += max(0, count - point.walked.items)
    await run.damage(str(id), f"{point.walked.items}/{count}", kind="catalog")


def _summed(nodes: Iterable[Node]) -> tuple[int, int]:
    count = total = 0
    for node in nodes:
        if isinstance(node, Item):
            count += 1
            total = (total + _digest(node)) % _SUM
    return count, total


def _digest(item: Item) -> int:
    """What must be the same of an item in the vault and in the catalog, as a number."""
    bodies = [one.sha256 for one in _bodies(item)]
    said = codec.dumps([item.id, item.parent, item.revision, bodies])
    return int.from_bytes(hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


def _bodies(item: Item) -> Iterator[Body]:
    if item.body is not None:
        yield item.body
    for name in sorted(item.parts):
        yield item.parts[name]


# --- the source ----------------------------------------------------------------------------------------------


async def _ask_source(
    run: _Run, points: Sequence[tuple[Head, int]], held: Held, memory: Memory
) -> tuple[Comparison | None, Fault | None]:
    """Compare the newest point in time with its source; give what came of it, or why it could not be asked."""
    spec, meter = run.spec, run.meter
    run.facts["source"] = "not-asked"
    if not spec.against_source or spec.snapshot is not None:
        return None, None
    if not run.is_held:
        run.facts["reason"] = "damaged"  # what cannot be read would pass for what was never there
        return None, None
    meter.doing, meter.where = "comparing", ""
    try:
        source = run.bench.doors.source(spec.stream)
    except Fault as fault:
        return _not_reached(run, fault)
    try:
        if not isinstance(source, Counting):
            run.facts["source"] = "not-told"
            return None, None
        meter.follow(source)
        comparison = await compare(source, points[0][0], held, memory.unsure, run.started)
    except (VaultFault, CatalogFault, Cancelled):
        raise
    except Fault as fault:
        return _not_reached(run, fault)
    finally:
        meter.follow(None)
        await source.close()
    await _tell_differences(run, comparison)
    return comparison, None


def _not_reached(run: _Run, fault: Fault) -> tuple[None, Fault]:
    run.facts["source"] = "not-reached"
    run.facts["reason"] = fault.code
    return None, fault


async def _tell_differences(run: _Run, comparison: Comparison) -> None:
    run.facts["source"] = "compared"
    run.at_source = comparison.at_source
    run.missing += comparison.missing
    for name in ("folders", "not_told", "newer", "moved", "gone", "counted", "owed"):
        run.facts[name] = getattr(comparison, name)
    for one in named(comparison.differences):
        if one.kind == "missing":
            await run.fault(one.kind, one.folder, one.place, one.code)
        else:
            run.tell(one.kind, one.folder, one.place, one.code)
    run.meter.failed = max(run.meter.failed, run.damaged + comparison.missing)


# --- the outcome ---------------------------------------------------------------------------------------------


def _proof(
    run: _Run, chain: Chain, points: Sequence[tuple[Head, int]], comparison: Comparison | None
) -> dict[str, Any]:
    """All that is kept of a drill, as plain data."""
    now = run.bench.clock.now()
    if run.damaged:
        outcome = "damaged"
    elif run.missing:
        outcome = "incomplete"
    elif run.facts["source"] == "not-reached":
        outcome = "unreachable"
    else:
        outcome = "proven"
    facts: dict[str, str | int] = {
        "seed": run.seed,
        "items": run.spec.items,
        "sample": run.drawn.hexdigest(),
        "started": run.started,
        "seconds": now - run.started,
        "program": run.bench.program,
        "vault": run.bench.vault.id,
        "points": len(chain.heads),
        "hashes": run.hashes,
        "bytes": run.meter.bytes_done,
        **run.facts,
    }
    if points:
        facts["snapshot_taken"] = points[0][0].snapshot.finished
    if len(points) > 1:
        facts["older"] = points[1][0].snapshot.id
    return {
        "stream": run.spec.stream,
        "account": codec.plain_fields(run.account),
        "snapshot": points[0][0].snapshot.id if points else "",
        "time": now,
        "job": str(run.journal.job),
        "outcome": outcome,
        "read": run.read,
        "matched": run.matched,
        "missing": run.missing,
        "damaged": run.damaged,
        "at_source": run.at_source,
        "facts": facts,
        "findings": run.findings,
    }


async def _keep_memory(
    run: _Run, chain: Chain, points: Sequence[tuple[Head, int]], memory: Memory, comparison: Comparison | None
) -> None:
    there = {head.snapshot.id for head in chain.heads}
    read: dict[SnapshotId, int] = {id: when for id, when in memory.read.items() if id in there}
    read.update((head.snapshot.id, run.started) for head, _ in points)
    unsure = memory.unsure if comparison is None else comparison.unsure
    await keep_memory(run.bench, run.spec.stream, replace(memory, read=read, unsure=unsure))


def _raise(run: _Run, proof: Mapping[str, Any], reached: Fault | None) -> None:
    first = next((one for one in run.findings if one["kind"] in _CODES), {"where": "", "name": ""})
    shown = "/".join(part for part in (first["where"], first["name"]) if part)
    if proof["outcome"] == "damaged":
        raise DrillDamaged("not restorable", damaged=run.damaged, missing=run.missing, first=shown)
    if proof["outcome"] == "incomplete":
        raise DrillIncomplete("not complete", missing=run.missing, first=shown)
    if reached is not None:
        raise reached


async def _see_through(run: _Run, work: Callable[[], _T]) -> _T:
    """Let work end in its own time when the job is cancelled."""
    working = asyncio.ensure_future(run.bench.offload.on_disk(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        run.wish.stop = True
        await asyncio.wait([working])
        if not working.cancelled():
            working.exception()  # taken note of: the job is over
        raise
