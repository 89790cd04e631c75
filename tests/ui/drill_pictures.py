"""Scenes of restore drills, for pictures and for the walk through every page."""

from collections.abc import Awaitable, Callable
from typing import Final

from saasbackup_desktop.ui.places import VaultPlace
from saasbackup_desktop.ui.rooms.drills.drill_sheet import DrillSheet
from saasbackup_desktop.ui.rooms.drills.report_sheet import ReportSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import OFFICE_STREAM, STREAM, FakeDesk
from tests.ui.pictured import Snap, dialog_of
from tests.ui.stage import settled


async def drills(shown: Window, snap: Snap) -> None:
    """The leaf, the question, and a report of each colour."""
    shown.go(VaultPlace("drills"))
    await settled()
    snap("vault-drills", shown)
    asked = DrillSheet("Dana Whitfield", 50, shown, has_source=True)
    await dialog_of(shown, snap, "drill-ask", asked.answer())
    for name, stream in (("proven", STREAM), ("incomplete", OFFICE_STREAM)):
        history = await shown.bridge.call(shown.bridge.desk.drills.history(stream))
        report = ReportSheet(shown.bridge, history[0], history, shown)
        await dialog_of(shown, snap, f"drill-report-{name}", report.answer())


SCENES: Final[tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...]] = (
    (FakeDesk, drills),
)
