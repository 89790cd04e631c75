"""Plans carried out against a pretend tenant: killed at every write, surprised, refused, read back, and taken back."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from saasbackup_desktop.app.entra.naming import named_left_out, named_lines
from saasbackup_desktop.app.entra.views import WriteLine
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.entra.plans import write_words
from saasbackup_desktop.core.directory.drafting import Wish
from saasbackup_desktop.core.directory.objects import Link, key_of, node_of
from saasbackup_desktop.core.directory.plan import Action, LeftOut, OnSurprise, Standing, Write
from saasbackup_desktop.core.directory.ticks import Ticks, link_key
from saasbackup_desktop.core.errors import Halted, Misconfigured
from saasbackup_desktop.core.ids import JobId, SnapshotId
from saasbackup_desktop.core.jobs import Job, Reinstate, State
from saasbackup_desktop.engine.directory import reinstating
from saasbackup_desktop.engine.directory.passwords import Passwords
from saasbackup_desktop.engine.directory.surveying import plan_again
from saasbackup_desktop.engine.directory.undoing import undo_of
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.providers.microsoft.entra.planning.codes import GRAVE
from tests.graph import virtual
from tests.graph.directory_attacks import unlike
from tests.graph.directory_house import House, furnish

T = TypeVar("T")
_READS = ("/$batch", "/getByIds")
"""What is posted and changes nothing; nothing is written in batches here."""
WATCHED = {
    "test_neither_a_second_run_nor_a_new_plan_writes_anything",
    "test_undo_takes_back_what_was_written_and_no_more",
}
"""Tests whose exchanges are held to Microsoft's word; the others ask for nothing else."""


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Between(httpx.AsyncBaseTransport):
    """Between client and service: ends the process at a write, or takes writes and forgets them."""

    inner: httpx.AsyncBaseTransport
    deaths: "Deaths"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" or request.url.path.endswith(_READS):
            return await self.inner.handle_async_request(request)
        deaths = self.deaths
        if deaths.hangs is not None:
            await self.inner.handle_async_request(request)
            deaths.hangs.set()
            await asyncio.sleep(3600)
        if request.url.path.endswith(deaths.fails or "?"):
            return httpx.Response(500, json={"error": {"code": "InternalServerError"}}, request=request)
        if deaths.denies:
            said = {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}
            return httpx.Response(403, json={"error": said}, request=request)
        if deaths.forgets:
            return httpx.Response(204, request=request)
        if deaths.breaks:
            deaths.breaks -= 1
            if deaths.breaks_after:
                await self.inner.handle_async_request(request)
            raise httpx.ReadError("broken off", request=request)
        if not deaths.is_deadly:
            return await self.inner.handle_async_request(request)
        if deaths.was_spared:
            deaths.was_spared = False
            await self.inner.handle_async_request(request)
        else:
            deaths.was_spared = True
        raise Killed


@dataclass
class Deaths:
    """What goes wrong."""

    is_deadly: bool = False
    was_spared: bool = False
    """The last process died before it had sent its write: the next one dies after."""
    denies: bool = False
    forgets: bool = False
    hangs: asyncio.Event | None = None
    """Answers never, and says when it was asked first; what was asked is done."""
    fails: str = ""
    """The service breaks on every write to an address that ends so."""
    breaks: int = 0
    breaks_after: bool = False
    """What breaks off was carried out."""


@dataclass
class Scene:
    """A house that was backed up."""

    house: House
    snapshot: SnapshotId
    deaths: Deaths
    saved: dict[str, Any] = field(default_factory=dict)

    def one(self, kind: str, name: str) -> dict[str, Any]:
        """The truth about an object, by its name."""
        return next(one for one in self.house.truth.objects(kind).values() if one["displayName"] == name)

    async def assert_back(self, ids: dict[str, str] | None = None) -> None:
        """All that can be written is as it was."""
        assert list(unlike(self.saved, await self.house.live(), ids or {})) == []


@pytest.fixture
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    house = House(tmp_path, is_watched=request.node.name in WATCHED)
    furnish(house.truth)
    deaths = Deaths()
    snapshot = run(house.back_up())
    house.stage.around = lambda inner: Between(inner, deaths)
    made = Scene(house, snapshot, deaths, house.saved())
    yield made
    assert house.stage.referee.problems == []
    house.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    return virtual.run(work)[0]


