"""Names that are too long, or that would turn the order of letters around."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import VaultPlace
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from tests.ui.fake_desk import FakeDesk
from tests.ui.stage import play, settled, window

LONG = "k" * 400
TURNED = "\u202eevil"


def _inside(widget: QWidget, of: QWidget) -> bool:
    return of.rect().contains(widget.mapTo(of, widget.rect().bottomRight()))


def test_long_key_name_leaves_the_buttons_in_the_window(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.resize(1080, 640)
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            shown.go(VaultPlace("keys"))
            await settled()
            assert isinstance(shown.page, VaultPage)
            leaf = shown.page.leaf
            assert isinstance(leaf, KeysLeaf)
            info = await desk.vault_info()
            leaf._show(replace(info, slots=(replace(info.slots[0], label=LONG), *info.slots[1:])))
            await settled()
            rename = next(b for b in leaf.findChildren(Button) if b.accessibleName() == f"Rename {LONG}")
            right = rename.mapTo(shown, rename.rect().topRight()).x()
            assert right < shown.width()
            name = next(n for n in leaf.findChildren(ElidedText) if n.whole == LONG)
            assert name.toolTip() == LONG
            assert name.accessibleName() == LONG
            short = next(n for n in leaf.findChildren(ElidedText) if n.whole and n.whole != LONG)
            assert short.text() == short.whole

    play(qapp, scene())


def test_title_of_a_sheet_gives_way(qapp: QApplication) -> None:
    sheet = Sheet(f"Release the hold “{LONG}”?", parent=None)
    go = sheet.cancel_button()
    sheet.offer(go)
    sheet.show()
    qapp.processEvents()
    assert sheet.width() < 800
    assert _inside(go, sheet)
    assert LONG in sheet.title.toolTip()
    sheet.close()
    sheet.deleteLater()


def test_short_title_of_a_sheet_is_whole(qapp: QApplication) -> None:
    sheet = Sheet("Remove the key “Front desk”?")
    sheet.show()
    qapp.processEvents()
    assert sheet.title.text() == "Remove the key “Front desk”?"
    sheet.close()
    sheet.deleteLater()


def test_letters_stay_in_their_order(qapp: QApplication) -> None:
    rows: RowSheet[str] = RowSheet((Field("Name", str),))
    rows.show((TURNED,))
    shown = [
        Text(TURNED).text(),
        ElidedText(TURNED, snug=True).whole,
        str(rows.index(0, 0).data()),
    ]
    changed = Text()
    changed.setText(TURNED)
    shown.append(changed.text())
    assert shown == ["\N{REPLACEMENT CHARACTER}evil"] * 4
