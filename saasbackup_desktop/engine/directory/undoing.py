"""The plan that takes another one back: kept before the first write, and exact once it is known what was written."""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from saasbackup_desktop.core.directory.drafting import Draft, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import PlanHead, Write, WriteResult
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.ground import Ground
from saasbackup_desktop.engine.directory.plans import Plans
from saasbackup_desktop.engine.directory.surrounding import look_at_standing


async def keep_undo(
    bench: Bench,
    plan: str,
    writes: Sequence[Write],
    results: Sequence[WriteResult] = (),
    *,
    standing: Sequence[DirectoryObject] | None = None,
    accepts: Collection[str] = (),
) -> PlanHead:
    """Write down what takes a plan back, in place of what was written down before; without results: all of it.

    ``standing``: by what risks are weighed, as it is now; None: nobody has looked, and the plan is not carried out
    before somebody has. ``accepts``: grave risks that are taken. One that was begun itself stays as it is.
    Raises Fault.
    """
    plans = Plans(bench.catalog, bench.offload)
    head = await head_of(plans, plan)
    before = await plans.head(head.undone_by) if head.undone_by else None
    if before is not None and await plans.results(before.id):
        return before
    directories = bench.directories
    planning, schema = directories.planning(head.stream), directories.schema(head.stream)
    wish = replace(await _wish(plans, plan), accepts=frozenset(accepts))
    guarding = None if standing is None else wish
    draft = await bench.offload.on_disk(planning.undo, schema, writes, results, guarding, standing or ())
    undo = replace(
        _head(head, draft, bench.clock.now()), accepts=tuple(sorted(accepts)), is_weighed=standing is not None
    )
    await plans.put(undo, draft.writes, draft.left_out, wish)
    await plans.set_undone_by(plan, undo.id)
    if before is not None:
        await plans.drop(before.id)
    return undo


async def undo_of(bench: Bench, plan: str, accepts: Collection[str] = ()) -> PlanHead:
    """What takes back what came of a plan until now, weighed by the directory as it is.

    ``accepts``: grave risks that are taken. Raises Misconfigured if nothing was written, and Fault.
    """
    plans = Plans(bench.catalog, bench.offload)
    results = await plans.results(plan)
    if not results:
        raise Misconfigured("nothing was written yet", what="nothing-to-undo", name=plan)
    writes = await plans.writes(plan)
    standing = await _standing(bench, plan, writes)
    return await keep_undo(bench, plan, writes, list(results.values()), standing=standing, accepts=accepts)


async def undo_again(bench: Bench, undo: PlanHead, accepts: Collection[str] = ()) -> PlanHead:
    """Plan anew what takes a plan back, with more grave risks taken. Raises Misconfigured if it was begun."""
    plans = Plans(bench.catalog, bench.offload)
    of = await head_of(plans, undo.undoes)
    if of.undone_by != undo.id or await plans.results(undo.id):
        raise Misconfigured("it was begun, or another took its place", what="not-repeatable", name=undo.id)
    return await undo_of(bench, of.id, {*undo.accepts, *accepts})


async def _standing(bench: Bench, plan: str, writes: Sequence[Write]) -> Sequence[DirectoryObject]:
    """How things are now by which risks are weighed."""
    plans = Plans(bench.catalog, bench.offload)
    stream = (await head_of(plans, plan)).stream
    directory = bench.directories.directory(stream)
    coming = bench.directories.planning(stream).coming_back(writes)
    try:
        ground = Ground(bench, stream, SnapshotId(""), await _wish(plans, plan), directory, ())
        return await look_at_standing(ground, coming)
    finally:
        await directory.close()


async def _wish(plans: Plans, plan: str) -> Wish:
    """Whom a plan was to spare; what was ticked is no matter to what takes it back."""
    return replace(await plans.wish(plan) or Wish(ticks=Ticks()), ticks=Ticks())


async def head_of(plans: Plans, plan: str) -> PlanHead:
    """Look up a plan. Raises Misconfigured if there is none of that id."""
    head = await plans.head(plan)
    if head is None:
        raise Misconfigured("no such plan", what="unknown-plan", name=plan)
    return head


def _head(of: PlanHead, draft: Draft, now: int) -> PlanHead:
    return PlanHead(
        id=secrets.token_hex(8),
        stream=of.stream,
        account=of.account,
        snapshot=SnapshotId(""),
        made=now,
        mode=of.mode,
        note=of.note,
        counts=dict(Counter(one.action.value for one in draft.writes)),
        left_out=dict(Counter(one.code for one in draft.left_out)),
        risks=tuple(draft.risks),
        undoes=of.id,
        is_repeatable=any(one.code == "grave-risk" for one in draft.left_out),
    )
