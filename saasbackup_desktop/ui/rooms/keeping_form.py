"""Choosing how long points in time are kept."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLayout, QRadioButton, QVBoxLayout, QWidget

from saasbackup_desktop.app.flows.keeping import USUAL, Keeping, Unit, Way
from saasbackup_desktop.app.words import retention
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import Choice, Count
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE

_MOST: Final = 9_999


def keep_words(keep: Keep) -> str:
    """Say a rule in one sentence, in the window's language."""
    parts = [say(phrase.words).replace("{n}", text.number(phrase.number)) for phrase in retention.phrases(keep)]
    if not parts:
        return say(retention.EVERYTHING)
    said = ", ".join(parts[:-1]) + say(retention.JOINT) + parts[-1] if len(parts) > 1 else parts[0]
    return say(retention.OPENING).replace("{parts}", said)


class KeepingForm(QWidget):
    """Everything, for a time, or thinned out; ``changed`` fires with every change."""

    changed = Signal()

    def __init__(self, keep: Keep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flow = Keeping.of(keep)
        self._ways = QButtonGroup(self)
        names = (self.tr("Keep &everything"), self.tr("Keep for a &time"), self.tr("Thin &out with age"))
        self.radios: dict[Way, QRadioButton] = {}
        for number, (way, name) in enumerate(zip(Way, names, strict=True)):
            radio = QRadioButton(name)
            radio.setChecked(way is self.flow.way)
            self._ways.addButton(radio, number)
            self.radios[way] = radio
        self._age = self._age_line()
        self._thin = self._thin_lines()
        self.sentence = Text("", "strong", wrap=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE.small)
        for piece in (
            self.radios[Way.EVERYTHING], self.radios[Way.AGE], self._age, self.radios[Way.THIN], self._thin,
        ):  # fmt: skip
            outer.addWidget(piece)
        outer.addSpacing(SPACE.small)
        outer.addWidget(self.sentence)
        outer.addWidget(Text(say(retention.NEWEST), "caption", wrap=True))
        self._ways.idToggled.connect(lambda *_: self._chosen())
        self._show()

    def keep(self) -> Keep:
        """The rule that is chosen."""
        return self.flow.keep()

    def first(self) -> QRadioButton:
        """Where the keyboard begins: at the way that is chosen."""
        return self.radios[self.flow.way]

    @property
    def is_ready(self) -> bool:
        """What is chosen means what it says."""
        return not self.flow.is_empty

    def _age_line(self) -> QWidget:
        self.amount = _count(self.tr("How long"), self.flow.amount)
        self.unit = Choice(
            ((self.tr("days"), Unit.DAYS), (self.tr("months"), Unit.MONTHS), (self.tr("years"), Unit.YEARS))
        )
        self.unit.setMinimumContentsLength(8)
        self.unit.setAccessibleName(self.tr("Days, months or years"))
        self.unit.choose(self.flow.unit)
        self.amount.valueChanged.connect(lambda _: self._read())
        self.unit.picked.connect(lambda _: self._read())
        return _indented(row(self.amount, self.unit, None))

    def _thin_lines(self) -> QWidget:
        thin = self.flow.thin if self.flow.way is Way.THIN else USUAL
        self.counts: dict[str, Count] = {}
        lines = (
            ("days", self.tr("Every point in time, for days"), thin.days or 0),
            ("last", self.tr("The newest, so many"), thin.last),
            ("hourly", self.tr("One an hour, for hours"), thin.hourly),
            ("daily", self.tr("One a day, for days"), thin.daily),
            ("weekly", self.tr("One a week, for weeks"), thin.weekly),
            ("monthly", self.tr("One a month, for months"), thin.monthly),
            ("yearly", self.tr("One a year, for years"), thin.yearly),
        )
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE.large)
        grid.setVerticalSpacing(SPACE.hair)
        for number, (name, label, value) in enumerate(lines):
            count = _count(label, value, least=0)
            count.setSpecialValueText(self.tr("–"))
            count.valueChanged.connect(lambda _: self._read())
            self.counts[name] = count
            line, side = (number + 1) // 2, 0 if number == 0 else (number + 1) % 2 * 2
            caption = Text(label)
            caption.setBuddy(count)
            grid.addWidget(caption, line, side)
            grid.addWidget(count, line, side + 1)
        grid.setColumnStretch(4, 1)
        return _indented(grid)

    def _chosen(self) -> None:
        self.flow.way = list(Way)[self._ways.checkedId()]
        self._read()

    def _read(self) -> None:
        self.flow.amount, self.flow.unit = self.amount.value(), Unit(str(self.unit.value()))
        counts = {name: count.value() for name, count in self.counts.items() if name != "days"}
        self.flow.thin = replace(Keep(**counts), days=self.counts["days"].value() or None)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._age.setVisible(self.flow.way is Way.AGE)
        self._thin.setVisible(self.flow.way is Way.THIN)
        empty = self.flow.is_empty
        self.sentence.setText(self.tr("Say what is to be kept.") if empty else keep_words(self.keep()))
        self.sentence.tone("attention" if empty else "")


def _count(name: str, value: int, least: int = 1) -> Count:
    made = Count(least, _MOST, value)
    made.setAccessibleName(name)
    made.setMinimumWidth(scaled(92))
    return made


def _indented(inside: QLayout) -> QWidget:
    made = QWidget()
    made.setLayout(inside)
    made.setContentsMargins(scaled(28), 0, 0, 0)
    return made
