"""Every page can be used without a mouse and without eyes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from saasbackup_desktop.ui.kit.theme import Appearance
from tests.ui.screenshots import SCENES
from tests.ui.stage import play, window


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        # Parts that Qt itself puts into a widget speak with that widget's voice.
        parts_of = widget.objectName().startswith("qt_") or type(widget).__name__ in ("QHeaderView", "QTabBar")
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and widget.isVisibleTo(root) and widget.isEnabled() and not parts_of:
            yield widget


def spoken(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def mnemonics(root: QWidget) -> Iterator[tuple[str, str]]:
    """Letters that do something with Alt, and what: two of a kind only move the focus from one to the other."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root) or not widget.isEnabled():
            continue
        if isinstance(widget, QAbstractButton):
            keys = widget.shortcut().toString()
        elif isinstance(widget, QLabel) and widget.buddy() is not None:
            keys = QKeySequence.mnemonic(widget.text()).toString()
        else:
            continue
        if keys:
            yield keys, f"{type(widget).__name__} “{widget.text()}”"


@dataclass
class Walk:
    """What was noticed on the way through every page and dialog."""

    seen: list[str] = field(default_factory=list)
    nameless: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)

    def look(self, name: str, root: QWidget) -> None:
        """Take note of one page."""
        self.seen.append(name)
        for widget in focusable(root):
            if not spoken(widget).strip():
                self.nameless.add(f"{name}: {type(widget).__name__} {widget.objectName()}")
        found: dict[str, list[str]] = {}
        for keys, what in mnemonics(root):
            found.setdefault(keys, []).append(what)
        self.doubled.update(f"{name}: {keys}: {', '.join(w)}" for keys, w in found.items() if len(w) > 1)


@pytest.fixture(scope="module")
def walk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Go through all of them once, for every test here."""
    walked, home = Walk(), tmp_path_factory.mktemp("homes")

    async def scene() -> None:
        for number, (make, through) in enumerate(SCENES):
            async with window(qapp, home / str(number), make, appearance=Appearance.LIGHT) as shown:
                await through(shown, walked.look)

    play(qapp, scene())
    return walked


def test_no_letter_stands_for_two_things(walk: Walk) -> None:
    assert not walk.doubled, "\n".join(sorted(walk.doubled))


def test_whatever_takes_the_focus_has_a_name(walk: Walk) -> None:
    assert len(walk.seen) > 60
    assert not walk.nameless, "\n".join(sorted(walk.nameless))
