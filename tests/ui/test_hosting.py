"""The window on an agent: closed and opened again in the middle of a backup, and open while the agent is killed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.core.errors import AgentMissing
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.sim.imap import Mailbox, Slow, serve_in_thread
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.collection import Collection
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.places import Opened
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.hosting import Hosting
from saasbackup_desktop.ui.shell.window import Window
from tests.agent.conftest import Agency, make
from tests.flow.stage import PASSPHRASE, fill
from tests.ui.stage import play, settled, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")
_TURNS = 20_000


def _open(application: QApplication, home: Path) -> Window:
    hosting = Hosting(home)
    bridge = Bridge()
    homes = Homes(own=hosting.desk, hosting=hosting)
    shown = Window(bridge, Theme(application, Appearance.LIGHT), Preferences(home / "window.ini"), homes)
    shown.show()
    return shown


async def _unlocked(shown: Window) -> None:
    await shown.bridge.call(shown.bridge.desk.unlock(PASSPHRASE))
    shown.go(Opened())
    await until(lambda: shown._rooms is not None, _TURNS)


async def _pressed(shown: Window, words: str) -> None:
    def button() -> QPushButton | None:
        sheets = [sheet for sheet in shown.findChildren(Sheet) if sheet.isVisible()]
        buttons = [one for sheet in sheets for one in sheet.findChildren(QPushButton) if one.text() == words]
        return buttons[0] if buttons else None

    await until(lambda: button() is not None, _TURNS)
    found = button()
    assert found is not None
    found.click()


async def _closed(shown: Window) -> None:
    await until(lambda: shown._closing, _TURNS)
    shown.bridge.close()
    shown.hide()
    shown.deleteLater()


async def _ended(home: Path) -> None:
    connection = await Connection.open(AgentPlace(home))
    await connection.stop()
    await connection.close()


def test_jobs_outlive_the_window_and_the_window_outlives_the_agent(
    qapp: QApplication, home_and_stream: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = home_and_stream
    # Beside many others an agent takes its time to begin, and no window without one is wanted here.
    monkeypatch.setattr("saasbackup_desktop.agent.finding.PATIENCE", 100.0)

    async def scene() -> None:
        agency.server.faults.add("UID FETCH", Slow(30), times=10_000)
        first = _open(qapp, agency.home)
        await first.begin()
        assert first.bridge.is_hosted
        await _unlocked(first)
        id = await first.bridge.call(first.bridge.desk.backup(agency.stream))
        await until(lambda: bool(first._jobs), _TURNS)
        first.close()
        await _pressed(first, "Keep running in the background")
        await _closed(first)

        again = _open(qapp, agency.home)
        await again.begin()
        await _unlocked(again)
        await until(lambda: id in again._jobs, _TURNS)
        assert not again._jobs[id].state.is_over

        os.kill(AgentPlace(agency.home).note().pid, signal.SIGKILL)
        hosting = again.homes.hosting
        assert hosting is not None
        await until(lambda: "had ended" in again.banner.accessibleName() or hosting.fault is not None, _TURNS)
        assert hosting.fault is None, (hosting.fault, (agency.home / "logs" / "agent-start.log").read_text())
        agency.server.faults.clear()
        assert again.bridge.is_hosted
        assert not again.bridge.desk.is_open
        await _unlocked(again)
        assert not again.banner.isVisible()  # what it asked for is done
        await until(lambda: id in again._jobs and again._jobs[id].state is State.DONE, _TURNS)
        again.close()
        await _closed(again)
        await _ended(agency.home)

    _play(qapp, scene())


def test_without_an_agent_the_window_says_what_does_not_work(
    qapp: QApplication, home_and_stream: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program that would be started is not there."""
    monkeypatch.setattr("saasbackup_desktop.agent.finding.program", lambda: [str(home_and_stream.folder / "not-there")])

    async def scene() -> None:
        shown = _open(qapp, home_and_stream.home)
        await shown.begin()
        assert not shown.bridge.is_hosted
        assert shown.banner.isVisibleTo(shown)
        assert shown.banner.accessibleName() == "Backups run only while this window is open"
        await _unlocked(shown)
        shown.close()
        await _closed(shown)

    _play(qapp, scene())


def _play(application: QApplication, scene: Coroutine[Any, Any, None]) -> None:
    application.setQuitOnLastWindowClosed(False)  # as the program does

    async def collected() -> None:
        collection = Collection()  # as the program does
        try:
            await asyncio.wait_for(scene, 300)
        finally:
            await settled()
            collection.end()

    play(application, collected())


@pytest.fixture
def home_and_stream(tmp_path: Path) -> Iterator[Agency]:
    """Made on a loop of its own: the window brings another one."""
    mailbox = Mailbox("ada@example.org")
    fill(mailbox, "INBOX", range(60))
    with serve_in_thread([mailbox]) as server:
        yield asyncio.run(make(tmp_path, server, mailbox))
    with contextlib.suppress(AgentMissing, ProcessLookupError):  # a scene that broke off leaves its agent
        os.kill(AgentPlace(tmp_path / "home").note().pid, signal.SIGTERM)
