"""An agent is started by whoever needs one, also where another one was just ending."""

import asyncio
from pathlib import Path

import pytest

from saasbackup_desktop.agent import finding
from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.agent.remote import connection_of


async def test_one_that_found_the_home_taken_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PATIENCE", 100.0)
    ending = AgentPlace(tmp_path)
    ending.take()
    children = []
    start = finding.start

    def counted(home: Path) -> object:
        child = start(home)
        children.append(child)
        return child

    monkeypatch.setattr(finding, "start", counted)
    wanted = asyncio.ensure_future(finding.agents_desk(tmp_path))
    while not children or children[0].poll() is None:  # noqa: ASYNC110  (a process tells nobody)
        await asyncio.sleep(0.02)
    assert children[0].poll() == 6
    ending.let_go()
    desk = await wanted
    assert len(children) >= 2
    assert connection_of(desk) is not None
    await desk.close()
    connection = await Connection.open(AgentPlace(tmp_path))
    await connection.stop()
    await connection.close()
