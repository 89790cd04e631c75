"""Make a small vault with something of everything in it, and say what must be found there.

``python -m tests.conformance.made_vault FOLDER`` writes one with its ``expected.json``: that is how
``fixtures/vault-1`` was made.
"""

import binascii
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import (
    Account,
    Edit,
    Folder,
    Head,
    Item,
    Owed,
    Provider,
    Role,
    Service,
    Snapshot,
    SnapshotStatus,
    account_id,
    stream_id,
)
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.vault.format import compression
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Argon2, Vault
from tests.unit.vault.conftest import HandClock

FIRST, SECOND, INSIDE = "first pass phrase ü", "second pass phrase ✓", "inside pass phrase"
CHEAP = Argon2(memory=64, passes=1, lanes=1)
START = 1_760_000_000
"""The clock's first second: 9 October 2025."""


@dataclass
class Found:
    """One item at one point in time."""

    vault: str
    """Id of the limited vault that it lies in; empty for the one around."""
    account: str
    snapshot: str
    folder: str
    id: str
    subject: str
    flags: list[str]
    sha256: str
    size: int
    part: str = ""
    """Name of what lies beside its body; empty for the body."""


@dataclass
class Made:
    """What was made, and how it is opened."""

    vault: str = ""
    passphrase: str = SECOND
    recovery: str = ""
    device: str = ""
    old_passphrase: str = FIRST
    """Opened it before its keys were replaced."""
    limited: str = ""
    limited_passphrase: str = INSIDE
    limited_recovery: str = ""
    in_trash: str = ""
    """A point in time that can still be read."""
    without_content: list[str] = field(default_factory=list)
    items: list[Found] = field(default_factory=list)


def make(folder: Path) -> Made:
    """Make it."""
    made, clock = Made(), HandClock()
    clock.time = START
    with _small_dictionaries():
        vault, _ = Vault.create(LocalStore(folder), FIRST, clock, argon2=CHEAP, label="büro")
        made.vault = vault.id
        ada = _Mailbox(vault, clock, made, "ada@example.org", "Ada Lovelace")
        bob = _Mailbox(vault, clock, made, "Bob@Example.org", "")
        _fill_ada(ada)
        bob.folder("in", "", "INBOX", Role.INBOX)
        bob.item("in", "shared", "Fwd: with its attachment", _letter(900, attached=[(_noise(5, 9000), 76, b"\r\n")]))
        bob.seal()
        _, made.device = vault.add_device("a server")
        rotation = vault.rotate(SECOND, "test")
        made.recovery = rotation.recovery_key
        _, made.device = vault.add_device("a server")
        ada.drop("in", "plain-3")
        ada.item("in", "new", "After the keys were replaced", _letter(901))
        ada.seal()
        for number in range(30):
            bob.item("in", f"more-{number}", f"Letter {number}", _letter(1000 + number))
        bob.item("in", "beside", "With something beside it", _letter(903), parts={"photo.jpg": _noise(10, 500)})
        bob.owe("in", "owed", "Too large to be fetched")
        bob.seal(SnapshotStatus.PARTIAL)
        _keep_house(vault, ada, bob, made)
        inside, made.limited_recovery = vault.create_limited(INSIDE)
        made.limited = inside.id
        eve = _Mailbox(inside, clock, made, "eve@example.org", "Eve", limited=inside.id)
        eve.folder("in", "", "INBOX", Role.INBOX)
        eve.item("in", "secret", "For Eve alone", _letter(902))
        eve.seal()
    return made


def _keep_house(vault: Vault, ada: "_Mailbox", bob: "_Mailbox", made: Made) -> None:
    """A rule, a hold, a point in time that was removed, and one that lies in the trash."""
    house = vault.housekeeping
    house.set_policy(None, Keep(days=3650, yearly=10))
    house.set_policy(bob.stream, Keep())
    house.hold(ada.stream, ada.points[0], "Prozeß", "test")
    gone = ada.points[1]
    for stream, point, grace in ((ada.stream, gone, 0), (bob.stream, bob.points[0], 7)):
        house.discard(stream, [point], "test", grace, "conformance", lambda _done, _of: None, lambda: False)
    made.items = [item for item in made.items if item.snapshot != gone]
    made.in_trash = bob.points[0]


