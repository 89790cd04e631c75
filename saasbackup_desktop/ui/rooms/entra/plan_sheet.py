"""How what is ticked is to be brought back, before the plan is made."""

import re
from collections.abc import Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.app.entra.views import LIVE, PlanRequest
from saasbackup_desktop.core.directory.plan import Mode
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Field, Line
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.entra.door import entra

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class PlanSheet(Sheet):
    """Mode, note, and the accounts that must keep their way in; ``plan`` is the id of what was made."""

    def __init__(
        self,
        bridge: Bridge,
        stream: StreamId,
        snapshot: SnapshotId,
        ticks: Ticks,
        when: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            self.tr("Plan a restore"),
            self.tr(
                "What is ticked becomes again what it was on %1. The directory is read as it is now, and every write "
                "is shown before the first one is sent."
            ).replace("%1", when),
            parent,
            width=560,
        )
        self.bridge, self.plan = bridge, ""
        self._stream, self._snapshot, self._ticks = stream, snapshot, ticks
        self.modes = QButtonGroup(self)
        ways = (
            (self.tr("Restore what is missing and what differs"), self.tr("What is there becomes what it was.")),
            (self.tr("Restore only what is missing"), self.tr("What is there stays as it is, even if it differs.")),
        )
        choices = []
        for number, (title, words) in enumerate(ways):
            choice = QRadioButton(title)
            choice.setAccessibleDescription(words)
            choice.setChecked(number == 0)
            self.modes.addButton(choice, number)
            choices.append(column(choice, Text(words, "muted", wrap=True), spacing=0))
        self.note = Line(most=LABEL, placeholder=self.tr("For the record, in your words"))
        self.emergency = Line()
        self.myself = Line()
        self._emergency = Field(
            self.tr("Emergency accounts"),
            self.emergency,
            self.tr("Sign-in names or ids, separated by commas. No write may take away their way in."),
        )
        self._myself = Field(
            self.tr("Your own account"), self.myself, self.tr("So that the plan can warn if a policy would block you.")
        )
        self.fill(
            column(*choices, spacing=SPACE.small),
            Field(self.tr("Why"), self.note),
            self._emergency,
            self._myself,
            None,
        )
        self.go = Button(self.tr("Make the plan"), "primary", pressed=lambda: self.run(self._make(), busy=self.go))
        self.go.setDefault(True)
        self.offer(self.cancel_button(), self.go)

    def showEvent(self, event: QShowEvent) -> None:
        """Leave no empty room below the fields."""
        super().showEvent(event)
        self.hug()

    async def _make(self) -> None:
        emergency = await self._ids(self._emergency, self.emergency.text())
        myself = await self._ids(self._myself, self.myself.text())
        if emergency is None or myself is None:
            self.hug()
            return
        if len(myself) > 1:
            self._myself.complain(self.tr("One account only: the one that you sign in with."))
            self.hug()
            return
        request = PlanRequest(
            stream=self._stream,
            snapshot=self._snapshot,
            ticks=self._ticks,
            mode=(Mode.OVERWRITE, Mode.SKIP)[self.modes.checkedId()],
            note=self.note.text().strip(),
            break_glass=tuple(emergency),
            myself=next(iter(myself), ""),
        )
        head = await self.bridge.call(entra(self.bridge).plan(request))
        self.plan = head.id
        self.accept()

    async def _ids(self, field: Field, typed: str) -> Sequence[str] | None:
        """The ids of accounts; None: one is not known, and the field says so."""
        found = []
        for name in filter(None, (one.strip() for one in typed.split(","))):
            if _ID.fullmatch(name):
                if not await self._is_user(name.lower()):
                    field.complain(self.tr("No user has the id “%1”.").replace("%1", name))
                    return None
                found.append(name.lower())
                continue
            page = await self.bridge.call(entra(self.bridge).objects(self._stream, self._snapshot, "users", name))
            same = [one for one in page.rows if name.casefold() in (one.about.casefold(), one.name.casefold())]
            if len(same) != 1:
                field.complain(self.tr("No single user is called “%1”.").replace("%1", name))
                return None
            found.append(same[0].id)
        field.complain("")
        return found

    async def _is_user(self, id: str) -> bool:
        """Is there such a user now? Any other id would protect nobody."""
        try:
            await self.bridge.call(entra(self.bridge).object(self._stream, LIVE, f"users/{id}"))
        except Misconfigured as fault:
            if fault.facts.get("what") != "unknown-item":
                raise
            return False
        return True
