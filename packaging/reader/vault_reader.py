#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["cryptography>=44", "zstandard>=0.22"]
# ///
"""Read a SaaS Backup Desktop vault without SaaS Backup Desktop.

You have a folder with a file ``vault.json`` in it, and its passphrase or its recovery key. You need nothing else: no
network, no account, no other file of the program that made it. The folder is only read, never written; a copy or a
read-only disk will do, and so will a copy of which parts are missing.

How to run this file: install Python 3.11 or newer (python.org), then, once, two libraries:

    python3 -m venv ~/reader
    ~/reader/bin/pip install cryptography zstandard

(``cryptography`` 44 or newer for AES-256-GCM and Argon2id, ``zstandard`` for RFC 8878; any release that still offers
these will do; on Windows it is ``py -m venv`` and ``reader\\Scripts`` instead of ``bin``.) Then:

    ~/reader/bin/python vault_reader.py FOLDER info                 what this vault is
    ~/reader/bin/python vault_reader.py FOLDER accounts             whose data is in it
    ~/reader/bin/python vault_reader.py FOLDER snapshots            the points in time
    ~/reader/bin/python vault_reader.py FOLDER folders              the folders of the newest one; --at: of an older one
    ~/reader/bin/python vault_reader.py FOLDER list INBOX           what is in a folder
    ~/reader/bin/python vault_reader.py FOLDER search invoice --from bob --since 2026-01-01
    ~/reader/bin/python vault_reader.py FOLDER cat ITEM > message.eml
    ~/reader/bin/python vault_reader.py FOLDER extract TARGET       everything, as .eml files and lists of them
    ~/reader/bin/python vault_reader.py FOLDER check --read-data    proves that everything can be read

Every mail program opens .eml files. The passphrase is asked for; ``--passphrase-file FILE`` and
``--recovery-key-file FILE`` read it from the first line of a file (``-``: from standard input). It is never an
argument. ``--help`` after a command tells its options.

Exit codes: 0 everything was done, 1 it failed, 2 wrong usage, 3 done in part (what is damaged is named, all else was
done), 6 the passphrase or key does not open this vault, 7 the vault is too damaged to open, or a check found damage,
8 cancelled.

The format is described byte by byte in the project's docs/vault-format.md. This file was written from that page alone
and shares no code with the program. Apache License 2.0.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import csv
import errno
import getpass
import hashlib
import hmac
import json
import os
import signal
import struct
import sys
import unicodedata
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

try:
    import zstandard
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError as error:
    if __name__ != "__main__":
        raise
    sys.exit(
        f"vault_reader.py needs two libraries ({error}): python3 -m venv ~/reader && ~/reader/bin/pip install -U "
        "cryptography zstandard; then run ~/reader/bin/python vault_reader.py"
    )

FORMAT: Final = 1
FEATURES: Final = frozenset({"dictionary", "fastcdc", "mail-seams"})
"""Features that a vault may require and that this reader knows."""

DONE, FAILED, USAGE, IN_PART, LOCKED, DAMAGED, CANCELLED = 0, 1, 2, 3, 6, 7, 8


# --- what goes wrong ---------------------------------------------------------------------------------------------


class Trouble(Exception):
    """What ends a command, told in words; ``exit`` is the program's exit code."""

    exit = FAILED


class Misused(Trouble):
    """What was asked for is not there, or not understood."""

    exit = USAGE


class WrongKey(Trouble):
    """No key slot opens with this passphrase or key."""

    exit = LOCKED


class KeysChanged(Trouble):
    """The keys at hand are older than what is to be read."""

    exit = LOCKED


class Unreadable(Trouble):
    """The vault as a whole cannot be opened."""

    exit = DAMAGED


class Damage(Exception):
    """One file, blob or item is missing or altered; the others are as good as ever."""

    def __init__(self, what: str, file: str = "") -> None:
        super().__init__(f"{file}: {what}" if file else what)


MISREAD: Final = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    struct.error,
    RecursionError,
    OverflowError,
)
"""What Python says of a file whose content is not what it should be."""


# --- primitives --------------------------------------------------------------------------------------------------


def derive(key: bytes, salt: bytes, info: str) -> bytes:
    """HKDF (RFC 5869) with SHA-256: 32 bytes."""
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(key)


