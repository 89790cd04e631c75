"""How two states of an object differ: nothing is lost, nothing is invented."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core.directory.difference import (
    AttributeChange,
    Change,
    difference,
    names_in,
    path_of,
    same,
)
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.schema import UNKNOWN, WRITABLE, Nature
from saasbackup_desktop.core.stream import Json
from tests.unit.core.directory.directories import GROUPS, NOISE, names, objects, properties, values


def group(properties: Mapping[str, Json], *links: Link, unread: tuple[str, ...] = ()) -> DirectoryObject:
    return DirectoryObject(
        kind="groups", id="7", name="Sales", properties=properties, links=tuple(sorted(links)), unread=unread
    )


def applied(old: Mapping[str, Json], changes: Iterable[AttributeChange]) -> dict[str, Any]:
    """What becomes of properties when the changes are made."""
    new: dict[str, Any] = copy.deepcopy(dict(old))
    for change in changes:
        *above, last = names_in(change.path)
        inside = new
        for name in above:
            if not isinstance(inside.get(name), dict):
                assert inside.get(name) is None
                inside[name] = {}
            inside = inside[name]
        assert same(inside.get(last), change.old)
        inside[last] = change.new
    return new


@settings(max_examples=50)
@given(objects())
def test_equal_objects_do_not_differ(one: DirectoryObject) -> None:
    found = difference(GROUPS, one, copy.deepcopy(one))
    assert found.change is Change.UNCHANGED
    assert not found.attributes
    assert not found.links


@settings(max_examples=50)
@given(objects(), objects())
def test_the_changes_make_the_new_state_of_the_old_one(old: DirectoryObject, new: DirectoryObject) -> None:
    old, new = replace(old, unread=()), replace(new, unread=())
    found = difference(GROUPS, old, new)
    assert same(applied(old.properties, found.attributes), dict(new.properties))
    gone = {change.link for change in found.links if change.change is Change.REMOVED}
    come = {change.link for change in found.links if change.change is Change.ADDED}
    assert gone <= set(old.links)
    assert not come & set(old.links)
    assert (set(old.links) - gone) | come == set(new.links)
    assert (found.change is Change.UNCHANGED) == (not found.attributes and not found.links)


@settings(max_examples=50)
@given(objects(), objects())
def test_the_way_back_says_the_same(old: DirectoryObject, new: DirectoryObject) -> None:
    there, back = difference(GROUPS, old, new), difference(GROUPS, new, old)
    assert {(one.path, repr(one.old), repr(one.new)) for one in there.attributes} == {
        (one.path, repr(one.new), repr(one.old)) for one in back.attributes
    }
    assert {(one.link, one.change is Change.ADDED) for one in there.links} == {
        (one.link, one.change is Change.REMOVED) for one in back.links
    }


@settings(max_examples=50)
@given(objects())
def test_of_what_came_or_went_everything_is_told(one: DirectoryObject) -> None:
    one = replace(one, unread=())
    come, gone = difference(GROUPS, None, one), difference(GROUPS, one, None)
    assert come.change is Change.ADDED
    assert gone.change is Change.REMOVED
    assert same(applied({}, come.attributes), dict(one.properties))
    assert same(applied(one.properties, gone.attributes), {})
    assert [change.link for change in come.links] == list(one.links) == [change.link for change in gone.links]


@settings(max_examples=50)
@given(objects(), objects(), st.sets(st.sampled_from(("displayName", "conditions", "a.b", "members")), min_size=1))
def test_what_could_not_be_read_is_not_compared(old: DirectoryObject, new: DirectoryObject, hidden: set[str]) -> None:
    found = difference(GROUPS, old, replace(new, unread=tuple(sorted(hidden))))
    assert not [one for one in found.attributes if names_in(one.path)[0] in hidden]
    assert not [one for one in found.links if one.link.relation in hidden]


@given(st.lists(names, min_size=1, max_size=4))
def test_paths_tell_their_names(some: list[str]) -> None:
    assert names_in(path_of(some)) == tuple(some)


@given(st.lists(names, max_size=3), st.lists(names, max_size=3))
def test_different_names_have_different_paths(one: list[str], other: list[str]) -> None:
    assert (path_of(one) == path_of(other)) == (one == other)


@given(values)
def test_a_value_means_the_same_as_itself(value: Json) -> None:
    assert same(value, copy.deepcopy(value))


@given(st.lists(values, max_size=4).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_a_list_says_nothing(lists: tuple[list[Json], list[Json]]) -> None:
    assert same(*lists)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (False, 0),
        (False, None),
        ("", None),
        (0, None),
        ([1], [True]),
        (["a", "a"], ["a"]),
        ("1", 1),
        ({"a": False}, {}),
    ],
)
def test_what_is_not_the_same(one: Json, other: Json) -> None:
    assert not same(one, other)
    found = difference(GROUPS, group({"x": one}), group({"x": other}))
    assert found.change is Change.CHANGED


@pytest.mark.parametrize(("one", "other"), [(None, []), ({}, None), ({"a": []}, {}), ([], {}), ({"a": {}}, [])])
def test_what_is_empty_is_not_there(one: Json, other: Json) -> None:
    assert same(one, other)
    assert difference(GROUPS, group({"x": one}), group({"x": other})).change is Change.UNCHANGED
    assert difference(GROUPS, group({"x": one}), group({})).change is Change.UNCHANGED


def test_nested_values_have_rows_of_their_own() -> None:
    old = group({"conditions": {"users": {"include": ["1"], "exclude": ["2"]}, "moment": 1}})
    new = group({"conditions": {"users": {"include": ["1"], "exclude": ["2", "3"]}, "moment": 2}})
    found = difference(GROUPS, old, new)
    assert [(one.path, one.old, one.new, one.trait) for one in found.attributes] == [
        ("conditions.moment", 1, 2, NOISE),
        ("conditions.users.exclude", ["2"], ["2", "3"], WRITABLE),
    ]


def test_traits_are_those_of_the_nearest_name() -> None:
    old, new = group({"displayName": "a", "x@odata.type": "b"}), group({"displayName": "b", "x@odata.type": "c"})
    found = difference(GROUPS, old, new)
    assert {one.path: one.trait for one in found.attributes} == {"displayName": WRITABLE, "x@odata\\.type": UNKNOWN}


def test_deep_values_are_compared_whole() -> None:
    def deep(levels: int, inner: Json) -> Json:
        return inner if not levels else {"d": deep(levels - 1, inner)}

    [change] = difference(GROUPS, group({"x": deep(40, 1)}), group({"x": deep(40, 2)})).attributes
    assert len(names_in(change.path)) == 13
    assert isinstance(change.old, dict)


def test_what_changes_by_itself_is_noise() -> None:
    quiet = difference(GROUPS, group({"renewedDateTime": "1"}), group({"renewedDateTime": "2"}, Link("heard", "9")))
    assert quiet.change is Change.CHANGED
    assert quiet.is_noise
    loud = difference(GROUPS, group({"renewedDateTime": "1"}), group({"renewedDateTime": "2", "a": "b"}))
    assert not loud.is_noise
    assert not difference(GROUPS, None, group({"renewedDateTime": "1"})).is_noise
    member = difference(GROUPS, group({}), group({}, Link("members", "9")))
    assert not member.is_noise
    assert [one.trait.nature for one in member.links] == [Nature.WRITABLE]


def test_what_a_link_is_called_does_not_count() -> None:
    old = group({}, Link("members", "1", kind="users", name="Ann", via="a"))
    new = group({}, Link("members", "1", kind="users", name="Anna", via="b"))
    assert difference(GROUPS, old, new).change is Change.UNCHANGED
    other = group({}, Link("members", "1", "role"))
    assert [one.change for one in difference(GROUPS, old, other).links] == [Change.REMOVED, Change.ADDED]


def test_it_is_called_as_it_is_now() -> None:
    old, new = group({}), replace(group({"a": 1}), name="Marketing")
    assert difference(GROUPS, old, new).name == "Marketing"
    assert difference(GROUPS, new, None).name == "Marketing"
    with pytest.raises(ValueError, match="nothing"):
        difference(GROUPS, None, None)


@given(properties)
def test_nothing_is_written_on(before: dict[str, Json]) -> None:
    kept = copy.deepcopy(before)
    difference(GROUPS, group(before), group({"a": 1}))
    assert before == kept
