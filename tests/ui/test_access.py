"""Every page can be used without a mouse and without eyes."""

from collections.abc import Iterator
from pathlib import Path

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


def test_no_letter_stands_for_two_things(qapp: QApplication, tmp_path: Path) -> None:
    doubled: set[str] = set()

    async def scene() -> None:
        for number, (make, walk) in enumerate(SCENES):
            async with window(qapp, tmp_path / str(number), make, appearance=Appearance.LIGHT) as shown:

                def look(name: str, root: QWidget) -> None:
                    found: dict[str, list[str]] = {}
                    for keys, what in mnemonics(root):
                        found.setdefault(keys, []).append(what)
                    doubled.update(f"{name}: {keys}: {', '.join(w)}" for keys, w in found.items() if len(w) > 1)

                await walk(shown, look)

    play(qapp, scene())
    assert not doubled, "\n".join(sorted(doubled))


def test_whatever_takes_the_focus_has_a_name(qapp: QApplication, tmp_path: Path) -> None:
    nameless: set[str] = set()
    seen: list[str] = []

    async def scene() -> None:
        for number, (make, walk) in enumerate(SCENES):
            home = tmp_path / str(number)
            async with window(qapp, home, make, appearance=Appearance.LIGHT) as shown:

                def look(name: str, root: QWidget) -> None:
                    seen.append(name)
                    for widget in focusable(root):
                        if not spoken(widget).strip():
                            nameless.add(f"{name}: {type(widget).__name__} {widget.objectName()}")

                await walk(shown, look)

    play(qapp, scene())
    assert len(seen) > 25
    assert not nameless, "\n".join(sorted(nameless))