def mac(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(key, data, "sha256")


def canonical(value: object) -> bytes:
    """Canonical JSON: no blanks, keys sorted, characters as themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8", "surrogatepass")


def parsed(data: bytes) -> Any:
    """Read JSON. Raises one of MISREAD."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


def expanded(data: bytes, size: int | None, dictionary: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """Decompress one zstd frame that states its content's size. Raises ValueError."""
    try:
        stated = zstandard.frame_content_size(data)
        if stated < 0 or stated > MOST_PLAIN or (size is not None and stated != size):
            raise ValueError("its compressed content has another size than stated")
        return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(data, max_output_size=stated or 1)
    except zstandard.ZstdError as error:
        raise ValueError("its compressed content cannot be expanded") from error


MOST_PLAIN: Final = (1 << 30) - 1


# --- the folder --------------------------------------------------------------------------------------------------


class Store:
    """The vault's folder, only ever read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()

    def names(self, below: str) -> Iterator[str]:
        """All regular files below a folder, in no order; what cannot be listed is left out."""
        waiting = [below]
        while waiting:
            here = waiting.pop()
            try:
                with os.scandir(self.folder / here) as entries:
                    found = [(entry.name, entry.is_dir(), entry.is_file()) for entry in entries]
            except OSError:
                continue
            for name, is_folder, is_file in found:
                if is_folder:
                    waiting.append(f"{here}/{name}")
                elif is_file:
                    yield f"{here}/{name}"

    def has(self, name: str) -> bool:
        """Is there a file of this name?"""
        return (self.folder / name).is_file()

    def size(self, name: str) -> int:
        """Size of a file. Raises Damage."""
        try:
            return (self.folder / name).stat().st_size
        except OSError as error:
            raise _unreadable(name, error) from error

    def read(self, name: str, most: int = 1 << 31) -> bytes:
        """A whole file. Raises Damage."""
        try:
            with (self.folder / name).open("rb") as file:
                data = file.read(most + 1)
        except (OSError, MemoryError) as error:
            raise _unreadable(name, error) from error
        if len(data) > most:
            raise Damage("is far larger than such a file can be", name)
        return data

    def part(self, name: str, at: int, length: int) -> bytes:
        """A stretch of a file. Raises Damage."""
        try:
            file = self._open.pop(name, None) or (self.folder / name).open("rb")
            self._open[name] = file
            file.seek(at)
            data = file.read(length)
        except (OSError, MemoryError, OverflowError) as error:
            raise _unreadable(name, error) from error
        if len(self._open) > 32:
            self._open.popitem(last=False)[1].close()
        if len(data) != length:
            raise Damage("was cut short", name)
        return data

    def digest(self, name: str) -> bytes:
        """SHA-256 of a file. Raises Damage."""
        try:
            with (self.folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").digest()
        except OSError as error:
            raise _unreadable(name, error) from error

    def close(self) -> None:
        """Close all files."""
        while self._open:
            self._open.popitem()[1].close()


def _unreadable(name: str, error: BaseException) -> Damage:
    if isinstance(error, FileNotFoundError):
        return Damage("is missing", name)
    return Damage(f"cannot be read ({getattr(error, 'strerror', None) or type(error).__name__})", name)


def is_hex(text: str, digits: int) -> bool:
    """Is this so many hexadecimal digits, lower case?"""
    return len(text) == digits and not set(text) - set("0123456789abcdef")


# --- keys --------------------------------------------------------------------------------------------------------


PLAUSIBLE: Final = 1000
"""So many rotations beyond the known ones are believed; a file that tells of more is damaged."""


class Keys:
    """All keys of a vault, from its ring of master keys: newest first."""

    def __init__(self, ring: Sequence[bytes], vault: str) -> None:
        self._ring = tuple(ring)
        self._vault = bytes.fromhex(vault)
        self._known: dict[tuple[str, int], bytes] = {}

    @property
    def epoch(self) -> int:
        """The newest epoch that these keys open."""
        return len(self._ring)

    def of(self, purpose: str, epoch: int = 1) -> bytes:
        """A key. Raises KeysChanged for an epoch that the ring lacks, Damage for one that cannot be."""
        key = self._known.get((purpose, epoch))
        if key is None:
            if not 1 <= epoch <= len(self._ring) + PLAUSIBLE:
                raise Damage("says that it is of an epoch that cannot be")
            if epoch > len(self._ring):
                raise KeysChanged(
                    "Something in this vault was written after its keys were replaced "
                    f"(epoch {epoch}; what you opened knows {len(self._ring)}).\n"
                    "Use the passphrase or recovery key that is valid since then, and a copy of the vault whose folder "
                    "keys/ is from after that."
                )
            key = derive(self._ring[len(self._ring) - epoch], self._vault, f"saasbackup-vault/1/{purpose}")
            self._known[purpose, epoch] = key
        return key


def recovery_bytes(text: str) -> bytes | None:
    """The 32 bytes of a recovery key as people write it down, or None if this is none (or has a typing mistake)."""
    letters = "".join(text.split()).replace("-", "").upper().translate(str.maketrans("018", "OIB"))
    try:
        data = base64.b32decode(letters.encode("ascii"))
    except (ValueError, binascii.Error):
        return None
    key, check = data[:32], data[32:]
    return key if len(data) == 35 and hashlib.sha256(b"recovery" + key).digest()[:3] == check else None


def device_bytes(text: str) -> bytes | None:
    """The 32 bytes of a device's secret as an operating system's keyring keeps it, or None if this is none."""
    word, _, digits = text.partition(":")
    return bytes.fromhex(digits) if word == "saasbackup-device" and is_hex(digits, 64) else None


@dataclass(frozen=True)
class Secret:
    """What a person knows: text that may be a passphrase, a recovery key, or either."""

    text: str
    may_be_passphrase: bool = True
    may_be_recovery: bool = True

    def slot_key(self, kdf: dict[str, Any], kind: str) -> bytes | None:
        """The key to a slot, or None if this secret is of another kind. Raises one of MISREAD."""
        if kind == "passphrase" and self.may_be_passphrase and kdf["name"] == "argon2id":
            memory, passes, lanes = kdf["memory"], kdf["passes"], kdf["lanes"]
            if not (8 * lanes <= memory <= 1 << 24 and 1 <= passes <= 1000 and 1 <= lanes <= 255):
                raise ValueError("its Argon2 parameters are out of all bounds")
            text = unicodedata.normalize("NFC", self.text).encode("utf-8")
            return Argon2id(
                salt=bytes.fromhex(kdf["salt"]), length=32, iterations=passes, lanes=lanes, memory_cost=memory
            ).derive(text)
        if kind == "recovery" and self.may_be_recovery and kdf["name"] == "hkdf-sha256":
            key = recovery_bytes(self.text)
            return derive(key, bytes.fromhex(kdf["salt"]), "recovery") if key else None
        if kind == "device" and self.may_be_recovery and kdf["name"] == "hkdf-sha256":
            key = device_bytes(self.text)
            return derive(key, bytes.fromhex(kdf["salt"]), "device") if key else None
        return None


@dataclass
class Slot:
    """One key slot as it lies in ``keys/``."""

    name: str
    plain: dict[str, Any]
    digest: str
    """SHA-256 of the file."""
    is_whole: bool
    """Its sum is right."""

    @property
    def kind(self) -> str:
        """What opens it."""
        return str(self.plain.get("kind", ""))

    def open(self, secret: Secret) -> list[bytes] | None:
        """The master keys, newest first, or None if the secret does not fit. Raises one of MISREAD, MemoryError."""
        key = secret.slot_key(self.plain["kdf"], self.kind)
        if key is None:
            return None
        bound = canonical({name: self.plain[name] for name in ("created", "epoch", "kdf", "kind", "nonce", "vault")})
        try:
            masters = AESGCM(key).decrypt(
                bytes.fromhex(self.plain["nonce"]), bytes.fromhex(self.plain["wrapped"]), bound
            )
        except InvalidTag:
            return None
        if not masters or len(masters) % 32 or len(masters) // 32 != self.plain["epoch"]:
            raise ValueError("its master keys are not whole")
        return [masters[at : at + 32] for at in range(0, len(masters), 32)]


def read_slots(store: Store) -> tuple[list[Slot], list[Damage]]:
    """All key slots, and those that cannot be understood."""
    slots, damages = [], []
    for name in sorted(store.names("keys")):
        if not name.endswith(".json") or not is_hex(name[5:-5], 16):
            continue
        try:
            data = store.read(name, 1 << 20)
            plain = parsed(data)
            if not isinstance(plain, dict) or not isinstance(plain.get("kdf"), dict):
                raise ValueError
            rest = {key: value for key, value in plain.items() if key != "sum"}
            whole = (
                hashlib.sha256(canonical(rest)).hexdigest()[:16] == plain.get("sum") and plain.get("id") == name[5:-5]
            )
            slots.append(Slot(name, plain, hashlib.sha256(data).hexdigest(), whole))
        except Damage as damage:
            damages.append(damage)
        except MISREAD:
            damages.append(Damage("is no key slot any more", name))
    return slots, damages


# --- sealed files ------------------------------------------------------------------------------------------------


def unseal(keys: Keys, purpose: str, context: str, data: bytes, file: str) -> bytes:
    """Open a sealed file. Raises Damage, KeysChanged."""
    if len(data) < 60 or data[:8] != b"SBVSEAL1":
        raise Damage("is not a sealed file", file)
    epoch, salt = int.from_bytes(data[8:12], "big"), data[12:44]
    try:
        key = derive(keys.of(purpose, epoch), salt, "sealed")
    except Damage as damage:
        raise Damage(str(damage), file) from damage
    try:
        return expanded(AESGCM(key).decrypt(bytes(12), data[44:], context.encode()), None)
    except InvalidTag:
        raise Damage("was altered", file) from None
    except (ValueError, OverflowError) as error:
        raise Damage(str(error), file) from error


def unseal_json(store: Store, keys: Keys, purpose: str, name: str, context: str = "") -> tuple[Any, bytes]:
    """Open a sealed file of JSON, bound to its name or a context; and its bytes. Raises Damage, KeysChanged."""
    data = store.read(name)
    try:
        return parsed(unseal(keys, purpose, context or name, data, name)), data
    except MISREAD as error:
        raise Damage("is not understood", name) from error


# --- blobs -------------------------------------------------------------------------------------------------------

PACK_HEAD: Final = 44
COMPRESSED: Final = 1 << 31
WITH_DICTIONARY: Final = 1 << 30
RECORD: Final = struct.Struct(">16sIIII")
PACK_ROW: Final = struct.Struct(">BI32s32sQ32s")
TABLE_ROW: Final = struct.Struct(">32sII")
NO_DICTIONARY: Final = bytes(32)
GATHERED: Final = 200_000
"""Records from small segments and tables are sorted together in runs of about so many."""


@dataclass(frozen=True)
class Pack:
    """A file with many blobs."""

    name: str
    purpose: str
    """``data`` or ``meta``."""
    epoch: int
    salt: bytes
    dictionary: bytes


@dataclass(frozen=True)
class Place:
    """Where a blob lies."""

    pack: Pack
    offset: int
    length: int
    word: int


@dataclass
class Run:
    """Sorted records, and the packs that they number."""

    records: bytes
    packs: list[Pack | None]
    """None for a pack whose file is not here."""

    def find(self, start: bytes) -> Iterator[Place]:
        """Where a blob lies, by the first 16 bytes of its id."""
        records, size = self.records, RECORD.size
        low, high = 0, len(records) // size
        while low < high:
            middle = (low + high) // 2
            if records[middle * size : middle * size + 16] < start:
                low = middle + 1
            else:
                high = middle
        for at in range(low * size, len(records), size):
            id, number, offset, length, word = RECORD.unpack_from(records, at)
            if id != start:
                return
            pack = self.packs[number] if number < len(self.packs) else None
            if pack is not None:
                yield Place(pack, offset, length, word)


class Gathering:
    """Collects records of many small sources into few sorted runs."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._records: list[bytes] = []
        self._packs: list[Pack | None] = []

    def add_segment(self, packs: Sequence[Pack | None], records: bytes) -> None:
        """Take a segment's records."""
        base = len(self._packs)
        self._packs += packs
        self._records += (RECORD.pack(id, base + number, *rest) for id, number, *rest in RECORD.iter_unpack(records))
        self._close_if_full()

    def add_table(self, pack: Pack, blobs: Iterable[tuple[bytes, int, int, int]]) -> None:
        """Take what a pack's table says: id, offset, length, word."""
        number = len(self._packs)
        self._packs.append(pack)
        self._records += (RECORD.pack(id[:16], number, *rest) for id, *rest in blobs)
        self._close_if_full()

    def _close_if_full(self) -> None:
        if len(self._records) >= GATHERED:
            self.close()

    def close(self) -> None:
        """Sort what is left."""
        if self._records:
            self._records.sort()
            self.runs.append(Run(b"".join(self._records), self._packs))
        self._records, self._packs = [], []


class Blobs:
    """Finds and opens blobs: by the index, and where that says nothing by the packs' own tables."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self.damages: list[Damage] = []
        """Segments and packs that could not be used."""
        self.newer: KeysChanged | None = None
        """Something was written with keys that are not at hand."""
        self.files = {name for folder in ("packs", "meta") for name in store.names(folder) if _is_pack(name)}
        self.aside = {name for name in store.names("aside") if _is_pack(name)}
        self.segments: list[str] = []
        self.unindexed: list[str] = []
        self._runs: list[Run] = []
        self._last: list[Run] | None = None
        self._ciphers: OrderedDict[tuple[str, int, bytes], AESGCM] = OrderedDict()
        self._dictionaries: OrderedDict[bytes, zstandard.ZstdCompressionDict] = OrderedDict()
        self._find_all()

    def data(self, id: bytes) -> bytes:
        """A data blob. Raises Damage."""
        return self._blob(id, "data")

    def node(self, id: bytes) -> bytes:
        """A tree node. Raises Damage."""
        return self._blob(id, "meta")

    def is_known(self, id: bytes, purpose: str) -> bool:
        """Does a blob lie within a pack that is here?"""
        for place in self._places(id, purpose):
            with contextlib.suppress(Damage):
                if place.offset + place.length <= self._store.size(place.pack.name):
                    return True
        return False

    def table(self, name: str, purpose: str) -> tuple[Pack, list[tuple[bytes, int, int, int]]]:
        """What a pack's own table says: id, offset, length and word of each blob. Raises Damage, KeysChanged."""
        size = self._store.size(name)
        if size < PACK_HEAD + 16 + 32 + 4:
            raise Damage("was cut short", name)
        start = self._store.part(name, 0, PACK_HEAD)
        if start[:8] != b"SBVPACK1":
            raise Damage("is not a pack", name)
        length = int.from_bytes(self._store.part(name, size - 4, 4), "big")
        at = size - 4 - length
        if length < 16 + 32 or at < PACK_HEAD:
            raise Damage("its table is not where it should be", name)
        epoch, salt = int.from_bytes(start[8:12], "big"), start[12:]
        sealed = self._store.part(name, at, length)
        try:
            plain = self._cipher(purpose, epoch, salt).decrypt(at.to_bytes(12, "big"), sealed, b"table")
        except InvalidTag:
            raise Damage("its table was altered", name) from None
        pack = Pack(name, purpose, epoch, salt, plain[:32])
        blobs, offset = [], PACK_HEAD
        if (len(plain) - 32) % TABLE_ROW.size:
            raise Damage("its table is not understood", name)
        for id, sealed_length, word in TABLE_ROW.iter_unpack(plain[32:]):
            blobs.append((id, offset, sealed_length, word))
            offset += sealed_length
        if offset != at:
            raise Damage("its table does not match its blobs", name)
        return pack, blobs

    def open(self, id: bytes, place: Place) -> bytes:
        """Open a blob at a place. Raises Damage, KeysChanged."""
        pack, name = place.pack, place.pack.name
        sealed = self._store.part(name, place.offset, place.length)
        word = place.word
        try:
            plain = self._cipher(pack.purpose, pack.epoch, pack.salt).decrypt(
                place.offset.to_bytes(12, "big"), sealed, id + word.to_bytes(4, "big")
            )
            size = word & (WITH_DICTIONARY - 1)
            if word & COMPRESSED:
                plain = expanded(plain, size, self._dictionary(pack) if word & WITH_DICTIONARY else None)
        except InvalidTag:
            raise Damage("was altered", name) from None
        except (ValueError, MemoryError) as error:
            raise Damage(str(error) or "needs too much memory", name) from error
        key = self._keys.of("node-id" if pack.purpose == "meta" else "blob-id")
        if len(plain) != size or not hmac.compare_digest(mac(key, plain), id):
            raise Damage("holds other bytes than it should", name)
        return plain

    def _blob(self, id: bytes, purpose: str) -> bytes:
        found: Damage | None = None
        for place in self._places(id, purpose):
            try:
                return self.open(id, place)
            except Damage as damage:
                found = found or damage
            except KeysChanged as changed:
                self.newer = changed
                found = found or Damage("was written after the vault's keys were changed", place.pack.name)
        kind = "tree node" if purpose == "meta" else "blob"
        raise found or Damage(f"{kind} {id.hex()[:16]} is not in any pack that is here")

    def _places(self, id: bytes, purpose: str) -> Iterator[Place]:
        """Where a blob may lie, best first; packs set aside as damaged, and tables that the index covers, last."""
        for run in self._runs:
            yield from (place for place in run.find(id[:16]) if place.pack.purpose == purpose)
        if self._last is None:
            self._last = self._last_resort()
        for run in self._last:
            yield from (place for place in run.find(id[:16]) if place.pack.purpose == purpose)

    def _find_all(self) -> None:
        gathering = Gathering()
        covered: set[str] = set()
        for name in sorted(self._store.names("index")):
            if not is_hex(name[6:], 64):
                continue
            self.segments.append(name)
            try:
                covered |= self._take_segment(name, gathering)
            except Damage as damage:
                if self._store.has(name):  # else it was merged with others while we looked
                    self.damages.append(damage)
            except KeysChanged as changed:
                self.newer = changed
            except MISREAD:
                self.damages.append(Damage("is not understood", name))
        self.unindexed = sorted(self.files - covered)
        for name in self.unindexed:
            try:
                pack, blobs = self.table(name, _purpose(name))
                gathering.add_table(pack, blobs)
            except Damage as damage:
                self.damages.append(damage)
            except KeysChanged as changed:
                self.newer = changed
        gathering.close()
        self._runs += gathering.runs

    def _take_segment(self, name: str, gathering: Gathering) -> set[str]:
        plain = unseal(self._keys, "index", "index", self._store.read(name), name)
        pack_count, record_count = struct.unpack_from(">II", plain)
        records_at = 8 + pack_count * PACK_ROW.size
        if len(plain) != records_at + record_count * RECORD.size:
            raise ValueError("lengths do not match")
        packs: list[Pack | None] = []
        covered = set()
        for folder, epoch, digest, salt, _, dictionary in PACK_ROW.iter_unpack(plain[8:records_at]):
            text = digest.hex()
            pack_name = f"{('packs', 'meta')[folder]}/{text[:2]}/{text}"
            covered.add(pack_name)
            pack = Pack(pack_name, _purpose(pack_name), epoch, salt, dictionary)
            packs.append(pack if pack_name in self.files else None)
        if record_count < GATHERED // 4:
            gathering.add_segment(packs, plain[records_at:])
        else:
            self._runs.append(Run(plain[records_at:], packs))
        return covered

    def _last_resort(self) -> list[Run]:
        gathering = Gathering()
        for name in sorted(self.aside):
            for purpose in ("data", "meta"):
                with contextlib.suppress(Damage, KeysChanged):
                    pack, blobs = self.table(name, purpose)
                    gathering.add_table(pack, blobs)
                    break
        gathering.close()
        return gathering.runs

    def _cipher(self, purpose: str, epoch: int, salt: bytes) -> AESGCM:
        key = purpose, epoch, salt
        cipher = self._ciphers.pop(key, None) or AESGCM(derive(self._keys.of(purpose, epoch), salt, "pack"))
        self._ciphers[key] = cipher
        if len(self._ciphers) > 256:
            self._ciphers.popitem(last=False)
        return cipher

    def _dictionary(self, pack: Pack) -> zstandard.ZstdCompressionDict:
        id = pack.dictionary
        if id == NO_DICTIONARY:
            raise Damage("needs a dictionary and names none", pack.name)
        found = self._dictionaries.pop(id, None)
        if found is None:
            for place in self._places(id, pack.purpose):
                if place.word & WITH_DICTIONARY:
                    continue  # a dictionary that needs a dictionary: nobody writes that
                with contextlib.suppress(Damage, KeysChanged, zstandard.ZstdError, ValueError):
                    found = zstandard.ZstdCompressionDict(self.open(id, place), dict_type=zstandard.DICT_TYPE_FULLDICT)
                    break
        if found is None:
            raise Damage("its dictionary cannot be read", pack.name)
        self._dictionaries[id] = found
        if len(self._dictionaries) > 16:
            self._dictionaries.popitem(last=False)
        return found


def _is_pack(name: str) -> bool:
    parts = name.split("/")
    return len(parts) == 3 and is_hex(parts[2], 64) and parts[1] == parts[2][:2]


def _purpose(name: str) -> str:
    return "meta" if name.startswith("meta/") else "data"


# --- trees -------------------------------------------------------------------------------------------------------

Entry = tuple[bytes, bytes]
OnDamage = Callable[[Damage], None]
NODE_ENTRY: Final = struct.Struct(">HI")
CACHED_NODES: Final = 16 << 20


class Trees:
    """Reads ordered maps, a node at a time."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._cache: OrderedDict[bytes, bytes] = OrderedDict()
        self._cached = 0

    def entries(self, root: bytes, prefix: bytes, on_damage: OnDamage, level: int | None = None) -> Iterator[Entry]:
        """Entries whose key begins with this, in order. Nodes that cannot be read are told, and left out."""
        if not root:
            return
        try:
            at_level, entries = self.node(root)
            if level is not None and at_level != level:
                raise Damage(f"tree node {root.hex()[:16]} is of another level than its place")
        except Damage as damage:
            on_damage(damage)
            return
        for key, value in entries[bisect_left(entries, prefix, key=lambda entry: entry[0]) :]:
            if at_level:
                yield from self.entries(value, prefix, on_damage, at_level - 1)
            elif key.startswith(prefix):
                yield key, value
            if key[: len(prefix)] > prefix:
                return

    def node(self, id: bytes) -> tuple[int, list[Entry]]:
        """A node's level, 0 for a leaf, and entries. Raises Damage."""
        plain = self._cache.pop(id, None)
        if plain is None:
            plain = self._blobs.node(id)
            self._cached += len(plain)
        self._cache[id] = plain
        while self._cached > CACHED_NODES:
            self._cached -= len(self._cache.popitem(last=False)[1])
        entries, at = [], 1
        try:
            while at < len(plain):
                key_length, value_length = NODE_ENTRY.unpack_from(plain, at)
                key_at = at + NODE_ENTRY.size
                value_at = key_at + key_length
                at = value_at + value_length
                entries.append((plain[key_at:value_at], plain[value_at:at]))
            if at != len(plain):
                raise ValueError
            return plain[0], entries
        except MISREAD:
            raise Damage(f"tree node {id.hex()[:16]} is not understood") from None


# --- bodies ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Body:
    """Which blobs make an item's bytes, and how."""

    sha256: str
    size: int
    recipe: list[tuple[bytes, int, str]]


def pieces(body: Body, blobs: Blobs) -> Iterator[bytes]:
    """The original bytes, a piece at a time. Raises Damage, at the latest after the last piece."""
    digest, size = hashlib.sha256(), 0
    try:
        for piece in _stretches(body, blobs):
            digest.update(piece)
            size += len(piece)
            yield piece
    except (*MISREAD, MemoryError) as error:
        raise Damage("its recipe is not understood") from error
    if size != body.size or digest.hexdigest() != body.sha256:
        raise Damage("its bytes are not those that were backed up")


def _stretches(body: Body, blobs: Blobs) -> Iterator[bytes]:
    last_id, last = b"", b""
    lines: Base64Lines | None = None
    for id, size, coding in body.recipe:
        if coding == "more":
            if lines is None:
                raise ValueError("nothing to go on from")
            yield lines.feed(blobs.data(id))
            continue
        if lines is not None:
            yield lines.close()
            lines = None
        if coding == "raw" or coding.startswith("raw@"):
            if id != last_id:
                last_id, last = id, blobs.data(id)
            start = int(coding[4:] or 0)
            stretch = last[start : start + size]
            if len(stretch) != size or start < 0:
                raise ValueError("a stretch is outside its blob")
            yield stretch
        else:
            lines = Base64Lines(coding)
            yield lines.feed(blobs.data(id))
    if lines is not None:
        yield lines.close()


class Base64Lines:
    """Writes decoded bytes, which come in pieces, as the base64 that they were."""

    def __init__(self, coding: str) -> None:
        name, line, end = coding.split("-")
        self._line = int(line)
        self._end = {"crlf": b"\r\n", "lf": b"\n"}[end]
        if name != "base64" or self._line <= 0 or self._line % 4:
            raise ValueError("unknown coding")
        self._rest = b""
        self._has_begun = False

    def feed(self, decoded: bytes) -> bytes:
        """Lines that are certain now."""
        data = self._rest + decoded
        whole = len(data) - len(data) % (self._line // 4 * 3)
        self._rest = data[whole:]
        return self._written(data[:whole])

    def close(self) -> bytes:
        """The last line."""
        return self._written(self._rest)

    def _written(self, data: bytes) -> bytes:
        if not data:
            return b""
        text = binascii.b2a_base64(data, newline=False)
        lead = self._end if self._has_begun else b""
        self._has_begun = True
        return lead + self._end.join(text[at : at + self._line] for at in range(0, len(text), self._line))


# --- points in time ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folder:
    """A folder of an account at one point in time."""

    id: str
    parent: str
    name: str
    role: str
    facets: dict[str, str]


@dataclass(frozen=True)
class Item:
    """An item, for example a message, at one point in time."""

    id: str
    parent: str
    name: str
    revision: str
    size: int
    time: int | None
    flags: list[str]
    facets: dict[str, str]
    body: Body | None
    parts: dict[str, Body]
    """More bytes that belong to it, by name."""


@dataclass(frozen=True)
class Point:
    """One point in time of one stream."""

    file: str
    digest: str
    snapshot: dict[str, Any]
    account: dict[str, Any]
    service: str
    root: bytes
    owed: list[Any]
    final: bool
    place: str
    previous: list[tuple[str, str]]

    @property
    def stream(self) -> str:
        """Whose data this is."""
        return str(self.snapshot["stream"])

    @property
    def id(self) -> str:
        """The snapshot's id."""
        return str(self.snapshot["id"])

    @property
    def address(self) -> str:
        """The account's address."""
        return str(self.account.get("address") or self.account.get("name") or self.account.get("id") or "?")

    @property
    def status(self) -> str:
        """``complete``, ``partial``, or ``unfinished`` for a run that was cut off."""
        return str(self.snapshot.get("status", "")) if self.final else "unfinished"


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _texts(value: Any) -> dict[str, str]:
    return {_text(key): _text(text) for key, text in dict(value).items()}


def read_body(plain: Any) -> Body:
    """What a leaf says of a body. Raises one of MISREAD."""
    sha256, size, recipe = plain
    return Body(str(sha256), int(size), [(bytes.fromhex(blob), int(length), str(how)) for blob, length, how in recipe])


def read_entry(key: bytes, value: bytes) -> Folder | Item:
    """A leaf's entry. Raises Damage."""
    try:
        parent, end, id = key[1:].decode("utf-8", "surrogatepass").partition("\0")
        plain = parsed(value)
        if not end or key[:1] not in (b"f", b"i"):
            raise ValueError
        if key[:1] == b"f":
            return Folder(id, parent, _text(plain.get("n")), _text(plain.get("role")), _texts(plain.get("x", {})))
        body = None if plain.get("b") is None else read_body(plain["b"])
        time = plain.get("t")
        return Item(
            id=id,
            parent=parent,
            name=_text(plain.get("n")),
            revision=_text(plain.get("r")),
            size=body.size if body else int(plain.get("s") or 0),
            time=None if time is None else int(time),
            flags=[_text(flag) for flag in plain.get("f", ())],
            facets=_texts(plain.get("x", {})),
            body=body,
            parts={_text(name): read_body(part) for name, part in dict(plain.get("a", {})).items()},
        )
    except MISREAD:
        raise Damage(f"an entry of the list of items is not understood (key {key[:60]!r})") from None


def read_point(store: Store, keys: Keys, file: str) -> Point:
    """Read a head. Raises Damage, KeysChanged."""
    plain, data = unseal_json(store, keys, "head", file)
    try:
        head = plain["head"]
        snapshot = dict(head["snapshot"])
        for name in ("started", "finished", "items", "folders", "size", "owed"):
            snapshot[name] = int(snapshot.get(name) or 0)
        point = Point(
            file=file,
            digest=hashlib.sha256(data).hexdigest(),
            snapshot=snapshot,
            account=dict(head["account"]),
            service=_text(head["service"]),
            root=bytes.fromhex(head["root"]),
            owed=list(head["owed"]),
            final=bool(head["final"]),
            place=str(plain.get("place") or file),
            previous=[(str(name), str(digest)) for name, digest in plain["previous"] or ()],
        )
        folder = mac(keys.of("name"), point.stream.encode("utf-8", "surrogatepass"))[:16].hex()
        if file.split("/")[1] != folder or not point.id:
            raise Damage("belongs to another account than its folder", file)
        return point
    except MISREAD as error:
        raise Damage("is not understood", file) from error


def is_head(name: str) -> bool:
    """Is this the name of a head?"""
    parts = name.split("/")
    number, dash, token = parts[-1].partition("-")
    return (
        len(parts) == 3
        and is_hex(parts[1], 32)
        and len(number) == 8
        and number.isdecimal()
        and dash == "-"
        and is_hex(token, 16)
    )


# --- the vault ---------------------------------------------------------------------------------------------------


class Vault:
    """A vault that is open."""

    def __init__(self, folder: Path, secret: Secret) -> None:
        self.store = Store(folder)
        self.notes: list[str] = []
        """What is wrong with the vault as a whole, though it could be opened."""
        self.config = self._read_config()
        self.slots, damages = read_slots(self.store)
        self.notes += map(str, damages)
        self.id = self._vault_id()
        self.slot, ring = self._unlock(secret)
        self.keys = Keys(ring, self.id)
        self._prove_config()
        self.newer: KeysChanged | None = None
        """Something was written with keys that are not at hand."""
        self.losses: list[str] = []
        """Points in time that cannot be read."""
        self.removed = self._read_removed()
        """Names and digests (or nothing) of what was removed on purpose."""
        self.points = self._read_points()
        self._blobs: Blobs | None = None
        self._trees: Trees | None = None

    @property
    def blobs(self) -> Blobs:
        """Where the bytes are; the index is read when it is first needed."""
        if self._blobs is None:
            self._blobs = Blobs(self.store, self.keys)
            self.notes += map(str, self._blobs.damages)
            self.newer = self.newer or self._blobs.newer
        return self._blobs

    @property
    def trees(self) -> Trees:
        """What the points in time hold."""
        if self._trees is None:
            self._trees = Trees(self.blobs)
        return self._trees

    def streams(self) -> dict[str, list[Point]]:
        """Points in time by stream, oldest first; of each snapshot only the newest head, and none that was removed."""
        found: dict[str, dict[str, Point]] = {}
        for point in self.points:
            if not self.was_removed(point.file, point.digest):
                found.setdefault(point.stream, {})[point.id] = point
        return {
            stream: sorted(points.values(), key=lambda point: point.place.rpartition("/")[2])
            for stream, points in sorted(found.items(), key=lambda pair: (list(pair[1].values())[-1].address, pair[0]))
        }

    def folders(self, point: Point, on_damage: OnDamage) -> dict[str, Folder]:
        """All folders of a point in time by id."""
        found = {}
        for entry in self._entries(point, b"f", on_damage):
            if isinstance(entry, Folder):
                found[entry.id] = entry
        return found

    def items(self, point: Point, on_damage: OnDamage, parent: str | None = None) -> Iterator[Item]:
        """All items, or those of one folder, by folder and id."""
        prefix = b"i" if parent is None else b"i" + parent.encode("utf-8", "surrogatepass") + b"\0"
        for entry in self._entries(point, prefix, on_damage):
            if isinstance(entry, Item):
                yield entry

    def item(self, point: Point, parent: str, id: str, on_damage: OnDamage) -> Item | None:
        """One item of a folder."""
        key = f"i{parent}\0{id}".encode("utf-8", "surrogatepass")
        for found, value in self.trees.entries(point.root, key, on_damage):
            if found == key:
                entry = read_entry(found, value)
                return entry if isinstance(entry, Item) else None
        return None

    def sealed_notes(self, folder: str, purpose: str) -> list[tuple[str, Any]]:
        """Small sealed files of a folder: name and content."""
        found = []
        context = folder if folder == "removed" else ""  # their names are hashes of the files
        for name in sorted(self.store.names(folder)):
            try:
                found.append((name, unseal_json(self.store, self.keys, purpose, name, context)[0]))
            except Damage as damage:
                self.notes.append(str(damage))
            except KeysChanged as changed:
                self.newer = self.newer or changed
        return found

    def label(self, slot: Slot) -> str:
        """A slot's label, or nothing if it cannot be read."""
        try:
            data = bytes.fromhex(slot.plain["label"])
            key = self.keys.of("slot", int(slot.plain["epoch"]))
            bound = {name: value for name, value in slot.plain.items() if name not in ("label", "proof", "sum")}
            return AESGCM(key).decrypt(data[:12], data[12:], canonical(bound)).decode()
        except (*MISREAD, InvalidTag, KeysChanged):
            return ""

    def limited(self) -> list[str]:
        """Ids of the limited vaults inside."""
        return limited_in(self.store.folder)

    def close(self) -> None:
        """Close all files."""
        self.store.close()

    def _entries(self, point: Point, prefix: bytes, on_damage: OnDamage) -> Iterator[Folder | Item]:
        for key, value in self.trees.entries(point.root, prefix, on_damage):
            try:
                yield read_entry(key, value)
            except Damage as damage:
                on_damage(damage)

    def _read_config(self) -> dict[str, Any] | None:
        try:
            plain = parsed(self.store.read("vault.json", 1 << 20))
            if not isinstance(plain, dict):
                raise ValueError
            required = set(map(_text, list(plain.get("required") or ())))
        except Damage as damage:
            self.notes.append(str(damage))
            return None
        except MISREAD:
            self.notes.append("vault.json: is not understood")
            return None
        if plain.get("magic") != "saasbackup-vault":
            self.notes.append("vault.json: does not say that this is a vault")
            return None
        if plain.get("format") != FORMAT:
            raise Trouble(
                f"This vault is of format {plain.get('format')!r}, and this reader knows format {FORMAT} only.\n"
                "Use the vault_reader.py that came with the program that wrote the vault, or a newer one."
            )
        unknown = sorted(required - FEATURES)
        if unknown:
            raise Trouble(
                f"This vault needs what this reader does not know: {', '.join(unknown)}.\n"
                "Use the vault_reader.py that came with the program that wrote the vault, or a newer one."
            )
        return plain

    def _vault_id(self) -> str:
        """The vault's id; each slot has it too, so that it survives the loss of vault.json. Raises Trouble."""
        folder = self.store.folder
        if self.config is not None and is_hex(_text(self.config.get("id")), 32):
            return str(self.config["id"])
        ids = {_text(slot.plain.get("vault")) for slot in self.slots if slot.is_whole}
        if len(ids) == 1 and is_hex(id := ids.pop(), 32):
            return id
        if not folder.is_dir():
            raise Unreadable(f"There is no folder {folder}.")
        raise Unreadable(
            f"The folder {folder} is not a vault, or too much of it is missing: {'; '.join(self.notes)}; and there "
            "is no whole key slot in keys/.\nName the folder that holds vault.json."
        )

    def _unlock(self, secret: Secret) -> tuple[Slot, list[bytes]]:
        if not self.slots:
            raise Unreadable(
                "No key slot is left: the folder keys/ is missing, empty or damaged. Without one, nothing can be "
                "decrypted.\n"
                "Look for another copy of the vault: each has the same key slots."
            )
        problems = [f"{slot.name} is damaged" for slot in self.slots if not slot.is_whole]
        opened: list[tuple[Slot, list[bytes]]] = []
        for slot in sorted(self.slots, key=lambda slot: -_number(slot.plain.get("epoch"))):
            if slot.plain.get("vault") != self.id or (opened and _number(slot.plain.get("epoch")) <= len(opened[0][1])):
                continue
            try:
                ring = slot.open(secret)
            except MISREAD as error:
                problems.append(f"{slot.name} is not understood ({error})")
                continue
            except MemoryError:
                problems.append(f"{slot.name} asks for more memory than there is")
                continue
            if ring is not None:
                opened.append((slot, ring))
        if opened:
            return opened[0]
        kinds = {slot.kind for slot in self.slots}
        said = "Wrong passphrase or recovery key: it opens none of this vault's key slots."
        if not secret.may_be_recovery or "passphrase" not in kinds:
            said = (
                "Wrong passphrase." if "passphrase" in kinds else "This vault has no passphrase; use its recovery key."
            )
        elif not secret.may_be_passphrase:
            said = (
                "Wrong recovery key, or a typing mistake in it."
                if "recovery" in kinds
                else "This vault has no recovery key."
            )
        if problems:
            said += "\nBut this may be why: " + "; ".join(problems) + "."
        raise WrongKey(said)

    def _prove_config(self) -> None:
        if self.config is None:
            return
        rest = {name: value for name, value in self.config.items() if name != "proof"}
        try:
            good = hmac.compare_digest(
                mac(self.keys.of("config"), canonical(rest)).hex(), _text(self.config.get("proof"))
            )
        except MISREAD:
            good = False
        if not good:
            self.notes.append("vault.json: was altered after it was made (its proof does not fit)")

    def was_removed(self, name: str, digest: str) -> bool:
        """Was this file removed on purpose?"""
        return (name, digest) in self.removed or (name, "") in self.removed

    def _read_removed(self) -> set[tuple[str, str]]:
        removed: set[tuple[str, str]] = set()
        for name, plain in self.sealed_notes("removed", "note"):
            try:
                removed |= {(str(each), str(digest)) for each, digest in plain["names"]}
            except MISREAD:
                self.notes.append(f"{name}: is not understood")
        if (self.slot.name, self.slot.digest) in removed or (self.slot.name, "") in removed:
            self.notes.append(f"{self.slot.name}: this key slot was removed on purpose once, and is here again")
        return removed

    def _read_points(self) -> list[Point]:
        points = []
        for name in sorted(filter(is_head, self.store.names("snapshots"))):
            try:
                points.append(read_point(self.store, self.keys, name))
            except Damage as damage:
                if self.store.has(name):  # else it was followed by another one while we looked
                    self.losses.append(str(damage))
            except KeysChanged as changed:
                self.newer = changed
        self.losses += self._missing(points)
        return sorted(points, key=lambda point: point.place.rpartition("/")[2])

    def _missing(self, points: Sequence[Point]) -> list[str]:
        """Points in time that others were written after, that were not removed on purpose, and are not here."""
        replaced = {point.place for point in points}
        return [
            f"{name}: is missing, though a later point in time was written after it"
            for name, digest in sorted({pair for point in points for pair in point.previous})
            if name not in replaced and not self.store.has(name) and not self.was_removed(name, digest)
        ]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def limited_in(folder: Path) -> list[str]:
    """Ids of limited vaults in a vault's folder."""
    try:
        return sorted(
            entry.name for entry in os.scandir(folder / "limited") if is_hex(entry.name, 32) and entry.is_dir()
        )
    except OSError:
        return []


# --- names of files ----------------------------------------------------------------------------------------------

RESERVED: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}
    | {f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789\u00b9\u00b2\u00b3"}
)
FORBIDDEN: Final = frozenset('<>:"/\\|?*')
LONGEST_PATH: Final = 2000
"""Bytes of a folder's path below the target; deeper ones are moved to the top."""


def safe_name(text: str, most: int = 80) -> str:
    """A name that Windows, macOS and Linux all take as one part of a path, at most so many bytes of UTF-8."""
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if letter.isspace():
            letters.append(" ")
        elif letter in FORBIDDEN or category in ("Cc", "Cs", "Cn") or letter in TURNING:
            letters.append("_")
        else:
            letters.append(letter)
    name = " ".join("".join(letters).split(" ")).strip(" ")
    name = name.encode()[:most].decode("utf-8", "ignore").rstrip(" .")
    if name.split(".")[0].rstrip(" ").upper() in RESERVED or name.startswith("."):
        name = "_" + name[: most - 1]
    return name or "_"


TURNING: Final = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Invisible letters that make a name look like another one."""


def folded(name: str) -> str:
    """What file systems that ignore case and composition compare."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def short_hash(text: str) -> str:
    """Ten digits that tell equal names apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def stamp(seconds: int | None) -> str:
    """A time within a name, UTC."""
    moment = utc(seconds)
    return moment.strftime("%Y-%m-%d %H.%M.%S") if moment else "undated"


def utc(seconds: int | None) -> datetime | None:
    """Seconds since 1970 as a time, or None if there is none that a calendar has."""
    if seconds is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None


def iso(seconds: int | None) -> str:
    """ISO 8601, UTC."""
    moment = utc(seconds)
    return moment.isoformat().replace("+00:00", "Z") if moment else ""


UNKNOWN_FOLDER: Final = "(folder unknown)"


def path_names(folder: Folder | None, folders: dict[str, Folder]) -> list[Folder]:
    """A folder and those above it, topmost first; ends where a chain bites its tail."""
    chain: list[Folder] = []
    seen: set[str] = set()
    while folder is not None and folder.id not in seen:
        seen.add(folder.id)
        chain.append(folder)
        folder = folders.get(folder.parent)
    return chain[::-1]


def shown_path(folder: Folder | None, folders: dict[str, Folder]) -> str:
    """A folder as people name it: names joined with ``/``; says so where a folder is not known."""
    chain = path_names(folder, folders)
    names = [each.name for each in chain]
    if not chain or (chain[0].parent and chain[0].parent not in folders):
        names.insert(0, UNKNOWN_FOLDER)
    return "/".join(names)


def file_paths(folders: dict[str, Folder], taken: Iterable[str]) -> dict[str, str]:
    """A path below the target for each folder's id; no two are the same on any file system."""
    below: dict[str, list[Folder]] = {}
    for folder in folders.values():
        below.setdefault(folder.parent if folder.parent in folders else "", []).append(folder)
    paths: dict[str, str] = {}
    used = {"": {folded(name) for name in taken}}
    for start in ("", *folders):  # a folder that is its own ancestor hangs nowhere: it is put at the top
        if start in paths:
            continue
        waiting = [start]
        if start:
            paths[start] = _unused(folders[start], "", used)
        while waiting:
            parent = waiting.pop()
            above = paths.get(parent, "")
            for folder in sorted(below.get(parent, ()), key=lambda folder: folder.id):
                if folder.id not in paths:
                    paths[folder.id] = _unused(folder, above if len(above.encode()) < LONGEST_PATH else "", used)
                    waiting.append(folder.id)
    return paths


def _unused(folder: Folder, above: str, used: dict[str, set[str]]) -> str:
    here = used.setdefault(folded(above), set())
    name = safe_name(folder.name)
    if folded(name) in here:
        name = f"{safe_name(folder.name, 60)} {short_hash(folder.id)}"
    here.add(folded(name))
    return f"{above}/{name}" if above else name


def long_path(path: Path) -> Path:
    """The same path, freed of the limit of 260 letters where there is one."""
    if os.name != "nt":
        return path
    text = str(path.resolve())
    return (
        path
        if text.startswith("\\\\?\\")
        else Path("\\\\?\\UNC" + text[1:] if text.startswith("\\\\") else "\\\\?\\" + text)
    )


# --- extraction --------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    *("state", "file", "folder", "id", "subject", "part", "from", "to", "cc"),
    *("date", "received", "flags", "size", "sha256", "problem"),
)
NO_ROOM: Final = (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.ENXIO, errno.ENODEV)


class Lists:
    """``items.csv`` for people and ``items.jsonl`` for programs; they get their names when they are whole."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._names = [f"items{suffix}.csv", f"items{suffix}.jsonl"]
        self._parts = [folder / f"{name}.part" for name in self._names]
        self._table = self._parts[0].open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        self._lines = self._parts[1].open("w", encoding="utf-8")
        self._csv = csv.writer(self._table)
        self._csv.writerow(COLUMNS)

    def add(self, row: dict[str, Any]) -> None:
        """Write one item down."""
        self._csv.writerow([_cell(row[column]) for column in COLUMNS])
        self._lines.write(json.dumps(row) + "\n")

    def close(self, is_whole: bool) -> None:
        """Give the lists their names, or drop them."""
        self._table.close()
        self._lines.close()
        for part, name in zip(self._parts, self._names, strict=True):
            if is_whole:
                part.replace(self._folder / name)
            else:
                part.unlink(missing_ok=True)


def _cell(value: Any) -> str:
    """Text that a spreadsheet shows, and does not take for a formula."""
    text = " ".join(value) if isinstance(value, list) else str(value)
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def item_row(item: Item, folder: str) -> dict[str, Any]:
    """What lists say of an item."""
    facets = item.facets
    return {
        "state": "",
        "file": "",
        "folder": folder,
        "id": item.id,
        "subject": item.name,
        "part": "",
        "from": facets.get("from", ""),
        "to": facets.get("to", ""),
        "cc": facets.get("cc", ""),
        "date": facets.get("date", ""),
        "received": iso(item.time),
        "flags": item.flags,
        "size": item.size,
        "sha256": item.body.sha256 if item.body else "",
        "problem": "",
    }


class Extraction:
    """Writes one point in time as files. Run again, it checks what is there and does the rest."""

    def __init__(self, vault: Vault, point: Point, folder: Path, say: Callable[[str], None]) -> None:
        self._vault = vault
        self._point = point
        self._folder = folder
        self._say = say
        self.counts = {"written": 0, "there": 0, "damaged": 0, "without-content": 0}
        self.tree_damages = 0

    def run(self, wanted: Filter, suffix: str) -> None:
        """Extract what is wanted. Raises Trouble if the target cannot be written."""
        folders = self._vault.folders(self._point, self._tree_damage)
        paths = file_paths(
            folders, [f"items{suffix}.{kind}{part}" for kind in ("csv", "jsonl") for part in ("", ".part")]
        )
        lists: Lists | None = None
        is_whole = False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lists = Lists(self._folder, suffix)
            for item in wanted.items(self._vault, self._point, folders, self._tree_damage):
                below = paths.get(item.parent) or f"_unknown folder {short_hash(item.parent)}"
                for row in self._extract(item, below, shown_path(folders.get(item.parent), folders)):
                    self.counts[row["state"]] += 1
                    lists.add(row)
            is_whole = True
        except OSError as error:
            raise Trouble(
                f"The target cannot be written: {error}.\nMake room or name another folder; run again to go on."
            ) from error
        finally:
            if lists is not None:
                lists.close(is_whole)

    def _extract(self, item: Item, below: str, folder: str) -> Iterator[dict[str, Any]]:
        """Write an item's files; a row for each."""
        mark = short_hash(item.id + "\0" + item.revision)
        stem = f"{stamp(item.time)} {safe_name(item.name, 90)} {mark}"
        end = ".eml" if self._point.service == "mail" else Path(safe_name(item.name)).suffix[:16]
        row = item_row(item, folder)
        if item.body is not None:
            names = (f"{stem}{end}", *(f"{stem} ({number}){end}" for number in range(2, 10)), f"{mark}{end}")
            self._save(item, item.body, below, names, row)
            yield row
        elif not item.parts:
            row["state"], row["problem"] = "without-content", "its content was never fetched from the server"
            yield row
        used: set[str] = set()
        for part, body in sorted(item.parts.items()):
            row = item_row(item, folder) | {"part": part, "size": body.size, "sha256": body.sha256}
            name = safe_name(part)
            if folded(name) in used:
                name = safe_name(f"{short_hash(part)} {part}")
            used.add(folded(name))
            self._save(item, body, f"{below}/{stem} parts", (name, safe_name(f"{short_hash(part)} {part}")), row)
            yield row

    def _save(self, item: Item, body: Body, below: str, names: Iterable[str], row: dict[str, Any]) -> None:
        """Write one file under the first of these names that is free, unless it is there."""
        folder = self._folder / below
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                there = _digest(folder / name)
                if there is None:
                    self._write(item, body, folder / f"_{short_hash(item.id)}.part", folder / name)
                    row["state"] = "written"
                elif there == body.sha256:
                    row["state"] = "there"
                else:
                    continue  # something else has this name: it is not ours to replace
                row["file"] = f"{below}/{name}"
                return
            raise Damage("every name for it is taken by other files in the target")
        except Damage as damage:
            row["problem"] = str(damage)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise
            row["problem"] = f"cannot be written to the target: {error.strerror or error}"
        row["state"] = "damaged"
        self._say(f"Not extracted: {item.name or item.id} ({row['folder']}): {row['problem']}")

    def _write(self, item: Item, body: Body, unfinished: Path, file: Path) -> None:
        try:
            with unfinished.open("wb") as out:
                for piece in pieces(body, self._vault.blobs):
                    out.write(piece)
            if item.time is not None:
                with contextlib.suppress(OSError, OverflowError, ValueError):
                    os.utime(unfinished, (item.time, item.time))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)

    def _tree_damage(self, damage: Damage) -> None:
        self.tree_damages += 1
        self._say(f"A part of the list of items cannot be read: {damage}")


