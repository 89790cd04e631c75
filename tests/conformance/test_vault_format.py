"""vectors.json was made from docs/vault-format.md alone: the program and the reader agree with each of its examples.

It must never change, except that something is added: vaults of this format lie on people's disks.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.vault.access import recovery, slots
from saasbackup_desktop.vault.access.slots import Argon2, Slot
from saasbackup_desktop.vault.blobs import Blobs, blob_id
from saasbackup_desktop.vault.format import config
from saasbackup_desktop.vault.format.bodies import pieces_of
from saasbackup_desktop.vault.format.contents import node_of, value_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.packs import OpenPack, read_table
from saasbackup_desktop.vault.format.runs import Run
from saasbackup_desktop.vault.format.sealing import unseal
from saasbackup_desktop.vault.format.trees import Trees, decode, encode
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.index import Index
from saasbackup_desktop.vault.stores.local import LocalStore
from tests.conformance.make_vectors import fixed
from tests.conformance.reading import reader

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text())
RING = [bytes.fromhex(master) for master in reversed(VECTORS["masters"])]
KEYS = Keys(RING, VECTORS["vault"])
READERS = reader.Keys(RING, VECTORS["vault"])


def named(entries: list[dict[str, Any]], by: str) -> Any:
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: str(entry[by])[:40])


@pytest.fixture
def repeated(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the program's random bytes be those of the examples, in order."""

    def order(*wanted: bytes) -> None:
        waiting: Iterator[bytes] = iter(wanted)
        monkeypatch.setattr("os.urandom", lambda size: next(waiting)[:size])

    return order


def test_keys() -> None:
    for purpose, expected in VECTORS["keys"]["for ever"].items():
        assert KEYS.derive(purpose).hex() == READERS.of(purpose).hex() == expected
    for epoch, purposes in VECTORS["keys"]["by epoch"].items():
        for purpose, expected in purposes.items():
            assert KEYS.of(purpose, int(epoch)).hex() == READERS.of(purpose, int(epoch)).hex() == expected
    seed = int.from_bytes(KEYS.derive("content-cuts")[:8], "big") >> 1
    assert seed == VECTORS["keys"]["content-cuts seed"]


@named(VECTORS["ids"], "kind")
def test_ids(entry: dict[str, str], tmp_path: Path) -> None:
    plain = bytes.fromhex(entry["plain"])
    if entry["kind"] == "folder":
        found = Heads(LocalStore(tmp_path), KEYS).folder(StreamId(plain.decode())).rpartition("/")[2]
        assert found == reader.mac(READERS.of("name"), plain)[:16].hex() == entry["id"]
        return
    key = KEYS.blob_id if entry["kind"] == "blob" else KEYS.node_id
    assert blob_id(key, plain).hex() == entry["id"]
    assert reader.mac(READERS.of(f"{entry['kind']}-id"), plain).hex() == entry["id"]


def test_recovery_keys() -> None:
    said = VECTORS["recovery"]
    secret = bytes.fromhex(said["secret"])
    assert recovery.to_text(secret) == said["text"]
    for text in (said["text"], *said["also"]):
        assert recovery.from_text(text) == reader.recovery_bytes(text) == secret
    for text in said["not"]:
        assert recovery.from_text(text) is None
        assert reader.recovery_bytes(text) is None


@named(VECTORS["slots"], "name")
def test_key_slots(entry: dict[str, str], tmp_path: Path, repeated: Any) -> None:
    data, plain = entry["file"].encode(), json.loads(entry["file"])
    ring = RING[-plain["epoch"] :]
    assert slots.unwrap(entry["name"], data, entry["secret"]) == tuple(ring)
    assert slots.unwrap(entry["name"], data, "another secret") is None
    told = slots.described(entry["name"], data, VECTORS["vault"], KEYS)
    assert (told.kind, told.label, told.epoch) == (plain["kind"], entry["label"], plain["epoch"])

    (tmp_path / "keys").mkdir()
    (tmp_path / entry["name"]).write_bytes(data)
    (slot,), damages = reader.read_slots(reader.Store(tmp_path))
    assert (slot.is_whole, damages) == (True, [])
    assert slot.open(reader.Secret(entry["secret"])) == ring
    assert slot.open(reader.Secret("another secret")) is None
    assert reader.Secret(entry["secret"]).slot_key(plain["kdf"], plain["kind"]).hex() == entry["slot key"]

    salt, nonce, label_nonce = bytes.fromhex(plain["kdf"]["salt"]), bytes.fromhex(plain["nonce"]), plain["label"][:24]
    repeated(salt, nonce, bytes.fromhex(label_nonce))
    made = Slot(plain["id"], plain["kind"], plain["created"], entry["label"], plain["epoch"])
    keys = Keys(ring, VECTORS["vault"])
    if plain["kind"] == slots.PASSPHRASE:
        cost = Argon2(*(plain["kdf"][name] for name in ("memory", "passes", "lanes")))
        assert slots.wrap_passphrase(made, VECTORS["vault"], entry["secret"], cost, keys) == data
    else:
        read = recovery.from_text if plain["kind"] == slots.RECOVERY else recovery.from_device_text
        secret = read(entry["secret"])
        assert secret is not None
        assert slots.wrap_secret(made, VECTORS["vault"], secret, keys) == data


