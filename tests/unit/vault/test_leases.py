"""Who is at work: one writer of a stream, one pruner; neither the dead nor wrong clocks stand in the way or do harm."""

import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Fault, VaultBusy, VaultFault, VaultKeysChanged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.sharing import leases
from saasbackup_desktop.vault.sharing.leases import FORGOTTEN, LASTS, TOLERANCE, Lease, Watch, others
from saasbackup_desktop.vault.sharing.processes import is_running, started
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import FOREVER, FaultyStore, faulty
from tests.unit.vault.conftest import PASSPHRASE, STREAM, HandClock, Place, head, letter, store_letters

VAULT = bytes(16).hex()
HOUR = 3600


@dataclass
class Machine:
    """A machine with a clock of its own, at work in the same vault as others."""

    store: BlobStore
    keys: Keys
    clock: HandClock = field(default_factory=HandClock)
    ticks: float = 1000.0
    paused: Callable[[], None] = lambda: None

    @property
    def watch(self) -> Watch:
        return Watch(lambda: self.ticks, self._pause)

    def lease(self, owner: str = "ada", stream: StreamId = STREAM) -> Lease:
        return Lease(self.store, self.keys, self.clock, stream, owner, watch=self.watch)

    def exclusive(self, owner: str = "pruner", stop: Callable[[], bool] = lambda: False) -> Lease:
        return Lease.exclusive(self.store, self.keys, self.clock, owner, watch=self.watch, stop=stop)

    def others(self, mine: Lease | None = None, stop: Callable[[], bool] = lambda: False) -> list[str]:
        found = others(self.store, self.keys, self.clock, mine=mine, watch=self.watch, stop=stop)
        return sorted(one.owner for one in found)

    def _pause(self, seconds: float) -> None:
        self.ticks += seconds
        self.paused()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    store = faulty(LocalStore(tmp_path / "vault"))
    store.put("vault.json", b"")
    return Machine(store, Keys([bytes(32)], VAULT))


