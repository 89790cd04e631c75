"""By what accounts are picked: everybody, a property and its values, a group, or a list."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QStackedWidget, QWidget

from saasbackup_desktop.app.flows.bulk_activation import How
from saasbackup_desktop.app.tenants.views import GroupView, ListReport
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.activation import Match, Rule
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field, Line, SearchField
from saasbackup_desktop.ui.kit.layout import Piece, column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import pick_file
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field as Column
from saasbackup_desktop.ui.models.sheet import RowSheet
from saasbackup_desktop.ui.models.ticks import TickSheet
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_HOWS = (How.ALL, How.PROPERTY, How.GROUP, How.LIST)
_ROWS = 6
_MOST = 1_000_000
"""Bytes that a list may have."""

Value = tuple[str, int]


class RuleForm(QWidget):
    """``changed`` fires with each change; what was chosen is in ``how`` and what goes with it."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None, *, with_list: bool = False) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.banner = Banner()
        self.tasks = Tasks(self, self.banner.fault)
        self.tenant = ConnectionName("")
        self.listed: ListReport | None = None
        self._wanted_values: tuple[str, ...] = ()
        self._wanted_group = ""
        self.group = QButtonGroup(self)
        radios = [
            QRadioButton(self.tr("&Everybody")),
            QRadioButton(self.tr("By a &property, such as the department")),
            QRadioButton(self.tr("By a &group")),
            QRadioButton(self.tr("From a &list (CSV with one column, “Account Email”)")),
        ]
        for number, radio in enumerate(radios):
            self.group.addButton(radio, number)
        radios[0].setChecked(True)
        self._leaves = QStackedWidget()
        for leaf in (self._everybody_leaf(), self._property_leaf(), self._group_leaf(), self._list_leaf()):
            self._leaves.addWidget(leaf)
        self.setLayout(column(column(*radios, spacing=0), self.banner, self._leaves, spacing=SPACE.medium))
        radios[3].setVisible(with_list)
        self.group.idToggled.connect(self._toggled)

    # --- leaves ------------------------------------------------------------------------------------------
    def _everybody_leaf(self) -> QWidget:
        return _leaf(Text(self.tr("Every mailbox of the directory, whatever its kind."), "muted", wrap=True))

    def _property_leaf(self) -> QWidget:
        self.by = Choice()
        self.by.setMinimumContentsLength(18)
        self.by.picked.connect(lambda _: self._ask_values())
        self.match = Choice(
            (
                (self.tr("is one of"), Match.EQUAL),
                (self.tr("begins with"), Match.BEGINS),
                (self.tr("ends with"), Match.ENDS),
                (self.tr("contains"), Match.CONTAINS),
            )
        )
        self.match.picked.connect(lambda _: self._turn_match())
        self.values = TickSheet[Value](
            (
                Column(text.say("Value"), lambda one: one[0] or text.say("(empty)"), lambda one: one[0].casefold()),
                Column(text.say("Accounts"), lambda one: text.number(one[1]), lambda one: one[1], right=True),
            ),
            lambda one: one[0],
            self,
        )
        self.values.turned.connect(self.changed)
        self.values_table = Table(self.tr("Values, and how many accounts have each"))
        self.values_table.setModel(self.values)
        self.values_table.widths((300, 100), 0)
        self.values_table.setMinimumHeight(self.values_table.verticalHeader().defaultSectionSize() * _ROWS)
        self.typed = Line(placeholder=self.tr("One or more, with commas between them"))
        self.typed.textChanged.connect(lambda _: self.changed.emit())
        self._typed_field = Field(self.tr("&Values"), self.typed)
        return _leaf(
            row(Field(self.tr("P&roperty"), self.by), Field(self.tr("&Match"), self.match), None,
                spacing=SPACE.large),
            self.values_table,
            self._typed_field,
        )  # fmt: skip

    def _group_leaf(self) -> QWidget:
        self.group_search = SearchField(self.tr("Search groups"))
        self.group_search.textChanged.connect(lambda _: self._ask_groups())
        self.groups: RowSheet[GroupView] = RowSheet(
            (
                Column(text.say("Group"), lambda one: one.name),
                Column(text.say("Address"), lambda one: one.address),
            ),
            self,
        )
        self.groups_table = Table(self.tr("Groups"))
        self.groups_table.setModel(self.groups)
        self.groups_table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.groups_table.widths((220, 260), 0)
        self.groups_table.setMinimumHeight(self.groups_table.verticalHeader().defaultSectionSize() * _ROWS)
        self.groups_table.selectionModel().currentRowChanged.connect(lambda *_: self.changed.emit())
        return _leaf(self.group_search, self.groups_table)

    def _list_leaf(self) -> QWidget:
        self.pick = Button(self.tr("&Choose a file…"), picture="open", pressed=self._pick)
        self._list_words = Text("", wrap=True)
        self.mistakes: RowSheet[tuple[int, str, str]] = RowSheet(
            (
                Column(text.say("Line"), lambda one: text.number(one[0]), lambda one: one[0], right=True),
                Column(text.say("What stands there"), lambda one: one[2]),
                Column(text.say("Why it is not taken"), lambda one: words.mistake(one[1])),
            ),
            self,
        )
        self.mistakes_table = Table(self.tr("Lines that are not taken"))
        self.mistakes_table.setModel(self.mistakes)
        self.mistakes_table.widths((60, 240, 300), 2)
        self.mistakes_table.setMinimumHeight(self.mistakes_table.verticalHeader().defaultSectionSize() * 5)
        self.mistakes_table.hide()
        return _leaf(row(self.pick, None), self._list_words, self.mistakes_table)

    # --- what was chosen ---------------------------------------------------------------------------------
    @property
    def how(self) -> How:
        """By what."""
        return _HOWS[self.group.checkedId()]

    @property
    def property_name(self) -> str:
        """The property that is looked at."""
        return str(self.by.value() or "")

    @property
    def matching(self) -> Match:
        """How it is compared."""
        return Match(str(self.match.value()))

    @property
    def chosen_values(self) -> tuple[str, ...]:
        """Values of the property that are meant."""
        if self.matching is Match.EQUAL:
            return tuple(sorted(value for value in self.values.ticked if value))
        return tuple(part.strip() for part in self.typed.text().split(",") if part.strip())

    @property
    def chosen_group(self) -> GroupView | None:
        """The group that is meant."""
        index = self.groups_table.currentIndex()
        return self.groups.row_at(index.row()) if index.isValid() else None

    def look_at(self, tenant: ConnectionName, properties: Sequence[str]) -> None:
        """Show what a tenant has to pick by."""
        self.tenant = tenant
        self.by.fill([(words.property_name(name), name) for name in properties])
        self._turn_match()

    def restart(self) -> None:
        """Begin anew."""
        self.group.button(0).setChecked(True)
        self.match.choose(Match.EQUAL)
        self.typed.clear()
        self.group_search.clear()
        self.values.begin(())
        self.groups.show(())
        self.listed, self._wanted_values, self._wanted_group = None, (), ""
        self._list_words.setText("")
        self.mistakes_table.hide()
        self.banner.hide()

    def fill(self, rule: Rule) -> None:
        """Show what a rule picks by."""
        if rule.group:
            self._wanted_group = rule.group
            self.group.button(2).setChecked(True)
        elif rule.name:
            self._wanted_values = rule.values
            if self.by.findData(rule.name) < 0:
                self.by.addItem(words.property_name(rule.name), rule.name)
            self.by.choose(rule.name)
            self.match.choose(rule.match)
            self.typed.setText("" if rule.match is Match.EQUAL else ", ".join(rule.values))
            self.group.button(1).setChecked(True)
            self._turn_match()

    def first(self) -> QWidget | None:
        """Where the keyboard begins."""
        return self.group.checkedButton()

    def complain(self, missing: Mapping[str, str]) -> None:
        """Say what is missing."""
        said = {
            "values": self.tr("Tick at least one value"),
            "group": self.tr("Choose a group"),
            "list": self.tr("Choose a file first")
            if missing.get("list") == "needed"
            else self.tr("Nobody on this list is in the directory"),
        }
        found = next((said[name] for name in missing if name in said), "")
        if found:
            self.banner.say(Tone.ATTENTION, found)
        else:
            self.banner.hide()

    # --- asking ------------------------------------------------------------------------------------------
    def _toggled(self, number: int, on: bool) -> None:
        if not on:
            return
        self._leaves.setCurrentIndex(number)
        self.banner.hide()
        if self.how is How.PROPERTY:
            self._ask_values()
        elif self.how is How.GROUP:
            self._ask_groups()
        self.changed.emit()

    def _turn_match(self) -> None:
        is_equal = self.matching is Match.EQUAL
        self.values_table.setVisible(is_equal)
        self._typed_field.setVisible(not is_equal)
        self._ask_values()
        self.changed.emit()

    def _ask_values(self) -> None:
        if self.how is How.PROPERTY and self.matching is Match.EQUAL and self.property_name:
            self.tasks.start(self._look_for_values(self.property_name), only="values")

    async def _look_for_values(self, name: str) -> None:
        found = await self.bridge.call(tenants(self.bridge).values(self.tenant, name))
        there = {value.casefold(): value for value, _ in found}
        kept = [there.get(value.casefold(), value) for value in self._wanted_values]
        more = [(value, 0) for value in kept if value.casefold() not in there]
        self.values.begin([one for one in (*found, *more) if one[0]], kept)

    def _ask_groups(self) -> None:
        if self.how is How.GROUP:
            self.tasks.start(self._look_for_groups(self.group_search.text()), only="groups")

    async def _look_for_groups(self, typed: str) -> None:
        found = await self.bridge.call(tenants(self.bridge).groups(self.tenant, typed))
        self.groups.show(found)
        place = next((n for n, one in enumerate(found) if one.id == self._wanted_group), -1)
        if place >= 0:
            self.groups_table.go_to(place)
        self.changed.emit()

    def _pick(self) -> None:
        self.tasks.start(self._pick_it(), only="pick")

    async def _pick_it(self) -> None:
        file = await pick_file(self, self.tr("List of accounts"), self.tr("Tables (*.csv *.txt);;All files (*)"))
        if file is not None:
            await self.read(file)

    async def read(self, file: Path) -> None:
        """Read a list. Raises Fault."""
        data = await self.bridge.call(_read(file))
        found = await self.bridge.call(tenants(self.bridge).read_list(self.tenant, data))
        self.listed = found
        known = text.counted(len(found.ids), self.tr("account was found"), self.tr("accounts were found"))
        wrong = len(found.mistakes) + len(found.unknown)
        said = f"{file.name}: {known}."
        if wrong:
            said += " " + text.counted(wrong, self.tr("line is not taken:"), self.tr("lines are not taken:"))
        self._list_words.setText(said)
        unknown = [(line, "unknown", address) for line, address in found.unknown]
        self.mistakes.show(sorted((*found.mistakes, *unknown)))
        self.mistakes_table.setVisible(bool(wrong))
        self.banner.hide()
        self.changed.emit()


async def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:  # a short file, in the engine's thread
            data = opened.read(_MOST + 1)
    except OSError as error:
        raise Misconfigured(str(error), what=f"{file}: {error.strerror or error}") from error
    if len(data) > _MOST:
        raise Misconfigured("too long for a list", what="list-too-long", name=file.name)
    return data


def _leaf(*pieces: Piece) -> QWidget:
    made = QWidget()
    made.setLayout(column(*pieces, None, spacing=SPACE.medium))
    return made