def havoc(scene: Scene) -> None:
    """Something of everything: gone for good, gone to the bin, changed, untied, and come from nowhere."""
    truth = scene.house.truth
    ada, alan = scene.one("users", "Ada Lovelace")["id"], scene.one("users", "Alan Turing")["id"]
    truth.remove("users", ada, for_good=True)
    truth.remove("users", alan)
    truth.remove("groups", scene.one("groups", "Finance")["id"])
    truth.remove("applications", scene.one("applications", "Wiki")["id"], for_good=True)
    truth.remove("conditionalAccessPolicies", scene.one("conditionalAccessPolicies", "Not from abroad")["id"])
    truth.change("users", scene.one("users", "Grace Hopper")["id"], department="Nowhere", accountEnabled=False)
    staff = scene.one("groups", "Staff")["id"]
    for target in list(truth.linked("groups", staff, "members")):
        truth.unlink("groups", staff, "members", target)
    truth.add("users", displayName="Eve", userPrincipalName=f"eve@{truth.tenant.domain}", mailNickname="eve")


def mishap(scene: Scene) -> None:
    """Little of it."""
    truth = scene.house.truth
    truth.remove("users", scene.one("users", "Ada Lovelace")["id"], for_good=True)
    truth.change("users", scene.one("users", "Grace Hopper")["id"], department="Nowhere")


def done(scene: Scene) -> list[tuple[str, str, str]]:
    """What the service was asked to change and did."""
    return [
        (one.method, one.path, json.dumps(one.body, sort_keys=True))
        for one in scene.house.stage.app.writes
        if one.status < 300
    ]


def test_killed_at_every_write_it_neither_doubles_nor_loses(scene: Scene) -> None:
    havoc(scene)
    house = scene.house

    async def work() -> None:
        plan = await house.plan(scene.snapshot)
        writes = await house.writes(plan.id)
        scene.deaths.is_deadly = True
        died = 0
        while True:
            try:
                await house.restore(plan.id, OnSurprise.STOP)
            except Killed:
                died += 1
                assert died <= 2 * len(writes)
            else:
                break
        results = await house.results(plan.id)
        sent = [one for one in results.values() if one.standing is Standing.DONE]
        assert {one.standing for one in results.values()} == {Standing.DONE, Standing.WAS_SO}
        assert len(results) == len(writes)
        assert died == 2 * len(sent)  # once before each was sent, once after it was done
        assert len(done(scene)) == len(sent) >= 20
        assert all(one.is_verified for one in results.values())
        await scene.assert_back(await house.new_ids(plan.id))

    run(work())


@pytest.mark.parametrize("after", [False, True])
def test_what_breaks_off_is_looked_at_before_it_is_sent_again(scene: Scene, after: bool) -> None:
    mishap(scene)
    house = scene.house

    async def work() -> None:
        plan = await house.plan(scene.snapshot)
        scene.deaths.breaks, scene.deaths.breaks_after = 3, after
        assert await house.restore(plan.id, OnSurprise.STOP) == []
        results = (await house.results(plan.id)).values()
        assert len(done(scene)) == len([one for one in results if one.standing is Standing.DONE])
        await scene.assert_back(await house.new_ids(plan.id))

    run(work())


def test_neither_a_second_run_nor_a_new_plan_writes_anything(scene: Scene) -> None:
    havoc(scene)

    async def work() -> None:
        plan = await scene.house.plan(scene.snapshot)
        assert await scene.house.restore(plan.id) == []
        before = len(scene.house.stage.app.writes)
        assert await scene.house.restore(plan.id) == []
        assert len(scene.house.stage.app.writes) == before
        meter, writes = scene.house.meter, await scene.house.writes(plan.id)
        assert meter.items_done == meter.items_total == meter.verified == len(writes)
        assert meter.failed == 0
        again = await scene.house.plan(scene.snapshot)
        assert await scene.house.writes(again.id) == []

    run(work())


