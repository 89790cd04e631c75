"""The vault's page on the real application: what is pressed in the window happens in the vault."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from saasbackup_desktop.app.views import ImapSettings
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.ui.places import AccountPlace, JobsPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.new_vault import NewVaultWizard
from saasbackup_desktop.ui.rooms.recovery_kit import KitView
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.rooms.vault.holds import HoldsLeaf
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.mirror import MirrorLeaf
from saasbackup_desktop.ui.rooms.vault.mirror_sheet import MirrorSheet
from saasbackup_desktop.ui.rooms.vault.overview import OverviewLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.rooms.vault.retention import RetentionLeaf
from saasbackup_desktop.ui.rooms.vault.retention_sheets import PruneSheet, RuleSheet
from saasbackup_desktop.ui.rooms.vault.rotation_sheet import RotationSheet
from saasbackup_desktop.ui.rooms.vault.trash import TrashLeaf
from saasbackup_desktop.ui.shell.window import Window
from saasbackup_desktop.vault.access import slots
from tests.flow.stage import CHEAP
from tests.servers.buckets import S3Server
from tests.servers.dovecot import Dovecot, User
from tests.ui.stage import play, until
from tests.ui.test_real_desk import PATIENCE, close, open_window
from tests.ui.test_vault import button, dialog, leaf, type_word, wizard_of

SECRET = "five unrelated words make strength"
OTHER = "quite another phrase of six words"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a try of a passphrase costs is not what is shown here; the tests of the real desk pay it."""
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)


async def settle_in(shown: Window) -> None:
    shown._enter()
    await until(lambda: isinstance(shown.page, HomePage), PATIENCE)


async def opened(application: QApplication, folder: Path) -> Window:
    """A window with a new vault."""
    shown = open_window(application, folder / "home")
    await shown.begin()
    await shown.bridge.call(shown.bridge.desk.create_vault(str(folder / "vault"), SECRET))
    await settle_in(shown)
    return shown


async def over(shown: Window, job: JobId) -> None:
    await until(lambda: job in shown._jobs and shown._jobs[job].state.is_over, PATIENCE)
    assert shown._jobs[job].state is State.DONE, shown._jobs[job]


async def newest_job(shown: Window) -> JobId:
    await until(lambda: isinstance(shown.page, JobsPage), PATIENCE)
    return (await shown.bridge.call(shown.bridge.desk.jobs()))[0].id


async def backed_up(shown: Window, server: Dovecot, user: User, times: int) -> StreamId:
    """A mailbox with some points in time."""
    desk, call = shown.bridge.desk, shown.bridge.call
    settings = ImapSettings(
        name="office", host="localhost", user=user.name, port=server.tls_port, ca_file=str(server.ca_file)
    )
    connection = await call(desk.add_imap(settings, user.password))
    stream = stream_id(connection.account.id, Service.MAIL)
    for number in range(times):
        server.append(user, "INBOX", [f"Subject: Letter {number}\r\n\r\n{'x' * 5000}{number}\r\n".encode()])
        await over(shown, await call(desk.backup(stream)))
    return stream


