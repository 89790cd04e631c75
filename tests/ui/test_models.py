"""The lists and the tree keep Qt's rules, with a million rows, too."""

from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app import views
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.columns import Column
from saasbackup_desktop.ui.models.found import FoundMail
from saasbackup_desktop.ui.models.paged import KEPT, PAGE, PagedMail
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.models.tree import FolderTree, arrange
from tests.ui.fake_desk import MILLION, STREAM, FakeDesk
from tests.ui.stage import play, settled

AT = SnapshotId("20261121T000000Z-00000000")


def rules(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


class Shelf:
    """A paged list over a fake desk, counting what it asks for."""

    def __init__(self) -> None:
        self.desk, self.basket, self.asked = FakeDesk(), Basket(), 0
        self._work: list[Coroutine[Any, Any, object]] = []
        self.model = PagedMail(self._rows, self._work.append, self.basket)

    async def _rows(self, ids: Sequence[RowId]) -> Sequence[views.ItemRow]:
        self.asked += 1
        return await self.desk.rows(ids)

    async def ids(self, folder: str) -> Any:
        return await self.desk.row_ids(STREAM, AT, NodeId(folder), views.Order.TIME, True)

    async def close(self) -> None:
        await settled(3)
        for work in self._work:
            work.close()
        self.model.deleteLater()

    async def deliver(self) -> None:
        await settled(3)
        while self._work:
            await self._work.pop()


def test_million_rows_come_by_the_page(qapp: QApplication) -> None:
    async def scene() -> None:
        shelf = Shelf()
        model = shelf.model
        model.show(await shelf.ids("archive"))
        assert model.rowCount() == MILLION
        await shelf.deliver()
        before = shelf.asked
        for place in range(0, MILLION, MILLION // 200):
            assert model.index(place, Column.SUBJECT).data() == "…"
            await shelf.deliver()
            assert model.index(place, Column.SUBJECT).data() != "…"
        assert shelf.asked - before <= 200
        assert len(model._pages) <= KEPT
        await shelf.close()

    play(qapp, scene())


def test_late_page_of_another_list_is_dropped(qapp: QApplication) -> None:
    async def scene() -> None:
        shelf = Shelf()
        shelf.model.show(await shelf.ids("archive"))
        shelf.model.index(500, Column.SUBJECT).data()
        await settled(3)
        shelf.model.show(await shelf.ids("drafts"))
        await shelf.deliver()
        rows = [shelf.model.row_at(place) for place in range(shelf.model.rowCount())]
        await shelf.deliver()
        rows = [shelf.model.row_at(place) for place in range(shelf.model.rowCount())]
        assert {row.item.parent for row in rows if row} == {"drafts"}
        await shelf.close()

    play(qapp, scene())


def test_list_grows_without_losing_its_place(qapp: QApplication) -> None:
    async def scene() -> None:
        shelf = Shelf()
        ids = await shelf.ids("inbox")
        tester = rules(shelf.model)
        ids = ids[:300]
        shelf.model.show(ids[:256], await shelf.desk.rows([RowId(i) for i in ids[:256]]))
        resets: list[int] = []
        shelf.model.modelReset.connect(lambda: resets.append(1))
        shelf.model.grow(ids)
        assert shelf.model.rowCount() == len(ids)
        assert not resets
        assert shelf.model.row_at(0) is not None
        shelf.model.grow(ids[::-1])
        assert resets
        del tester
        await shelf.close()

    play(qapp, scene())


def test_first_rows_shorter_than_a_page_are_shown(qapp: QApplication) -> None:
    async def scene() -> None:
        shelf = Shelf()
        ids = await shelf.ids("drafts")
        shelf.model.show(ids, await shelf.desk.rows([RowId(i) for i in ids]))
        assert [shelf.model.row_at(place) for place in range(len(ids))].count(None) == 0
        assert shelf.model.rowCount() < PAGE
        await shelf.close()

    play(qapp, scene())


def test_found_grows_by_stretches(qapp: QApplication) -> None:
    async def scene() -> None:
        desk, wanted = FakeDesk(), []
        model = FoundMail(wanted.append, Basket())
        first = await desk.search(views.Query(words="x"), 200, 0)
        model.show(first.rows, more=first.more)
        assert model.canFetchMore(QModelIndex())
        model.fetchMore(QModelIndex())
        assert wanted == [200]
        assert not model.canFetchMore(QModelIndex())
        model.add(await desk.search(views.Query(words="x"), 200, 200))
        assert model.rowCount() == 400

    play(qapp, scene())


@pytest.fixture
def tree(qapp: QApplication) -> tuple[FolderTree, Basket]:
    basket = Basket()
    model = FolderTree(basket)

    async def scene() -> None:
        model.show(await FakeDesk().folders(STREAM, AT))

    play(qapp, scene())
    return model, basket


def test_folders_stand_as_in_mail_programs(tree: tuple[FolderTree, Basket]) -> None:
    model, _ = tree
    tester = rules(model)
    tops = [model.folder(model.index(row, 0)) for row in range(model.rowCount())]
    names = [row.folder.name for row in tops if row]
    assert names == [
        "INBOX", "Drafts", "Sent", "Archive", "Junk", "Trash", "Empty", "Projects", "Reisen & Übernachtungen",
    ]  # fmt: skip
    del tester


def test_folder_without_its_parent_stands_on_top(qapp: QApplication) -> None:
    async def scene() -> None:
        rows = [row for row in await FakeDesk().folders(STREAM, AT) if row.folder.id != "projects"]
        assert {branch.row.folder.id for branch in arrange(rows)} >= {"catalogue", "harbour"}

    play(qapp, scene())


def test_ticks_reach_down_and_show_above(tree: tuple[FolderTree, Basket]) -> None:
    model, basket = tree
    projects, harbour = model.find(NodeId("projects")), model.find(NodeId("harbour"))
    role = Qt.ItemDataRole.CheckStateRole
    basket.tick_folder(NodeId("harbour"), True)
    assert projects.data(role) == Qt.CheckState.PartiallyChecked
    assert model.setData(projects, Qt.CheckState.Checked.value, role)
    basket.tick_folder(NodeId("harbour"), False)
    assert harbour.data(role) == Qt.CheckState.Checked
    assert basket.selection().folders == ("projects",)


def test_sheet_sorts_by_key(qapp: QApplication) -> None:
    model: RowSheet[int] = RowSheet((Field("Number", str, lambda n: n),))
    tester = rules(model)
    model.show([3, 20, 1])
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert list(model.rows) == [20, 3, 1]
    del tester
