"""The last leaf of the download dialog: what it comes to, before anything is written."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.exports.views import ExportEstimate, PickEstimate
from saasbackup_desktop.app.words.exports import SHORT_FORMATS, WARNINGS
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import Tone, label
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet

BLOCKING = frozenset({"nothing-picked"})
"""With these there is nothing to start."""


class EstimateView(QWidget):
    """Figures, a line for each service, and what stands in the way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_ready = False
        self._where = ElidedText("", "strong")
        self._items = Stat(self.tr("Items"), role="figure")
        self._size = Stat(self.tr("In the vault"), role="figure")
        self._needed = Stat(self.tr("Files, about"), role="figure")
        self._parts = Stat(self.tr("Parts, about"), role="figure")
        self._room = Stat(self.tr("Free there"), role="figure")
        self._warning = Banner()
        self._model: RowSheet[PickEstimate] = RowSheet(
            (
                Field(say("What"), lambda one: say(SHORT_SERVICES[one.service])),
                Field(say("As"), lambda one: SHORT_FORMATS[one.pick.format]),
                Field(say("Items"), _items, lambda one: one.items, right=True),
                Field(say("Deleted before"), _deleted, lambda one: one.deleted, right=True),
                Field(say("Size"), lambda one: text.size(one.size), lambda one: one.size, right=True),
            ),
            self,
        )
        self.table = Table(self.tr("What it comes to"))
        self.table.setModel(self._model)
        self.table.widths((160, 100, 150, 120, 110), 0)
        self.table.setMinimumHeight(scaled(150))
        figures = row(self._items, self._size, self._needed, self._parts, self._room, None, spacing=SPACE.wide)
        self.setLayout(column(self._where, figures, self._warning, self.table, spacing=SPACE.large))

    def show_estimate(self, estimate: ExportEstimate, where: str) -> None:
        """Show what would be written, and whether it can be begun."""
        self._where.say(self.tr("To %1").replace("%1", where))
        self._items.say(text.number(estimate.items))
        self._size.say(text.size(estimate.size))
        self._needed.say(text.size(estimate.needed))
        self._parts.say(text.number(estimate.parts))
        self._parts.setVisible(estimate.parts > 0)
        self._room.say(text.size(estimate.room))
        self._room.setVisible(estimate.room is not None)
        self._model.show(estimate.picks)
        self.table.setColumnHidden(3, not any(one.deleted for one in estimate.picks))
        self.table.go_to(0)
        words = [say(label(WARNINGS, code)) for code in estimate.warnings]
        if words:
            self._warning.say(Tone.ATTENTION, words[0], " ".join(words[1:]), closable=False)
        else:
            self._warning.hide()
        self.is_ready = not BLOCKING & set(estimate.warnings)


def _items(one: PickEstimate) -> str:
    return text.counted(one.items, *map(say, NOUNS[one.service]))


def _deleted(one: PickEstimate) -> str:
    return text.number(one.deleted) if one.deleted else "–"
