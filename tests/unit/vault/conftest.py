"""What the vault's tests share: a clock that is set by hand, a cheap vault, and made-up mail."""

import functools
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import (
    Account,
    Body,
    Edit,
    Folder,
    Head,
    Item,
    Node,
    Provider,
    Service,
    Snapshot,
    SnapshotStatus,
    account_id,
    stream_id,
)
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from saasbackup_desktop.vault.writer import Writer

CHEAP = Argon2(memory=64, passes=1, lanes=1)
PASSPHRASE = 'pa$$ (w) "o" \\rd ü'


class HandClock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.time = 1_790_000_000

    def now(self) -> int:
        return self.time


@dataclass
class Place:
    """A vault on disk, and the keys to it."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    recovery: str = ""

    def create(self) -> Vault:
        vault, self.recovery = Vault.create(LocalStore(self.folder), PASSPHRASE, self.clock, argon2=CHEAP)
        return vault

    def open(self) -> Vault:
        return Vault.open(LocalStore(self.folder), PASSPHRASE, self.clock)

    def files(self, below: str) -> list[Path]:
        return sorted(path for path in (self.folder / below).rglob("*") if path.is_file())


ACCOUNT = Account(
    id=account_id(Provider.IMAP, "mail.example.org", "ada@example.org"),
    provider=Provider.IMAP,
    address="ada@example.org",
)
STREAM = stream_id(ACCOUNT.id, Service.MAIL)
INBOX = Folder(id=NodeId("box"), parent=None, name="INBOX")


def item(number: int, body: Body | None = None, parent: str = "box", name: str = "") -> Item:
    """Make up a message's entry."""
    return Item(
        id=NodeId(f"{parent}-{number:08x}"),
        parent=NodeId(parent),
        name=name or f"Letter {number}",
        revision=f"1:{number}",
        body=body,
        size=body.size if body else None,
    )


def snapshot_id(number: int) -> SnapshotId:
    return SnapshotId(f"20260101T{number:06d}Z-{number:08x}")


def head(root: str, number: int = 1, *, final: bool = True, items: int = 0) -> Head:
    """Make up a point in time."""
    return Head(
        snapshot=Snapshot(
            id=snapshot_id(number),
            stream=STREAM,
            started=number,
            finished=number + 1,
            status=SnapshotStatus.COMPLETE,
            items=items,
            folders=1,
            size=items * 100,
            added=0,
            changed=0,
            removed=0,
            owed=0,
        ),
        account=ACCOUNT,
        service=Service.MAIL,
        root=root,
        cursor={"place": number},
        final=final,
        program="test",
    )


@functools.cache
def letter(number: int, size: int = 3000) -> bytes:
    """Make up a message that does not compress away."""
    noise = random.Random(number).randbytes(size // 2).hex()
    return f"Subject: Letter {number}\r\nMessage-ID: <{number}@example.org>\r\n\r\n{noise}\r\n".encode()


def store_letters(writer: Writer, numbers: Sequence[int]) -> list[Edit]:
    """Add letters; what they mean for the tree."""
    nodes: list[Node] = [INBOX, *(item(number, writer.add(letter(number))) for number in numbers)]
    return [Edit(None, node) for node in nodes]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "vault")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB of its own."""
    place = tmp_path / "mounted"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("MOUNT MISSING: file systems may not be mounted here; nothing was proven")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
