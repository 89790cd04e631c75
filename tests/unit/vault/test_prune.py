"""Prune: what retention lets go is removed in two steps, and everything that stays can be read."""

import contextlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, Cancelled, Misconfigured, VaultBusy, VaultDamaged, VaultFault
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Edit, SnapshotStatus
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.vault.retention import prune as pruning
from saasbackup_desktop.vault.sharing import leases
from saasbackup_desktop.vault.stores.caching import CachingStore
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import FOREVER, FaultyStore, faulty
from tests.locking_store import LockingMemoryStore
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, HandClock, Place, head, item, letter
from tests.unit.vault.pruning import (
    OTHER,
    OTHER_ACCOUNT,
    backup,
    damages,
    discard,
    letters_of,
    made_of,
    never,
    prune,
    quiet,
)

KEEP_ONE = Keep(last=1)


def faulty_at(place: Place) -> tuple[Vault, FaultyStore]:
    store = faulty(LocalStore(place.folder))
    return Vault.open(store, PASSPHRASE, place.clock), store


def test_what_retention_lets_go_is_removed_after_its_grace(place: Place) -> None:
    vault = place.create()
    old, new = backup(vault, 1, range(40)), backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    packs = place.files("packs")
    pruned = prune(vault, 7)
    assert pruned.trash is not None
    assert [len(pruned.trash.heads), pruned.swept[0].heads] == [1, 0]
    assert letters_of(place.open(), old) == set(range(40))
    assert prune(vault, 7).trash is None
    place.clock.time += 7 * DAY
    (swept,) = prune(vault, 7).swept
    assert swept.heads == 1
    assert swept.packs
    assert swept.freed > 0
    assert place.files("trash") == []
    assert len(place.files("packs")) <= len(packs)
    assert letters_of(place.open(), new) == set(range(30, 60))
    assert [one.snapshot.id for one in place.open().heads(STREAM)] == [new.snapshot.id]
    assert damages(place.open()) == []


def test_without_a_rule_everything_stays_for_ever(place: Place) -> None:
    vault = place.create()
    heads = [backup(vault, number, range(number, number + 5)) for number in range(1, 6)]
    place.clock.time += 100 * 365 * DAY
    pruned = prune(vault)
    assert (pruned.trash, pruned.swept[0].heads) == (None, 0)
    assert [letters_of(place.open(), one) for one in heads] == [set(range(n, n + 5)) for n in range(1, 6)]


def test_a_preview_says_what_a_prune_does_and_writes_nothing(place: Place) -> None:
    vault = place.create()
    old, new = backup(vault, 1, range(40)), backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    before = {path: path.read_bytes() for path in place.files("")}
    preview = place.open().housekeeping.preview(7, quiet, never)
    assert {path: path.read_bytes() for path in place.files("")} == before
    assert [one.snapshot.id for one in preview.go] == [old.snapshot.id]
    assert [(one.snapshot.id, reasons) for one, reasons in preview.stay] == [(new.snapshot.id, ("last", "complete"))]
    pruned = prune(vault, 7)
    assert pruned.trash is not None
    assert (len(pruned.trash.packs), pruned.size) == (preview.packs, preview.size)
    place.clock.time += 7 * DAY
    before_bytes = sum(path.stat().st_size for path in place.files("packs") + place.files("meta"))
    (swept,) = prune(vault, 7).swept
    after_bytes = sum(path.stat().st_size for path in place.files("packs") + place.files("meta"))
    assert before_bytes - after_bytes == swept.freed


def test_trash_can_be_called_back_until_it_is_removed(place: Place) -> None:
    vault = place.create()
    old = backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    vault.housekeeping.set_policy(None, None)
    (trashed,) = place.open().housekeeping.trash()
    assert [one.snapshot.id for one in trashed.heads] == [old.snapshot.id]
    assert trashed.size > 0
    assert place.open().housekeeping.cancel_trash(trashed.trash.id, "me") == 1
    assert prune(place.open(), 7).swept[0].heads == 0
    assert letters_of(place.open(), old) == set(range(40))
    assert damages(place.open()) == []
    with pytest.raises(Misconfigured):
        vault.housekeeping.cancel_trash(trashed.trash.id, "me")