def test_a_surprise_stops_it_or_not_as_was_chosen(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    ada, grace = scene.one("users", "Ada Lovelace")["id"], scene.one("users", "Grace Hopper")["id"]
    for one in (ada, grace):
        truth.change("users", one, department="Nowhere")

    async def work() -> None:
        plan = await house.plan(scene.snapshot)
        first, second = await house.writes(plan.id)
        truth.change("users", first.id, department="Somewhere else")
        with pytest.raises(Halted) as told:
            await house.restore(plan.id, OnSurprise.STOP)
        assert told.value.facts["left"] == 1
        assert done(scene) == []
        results = await house.results(plan.id)
        assert results[first.number].standing is Standing.SURPRISED
        assert results[first.number].old == {"department": "Somewhere else"}
        assert second.number not in results
        # Told to go on, it does the rest.
        [failure] = await house.restore(plan.id, OnSurprise.GO_ON)
        assert (failure.code, failure.item, failure.detail) == ("surprised", key_of("users", first.id), "department")
        assert [(method, path) for method, path, _ in done(scene)] == [("PATCH", f"/users/{second.id}")]
        # Once it is as the plan found it, the same plan goes through.
        truth.change("users", first.id, department="Nowhere")
        assert await house.restore(plan.id, OnSurprise.STOP) == []
        await scene.assert_back()

    run(work())


def test_what_is_so_already_is_not_written(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    ada = scene.one("users", "Ada Lovelace")
    before = ada["department"]
    truth.change("users", ada["id"], department="Nowhere")

    async def work() -> None:
        plan = await house.plan(scene.snapshot)
        truth.change("users", ada["id"], department=before)
        assert await house.restore(plan.id, OnSurprise.STOP) == []
        assert done(scene) == []
        assert {one.standing for one in (await house.results(plan.id)).values()} == {Standing.WAS_SO}
        assert house.meter.skipped == 1

    run(work())


def test_a_refusal_takes_with_it_only_what_needs_it(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    ada, grace = scene.one("users", "Ada Lovelace"), scene.one("users", "Grace Hopper")
    truth.remove("users", ada["id"], for_good=True)
    truth.change("users", grace["id"], city="Nowhere")

    async def work() -> None:
        plan = await house.plan(scene.snapshot)
        name = ada["userPrincipalName"]  # somebody takes it before the plan is carried out
        truth.add("users", displayName="Somebody", userPrincipalName=name, mailNickname="somebody")
        failures = await house.restore(plan.id, OnSurprise.GO_ON)
        writes = {one.number: one for one in await house.writes(plan.id)}
        results = await house.results(plan.id)
        [made] = [one for one in writes.values() if one.action is Action.CREATE and one.id == ada["id"]]
        assert results[made.number].standing is Standing.REFUSED
        assert await Passwords(house.home.bench, plan.id).given() == []
        needing = {one.number for one in writes.values() if made.number in one.needs}
        assert needing
        assert {results[one].standing for one in needing} == {Standing.NOT_REACHED}
        others = set(writes) - needing - {made.number}
        assert {results[one].standing for one in others} == {Standing.DONE}
        assert len(failures) == len(needing) + 1 == house.meter.failed
        assert truth.objects("users")[grace["id"]]["city"] == "Fernwick"

    run(work())


def test_what_did_not_stay_is_told(scene: Scene) -> None:
    grace = scene.one("users", "Grace Hopper")["id"]
    scene.house.truth.change("users", grace, city="Nowhere")

    async def work() -> None:
        plan = await scene.house.plan(scene.snapshot)
        scene.deaths.forgets = True
        [failure] = await scene.house.restore(plan.id, OnSurprise.STOP)
        assert (failure.code, failure.detail) == ("not-verified", "city")
        [result] = (await scene.house.results(plan.id)).values()
        assert (result.standing, result.is_verified) == (Standing.DONE, False)

    run(work())


def test_undo_takes_back_what_was_written_and_no_more(scene: Scene) -> None:
    havoc(scene)
    house = scene.house

    async def work() -> None:
        attacked = await house.live()
        plan = await house.plan(scene.snapshot)
        await house.restore(plan.id)
        careful = await undo_of(house.home.bench, plan.id)
        assert ("grave-risk" in careful.left_out, careful.is_repeatable) == (True, True)  # Ada alone administers now
        undo = await plan_again(house.home.bench, careful.id, accepts=GRAVE)
        assert (undo.undoes, set(undo.accepts)) == (plan.id, GRAVE)
        assert (await house.plans.head(plan.id)).undone_by == undo.id
        assert await house.restore(undo.id, OnSurprise.GO_ON) == []
        ids = {**await house.new_ids(plan.id), **await house.new_ids(undo.id)}
        left = {one.key for one in await house.plans.left_out(undo.id)}
        assert [one for one in unlike(attacked, await house.live(), ids) if one[0] not in left] == []

    run(work())


def test_an_undo_spares_whom_the_restore_spared(scene: Scene) -> None:
    house = scene.house
    grace = scene.one("users", "Grace Hopper")["id"]
    house.truth.change("users", grace, accountEnabled=False)

    async def work() -> None:
        plan = await house.plan(scene.snapshot, break_glass=frozenset({grace}))
        assert await house.restore(plan.id) == []
        undo = await undo_of(house.home.bench, plan.id)
        assert (await house.writes(undo.id), undo.left_out) == ([], {"break-glass": 1})
        kept = await house.plans.wish(undo.id)
        assert kept is not None
        assert kept.break_glass == {grace}

    run(work())


def test_the_undo_plan_is_there_before_the_first_write(scene: Scene) -> None:
    mishap(scene)
    scene.deaths.is_deadly = True

    async def work() -> None:
        plan = await scene.house.plan(scene.snapshot)
        with pytest.raises(Killed):
            await scene.house.restore(plan.id)
        assert done(scene) == []
        head = await scene.house.plans.head(plan.id)
        undo = await scene.house.plans.head(head.undone_by)
        assert undo.undoes == plan.id
        assert await scene.house.writes(undo.id)
        with pytest.raises(Misconfigured) as refused:  # nobody has looked what it would do by then
            await scene.house.restore(undo.id)
        assert refused.value.facts["what"] == "undo-not-weighed"

    run(work())


def test_there_is_nothing_to_undo_where_nothing_was_written(scene: Scene) -> None:
    mishap(scene)

    async def work() -> None:
        plan = await scene.house.plan(scene.snapshot)
        with pytest.raises(Misconfigured):
            await undo_of(scene.house.home.bench, plan.id)

    run(work())


def test_passwords_are_made_up_and_told_once(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    ada = scene.one("users", "Ada Lovelace")["id"]
    truth.remove("users", ada, for_good=True)

    async def work() -> None:
        plan = await house.plan(scene.snapshot, Ticks(wanted=frozenset({key_of("users", ada)})))
        assert await house.restore(plan.id) == []
        new_id = (await house.new_ids(plan.id))[ada]
        [sent] = [one.body for one in house.stage.app.writes if one.path == "/users"]
        passwords = Passwords(house.home.bench, plan.id)
        [told] = await passwords.given()
        assert (told.id, told.password) == (new_id, sent["passwordProfile"]["password"])
        assert sent["passwordProfile"]["forceChangePasswordNextSignIn"]
        await passwords.forget({told.id})
        assert await passwords.given() == []
        again = await house.plan(scene.snapshot, Ticks(wanted=frozenset({key_of("users", ada)})))
        assert await house.writes(again.id) == []  # she is there, under another id
        kept = json.dumps([str(one) for one in await house.writes(plan.id)])
        assert told.password not in kept

    run(work())


async def test_as_a_job(scene: Scene) -> None:
    grace = scene.one("users", "Grace Hopper")["id"]
    scene.house.truth.change("users", grace, city="Nowhere")
    plan = await scene.house.plan(scene.snapshot)
    engine = LocalEngine(scene.house.home.bench)
    spec = Reinstate(stream=scene.house.stream, plan=plan.id, on_surprise=OnSurprise.STOP)
    id = await engine.submit(spec)
    job = await _over(engine, id)
    assert job.state is State.DONE, (job.code, job.detail)
    assert (job.tally.items_done, job.tally.changed, job.tally.verified) == (1, 1, 1)
    assert "plan-carried-out" in [line.code for line in scene.house.home.catalog.log(id)]
    await engine.close()


async def test_a_job_that_is_stopped_and_taken_up_again(scene: Scene) -> None:
    for name in ("Grace Hopper", "Ada Lovelace"):
        scene.house.truth.change("users", scene.one("users", name)["id"], city="Nowhere")
    plan = await scene.house.plan(scene.snapshot)
    engine = LocalEngine(scene.house.home.bench)
    scene.deaths.hangs = asyncio.Event()
    id = await engine.submit(Reinstate(stream=scene.house.stream, plan=plan.id, on_surprise=OnSurprise.STOP))
    await scene.deaths.hangs.wait()
    await engine.stop(id)
    assert (await _over(engine, id)).state is State.STOPPED
    scene.deaths.hangs = None
    await engine.resume(id)
    assert (await _over(engine, id)).state is State.DONE
    assert len(done(scene)) == 2
    assert {one.standing for one in (await scene.house.results(plan.id)).values()} == {Standing.DONE}
    await engine.close()


async def _over(engine: LocalEngine, id: JobId) -> Job:
    async with asyncio.timeout(60):
        while not (job := await engine.job(id)).state.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return job


def test_one_write_on_which_the_service_always_breaks_does_not_keep_the_others(scene: Scene) -> None:
    grace, ada = (scene.one("users", name)["id"] for name in ("Grace Hopper", "Ada Lovelace"))
    for one in (grace, ada):
        scene.house.truth.change("users", one, city="Nowhere")
    scene.deaths.fails = ada

    async def work() -> None:
        plan = await scene.house.plan(scene.snapshot)
        [failure] = await scene.house.restore(plan.id, OnSurprise.GO_ON)
        assert (failure.code, failure.item) == ("unreachable", key_of("users", ada))
        assert scene.house.truth.objects("users")[grace]["city"] == "Fernwick"

    run(work())


def test_after_a_new_backup_things_are_picked_by_the_ids_that_they_have_then(scene: Scene) -> None:
    house, truth = scene.house, scene.house.truth
    ada = scene.one("users", "Ada Lovelace")["id"]
    truth.remove("users", ada, for_good=True)

    async def work() -> None:
        first = await house.plan(scene.snapshot)
        await house.restore(first.id)
        again = (await house.new_ids(first.id))[ada]
        snapshot = await house.back_up()
        group = next(id for id in truth.objects("groups") if again in truth.linked("groups", id, "members"))
        truth.unlink("groups", group, "members", again)
        key = link_key("groups", group, Link("members", again))
        [write] = await house.writes((await house.plan(snapshot, Ticks(wanted=frozenset({key})))).id)
        assert (write.action, write.keys, write.target) == (Action.LINK, (key,), again)
        # By the older point in time it is picked as it was called then.
        key = link_key("groups", group, Link("members", ada))
        [write] = await house.writes((await house.plan(scene.snapshot, Ticks(wanted=frozenset({key})))).id)
        assert (write.keys, write.target) == ((key,), again)

    run(work())


def test_what_was_ticked_is_planned_again_for_what_came_back_with_it(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    alan = scene.one("users", "Alan Turing")["id"]
    finance = scene.one("groups", "Finance")["id"]
    reader = next(one["id"] for one in truth.objects("roleDefinitions").values() if "Reader" in one["displayName"])
    truth.add("roleAssignments", principalId=alan, roleDefinitionId=reader, directoryScopeId="/")
    truth.remove("users", alan)  # what it was given just before comes back with it, and no plan can see that

    async def work() -> None:
        ticks = Ticks(frozenset({"users", "roleAssignments"}), frozenset({f"groups/{finance}"}))
        plan = await house.plan(scene.snapshot, ticks, accepts=frozenset({"deletes-for-good"}))
        assert await house.restore(plan.id) == []
        told = await house.plans.head(plan.id)
        assert told is not None
        assert (told.revived, told.is_repeatable, told.accepts) == (1, True, ("deletes-for-good",))
        assert await house.plans.wish(plan.id) == Wish(ticks=ticks, accepts=frozenset({"deletes-for-good"}))
        again = await plan_again(house.home.bench, plan.id)
        assert (again.follows, again.accepts, again.snapshot) == (plan.id, told.accepts, plan.snapshot)
        [left] = await house.writes(again.id)
        assert (left.action, left.kind) == (Action.DELETE, "roleAssignments")
        assert await house.restore(again.id) == []
        await scene.assert_back()
        quiet = await house.plans.head(again.id)
        assert quiet is not None
        assert quiet.revived == 0
        undo = await undo_of(house.home.bench, plan.id)
        same = await plan_again(house.home.bench, undo.id)
        assert (same.undoes, same.counts) == (plan.id, undo.counts)
        with pytest.raises(Misconfigured) as refused:
            await plan_again(house.home.bench, undo.id)
        assert refused.value.facts["what"] == "unknown-plan"  # the other one took its place

    run(work())


def test_a_grave_risk_is_taken_of_a_plan_that_was_made_long_ago(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    truth.add("groups", displayName="Intruders", mailNickname="intruders")

    async def work() -> None:
        plan = await house.plan(scene.snapshot)
        assert await house.writes(plan.id) == []
        assert [one.code for one in await house.plans.left_out(plan.id)] == ["grave-risk"]
        again = await plan_again(house.home.bench, plan.id, accepts=["deletes-for-good"])
        assert [one.action for one in await house.writes(again.id)] == [Action.DELETE]

    run(work())


def test_lines_say_names_where_names_are_known(scene: Scene) -> None:
    house = scene.house
    ada, staff = scene.one("users", "Ada Lovelace")["id"], scene.one("groups", "Staff")["id"]
    bare = Write(
        number=1, action=Action.UNLINK, kind="groups", id=staff, name="", method="DELETE", path="/", target=ada,
        path_of_link="members", old={"approvers": [ada, "nobody"]},
    )  # fmt: skip
    left = LeftOut(
        key=link_key("groups", staff, Link("members", ada)), kind="groups", id=staff, name="", code="dynamic"
    )

    async def work() -> None:
        head, bench = await house.plan(scene.snapshot), house.home.bench
        [line] = await named_lines(bench, head, [WriteLine(write=bare)])
        assert write_words(line.write) == "Take “Ada Lovelace” out of the members of group “Staff”"
        assert line.names == {ada: "Ada Lovelace", staff: "Staff"}
        [told] = await named_left_out(bench, head, [left])
        assert (told.name, told.names[ada]) == ("Staff", "Ada Lovelace")
        # What a restore made after the last backup is called as that restore called it.
        scene.house.truth.remove("users", ada, for_good=True)
        plan = await house.plan(scene.snapshot)
        assert await house.restore(plan.id) == []
        undo = await undo_of(bench, plan.id)
        new = (await house.new_ids(plan.id))[ada]
        [line] = await named_lines(bench, undo, [WriteLine(write=replace(bare, target=new))])
        assert line.write.target_name == "Ada Lovelace"

    run(work())


def test_half_a_character_stops_nothing(scene: Scene) -> None:
    truth, house = scene.house.truth, scene.house
    ada = scene.one("users", "Ada Lovelace")["id"]
    odd = {"displayName": "Ada \ud800 Lovelace", "department": "\udfff"}
    truth.change("users", ada, **odd)

    async def work() -> None:
        snapshot = await house.back_up()
        item = house.home.items(house.stream)[node_of("users", ada)]
        assert item.name == "Ada \ufffd Lovelace"
        assert {name: house.saved()[key_of("users", ada)].properties[name] for name in odd} == odd
        truth.change("users", ada, displayName="Ada", department="Sums")
        plan = await house.plan(snapshot)
        assert [one.new for one in await house.writes(plan.id)] == [odd]
        assert await house.restore(plan.id) == []
        assert {name: truth.objects("users")[ada][name] for name in odd} == odd

    run(work())


def test_what_is_not_allowed_is_told_in_words_for_directories(scene: Scene) -> None:
    ada = scene.one("users", "Ada Lovelace")["id"]
    scene.house.truth.change("users", ada, department="Nowhere")

    async def work() -> None:
        plan = await scene.house.plan(scene.snapshot)
        scene.deaths.denies = True
        [failure] = await scene.house.restore(plan.id)
        assert failure.code == "directory-denied"
        words = words_for(failure.code)
        assert "mailbox" not in f"{words.title} {words.what} {words.remedy}"

    run(work())


def test_a_plan_that_is_not_there(scene: Scene) -> None:
    with pytest.raises(Misconfigured):
        run(scene.house.restore("nothing"))


def test_waits_are_long_enough_for_a_directory() -> None:
    assert sum(reinstating.WAITS) > 20