def _digest(file: Path) -> str | None:
    """SHA-256 of what has this name; empty for what is no file; None if nothing has it."""
    try:
        if not file.is_symlink() and file.is_file():
            with file.open("rb") as data:
                return hashlib.file_digest(data, "sha256").hexdigest()
        return "" if file.is_symlink() or file.exists() else None
    except FileNotFoundError:
        return None


@dataclass(frozen=True)
class Filter:
    """Which items are wanted."""

    words: Sequence[str] = ()
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    since: int | None = None
    until: int | None = None
    folders: Sequence[str] = ()
    ids: Sequence[str] = ()

    @property
    def is_all(self) -> bool:
        """Nothing is left out."""
        return self == Filter()

    def items(self, vault: Vault, point: Point, folders: dict[str, Folder], on_damage: OnDamage) -> Iterator[Item]:
        """All items of a point in time that are wanted."""
        parents = self._below(folders) if self.folders else list(folders)
        if self.ids:
            for id in self.ids:
                looked_up = (vault.item(point, parent, id, on_damage) for parent in parents)
                yield from (item for item in looked_up if item is not None and self.takes(item))
        elif self.folders:
            for parent in parents:
                yield from filter(self.takes, vault.items(point, on_damage, parent))
        else:  # and those whose folder cannot be read
            yield from filter(self.takes, vault.items(point, on_damage))

    def takes(self, item: Item) -> bool:
        """Is this item wanted?"""
        if self.since is not None and (item.time is None or item.time < self.since):
            return False
        if self.until is not None and (item.time is None or item.time >= self.until):
            return False
        if self.is_all:
            return True
        sender, recipient = (
            plain_text(item.facets.get("from", "")),
            plain_text("\n".join((item.facets.get("to", ""), item.facets.get("cc", "")))),
        )
        subject = plain_text(item.name)
        everything = "\n".join((subject, sender, recipient, plain_text(item.facets.get("attachments", ""))))
        return (
            plain_text(self.sender) in sender
            and plain_text(self.recipient) in recipient
            and plain_text(self.subject) in subject
            and all(plain_text(word) in everything for word in self.words)
        )

    def _below(self, folders: dict[str, Folder]) -> list[str]:
        """Ids of the folders that are named, and of those below them. Raises Misused if there is none of a name."""
        tops = {folder.id for wanted in self.folders for folder in meant_folders(wanted, folders)}
        return [
            folder.id for folder in folders.values() if any(each.id in tops for each in path_names(folder, folders))
        ]


