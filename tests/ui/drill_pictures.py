"""Scenes of restore drills, for pictures and for the walk through every page."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtWidgets import QDialog, QWidget

from saasbackup_desktop.ui.places import VaultPlace
from saasbackup_desktop.ui.rooms.drills.drill_sheet import DrillSheet
from saasbackup_desktop.ui.rooms.drills.report_sheet import ReportSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import OFFICE_STREAM, STREAM, FakeDesk
from tests.ui.stage import settled

Snap = Callable[[str, QWidget], None]


async def drills(shown: Window, snap: Snap) -> None:
    """The leaf, the question, and a report of each colour."""
    shown.go(VaultPlace("drills"))
    await settled()
    snap("vault-drills", shown)
    asked = DrillSheet("Dana Whitfield", 50, shown, has_source=True)
    await _dialog(shown, snap, "drill-ask", asked.answer())
    for name, stream in (("proven", STREAM), ("incomplete", OFFICE_STREAM)):
        history = await shown.bridge.call(shown.bridge.desk.drills.history(stream))
        report = ReportSheet(shown.bridge, history[0], history, shown)
        await _dialog(shown, snap, f"drill-report-{name}", report.answer())


async def _dialog(shown: Window, snap: Snap, name: str, work: Awaitable[object]) -> None:
    asked = asyncio.ensure_future(work)
    await settled()
    for dialog in shown.findChildren(QDialog):
        if dialog.isVisible():
            snap(name, dialog)
            dialog.reject()
    await asked


SCENES: Final[tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...]] = (
    (FakeDesk, drills),
)
