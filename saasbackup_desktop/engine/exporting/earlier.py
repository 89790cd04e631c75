"""What lies at a destination of an attempt whose files were lost on this computer: it is ours, and not in the way."""

from collections.abc import Container, Iterator
from typing import Final

from saasbackup_desktop.core.export.ports import Destination
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.doors import Manifest
from saasbackup_desktop.engine.exporting.proving import MANIFEST, SUMS

READ: Final = 32 << 20
"""Bytes of a manifest at most that is read: of some 200,000 files. What a larger one names is taken for somebody's."""


class Earlier:
    """Files by their names in the export. Blocks; the destination is asked when it matters."""

    def __init__(self, bench: Bench, destination: Destination, job: JobId, above: str, known: tuple[Made, ...]) -> None:
        """``known``: archives that are written down here; for folders, the manifest there says what is ours."""
        self._bench = bench
        self._destination = destination
        self._job = job
        self._above = above
        self._made = {one.name: one for one in known}
        self._manifest: Manifest | None = None
        self._is_read = False

    def manifest(self) -> Manifest | None:
        """The manifest there, if it is of this export. Raises Fault."""
        if not self._is_read and self._above:
            data = self._destination.read(self._above + MANIFEST, READ)
            found = self._bench.exports.manifest(data) if data is not None else None
            if found is not None and found.key == self._job:
                self._manifest = found
                self._made.update((one.name, one) for one in found.files)
            self._is_read = True
        return self._manifest

    def take_back(self, name: str) -> bool:
        """Remove a file of ours that is not what is to be there; False: something is there, and it is not ours.

        Raises Fault.
        """
        manifest, made = self.manifest(), self._made.get(name)
        if name == SUMS and manifest is not None and self._has_sums():
            self._destination.remove(self._above + name)
        elif made is not None:
            self._destination.remove(self._above + name, made)
        return not self._destination.has(self._above + name)

    def take_back_others(self, wanted: Container[str]) -> Iterator[str]:
        """Remove what is ours and has no place in the export any more; gives each name before. Raises Fault."""
        self.manifest()
        for name, made in self._made.items():
            if name not in wanted:
                yield name
                self._destination.remove(self._above + name, made)

    def take_back_manifest(self) -> None:
        """Remove what says what is ours, and its sums. Raises Fault."""
        manifest = self.manifest()
        if manifest is not None:
            self.take_back(SUMS)
            self._destination.remove(self._above + MANIFEST, Made(MANIFEST, manifest.size, manifest.sha256, 0))

    def _has_sums(self) -> bool:
        """Is what is called so a list of sums beside a manifest? Nothing lists it itself."""
        data = self._destination.read(self._above + SUMS, READ)
        return data is not None and data.endswith(f"  {MANIFEST}\n".encode())