def test_a_rule_that_keeps_more_since_spares_what_lies_in_the_trash(place: Place) -> None:
    vault = place.create()
    old = backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    vault.housekeeping.set_policy(STREAM, Keep(last=2))
    (swept,) = prune(vault, 7).swept
    assert (swept.heads, swept.packs) == (0, 0)
    assert [one.heads for one in place.open().housekeeping.trash() if one.heads] == []
    assert letters_of(place.open(), old) == set(range(40))


@pytest.mark.parametrize("scope", ["snapshot", "stream", "all"])
def test_a_hold_wins_even_over_trash_that_is_due(place: Place, scope: str) -> None:
    vault = place.create()
    old = backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    stream = None if scope == "all" else STREAM
    held = vault.housekeeping.hold(stream, old.snapshot.id if scope == "snapshot" else None, "lawsuit", "me")
    prune(vault)
    prune(vault)
    assert letters_of(place.open(), old) == set(range(40))
    assert [one.label for one in place.open().housekeeping.holds()] == ["lawsuit"]
    vault.housekeeping.release(held.id)
    assert sum(one.heads for one in prune(vault).swept) == 1


def test_a_head_that_arrived_meanwhile_spares_what_it_needs(place: Place) -> None:
    vault, late = place.create(), place.open()
    backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    with late.writer(OTHER, "began before") as writer:
        bodies = [writer.add(letter(number)) for number in range(10)]  # all of them are there: nothing is stored
        pruned = prune(vault)
        assert pruned.swept[-1].busy is not None
        assert pruned.swept[-1].busy.facts["owner"] == "began before"
        root = writer.apply("", [Edit(None, INBOX), *(Edit(None, item(n, body)) for n, body in enumerate(bodies))])
        made = head(root, 7, items=10)
        made = replace(made, snapshot=replace(made.snapshot, stream=OTHER), account=OTHER_ACCOUNT)
        writer.seal(made)
    assert any(one.spared for one in prune(vault).swept)
    assert letters_of(place.open(), made) == set(range(10))
    assert damages(place.open()) == []


@pytest.mark.parametrize("turn", range(1, 30, 2))
def test_a_backup_that_ends_in_the_midst_of_a_sweep_is_no_damage(place: Place, turn: int) -> None:
    vault = place.create()
    backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    store = faulty(LocalStore(place.folder))
    sweeping = Vault.open(store, PASSPHRASE, place.clock)
    made = []
    store.before(turn, lambda *_: made.append(backup(place.open(), 3, range(5, 15), OTHER)))
    assert sum(one.heads for one in prune(sweeping, 7).swept) == 1
    assert [letters_of(place.open(), one) for one in made] == [set(range(5, 15))] * len(made)
    assert damages(place.open()) == []


