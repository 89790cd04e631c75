"""Downloads and imports: the dialogs, what they ask for, and the page that lists what was made."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from saasbackup_desktop.app.destinations.views import DestinationTrial
from saasbackup_desktop.app.exports.views import SHORTEST_PASSWORD, ExportCheck, ExportRequest, ExportStatus
from saasbackup_desktop.app.imports.views import ImportRequest, ServiceFound, Survey, Unreadable
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.exports import FORMATS, PACKINGS, SHORT_FORMATS, STATUSES
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.errors import ExportFault, Misconfigured, VaultFull
from saasbackup_desktop.core.export.values import LARGE_PART, Format, Packing
from saasbackup_desktop.core.ids import AccountId, JobId, NodeId, StreamId
from saasbackup_desktop.core.jobs import JobChanged, State, Tally
from saasbackup_desktop.core.model import Account, Provider, Service, service_of
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import AccountPlace, AddBackup, DownloadsPlace, JobsPlace, RecoveryPlace, TenantPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.account_card import AccountCard
from saasbackup_desktop.ui.rooms.exports.destination_sheet import DestinationSheet
from saasbackup_desktop.ui.rooms.exports.download import Chosen, DownloadSheet
from saasbackup_desktop.ui.rooms.exports.downloads import DownloadsPage
from saasbackup_desktop.ui.rooms.exports.findings import Findings
from saasbackup_desktop.ui.rooms.exports.folders_sheet import FoldersSheet
from saasbackup_desktop.ui.rooms.exports.importing import ImportSheet
from saasbackup_desktop.ui.rooms.exports.keep_sheet import KeepSheet
from saasbackup_desktop.ui.rooms.exports.where import Where
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.add_backup import AddBackupPage
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import STREAM, FakeDesk
from tests.ui.fake_imports import BEFORE
from tests.ui.fake_items import PERSON, ItemsDesk, stream
from tests.ui.fake_tenants import NORTHWIND
from tests.ui.stage import play, settled, until, window

Scene = Callable[[Window], Awaitable[None]]
ENTER = Qt.Key.Key_Return
SECRET = "four unrelated words here"


def _seen(application: QApplication, folder: Path, scene: Scene, make: Callable[[], FakeDesk] = FakeDesk) -> None:
    async def work() -> None:
        async with window(application, folder, make) as shown:
            await scene(shown)

    play(application, work())


def _desk(shown: Window) -> FakeDesk:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    return desk


def _asked(shown: Window, name: str) -> list[Any]:
    return [what for said, what in _desk(shown).asked if said == name]


async def _cards(shown: Window) -> Sequence[StreamCard]:
    cards = await shown.bridge.call(shown.bridge.desk.cards())
    return [card for card in cards if card.account.id == PERSON.account.id]


async def _open(sheet: Sheet) -> "asyncio.Future[bool]":
    answer = asyncio.ensure_future(sheet.answer())
    await settled()
    return answer


def _visible(shown: Window, kind: type[QDialog]) -> Any:
    return next((one for one in shown.findChildren(kind) if one.isVisible()), None)


def test_everything_that_can_be_has_words() -> None:
    assert set(FORMATS) == set(Format) == set(SHORT_FORMATS)
    assert set(PACKINGS) == set(Packing)
    assert set(STATUSES) == set(ExportStatus)


def test_a_whole_account_becomes_one_data_file_by_the_keyboard_alone(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.go(AccountPlace(stream(Service.MAIL)))
        page = shown.page
        assert isinstance(page, AccountPage)
        await until(page.download.isVisible)
        QTest.keyClick(page.download, ENTER)
        await until(lambda: _visible(shown, DownloadSheet) is not None)
        sheet = _visible(shown, DownloadSheet)
        await until(lambda: sheet._on.isEnabled() and len(sheet.what.picks()) == 6)
        assert sheet.what.formats == {Format.PST, Format.JSON}  # settings have no place in a data file
        sheet.what.preset.choose(Format.PDF_FOLDER.value)
        sheet.what.preset.picked.emit(Format.PDF_FOLDER.value)
        becomes = {service_of(pick.stream): pick.format for pick in sheet.what.picks()}
        assert (becomes[Service.MAIL], becomes[Service.CONTACTS]) == (Format.PDF_FOLDER, Format.PDF)
        sheet.what.preset.choose(Format.PST.value)
        sheet.what.preset.picked.emit(Format.PST.value)
        QTest.keyClick(sheet._on, ENTER)
        assert sheet.focusWidget() is sheet.where.folder.line
        sheet.where.folder.line.setText(str(tmp_path))
        assert sheet.where._part_field.isVisible()
        QTest.keyClick(sheet.where.folder.line, ENTER)
        await until(sheet._start.isVisible)
        assert sheet.focusWidget() is sheet._start
        assert _asked(shown, "estimate")[-1].to == str(tmp_path)
        QTest.keyClick(sheet._start, ENTER)
        await until(lambda: isinstance(shown.page, DownloadsPage))
        request, password = _asked(shown, "export")[-1]
        assert isinstance(request, ExportRequest)
        assert password is None
        assert {pick.stream for pick in request.picks} == {card.stream for card in await _cards(shown)}
        assert not request.deleted
        assert not request.recoverable
        assert request.keep_days is None
        downloads = shown.page
        assert isinstance(downloads, DownloadsPage)
        await until(lambda: downloads.shown is not None)
        assert downloads.shown.job == _desk(shown).exports.listed[0].job

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_nothing_goes_on_before_every_service_is_known(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        known: Future[None] = Future()
        exports = _desk(shown).exports
        formats = exports.formats

        async def slow(of: StreamId) -> Sequence[Format]:
            if service_of(of) is not Service.MAIL:
                await asyncio.wrap_future(known)
            return await formats(of)

        exports.formats = slow  # type: ignore[method-assign]
        sheet = DownloadSheet(shown.bridge, await _cards(shown), shown)
        answer = await _open(sheet)
        assert len(sheet.what.picks()) < 6
        assert not sheet._on.isEnabled()
        known.set_result(None)
        await until(sheet._on.isEnabled)
        assert len(sheet.what.picks()) == 6
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_every_choice_arrives(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        cards = await _cards(shown)
        sheet = DownloadSheet(shown.bridge, cards, shown)
        answer = await _open(sheet)
        what, where = sheet.what, sheet.where
        lines = {line.service: line for line in what.lines}
        for service in (Service.CONTACTS, Service.TASKS, Service.NOTES, Service.SETTINGS):
            lines[service].box.click()
        what.preset.choose("open")
        what.preset.picked.emit("open")
        assert what.formats == {Format.EML, Format.ICS}
        lines[Service.MAIL].format.choose(Format.MBOX)
        lines[Service.MAIL].format_picked.emit()
        assert what.preset.value() == "own"
        newest = lines[Service.MAIL].point
        what.dated.click()
        what.day.setDate(what.day.date().addDays(-3))
        assert newest is not None
        assert lines[Service.MAIL].point is not None
        assert lines[Service.MAIL].point.finished < newest.finished
        what.since._on.click()
        what.deleted.click()
        what.recoverable.click()
        lines[Service.MAIL].folders.click()
        await until(lambda: _visible(shown, FoldersSheet) is not None)
        folders = _visible(shown, FoldersSheet)
        await until(lambda: folders._model.rowCount() > 0)
        QTest.keyClick(folders.tree, Qt.Key.Key_Space)
        assert len(folders.chosen) == 1
        QTest.keyClick(folders.take, ENTER)
        await until(lambda: bool(lines[Service.MAIL].chosen_folders))
        assert "1 folder" in lines[Service.MAIL].folders.text()
        sheet._on.click()
        where.folder.line.setText(str(tmp_path))
        where.name.setText("For the court")
        where._packings.button(1).click()
        where.part.choose(LARGE_PART)
        where.keep.choose(7)
        where.lock.click()
        assert not sheet._next.isEnabled()
        where.password.first.setText(SECRET)
        where.password.second.setText(SECRET)
        assert sheet._next.isEnabled()
        sheet._next.click()
        await until(sheet._start.isVisible)
        sheet._start.click()
        assert await answer
        request, password = _asked(shown, "export")[-1]
        assert password == SECRET
        mail = next(pick for pick in request.picks if pick.format is Format.MBOX)
        assert len(request.picks) == 2
        assert mail.selection.folders == (NodeId("m-inbox"),)
        assert mail.selection.since is not None
        assert mail.selection.until is None
        assert (request.name, request.packing, request.part_size) == ("For the court", Packing.ZIP, LARGE_PART)
        assert (request.deleted, request.recoverable, request.keep_days) == (True, True, 7)

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_what_cannot_be_done_cannot_be_pressed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        sheet = DownloadSheet(shown.bridge, await _cards(shown), shown)
        answer = await _open(sheet)
        what, where = sheet.what, sheet.where
        for line in what.lines:
            line.box.click()
        assert not sheet._on.isEnabled()
        what.lines[0].box.click()
        what.dated.click()
        what.day.setDate(what.day.date().addYears(-20))
        assert not what.lines[0].box.isEnabled()
        assert "nothing was saved by then" in what.lines[0].told.whole
        assert not sheet._on.isEnabled()
        what.last.click()
        assert sheet._on.isEnabled()
        what.since._on.click()
        what.until_day._on.click()
        what.until_day._date.setDate(what.since._date.date().addDays(-1))
        assert not sheet._on.isEnabled()
        what.until_day.clear()
        sheet._on.click()
        for folder, name, good in (
            ("", "", False),
            ("some/where", "", False),
            (str(tmp_path), "a/b", False),
            (str(tmp_path), "end.", False),
            (str(tmp_path), "Good", True),
        ):
            where.folder.line.setText(folder)
            where.name.setText(name)
            assert sheet._next.isEnabled() is good, (folder, name)
        where._packings.button(1).click()
        where.lock.click()
        where.password.first.setText(SECRET)
        where.password.second.setText("another one, though")
        assert not sheet._next.isEnabled()
        where._packings.button(0).click()
        assert where.secret is None
        _desk(shown).exports.warnings = ("nothing-picked",)
        sheet._next.click()
        await until(sheet._start.isVisible)
        assert not sheet._start.isEnabled()
        QTest.keyClick(sheet._back, ENTER)
        assert sheet._next.isVisible()
        sheet.reject()
        assert not await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_a_fault_is_told_in_the_dialog(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(shown: Window) -> None:
        async def full(request: ExportRequest, password: str | None = None) -> None:
            raise VaultFull("no room", path="/media/stick")

        monkeypatch.setattr(_desk(shown).exports, "start", full)
        sheet = DownloadSheet(shown.bridge, await _cards(shown), shown)
        answer = await _open(sheet)
        sheet._on.click()
        sheet.where.folder.line.setText(str(tmp_path))
        sheet._next.click()
        await until(sheet._start.isVisible)
        sheet._start.click()
        await until(sheet.banner.isVisible)
        assert sheet.isVisible()
        assert sheet._start.isEnabled()
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_what_is_ticked_in_a_mailbox_is_taken_as_of_its_point_in_time(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.go(RecoveryPlace(stream(Service.MAIL)))
        page = shown.page
        assert isinstance(page, MailboxPage)
        await until(lambda: page.mail.rowCount() > 0)
        page.picker._earlier.click()
        await settled(60)
        page.table.setFocus()
        page.basket.tick_items([NodeId("m3"), NodeId("m4")], True)
        QTest.keyClick(
            page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        await until(lambda: _visible(shown, DownloadSheet) is not None)
        sheet = _visible(shown, DownloadSheet)
        await until(sheet._on.isEnabled)
        assert "2 messages" in sheet.lead.text()
        assert not sheet.what.deleted.isVisible()
        (pick,) = sheet.what.picks()
        assert pick.selection == Selection(items=(NodeId("m3"), NodeId("m4")))
        assert page.picker.current is not None
        assert pick.snapshot == page.picker.current.id
        assert pick.format is Format.EML
        sheet.reject()
        await settled()
        assert not page.basket.is_empty

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_a_picked_folder_can_have_what_was_deleted_in_it(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        mail = next(card for card in await _cards(shown) if card.service is Service.MAIL)
        assert mail.last is not None
        sheet = DownloadSheet(shown.bridge, [mail], shown, Chosen(mail.last, Selection(folders=(NodeId("m-inbox"),))))
        answer = await _open(sheet)
        assert sheet.what.deleted.isVisible()
        assert not sheet.what.recoverable.isVisible()
        assert not sheet.what.dated.isVisible()
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_downloads_stand_beside_the_jobs(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.go(JobsPlace())
        jobs = shown.page
        assert isinstance(jobs, JobsPage)
        await settled()
        jobs.tabs.setFocus()
        QTest.keyClick(jobs.tabs, Qt.Key.Key_Right)
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page._model.rowCount() == 8)
        assert jobs.tabs.currentIndex() == 0
        assert shown.navigation._buttons[JobsPlace].isChecked()
        labels = [page._model.index(n, 1).data() for n in range(8)]
        assert labels == [
            "Running", "Completed", "Partially completed", "Retrying", "Failed", "Cancelled", "Expired", "On queue",
        ]  # fmt: skip
        QTest.keyClick(page.tabs, Qt.Key.Key_Left)
        assert isinstance(shown.page, JobsPage)
        shown.go(DownloadsPlace())
        page.states.choose("expired")
        page.states.picked.emit("expired")
        assert page._model.rowCount() == 1
        page.search.setText("nobody of this name")
        assert page._stack.currentIndex() == 2
        shown.go(DownloadsPlace(_desk(shown).exports.listed[1].job))
        await settled()
        assert page.shown is not None
        assert page.shown.status is ExportStatus.COMPLETED

    _seen(qapp, tmp_path, scene)


def test_a_download_moves_on_and_keeps_its_place(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        sheet = DownloadSheet(shown.bridge, [(await shown.bridge.call(desk.cards()))[0]], shown)
        answer = await _open(sheet)
        sheet._on.click()
        sheet.where.folder.line.setText(str(tmp_path))
        sheet._next.click()
        await until(sheet._start.isVisible)
        sheet._start.click()
        await answer
        assert sheet.job is not None
        shown.go(DownloadsPlace(sheet.job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.shown is not None)
        job = await shown.bridge.call(desk.job(sheet.job))
        further = replace(job, tally=Tally(items_done=999, items_total=1200, doing="exporting"))
        page.happened(JobChanged(further))
        assert "999 / 1,200" in page.card._doing.whole
        desk.exports.listed.append(desk.exports.listed.pop(0))
        page.refresh()
        await settled(60)
        assert page.shown is not None
        assert page.shown.job == sheet.job

    _seen(qapp, tmp_path, scene)


def test_a_download_whose_place_is_lost_is_forgotten(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        done = desk.exports.listed[1]
        shown.go(DownloadsPlace(done.job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.shown is not None)

        async def removing(answer: str) -> str:
            """Remove it; gives what the second question says before it is answered."""
            page.card.remove.click()
            await until(lambda: _visible(shown, QDialog) is not None)
            _visible(shown, QDialog).accept()
            await until(lambda: _titled(shown, "Forget") is not None)
            asking = _titled(shown, "Forget")
            said = asking.accessibleDescription() + " ".join(one.text() for one in asking.findChildren(QLabel))
            next(one for one in asking.findChildren(Button) if one.text().replace("&", "") == answer).click()
            await until(lambda: _visible(shown, QDialog) is None)
            return said

        desk.exports.lost = ExportFault("gone", location="/media/usb", reason="no-disk")
        said = await removing("Keep it in the list")
        assert "/media/usb" in said
        assert "stay where they are, decrypted" in said
        assert not _asked(shown, "forget-export")
        await removing("Forget it")
        await until(lambda: _asked(shown, "forget-export") == [done.job])
        await until(lambda: "taken off the list" in page.banner.accessibleName())
        assert "they stay where they are" in page.banner.accessibleDescription()
        await until(lambda: page.shown is not None and page.shown.job != done.job)
        desk.exports.found_again = ()
        assert "not removed" in await removing("Forget it")
        await until(lambda: "its files were removed" in page.banner.accessibleDescription())
        page.table.go_to(0)
        await settled()
        page.table.go_to(1)
        desk.exports.found_again = ("Dana.pst",)
        await removing("Forget it")
        await until(lambda: "1 changed file" in page.banner.accessibleName())
        page.table.go_to(1)
        desk.exports.lost = ExportFault("busy", location="/media/usb", reason="not-removed")
        page.card.remove.click()  # the place is there: nothing is offered
        await until(lambda: _visible(shown, QDialog) is not None)
        _visible(shown, QDialog).accept()
        await until(lambda: "could not be removed" in page.banner.accessibleName())
        assert _visible(shown, QDialog) is None

    _seen(qapp, tmp_path, scene)


def test_files_that_were_not_found_are_told(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        shown.go(DownloadsPlace(desk.exports.listed[1].job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.shown is not None)
        desk.exports.missed = 3
        page.card.remove.click()
        await until(lambda: _visible(shown, QDialog) is not None)
        _visible(shown, QDialog).accept()
        await until(lambda: "3 files were not found" in page.banner.accessibleName())

    _seen(qapp, tmp_path, scene)


def _titled(shown: Window, beginning: str) -> QDialog | None:
    found = (one for one in shown.findChildren(QDialog) if one.isVisible())
    return next((one for one in found if one.windowTitle().startswith(beginning)), None)


def test_files_are_opened_checked_kept_and_removed(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)

    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        done = desk.exports.listed[1]
        shown.go(DownloadsPlace(done.job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.shown is not None)
        assert [page.card._parts.index(n, 1).data() for n in range(3)] == ["4.7 GiB", "4.7 GiB", "1.1 GiB"]
        QTest.keyClick(page.table, ENTER)
        assert [url.toLocalFile() for url in opened] == [done.where]
        page.card.check.click()
        await until(lambda: page.banner.isVisible() and "3 files are as written" in page.banner.accessibleName())
        desk.exports.verdict = ExportCheck(files=3, sound=1, missing=("Dana.pst",), altered=("Dana (2).pst",))
        page.card.check.click()
        await until(lambda: "Missing: Dana.pst. Altered: Dana (2).pst" in page.banner.accessibleDescription())
        page.card.keep.click()
        await until(lambda: _visible(shown, KeepSheet) is not None)
        keep = _visible(shown, KeepSheet)
        assert keep.days.currentText() == f"As now: until {text.day(done.expires or 0)}"
        keep.accept()  # nothing changes
        await until(lambda: _visible(shown, KeepSheet) is None)
        await settled()
        assert not _asked(shown, "keep-export")
        page.card.keep.click()
        await until(lambda: _visible(shown, KeepSheet) is not None)
        keep = _visible(shown, KeepSheet)
        keep.days.choose(0)
        keep.accept()
        await until(lambda: _asked(shown, "keep-export") == [(done.job, None)])
        await settled()
        shown.activateWindow()
        page.table.setFocus()
        await settled(4)
        desk.exports.changed = ("Dana.pst",)
        read: Future[None] = Future()  # it is still read back when it is removed

        async def check(_: JobId) -> ExportCheck:
            await asyncio.wrap_future(read)
            raise Misconfigured("gone", what="unknown-export")

        desk.exports.check = check  # type: ignore[method-assign]
        page.card.check.click()
        await until(lambda: "Reading" in page.banner.accessibleName())
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
        await until(lambda: _visible(shown, QDialog) is not None)
        _visible(shown, QDialog).accept()
        await until(lambda: _asked(shown, "remove-export") == [done.job])
        await until(lambda: page._model.rowCount() == 7)
        await until(lambda: "1 changed file" in page.banner.accessibleName())
        assert "Dana.pst" in page.banner.accessibleDescription()
        assert read.cancelled()
        shown.go(DownloadsPlace(desk.exports.listed[0].job))
        await settled()
        assert page.shown is not None
        assert page.shown.status is ExportStatus.RUNNING
        assert not page.card.remove.isVisible()
        assert not page.card.open.isVisible()
        page.card.job.click()
        assert isinstance(shown.page, JobsPage)
        shown.go(DownloadsPlace(done.job))  # as the job of what was removed leads there
        await until(lambda: "not there any more" in page.banner.accessibleName())

    _seen(qapp, tmp_path, scene)


def test_what_is_expired_is_downloaded_again(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        shown.go(DownloadsPlace(desk.exports.listed[6].job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.shown is not None and page.card.again.isVisible())
        assert page.card._stats["gone"].isVisible()
        assert not page.card._stats["expires"].isVisible()
        page.card.again.click()
        await until(lambda: _visible(shown, DownloadSheet) is not None)
        _visible(shown, DownloadSheet).reject()
        await until(lambda: _visible(shown, DownloadSheet) is None)
        nobody = Account(id=AccountId("imap:nobody"), provider=Provider.IMAP, address="nobody@example.org")
        page.card.show_result(replace(desk.exports.listed[6], owners=(nobody,)))
        page.card.again.click()
        await until(lambda: "Nothing of it" in page.banner.accessibleName())

    _seen(qapp, tmp_path, scene)


def test_the_page_fits_a_narrow_window(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.resize(1080, 640)
        for one in _desk(shown).exports.listed:
            shown.go(DownloadsPlace(one.job))
            await settled()
            assert shown.width() == 1080
        page = shown.page
        assert isinstance(page, DownloadsPage)
        assert page.table.columnWidth(0) >= 130

    _seen(qapp, tmp_path, scene)


def test_a_password_is_good_enough_where_the_door_takes_it(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        where = Where(shown.bridge)
        where.folder.line.setText(str(tmp_path))
        where._packings.button(1).click()
        where.lock.click()
        for typed, is_good in (("a" * (SHORTEST_PASSWORD - 1), False), ("zip secret", True)):
            where.password.first.setText(typed)
            where.password.second.setText(typed)
            assert where.is_good is is_good
        where.deleteLater()

    _seen(qapp, tmp_path, scene)


def test_cards_of_imported_services_say_what_they_hold(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        for like in [card for card in await _cards(shown) if card.service is not Service.SETTINGS]:
            imported = replace(like, account=BEFORE, connection=None, health=Health.IMPORTED, problem="")
            shown_card = AccountCard(shown.bridge, imported)
            words = {label.text() for label in shown_card.findChildren(QLabel)}
            many = NOUNS[like.service][1]
            assert {many[0].upper() + many[1:], "Imported", SHORT_SERVICES[like.service]} <= words
            assert "Last backup" not in words
            shown_card.deleteLater()

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_home_leads_to_imports(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        page = shown.page
        assert isinstance(page, HomePage)
        assert page.files.isVisible()
        page.files.click()
        await until(lambda: _visible(shown, ImportSheet) is not None)
        _visible(shown, ImportSheet).reject()

    _seen(qapp, tmp_path, scene)


def test_archives_are_looked_into_and_imported_by_the_keyboard(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        desk.imports.password = SECRET
        shown.go(AddBackup())
        page = shown.page
        assert isinstance(page, AddBackupPage)
        QTest.keyClick(page.files, ENTER)
        await until(lambda: _visible(shown, ImportSheet) is not None)
        sheet = _visible(shown, ImportSheet)
        assert sheet.focusWidget() is sheet.sources.files
        assert not sheet._next.isEnabled()
        sheet.sources.add([tmp_path / "a.pst", tmp_path / "b.mbox", tmp_path / "a.pst"])
        assert sheet.sources.paths == (str(tmp_path / "a.pst"), str(tmp_path / "b.mbox"))
        sheet.sources.list.setFocus()
        sheet.sources.list.setCurrentRow(1)
        QTest.keyClick(sheet.sources.list, Qt.Key.Key_Delete)
        assert sheet.sources.paths == (str(tmp_path / "a.pst"),)
        QTest.keyClick(sheet._next, ENTER)
        await until(sheet._start.isVisible)
        found = sheet.findings
        assert sheet.focusWidget() is found.password
        assert not sheet._start.isEnabled()
        QTest.keyClicks(found.password, SECRET)
        QTest.keyClick(found.password, ENTER)
        await until(lambda: len(found.boxes) == 3)
        assert sheet.focusWidget() is found.name
        assert "21,408 messages, 14 folders" in found.boxes[Service.MAIL].accessibleName()
        found.name.setEditText("Dana")
        await until(lambda: not sheet._start.isEnabled())
        assert "Imports are kept apart" in found.name.accessibleDescription()
        found.name.setEditText("Old office")
        await until(sheet._start.isEnabled)
        assert "imported before" in found.name.accessibleDescription()
        QTest.keyClick(found.boxes[Service.CONTACTS], Qt.Key.Key_Space)
        QTest.keyClick(sheet._start, ENTER)
        await until(lambda: isinstance(shown.page, JobsPage))
        request, password = _asked(shown, "import")[-1]
        assert isinstance(request, ImportRequest)
        assert request.paths == (str(tmp_path / "a.pst"),)
        assert (request.name, password) == ("Old office", SECRET)
        assert request.services == (Service.MAIL, Service.CALENDAR)

    _seen(qapp, tmp_path, scene)


def test_enter_after_a_password_looks_again_and_starts_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        sheet = ImportSheet(shown.bridge, shown)
        answer = await _open(sheet)
        sheet.sources.add([tmp_path])
        sheet._next.click()
        await until(sheet._start.isEnabled)
        survey = sheet.findings.survey
        assert survey is not None
        sheet.findings.show_survey(replace(survey, needs_password=True))  # one of several is encrypted
        sheet.findings.password.setFocus()
        QTest.keyClicks(sheet.findings.password, SECRET)
        QTest.keyClick(sheet.findings.password, ENTER)
        await until(lambda: _asked(shown, "survey")[-1] == ((str(tmp_path),), SECRET))
        await settled()
        assert not _asked(shown, "import")
        assert sheet.isVisible()
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene)


def test_files_stay_as_they_are_while_they_are_looked_into(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        looked: Future[None] = Future()
        begin = desk.imports.survey

        async def slow(paths: Sequence[str], password: str | None = None, seconds: float = 10.0) -> Survey:
            await asyncio.wrap_future(looked)
            return await begin(paths, password, seconds)

        desk.imports.survey = slow  # type: ignore[method-assign]
        sheet = ImportSheet(shown.bridge, shown)
        answer = await _open(sheet)
        assert "Add files" in sheet._next.accessibleDescription()
        sheet.sources.add([tmp_path])
        assert not sheet._next.accessibleDescription()
        sheet._next.click()
        await settled(4)
        assert not sheet.sources.files.isEnabled()
        looked.set_result(None)
        await until(sheet._start.isVisible)
        assert sheet.sources.files.isEnabled()
        found = sheet.findings
        assert found.survey is not None
        found.show_survey(replace(found.survey, needs_password=True))
        looked = Future()
        found.password.setText(SECRET)
        found.look.click()
        await until(lambda: found.look.text() == "Opening…")
        assert not sheet._start.isEnabled()
        sheet._back.click()  # whoever goes back does not want to know any more
        await settled(30)
        assert sheet._next.isVisible()
        assert sheet._next.isEnabled()
        assert sheet.focusWidget() is sheet._next
        looked = Future()
        looked.set_result(None)
        sheet._next.click()
        await until(sheet._start.isVisible)
        for box in found.boxes.values():
            box.click()
        assert "at least one service" in sheet._start.accessibleDescription()
        assert _after(found.name, 3) == list(found.boxes.values())
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene)


def _after(widget: QWidget, count: int) -> list[QWidget]:
    """What the tab key leads to from there."""
    found: list[QWidget] = []
    while len(found) < count:
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.focusProxy() is None:
            found.append(widget)
    return found


def test_what_cannot_be_imported_is_told_with_its_reason(qapp: QApplication) -> None:
    found = Findings()
    nothing = Survey(
        paths=("/x/gone",), name="gone", files=0, size=0, kinds={}, services=(), folders=(), broken=1, is_whole=True,
        unreadable=(Unreadable(path="/x/gone", code="not-found"),), needs_password=False,
    )  # fmt: skip
    found.show_survey(nothing)
    assert found.note.accessibleName() == "These files cannot be read"
    assert found.note.accessibleDescription().startswith(words_for("not-found", {}).what)
    assert found._told.isHidden()
    some = ServiceFound(service=Service.MAIL, folders=1, items=2, size=3)
    found.show_survey(replace(nothing, services=(some,)))
    assert found.note.accessibleDescription() == "The import leaves it out, and names it."
    found.deleteLater()


def test_files_can_be_dropped(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        sheet = ImportSheet(shown.bridge, shown)
        answer = await _open(sheet)
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.com/a.pst")])
        sheet.sources.dropEvent(
            QDropEvent(
                QPointF(5, 5),
                Qt.DropAction.CopyAction,
                dropped,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )
        assert sheet.sources.paths == (str(tmp_path),)
        sheet._next.click()
        await until(sheet._start.isVisible)
        assert sheet._services() == ()  # everything, also what was not seen yet
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene)


def test_an_account_without_a_backup_has_nothing_to_download(qapp: QApplication, tmp_path: Path) -> None:
    class Bare(FakeDesk):
        async def cards(self) -> Sequence[StreamCard]:
            return [replace(card, last=None, snapshots=0) for card in await super().cards()]

    async def scene(shown: Window) -> None:
        shown.go(AccountPlace(STREAM))
        await settled()
        page = shown.page
        assert isinstance(page, AccountPage)
        assert not page.download.isVisible()

    _seen(qapp, tmp_path, scene, Bare)


def test_a_destination_is_set_up_tried_changed_chosen_and_removed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        sheet = DownloadSheet(shown.bridge, await _cards(shown), shown)
        answer = await _open(sheet)
        sheet._on.click()
        where = sheet.where
        where.add.click()
        await until(lambda: _visible(shown, DestinationSheet) is not None)
        form = _visible(shown, DestinationSheet)
        assert form.focusWidget() is form.kind
        form.kind.choose("azure")
        form.kind.picked.emit("azure")
        form.name.setText("Archive")
        assert not form.keep.isEnabled()
        assert form.keep.accessibleDescription() == "Still missing: Storage account, Container."
        for name, words in (("account", "northwind"), ("container", "exports"), ("key", SECRET)):
            form.fields[name].setText(words)
        _desk(shown).destinations.trials = [
            DestinationTrial(check="reach"),
            DestinationTrial(check="write", code="sign-in-needed", facts={"host": "blob.example"}),
        ]
        QTest.keyClick(form.test, ENTER)
        await until(lambda: [mark.state for mark in form.marks.marks] == ["Works", "Failed"])
        QTest.keyClick(form.keep, ENTER)
        await until(lambda: where.destination is not None and where.destination.settings.name == "Archive")
        settings, secrets = _asked(shown, "put-destination")[-1]
        assert settings.values == {"account": "northwind", "container": "exports"}
        assert secrets == {"key": SECRET}
        assert SECRET not in repr(settings)
        assert not where.folder.isVisible()
        where.change.click()
        await until(lambda: _visible(shown, DestinationSheet) is not None)
        form = _visible(shown, DestinationSheet)
        assert not form.kind.isEnabled()
        assert form.fields["key"].text() == ""
        assert form.keep.isEnabled()
        form.reject()
        await settled()
        sheet._next.click()
        await until(sheet._start.isVisible)
        sheet._start.click()
        assert await answer
        request, _ = _asked(shown, "export")[-1]
        assert request.to == "destination:Archive"

    async def removing(shown: Window) -> None:
        sheet = DownloadSheet(shown.bridge, await _cards(shown), shown)
        answer = await _open(sheet)
        sheet._on.click()
        await until(lambda: sheet.where.place.count() == 2)
        sheet.where.place.choose("Lawyers")
        sheet.where.place.picked.emit("Lawyers")
        sheet.where.forget.click()
        await until(lambda: len([one for one in shown.findChildren(QDialog) if one.isVisible()]) == 2)
        next(one for one in shown.findChildren(QDialog) if one.isVisible() and one is not sheet).accept()
        await until(lambda: _asked(shown, "remove-destination") == ["Lawyers"])
        await until(lambda: sheet.where.destination is None)
        assert sheet.where.folder.isVisible()
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)
    _seen(qapp, tmp_path, removing, ItemsDesk)


def test_dropbox_lets_the_app_in_by_a_code(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()) or True)

    async def scene(shown: Window) -> None:
        form = DestinationSheet(shown.bridge, None, shown)
        answer = await _open(form)
        assert not form._dropbox.isVisible()
        form.kind.choose("dropbox")
        form.kind.picked.emit("dropbox")
        form.fields["app-key"].setText("key of ours")
        form._let_in.click()
        await until(lambda: bool(opened))
        assert "client_id=key%20of%20ours" in opened[0] or "client_id=key of ours" in opened[0]
        form.code.setText("a code")
        form._take.click()
        await until(lambda: form.fields["refresh-token"].text() == "token of a code")
        form.reject()
        await answer

    _seen(qapp, tmp_path, scene)


def test_a_job_leads_to_its_download(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = _desk(shown)
        pick = desk.exports.listed[0].picks[0]
        job = await shown.bridge.call(desk.exports.start(ExportRequest(picks=(pick,), to="destination:Lawyers")))
        shown.go(JobsPlace(job))
        page = shown.page
        assert isinstance(page, JobsPage)
        await until(lambda: page.detail.job_id == job)
        assert page.detail._title.whole == "Download: Dana Whitfield"
        assert page.detail._to.whole == "To Lawyers"
        assert page.detail.download.isVisible()
        assert not page.detail._skip.isVisible()
        page.detail.download.click()
        downloads = shown.page
        assert isinstance(downloads, DownloadsPage)
        await until(lambda: downloads.shown is not None and downloads.shown.job == job)
        QTest.keyClick(downloads.card.pause, ENTER)
        await settled()
        assert (await shown.bridge.call(desk.job(job))).state is State.PAUSED
        QTest.keyClick(downloads.card.stop, ENTER)
        await until(lambda: _visible(shown, QDialog) is not None)
        _visible(shown, QDialog).accept()
        await settled()
        assert (await shown.bridge.call(desk.job(job))).state is State.STOPPED

    _seen(qapp, tmp_path, scene)


def test_a_search_of_every_point_in_time_reaches_back(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        mail = next(card for card in await _cards(shown) if card.service is Service.MAIL)
        assert mail.last is not None
        chosen = Chosen(mail.last, Selection(items=(NodeId("m3"),)), reaches_back=True)
        sheet = DownloadSheet(shown.bridge, [mail], shown, chosen)
        answer = await _open(sheet)
        assert sheet.what.deleted.isVisible()
        sheet._on.click()
        sheet.where.folder.line.setText(str(tmp_path))
        assert sheet.request().deleted
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_an_account_of_a_tenant_is_downloaded_from_its_list(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.go(TenantPlace(NORTHWIND, "accounts"))
        assert isinstance(shown.page, TenantPage)
        leaf = shown.page.leaf
        assert isinstance(leaf, AccountsLeaf)
        await until(lambda: leaf.model.rowCount() > 0)
        place = next(n for n, one in enumerate(leaf.model.rows) if one.account.id == PERSON.account.id)
        leaf.table.go_to(place)
        assert leaf.download_action.isEnabled() is any(
            one.last is not None for one in leaf.model.row_at(place).services
        )
        leaf.run(leaf._download())
        await until(lambda: _visible(shown, DownloadSheet) is not None)
        sheet = _visible(shown, DownloadSheet)
        await until(sheet._on.isEnabled)
        assert "Adele Vance" in sheet.lead.text()
        sheet.reject()
        await settled()
        leaf.table.selectAll()
        assert not leaf.download_action.isEnabled()

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_an_account_is_downloaded_from_its_card_on_home(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        home = shown.page
        assert isinstance(home, HomePage)
        card = home._cards[STREAM]
        card.tasks.start(card._download())
        await until(lambda: _visible(shown, DownloadSheet) is not None)
        sheet = _visible(shown, DownloadSheet)
        await until(sheet._on.isEnabled)
        assert sheet.what.formats == {Format.EML}  # of one service, what most programs open
        assert not sheet.what.recoverable.isVisible()  # a mail server has none
        sheet.reject()

    _seen(qapp, tmp_path, scene)


def test_dialogs_that_grow_stay_on_the_screen(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        form = DestinationSheet(shown.bridge, None, shown)
        answer = await _open(form)
        trials = [DestinationTrial(check="write", code="sign-in-needed", facts={"host": "box.example"})] * 6
        form.show_trials(trials)
        await settled()
        assert form.height() <= form.screen().availableGeometry().height()
        assert form.keep.mapTo(form, form.keep.rect().bottomRight()).y() < form.height()
        form.reject()
        await answer
        sheet = DownloadSheet(shown.bridge, await _cards(shown), shown)
        answer = await _open(sheet)
        sheet._on.click()
        sheet.where._packings.button(1).click()
        sheet.where.lock.click()
        await settled()
        assert sheet.height() <= sheet.screen().availableGeometry().height()
        assert sheet._next.mapTo(sheet, sheet._next.rect().bottomRight()).y() < sheet.height()
        sheet.reject()
        await answer

    _seen(qapp, tmp_path, scene, ItemsDesk)