class _Mailbox:
    """An account whose contents are changed by hand."""

    def __init__(self, vault: Vault, clock: HandClock, made: Made, address: str, name: str, limited: str = "") -> None:
        self._vault, self._clock, self._made, self._limited = vault, clock, made, limited
        id = account_id(Provider.IMAP, "mail.example.org", address)
        self._account = Account(id=id, provider=Provider.IMAP, address=address, name=name)
        self.stream = stream_id(id, Service.MAIL)
        self._root = ""
        self._folders: dict[str, Folder] = {}
        self._old: dict[str, Item] = {}
        self._items: dict[str, Item] = {}
        self._bytes: dict[str, bytes] = {}
        self._parts: dict[str, Mapping[str, bytes]] = {}
        self._new_folders: list[Folder] = []
        self._owed: list[Owed] = []
        self.points: list[SnapshotId] = []

    def folder(self, id: str, parent: str, name: str, role: Role | None = None) -> None:
        """Add a folder."""
        facets = {"delimiter": "/", "subscribed": "yes"}
        made = Folder(id=NodeId(id), parent=NodeId(parent) if parent else None, name=name, role=role, facets=facets)
        self._folders[id] = made
        self._new_folders.append(made)

    def item(
        self,
        parent: str,
        id: str,
        subject: str,
        data: bytes,
        flags: Sequence[str] = (),
        parts: Mapping[str, bytes] | None = None,
    ) -> None:
        """Add an item, or put other flags on one."""
        before = self._items.get(id)
        self._bytes[id] = data
        self._parts[id] = parts or {}
        self._items[id] = Item(
            id=NodeId(id),
            parent=NodeId(parent),
            name=subject,
            revision=hashlib.sha256(data).hexdigest()[:12],
            size=len(data),
            time=before.time if before else START - 86_400 * (len(self._items) + 1),
            flags=tuple(sorted(flags)),
            place=before.place if before else f"7:{len(self._items) + 1}",
            facets={
                "from": "Zoë Ærlig <zoe@example.net>",
                "to": "ada@example.org",
                "message-id": f"<{id}@example.net>",
            },
        )

    def drop(self, parent: str, id: str) -> None:
        """Remove an item."""
        del self._items[id]

    def owe(self, parent: str, id: str, subject: str) -> None:
        """Add an item whose bytes could not be fetched."""
        item = Item(id=NodeId(id), parent=NodeId(parent), name=subject, revision="1", size=99)
        self._items[id] = item
        self._owed.append(Owed(item=item, code="too-large", detail="", attempts=2, since=self._clock.now()))
        self._made.without_content.append(id)

    def seal(self, status: SnapshotStatus = SnapshotStatus.COMPLETE) -> None:
        """Make a point in time."""
        self._clock.time += 3600
        self.points.append(SnapshotId(f"{self._account.id}-{len(self.points) + 1}"))
        with self._vault.writer(self.stream, "test") as writer:
            bodies = {}
            for id in (id for id in self._items if id in self._bytes):
                bodies[id] = writer.add(self._bytes[id])
                if len(bodies) == len(self._items) // 2:
                    writer.flush()  # the other half is stored with a dictionary that was made of this one
            items: dict[str, Item] = {}
            for id, item in self._items.items():
                body = bodies.get(id)
                parts = {name: writer.add(data) for name, data in self._parts.get(id, {}).items()}
                items[id] = replace(item, body=body, parts=parts)
            edits = [Edit(None, folder) for folder in self._new_folders]
            edits += [Edit(self._old.get(id), item) for id, item in items.items() if self._old.get(id) != item]
            edits += [Edit(item, None) for id, item in self._old.items() if id not in items]
            self._root = writer.apply(self._root, edits)
            snapshot = self._snapshot(status, list(items.values()))
            if len(self.points) == 1:
                writer.seal(self._head(snapshot, final=False))
            writer.seal(self._head(snapshot, final=True))
        self._old, self._new_folders = items, []
        for item in items.values():
            where = (self._limited, self._account.address, snapshot.id, self._path(item.parent))
            what = {"": self._bytes[item.id], **self._parts[item.id]} if item.body is not None else {}
            for part, data in what.items():
                told = (item.id, item.name, list(item.flags), hashlib.sha256(data).hexdigest(), len(data), part)
                self._made.items.append(Found(*where, *told))

    def _snapshot(self, status: SnapshotStatus, items: Sequence[Item]) -> Snapshot:
        now = self._clock.now()
        return Snapshot(
            id=self.points[-1],
            stream=self.stream,
            started=now,
            finished=now + 5,
            status=status,
            items=len(items),
            folders=len(self._folders),
            size=sum(item.size or 0 for item in items),
            added=0,
            changed=0,
            removed=0,
            owed=len(self._owed),
        )

    def _head(self, snapshot: Snapshot, *, final: bool) -> Head:
        return Head(
            snapshot=snapshot,
            account=self._account,
            service=Service.MAIL,
            root=self._root,
            cursor={"modseq": len(self.points)},
            owed=tuple(self._owed),
            final=final,
            program="conformance",
        )

    def _path(self, id: str) -> str:
        folder = self._folders[id]
        return f"{self._path(folder.parent)}/{folder.name}" if folder.parent else folder.name


