"""Prune that fails or dies at any operation: nothing that is kept is ever lost, and the next one ends it."""

import copy
import functools
from collections.abc import Callable

import pytest

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import faulty
from tests.locking_store import LockingMemoryStore
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, HandClock
from tests.unit.vault.pruning import OTHER, backup, damages, letters_of, prune

KEPT = {3: set(range(30, 50)), 4: set(range(5, 25))}


def three_points(vault: Vault) -> None:
    """Two that retention will let go, and one that stays and shares with both; and one of somebody else."""
    backup(vault, 1, range(40))
    backup(vault, 2, range(20, 45))
    backup(vault, 3, KEPT[3])
    backup(vault, 4, KEPT[4], OTHER)
    vault.housekeeping.set_policy(None, Keep(last=1))


def assert_kept(vault: Vault, whole: int | None = None) -> None:
    """What stays can be read; what else is listed can, too."""
    heads = {int(one.snapshot.id[-8:], 16): one for stream in vault.streams() for one in vault.heads(stream)}
    assert KEPT.keys() <= heads.keys()
    for number, one in heads.items():
        assert letters_of(vault, one) == KEPT.get(number, letters_of(vault, one))
    if whole is not None:
        assert len(heads) == whole


def made() -> tuple[LockingMemoryStore, HandClock]:
    """A vault with its points in time, and its clock, for one turn."""
    return copy.deepcopy(_pattern())


@functools.cache
def _pattern() -> tuple[LockingMemoryStore, HandClock]:
    clock = HandClock()
    store = LockingMemoryStore(clock)
    store.keep_under(None)
    vault, _ = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    three_points(vault)
    return store, clock


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("phase", ["decide", "sweep", "both"])
def test_any_operation_may_fail(when: str, phase: str) -> None:
    turn = 0
    while True:
        turn += 1
        inside, clock = made()
        if phase == "sweep":
            prune(Vault.open(inside, PASSPHRASE, clock), 7)
            clock.time += 8 * DAY
        store = faulty(inside)
        vault = Vault.open(store, PASSPHRASE, clock)
        orders: dict[str, Callable[[int], None]] = {"before": store.fail_before, "after": store.fail_after}
        orders[when](turn)
        try:
            prune(vault, 7 if phase == "decide" else 0)
        except Fault:
            pass
        else:
            assert_kept(Vault.open(inside, PASSPHRASE, clock))
            if not any(rule.seen >= turn for rule, _ in (*store._first, *store._then)):
                break
        assert_kept(Vault.open(inside, PASSPHRASE, clock))
        store.mend()
        again = Vault.open(inside, PASSPHRASE, clock)
        clock.time += 8 * DAY
        prune(again, 0)
        assert_kept(Vault.open(inside, PASSPHRASE, clock), whole=2)
        assert damages(Vault.open(inside, PASSPHRASE, clock)) == []
        assert list(inside.list("trash")) == []
    assert turn > 20
