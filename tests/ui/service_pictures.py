"""Scenes of an account with all services, for pictures and for the tests that walk through all of them."""

from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import SERVICES
from saasbackup_desktop.ui.places import AccountPlace, RecoveryPlace
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_items import ItemsDesk, stream
from tests.ui.stage import settled

Snap = Callable[[str, QWidget], None]


async def browser(shown: Window, snap: Snap) -> None:
    for service in SERVICES:
        shown.go(RecoveryPlace(stream(service)))
        await settled(60)
        snap(f"recovery-{service.value}", shown)
    page = shown.page
    assert isinstance(page, MailboxPage)
    page.more_fields.setChecked(True)
    for service in SERVICES[1:4]:
        page._service_chosen(stream(service))
        await settled(60)
        snap(f"recovery-search-{service.value}", shown)
    page.more_fields.setChecked(False)
    shown.go(AccountPlace(stream(SERVICES[1])))
    await settled()
    snap("account-services", shown)


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = ((ItemsDesk, browser),)
