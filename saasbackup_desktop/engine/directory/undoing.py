"""The plan that takes another one back: kept before the first write, and exact once it is known what was written."""

import secrets
from collections import Counter
from collections.abc import Sequence

from saasbackup_desktop.core.directory.drafting import Draft
from saasbackup_desktop.core.directory.plan import PlanHead, Write, WriteResult
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import Plans


async def keep_undo(bench: Bench, plan: str, writes: Sequence[Write], results: Sequence[WriteResult] = ()) -> PlanHead:
    """Write down what takes a plan back, in place of what was written down before; without results: all of it.

    One that was begun itself stays as it is. Raises Fault.
    """
    plans = Plans(bench.catalog, bench.offload)
    head = await head_of(plans, plan)
    before = await plans.head(head.undone_by) if head.undone_by else None
    if before is not None and await plans.results(before.id):
        return before
    directories = bench.directories
    planning, schema = directories.planning(head.stream), directories.schema(head.stream)
    draft = await bench.offload.on_disk(planning.undo, schema, writes, results)
    undo = _head(head, draft, bench.clock.now())
    await plans.put(undo, draft.writes, draft.left_out)
    await plans.set_undone_by(plan, undo.id)
    if before is not None:
        await plans.drop(before.id)
    return undo


async def undo_of(bench: Bench, plan: str) -> PlanHead:
    """What takes back what came of a plan until now. Raises Misconfigured if nothing was written."""
    plans = Plans(bench.catalog, bench.offload)
    results = await plans.results(plan)
    if not results:
        raise Misconfigured("nothing was written yet", what="nothing-to-undo", name=plan)
    return await keep_undo(bench, plan, await plans.writes(plan), list(results.values()))


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
    )
