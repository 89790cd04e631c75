"""Digests of whole files, read in pieces."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_STEP: Final = 1 << 20
DROPBOX_BLOCK: Final = 4 << 20
"""Dropbox hashes the hashes of blocks of this size (its developer guide, "Content hash")."""


def sha256(file: Path) -> str:
    """SHA-256, hexadecimal."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def sha1(file: Path) -> str:
    """SHA-1, hexadecimal: what Box tells of its files."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()


def dropbox_hash(file: Path) -> str:
    """What Dropbox tells of its files, hexadecimal."""
    whole = hashlib.sha256()
    for block in _blocks(file, DROPBOX_BLOCK):
        whole.update(hashlib.sha256(block).digest())
    return whole.hexdigest()


def _blocks(file: Path, size: int) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(size):
            yield block
