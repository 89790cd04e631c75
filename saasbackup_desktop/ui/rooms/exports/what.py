"""The first leaf of the download dialog: what is taken, as of when, and what it becomes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.exports import FORMATS
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.model import Provider, Service, Snapshot
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.forms import Choice, Field
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.exports.door import exports
from saasbackup_desktop.ui.rooms.exports.folders_sheet import FoldersSheet
from saasbackup_desktop.ui.rooms.exports.presets import FOR_ALL, wanted_by
from saasbackup_desktop.ui.rooms.exports.service_line import ServiceLine
from saasbackup_desktop.ui.rooms.exports.when import Span, When, lacking

_OPEN: Final = "open"
_OWN: Final = "own"


class What(QWidget):
    """``changed`` fires with every choice."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        bridge: Bridge,
        cards: Sequence[StreamCard],
        point: Snapshot | None = None,
        chosen: Selection | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._point, self._chosen = bridge, point, chosen
        self._is_known = False
        """Of every service, what it can become and when it was saved: else some would be left out without a word."""
        self.tasks = Tasks(self, self._fail)
        self.lines = [ServiceLine(card, chosen, self) for card in cards]
        self.preset = Choice()
        self.preset.setAccessibleName(self.tr("As what"))
        self._about = Text("", "caption", wrap=True)
        self._as = Field(self.tr("&As"), self.preset)
        self._build_more()
        self.setLayout(
            column(
                self.when,
                self._as,
                column(self._services(), self._about, spacing=SPACE.small),
                self.span,
                column(self.deleted, self.recoverable, spacing=SPACE.hair),
                None,
                spacing=SPACE.large,
            )
        )
        # Not before they have a place: alone they would be windows.
        self.when.setVisible(chosen is None)
        self._as.setVisible(len(self.lines) > 1)
        self.span.setVisible(self._has_folders)
        self.deleted.setVisible(self._has_folders)
        self.recoverable.setVisible(chosen is None and any(_has_recoverable(line.card) for line in self.lines))
        for line in self.lines:
            line.changed.connect(self._judge)
            line.format_picked.connect(self._own_format)
            line.folders_wanted.connect(lambda line=line: self.tasks.start(self._choose_folders(line)))
        self.preset.picked.connect(lambda _: self._dress())

    @property
    def until(self) -> int | None:
        """The moment as of which everything is taken; None: the newest."""
        return self.when.until

    def ask(self, request: ExportRequest) -> ExportRequest:
        """Say what was chosen in the application's words."""
        return replace(
            request,
            picks=self.picks(),
            deleted=self.deleted.isChecked(),
            recoverable=self.takes_recoverable,
        )

    def picks(self) -> tuple[Pick, ...]:
        """What was chosen, in the core's words."""
        since, until = self.span.seconds
        found = (line.pick(since, until) for line in self.lines)
        return tuple(one for one in found if one is not None)

    @property
    def takes_recoverable(self) -> bool:
        """Recoverable Items are wanted, of a mailbox that is taken."""
        return self.recoverable.isChecked() and any(
            line.is_taken and line.service is Service.MAIL for line in self.lines
        )

    @property
    def is_good(self) -> bool:
        """Everything is known that can be chosen, something is, and the days are the right way round."""
        return self._is_known and any(line.is_taken for line in self.lines) and not self.span.is_turned

    @property
    def lack(self) -> str:
        """Why it cannot go on from here; nothing where it can, and while it is not known yet."""
        if not self._is_known or self.is_good:
            return ""
        return lacking(self.span, is_there=any(line.point is not None for line in self.lines))

    @property
    def formats(self) -> frozenset[Format]:
        """What the chosen ones become."""
        return frozenset(pick.format for pick in self.picks())

    def reach_back(self) -> None:
        """Take also what is in earlier points in time only."""
        self.deleted.setChecked(True)
        self.deleted.show()

    async def prepare(self) -> None:
        """Ask what each service can become, and when it was saved."""
        for line in self.lines:
            stream = line.card.stream
            line.points = (
                (self._point,) if self._point else await self._bridge.call(self._bridge.desk.snapshots(stream))
            )
            line.offer(await self._bridge.call(exports(self._bridge).formats(stream)))
        offered = {one for line in self.lines for one in line.formats}
        presets: list[tuple[str, object]] = []
        if Format.PST in offered:
            presets.append((self.tr("One Outlook data file (.pst)"), Format.PST.value))
        presets.append((self.tr("What most programs open"), _OPEN))
        presets += [(say(FORMATS[one][0]), one.value) for one in FOR_ALL if one in offered]
        presets.append((self.tr("Each as chosen below"), _OWN))
        self.preset.fill(presets)
        self.preset.choose(Format.PST.value if len(self.lines) > 1 and Format.PST in offered else _OPEN)
        self._dress()
        self._as_of()
        self._is_known = True
        self._judge()

    def _services(self) -> QWidget:
        if self._chosen is not None:  # what was picked is told above: there is nothing to choose but what it becomes
            return Field(self.tr("&As"), self.lines[0].format)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE.medium)
        grid.setVerticalSpacing(SPACE.hair)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Text(self.tr("What"), "strong"), 0, 0)
        for place, line in enumerate(self.lines, 1):
            line.stand_in(grid, place)
        made = QWidget()
        made.setLayout(grid)
        return made

    def _build_more(self) -> None:
        self.when = When()
        self.last, self.dated, self.day, self.time = self.when.last, self.when.dated, self.when.day, self.when.time
        self.when.changed.connect(self._as_of)
        self.span = Span(of_mail={line.service for line in self.lines} == {Service.MAIL})
        self.since, self.until_day = self.span.since, self.span.until_day
        self.span.changed.connect(self._judge)
        self.deleted = QCheckBox(self.tr("Also what was &deleted before, and earlier backups still have"))
        self.recoverable = QCheckBox(self.tr("Also &Recoverable Items and what is kept there for legal hold"))

    @property
    def _has_folders(self) -> bool:
        """Something is taken of which there can be more than what is named: not just single items."""
        return self._chosen is None or self._chosen.is_everything or bool(self._chosen.folders)

    def _as_of(self) -> None:
        until = self.until
        for line in self.lines:
            line.as_of(until)

    def _dress(self) -> None:
        """Let every service become what was chosen for all."""
        preset = str(self.preset.value())
        if preset == _OWN:
            return
        for line in self.lines:
            line.become(() if preset == _OPEN else wanted_by(preset))

    def _own_format(self) -> None:
        self.preset.choose(_OWN)
        self._judge()

    def _judge(self) -> None:
        found = list(dict.fromkeys(line.chosen_format for line in self.lines if line.is_taken))
        self._about.setText("\n".join(say(FORMATS[one][1]) for one in found if one is not None))
        self._about.setVisible(bool(found))
        self.changed.emit()

    async def _choose_folders(self, line: ServiceLine) -> None:
        if line.point is None:
            return
        sheet = FoldersSheet(self._bridge, line.card.stream, line.point.id, line.chosen_folders, self)
        if await sheet.answer():
            line.take_folders(sheet.chosen)

    def _fail(self, fault: Fault) -> None:
        self.failed.emit(fault)


def _has_recoverable(card: StreamCard) -> bool:
    return card.service is Service.MAIL and card.account.provider is Provider.MICROSOFT
