"""Dialogs that are taller than the screen."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet


def _sheet(lines: int, *, scrolls: bool = False) -> tuple[Sheet, Button, list[QLabel]]:
    sheet = Sheet("Many things", scrolls=scrolls)
    labels = [QLabel(f"Line {n}") for n in range(lines)]
    sheet.fill(*labels)
    go = sheet.cancel_button()
    sheet.offer(go)
    return sheet, go, labels


def test_buttons_of_a_tall_sheet_stay_on_the_screen(qapp: QApplication) -> None:
    sheet, go, labels = _sheet(200)
    sheet.show()
    qapp.processEvents()
    assert sheet.height() <= sheet.screen().availableGeometry().height()
    assert go.mapTo(sheet, go.rect().bottomRight()).y() < sheet.height()
    assert all(label.isVisible() for label in labels)
    sheet.close()
    sheet.deleteLater()


def test_sheet_that_grows_while_it_is_open_scrolls(qapp: QApplication) -> None:
    sheet, go, labels = _sheet(200)
    for label in labels:
        label.hide()
    sheet.show()
    qapp.processEvents()
    for label in labels:
        label.show()
    sheet.adjustSize()
    qapp.processEvents()
    assert sheet.height() <= sheet.screen().availableGeometry().height()
    assert go.mapTo(sheet, go.rect().bottomRight()).y() < sheet.height()
    sheet.close()
    sheet.deleteLater()


@pytest.mark.parametrize("scrolls", [False, True])
def test_what_appears_by_itself_leaves_the_buttons_on_the_screen(qapp: QApplication, scrolls: bool) -> None:
    sheet, go, labels = _sheet(200, scrolls=scrolls)
    for label in labels[5:]:
        label.hide()
    sheet.show()
    qapp.processEvents()
    few = sheet.height()
    assert few >= go.height() + sum(label.height() for label in labels[:5])
    for label in labels:
        label.show()
    for _ in range(4):
        qapp.processEvents()
    assert few < sheet.height() <= sheet.screen().availableGeometry().height()
    assert go.mapTo(sheet, go.rect().bottomRight()).y() < sheet.height()
    sheet.close()
    sheet.deleteLater()


def test_why_a_button_cannot_be_pressed_is_said_beside_it(qapp: QApplication) -> None:
    sheet, go, _ = _sheet(1)
    sheet.explain(go, "Choose a folder.")
    sheet.show()
    assert any(label.isVisible() and label.text() == "Choose a folder." for label in sheet.findChildren(QLabel))
    assert go.accessibleDescription() == "Choose a folder."
    sheet.explain(go, "")
    assert not go.accessibleDescription()
    assert not any(label.text() == "Choose a folder." for label in sheet.findChildren(QLabel))
    sheet.close()
    sheet.deleteLater()
