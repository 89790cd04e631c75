"""A folder of a store as a store of its own."""

from collections.abc import Callable, Iterator

from saasbackup_desktop.core.ports import BlobStore, LockingStore, ObjectLock
from saasbackup_desktop.vault.format.names import require_valid


def below(store: BlobStore, folder: str) -> BlobStore:
    """Take a folder of a store; it locks what is written if the store does."""
    require_valid(folder)
    return LockingPrefix(store, folder) if isinstance(store, LockingStore) else Prefix(store, folder)


class Prefix:
    """A store below a folder of another one."""

    def __init__(self, store: BlobStore, folder: str) -> None:
        self._store = store
        self._folder = f"{folder}/"

    @property
    def location(self) -> str:
        """What a person calls this place."""
        return f"{self._store.location.rstrip('/')}/{self._folder.rstrip('/')}"

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        """Create a file, durably and all or nothing."""
        self._store.put(self._folder + name, data, fleeting=fleeting)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Read a file, or a stretch of it."""
        return self._store.get(self._folder + name, start, size)

    def size(self, name: str) -> int:
        """Length of a file in bytes."""
        return self._store.size(self._folder + name)

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names below a folder, in order."""
        for name in self._store.list((self._folder + prefix).rstrip("/")):
            yield name.removeprefix(self._folder)

    def delete(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        self._store.delete(self._folder + name)


class LockingPrefix(Prefix):
    """The same for a store whose server can refuse to remove files."""

    def __init__(self, store: LockingStore, folder: str) -> None:
        super().__init__(store, folder)
        self._locking = store

    @property
    def lock(self) -> ObjectLock | None:
        """What files are placed under."""
        return self._locking.lock

    def keep_under(self, lock: ObjectLock | None) -> None:
        """Place everything that is put from now on, also beside the folder, under this lock."""
        self._locking.keep_under(lock)

    def locked_until(self, name: str) -> int | None:
        """When a file's lock ends."""
        return self._locking.locked_until(self._folder + name)

    def extend(self, name: str, until: int) -> None:
        """Let a file's lock end later; never earlier."""
        self._locking.extend(self._folder + name, until)

    def hide(self, name: str) -> None:
        """Take a file out of sight."""
        self._locking.hide(self._folder + name)

    def hidden(self) -> Iterator[str]:
        """Names below the folder whose current version is not the first one."""
        return (name.removeprefix(self._folder) for name in self._locking.hidden() if name.startswith(self._folder))

    def uncover(self, name: str, is_wanted: Callable[[bytes], bool]) -> None:
        """Make the earliest version that is wanted the current one."""
        self._locking.uncover(self._folder + name, is_wanted)
