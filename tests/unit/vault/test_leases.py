"""One writer of a stream at a time; a dead one does not stand in the way."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultBusy
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.vault import leases
from saasbackup_desktop.vault.processes import HOST, is_running, started
from saasbackup_desktop.vault.sealing import seal
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import STREAM, Place, head, letter


def put_lease(vault: Vault, number: int, **said: object) -> None:
    """Write a lease as another writer would."""
    folder = next(iter(vault._store.list("leases"))).rpartition("/")[0]
    record = {
        "owner": "other",
        "host": "elsewhere",
        "machine": "0" * 16,
        "pid": 1,
        "started": "",
        "token": "",
        "until": vault._clock.now() + leases.LASTS,
        **said,
    }
    name = f"{folder}/{number:08d}"
    vault._store.put(name, seal(vault._keys.lease, name, codec.dumps(record).encode()))


def test_the_second_writer_is_told_who_the_first_is(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada"):
        for other in (vault, place.open()):
            with pytest.raises(VaultBusy) as fault:
                other.writer(STREAM, "bob")
            assert fault.value.facts["owner"] == "ada"
            assert fault.value.facts["host"] == platform.node()
            assert str(fault.value.facts["until"]).startswith("2026-09-21T")
        with place.open().writer(StreamId("0123456789abcdef/mail"), "bob"):
            pass
    with place.open().writer(STREAM, "bob"):
        pass
    assert not place.files("leases")


def test_a_lease_runs_out(place: Place) -> None:
    vault = place.create()
    writer = vault.writer(STREAM, "ada")
    put_lease(vault, 2)
    with pytest.raises(VaultBusy):
        vault.writer(STREAM, "bob")
    place.clock.time += leases.LASTS + leases.TOLERANCE
    with pytest.raises(VaultBusy):
        vault.writer(STREAM, "bob")
    place.clock.time += 1
    with vault.writer(STREAM, "bob"):
        with pytest.raises(VaultBusy):
            writer.flush()
        writer.close()
        assert len(place.files("leases")) == 1


def test_a_late_writer_does_not_take_away_a_lease_of_the_same_number(place: Place) -> None:
    vault = place.create()
    late = vault.writer(STREAM, "ada")
    place.clock.time += leases.LASTS + leases.TOLERANCE + 1
    vault.writer(STREAM, "bob").close()
    with vault.writer(STREAM, "eve"):
        late.close()
        with pytest.raises(VaultBusy):
            vault.writer(STREAM, "bob")


def test_a_lease_is_renewed_while_it_is_used(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        for _ in range(10):
            place.clock.time += leases.LASTS // 2
            writer.flush()
        assert len(place.files("leases")) == 1
        with pytest.raises(VaultBusy):
            vault.writer(STREAM, "bob")


def test_who_lost_the_lease_does_not_write_on(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        writer.add(letter(1))
        put_lease(vault, 2)
        place.clock.time += leases.LASTS // 2
        with pytest.raises(VaultBusy) as fault:
            writer.seal(head(""))
        assert fault.value.facts["owner"] == "other"
        with pytest.raises(VaultBusy):
            writer.flush()
    assert not place.files("packs")
    assert not place.files("snapshots")
    assert len(place.files("leases")) == 2  # neither ours to remove, nor needed


def test_of_two_that_seal_the_same_place_one_is_refused(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        writer.seal(head("", 1))
        first = place.files("snapshots")[0]
        writer.seal(head("", 2))
        heads = place.open()._heads
        names = iter([[], [first.relative_to(place.folder).as_posix()]])
        heads._store = _Late(vault, next(names))  # type: ignore[assignment]
        with pytest.raises(VaultBusy):
            heads.append(head("", 3))


class _Late:
    """A store seen before another writer's head came in."""

    def __init__(self, vault: Vault, names: list[str]) -> None:
        self._store = vault._store
        self._names = names
        self.get = self._store.get
        self.put = self._store.put

    def list(self, prefix: str = "") -> list[str]:
        return self._names


def test_a_dead_process_is_followed_at_once(place: Place) -> None:
    vault = place.create()
    writer = vault.writer(STREAM, "ada")
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    put_lease(vault, 2, machine=HOST, pid=process.pid)
    with vault.writer(STREAM, "bob"):
        pass
    writer.close()


def test_a_process_number_that_was_given_again_is_not_the_same_process(place: Place) -> None:
    assert is_running(os.getpid(), started(os.getpid()))
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells when a process began")
    assert not is_running(os.getpid(), "another boot/1")
    vault = place.create()
    writer = vault.writer(STREAM, "ada")
    put_lease(vault, 2, machine=HOST, pid=os.getpid(), started="another boot/1")
    with vault.writer(STREAM, "bob"):
        pass
    writer.close()


def test_a_lease_that_means_nothing_does_not_stand_in_the_way(place: Place) -> None:
    vault = place.create()
    writer = vault.writer(STREAM, "ada")
    (file,) = place.files("leases")
    file.with_name("00000002").write_bytes(b"rubbish")
    with vault.writer(STREAM, "bob"):
        pass
    writer.close()
