"""Dialogs that are taller than the screen."""

from PySide6.QtWidgets import QApplication, QLabel

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet


def _sheet(lines: int) -> tuple[Sheet, Button, list[QLabel]]:
    sheet = Sheet("Many things")
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
