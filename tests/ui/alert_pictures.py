"""Pictures of alerts and of the history of accounts."""

from typing import Final

from PySide6.QtWidgets import QScrollArea

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.places import AccountPlace, AlertsPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.alerts.page import AlertsPage
from saasbackup_desktop.ui.rooms.alerts.strip import SettleSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import STREAM
from tests.ui.fake_items import ItemsDesk, stream
from tests.ui.pictured import Snap
from tests.ui.stage import settled, until
from tests.ui.test_alerts import Struck


async def alerts(shown: Window, snap: Snap) -> None:
    """Home, the account, the list, the question."""
    snap("alerts-home", shown)
    shown.go(AccountPlace(STREAM))
    await settled()
    snap("alerts-account", shown)
    await _history(shown, snap, "history")
    shown.go(AlertsPlace())
    await settled()
    snap("alerts-list", shown)
    page = shown.page
    assert isinstance(page, AlertsPage)
    page.settle.click()
    await settled()
    [sheet] = shown.findChildren(SettleSheet)
    snap("alerts-question", sheet)
    sheet.reject()
    await settled()


async def services(shown: Window, snap: Snap) -> None:
    """An account of several services."""
    shown.go(AccountPlace(stream(Service.MAIL)))
    await _history(shown, snap, "history-services")


async def _history(shown: Window, snap: Snap, name: str) -> None:
    page = shown.page
    assert isinstance(page, AccountPage)
    await until(lambda: page.history.plot is not None)
    await settled()
    area = page.findChild(QScrollArea)
    assert area is not None
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    page.history.plot.point_at(17)  # type: ignore[union-attr]
    await settled()
    snap(name, shown)
    page.history.as_table.click()
    await settled()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    snap(f"{name}-table", shown)
    page.history.as_table.click()


SCENES: Final = ((Struck, alerts), (ItemsDesk, services))
