"""What is ticked, lists that come by the page, and the parts of an object keep Qt's rules."""

import random
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.entra.views import DifferenceView, ObjectView
from saasbackup_desktop.app.words.entra.kinds import attribute_words, path_words
from saasbackup_desktop.app.words.entra.plans import filled
from saasbackup_desktop.app.words.entra.values import changed_words, value_words
from saasbackup_desktop.core.directory.difference import AttributeChange, Change, ObjectDifference
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.schema import WRITABLE
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.ui.models.details import DetailSheet, Shape
from saasbackup_desktop.ui.models.kinds import KindLine, KindTree
from saasbackup_desktop.ui.models.lazy import PAGE, LazySheet
from saasbackup_desktop.ui.models.picked import Marks, Picked
from saasbackup_desktop.ui.models.sheet import Field
from saasbackup_desktop.ui.rooms.entra.parts import difference_rows, object_rows
from tests.ui.fake_desk import NOW
from tests.ui.fake_entra import FakeEntra, _difference, id_of, object_of
from tests.ui.stage import play, settled

KINDS = ("users", "groups")
PARTS = ("", "#a:department", "#a:onPremises.x", "#a:onPremises", "#l:members:1:")


def rules(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def _every_key() -> list[str]:
    things = [f"{kind}/{n}{part}" for kind in KINDS for n in range(4) for part in PARTS]
    return [EVERYTHING, *KINDS, *things]


@pytest.mark.parametrize("seed", range(6))
def test_ticks_mean_what_the_last_press_said(seed: int) -> None:
    """Whatever was pressed before: what lies in the thing follows it, everything else stays."""
    dice, marks, keys = random.Random(seed), Marks(), _every_key()
    for _ in range(60):
        pressed, on = dice.choice(keys), dice.random() < 0.6
        before = {key: marks.has(key) for key in keys}
        marks.put(pressed, on)
        told = Ticks(frozenset(marks.wanted), frozenset(marks.unwanted))
        for key in keys:
            lies_in = key == pressed or _lies_in(key, pressed)
            assert marks.has(key) == (on if lies_in else before[key]), (pressed, on, key)
            assert told.has(key) == marks.has(key)
        for above in keys:
            below = [one for one in (*marks.wanted, *marks.unwanted) if one != above and _lies_in(one, above)]
            assert marks.below.get(above, 0) == len(below)


def test_many_links_are_ticked_as_if_one_by_one() -> None:
    links = frozenset(f"groups/1#l:members:{n}:" for n in range(9))
    for base in ("", "groups", "groups/1", "users"):
        for on in (True, False):
            singly, at_once = Marks(), Marks()
            for marks in (singly, at_once):
                marks.put(base, True)
                marks.put("groups/1#l:members:3:", not marks.has("groups/1"))
                marks.put("groups/1#a:description", not on)
            singly.put_all(sorted(links), on)
            at_once.put_links("groups/1", links, on)
            assert singly == at_once
            assert at_once.links("groups/1", links) == sum(map(singly.has, links)) == (9 if on else 0)


def _lies_in(key: str, other: str) -> bool:
    if other == EVERYTHING:
        return True
    return any(key.startswith(other + mark) for mark in ("/", "#", "."))


def test_the_box_of_what_is_ticked_in_part_has_a_third_look(qapp: QApplication) -> None:
    picked = Picked()
    picked.put("users/1#a:department", True)
    assert picked.state("users/1#a:department") == Qt.CheckState.Checked
    assert picked.state("users/1") == picked.state("users") == picked.state("") == Qt.CheckState.PartiallyChecked
    assert picked.state("users/2") == Qt.CheckState.Unchecked
    assert picked.toggled("users/1")
    picked.put("users/1", True)
    assert picked.state("users/1") == Qt.CheckState.Checked
    assert picked.ticks().wanted == {"users/1"}
    picked.put("users", True)
    picked.put("users/2", False)
    counted = picked.count({"users": 10, "groups": 5})
    assert (counted.whole, counted.partly) == (9, 0)
    picked.put("users/3#l:manager:4:", False)
    assert (picked.count({"users": 10}).whole, picked.count({"users": 10}).partly) == (8, 1)
    picked.put(EVERYTHING, False)
    assert picked.is_empty
    assert picked.count({"users": 10}).is_nothing


def test_kinds_are_ticked_with_their_family(qapp: QApplication) -> None:
    picked = Picked()
    tree = KindTree(picked)
    tester = rules(tree)
    lines = [KindLine("users", "identities", 5), KindLine("groups", "identities", 2), KindLine("domains", "other", 1)]
    assert tree.show(lines)
    family = tree.index(1, 0)
    assert (tree.data(family), tree.data(family.siblingAtColumn(1))) == ("Identities", "7")
    assert tree.setData(family, None, Qt.ItemDataRole.CheckStateRole)
    assert picked.ticks().wanted == {"users", "groups"}
    picked.put("users/1", False)
    assert tree.data(family, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.PartiallyChecked
    assert tree.data(tree.find("groups"), Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert not tree.show([KindLine("users", "identities", 9), *lines[1:]])
    assert tree.data(tree.index(0, 1)) == "12"
    assert tester is not None


def test_a_hundred_thousand_rows_come_by_the_page(qapp: QApplication) -> None:
    async def scene() -> None:
        asked: list[int] = []
        work: list[Coroutine[Any, Any, object]] = []

        async def fetch(offset: int, limit: int) -> Sequence[str]:
            asked.append(offset)
            return [f"row {n}" for n in range(offset, min(100_000, offset + limit))]

        sheet: LazySheet[str] = LazySheet((Field("Row", lambda row: row),), fetch, work.append)
        sheet.show(100_000, await fetch(0, PAGE))
        assert sheet.data(sheet.index(1, 0)) == "row 1"
        assert sheet.data(sheet.index(77_777, 0)) == "…"
        await settled(3)
        while work:
            await work.pop()
        assert sheet.data(sheet.index(77_777, 0)) == "row 77777"
        assert asked == [0, 77_777 // PAGE * PAGE]
        sheet.renew(300, await fetch(0, PAGE))
        tester = rules(sheet)  # it looks at every row at every step: of many it would take minutes
        sheet.renew(310, await fetch(0, PAGE))
        assert sheet.rowCount() == 310
        sheet.renew(10, [f"row {n}" for n in range(10)])
        assert [sheet.row_at(n) for n in range(10)] == [f"row {n}" for n in range(10)]
        assert sheet.index(10, 0) == QModelIndex()
        for one in work:
            one.close()
        assert tester is not None

    play(qapp, scene())


def test_parts_fold_and_are_ticked_under_their_heading(qapp: QApplication) -> None:
    picked = Picked()
    sheet = DetailSheet(picked)
    tester = rules(sheet)
    found = _difference("groups", 3, Change.CHANGED)
    sheet.show(difference_rows(DifferenceView(difference=found)))
    heads = [row.title for row in sheet.rows if row.shape is Shape.SECTION]
    assert heads == ["Attributes", "Members", "Owners"]
    members = next(n for n, row in enumerate(sheet.rows) if row.title == "Members")
    assert sheet.setData(sheet.index(members, 0), None, Qt.ItemDataRole.CheckStateRole)
    assert len(picked.ticks().wanted) == 7
    assert picked.state(f"groups/{id_of('groups', 3)}") == Qt.CheckState.PartiallyChecked
    whole = len(sheet.rows)
    sheet.fold(members)
    assert len(sheet.rows) == whole - 7
    assert sheet.data(sheet.index(members, 0), Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    sheet.fold(members)
    assert len(sheet.rows) == whole
    assert tester is not None


def test_what_cannot_be_written_has_no_box_and_says_why(qapp: QApplication) -> None:
    rows = difference_rows(DifferenceView(difference=_difference("users", 1, Change.CHANGED)))
    by_title = {row.title: row for row in rows}
    assert by_title["Department"].keys == (f"users/{id_of('users', 1)}#a:department",)
    closed = by_title["Extension attribute 1 · On premises extension attributes"]
    assert not closed.keys
    assert "not known whether" in closed.hint
    noise = by_title["Changes by itself"]
    assert noise.is_folded
    assert not noise.keys


def test_an_object_shows_names_for_ids_and_links_under_their_relation() -> None:
    kind = "conditionalAccessPolicies"
    names = {id_of("groups", 4): "Emergency access"}
    rows = object_rows(ObjectView(object=object_of(kind, id_of(kind, 0)), names=names))
    assert next(row for row in rows if row.title == "Exclude groups").old == "Emergency access"
    assert next(row for row in rows if row.title == "Users").depth == 1
    group = object_rows(ObjectView(object=object_of("groups", id_of("groups", 3))))
    assert next(row for row in group if row.title == "Members").count == 24
    assert next(row for row in group if row.title == "Empty").is_folded


def test_words_that_differ_are_found() -> None:
    old, new = "Everybody in the north: Bergen", "Everybody in the south: Bergen"
    there, here = changed_words(old, new)
    assert [old[a:b] for a, b in there] == ["north"]
    assert [new[a:b] for a, b in here] == ["south"]
    assert changed_words("–", "something") == ([], [])
    assert changed_words("word " * 5000, "other " * 5000) == ([], [])


def test_values_and_names_are_said_for_people() -> None:
    assert value_words(["b", {"builtInControls": ["mfa"], "on": True}], {"b": "Bianca"}) == (
        "Bianca\n• Built in controls:\n        mfa\n    On: Yes"
    )
    assert value_words(None, {}) == "–"
    assert attribute_words("onPremisesSyncEnabled") == "Synchronised from on-premises"
    assert attribute_words("requestedAccessTokenVersion") == "Requested access token version"
    assert attribute_words("extension_1a_costCentre") == "extension_1a_costCentre"
    assert path_words("grantControls.builtInControls") == "Grant › Built in controls"
    assert filled("%count policies differ", {"count": 1}) == "1 policy differ"
    assert filled("%count rights", {"count": 12}) == "12 rights"


def test_the_plain_directory_makes_as_many_differences_as_are_wanted() -> None:
    for many in (1, 1000, 100_000):
        assert len(FakeEntra(NOW, [], changes=many).found) == many


def test_states_are_words_and_texts_that_look_like_them_are_not() -> None:
    assert value_words("enabledForReportingButNotEnforced", {}, "state") == "Report only"
    assert value_words({"state": "disabled", "note": "disabled"}, {}) == "State: Disabled\nNote: disabled"
    assert value_words("disabled", {}, "displayName") == "disabled"
    assert value_words("", {}, "state") == "–"


def test_of_somebody_who_is_gone_one_reads_first_who_it_was_and_last_how_they_signed_in() -> None:
    paths = ("authentication.isMfaCapable", "authentication.isAdmin", "country", "department", "userPrincipalName")
    told = tuple(AttributeChange(path=path, trait=WRITABLE, old="x", new=None) for path in paths)
    gone = ObjectDifference(kind="users", id="1", name="Adele", change=Change.REMOVED, attributes=told)
    hints = [row.hint for row in difference_rows(DifferenceView(difference=gone))]
    assert hints == ["", "userPrincipalName", "department", "country", *paths[:2]]
    one = DirectoryObject(
        kind="users", id="1", name="Adele", properties={"authentication": {"isAdmin": True}, "department": "Law"}
    )
    assert [row.title for row in object_rows(ObjectView(object=one))][1:] == [
        "Department",
        "Authentication",
        "Is admin",
    ]
