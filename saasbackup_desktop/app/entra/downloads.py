"""Taking objects of a directory along as files."""

from collections.abc import Sequence
from pathlib import Path

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.entra.downloading.saving import save_archive
from saasbackup_desktop.app.entra.room import Room
from saasbackup_desktop.core.ids import SnapshotId, StreamId


class Downloads(Room):
    """The part of the door for downloads. Every method may raise Fault."""

    @noted("directory-downloaded", item="file", stream="stream", count="result")
    async def download(self, stream: StreamId, at: SnapshotId, keys: Sequence[str], file: Path) -> int:
        """Write objects into a ZIP archive: JSON, digests, and scripts that would bring them back; tells how many.

        ``keys``: of everything, kinds and objects. Raises Misconfigured if nothing is there, or nothing can be written.
        """
        return await save_archive(self._workspace.bench, stream, at, keys, file)
