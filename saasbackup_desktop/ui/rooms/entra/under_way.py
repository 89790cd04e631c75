"""How far a comparison is."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.entra.views import Comparison
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.text import ElidedText
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE


class UnderWay(QWidget):
    """Words and a bar, as long as it is not done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._far = ElidedText("", "muted")
        self._progress = Progress(self.tr("Reading the directory"))
        self.setLayout(column(self._far, self._progress, spacing=SPACE.hair))
        self.hide()

    def tell(self, found: Comparison) -> None:
        """Say how many kinds are read."""
        self.setVisible(not found.is_done)
        if not found.is_done:
            self._progress.show_share(found.kinds_read, found.kinds_total)
            words = self.tr("Reading. What is found is shown as it comes.")
            if found.kinds_total:
                words = self.tr("Reading: %1 of %2 kinds. What is found is shown as it comes.")
            self._far.say(words.replace("%1", str(found.kinds_read)).replace("%2", str(found.kinds_total)))
