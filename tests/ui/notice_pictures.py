"""Pictures of the page of notices and its dialogs."""

from saasbackup_desktop.app.notices.views import Kind, Pop
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import NoticesPlace
from saasbackup_desktop.ui.rooms.notices.page import NoticesPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.pictured import Snap
from tests.ui.stage import settled


async def notices(shown: Window, snap: Snap) -> None:
    shown.go(NoticesPlace())
    await settled()
    snap("notices", shown)
    page = shown.page
    assert isinstance(page, NoticesPage)
    page.table.setCurrentIndex(page.grid.index(page.grid.rowCount() - 1, 0))
    for name, button in (
        ("notices-recipient", page.edit),
        ("notices-mail", page.set_up),
        ("notices-preview", page.preview),
    ):
        button.click()
        await settled()
        sheet = next(one for one in shown.findChildren(Sheet) if one.isVisible())
        snap(name, sheet)
        sheet.reject()
        await settled()
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    desk.notices.waiting = [
        Pop(
            id="1",
            title="Backup failed: office@northwind.example (mail) – Sign-in refused",
            text="The server did not accept the user name or its password.",
            is_bad=True,
            kind=Kind.EXCEPTIONS,
        )
    ]
    shown.pops.look()
    await settled()
    snap("notices-toast", shown)


SCENES = ((FakeDesk, notices),)
