"""Download dialogs when something changes, fails or is pressed again in the middle of it."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.app.exports.views import ExportEstimate, ExportRequest, Reach
from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import in_reading_order
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.rooms.exports.download import DownloadSheet, SeveralSheet
from saasbackup_desktop.ui.rooms.exports.what_of_several import KindLine, WhatOfSeveral
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_exports import FakeExports
from tests.ui.fake_items import PERSON, ItemsDesk
from tests.ui.stage import play, settled, until, window


def _seen(application: QApplication, folder: Path, scene: Callable[[Window, FakeExports], Awaitable[None]]) -> None:
    async def work() -> None:
        async with window(application, folder, ItemsDesk) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            await scene(shown, desk.exports)

    play(application, work())


async def _open(sheet: Sheet) -> "asyncio.Future[bool]":
    answer = asyncio.ensure_future(sheet.answer())
    await settled()
    return answer


async def _several(shown: Window) -> SeveralSheet:
    cards = await shown.bridge.call(shown.bridge.desk.cards())
    return SeveralSheet(shown.bridge, tuple(dict.fromkeys(card.account.id for card in cards)), shown)


async def _one(shown: Window) -> DownloadSheet:
    cards = await shown.bridge.call(shown.bridge.desk.cards())
    return DownloadSheet(shown.bridge, [card for card in cards if card.account.id == PERSON.account.id], shown)


def _slow(exports: FakeExports, name: str, monkeypatch: pytest.MonkeyPatch) -> "list[Future[None]]":
    """Let a question wait until its future has come; each time it is asked there is one more."""
    asked: list[Future[None]] = []
    quick = getattr(exports, name)

    async def slow(*given: Any) -> Any:
        asked.append(Future())
        await asyncio.wrap_future(asked[-1])
        return await quick(*given)

    monkeypatch.setattr(exports, name, slow)
    return asked


def test_what_is_changed_while_it_adds_up_is_added_up_anew(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(shown: Window, exports: FakeExports) -> None:
        asked = _slow(exports, "estimate", monkeypatch)
        sheet = await _one(shown)
        answer = await _open(sheet)
        sheet._on.click()
        sheet.where.folder.line.setText("/old")
        sheet._next.click()
        await until(lambda: len(asked) == 1)
        assert not sheet._next.isEnabled()
        sheet.where.folder.line.setText("/new")
        await until(sheet._next.isEnabled)
        await settled(4)
        assert "Adding" not in sheet._next.text()
        sheet._next.click()
        await until(lambda: len(asked) == 2)
        asked[1].set_result(None)
        await until(sheet._start.isVisible)
        assert sheet.estimate._where.whole == "To /new"
        sheet._start.click()
        assert await answer
        assert exports.listed[0].job == sheet.job
        assert [what[0].to for said, what in exports._asked if said == "export"] == ["/new"]  # type: ignore[index]

    _seen(qapp, tmp_path, scene)


async def _second_press(shown: Window, exports: FakeExports, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second press makes no second download."""
    added, started = _slow(exports, "estimate", monkeypatch), _slow(exports, "start", monkeypatch)
    sheet = await _several(shown)
    answer = await _open(sheet)
    sheet._on.click()
    sheet.where.folder.line.setText("/there")
    sheet._next.click()
    await until(lambda: len(added) == 1)
    sheet._start.click()
    await until(lambda: len(started) == 1)
    added[0].cancel()
    await settled(4)
    assert not sheet._start.isEnabled()
    assert not sheet._back.isEnabled()
    sheet._go()
    started[0].set_result(None)
    assert await answer
    assert len(started) == 1


