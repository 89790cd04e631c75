"""The first leaf of the download dialog for several accounts: chosen once, and applied where an account has it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from saasbackup_desktop.app.exports.views import ExportRequest, Reach, ServiceReach, Several
from saasbackup_desktop.app.words.exports import FORMATS, OPEN
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.model import Account, Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import Choice, Field
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.text import ElidedText, Text, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.exports.door import exports
from saasbackup_desktop.ui.rooms.exports.presets import FOR_ALL, wanted_by
from saasbackup_desktop.ui.rooms.exports.when import Span, When, lacking

_OPEN: Final = "open"
_OWN: Final = "own"
_NAMED: Final = 8
"""So many accounts are named in a sentence."""
_BREATH: Final = 0.001
"""Seconds in which the window draws and hears."""


class KindLine(QObject):
    """One service of all the accounts: whether it is taken, how much there is, and what it becomes."""

    changed = Signal()
    format_picked = Signal()

    def __init__(self, reach: ServiceReach, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.service, self.formats = reach.service, reach.formats
        self.name = say(SHORT_SERVICES[reach.service])
        self.box = QCheckBox(self.name)
        self.box.setChecked(True)
        self.told = ElidedText("", "muted")
        self.format = Choice([(say(FORMATS[one][0]), one) for one in reach.formats])
        self.format.setMinimumWidth(scaled(256))
        self.format.setAccessibleName(say("%1 becomes").replace("%1", self.name))
        self._reach: ServiceReach | None = reach
        self._is_dated = False
        self.box.toggled.connect(lambda _: self._tell())
        self.format.picked.connect(lambda _: self.format_picked.emit())
        self._tell()

    def stand_in(self, grid: QGridLayout, row: int) -> None:
        """Take a row of a grid."""
        for place, piece in enumerate((self.box, self.told, self.format)):
            grid.addWidget(piece, row, place)

    def show_reach(self, reach: ServiceReach | None, *, is_dated: bool) -> None:
        """Show how much there is, or was at the day that is chosen; None: nothing."""
        self._reach, self._is_dated = reach, is_dated
        self._tell()

    def become(self, wanted: Sequence[Format]) -> None:
        """Choose the first of these that there is; none of them: what most programs take, or what comes first."""
        for one in (*wanted, *OPEN.get(self.service, (Format.JSON,)), *self.formats):
            if one in self.formats:
                self.format.choose(one)
                self.changed.emit()
                return

    @property
    def chosen_format(self) -> Format:
        """What it becomes."""
        return Format(str(self.format.value()))

    @property
    def is_there(self) -> bool:
        """There is something of it."""
        return self._reach is not None

    @property
    def is_taken(self) -> bool:
        """It is chosen, and there is something of it."""
        return self.box.isChecked() and self._reach is not None

    def _tell(self) -> None:
        reach = self._reach
        words = self.tr("nothing was saved by then") if self._is_dated else self.tr("nothing is saved yet")
        if reach is not None:
            accounts = counted(reach.accounts, self.tr("account"), self.tr("accounts"))
            items = counted(reach.items, *map(say, NOUNS[self.service]))
            words = f"{accounts} · {items} · {text.size(reach.size)}"
        self.told.say(words)
        self.box.setEnabled(reach is not None)
        self.format.setEnabled(self.is_taken)
        self.box.setAccessibleName(f"{self.name}, {words}")
        self.changed.emit()


class WhatOfSeveral(QWidget):
    """``changed`` fires with every choice, ``wanted`` when it has to be asked anew what there is."""

    changed = Signal()
    wanted = Signal()

    def __init__(self, bridge: Bridge, accounts: Sequence[AccountId], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._accounts = bridge, tuple(accounts)
        self._is_known = False
        """What the accounts have at the moment that is chosen."""
        self.reach: Reach | None = None
        self.lines: list[KindLine] = []
        self.when = When()
        self.preset = Choice()
        self.preset.setAccessibleName(self.tr("As what"))
        self.preset.setEnabled(False)
        self.span = Span(of_mail=False)
        self.deleted = QCheckBox(self.tr("Also what was &deleted before, and earlier backups still have"))
        self.recoverable = QCheckBox(self.tr("Also &Recoverable Items and what is kept there for legal hold"))
        self._about = Text("", "caption", wrap=True)
        self._looking = Text(self.tr("Looking what they have…"), "muted")
        self.without = Banner()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.medium)
        self._grid.setVerticalSpacing(SPACE.hair)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(Text(self.tr("What"), "strong"), 0, 0)
        self._kinds = QWidget()
        self._kinds.setLayout(self._grid)
        self.setLayout(
            column(
                self.when,
                self.without,
                Field(self.tr("&As"), self.preset),
                column(self._kinds, self._looking, self._about, spacing=SPACE.small),
                self.span,
                column(self.deleted, self.recoverable, spacing=SPACE.hair),
                None,
                spacing=SPACE.large,
            )
        )
        self._kinds.setVisible(False)  # not before it has a place: alone it would be a window
        self.when.changed.connect(self._look_again)
        self.span.changed.connect(self._judge)
        self.preset.picked.connect(lambda _: self._dress())

    @property
    def until(self) -> int | None:
        """The moment as of which everything is taken; None: the newest."""
        return self.when.until

    async def prepare(self) -> None:
        """Ask what the accounts have as of the moment that is chosen."""
        self._looking.setVisible(True)
        try:
            found = await self._bridge.call(exports(self._bridge).reach(self._accounts, self.when.until))
        except Fault:
            self._looking.setVisible(False)
            raise
        known = {one.service: one for one in found.services}
        for line in self.lines:
            line.show_reach(known.pop(line.service, None), is_dated=self.when.until is not None)
        # One in each turn: all of them at once would hold the window up. Cut short, the next look adds the others.
        for one in known.values():
            await asyncio.sleep(_BREATH)
            self._add(KindLine(one, self))
        if known or not self.preset.isEnabled():
            await asyncio.sleep(_BREATH)
            self._offer()
        self.reach, self._is_known = found, True
        self._looking.setVisible(False)
        self._kinds.setVisible(True)
        self._tell_without(found.without)
        self._judge()

    def _look_again(self) -> None:
        self._is_known = False
        self._judge()
        self.wanted.emit()

    def ask(self, request: ExportRequest) -> ExportRequest:
        """Say what was chosen in the application's words."""
        since, until = self.span.seconds
        several = Several(
            accounts=self._accounts,
            forms=tuple((line.service, line.chosen_format) for line in self.lines if line.is_taken),
            as_of=self.when.until,
            since=since,
            until=until,
        )
        return replace(request, several=several, deleted=self.deleted.isChecked(), recoverable=self.takes_recoverable)

    @property
    def takes_recoverable(self) -> bool:
        """Recoverable Items are wanted, of mailboxes that are taken."""
        return self.recoverable.isChecked() and any(
            line.is_taken and line.service is Service.MAIL for line in self.lines
        )

    @property
    def is_good(self) -> bool:
        """It is known what there is, something of it is chosen, and the days are the right way round."""
        return self._is_known and any(line.is_taken for line in self.lines) and not self.span.is_turned

    @property
    def lack(self) -> str:
        """Why it cannot go on from here; nothing where it can, and while it is not known yet."""
        if not self._is_known or self.is_good:
            return ""
        return lacking(self.span, is_there=any(line.is_there for line in self.lines))

    @property
    def formats(self) -> frozenset[Format]:
        """What the chosen ones become."""
        return frozenset(line.chosen_format for line in self.lines if line.is_taken)

    def _add(self, line: KindLine) -> None:
        self.lines.append(line)
        line.stand_in(self._grid, len(self.lines))
        line.changed.connect(self._judge)
        line.format_picked.connect(self._own_format)

    def _offer(self) -> None:
        offered = {one for line in self.lines for one in line.formats}
        before = self.preset.value()
        presets: list[tuple[str, object]] = []
        if Format.PST in offered:
            presets.append((self.tr("An Outlook data file (.pst) for each account"), Format.PST.value))
        presets.append((self.tr("What most programs open"), _OPEN))
        for one in FOR_ALL:
            if one in offered:
                presets.append((say(FORMATS[one][0]), one.value))
        presets.append((self.tr("Each as chosen below"), _OWN))
        self.preset.fill(presets)
        self.preset.choose(before if before is not None else Format.PST.value if Format.PST in offered else _OPEN)
        self.preset.setEnabled(True)
        self._dress()

    def _tell_without(self, some: Sequence[Account]) -> None:
        if not some:
            self.without.hide()
            return
        head = self.tr("Nothing has been saved of %1 yet")
        if self.when.until is not None:
            head = self.tr("Nothing had been saved of %1 by then")
        accounts = counted(len(some), self.tr("account"), self.tr("accounts"))
        names = ", ".join(one.name or one.address for one in some[:_NAMED])
        if len(some) > _NAMED:
            names += self.tr(" and %1 more").replace("%1", text.number(len(some) - _NAMED))
        told = self.tr("They are left out, and listed in the download: %1.").replace("%1", names)
        self.without.say(Tone.ATTENTION, head.replace("%1", accounts), told, closable=False)
        self.without.setToolTip("\n".join(one.address for one in some[:100]))

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
        self._about.setText("\n".join(say(FORMATS[one][1]) for one in found))
        self._about.setVisible(bool(found))
        self.changed.emit()
