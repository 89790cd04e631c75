"""Which kind of file a name stands for."""

import re
from typing import Final

from saasbackup_desktop.vault.format.names import (
    ASIDE,
    CONFIG,
    HOLDS,
    INDEX,
    KEYS,
    LEASES,
    LIMITED,
    LOCKS,
    META,
    PACKS,
    POLICY,
    REMOVED,
    SNAPSHOTS,
    TRASH,
)

_SPREAD: Final = r"([0-9a-f]{2})/\1[0-9a-f]{62}"
_SHAPES: Final = {
    KEYS: r"[0-9a-f]{16}\.json",
    PACKS: _SPREAD,
    META: _SPREAD,
    ASIDE: r"[0-9a-f]{2}/[0-9a-f]{64}",
    INDEX: r"[0-9a-f]{64}",
    SNAPSHOTS: r"[0-9a-f]{32}/[0-9]{8}-[0-9a-f]{16}",
    LEASES: r"[0-9a-f]{32}/[0-9]{8}-[0-9a-f]{32}",
    REMOVED: r"[0-9a-f]{64}",
    TRASH: r"[0-9a-f]{32}",
    HOLDS: r"[0-9a-f]{32}",
    POLICY: r"[0-9]{8}-[0-9a-f]{16}",
    LOCKS: r"[0-9]{8}-[0-9a-f]{16}",
    LIMITED: r"[0-9a-f]{32}/.*",
}
_PATTERNS: Final = {folder: re.compile(f"{folder}/{shape}") for folder, shape in _SHAPES.items()}


def kind_of(name: str) -> str:
    """The folder whose files are named so, or ``vault.json``; empty for what is no file of a vault."""
    if name == CONFIG:
        return CONFIG
    folder = name.partition("/")[0]
    pattern = _PATTERNS.get(folder)
    return folder if pattern is not None and pattern.fullmatch(name) else ""
