"""How long the window stands still when a chart is wanted for the first time."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.ui.boot import application
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.collection import Collection
from saasbackup_desktop.ui.kit.theme import Theme
from saasbackup_desktop.ui.places import Opened
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.history.card import HistoryCard
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from tests.benchmarks.figures import percentile, tell, title
from tests.benchmarks.window import gaps

_LIMIT = 50.0
_REST = 2.0


def run(_count: int | None) -> None:
    """Load what draws charts behind an open window, once: it is loaded once in a process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    title("Charts: gaps of the window while what draws them is loaded for the first time")
    if "pyqtgraph" in sys.modules:
        raise RuntimeError("it is loaded already: nothing to measure")
    place = Path(tempfile.mkdtemp(prefix="bench-charts-"))
    try:
        made = application(["bench"])
        collection = Collection(made)
        with qasync.QEventLoop(made) as loop:
            loop.run_until_complete(_measure(place))
        collection.end()
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _measure(place: Path) -> None:
    bridge = Bridge()
    theme = Theme(QApplication.instance())
    window = Window(bridge, theme, Preferences(place / "window.ini"), Homes(own=lambda: Desk(place / "home")))
    window.show()
    await window.begin()
    await bridge.call(bridge.desk.create_vault(str(place / "vault"), "a passphrase for the benchmark"))
    window.go(Opened())
    await asyncio.sleep(_REST)
    card = HistoryCard(bridge, window)
    card.show()
    await asyncio.sleep(_REST)
    begun = time.perf_counter()
    with gaps() as found:
        await card._make_plot()
        took = time.perf_counter() - begun
        await asyncio.sleep(_REST)
    most = max(found)
    tell("longest gap", f"{most:.0f} ms", f"limit {_LIMIT:.0f} ms", good=most < _LIMIT)
    tell("gap, 99 of 100", f"{percentile(found, 99):.0f} ms", f"{len(found):,} ticks of 10 ms")
    tell("until the chart is there", f"{took * 1000:.0f} ms", "the page is there before")
    window.hide()
    window._empty()
    await bridge.leave()
    bridge.close()
