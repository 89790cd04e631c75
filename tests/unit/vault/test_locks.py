"""Retention locks last as long as promised, at the price of few requests."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sets

from saasbackup_desktop.core.errors import Cancelled, Fault, VaultDamaged
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit
from saasbackup_desktop.core.ports import LockingStore
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.contents import key_of
from saasbackup_desktop.vault.format.names import KEYS, LOCKS, META, PACKS, SNAPSHOTS
from saasbackup_desktop.vault.format.trees import Trees
from saasbackup_desktop.vault.index import name_of
from saasbackup_desktop.vault.sharing.locks import LockRenewal, Renewed
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import faulty
from tests.locking_store import DAY, LockingMemoryStore
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, HandClock, head, item, store_letters

DAYS = 40
SLACK = 10


class CountingStore(LockingMemoryStore):
    """Counts what it is asked about locks."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock, DAYS)
        self.asked = self.extended = 0

    def locked_until(self, name: str) -> int | None:
        self.asked += 1
        return super().locked_until(name)

    def extend(self, name: str, until: int) -> None:
        self.extended += 1
        super().extend(name, until)

    def end_of(self, name: str) -> int:
        return super().locked_until(name) or 0


class Stage:
    """A vault under a lock, and days that pass."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.store = CountingStore(self.clock)
        self.vault, _ = Vault.create(self.store, PASSPHRASE, self.clock, argon2=CHEAP)
        self.backups = 0

    def back_up(self, numbers: range = range(0)) -> None:
        self.backups += 1
        last = self.vault.last_head(STREAM)
        with self.vault.writer(STREAM, "me") as writer:
            edits = store_letters(writer, numbers)
            root = writer.apply(last.root if last else "", edits[1:] if last else edits)
            writer.seal(self.made_now(head(root, self.backups)))

    def made_now(self, made: object) -> object:
        return replace(made, snapshot=replace(made.snapshot, started=self.clock.now(), finished=self.clock.now()))  # type: ignore[attr-defined, type-var]

    def renew(self) -> Renewed:
        return self.vault.renew_locks(lambda _done, _of: None, lambda: False)

    def pass_days(self, days: float) -> None:
        self.clock.time += int(days * DAY)

    def require_locked(self, days: float) -> None:
        """Everything that the newest head needs is locked for so many days from now."""
        until = self.clock.now() + days * DAY
        newest = max(name for name in self.store.list(SNAPSHOTS))
        for name in [*self.store.list(KEYS), newest, "vault.json"]:
            assert self.store.end_of(name) >= until, name
        last = self.vault.last_head(STREAM)
        assert last is not None
        for id in self._needed(bytes.fromhex(last.root)):
            packs = {pack for pack, _ in self.vault._index.places(id)}
            assert any(self.store.end_of(name_of(pack)) >= until for pack in packs)

    def _needed(self, node: bytes) -> Iterator[bytes]:
        yield node
        level, entries = self.vault._trees.node(node)
        for key, value in entries:
            if level:
                yield from self._needed(value)
            elif key > contents.LAST_FOLDER:
                yield from contents.blobs_of(value)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_without_a_lock_there_is_nothing_to_do(stage: Stage) -> None:
    stage.store.keep_under(None)
    stage.back_up(range(5))
    assert stage.renew() == Renewed()
    assert not list(stage.store.list(LOCKS))


def test_what_a_backup_shares_with_older_ones_is_renewed(stage: Stage) -> None:
    stage.back_up(range(20))
    stage.renew()
    for _ in range(10):
        stage.pass_days(13)
        stage.back_up()
        stage.renew()
        stage.require_locked(DAYS)


def test_daily_backups_ask_little(stage: Stage) -> None:
    stage.back_up(range(40))
    stage.renew()
    walked = 0
    for day in range(60):
        stage.pass_days(1)
        stage.back_up(range(40 + day, 41 + day))
        done = stage.renew()
        assert done.heads == 1
        walked += done.walked
        stage.require_locked(DAYS)
    assert walked <= 60 / (SLACK / 2) + 2
    files = sum(1 for name in stage.store.list() if name.partition("/")[0] in (PACKS, META, KEYS, SNAPSHOTS))
    assert stage.store.extended < files * 60 / (SLACK / 2)
    before = stage.store.asked
    stage.renew()
    assert stage.store.asked == before


def test_another_machine_goes_on_from_what_is_remembered(stage: Stage) -> None:
    stage.back_up(range(20))
    stage.renew()
    again = Vault.open(stage.store, PASSPHRASE, stage.clock)
    before = stage.store.asked
    assert again.renew_locks(lambda _done, _of: None, lambda: False).heads == 0
    assert stage.store.asked == before


def test_what_is_remembered_may_be_lost(stage: Stage) -> None:
    stage.back_up(range(20))
    stage.renew()
    for name in list(stage.store.list(LOCKS)):
        stage.store.delete(name)
    stage.pass_days(15)
    stage.back_up()
    done = stage.renew()
    assert done.heads == 2
    stage.require_locked(DAYS)


def test_an_old_note_in_place_of_a_new_one_does_no_harm(stage: Stage) -> None:
    stage.back_up(range(20))
    stage.renew()
    (old,) = stage.store.list(LOCKS)
    data = stage.store.get(old)
    stage.pass_days(15)
    stage.back_up(range(20, 25))
    stage.renew()
    for name in list(stage.store.list(LOCKS)):
        stage.store.delete(name)
    stage.store.put(old, data, fleeting=True)
    stage.pass_days(15)
    stage.back_up()
    stage.renew()
    stage.require_locked(DAYS)


def test_a_note_that_was_altered_counts_for_nothing(stage: Stage) -> None:
    stage.back_up(range(20))
    stage.renew()
    (name,) = stage.store.list(LOCKS)
    data = bytearray(stage.store.get(name))
    data[60] ^= 1
    stage.store.delete(name)
    stage.store.put(name, bytes(data), fleeting=True)
    assert stage.renew().heads == 1


def test_what_came_back_from_long_ago_is_renewed(stage: Stage) -> None:
    """A pack that the last backups did not need lies outside of all that was renewed since."""
    stage.back_up(range(20))
    stage.renew()
    last = stage.vault.last_head(STREAM)
    assert last is not None
    gone = [node for node in stage.vault.nodes(last.root) if node.id == item(7).id]
    stage.pass_days(1)
    with stage.vault.writer(STREAM, "me") as writer:
        everything = [Edit(node, None) for node in stage.vault.nodes(last.root) if node.id != NodeId("box")]
        edits = store_letters(writer, range(100, 103))[1:]
        writer.seal(stage.made_now(head(writer.apply(last.root, [*everything, *edits]), 50)))  # type: ignore[arg-type]
    stage.renew()
    for _ in range(8):
        stage.pass_days(9)
        stage.back_up(range(200 + stage.backups, 201 + stage.backups))
        stage.renew()
    last = stage.vault.last_head(STREAM)
    assert last is not None
    with stage.vault.writer(STREAM, "me") as writer:
        writer.seal(stage.made_now(head(writer.apply(last.root, [Edit(None, node) for node in gone]), 60)))  # type: ignore[arg-type]
    stage.renew()
    found = {name for name in stage.store.list(PACKS) if stage.store.end_of(name) >= stage.clock.now() + DAYS * DAY}
    assert found
    last = stage.vault.last_head(STREAM)
    assert last is not None
    body = next(node.body for node in stage.vault.nodes(last.root) if node.id == item(7).id)  # type: ignore[union-attr]
    assert body is not None
    packs = {
        pack.digest.hex()
        for segment in body.recipe
        for pack, _ in stage.vault._index.places(bytes.fromhex(segment.blob))
    }
    assert packs & {name.rpartition("/")[2] for name in found}


def test_a_stop_anywhere_loses_nothing(stage: Stage) -> None:
    stage.back_up(range(20))
    stage.renew()
    stage.pass_days(20)
    stage.back_up(range(20, 40))
    for calls in range(40):
        left = iter(range(calls))
        try:
            stage.vault.renew_locks(lambda _done, _of: None, lambda left=left: next(left, None) is None)  # type: ignore[misc]
        except Cancelled:
            continue
        break
    else:
        pytest.fail("never came to its end")
    assert stage.renew().heads == 0
    stage.require_locked(DAYS)


def test_a_clock_that_was_far_ahead_locks_nothing_for_ever(stage: Stage) -> None:
    stage.back_up(range(5))
    stage.renew()
    stage.clock.time += 3650 * DAY
    late = stage.made_now(head(stage.vault.last_head(STREAM).root, 9))  # type: ignore[union-attr]
    stage.clock.time -= 3650 * DAY - 30 * DAY
    with stage.vault.writer(STREAM, "me") as writer:
        writer.seal(late)  # type: ignore[arg-type]
    stage.renew()
    assert max(stage.store.end_of(name) for name in stage.store.list()) <= stage.clock.now() + (DAYS + SLACK) * DAY


def test_heads_whose_time_is_over_are_let_go_of(stage: Stage) -> None:
    stage.back_up(range(5))
    stage.pass_days(DAYS + 1)
    assert stage.renew().heads == 0


def test_a_missing_pack_is_told_and_the_rest_renewed(stage: Stage) -> None:
    stage.back_up(range(5))
    stage.renew()
    stage.pass_days(20)
    stage.back_up(range(5, 10))
    lost = next(name for name in stage.store.list(PACKS))
    stage.store.versions.pop(lost)
    with pytest.raises(VaultDamaged):
        stage.renew()
    assert next(iter(stage.store.list(LOCKS)), None)


def test_notes_are_part_of_a_whole_vault(stage: Stage) -> None:
    stage.back_up(range(5))
    stage.renew()
    assert list(stage.vault.check(100, lambda _done, _of: None, lambda: False, tells_all=True)) == []


@pytest.mark.parametrize("turn", range(1, 60, 4))
def test_a_store_that_fails_anywhere_in_a_renewal(stage: Stage, turn: int) -> None:
    stage.back_up(range(20))
    stage.renew()
    stage.pass_days(20)
    stage.back_up(range(20, 40))
    store = faulty(stage.store)
    assert isinstance(store, LockingStore)
    vault = Vault.open(store, PASSPHRASE, stage.clock)
    store.fail_before(turn)
    store.fail_after(turn + 2)
    with contextlib.suppress(Fault):
        vault.renew_locks(lambda _done, _of: None, lambda: False)
    store.mend()
    assert Vault.open(store, PASSPHRASE, stage.clock).renew_locks(lambda _done, _of: None, lambda: False).heads in (
        0,
        1,
    )
    stage.require_locked(DAYS)


@settings(max_examples=40, deadline=None)
@given(
    before=sets(integers(0, 3000), max_size=400),
    gone=sets(integers(0, 3000), max_size=60),
    added=sets(integers(0, 9000), max_size=400),
)
def test_what_differs_between_two_trees_is_never_missed(before: set[int], gone: set[int], added: set[int]) -> None:
    """Nodes and blobs of the second that are not those of the first are all named, whatever the trees' heights."""
    blobs: dict[bytes, bytes] = {}

    def save(plain: bytes) -> bytes:
        id = hashlib.sha256(plain).digest()
        blobs[id] = plain
        return id

    trees = Trees(blobs.__getitem__, b"seed" * 8)

    def entry(number: int) -> tuple[bytes, bytes]:
        blob = hashlib.sha256(b"%d" % number).hexdigest()
        return key_of(item(number)), json.dumps({"b": [blob, 1, [[blob, 1, "raw"]]]}).encode()

    old = trees.changed(b"", dict(entry(number) for number in before), save)
    changes = {entry(number)[0]: None for number in gone & before} | dict(entry(number) for number in added)
    new = trees.changed(old, changes, save)

    def needed(node: bytes) -> Iterator[bytes]:
        if node:
            yield node
            level, entries = trees.node(node)
            for _, value in entries:
                yield from needed(value) if level else contents.blobs_of(value)

    renewal = LockRenewal.__new__(LockRenewal)
    renewal._trees = trees
    found = set(renewal._beyond(old.hex(), new.hex(), lambda: False))
    everything = set(needed(new))
    assert everything - set(needed(old)) <= found <= everything
