"""Destinations and their secrets: one sealed file of the home, opened by the vault's key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from saasbackup_desktop.app.destinations.views import DestinationKind, DestinationSettings
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured

_MAGIC: Final = b"saasbackup destinations 1\n"


class DestinationStore:
    """Reads and writes them; what another process of this home wrote is seen. Blocks. Thread-safe."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = SealedFile(file, key, _MAGIC)
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), thread_local=False)

    def all(self) -> Sequence[tuple[DestinationSettings, Mapping[str, str]]]:
        """Settings and secrets, by name. Raises Misconfigured if the file does not open."""
        return [_pair(name, plain) for name, plain in sorted(self._read().items())]

    def find(self, name: str) -> tuple[DestinationSettings, Mapping[str, str]]:
        """One of them. Raises Misconfigured if there is none."""
        known = self._read()
        if name not in known:
            raise unknown(name)
        return _pair(name, known[name])

    def put(self, settings: DestinationSettings, secrets: Mapping[str, str]) -> None:
        """Add one, or change the one of this name. Raises HomeFault."""
        with self._lock:
            known = self._read()
            known[settings.name] = {
                "kind": settings.kind.value,
                "values": dict(settings.values),
                "secrets": dict(secrets),
            }
            self._write(known)

    def remove(self, name: str) -> None:
        """Forget one and its secrets. Raises Misconfigured if there is none."""
        with self._lock:
            known = self._read()
            if known.pop(name, None) is None:
                raise unknown(name)
            self._write(known)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            plain = self._file.read()
        except NotOpened:
            name = str(self._file.file)
            raise Misconfigured("the sealed file does not open", what="destinations-unreadable", name=name) from None
        known: dict[str, dict[str, Any]] = codec.loads(plain) if plain is not None else {}
        return known

    def _write(self, known: Mapping[str, Any]) -> None:
        self._file.write(codec.dumps(known).encode())


def unknown(name: str) -> Misconfigured:
    """Say that there is no such destination."""
    return Misconfigured("no such destination", what="unknown-destination", name=name)


def _pair(name: str, plain: Mapping[str, Any]) -> tuple[DestinationSettings, Mapping[str, str]]:
    settings = DestinationSettings(name=name, kind=DestinationKind(plain["kind"]), values=plain["values"])
    return settings, plain["secrets"]
