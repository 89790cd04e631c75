"""The same scenes at a desk of one's own and at an agent's: the same outcomes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from saasbackup_desktop.agent.remote import connection_of
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tenants.views import Step, TenantSettings
from saasbackup_desktop.app.views import Order, Query, RestoreRequest
from saasbackup_desktop.core.errors import Fault, Misconfigured, WrongPassphrase
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.core.jobs import CatalogChanged, JobChanged, JobQuery, State
from saasbackup_desktop.core.retention import Keep
from tests.agent.conftest import LETTERS, Agency, over
from tests.flow.stage import OFFICE, PASSPHRASE


@pytest.fixture(params=["own", "agents"])
async def desk(request: pytest.FixtureRequest, agency: Agency) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        if request.param == "own":
            made = Desk(agency.home)
            stack.push_async_callback(made.close)
        else:
            await stack.enter_async_context(agency.hosted())
            made = await agency.client(unlocked=False)
        assert (connection_of(made) is not None) == (request.param == "agents")
        yield made


async def test_a_day_at_the_desk(desk: Desk, agency: Agency, tmp_path: Path) -> None:
    assert desk.home == agency.home
    assert desk.vault_location == str(tmp_path / "vault")
    assert (desk.bucket_settings, desk.is_recovery_confirmed, desk.is_open) == (None, True, False)
    with pytest.raises(WrongPassphrase) as locked:
        await desk.cards()
    assert locked.value.facts == {"reason": "locked"}
    with pytest.raises(WrongPassphrase):
        await desk.unlock("something else")
    await desk.unlock(PASSPHRASE)
    assert desk.is_open

    told: list[str] = []
    events = desk.events()
    first = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.05)
    job = await over(desk, await desk.backup(agency.stream))
    assert (job.state, job.tally.added) == (State.DONE, LETTERS)
    assert isinstance(await first, JobChanged)
    async for event in events:
        told.append(type(event).__name__)
        if isinstance(event, CatalogChanged):
            break
    await events.aclose()

    [snapshot] = await desk.snapshots(agency.stream)
    [folder] = await desk.folders(agency.stream, snapshot.id)
    numbers = await desk.row_ids(agency.stream, snapshot.id, folder.folder.id, Order.NAME, False)
    rows = await desk.rows([*numbers])
    assert len(numbers) == len(rows) == LETTERS
    whole = await desk.read(rows[0].item)
    assert b"".join([piece async for piece in desk.read_pieces(rows[0].item)]) == whole
    assert (await desk.preview(rows[0].item)).html
    assert (await desk.search(Query(words="Letter"))).rows
    page = await desk.job_page(JobQuery())
    assert (page.counts[State.DONE], page.jobs[0].spec) == (1, job.spec)

    request = RestoreRequest(stream=agency.stream, snapshot=snapshot.id, connection=OFFICE, conflict="skip")
    assert (await desk.plan_restore(request)).skip == LETTERS
    await desk.set_retention(Keep(last=3), agency.stream)
    assert (await desk.retention(agency.stream)).keep == Keep(last=3)
    assert [task.task.connections for task in await desk.tasks.all()] == [(OFFICE,)]
    await desk.lock()
    assert not desk.is_open
    with pytest.raises(WrongPassphrase):
        await desk.jobs()


async def test_what_goes_wrong_is_the_same(desk: Desk) -> None:
    await desk.unlock(PASSPHRASE)
    with pytest.raises(KeyError):
        await desk.job(JobId("0" * 12))
    with pytest.raises(Misconfigured) as unknown:
        await desk.probe(ConnectionName("nobody"))
    assert unknown.value.facts["what"]
    with pytest.raises(Misconfigured) as there:
        await desk.create_vault("elsewhere", "x")
    assert there.value.facts["what"] == "home-has-vault"
    with pytest.raises(TypeError):
        await desk.backup(nonsense=True)  # type: ignore[call-arg]


async def test_what_is_called_back(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``ready`` is awaited, and may say no; ``progress`` is told; places are those of the caller's folder."""
    (tmp_path / "caller").mkdir()
    monkeypatch.chdir(tmp_path / "caller")
    for file in ("home.json", "connections.sealed"):  # as at the first run
        (desk.home / file).unlink()
    asked: list[str] = []

    async def refuse() -> None:
        asked.append("no")
        raise Misconfigured("not there", what="no-bucket")

    with pytest.raises(Misconfigured):
        await desk.create_vault("made", PASSPHRASE, ready=refuse)
    assert asked == ["no"]
    monkeypatch.setattr("saasbackup_desktop.vault.access.slots.calibrated", _cheap)
    kit = await desk.create_vault("made", PASSPHRASE)
    assert Path(kit.location) == tmp_path / "caller" / "made"
    await desk.save_recovery_kit(kit, Path("kit.pdf"))
    assert (tmp_path / "caller" / "kit.pdf").read_bytes().startswith(b"%PDF")

    steps: list[Sequence[Step]] = []
    settings = TenantSettings(name=ConnectionName("t"), tenant="t.example", cloud="custom", login="http://127.0.0.1:9")
    with pytest.raises(Fault):
        await desk.tenants.register(settings, "nobody signed in", steps.append)
    assert desk.tenants.consents(settings)


def _cheap() -> object:
    from tests.flow.stage import CHEAP

    return CHEAP
