"""A place outside that takes downloads: whose it is, how it is reached, and whether that works."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.destinations.views import (
    ENTRIES,
    DestinationKind,
    DestinationSettings,
    DestinationTrial,
    DestinationView,
)
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.destinations import CHECKS, DEFAULTS_SAID, ENTRY_WORDS, KINDS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Field, Line, Secret
from saasbackup_desktop.ui.kit.layout import column, row, take_out
from saasbackup_desktop.ui.kit.marks import Mark, Marks
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, clear, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.exports.door import destinations

_CODE = "code"


class DestinationSheet(Sheet):
    """Fields for the kind that is chosen. Secrets that are kept already stay if their fields stay empty."""

    def __init__(self, bridge: Bridge, known: DestinationView | None, parent: QWidget) -> None:
        title = say("Change destination") if known is not None else say("New destination")
        super().__init__(title, say("Finished parts of downloads are sent there."), parent, width=560)
        self.bridge, self._known = bridge, known
        self.kept: DestinationView | None = None
        self.kind = Choice([(say(words), kind) for kind, words in KINDS.items()])
        self.name = Line(known.settings.name if known is not None else "", most=LABEL)
        self.name.setReadOnly(known is not None)
        self.fields: dict[str, Line | Secret] = {}
        self._fields = QWidget()
        self._form = column(spacing=SPACE.medium)
        self._fields.setLayout(self._form)
        self.code = Line()
        self._let_in = Button(self.tr("&Let it in at Dropbox…"), picture="open", pressed=self._to_dropbox)
        self._take = Button(self.tr("&Take the code"), pressed=self._take_code)
        self._dropbox = QWidget()
        code = Field(self.tr("C&ode that Dropbox shows"), self.code)
        self._dropbox.setLayout(column(row(self._let_in, None), code, row(self._take, None), spacing=SPACE.small))
        self.marks = Marks(self.tr("What was tried"))
        self.fill(
            Field(self.tr("&Kind"), self.kind),
            Field(self.tr("&Name"), self.name, "" if known is not None else self.tr("As it is called here.")),
            self._fields,
            self._dropbox,
            self.marks,
            Text(say(DEFAULTS_SAID), "caption", wrap=True),
            None,
        )
        self.test = Button(self.tr("T&est"), picture="plug", pressed=self._test)
        self.keep = Button(self.tr("&Save"), "primary", pressed=self._save)
        self.keep.setDefault(True)
        self.offer(self.test, self.cancel_button(), self.keep)
        if known is not None:
            self.kind.choose(known.settings.kind)
            self.kind.setEnabled(False)
        self.kind.picked.connect(lambda _: self._turn())
        self.name.textChanged.connect(lambda _: self._judge())
        self.code.textChanged.connect(lambda words: self._take.setEnabled(bool(words.strip())))
        self._take.setEnabled(False)
        self.marks.hide()
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect((self.kind if known is None else self.name).setFocus)
        self._turn()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the first field, once it can be seen: what is too tall has just been put where it scrolls."""
        super().showEvent(event)
        self._first.start()

    @property
    def settings(self) -> DestinationSettings:
        """What was entered, without secrets."""
        kind = self._kind
        values = {one.name: self.fields[one.name].text().strip() for one in ENTRIES[kind] if not one.is_secret}
        return DestinationSettings(
            name=self.name.text().strip(), kind=kind, values={name: value for name, value in values.items() if value}
        )

    @property
    def secrets(self) -> Mapping[str, str]:
        """Secrets that were entered; those that were not stay as they are kept."""
        given = {one.name: self.fields[one.name].text().strip() for one in ENTRIES[self._kind] if one.is_secret}
        return {name: value for name, value in given.items() if value}

    @property
    def _kind(self) -> DestinationKind:
        return DestinationKind(str(self.kind.value()))

    def _turn(self) -> None:
        """Show the fields of a kind."""
        take_out(self._form)
        clear(self._fields)
        self.fields = {}
        kept = self._known.secrets if self._known is not None else ()
        values = self._known.settings.values if self._known is not None else {}
        for one in ENTRIES[self._kind]:
            words = ENTRY_WORDS[self._kind][one.name]
            line: Line | Secret = Secret() if one.is_secret else Line(values.get(one.name, ""))
            if one.name in kept:
                line.setPlaceholderText(self.tr("Kept: leave empty to keep it"))
            elif not one.is_needed:
                line.setPlaceholderText(self.tr("Optional"))
            line.textChanged.connect(lambda _: self._judge())
            self.fields[one.name] = line
            self._form.addWidget(Field(say(words.label), line, say(words.hint)))
        self._dropbox.setVisible(self._kind is DestinationKind.DROPBOX)
        self._judge()

    def _judge(self) -> None:
        kept = self._known.secrets if self._known is not None else ()
        needed = [one for one in ENTRIES[self._kind] if one.is_needed and one.name not in kept]
        missing = [one.name for one in needed if not self.fields[one.name].text().strip()]
        lacks = [say(ENTRY_WORDS[self._kind][one].label).replace("&", "") for one in missing]
        to_keep = lacks if self.name.text().strip() else [self.tr("Name"), *lacks]
        for button, absent in ((self.test, lacks), (self.keep, to_keep)):
            button.setEnabled(not absent)
            self.explain(button, self._missing(absent))
        if self._kind is DestinationKind.DROPBOX:
            self._let_in.setEnabled(bool(self.fields["app-key"].text().strip()))

    def _missing(self, labels: Sequence[str]) -> str:
        return self.tr("Still missing: %1.").replace("%1", ", ".join(labels)) if labels else ""

    def _test(self) -> None:
        self.run(self._try_out(), busy=self.test, only="test")

    async def _try_out(self) -> None:
        self.banner.hide()
        self.test.setText(self.tr("Testing…"))
        try:
            found = await self.bridge.call(destinations(self.bridge).try_out(self.settings, self.secrets))
        finally:
            self.test.setText(self.tr("T&est"))
        self.show_trials(found)

    def show_trials(self, found: Sequence[DestinationTrial]) -> None:
        """Show what became of each thing that was tried."""
        self.marks.show_marks([_mark(one) for one in found])
        self.marks.show()
        self.fit()

    def _save(self) -> None:
        async def work() -> None:
            self.kept = await self.bridge.call(destinations(self.bridge).put(self.settings, self.secrets))
            self.accept()

        self.run(work(), busy=self.keep, only="save")

    def _to_dropbox(self) -> None:
        async def work() -> None:
            key = self.fields["app-key"].text().strip()
            address = await self.bridge.call(destinations(self.bridge).dropbox_address(key))
            QDesktopServices.openUrl(QUrl(address))
            self.banner.say(Tone.QUIET, self.tr("Let the app in on the page that opens"), address)
            self.code.setFocus()

        self.run(work(), busy=self._let_in, only=_CODE)

    def _take_code(self) -> None:
        async def work() -> None:
            key, code = self.fields["app-key"].text().strip(), self.code.text().strip()
            self.fields["refresh-token"].setText(
                await self.bridge.call(destinations(self.bridge).dropbox_token(key, code))
            )
            self.banner.say(Tone.GOOD, self.tr("The app was let in"))

        self.run(work(), busy=self._take, only=_CODE)


def _mark(one: DestinationTrial) -> Mark:
    about = say(CHECKS.get(one.check, one.check))
    if not one.code:
        return Mark(about, say("Works"), Tone.GOOD)
    words = words_for(one.code, one.facts)
    return Mark(about, say("Failed"), Tone.BAD, f"{words.what} {words.remedy}".strip())


async def ask_destination(bridge: Bridge, known: DestinationView | None, parent: QWidget) -> DestinationView | None:
    """Let a person set up a destination, or change one; what is kept now, None: nothing changed."""
    sheet = DestinationSheet(bridge, known, parent)
    await sheet.answer()
    return sheet.kept