def meant_folders(text: str, folders: dict[str, Folder]) -> list[Folder]:
    """Folders of this path or id. Raises Misused if there is none."""
    wanted = plain_text(text.strip("/"))
    found = [
        folder
        for folder in folders.values()
        if folder.id == text or plain_text(shown_path(folder, folders).strip("/")) == wanted
    ]
    if not found:
        raise Misused(f"There is no folder “{text}” at this point in time; the command folders lists all.")
    return found


def plain_text(text: str) -> str:
    """Text for comparing: case and ways of writing the same letters do not matter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


# --- check -------------------------------------------------------------------------------------------------------


NOTES: Final = (("trash", "trash"), ("holds", "note"), ("policy", "note"), ("locks", "note"))


class Check:
    """Proves that everything can be read."""

    def __init__(self, vault: Vault, found: Callable[[str, str], None], say: Callable[[str], None]) -> None:
        self._vault = vault
        self._found = found
        self._say = say
        self._bad: set[bytes] = set()
        self._good: set[bytes] = set()
        self._named: set[tuple[str, str]] = set()
        self.items = 0

    def run(self, read_data: bool) -> None:
        """Check everything; with ``read_data``, read and decrypt every pack too."""
        vault = self._vault
        blobs = vault.blobs
        for name in blobs.segments:
            self._same_as_named(name)
        for folder, purpose in NOTES:
            vault.sealed_notes(folder, purpose)
        if read_data:
            for number, name in enumerate(sorted(blobs.files), 1):
                self._say(f"pack {number} of {len(blobs.files)}")
                self._pack(name)
        for points in vault.streams().values():
            for point in points:
                self._say(f"{point.address}, {iso(point.snapshot['started'])}")
                self._tree(point)
        self._chains()

    def _chains(self) -> None:
        vault = self._vault
        digests = {point.file: point.digest for point in vault.points}
        for point in vault.points:
            for name, digest in point.previous:
                if digests.get(name, digest) != digest:
                    self._found(name, f"is not the point in time that {point.file} was written after")
            if vault.was_removed(point.file, point.digest):
                self._found(point.file, "was removed on purpose once, and is here again; it does not count")

    def _same_as_named(self, name: str) -> None:
        try:
            if self._vault.store.digest(name).hex() != name.rpartition("/")[2]:
                self._found(name, "is not the file that was written (its SHA-256 differs from its name)")
        except Damage as damage:
            self._found(name, str(damage))

    def _pack(self, name: str) -> None:
        self._same_as_named(name)
        try:
            pack, blobs = self._vault.blobs.table(name, _purpose(name))
        except (Damage, KeysChanged) as damage:
            self._found(name, str(damage))
            return
        for id, *place in blobs:
            try:
                self._vault.blobs.open(id, Place(pack, *place))
                self._good.add(id[:16])
            except (Damage, KeysChanged) as damage:
                self._bad.add(id)
                self._found(name, f"blob {id.hex()[:16]}: {damage}")

    def _tree(self, point: Point) -> None:
        def tree_damage(damage: Damage) -> None:
            self._found(point.file, f"a part of its list of items cannot be read: {damage}")

        folders = self._vault.folders(point, tree_damage)
        for item in self._vault.items(point, tree_damage):
            self.items += 1
            problem = self._body_problem(item)
            if problem and (item.id, item.revision) not in self._named:
                self._named.add((item.id, item.revision))
                where = shown_path(folders.get(item.parent), folders)
                self._found(point.file, f"{item.name or item.id} ({point.address}, {where}): {problem}")

    def _body_problem(self, item: Item) -> str:
        bodies = ([item.body] if item.body else []) + list(item.parts.values())
        for id, _, _ in (step for body in bodies for step in body.recipe):
            if id[:16] in self._good:
                continue
            if id in self._bad:
                try:
                    self._vault.blobs.data(id)  # perhaps another pack has it whole
                except Damage as damage:
                    return str(damage)
            elif not self._vault.blobs.is_known(id, "data"):
                self._bad.add(id)
                return f"blob {id.hex()[:16]} is not in any pack that is here"
            self._good.add(id[:16])
        return ""


# --- the command line --------------------------------------------------------------------------------------------


@dataclass
class Session:
    """One run of the program: the vault, and what was asked for."""

    arguments: argparse.Namespace
    vault: Vault
    damages: list[str] = field(default_factory=list)

    @property
    def is_json(self) -> bool:
        """One JSON object for each line instead of columns."""
        return bool(self.arguments.json)

    def damage(self, damage: Damage) -> None:
        """Tell of a damage and go on."""
        self.damages.append(str(damage))
        note(f"Damaged: {damage}")

    def show(self, titles: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
        """Write rows as they come."""
        if not self.is_json:
            print("\t".join(titles))
        for row in rows:
            print(json.dumps(row) if self.is_json else "\t".join(printable(row.get(title, "")) for title in titles))

    def points(self) -> list[tuple[str, list[Point]]]:
        """The accounts that are meant, each with its points in time that are meant, oldest first. Raises Misused."""
        arguments, streams = self.arguments, self.vault.streams()
        if not streams:
            if self.vault.newer is not None:
                raise self.vault.newer
            if self.vault.losses or self.vault.blobs.files:
                raise Unreadable(
                    "Of this vault's points in time none can be read: look for another copy of snapshots/."
                )
            raise Misused("Nothing has been backed up into this vault yet.")
        chosen = {
            stream: points
            for stream, points in streams.items()
            if not arguments.account or _is_meant(arguments.account, points)
        }
        if not chosen:
            raise Misused(f"There is no account “{arguments.account}”; the command accounts lists all.")
        named = [
            (stream, [point])
            for stream, points in chosen.items()
            for point in points
            if arguments.at in (point.id, point.file)
        ]
        picked = named or [(stream, _at(points, arguments.at)) for stream, points in chosen.items()]
        if not any(points for _, points in picked):
            raise Misused(f"There is no point in time “{arguments.at}”; the command snapshots lists all.")
        return [(stream, points) for stream, points in picked if points]

    def one_point(self) -> Point:
        """The one point in time that is meant. Raises Misused."""
        picked = self.points()
        if len(picked) > 1:
            names = ", ".join(sorted(points[-1].address for _, points in picked))
            raise Misused(f"Say which account is meant with --account: {names}.")
        return picked[0][1][-1]


def _is_meant(text: str, points: list[Point]) -> bool:
    wanted = text.casefold()
    return any(
        wanted in (point.address.casefold(), point.stream.casefold(), _text(point.account.get("id")).casefold())
        for point in points
    )


def _at(points: list[Point], text: str) -> list[Point]:
    if text == "all":
        return points
    if text == "latest":
        return points[-1:]
    until = moment(text, end_of_day=True, or_snapshot=True)
    return [point for point in points if point.snapshot["started"] <= until][-1:]


def moment(text: str, *, end_of_day: bool = False, or_snapshot: bool = False) -> int:
    """ISO 8601 -> seconds since 1970; the local zone unless one is named. Raises Misused."""
    try:
        found = datetime.fromisoformat(text.strip())
        if end_of_day and len(text.strip()) <= len("2026-03-31"):
            found += timedelta(days=1)
        return int(found.timestamp())
    except (ValueError, OverflowError, OSError) as error:
        also = "no snapshot's id and " if or_snapshot else ""
        raise Misused(
            f"“{text}” is {also}no date or time; write for example 2026-03-31 or 2026-03-31T14:30."
        ) from error


def printable(value: Any) -> str:
    """Text that cannot steer a terminal."""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(letter if unicodedata.category(letter) not in ("Cc", "Cs") else "\ufffd" for letter in text)


def note(text: str) -> None:
    """Say something to the person, beside the result."""
    print("\n".join(printable(line) for line in text.split("\n")), file=sys.stderr, flush=True)


def show_info(session: Session) -> None:
    """What this vault is."""
    vault = session.vault
    streams = vault.streams()
    blobs = vault.blobs
    sizes = 0
    for name in blobs.files:
        with contextlib.suppress(Damage):  # removed while we look
            sizes += vault.store.size(name)
    facts: dict[str, Any] = {
        "vault": vault.id,
        "format": vault.config.get("format") if vault.config else "unknown (vault.json is missing)",
        "created": iso(_number(vault.config.get("created"))) if vault.config else "",
        "required": vault.config.get("required") if vault.config else None,
        "lock": vault.config.get("lock") if vault.config else None,
        "opened-with": vault.slot.name,
        "epoch": vault.keys.epoch,
        "accounts": len(streams),
        "snapshots": sum(map(len, streams.values())),
        "packs": len(blobs.files),
        "packs-not-in-index": len(blobs.unindexed),
        "packs-set-aside": len(blobs.aside),
        "bytes": sizes,
        "limited-vaults": vault.limited(),
    }
    slots = [
        {
            "type": "key",
            "id": _text(slot.plain.get("id")),
            "kind": slot.kind,
            "label": vault.label(slot),
            "created": iso(_number(slot.plain.get("created"))),
            "whole": slot.is_whole,
        }
        for slot in vault.slots
    ]
    more = [
        {"type": kind, "file": name, **(plain if isinstance(plain, dict) else {})}
        for kind, folder, purpose in (
            ("trash", "trash", "trash"),
            ("hold", "holds", "note"),
            ("policy", "policy", "note"),
        )
        for name, plain in vault.sealed_notes(folder, purpose)[-1 if folder == "policy" else 0 :]
    ]
    if session.is_json:
        for row in ({"type": "vault", **facts}, *slots, *more):
            print(json.dumps(row))
        return
    for name, value in facts.items():
        print(f"{name}\t{printable(value if value is not None else 'none')}")
    for slot in slots:
        state = "" if slot["whole"] else "\tdamaged"
        print(f"key\t{slot['id']}\t{slot['kind']}\t{printable(slot['label'])}\t{slot['created']}{state}")
    for row in more:
        rest = {key: value for key, value in row.items() if key not in ("type", "file")}
        print(f"{row['type']}\t{row['file']}\t{printable(json.dumps(rest))}")


def show_accounts(session: Session) -> None:
    """Whose data is in it."""
    if not session.vault.streams() and session.vault.newer is not None:
        raise session.vault.newer
    session.show(
        ("account", "name", "provider", "service", "snapshots", "newest", "items", "bytes", "stream"),
        (
            {
                "account": points[-1].address,
                "name": _text(points[-1].account.get("name")),
                "provider": _text(points[-1].account.get("provider")),
                "service": points[-1].service,
                "snapshots": len(points),
                "newest": iso(points[-1].snapshot["started"]),
                "items": points[-1].snapshot["items"],
                "bytes": points[-1].snapshot["size"],
                "stream": stream,
            }
            for stream, points in session.vault.streams().items()
        ),
    )
    if inside := session.vault.limited():
        note(f"Inside are limited vaults, each with a passphrase of its own: --limited {' or '.join(inside)}")


def show_snapshots(session: Session) -> None:
    """The points in time."""
    session.arguments.at = "all"
    due: dict[str, str] = {}
    for name, plain in session.vault.sealed_notes("trash", "trash"):
        try:
            due |= {_text(head): iso(int(plain["due"])) for head in plain["heads"]}
        except MISREAD:
            session.vault.notes.append(f"{name}: is not understood")
    session.show(
        ("snapshot", "account", "started", "finished", "status", "items", "folders", "bytes", "owed", "removal"),
        (
            {
                "snapshot": point.id,
                "account": point.address,
                "started": iso(point.snapshot["started"]),
                "finished": iso(point.snapshot["finished"]),
                "status": point.status,
                "items": point.snapshot["items"],
                "folders": point.snapshot["folders"],
                "bytes": point.snapshot["size"],
                "owed": len(point.owed),
                "removal": due.get(point.file, ""),
                "file": point.file,
            }
            for _, points in session.points()
            for point in points
        ),
    )


def show_folders(session: Session) -> None:
    """The folders of a point in time."""

    def rows() -> Iterator[dict[str, Any]]:
        for _, points in session.points():
            for point in points:
                folders = session.vault.folders(point, session.damage)
                for folder in sorted(folders.values(), key=lambda folder: shown_path(folder, folders)):
                    yield {
                        "folder": shown_path(folder, folders),
                        "role": folder.role,
                        "account": point.address,
                        "snapshot": point.id,
                        "id": folder.id,
                    }

    session.show(("folder", "role", "account", "id"), rows())


ITEM_TITLES: Final = ("id", "received", "from", "subject", "size", "flags", "folder")


def show_list(session: Session) -> None:
    """What is in a folder."""
    point = session.one_point()
    folders = session.vault.folders(point, session.damage)
    meant = [folder.id for folder in meant_folders(session.arguments.folder, folders)]
    session.show(
        ITEM_TITLES,
        (
            item_row(item, shown_path(folders.get(item.parent), folders))
            | {"account": point.address, "snapshot": point.id}
            for id in meant
            for item in session.vault.items(point, session.damage, id)
        ),
    )


def show_search(session: Session) -> None:
    """Items that fit."""
    wanted = wanted_items(session.arguments)

    def rows() -> Iterator[dict[str, Any]]:
        for _, points in session.points():
            seen: set[bytes] = set()
            for point in reversed(points):
                folders = session.vault.folders(point, session.damage)
                for item in wanted.items(session.vault, point, folders, session.damage):
                    if len(points) > 1:
                        mark = hashlib.sha256(f"{item.id}\0{item.revision}".encode("utf-8", "surrogatepass")).digest()[
                            :16
                        ]
                        if mark in seen:
                            continue
                        seen.add(mark)
                    where = shown_path(folders.get(item.parent), folders)
                    yield item_row(item, where) | {"account": point.address, "snapshot": point.id}

    session.show((*ITEM_TITLES, "account", "snapshot"), rows())


def show_item(session: Session) -> None:
    """An item's original bytes; nothing at all unless every one of them is right."""
    for _, points in session.points():
        for point in reversed(points):
            folders = session.vault.folders(point, session.damage)
            wanted = Filter(ids=(session.arguments.item,))
            for item in wanted.items(session.vault, point, folders, session.damage):
                body = item.parts.get(session.arguments.part) if session.arguments.part else item.body
                if body is None:
                    names = ", ".join(sorted(item.parts)) or "none"
                    raise Misused(f"Of this item there is no such content; its parts (--part) are: {names}.")
                for _ in pieces(body, session.vault.blobs):
                    pass
                for piece in pieces(body, session.vault.blobs):
                    sys.stdout.buffer.write(piece)
                return
    raise Misused(f"There is no item “{session.arguments.item}” at this point in time; search and list show the ids.")


