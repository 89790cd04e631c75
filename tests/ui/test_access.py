"""Every page can be used without a mouse and without eyes."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

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
