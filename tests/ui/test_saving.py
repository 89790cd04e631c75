"""Names for new files: what is asked about is what is written."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from saasbackup_desktop.app.reports.views import Form
from saasbackup_desktop.ui.kit.sheets import new_file_dialog
from saasbackup_desktop.ui.rooms.reports import saving


def test_the_dialog_asks_about_the_name_with_its_ending(qapp: QApplication, tmp_path: Path) -> None:
    parent = QWidget()
    dialog = new_file_dialog(parent, "Save", "summary.pdf", "PDF (*.pdf);;CSV (*.csv)")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("report")
    assert dialog.selectedFiles() == [str(tmp_path / "report.pdf")]
    dialog.filterSelected.emit("CSV (*.csv)")
    assert dialog.selectedFiles() == [str(tmp_path / "report.csv")]
    parent.deleteLater()


@pytest.mark.parametrize("replaced", [False, True])
async def test_an_ending_that_is_added_afterwards_is_asked_about(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    (tmp_path / "report.2026.pdf").write_bytes(b"before")

    async def picked(*_: object) -> Path:
        return tmp_path / "report.2026"

    async def answered(*_: object, **__: object) -> bool:
        return replaced

    monkeypatch.setattr(saving, "pick_new_file", picked)
    monkeypatch.setattr(saving, "confirm", answered)
    parent = QWidget()
    found = await saving.pick_form(parent, "Save", "summary")
    assert found == ((tmp_path / "report.2026.pdf", Form.PDF) if replaced else None)
    parent.deleteLater()
