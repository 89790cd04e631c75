"""A second reader of vaults, made from docs/vault-format.md alone: it shares no line with the program."""

import base64
import hashlib
import hmac
import json
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def hkdf(key: bytes, salt: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info.encode()).derive(key)


def unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=1 << 31)


class Reader:
    """Opens a vault's folder and reads everything from the packs themselves, without the index."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder
        self.config = json.loads((folder / "vault.json").read_text())
        self.master = self._unwrap(secret)
        told = {name: value for name, value in self.config.items() if name != "proof"}
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        assert hmac.digest(self.key("config"), text.encode(), "sha256").hex() == self.config["proof"]
        self.blobs: dict[bytes, bytes] = {}
        for kind, label in (("packs", "data"), ("meta", "meta")):
            for path in sorted((folder / kind).glob("??/*")):
                self._read_pack(path, self.key(label))

    def key(self, purpose: str) -> bytes:
        return hkdf(self.master, bytes.fromhex(self.config["id"]), f"saasbackup-vault/1/{purpose}")

    def heads(self) -> Iterator[Any]:
        for path in sorted((self.folder / "snapshots").glob("*/*")):
            name = path.relative_to(self.folder).as_posix()
            yield json.loads(self._unseal(path.read_bytes(), self.key("head"), name))["head"]

    def index(self) -> Iterator[tuple[bytes, bytes, int, int, int]]:
        """Every record: first 16 bytes of the blob's id, pack, offset, length, word."""
        for path in sorted((self.folder / "index").iterdir()):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
            plain = self._unseal(path.read_bytes(), self.key("index"), "index")
            packs, count = struct.unpack_from(">II", plain)
            digests = [plain[8 + 73 * n + 1 : 8 + 73 * n + 33] for n in range(packs)]
            records = plain[8 + 73 * packs :]
            assert len(records) == 32 * count
            for id, pack, offset, length, word in struct.iter_unpack(">16sIIII", records):
                yield id, digests[pack], offset, length, word

    def entries(self, root: str) -> Iterator[tuple[str, str, str, Any]]:
        """Kind, parent, id and what the entry says."""
        if root:
            yield from self._entries(bytes.fromhex(root))

    def body(self, plain: Any) -> bytes:
        sha256, size, recipe = plain
        out = b""
        at = 0
        while at < len(recipe):
            blob, length, coding = recipe[at]
            data = self.blobs[bytes.fromhex(blob)]
            at += 1
            if coding.startswith("raw"):
                start = int(coding.partition("@")[2] or 0)
                out += data[start : start + length]
                continue
            while at < len(recipe) and recipe[at][2] == "more":
                data += self.blobs[bytes.fromhex(recipe[at][0])]
                at += 1
            _, line, end = coding.split("-")
            text, step = base64.b64encode(data).decode(), int(line)
            lines = [text[n : n + step] for n in range(0, len(text), step)]
            out += {"crlf": "\r\n", "lf": "\n"}[end].join(lines).encode()
        assert len(out) == size
        assert hashlib.sha256(out).hexdigest() == sha256
        return out

    def _unwrap(self, secret: str) -> bytes:
        for path in sorted((self.folder / "keys").glob("*.json")):
            slot = json.loads(path.read_text())
            kdf, salt = slot["kdf"], bytes.fromhex(slot["kdf"]["salt"])
            if kdf["name"] == "argon2id":
                argon2 = Argon2id(
                    salt=salt, length=32, iterations=kdf["passes"], lanes=kdf["lanes"], memory_cost=kdf["memory"]
                )
                key = argon2.derive(unicodedata.normalize("NFC", secret).encode())
            else:
                letters = secret.replace("-", "").encode()
                if len(letters) != 56:
                    continue
                raw = base64.b32decode(letters)
                assert hashlib.sha256(b"recovery" + raw[:32]).digest()[:3] == raw[32:]
                key = hkdf(raw[:32], salt, "recovery")
            told = {name: value for name, value in slot.items() if name not in ("wrapped", "sum")}
            bound = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
            try:
                return AESGCM(key).decrypt(bytes.fromhex(slot["nonce"]), bytes.fromhex(slot["wrapped"]), bound)
            except Exception:
                continue
        raise AssertionError("no slot opens")

    def _unseal(self, data: bytes, key: bytes, context: str) -> bytes:
        assert data[:8] == b"SBVSEAL1"
        return unzstd(AESGCM(hkdf(key, data[8:40], "sealed")).decrypt(bytes(12), data[40:], context.encode()))

    def _read_pack(self, path: Path, base: bytes) -> None:
        data = path.read_bytes()
        assert hashlib.sha256(data).hexdigest() == path.name
        assert data[:8] == b"SBVPACK1"
        aead = AESGCM(hkdf(base, data[8:40], "pack"))
        (length,) = struct.unpack(">I", data[-4:])
        table_at = len(data) - 4 - length
        table = aead.decrypt(table_at.to_bytes(12, "big"), data[table_at:-4], b"table")
        offset = 40
        for id, sealed, word in struct.iter_unpack(">32sII", table):
            bound = id + struct.pack(">I", word)
            plain = aead.decrypt(offset.to_bytes(12, "big"), data[offset : offset + sealed], bound)
            plain = unzstd(plain) if word >> 31 else plain
            assert len(plain) == word & 0x7FFFFFFF
            purpose = "node-id" if path.parts[-3] == "meta" else "blob-id"
            assert hmac.digest(self.key(purpose), plain, "sha256") == id
            self.blobs[id] = plain
            offset += sealed
        assert offset == table_at

    def _entries(self, id: bytes) -> Iterator[tuple[str, str, str, Any]]:
        node = self.blobs[id]
        at = 1
        while at < len(node):
            key_length, value_length = struct.unpack_from(">HI", node, at)
            key = node[at + 6 : at + 6 + key_length]
            value = node[at + 6 + key_length : at + 6 + key_length + value_length]
            at += 6 + key_length + value_length
            if node[0]:
                yield from self._entries(value)
            else:
                parent, _, name = key[1:].partition(b"\0")
                yield key[:1].decode(), parent.decode(), name.decode(), json.loads(value)
