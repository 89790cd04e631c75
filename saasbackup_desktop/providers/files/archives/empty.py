"""Folders in which nothing lies: they are folders of mail where mail lies around them."""

from collections.abc import Iterator
from typing import Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.found import FolderFound

Names = tuple[str, ...]
_MAILDIR: Final = frozenset(("cur", "new", "tmp"))


class EmptyFolders:
    """What is known of the folders of one search; it is told in the end."""

    def __init__(self) -> None:
        self._empty: list[Names] = []
        self._with_files: set[Names] = set()
        self._with_mail: set[Names] = set()

    def saw_file(self, folder: Names, *, is_mail: bool) -> None:
        """Note that a file lies there."""
        _note(self._with_files, folder)
        if is_mail:
            _note(self._with_mail, folder)

    def saw_empty(self, folder: Names) -> None:
        """Note that nothing lies there. Hidden folders, and those that Maildirs consist of, are none of anybody's."""
        if folder and folder[-1] not in _MAILDIR and not any(name.startswith(".") for name in folder):
            self._empty.append(folder)

    def told(self) -> Iterator[FolderFound]:
        """Those that belong to mail: the nearest one above that holds any file holds mail."""
        for folder in dict.fromkeys(self._empty):
            if folder in self._with_files:
                continue
            above = next(
                (folder[:end] for end in range(len(folder) - 1, -1, -1) if folder[:end] in self._with_files), None
            )
            if above in self._with_mail:
                yield FolderFound(service=Service.MAIL, path=folder)


def _note(folders: set[Names], folder: Names) -> None:
    """Note a folder and all above it."""
    while folder not in folders:
        folders.add(folder)
        folder = folder[:-1]
