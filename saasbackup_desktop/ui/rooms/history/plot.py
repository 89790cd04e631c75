"""The chart itself: bars of each day, stacked by service. To be imported when a chart is wanted: it loads a lot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.ui.kit.chart_colours import series_colour
from saasbackup_desktop.ui.kit.theme import font, scaled, tokens

_BAR = 0.72


@dataclass(frozen=True, slots=True)
class Series:
    """One service's figures, a day each; ``place`` gives its colour."""

    name: str
    place: int
    values: Sequence[int]


class Plot(QWidget):
    """``pointed`` fires with the place of the day under the pointer, or that the arrow keys lead to."""

    pointed = Signal(int)

    def __init__(self, name: str, day_words: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(scaled(220))
        self._day_words = day_words
        self._series: Sequence[Series] = ()
        self._first = 0
        self._count = 0
        self._at = -1
        self._view = pyqtgraph.GraphicsView(parent=self, background=None)
        for part in (self._view, self._view.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setMouseTracking(True)
        self._plot = pyqtgraph.PlotItem(enableMenu=False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._view.setCentralItem(self._plot)
        self._cursor = pyqtgraph.LinearRegionItem(movable=False)
        self._cursor.setZValue(-10)
        self._plot.addItem(self._cursor)
        self._bars: list[pyqtgraph.BarGraphItem] = []
        self._view.scene().sigMouseMoved.connect(self._hovered)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._view)
        self._dress()

    @property
    def tops(self) -> list[int]:
        """How high the bars of each day are altogether."""
        return [sum(one.values[place] for one in self._series) for place in range(self._count)]

    @property
    def at(self) -> int:
        """The place of the day that is pointed at; -1: none."""
        return self._at

    def show_series(self, first: int, count: int, series: Sequence[Series]) -> None:
        """Draw so many days from a day on."""
        self._first, self._count, self._series = first, count, series
        self._draw()
        self.point_at(-1)

    def point_at(self, place: int) -> None:
        """Mark a day."""
        self._at = place if 0 <= place < self._count else -1
        self._cursor.setVisible(self._at >= 0)
        if self._at >= 0:
            self._cursor.setRegion((self._at - 0.5, self._at + 0.5))
        self.pointed.emit(self._at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from day to day."""
        places = {
            Qt.Key.Key_Left: max(0, self._at - 1) if self._at >= 0 else self._count - 1,
            Qt.Key.Key_Right: min(self._count - 1, self._at + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._count - 1,
        }
        place = places.get(Qt.Key(event.key()))
        if place is None:
            super().keyPressEvent(event)
        else:
            self.point_at(place)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more, unless the keys did."""
        if not self.hasFocus():
            self.point_at(-1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
            self._draw()

    def _hovered(self, where: object) -> None:
        place = round(self._plot.vb.mapSceneToView(where).x())
        if place != self._at:
            self.point_at(place)

    def _dress(self) -> None:
        colours = tokens()
        small: QFont = font("caption")
        self._view.setBackground(QColor(colours.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setZValue(-5)
            axis.setPen(QColor(colours.border))
            axis.setTextPen(QColor(colours.muted))
            axis.setStyle(tickFont=small, tickLength=0)
        self._plot.showGrid(x=False, y=True, alpha=0.25)
        ground = QColor(colours.selection)
        self._cursor.setBrush(ground)
        self._cursor.setHoverBrush(ground)
        for line in self._cursor.lines:
            line.setPen(QColor(colours.selection))

    def _draw(self) -> None:
        for bar in self._bars:
            self._plot.removeItem(bar)
        self._bars = []
        ground = [0] * self._count
        for one in self._series:
            colour = QColor(series_colour(one.place))
            bar = pyqtgraph.BarGraphItem(
                x=list(range(self._count)), y0=ground, height=list(one.values), width=_BAR, pen=None, brush=colour
            )
            self._plot.addItem(bar)
            self._bars.append(bar)
            ground = [low + high for low, high in zip(ground, one.values, strict=True)]
        step = max(1, -(-self._count // 10))
        ticks = [(place, self._day_words(self._first + place)) for place in range(0, self._count, step)]
        self._plot.getAxis("bottom").setTicks([ticks])
        self._plot.setXRange(-0.6, max(0, self._count - 1) + 0.6, padding=0)
        self._plot.setYRange(0, max([*ground, 4]) * 1.08, padding=0)