def test_vault_is_kept_in_order(qapp: QApplication, tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    async def scene() -> None:
        shown = await opened(qapp, tmp_path)
        desk, call = shown.bridge.desk, shown.bridge.call
        stream = await backed_up(shown, dovecot, user, 4)

        # A hold on one point in time, on the account's page.
        shown.go(AccountPlace(stream))
        account = shown.page
        assert isinstance(account, AccountPage)
        await until(lambda: account._model.rowCount() == 4, PATIENCE)
        account.table.go_to(2)
        account.hold.click()
        asked = await dialog(shown)
        reason = asked.findChild(QLineEdit)
        assert reason is not None
        reason.setText("Audit")
        button(asked, "Place the hold").click()
        await until(lambda: [fate.label for fate in account._fates.values()] == ["Audit"], PATIENCE)

        # A rule is tried, then set; nothing has gone.
        retention = await leaf(shown, "retention", RetentionLeaf)
        await until(lambda: "for ever" in retention.words.text(), PATIENCE)
        rule = RuleSheet(shown.bridge, None, "", Keep(last=1), shown)
        rule.open()
        rule.preview.click()
        await until(rule.set.isVisible, PATIENCE)
        assert rule.view.going.rowCount() == 2
        assert (await call(desk.retention())).keep == Keep()
        rule.set.click()
        await until(lambda: not rule.isVisible(), PATIENCE)
        assert len(await call(desk.snapshots(stream))) == 4

        # The prune shows the same, and puts it into the trash.
        button(retention, "Prune…").click()
        pruning = await dialog(shown, PruneSheet)
        await until(pruning.go.isEnabled, PATIENCE)
        assert pruning.view.going.rowCount() == 2
        pruning.go.click()
        await over(shown, await newest_job(shown))
        trash = await leaf(shown, "trash", TrashLeaf)
        await until(lambda: trash.points.rowCount() == 2, PATIENCE)
        trash.keep.click()
        button(await dialog(shown), "Keep after all").click()
        await until(trash._empty.isVisible, PATIENCE)

        # What a hold covers cannot be deleted; the rest goes into the trash when the word was typed.
        shown.go(AccountPlace(stream))
        await until(lambda: account._model.rowCount() == 4 and len(account._fates) == 3, PATIENCE)
        account.table.go_to(2)
        assert not account.delete.isEnabled()
        account.table.go_to(1)
        account.delete.click()
        await type_word(shown, "DELETE", "Put into the trash")
        await over(shown, await newest_job(shown))
        trash = await leaf(shown, "trash", TrashLeaf)
        await until(lambda: trash.points.rowCount() == 1, PATIENCE)

        holds = await leaf(shown, "holds", HoldsLeaf)
        await until(lambda: holds.holds.rowCount() == 1, PATIENCE)
        holds.release.click()
        await type_word(shown, "RELEASE", "Release the hold")
        await until(holds._empty.isVisible, PATIENCE)
        await close(shown)

    play(qapp, scene())


def test_vault_is_checked_copied_and_given_new_keys(
    qapp: QApplication, tmp_path: Path, dovecot: Dovecot, user: User
) -> None:
    async def scene() -> None:
        shown = await opened(qapp, tmp_path)
        await backed_up(shown, dovecot, user, 1)

        mirror = await leaf(shown, "mirror", MirrorLeaf)
        await until(mirror._empty.isVisible, PATIENCE)
        mirror.run(mirror._new())
        sheet = await dialog(shown, MirrorSheet)
        sheet.folder.line.setText(str(tmp_path / "copy"))
        sheet.go.click()
        await until(lambda: mirror.copies.rowCount() == 1 and mirror.copies.row_at(0).whole is not None, PATIENCE)
        assert (tmp_path / "copy" / "vault.json").is_file()

        overview = await leaf(shown, "overview", OverviewLeaf)
        await until(lambda: len(overview.marks.marks) == 7, PATIENCE)
        overview.check.click()
        asked = await dialog(shown)
        button(asked, "Check").click()
        job = await newest_job(shown)
        await over(shown, job)
        overview = await leaf(shown, "overview", OverviewLeaf)
        await until(lambda: {"Whole", "Complete"} <= {mark.state for mark in overview.marks.marks}, PATIENCE)

        keys = await leaf(shown, "keys", KeysLeaf)
        button(keys, "Replace all keys…").click()
        rotation = await dialog(shown, RotationSheet)
        rotation.passphrase.first.setText(OTHER)
        rotation.passphrase.second.setText(OTHER)
        rotation.typed.setText("REPLACE")
        rotation.go.click()
        await until(lambda: any(view.isVisible() for view in shown.findChildren(KitView)), PATIENCE)
        kit = next(view for view in shown.findChildren(KitView) if view.isVisible())._kit
        (await dialog(shown)).reject()
        page = shown.page
        assert isinstance(page, VaultPage)
        page.lock.click()
        await until(lambda: isinstance(shown.page, UnlockPage), PATIENCE)
        unlock = shown.page
        assert isinstance(unlock, UnlockPage)
        unlock.secret.setText(SECRET)
        unlock._open.click()
        await until(lambda: unlock._open.isEnabled() and bool(unlock.secret.selectedText()), PATIENCE)
        unlock.secret.setText(kit.recovery_key)
        unlock._open.click()
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        await close(shown)

    play(qapp, scene())


def test_damage_is_found_and_repaired(qapp: QApplication, tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    async def scene() -> None:
        shown = await opened(qapp, tmp_path)
        desk, call = shown.bridge.desk, shown.bridge.call
        await backed_up(shown, dovecot, user, 2)
        pack = next((tmp_path / "vault" / "packs").glob("??/*"))
        data = bytearray(pack.read_bytes())
        data[len(data) // 3] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(data)

        overview = await leaf(shown, "overview", OverviewLeaf)
        await until(lambda: bool(overview.marks.marks), PATIENCE)
        job = await call(desk.check_vault(100))
        shown.go(JobsPlace(job))
        jobs = shown.page
        assert isinstance(jobs, JobsPage)
        await until(jobs.detail._repair.isVisible, PATIENCE)
        assert any("Letter" in trouble.name for trouble in jobs.detail._troubles.rows)
        jobs.detail._repair.click()
        button(await dialog(shown), "Repair").click()
        await until(lambda: jobs.detail.job_id not in (None, job), PATIENCE)
        repair = jobs.detail.job_id
        assert repair is not None
        await until(lambda: repair in shown._jobs and shown._jobs[repair].state.is_over, PATIENCE)
        assert shown._jobs[repair].state in (State.DONE, State.PARTIAL)
        await close(shown)

    play(qapp, scene())


def test_lost_description_is_written_again(qapp: QApplication, tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    async def scene() -> None:
        shown = await opened(qapp, tmp_path)
        desk, call = shown.bridge.desk, shown.bridge.call
        await backed_up(shown, dovecot, user, 1)
        await call(desk.lock())
        (tmp_path / "vault" / "vault.json").unlink()
        shown._enter()
        unlock = shown.page
        assert isinstance(unlock, UnlockPage)
        unlock.secret.setText(SECRET)
        unlock._open.click()
        await until(unlock.banner.isVisible, PATIENCE)
        button(unlock.banner, "Repair and open").click()
        button(await dialog(shown), "Write it again and open").click()
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        assert (tmp_path / "vault" / "vault.json").is_file()
        await close(shown)

    play(qapp, scene())


async def fill(wizard: NewVaultWizard, server: S3Server, bucket: str) -> None:
    wizard.where.button(1).click()
    wizard.bucket.bucket.setText(bucket)
    wizard.bucket.prefix.setText("vault")
    wizard.bucket.endpoint.setText(server.endpoint)
    wizard.bucket.region.setText("us-east-1")
    wizard.bucket.style_choice.choose("path")
    wizard.bucket.access_key.setText(server.keys.access_key)
    wizard.bucket.secret_key.setText(server.keys.secret_key)
    wizard.next.click()
    await until(lambda: wizard.flow.step == "lock")


async def make(shown: Window, wizard: NewVaultWizard) -> None:
    wizard.next.click()
    await until(lambda: wizard.flow.step == "passphrase")
    wizard.passphrase.first.setText(SECRET)
    wizard.passphrase.second.setText(SECRET)
    wizard.next.click()
    await until(lambda: shown.findChild(KitView) is not None, PATIENCE)
    await settle_in(shown)


def test_vault_in_a_bucket_asks_for_keys_that_nobody_keeps(
    qapp: QApplication, tmp_path: Path, moto: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    place = moto.bucket()

    async def scene() -> None:
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        wizard = wizard_of(shown)
        await fill(wizard, moto, place.bucket)
        wizard.next.click()
        await until(wizard.accept.isVisible, PATIENCE)
        assert any(mark.about == "Refuse a wrong key" for mark in wizard.test.marks.marks[:4])
        wizard.accept.click()
        await make(shown, wizard)
        assert moto.keys.secret_key not in (tmp_path / "home" / "home.json").read_text()
        await close(shown)

        again = open_window(qapp, tmp_path / "home")
        await again.begin()
        unlock = again.page
        assert isinstance(unlock, UnlockPage)
        unlock.secret.setText(SECRET)
        unlock._open.click()
        await until(unlock.access_key.isVisible, PATIENCE)
        unlock.access_key.setText(moto.keys.access_key)
        unlock.secret_key.setText(moto.keys.secret_key)
        await until(unlock._open.isEnabled)
        unlock._open.click()
        await until(lambda: isinstance(again.page, HomePage), PATIENCE)
        await close(again)

    play(qapp, scene())


def test_lock_that_the_storage_does_not_have_is_not_left_out_silently(
    qapp: QApplication, tmp_path: Path, ceph: S3Server
) -> None:
    place = ceph.bucket()

    async def scene() -> None:
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        wizard = wizard_of(shown)
        await fill(wizard, ceph, place.bucket)
        wizard.lock.group.button(1).click()
        wizard.next.click()
        await until(lambda: wizard.flow.fitness == "unfit", PATIENCE)
        assert wizard.test.marks.marks[0].about == "Lock a file"
        assert not wizard.next.isEnabled()
        wizard.back.click()
        wizard.lock.group.button(0).click()
        wizard.next.click()
        await until(lambda: wizard.flow.fitness in ("fit", "limited"), PATIENCE)
        if wizard.accept.isVisible():
            wizard.accept.click()
        await make(shown, wizard)
        overview = await leaf(shown, "overview", OverviewLeaf)
        await until(lambda: len(overview.marks.marks) == 8, PATIENCE)
        assert {mark.about: mark.state for mark in overview.marks.marks}["Object lock"] == "Off"
        await close(shown)

    play(qapp, scene())
