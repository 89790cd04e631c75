"""Vaults that were written once: this program and the reader open them for ever, and find every byte.

What lies in fixtures/ must NEVER be made again or changed: vaults like these lie on people's disks. If a test here
fails, the program is wrong, not the fixture. When the format is extended, add vault-2 beside vault-1:
``python -m tests.conformance.made_vault tests/conformance/fixtures/vault-2``.
"""

import hashlib
import shutil
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import WrongPassphrase
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.conformance.made_vault import Made, read
from tests.conformance.reading import reader, run
from tests.conformance.test_vault_reader import expected, extracted
from tests.unit.vault.conftest import HandClock

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("vault-*"))
SUMS = {"vault-1": "edc167a92ffac3a735ec4f196f509510a4e0a0db2fb23db699878a810787baf0"}
"""SHA-256 over names and contents of all files, so that no hand changes one unseen."""


def test_none_is_missing() -> None:
    assert [folder.name for folder in FIXTURES] == sorted(SUMS)


@pytest.mark.parametrize("frozen", FIXTURES, ids=lambda folder: folder.name)
def test_is_as_it_was_written(frozen: Path) -> None:
    digest = hashlib.sha256()
    for file in sorted(file for file in frozen.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(frozen).as_posix()}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    assert digest.hexdigest() == SUMS[frozen.name], "a frozen vault was changed: take it back from the history"


@pytest.mark.parametrize("way", ["passphrase", "recovery", "device"])
@pytest.mark.parametrize("frozen", FIXTURES, ids=lambda folder: folder.name)
def test_program_reads_everything(frozen: Path, tmp_path: Path, way: str) -> None:
    made = read(frozen)
    shutil.copytree(frozen / "vault", tmp_path / "vault")  # the program writes where it opens
    store, clock = LocalStore(tmp_path / "vault"), HandClock()
    with pytest.raises(WrongPassphrase):
        Vault.open(store, made.old_passphrase, clock)
    vault = Vault.open(store, getattr(made, way), clock)
    assert vault.id == made.vault
    assert sorted(_contents(vault, made)) == sorted(_expected(made, ""))
    assert list(vault.check(100, lambda _done, _of: None, lambda: False)) == []
    assert vault.limited() == [made.limited]
    for secret in (made.limited_passphrase, made.limited_recovery):
        inside = vault.open_limited(made.limited, secret)
        assert sorted(_contents(inside, made)) == sorted(_expected(made, made.limited))


@pytest.mark.parametrize("frozen", FIXTURES, ids=lambda folder: folder.name)
def test_reader_reads_everything(frozen: Path, tmp_path: Path) -> None:
    made = read(frozen)
    for way, kind in (("passphrase", "passphrase"), ("recovery", "recovery-key"), ("device", "recovery-key")):
        out = tmp_path / way
        done = run(frozen / "vault", getattr(made, way), "extract", out, "--at", "all", kind=f"--{kind}-file")
        assert done.code == 0, done.told
        assert sorted(extracted(out)) == sorted(expected(made))
    done = run(frozen / "vault", made.limited_passphrase, "extract", tmp_path / "inside", "--limited", made.limited)
    assert done.code == 0, done.told
    assert extracted(tmp_path / "inside") == expected(made, made.limited)
    assert run(frozen / "vault", made.passphrase, "check", "--read-data").code == 0
    assert run(frozen / "vault", made.old_passphrase, "info").code == reader.LOCKED


Row = tuple[str, str, str, str, str, tuple[str, ...], str, str, int]


def _expected(made: Made, vault: str) -> list[Row]:
    return [
        (i.account, i.snapshot, i.folder, i.id, i.subject, tuple(i.flags), i.part, i.sha256, i.size)
        for i in made.items
        if i.vault == vault
    ]


def _contents(vault: Vault, made: Made) -> list[Row]:
    found: list[Row] = []
    without: set[str] = set()
    for stream in vault.streams():
        for head in vault.heads(stream):
            nodes = list(vault.nodes(head.root))
            folders = {node.id: node for node in nodes if isinstance(node, Folder)}

            def path(id: str, folders: dict[str, Folder] = folders) -> str:  # type: ignore[assignment]
                folder = folders[id]  # type: ignore[index]
                return f"{path(folder.parent)}/{folder.name}" if folder.parent else folder.name

            for node in nodes:
                if not isinstance(node, Item):
                    continue
                if node.body is None:
                    without.add(node.id)
                    continue
                for part, body in {"": node.body, **node.parts}.items():
                    data = vault.read(body)
                    digest = hashlib.sha256(data).hexdigest()
                    row = (path(node.parent), node.id, node.name, node.flags, part, digest, len(data))
                    found.append((head.account.address, head.snapshot.id, *row))
    if vault.id == made.vault:
        assert sorted(without) == made.without_content
    return found