def test_who_begins_after_does_not_count_on_what_lies_in_the_trash(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    with place.open().writer(OTHER, "began after") as writer:
        body = writer.add(letter(1))
        writer.flush()
        (swept,) = prune(vault, 7).swept
        assert swept.busy is None
        assert swept.packs
        assert place.open().read(body) == letter(1)


def test_what_a_running_backup_wrote_is_no_refuse(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(5))
    with place.open().writer(OTHER, "at work") as writer:
        body = writer.add(letter(99))
        writer.flush()
        packs = place.files("packs")
        pruned = prune(vault)
        assert (pruned.trash, place.files("packs")) == (None, packs)
    assert place.open().read(body) == letter(99)
    assert sum(one.packs for one in prune(vault).swept) == 1
    assert len(place.files("packs")) == 1


def test_an_account_is_discarded_with_a_grace_and_nobody_goes_on_from_it(place: Place) -> None:
    vault = place.create()
    mine, others = backup(vault, 1, range(20)), backup(vault, 2, range(10, 30), OTHER)
    assert discard(vault, grace_days=7).trash is not None
    with pytest.raises(Misconfigured) as refused, place.open().writer(STREAM, "me"):
        pass
    assert refused.value.facts["what"] == "discarded"
    assert letters_of(place.open(), mine) == set(range(20))
    place.clock.time += 7 * DAY
    prune(vault, 7)
    assert place.open().streams() == [OTHER]
    assert letters_of(place.open(), others) == set(range(10, 30))
    assert damages(place.open()) == []
    again = backup(place.open(), 3, range(5))
    assert letters_of(place.open(), again) == set(range(5))
    assert place.open().housekeeping.removed(STREAM) == {mine.snapshot.id}


def test_chosen_points_in_time_go_and_the_others_lose_nothing(place: Place) -> None:
    vault = place.create()
    heads = [backup(vault, number, range(number * 5, number * 5 + 20)) for number in range(1, 6)]
    discard(vault, [heads[1], heads[3]])
    kept = [heads[0], heads[2], heads[4]]
    assert [one.snapshot.id for one in place.open().heads(STREAM)] == [one.snapshot.id for one in kept]
    for number, one in zip((1, 3, 5), kept, strict=True):
        assert letters_of(place.open(), one) == set(range(number * 5, number * 5 + 20))
    assert damages(place.open()) == []


@pytest.mark.parametrize("what", ["unknown-snapshot", "newest", "held", "unknown-stream"])
def test_what_cannot_be_discarded_is_refused(place: Place, what: str) -> None:
    vault = place.create()
    old, new = backup(vault, 1, range(5)), backup(vault, 2, range(6))
    vault.housekeeping.hold(STREAM, old.snapshot.id, "", "me")
    ids: dict[str, list[SnapshotId]] = {
        "unknown-snapshot": [SnapshotId("?")],
        "newest": [new.snapshot.id],
        "held": [old.snapshot.id],
        "unknown-stream": [],
    }
    stream = StreamId("nobody/mail") if what == "unknown-stream" else STREAM
    with pytest.raises(Misconfigured) as refused:
        vault.housekeeping.discard(stream, ids[what], "me", 0, "test", quiet, never)
    assert refused.value.facts["what"] == what
    assert place.files("trash") == []


def test_packs_that_hold_little_that_is_needed_are_written_anew(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(40))
    new = backup(vault, 2, range(35, 45))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    before = sum(path.stat().st_size for path in place.files("packs"))
    pruned = prune(vault)
    assert pruned.grown > 0
    after = sum(path.stat().st_size for path in place.files("packs"))
    assert after < before / 2
    assert letters_of(place.open(), new) == set(range(35, 45))
    assert damages(place.open()) == []
    assert prune(place.open()).trash is None


def test_small_packs_are_joined_once_they_fill_one(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "FULL", 60_000)
    monkeypatch.setattr(pruning, "SMALL", 30_000)
    vault = place.create()
    for number in range(1, 4):
        backup(vault, number, range(number * 5))
    assert prune(vault).trash is None
    for number in range(4, 11):
        last = backup(vault, number, range(number * 5))
    prune(vault)
    assert len(place.files("packs")) < 5
    assert letters_of(place.open(), last) == set(range(50))
    assert damages(place.open()) == []


def spoil_head(place: Place) -> None:
    place.files("snapshots")[-1].write_bytes(b"?" * 200)


def spoil_node(place: Place) -> None:
    path = max(place.files("meta"), key=lambda path: path.stat().st_mtime_ns)
    data = path.read_bytes()
    path.write_bytes(data[:50] + bytes(len(data) - 50))


def lose_data(place: Place) -> None:
    max(place.files("packs"), key=lambda path: path.stat().st_mtime_ns).unlink()


def lose_nodes(place: Place) -> None:
    for path in place.files("meta"):
        path.unlink()


def spoil_hold(place: Place) -> None:
    place.files("holds")[0].write_bytes(b"?")


def spoil_policy(place: Place) -> None:
    place.files("policy")[0].write_bytes(b"?")


@pytest.mark.parametrize("spoil", [spoil_head, spoil_node, lose_data, lose_nodes, spoil_hold, spoil_policy])
@pytest.mark.parametrize("phase", [1, 2])
def test_a_damaged_vault_loses_nothing_more(place: Place, spoil: object, phase: int) -> None:
    vault = place.create()
    backup(vault, 1, range(3), OTHER)
    backup(vault, 1, range(40))
    backup(vault, 2, range(60, 80))
    vault.housekeeping.hold(OTHER, None, "", "me")
    vault.housekeeping.set_policy(None, KEEP_ONE)
    if phase == 2:
        prune(vault, 7)
        place.clock.time += 8 * DAY
    assert callable(spoil)
    spoil(place)
    before = place.files("")
    with pytest.raises(VaultDamaged):
        prune(place.open(), 7)
    assert set(place.files("")) >= set(before) - set(place.files("leases"))


def test_a_copy_is_only_removed_if_the_other_was_read(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(40))
    new = backup(vault, 2, range(35, 45))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    before = set(place.files("packs"))
    prune(vault, 7)
    (copy,) = set(place.files("packs")) - before
    data = bytearray(copy.read_bytes())
    data[1000] ^= 1
    copy.write_bytes(data)
    place.clock.time += 8 * DAY
    (swept,) = prune(place.open(), 7).swept
    assert swept.spared
    assert letters_of(place.open(), new) == set(range(35, 45))


def test_a_removal_that_failed_does_not_count(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(40))
    backup(vault, 2, range(60, 80))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    broken, store = faulty_at(place)
    store.fail_before(1, "delete", "packs", times=FOREVER)
    with pytest.raises(VaultFault):
        prune(broken, 7)
    assert len(place.files("trash")) == 1
    packs = len(place.files("packs"))
    store.mend()
    (swept,) = prune(broken, 7).swept
    assert (swept.heads, packs - len(place.files("packs"))) == (0, 1)
    assert place.files("trash") == []
    assert damages(place.open()) == []


@pytest.mark.parametrize("wish", ["hold", "rule", "call back"])
def test_what_a_prune_that_was_cut_off_noted_can_still_be_kept(place: Place, wish: str) -> None:
    vault = place.create()
    old = backup(vault, 1, range(40))
    backup(vault, 2, range(60, 80))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault, 7)
    place.clock.time += 8 * DAY
    broken, store = faulty_at(place)
    store.fail_before(1, "delete", "snapshots")
    with pytest.raises(VaultFault):
        prune(broken, 7)
    assert len(place.files("removed")) == 1
    if wish == "hold":
        vault.housekeeping.hold(STREAM, None, "", "me")
    elif wish == "rule":
        vault.housekeeping.set_policy(None, None)
    else:
        vault.housekeeping.cancel_trash(vault.housekeeping.trash()[0].trash.id, "me")
        vault.housekeeping.set_policy(None, None)
    prune(vault, 7)
    assert letters_of(place.open(), old) == set(range(40))
    assert damages(place.open()) == []


