"""One agent, many clients: who may see what, who is let in, and when it ends."""

import asyncio
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.agent import connection, finding, handshake, host
from saasbackup_desktop.agent.connection import AgentBug, Connection
from saasbackup_desktop.agent.finding import desk_of, find
from saasbackup_desktop.agent.handshake import Hello
from saasbackup_desktop.agent.host import Host
from saasbackup_desktop.agent.link import Link
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.agent.remote import connection_of
from saasbackup_desktop.app import keyring_slot
from saasbackup_desktop.cli.backup import backup
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import AgentBusy, AgentGone, AgentRefused, AgentUnlike, WrongPassphrase
from saasbackup_desktop.core.jobs import JobChanged, State
from saasbackup_desktop.core.schedule import Schedule
from saasbackup_desktop.sim.imap import Slow
from tests.agent.conftest import LETTERS, Agency, over, reached
from tests.flow.stage import PASSPHRASE


async def test_two_clients_and_an_event_agree(agency: Agency) -> None:
    async with agency.hosted() as agent:
        one, two = await agency.client(), await agency.client(unlocked=False)
        with pytest.raises(WrongPassphrase) as locked:  # though the agent has the vault open
            await two.jobs()
        assert agent.desk.is_open
        assert locked.value.facts == {"reason": "locked"}
        with pytest.raises(WrongPassphrase):
            await two.unlock("something else")
        assert not two.is_open
        await two.unlock(PASSPHRASE)
        heard: list[State] = []

        async def listen() -> None:
            async for event in two.events():
                if isinstance(event, JobChanged):
                    heard.append(event.job.state)

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        id = await one.backup(agency.stream)
        assert await one.backup(agency.stream) == id == await two.backup(agency.stream)
        ended = await over(two, id)
        await reached(lambda: State.DONE in heard)
        assert ended == await one.job(id)
        assert [job.id for job in await two.jobs()] == [job.id for job in await one.jobs()] == [id]
        # One locks: it sees nothing any more, and the other goes on.
        await two.lock()
        await listening
        with pytest.raises(WrongPassphrase):
            await two.cards()
        assert len(await one.snapshots(agency.stream)) == 1
        assert agent.desk.is_open
        await one.lock()
        assert agent.desk.is_open  # backups are scheduled
        await one.unlock(PASSPHRASE)
        for view in await one.tasks.all():
            await one.tasks.put(replace(view.task, schedule=Schedule()))
        await one.drills.set_schedule(Schedule())
        await one.lock()
        assert not agent.desk.is_open


