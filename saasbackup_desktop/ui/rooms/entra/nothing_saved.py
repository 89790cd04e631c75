"""What stands in the place of a directory of which nothing is saved yet."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.entra.views import EntraTenant
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.notices import EmptyState


class NothingSaved(EmptyState):
    """Says what a backup would be good for, and offers the next step: to back up, or to look at the job that does."""

    def __init__(
        self,
        words: str,
        back_up: Callable[[EntraTenant], object],
        leave: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            "directory",
            self.tr("Nothing is saved of this directory yet"),
            words,
            self.tr("All directories"),
            self._go_on,
            parent,
        )
        self._back_up, self._leave = back_up, leave
        self._tenant: EntraTenant | None = None
        self.next = self.findChildren(Button)[0]

    def meet(self, tenant: EntraTenant | None) -> None:
        """Learn whose directory it is, and how its backup stands."""
        self._tenant = tenant if tenant is not None and tenant.is_active else None
        label = self.tr("All directories")
        if self._tenant is not None:
            label = self.tr("Back up now") if self._tenant.job is None else self.tr("Show the job")
        self.next.setText(label)

    def _go_on(self) -> None:
        if self._tenant is None:
            self._leave()
        else:
            self._back_up(self._tenant)
