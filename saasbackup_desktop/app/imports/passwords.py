"""Passwords of archives, sealed in the home for as long as their imports are not over."""

import hashlib
import hmac
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.core import codec

_MAGIC: Final = b"saasbackup imports 1\n"


class ImportPasswords:
    """Keeps passwords under names that tell nothing of them. Blocks."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = SealedFile(file, key, _MAGIC)
        self._key = key
        self._changing = threading.Lock()

    def keep(self, password: str) -> str:
        """Keep a password; gives the name that it lies under: the same for the same one. Raises HomeFault."""
        name = hmac.new(self._key, b"name\0" + password.encode(), hashlib.sha256).hexdigest()[:32]
        with self._changing:
            self._write({**self._read(), name: password})
        return name

    def find(self, name: str) -> str | None:
        """The password of this name; None: it is kept no more."""
        return self._read().get(name)

    def forget_all_but(self, names: Collection[str]) -> None:
        """Forget what no import needs any more. Raises HomeFault."""
        with self._changing:
            known = self._read()
            left = {name: password for name, password in known.items() if name in names}
            if left != known:
                self._write(left)

    def _read(self) -> dict[str, str]:
        try:
            plain = self._file.read()
        except NotOpened:  # damaged, or another vault's: whoever imports gives the password again
            return {}
        known: dict[str, str] = codec.loads(plain) if plain is not None else {}
        return known

    def _write(self, known: dict[str, str]) -> None:
        self._file.write(codec.dumps(known).encode())
