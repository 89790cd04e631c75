"""The directories' pages on the real application and a pretend tenant behind real ports: attacked, and brought back."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.directory.plan import Standing
from saasbackup_desktop.core.jobs import JobQuery
from saasbackup_desktop.providers.microsoft.permissions import TABLE
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.places import DifferencesPlace, EntraPlace, Opened
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.plan import PlanPage
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.rooms.entra.plan_words import is_at_rest
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.tenants.sign_in_sheets import SignInSheet
from saasbackup_desktop.ui.shell.window import Window
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.graph.office import NAME, Office, opened
from tests.graph.test_entra_applications import administrator
from tests.ui.entra_pictures import page_of
from tests.ui.stage import play, until, window
from tests.ui.test_entra import sheet_of

PATIENCE = 1_500


def test_an_attack_is_seen_planned_and_taken_back_in_the_window(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.units._STEP", 0.01)

    async def scene(office: Office) -> None:
        async with window(qapp, tmp_path, lambda: Desk(tmp_path / "home")) as shown:
            await shown.bridge.call(shown.bridge.desk.unlock(PASSPHRASE))
            shown.go(Opened())
            await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
            shown.go(EntraPlace())
            directories = page_of(shown, EntraPage)
            await until(lambda: NAME in directories.cards, PATIENCE)
            directories.cards[NAME].backup.click()
            await _quiet(shown)
            bob = next(one["id"] for one in office.tenant.users.values() if one["displayName"] == "Bob Ross")
            ada = next(one["id"] for one in office.tenant.users.values() if one["displayName"] == "Ada Lovelace")
            office.tenant.directory.change("users", ada, department="Nobody's", accountEnabled=False)
            office.tenant.directory.remove("users", bob)

            shown.go(EntraPlace())
            directories = page_of(shown, EntraPage)
            card = directories.cards[NAME]
            await until(card.compare.isVisible, PATIENCE)
            card.compare.click()
            page = page_of(shown, DifferencesPage)
            await until(lambda: page._comparison is not None and page._comparison.is_done, PATIENCE)
            await until(lambda: page.pane.key == f"users/{ada}", PATIENCE)
            assert [(row.title, row.old, row.new) for row in page.pane.sheet.rows if row.keys][1:] == [
                ("Account enabled", "Yes", "No"),
                ("Department", "–", "Nobody's"),
            ]
            page.tree.setCurrentIndex(page.kinds.find("users"))
            await until(lambda: page.sheet.rowCount() == 2, PATIENCE)
            page.listing.all_shown.click()
            assert page.picked.ticks().wanted == {"users"}
            page.foot.plan.click()
            await until(lambda: any(one.isVisible() for one in shown.findChildren(PlanSheet)), PATIENCE)
            asking = sheet_of(shown, PlanSheet)
            asking.emergency.setText(ada.replace(ada[:4], "0000", 1))
            asking.go.click()
            await until(lambda: any("No user has the id" in one.text() for one in asking.findChildren(Text)), PATIENCE)
            asking.emergency.setText(ada.upper())
            asking.go.click()
            await until(lambda: isinstance(shown.page, PlanPage), PATIENCE)
            plan = page_of(shown, PlanPage)
            await until(lambda: plan.writes.rowCount() > 0 and plan._tenant is not None, PATIENCE)
            assert office.tenant.directory.objects("users")[ada]["accountEnabled"] is False, "nothing was written yet"
            plan.restore.click()
            await until(lambda: any(one.isVisible() for one in shown.findChildren(Sheet)), PATIENCE)
            [go] = [one for one in sheet_of(shown, Sheet).findChildren(Button) if one.text() == "Restore"]
            go.click()
            await until(lambda: any(one.isVisible() for one in shown.findChildren(SignInSheet)), PATIENCE)
            signing_in = sheet_of(shown, SignInSheet)
            await until(lambda: bool(signing_in.code.code.text()), PATIENCE)
            office.identity.approve(signing_in.code.code.text().replace(" ", ""), ada)
            await until(
                lambda: (
                    plan._state is not None
                    and is_at_rest(plan._state)
                    and Standing.PLANNED not in plan._state.standings
                ),
                PATIENCE,
            )
            assert plan._state is not None
            assert set(plan._state.standings) <= {Standing.DONE, Standing.WAS_SO}, plan.banner.accessibleDescription()
            assert plan._state.not_verified == 0
            back = office.tenant.directory.objects("users")[ada]
            assert (back["accountEnabled"], back.get("department")) == (True, None)
            assert office.tenant.directory.objects("users")[bob]["displayName"] == "Bob Ross"
            before = page._comparison
            assert not page.picked.is_empty
            shown.go(EntraPlace())
            shown.go(DifferencesPlace(plan._state.head.stream))
            await until(lambda: page.picked.is_empty, PATIENCE)
            assert page._comparison is not None
            assert before is not None
            assert page._comparison.id != before.id
            assert page._comparison.counts["users"] == {"unchanged": 2}

    async def prepare(office: Office) -> None:
        await office.desk.adopt_vault(str(tmp_path / "vault"), PASSPHRASE)
        await office.add()
        await office.desk.entra.activate(NAME, True, await administrator(office))
        await office.desk.close()

    Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    (tmp_path / "site").mkdir()
    with opened(tmp_path / "site") as site:
        office = Office(tmp_path, site, Desk(tmp_path / "home"))
        office.watch_any_permission()
        office.tenant.known_roles |= {one.name for one in TABLE}
        for name in ("Ada Lovelace", "Bob Ross"):
            office.join(name, letters=0)
        play(qapp, prepare(office))
        play(qapp, scene(office))
        assert office.referee.problems == []


async def _quiet(shown: Window) -> None:
    """Wait until a job was there and all of them are over."""
    seen: list[int] = []

    async def look() -> bool:
        desk = shown.bridge.desk
        page = await shown.bridge.call(desk.job_page(JobQuery(limit=5)))
        seen.extend(1 for _ in page.jobs)
        return bool(seen) and all(job.state.is_over for job in page.jobs)

    for _ in range(PATIENCE):
        if await look():
            return
        await until(lambda: True)
