"""Messages as files, byte for byte as they were received (RFC 5322), in folders."""

from collections.abc import Sequence

from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, Shelf
from saasbackup_desktop.providers.files.archives.mail import unsaid
from saasbackup_desktop.providers.files.times import timed_name


class EmlWriter:
    """Writes each message as a file whose name begins with its time, so that names sort by it."""

    is_steady = True

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def add(self, entry: Entry) -> Sequence[str]:
        """Write a message; see ``Writer``. Nothing of one is ever lost but what its mailbox says of it."""
        name = self._shelf.name(entry.path, timed_name(entry.item), ".eml")
        head = b""
        known = entry.item.body.sha256 if entry.item.body is not None else ""  # reading raises if it is not so
        with self._shelf.file(name, entry.item.time, known) as file:
            for piece in entry.data():
                head = head or piece
                file.write(piece)
            self._shelf.count(1)
        return unsaid(entry.item, head)

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a folder without messages."""
        self._shelf.folder(folder.path)

    def finish(self) -> None:
        """Nothing is open between two messages."""