def _fill_ada(ada: _Mailbox) -> None:
    ada.folder("in", "", "INBOX", Role.INBOX)
    ada.folder("work", "", "Arbeit/2024: “Ü”")
    ada.folder("deep", "work", "CON")
    ada.folder("deep-2", "work", "con")
    ada.folder("up", "", "..")
    for number in range(60):
        ada.item(
            "in",
            f"plain-{number}",
            f"Letter {number}",
            _letter(number),
            ["\\Seen"] if number % 2 else ["$Junk", "\\Flagged"],
        )
    ada.item("in", "crlf", "An attachment", _letter(100, attached=[(_noise(5, 9000), 76, b"\r\n")]))
    ada.item(
        "work",
        "two",
        "Two attachments: =formula",
        _letter(101, attached=[(_noise(6, 3000), 76, b"\r\n"), (b"x" * 9000, 60, b"\r\n")]),
    )
    ada.item("work", "lf", "Lines that end otherwise", _letter(102, attached=[(b"lf " * 1500, 64, b"\n")]))
    ada.item("deep", "long", "One line " * 60, _letter(103, attached=[(_prose(7, 30_000), 76, b"\r\n")]))
    ada.item(
        "deep-2",
        "big",
        "Cut by content",
        _letter(104, attached=[(_prose(8, 4_300_000), 76, b"\r\n")]) + _prose(9, 4_300_000),
    )
    ada.item("deep-2", "empty", "", b"")
    ada.item("up", "turned", "evil\u202egpj/../../x\x1b[31m", b"\x00\xff\r\n\r\nno header at all")
    ada.seal()
    ada.item("in", "plain-1", "Letter 1", _letter(1), ["\\Answered", "\\Seen"])
    ada.drop("in", "plain-2")
    ada.item("work", "second", "At the second point", _letter(105))
    ada.seal()


def _letter(number: int, attached: Sequence[tuple[bytes, int, bytes]] = ()) -> bytes:
    """Make up a message; attachments by content, length of lines, and line end."""
    dice = random.Random(number)
    words = " ".join(dice.choices(_WORDS, k=60))
    head = (
        f"From: =?utf-8?q?Zo=C3=AB?= <zoe@example.net>\r\nTo: ada@example.org\r\nSubject: Letter {number}\r\n"
        f"Message-ID: <{number}@example.net>\r\nMIME-Version: 1.0\r\n"
    )
    parts = [
        f'{head}Content-Type: multipart/mixed; boundary="=_{number}"\r\n\r\n--=_{number}\r\n\r\n{words}\r\n'.encode()
    ]
    for content, length, end in attached:
        text = binascii.b2a_base64(content, newline=False)
        lines = end.join(text[at : at + length] for at in range(0, len(text), length))
        parts.append(
            f"--=_{number}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode().replace(b"\r\n", end) + lines + end
        )
    parts.append(f"--=_{number}--\r\n".encode())
    return b"".join(parts)


_WORDS = [
    *("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "while", "seven"),
    *("wizards", "box", "five", "dozen", "liquor", "jugs", "at", "night"),
]


def _noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def _prose(seed: int, size: int) -> bytes:
    """Text that compresses to next to nothing, and is cut by its content all the same."""
    dice = random.Random(seed)
    line = b" ".join(dice.choice(_WORDS).encode() for _ in range(2000))
    return (line * (size // len(line) + 1))[:size]


@contextmanager
def _small_dictionaries() -> Iterator[None]:
    """Let a handful of letters be enough for a dictionary, so that the vault stays small."""
    before = compression._FEWEST, compression._DICTIONARY
    compression._FEWEST, compression._DICTIONARY = 20, 2048  # type: ignore[misc]
    try:
        yield
    finally:
        compression._FEWEST, compression._DICTIONARY = before  # type: ignore[misc]


def write(folder: Path) -> Made:
    """Make one, with what is expected beside it in ``expected.json``."""
    made = make(folder / "vault")
    (folder / "expected.json").write_text(json.dumps(asdict(made), indent=0, ensure_ascii=True) + "\n")
    return made


def read(folder: Path) -> Made:
    """What is expected of one."""
    plain = json.loads((folder / "expected.json").read_text())
    return Made(**{**plain, "items": [Found(**item) for item in plain["items"]]})


if __name__ == "__main__":
    write(Path(sys.argv[1]))
