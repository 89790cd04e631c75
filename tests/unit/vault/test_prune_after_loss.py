"""A vault that has lost something, and was repaired, can be pruned like any other."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.vault.sharing.leases import Watch
from tests.unit.vault.conftest import Place
from tests.unit.vault.pruning import OTHER, backup, letters_of, prune


def spoil(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:60] + bytes(len(data) - 60))


@pytest.mark.parametrize("harm", [Path.unlink, spoil])
@pytest.mark.parametrize("stream", ["the one that is pruned", "another one"])
def test_what_a_repair_gave_up_stands_in_no_prunes_way(place: Place, harm: Callable[[Path], None], stream: str) -> None:
    vault = place.create()
    before = set(place.files("packs"))
    backup(vault, 1, range(20))
    first = set(place.files("packs")) - before
    backup(vault, 2, range(20, 40), OTHER)
    second = set(place.files("packs")) - before - first
    (lost,) = first if stream == "the one that is pruned" else second
    backup(vault, 3, range(40, 60))
    vault.housekeeping.set_policy(None, Keep(last=1))
    harm(lost)
    vault = place.open()
    list(vault.check(100, lambda done, total: None, lambda: False))
    if harm is Path.unlink and stream == "another one":
        with pytest.raises(VaultDamaged):
            prune(place.open(), 0)
    ticks = itertools.count(step=1000)
    watch = Watch(lambda: next(ticks), lambda _seconds: None)
    place.open().repair(lambda done, total: None, lambda: False, read_percent=100, watch=watch)
    prune(place.open(), 0)
    left = place.open()
    kept = [left.last_head(one) for one in left.streams()]
    assert len(kept) == 2
    assert letters_of(left, next(one for one in kept if one and one.snapshot.stream != OTHER)) >= set(range(40, 60))
