"""Start the window: shell first, desk in the engine's thread."""

import logging
import sys
from pathlib import Path
from types import TracebackType

import qasync
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.home import default_home
from saasbackup_desktop.app.memory import share_arenas
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.interrupts import Interrupts
from saasbackup_desktop.ui.kit import resources
from saasbackup_desktop.ui.kit.collection import Collection
from saasbackup_desktop.ui.kit.tasks import mishaps
from saasbackup_desktop.ui.kit.theme import Theme
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.hosting import Hosting
from saasbackup_desktop.ui.shell.window import Window, until_ended

log = logging.getLogger(__name__)


def application(arguments: list[str]) -> QApplication:
    """Make the one application object."""
    QCoreApplication.setApplicationName("SaaS Backup Desktop")
    QCoreApplication.setOrganizationName("SaaS Backup")
    if QLocale.system().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    made = QApplication(arguments)
    made.setDesktopFileName("saasbackup-desktop")
    made.setWindowIcon(QIcon(str(resources.root() / "icons" / "mark.svg")))
    # The last window's end must not stop the loop: closing asks first and then takes the engine down.
    made.setQuitOnLastWindowClosed(False)
    translations = QTranslator(made)
    if translations.load(QLocale(), "saasbackup", "_", str(resources.root() / "i18n")):
        made.installTranslator(translations)
    sys.excepthook = _tell
    return made


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log and show what a slot let escape: Qt itself would print it where nobody looks."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.error("a slot failed", exc_info=(kind, error, trace))
    mishaps().bug.emit(error)


async def show(made: QApplication, home: Path) -> None:
    """Show the window and stay until it is closed."""
    preferences = Preferences(home / "window.ini")
    theme = Theme(made, preferences.appearance)
    collection = Collection(made)
    bridge = Bridge()
    hosting = Hosting(home)
    window = Window(bridge, theme, preferences, Homes(own=hosting.desk, hosting=hosting))
    window.show()
    interrupts = Interrupts(window.end)
    try:
        window.tasks.start(window.begin(), only="home")
        await until_ended(window, made)
    finally:
        interrupts.end()
        await bridge.leave()
        bridge.close()
        collection.end()


def main(arguments: list[str] | None = None) -> int:
    """Open the window on the home of this user; the exit code."""
    share_arenas()
    made = application(sys.argv if arguments is None else arguments)
    with qasync.QEventLoop(made) as loop:
        loop.run_until_complete(show(made, default_home()))
    return 0
