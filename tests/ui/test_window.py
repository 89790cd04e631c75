"""What a person does in the window reaches the desk, and what the desk tells is shown."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from saasbackup_desktop.core import errors
from saasbackup_desktop.core.ids import JobId, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Check, Job, State
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.core.selection import EVERYTHING, Selection
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import AddAccount, HomePlace, JobsPlace, Opened, RecoveryPlace, VaultPlace
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.recovery_kit import KitView
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.rooms.welcome import WelcomePage
from saasbackup_desktop.ui.shell.window import Window, _working
from tests.ui.fake_desk import MILLION, NOW, PASSPHRASE, RECOVERY_KEY, STREAM, FakeDesk
from tests.ui.stage import play, settled, until, window

P = TypeVar("P", bound=QWidget)


def page(shown: Window, kind: type[P]) -> P:
    found = shown.page
    assert isinstance(found, kind)
    return found


def fake(shown: Window) -> FakeDesk:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    return desk


def _busy(seconds: float) -> None:
    time.sleep(seconds)


def open_dialog(shown: Window) -> QDialog:
    return next(dialog for dialog in shown.findChildren(QDialog) if dialog.isVisible())


def test_vault_is_made_and_its_kit_confirmed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: FakeDesk(first_run=True)) as shown:
            welcome = page(shown, WelcomePage)
            assert not shown.navigation.isVisible()
            welcome._turn(welcome._kit(await shown.bridge.call(fake(shown).create_vault("/x", PASSPHRASE))))
            confirm = welcome.findChild(KitView)
            assert confirm is not None
            assert (await shown.bridge.call(fake(shown).vault_info())).recovery_confirmed is False
            await shown.bridge.call(fake(shown).prove_recovery_kit(RECOVERY_KEY))
            welcome.wants.emit(Opened())
            await until(lambda: isinstance(shown.page, HomePage))
            assert shown.navigation.isVisible()

    play(qapp, scene())


def test_wrong_passphrase_stays_and_says_so(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: FakeDesk(locked=True)) as shown:
            unlock = page(shown, UnlockPage)
            unlock.secret.setText("wrong")
            QTest.keyClick(unlock.secret, Qt.Key.Key_Return)
            await until(lambda: "recovery key" in unlock.secret.accessibleDescription() and unlock._open.isEnabled())
            assert shown.page is unlock
            unlock.secret.setText(PASSPHRASE)
            QTest.keyClick(unlock.secret, Qt.Key.Key_Return)
            await until(lambda: isinstance(shown.page, HomePage))

    play(qapp, scene())


def test_account_is_added_after_a_failed_test(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(AddAccount())
            adding = page(shown, AddAccountPage)
            adding._go_on()
            assert adding.flow.step == 0
            adding.host.setText("imap.northwind.example")
            adding._go_on()
            adding.user.setText("new@northwind.example")
            adding.secret.setText("wrong")
            adding._go_on()
            await until(lambda: "Sign-in refused" in adding._test_mark.accessibleName())
            assert not adding._next.isEnabled()
            adding._go_back()
            assert adding.flow.step == 1
            adding.secret.setText("right")
            adding._go_on()
            await until(adding._next.isEnabled)
            adding._go_on()
            adding._go_on()
            await until(lambda: isinstance(shown.page, HomePage))
            await until(lambda: any(c.card.account.address == "new@northwind.example" for c in _cards(shown)))
            assert not adding.secret.text()

    play(qapp, scene())


def _cards(shown: Window) -> list[object]:
    return list(page(shown, HomePage)._cards.values())


def test_million_messages_scroll_without_a_stall(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(RecoveryPlace(STREAM))
            mailbox = page(shown, MailboxPage)
            await until(lambda: mailbox.folders.rowCount() > 0)
            mailbox.tree.setCurrentIndex(mailbox.folders.find(NodeId("archive")))
            await until(lambda: mailbox.mail.rowCount() == MILLION)
            QTest.keyClick(mailbox.table, Qt.Key.Key_End)
            await until(lambda: mailbox.mail.row_at(MILLION - 1) is not None)
            await until(lambda: mailbox.reading.row is not None and mailbox.reading.row.item.id.endswith("f423f"))

    play(qapp, scene())


def test_new_point_in_time_does_not_pull_the_page_away(qapp: QApplication, tmp_path: Path) -> None:
    class Growing(FakeDesk):
        extra: tuple[Snapshot, ...] = ()

        async def snapshots(self, stream: StreamId) -> tuple[Snapshot, ...]:
            return (*self.extra, *await super().snapshots(stream))

    async def scene() -> None:
        async with window(qapp, tmp_path, Growing) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, Growing)
            shown.go(RecoveryPlace(STREAM))
            mailbox = page(shown, MailboxPage)
            await until(lambda: mailbox.mail.rowCount() == 1834)
            mailbox.table.go_to(5)
            newest = mailbox.picker.points[0]
            desk.extra = (replace(newest, id=SnapshotId("20271121T000000Z-ffffffff")),)
            mailbox.happened(CatalogChanged(STREAM))
            await until(lambda: len(mailbox.picker.points) == 31)
            assert mailbox.picker.current == newest
            assert mailbox.table.currentIndex().row() == 5
            shown.go(RecoveryPlace())
            await until(lambda: mailbox.picker.current == desk.extra[0])

    play(qapp, scene())


def test_sort_filter_and_search(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(RecoveryPlace(STREAM))
            mailbox = page(shown, MailboxPage)
            await until(lambda: mailbox.mail.rowCount() == 1834)
            mailbox.filter.setText("harbour")
            await until(lambda: 0 < mailbox.mail.rowCount() < 400)
            mailbox.filter.clear()
            await until(lambda: mailbox.mail.rowCount() == 1834)
            mailbox.search.setText("delivery")
            QTest.keyClick(mailbox.search, Qt.Key.Key_Return)
            await until(lambda: mailbox.table.model() is mailbox.found and mailbox.found.rowCount() == 200)
            QTest.keyClick(mailbox.search, Qt.Key.Key_Escape)
            await until(lambda: mailbox.table.model() is mailbox.mail)

    play(qapp, scene())


def test_space_ticks_and_the_basket_is_restored(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(RecoveryPlace(STREAM))
            mailbox = page(shown, MailboxPage)
            await until(lambda: mailbox.mail.rowCount() == 1834)
            mailbox.table.setFocus()
            mailbox.run(mailbox._tick_picked())
            await until(lambda: not mailbox.basket.is_empty)
            mailbox.basket.tick_folder(NodeId("projects"), True)
            picked = await mailbox._selection()
            assert picked == Selection(folders=(NodeId("projects"),), items=mailbox.basket.items)

    play(qapp, scene())


def test_replace_wants_the_word_typed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            card = (await shown.bridge.call(fake(shown).cards()))[0]
            point = (await shown.bridge.call(fake(shown).snapshots(STREAM)))[0]
            sheet = RestoreSheet(shown.bridge, card, point, EVERYTHING, shown)
            answer = asyncio.ensure_future(sheet.answer())
            await until(lambda: sheet.target.count() == 2)
            sheet._ways.button(1).click()
            sheet._to_plan()
            await until(lambda: sheet.leaves.currentIndex() == 1)
            assert not sheet._start.isEnabled()
            sheet.plan.confirmation.setText("replace")
            assert sheet._start.isEnabled()
            sheet._go()
            assert await answer
            name, request = fake(shown).asked[-1]
            assert (name, getattr(request, "conflict", ""), getattr(request, "folder", "")) == (
                "restore",
                "replace",
                None,
            )

    play(qapp, scene())


@pytest.mark.parametrize(("name", "good"), [("", False), ("a//b", False), ("x" * 61, False), ("Back/2026", True)])
def test_folder_names_are_judged_while_typing(qapp: QApplication, tmp_path: Path, name: str, good: bool) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            card = (await shown.bridge.call(fake(shown).cards()))[0]
            point = (await shown.bridge.call(fake(shown).snapshots(STREAM)))[0]
            sheet = RestoreSheet(shown.bridge, card, point, EVERYTHING, shown)
            answer = asyncio.ensure_future(sheet.answer())
            await until(lambda: sheet.target.count() == 2)
            sheet._ways.button(2).click()
            sheet._other.click()
            sheet.folder.setEditText(name)
            assert sheet._next.isEnabled() is good
            sheet.reject()
            await answer

    play(qapp, scene())


def test_jobs_are_paused_resumed_and_cancelled(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            job = JobId(f"{1:012x}")
            shown.go(JobsPlace(job))
            jobs = page(shown, JobsPage)
            await until(lambda: jobs.detail.job_id == job)
            jobs.detail._pause.click()
            await until(lambda: fake(shown)._jobs[job].state is State.PAUSED and jobs.detail._resume.isVisible())
            jobs.detail._resume.click()
            await until(lambda: fake(shown)._jobs[job].state is State.RUNNING and jobs.detail._cancel.isVisible())
            jobs.detail._cancel.click()
            await settled(5)
            open_dialog(shown).accept()
            await until(lambda: fake(shown)._jobs[job].state is State.STOPPED)

    play(qapp, scene())


def test_jobs_are_counted_and_filtered(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(JobsPlace(None))
            jobs = page(shown, JobsPage)
            await until(lambda: jobs._model.rowCount() > 2)
            everything = jobs._model.rowCount()
            failed = sum(job.state is State.FAILED for job in fake(shown)._jobs.values())
            oldest = min(
                job.created
                for job in fake(shown)._jobs.values()
                if job.created >= NOW - 7 * 86400 or not job.state.is_over
            )
            chip = next(chip for chip in jobs.chips if "Failed" in chip.text())
            assert chip.text().endswith(str(failed))
            chip.click()
            await until(lambda: jobs._model.rowCount() == failed < everything)
            chip.click()
            jobs.kinds.choose("check")
            jobs.kinds.picked.emit("check")
            checks = sum(isinstance(job.spec, Check) for job in fake(shown)._jobs.values())
            await until(lambda: jobs._model.rowCount() == checks)
            jobs.filters.clear()
            jobs.filters.search.setText("nobody of this name")
            await until(lambda: jobs._model.rowCount() == 0)
            assert jobs._stack.currentWidget() is jobs._unmatched
            jobs.filters.search.clear()
            await until(lambda: jobs._model.rowCount() == everything)
            jobs.filters.order.choose(True)
            jobs.refresh()
            await until(lambda: (first := jobs._model.row_at(0)) is not None and first.created == oldest)

    play(qapp, scene())


def test_failures_are_told_with_their_remedy_and_copied(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(JobsPlace(JobId(f"{3:012x}")))
            jobs = page(shown, JobsPage)
            await until(lambda: jobs.detail._troubles.rowCount() == 3)
            assert jobs.detail._advice.text()
            jobs.detail._copy.click()
            assert "Item too large" in QApplication.clipboard().text()

    play(qapp, scene())


def test_fault_of_a_page_is_put_into_words(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            home = page(shown, HomePage)

            async def fails() -> None:
                raise errors.VaultFull(location="/media/disk")

            home.run(fails())
            await until(lambda: home.banner.isVisible() and "full" in home.banner.accessibleName())
            assert "/media/disk" in home.banner.accessibleDescription()

    play(qapp, scene())


def test_bug_is_told_not_swallowed(qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:

            async def fails() -> None:
                raise ZeroDivisionError("impossible")

            page(shown, HomePage).run(fails())
            await until(lambda: any(d.isVisible() for d in shown.findChildren(QDialog)))
            sheet = open_dialog(shown)
            assert isinstance(sheet, Sheet)
            assert "impossible" in sheet.lead.text()
            sheet.accept()
            await settled(3)

    play(qapp, scene())
    assert "a page failed" in caplog.text


def test_closing_asks_while_jobs_run(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            ended: list[int] = []
            shown.ended.connect(lambda: ended.append(1))
            shown.close()
            await settled(5)
            open_dialog(shown).reject()
            await settled(5)
            assert shown.isVisible()
            shown.close()
            await settled(5)
            open_dialog(shown).accept()
            await until(lambda: bool(ended))

    play(qapp, scene())


def test_locking_leads_to_the_unlock_page(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(VaultPlace())
            await settled()
            page(shown, VaultPage).lock.click()
            await until(lambda: isinstance(shown.page, UnlockPage))
            assert not shown.navigation.isVisible()

    play(qapp, scene())


def test_demonstration_is_entered_and_left(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: FakeDesk(first_run=True)) as shown:
            page(shown, WelcomePage).demonstration_wanted.emit()
            await until(lambda: isinstance(shown.page, HomePage))
            assert shown.status._leave.isVisible()
            shown.status._leave.click()
            await until(lambda: isinstance(shown.page, WelcomePage))

    play(qapp, scene())


def test_f6_goes_round_the_parts(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(RecoveryPlace(STREAM))
            await until(lambda: page(shown, MailboxPage).mail.rowCount() > 0)
            visited: set[str] = set()

            def goes_round() -> bool:
                shown._next_part()
                focus = shown.focusWidget()
                visited.add(focus.accessibleName() if focus else "")
                return {"Folders", "Messages"} <= visited

            await until(goes_round)

    play(qapp, scene())


def test_window_never_waits_for_the_engine(qapp: QApplication, tmp_path: Path) -> None:
    """A desk that takes its time does not hold up the window's loop."""

    class Slow(FakeDesk):
        async def cards(self):  # type: ignore[no-untyped-def]
            _busy(0.3)
            return await super().cards()

    async def scene() -> None:
        async with window(qapp, tmp_path, Slow) as shown:
            turns = 0
            shown.go(HomePlace())
            deadline = asyncio.get_running_loop().time() + 0.25
            while asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(0.005)
                turns += 1
            assert turns > 5

    play(qapp, scene())


def test_a_job_that_waits_for_its_next_attempt_is_not_at_work() -> None:
    jobs = {state: Job(id=JobId("1"), spec=Check(), state=state) for state in State}
    at_work = {state for state, job in jobs.items() if _working([job])}
    assert at_work == {State.QUEUED, State.RUNNING, State.PAUSING, State.STOPPING}
