"""Objects as bytes, and the keys that name them."""

from dataclasses import replace

from hypothesis import given, settings

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, node_of, parts_of, read, written
from tests.unit.core.directory.directories import objects


@settings(max_examples=50)
@given(objects())
def test_bytes_give_the_object_back(one: DirectoryObject) -> None:
    again = read(written(one))
    assert again == one
    assert repr(again.links) == repr(one.links)  # with what comparing leaves out: names, kinds, ways
    assert written(again) == written(one)


@settings(max_examples=50)
@given(objects(), objects())
def test_equal_bytes_mean_equal_objects(one: DirectoryObject, other: DirectoryObject) -> None:
    if written(one) == written(other):
        assert one == other


def test_the_order_of_properties_does_not_count() -> None:
    one = DirectoryObject(kind="users", id="1", name="Ann", properties={"a": 1, "b": 2})
    assert written(one) == written(replace(one, properties={"b": 2, "a": 1}))


def test_all_of_a_link_is_kept() -> None:
    link = Link("appRoleAssignedTo", "1", "role", kind="users", name="Ann", via="assignment")
    one = DirectoryObject(kind="servicePrincipals", id="2", name="App", properties={}, links=(link,))
    [found] = read(written(one)).links
    assert (found.detail, found.kind, found.name, found.via) == ("role", "users", "Ann", "assignment")


def test_half_of_a_character_is_kept() -> None:
    one = DirectoryObject(kind="users", id="1", name="\ud83d", properties={"displayName": "\ud83d"})
    assert read(written(one)) == one


def test_a_key_tells_kind_and_id() -> None:
    assert parts_of(node_of("users", "1")) == ("users", "1")
    assert parts_of(node_of("domains", "a/b#c")) == ("domains", "a/b#c")
    assert parts_of("users") == ("users", "")
