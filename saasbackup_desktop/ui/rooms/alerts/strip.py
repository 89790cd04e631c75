"""The strip that tells of an unusual change, and the question that is asked before it is taken for settled."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from saasbackup_desktop.app.alerts.views import Alert
from saasbackup_desktop.app.words.alerts import alert_text, alert_title, holding_words
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import AlertsPlace, ComparePlace, Place, RecoveryPlace


class AlertStrip(QWidget):
    """Shows the newest open alert; ``wants`` leads to what it names, ``settled`` fires when somebody has looked."""

    wants = Signal(object)
    settled = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.banner = Banner()
        self._tasks = Tasks(self, self.banner.fault)
        self._told: tuple[Alert, ...] = ()
        self.setLayout(column(self.banner, spacing=0))
        self.hide()

    def show_alerts(self, found: Sequence[Alert], *, leads_on: bool = True) -> None:
        """Tell of the newest; ``leads_on``: there is a way from here to all of them."""
        self.setVisible(bool(found))
        if tuple(found) == self._told:
            return  # said once is enough for a screen reader
        self._told = tuple(found)
        if not found:
            return
        alert = found[0]
        several = [(self.tr("Loo&k"), lambda: self.wants.emit(look_place(alert)))]
        if (good := good_place(alert)) is not None:
            several.append((self.tr("Restore &from there"), lambda: self.wants.emit(good)))
        several.append((self.tr("It &was expected…"), lambda: self._tasks.start(self._settle(alert))))
        if leads_on:
            more = self.tr("All alerts (%1 open)").replace("%1", text.number(len(found)))
            several.append((more, lambda: self.wants.emit(AlertsPlace())))
        words = f"{alert_text(alert, text.moment)} {holding_words(alert)}"
        self.banner.say(Tone.ATTENTION, alert_title(alert), words, closable=False, several=several)

    async def _settle(self, alert: Alert) -> None:
        if await settle(self._bridge, alert, self):
            self.settled.emit()


def look_place(alert: Alert) -> Place:
    """Where it can be seen what happened: both points in time side by side, or the one that shows it."""
    if alert.last_good is not None:
        return ComparePlace(alert.stream, alert.last_good.id, alert.snapshot)
    return RecoveryPlace(alert.stream, alert.snapshot)


def good_place(alert: Alert) -> Place | None:
    """Where it can be restored from."""
    return RecoveryPlace(alert.stream, alert.last_good.id) if alert.last_good is not None else None


class SettleSheet(Sheet):
    """Was it expected?"""

    def __init__(self, alert: Alert, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Was this expected?"), alert_title(alert), parent)
        self.is_expected = True
        self.note = QLineEdit()
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setPlaceholderText(self.tr("For example: tidied up before the move"))
        caption = Text(self.tr("Note"), "strong")
        caption.setBuddy(self.note)
        meaning = self.tr(
            "Once you have said so, the rules decide again what is kept of this account: the last good point in time "
            "goes when its time has come. If it was expected, as much again will not be told of soon."
        )
        words = column(Text(alert_text(alert, text.moment), wrap=True), Text(meaning, "muted", wrap=True))
        self.fill(words, column(caption, self.note, spacing=SPACE.hair), None)
        self.no = Button(self.tr("It was not, but it is taken care of"), pressed=lambda: self._close(False))
        self.yes = Button(self.tr("It was expected"), "primary", pressed=lambda: self._close(True))
        self.offer(self.cancel_button(), self.no, self.yes)

    def _close(self, is_expected: bool) -> None:
        self.is_expected = is_expected
        self.accept()


async def settle(bridge: Bridge, alert: Alert, parent: QWidget) -> bool:
    """Ask, and write down the answer; tells whether there was one. Raises Fault."""
    sheet = SettleSheet(alert, parent.window())
    if not await sheet.answer():
        return False
    note, is_expected = sheet.note.text().strip(), sheet.is_expected
    await bridge.call(bridge.desk.alerts.acknowledge(alert.id, note, is_expected=is_expected))
    return True
