"""Write vectors.json from docs/vault-format.md and the primitives alone: neither the program nor the reader is asked.

``python -m tests.conformance.make_vectors > tests/conformance/vectors.json``, and only if the format is extended:
what is in the file must stay as it is.
"""

import base64
import hashlib
import hmac
import json
import struct
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import zstandard
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Json = dict[str, Any]


def fixed(name: str, size: int) -> bytes:
    """Bytes that look random and are always the same: SHA-256 of ``name/0``, ``name/1``, ..."""
    blocks = (hashlib.sha256(f"{name}/{number}".encode()).digest() for number in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def hkdf(key: bytes, salt: bytes, info: str) -> bytes:
    """RFC 5869 with SHA-256."""
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(key)


def mac(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(key, data, "sha256")


def canonical(value: object) -> bytes:
    """Canonical JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8", "surrogatepass")


def packed(data: bytes, dictionary: bytes | None = None) -> bytes:
    """One zstd frame."""
    if dictionary is None:
        return zstandard.ZstdCompressor(level=3).compress(data)
    known = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_FULLDICT)
    return zstandard.ZstdCompressor(level=3, dict_data=known, write_dict_id=False).compress(data)


VAULT = fixed("vault", 16)
MASTERS = [fixed("master 1", 32), fixed("master 2", 32)]
"""Of epoch 1 and 2."""
SAMPLES = [
    b"From: ann%d@example.org\r\nTo: bob@example.org\r\nSubject: Letter %d\r\n\r\nDear Bob,\r\n" % (n, n * 7)
    for n in range(400)
]


def key(purpose: str, epoch: int = 1) -> bytes:
    """A key of the vault."""
    return hkdf(MASTERS[epoch - 1], VAULT, f"saasbackup-vault/1/{purpose}")


def keys() -> Json:
    """Derived keys."""
    for_ever = ("blob-id", "node-id", "name", "config", "slot-proof", "tree-cuts", "content-cuts", "app/catalog")
    by_epoch = ("data", "meta", "index", "head", "lease", "trash", "note", "slot")
    return {
        "for ever": {purpose: key(purpose).hex() for purpose in for_ever},
        "by epoch": {str(epoch): {purpose: key(purpose, epoch).hex() for purpose in by_epoch} for epoch in (1, 2)},
        "content-cuts seed": int.from_bytes(key("content-cuts")[:8], "big") >> 1,
    }


def ids() -> list[Json]:
    """Ids of blobs and nodes, and names of streams' folders."""
    return [
        {"kind": kind, "plain": plain.hex(), "id": mac(key(purpose), plain)[:size].hex()}
        for kind, purpose, plain, size in (
            ("blob", "blob-id", b"", 32),
            ("blob", "blob-id", b"hello\r\n", 32),
            ("node", "node-id", b"\x00", 32),
            ("folder", "name", b"cae6c7319ec9a51a/mail", 16),
        )
    ]


def recovery_text(secret: bytes) -> str:
    """A recovery key as people see it."""
    text = base64.b32encode(secret + hashlib.sha256(b"recovery" + secret).digest()[:3]).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def recovery() -> Json:
    """A recovery key, ways to write it, and texts that are none."""
    secret = fixed("recovery", 32)
    text = recovery_text(secret)
    sloppy = text.lower().replace("-", " ").replace("o", "0").replace("i", "1").replace("b", "8")
    return {
        "secret": secret.hex(),
        "text": text,
        "also": [sloppy, text.replace("-", ""), f"  {text}\n"],
        "not": [text[:-1] + ("A" if text[-1] != "A" else "C"), text[:-5], "", "correct horse battery staple"],
    }


def slot(kind: str, epoch: int, id: str, label: str, kdf: Json, slot_key: bytes) -> Json:
    """A key slot's file."""
    nonce, label_nonce = fixed(f"nonce {id}", 12), fixed(f"label nonce {id}", 12)
    plain: Json = {
        "vault": VAULT.hex(),
        "id": id,
        "kind": kind,
        "epoch": epoch,
        "created": 1_760_000_000,
        "kdf": kdf,
        "nonce": nonce.hex(),
    }
    bound = canonical({name: plain[name] for name in ("created", "epoch", "kdf", "kind", "nonce", "vault")})
    plain["wrapped"] = AESGCM(slot_key).encrypt(nonce, b"".join(MASTERS[:epoch][::-1]), bound).hex()
    plain["label"] = (
        label_nonce + AESGCM(key("slot", epoch)).encrypt(label_nonce, label.encode(), canonical(plain))
    ).hex()
    plain["proof"] = mac(key("slot-proof"), canonical(plain)).hex()
    plain["sum"] = hashlib.sha256(canonical(plain)).hexdigest()[:16]
    return plain


def slots() -> list[Json]:
    """A slot of each kind and of both epochs, with its secret."""
    passphrase, device = "Grüße, “Welt”", fixed("device", 32)
    salts = {number: fixed(f"slot salt {number}", 16) for number in range(1, 5)}
    argon = {"name": "argon2id", "memory": 64, "passes": 2, "lanes": 2}
    text = unicodedata.normalize("NFC", passphrase).encode()
    made = []
    for number, epoch in ((1, 1), (2, 2)):
        slot_key = Argon2id(salt=salts[number], length=32, iterations=2, lanes=2, memory_cost=64).derive(text)
        kdf = {**argon, "salt": salts[number].hex()}
        made.append(
            (
                unicodedata.normalize("NFD", passphrase),
                slot_key,
                slot("passphrase", epoch, f"{number:016x}", "büro", kdf, slot_key),
            )
        )
    for number, kind, secret, shown in (
        (3, "recovery", fixed("recovery", 32), recovery_text(fixed("recovery", 32))),
        (4, "device", device, f"saasbackup-device:{device.hex()}"),
    ):
        slot_key = hkdf(secret, salts[number], kind)
        made.append(
            (
                shown,
                slot_key,
                slot(kind, 2, f"{number:016x}", "", {"name": "hkdf-sha256", "salt": salts[number].hex()}, slot_key),
            )
        )
    return [
        {
            "secret": secret,
            "slot key": slot_key.hex(),
            "label": label_of(plain),
            "name": f"keys/{plain['id']}.json",
            "file": canonical(plain).decode(),
        }
        for secret, slot_key, plain in made
    ]


def label_of(plain: Json) -> str:
    """A slot's label."""
    return "büro" if plain["kind"] == "passphrase" else ""


def config() -> Json:
    """``vault.json``, without and with a lock."""
    made = {}
    for name, lock in (("without a lock", None), ("with a lock", {"mode": "governance", "days": 30})):
        plain: Json = {
            "magic": "saasbackup-vault",
            "format": 1,
            "id": VAULT.hex(),
            "created": 1_760_000_000,
            "required": ["dictionary", "fastcdc", "mail-seams"],
            "optional": [],
            "lock": lock,
        }
        plain["proof"] = mac(key("config"), canonical(plain)).hex()
        made[name] = canonical(plain).decode()
    return made


def seal(purpose: str, epoch: int, context: str, content: bytes, salt: bytes) -> bytes:
    """A sealed file."""
    sealing = hkdf(key(purpose, epoch), salt, "sealed")
    return (
        b"SBVSEAL1"
        + struct.pack(">I", epoch)
        + salt
        + AESGCM(sealing).encrypt(bytes(12), packed(content), context.encode())
    )


def sealed_file(purpose: str, epoch: int, name: str, context: str, content: bytes) -> Json:
    """A sealed file's entry; ``#`` in its name stands for the file's own SHA-256."""
    salt = fixed(f"sealed {name}", 32)
    data = seal(purpose, epoch, context or name, content, salt)
    named = name.replace("#", hashlib.sha256(data).hexdigest())
    return {
        "name": named,
        "purpose": purpose,
        "epoch": epoch,
        "context": context or named,
        "content": content.hex(),
        "file": data.hex(),
    }


def sealed(segment: bytes) -> list[Json]:
    """One of each kind."""
    stream = mac(key("name"), b"cae6c7319ec9a51a/mail")[:16].hex()
    lease = mac(key("name"), b"\0exclusive")[:16].hex()
    before = f"snapshots/{stream}/00000006-{'5' * 16}"
    snapshot = {
        "id": "20251109T000000Z-00000001",
        "stream": "cae6c7319ec9a51a/mail",
        "started": 1_760_000_000,
        "finished": 1_760_000_060,
        "status": "complete",
        "items": 0,
        "folders": 0,
        "size": 0,
        "added": 0,
        "changed": 0,
        "removed": 0,
        "owed": 0,
    }
    account = {
        "id": "cae6c7319ec9a51a",
        "provider": "imap",
        "address": "ada@example.org",
        "name": "",
        "connection": None,
    }
    head = {
        "snapshot": snapshot,
        "account": account,
        "service": "mail",
        "root": "",
        "cursor": None,
        "owed": [],
        "final": True,
        "program": "vectors",
    }
    first, second = f"snapshots/{stream}/00000007-{'a' * 16}", f"snapshots/{stream}/00000008-{'b' * 16}"
    removed = [[before, ""], ["keys/0000000000000001.json", "1" * 64]]
    trash = {"made": 1, "due": 2, "why": "retention", "heads": [before], "packs": [], "program": "vectors"}
    hold = {"stream": "", "snapshot": "", "label": "Prozeß", "made": 1}
    keep = {"days": 30, "last": 1, "hourly": 0, "daily": 7, "weekly": 4, "monthly": 12, "yearly": 0}
    policy = {"default": {}, "streams": {"cae6c7319ec9a51a/mail": keep}}
    made: list[tuple[str, int, str, str, object]] = [
        ("head", 1, first, "", {"previous": [[before, "0" * 64]], "head": head}),
        ("head", 2, second, "", {"previous": [], "head": head, "place": before}),
        ("lease", 2, f"leases/{lease}/00000001-{'c' * 32}", "", {"owner": "me"}),
        ("note", 1, "removed/#", "removed", {"names": removed}),
        ("trash", 2, f"trash/{'d' * 32}", "", trash),
        ("note", 2, f"holds/{'e' * 32}", "", hold),
        ("note", 2, f"policy/00000001-{'f' * 16}", "", policy),
    ]
    return [
        sealed_file("index", 1, "index/#", "index", segment),
        *(
            sealed_file(purpose, epoch, name, bound, canonical(content))
            for purpose, epoch, name, bound, content in made
        ),
    ]


def pack(folder: str, epoch: int, blobs: Sequence[tuple[bytes, int]], dictionary: bytes | None) -> Json:
    """A pack's entry. Blobs are plain bytes and a way: 0 as they are, 1 compressed, 2 with the dictionary."""
    salt = fixed(f"pack {folder} {epoch}", 32)
    sealing = AESGCM(hkdf(key("data" if folder == "packs" else "meta", epoch), salt, "pack"))
    id_key = key("blob-id" if folder == "packs" else "node-id")
    data = b"SBVPACK1" + struct.pack(">I", epoch) + salt
    rows, said = b"", []
    for plain, way in blobs:
        id, word = mac(id_key, plain), len(plain) | (0, 1 << 31, 3 << 30)[way]
        content = (plain, packed(plain), packed(plain, dictionary))[way] if way else plain
        offset = len(data)
        data += AESGCM.encrypt(sealing, offset.to_bytes(12, "big"), content, id + struct.pack(">I", word))
        rows += id + struct.pack(">II", len(data) - offset, word)
        said.append(
            {"id": id.hex(), "offset": offset, "length": len(data) - offset, "word": word, "plain": plain.hex()}
        )
    named = mac(id_key, dictionary) if dictionary else bytes(32)
    table = sealing.encrypt(len(data).to_bytes(12, "big"), named + rows, b"table")
    data += table + struct.pack(">I", len(table))
    digest = hashlib.sha256(data).hexdigest()
    return {
        "name": f"{folder}/{digest[:2]}/{digest}",
        "epoch": epoch,
        "salt": salt.hex(),
        "size": len(data),
        "dictionary": named.hex(),
        "blobs": said,
        "file": data.hex(),
    }


def packs() -> list[Json]:
    """Packs of both folders and epochs; one with a dictionary that it holds itself."""
    dictionary = zstandard.train_dictionary(1024, SAMPLES, level=3).as_bytes()
    letter = SAMPLES[3] * 2
    text = b"All work and no play makes Jack a dull boy.\r\n" * 30
    return [
        pack("packs", 1, [(b"", 0), (b"hello\r\n", 0), (text, 1)], None),
        pack("packs", 2, [(letter, 2), (dictionary, 1), (SAMPLES[9], 2)], dictionary),
        pack("meta", 2, [(bytes.fromhex(small_tree()["nodes"][0]["plain"]), 1)], None),
    ]


def index(of: Sequence[Json]) -> Json:
    """An index segment's content for some packs."""
    rows, records = b"", []
    for number, each in enumerate(of):
        digest = each["name"].rpartition("/")[2]
        rows += struct.pack(">BI", each["name"].startswith("meta"), each["epoch"]) + bytes.fromhex(
            digest + each["salt"]
        )
        rows += struct.pack(">Q", each["size"]) + bytes.fromhex(each["dictionary"])
        records += [
            bytes.fromhex(blob["id"])[:16] + struct.pack(">IIII", number, blob["offset"], blob["length"], blob["word"])
            for blob in each["blobs"]
        ]
    content = struct.pack(">II", len(of), len(records)) + rows + b"".join(sorted(records))
    return {"packs": [each["name"] for each in of], "content": content.hex()}


def node(level: int, entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A tree node's plain bytes."""
    return bytes((level,)) + b"".join(
        struct.pack(">HI", len(name), len(value)) + name + value for name, value in entries
    )


def ends(name: bytes, level: int) -> bool:
    """Does a node of this level end after this key?"""
    digest = hashlib.blake2b(name, digest_size=8, key=key("tree-cuts")).digest()
    return int.from_bytes(digest, "big") % (1 << (5 + 6 * level)) == 0


def tree(entries: Sequence[tuple[bytes, bytes]]) -> tuple[str, list[tuple[str, bytes]]]:
    """The root and all nodes, of the leaves first."""
    level, nodes = 0, []
    while True:
        above, open_node, size = [], list[tuple[bytes, bytes]](), 0
        for number, (name, value) in enumerate(entries):
            open_node.append((name, value))
            size += len(name) + len(value)
            if ends(name, level) or size >= 131_072 or number == len(entries) - 1:
                plain = node(level, open_node)
                id = mac(key("node-id"), plain)
                nodes.append((id.hex(), plain))
                above.append((name, id))
                open_node, size = [], 0
        if len(above) == 1:
            return above[0][1].hex(), nodes
        entries, level = above, level + 1


def small_tree() -> Json:
    """A folder and an item, as they lie in a leaf."""
    folder = (b"f\0box", canonical({"n": "INBOX", "role": "inbox", "x": {"delimiter": "/"}}))
    body = ["0" * 64, 7, [[mac(key("blob-id"), b"hello\r\n").hex(), 7, "raw"]]]
    told = {"n": "Grüße \ud83d", "r": "1:1", "s": 7, "t": 1_760_000_000, "f": ["\\Seen"], "o": "1:1"}
    item = (b"ibox\0m1", canonical({**told, "x": {"from": "ann"}, "b": body}))
    root, nodes = tree([folder, item])
    return {
        "entries": [[name.hex(), value.hex()] for name, value in (folder, item)],
        "root": root,
        "nodes": [{"id": id, "plain": plain.hex()} for id, plain in nodes],
    }


def large_tree() -> Json:
    """5,000 entries by a rule; only ids of nodes are told."""
    entries = [(b"ibox\0%08x" % number, b'{"n":"%d","r":"1"}' % number) for number in range(5000)]
    root, nodes = tree(entries)
    return {
        "entries": "for n from 0 to 4,999: key: i, b, o, x, zero byte, n as 8 hexadecimal digits; "
        'value: {"n":"<n as decimal>","r":"1"}',
        "root": root,
        "levels": max(plain[0] for _, plain in nodes) + 1,
        "nodes": [id for id, _ in nodes],
    }


def boundaries() -> list[Json]:
    """Keys that end a node of a level, and some that do not."""
    names = [b"ibox\0%08x" % number for number in range(40_000)]
    chosen = [(name, level) for level in (0, 1) for name in [name for name in names if ends(name, level)][:3]]
    chosen += [(names[0], 0), (names[1], 1)]
    return [
        {
            "key": name.hex(),
            "level": level,
            "h": hashlib.blake2b(name, digest_size=8, key=key("tree-cuts")).hexdigest(),
            "ends": ends(name, level),
        }
        for name, level in chosen
    ]


def bodies() -> list[Json]:
    """Recipes with the blobs that they name."""
    text, photo = (
        b"From: ann\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"\r\n--x--\r\n",
        fixed("photo", 200),
    )
    cut = text.index(b"\r\n--x--")
    shown = base64.b64encode(photo).decode()
    crlf = "\r\n".join(shown[at : at + 76] for at in range(0, len(shown), 76)).encode()
    lf = "\n".join(shown[at : at + 60] for at in range(0, len(shown), 60)).encode()

    def blob(plain: bytes) -> str:
        return mac(key("blob-id"), plain).hex()

    around = [[blob(text), cut, "raw@0"], [blob(photo), len(crlf), "base64-76-crlf"]]
    around.append([blob(text), len(text) - cut, f"raw@{cut}"])
    in_two = [[blob(photo[:50]), len(lf), "base64-60-lf"], [blob(photo[50:]), 0, "more"]]
    made: list[tuple[str, bytes, list[bytes], list[list[Any]]]] = [
        ("an attachment between two stretches of text", text[:cut] + crlf + text[cut:], [text, photo], around),
        ("a decoded stretch cut in two, not at a line's end", lf, [photo[:50], photo[50:]], in_two),
        ("whole", b"hello\r\n", [b"hello\r\n"], [[blob(b"hello\r\n"), 7, "raw"]]),
        ("empty", b"", [], []),
    ]
    return [
        {
            "what": what,
            "blobs": {blob(plain): plain.hex() for plain in blobs},
            "body": [hashlib.sha256(original).hexdigest(), len(original), recipe],
            "original": original.hex(),
        }
        for what, original, blobs, recipe in made
    ]


def vectors() -> Json:
    """All of them."""
    made = packs()
    segment = index(made)
    return {
        "about": "Examples for docs/vault-format.md. Bytes are hexadecimal; texts are text.",
        "vault": VAULT.hex(),
        "masters": [master.hex() for master in MASTERS],
        "keys": keys(),
        "ids": ids(),
        "recovery": recovery(),
        "slots": slots(),
        "vault.json": config(),
        "packs": made,
        "index": segment,
        "sealed": sealed(bytes.fromhex(segment["content"])),
        "tree": {"small": small_tree(), "large": large_tree(), "boundaries": boundaries()},
        "bodies": bodies(),
    }


if __name__ == "__main__":
    json.dump(vectors(), sys.stdout, indent=1)
    sys.stdout.write("\n")
