"""Two handles on a line: a stretch of days is chosen out of many, and no more than fit."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.kit.theme import scaled, tokens

_HANDLE = 7
_TALL = 30


class SpanSlider(QWidget):
    """``moved`` fires with the first and the last day chosen.

    Arrow keys move the stretch, with Shift its end and with Ctrl its beginning; Home and End lead to the edges.
    """

    moved = Signal(int, int)

    def __init__(self, name: str, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(scaled(_TALL))
        self._most = most
        self._low, self._high = 0, 0
        self._first, self._last = 0, 0
        self._grip = ""
        self._offset = 0

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last day chosen."""
        return self._first, self._last

    def offer(self, low: int, high: int, first: int, last: int) -> None:
        """Let days from ``low`` to ``high`` be chosen; begin with these."""
        self._low, self._high = low, max(low, high)
        self._place(first, last, tell=False)

    def say(self, words: str) -> None:
        """Tell screen readers what is chosen."""
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(scaled(300), scaled(_TALL))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the stretch, its end or its beginning."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -7, Qt.Key.Key_PageDown: 7}
        length = self._last - self._first
        if event.key() in steps:
            self._step(steps[Qt.Key(event.key())], event.modifiers())
        elif event.key() == Qt.Key.Key_Home:
            self._place(self._low, self._low + length)
        elif event.key() == Qt.Key.Key_End:
            self._place(self._high - length, self._high)
        else:
            super().keyPressEvent(event)

    def _step(self, step: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._pull("last", self._last + step)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._pull("first", self._first + step)
        else:
            self._shift(self._first + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a handle, the stretch between them, or bring the stretch here."""
        at = event.position().x()
        reach = scaled(_HANDLE) + 3
        if abs(at - self._x(self._last + 1)) <= reach:
            self._grip = "last"
        elif abs(at - self._x(self._first)) <= reach:
            self._grip = "first"
        else:
            self._grip = "middle"
            if not self._x(self._first) < at < self._x(self._last + 1):
                self._shift(self._day(at) - (self._last - self._first) // 2)
            self._offset = self._day(at) - self._first

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull what was taken."""
        day = self._day(event.position().x())
        if self._grip == "middle":
            self._shift(day - self._offset)
        elif self._grip:
            self._pull(self._grip, day)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = ""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, the stretch and its handles."""
        colours = tokens()
        paint = QPainter(self)
        paint.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, grip = self.height() / 2, float(scaled(_HANDLE))
        left, right = self._x(self._first), self._x(self._last + 1)
        paint.setPen(Qt.PenStyle.NoPen)
        paint.setBrush(QColor(colours.outline))
        paint.drawRoundedRect(QRectF(self._x(self._low), middle - 1, self._wide(), 2), 1, 1)
        paint.setBrush(QColor(colours.accent))
        paint.drawRoundedRect(QRectF(left, middle - 3, right - left, 6), 3, 3)
        paint.setBrush(QColor(colours.surface))
        paint.setPen(QPen(QColor(colours.accent), 2))
        for at in (left, right):
            paint.drawEllipse(QPointF(at, middle), grip, grip)
        if self.hasFocus():
            paint.setBrush(Qt.BrushStyle.NoBrush)
            paint.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _shift(self, first: int) -> None:
        length = self._last - self._first
        first = max(self._low, min(first, self._high - length))
        self._place(first, first + length)

    def _pull(self, handle: str, day: int) -> None:
        """Move one end; the other follows where the stretch would be longer than may be."""
        if handle == "last":
            last = max(self._first, min(day, self._high))
            self._place(max(self._first, last - self._most + 1), last)
        else:
            first = min(self._last, max(day, self._low))
            self._place(first, min(self._last, first + self._most - 1))

    def _place(self, first: int, last: int, *, tell: bool = True) -> None:
        last = max(self._low, min(last, self._high))
        first = max(self._low, min(first, last), last - self._most + 1)
        if (first, last) == (self._first, self._last):
            return
        self._first, self._last = first, last
        self.update()
        if tell:
            self.moved.emit(first, last)

    def _wide(self) -> float:
        return float(max(1, self.width() - 2 * (scaled(_HANDLE) + 2)))

    def _x(self, day: int) -> float:
        days = self._high - self._low + 1
        return scaled(_HANDLE) + 2 + self._wide() * (day - self._low) / days

    def _day(self, at: float) -> int:
        days = self._high - self._low + 1
        return self._low + int((at - scaled(_HANDLE) - 2) * days // self._wide())
