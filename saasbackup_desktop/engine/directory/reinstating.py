"""Carry out a plan: look, write, write down what came of it, one after the other; at the end read all back.

Every write is written down as begun before it is sent. Who is killed finds out, when it goes on, what became of the
write that was on its way, and neither makes anything twice nor leaves it out.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from saasbackup_desktop.core.characters import whole
from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of, node_of
from saasbackup_desktop.core.directory.placeholders import needs_password
from saasbackup_desktop.core.directory.plan import Action, OnSurprise, Standing, Write, WriteResult
from saasbackup_desktop.core.directory.ports import WritableDirectory
from saasbackup_desktop.core.errors import (
    Halted,
    Misconfigured,
    NotReached,
    NotVerified,
    Surprised,
    Throttled,
    Unreachable,
)
from saasbackup_desktop.core.jobs import ItemFailure, Reinstate
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.directory.looking import Found, look
from saasbackup_desktop.engine.directory.passwords import Passwords
from saasbackup_desktop.engine.directory.plans import Plans
from saasbackup_desktop.engine.directory.undoing import head_of, keep_undo
from saasbackup_desktop.engine.directory.verifying import differing
from saasbackup_desktop.engine.meter import Meter

AHEAD: Final = 20
"""Writes that are looked at together; each is sent soon after."""
WAITS: Final = (2.0, 5.0, 15.0)
"""Seconds after which something is tried or read again: a directory tells what was written a little later."""
_FAILS: Final = 500
"""The status by which a service says that it broke on a request; it may do so on every attempt."""
_WELL: Final = frozenset({Standing.DONE, Standing.WAS_SO})


async def reinstate(
    bench: Bench, spec: Reinstate, meter: Meter, journal: Journal, waits: Sequence[float] = WAITS
) -> None:
    """Carry out a plan. It may be cut anywhere and run again; not once it was taken back.

    Raises Fault; Halted if it stopped at a surprise.
    """
    plans = Plans(bench.catalog, bench.offload)
    meter.doing = "planning"
    head = await head_of(plans, spec.plan)
    if head.undone_by and await plans.results(head.undone_by):
        raise Misconfigured("it was taken back", what="plan-undone", name=spec.plan)
    writes = await plans.writes(spec.plan)
    results = await plans.results(spec.plan)
    meter.items_total = len(writes)
    if head.undoes and not head.is_weighed and not results:
        raise Misconfigured("nobody has looked what it does to the directory as it is", what="undo-not-weighed")
    if not results:
        await keep_undo(bench, spec.plan, writes)
    directory = bench.directories.directory_to_write(spec.stream)
    meter.follow(directory)
    run = _Run(bench, spec, directory, meter, journal, plans, writes, results, waits)
    try:
        halted = await _write_all(run)
        await _verify(run)
    finally:
        meter.follow(None)
        await directory.close()
        if revived := _revived(run):  # also of a restore that breaks off: whoever looks at its plan is told
            await plans.set_revived(spec.plan, revived)
    await keep_undo(bench, spec.plan, writes, list(run.results.values()))
    if halted is not None:
        raise halted


@dataclass(slots=True)
class _Run:
    bench: Bench
    spec: Reinstate
    directory: WritableDirectory
    meter: Meter
    journal: Journal
    plans: Plans
    writes: Sequence[Write]
    results: dict[int, WriteResult]
    waits: Sequence[float]
    ids: dict[str, str] = field(default_factory=dict)
    """Of what was made anew: old id -> new id."""
    bin: Mapping[str, DirectoryObject] | None = None
    """What the recycle bin gives back, as it was when this was begun; None: nobody has looked yet."""

    def __post_init__(self) -> None:
        for write in self.writes:
            self.learn(write, self.result(write))

    def result(self, write: Write) -> WriteResult:
        """How a write stands."""
        return self.results.get(write.number) or WriteResult(number=write.number, standing=Standing.PLANNED)

    def learn(self, write: Write, result: WriteResult) -> None:
        """Remember what a new object is called."""
        if write.action is Action.CREATE and result.new_id:
            self.ids |= {**result.also, write.id: result.new_id}

    def key(self, write: Write) -> str:
        """Where the object of a write is now."""
        return key_of(write.kind, self.ids.get(write.id, write.id))

    async def keep(self, write: Write, result: WriteResult) -> None:
        """Write down how a write stands."""
        self.results[write.number] = result
        self.learn(write, result)
        await self.plans.put_results(self.spec.plan, [result])


# --- writing -------------------------------------------------------------------------------------------------------


async def _write_all(run: _Run) -> Halted | None:
    """Carry out what is not done yet, in order; say so if it stopped."""
    run.meter.doing = "writing"
    left = []
    for write in run.writes:
        if run.result(write).standing in _WELL:
            _count(run, write, run.result(write))
        else:
            left.append(write)
    for some in _stretches(left):
        there = await _there(run, some)
        for write in some:
            run.meter.where = write.kind
            result = await _settled(run, write, there.get(run.key(write)))
            _count(run, write, result)
            if result.standing in _WELL:
                continue
            await _tell(run, write, result)
            if run.spec.on_surprise is OnSurprise.STOP:
                waiting = sum(run.result(one).standing is Standing.PLANNED for one in run.writes)
                return Halted("a surprise", name=write.name or write.id, why=result.code, left=waiting)
    return None


def _stretches(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """Writes that can be looked at together: what none of them does changes what is said of another."""
    some: list[Write] = []
    numbers: set[int] = set()
    touched: set[tuple[str, str]] = set()
    for write in writes:
        thing = (write.kind, write.id)
        is_about_links = write.action in (Action.LINK, Action.UNLINK)
        if some and (
            len(some) == AHEAD
            or some[-1].action is Action.DELETE
            or not numbers.isdisjoint(write.needs)
            or thing in touched
        ):
            yield some
            some, numbers, touched = [], set(), set()
        some.append(write)
        numbers.add(write.number)
        if not is_about_links:
            touched.add(thing)
    if some:
        yield some


async def _there(run: _Run, some: Sequence[Write]) -> Mapping[str, DirectoryObject]:
    if run.bin is None and any(one.action is Action.REVIVE for one in some):
        run.bin = await run.directory.deleted()
    return await run.directory.some(sorted({run.key(one) for one in some}))


async def _settled(run: _Run, write: Write, there: DirectoryObject | None) -> WriteResult:
    """Bring one write to its end, and write down how it ended."""
    before = run.result(write)
    lacking = next((number for number in write.needs if not _is_well(run, number)), None)
    if lacking is not None:
        result = WriteResult(
            number=write.number, standing=Standing.NOT_REACHED, code=NotReached.code, detail=str(lacking)
        )
    elif before.standing is Standing.BEGUN and (became := await _what_became(run, write, before, there)) is not None:
        result = became
    else:
        result = await _attempted(run, write, there)
    await run.keep(write, result)
    return result


def _is_well(run: _Run, number: int) -> bool:
    result = run.results.get(number)
    return result is not None and result.standing in _WELL


async def _attempted(run: _Run, write: Write, there: DirectoryObject | None) -> WriteResult:
    """Look, and send it if it is as the plan found it."""
    is_in_bin = run.bin is not None and key_of(write.kind, write.id) in run.bin
    found, seen = look(write, there, run.ids, is_in_bin=is_in_bin)
    if found is Found.AS_WANTED:
        return WriteResult(number=write.number, standing=Standing.WAS_SO)
    if found is Found.OTHERWISE:
        return _surprise(write, seen)
    passwords = Passwords(run.bench, run.spec.plan)
    password = await passwords.of(write) if needs_password(write) else ""
    begun = WriteResult(number=write.number, standing=Standing.BEGUN, begun=run.bench.clock.now())
    await run.keep(write, begun)
    result = await _sent(run, write, begun, password)
    if password and result.standing not in _WELL:
        await passwords.drop(write)
    return result


async def _sent(run: _Run, write: Write, begun: WriteResult, password: str) -> WriteResult:
    """Send it; if it breaks off, look what became of it before it is sent again. Raises Fault."""
    for wait in (*run.waits, None):
        try:
            result = await run.directory.write(write, run.ids, password)
        except Throttled:
            raise
        except Unreachable as fault:
            if wait is None:
                if fault.facts.get("status") == _FAILS:  # again and again, on this one alone
                    return replace(begun, standing=Standing.REFUSED, code=fault.code, detail=fault.detail)
                raise
            await asyncio.sleep(wait)
            there = (await _there(run, [write])).get(run.key(write))
            became = await _what_became(run, write, begun, there)
            if became is not None:
                return became
        else:
            return replace(result, begun=begun.begun)
    raise AssertionError("the last attempt returns or raises")


async def _what_became(
    run: _Run, write: Write, begun: WriteResult, there: DirectoryObject | None
) -> WriteResult | None:
    """Find out what became of a write that broke off; None: nothing, it is to be sent."""
    if write.action is Action.CREATE:
        made = await run.directory.find_made(write, run.ids, begun.begun)
        return None if made is None else replace(made, begun=begun.begun)
    is_in_bin = run.bin is not None and key_of(write.kind, write.id) in run.bin
    found, seen = look(write, there, run.ids, is_in_bin=is_in_bin)
    if found is Found.AS_WANTED:
        return replace(begun, standing=Standing.DONE)
    return _surprise(write, seen) if found is Found.OTHERWISE else None


def _surprise(write: Write, seen: Mapping[str, Json]) -> WriteResult:
    return WriteResult(
        number=write.number,
        standing=Standing.SURPRISED,
        old=dict(seen),
        code=Surprised.code,
        detail=", ".join(sorted(seen)),
    )


def _count(run: _Run, write: Write, result: WriteResult) -> None:
    meter = run.meter
    meter.items_done += 1
    if result.standing is Standing.WAS_SO:
        meter.skipped += 1
    elif result.standing is not Standing.DONE:
        meter.failed += 1
    elif write.action in (Action.CREATE, Action.REVIVE):
        meter.added += 1
    elif write.action is Action.DELETE:
        meter.removed += 1
    else:
        meter.changed += 1


async def _tell(run: _Run, write: Write, result: WriteResult) -> None:
    failure = ItemFailure(
        path=write.kind,
        name=whole(_said(write)),
        code=result.code,
        detail=result.detail,
        item=node_of(write.kind, write.id),
    )
    await run.journal.failed(failure)


def _said(write: Write) -> str:
    if not write.path_of_link:
        return write.name
    return f"{write.name}: {write.path_of_link} {write.target_name or write.target}".rstrip()


# --- reading back --------------------------------------------------------------------------------------------------


async def _verify(run: _Run) -> None:
    """Read back all that was written, also by earlier runs: somebody may have changed it since."""
    run.meter.doing = "verifying"
    done = open_ = [one for one in run.writes if run.result(one).standing in _WELL]
    unlike: Mapping[int, str] = {}
    for wait in (*run.waits, None):
        unlike = await _unlike(run, done, open_)
        well = [one for one in open_ if one.number not in unlike]
        await _keep_verified(run, well, is_verified=True)
        run.meter.verified += len(well)
        open_ = [one for one in open_ if one.number in unlike]
        if not open_ or wait is None:
            break
        await asyncio.sleep(wait)
    await _keep_verified(run, open_, is_verified=False)
    for write in open_:
        run.meter.failed += 1
        await _tell(run, write, replace(run.result(write), code=NotVerified.code, detail=unlike[write.number]))
    counts = Counter(run.result(one).standing.value.replace("-", "_") for one in run.writes)
    await run.journal.note("info", "plan-carried-out", **dict(sorted(counts.items())))
    if revived := _revived(run):
        await run.journal.note("warning", "revived-compare-again", count=revived)


def _revived(run: _Run) -> int:
    """What was revived: the service brings back what it had when it was deleted, and tells nobody before."""
    return sum(one.action is Action.REVIVE and run.result(one).standing is Standing.DONE for one in run.writes)


async def _unlike(run: _Run, done: Sequence[Write], some: Sequence[Write]) -> Mapping[int, str]:
    """Those of some writes whose outcome is not there, by number, with what differs."""
    keys = sorted({run.key(one) for one in some})
    there: dict[str, DirectoryObject] = {}
    for start in range(0, len(keys), AHEAD):
        there |= await run.directory.some(keys[start : start + AHEAD])
    return differing(done, some, {one.number: there.get(run.key(one)) for one in some}, run.ids)


async def _keep_verified(run: _Run, some: Sequence[Write], *, is_verified: bool) -> None:
    results = [replace(run.result(one), is_verified=is_verified) for one in some]
    run.results |= {one.number: one for one in results}
    if results:
        await run.plans.put_results(run.spec.plan, results)
