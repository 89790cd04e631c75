"""A tenant's accounts: who is backed up, how it goes, and what can be done."""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QWidget

from saasbackup_desktop.app.flows.saving import file_name, save_text
from saasbackup_desktop.app.tenants.views import Discovery, State, TenantAccount
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action, menu
from saasbackup_desktop.ui.kit.forms import Choice, SearchField
from saasbackup_desktop.ui.kit.layout import Abreast, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.sheets import pick_new_file
from saasbackup_desktop.ui.kit.status import TONE_ROLES
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.accounts import AccountSheet, Look, arranged, as_csv, counted
from saasbackup_desktop.ui.models.sheet import Field
from saasbackup_desktop.ui.places import AccountPlace, ActivationPlace, DownloadsPlace
from saasbackup_desktop.ui.rooms.exports.download import download_several
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.delete_sheet import ask_delete
from saasbackup_desktop.ui.rooms.tenants.leaf import TenantLeaf

_JUDGED: Final = 3000
"""Selected rows up to which each is looked at to tell what can be done with them."""


_PICKED: Final = 200
"""Rows up to which each is selected again after the list was asked for anew."""

_MARK: Final = "\ufeff"
"""By which spreadsheets tell UTF-8."""


class AccountsLeaf(TenantLeaf):
    """Counters that filter, the list, and what can be done with what is selected."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._accounts: Sequence[TenantAccount] = ()
        self._look = Look()
        self._was_asked = False
        self.chips: dict[str, Button] = {}
        group = QButtonGroup(self)
        group.setExclusive(True)
        for part, label in (
            ("all", self.tr("All")),
            ("active", self.tr("Active")),
            ("paused", self.tr("Paused")),
            ("archived", self.tr("Archived")),
            ("licensed", self.tr("Licensed")),
        ):
            chip = Button(label, "chip", pressed=self._part_of(part))
            chip.setProperty("word", label)
            chip.setMinimumWidth(scaled(84))
            group.addButton(chip)
            self.chips[part] = chip
        self.chips["all"].setChecked(True)
        self.narrower = Choice(
            (
                (self.tr("Any state"), "all"),
                (self.tr("Needs attention"), "trouble"),
                (self.tr("Not active"), "not-active"),
                (self.tr("Licensed"), "licensed"),
                (self.tr("Unlicensed"), "unlicensed"),
            )
        )
        self.narrower.setAccessibleName(self.tr("Which accounts"))
        self.narrower.picked.connect(lambda _: self._arrange_soon())
        self.search = SearchField(self.tr("Search accounts"))
        self.search.setFixedWidth(scaled(210))
        self.search.textChanged.connect(lambda _: self._arrange_soon())
        self.search.returnPressed.connect(self._to_list)
        self.model = AccountSheet(_fields(), self)
        self.model.order_wanted.connect(self._order)
        self.table = Table(self.tr("Accounts"))
        self.table.setModel(self.model)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.widths((124, 130, 108, 88, 178, 88, 120, 120, 100, 110, 130), 1, least=130)
        for column in (7, 9, 10):
            self.table.setColumnHidden(column, True)
        self.table.setMinimumHeight(scaled(240))
        self.table.opened.connect(lambda _: self._open())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._picked())
        self._buttons()
        self.picked_words = ElidedText("", "caption", snug=True)
        self.empty = EmptyState(
            "user",
            self.tr("No accounts yet"),
            self.tr("Look at the directory to find the mailboxes of this organisation."),
            self.tr("Look now"),
            lambda: self.run(self.discover(), only="discover"),
        )
        self.filters = Abreast(row(*self.chips.values(), None), row(self.narrower, self.search, None))
        self.body.addWidget(self.filters)
        self._tools = QWidget()
        self._tools.setLayout(
            row(self.activate, self.back_up, self.pause, self.resume, self.more, None, self.picked_words)
        )
        self.body.addWidget(self._tools)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.empty, 1)
        self.depends(self._tools, self.table, self.empty)
        self._show_rows(())

    def _buttons(self) -> None:
        def doing(work: Callable[[Sequence[str]], Coroutine[Any, Any, None]]) -> Callable[[], None]:
            return lambda: self.run(self._on_picked(work), only="act")

        self.activate = Button(self.tr("&Activate"), "primary", "play", doing(self._activate))
        self.back_up = Button(self.tr("&Back up now"), picture="backup", pressed=doing(self._back_up))
        self.pause = Button(self.tr("&Pause"), picture="pause", pressed=doing(self._pause))
        self.resume = Button(self.tr("R&esume"), picture="retry", pressed=doing(self._resume))
        self.more = Button(self.tr("&More"), picture="more", pressed=self._show_menu)
        table = self.table
        self.open_action = action(table, self.tr("Open"), self._open, "open")
        self.download_action = action(
            table, self.tr("Download…"), lambda: self.run(self._download(), only="download"), "save"
        )
        for button in (self.activate, self.back_up, self.pause, self.resume):
            action(table, button.text().replace("&", ""), button.click, "")
        self.exclude_action = action(table, self.tr("Exclude"), doing(self._exclude), "remove")
        self.include_action = action(table, self.tr("Take back the exclusion"), doing(self._include), "plus")
        self.deactivate_action = action(table, self.tr("Deactivate"), doing(self._deactivate), "stop")
        self.delete_action = action(
            table, self.tr("Delete backups…"), doing(self._delete), "trash", QKeySequence.StandardKey.Delete
        )
        self.bulk_action = action(
            table, self.tr("Bulk activation…"), lambda: self.wants.emit(ActivationPlace(self.name)), "check"
        )
        self.columns_action = action(table, self.tr("Columns…"), self._columns, "settings")
        self.csv_action = action(table, self.tr("Save as CSV…"), lambda: self.run(self._save()), "save")
        action(self, self.tr("Search accounts"), self.search.setFocus, "", QKeySequence.StandardKey.Find)

    # --- what is shown
    def forget(self) -> None:
        """Take back what was shown of the tenant before."""
        self._accounts, self._look, self._was_asked = (), Look(), False
        self.search.clear()
        self.chips["all"].setChecked(True)
        self._show_rows(())

    def refresh(self) -> None:
        """Ask for the accounts again."""
        self.run(self._ask(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when a backup ended or changed something."""
        if isinstance(event, CatalogChanged) or event.job.state.is_over:
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _ask(self) -> None:
        name = self.name
        found = await self.known(self.bridge.call(self.door.accounts(name)))
        counts = await self.bridge.compute(lambda: counted(found))
        self._accounts, self._was_asked = found, True
        for part, chip in self.chips.items():
            chip.setText(f"{chip.property('word')}  {text.number(counts[part])}")
            chip.setMinimumWidth(max(scaled(84), _width_in_bold(chip)))
        await self._arrange()

    def _part_of(self, part: str) -> Callable[[], None]:
        return lambda: self._take(part)

    def _take(self, part: str) -> None:
        self.chips[part].setChecked(True)
        self._look = Look(part, self._look.narrower, self._look.words, self._look.column, self._look.descending)
        self._arrange_soon()

    def _order(self, column: int, descending: bool) -> None:
        self._look = Look(self._look.part, self._look.narrower, self._look.words, column, descending)
        self._arrange_soon()

    def _arrange_soon(self) -> None:
        self.run(self._arrange(), only="arrange")

    async def _arrange(self) -> None:
        now = self._look
        look = Look(now.part, str(self.narrower.value()), self.search.text(), now.column, now.descending)
        accounts, fields = self._accounts, self.model.fields
        self._show_rows(await self.bridge.compute(lambda: arranged(accounts, fields, look)))

    def _show_rows(self, rows: Sequence[TenantAccount]) -> None:
        count, before = self.table.picked_count(), self.model.rowCount()
        picked = {one.id for one in self._chosen()} if count <= _PICKED else set()
        self.model.show(rows)
        if count == before == len(rows) and count > _PICKED:
            self.table.selectAll()
        nothing = self._was_asked and not self._accounts
        self.table.setVisible(not nothing)
        self._tools.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.filters.setVisible(bool(self._accounts))
        self._pick_again(picked)
        self._picked()

    def _pick_again(self, ids: set[str]) -> None:
        if not ids:
            return
        last = self.model.columnCount() - 1
        selection = QItemSelection()
        for place, one in enumerate(self.model.rows):
            if one.id in ids:
                selection.select(self.model.index(place, 0), self.model.index(place, last))
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # --- what can be done
    def _chosen(self) -> list[TenantAccount]:
        return [self.model.row_at(place) for place in self.table.picked()]

    def _picked(self) -> None:
        count, shown = self.table.picked_count(), self.model.rowCount()
        some = self._chosen() if 0 < count <= _JUDGED else []
        many = count > _JUDGED
        statuses = {one.status for one in some}
        excluded = any(_is_excluded(one) for one in some)
        self.activate.setEnabled(many or bool(statuses & {Status.INACTIVE, Status.REMOVED}))
        self.back_up.setEnabled(many or Status.ACTIVE in statuses)
        self.pause.setEnabled(many or Status.ACTIVE in statuses)
        self.resume.setEnabled(many or Status.PAUSED in statuses)
        self.open_action.setEnabled(count == 1)
        self.download_action.setEnabled(many or any(s.last is not None for one in some for s in one.services))
        self.exclude_action.setEnabled(many or any(not _is_excluded(one) for one in some))
        self.include_action.setEnabled(many or excluded)
        self.deactivate_action.setEnabled(many or bool(statuses & {Status.ACTIVE, Status.PAUSED}))
        self.delete_action.setEnabled(many or any(one.size or one.services for one in some))
        of = self.tr("%1 of %2 selected").replace("%1", text.number(count)).replace("%2", text.number(shown))
        self.picked_words.say(of if shown else self.tr("Nothing matches"))

    async def _on_picked(self, work: Callable[[Sequence[str]], Coroutine[Any, Any, None]]) -> None:
        ids = [one.id for one in self._chosen()]
        if ids:
            await work(ids)
            self.refresh()
            self.changed.emit()

    async def _activate(self, ids: Sequence[str]) -> None:
        await self.bridge.call(self.door.activate(self.name, ids))
        self._tell(len(ids), self.tr("is backed up from now on"), self.tr("are backed up from now on"))

    async def _back_up(self, ids: Sequence[str]) -> None:
        active = {one.id for one in self._accounts if one.status is Status.ACTIVE}
        wanted = [id for id in ids if id in active]
        if not wanted:
            self.banner.say(Tone.ATTENTION, self.tr("None of these is active"), self.tr("Activate them first."))
            return
        await self.bridge.call(self.door.backup(self.name, wanted))

    async def _pause(self, ids: Sequence[str]) -> None:
        await self.bridge.call(self.door.pause(self.name, ids))
        self._tell(len(ids), self.tr("is paused; what is saved stays"), self.tr("are paused; what is saved stays"))

    async def _resume(self, ids: Sequence[str]) -> None:
        await self.bridge.call(self.door.resume(self.name, ids))
        self._tell(len(ids), self.tr("is backed up again"), self.tr("are backed up again"))

    async def _exclude(self, ids: Sequence[str]) -> None:
        await self.bridge.call(self.door.exclude(self.name, ids))
        one, many = self.tr("is never backed up, whatever the rules say"), self.tr("are never backed up, whatever the "
                                                                                   "rules say")  # fmt: skip
        self._tell(len(ids), one, many)

    async def _include(self, ids: Sequence[str]) -> None:
        await self.bridge.call(self.door.include(self.name, ids))
        self._tell(len(ids), self.tr("follows the rules again"), self.tr("follow the rules again"))

    async def _deactivate(self, ids: Sequence[str]) -> None:
        await self.bridge.call(self.door.deactivate(self.name, ids))
        one, many = self.tr("is backed up no more; what is saved stays"), self.tr("are backed up no more; what is "
                                                                                  "saved stays")  # fmt: skip
        self._tell(len(ids), one, many)

    async def _delete(self, ids: Sequence[str]) -> None:
        chosen = self._chosen()
        days = await ask_delete(self, chosen)
        if days is None:
            return
        await self.bridge.call(self.door.delete(self.name, ids, days))
        said = self.tr("Until %1 days have passed it can be called back from the vault's trash.")
        self._tell(
            len(ids), self.tr("has its backups deleted"), self.tr("have their backups deleted"),
            said.replace("%1", text.number(days)),
        )  # fmt: skip

    def _tell(self, count: int, one: str, many: str, more: str = "") -> None:
        accounts = text.counted(count, self.tr("account"), self.tr("accounts"))
        self.banner.say(Tone.GOOD, f"{accounts} {one if count == 1 else many}", more)

    async def discover(self) -> None:
        """Look at the directory again."""
        found = await self.bridge.call(self.door.discover(self.name))
        self.banner.say(Tone.GOOD, self.tr("The directory was looked at"), discovery_words(found))
        self.refresh()
        self.changed.emit()

    def _open(self) -> None:
        chosen = self._chosen()
        if len(chosen) != 1:
            return
        one = chosen[0]
        if not one.services:
            state = words.state(one)
            self.banner.say(Tone.QUIET, self.tr("Nothing is saved of %1 yet").replace("%1", _name(one)), state.remedy)
            return
        first = next((s for s in one.services if s.last is not None), one.services[0])
        self.wants.emit(AccountPlace(first.stream))

    async def _download(self) -> None:
        chosen = [one.account.id for one in self._chosen()]
        if chosen:
            job = await download_several(self.bridge, chosen, self)
            if job is not None:
                self.wants.emit(DownloadsPlace(job))

    def _to_list(self) -> None:
        self.table.setFocus()

    def _show_menu(self) -> None:
        entries: tuple[QAction | None, ...] = (
            self.open_action,
            self.download_action,
            None,
            self.exclude_action,
            self.include_action,
            self.deactivate_action,
            self.delete_action,
            None,
            self.bulk_action,
            self.columns_action,
            self.csv_action,
        )
        shown = menu(self, *entries)
        shown.aboutToHide.connect(shown.deleteLater)
        shown.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _columns(self) -> None:
        self.table.horizontalHeader().customContextMenuRequested.emit(QPoint(0, 0))

    async def _save(self) -> None:
        file = await pick_new_file(
            self, self.tr("Save as CSV"), file_name(self.name, ".csv"), self.tr("Tables (*.csv)")
        )
        if file is None:
            return
        rows = self._chosen() if self.table.picked_count() > 1 else list(self.model.rows)
        size = await self.bridge.call(write(file, rows, self.model.fields))
        self.banner.say(Tone.GOOD, self.tr("Saved %1").replace("%1", str(file)), text.size(size))


