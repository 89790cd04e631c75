"""What is said of a repair that could not bring everything back."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLabel

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Check, State, Tally
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from tests.ui.fake_desk import DAMAGES, FakeDesk
from tests.ui.stage import play, settled, window


def test_repair_with_losses_says_what_it_did_and_what_is_lost(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            id = JobId(f"{8:012x}")
            before = desk._jobs[id]
            desk._jobs[id] = replace(before, spec=Check(repair=True), state=State.PARTIAL, tally=Tally(failed=2))
            desk._damages[id] = DAMAGES
            shown.go(JobsPlace(id))
            await settled()
            assert isinstance(shown.page, JobsPage)
            detail = shown.page.detail
            words = [label.text() for label in detail.findChildren(QLabel) if label.isVisibleTo(detail)]
            assert "Repaired, with losses" in words
            assert sum("let it be repaired" in word for word in words) == 0
            assert "Failed" not in words
            assert "Damaged files" in words
            assert detail._tabs.tabText(0) == "Lost (10)"
            assert not detail._repair.isVisibleTo(detail)

    play(qapp, scene())
