"""The card of one entry: all that is told of it."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.activity.views import Entry
from saasbackup_desktop.app.words import activity as words
from saasbackup_desktop.app.words.faults import has_words, words_for
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import Card, Grid, row
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear, say
from saasbackup_desktop.ui.kit.tiles import Stat

_PROBLEM = "code"


class EntryCard(Card):
    """Duration, size, how many, and whatever else is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName(say("What is known of this entry"))
        self._title = ElidedText("", "heading")
        self._status = StatusMark("")
        self._lead = Text("", "muted", wrap=True)
        self._stats = QWidget()
        self._grid = Grid(150)
        self._stats.setLayout(self._grid)
        head = row(self._title, self._status)
        head.setStretch(0, 1)
        self.body.addLayout(head)
        self.body.addWidget(self._lead)
        self.body.addWidget(self._stats)
        self.entry: Entry | None = None
        self.is_exact = False
        """Persons are told by their names, as the record has them."""

    def show_entry(self, entry: Entry | None) -> None:
        """Show another one; None: none."""
        self.entry = entry
        self.setVisible(entry is not None)
        clear(self._stats)
        while self._grid.takeAt(0) is not None:
            pass
        if entry is None:
            return
        self._title.say(": ".join(part for part in (say(words.what(entry)), entry.item) if part))
        status = words.status(entry)
        self._status.become(say(status.label), status.tone)
        self._lead.setText(_lead(entry))
        for label, value in _stats(entry, is_exact=self.is_exact):
            self._grid.addWidget(Stat(label, text.plain(value)))


def _lead(entry: Entry) -> str:
    code = str(entry.facts.get(_PROBLEM, ""))
    if code and has_words(code):
        said = words_for(code)
        return f"{say(said.what)} {say(said.remedy)}".strip()
    reason = str(entry.facts.get("reason", "") or entry.facts.get("way", ""))
    return say(words.WAYS.get(reason, "")) if reason else ""


def _stats(entry: Entry, *, is_exact: bool) -> list[tuple[str, str]]:
    found = [(say("Date and time"), text.precise(entry.time)), (say("Who"), say(words.who(entry, is_exact=is_exact)))]
    names = (words.service(entry), words.sub_service(entry))
    found.append((say("Service"), ", ".join(say(name) for name in names if name)))
    found.append((say("Task"), entry.task))
    for name, value in entry.facts.items():
        if name != _PROBLEM and value not in ("", 0):
            found.append((say(words.fact(name)), _said(name, value)))
    if not entry.id.startswith("job:"):
        found.append((say("Number in the record"), text.number(int(entry.id))))
    return [(label, value) for label, value in found if value]


def _said(name: str, value: str | int) -> str:
    if isinstance(value, str):
        return say(words.WAYS.get(value, value)) if name in ("way", "reason") else value
    if name == "size":
        return text.size(value)
    return text.span(value) if name == "duration" else text.number(value)
