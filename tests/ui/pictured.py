"""What pictures of pages have in common."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtWidgets import QDialog, QWidget

from saasbackup_desktop.ui.shell.window import Window
from tests.ui.stage import settled

Snap = Callable[[str, QWidget], None]
P = TypeVar("P", bound=QWidget)


def page_of(shown: Window, kind: type[P]) -> P:
    """The page in view."""
    found = shown.page
    assert isinstance(found, kind)
    return found


async def dialog_of(shown: Window, snap: Snap, name: str, work: Awaitable[object]) -> None:
    """A dialog that some work opens, and that is left without an answer."""
    asked = asyncio.ensure_future(work)
    await settled()
    for dialog in shown.findChildren(QDialog):
        if dialog.isVisible():
            snap(name, dialog)
            dialog.done(QDialog.DialogCode.Rejected)
    await asked
