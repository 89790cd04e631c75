"""The window on the real application: old archives come in, are downloaded again, and are what they were."""

import mailbox
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import ExportStatus
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.files.pstcheck import check
from saasbackup_desktop.ui.places import AccountPlace, AddBackup, DownloadsPlace, RecoveryPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.exports.accounts_sheet import AccountsSheet
from saasbackup_desktop.ui.rooms.exports.download import DownloadSheet, SeveralSheet
from saasbackup_desktop.ui.rooms.exports.downloads import DownloadsPage
from saasbackup_desktop.ui.rooms.exports.importing import ImportSheet
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.tenants.add_backup import AddBackupPage
from saasbackup_desktop.ui.shell.window import Window
from saasbackup_desktop.vault.access import slots
from tests.flow.stage import CHEAP, letter
from tests.graph.office import Office, opened
from tests.ui.stage import play, until
from tests.ui.test_real_desk import PATIENCE, close, open_window
from tests.ui.test_real_services import _saved
from tests.ui.test_real_vault import settle_in

ENTER = Qt.Key.Key_Return
LETTERS = {n: letter(n) for n in range(7)}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a try of a passphrase costs is not what is shown here."""
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)


def _archives(folder: Path) -> Path:
    (folder / "Inbox").mkdir(parents=True)
    for number in range(3):
        (folder / "Inbox" / f"{number}.eml").write_bytes(LETTERS[number])
    box = mailbox.mbox(folder / "Sent.mbox")
    for number in range(3, 7):
        box.add(LETTERS[number])
    box.close()
    return folder


def _visible(shown: Window, kind: type[QDialog]) -> Any:
    return next((one for one in shown.findChildren(kind) if one.isVisible()), None)


async def _over(shown: Window, job: JobId) -> None:
    await until(lambda: job in shown._jobs and shown._jobs[job].state.is_over, PATIENCE)
    assert shown._jobs[job].state is State.DONE, shown._jobs[job]


async def _import(shown: Window, folder: Path) -> None:
    shown.go(AddBackup())
    page = shown.page
    assert isinstance(page, AddBackupPage)
    QTest.keyClick(page.files, ENTER)
    await until(lambda: _visible(shown, ImportSheet) is not None, PATIENCE)
    sheet = _visible(shown, ImportSheet)
    sheet.sources.add([folder])
    QTest.keyClick(sheet._next, ENTER)
    await until(lambda: sheet._start.isVisible() and sheet._start.isEnabled(), PATIENCE)
    (box,) = sheet.findings.boxes.values()
    assert "7 messages, 2 folders" in box.accessibleName()
    sheet.findings.name.setEditText("Old mail")
    await until(sheet._start.isEnabled, PATIENCE)
    QTest.keyClick(sheet._start, ENTER)
    await until(lambda: isinstance(shown.page, JobsPage), PATIENCE)
    for job in await shown.bridge.call(shown.bridge.desk.jobs()):
        await _over(shown, job.id)


async def _downloaded(shown: Window, folder: Path, form: Format, name: str, password: str = "") -> DownloadsPage:
    """Go through the dialog that is open, and wait for what comes of it."""
    await until(lambda: _visible(shown, DownloadSheet) is not None, PATIENCE)
    sheet = _visible(shown, DownloadSheet)
    await until(sheet._on.isEnabled, PATIENCE)
    line = sheet.what.lines[0]
    line.format.choose(form)
    line.format_picked.emit()
    QTest.keyClick(sheet._on, ENTER)
    sheet.where.folder.line.setText(str(folder))
    sheet.where.name.setText(name)
    if password:
        sheet.where._packings.button(1).click()
        sheet.where.lock.click()
        sheet.where.password.first.setText(password)
        sheet.where.password.second.setText(password)
    QTest.keyClick(sheet._next, ENTER)
    await until(lambda: sheet._start.isVisible() or sheet.banner.isVisible(), PATIENCE)
    assert sheet._start.isEnabled(), sheet.banner.accessibleDescription()
    QTest.keyClick(sheet._start, ENTER)
    return await _finished(shown, name)


async def _finished(shown: Window, name: str) -> DownloadsPage:
    await until(lambda: isinstance(shown.page, DownloadsPage), PATIENCE)
    page = shown.page
    assert isinstance(page, DownloadsPage)
    await until(lambda: page.shown is not None and page.shown.name == name, PATIENCE)
    done = (ExportStatus.COMPLETED, ExportStatus.PARTIAL, ExportStatus.FAILED)
    await until(lambda: page.shown is not None and page.shown.status in done, PATIENCE)
    assert page.shown is not None
    assert page.shown.status is ExportStatus.COMPLETED, page.shown
    return page


def test_old_mail_comes_in_and_goes_out_again(qapp: QApplication, tmp_path: Path) -> None:
    archives, out = _archives(tmp_path / "archives"), tmp_path / "out"
    out.mkdir()

    async def scene() -> None:
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        desk, call = shown.bridge.desk, shown.bridge.call
        await call(desk.create_vault(str(tmp_path / "vault"), "five unrelated words more"))
        await settle_in(shown)
        await _import(shown, archives)
        card = (await call(desk.cards()))[0]
        await _whole(shown, AccountPlace(card.stream))
        await _picked(shown, RecoveryPlace(card.stream))
        await _several(shown)
        await close(shown)

    async def _whole(shown: Window, place: AccountPlace) -> None:
        shown.go(place)
        account = shown.page
        assert isinstance(account, AccountPage)
        await until(account.download.isVisible, PATIENCE)
        assert not account._run.isVisible()  # there is nothing to back up
        QTest.keyClick(account.download, ENTER)
        page = await _downloaded(shown, out, Format.EML, "Everything")
        found = sorted(file.read_bytes() for file in (out / "Everything").rglob("*.eml"))
        assert found == sorted(LETTERS.values())
        assert page.shown is not None
        assert (page.shown.files, page.shown.where) == (7, str(out / "Everything"))
        assert page.card.open.isVisible()
        QTest.keyClick(page.card.check, ENTER)
        await until(lambda: "7 files are as written" in page.banner.accessibleName(), PATIENCE)
        next((out / "Everything").rglob("*.eml")).write_bytes(b"something else")
        QTest.keyClick(page.card.check, ENTER)
        await until(lambda: "not as they were" in page.banner.accessibleName(), PATIENCE)

    async def _picked(shown: Window, place: RecoveryPlace) -> None:
        shown.go(place)
        recovery = shown.page
        assert isinstance(recovery, MailboxPage)
        await until(lambda: recovery.mail.rowCount() > 0, PATIENCE)
        QTest.keyClick(recovery.table, Qt.Key.Key_Space)
        await until(lambda: len(recovery.basket.items) == 1, PATIENCE)
        QTest.keyClick(recovery.bar.download, ENTER)
        page = await _downloaded(shown, out, Format.EML, "One letter", "three words together")
        assert page.shown is not None
        assert page.shown.is_locked
        with zipfile.ZipFile(out / "One letter.zip") as packed:
            letters = [one for one in packed.infolist() if one.filename.endswith(".eml")]
            assert len(letters) == 1
            assert all(one.flag_bits & 1 for one in letters)
        QTest.keyClick(page.card.remove, ENTER)
        await until(lambda: _visible(shown, QDialog) is not None, PATIENCE)
        _visible(shown, QDialog).accept()
        await until(lambda: page._model.rowCount() == 1, PATIENCE)
        assert not (out / "One letter.zip").exists()
        shown.go(DownloadsPlace())

    async def _several(shown: Window) -> None:
        asked = ImportRequest(paths=(str(archives / "Sent.mbox"),), name="Newer mail")
        for job in await shown.bridge.call(shown.bridge.desk.imports.start(asked)):
            await _over(shown, job)
        downloads = shown.page
        assert isinstance(downloads, DownloadsPage)
        QTest.keyClick(downloads.more, Qt.Key.Key_Space)
        await until(lambda: _visible(shown, AccountsSheet) is not None, PATIENCE)
        chooser = _visible(shown, AccountsSheet)
        await until(lambda: chooser._model.rowCount() == 2, PATIENCE)
        QTest.keyClick(chooser.every, ENTER)
        QTest.keyClick(chooser.go_on, ENTER)
        await until(lambda: _visible(shown, SeveralSheet) is not None, PATIENCE)
        sheet = _visible(shown, SeveralSheet)
        await until(sheet._on.isEnabled, PATIENCE)
        QTest.keyClick(sheet._on, ENTER)
        sheet.where.folder.line.setText(str(out))
        sheet.where.name.setText("Both")
        QTest.keyClick(sheet._next, ENTER)
        await until(sheet.estimate.table.isVisible, PATIENCE)
        assert sheet.estimate.table.model().rowCount() == 2
        QTest.keyClick(sheet._start, ENTER)
        page = await _finished(shown, "Both")
        accounts = page.card.accounts.model()
        await until(lambda: [accounts.index(row, 1).data() for row in range(2)] == ["Completed"] * 2, PATIENCE)
        found = {name: check(out / "Both" / name / f"{name}.pst") for name in ("Old mail", "Newer mail")}
        assert {name: (one.faults, one.counts["messages"]) for name, one in found.items()} == {
            "Old mail": ([], 7),
            "Newer mail": ([], 4),
        }

    play(qapp, scene())


def test_a_whole_mailbox_of_a_tenant_becomes_one_data_file(qapp: QApplication, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()

    async def scene(office: Office) -> None:
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        await shown.bridge.call(shown.bridge.desk.create_vault(str(tmp_path / "vault"), "five unrelated words more"))
        await settle_in(shown)
        office.desk = shown.bridge.desk
        await shown.bridge.call(_saved(office, ada.user))
        shown.go(AccountPlace(office.stream(ada)))
        account = shown.page
        assert isinstance(account, AccountPage)
        await until(account.download.isVisible, PATIENCE)
        QTest.keyClick(account.download, ENTER)
        await until(lambda: _visible(shown, DownloadSheet) is not None, PATIENCE)
        sheet = _visible(shown, DownloadSheet)
        await until(sheet._on.isEnabled, PATIENCE)
        QTest.keyClick(sheet._on, ENTER)
        sheet.where.folder.line.setText(str(out))
        sheet.where.name.setText("Ada")
        QTest.keyClick(sheet._next, ENTER)
        await until(lambda: sheet._start.isVisible() or sheet.banner.isVisible(), PATIENCE)
        assert sheet._start.isEnabled(), sheet.banner.accessibleDescription()
        QTest.keyClick(sheet._start, ENTER)
        page = await _finished(shown, "Ada")
        assert page.shown is not None
        (part,) = [one for one in page.shown.parts if one.name.endswith(".pst")]
        found = check(Path(page.shown.where) / part.name)
        assert (found.faults, found.counts["messages"]) == ([], 6)  # three letters, a contact, a task and an event
        await close(shown)

    (tmp_path / "site").mkdir()
    with opened(tmp_path / "site") as site:
        office = Office(tmp_path, site, Desk(tmp_path / "nobody"))
        ada = office.join("Ada Lovelace")
        office.give_one_of_each(ada)
        play(qapp, scene(office))
        assert office.referee.problems == []
