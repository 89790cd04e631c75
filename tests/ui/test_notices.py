"""The page of notices: what is ticked, set up, tried and shown; and notices within the window."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from saasbackup_desktop.app.notices.views import (
    DESKTOP,
    Channel,
    HookGiven,
    Kind,
    MailGiven,
    MailSignIn,
    MailTls,
    Pop,
    Recipient,
    Shape,
    TokenWay,
    When,
)
from saasbackup_desktop.core import errors
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.places import JobsPlace, NoticesPlace, SettingsPlace
from saasbackup_desktop.ui.rooms.exports.downloads import DownloadsPage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.notices.mail_sheet import MailSheet
from saasbackup_desktop.ui.rooms.notices.page import NoticesPage
from saasbackup_desktop.ui.rooms.notices.preview_sheet import PreviewSheet
from saasbackup_desktop.ui.rooms.notices.recipient_sheet import RecipientSheet
from saasbackup_desktop.ui.rooms.settings import SettingsPage
from saasbackup_desktop.ui.shell.pops import STAYS
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_notices import ADA, OPERATIONS, FakeNotices
from tests.ui.stage import play, settled, until, window

L = TypeVar("L", bound=QWidget)
Scene = Callable[[Window, NoticesPage, FakeNotices], Coroutine[Any, Any, None]]


def on_stage(application: QApplication, folder: Path, scene: Scene) -> None:
    async def played() -> None:
        async with window(application, folder, FakeDesk) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            shown.go(SettingsPlace())
            settings = shown.page
            assert isinstance(settings, SettingsPage)
            settings.notices.click()
            await settled()
            page = shown.page
            assert isinstance(page, NoticesPage)
            await scene(shown, page, desk.notices)

    play(application, played())


async def sheet(shown: Window, kind: type[L]) -> L:
    await until(lambda: any(one.isVisible() for one in shown.findChildren(kind)))
    await settled(6)
    return next(one for one in shown.findChildren(kind) if one.isVisible())


def row_of(page: NoticesPage, id: str) -> int:
    return next(row for row in range(page.grid.rowCount()) if page.grid.at(row).id == id)


def go_to(page: NoticesPage, id: str, kind: Kind | None = None) -> None:
    column = 0 if kind is None else 1 + list(Kind).index(kind)
    page.table.setCurrentIndex(page.grid.index(row_of(page, id), column))


def test_kinds_are_ticked_by_keyboard(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        go_to(page, OPERATIONS, Kind.DRILLS)
        page.table.setFocus()
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        await settled()
        assert door.recipients[OPERATIONS].when(Kind.DRILLS) is When.IMMEDIATE
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        await settled()
        assert door.recipients[OPERATIONS].when(Kind.DRILLS) is When.OFF
        go_to(page, DESKTOP, Kind.SUMMARY)
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        await settled()
        assert door.recipients[DESKTOP].when(Kind.SUMMARY) is When.DAILY
        index = page.grid.index(row_of(page, ADA), 1)
        assert index.data() == "Week"
        assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Ada Lindqvist, Summary: Weekly"
        assert not page.remove.isEnabled()  # the desktop stays

    on_stage(qapp, tmp_path, scene)


def test_a_webhook_is_added_and_its_secrets_leave_the_sheet(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        page.by_hook.click()
        adding = await sheet(shown, RecipientSheet)
        adding.go.click()
        await settled()
        assert adding.isVisible()
        assert adding.banner.isVisible()
        adding.name.setText("Chat")
        adding.shape.choose(Shape.SLACK)
        adding.url.setText("https://hooks.example.org/secret")
        adding.signing.setText("sign")
        adding.headers.setPlainText("X-Key: value: with colon\n\n")
        [bar] = adding.headers.document().firstBlock().layout().formats()
        assert (bar.start, bar.format.foreground()) == (len("X-Key:"), bar.format.background())
        adding.reveal.click()
        assert not adding.headers.document().firstBlock().layout().formats()
        adding.only_failures.setChecked(True)
        adding.go.click()
        await until(lambda: bool(door.asked))
        name, made = door.asked[-1]
        assert name == "put"
        recipient, given = made  # type: ignore[misc]
        assert isinstance(recipient, Recipient)
        assert (recipient.name, recipient.channel, recipient.shape) == ("Chat", Channel.WEBHOOK, Shape.SLACK)
        assert recipient.only_failures
        assert recipient.when(Kind.SUMMARY) is When.WEEKLY
        assert given == HookGiven(
            url="https://hooks.example.org/secret", signing="sign", headers=(("X-Key", "value: with colon"),)
        )
        await settled()
        assert page.grid.rowCount() == 4

    on_stage(qapp, tmp_path, scene)


def test_a_recipient_is_changed_and_what_is_left_empty_stays(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        go_to(page, OPERATIONS)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        changing = await sheet(shown, RecipientSheet)
        assert not changing.url.text()
        changing.go.click()
        await until(lambda: bool(door.asked))
        assert door.asked[-1][1] == (
            replace(door.recipients[OPERATIONS]), HookGiven(),
        )  # fmt: skip

    on_stage(qapp, tmp_path, scene)


def test_the_mail_server_is_tried_before_it_is_kept(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        page.set_up.click()
        setting = await sheet(shown, MailSheet)
        assert setting.port.value() == 587
        setting.tls.choose(MailTls.NONE)
        setting.tls.picked.emit(MailTls.NONE)
        assert setting.port.value() == 25
        assert setting.clear_text.isVisible()
        setting.tls.choose(MailTls.IMPLICIT)
        setting.tls.picked.emit(MailTls.IMPLICIT)
        assert setting.port.value() == 465
        assert not setting.clear_text.isVisible()
        setting.password.setText("a password")
        door.fault = errors.SignInNeeded(host="smtp.northwind.example", user="backup@northwind.example")
        setting.to.setText("ada@northwind.example")
        setting.test.click()
        await until(setting.banner.isVisible)
        assert "Sign-in refused" in setting.banner.accessibleName()
        setting.test.click()
        await until(lambda: "took it" in setting.banner.accessibleName())
        assert "queued as 4F1B2C" in setting.banner.accessibleDescription()
        setting.sign_in.choose(MailSignIn.OAUTH)
        setting.sign_in.picked.emit(MailSignIn.OAUTH)
        setting.token_way.choose(TokenWay.REFRESH)
        setting.token_way.picked.emit(TokenWay.REFRESH)
        await settled(6)
        assert setting.refresh.isVisible()
        assert not setting.tenant.isVisible()
        setting.sign_in.choose(MailSignIn.PASSWORD)
        setting.go.click()
        await until(lambda: door.asked[-1][0] == "set_mail")
        server, given = door.asked[-1][1]  # type: ignore[misc]
        assert (server.tls, server.port) == (MailTls.IMPLICIT, None)
        assert given == MailGiven(password="a password")

    on_stage(qapp, tmp_path, scene)


def test_preview_shows_every_form_and_reaches_nowhere(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        go_to(page, OPERATIONS)
        page.preview.click()
        shown_sheet = await sheet(shown, PreviewSheet)
        for kind in Kind:
            shown_sheet.kind.choose(kind)
            shown_sheet.kind.picked.emit(kind)
            await settled(6)
            assert shown_sheet.subject.text()
            assert shown_sheet.text.toPlainText()
            assert not shown_sheet.html.refused
        assert shown_sheet.tabs.isTabVisible(2)
        assert shown_sheet.note.isVisible()
        shown_sheet.reject()
        await settled()

    on_stage(qapp, tmp_path, scene)


def test_a_test_tells_what_was_answered_and_what_failed_is_tried_again(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        go_to(page, ADA)
        page.test.click()
        await until(page.banner.isVisible)
        assert door.asked[-1] == ("test", ADA)
        assert "queued as 4F1B2C" in page.banner.accessibleDescription()
        door.fault = errors.AddressRefused(host="smtp.example", address="ada@northwind.example", answer="550 no")
        page.test.click()
        await until(lambda: "Address refused" in page.banner.accessibleName())
        page.outbox.go_to(0)
        assert "status 400" in page.why.text()
        page.again.click()
        await until(lambda: ("retry", f"{1:032x}") in door.asked)
        await settled()
        assert page.sent.row_at(0).fate == "sent"
        page.look.click()
        past = await sheet(shown, PreviewSheet)
        assert past.text.toPlainText()
        past.reject()
        await settled()

    on_stage(qapp, tmp_path, scene)


def test_a_recipient_is_removed_when_asked_twice(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        go_to(page, ADA)
        page.table.setFocus()
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
        await until(lambda: any(one.isVisible() for one in shown.findChildren(QDialog)))
        asking = next(one for one in shown.findChildren(QDialog) if one.isVisible())
        next(one for one in asking.findChildren(Button) if one.text() == "Remove").click()
        await until(lambda: ADA not in door.recipients)

    on_stage(qapp, tmp_path, scene)


def test_notices_within_the_window_lead_to_what_they_are_about(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, page: NoticesPage, door: FakeNotices) -> None:
        pops = shown.pops
        assert not pops.toast.isVisible()
        door.waiting = [Pop(id="1", title="Backup failed", text="Look at it.", is_bad=True, kind=Kind.EXCEPTIONS)]
        pops.look()
        await until(pops.toast.isVisible)
        assert pops.toast.accessibleName() == "Backup failed"
        assert shown.rect().contains(pops.toast.geometry())
        assert 0 < pops._gone.interval() <= STAYS  # bad news, too: it stands among the notices
        assert pops._gone.isActive()
        assert not door.waiting
        next(one for one in pops.toast.findChildren(Button) if one.isVisible()).click()
        await settled()
        assert isinstance(shown.page, JobsPage)
        assert not pops.toast.isVisible()
        job = shown.bridge.desk.exports.listed[1].job  # type: ignore[attr-defined]
        ready = Pop(id="1", title="Download ready", text="", is_bad=False, kind=Kind.RECOVERY, download=job)
        door.waiting = [ready]
        pops.look()
        await until(pops.toast.isVisible)
        next(one for one in pops.toast.findChildren(Button) if one.isVisible()).click()
        await until(lambda: isinstance(shown.page, DownloadsPage) and shown.page.shown is not None)
        assert isinstance(shown.page, DownloadsPage)
        assert shown.page.shown is not None
        assert shown.page.shown.job == job
        one = Pop(id="2", title="Restore completed", text="", is_bad=False, kind=Kind.RECOVERY)
        door.waiting = [replace(one, id=str(number)) for number in range(6)]
        pops.look()
        await until(pops.toast.isVisible)
        assert pops.toast.accessibleName() == "6 notices"
        pops.look()  # nothing new
        await settled()
        assert pops.toast.accessibleName() == "6 notices"
        shown.go(NoticesPlace())
        shown.go(JobsPlace())
        await settled()

    on_stage(qapp, tmp_path, scene)
