"""An agent in a process of its own: killed, started again, ended politely, found by window and command line."""

import asyncio
import signal
import sys
from collections.abc import Sequence

import pytest

from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.finding import find
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.core.errors import AgentBusy, AgentGone, AgentRefused
from saasbackup_desktop.core.jobs import JobQuery, State
from saasbackup_desktop.sim.imap import Slow
from tests.agent.conftest import LETTERS, Agency, over
from tests.agent.processes import process, ready
from tests.end2end.conftest import Home
from tests.flow.stage import OFFICE, PATIENCE, contents, fill

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")


async def _records(agency: Agency, *words: str, code: int = 0) -> Sequence[dict[str, object]]:
    """What a command says, which is a process of its own."""
    home = Home(agency.folder)
    ended = await asyncio.get_running_loop().run_in_executor(None, lambda: home.run(*words, "--json"))
    assert ended.code == code, ended.err
    return ended.records


async def test_killed_in_the_middle_it_goes_on(agency: Agency) -> None:
    fill(agency.mailbox, "INBOX", range(LETTERS, 200))
    agency.server.faults.add("UID FETCH", Slow(PATIENCE), after=1, times=10_000)
    with process(agency) as killed:
        await ready(agency)
        client = await agency.client()
        id = await client.backup(agency.stream)
        while not agency.server.faults.struck:  # noqa: ASYNC110  (the server tells nobody)
            await asyncio.sleep(0.02)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        with pytest.raises(AgentGone):
            await client.job(id)
    assert (agency.home / "agent.json").exists()  # what it left is no agent
    assert await find(agency.home) is None
    agency.server.faults.clear()
    with process(agency) as again:
        await ready(agency)
        client = await agency.client()
        assert (await over(client, id)).state is State.DONE
        assert "job-resumed" in [line.code for line in await client.log(id)]
        assert (await client.snapshots(agency.stream))[0].items == 200
        # Window and command line agree, by another process that goes through it.
        [told] = await _records(agency, "jobs")
        assert (told["id"], told["status"]) == (id, "Completed")
        again.send_signal(signal.SIGTERM)
        assert again.wait(PATIENCE) == 0
    assert not (agency.home / "agent.json").exists()


async def test_killed_in_the_middle_of_a_restore_it_goes_on(agency: Agency) -> None:
    fill(agency.mailbox, "INBOX", range(LETTERS, 500))
    saved = contents(agency.mailbox)
    with process(agency) as killed:
        await ready(agency)
        client = await agency.client()
        assert (await over(client, await client.backup(agency.stream))).state is State.DONE
        [point] = await client.snapshots(agency.stream)
        inbox = agency.mailbox.folders["INBOX"]
        agency.mailbox.remove("INBOX", list(inbox.messages))
        agency.server.faults.add("APPEND", Slow(PATIENCE), after=1, times=10_000)
        request = RestoreRequest(stream=agency.stream, snapshot=point.id, connection=OFFICE, conflict="skip")
        id = await client.restore(request)
        while not agency.server.faults.struck:  # noqa: ASYNC110  (the server tells nobody)
            await asyncio.sleep(0.02)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert 0 < len(inbox.messages) < 500
    agency.server.faults.clear()
    await agency.leave()
    with process(agency) as again:
        await ready(agency)
        client = await agency.client()
        job = await over(client, id)  # the same one: nobody asked again
        assert (job.state, job.tally.items_done, job.tally.failed) == (State.DONE, 500, 0)
        assert "job-resumed" in [line.code for line in await client.log(id)]
        assert contents(agency.mailbox) == saved
        assert [one.id for one in (await client.job_page(JobQuery(kinds=frozenset({"restore"})))).jobs] == [id]
        again.send_signal(signal.SIGTERM)
        assert again.wait(PATIENCE) == 0


async def test_commands_go_through_it(agency: Agency) -> None:
    alone = await _records(agency, "source", "list")
    with process(agency):
        await ready(agency)
        client = await agency.client()
        assert await _records(agency, "source", "list") == alone
        with pytest.raises(AgentBusy):
            AgentPlace(agency.home).take()
        # Ctrl-C ends the job that the command began, in the agent.
        agency.server.faults.add("UID FETCH", Slow(0.5), after=2, times=10_000)
        events = client.events()
        begun = asyncio.ensure_future(anext(events))
        with Home(agency.folder).start("backup") as command:
            await begun
            command.send_signal(signal.SIGINT)
            await asyncio.get_running_loop().run_in_executor(None, command.communicate)
            assert command.returncode == 8
        await events.aclose()
        [job] = (await client.job_page(JobQuery())).jobs
        assert (await over(client, job.id)).state is State.STOPPED
        [stopped] = await _records(agency, "agent", "stop")
        assert stopped["was_running"]
    assert await find(agency.home) is None


async def test_an_agent_that_hangs_is_not_waited_for(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped process answers nothing: it is told, and not waited for without end."""
    with process(agency) as child:
        await ready(agency)
        monkeypatch.setattr("saasbackup_desktop.agent.handshake.PATIENCE", 0.3)
        child.send_signal(signal.SIGSTOP)
        with pytest.raises(AgentRefused):
            await Connection.open(AgentPlace(agency.home))
