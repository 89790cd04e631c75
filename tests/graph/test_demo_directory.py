"""The demonstration's directory: served as the window finds it, attacked, and brought back."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from saasbackup_desktop.app.demo import Step, finished
from saasbackup_desktop.app.demo_directory import DirectoryShow
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tour import undo_bad_day
from saasbackup_desktop.core.jobs import State
from tests.flow.stage import PASSPHRASE


async def test_a_bad_day_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.units._STEP", 0.01)
    steps: list[Step] = []
    with ExitStack() as open_things:
        show = DirectoryShow(tmp_path / "tenant", "fernwick.example", open_things)
        desk = Desk(tmp_path / "home")
        try:
            await desk.create_vault(str(tmp_path / "vault"), PASSPHRASE)
            await show.add(desk)
            first = await finished(desk, await show.back_up(desk))
            people = len(show.truth.objects("users"))
            done = show.pass_time()
            assert len(show.truth.objects("users")) == people - done["deleted"]
            second = await finished(desk, await show.back_up(desk))
            assert (first.state, second.state, second.tally.removed) == (State.DONE, State.DONE, done["deleted"])
            assert await undo_bad_day(desk, steps.append)
            assert len(show.truth.objects("users")) == people
        finally:
            await desk.close()
    told = steps[-1].counts
    assert told["writes"] == told["verified"]
    assert int(told["differences"]) >= done["deleted"] + done["locked"] + done["groups"] + done["policies"]
