import pytest

from saasbackup_desktop.app.flows.passwords import change_password
from saasbackup_desktop.core.errors import Misconfigured, SignInNeeded
from saasbackup_desktop.core.ids import ConnectionName
from tests.ui.fake_desk import FakeDesk


class Notebook(FakeDesk):
    """Writes down what is kept."""

    kept: str = ""

    async def change_secret(self, name: ConnectionName, secret: str) -> None:
        self.kept = secret


async def test_only_a_password_that_works_is_kept() -> None:
    desk = Notebook()
    name = (await desk.connections())[0].name
    with pytest.raises(SignInNeeded):
        await change_password(desk, name, "wrong")
    assert desk.kept == ""
    await change_password(desk, name, "right")
    assert desk.kept == "right"


async def test_connection_must_be_known() -> None:
    with pytest.raises(Misconfigured):
        await change_password(FakeDesk(), ConnectionName("nobody"), "right")