def test_only_one_prunes_at_a_time_and_holds_are_placed_between(place: Place) -> None:
    vault, other = place.create(), place.open()
    backup(vault, 1, range(5))
    tried: list[str] = []

    def interrupt(_done: int, _total: int) -> None:
        for attempt in (lambda: prune(other), lambda: other.housekeeping.hold(None, None, "", "me")):
            with pytest.raises(VaultBusy):
                attempt()
            tried.append("refused")

    vault.housekeeping.prune("pruner", 0, "test", interrupt, never)
    assert tried


def test_it_can_be_cancelled(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(40))
    backup(vault, 2, range(60, 80))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        vault.housekeeping.prune("pruner", 0, "test", quiet, stop.is_set)
    assert place.files("trash") == []
    prune(vault)
    assert len(place.open().heads(STREAM)) == 1


def test_the_last_complete_one_stays_whatever_follows_it(place: Place) -> None:
    vault = place.create()
    whole = backup(vault, 1, range(10))
    for number in range(2, 6):
        backup(vault, number, range(10 + number), status=SnapshotStatus.PARTIAL)
    vault.housekeeping.set_policy(None, Keep(days=0))
    place.clock.time += 1000 * DAY
    prune(vault)
    kept = place.open().heads(STREAM)
    assert kept[0].snapshot.id == whole.snapshot.id
    assert len(kept) == 2
    assert letters_of(place.open(), whole) == set(range(10))