async def _faults(shown: Window, exports: FakeExports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding up ends with its fault."""

    async def lost(*_: object) -> ExportEstimate:
        raise Unreachable("away", host="files.example")

    async def full(request: ExportRequest, password: str | None = None) -> JobId:
        raise Unreachable("away", host="files.example")

    sheet = await _several(shown)
    answer = await _open(sheet)
    sheet._on.click()
    sheet.where.folder.line.setText("/there")
    with monkeypatch.context() as away:
        away.setattr(exports, "estimate", lost)
        sheet._next.click()
        await until(sheet.banner.isVisible)
    assert not sheet.estimate.isVisible()
    assert (sheet.where.isVisible(), sheet._start.isVisible()) == (True, False)
    assert sheet._next.isEnabled()
    with monkeypatch.context() as away:  # the same while it still adds up, and the start fails
        asked = _slow(exports, "estimate", away)
        away.setattr(exports, "start", full)
        sheet._next.click()
        await until(lambda: len(asked) == 1)
        sheet._start.click()
        await until(sheet.banner.isVisible)
    assert (sheet.where.isVisible(), sheet._back.isEnabled()) == (True, True)
    sheet._next.click()
    await until(sheet.estimate.table.isVisible)
    assert sheet._start.isEnabled()
    sheet.reject()
    await answer


async def _asked_again(shown: Window, exports: FakeExports, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed can be asked again."""

    async def lost(accounts: object, as_of: int | None = None) -> Reach:
        raise Unreachable("away", host="files.example")

    with monkeypatch.context() as away:
        away.setattr(exports, "reach", lost)
        sheet = await _several(shown)
        answer = await _open(sheet)
        await until(sheet.banner.isVisible)
    assert not sheet.what._looking.isVisible()
    assert not sheet._on.isEnabled()
    reach = exports.reach

    async def without(accounts: tuple[AccountId, ...], as_of: int | None = None) -> Reach:
        return replace(await reach(accounts, as_of), without=(PERSON.account,))

    monkeypatch.setattr(exports, "reach", without)
    again = next(one for one in sheet.banner.findChildren(Button) if "Try again" in one.text().replace("&", ""))
    again.click()
    await until(sheet._on.isEnabled)
    assert not sheet.banner.isVisible()
    assert sheet.what.without.accessibleName() == "Nothing has been saved of 1 account yet"
    sheet.what.when.dated.click()
    await until(sheet._on.isEnabled)
    assert sheet.what.without.accessibleName() == "Nothing had been saved of 1 account by then"
    sheet.reject()
    await answer


async def _newest_moment(shown: Window, exports: FakeExports, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest moment is what counts."""
    moments: list[int | None] = []
    reach = exports.reach
    first: Future[None] = Future()

    async def slow(accounts: tuple[AccountId, ...], as_of: int | None = None) -> Reach:
        moments.append(as_of)
        if as_of is None:
            await asyncio.wrap_future(first)
        return await reach(accounts, as_of)

    monkeypatch.setattr(exports, "reach", slow)
    sheet = await _several(shown)
    answer = await _open(sheet)
    await until(lambda: len(moments) == 1)
    sheet.what.when.dated.click()
    await until(sheet._on.isEnabled)
    first.cancel()
    await settled(4)
    assert sheet.what.reach is not None
    assert sheet.what.reach.without
    sheet.reject()
    await answer


async def _one_after_the_other(shown: Window, exports: FakeExports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services appear one by one; cut short, the next look adds the others, and none twice."""
    moments: list[int] = []
    add = WhatOfSeveral._add

    def cut(what: WhatOfSeveral, line: KindLine) -> None:
        add(what, line)
        moments.append(len(what.lines))
        if len(moments) == 2:
            what.when.dated.click()

    with monkeypatch.context() as slow:
        slow.setattr(WhatOfSeveral, "_add", cut)
        sheet = await _several(shown)
        answer = await _open(sheet)
        await until(sheet._on.isEnabled)
    offered = [one.service for one in (await exports.reach(())).services]
    assert [line.service for line in sheet.what.lines] == offered
    assert moments == [1, 2, 3, 4, 5]
    assert sheet.what.formats == {Format.PST}
    # The tab key goes on as the eye does, and every choice says what it is of.
    order = in_reading_order(sheet)
    following: list[QWidget] = []
    stop = order[0]
    for _ in range(400):
        if stop in order:
            following.append(stop)
        stop = stop.nextInFocusChain()
        if stop is order[0]:
            break
    assert following == order
    assert sheet.what.lines[0].format.accessibleDescription() == "Mail becomes"
    # Who cannot go on is told why.
    assert not sheet._on.accessibleDescription()
    for line in sheet.what.lines:
        line.box.click()
    assert sheet._on.accessibleDescription() == "Tick what is to be taken."
    sheet.what.lines[0].box.click()
    assert not sheet._on.accessibleDescription()
    sheet._on.click()
    sheet.where._packings.button(1).click()
    for folder, password, again, why in (
        ("", "", "", "Choose a folder."),
        ("some/where", "", "", "Give the whole path of a folder."),
        ("/there", "abc", "abc", "The password needs 8 characters at least."),
        ("/there", "abcdefgh", "", "Repeat the password."),
        ("/there", "abcdefgh", "abcdefgh", ""),
    ):
        sheet.where.lock.setChecked(True)
        sheet.where.folder.line.setText(folder)
        sheet.where.password.first.setText(password)
        sheet.where.password.second.setText(again)
        assert (sheet._next.isEnabled(), sheet._next.accessibleDescription()) == (not why, why)
    sheet.reject()
    await answer


def test_several_accounts_hold_out(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one window: making one takes longer than any of these."""

    async def scene(shown: Window, exports: FakeExports) -> None:
        for part in (_second_press, _faults, _asked_again, _newest_moment, _one_after_the_other):
            with monkeypatch.context() as own:
                await part(shown, exports, own)

    _seen(qapp, tmp_path, scene)
