"""Links in folders that hold an export's files: what lies behind one is somebody else's."""

import sys
from pathlib import Path


def is_link(path: Path) -> bool:
    """Does it lead elsewhere?"""
    return path.is_symlink() or (sys.version_info >= (3, 12) and path.is_junction())


def is_linked(root: Path, name: str) -> bool:
    """Does anything on the way to a file (path with ``/``) lead out of the folder?"""
    path = root / name
    while path != root:
        if is_link(path):
            return True
        path = path.parent
    return False
