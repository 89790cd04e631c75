"""Things to press."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.text import set_property

_ROLES = {"primary": "on_accent", "danger": "bad", "link": "accent"}


class Button(QPushButton):
    """A button with words: ``primary``, ``plain``, ``quiet``, ``danger``, ``link`` or ``chip``."""

    def __init__(
        self,
        text: str,
        kind: str = "plain",
        picture: str = "",
        pressed: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._picture = picture
        self._kind = kind
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        if kind == "chip":
            self.setCheckable(True)
        if pressed is not None:
            self.clicked.connect(pressed)
        self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as on other systems."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def show_picture(self, name: str) -> None:
        """Wear another icon."""
        self._picture = name
        self._tint()

    def become(self, kind: str) -> None:
        """Be a button of another kind."""
        self._kind = kind
        set_property(self, "kind", kind)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon anew when the theme changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        if self._picture:
            self.setIcon(icon(self._picture, _ROLES.get(self._kind, "text")))
            self.setIconSize(QSize(18, 18))


class IconButton(QToolButton):
    """A button without words: its name is for screen readers and the tooltip."""

    def __init__(
        self, picture: str, name: str, pressed: Callable[[], object] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture = picture
        self.setProperty("kind", "quiet")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if pressed is not None:
            self.clicked.connect(pressed)
        self._tint()

    def show_picture(self, picture: str) -> None:
        """Show another icon."""
        if picture != self._picture:
            self._picture = picture
            self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon anew when the theme changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icon(self._picture, "text"))


def action(
    parent: QWidget,
    text: str,
    done: Callable[[], object],
    picture: str = "",
    keys: str | QKeySequence.StandardKey = "",
    *,
    anywhere: bool = False,
) -> QAction:
    """Make a command and give it to a widget, with its shortcut."""
    made = QAction(text, parent)
    if picture:
        made.setIcon(icon(picture, "text"))
    if keys:
        made.setShortcut(QKeySequence(keys))
        made.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut if anywhere else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
    made.triggered.connect(done)
    parent.addAction(made)
    return made


def goes_on(page: QWidget, event: QKeyEvent) -> bool:
    """Tell whether a key that no widget of a wizard's step wanted is Enter: not on a button, which it presses."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    return not isinstance(page.focusWidget(), QPushButton | QToolButton)


def menu(parent: QWidget, *entries: QAction | None) -> QMenu:
    """Make a menu; None is a line between groups. Show it with ``popup``."""
    made = QMenu(parent)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    for entry in entries:
        if entry is None:
            made.addSeparator()
        else:
            made.addAction(entry)
    return made
