"""What stands in the place of the list when nothing is in it."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.notices import EmptyState


class NothingDiffers(EmptyState):
    """Says why there is nothing, and leads further back if that may help."""

    def __init__(self, further_back: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(
            "check", self.tr("No difference"), "", self.tr("Compare an earlier point in time"), further_back, parent
        )
        self._further = self.findChildren(Button)[0]

    def say_same(self, *, has_earlier: bool) -> None:
        """Both moments are the same."""
        words = self.tr("The directory is at both moments the same in all that was read.")
        if has_earlier:
            words += " " + self.tr("What changed before that is seen from an earlier point in time.")
        self.say(self.tr("No difference"), words)
        self._further.setVisible(has_earlier)
