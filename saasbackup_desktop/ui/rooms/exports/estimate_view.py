"""The last leaf of the download dialog: what it comes to, before anything is written."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.exports.views import AccountEstimate, ExportEstimate, PickEstimate
from saasbackup_desktop.app.words.exports import SHORT_FORMATS, WARNINGS
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import Tone, label
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress, Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet

BLOCKING = frozenset({"nothing-picked"})
"""With these there is nothing to start."""


class EstimateView(QWidget):
    """Figures, a line for each service, and what stands in the way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_ready = False
        self.is_dated = False
        """It is of a moment that was chosen, not of the last backup."""
        self._where = ElidedText("", "strong")
        self._items = Stat(self.tr("Items"), role="figure")
        self._size = Stat(self.tr("In the vault"), role="figure")
        self._needed = Stat(self.tr("Files, about"), role="figure")
        self._parts = Stat(self.tr("Parts, about"), role="figure")
        self._room = Stat(self.tr("Free there"), role="figure")
        self._warning = Banner()
        self._progress = Progress(self.tr("Accounts that are added up"))
        self._adding = Text("", "muted")
        self._figures = QWidget()
        self._figures.setLayout(
            row(self._items, self._size, self._needed, self._parts, self._room, None, spacing=SPACE.wide)
        )
        self.table = Table(self.tr("What it comes to"))
        self._fill_table()
        self.table.setMinimumHeight(scaled(150))
        self._waiting = QWidget()
        self._waiting.setLayout(column(self._progress, self._adding, None, spacing=SPACE.small))
        self.setLayout(
            column(self._where, self._figures, self._warning, self.table, self._waiting, spacing=SPACE.large)
        )
        self._waiting.hide()

    def _fill_table(self) -> None:
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
        self.table.setModel(self._model)
        self.table.widths((160, 100, 150, 120, 110), 0)

    @property
    def is_waiting(self) -> bool:
        """It shows how far adding up is, and nothing else yet."""
        return not self._waiting.isHidden()

    def wait(self, where: str, accounts: int) -> None:
        """Show that so many accounts are being added up."""
        self._where.say(self.tr("To %1").replace("%1", where))
        self._warning.hide()
        self._figures.hide()
        self.table.hide()
        self._waiting.show()
        self.show_progress(0, accounts)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far adding up is."""
        self._progress.show_share(done, total)
        words = self.tr("Adding up: %1 of %2. You need not wait for it.")
        accounts = text.counted(total, say("account"), say("accounts"))
        self._adding.setText(words.replace("%1", text.number(done)).replace("%2", accounts))

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
        self._waiting.hide()
        for shown in (self._figures, self.table):
            shown.show()
        self._show_rows(estimate)
        self.table.go_to(0)
        words = [say(label(WARNINGS, code)) for code in estimate.warnings]
        if words:
            self._warning.say(Tone.ATTENTION, words[0], " ".join(words[1:]), closable=False)
        else:
            self._warning.hide()
        self.is_ready = not BLOCKING & set(estimate.warnings)

    def _show_rows(self, estimate: ExportEstimate) -> None:
        self._model.show(estimate.picks)
        self.table.setColumnHidden(3, not any(one.deleted for one in estimate.picks))


class AccountsEstimateView(EstimateView):
    """A line for each of several accounts."""

    def _fill_table(self) -> None:
        self._accounts: RowSheet[AccountEstimate] = RowSheet(
            (
                Field(say("Account"), lambda one: one.account.name or one.account.address),
                Field(say("Address"), lambda one: one.account.address),
                Field(say("Items"), self._all_items, lambda one: one.items, right=True),
                Field(say("Size"), lambda one: text.size(one.size), lambda one: one.size, right=True),
            ),
            self,
        )
        self.table.setModel(self._accounts)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, self.table.horizontalHeader().sortIndicatorOrder())
        self.table.widths((180, 200, 170, 110), 0)

    def _show_rows(self, estimate: ExportEstimate) -> None:
        self._accounts.show(estimate.accounts)

    def _all_items(self, one: AccountEstimate) -> str:
        if one.is_there:
            return text.number(one.items)
        return say("nothing saved by then") if self.is_dated else say("nothing saved yet")


def _items(one: PickEstimate) -> str:
    return text.counted(one.items, *map(say, NOUNS[one.service]))


def _deleted(one: PickEstimate) -> str:
    return text.number(one.deleted) if one.deleted else "–"
