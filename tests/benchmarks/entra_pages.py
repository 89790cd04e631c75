"""How long the window goes without answering on the directories' pages, with 100,000 objects that differ."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import qasync

from saasbackup_desktop.app.entra.views import DifferenceView
from saasbackup_desktop.core.directory.difference import Change, LinkChange, ObjectDifference
from saasbackup_desktop.core.directory.objects import Link, parts_of
from saasbackup_desktop.core.directory.schema import WRITABLE
from saasbackup_desktop.ui.boot import application
from saasbackup_desktop.ui.places import DifferencesPlace, DirectoryPlace
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from tests.benchmarks.figures import tell, title
from tests.benchmarks.window import gaps
from tests.ui import fake_entra
from tests.ui.fake_desk import FakeDesk
from tests.ui.stage import until, window

_LIMIT = 50.0
_LINKS = 20_000


def run(count: int | None) -> None:
    """Measure with ``count`` objects that differ, 100,000 unless said otherwise."""
    count = count or 100_000
    title(f"Directories' pages: gaps between events with {count:,} objects that differ")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = application(["bench"])
    with qasync.QEventLoop(made) as loop, tempfile.TemporaryDirectory() as folder:

        async def work() -> None:
            async with window(made, Path(folder), lambda: _desk(count)) as shown:
                shown.go(DirectoryPlace(fake_entra.STREAM))
                page = shown.page
                assert isinstance(page, DirectoryPage)
                await _measure("nothing is done", lambda: asyncio.sleep(2))
                await _measure("48,210 objects are listed", lambda: asyncio.sleep(1))
                await _measure("the list is walked through", lambda: _walk(page.table.go_to, 48_000))
                shown.go(DifferencesPlace(fake_entra.STREAM))
                found = shown.page
                assert isinstance(found, DifferencesPage)
                await _compared(found)

        loop.run_until_complete(work())


def _desk(count: int) -> FakeDesk:
    made = FakeDesk()
    made.entra.changes = count
    made.entra.steps = 3
    assert len(made.entra.found) == count
    return made


async def _compared(page: DifferencesPage) -> None:
    async def done() -> None:
        await until(lambda: page._comparison is not None and page._comparison.is_done, turns=4000)
        await asyncio.sleep(0.5)

    await _measure("differences come and are shown", done)
    last = page.sheet.rowCount()
    await _measure("the differences are walked through", lambda: _walk(page.table.go_to, last - 1))
    await _measure(
        "all are ticked one by one, beside", lambda: _do(lambda: (page.table.selectAll(), page.listing.tick_selected()))
    )
    await _measure("a kind is unticked with all of them", lambda: _do(lambda: page.picked.put("users", False)))
    await _measure("all ticks are cleared", lambda: _do(page.picked.clear))
    await _measure("a filter narrows them", lambda: _do(lambda: page.narrowing.filter.setText("vance")))
    await _measure("and is taken away", lambda: _do(page.narrowing.filter.clear))
    desk = page.desk
    assert isinstance(desk, FakeDesk)
    desk.entra.difference = _stripped  # type: ignore[method-assign]
    await _measure(f"a group is opened that lost {_LINKS:,} members", lambda: _do(lambda: page.table.go_to(7)))
    rows = len(page.pane.sheet.rows)
    assert rows > _LINKS, rows
    await _measure("all of its members are ticked", lambda: _do(lambda: _tick_members(page)))


async def _stripped(id: str, key: str) -> DifferenceView:
    kind, object = parts_of(key)
    links = tuple(
        LinkChange(Link("members", f"m{one:07}", name=f"Member {one}"), Change.REMOVED, WRITABLE)
        for one in range(_LINKS)
    )
    found = ObjectDifference(kind=kind, id=object, name="All staff", change=Change.CHANGED, links=links)
    return DifferenceView(difference=found)


def _tick_members(page: DifferencesPage) -> None:
    page.pane.table.go_to(0)
    page.pane.table.tick()


async def _walk(go_to: Callable[[int], None], last: int) -> None:
    for step in range(20):
        go_to(last * step // 19)
        await asyncio.sleep(0.05)


async def _do(what: Callable[[], object]) -> None:
    what()
    await asyncio.sleep(1.5)


async def _measure(what: str, work: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(0.2)
    with gaps() as found:
        await work()
        await asyncio.sleep(0.1)
    most = max(found)
    tell(f"{what}: longest gap", f"{most:,.0f} ms", f"limit {_LIMIT:,.0f} ms", good=most < _LIMIT)
