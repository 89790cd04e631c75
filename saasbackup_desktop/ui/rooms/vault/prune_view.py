"""What a prune would do, before anything is written."""

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.views import Point, PrunePreview
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import RowSheet
from saasbackup_desktop.ui.rooms.vault.point_fields import going_fields, point_table, staying_fields


class PruneView(QWidget):
    """Figures, what would go, and what stays and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._go = Stat(self.tr("Points in time that go"), role="figure")
        self._free = Stat(self.tr("Becomes free"), role="figure")
        self._stay = Stat(self.tr("Stay"), role="figure")
        self._words = Text("", "muted", wrap=True)
        self.going: RowSheet[Point] = RowSheet(going_fields(), self)
        self.staying: RowSheet[Point] = RowSheet(staying_fields(), self)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setAccessibleName(self.tr("What goes and what stays"))
        self._tabs.addTab(point_table(self.tr("What would go"), self.going, (190, 160, 100, 100)), "")
        self._tabs.addTab(point_table(self.tr("What stays"), self.staying, (190, 160, 240)), "")
        self._tabs.setMinimumHeight(scaled(240))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE.medium)
        outer.addLayout(row(self._go, self._free, self._stay, None, spacing=SPACE.page))
        outer.addWidget(self._words)
        outer.addWidget(self._tabs, 1)

    def show_preview(self, found: PrunePreview, *, is_only_a_rule: bool = False) -> None:
        """Show another preview; of a rule, nothing but what it would let go matters."""
        self._go.say(text.number(len(found.go)))
        self._stay.say(text.number(len(found.stay)))
        removed = 0 if is_only_a_rule else sum(entry.size for entry in found.removed_now)
        self._free.say(text.size(max(0, found.size) + removed))
        self._words.setText(rule_words(found) if is_only_a_rule else preview_words(found))
        self.going.show(sorted(found.go, key=lambda point: point.snapshot.finished))
        self.staying.show(sorted(found.stay, key=lambda point: -point.snapshot.finished))
        self._tabs.setTabText(0, self.tr("Goes (%1)").replace("%1", text.number(len(found.go))))
        self._tabs.setTabText(1, self.tr("Stays (%1)").replace("%1", text.number(len(found.stay))))
        self._tabs.setCurrentIndex(0 if found.go else 1)


def rule_words(found: PrunePreview) -> str:
    """Say what a rule would lead to."""
    if not found.go:
        return say("This rule keeps every point in time that there is now.")
    return say(
        "Nothing happens when the rule is set. The next prune would put these points in time into the trash; "
        "from there they can be called back for some days."
    )


def preview_words(found: PrunePreview) -> str:
    """Say in a few sentences what a prune would do."""
    said = []
    if found.go or found.files:
        said.append(
            say("What goes lies in the trash until %1; until then it can be called back.").replace(
                "%1", text.moment(found.due)
            )
        )
    else:
        said.append(say("Nothing goes: the rules keep every point in time."))
    if found.rewritten:
        said.append(
            say("%1 that is still needed would be written anew first.").replace("%1", text.size(found.rewritten))
        )
    if found.removed_now:
        count = sum(len(entry.points) for entry in found.removed_now)
        size = sum(entry.size for entry in found.removed_now)
        points = text.counted(count, say("point in time"), say("points in time"))
        said.append(
            say("The trash is emptied of what is due: %1, %2. That cannot be called back.")
            .replace("%1", points)
            .replace("%2", text.size(size))
        )
    return " ".join(said)