async def test_who_joins_a_backup_is_told(agency: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    async with agency.hosted():
        one, two = await agency.client(), await agency.client()
        agency.server.faults.add("*", Slow(0.3), times=10_000)
        id = await one.backup(agency.stream)
        following = asyncio.create_task(backup(Shell(agency.home, Output(True), two, None)))
        said = ""

        def told() -> bool:
            nonlocal said
            said += capsys.readouterr().err
            return "under way already; following it" in said

        await reached(told)
        agency.server.faults.clear()
        assert await following is ExitCode.DONE
        assert [job.id for job in await one.jobs()] == [id]


async def test_a_job_outlives_the_client_that_began_it(agency: Agency) -> None:
    async with agency.hosted() as agent:
        agency.server.faults.add("UID FETCH", Slow(0.3), after=2, times=3)
        begun = await agency.client()
        id = await begun.backup(agency.stream)
        await begun.close()
        await agent.look_round(at_once=True)
        assert agent.desk.is_open  # a job runs
        later = await agency.client()
        assert (await over(later, id)).tally.added == LETTERS


async def test_asking_is_cancelled_there_too(agency: Agency) -> None:
    async with agency.hosted():
        client = await agency.client()
        agency.server.faults.add("LOGIN", Slow(30))
        probing = asyncio.create_task(client.probe((await client.connections())[0].name))
        await asyncio.sleep(0.2)
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing
        assert await client.cards()


async def test_what_nobody_foresaw_has_its_name_only(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    async with agency.hosted() as agent:
        client = await agency.client()

        async def broken() -> None:
            raise ZeroDivisionError("a secret that must not cross")

        monkeypatch.setattr(agent.desk, "cards", broken)
        with pytest.raises(AgentBug) as bug:
            await client.cards()
        assert "ZeroDivisionError" in str(bug.value)
        assert "secret" not in str(bug.value)
        assert await client.jobs() == []


async def test_it_opens_the_vault_by_itself(agency: Agency) -> None:
    async with agency.hosted(passphrase_file=agency.folder / "passphrase", stays=True) as agent:
        await reached(lambda: agent.desk.is_open)
        client = await agency.client(unlocked=False)
        with pytest.raises(WrongPassphrase):
            await client.cards()


async def test_the_keyring_lets_in(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(keyring_slot, "is_trusted", lambda: True)
    monkeypatch.setattr(keyring_slot, "remember", lambda vault, secret: kept.update({vault: secret}) is None)
    monkeypatch.setattr(keyring_slot, "remembered", kept.get)
    async with agency.hosted() as agent:
        one = await agency.client()
        assert not await one.unlock_remembered()
        assert await one.remember()
        two = await agency.client(unlocked=False)
        assert await two.unlock_remembered()
        assert two.is_open
        assert agent.desk.is_open
    async with agency.hosted() as agent:
        await reached(lambda: agent.desk.is_open)


async def test_it_ends_when_nobody_needs_it(agency: Agency) -> None:
    agent = Host(agency.home, patience=0.1)
    assert await asyncio.wait_for(agent.run(), 20) == 0


async def test_it_stays_for_a_client(agency: Agency) -> None:
    agent = Host(agency.home, every=0.05)
    life = asyncio.create_task(agent.run())
    await reached((agency.home / "agent.json").exists)
    client = await agency.client(unlocked=False)
    agent._patience = 0.1
    await asyncio.sleep(0.4)
    assert not await client.is_remembered()
    await client.close()
    assert await asyncio.wait_for(life, 20) == 0


async def test_a_second_agent_says_who_keeps_the_home(agency: Agency) -> None:
    async with agency.hosted():
        with pytest.raises(AgentBusy) as busy:
            await Host(agency.home).run()
        assert busy.value.facts["owner"] == os.getpid()
        await agency.client()  # it took nothing from the first


async def test_clients_hear_that_it_ended(agency: Agency) -> None:
    async with agency.hosted() as agent:
        client = await agency.client()
        events = client.events()
        heard = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.05)
        agent.stop()
        with pytest.raises((AgentGone, StopAsyncIteration)):
            await heard
        await reached(lambda: connection_of(client).is_gone)  # type: ignore[union-attr]
        with pytest.raises(AgentGone):
            await client.cards()
        assert not client.is_open
        assert await find(agency.home) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe has no mode")
async def test_what_lies_there_is_the_owners_alone(agency: Agency) -> None:
    async with agency.hosted():
        files = (agency.home / "agent.token", agency.home / "agent.json", AgentPlace(agency.home).note().address)
        assert [stat.S_IMODE(os.lstat(file).st_mode) for file in files] == [0o600] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have short names")
async def test_a_home_with_a_long_name(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 60) / ("b" * 60)
    agent = Host(long, stays=True)
    life = asyncio.create_task(agent.run())
    await reached((long / "agent.json").exists)
    address = AgentPlace(long).note().address
    assert len(os.fsencode(address)) <= 100
    assert stat.S_IMODE(os.lstat(os.path.dirname(address)).st_mode) == 0o700  # noqa: PTH120
    reachable = await find(long)
    assert reachable is not None
    await reachable.stop()
    await reachable.close()
    await life
    with pytest.raises(FileNotFoundError):
        os.lstat(address)


async def test_a_client_without_the_token_is_not_let_in(agency: Agency) -> None:
    async with agency.hosted():
        place = AgentPlace(agency.home)
        right = place.token()
        (agency.home / "agent.token").write_bytes(bytes(32))
        with pytest.raises(AgentRefused):  # it notices that the agent does not know this token
            await Connection.open(place)
        link = Link(*await place.connect())
        with pytest.raises(AgentRefused):  # one that pretends not to notice is not answered
            await _pretending(link, bytes(32))
        await link.close()
        (agency.home / "agent.token").write_bytes(right)
        await agency.client()


@pytest.mark.parametrize("reads", [0, 4], ids=["hangs up", "hangs up when it is asked"])
async def test_one_that_ends_while_it_is_asked_is_none(tmp_path: Path, reads: int) -> None:
    """The system takes connections for a process that is being killed."""

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(reads)
        writer.transport.abort()

    place = AgentPlace(tmp_path)
    place.take()
    place.renew_token()
    server = await place.listen(met, 0, "1")
    try:
        assert await find(tmp_path) is None
    finally:
        if server is not None:
            server.close()
        place.let_go()


async def _pretending(link: Link, token: bytes) -> None:
    original = handshake.hmac.compare_digest
    handshake.hmac.compare_digest = lambda a, b: a == b or (link is not None and len(a) == len(b) == 32 and _once())  # type: ignore[assignment]
    try:
        await handshake.knock(link, token, connection.hello())
    finally:
        handshake.hmac.compare_digest = original
        _ONCE[:] = [True]


_ONCE = [True]


def _once() -> bool:
    """True the first time: that is the client; the agent's own look comes after."""
    was, _ONCE[0] = _ONCE[0], False
    return was


@pytest.mark.parametrize("said", [b"", b"\x00" * 9, b"\xff" * 4000, b"GET / HTTP/1.1\r\n\r\n"])
async def test_nonsense_is_not_answered(agency: Agency, said: bytes) -> None:
    async with agency.hosted():
        reader, writer = await AgentPlace(agency.home).connect()
        writer.write(said)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()
        await writer.wait_closed()
        assert await (await agency.client()).cards()


async def test_an_idle_agent_of_another_version_is_replaced(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = connection.hello()
    async with agency.hosted(stays=True):
        newer = Hello(protocol=ours.protocol, version="9.9", surface="other")
        monkeypatch.setattr(connection, "hello", lambda: newer)
        desk = await desk_of(agency.home)
        assert connection_of(desk) is None  # nobody is there any more
        await desk.close()


async def test_one_at_work_is_left_alone(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    async with agency.hosted(stays=True):
        agency.server.faults.add("UID FETCH", Slow(0.3), after=2, times=3)
        client = await agency.client()
        id = await client.backup(agency.stream)
        with monkeypatch.context() as patch:
            patch.setattr(connection, "hello", lambda: Hello(protocol=1, version="9.9", surface="other"))
            with pytest.raises(AgentUnlike) as unlike:
                await find(agency.home)
            assert unlike.value.facts == {"version": host.__version__, "ours": finding.__version__}
        assert (await over(client, id)).state is State.DONE


async def test_status_is_told_without_a_proof_and_names_nobody(agency: Agency) -> None:
    async with agency.hosted():
        seeing, blind = await agency.client(), await agency.client(unlocked=False)
        whole, told = await seeing.status(), await blind.status()
        assert not blind.is_open
        assert (told.vault, told.is_known, told.level, told.reasons) == ("open", True, whole.level, whole.reasons)
        assert [one.kind for one in told.standings] == [one.kind for one in whole.standings]
        assert [one.name for one in told.standings if one.kind == "task"]
        assert [one.name for one in whole.standings if one.kind == "account"] == ["ada@example.org"]
        assert "never" in whole.concerns
        assert "ada@example.org" in repr(whole)
        assert "ada@example.org" not in repr(told)
        with pytest.raises(WrongPassphrase):
            await blind.cards()
