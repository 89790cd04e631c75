"""What was picked: of all keys that a thing lies in, the nearest one decides."""

from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.directory.difference import path_of
from saasbackup_desktop.core.directory.objects import Link, key_of
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks, attribute_key, lies_in, link_key

_MEMBER = Link("members", "9", "")
_PATH = path_of(("grantControls", "builtInControls"))
_ATTRIBUTE = attribute_key("policies", "1", _PATH)
_LINK = link_key("policies", "1", _MEMBER)
_CHAIN = [_ATTRIBUTE, "policies/1#a:grantControls", "policies/1", "policies", EVERYTHING]


def test_what_a_thing_lies_in() -> None:
    assert list(lies_in(_ATTRIBUTE)) == _CHAIN
    assert list(lies_in(_LINK)) == [_LINK, "policies/1", "policies", EVERYTHING]
    assert list(lies_in("policies/1")) == ["policies/1", "policies", EVERYTHING]
    assert list(lies_in("policies")) == ["policies", EVERYTHING]
    assert list(lies_in(EVERYTHING)) == [EVERYTHING]


@given(st.dictionaries(st.sampled_from([*_CHAIN, _LINK, "policies/2", "users"]), st.booleans()))
def test_the_nearest_key_decides(said: dict[str, bool]) -> None:
    ticks = Ticks(frozenset(key for key in said if said[key]), frozenset(key for key in said if not said[key]))
    nearest = next((said[key] for key in _CHAIN if key in said), False)
    assert ticks.has(_ATTRIBUTE) == nearest


def test_nothing_is_picked_at_first() -> None:
    assert not Ticks().has(_ATTRIBUTE)
    assert not Ticks().has(EVERYTHING)


def test_names_that_look_alike_are_told_apart() -> None:
    whole = Ticks(frozenset({attribute_key("users", "1", path_of(("a.b",)))}))
    assert not whole.has(attribute_key("users", "1", path_of(("a", "b"))))
    assert not whole.has(attribute_key("users", "1", path_of(("a",))))
    outer = Ticks(frozenset({attribute_key("users", "1", path_of(("a",)))}))
    assert outer.has(attribute_key("users", "1", path_of(("a", "b"))))
    assert not outer.has(attribute_key("users", "1", path_of(("a.b",))))
    assert not outer.has(attribute_key("users", "1", path_of(("a\\", "b"))))


def test_details_tell_links_apart() -> None:
    ticks = Ticks(frozenset({link_key("users", "1", Link("roles", "2", "x"))}))
    assert ticks.has(link_key("users", "1", Link("roles", "2", "x")))
    assert not ticks.has(link_key("users", "1", Link("roles", "2", "y")))
    assert not ticks.has(link_key("users", "1", Link("roles", "2")))


def test_an_object_is_not_another_one_whose_id_begins_alike() -> None:
    assert not Ticks(frozenset({key_of("users", "1")})).has(key_of("users", "12"))