def extract(session: Session) -> None:
    """Items as files."""
    arguments, vault = session.arguments, session.vault
    target = long_path(Path(arguments.target))
    if vault.store.folder.resolve() in (Path(arguments.target).resolve(), *Path(arguments.target).resolve().parents):
        raise Misused("The target lies within the vault; name a folder elsewhere.")
    wanted = wanted_items(arguments)
    suffix = "" if wanted.is_all else f" {short_hash(repr(wanted))[:6]}"
    addresses = [folded(safe_name(points[-1].address)) for points in vault.streams().values()]
    total = {"written": 0, "there": 0, "damaged": 0, "without-content": 0}
    for stream, points in session.points():
        account = safe_name(points[-1].address)
        if addresses.count(folded(account)) > 1:
            account = f"{account} {short_hash(stream)}"
        times = [stamp(point.snapshot["started"]) for point in vault.streams()[stream]]
        for point in points:
            name = f"{stamp(point.snapshot['started'])} UTC"
            if times.count(stamp(point.snapshot["started"])) > 1:
                name += f" {short_hash(point.id)}"
            folder = target / account / name
            extraction = Extraction(vault, point, folder, note)
            extraction.run(wanted, suffix)
            for state, count in extraction.counts.items():
                total[state] += count
            if extraction.counts["damaged"] or extraction.tree_damages:
                session.damages.append(f"{point.file}: {extraction.counts['damaged']} items were not extracted")
            row = {"account": point.address, "snapshot": point.id, "folder": str(folder), **extraction.counts}
            print(
                json.dumps(row) if session.is_json else f"{point.address}\t{iso(point.snapshot['started'])}\t{folder}"
            )
    words = {
        "written": "written",
        "there": "were there already",
        "damaged": "could NOT be extracted",
        "without-content": "were never fetched from the server",
    }
    note(
        "Files: "
        + ", ".join(f"{total[state]} {text}" for state, text in words.items() if total[state] or state == "written")
        + "."
    )


