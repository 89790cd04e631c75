"""Gather what a plan is made from: what was picked as it was and as it is, and what stands around it."""

from dataclasses import dataclass, field

from saasbackup_desktop.core.directory.drafting import Pair, Survey
from saasbackup_desktop.core.directory.objects import parts_of
from saasbackup_desktop.core.directory.plan import LeftOut
from saasbackup_desktop.engine.directory.ground import Ground
from saasbackup_desktop.engine.directory.hearing import ask, listen
from saasbackup_desktop.engine.directory.picking import read_old, scope
from saasbackup_desktop.engine.directory.renewing import made_anew, stand_ins
from saasbackup_desktop.engine.directory.surrounding import (
    look_around,
    look_at_standing,
    look_for_missing,
    look_up_names,
)


@dataclass(slots=True)
class Gathered:
    """What was found, and what could not be read."""

    survey: Survey
    left_out: list[LeftOut] = field(default_factory=list)


async def gather(ground: Ground) -> Gathered:
    """Find out. Raises Fault."""
    kinds, singles = await scope(ground)
    await listen(ground, kinds)
    await ask(ground, singles)
    await ask(ground, stand_ins(ground, singles))
    lost = sorted(ground.bodies.keys() - ground.differing.keys() - ground.equal)
    old = await read_old(ground, [*ground.differing, *lost])
    pairs = [
        Pair(old.get(key), ground.differing.get(key))
        for key in dict.fromkeys([*ground.differing, *lost])
        if key in ground.differing or key in old
    ]
    renewed = await made_anew(ground)
    bin = await ground.directory.deleted() if lost else {}
    returning = {parts_of(key)[1] for key in lost if key in old}
    around = await look_around(ground, returning, {pair.one.key for pair in pairs})
    missing = await look_for_missing(ground, [*pairs, *around], returning, renewed)
    standing = await look_at_standing(ground, [one.old for one in (*pairs, *around) if one.old is not None])
    survey = Survey(
        schema=ground.schema,
        pairs=pairs,
        around=around,
        bin={key: one for key, one in bin.items() if key in old},
        renewed=renewed,
        missing=missing,
        standing=standing,
        names=await look_up_names(ground, [*pairs, *around]),
    )
    return Gathered(survey, ground.left)
