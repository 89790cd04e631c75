"""The page of activity: filters and pages, the card, the audit's mark, reports, and what is saved."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.app.activity.views import ActivityQuery, Area, Break, Entry
from saasbackup_desktop.app.reports.views import Form, Kind
from saasbackup_desktop.app.words import activity as words
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Backup, Restore, State
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.places import ActivityPlace, JobsPlace, VaultPlace
from saasbackup_desktop.ui.rooms.activity import listing
from saasbackup_desktop.ui.rooms.activity.listing import AuditLeaf, ListLeaf
from saasbackup_desktop.ui.rooms.activity.page import ActivityPage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.reports import saving
from saasbackup_desktop.ui.rooms.reports.leaf import ReportsLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_activity import FINGERPRINT
from tests.ui.fake_desk import FakeDesk
from tests.ui.stage import play, settled, window

Scene = Callable[[Window, FakeDesk], Coroutine[Any, Any, None]]


def on_stage(application: QApplication, folder: Path, scene: Scene) -> None:
    async def played() -> None:
        async with window(application, folder) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            await scene(shown, desk)

    play(application, played())


async def leaf(shown: Window, name: str) -> QWidget:
    shown.go(ActivityPlace(name))
    page = shown.page
    assert isinstance(page, ActivityPage)
    await settled()
    return page.leaf


def saved_as(monkeypatch: pytest.MonkeyPatch, file: Path | None) -> list[str]:
    """Let the dialog for a new file's name be answered."""
    asked: list[str] = []

    async def picked(parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
        asked.append(name)
        return file

    monkeypatch.setattr(saving, "pick_new_file", picked)
    return asked


def test_it_is_reached_and_lists_by_the_page(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        [button] = [one for one in shown.navigation.findChildren(Button) if one.accessibleName() == "Activity"]
        assert button.shortcut().toString() == "Ctrl+5"
        button.click()
        await settled()
        assert isinstance(shown.page, ActivityPage)
        found = shown.page.leaf
        assert isinstance(found, ListLeaf)
        assert found.sheet.rowCount() == listing.PAGE
        assert found.range.text() == "1–100 of 290"
        heads = [found.sheet.headerData(n, Qt.Orientation.Horizontal) for n in range(found.sheet.columnCount())]
        assert heads == ["Activity", "Date/time", "Service", "Sub-service", "Status", "Task", "Item"]
        assert not found.before.isEnabled()
        found.after.click()
        await settled()
        assert found.range.text() == "101–200 of 290"
        found.after.click()
        await settled()
        assert found.range.text() == "201–290 of 290"
        assert not found.after.isEnabled()

    on_stage(qapp, tmp_path, scene)


def test_filters_and_words_narrow_it(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        found = await leaf(shown, "system")
        assert isinstance(found, ListLeaf)
        found.kinds.choose("restore")
        found.kinds.picked.emit("restore")
        await settled()
        assert {entry.code for entry in found.sheet.rows} == {"restore"}
        assert found.kinds.value() == "restore", "the choice stays when the list is asked for again"
        found.statuses.choose("failed")
        found.statuses.picked.emit("failed")
        await settled()
        assert {entry.status for entry in found.sheet.rows} <= {"failed"}
        found.words.setText("nobody knows")
        QTest.keyClick(found.words, Qt.Key.Key_Return)
        await settled()
        assert not found.table.isVisible()
        assert not found.save.isEnabled()
        found._everything()
        await settled()
        assert found.table.isVisible()
        assert found.query() == ActivityQuery(limit=listing.PAGE)

    on_stage(qapp, tmp_path, scene)


def test_the_card_tells_more_and_leads_to_the_job(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        found = await leaf(shown, "system")
        assert isinstance(found, ListLeaf)
        entry = found.card.entry
        assert entry is not None
        assert entry.id.startswith("job:")
        names = {one.accessibleName() for one in found.card.findChildren(QWidget)}
        assert "Duration: 40 s" in names
        assert "Size: 3.8 MiB" in names
        places: list[object] = []
        found.wants.connect(places.append)
        found.job.click()
        await settled()
        assert places == [JobsPlace(JobId(str(entry.facts["job"])))]

    on_stage(qapp, tmp_path, scene)


def test_the_audit_is_verified_and_says_where_it_is_broken(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        found = await leaf(shown, "security")
        assert isinstance(found, AuditLeaf)
        assert found.area is Area.SECURITY
        assert not any(entry.id.startswith("job:") for entry in found.sheet.rows)
        assert found.mark.accessibleName() == "Verified unbroken"
        assert found.lead.text().startswith("60 entries since")
        desk.activity.breaks = (Break(code="missing", number=7, count=3),)
        found.verify.click()
        await settled()
        assert found.mark.accessibleName() == "Broken"
        assert "missing from number 7 on: 3" in found.banner.accessibleDescription()

    on_stage(qapp, tmp_path, scene)


def test_what_fits_is_saved_whole(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = saved_as(monkeypatch, tmp_path / "audit.csv")

    async def scene(shown: Window, desk: FakeDesk) -> None:
        found = await leaf(shown, "security")
        assert isinstance(found, AuditLeaf)
        found.kinds.choose("hold-placed")
        found._again()
        await settled()
        found.save.click()
        await settled()
        assert asked == ["activity-security.pdf"]
        [(query, form, file)] = [what for name, what in desk.asked if name == "activity.save"]  # type: ignore[misc]
        assert (form, file) == (Form.CSV, tmp_path / "audit.csv")
        assert query == replace(found.query(), offset=0)
        assert query.codes == ("hold-placed",)
        assert "audit.csv" in found.banner.accessibleName()

    on_stage(qapp, tmp_path, scene)


def test_reports_are_looked_at_and_saved(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = saved_as(monkeypatch, tmp_path / "march")

    async def scene(shown: Window, desk: FakeDesk) -> None:
        found = await leaf(shown, "reports")
        assert isinstance(found, ReportsLeaf)
        assert found.report is not None
        assert [found.tables.itemText(n) for n in range(found.tables.count())] == ["Tasks", "Accounts"]
        found.tables.choose("accounts")
        found.tables.picked.emit("accounts")
        model = found.table.model()
        assert model.rowCount() == 3
        assert model.index(0, 7 - 1).data() == "23.2 GiB"
        found.kinds.choose(Kind.USAGE)
        found.kinds.picked.emit(Kind.USAGE)
        await settled()
        assert not found.span.isEnabled()
        assert not found.tables.isVisible()
        found.save.click()
        await settled()
        assert asked == ["usage.pdf"]
        assert desk.asked[-1] == ("reports.save", (Kind.USAGE, Form.PDF, tmp_path / "march.pdf"))
        assert "sealed" in found.banner.accessibleDescription()
        found.kinds.choose(Kind.FAILURES)
        found.kinds.picked.emit(Kind.FAILURES)
        await settled()
        assert not found.table.isVisible(), "there is nothing to list"

    on_stage(qapp, tmp_path, scene)


def test_a_restore_is_confirmed_from_its_job(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [None, tmp_path / "proof.json"]

    async def picked(parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
        return files.pop(0)

    monkeypatch.setattr(saving, "pick_new_file", picked)

    async def scene(shown: Window, desk: FakeDesk) -> None:
        jobs = await shown.bridge.call(desk.jobs())
        restore = next(job for job in jobs if isinstance(job.spec, Restore))
        desk._jobs[restore.id] = replace(restore, state=State.DONE, finished=restore.created + 60)
        backup = next(job for job in jobs if isinstance(job.spec, Backup) and job.state.is_over)
        shown.go(JobsPlace(backup.id))
        await settled()
        assert isinstance(shown.page, JobsPage)
        button = shown.page.detail._confirm
        assert not button.isVisible(), "only what came back is confirmed"
        shown.go(JobsPlace(restore.id))
        await settled()
        assert button.isVisible()
        button.click()
        await settled()
        assert "reports.save" not in [name for name, _ in desk.asked], "the dialog was left"
        button.click()
        await settled()
        assert desk.asked[-1] == ("reports.save", (Kind.RESTORE, Form.JSON, tmp_path / "proof.json"))
        assert "proof.json" in shown.page.detail.notice.accessibleName()

    on_stage(qapp, tmp_path, scene)


def test_the_vault_shows_the_seals_fingerprint(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(VaultPlace("overview"))
        await settled()
        assert isinstance(shown.page, VaultPage)
        marks = shown.page.leaf.marks.marks  # type: ignore[attr-defined]
        assert FINGERPRINT in [mark.words.replace(" ", "") for mark in marks]

    on_stage(qapp, tmp_path, scene)


def test_it_fits_a_narrow_window(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        for name in ("system", "security", "reports"):
            shown.resize(1080, 640)
            found = await leaf(shown, name)
            assert shown.minimumSizeHint().width() <= 1080, name
            assert found.minimumSizeHint().height() <= 640, name

    on_stage(qapp, tmp_path, scene)


@pytest.mark.parametrize(
    ("who", "roughly", "exactly"),
    [("dana@laptop", "Person", "dana@laptop"), ("person", "Person", "Person"), ("schedule", "Schedule", "Schedule")],
)
def test_a_person_has_a_name_in_the_audit_only(who: str, roughly: str, exactly: str) -> None:
    entry = Entry(id="1", time=0, code="task-paused", who=who)
    assert words.who(entry, is_exact=False) == roughly
    assert words.who(entry) == exactly
