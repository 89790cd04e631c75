"""Pictures of every page in light and dark: ``python -m tests.ui.screenshots [FOLDER]``."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.app import views
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.ids import JobId, NodeId
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui import boot
from saasbackup_desktop.ui.kit.theme import Appearance
from saasbackup_desktop.ui.places import (
    AccountPlace,
    AddAccount,
    ComparePlace,
    DownloadsPlace,
    HomePlace,
    JobsPlace,
    RecoveryPlace,
    SettingsPlace,
    VaultPlace,
)
from saasbackup_desktop.ui.rooms import connection_sheets
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.mailbox.versions_sheet import show_versions
from saasbackup_desktop.ui.rooms.new_vault import NewVaultWizard
from saasbackup_desktop.ui.rooms.point_picker import Popover
from saasbackup_desktop.ui.rooms.restore.migrate import MigrateSheet
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.rooms.vault import check_sheets, hold_sheets, key_sheets, overview
from saasbackup_desktop.ui.rooms.vault.mirror_sheet import MirrorSheet
from saasbackup_desktop.ui.rooms.vault.retention_sheets import PruneSheet, RuleSheet
from saasbackup_desktop.ui.rooms.vault.rotation_sheet import RotationSheet
from saasbackup_desktop.ui.rooms.welcome import WelcomePage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.alert_pictures import SCENES as ALERTS
from tests.ui.drill_pictures import SCENES as DRILLS
from tests.ui.entra_pictures import SCENES as ENTRA
from tests.ui.export_pictures import SCENES as EXPORTS
from tests.ui.fake_desk import FIT, NOW, PASSPHRASE, STREAM, UNFIT, FakeDesk
from tests.ui.notice_pictures import SCENES as NOTICES
from tests.ui.pictured import Snap, dialog_of
from tests.ui.service_pictures import SCENES as SERVICES
from tests.ui.stage import play, settled, window
from tests.ui.task_pictures import SCENES as TASKS
from tests.ui.tenant_pictures import SCENES as TENANTS


async def first_run(shown: Window, snap: Snap) -> None:
    snap("first-run", shown)
    page = shown.page
    assert isinstance(page, WelcomePage)
    page._turn(page._creation())
    await settled(4)
    snap("first-run-create", shown)
    await _wizard_of_a_bucket(shown, page, snap)
    page._turn(page._kit(shown.bridge.desk._kit()))  # type: ignore[attr-defined]
    await settled(4)
    snap("first-run-kit", shown)
    page._turn(page._adoption())
    await settled(4)
    snap("first-run-open", shown)


async def _wizard_of_a_bucket(shown: Window, page: WelcomePage, snap: Snap) -> None:
    wizard = page.findChild(NewVaultWizard)
    assert wizard is not None
    wizard.where.button(1).click()
    await settled(4)
    snap("first-run-bucket", shown)
    wizard.next.click()
    await settled(4)
    snap("first-run-bucket-missing", shown)
    wizard.bucket.bucket.setText("northwind-backup")
    wizard.bucket.prefix.setText("vault")
    wizard.bucket.endpoint.setText("https://s3.northwind.example")
    wizard.bucket.access_key.setText("AKIANORTHWIND")
    wizard.bucket.secret_key.setText(PASSPHRASE)
    wizard.next.click()
    await settled(4)
    wizard.lock.group.button(1).click()
    await settled(4)
    snap("first-run-lock", shown)
    wizard.next.click()
    await settled(10)
    snap("first-run-test", shown)
    wizard.test.show_findings(UNFIT)
    await settled(4)
    snap("first-run-test-failed", shown)
    wizard.test.show_findings(FIT)
    await settled(4)
    wizard.next.click()
    await settled(4)
    snap("first-run-passphrase", shown)


async def unlock(shown: Window, snap: Snap) -> None:
    snap("unlock", shown)


async def unlock_bucket(shown: Window, snap: Snap) -> None:
    page = shown.page
    assert isinstance(page, UnlockPage)
    page.secret.setText(PASSPHRASE)
    page._open.click()
    await settled()
    snap("unlock-bucket", shown)


async def bucket(shown: Window, snap: Snap) -> None:
    for leaf in ("overview", "keys"):
        shown.go(VaultPlace(leaf))
        await settled()
        snap(f"vault-{leaf}-bucket", shown)
    desk = shown.bridge.desk
    info = await shown.bridge.call(desk.vault_info())
    await dialog_of(shown, snap, "vault-test", overview.test_storage(shown.bridge, info, shown))


async def empty(shown: Window, snap: Snap) -> None:
    leaves = [(f"vault-{leaf}", VaultPlace(leaf)) for leaf in ("trash", "holds", "mirror")]
    jobs = [("jobs", JobsPlace()), ("downloads", DownloadsPlace())]
    pages = [("home", HomePlace()), ("recovery", RecoveryPlace()), *jobs, *leaves]
    for name, place in pages:
        shown.go(place)
        await settled()
        snap(f"empty-{name}", shown)


async def rooms(shown: Window, snap: Snap) -> None:
    snap("home", shown)
    shown.go(AccountPlace(STREAM))
    await settled()
    snap("account", shown)
    await _wizard(shown, snap)
    await _mailbox(shown, snap)
    points = await shown.bridge.call(shown.bridge.desk.snapshots(STREAM))
    shown.go(ComparePlace(STREAM, points[9].id, points[0].id))
    await settled()
    snap("compare", shown)
    for number, name in ((1, "running"), (3, "partial"), (4, "failed"), (8, "damaged"), (10, "mirror")):
        shown.go(JobsPlace(JobId(f"{number:012x}")))
        await settled()
        snap(f"jobs-{name}", shown)
    shown.go(SettingsPlace())
    await settled()
    snap("settings", shown)
    await _vault(shown, snap)


async def _vault(shown: Window, snap: Snap) -> None:
    for leaf in ("overview", "retention", "trash", "holds", "mirror", "keys"):
        shown.go(VaultPlace(leaf))
        await settled()
        snap(f"vault-{leaf}", shown)
    await dialog_of(shown, snap, "vault-passphrase", key_sheets.change_passphrase(shown.bridge, shown))
    await dialog_of(shown, snap, "vault-check", check_sheets.ask_check(shown))
    bridge = shown.bridge
    rule = RuleSheet(bridge, None, "", Keep(days=30, weekly=12), shown)
    asked = asyncio.ensure_future(rule.answer())
    await settled()
    snap("vault-rule", rule)
    rule.preview.click()
    await settled()
    snap("vault-rule-preview", rule)
    rule.reject()
    await asked
    await dialog_of(shown, snap, "vault-prune", PruneSheet(bridge, shown).answer())
    await dialog_of(shown, snap, "vault-repair", check_sheets.ask_repair(shown))
    mirror = MirrorSheet(bridge, shown)
    asked = asyncio.ensure_future(mirror.answer())
    mirror.where.button(1).click()
    await settled()
    snap("vault-mirror-to", mirror)
    mirror.reject()
    await asked
    await dialog_of(shown, snap, "vault-hold", hold_sheets.place_hold(bridge, shown))
    info = await bridge.call(bridge.desk.vault_info())
    slots = info.slots
    await dialog_of(shown, snap, "vault-replace-keys", RotationSheet(bridge, slots, shown).answer())
    await dialog_of(shown, snap, "vault-remove-kit", key_sheets.remove_key(bridge, slots[1], info, shown))


async def _wizard(shown: Window, snap: Snap) -> None:
    shown.go(AddAccount())
    await settled()
    page = shown.page
    assert isinstance(page, AddAccountPage)
    page.host.setText("imap.northwind.example")
    snap("add-account-server", shown)
    page._go_on()
    page.user.setText("reception@northwind.example")
    page.secret.setText(PASSPHRASE)
    await settled(4)
    snap("add-account-sign-in", shown)
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    desk.probe_fault = errors.CertificateRefused(host="imap.northwind.example", reason="self-signed")
    page._go_on()
    await settled()
    snap("add-account-test-failed", shown)
    desk.probe_fault = None
    page._test()
    await settled()
    snap("add-account-test", shown)
    page._go_on()
    await settled(4)
    snap("add-account-summary", shown)


async def _mailbox(shown: Window, snap: Snap) -> None:
    shown.go(RecoveryPlace(STREAM))
    await settled(80)
    page = shown.page
    assert isinstance(page, MailboxPage)
    page.table.go_to(4)
    await settled()
    snap("recovery", shown)
    page.basket.tick_folder(NodeId("projects"), True)
    page.tree.setCurrentIndex(page.folders.find(NodeId("archive")))
    await settled(80)
    page.table.go_to(600_000)
    await settled(80)
    snap("recovery-million", shown)
    popover = Popover()
    popover.fill(page.picker.points, 4)
    popover.resize(popover.sizeHint())
    popover.show()
    await settled(4)
    snap("recovery-points", popover)
    popover.close()
    page.search.setText("delivery")
    page.more_fields.setChecked(True)
    page._search()
    await settled(80)
    snap("recovery-search", shown)
    page.more_fields.setChecked(False)
    page._leave_search()
    page.tree.setCurrentIndex(page.folders.find(NodeId("empty")))
    await settled(80)
    snap("recovery-empty-folder", shown)
    bridge = shown.bridge
    row = await bridge.call(bridge.desk.find_item(STREAM, NodeId("inbox-00000004")))
    await dialog_of(shown, snap, "recovery-versions", show_versions(bridge, row, shown))
    card = (await bridge.call(bridge.desk.cards()))[0]
    point = page.picker.current
    assert point is not None
    sheet = RestoreSheet(bridge, card, point, Selection(folders=(NodeId("projects"),)), shown)
    asked = asyncio.ensure_future(sheet.answer())
    await settled()
    snap("restore", sheet)
    sheet._ways.button(1).click()
    sheet._to_plan()
    await settled()
    snap("restore-plan", sheet)
    sheet.reject()
    await asked
    await dialog_of(shown, snap, "migrate", MigrateSheet(bridge, card, shown).answer())
    await dialog_of(
        shown, snap, "test-connection", connection_sheets.test_connection(bridge, card.connection or "", shown)
    )


class _Nobody(FakeDesk):
    """A vault without any account."""

    def __init__(self) -> None:
        super().__init__()
        self._connections, self._jobs = {}, {}
        self._trash, self._holds = [], []
        self._fake_exports.listed = []

    async def cards(self) -> tuple[views.StreamCard, ...]:
        return ()


class _InABucket(FakeDesk):
    """A vault in a bucket, under a lock."""

    def __init__(self) -> None:
        super().__init__()
        self._location = "s3://northwind-backup/vault"


class _WithoutKeys(FakeDesk):
    """A vault in a bucket, on a computer that has no keys for it."""

    def __init__(self) -> None:
        super().__init__(locked=True)
        self._location = "s3://northwind-backup/vault"

    async def unlock(self, secret: str) -> None:
        raise errors.SignInNeeded(host="s3.northwind.example", reason="no-store-keys")


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = (
    (lambda: FakeDesk(first_run=True), first_run),
    (lambda: FakeDesk(locked=True), unlock),
    (_WithoutKeys, unlock_bucket),
    (_InABucket, bucket),
    (_Nobody, empty),
    (lambda: FakeDesk(confirmed=False), rooms),
    *TENANTS,
    *SERVICES,
    *DRILLS,
    *ALERTS,
    *TASKS,
    *NOTICES,
    *ENTRA,
    *EXPORTS,
)


async def _take(application: QApplication, folder: Path) -> AsyncIterator[Path]:
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        for make, scene in SCENES:
            with tempfile.TemporaryDirectory() as home:
                taken: list[Path] = []

                def snap(name: str, widget: QWidget, of: str = appearance.value, to: list[Path] = taken) -> None:
                    file = folder / f"{name}-{of}.png"
                    widget.grab().save(str(file))
                    to.append(file)

                async with window(application, Path(home), make, appearance=appearance) as shown:
                    await scene(shown, snap)
                for file in taken:
                    yield file


async def take_all(application: QApplication, folder: Path) -> int:
    """Take all pictures; tell how many."""
    return len([file async for file in _take(application, folder)])


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    application = boot.application(sys.argv[:1])
    count: list[int] = []

    async def scene() -> None:
        count.append(await take_all(application, folder))

    play(application, scene())
    print(f"{count[0]} pictures in {folder} (as of {NOW})")


if __name__ == "__main__":
    main()