@pytest.fixture
def elsewhere(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Another machine; what it writes is taken for what another machine wrote."""
    there = Machine(machine.store, machine.keys)
    real = there.lease, there.exclusive

    def abroad(take: Callable[..., Lease]) -> Callable[..., Lease]:
        def taken(*arguments: object, **named: object) -> Lease:
            with monkeypatch.context() as patch:
                patch.setattr(leases, "HOST", "0" * 16)
                lease = take(*arguments, **named)
            lease._machine = "0" * 16
            return lease

        return taken

    monkeypatch.setattr(there, "lease", abroad(real[0]))
    monkeypatch.setattr(there, "exclusive", abroad(real[1]))
    return there


def crash(lease: Lease) -> None:
    """Let its process be gone: nobody renews it, and nobody removes it."""
    lease._over.set()
    lease._thread.join()


def names(machine: Machine) -> list[str]:
    return list(machine.store.list("leases"))


# --- one at a time -----------------------------------------------------------------------------------------------


def test_the_second_writer_is_told_who_the_first_is(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada"):
        for other in (vault, place.open()):
            with pytest.raises(VaultBusy) as fault:
                other.writer(STREAM, "bob")
            assert fault.value.facts["owner"] == "ada"
            assert fault.value.facts["host"] == platform.node()
            assert str(fault.value.facts["until"]).startswith("2026-09-21T")
            assert "ahead" not in fault.value.facts
        with place.open().writer(StreamId("0123456789abcdef/mail"), "bob"):
            pass
    with place.open().writer(STREAM, "bob"):
        pass
    assert not place.files("leases")


def test_writers_and_the_pruner_do_not_keep_each_other_away(machine: Machine) -> None:
    first, second = machine.lease("ada"), machine.lease("bob", StreamId("other/mail"))
    pruner = machine.exclusive()
    assert machine.others(pruner) == ["ada", "bob"]
    assert machine.others() == ["ada", "bob", "pruner"]
    with pytest.raises(VaultBusy) as fault:
        machine.exclusive("eve")
    assert fault.value.facts["owner"] == "pruner"
    for lease in (first, second, pruner):
        lease.release()
    assert machine.others() == []
    assert not names(machine)


@pytest.mark.parametrize("exclusive", [False, True])
def test_of_many_at_once_exactly_one_wins(machine: Machine, exclusive: bool) -> None:
    won: list[Lease] = []
    told: list[str] = []
    start = threading.Barrier(8)

    def race(number: int) -> None:
        one = Machine(machine.store, machine.keys)
        start.wait()
        try:
            won.append(one.exclusive(str(number)) if exclusive else one.lease(str(number)))
        except VaultBusy as fault:
            told.append(str(fault.facts["owner"]))

    for _ in range(5):
        threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = won
        assert len(told) == 7
        winner.release()
        won.clear()
        told.clear()
        assert not names(machine)


def test_two_who_ask_at_once_on_a_store_without_conditional_create(machine: Machine) -> None:
    store = machine.store
    assert isinstance(store, FaultyStore)
    store.overwrite()
    answers: list[object] = []

    def ask(_operation: str, _name: str) -> None:
        try:
            answers.append(Machine(store, machine.keys).lease("bob"))
        except VaultBusy as fault:
            answers.append(fault)

    store.after(1, ask, "list", "leases")  # after ada looked, and before she wrote
    with pytest.raises(VaultBusy) as fault:
        machine.lease("ada")
    assert fault.value.facts["owner"] == "bob"
    (bob,) = answers
    assert isinstance(bob, Lease)
    bob.require()
    bob.release()

    answers.clear()
    store.after(1, ask, "put", "leases")  # after ada asked, and before she looked again
    ada = machine.lease("ada")
    assert isinstance(answers[0], VaultBusy)
    ada.release()


# --- the dead ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exclusive", [False, True])
def test_a_dead_process_is_followed_at_once(machine: Machine, exclusive: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with monkeypatch.context() as patch:
        patch.setattr(leases.os, "getpid", lambda: process.pid)
        lease = machine.exclusive("ada") if exclusive else machine.lease("ada")
    assert machine.others() == ["ada"]
    process.kill()
    while is_running(process.pid):  # nobody has waited for it yet: it is a zombie first
        pass
    crash(lease)
    again = machine.exclusive("bob") if exclusive else machine.lease("bob")
    assert machine.others() == ["bob"]
    again.release()
    process.communicate()
    assert not names(machine)


def test_a_process_number_that_was_given_again_is_not_the_same_process() -> None:
    assert is_running(os.getpid(), started(os.getpid()))
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells when a process began")
    assert not is_running(os.getpid(), "another boot/1")


def test_a_writer_takes_over_what_has_run_out(machine: Machine, elsewhere: Machine) -> None:
    ada = elsewhere.lease("ada")
    crash(ada)
    machine.clock.time += LASTS + TOLERANCE
    with pytest.raises(VaultBusy):
        machine.lease("bob")
    machine.clock.time += 1
    bob = machine.lease("bob")
    with pytest.raises(VaultBusy) as fault:
        ada.require()
    assert fault.value.facts["owner"] == "bob"
    ada.release()
    bob.require()
    bob.release()
    assert not names(machine)


def test_a_pruner_watches_what_has_run_out(machine: Machine, elsewhere: Machine) -> None:
    crash(elsewhere.exclusive("ada"))
    machine.clock.time += LASTS + TOLERANCE + 1
    begun = machine.ticks
    lease = machine.exclusive("bob")
    assert machine.ticks - begun > LASTS + TOLERANCE
    assert machine.others() == ["bob"]
    lease.release()


def test_a_pruner_that_is_stopped_while_it_watches(machine: Machine, elsewhere: Machine) -> None:
    crash(elsewhere.exclusive("ada"))
    machine.clock.time += HOUR
    with pytest.raises(VaultBusy):
        machine.exclusive("bob", stop=lambda: machine.ticks > 1020)
    assert machine.others(stop=lambda: True) == ["ada"]


def test_what_ended_a_day_ago_is_not_watched(machine: Machine, elsewhere: Machine) -> None:
    crash(elsewhere.lease("ada"))
    machine.clock.time += LASTS + FORGOTTEN + 1
    begun = machine.ticks
    assert machine.others() == []
    assert machine.ticks == begun
    assert not names(machine)


def test_a_lease_that_means_nothing(machine: Machine) -> None:
    lease = machine.lease("ada")
    (name, *_) = names(machine)
    lease.release()
    stranger = name.replace(lease._token, "f" * 32)
    machine.store.put(stranger, b"rubbish")
    machine.store.put(f"{stranger.rpartition('/')[0]}/readme.txt", b"rubbish")
    bob = machine.lease("bob")  # it does not keep a writer away
    begun = machine.ticks
    machine.store.put(stranger.replace("00000001", "00000009"), b"rubbish")
    assert machine.others(stop=lambda: True) == ["", "bob"]
    assert machine.others(bob) == []  # and a pruner only for a while
    assert machine.ticks - begun > LASTS + TOLERANCE
    bob.require()
    bob.release()


def test_a_lease_of_newer_keys_is_not_taken_for_rubbish(machine: Machine) -> None:
    rotated = Machine(machine.store, Keys([b"2" * 32, bytes(32)], VAULT))
    lease = rotated.lease("ada")
    for ask in (machine.lease, machine.others):
        with pytest.raises(VaultKeysChanged):
            ask()
    lease.require()
    lease.release()


# --- clocks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("difference", [-HOUR, HOUR])
def test_two_pruners_never_run_at_once_whatever_the_clocks_say(
    machine: Machine, elsewhere: Machine, difference: int
) -> None:
    machine.clock.time += difference
    holder = elsewhere.exclusive("ada")

    def beat() -> None:
        elsewhere.clock.time += LASTS  # far more than the pause was: it is renewed at once
        holder.renew()

    machine.paused = beat
    with pytest.raises(VaultBusy) as fault:
        machine.exclusive("bob")
    assert fault.value.facts["owner"] == "ada"
    assert machine.others() == ["ada"]
    holder.require()
    holder.release()


def test_a_clock_that_is_ahead_is_told(machine: Machine, elsewhere: Machine) -> None:
    elsewhere.clock.time += HOUR
    lease = elsewhere.lease("ada")
    with pytest.raises(VaultBusy) as fault:
        machine.lease("bob")
    assert fault.value.facts["ahead"] == 60
    lease.release()


def test_a_clock_that_was_days_ahead_keeps_nobody_away(machine: Machine, elsewhere: Machine) -> None:
    elsewhere.clock.time += 1000 * FORGOTTEN
    crash(elsewhere.lease("ada"))
    machine.lease("bob").release()
    crash(elsewhere.exclusive("eve"))
    machine.exclusive("dan").release()


def test_a_clock_that_is_put_back_does_not_stop_renewing(machine: Machine) -> None:
    lease = machine.lease("ada")
    before = names(machine)[-1]
    machine.clock.time -= HOUR
    lease.renew()
    assert names(machine)[-1] != before
    lease.release()


# --- keeping it --------------------------------------------------------------------------------------------------


def test_a_lease_is_renewed_while_it_is_used(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        for _ in range(10):
            place.clock.time += LASTS // 2
            writer.flush()
        assert len(place.files("leases")) == 2
        with pytest.raises(VaultBusy):
            vault.writer(STREAM, "bob")
    assert not place.files("leases")


def test_a_list_made_while_it_is_renewed_shows_it(machine: Machine) -> None:
    lease = machine.lease("ada")
    store = machine.store
    assert isinstance(store, FaultyStore)
    for changes in (1, 2):
        machine.clock.time += LASTS // 2
        lease.renew()
        store.stale(changes)
        assert len([name for name in names(machine) if name.endswith(lease.token)]) >= 2
        store.stale(0)
    lease.release()


def test_it_renews_itself(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = threading.Event()
    monkeypatch.setattr(leases, "LASTS", 0.3)
    monkeypatch.setattr(
        codec, "dumps", lambda record, real=codec.dumps: real({**record, "until": record["made"] + 300})
    )
    store = machine.store
    assert isinstance(store, FaultyStore)
    store.fail_before(1, "list", times=FOREVER)
    with pytest.raises(VaultFault):
        machine.lease("ada")
    store.mend()
    lease = machine.lease("ada")
    store.fail_before(1, times=3)  # the network is away for a moment
    store.after(3, lambda _operation, _name: renewed.set(), "put", "leases")
    assert renewed.wait(30)
    lease.require()
    lease.release()
    assert not names(machine)


def test_who_slept_while_it_was_taken_over_finds_out(machine: Machine, elsewhere: Machine) -> None:
    """The sleeper writes its next file between the other one's look and its removal of what the dead left."""
    ada = elsewhere.lease("ada")
    machine.clock.time += HOUR
    store = machine.store
    assert isinstance(store, FaultyStore)
    woken: list[object] = []

    def wake(_operation: str, _name: str) -> None:
        elsewhere.clock.time += HOUR
        try:
            ada.renew()
        except VaultBusy as fault:
            woken.append(fault)
        else:
            woken.append("renewed")

    store.before(1, wake, "delete", "leases")
    try:
        bob: Lease | None = machine.lease("bob")
    except VaultBusy:
        bob = None
    if woken == ["renewed"]:
        assert bob is None
        ada.require()
    else:
        assert bob is not None
        bob.require()
        bob.release()
    ada.release()


def test_who_lost_the_lease_does_not_write_on(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        writer.seal(head("", 1))
        kept = place.files("snapshots")
        writer.add(letter(1))
        for file in place.files("leases"):
            file.unlink()
        with place.open().writer(STREAM, "bob"):
            place.clock.time += 12 * HOUR  # the lid was closed
            with pytest.raises(VaultBusy) as fault:
                writer.seal(head("", 2))
            assert fault.value.facts["owner"] == "bob"
            with pytest.raises(VaultBusy):
                writer.flush()
    assert not place.files("packs")
    assert place.files("snapshots") == kept
    assert not place.files("leases")


def test_who_lost_it_to_a_pruner_is_told_that_it_is_gone(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        for file in place.files("leases"):
            file.unlink()
        with pytest.raises(VaultBusy) as fault:
            writer.seal(head("", 1))
        assert fault.value.facts["reason"] == "lost"
    assert not place.files("snapshots")


def test_a_head_that_came_too_late_is_taken_back(place: Place) -> None:
    """A pruner takes the writer for dead, and removes what it counts on, while it is just about to write its head."""
    place.create()
    store = faulty(LocalStore(place.folder))
    vault = Vault.open(store, PASSPHRASE, place.clock)

    def prune(_operation: str, _name: str) -> None:
        for file in (*place.files("leases"), *place.files("packs")[-1:]):
            file.unlink()

    with vault.writer(STREAM, "ada") as writer:
        root = writer.apply("", store_letters(writer, range(3)))
        writer.seal(head(root, 1, final=False, items=3))
        (kept,) = place.files("snapshots")
        root = writer.apply(root, store_letters(writer, range(3, 6))[1:])
        store.before(1, prune, "put", "snapshots")
        with pytest.raises(VaultBusy) as fault:
            writer.seal(head(root, 1, items=6))
        assert fault.value.facts["reason"] == "lost"
        with pytest.raises(VaultBusy):
            writer.flush()
    assert place.files("snapshots") == [kept]
    (last,) = place.open().heads(STREAM)
    assert (last.snapshot.items, last.final) == (3, False)
    with place.open().writer(STREAM, "bob") as writer:
        writer.seal(head(root, 2))
    assert not place.files("leases")


def test_a_head_whose_lease_could_not_be_looked_for_is_taken_back(place: Place) -> None:
    place.create()
    store = faulty(LocalStore(place.folder))
    vault = Vault.open(store, PASSPHRASE, place.clock)
    with vault.writer(STREAM, "ada") as writer:
        store.fail_before(1, "list", "leases")
        with pytest.raises(VaultFault):
            writer.seal(head("", 1))
        assert not place.files("snapshots")
        writer.seal(head("", 1))
    assert len(place.files("snapshots")) == 1


def test_a_lease_that_ran_out_and_nobody_took_is_renewed(machine: Machine) -> None:
    lease = machine.lease("ada")
    machine.clock.time += 12 * HOUR
    lease.renew()
    lease.require()
    with pytest.raises(VaultBusy):
        machine.lease("bob")
    lease.release()


def test_what_a_writer_knows_of_trash(machine: Machine) -> None:
    machine.store.put("trash/one", b"")
    lease = machine.lease("ada")
    machine.store.put("trash/two", b"")
    (holding,) = others(machine.store, machine.keys, machine.clock)
    assert not holding.counts_on("trash/one")
    assert holding.counts_on("trash/two")
    assert holding.since == machine.clock.time
    lease.release()


@pytest.mark.parametrize("turn", range(1, 14))
@pytest.mark.parametrize("when", ["fail_before", "fail_after"])
def test_a_lease_that_could_not_be_taken_leaves_nothing_that_lasts(machine: Machine, turn: int, when: str) -> None:
    store = machine.store
    assert isinstance(store, FaultyStore)
    getattr(store, when)(turn)
    try:
        lease = machine.lease("ada")
    except Fault:
        store.mend()
        assert machine.others() == []
    else:
        lease.release()
    store.mend()
    machine.lease("bob").release()
    assert not names(machine)


def test_a_lease_that_was_copied_to_another_name_means_nothing(machine: Machine) -> None:
    lease = machine.lease("ada")
    name = names(machine)[-1]
    machine.store.put(name.replace(lease._token, "e" * 32), machine.store.get(name))
    lease.release()
    machine.lease("bob").release()
