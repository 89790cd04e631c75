"""Fields with their labels."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QAction, QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from saasbackup_desktop.app.flows.strength import Strength, strength
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.text import Text, say, set_property
from saasbackup_desktop.ui.kit.theme import scaled, tokens
from saasbackup_desktop.ui.kit.tokens import SPACE


class Field(QWidget):
    """A label above, a field, and a hint or an error below."""

    def __init__(self, label: str, inside: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inside = inside
        self._hint_text = hint
        caption = Text(label, "strong")
        caption.setBuddy(inside)
        self._hint = Text(hint, "caption", wrap=True)
        self.setLayout(column(caption, inside, self._hint, None, spacing=SPACE.hair))
        self._hint.setVisible(bool(hint))  # not before it has a place: alone it would be a window
        if not inside.accessibleName():
            inside.setAccessibleName(label.replace("&", ""))
        if hint:
            inside.setAccessibleDescription(hint)

    def complain(self, text: str) -> None:
        """Show an error in place of the hint; an empty text takes it back."""
        shown = text or self._hint_text
        self._hint.setText(shown)
        self._hint.tone("bad" if text else "")
        self._hint.setVisible(bool(shown))
        self.inside.setAccessibleDescription(shown)

    def hint(self, text: str) -> None:
        """Show another hint."""
        self._hint_text = text
        self.complain("")


LABEL = 100
"""Characters that a name or a reason may have."""


class Line(QLineEdit):
    """A line of text; of at most ``most`` characters, if given."""

    def __init__(
        self, text: str = "", placeholder: str = "", parent: QWidget | None = None, *, most: int | None = None
    ) -> None:
        super().__init__(parent)
        if most is not None:
            self.setMaxLength(most)
        self.setText(text)
        self.setPlaceholderText(placeholder)


class Secret(QLineEdit):
    """A line that shows dots, and its text while the eye is pressed in."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText(placeholder)
        reveal = QAction(icon("eye"), self.tr("Show what is typed"), self)
        reveal.setCheckable(True)
        reveal.toggled.connect(self._reveal)
        self.addAction(reveal, QLineEdit.ActionPosition.TrailingPosition)

    def _reveal(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class SecretLines(QPlainTextEdit):
    """Lines of ``Name: value`` whose values are barred, unless ``reveal`` shows them."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(placeholder)
        self._bars = _Bars(self.document())

    def reveal(self, shown: bool) -> None:
        """Let the values be read, or bar them again."""
        self._bars.are_off = shown
        self._bars.rehighlight()


class _Bars(QSyntaxHighlighter):
    are_off = False

    def highlightBlock(self, line: str) -> None:
        """Bar what follows the colon."""
        start = line.find(":") + 1
        if start and not self.are_off:
            bar = QTextCharFormat()
            bar.setForeground(QColor(tokens().muted))
            bar.setBackground(QColor(tokens().muted))
            self.setFormat(start, len(line) - start, bar)


class Count(QSpinBox):
    """A whole number. Style sheets do not reach the line inside, so its margin is set here."""

    def __init__(self, least: int, most: int, value: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setValue(value)
        self.lineEdit().setTextMargins(SPACE.small, 0, 0, 0)

    def setAccessibleName(self, name: str) -> None:
        """Name the line inside, too: it is what has the focus."""
        super().setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)


class TimeOfDay(QTimeEdit):
    """Hours and minutes, as clocks of 24 hours show them."""

    def __init__(self, minute: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDisplayFormat("HH:mm")
        self.lineEdit().setTextMargins(SPACE.small, 0, 0, 0)
        self.setMinimumWidth(scaled(96))
        self.put(minute)

    def setAccessibleName(self, name: str) -> None:
        """Name the line inside, too: it is what has the focus."""
        super().setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)

    def put(self, minute: int) -> None:
        """Show a minute of the day."""
        self.setTime(QTime(minute // 60 % 24, minute % 60))

    def minute(self) -> int:
        """The minute of the day that is shown."""
        return self.time().hour() * 60 + self.time().minute()


class Choice(QComboBox):
    """One of a few values."""

    picked = Signal(object)

    def __init__(self, values: Sequence[tuple[str, object]] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fill(values)
        self.activated.connect(lambda index: self.picked.emit(self.itemData(index)))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)

    def fill(self, values: Sequence[tuple[str, object]]) -> None:
        """Offer other values."""
        self.clear()
        for label, value in values:
            self.addItem(label, value)

    def setAccessibleName(self, name: str) -> None:
        """Say it as a description, too: some systems take what is chosen for the name."""
        super().setAccessibleName(name)
        self.setAccessibleDescription(name)

    def value(self) -> object:
        """What is chosen."""
        return self.currentData()

    def choose(self, value: object) -> None:
        """Choose a value."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.setCurrentIndex(index)
                return


class SearchField(QLineEdit):
    """A field to search or filter with; Esc empties it."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)

    def keyPressEvent(self, event: object) -> None:
        """Esc empties the field first."""
        if event.key() == Qt.Key.Key_Escape and self.text():  # type: ignore[attr-defined]
            self.clear()
            self.returnPressed.emit()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]


class NewPassphrase(QWidget):
    """A new passphrase, typed twice, with how strong it is."""

    changed = Signal()

    def __init__(self, label: str = "", again: str = "", shortest: int = 0, parent: QWidget | None = None) -> None:
        """``shortest``: so many characters will do, weak or not; 0: a weak one will not."""
        super().__init__(parent)
        self._shortest = shortest
        self.first = Secret()
        self.second = Secret()
        self._meter = QProgressBar()
        self._meter.setRange(0, 4)
        self._meter.setTextVisible(False)
        self._meter.setAccessibleName(self.tr("Strength of the passphrase"))
        self._word = Text(" ", "caption")
        self._again = Field(again or self.tr("Repeat the passphrase"), self.second)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE.medium)
        outer.addWidget(Field(label or self.tr("Passphrase"), self.first))
        outer.addLayout(column(self._meter, self._word, spacing=SPACE.hair))
        outer.addWidget(self._again)
        self.first.textChanged.connect(self._judge)
        self.second.textChanged.connect(self._judge)
        self._judge()

    @property
    def text(self) -> str:
        """The passphrase."""
        return self.first.text()

    def is_good(self) -> bool:
        """Both lines agree and it is not weak, or long enough where that will do."""
        will_do = len(self.text) >= self._shortest if self._shortest else strength(self.text) >= Strength.FAIR
        return will_do and self.text == self.second.text()

    def _judge(self) -> None:
        found = strength(self.text)
        labels = {
            Strength.NONE: say("Four or five unrelated words make a strong passphrase."),
            Strength.WEAK: say("Weak: could be guessed. Add words."),
            Strength.FAIR: say("Fair: one more word makes it strong."),
            Strength.GOOD: say("Good."),
            Strength.STRONG: say("Strong."),
        }
        tones = {Strength.WEAK: "bad", Strength.FAIR: "attention", Strength.GOOD: "good", Strength.STRONG: "good"}
        self._meter.setValue(int(found))
        set_property(self._meter, "tone", tones.get(found, ""))
        is_short = 0 < len(self.text) < self._shortest
        short = self.tr("Too short: it needs %1 characters at least.").replace("%1", str(self._shortest))
        self._word.setText(short if is_short else labels[found])
        self._word.tone(tones.get(found, ""))
        differ = bool(self.second.text()) and self.text != self.second.text()
        self._again.complain(self.tr("The two are not the same.") if differ else "")
        self.changed.emit()
