"""The vault's page and the wizard that makes vaults: what is asked, what is shown, and what takes a typed word."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from saasbackup_desktop.app import views
from saasbackup_desktop.app.flows.keeping import Way
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Check, Discard, Job, JobChanged, Mirror, Prune, State
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import AccountPlace, HomePlace, JobsPlace, VaultPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.new_vault import NewVaultWizard
from saasbackup_desktop.ui.rooms.open_vault import OpenVault
from saasbackup_desktop.ui.rooms.recovery_kit import ConfirmKit, KitSheet, KitView
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.rooms.vault.holds import HoldsLeaf
from saasbackup_desktop.ui.rooms.vault.key_sheets import is_last_of_its_kind
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.mirror import MirrorLeaf
from saasbackup_desktop.ui.rooms.vault.mirror_sheet import MirrorSheet
from saasbackup_desktop.ui.rooms.vault.overview import OverviewLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.rooms.vault.retention import RetentionLeaf
from saasbackup_desktop.ui.rooms.vault.retention_sheets import PruneSheet, RuleSheet
from saasbackup_desktop.ui.rooms.vault.rotation_sheet import RotationSheet
from saasbackup_desktop.ui.rooms.vault.trash import TrashLeaf
from saasbackup_desktop.ui.rooms.welcome import WelcomePage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FIT, LIMITED, OFFICE_STREAM, PASSPHRASE, RECOVERY_KEY, STREAM, UNFIT, FakeDesk
from tests.ui.stage import play, settled, until, window

L = TypeVar("L", bound=QWidget)
Scene = Callable[[Window, FakeDesk], Coroutine[Any, Any, None]]


def on_stage(application: QApplication, folder: Path, scene: Scene, make: Callable[[], FakeDesk] = FakeDesk) -> None:
    async def played() -> None:
        async with window(application, folder, make) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            await scene(shown, desk)

    play(application, played())


async def leaf(shown: Window, name: str, kind: type[L]) -> L:
    shown.go(VaultPlace(name))
    page = shown.page
    assert isinstance(page, VaultPage)
    found = page.leaf
    assert isinstance(found, kind)
    await settled()
    return found


async def dialog(shown: Window, kind: type[L] = QDialog) -> L:  # type: ignore[assignment]
    await until(lambda: any(d.isVisible() and isinstance(d, kind) for d in shown.findChildren(QDialog)))
    found = [d for d in shown.findChildren(QDialog) if d.isVisible() and isinstance(d, kind)][-1]
    await settled(4)
    return found


def button(inside: QWidget, words: str) -> Button:
    return next(b for b in inside.findChildren(Button) if b.text().replace("&", "") == words and b.isVisibleTo(inside))


async def type_word(shown: Window, word: str, words: str) -> None:
    asked = await dialog(shown)
    go = button(asked, words)
    assert not go.isEnabled()
    field = asked.findChild(QLineEdit)
    assert field is not None
    field.setText("something else")
    assert not go.isEnabled()
    field.setText(word.lower())
    go.click()


def wizard_of(shown: Window) -> NewVaultWizard:
    page = shown.page
    assert isinstance(page, WelcomePage)
    page._create.click()
    found = page.findChild(NewVaultWizard)
    assert found is not None
    return found


def fill_bucket(wizard: NewVaultWizard | OpenVault) -> None:
    wizard.where.button(1).click()
    wizard.bucket.bucket.setText("northwind")
    wizard.bucket.prefix.setText("vault")
    wizard.bucket.endpoint.setText("https://s3.example:9000")
    wizard.bucket.access_key.setText("AK")
    wizard.bucket.secret_key.setText("SK")


async def go_on(wizard: NewVaultWizard, turns: int = 10) -> None:
    wizard.next.click()
    await settled(turns)


def first_run() -> FakeDesk:
    return FakeDesk(first_run=True)


# --- making and opening ----------------------------------------------------------------------------------------


def test_vault_in_a_folder_is_made_in_two_steps(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        wizard = wizard_of(shown)
        wizard.folder.line.setText("")
        assert not wizard.next.isEnabled()
        wizard.folder.line.setText("/media/disk/vault")
        await go_on(wizard)
        assert not wizard.next.isEnabled()
        wizard.passphrase.first.setText(PASSPHRASE)
        wizard.passphrase.second.setText(PASSPHRASE)
        wizard.next.click()
        await until(lambda: shown.findChild(KitView) is not None)
        assert desk.asked == [("create_vault", ("/media/disk/vault", None, None, None))]

    on_stage(qapp, tmp_path, scene, first_run)


def test_vault_in_a_bucket_is_tested_before_it_is_made(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        wizard = wizard_of(shown)
        wizard.where.button(1).click()
        await go_on(wizard)
        assert wizard.flow.number == 1, "nothing was entered"
        assert "needed" in wizard.bucket.bucket.accessibleDescription()
        fill_bucket(wizard)
        await go_on(wizard)
        wizard.lock.group.button(1).click()
        wizard.lock.days.setValue(90)
        await go_on(wizard, 30)
        settings = views.BucketSettings(endpoint="https://s3.example:9000")
        keys = views.BucketKeys("AK", "SK")
        asked = ("s3://northwind/vault", settings, keys, ObjectLock(mode="governance", days=90))
        assert desk.asked == [("validate_store", asked)]
        assert [mark.state for mark in wizard.test.marks.marks][:3] == ["Limited", "Limited", "Not tried"]
        assert not wizard.next.isEnabled(), "what is limited is to be read first"
        wizard.accept.click()
        await go_on(wizard)
        wizard.passphrase.first.setText(PASSPHRASE)
        wizard.passphrase.second.setText(PASSPHRASE)
        wizard.next.click()
        await until(lambda: shown.findChild(KitView) is not None)
        assert desk.asked[1:] == [("create_vault", asked)]

    on_stage(qapp, tmp_path, scene, first_run)


def test_storage_that_is_not_fit_leads_no_further(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk.findings = UNFIT
        wizard = wizard_of(shown)
        fill_bucket(wizard)
        await go_on(wizard)
        wizard.lock.group.button(1).click()
        await go_on(wizard, 30)
        assert wizard.test.marks.marks[0].state == "Failed"
        assert not wizard.next.isEnabled()
        assert not wizard.accept.isVisible()
        desk.findings = FIT
        wizard.test.again.click()
        await until(wizard.next.isEnabled)
        wizard.back.click()
        assert wizard.flow.step == "lock"
        desk.findings = LIMITED
        await go_on(wizard, 30)
        assert not wizard.next.isEnabled(), "an older test says nothing of other answers"

    on_stage(qapp, tmp_path, scene, first_run)


def test_lock_that_nobody_can_lift_is_asked_about_twice(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        wizard = wizard_of(shown)
        fill_bucket(wizard)
        await go_on(wizard)
        wizard.lock.group.button(2).click()
        wizard.lock.days.setValue(7)
        wizard.next.click()
        asked = await dialog(shown)
        asked.reject()
        await settled(10)
        assert wizard.flow.step == "lock"
        assert desk.asked == []
        wizard.next.click()
        await type_word(shown, "COMPLIANCE", "Lock in compliance mode")
        await until(lambda: bool(desk.asked))
        assert desk.asked[0][1][3] == ObjectLock(mode="compliance", days=7)  # type: ignore[index]

    on_stage(qapp, tmp_path, scene, first_run)


def test_test_that_cannot_be_made_says_why(qapp: QApplication, tmp_path: Path) -> None:
    class Refused(FakeDesk):
        async def validate_store(self, *_: object, **__: object) -> tuple[views.StoreFinding, ...]:
            raise errors.SignInNeeded(host="s3.example", reason="store")

    async def scene(shown: Window, desk: FakeDesk) -> None:
        wizard = wizard_of(shown)
        fill_bucket(wizard)
        await go_on(wizard)
        await go_on(wizard, 30)
        assert "keys" in wizard.test.banner.accessibleName()
        assert not wizard.next.isEnabled()

    on_stage(qapp, tmp_path, scene, lambda: Refused(first_run=True))


def test_existing_vault_is_opened_from_a_bucket(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = shown.page
        assert isinstance(page, WelcomePage)
        page._turn(page._adoption())
        form = page.findChild(OpenVault)
        assert form is not None
        fill_bucket(form)
        form.secret.setText(PASSPHRASE)
        form.open.click()
        await until(lambda: isinstance(shown.page, HomePage))
        settings = views.BucketSettings(endpoint="https://s3.example:9000")
        assert desk.asked == [("adopt_vault", ("s3://northwind/vault", settings, views.BucketKeys("AK", "SK")))]

    on_stage(qapp, tmp_path, scene, first_run)


def test_vault_that_was_moved_is_taken_from_its_new_place(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = shown.page
        assert isinstance(page, UnlockPage)
        assert page.reminder.isVisible()
        page.elsewhere.click()
        form = page.findChild(OpenVault)
        assert form is not None
        button(form, "Back").click()
        await settled()
        assert page.secret.isVisible()
        page.elsewhere.click()
        form = page.findChild(OpenVault)
        assert form is not None
        form.folder.line.setText("/media/missing")
        form.secret.setText(PASSPHRASE)
        form.open.click()
        await until(form.banner.isVisible)
        form.folder.line.setText("/media/new/vault")
        form.open.click()
        await until(lambda: isinstance(shown.page, HomePage))
        assert desk.vault_location == "/media/new/vault"

    on_stage(qapp, tmp_path, scene, lambda: FakeDesk(locked=True, confirmed=False))


def test_demonstration_is_reached_from_a_locked_vault(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = shown.page
        assert isinstance(page, UnlockPage)
        page.explore.click()
        await until(lambda: isinstance(shown.page, HomePage))
        shown.status.leave_wanted.emit()
        await until(lambda: isinstance(shown.page, UnlockPage))

    on_stage(qapp, tmp_path, scene, lambda: FakeDesk(locked=True))


def test_bucket_keys_are_asked_for_when_this_computer_has_none(qapp: QApplication, tmp_path: Path) -> None:
    class WithoutKeys(FakeDesk):
        def __init__(self) -> None:
            super().__init__(locked=True)
            self._location = "s3://northwind/vault"

        async def unlock(self, secret: str) -> None:
            if not self.asked:
                raise errors.SignInNeeded(host="s3.example", reason="no-store-keys")
            await super().unlock(secret)

    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = shown.page
        assert isinstance(page, UnlockPage)
        page.secret.setText(PASSPHRASE)
        page._open.click()
        await until(page.access_key.isVisible)
        page.access_key.setText("AK")
        page.secret_key.setText("SK")
        await until(page._open.isEnabled)
        page._open.click()
        await until(lambda: isinstance(shown.page, HomePage))
        asked = ("s3://northwind/vault", views.BucketSettings(), views.BucketKeys("AK", "SK"))
        assert desk.asked == [("adopt_vault", asked)]

    on_stage(qapp, tmp_path, scene, WithoutKeys)


def test_keys_that_nobody_keeps_are_told_of(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk.has_keyring, desk.findings = False, FIT
        wizard = wizard_of(shown)
        fill_bucket(wizard)
        for _ in range(2):
            await go_on(wizard)
        await until(wizard.next.isEnabled)
        await go_on(wizard)
        wizard.passphrase.first.setText(PASSPHRASE)
        wizard.passphrase.second.setText(PASSPHRASE)
        wizard.next.click()
        await until(lambda: shown.findChild(KitView) is not None)
        page = shown.page
        assert isinstance(page, WelcomePage)
        assert "not kept" in page.banner.accessibleName()

    on_stage(qapp, tmp_path, scene, first_run)


def test_lost_description_is_written_again_after_a_question(qapp: QApplication, tmp_path: Path) -> None:
    class Damaged(FakeDesk):
        async def unlock(self, secret: str) -> None:
            raise errors.VaultDamaged(file="vault.json", reason="missing")

    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = shown.page
        assert isinstance(page, UnlockPage)
        page.secret.setText(PASSPHRASE)
        page._open.click()
        await until(page.banner.isVisible)
        button(page.banner, "Repair and open").click()
        button(await dialog(shown), "Write it again and open").click()
        await until(lambda: isinstance(shown.page, HomePage))
        assert desk.asked == [("rescue_vault", None)]

    on_stage(qapp, tmp_path, scene, lambda: Damaged(locked=True))


# --- damage


def test_home_and_the_status_bar_tell_of_damage_until_a_check_is_whole(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        home = shown.page
        assert isinstance(home, HomePage)
        await until(home.banner.isVisible)
        assert home.banner.accessibleName() == "The vault is damaged"
        assert shown.status._damage.isVisible()
        button(home.banner, "Look at the vault").click()
        assert isinstance(shown.page, VaultPage)
        job = await shown.bridge.call(desk.check_vault(100))
        desk._move(job, State.DONE)
        await until(lambda: not shown.status._damage.isVisible())
        shown.go(HomePlace())
        await until(lambda: not home.banner.isVisible())
        failed = await shown.bridge.call(desk.backup(STREAM))
        desk._jobs[failed] = replace(desk._jobs[failed], code="vault-damaged", created=desk._jobs[failed].created + 9)
        desk._jobs[failed] = replace(desk._jobs[failed], state=State.FAILED, finished=desk._jobs[job].created + 9)
        desk._events.put_nowait(JobChanged(desk._jobs[failed]))
        await until(shown.status._damage.isVisible)
        await until(home.banner.isVisible)

    on_stage(qapp, tmp_path, scene)


# --- overview, check, repair -----------------------------------------------------------------------------------


def test_overview_says_how_the_vault_is_and_leads_on(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        overview = await leaf(shown, "overview", OverviewLeaf)
        await until(lambda: len(overview.marks.marks) == 7)
        states = {mark.about: mark.state for mark in overview.marks.marks}
        assert states == {
            "Last check": "Damage found",
            "Recovery kit": "Not confirmed",
            "Retention": "By a rule",
            "Trash": "Due",
            "Holds": "2 holds",
            "Copy elsewhere": "Complete",
            "Seal of reports": "Fingerprint",
        }
        shows = [b for b in overview.marks.findChildren(Button) if b.text() == "Show"]
        shows[3].click()
        page = shown.page
        assert isinstance(page, VaultPage)
        assert isinstance(page.leaf, TrashLeaf)
        shows[0].click()
        assert isinstance(shown.page, JobsPage)

    on_stage(qapp, tmp_path, scene, lambda: FakeDesk(confirmed=False))


def test_what_cannot_be_read_does_not_hide_the_rest(qapp: QApplication, tmp_path: Path) -> None:
    class Damaged(FakeDesk):
        async def trash(self) -> tuple[views.TrashEntry, ...]:
            raise errors.VaultDamaged(file="trash/aa", reason="altered")

    async def scene(shown: Window, desk: FakeDesk) -> None:
        overview = await leaf(shown, "overview", OverviewLeaf)
        await until(lambda: len(overview.marks.marks) == 7)
        marks = {mark.about: mark for mark in overview.marks.marks}
        assert marks["Trash"].state == "The vault is damaged"
        assert "trash/aa" in marks["Trash"].words
        assert marks["Holds"].state == "2 holds"

    on_stage(qapp, tmp_path, scene, Damaged)


@pytest.mark.parametrize("repair", [False, True])
def test_check_and_repair_are_jobs(qapp: QApplication, tmp_path: Path, repair: bool) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        overview = await leaf(shown, "overview", OverviewLeaf)
        (overview.repair if repair else overview.check).click()
        button(await dialog(shown), "Repair" if repair else "Check").click()
        await until(lambda: isinstance(shown.page, JobsPage))
        specs = [job.spec for job in desk._jobs.values() if job.state is State.RUNNING]
        assert Check(read_percent=100 if repair else 0, repair=repair) in specs

    on_stage(qapp, tmp_path, scene)


def test_damage_is_listed_with_what_it_costs_and_can_be_repaired(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(JobsPlace(JobId(f"{8:012x}")))
        jobs = shown.page
        assert isinstance(jobs, JobsPage)
        await until(lambda: jobs.detail._troubles.rowCount() == 11)
        assert [trouble.is_harmless for trouble in jobs.detail._troubles.rows] == [False] * 10 + [True]
        assert "dana@northwind.example:INBOX/Lunch on Thursday?" in [
            trouble.name for trouble in jobs.detail._troubles.rows
        ]
        assert jobs.detail._tabs.tabText(0) == "Damaged (10)"
        await until(jobs.detail._repair.isVisible)
        jobs.detail._repair.click()
        button(await dialog(shown), "Repair").click()
        await until(lambda: Check(read_percent=100, repair=True) in [job.spec for job in desk._jobs.values()])

    on_stage(qapp, tmp_path, scene)


def test_storage_of_an_open_vault_is_tested(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        overview = await leaf(shown, "overview", OverviewLeaf)
        overview.test.click()
        asked = await dialog(shown)
        await until(lambda: any(b.text() == "&Test again" and b.isVisible() for b in asked.findChildren(Button)))
        assert desk.asked == [("validate_store", (None, None, None, None))]
        asked.reject()
        await settled(4)

    on_stage(qapp, tmp_path, scene)


# --- retention, prune, trash, holds ----------------------------------------------------------------------------


def test_rule_is_set_only_after_what_it_means_was_shown(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        retention = await leaf(shown, "retention", RetentionLeaf)
        before = "Keeps every point in time for 30 days, one a week for 12 weeks and one a month for 12 months."
        await until(lambda: retention.words.text() == before)
        retention.change.click()
        sheet = await dialog(shown, RuleSheet)
        assert sheet.form.counts["weekly"].value() == 12
        assert not sheet.set.isVisible()
        sheet.form.radios[Way.AGE].click()
        sheet.form.amount.setValue(10)
        sheet.form.unit.choose("days")
        sheet.form._read()
        sheet.preview.click()
        await until(sheet.set.isVisible)
        assert sheet.view.going.rowCount() > 0
        assert desk._rules[None] == Keep(days=30, weekly=12, monthly=12)
        sheet.set.click()
        await until(lambda: retention.words.text() == "Keeps every point in time for 10 days.")
        assert desk._rules[None] == Keep(days=10)

    on_stage(qapp, tmp_path, scene)


def test_rule_without_counts_cannot_be_set(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        sheet = RuleSheet(shown.bridge, None, "", Keep(last=3), shown)
        asked = asyncio.ensure_future(sheet.answer())
        await settled(4)
        assert sheet.form.counts["last"].value() == 3
        assert sheet.preview.isEnabled()
        sheet.form.counts["last"].setValue(0)
        assert not sheet.preview.isEnabled()
        assert "what is to be kept" in sheet.form.sentence.text()
        sheet.reject()
        await asked

    on_stage(qapp, tmp_path, scene)


def test_account_gets_a_rule_of_its_own_and_loses_it(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        retention = await leaf(shown, "retention", RetentionLeaf)
        await until(lambda: bool(retention._cards))
        retention._give.click()
        button(await dialog(shown), "Next").click()
        sheet = await dialog(shown, RuleSheet)
        sheet.form.radios[Way.EVERYTHING].click()
        sheet.preview.click()
        await until(sheet.set.isVisible)
        sheet.set.click()
        await until(lambda: STREAM in desk._rules and retention._rules.isVisible())
        assert desk._rules[STREAM].is_everything
        button(retention, "As all others").click()
        sheet = await dialog(shown, RuleSheet)
        await until(sheet.set.isVisible)
        assert not sheet._back.isVisible()
        sheet.set.click()
        await until(lambda: STREAM not in desk._rules)

    on_stage(qapp, tmp_path, scene)


def test_prune_shows_what_goes_first(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        retention = await leaf(shown, "retention", RetentionLeaf)
        button(retention, "Prune…").click()
        sheet = await dialog(shown, PruneSheet)
        await until(sheet.go.isEnabled)
        assert "2 points in time" in sheet.view._words.text()
        sheet.go.click()
        await until(lambda: isinstance(shown.page, JobsPage))
        assert Prune(grace_days=7) in [job.spec for job in desk._jobs.values()]

    on_stage(qapp, tmp_path, scene)


def test_removal_without_a_grace_takes_a_typed_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk._rules[None] = Keep(days=5)
        sheet = PruneSheet(shown.bridge, shown)
        asked = asyncio.ensure_future(sheet.answer())
        await until(sheet.go.isEnabled)
        sheet.grace.setValue(0)
        await until(sheet.go.isEnabled)
        sheet.go.click()
        await until(lambda: len([d for d in shown.findChildren(QDialog) if d.isVisible()]) == 2)
        await type_word(shown, "REMOVE", "Remove at once")
        assert await asked
        assert Prune(grace_days=0) in [job.spec for job in desk._jobs.values()]

    on_stage(qapp, tmp_path, scene)


def test_trash_is_called_back(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        trash = await leaf(shown, "trash", TrashLeaf)
        await until(lambda: trash.entries.rowCount() == 3)
        trash.table.go_to(2)
        assert trash.points.rowCount() == 12
        trash.keep.click()
        button(await dialog(shown), "Keep after all").click()
        await until(lambda: trash.entries.rowCount() == 2)
        assert "12 points in time" in trash.banner.accessibleName()
        desk._trash.clear()
        trash.refresh()
        await until(trash._empty.isVisible)

    on_stage(qapp, tmp_path, scene)


def test_hold_is_placed_and_released_with_a_typed_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        holds = await leaf(shown, "holds", HoldsLeaf)
        await until(lambda: holds.holds.rowCount() == 2)
        assert holds.covers(desk._holds[1]).startswith("Dana Whitfield: ")
        holds.add.click()
        asked = await dialog(shown)
        assert not button(asked, "Place the hold").isEnabled()
        reason = asked.findChild(QLineEdit)
        assert reason is not None
        reason.setText("Dispute")
        button(asked, "Place the hold").click()
        await until(lambda: holds.holds.rowCount() == 3)
        assert (desk._holds[2].stream, desk._holds[2].snapshot, desk._holds[2].label) == (STREAM, None, "Dispute")
        holds.table.go_to(0)
        holds.release.click()
        await type_word(shown, "RELEASE", "Release the hold")
        await until(lambda: holds.holds.rowCount() == 2)
        assert OFFICE_STREAM not in [hold.stream for hold in desk._holds]

    on_stage(qapp, tmp_path, scene)


# --- copies ----------------------------------------------------------------------------------------------------


def test_copies_are_listed_made_and_brought_up_to_date(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        mirror = await leaf(shown, "mirror", MirrorLeaf)
        await until(lambda: mirror.copies.rowCount() == 2)
        mirror.table.go_to(1)
        mirror.again.click()
        await until(lambda: bool(desk.asked))
        settings = views.BucketSettings(endpoint="https://s3.example")
        assert desk.asked == [("mirror", ("s3://northwind-copy/vault", settings, None, False, False))]
        await until(mirror._running.isVisible)
        assert not mirror.again.isEnabled(), "it is at it already"
        mirror.new.click()
        sheet = await dialog(shown, MirrorSheet)
        assert not sheet.go.isEnabled()
        sheet.folder.line.setText("/media/other")
        sheet.delete.setChecked(True)
        sheet.verify.setChecked(True)
        sheet.go.click()
        await until(lambda: mirror.copies.rowCount() == 3)
        assert desk.asked[1] == ("mirror", ("/media/other", None, None, True, True))

    on_stage(qapp, tmp_path, scene)


def test_progress_of_a_mirror_is_seen(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        mirror = await leaf(shown, "mirror", MirrorLeaf)
        job: Job = desk._jobs[await shown.bridge.call(desk.mirror("/media/other"))]
        await until(lambda: "212 of 1,412" in mirror._amount.text())
        moved = replace(job, tally=replace(job.tally, items_done=900))
        mirror.happened(JobChanged(moved))
        assert "900 of 1,412" in mirror._amount.text()
        await shown.bridge.call(desk.stop(job.id))
        await until(lambda: not mirror._running.isVisible())
        assert isinstance(job.spec, Mirror)

    on_stage(qapp, tmp_path, scene)


# --- keys ------------------------------------------------------------------------------------------------------


def test_keys_are_renamed_and_removed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        await shown.bridge.call(desk.add_passphrase("quite another phrase of words", "Front desk"))
        keys = await leaf(shown, "keys", KeysLeaf)
        await until(lambda: len(keys._keys.findChildren(Button)) == 6)
        button(keys._keys, "Rename…").click()
        asked = await dialog(shown)
        field = asked.findChild(QLineEdit)
        assert field is not None
        field.setText("Dana")
        button(asked, "Rename").click()
        await until(lambda: desk._slots[0].label == "Dana")
        await settled()
        [b for b in keys._keys.findChildren(Button) if b.accessibleName() == "Remove Dana"][-1].click()
        button(await dialog(shown), "Remove the key").click()
        await until(lambda: [slot.label for slot in desk._slots] == ["Recovery kit", "Front desk"])

    on_stage(qapp, tmp_path, scene)


def test_last_passphrase_goes_only_with_a_typed_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        keys = await leaf(shown, "keys", KeysLeaf)
        await until(lambda: len(keys._keys.findChildren(Button)) == 4)
        [b for b in keys._keys.findChildren(Button) if b.accessibleName() == "Remove First passphrase"][-1].click()
        asked = await dialog(shown, Sheet)
        assert "still open the vault: Recovery kit." in asked.lead.text()
        assert "Nobody has confirmed" in asked.lead.text()
        await type_word(shown, "REMOVE", "Remove the last passphrase")
        await until(lambda: [slot.kind for slot in desk._slots] == ["recovery"])

    on_stage(qapp, tmp_path, scene, lambda: FakeDesk(confirmed=False))


def test_replaced_keys_do_not_count_as_another_of_their_kind() -> None:
    one = views.KeySlot(id="1", kind="passphrase", created=0, label="")
    old = views.KeySlot(id="2", kind="passphrase", created=0, label="", is_superseded=True)
    assert is_last_of_its_kind(one, (one, old))
    assert not is_last_of_its_kind(old, (one, old))


def test_last_recovery_key_goes_only_with_a_typed_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        keys = await leaf(shown, "keys", KeysLeaf)
        await until(lambda: len(keys._keys.findChildren(Button)) == 4)
        [b for b in keys._keys.findChildren(Button) if b.accessibleName() == "Remove Recovery kit"][-1].click()
        await type_word(shown, "REMOVE", "Remove the last recovery key")
        await until(lambda: [slot.kind for slot in desk._slots] == ["passphrase"])

    on_stage(qapp, tmp_path, scene)


def test_this_computers_key_is_made_and_taken_back(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        keys = await leaf(shown, "keys", KeysLeaf)
        await until(keys._device.isVisible)
        keys._device.click()
        button(await dialog(shown), "Open without asking").click()
        await until(lambda: not keys._device.isVisible())
        [b for b in keys._keys.findChildren(Button) if b.accessibleName() == "Remove this computer"][-1].click()
        button(await dialog(shown), "Remove the key").click()
        await until(keys._device.isVisible)
        assert not await shown.bridge.call(desk.is_remembered())

    on_stage(qapp, tmp_path, scene)


def test_missing_keyring_is_told_of(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk.has_keyring = False
        keys = await leaf(shown, "keys", KeysLeaf)
        await until(keys._device.isVisible)
        keys._device.click()
        button(await dialog(shown), "Open without asking").click()
        await settled()
        asked = await dialog(shown)
        assert "cannot remember" in asked.windowTitle()
        button(asked, "Close").click()
        await settled()
        assert keys._device.isVisible()

    on_stage(qapp, tmp_path, scene)


def test_missing_keyring_is_told_of_at_unlock(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk.has_keyring = False
        page = shown.page
        assert isinstance(page, UnlockPage)
        page.secret.setText(PASSPHRASE)
        page._remember.setChecked(True)
        page._open.click()
        button(await dialog(shown), "Close").click()
        await until(lambda: isinstance(shown.page, HomePage))

    on_stage(qapp, tmp_path, scene, lambda: FakeDesk(locked=True))


def test_all_keys_are_replaced_after_what_falls_away_was_listed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        keys = await leaf(shown, "keys", KeysLeaf)
        button(keys, "Replace all keys…").click()
        sheet = await dialog(shown, RotationSheet)
        assert [mark.about for mark in sheet.falling.marks] == ["First passphrase", "Recovery kit"]
        secret = "quite another phrase of words"
        sheet.passphrase.first.setText(secret)
        sheet.passphrase.second.setText(secret)
        assert not sheet.go.isEnabled()
        sheet.typed.setText("replace")
        sheet.go.click()
        await until(lambda: any(view.isVisible() for view in shown.findChildren(KitView)))
        assert desk._passphrase == secret
        kit = next(view for view in shown.findChildren(KitView) if view.isVisible())
        assert kit._kit.recovery_key == RECOVERY_KEY
        sheet = await dialog(shown, KitSheet)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        await settled(10)
        asked = await dialog(shown)
        assert "not saved or confirmed" in asked.windowTitle()
        button(asked, "Back to the kit").click()
        await settled()
        assert sheet.isVisible()
        sheet.close()
        await settled(10)
        button(await dialog(shown), "Close anyway").click()
        await until(keys._confirm.isVisible)

    on_stage(qapp, tmp_path, scene)


def test_saved_or_confirmed_kit_closes_without_a_question(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        keys = await leaf(shown, "keys", KeysLeaf)
        button(keys, "New recovery kit…").click()
        button(await dialog(shown), "Make a kit").click()
        sheet = await dialog(shown, KitSheet)
        assert sheet.must_stay
        confirm = sheet.findChild(ConfirmKit)
        assert confirm is not None
        for wrong, words in (("SBR1" + RECOVERY_KEY[4:][::-1], "Compare it"), ("not a key", "56 letters")):
            confirm.key.setText(wrong)
            confirm._try()
            await until(lambda words=words: words in confirm.key.accessibleDescription())  # type: ignore[misc]
            assert sheet.must_stay
        confirm.key.setText(RECOVERY_KEY)
        confirm._try()
        await until(lambda: not sheet.must_stay)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        await until(lambda: not any(d.isVisible() for d in shown.findChildren(QDialog)))

    on_stage(qapp, tmp_path, scene)


def test_keys_that_were_replaced_elsewhere_lead_to_the_entrance(qapp: QApplication, tmp_path: Path) -> None:
    class Outdated(FakeDesk):
        async def holds(self) -> Sequence[views.Hold]:
            raise errors.VaultKeysChanged("written under newer keys", file="holds/1")

    async def scene(shown: Window, desk: FakeDesk) -> None:
        holds = await leaf(shown, "holds", HoldsLeaf)
        await until(holds.banner.isVisible)
        assert "replaced" in holds.banner.accessibleName()
        button(holds.banner, "Lock").click()
        await until(lambda: isinstance(shown.page, UnlockPage))
        assert not desk.is_open

    on_stage(qapp, tmp_path, scene, Outdated)


def test_keys_of_the_storage_are_taken_out_of_the_keyring(qapp: QApplication, tmp_path: Path) -> None:
    class InABucket(FakeDesk):
        def __init__(self) -> None:
            super().__init__()
            self._location = "s3://northwind/vault"

    async def scene(shown: Window, desk: FakeDesk) -> None:
        keys = await leaf(shown, "keys", KeysLeaf)
        await until(keys.storage.forget.isVisible)
        keys.storage.forget.click()
        button(await dialog(shown), "Take them out").click()
        await until(lambda: not keys.storage.forget.isVisible())
        assert not desk.has_keyring

    on_stage(qapp, tmp_path, scene, InABucket)


# --- points in time of an account ------------------------------------------------------------------------------


def test_what_becomes_of_points_in_time_is_shown(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(AccountPlace(STREAM))
        account = shown.page
        assert isinstance(account, AccountPage)
        last = account._model.columnCount() - 1
        await until(lambda: account._model.rowCount() == 30 and bool(account._fates))
        words = [account._model.index(row, last).data() for row in range(30)]
        assert words[0] == "Kept"
        assert words[4] == "On hold: Year-end audit"
        assert words[21].startswith("Trash until ")
        assert words[29] == "Trash, gone with the next prune"
        account.table.go_to(4)
        assert not account.hold.isEnabled()
        assert "hold" in account.delete.toolTip()
        account.table.go_to(0)
        assert not account.delete.isEnabled(), "the next backup goes on from it"
        account.table.go_to(1)
        account.hold.click()
        asked = await dialog(shown)
        reason = asked.findChild(QLineEdit)
        assert reason is not None
        reason.setText("Before the move")
        button(asked, "Place the hold").click()
        await until(lambda: account._model.index(1, last).data() == "On hold: Before the move")

    on_stage(qapp, tmp_path, scene)


def test_points_in_time_are_deleted_with_a_typed_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(AccountPlace(STREAM))
        account = shown.page
        assert isinstance(account, AccountPage)
        await until(lambda: account._model.rowCount() == 30 and bool(account._fates))
        account.table.go_to(2)
        chosen = account._model.row_at(2).id
        account.delete.click()
        await type_word(shown, "DELETE", "Put into the trash")
        await until(lambda: isinstance(shown.page, JobsPage))
        assert desk.asked == [("discard", Discard(stream=STREAM, snapshots=(chosen,)))]

    on_stage(qapp, tmp_path, scene)