async def write(file: Path, rows: Sequence[TenantAccount], fields: Sequence[Field[TenantAccount]]) -> int:
    """Write accounts as a table; tell how many bytes it is. Raises Misconfigured."""
    return await save_text(_MARK + await as_csv(rows, fields), file)


def discovery_words(found: Discovery) -> str:
    """Put what a look at the directory found into a sentence."""
    say = text.say
    parts = [text.counted(found.found, say("account"), say("accounts"))]
    for count, told in (
        (found.added, say("%1 new")),
        (found.renamed, say("%1 with another name")),
        (found.gone, say("%1 gone")),
        (found.activated, say("%1 activated")),
        (found.deactivated, say("%1 not backed up any more")),
    ):
        if count:
            parts.append(told.replace("%1", text.number(count)))
    return ", ".join(parts) + "."


def _width_in_bold(chip: Button) -> int:
    """Pixels it takes when it is checked: its words are bold then, which its hint does not count."""
    bold = QFont(chip.font())
    bold.setBold(True)
    words = chip.text()
    more = QFontMetrics(bold).horizontalAdvance(words) - chip.fontMetrics().horizontalAdvance(words)
    return chip.sizeHint().width() + max(0, more)


def _name(one: TenantAccount) -> str:
    return one.account.name or one.account.address


