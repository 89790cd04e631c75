"""Make a plan: gather what it is made from, let it be thought through, and keep it. Nothing is written."""

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from saasbackup_desktop.core.directory.drafting import Draft, Wish
from saasbackup_desktop.core.directory.plan import PlanHead
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import account_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.gathering import gather
from saasbackup_desktop.engine.directory.ground import Ground
from saasbackup_desktop.engine.directory.plans import Plans
from saasbackup_desktop.engine.directory.undoing import head_of, undo_again


async def make_plan(
    bench: Bench, stream: StreamId, snapshot: SnapshotId, wish: Wish, note: str = "", *, follows: str = ""
) -> PlanHead:
    """Plan what brings picked things back as they were at a point in time, and keep the plan. Raises Fault.

    ``follows``: the plan of the same ticks that was made before.
    """
    await bench.offload.on_reading(bench.catalog.snapshot, stream, snapshot)
    plans = Plans(bench.catalog, bench.offload)
    directory = bench.directories.directory(stream)
    try:
        made = await plans.made(stream)
        gathered = await gather(Ground(bench, stream, snapshot, wish, directory, made))
    finally:
        await directory.close()
    planning = bench.directories.planning(stream)
    draft = await bench.offload.on_disk(planning.plan, gathered.survey, wish)
    left_out = [*gathered.left_out, *draft.left_out]
    head = PlanHead(
        id=secrets.token_hex(8),
        stream=stream,
        account=account_of(stream),
        snapshot=snapshot,
        made=bench.clock.now(),
        mode=wish.mode,
        note=note,
        counts=_counts(draft),
        left_out=dict(Counter(one.code for one in left_out)),
        risks=tuple(draft.risks),
        accepts=tuple(sorted(wish.accepts)),
        is_repeatable=True,
        follows=follows,
    )
    await plans.put(head, draft.writes, left_out, wish)
    return head


async def plan_again(bench: Bench, plan: str, own: Collection[str] = (), accepts: Collection[str] = ()) -> PlanHead:
    """Plan anew what a plan was made of: what is left of it, or with more grave risks taken. Nothing is written.

    ``own``: the applications by which this program comes in now. Raises Misconfigured if what it was made of was
    not kept.
    """
    plans = Plans(bench.catalog, bench.offload)
    head = await head_of(plans, plan)
    if head.undoes:
        return await undo_again(bench, head, accepts)
    wish = await plans.wish(plan)
    if wish is None:
        raise Misconfigured("it is not known what was ticked", what="not-repeatable", name=plan)
    wish = replace(wish, own=frozenset(own), accepts=wish.accepts | frozenset(accepts))
    return await make_plan(bench, head.stream, head.snapshot, wish, head.note, follows=plan)


def _counts(draft: Draft) -> dict[str, int]:
    return dict(Counter(one.action.value for one in draft.writes))