def test_what_a_lock_keeps_stays_listed_and_the_rest_goes() -> None:
    clock = HandClock()
    store = LockingMemoryStore(clock, days=30)
    vault, _ = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    backup(vault, 1, range(40))
    clock.time += 20 * DAY
    new = backup(vault, 2, range(60, 80))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    pruned = prune(vault, 1)
    assert pruned.trash is not None
    clock.time += 2 * DAY
    (swept,) = prune(vault, 1).swept
    assert (swept.heads, swept.packs) == (0, 0)
    (trashed,) = vault.housekeeping.trash()
    assert {one.name for one in swept.locked} <= {*trashed.trash.heads, *trashed.trash.packs}
    assert trashed.trash.due > clock.time
    assert [one.snapshot.id for one in vault.heads(STREAM)] == ["20260101T000001Z-00000001", new.snapshot.id]
    clock.time = trashed.trash.due
    total = [one for _ in range(3) for one in prune(vault, 1).swept]
    clock.time += 40 * DAY
    total += prune(vault, 1).swept
    assert sum(one.heads for one in total) == 1
    assert letters_of(vault, new) == set(range(60, 80))
    assert isinstance(store.lock, ObjectLock)


def test_reading_is_not_disturbed(place: Place) -> None:
    vault, reading = place.create(), place.open()
    old = backup(vault, 1, range(40))
    new = backup(vault, 2, range(35, 45))
    reading.refresh()
    vault.housekeeping.set_policy(None, KEEP_ONE)
    prune(vault)
    assert letters_of(reading, new) == set(range(35, 45))
    with pytest.raises((BodyDamaged, VaultDamaged)):
        letters_of(reading, old)


def test_names_of_strangers_do_no_harm(place: Place) -> None:
    vault = place.create()
    backup(vault, 1, range(5))
    for name in ("trash/notes.txt", "holds/readme", "policy/x"):
        path = Path(place.folder / name)
        path.parent.mkdir(exist_ok=True)
        path.write_text("hello")
    prune(place.open())
    assert place.open().housekeeping.holds() == []


def test_what_lies_under_earlier_keys_is_written_anew_little_by_little(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "_OLD_AT_ONCE", 2)
    vault = place.create()
    heads = [backup(vault, number, range(number * 10)) for number in range(1, 4)]
    vault.rotate(PASSPHRASE)
    vault = place.open()
    for _ in range(4):
        prune(vault)
    epochs = {int.from_bytes(path.read_bytes()[8:12], "big") for path in place.files("packs") + place.files("meta")}
    assert epochs == {2}
    for number, one in enumerate(heads, 1):
        assert letters_of(place.open(), one) == set(range(number * 10))
    assert damages(place.open()) == []


def test_a_copy_that_is_only_kept_near_does_not_count(place: Place, tmp_path: Path) -> None:
    place.create()
    vault = Vault.open(CachingStore(LocalStore(place.folder), tmp_path / "near"), PASSPHRASE, place.clock)
    backup(vault, 1, range(400))
    new = backup(vault, 2, range(300, 400))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    before = set(place.files("meta"))
    prune(vault, 7)
    copies = set(place.files("meta")) - before
    letters_of(vault, new)
    assert copies
    for path in copies:
        path.write_bytes(bytes(len(path.read_bytes())))
    place.clock.time += 8 * DAY
    prune(vault, 7)
    assert letters_of(place.open(), new) == set(range(300, 400))


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_clock_that_is_wrong_by_an_hour_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    monkeypatch.setattr(leases, "_LOOK", 0.001)
    vault = place.create()
    backup(vault, 1, range(40))
    backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    wrong = HandClock()
    wrong.time = place.clock.time + ahead
    elsewhere = Vault.open(LocalStore(place.folder), PASSPHRASE, wrong)
    looks = iter(range(1000))
    with elsewhere.writer(OTHER, "on a machine whose clock is wrong") as writer:
        body = writer.add(letter(1))
        with contextlib.suppress(Cancelled):
            pruned = vault.housekeeping.prune("pruner", 0, "test", quiet, lambda: next(looks) > 900)
            assert pruned.swept[-1].busy is not None
        made = made_of(writer.apply("", [Edit(None, INBOX), Edit(None, item(1, body))]), 7, OTHER, 1, 7)
        writer.seal(made)
    prune(vault)
    assert letters_of(place.open(), made) == {1}
    assert damages(place.open()) == []