def run_check(session: Session) -> None:
    """Proves that everything can be read."""
    vault = session.vault

    def found(file: str, what: str) -> None:
        session.damages.append(what)
        print(
            json.dumps({"type": "damage", "file": file, "what": what})
            if session.is_json
            else printable(f"{file}\t{what}")
        )

    for slot in vault.slots:
        if not slot.is_whole:
            found(slot.name, "is damaged")
    check = Check(vault, found, note if session.arguments.verbose else lambda text: None)
    check.run(session.arguments.read_data)
    for text in dict.fromkeys(vault.losses + vault.notes):
        found("", text)
    vault.notes.clear()
    vault.losses.clear()
    if vault.newer is not None:
        found("", "some files were written after the vault's keys were changed")
    read = (
        "all of the data was read"
        if session.arguments.read_data
        else "the data itself was not read (--read-data does that)"
    )
    note(
        f"Checked {len(vault.points)} points in time and {check.items} entries; {read}. "
        f"Findings: {len(session.damages)}."
    )


def wanted_items(arguments: argparse.Namespace) -> Filter:
    """The filter that options make. Raises Misused."""
    return Filter(
        words=tuple(word for text in arguments.words or () for word in text.split()),
        sender=arguments.sender or "",
        recipient=arguments.recipient or "",
        subject=arguments.subject or "",
        since=moment(arguments.since) if arguments.since else None,
        until=moment(arguments.until, end_of_day=True) if arguments.until else None,
        folders=tuple(arguments.in_folder or ()),
        ids=tuple(arguments.item or ()) if isinstance(arguments.item, list) else (),
    )


