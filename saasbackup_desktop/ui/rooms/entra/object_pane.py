"""One object whole: its properties and links, and how it came to be what it is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.entra.views import ObjectVersion, ObjectView
from saasbackup_desktop.app.words.entra.kinds import CHANGES, one_words, path_words, picture_of, relation_words
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.details import DetailRow, DetailSheet
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.entra.detail_table import DetailTable
from saasbackup_desktop.ui.rooms.entra.parts import CHANGE_LOOKS


class ObjectPane(QFrame):
    """Two leaves: what it is, and its history."""

    compare_wanted = Signal()
    download_wanted = Signal()
    version_chosen = Signal(object)
    history_wanted = Signal()
    back_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self.key = ""
        self._name = ElidedText("", "heading")
        self._kind = ElidedText("", "muted")
        self._id = ElidedText("", "caption")
        self._picture = Picture("directory", "accent", 24)
        self.compare = Button(self.tr("Compare with now"), picture="compare", pressed=self.compare_wanted.emit)
        self.download = Button(self.tr("Download…"), "quiet", "save", self.download_wanted.emit)
        self.sheet = DetailSheet(parent=self)
        self.sheet.call(self.tr("Property"), self.tr("Value"), "")
        self.table = DetailTable(self.tr("Properties and links"), self.sheet)
        self.table.setColumnHidden(2, True)
        self.table.share(0.42, 0.58, 0)
        self.versions: RowSheet[ObjectVersion] = RowSheet(
            (
                Field(
                    say("Since"),
                    lambda one: text.moment(one.moment),
                    lambda one: one.moment,
                    picture=lambda one: CHANGE_LOOKS[one.change],
                    hint=lambda one: text.utc(one.moment),
                ),
                Field(say("What happened"), _happened),
            ),
            self,
        )
        self.history = Table(self.tr("Versions"))
        self.history.setModel(self.versions)
        self.history.setProperty("flush", True)
        self.history.widths((170, 200), 1)
        self.history.selectionModel().currentRowChanged.connect(self._chosen)
        self.difference = DetailSheet(parent=self)
        self.changes = DetailTable(self.tr("What differs from the version before"), self.difference)
        self.bring_back = Button(self.tr("Bring this version back…"), picture="restore", pressed=self._back)
        foot = row(None, self.bring_back)
        foot.setContentsMargins(SPACE.small, SPACE.small, SPACE.small, SPACE.small)
        self._build(foot)
        self.show_nothing()

    def _build(self, foot: QHBoxLayout) -> None:
        past = QWidget()
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.history)
        halves.addWidget(self.changes)
        halves.setChildrenCollapsible(False)
        halves.setSizes([scaled(150), scaled(300)])
        past.setLayout(column(halves, foot, spacing=0))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("kind", "leaves")
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the object"))
        self.tabs.addTab(self.table, self.tr("Properties and links"))
        self.tabs.addTab(past, self.tr("History"))
        self.tabs.currentChanged.connect(lambda place: self.history_wanted.emit() if place == 1 else None)
        head = row(
            self._picture, column(self._name, self._kind, self._id, spacing=0),
            spacing=SPACE.medium,
        )  # fmt: skip
        head.setStretch(1, 1)
        top = column(head, row(self.compare, self.download, None), spacing=SPACE.small)
        top.setContentsMargins(SPACE.large, SPACE.medium, SPACE.medium, SPACE.small)
        shown = QWidget()
        shown.setLayout(column(top, self.tabs, spacing=0))
        self._rest = QStackedWidget()
        self._rest.addWidget(shown)
        self._rest.addWidget(
            EmptyState(
                "directory",
                self.tr("Nothing is chosen"),
                self.tr("Choose an object to see its properties, its links and every version of it."),
                width=240,
            )
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._rest)

    @property
    def is_history(self) -> bool:
        """The history is in view."""
        return self.tabs.currentIndex() == 1

    def show_nothing(self) -> None:
        """No object is chosen."""
        self.key = ""
        self._rest.setCurrentIndex(1)

    def show_object(self, view: ObjectView, rows: Sequence[DetailRow]) -> None:
        """Show another object."""
        one = view.object
        self.key = one.key
        self._name.say(one.name or one.id)
        self._kind.say(one_words(one.kind).capitalize())
        self._id.say(one.id)
        self._picture.become(picture_of(one.kind), "accent")
        self.sheet.show(rows)
        self.versions.show(())
        self.difference.show(())
        self.bring_back.setEnabled(False)
        self._rest.setCurrentIndex(0)

    def show_history(self, versions: Sequence[ObjectVersion]) -> None:
        """Show its versions, the newest one chosen."""
        self.versions.show(versions)
        if versions:
            self.history.go_to(0)

    def show_changes(self, rows: Sequence[DetailRow]) -> None:
        """Show what had changed when the chosen version came to be."""
        self.difference.call(self.tr("What"), self.tr("Before"), self.tr("From then on"))
        self.difference.show(rows)

    @property
    def version(self) -> ObjectVersion | None:
        """The version that is chosen."""
        place = self.history.currentIndex().row()
        return self.versions.row_at(place) if 0 <= place < self.versions.rowCount() else None

    def _chosen(self) -> None:
        found = self.version
        self.bring_back.setEnabled(found is not None and found.change is not Change.REMOVED)
        if found is not None:
            self.version_chosen.emit(found)

    def _back(self) -> None:
        if (found := self.version) is not None:
            self.back_wanted.emit(found)


def _happened(version: ObjectVersion) -> str:
    found = version.difference
    if found is None or version.change is not Change.CHANGED:
        return say("First seen") if found is None else say(CHANGES[version.change])
    told = [path_words(one.path) for one in found.attributes if not one.trait.is_noise]
    told += sorted({relation_words(one.link.relation) for one in found.links})
    return ", ".join(told[:4]) + (" …" if len(told) > 4 else "") or say("Changes by itself")
