"""One application object for all tests of the window."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.ui import boot
from saasbackup_desktop.ui.kit import clock
from tests.ui.fake_desk import NOW


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application object, made as the product makes it."""
    return boot.application(["test"])


@pytest.fixture(autouse=True)
def _present() -> Iterator[None]:
    """Hold the time still."""
    clock.hold(NOW)
    yield
    clock.release()
