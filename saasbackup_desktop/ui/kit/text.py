"""Sizes, counts, times and spans as people read them."""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from saasbackup_desktop.ui.kit.clock import now

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\N{REPLACEMENT CHARACTER}")
"""Characters that make others read in another order than they stand in."""


def say(text: str) -> str:
    """Translate a sentence of the kit or of the application's words."""
    return QCoreApplication.translate("words", text)


def plain(text: str) -> str:
    """Show what would turn the order of other characters around: names come from people and servers."""
    return text.translate(_DIRECTIONS)


def number(value: int) -> str:
    """Group the digits of a whole number."""
    return QLocale().toString(value)


def counted(value: int, one: str, many: str) -> str:
    """Put a number before its noun."""
    return f"{number(value)} {one if value == 1 else many}"


def size(value: int | None) -> str:
    """Write bytes in binary units with one decimal."""
    if value is None:
        return "–"
    amount = float(value)
    unit = 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount /= 1024
        unit += 1
    return f"{value} B" if unit == 0 else f"{QLocale().toString(amount, 'f', 1)} {_UNITS[unit]}"


def moment(value: int | None) -> str:
    """Write a time in the local zone."""
    if value is None:
        return "–"
    return datetime.fromtimestamp(value).astimezone().strftime("%d %b %Y, %H:%M")


def precise(value: int) -> str:
    """Write a time in the local zone to the second, to tell apart what happened within a minute."""
    return datetime.fromtimestamp(value).astimezone().strftime("%d %b %Y, %H:%M:%S")


def day(value: int) -> str:
    """Write a date in the local zone."""
    return datetime.fromtimestamp(value).astimezone().strftime("%d %b %Y")


def brief(value: int | None) -> str:
    """Write a time for a list: without the year where it is the current one."""
    if value is None:
        return "–"
    local = datetime.fromtimestamp(value).astimezone()
    this_year = local.year == datetime.fromtimestamp(now()).astimezone().year
    return local.strftime("%d %b, %H:%M" if this_year else "%d %b %Y")


def utc(value: int | None) -> str:
    """Write a time in the local zone and in UTC, for tooltips."""
    if value is None:
        return ""
    return f"{moment(value)}  ·  {datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"


def ago(value: int) -> str:
    """Say how long ago it was."""
    gap = max(0, now() - value)
    if gap < _MINUTE:
        return say("just now")
    if gap < _HOUR:
        return say("%1 ago").replace("%1", counted(gap // _MINUTE, say("minute"), say("minutes")))
    if gap < _DAY:
        return say("%1 ago").replace("%1", counted(gap // _HOUR, say("hour"), say("hours")))
    if gap < 30 * _DAY:
        return say("%1 ago").replace("%1", counted(gap // _DAY, say("day"), say("days")))
    return day(value)


def span(seconds: float) -> str:
    """Write a stretch of time."""
    whole = round(seconds)
    if whole < _MINUTE:
        return say("%1 s").replace("%1", str(max(1, whole)))
    if whole < _HOUR:
        return say("%1 min").replace("%1", str(round(whole / _MINUTE)))
    hours, rest = divmod(whole, _HOUR)
    return say("%1 h %2 min").replace("%1", str(hours)).replace("%2", str(rest // _MINUTE))


class Text(QLabel):
    """A line or paragraph in one of the roles of the type scale; it may wrap, never holds mark-up."""

    def __init__(self, text: str = "", role: str = "body", parent: QWidget | None = None, *, wrap: bool = False):
        super().__init__(plain(text), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        if wrap:
            self.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(plain(text))

    def tone(self, tone: str) -> None:
        """Colour it as a status."""
        set_property(self, "tone", tone)


class ElidedText(Text):
    """A line that gives way: what does not fit ends in an ellipsis, the whole stands in the tooltip.

    It takes all the room there is, or with ``snug`` no more than its text needs.
    """

    def __init__(
        self, text: str = "", role: str = "body", parent: QWidget | None = None, *, snug: bool = False
    ) -> None:
        super().__init__("", role, parent)
        self._whole = ""
        self.setMinimumWidth(24)
        wide = QSizePolicy.Policy.Preferred if snug else QSizePolicy.Policy.Ignored
        self.setSizePolicy(wide, QSizePolicy.Policy.Preferred)
        self.say(text)

    @property
    def whole(self) -> str:
        """All of the text, however little of it can be seen."""
        return self._whole

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        hint = super().sizeHint()
        seen = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(hint.width() - seen + self.fontMetrics().horizontalAdvance(self._whole) + 1, hint.height())

    def say(self, text: str) -> None:
        """Show another text."""
        self._whole = plain(text)
        self.setAccessibleName(self._whole)
        self.updateGeometry()
        self._fit()

    def resizeEvent(self, event: object) -> None:
        """Cut anew."""
        self._fit()

    def changeEvent(self, event: object) -> None:
        """Cut anew when the font changed."""
        self._fit()

    def _fit(self) -> None:
        whole = getattr(self, "_whole", "")
        width = max(0, self.contentsRect().width())
        cut = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, width)
        if cut != self.text():
            self.setText(cut)
            self.setToolTip(whole if cut != whole else "")


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and dress the widget anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def clear(parent: QObject) -> None:
    """Delete the child widgets of a container."""
    for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        child.hide()
        child.deleteLater()