COMMANDS: Final[dict[str, tuple[Callable[[Session], None], str]]] = {
    "info": (show_info, "what this vault is: keys, sizes, holds, what is about to be removed"),
    "accounts": (show_accounts, "whose data is in it"),
    "snapshots": (show_snapshots, "the points in time"),
    "folders": (show_folders, "the folders of a point in time"),
    "list": (show_list, "what is in a folder"),
    "search": (show_search, "items by words, sender, recipient, subject and date"),
    "cat": (show_item, "an item's original bytes, to standard output"),
    "extract": (extract, "items as files, with lists of them; run it again to go on"),
    "check": (run_check, "prove that everything can be read"),
}


def arguments_of(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the program if it is not understood."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--passphrase-file", metavar="FILE", help="the passphrase: first line of a file, - is standard input"
    )
    common.add_argument("--recovery-key-file", metavar="FILE", help="the recovery key: likewise")
    common.add_argument("--limited", metavar="ID", help="open a limited vault inside this one (info lists them)")
    common.add_argument("--json", action="store_true", help="one JSON object for each line")
    parser = argparse.ArgumentParser(
        prog="vault-reader",
        description="Read a vault of SaaS Backup Desktop without that program. It is only read, never written.",
        parents=[common],
    )
    parser.add_argument("vault", metavar="VAULT", help="the folder that holds vault.json")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    made = {
        name: commands.add_parser(name, help=help, description=help, parents=[common])
        for name, (_, help) in COMMANDS.items()
    }
    for name in ("snapshots", "folders", "list", "search", "cat", "extract"):
        made[name].add_argument(
            "--account", metavar="ACCOUNT", default="", help="an address, or an id as accounts shows it"
        )
    for name in ("folders", "list", "search", "cat", "extract"):
        made[name].add_argument(
            "--at",
            metavar="TIME",
            default="latest",
            help="a snapshot's id, a date or time (the newest begun by then), latest, or all",
        )
    made["list"].add_argument("folder", metavar="FOLDER", help="a path or id as folders shows it")
    made["cat"].add_argument("item", metavar="ITEM", help="an id as list and search show it")
    made["cat"].add_argument("--part", metavar="NAME", help="not its body but another part of it")
    made["search"].add_argument(
        "words", metavar="WORD", nargs="*", help="in subject, addresses or names of attachments"
    )
    made["search"].set_defaults(item=None)
    made["extract"].add_argument("target", metavar="TARGET", help="a folder, made if it is not there")
    made["extract"].add_argument("--item", metavar="ITEM", action="append", help="only this item; may be repeated")
    made["extract"].add_argument("--words", metavar="WORDS", action="append", help="only items with these words")
    for name in ("search", "extract"):
        made[name].add_argument("--from", dest="sender", metavar="TEXT", help="in the sender's name or address")
        made[name].add_argument("--to", dest="recipient", metavar="TEXT", help="in a recipient's name or address")
        made[name].add_argument("--subject", metavar="TEXT", help="in the subject")
        made[name].add_argument("--since", metavar="TIME", help="received then or later")
        made[name].add_argument("--until", metavar="TIME", help="received before then; a bare date is included")
        made[name].add_argument(
            "--folder", dest="in_folder", metavar="FOLDER", action="append", help="only below this folder"
        )
    made["check"].add_argument(
        "--read-data", action="store_true", help="read and decrypt everything, not only the lists"
    )
    made["check"].add_argument("--verbose", action="store_true", help="say what is being read")
    defaults = {"passphrase_file": None, "recovery_key_file": None, "limited": None, "json": False}
    return argparse.Namespace(**{**defaults, **vars(parser.parse_args(words))})


