"""Above the jobs and above the downloads: the way from the one to the other."""

from collections.abc import Callable

from PySide6.QtWidgets import QTabBar, QWidget

from saasbackup_desktop.ui.places import DownloadsPlace, JobsPlace, Place


class JobTabs(QTabBar):
    """``go`` is called with the place of the other tab."""

    def __init__(self, own: int, go: Callable[[Place], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own, self._go = own, go
        self.setDrawBase(False)
        self.setAccessibleName(self.tr("Parts of the jobs"))
        self.addTab(self.tr("All jobs"))
        self.addTab(self.tr("Downloads"))
        self.setCurrentIndex(own)
        self.currentChanged.connect(self._turned)

    def _turned(self, place: int) -> None:
        if place != self._own:
            self.setCurrentIndex(self._own)  # this page's own tab, when it is seen again
            self._go(DownloadsPlace() if place else JobsPlace())
