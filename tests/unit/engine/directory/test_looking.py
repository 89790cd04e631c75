"""What a look says of a write: as planned, as wanted, or otherwise; and what reading back says of it."""

from dataclasses import replace

import pytest

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.plan import Action, Write
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.engine.directory.looking import Found, links_of, look, translated, value_at
from saasbackup_desktop.engine.directory.verifying import differing

GONE = "old"
NEW = {"old": "new"}


def person(*links: Link, id: str = "ada", **properties: Json) -> DirectoryObject:
    return DirectoryObject(kind="users", id=id, name=id, properties=properties, links=links)


def update(number: int = 1, id: str = "ada", **values: tuple[Json, Json]) -> Write:
    return Write(
        number=number,
        action=Action.UPDATE,
        kind="users",
        id=id,
        name=id,
        method="PATCH",
        path=f"/users/{id}",
        old={name: was for name, (was, _) in values.items()},
        new={name: wanted for name, (_, wanted) in values.items()},
    )


def tie(action: Action, target: str = "eve", number: int = 1) -> Write:
    return Write(
        number=number,
        action=action,
        kind="users",
        id="ada",
        name="ada",
        method="POST",
        path="/users/ada/sponsors/$ref",
        path_of_link="sponsors",
        target=target,
    )


def bare(action: Action, number: int = 1, **old: Json) -> Write:
    return Write(
        number=number, action=action, kind="users", id="ada", name="ada", method="POST", path="/users/ada", old=old
    )


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ({"city": "Ulm"}, Found.AS_PLANNED),
        ({"city": "Bonn"}, Found.AS_WANTED),
        ({"city": "Kiel"}, Found.OTHERWISE),
        ({}, Found.OTHERWISE),
    ],
)
def test_an_update(there: dict[str, Json], found: Found) -> None:
    said, seen = look(update(city=("Ulm", "Bonn")), person(**there), {})
    assert said is found
    assert seen == ({"city": there.get("city")} if found is Found.OTHERWISE else {})


def test_an_update_half_of_which_is_so() -> None:
    write = update(city=("Ulm", "Bonn"), state=("BW", "NRW"))
    assert look(write, person(city="Bonn", state="BW"), {})[0] is Found.AS_PLANNED
    assert look(write, person(city="Bonn", state="HH"), {}) == (Found.OTHERWISE, {"state": "HH"})
    assert look(write, None, {}) == (Found.OTHERWISE, {})


def test_what_is_made_anew_goes_by_its_new_id() -> None:
    write = update(owner=("nobody", GONE), text=("", "{new:old}/x"))
    there = person(owner="new", text="new/x")
    assert look(write, there, NEW)[0] is Found.AS_WANTED
    assert look(write, there, {})[0] is Found.OTHERWISE
    rewired = update(owner=(GONE, GONE))
    assert look(rewired, person(owner=GONE), NEW)[0] is Found.AS_PLANNED
    assert look(rewired, person(owner="new"), NEW)[0] is Found.AS_WANTED
    assert translated({"a": ["old", "older"], "b": 1}, NEW) == {"a": ["new", "older"], "b": 1}
    assert links_of(tie(Action.LINK, GONE), NEW) == [Link("sponsors", "new")]


def test_links() -> None:
    linked, alone = person(Link("sponsors", "eve")), person(Link("manager", "eve"))
    assert look(tie(Action.LINK), linked, {})[0] is Found.AS_WANTED
    assert look(tie(Action.LINK), alone, {})[0] is Found.AS_PLANNED
    assert look(tie(Action.LINK), None, {})[0] is Found.OTHERWISE
    assert look(tie(Action.UNLINK), linked, {})[0] is Found.AS_PLANNED
    assert look(tie(Action.UNLINK), alone, {})[0] is Found.AS_WANTED
    assert look(tie(Action.UNLINK), None, {})[0] is Found.AS_WANTED
    both = replace(tie(Action.LINK), links=(Link("sponsors", "eve"), Link("sponsors", "bob")))
    assert look(both, linked, {})[0] is Found.AS_PLANNED
    assert look(both, person(Link("sponsors", "bob"), Link("sponsors", "eve")), {})[0] is Found.AS_WANTED


def test_what_comes_and_goes() -> None:
    there = person(city="Ulm")
    assert look(bare(Action.CREATE), None, {})[0] is Found.AS_PLANNED
    assert look(replace(bare(Action.CREATE), new={"city": "Bonn"}), there, {}) == (Found.OTHERWISE, {"city": "Ulm"})
    assert look(replace(bare(Action.CREATE), new={"city": "Ulm"}), there, {})[0] is Found.AS_WANTED
    assert look(bare(Action.REVIVE), None, {}, is_in_bin=True)[0] is Found.AS_PLANNED
    assert look(bare(Action.REVIVE), None, {})[0] is Found.OTHERWISE
    assert look(bare(Action.REVIVE), there, {})[0] is Found.AS_WANTED
    assert look(bare(Action.DELETE), None, {})[0] is Found.AS_WANTED
    assert look(bare(Action.DELETE, city="Ulm"), there, {})[0] is Found.AS_PLANNED
    assert look(bare(Action.DELETE, city="Bonn"), there, {})[0] is Found.OTHERWISE


def test_values_inside_others() -> None:
    assert value_at({"a": {"b.c": [1]}}, "a.b\\.c") == [1]
    assert value_at({"a": "text"}, "a.b") is None


def test_reading_back() -> None:
    done = [update(1, city=("Ulm", "Bonn")), tie(Action.LINK, number=2), tie(Action.UNLINK, "bob", number=3)]
    well = person(Link("sponsors", "eve"), city="Bonn")
    assert differing(done, done, dict.fromkeys((1, 2, 3), well), {}) == {}
    ill = person(Link("sponsors", "bob"), city="Ulm")
    assert differing(done, done, dict.fromkeys((1, 2, 3), ill), {}) == {1: "city", 2: "sponsors", 3: "sponsors"}
    assert differing(done, done, {}, {}) == {1: "object", 2: "object"}


def test_the_last_word_counts_when_it_is_read_back() -> None:
    done = [
        update(1, city=("Ulm", "Bonn")),
        update(2, city=("Bonn", "Kiel")),
        tie(Action.LINK, number=3),
        tie(Action.UNLINK, number=4),
    ]
    assert differing(done, done, dict.fromkeys((1, 2, 3, 4), person(city="Kiel")), {}) == {}
    done.append(bare(Action.DELETE, 5))
    assert differing(done, done, {}, {}) == {}
    assert differing(done, done, {5: person(city="Kiel")}, {}) == {5: "object"}


def test_what_the_bin_did_not_tell_is_read_back() -> None:
    revived = replace(bare(Action.REVIVE), new={"sponsors": ["eve"], "city": "Ulm"})
    assert differing([revived], [revived], {1: person(Link("sponsors", "eve"), city="Ulm")}, {}) == {}
    more = person(Link("sponsors", "eve"), Link("sponsors", "mallory"), city="Ulm")
    assert differing([revived], [revived], {1: more}, {}) == {1: "sponsors"}
    assert differing([revived], [revived], {1: person(Link("sponsors", "new"), city="Ulm")}, {"eve": "new"}) == {}


def test_what_cannot_be_read_is_not_held_against_it() -> None:
    there = DirectoryObject(kind="users", id="ada", name="ada", properties={}, unread=("city",))
    write = update(1, city=("Ulm", "Bonn"))
    assert differing([write], [write], {1: there}, {}) == {}
