"""How imports reach archives."""

from pathlib import Path

from saasbackup_desktop.app.imports.passwords import ImportPasswords
from saasbackup_desktop.core.jobs import Import
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.engine.importing.doors import Archives
from saasbackup_desktop.providers.files.archives.source import ArchiveSource


class HomeArchives:
    """``engine.importing.doors.ArchiveDoors`` over this computer's files."""

    def __init__(self, passwords: ImportPasswords) -> None:
        self._passwords = passwords

    def source(self, spec: Import, scratch: Path) -> Archives:
        """Open archives for reading. Blocks."""
        password = self._passwords.find(spec.locked) if spec.locked else None
        return ArchiveSource(
            [Path(path) for path in spec.paths], service_of(spec.stream), scratch, password, spec.services
        )
