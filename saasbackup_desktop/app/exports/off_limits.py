"""Folders of this computer that no export goes into: what lies there is ours, and nobody else's files belong there."""

import os
from pathlib import Path

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.vault.format.names import CONFIG, KEYS
from saasbackup_desktop.vault.stores.overlap import holds


def require_outside(home: Path, folder: Path) -> None:
    """Make sure that a folder lies neither in the home nor in a vault. Blocks. Raises Misconfigured."""
    if holds(home, folder):
        raise Misconfigured(str(folder), what="export-into-home", name=str(folder))
    place = Path(os.path.realpath(folder))
    for outer in (place, *place.parents):
        if (outer / CONFIG).is_file() and (outer / KEYS).is_dir():
            raise Misconfigured(str(folder), what="export-into-vault", name=str(folder))
