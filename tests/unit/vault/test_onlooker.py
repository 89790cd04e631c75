"""What somebody sees who can read every file of a vault, and has no key."""

import base64
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Item
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format import packs, sealing
from saasbackup_desktop.vault.format.names import CONFIG, KEYS
from saasbackup_desktop.vault.retention import holds, policy, trash
from saasbackup_desktop.vault.vault import Vault
from tests.memory_store import MemoryStore
from tests.unit.vault.conftest import ACCOUNT, CHEAP, STREAM, HandClock, head, item

PASSPHRASE = "correct horse battery staple"
SUBJECT = "Zanzibar quarterly forecast"
SENDER = "ludmilla.onlooked@example.org"
FOLDER = "Confidential matters"
LABEL = "the blue laptop"
SENTENCE = "The merger with Quagmire Industries closes on Thursday."


def _letter(number: int) -> bytes:
    chance = random.Random(number)
    noise = chance.randbytes(chance.randrange(40, 4000)).hex()
    attachment = base64.encodebytes(f"{SENTENCE} {number} ".encode() * 200).replace(b"\n", b"\r\n")
    return (
        f"From: {SENDER}\r\nSubject: {SUBJECT} {number}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + attachment
        + f"\r\n--\r\n{SENTENCE}\r\n{noise}\r\n".encode()
    )


def _fill(store: MemoryStore, numbers: range) -> Vault:
    vault, _ = Vault.create(store, PASSPHRASE, HandClock(), argon2=CHEAP)
    vault.add_passphrase("another phrase", LABEL)
    folder = Folder(id=NodeId("confidential"), parent=None, name=FOLDER)
    root = ""
    for number, start in enumerate(range(numbers.start, numbers.stop, 10), 1):
        with vault.writer(STREAM, "me") as writer:
            some = [_item(each, writer.add(_letter(each))) for each in range(start, start + 10)]
            root = writer.apply(root, [Edit(None, folder), *(Edit(None, one) for one in some)])
            made = head(root, number, items=number * 10)
            named = replace(made.account, name="Ludmilla Onlooked", address=SENDER)
            writer.seal(replace(made, account=named))
    keys = vault._keys
    policy.put(store, keys, policy.Policy().changed(STREAM, None))
    holds.put(store, keys, holds.Hold(id=holds.new_id(), stream=STREAM, snapshot=None, label=LABEL, made=1))
    first = tuple(store.list("snapshots"))[:1]
    trash.put(store, keys, trash.Trash(id=trash.new_id(), made=1, due=2, why=trash.ACCOUNT, heads=first, packs=()))
    writer = vault.writer(STREAM, "ludmilla on her laptop")
    lease = {name: store.files[name] for name in store.list("leases")}
    writer.close()
    store.files.update(lease)
    return vault


def _item(number: int, body: object) -> Item:
    made = item(number, None, parent="confidential", name=f"{SUBJECT} {number}")
    return replace(made, body=body, facets={"from": SENDER})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(scope="module")
def vault(store: MemoryStore) -> Vault:
    return _fill(store, range(60))


def _spellings(secret: bytes) -> Iterator[bytes]:
    """How the same bytes could stand somewhere and be found all the same."""
    yield secret
    yield secret[::-1]
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):  # wherever it begins in a longer text
        yield base64.b64encode(b"\0" * shift + secret)[4 if shift else 0 : -4]
    if secret.isascii():
        yield secret.decode().encode("utf-16-le")


def test_no_name_no_address_no_content_no_key_is_there(store: MemoryStore, vault: Vault) -> None:
    seen = b"\n".join(name.encode() + b"\n" + data for name, data in store.files.items())
    secrets = [text.encode() for text in (SUBJECT, SENDER, FOLDER, LABEL, SENTENCE, PASSPHRASE, "ludmilla", "INBOX")]
    secrets += [ACCOUNT.id.encode(), STREAM.encode(), b"mail/", b"Subject", b"imap", _letter(3)[-60:-2]]
    keys = vault._keys
    secrets += [*keys.ring, keys.blob_id, keys.node_id, keys.name, vault.subkey("catalog")]
    secrets += [keys.of(purpose, 1) for purpose in ("data", "meta", "index", "head", "lease", "note", "trash", "slot")]
    for secret in secrets:
        for spelling in _spellings(secret):
            assert len(spelling) < 4 or spelling not in seen, secret


