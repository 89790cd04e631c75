"""What a check finds: files that are not as they were written, and what hangs on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.vault.format.names import PACKS

HARMLESS: Final = frozenset({"unreferenced", "leftover", "set-aside", "stranger", "newer-keys"})
"""Codes of what is worth telling and costs nothing."""
NAMED: Final = 10_000
"""So many names are kept for one file; more are counted."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not as it was written, or should not be where it is."""

    file: str
    code: str
    """``missing``, ``altered``, ``cut``, ``came-back`` (removed on purpose, and there again), ``rolled-back`` (a newer
    point in time is known elsewhere), ``superseded`` (a key of before the last rotation), ``incomplete`` (the index
    does not say what is in a pack); or one of HARMLESS."""
    items: tuple[str, ...] = ()
    """Names of what is affected: items as ``account:folder/subfolder/subject``, or points in time."""
    more: int = 0
    """How many names were left out."""

    @property
    def is_harmless(self) -> bool:
        """Nothing is lost and nothing is at risk."""
        return self.code in HARMLESS


class Findings:
    """Damages by file, each named once with all that it costs."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, None]] = {}
        self._more: dict[tuple[str, str], int] = {}

    def note(self, file: str, code: str, name: str = "") -> None:
        """Write down a damage and one thing that it affects."""
        key = file, code
        names = self._found.setdefault(key, {})
        if not name or name in names:
            return
        if len(names) < NAMED:
            names[name] = None
        else:
            self._more[key] = self._more.get(key, 0) + 1

    def note_fault(self, damage: VaultDamaged, name: str = "") -> None:
        """Write down what a fault tells of."""
        self.note(str(damage.facts.get("file", PACKS)), str(damage.facts.get("reason", "altered")), name)

    def damages(self) -> Iterator[Damage]:
        """Everything that was found, by file."""
        for (file, code), names in sorted(self._found.items()):
            yield Damage(file, code, tuple(names), self._more.get((file, code), 0))
