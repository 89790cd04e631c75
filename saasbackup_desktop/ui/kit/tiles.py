"""Figures, progress and small charts."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QToolTip, QWidget

from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.text import Text, set_property
from saasbackup_desktop.ui.kit.theme import tokens
from saasbackup_desktop.ui.kit.tokens import SPACE


class Stat(QWidget):
    """A figure and what it counts."""

    def __init__(self, label: str, value: str = "–", role: str = "strong", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = Text(value, role)
        self._label = label
        self._caption = Text(label, "caption")
        self.setLayout(column(self._caption, self._value, spacing=2))
        self.say(value)

    def call(self, label: str) -> None:
        """Count something else."""
        self._label = label
        self._caption.setText(label)
        self.say(self._value.text())

    def say(self, value: str, hint: str = "") -> None:
        """Show another figure."""
        self._value.setText(value)
        self._value.setToolTip(hint)
        self.setAccessibleName(f"{self._label}: {value}")


class Tile(QFrame):
    """A figure on a ground of its own."""

    def __init__(self, label: str, value: str = "–", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.stat = Stat(label, value, "figure")
        self.setLayout(column(self.stat, margins=SPACE.medium))


class Progress(QProgressBar):
    """A thin bar; without a known total it moves to and fro."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setFixedHeight(6)

    def show_share(self, done: int, total: int) -> None:
        """Show how much is done; a total of 0 is not known."""
        if total <= 0:
            self.setRange(0, 0)
        else:
            self.setRange(0, 1000)
            self.setValue(min(1000, done * 1000 // total))

    def tone(self, tone: str) -> None:
        """Colour it as a status."""
        set_property(self, "tone", tone)


class Bars(QWidget):
    """A bar for each of a few values, with its words on hover; read out as one sentence."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMinimumHeight(84)
        self.setMouseTracking(True)
        self._values: Sequence[tuple[int, str]] = ()

    def say(self, values: Sequence[tuple[int, str]]) -> None:
        """Show values, oldest first, each with its words."""
        self._values = values
        self.setAccessibleDescription("; ".join(words for _, words in values))
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(400, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        if not self._values:
            return
        colours = tokens()
        paint = QPainter(self)
        paint.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.setPen(Qt.PenStyle.NoPen)
        top = max(value for value, _ in self._values) or 1
        step, bar = self._step()
        ground = self.height() - 1
        for place, (value, _) in enumerate(self._values):
            height = max(2.0, (ground - 4) * value / top)
            paint.setBrush(QColor(colours.accent if value else colours.border))
            paint.drawRoundedRect(QRectF(place * step, ground - height, bar, height), 2, 2)
        paint.setBrush(QColor(colours.border))
        paint.drawRect(QRectF(0, ground, self.width(), 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the bar under the pointer stands for."""
        step, _ = self._step()
        place = int(event.position().x() // step) if step else -1
        if 0 <= place < len(self._values):
            QToolTip.showText(event.globalPosition().toPoint(), self._values[place][1], self)

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing more."""
        QToolTip.hideText()

    def _step(self) -> tuple[float, float]:
        step = min(36.0, self.width() / max(1, len(self._values)))
        return step, max(2.0, step - 4)
