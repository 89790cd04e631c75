"""What the wizards of tenants look like: one step at a time, with the way on and the way back below it."""

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import Card, Leaves, row
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants.door import Tenants, tenants


class StepsPage(PlainPage):
    """A page of steps. Which comes next is decided elsewhere; whoever makes it says what the buttons do."""

    @property
    def door(self) -> Tenants:
        """The application's side."""
        return tenants(self.bridge)

    def lay_steps(
        self,
        steps: Sequence[tuple[Hashable, QWidget]],
        *,
        on: Callable[[], None],
        back: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        """Lay out the steps and what stands below each of them: the ways on, back and out."""
        self._pages = Leaves()
        self._places = {step: self._pages.addWidget(page) for step, page in steps}
        self._moving = Progress(self.tr("Working"))
        self._moving.show_share(0, 0)
        self._moving.hide()
        self.cancel = Button(self.tr("Cancel"), pressed=leave)
        self.back = Button(self.tr("&Back"), pressed=back)
        self.next = Button(self.tr("&Next"), "primary", pressed=on)
        self.next.setDefault(True)
        card = Card(self._pages, self._moving, row(self.cancel, None, self.back, self.next), spacing=SPACE.large)
        card.setMaximumWidth(scaled(860))
        card.body.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        self.body.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addStretch(1)
        action(self, self.tr("Cancel"), leave, "", "Esc")

    def show_step(self, step: Hashable, number: int, of: int, name: str) -> None:
        """Turn to a step, and say which of how many it is."""
        self._pages.setCurrentIndex(self._places[step])
        said = self.tr("Step %1 of %2: %3").replace("%1", str(number)).replace("%2", str(of))
        self.lead.say(said.replace("%3", name))
