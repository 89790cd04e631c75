"""A window on a fake desk, on Qt's own loop, for tests and pictures."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.collection import Collection
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW, FakeDesk, FakeExploration

SIZE = (1240, 800)
_QUIET = 5
"""Turns in which nothing is under way anywhere, until it counts as the end."""
_open: list[Bridge] = []


@contextlib.asynccontextmanager
async def window(
    application: QApplication,
    folder: Path,
    make: Callable[[], Desk] = FakeDesk,
    *,
    appearance: Appearance = Appearance.LIGHT,
) -> AsyncIterator[Window]:
    """Open a window, wait until its first page stands, and close everything afterwards."""
    clock.hold(NOW)
    gc.collect()  # what other tests left; what they loaded is looked at no more
    collection = Collection()
    bridge = Bridge()
    theme = Theme(application, appearance)
    shown = Window(bridge, theme, Preferences(folder / "window.ini"), Homes(own=make, demonstration=FakeExploration))
    shown.setMinimumSize(0, 0)
    shown.resize(*SIZE)
    shown.show()
    _open.append(bridge)
    try:
        await shown.begin()
        await settled()
        yield shown
        await settled()  # what a test does not wait for still comes to its end
    finally:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await bridge.leave()
        _open.remove(bridge)
        bridge.close()
        shown.hide()
        shown.deleteLater()
        theme.deleteLater()
        await settled()
        collection.end()


async def settled(turns: int = 40) -> None:
    """Let the window and the engine's thread finish what they are at; so many turns at the most."""
    quiet = 0
    for _ in range(turns):
        await asyncio.sleep(0.005)
        for bridge in list(_open):
            # Behind whatever waits in the engine's thread, so that its answers and events are on their way.
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asyncio.sleep(0), bridge._loop))
        is_quiet = asyncio.all_tasks() == {asyncio.current_task()}
        quiet = quiet + 1 if is_quiet else 0
        if quiet == _QUIET:
            return


async def until(true: Callable[[], bool], turns: int = 600) -> None:
    """Wait until something holds."""
    for _ in range(turns):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to be")


def play(application: QApplication, scene: Coroutine[Any, Any, None]) -> None:
    """Run a scene on Qt's loop."""
    with qasync.QEventLoop(application) as loop:
        loop.run_until_complete(scene)
