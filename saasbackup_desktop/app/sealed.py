"""Files that only the vault's key opens: AES-256-GCM with a fresh random nonce at every write."""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.app.home import write_whole

_NONCE: Final = 12


class NotOpened(Exception):
    """The key does not open a file, or it is damaged."""


class SealedFile:
    """One file, read and written whole. ``magic`` tells what it is, and is protected with it."""

    def __init__(self, file: Path, key: bytes, magic: bytes) -> None:
        self.file = file
        self._key = AESGCM(key)
        self._magic = magic

    def mark(self) -> tuple[int, int] | None:
        """Tell one state of the file from another; None if there is no file."""
        try:
            found = self.file.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def read(self) -> bytes | None:
        """What is in it; None if there is no file. Raises NotOpened."""
        try:
            sealed = self.file.read_bytes()
        except FileNotFoundError:
            return None
        start = len(self._magic)
        if not sealed.startswith(self._magic) or len(sealed) < start + _NONCE:
            raise NotOpened
        try:
            return self._key.decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], self._magic)
        except InvalidTag:
            raise NotOpened from None

    def write(self, plain: bytes) -> None:
        """Put this in its place. Raises HomeFault."""
        nonce = os.urandom(_NONCE)
        write_whole(self.file, self._magic + nonce + self._key.encrypt(nonce, plain, self._magic))
