"""Microsoft 365 in the window: what a person does reaches the application, and what it tells is shown."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QSpinBox, QWidget

from saasbackup_desktop.app.entra.views import RestoreAccess
from saasbackup_desktop.app.flows.add_m365 import Entry, Step
from saasbackup_desktop.app.flows.bulk_activation import Step as Activation
from saasbackup_desktop.app.tenants.views import Link, Proof, State, WayIn
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.activation import Leaving, Rule, Status, When
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.places import ActivationPlace, AddBackup, AddTenant, TenantPlace
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.tenants.account_choice import AccountChoice
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf, write
from saasbackup_desktop.ui.rooms.tenants.activation import ActivationPage
from saasbackup_desktop.ui.rooms.tenants.add_backup import AddBackupPage
from saasbackup_desktop.ui.rooms.tenants.connection import ConnectionLeaf
from saasbackup_desktop.ui.rooms.tenants.coverage import CoverageLeaf
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.rooms.tenants.rules import RuleSheet, RulesLeaf
from saasbackup_desktop.ui.rooms.tenants.settings import SettingsLeaf
from saasbackup_desktop.ui.rooms.tenants.ways_sheet import WaysSheet
from saasbackup_desktop.ui.rooms.tenants.wizard import AddTenantPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import TenantsDesk
from tests.ui.fake_tenants import CLIENT, DAY, FJORD, NORTHWIND, NOW, THUMBPRINT, FakeTenants, fake_account
from tests.ui.stage import play, settled, until, window

P = TypeVar("P", bound=QWidget)


def page(shown: Window, kind: type[P]) -> P:
    found = shown.page
    assert isinstance(found, kind)
    return found


def fake(shown: Window) -> FakeTenants:
    desk = shown.bridge.desk
    assert isinstance(desk, TenantsDesk)
    return desk.tenants


def leaf(shown: Window, kind: type[P], name: str) -> P:
    shown.go(TenantPlace(NORTHWIND, name))
    found = page(shown, TenantPage).leaf
    assert isinstance(found, kind)
    return found


def test_home_has_a_card_that_reminds(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            home = page(shown, HomePage)
            card = home._tenants[NORTHWIND]
            assert card.note.isHidden()
            ids = [one.id for one in await fake(shown).accounts(NORTHWIND)]
            await fake(shown).deactivate(NORTHWIND, ids)
            home.refresh()
            await until(lambda: card.note.text() == "0 of 60 mailboxes are protected.")
            assert card._choose.isVisible()
            assert not card._back_up.isVisible()
            await settled()

    play(qapp, scene())


def test_accounts_are_narrowed_and_sorted(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            assert accounts.chips["paused"].text() == "Paused  3"
            accounts.chips["paused"].click()
            await until(lambda: accounts.model.rowCount() == 3)
            accounts.chips["all"].click()
            accounts.search.setText("shared")
            await until(lambda: accounts.model.rowCount() == 4)
            accounts.search.setText("")
            await until(lambda: accounts.model.rowCount() == 60)
            accounts.table.sortByColumn(5, Qt.SortOrder.DescendingOrder)
            await settled()
            sizes = [one.size for one in accounts.model.rows]
            assert sizes == sorted(sizes, reverse=True)

    play(qapp, scene())


def test_selected_accounts_are_paused_and_backed_up(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            accounts.chips["active"].click()
            await settled()
            QTest.keyClick(accounts.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            active = {one.id for one in accounts.model.rows}
            accounts.back_up.click()
            await until(lambda: any(what == "backup" for what, _ in fake(shown).asked))
            _, asked = next(one for one in fake(shown).asked if one[0] == "backup")
            assert isinstance(asked, tuple)
            assert set(asked[1]) == active
            accounts.table.go_to(0)
            first = accounts.model.row_at(0).id
            accounts.pause.click()
            await until(lambda: ("pause", (NORTHWIND, (first,))) in fake(shown).asked)
            await until(lambda: accounts.chips["paused"].text() == "Paused  4")

    play(qapp, scene())


def test_nobody_is_backed_up_for_those_who_are_not_active(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            idle = [one.id for one in accounts.model.rows if one.status is not Status.ACTIVE]
            await accounts._back_up(idle)
            assert idle
            assert accounts.banner.isVisible()
            assert not any(what == "backup" for what, _ in fake(shown).asked)

    play(qapp, scene())


def _pick_in_two_searches(choice: AccountChoice) -> None:
    """Who was selected stays so whatever is listed afterwards; then everybody again."""
    choice.group.button(1).setChecked(True)
    first, last = choice.model.rows[0], choice.model.rows[-1]
    for one in (first, last):
        choice.search.setText(one.account.address)
        choice.table.selectAll()
    assert set(choice.ids) == {first.id, last.id}
    choice.search.clear()
    assert set(choice.ids) == {first.id, last.id}
    assert choice.table.picked_count() == 2
    choice.table.clearSelection()
    assert choice.ids == []
    choice.group.button(0).setChecked(True)


def test_check_list_begins_with_the_worst(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            connection = leaf(shown, ConnectionLeaf, "connection")
            await until(lambda: ("check", NORTHWIND) in fake(shown).asked)
            await until(connection.checks.again.isEnabled)
            line = connection.checks.line
            assert line is not None
            assert line.name == "Tasks.Read.All"
            assert "1 thing is missing" in connection.checks.mark.accessibleName()
            before = len(fake(shown).asked)
            QTest.keyClick(shown, Qt.Key.Key_F5)
            await until(lambda: fake(shown).asked.count(("check", NORTHWIND)) == 2)
            assert len(fake(shown).asked) > before

    play(qapp, scene())


def test_tenant_is_registered_checked_and_backed_up(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: TenantsDesk(FJORD)) as shown:
            shown.go(AddBackup())
            page(shown, AddBackupPage).microsoft.click()
            wizard = page(shown, AddTenantPage)
            wizard.go_on()
            wizard.services.read_only.setChecked(True)
            wizard.go_on()
            await until(lambda: wizard.codes.code.text() == "F7Q K2M XPD")
            assert not wizard.next.isEnabled()
            fake(shown).signed.set()
            await until(wizard.next.isEnabled)
            wizard.go_on()
            await until(lambda: wizard.flow.report is not None)
            assert wizard.name.text() == NORTHWIND
            wizard.go_on()
            await until(lambda: wizard.accounts.model.rowCount() > 0)
            _pick_in_two_searches(wizard.accounts)
            wizard.go_on()
            assert "all 60 mailboxes" in wizard._summary.text()
            wizard.go_on()
            await until(lambda: isinstance(shown.page, TenantPage))
            asked = dict(fake(shown).asked)
            settings, sign_in = asked["register"]  # type: ignore[misc]
            assert (settings.may_restore, sign_in) == (False, "set-up")
            assert asked["put_rules"] == (NORTHWIND, (Rule(id="everybody"),))
            assert asked["backup"] == (NORTHWIND, None, ())

    play(qapp, scene())


def test_code_that_is_not_typed_can_be_asked_for_again(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: TenantsDesk(FJORD)) as shown:
            shown.go(AddTenant())
            wizard = page(shown, AddTenantPage)
            wizard.way.choose(Entry.ADMINISTRATOR)
            wizard.go_on()
            wizard.go_on()
            await until(wizard.code.cancel.isVisible)
            wizard.code.cancel.click()
            await until(lambda: ("cancel_sign_in", "back-up") in fake(shown).asked)
            fake(shown).fault = errors.SignInNeeded(reason="conditional-access")
            wizard.code.again.click()
            await until(lambda: wizard.code.again.isVisible() and fake(shown).fault is None)
            assert not wizard.next.isEnabled()
            wizard.code.again.click()
            fake(shown).signed.set()
            await until(wizard.next.isEnabled)

    play(qapp, scene())


def test_registration_by_hand_needs_its_certificate(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: TenantsDesk(FJORD)) as shown:
            shown.go(AddTenant())
            wizard = page(shown, AddTenantPage)
            wizard.way.choose(Entry.BY_HAND)
            wizard.go_on()
            wizard.go_on()
            wizard.hand.tenant.setText("contoso.onmicrosoft.com")
            wizard.hand.client.setText("not an id")
            wizard.go_on()
            assert "hyphens" in wizard.hand.client.accessibleDescription()
            wizard.hand.client.setText(CLIENT)
            wizard.go_on()
            assert wizard.flow.step is Step.BY_HAND
            wizard.hand.make.click()
            await until(wizard.hand.save.isVisible)
            wizard.go_on()
            await until(lambda: wizard.flow.report is not None)
            settings, thumbprint, secret, sign_in = dict(fake(shown).asked)["try_out"]  # type: ignore[misc]
            assert (settings.client, thumbprint, secret, sign_in) == (CLIENT, THUMBPRINT, "", "")

    play(qapp, scene())


def test_accounts_of_departments_are_activated_by_a_rule(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            shown.go(ActivationPlace(NORTHWIND))
            bulk = page(shown, ActivationPage)
            await until(lambda: bulk.form.by.count() > 0)
            bulk.form.group.button(1).click()
            await until(lambda: bulk.form.values.rowCount() > 0)
            bulk.go_on()
            assert bulk.form.banner.accessibleName() == "Tick at least one value"
            names = [value for value, _ in bulk.form.values.rows]
            bulk.form.values.tick((names.index("Finance"),), True)
            bulk.go_on()
            await until(lambda: bulk.review.rowCount() > 0)
            assert {one.account.properties["department"] for one in bulk.review.rows} == {"Finance"}
            left_out = bulk.review.row_at(0).account.id
            bulk.table.setCurrentIndex(bulk.review.index(0, 0))
            QTest.keyClick(bulk.table, Qt.Key.Key_Space)
            assert left_out not in bulk.review.ticked
            bulk.go_on()
            bulk.laters.button(1).click()
            bulk.leaving.choose(Leaving.PAUSE)
            bulk.go_on()
            await until(lambda: bool(bulk.done_words.text()))
            asked = dict(fake(shown).asked)
            assert asked["exclude"] == (NORTHWIND, (left_out,))
            _, rules = asked["put_rules"]  # type: ignore[misc]
            made = Rule(id="Department: Finance", name="department", values=("Finance",), leaving=Leaving.PAUSE)
            assert [rule.id for rule in rules] == ["everybody", "sales", "board", "Department: Finance"]
            assert rules[-1] == made

    play(qapp, scene())


def test_accounts_of_a_list_are_activated_once(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            shown.go(ActivationPlace(NORTHWIND))
            bulk = page(shown, ActivationPage)
            known = (await fake(shown).accounts(NORTHWIND))[15]
            file = tmp_path / "list.csv"
            file.write_text(f"Account Email\n{known.account.address}\nnobody@northwind.example\n")
            bulk.form.group.button(3).click()
            await bulk.form.read(file)
            assert [line for line, _, _ in bulk.form.mistakes.rows] == [3]
            bulk.go_on()
            await until(lambda: bulk.review.rowCount() == 1)
            bulk.go_on()
            await until(lambda: ("activate", (NORTHWIND, (known.id,))) in fake(shown).asked)
            await until(lambda: bulk.flow.step is Activation.DONE)

    play(qapp, scene())


def test_rule_is_changed_under_its_name(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            rules = leaf(shown, RulesLeaf, "rules")
            await until(lambda: rules.model.rowCount() == 3)
            rules.table.go_to(1)
            rules.edit.click()
            await until(lambda: bool(shown.findChildren(RuleSheet)))
            sheet = shown.findChildren(RuleSheet)[0]
            assert isinstance(sheet, RuleSheet)
            await until(lambda: sheet.form.values.ticked == {"Sales", "Marketing"})
            sheet.form.values.tick(range(sheet.form.values.rowCount()), False)
            sheet.form.values.tick((0,), True)
            sheet.preview.click()
            await until(lambda: "It chooses" in sheet.counts.text())
            sheet.save.click()
            await until(lambda: "put_rules" in dict(fake(shown).asked))
            _, put = dict(fake(shown).asked)["put_rules"]  # type: ignore[misc]
            assert (put[1].id, put[1].values, put[1].when) == ("sales", ("Engineering",), When.DAILY)
            await until(lambda: not rules.tasks.is_running("look"))

    play(qapp, scene())


def test_services_are_changed_and_the_certificate_renewed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            settings = leaf(shown, SettingsLeaf, "settings")
            await until(lambda: settings.tenant is not None)
            assert not settings.save.isEnabled()
            settings.form._boxes[Service.NOTES].click()
            settings.form.exact.click()
            settings.save.click()
            await until(lambda: "change" in dict(fake(shown).asked))
            changed, *_ = dict(fake(shown).asked)["change"]  # type: ignore[misc]
            assert Service.NOTES not in changed.services
            assert changed.keeps_exact
            await until(lambda: not settings.save.isEnabled())
            fake(shown).signed.set()
            settings.renew.click()
            await until(lambda: ("renew_certificate", (NORTHWIND, "set-up")) in fake(shown).asked)
            await until(lambda: settings.banner.accessibleName() == "The certificate was renewed")

    play(qapp, scene())


def test_tenant_is_removed_with_its_registration(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            settings = leaf(shown, SettingsLeaf, "settings")
            await until(lambda: settings.tenant is not None)
            fake(shown).signed.set()
            settings.remove.click()
            await until(lambda: any(sheet.isVisible() for sheet in shown.findChildren(Sheet)))
            sheet = next(one for one in shown.findChildren(Sheet) if one.isVisible())
            box = sheet.findChild(QCheckBox)
            assert isinstance(box, QCheckBox)
            box.setChecked(True)
            sheet.accept()
            await until(lambda: ("remove", (NORTHWIND, "set-up")) in fake(shown).asked)
            await until(lambda: isinstance(shown.page, HomePage))
            await settled()

    play(qapp, scene())


def test_a_tenant_takes_its_restore_application_along(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            settings = leaf(shown, SettingsLeaf, "settings")
            await until(lambda: settings.tenant is not None)
            desk = shown.bridge.desk
            assert isinstance(desk, TenantsDesk)
            row = next(iter(desk.entra.rows.values()))
            desk.entra.rows = {NORTHWIND: replace(row, tenant=NORTHWIND, restore_client="5d8a")}
            settings.remove.click()
            await until(lambda: any(sheet.isVisible() for sheet in shown.findChildren(Sheet)))
            sheet = next(one for one in shown.findChildren(Sheet) if one.isVisible())
            boxes = sheet.findChildren(QCheckBox)
            assert [box.isChecked() for box in boxes] == [False, True]
            sheet.accept()
            await until(lambda: isinstance(shown.page, HomePage))
            assert ("entra-access", (NORTHWIND, RestoreAccess.NONE)) in desk.asked
            assert any(what == "remove" for what, _ in fake(shown).asked)
            await settled()

    play(qapp, scene())


def test_thirty_thousand_accounts_are_listed_found_and_picked(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: TenantsDesk(accounts=30_000)) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 30_000)
            accounts.search.setText("henrietta langer")
            await until(lambda: 0 < accounts.model.rowCount() < 1_000)
            accounts.search.setText("")
            await until(lambda: accounts.model.rowCount() == 30_000)
            QTest.keyClick(accounts.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            assert accounts.table.picked_count() == 30_000
            accounts.table.go_to(0)
            QTest.keyClick(accounts.table, Qt.Key.Key_End)
            assert accounts.table.currentIndex().row() == 29_999

    play(qapp, scene())


def test_what_runs_out_is_told_in_time(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            home = page(shown, HomePage)
            assert ("daily", None) in fake(shown).asked
            tenant = fake(shown).kept[NORTHWIND]
            fake(shown).kept[NORTHWIND] = replace(tenant, expires=NOW + 9 * DAY)
            home.refresh()
            card = home._tenants[NORTHWIND]
            await until(lambda: "runs out in 9 days" in card.note.text())
            fake(shown).kept[NORTHWIND] = replace(
                tenant, link=Link.DISCONNECTED, problem="conditional-access", expires=NOW + 9 * DAY
            )
            home.refresh()
            await until(lambda: "Disconnected" in card._status.accessibleName())
            assert card.note.text()
            assert "runs out" not in card.note.text()
            await settled()

    play(qapp, scene())


def test_hint_of_a_state_says_why_and_what_to_do(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            known = fake(shown)._accounts[NORTHWIND]
            first, second, third = list(known)[:3]
            await fake(shown).deactivate(NORTHWIND, [first])
            known[second] = replace(
                known[second], status=Status.INACTIVE, state=State.NOT_ACTIVE, elsewhere="Fjord Shipping"
            )
            known[third] = replace(known[third], state=State.AUTHENTICATION_ERROR, problem="consent-revoked")
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            column = next(n for n, field in enumerate(accounts.model.fields) if field.head == "State")
            said = {
                accounts.model.row_at(row).id: (
                    str(accounts.model.index(row, column).data()),
                    str(accounts.model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)),
                )
                for row in range(60)
            }
            assert "Deactivated by hand" in said[first][1]
            assert said[second][0] == "Backed up in another task"
            assert "Fjord Shipping" in said[second][1]
            assert said[third][0] == "Authentication error"
            assert "consent" in said[third][1]

    play(qapp, scene())


def test_backups_are_deleted_after_a_typed_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            accounts.table.setFocus()
            accounts.table.go_to(0)
            first = accounts.model.row_at(0)
            QTest.keyClick(accounts.table, Qt.Key.Key_Delete)
            await until(lambda: any(sheet.isVisible() for sheet in shown.findChildren(Sheet)))
            sheet = next(one for one in shown.findChildren(Sheet) if one.isVisible())
            assert any(first.account.address in text.text() for text in sheet.findChildren(Text))
            days = sheet.findChild(QSpinBox)
            assert isinstance(days, QSpinBox)
            days.setValue(14)
            word = next(line for line in sheet.findChildren(QLineEdit) if "DELETE" in line.accessibleName())
            QTest.keyClicks(word, "delete")
            QTest.keyClick(word, Qt.Key.Key_Return)
            await until(lambda: ("delete", (NORTHWIND, (first.id,), 14)) in fake(shown).asked)
            await until(lambda: "14 days" in accounts.banner.accessibleDescription())

    play(qapp, scene())


def test_licences_and_trouble_narrow_the_list(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            for part, belongs in (
                ("licensed", lambda one: one.is_licensed),
                ("unlicensed", lambda one: not one.is_licensed),
                ("trouble", lambda one: one.state not in (State.SUCCESS, State.RUNNING, State.SCHEDULED)),
            ):
                accounts.narrower.choose(part)
                accounts.narrower.picked.emit(part)
                await until(lambda: 0 < accounts.model.rowCount() < 60)
                assert all(belongs(one) for one in accounts.model.rows)
                accounts.narrower.choose("all")
                accounts.narrower.picked.emit("all")
                await until(lambda: accounts.model.rowCount() == 60)

    play(qapp, scene())


def test_list_is_saved_as_a_table(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            accounts = leaf(shown, AccountsLeaf, "accounts")
            await until(lambda: accounts.model.rowCount() == 60)
            file = tmp_path / "accounts.csv"
            await shown.bridge.call(write(file, list(accounts.model.rows), accounts.model.fields))
            rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
            assert len(rows) == 60
            assert rows[0]["Address"] == accounts.model.row_at(0).account.address

    play(qapp, scene())


def _sheet(shown: Window) -> Sheet:
    return next(one for one in shown.findChildren(Sheet) if one.isVisible())


def test_role_script_is_run_here_and_waited_for(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            tenant = fake(shown).kept[NORTHWIND]
            fenced = replace(tenant.settings, fence="protected@northwind.example")
            fake(shown).kept[NORTHWIND] = replace(tenant, settings=fenced, role="to-run")
            fake(shown).can_run_here = True
            settings = leaf(shown, SettingsLeaf, "settings")
            await until(settings.role.run.isVisible)
            assert settings.role.save.isVisible()
            settings.role.run.click()
            await until(lambda: "Pending" in settings.role.mark.accessibleName())
            assert "three days" in settings.role.words.text()
            assert not settings.role.run.isVisible()

    play(qapp, scene())


def test_tenant_moves_to_the_other_way_in(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            settings = leaf(shown, SettingsLeaf, "settings")
            await until(lambda: settings.tenant is not None)
            fake(shown).signed.set()
            settings.other.click()
            await until(lambda: fake(shown).kept[NORTHWIND].settings.way_in is WayIn.ADMINISTRATOR)
            changed, _, _, sign_in = dict(fake(shown).asked)["change"]  # type: ignore[misc]
            assert (changed.proof, changed.client, sign_in) == (Proof.DEVICE_CODE, "", "back-up")
            await until(settings.again.isVisible)
            assert not settings.renew.isVisible()
            settings.other.click()
            await until(lambda: fake(shown).kept[NORTHWIND].settings.way_in is WayIn.LEAST_PRIVILEGE)
            changed, _, _, sign_in = dict(fake(shown).asked)["change"]  # type: ignore[misc]
            assert (changed.name, changed.client, sign_in) == (NORTHWIND, CLIENT, "set-up")

    play(qapp, scene())


def test_what_would_be_cleaned_up_is_listed_first(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            settings = leaf(shown, SettingsLeaf, "settings")
            await until(lambda: settings.tenant is not None)
            fake(shown).signed.set()
            settings.tidy.click()
            await until(lambda: any(b.text() == "Clean up" for b in shown.findChildren(Button) if b.isVisible()))
            assert "clean_up" not in dict(fake(shown).asked)
            go = next(b for b in _sheet(shown).findChildren(Button) if b.text() == "Clean up")
            go.click()
            await until(lambda: ("clean_up", (NORTHWIND, "set-up")) in fake(shown).asked)
            await until(lambda: settings.banner.accessibleName() == "The tenant was cleaned up")

    play(qapp, scene())


def test_ways_in_are_compared_thing_by_thing(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            shown.go(AddTenant())
            page(shown, AddTenantPage).way.more.click()
            await until(lambda: any(one.isVisible() for one in shown.findChildren(WaysSheet)))
            sheet = shown.findChildren(WaysSheet)[0]
            assert isinstance(sheet, WaysSheet)
            assert {"mail", "public-folders", "unattended"} <= {what for what, *_ in sheet.model.rows}
            place = next(n for n, (what, *_) in enumerate(sheet.model.rows) if what == "public-folders")
            sheet.table.go_to(place)
            assert "Microsoft" in sheet.why.text()
            sheet.reject()

    play(qapp, scene())


def test_coverage_says_why_something_is_not_covered(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, TenantsDesk) as shown:
            coverage = leaf(shown, CoverageLeaf, "coverage")
            await until(lambda: coverage.model.rowCount() == 7)
            place = next(n for n, one in enumerate(coverage.model.rows) if one.code == "public-folders")
            coverage.table.go_to(place)
            assert coverage.model.index(place, 1).data() == "Not offered by Microsoft"
            assert "Exchange Web Services" in coverage.whole.text()

    play(qapp, scene())


def test_home_tells_of_accounts_whose_organisation_is_gone(qapp: QApplication, tmp_path: Path) -> None:
    class Left(TenantsDesk):
        async def cards(self) -> tuple[StreamCard, ...]:
            mine = await super().cards()
            gone = fake_account("Gone Ltd", 3).account
            left = [
                replace(mine[0], stream=stream_id(gone.id, service), account=gone, service=service, connection=None)
                for service in (Service.MAIL, Service.CALENDAR)
            ]
            return (*mine, *left)

    async def scene() -> None:
        async with window(qapp, tmp_path, Left) as shown:
            home = page(shown, HomePage)
            await until(home._left.isVisible)
            assert home._left_words.text().startswith("1 account is in the vault")
            assert len(home._cards) == 3
            assert home.lead.whole.startswith("48 accounts")

    play(qapp, scene())