@pytest.mark.parametrize("name", VECTORS["vault.json"])
def test_description(name: str) -> None:
    data = VECTORS["vault.json"][name].encode()
    described, plain = config.from_bytes(data)
    config.prove(plain, KEYS)
    assert config.to_bytes(described, KEYS) == data
    rest = {name: value for name, value in plain.items() if name != "proof"}
    assert reader.mac(READERS.of("config"), reader.canonical(rest)).hex() == plain["proof"]


@named(VECTORS["sealed"], "name")
def test_sealed_files(entry: dict[str, Any]) -> None:
    data, content = bytes.fromhex(entry["file"]), bytes.fromhex(entry["content"])
    words = (entry["purpose"], entry["context"], data, entry["name"])
    assert unseal(KEYS, *words) == reader.unseal(READERS, *words) == content
    if entry["epoch"] == 2:
        with pytest.raises(reader.KeysChanged):
            reader.unseal(reader.Keys(RING[1:], VECTORS["vault"]), *words)
    with pytest.raises(reader.Damage):
        reader.unseal(READERS, entry["purpose"], entry["context"] + "x", data, "")


@named([entry for entry in VECTORS["sealed"] if entry["purpose"] == "head"], "name")
def test_heads(entry: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / entry["name"]
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes.fromhex(entry["file"]))
    link = Heads(LocalStore(tmp_path), KEYS).read(entry["name"])
    point = reader.read_point(reader.Store(tmp_path), READERS, entry["name"])
    plain = json.loads(bytes.fromhex(entry["content"]))
    assert link.order == point.place == plain.get("place", entry["name"])
    assert [list(pair) for pair in link.previous] == [list(pair) for pair in point.previous] == plain["previous"]
    assert link.head.account.address == point.address == plain["head"]["account"]["address"]
    assert reader.is_head(entry["name"])


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    for entry in VECTORS["packs"]:
        file = tmp_path / entry["name"]
        file.parent.mkdir(parents=True)
        file.write_bytes(bytes.fromhex(entry["file"]))
    return tmp_path


@named(VECTORS["packs"], "name")
def test_packs(entry: dict[str, Any], packs: Path, repeated: Any) -> None:
    folder, _, digest = entry["name"].split("/")
    store = LocalStore(packs)
    pack, places = read_table(store, KEYS, folder, entry["name"], bytes.fromhex(digest))
    blobs = Blobs(store, KEYS, Index(store, KEYS))
    blobs._index.refresh()
    mine = reader.Blobs(reader.Store(packs), READERS)
    my_pack, my_places = mine.table(entry["name"], "meta" if folder == "meta" else "data")
    assert (pack.salt.hex(), pack.epoch, pack.size, pack.dictionary.hex()) == tuple(
        entry[name] for name in ("salt", "epoch", "size", "dictionary")
    )
    assert (my_pack.salt, my_pack.epoch, my_pack.dictionary) == (pack.salt, pack.epoch, pack.dictionary)
    read = mine.node if folder == "meta" else mine.data
    for place, my_place, said in zip(places, my_places, entry["blobs"], strict=True):
        expected = (bytes.fromhex(said["id"]), said["offset"], said["length"], said["word"])
        assert (place.id, place.offset, place.length, place.word) == my_place == expected
        assert blobs.open(pack, place).hex() == blobs.get(place.id).hex() == read(place.id).hex() == said["plain"]
    mine._store.close()


def test_a_pack_is_written_as_it_says(repeated: Any) -> None:
    """The one without compressed blobs; how well zstd compresses is not ours to promise."""
    entry = VECTORS["packs"][0]
    repeated(fixed("pack packs 1", 32))
    pack = OpenPack(Keys(RING[1:], VECTORS["vault"]), "packs")
    for blob in entry["blobs"][:2]:
        pack.add(bytes.fromhex(blob["id"]), bytes.fromhex(blob["plain"]), blob["word"])
    until = entry["blobs"][2]["offset"] * 2
    assert pack.close()[1].hex()[:until] == entry["file"][:until]


