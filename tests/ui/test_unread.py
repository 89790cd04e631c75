"""The vault's leaves while it cannot be read: nothing is said that is not known."""

from pathlib import Path
from typing import Never

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from saasbackup_desktop.core import errors
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.places import VaultPlace
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from tests.ui.fake_desk import FakeDesk
from tests.ui.stage import play, settled, until, window


def _words(inside: QWidget) -> set[str]:
    return {label.text() for label in inside.findChildren(QLabel) if label.isVisible()}


@pytest.mark.parametrize(
    ("name", "asked", "claim"),
    [
        ("trash", "trash", "The trash is empty"),
        ("holds", "holds", "Nothing is on hold"),
        ("retention", "retentions", "No account has a rule of its own."),
    ],
)
def test_what_cannot_be_read_is_not_said_to_be_empty(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str, claim: str
) -> None:
    async def away(desk: FakeDesk) -> Never:
        raise errors.VaultMissing(location="/media/disk/vault")

    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            with monkeypatch.context() as broken:
                broken.setattr(FakeDesk, asked, away)
                shown.go(VaultPlace(name))
                assert isinstance(shown.page, VaultPage)
                leaf = shown.page.leaf
                assert claim not in _words(leaf)
                assert "Reading the vault…" in _words(leaf)
                await until(lambda: "This could not be read" in _words(leaf))
                assert claim not in _words(leaf)
                assert leaf.banner.isVisible()
            again = next(b for b in leaf.findChildren(Button) if b.text() == "Try again")
            again.click()
            await settled()
            assert "This could not be read" not in _words(leaf)
            assert not leaf.banner.isVisible()
            assert not again.isVisible()

    play(qapp, scene())
