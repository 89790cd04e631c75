"""Signing in with a code: somebody opens a page, in any browser, and types it there."""

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import SignInPrompt, TenantSettings
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_SECOND = 1000
_GROUP = 9


class DeviceCode(QWidget):
    """``signed_in`` carries the sign-in's id and who it is; ``ended`` fires when it came to nothing."""

    signed_in = Signal(str, object)
    ended = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.tasks = Tasks(self, self._failed)
        self._prompt: SignInPrompt | None = None
        self._asked: tuple[TenantSettings, str] | None = None
        self.mark = StatusMark()
        self.words = Text("", "muted", wrap=True)
        self.code = Text("", "code")
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.address = Text("", "strong")
        self.left = Text("", "caption")
        self.moving = Progress(self.tr("Waiting until the code was typed"))
        self.moving.show_share(0, 0)
        self.open = Button(self.tr("&Open the page"), "primary", "open", self._open)
        self.copy = Button(self.tr("Co&py the code"), picture="copy", pressed=self._copy)
        self.cancel = Button(self.tr("Cancel the s&ign-in"), pressed=self.stop)
        self.again = Button(self.tr("&Get another code"), picture="retry", pressed=self._begin_again)
        self._waiting = QWidget()
        self._waiting.setLayout(
            column(
                row(column(Text(self.tr("Open this page"), "caption"), self.address, spacing=2), None),
                row(column(Text(self.tr("and type this code"), "caption"), self.code, spacing=2), None),
                row(self.open, self.copy, self.cancel, None),
                self.moving,
                self.left,
                spacing=SPACE.medium,
            )
        )
        self.setLayout(column(self.mark, self.words, self._waiting, row(self.again, None), spacing=SPACE.medium))
        self._tick = QTimer(self)
        self._tick.setInterval(_SECOND)
        self._tick.timeout.connect(self._count_down)
        self._stand(None)

    def begin(self, settings: TenantSettings, purpose: str) -> None:
        """Ask for a code and wait until somebody typed it."""
        self.stop()
        self._asked = (settings, purpose)
        self.mark.become(self.tr("Asking Microsoft for a code…"), Tone.BUSY)
        self.words.setText("")
        self.again.hide()
        self.tasks.start(self._work(settings, purpose), only="sign-in")

    def stop(self) -> None:
        """Take the code back."""
        was = self._prompt
        self.tasks.drop("sign-in")
        self._stand(None)
        if was is not None:
            self.mark.become(self.tr("Sign-in cancelled"), Tone.QUIET)
            self.again.show()
            self.tasks.start(self._take_back(was.id))
            self.ended.emit()

    def done(self, who: str) -> None:
        """Say who signed in."""
        self._stand(None)
        self.again.hide()
        self.mark.become(self.tr("Signed in as %1").replace("%1", who), Tone.GOOD)
        self.words.setText("")

    async def _work(self, settings: TenantSettings, purpose: str) -> None:
        prompt = await self.bridge.call(tenants(self.bridge).begin_sign_in(settings, purpose))
        self._stand(prompt)
        self.mark.become(self.tr("Waiting for somebody to sign in"), Tone.BUSY)
        self.words.setText(
            self.tr("In any browser, also on another computer or a phone. The program goes on by itself afterwards.")
        )
        self.open.setFocus()
        found = await self.bridge.call(tenants(self.bridge).finish_sign_in(prompt.id))
        self._prompt = None  # used up: nothing is taken back any more
        self.done(found.who)
        self.signed_in.emit(prompt.id, found)

    async def _take_back(self, id: str) -> None:
        await self.bridge.call(tenants(self.bridge).cancel_sign_in(id))

    def _failed(self, fault: Fault) -> None:
        self._stand(None)
        said = words_for(fault.code, fault.facts)
        self.mark.become(said.title, Tone.BAD)
        self.words.setText(f"{said.what} {said.remedy}".strip())
        self.again.show()
        self.again.setFocus()
        self.ended.emit()

    def _begin_again(self) -> None:
        if self._asked is not None:
            self.begin(*self._asked)

    def _stand(self, prompt: SignInPrompt | None) -> None:
        self._prompt = prompt
        self._waiting.setVisible(prompt is not None)
        self.again.hide()
        if prompt is None:
            self._tick.stop()
            return
        self.address.setText(prompt.address)
        self.code.setText(_spaced(prompt.code))
        self.code.setAccessibleName(self.tr("Code: %1").replace("%1", " ".join(prompt.code)))
        self._count_down()
        self._tick.start()

    def _count_down(self) -> None:
        if self._prompt is not None:
            left = max(0, self._prompt.expires - clock.now())
            self.left.setText(self.tr("The code is valid for %1.").replace("%1", f"{left // 60}:{left % 60:02d}"))

    def _open(self) -> None:
        if self._prompt is not None:
            self._copy()
            QDesktopServices.openUrl(QUrl(self._prompt.address))

    def _copy(self) -> None:
        if self._prompt is not None:
            QGuiApplication.clipboard().setText(self._prompt.code)
            self.copy.setText(self.tr("Co&pied"))
            QTimer.singleShot(2 * _SECOND, self, lambda: self.copy.setText(self.tr("Co&py the code")))


def _spaced(code: str) -> str:
    """Set it in groups of three, as it is read aloud."""
    if len(code) != _GROUP:
        return code
    return " ".join(code[at : at + 3] for at in range(0, _GROUP, 3))
