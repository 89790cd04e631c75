"""The window on the real application and a directory behind real ports: what differs is seen, planned and undone."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.demo import finished
from saasbackup_desktop.app.demo_directory import DirectoryShow
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.places import DifferencesPlace, EntraPlace, RecoveryPlace
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.plan import PlanPage
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.ui.stage import play, until

PATIENCE = 20_000


async def _saved(desk: Desk, show: DirectoryShow) -> StreamId:
    """Set the tenant up, save its directory, and let the bad day come."""
    await show.add(desk)
    await finished(desk, await show.back_up(desk))
    show.pass_time()
    [one] = await desk.entra.tenants()
    return one.stream


def test_a_bad_day_is_undone_in_the_window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.units._STEP", 0.01)

    async def scene(show: DirectoryShow) -> None:
        clock.release()
        home = tmp_path / "home"
        homes = Homes(own=lambda: Desk(home), demonstration=lambda: None)  # type: ignore[arg-type, return-value]
        shown = Window(Bridge(), Theme(qapp, Appearance.LIGHT), Preferences(tmp_path / "window.ini"), homes)
        shown.show()
        await shown.begin()
        entrance = shown.page
        assert isinstance(entrance, UnlockPage)
        entrance.secret.setText(PASSPHRASE)
        QTest.keyClick(entrance.secret, Qt.Key.Key_Return)
        await until(lambda: shown.page is not entrance, PATIENCE)
        people = len(show.truth.objects("users"))
        stream = await shown.bridge.call(_saved(shown.bridge.desk, show))

        shown.go(EntraPlace())
        tenants = shown.page
        assert isinstance(tenants, EntraPage)
        await until(lambda: bool(tenants.cards), PATIENCE)
        shown.go(RecoveryPlace(stream))
        assert isinstance(shown.page, DirectoryPage), "a directory is looked at in its own room"

        shown.go(DifferencesPlace(stream))
        differences = shown.page
        assert isinstance(differences, DifferencesPage)
        await until(lambda: differences._comparison is not None and differences._comparison.is_done, PATIENCE)
        for kind in ("users", "groups"):
            differences.picked.put(kind, True)
        QTest.keyClick(differences.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        sheets: list[Sheet] = []

        def opened(kind: type[Sheet]) -> bool:
            sheets[:] = [one for one in shown.findChildren(kind) if one.isVisible()]
            return bool(sheets)

        await until(lambda: opened(PlanSheet), PATIENCE)
        QTest.keyClick(sheets[0], Qt.Key.Key_Return)
        await until(lambda: isinstance(shown.page, PlanPage), PATIENCE)
        plan = shown.page
        assert isinstance(plan, PlanPage)
        await until(lambda: plan.writes.rowCount() > 0 and plan.restore.isEnabled(), PATIENCE)
        assert len(show.truth.objects("users")) == people - 3
        plan.restore.click()
        await until(lambda: opened(Sheet), PATIENCE)
        sheets[0].accept()
        await until(lambda: len(show.truth.objects("users")) == people, PATIENCE)
        await until(lambda: plan._mark.accessibleName() == "Carried out", PATIENCE)
        ended: list[int] = []
        shown.ended.connect(lambda: ended.append(1))
        shown.close()
        await until(lambda: bool(ended), PATIENCE)
        shown.bridge.close()
        shown.deleteLater()

    async def prepared() -> None:
        Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
        desk = Desk(tmp_path / "home")
        await desk.adopt_vault(str(tmp_path / "vault"), PASSPHRASE)
        await desk.close()

    with ExitStack() as open_things:
        show = DirectoryShow(tmp_path / "tenant", "fernwick.example", open_things)
        play(qapp, prepared())
        play(qapp, scene(show))
