"""A point in time whose head is missing: prune touches nothing until it is back, or taken for lost."""

from collections.abc import Callable

import pytest

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Head
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.vault.retention.absent import Remembered
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import STREAM, Place
from tests.unit.vault.pruning import OTHER, backup, damages, discard, letters_of, never, prune, quiet

Marks = dict[StreamId, tuple[str, str]]


def lived(place: Place) -> tuple[list[Head], Marks]:
    vault = place.create()
    heads = [backup(vault, number, range(10 * number, 10 * number + 15)) for number in range(1, 5)]
    backup(vault, 5, range(200, 220), OTHER)
    marks = {stream: mark for stream in (STREAM, OTHER) if (mark := vault.mark(stream)) is not None}
    assert set(marks) == {STREAM, OTHER}
    return heads, marks


def lose(place: Place, stream: StreamId, number: int) -> tuple[str, Callable[[], None]]:
    """Take a head away: its name, and how to put it back."""
    vault = place.open()
    folder = vault._heads.folder(stream)
    name = [one for one in vault._heads.names() if one.startswith(folder)][number]
    path = place.folder / name
    data = path.read_bytes()
    path.unlink()
    return name, lambda: path.write_bytes(data) and None


def assert_refused(place: Place, file: str, remembered: Remembered, reason: str = "point-missing") -> None:
    """Neither phase, nor a discard, nor a preview does anything but say which one is missing."""
    before = {path: path.read_bytes() for path in place.files("") if "leases" not in path.parts}
    works: list[Callable[[Vault], object]] = [
        lambda vault: vault.housekeeping.prune("me", 0, "test", quiet, never, remembered=remembered),
        lambda vault: vault.housekeeping.prune("me", 7, "test", quiet, never, remembered=remembered),
        lambda vault: vault.housekeeping.preview(7, quiet, never, remembered=remembered),
        lambda vault: vault.housekeeping.discard(STREAM, (), "me", 0, "test", quiet, never, remembered=remembered),
    ]
    for work in works:
        with pytest.raises(VaultDamaged) as caught:
            work(place.open())
        assert (caught.value.facts["reason"], caught.value.facts["file"]) == (reason, file)
    assert {path: path.read_bytes() for path in place.files("") if "leases" not in path.parts} == before


def repair(vault: Vault, remembered: Remembered) -> list[str]:
    return [deed.code for deed in vault.repair(quiet, never, remembered=remembered)]


@pytest.mark.parametrize("is_due", [False, True])
@pytest.mark.parametrize("number", [1, 2])
def test_a_head_that_another_one_follows(place: Place, number: int, is_due: bool) -> None:
    heads, _ = lived(place)
    if is_due:
        place.open().housekeeping.set_policy(OTHER, Keep(last=1))
        discard(place.open(), heads[:1], grace_days=7)
        place.clock.time += 8 * DAY
    name, put_back = lose(place, STREAM, number)
    assert_refused(place, name, {})
    put_back()
    prune(place.open())
    assert letters_of(place.open(), heads[number]) == set(range(10 * (number + 1), 10 * (number + 1) + 15))
    assert damages(place.open()) == []


@pytest.mark.parametrize(("stream", "number"), [(STREAM, 3), (OTHER, 0)])
def test_the_newest_head_is_missed_by_who_remembers_it(place: Place, stream: StreamId, number: int) -> None:
    _, marks = lived(place)
    name, put_back = lose(place, stream, number)
    assert_refused(place, name, marks)
    put_back()
    place.open().housekeeping.prune("me", 0, "test", quiet, never, remembered=marks)
    assert len(place.open().heads(OTHER)) == 1
    assert damages(place.open()) == []


@pytest.mark.parametrize("is_point", [False, True])
def test_what_is_held_must_be_there(place: Place, is_point: bool) -> None:
    lived(place)
    (other,) = place.open().heads(OTHER)
    place.open().housekeeping.hold(OTHER, other.snapshot.id if is_point else None, "", "me")
    name, put_back = lose(place, OTHER, 0)
    assert_refused(place, name.rpartition("/")[0], {}, "held-missing")
    put_back()
    prune(place.open())
    assert letters_of(place.open(), other) == set(range(200, 220))


def test_a_hold_on_what_was_never_backed_up_stands_in_no_prunes_way(place: Place) -> None:
    vault = place.create()
    first = backup(vault, 1, range(15))
    hold = vault.housekeeping.hold(OTHER, None, "", "me")
    backup(place.open(), 2, range(5, 20))
    place.open().housekeeping.set_policy(None, Keep(last=1))
    prune(place.open())
    assert first.snapshot.id not in {one.snapshot.id for one in place.open().heads(STREAM)}
    assert [one.code for one in place.open().check(100, quiet, never)] == []
    held = [backup(place.open(), number, range(200 + number, 220), OTHER) for number in (3, 4)]
    prune(place.open())
    assert [one.snapshot.id for one in place.open().heads(OTHER)] == [one.snapshot.id for one in held]
    assert place.open().housekeeping.holds() == [hold]


def test_a_repair_takes_it_for_lost_and_it_may_come_back(place: Place) -> None:
    heads, marks = lived(place)
    place.open().housekeeping.hold(OTHER, None, "", "me")
    back = [lose(place, STREAM, 3)[1], lose(place, STREAM, 1)[1], lose(place, OTHER, 0)[1]]
    assert repair(place.open(), marks) == ["accepted"] * 4
    assert repair(place.open(), marks) == []
    assert [one.code for one in place.open().check(100, quiet, never, marks)] == []
    for put_back in back:
        put_back()
    assert [one.code for one in place.open().check(100, quiet, never, marks)] == []
    assert repair(place.open(), marks) == []
    assert [letters_of(place.open(), one) for one in heads] == [set(range(10 * n, 10 * n + 15)) for n in range(1, 5)]


def test_what_a_repair_took_for_lost_can_be_pruned(place: Place) -> None:
    heads, marks = lived(place)
    lose(place, STREAM, 1)
    lose(place, OTHER, 0)
    repair(place.open(), marks)
    pruned = place.open().housekeeping.prune("me", 0, "test", quiet, never, remembered=marks)
    assert pruned.swept[-1].freed > 0
    assert [letters_of(place.open(), one) for one in (heads[0], heads[2], heads[3])] == [
        set(range(10 * n, 10 * n + 15)) for n in (1, 3, 4)
    ]
    assert [one.code for one in place.open().check(100, quiet, never, marks)] == []


def test_what_was_removed_on_purpose_is_not_missed(place: Place) -> None:
    heads, marks = lived(place)
    discard(place.open(), heads[:2])
    discard(place.open(), stream=OTHER)
    place.open().housekeeping.set_policy(None, Keep(last=1))
    place.open().housekeeping.prune("me", 0, "test", quiet, never, remembered=marks)
    assert [one.snapshot.id for one in place.open().heads(STREAM)] == [heads[-1].snapshot.id]
