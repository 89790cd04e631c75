"""Bringing a directory back: plans, every write of them, carrying one out, and taking it back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.entra import restorer
from saasbackup_desktop.app.entra.naming import named_left_out, named_lines
from saasbackup_desktop.app.entra.room import Room
from saasbackup_desktop.app.entra.views import NewPassword, PlanRequest, PlanState, RestoreAccess, WriteLine
from saasbackup_desktop.core.directory.drafting import Wish
from saasbackup_desktop.core.directory.objects import key_of
from saasbackup_desktop.core.directory.plan import LeftOut, OnSurprise, PlanHead, Standing, Write, WriteResult
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import Job, JobQuery, Reinstate
from saasbackup_desktop.engine.directory.passwords import Passwords
from saasbackup_desktop.engine.directory.surveying import make_plan, plan_again
from saasbackup_desktop.engine.directory.undoing import head_of, undo_of


class Reinstating(Room):
    """The part of the door for restores. Every method may raise Fault."""

    @noted("directory-plan-made", item="result.id", stream="request.stream", reason="request.note")
    async def plan(self, request: PlanRequest) -> PlanHead:
        """Look at the directory as it is now, and plan what brings back what was picked. Nothing is written.

        Raises Misconfigured for accounts that are to be guarded and are not there now: they would not be.
        """
        await self._require_people(request)
        wish = Wish(
            ticks=request.ticks,
            mode=request.mode,
            break_glass=frozenset(request.break_glass),
            myself=request.myself,
            accepts=frozenset(request.accepts),
            own=self._own(request.stream),
        )
        return await make_plan(self._workspace.bench, request.stream, request.snapshot, wish, request.note)

    @noted("directory-plan-made", item="result.id", stream="result.stream", reason="result.note")
    async def plan_again(self, plan: str, accepts: Sequence[str] = ()) -> PlanHead:
        """Plan anew what a plan was made of: what is left of it now, or with more grave risks taken by name.

        Nothing is written. Raises Misconfigured if what was ticked was not kept, and for an undo that was begun.
        """
        head = await head_of(self._plans, plan)
        return await plan_again(self._workspace.bench, plan, self._own(head.stream), accepts)

    async def plans(self, stream: StreamId | None = None) -> Sequence[PlanState]:
        """Every plan and how far it was carried out, newest first; None: of all directories.

        Those that found nothing to write and nothing to leave out are not told of here.
        """
        jobs, heads = await self._jobs_of_plans(), await self._plans.all(stream)
        known = {head.id: head for head in heads}
        some = [head for head in heads if head.counts or head.left_out or head.id in jobs]
        return [await self._state(head, jobs.get(head.id), known.get(head.undoes)) for head in some]

    async def plan_state(self, id: str) -> PlanState:
        """One plan, and how far it was carried out. Raises Misconfigured if there is none of that id."""
        head = await head_of(self._plans, id)
        undone = await self._plans.head(head.undoes) if head.undoes else None
        return await self._state(head, (await self._jobs_of_plans()).get(id), undone)

    async def writes(self, id: str, offset: int = 0, limit: int = 200, standing: str = "") -> Sequence[WriteLine]:
        """A plan's writes in their order, and what came of each; with ``standing``: only those that stand so."""
        head, bench = await head_of(self._plans, id), self._workspace.bench
        if not standing:
            some = await self._plans.writes(id, offset, limit)
            results = await self._plans.results_of(id, [one.number for one in some])
            return await named_lines(bench, head, _lines(some, results))
        results = await self._plans.results(id)
        wanted = Standing(standing)
        every = await self._plans.writes(id)
        some = [one for one in every if _standing(results.get(one.number)) is wanted]
        return await named_lines(bench, head, _lines(some[offset : offset + limit], results))

    async def left_out(self, id: str, offset: int = 0, limit: int = 200) -> Sequence[LeftOut]:
        """What a plan will not write, though it was picked, and why."""
        some = await self._plans.left_out(id, offset, limit)
        return await named_left_out(self._workspace.bench, await head_of(self._plans, id), some)

    @noted("directory-restore-asked", item="plan", surprise="on_surprise")
    async def restore(self, plan: str, on_surprise: OnSurprise = OnSurprise.STOP) -> JobId:
        """Carry a plan out; one that was cut goes on.

        Raises Misconfigured if nothing may write there, if all of it was written before or taken back, and for an undo
        of what is not over.
        """
        head = await head_of(self._plans, plan)
        await self._require_open(head)
        tenant = self._tenant_of(head.stream)
        entry = self._store.entry(tenant)
        held = entry.restorer
        if held is None or not held.client:
            raise restorer.none_there(tenant)
        if held.access == RestoreAccess.ONCE and held.plan != plan:
            self._store.put(replace(entry, restorer=replace(held, plan=plan)))
        return await self._submit(Reinstate(stream=head.stream, plan=plan, on_surprise=on_surprise))

    @noted("directory-undo-planned", item="plan", plan="result.id")
    async def undo(self, plan: str, on_surprise: OnSurprise = OnSurprise.STOP) -> PlanHead:
        """The plan that takes another one's writes back: ``restore`` carries it out. Raises Misconfigured."""
        await self._require_over(plan)
        return await undo_of(self._workspace.bench, plan)

    @noted("directory-passwords-shown", item="plan", count="#result")
    async def passwords(self, plan: str) -> Sequence[NewPassword]:
        """Passwords that were made up: they are kept until ``forget_passwords`` says that somebody has them."""
        made = await Passwords(self._workspace.bench, plan).given()
        return [NewPassword(id=one.id, name=one.name, password=one.password) for one in made]

    async def forget_passwords(self, plan: str, ids: Sequence[str]) -> None:
        """Somebody has the passwords of these users (``NewPassword.id``): they are not kept here any more."""
        await Passwords(self._workspace.bench, plan).forget(frozenset(ids))

    # --- within ----------------------------------------------------------------------------------------------

    async def _require_people(self, request: PlanRequest) -> None:
        wanted = [*request.break_glass, *([request.myself] if request.myself else [])]
        if not wanted:
            return
        directory = self._workspace.bench.directories.directory(request.stream)
        try:
            there = await directory.some([key_of("users", id) for id in wanted])
        finally:
            await directory.close()
        for id in wanted:
            if key_of("users", id) not in there:
                raise Misconfigured("nobody of that id is there", what="unknown-person", name=id)

    async def _require_open(self, head: PlanHead) -> None:
        if head.undone_by and await self._plans.results(head.undone_by):
            raise Misconfigured("it was taken back", what="plan-undone", name=head.id)
        if head.undoes:
            await self._require_over(head.undoes)
        known = await self._plans.standings(head.id)
        if known.verified and known.verified == sum(head.counts.values()):
            raise Misconfigured("all of it was written before", what="plan-done", name=head.id)

    async def _require_over(self, plan: str) -> None:
        """What is still to be written would be missing from what takes a plan back."""
        job = (await self._jobs_of_plans()).get(plan)
        if job is not None and not job.state.is_over:
            raise Misconfigured("it is not over", what="plan-under-way", name=plan, job=job.id)

    def _own(self, stream: StreamId) -> frozenset[str]:
        """The applications by which this program comes in: no plan takes them away."""
        entry = self._store.entry(self._tenant_of(stream))
        held = entry.restorer
        clients = (entry.settings.client, entry.credentials.client, held.client if held is not None else "")
        return frozenset(one for one in clients if one)

    async def _state(self, head: PlanHead, job: Job | None, undone: PlanHead | None) -> PlanState:
        known = await self._plans.standings(head.id)
        standings = Counter({one.value: count for one, count in known.by_standing.items()})
        left = sum(head.counts.values()) - sum(standings.values())
        if left > 0:
            standings[Standing.PLANNED.value] += left
        return PlanState(
            head=head,
            job=job.id if job is not None else None,
            job_state=job.state if job is not None else None,
            job_code=job.code if job is not None else "",
            job_facts=job.facts if job is not None else {},
            undone=undone,
            standings=dict(standings),
            verified=known.verified,
            not_verified=known.not_verified,
            has_passwords=await Passwords(self._workspace.bench, head.id).waiting() > 0,
        )

    async def _jobs_of_plans(self) -> dict[str, Job]:
        """The newest job of each plan."""
        asked = JobQuery(kinds=frozenset({"reinstate"}), limit=10_000)
        found: dict[str, Job] = {}
        for job in (await self._workspace.engine.job_page(asked)).jobs:
            if isinstance(job.spec, Reinstate):
                found.setdefault(job.spec.plan, job)
        return found


def _lines(some: Sequence[Write], results: dict[int, WriteResult]) -> list[WriteLine]:
    return [WriteLine(write=one, result=results.get(one.number)) for one in some]


def _standing(result: WriteResult | None) -> Standing:
    return result.standing if result is not None else Standing.PLANNED