def test_index_segment(packs: Path) -> None:
    content = bytes.fromhex(VECTORS["index"]["content"])
    run = Run.from_bytes(content)
    assert run.to_bytes() == content
    said = [(blob["id"], blob["offset"], blob["length"]) for entry in VECTORS["packs"] for blob in entry["blobs"]]
    assert run.count == len(said)
    (entry,) = (entry for entry in VECTORS["sealed"] if entry["purpose"] == "index")
    (packs / "index").mkdir()
    (packs / entry["name"]).write_bytes(bytes.fromhex(entry["file"]))
    mine = reader.Blobs(reader.Store(packs), READERS)
    assert (mine.unindexed, mine.damages) == ([], [])
    for id, offset, length in said:
        ((_, place),) = run.find(bytes.fromhex(id))
        purpose = "meta" if any(id == blob["id"] for blob in VECTORS["packs"][2]["blobs"]) else "data"
        (mine_place,) = (each for each in mine._places(bytes.fromhex(id), purpose))
        assert (place.offset, place.length) == (mine_place.offset, mine_place.length) == (offset, length)


def test_tree_nodes() -> None:
    said = VECTORS["tree"]["small"]
    entries = [(bytes.fromhex(key), bytes.fromhex(value)) for key, value in said["entries"]]
    (node,) = said["nodes"]
    assert encode(0, entries).hex() == node["plain"]
    assert decode(bytes.fromhex(node["plain"])) == (0, entries)
    assert blob_id(KEYS.node_id, bytes.fromhex(node["plain"])).hex() == node["id"] == said["root"]
    folder, item = (node_of(key, value) for key, value in entries)
    my_folder, my_item = (reader.read_entry(key, value) for key, value in entries)
    assert [value_of(folder), value_of(item)] == [value for _, value in entries]
    assert (folder.id, folder.name) == (my_folder.id, my_folder.name) == ("box", "INBOX")
    assert (
        (item.id, item.parent, item.name) == (my_item.id, my_item.parent, my_item.name) == ("m1", "box", "Grüße \ud83d")
    )
    assert codec.dumps(codec.node_to_plain(item)["b"]) == codec.dumps(
        [my_item.body.sha256, my_item.body.size, [[id.hex(), *rest] for id, *rest in my_item.body.recipe]]
    )


def test_where_trees_are_cut() -> None:
    saved: dict[bytes, bytes] = {}

    def save(plain: bytes) -> bytes:
        id = blob_id(KEYS.node_id, plain)
        saved[id] = plain
        return id

    said = VECTORS["tree"]["large"]
    trees = Trees(saved.__getitem__, KEYS.derive("tree-cuts"))
    entries = {b"ibox\0%08x" % number: b'{"n":"%d","r":"1"}' % number for number in range(5000)}
    root = trees.changed(b"", entries, save)
    assert root.hex() == said["root"]
    assert sorted(id.hex() for id in saved) == sorted(said["nodes"])
    assert max(plain[0] for plain in saved.values()) + 1 == said["levels"]
    for entry in VECTORS["tree"]["boundaries"]:
        assert trees.is_boundary(bytes.fromhex(entry["key"]), entry["level"]) is entry["ends"]

    class Shelf:
        """What the reader asks of a vault's blobs."""

        node = staticmethod(saved.__getitem__)

    mine = reader.Trees(Shelf())
    assert list(mine.entries(root, b"", pytest.fail)) == list(entries.items())
    assert [key for key, _ in mine.entries(root, b"ibox\0000012", pytest.fail)] == [
        key for key in entries if key.startswith(b"ibox\0000012")
    ]


@named(VECTORS["bodies"], "what")
def test_bodies(entry: dict[str, Any]) -> None:
    blobs = {bytes.fromhex(id): bytes.fromhex(plain) for id, plain in entry["blobs"].items()}

    class Shelf:
        """What the reader asks of a vault's blobs."""

        data = staticmethod(blobs.__getitem__)

    assert b"".join(pieces_of(codec.body_from_plain(entry["body"]), blobs.__getitem__)).hex() == entry["original"]
    assert b"".join(reader.pieces(reader.read_body(entry["body"]), Shelf())).hex() == entry["original"]
    with pytest.raises(reader.Damage):
        list(reader.pieces(reader.read_body(["0" * 64, *entry["body"][1:]]), Shelf()))
