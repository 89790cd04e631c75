"""What each way in can and cannot do, thing by thing."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import AbilityView, WayView
from saasbackup_desktop.app.words import tenants as told
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet

_TONES = {"all": Tone.GOOD, "some": Tone.ATTENTION, "none": Tone.QUIET}
_PURPOSES = {"back-up": "back up", "restore": "restore"}

Row = tuple[str, str, tuple[AbilityView | None, ...]]
"""What, for what, and how far each way goes."""


class WaysSheet(Sheet):
    """A table with a column for each way; why stands below for the row that is looked at."""

    def __init__(self, ways: Sequence[WayView], parent: QWidget) -> None:
        super().__init__(self.tr("What each way in can do"), "", parent, width=940)
        self._ways = ways
        self.model: RowSheet[Row] = RowSheet((Field(say("What"), _what), *map(_field, range(len(ways)), ways)), self)
        self.table = Table(self.tr("Ways in"))
        self.table.setModel(self.model)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((200, *(232 for _ in ways)), 0, least=180)
        self.table.setMinimumHeight(scaled(330))
        self.why = Text("", wrap=True)
        self.why.setMinimumHeight(scaled(64))
        close = Button(self.tr("Close"), "primary", pressed=self.accept)
        self.fill(self.table, self.why)
        self.offer(close)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.model.show(_rows(ways))
        self.table.go_to(0)
        self.table.setFocus()

    def _picked(self) -> None:
        index = self.table.currentIndex()
        if not index.isValid():
            return
        _, _, found = self.model.row_at(index.row())
        lines = []
        for way, one in zip(self._ways, found, strict=True):
            if one is not None:
                name, why = say(told.way_words(way.code)[0]), say(told.ability_words(one.what, one.extent, one.why)[2])
                lines.append(f"{name}: {why}")
        self.why.setText("\n".join(lines))


def _rows(ways: Sequence[WayView]) -> list[Row]:
    found = [{(one.what, one.purpose): one for one in way.abilities} for way in ways]
    keys = dict.fromkeys(key for one in found for key in one)
    return [(what, purpose, tuple(one.get((what, purpose)) for one in found)) for what, purpose in keys]


def _what(row: Row) -> str:
    what, purpose, _ = row
    name = say(told.ability_words(what, "", "")[0])
    return f"{name}, {say(_PURPOSES[purpose])}" if purpose in _PURPOSES else name


def _field(place: int, way: WayView) -> Field[Row]:
    def words(row: Row) -> str:
        one = row[2][place]
        return say(told.ability_words(one.what, one.extent, one.why)[1]) if one is not None else "–"

    def picture(row: Row) -> tuple[str, str]:
        one = row[2][place]
        tone = _TONES.get(one.extent, Tone.QUIET) if one is not None else Tone.QUIET
        return TONE_ICONS[tone], TONE_ROLES[tone]

    def why(row: Row) -> str:
        one = row[2][place]
        return say(told.ability_words(one.what, one.extent, one.why)[2]) if one is not None else ""

    return Field(say(told.way_words(way.code)[0]), words, picture=picture, hint=why)
