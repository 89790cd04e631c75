"""Dialogs that place a hold."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Field, Line
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tasks import Work
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.rooms.vault.point_fields import account_name


async def hold_point(bridge: Bridge, point: Snapshot, name: str, parent: QWidget) -> bool:
    """Place a hold on one point in time; tell whether it is there."""
    lead = say("%1, %2. It stays until the hold is released, whatever the rules say.")
    lead = lead.replace("%1", name).replace("%2", text.moment(point.finished))
    sheet = Sheet(say("Hold this point in time"), lead, parent, width=480)
    reason = _reason()

    async def work() -> None:
        await bridge.call(bridge.desk.hold(point.stream, point.id, reason.text().strip()))
        sheet.accept()

    return await _asked(sheet, reason, work)


async def place_hold(bridge: Bridge, parent: QWidget) -> bool:
    """Ask what to hold, an account or everything, and place the hold; tell whether it is there."""
    cards = await bridge.call(bridge.desk.cards())
    sheet = Sheet(
        say("Place a hold"),
        say("What it covers stays until the hold is released. A single point in time is held on its account's page."),
        parent,
        width=500,
    )
    choice = Choice([(account_name(card.account), card.stream) for card in cards])
    choice.addItem(say("Everything in the vault"), None)
    choice.setMinimumContentsLength(30)
    reason = _reason()
    sheet.fill(Field(say("&What"), choice))

    async def work() -> None:
        stream = choice.value()
        await bridge.call(bridge.desk.hold(StreamId(str(stream)) if stream else None, None, reason.text().strip()))
        sheet.accept()

    return await _asked(sheet, reason, work)


def _reason() -> Line:
    return Line(placeholder=say("For example: Case 2026-114, keep until further notice"), most=LABEL)


async def _asked(sheet: Sheet, reason: Line, work: Callable[[], Work]) -> bool:
    go = Button(say("Place the hold"), "primary", "hold")
    go.setDefault(True)
    go.setEnabled(False)
    reason.textChanged.connect(lambda typed: go.setEnabled(bool(typed.strip())))
    go.clicked.connect(lambda: sheet.run(work(), busy=go, only="hold"))
    sheet.fill(Field(say("&Reason"), reason))
    sheet.offer(sheet.cancel_button(), go)
    reason.setFocus()
    return await sheet.answer()