def secret_of(arguments: argparse.Namespace) -> Secret:
    """The passphrase or recovery key, from a file or the person. Raises Misused."""
    if arguments.passphrase_file is not None:
        return Secret(_first_line(arguments.passphrase_file), may_be_recovery=False)
    if arguments.recovery_key_file is not None:
        text = _first_line(arguments.recovery_key_file)
        if recovery_bytes(text) is None and device_bytes(text) is None:
            raise WrongKey(
                "This is no recovery key, or there is a typing mistake in it: it has 14 groups of 4 letters and digits."
            )
        return Secret(text, may_be_passphrase=False)
    if not sys.stdin.isatty():
        raise Misused("Say where the key is: --passphrase-file FILE or --recovery-key-file FILE (- is standard input).")
    text = getpass.getpass("Passphrase or recovery key: ")
    return Secret(text)


def _first_line(file: str) -> str:
    try:
        with contextlib.ExitStack() as stack:
            lines = sys.stdin.buffer if file == "-" else stack.enter_context(Path(file).open("rb"))
            text = lines.readline(1 << 16).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise Misused(f"The secret cannot be read from {file}: {error}.") from error
    if not text:
        raise Misused(f"The first line of {file} is empty.")
    return text


def folder_of(arguments: argparse.Namespace) -> Path:
    """The vault's folder, or that of a limited vault inside. Raises Misused."""
    folder = Path(arguments.vault)
    if arguments.limited is None:
        return folder
    inside = [id for id in limited_in(folder) if id.startswith(arguments.limited)]
    if len(inside) != 1:
        there = ", ".join(limited_in(folder)) or "none"
        raise Misused(f"No single limited vault is meant by “{arguments.limited}”; there are: {there}.")
    return folder / "limited" / inside[0]


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; the exit code. Raises Trouble."""
    vault = Vault(folder_of(arguments), secret_of(arguments))
    session = Session(arguments, vault)
    try:
        COMMANDS[arguments.command][0](session)
    finally:
        for text in dict.fromkeys(vault.losses + vault.notes):
            note(f"Damaged: {text}")
        vault.close()
    if vault.newer is not None:
        note(str(vault.newer))
    if arguments.command == "check":
        return DAMAGED if session.damages else DONE
    return IN_PART if session.damages or vault.losses or vault.newer else DONE


def _end(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with contextlib.suppress(ValueError):  # not on the main thread: then nobody sends it here
        signal.signal(signal.SIGTERM, _end)
    arguments = arguments_of(words)
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except Trouble as trouble:
        note(str(trouble))
        return trouble.exit
    except Damage as damage:
        note(f"Damaged: {damage}")
        return IN_PART
    except KeyboardInterrupt:
        note("Cancelled. What was extracted stays; run the same command again to go on.")
        return CANCELLED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 -- else Python complains about the pipe at its end
        return DONE


if __name__ == "__main__":
    sys.exit(main())
