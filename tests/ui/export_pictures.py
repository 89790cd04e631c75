"""Scenes of downloads and imports, for pictures and for the tests that walk through all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.destinations.views import DestinationTrial
from saasbackup_desktop.core.errors import DestinationMissing
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import AddBackup, DownloadsPlace
from saasbackup_desktop.ui.rooms.exports.accounts_sheet import AccountsSheet
from saasbackup_desktop.ui.rooms.exports.destination_sheet import DestinationSheet
from saasbackup_desktop.ui.rooms.exports.download import Chosen, DownloadSheet, SeveralSheet
from saasbackup_desktop.ui.rooms.exports.downloads import DownloadsPage
from saasbackup_desktop.ui.rooms.exports.folders_sheet import FoldersSheet
from saasbackup_desktop.ui.rooms.exports.forgetting import ask_forget
from saasbackup_desktop.ui.rooms.exports.importing import ImportSheet
from saasbackup_desktop.ui.rooms.exports.keep_sheet import KeepSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_items import PERSON, ItemsDesk
from tests.ui.stage import settled

Snap = Callable[[str, QWidget], None]


async def downloads(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    for name, one in (("running", 0), ("completed", 1), ("partial", 2), ("retrying", 3), ("failed", 4), ("expired", 6)):
        shown.go(DownloadsPlace(desk.exports.listed[one].job))
        await settled()
        snap(f"downloads-{name}", shown)
    page = shown.page
    assert isinstance(page, DownloadsPage)
    sheet = KeepSheet(desk.exports.listed[1], shown)
    await _opened(sheet, lambda: snap("downloads-keep", sheet))
    away = DestinationMissing("gone", location="s3://fernwick-legal/exports", what="bucket")
    asked = asyncio.ensure_future(ask_forget(desk.exports.listed[1], away, shown))
    await settled(20)
    asking = next(one for one in shown.findChildren(Sheet) if one.isVisible())
    snap("downloads-forget", asking)
    asking.reject()
    await asked
    page.search.setText("nobody")
    await settled(4)
    snap("downloads-unmatched", shown)


async def sheets(shown: Window, snap: Snap) -> None:
    bridge = shown.bridge
    cards = [card for card in await bridge.call(bridge.desk.cards()) if card.account.id == PERSON.account.id]
    sheet = DownloadSheet(bridge, cards, shown)
    asked = asyncio.ensure_future(sheet.answer())
    await settled(60)
    snap("download", sheet)
    sheet.what.dated.click()
    sheet.what.lines[3].format.choose("csv")
    sheet.what.lines[3].format_picked.emit()
    sheet.what.lines[4].box.click()
    sheet.what.deleted.click()
    await settled(4)
    snap("download-dated", sheet)
    sheet._on.click()
    await settled(4)
    snap("download-where", sheet)
    sheet.where.folder.line.setText("/home/dana/Downloads")
    sheet.where._packings.button(1).click()
    sheet.where.lock.click()
    sheet.where.password.first.setText("five unrelated words")
    await settled(4)
    snap("download-locked", sheet)
    sheet.where.password.second.setText("five unrelated words")
    sheet.where.place.choose("Lawyers")
    sheet.where.place.picked.emit("Lawyers")
    await settled(4)
    snap("download-outside", sheet)
    sheet._next.click()
    await settled()
    snap("download-estimate", sheet)
    sheet.reject()
    await asked
    await _picked(shown, snap)


async def several(shown: Window, snap: Snap) -> None:
    bridge = shown.bridge
    chooser = AccountsSheet(bridge, shown)
    asked = asyncio.ensure_future(chooser.answer())
    await settled()
    chooser.table.selectAll()
    await settled(4)
    snap("download-accounts", chooser)
    chooser.reject()
    await asked
    sheet = SeveralSheet(bridge, chooser.chosen, shown)
    asked = asyncio.ensure_future(sheet.answer())
    await settled(60)
    sheet.what.when.dated.click()
    await settled()
    snap("download-several", sheet)
    sheet._on.click()
    sheet.where.folder.line.setText("/home/dana/Downloads")
    sheet.estimate.wait("/home/dana/Downloads", 500)
    sheet.estimate.show_progress(120, 500)
    sheet._turn(2)
    await settled(4)
    snap("download-several-adding", sheet)
    sheet._turn(1)
    sheet._next.click()
    await settled()
    snap("download-several-estimate", sheet)
    sheet.reject()
    await asked


async def _picked(shown: Window, snap: Snap) -> None:
    bridge = shown.bridge
    assert isinstance(bridge.desk, FakeDesk)
    cards = [card for card in await bridge.call(bridge.desk.cards()) if card.account.id == PERSON.account.id]
    mail = next(card for card in cards if card.service is Service.MAIL)
    point = (await bridge.call(bridge.desk.snapshots(mail.stream)))[2]
    chosen = Chosen(point, Selection(folders=(NodeId("m-inbox"),), items=(NodeId("m90"),)), "Inbox")
    sheet = DownloadSheet(bridge, [mail], shown, chosen)
    asked = asyncio.ensure_future(sheet.answer())
    await settled(60)
    snap("download-picked", sheet)
    bridge.desk.exports.warnings = ("not-enough-room",)
    sheet._on.click()
    sheet.where.folder.line.setText("/home/dana/Downloads")
    sheet._next.click()
    await settled()
    snap("download-no-room", sheet)
    sheet.reject()
    await asked
    known = (await bridge.call(bridge.desk.destinations.all()))[0]
    place = DestinationSheet(bridge, known, shown)
    await _opened(place, lambda: snap("destination", place))
    other = DestinationSheet(bridge, None, shown)
    asked = asyncio.ensure_future(other.answer())
    for kind in ("s3", "azure", "google", "dropbox", "box"):
        other.kind.choose(kind)
        other.kind.picked.emit(kind)
        await settled(4)
        snap(f"destination-{kind}", other)
    other.show_trials(
        [DestinationTrial(check="reach"), DestinationTrial(check="write", code="sign-in-needed", facts={"host": "box"})]
    )
    await settled(4)
    snap("destination-tried", other)
    other.reject()
    await asked
    folders = FoldersSheet(bridge, mail.stream, point.id, (NodeId("m-inbox"),), shown)
    await _opened(folders, lambda: snap("download-folders", folders))


async def imports(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    shown.go(AddBackup())
    await settled()
    snap("add-backup-files", shown)
    sheet = ImportSheet(shown.bridge, shown)
    asked = asyncio.ensure_future(sheet.answer())
    await settled()
    snap("import-empty", sheet)
    sheet.sources.add([Path("/media/archive/2011/office.pst"), Path("/media/archive/2011/mail")])
    await settled(4)
    snap("import-files", sheet)
    desk.imports.password = "an old password"
    sheet._next.click()
    await settled()
    snap("import-locked", sheet)
    sheet.findings.password.setText("an old password")
    sheet.findings.again.emit()
    await settled()
    snap("import-found", sheet)
    sheet.findings.name.setEditText("Old office")
    await settled()
    snap("import-known", sheet)
    sheet.findings.name.setEditText("Dana")
    await settled()
    snap("import-taken", sheet)
    sheet.reject()
    await asked


async def _opened(sheet: Sheet, look: Callable[[], None]) -> None:
    asked = asyncio.ensure_future(sheet.answer())
    await settled(60)
    look()
    sheet.reject()
    await asked


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = (
    (FakeDesk, downloads),
    (ItemsDesk, sheets),
    (ItemsDesk, several),
    (FakeDesk, imports),
)
