"""Several processes at work in one vault, on disks and on servers, with clocks that are wrong: nothing is lost."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultTooNew
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.vault.vault import Vault
from tests.servers.buckets import S3Server
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, Place, letter
from tests.unit.vault.writing import ShiftedClock, back_up, store_of

ROOT = Path(__file__).parents[3]
HOUR = 3600
OTHER = StreamId("0123456789abcdef/mail")


@pytest.fixture
def spot(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """A place as plain data, for processes of their own; only the first and the last refuse a second file of a name."""
    if request.param == "local":
        return {"folder": str(tmp_path / "vault")}
    server: S3Server = request.getfixturevalue(request.param)
    keys = {"access_key": server.keys.access_key, "secret_key": server.keys.secret_key}
    return {"bucket": asdict(server.bucket(prefix="deep/vault")), "keys": keys}


def work(spot: dict[str, Any], tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let several processes work at once; all that they sealed."""
    processes = []
    for task in tasks:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.vault.writing"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps({"place": spot, "runs": 3, "checkpoints": 2, **task}).encode())
        process.stdin.close()
        process.stdin = None
        processes.append(process)
    sealed = []
    for process in processes:
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
        sealed += [json.loads(line) for line in out.splitlines()]
    return sealed


def require_nothing_lost(vault: Vault, sealed: list[dict[str, Any]]) -> None:
    """Every point in time that was acknowledged is there with what went into it, and the vault is whole."""
    found = [one for one in vault.check(100, lambda done, total: None, lambda: False) if not one.is_harmless]
    assert found == []
    for stream in {one["stream"] for one in sealed}:
        heads = {head.snapshot.id: head for head in vault.heads(StreamId(stream))}
        for one in (one for one in sealed if one["stream"] == stream):
            root = heads[one["snapshot"]].root
            items = {node.id: node for node in vault.nodes(root) if isinstance(node, Item)}
            for number in range(one["first"], one["first"] + 5):
                body = items[f"box-{number:08x}"].body  # type: ignore[index]
                assert body is not None
                assert vault.read(body) == letter(number, 800)


def made(spot: dict[str, Any]) -> Vault:
    vault, _ = Vault.create(store_of(spot, ShiftedClock()), PASSPHRASE, ShiftedClock(), argon2=CHEAP)
    return vault


def places(*local: int, **shifts: int) -> pytest.MarkDecorator:
    """A folder, and servers by name; by how many seconds the second machine's clock is wrong."""
    cases = [*(("local", shift) for shift in local), *shifts.items()]
    return pytest.mark.parametrize(("spot", "shift"), cases, indirect=["spot"])


# Two that do the same: which of them is ahead makes no difference.
@places(0, HOUR, ceph=HOUR)
def test_two_streams_at_once(spot: dict[str, Any], shift: int) -> None:
    made(spot)
    sealed = work(
        spot,
        [
            {"kind": "write", "machine": "ada", "stream": STREAM, "base": 0},
            {"kind": "write", "machine": "bob", "stream": OTHER, "base": 0, "shift": shift},
        ],
    )
    assert len(sealed) == 12
    vault = Vault.open(store_of(spot, ShiftedClock()), PASSPHRASE, ShiftedClock())
    require_nothing_lost(vault, sealed)
    assert [len(vault.heads(stream)) for stream in (STREAM, OTHER)] == [3, 3]


@places(0, HOUR, moto=HOUR, rclone=-HOUR)
def test_one_stream_at_once(spot: dict[str, Any], shift: int) -> None:
    """With clocks an hour apart one takes the lease from the other in the middle of its work."""
    made(spot)
    sealed = work(
        spot,
        [
            {"kind": "write", "machine": "ada", "stream": STREAM, "base": 0},
            {"kind": "write", "machine": "bob", "stream": STREAM, "base": 10_000, "shift": shift},
        ],
    )
    vault = Vault.open(store_of(spot, ShiftedClock()), PASSPHRASE, ShiftedClock())
    require_nothing_lost(vault, sealed)
    assert len({one["snapshot"] for one in sealed}) >= 6


@places(0, HOUR, -HOUR, rclone=-HOUR, ceph=HOUR)
def test_what_is_written_while_its_twin_is_removed(spot: dict[str, Any], shift: int) -> None:
    """Two writers find that what they store is there already, and a pruner is just about to remove it."""
    vault = made(spot)
    streams = [f"{number:016x}/mail" for number in range(3)]
    for number, stream in enumerate(streams):
        back_up(vault, stream, "old", number, 2, 0)
    sealed = work(
        spot,
        [
            {"kind": "write", "machine": "ada", "stream": STREAM, "base": 0},
            {"kind": "discard", "machine": "eve", "streams": streams, "shift": shift},
            {"kind": "write", "machine": "bob", "stream": OTHER, "base": 0, "shift": -shift},
        ],
    )
    assert len(sealed) == 12
    vault = Vault.open(store_of(spot, ShiftedClock()), PASSPHRASE, ShiftedClock())
    require_nothing_lost(vault, sealed)
    assert vault.streams() == sorted([STREAM, OTHER])


def test_an_older_program_keeps_out_of_a_newer_vault(place: Place) -> None:
    """The vault is brought to a format of tomorrow while a program of today has it open."""
    vault = place.create()
    with vault.writer(STREAM, "ada") as writer:
        writer.add(letter(1))
        file = place.folder / "vault.json"
        told = codec.loads(file.read_bytes())
        file.unlink()
        file.write_bytes(codec.dumps({**told, "required": [*told["required"], "parity"]}).encode())
        with pytest.raises(VaultTooNew) as fault:
            writer.flush()
        assert fault.value.facts["features"] == "parity"
    with pytest.raises(VaultTooNew):
        vault.writer(STREAM, "ada")
    with pytest.raises(VaultTooNew):
        place.open()
    assert not place.files("packs")
    assert not place.files("snapshots")
    file.unlink()
    file.write_bytes(codec.dumps({**told, "format": 2}).encode())
    with pytest.raises(VaultTooNew):
        place.open()
