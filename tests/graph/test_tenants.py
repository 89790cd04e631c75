"""A tenant from the first sign-in to a restored message, over real ports and into a real vault."""

import asyncio
import shutil
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.tenants.views import Link, State
from saasbackup_desktop.app.views import Health, RestoreRequest
from saasbackup_desktop.cli.backup import backup
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants.account import activate
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.jobs import JobChanged
from saasbackup_desktop.core.jobs import State as JobState
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.engine.engine import AT_ONCE_FAR
from tests.graph.office import NAME, SECRET, Office


async def test_from_signing_in_to_a_restored_message(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross", letters=1)
    tenants = office.desk.tenants
    tenant = await office.add()
    assert tenant.counts["found"] == 0
    assert (await tenants.discover(NAME)).found == 2
    report = await tenants.check(NAME)
    assert report.link is Link.CONNECTED, report
    accounts = await tenants.accounts(NAME)
    assert [one.account.address for one in accounts] == ["ada@fernwick.example", "bob@fernwick.example"]
    assert {one.state for one in accounts} == {State.NOT_ACTIVE}
    await tenants.activate(NAME, [ada.user])
    [row, _] = await tenants.accounts(NAME)
    assert row.state is State.SCHEDULED
    jobs = await tenants.backup(NAME)
    assert len(jobs) == 6
    await office.done(*jobs)
    [row, _] = await tenants.accounts(NAME)
    assert row.state is State.SUCCESS
    assert (row.services[0].service, row.services[0].items) == (Service.MAIL, 3)
    assert [card.service for card in await office.desk.cards()] == [one.service for one in row.services]
    stream = office.stream(ada)
    assert sorted(item.name for item in await office.items(stream)) == ["Letter 1", "Letter 2", "Letter 3"]
    [newest] = await office.desk.snapshots(stream)
    request = RestoreRequest(
        stream=stream, snapshot=newest.id, connection=ConnectionName(f"{NAME}/bob@fernwick.example"), folder="Ada"
    )
    plan = await office.desk.plan_restore(request)
    assert (plan.add, plan.target, plan.warnings) == (3, "bob@fernwick.example", ["other-account"])
    await office.done(await office.desk.restore(request))
    restored = [one for one in bob.messages.values() if one["parentFolderId"] != bob.known["inbox"]]
    assert sorted(one["subject"] for one in restored) == ["Letter 1", "Letter 2", "Letter 3"]
    assert (await tenants.find(NAME)).link is Link.CONNECTED


async def test_jobs_of_a_tenant_run_side_by_side(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross")
    tenants = office.desk.tenants
    await office.add()
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user, bob.user])
    office.manners.latency = 0.02
    running: set[str] = set()
    most = 0
    async with aclosing(office.desk.events()) as events:
        listening = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        jobs = set(await tenants.backup(NAME))
        while jobs:
            event = await listening
            listening = asyncio.ensure_future(anext(events))
            if isinstance(event, JobChanged) and event.job.state is JobState.RUNNING:
                running.add(event.job.id)
                most = max(most, len(running))
            elif isinstance(event, JobChanged) and event.job.state.is_over:
                running.discard(event.job.id)
                jobs.discard(event.job.id)
        listening.cancel()
        await asyncio.wait([listening])
    assert most == AT_ONCE_FAR
    assert {job.state for job in await office.desk.jobs()} == {JobState.DONE}


async def test_a_backup_tells_of_a_damaged_file_and_goes_on_with_the_others(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = office.join("Ada Lovelace", letters=1)
    await office.add(services=(Service.MAIL,))
    await office.desk.tenants.discover(NAME)
    await office.desk.tenants.activate(NAME, [ada.user])
    shell = Shell(office.folder, Output(as_json=True), office.desk)
    assert await backup(shell) is ExitCode.DONE
    [file] = (office.folder / "home" / "tenants").glob("*.sealed")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    [card] = await office.desk.cards()
    assert (card.health, card.facts["what"]) == (Health.FAILED, "accounts-unreadable")
    with pytest.raises(Misconfigured) as caught:
        await backup(shell, ["ada@fernwick.example"])
    assert caught.value.facts["what"] == "accounts-unreadable"
    for names in (None, ["fernwick"]):
        capsys.readouterr()
        assert await backup(shell, names) is ExitCode.USAGE
        assert '"what": "accounts-unreadable"' in capsys.readouterr().err
    with office.second() as other:
        bob = other.join("Bob Ross", letters=1)
        name = ConnectionName("Elsewhere")
        await other.add(name=name, services=(Service.MAIL,))
        await other.desk.tenants.discover(name)
        await other.desk.tenants.activate(name, [bob.user])
        for names in (None, [name, NAME]):
            assert await backup(shell, names) is ExitCode.PARTIAL
            assert '"what": "accounts-unreadable"' in capsys.readouterr().err
        assert await backup(shell, [name]) is ExitCode.DONE
        assert await backup(shell, account=["bob@elsewhere.example"]) is ExitCode.DONE
        assert len(await other.items(other.stream(bob))) == 1


async def test_everybody_is_looked_for_first_and_a_list_with_mistakes_is_done_in_part(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.join("Ada Lovelace", letters=1)
    await office.add(services=(Service.MAIL,))
    shell = Shell(office.folder, Output(as_json=False), office.desk)
    assert await activate(shell, NAME, everybody=True) is ExitCode.DONE
    assert "1 account activated" in capsys.readouterr().out
    [ada] = await office.desk.tenants.accounts(NAME)
    assert ada.status is Status.ACTIVE
    file = office.folder / "accounts.csv"
    for lines, expected in (
        (["ada@fernwick.example"], ExitCode.DONE),
        (["ada@fernwick.example", "nobody@fernwick.example"], ExitCode.PARTIAL),
        (["ada@fernwick.example", "not an address"], ExitCode.PARTIAL),
    ):
        file.write_text("\n".join(["Account Email", *lines]), encoding="utf-8")
        assert await activate(shell, NAME, file=file) is expected
    office.tenant.add_user("Gus Guest", "gus@fernwick.example", sku=None)
    await office.desk.tenants.discover(NAME)
    file.write_text("Account Email\nada@fernwick.example\ngus@fernwick.example\n", encoding="utf-8")
    assert await activate(shell, NAME, file=file) is ExitCode.PARTIAL
    assert "not activated: gus@fernwick.example" in capsys.readouterr().err


async def test_an_authority_that_cannot_be_read_is_named_wherever_it_is_needed(office: Office, tmp_path: Path) -> None:
    ada = office.join("Ada Lovelace")
    tenants = office.desk.tenants
    file = tmp_path / "authority.pem"
    settings = replace(office.settings, services=(Service.MAIL,), ca_file=str(file))
    for is_proven in (True, False):
        with pytest.raises(Misconfigured) as missing:
            await tenants.add(settings, secret=SECRET, is_proven=is_proven)
        assert missing.value.facts == {"file": str(file), "reason": "authority-file"}
    assert await tenants.all() == []
    shutil.copy(office.settings.ca_file, file)
    await tenants.add(settings, secret=SECRET)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user])
    await office.desk.lock()
    file.write_text("no certificate")
    await office.unlock()
    tenants = office.desk.tenants
    with pytest.raises(Misconfigured):
        await tenants.check(NAME)
    await tenants.daily()
    [job] = await office.failed(*await tenants.backup(NAME))
    assert (job.code, job.facts["reason"]) == ("misconfigured", "authority-file")
