"""A store in memory, for tests that try the same thing thousands of times."""

from collections.abc import Iterator

from saasbackup_desktop.core.errors import VaultMissing


class MemoryStore:
    """Files by their names; ``files`` may be changed by hand."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.is_there = True

    @property
    def location(self) -> str:
        return "memory"

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        del fleeting
        if name in self.files:
            raise FileExistsError(name)
        self.files[name] = bytes(data)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        data = self._at(name)
        return data[start:] if size is None else data[start : start + size]

    def size(self, name: str) -> int:
        return len(self._at(name))

    def list(self, prefix: str = "") -> Iterator[str]:
        folder = prefix.strip("/")
        yield from sorted(name for name in self.files if not folder or name.startswith(f"{folder}/"))

    def delete(self, name: str) -> None:
        self.files.pop(name, None)

    def _at(self, name: str) -> bytes:
        if not self.is_there:
            raise VaultMissing("gone", location=self.location)
        try:
            return self.files[name]
        except KeyError:
            raise FileNotFoundError(name) from None
