"""Restore drills in the window: the badge, the question, the report, and the plan."""

import csv
import io
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.jobs import Drill
from saasbackup_desktop.core.schedule import Rhythm
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.places import AccountPlace, VaultPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.drills.badge import badge_words
from saasbackup_desktop.ui.rooms.drills.drill_sheet import DrillSheet
from saasbackup_desktop.ui.rooms.drills.report_sheet import ReportSheet, as_csv
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.vault.drills import DrillsLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW, OFFICE_STREAM, STREAM, FakeDesk
from tests.ui.stage import play, settled, until, window

L = TypeVar("L", bound=QWidget)


def on_stage(
    application: QApplication, folder: Path, scene: Callable[[Window, FakeDesk], Coroutine[Any, Any, None]]
) -> None:
    async def played() -> None:
        async with window(application, folder, FakeDesk) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            await scene(shown, desk)

    play(application, played())


async def dialog(shown: Window, kind: type[L]) -> L:
    await until(lambda: any(d.isVisible() and isinstance(d, kind) for d in shown.findChildren(QDialog)))
    found = [d for d in shown.findChildren(QDialog) if d.isVisible() and isinstance(d, kind)][-1]
    await settled(4)
    assert isinstance(found, kind)
    return found


def said(inside: QWidget) -> str:
    return "\n".join(label.text() for label in inside.findChildren(QLabel) if label.isVisibleTo(inside))


async def account(shown: Window, stream: str) -> AccountPage:
    shown.go(AccountPlace(stream))  # type: ignore[arg-type]
    page = shown.page
    assert isinstance(page, AccountPage)
    await settled()
    return page


def test_an_account_says_when_it_was_proven_and_is_proven_again(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        assert isinstance(shown.page, HomePage)
        hints = {mark.toolTip() for mark in shown.page.findChildren(StatusMark)}
        assert "Proven restorable 3 days ago" in hints
        page = await account(shown, STREAM)
        assert "Proven restorable 3 days ago" in said(page.badge)
        page.badge.report.click()
        report = await dialog(shown, ReportSheet)
        assert "50 of 50 restored items are the same, to the last byte." in said(report)
        report.accept()
        await settled()
        page.badge.prove.click()
        sheet = await dialog(shown, DrillSheet)
        sheet.items.setValue(120)
        sheet.source.setChecked(False)
        sheet.go.click()
        await settled()
        assert desk.asked[-1] == ("drill", ((STREAM,), 120, False))
        assert isinstance(shown.page, JobsPage)

        # What was not proven says so, and what is missing.
        page = await account(shown, OFFICE_STREAM)
        assert "Not complete; last proven 10 days ago" in said(page.badge)
        page.badge.report.click()
        report = await dialog(shown, ReportSheet)
        assert "The source has 3 items that the backup should hold and does not." in said(report)
        assert "Back the account up again" in report.remedy.text()
        assert report.tabs.currentIndex() == 0
        shown_rows = [report.findings.index(row, 1).data() for row in range(report.findings.rowCount())]
        assert shown_rows[0] == "INBOX/Projects/UID 812"
        assert report.earlier.rowCount() == 2
        report.reject()
        await settled()

    on_stage(qapp, tmp_path, scene)


def test_the_plan_and_the_outcomes_stand_with_the_vault(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(VaultPlace("drills"))
        page = shown.page
        assert isinstance(page, VaultPage)
        leaf = page.leaf
        assert isinstance(leaf, DrillsLeaf)
        await settled()
        outcomes = [leaf.proofs.index(row, 2).data() for row in range(leaf.proofs.rowCount())]
        assert sorted(outcomes) == ["Not complete", "Not restorable", "Proven restorable"]
        drilled = desk.drills.newest.pop(OFFICE_STREAM)
        leaf.refresh()
        await settled()
        assert leaf.proofs.index(0, 2).data() == "Not drilled yet"  # what was never proven comes first
        assert leaf.proofs.row_at(0).stream == OFFICE_STREAM
        leaf.table.go_to(0)
        assert not leaf.report.isEnabled()
        desk.drills.newest[OFFICE_STREAM] = drilled
        leaf.refresh()
        await settled()
        assert (leaf.rhythm.value(), leaf.at.value(), leaf.items.value(), leaf.days.value()) == (
            Rhythm.DAILY, 210, 50, 7,
        )  # fmt: skip
        leaf.rhythm.choose(Rhythm.WEEKLY)
        leaf.days.setValue(14)
        leaf.keep.click()
        await settled()
        kept = desk.drills.plan
        assert (kept.schedule.rhythm, kept.schedule.at, kept.days) == (Rhythm.WEEKLY, 210, 14)
        leaf.table.go_to([one.stream for one in leaf.proofs.rows].index(STREAM))
        leaf.report.click()
        report = await dialog(shown, ReportSheet)
        assert report.proof.stream == STREAM
        report.accept()
        await settled()
        leaf.all.click()
        sheet = await dialog(shown, DrillSheet)
        sheet.go.click()
        await settled()
        assert {job.spec.stream for job in await desk.jobs() if isinstance(job.spec, Drill)} >= {STREAM, OFFICE_STREAM}

    on_stage(qapp, tmp_path, scene)


async def test_a_report_goes_into_a_spreadsheet_whole(qapp: QApplication) -> None:
    [proof, *_] = await FakeDesk().drills.history(OFFICE_STREAM)
    rows = list(csv.reader(io.StringIO(as_csv(proof))))
    figures = {label: value for part, label, _, value in rows if part == "figure"}
    assert figures["Seed of the sample"] == "00000000d111"
    assert figures["Items at the source"] == "1,003,399"
    assert [row[0] for row in rows if row[0].startswith("Missing")] == ["Missing in the backup"] * 3


async def test_badges_have_words_for_every_outcome(qapp: QApplication) -> None:
    card: StreamCard = next(one for one in await FakeDesk().cards() if one.stream == STREAM)
    never = replace(card, drill="", drilled=None, proven=None)
    assert badge_words(never) == ("Not proven restorable yet", Tone.QUIET)
    unreachable = replace(card, drill="unreachable", drilled=NOW, proven=NOW - 86400)
    assert badge_words(unreachable) == ("Source not reached; last proven 1 day ago", Tone.ATTENTION)
    assert badge_words(replace(card, drill="damaged", proven=None)) == ("Not restorable", Tone.BAD)
