"""The keyboard's ways: where the tab key stops, what is named there, and what Enter does."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.ui.kit.forms import Count, Field, TimeOfDay
from saasbackup_desktop.ui.kit.layout import in_reading_order
from saasbackup_desktop.ui.places import AddAccount
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.home import HomePage
from tests.ui.stage import play, settled, window


def test_the_tab_key_goes_through_home_as_the_eye_reads(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            home = shown.page
            assert isinstance(home, HomePage)
            read = [one for one in in_reading_order(home.inside) if one.isVisible()]
            stops = [read[0]]
            for _ in read[1:]:
                following = stops[-1].nextInFocusChain()
                while following is not None and following not in read:
                    following = following.nextInFocusChain()
                assert following is not None
                stops.append(following)
            assert stops == read
            assert len(read) > 10
            card = next(iter(home._cards.values()))
            assert any(card.isAncestorOf(one) for one in read)

    play(qapp, scene())


def test_a_field_of_a_number_is_named_where_the_focus_is(qapp: QApplication) -> None:
    for field in (Count(1, 9, 3), TimeOfDay(60)):
        whole = Field("&How many", field)
        assert whole.inside is field
        assert field.lineEdit().accessibleName() == "How many"


def test_enter_goes_on_from_every_field_of_a_wizard_and_not_from_its_buttons(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(AddAccount())
            page = shown.page
            assert isinstance(page, AddAccountPage)
            await settled()
            pressed: list[bool] = []
            page._next.clicked.disconnect()
            page._next.clicked.connect(lambda: pressed.append(True))
            page._next.setEnabled(True)
            page.host.setFocus()
            QTest.keyClick(page.host, Qt.Key.Key_Return)
            assert pressed == [True]
            page._back.setFocus()
            QTest.keyClick(page._back, Qt.Key.Key_Return)
            assert pressed == [True]

    play(qapp, scene())