def test_sizes_of_files_tell_no_size_of_an_item(store: MemoryStore, vault: Vault) -> None:
    originals = {len(_letter(number)) for number in range(60)}
    assert len(originals) > 50
    assert not {len(data) for data in store.files.values()} & originals
    runs = vault._index.runs()
    blobs = Counter(run.packs[number].digest.hex() for run in runs for _, number, *_ in run.records())
    for name in store.list("packs"):
        count = blobs[name.rpartition("/")[2]]
        assert count >= 10
        # Header, table and tags are known to anybody who reads how it is made: what remains is no item's size either.
        assert store.size(name) - (44 + 32 + 16 + 4 + count * (40 + 16)) not in originals


def test_nothing_is_readable_but_the_description_and_what_a_slot_costs(store: MemoryStore) -> None:
    for name, data in store.files.items():
        kind = kind_of(name)
        assert kind
        if kind in (CONFIG, KEYS):
            data.decode("ascii")
            continue
        spread = Counter(data[44:])
        # Encrypted bytes are even: no value of the 256 stands out by far.
        assert max(spread.values()) < 12 + 4 * len(data) / 256, name


def test_equal_contents_in_two_vaults_have_nothing_in_common(store: MemoryStore, vault: Vault) -> None:
    assert vault.id
    other = MemoryStore()
    _fill(other, range(60))
    names = set(store.files) & set(other.files)
    assert names == {CONFIG}
    windows = set(_windows(store))
    assert len(windows) > 10_000
    assert not windows & set(_windows(other))


def test_equal_contents_in_one_vault_do_not_repeat(store: MemoryStore) -> None:
    windows = Counter(_windows(store))
    assert windows.most_common(1)[0][1] == 1


def _windows(store: MemoryStore) -> Iterator[bytes]:
    """Every stretch of 16 bytes of what is encrypted, after magic and epoch."""
    for name, data in store.files.items():
        if kind_of(name) not in (CONFIG, KEYS):
            for at in range(12, len(data) - 16):
                yield data[at : at + 16]


class _Recording:
    """AES-GCM that remembers under which key and nonce it encrypted."""

    used: ClassVar[Counter[tuple[bytes, bytes]]] = Counter()

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._inside = AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes | None) -> bytes:
        self.used[self._key, nonce] += 1
        return self._inside.encrypt(nonce, data, associated)

    def decrypt(self, nonce: bytes, data: bytes, associated: bytes | None) -> bytes:
        return self._inside.decrypt(nonce, data, associated)


def test_no_nonce_is_used_twice_under_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    _Recording.used.clear()
    for module in (packs, sealing, slots):
        monkeypatch.setattr(module, "AESGCM", _Recording)
    store = MemoryStore()
    vault = _fill(store, range(40))
    vault.rotate(PASSPHRASE)
    with vault.writer(STREAM, "me") as writer:
        some = [Edit(None, _item(each, writer.add(_letter(each)))) for each in range(100, 120)]
        writer.seal(head(writer.apply("", some), 50))
    pack = max((name for name in store.files if kind_of(name) == "packs"), key=store.size)
    spoilt = bytearray(store.files[pack])
    spoilt[len(spoilt) // 2] ^= 1
    store.files[pack] = bytes(spoilt)
    for name in store.list("leases"):
        store.delete(name)
    vault.repair(lambda done, total: None, lambda: False, read_percent=100)
    assert len(_Recording.used) > 100
    assert set(_Recording.used.values()) == {1}