def _is_excluded(one: TenantAccount) -> bool:
    return any(why == "excluded" for why, _ in one.reasons)


def _picture(one: TenantAccount) -> tuple[str, str]:
    return words.state_icon(one), TONE_ROLES[words.state(one).tone]


def _hint(one: TenantAccount) -> str:
    state = words.state(one)
    lines = [f"{text.say(state.label)}. {text.say(state.remedy)}".strip(), *words.reasons(one)]
    if one.elsewhere and not words.is_elsewhere(one):
        lines.append(text.say("Backed up by “%1” already.").replace("%1", one.elsewhere))
    return "\n".join(line for line in lines if line)


def _fields() -> tuple[Field[TenantAccount], ...]:
    say = text.say
    order = {state: place for place, state in enumerate(State)}
    return (
        Field(say("Name"), _name, lambda one: _name(one).casefold()),
        Field(say("Address"), lambda one: one.account.address),
        Field(say("Kind"), words.kind),
        Field(say("Licence"), words.licence, lambda one: one.is_licensed),
        Field(
            say("State"),
            lambda one: say(words.state(one).label),
            lambda one: order[one.state],
            picture=_picture,
            hint=_hint,
        ),
        Field(say("Size"), lambda one: text.size(one.size) if one.size else "–", lambda one: one.size, right=True),
        Field(
            say("Last backup"),
            lambda one: text.brief(one.last),
            lambda one: one.last or 0,
            hint=lambda one: text.utc(one.last),
        ),
        Field(
            say("First backup"),
            lambda one: text.brief(one.first),
            lambda one: one.first or 0,
            hint=lambda one: text.utc(one.first),
        ),
        Field(say("Department"), lambda one: one.properties.get("department", "")),
        Field(say("Title"), lambda one: one.properties.get("jobTitle", "")),
        Field(say("Why"), lambda one: " ".join(words.reasons(one))),
    )
