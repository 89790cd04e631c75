"""What an export is called: by a name that every system takes, and that nothing else has where its files will lie."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.export.values import Packing
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.engine.exporting.places import is_far
from saasbackup_desktop.engine.exporting.sending import first_files
from saasbackup_desktop.providers.files.shelves.draft import PARTIAL
from saasbackup_desktop.providers.files.shelves.names import cut, safe_name, sameness

_ZIP: Final = ".zip"
_BANNED: Final = frozenset('\\/:*?"<>|')
_LONGEST: Final = 160
"""Characters, and bytes of UTF-8: endings and numbers follow, and no file system takes more than 255 of both."""
_NUMBERED: Final = re.compile(r"(.+) \(\d+\)")
"""How the parts of an archive are called after the first one."""


def usable(text: str) -> str:
    """Make a name of what somebody wants an export to be called; empty if nothing of it is left."""
    name = cut(safe_name(text, ""), _LONGEST).rstrip(" .")
    while name.lower().endswith((_ZIP, PARTIAL)):  # of ours, and it is added anyway
        name = name.rpartition(".")[0].rstrip(" .")
    return safe_name(name, "")


def is_plain(text: str) -> bool:
    """Whether somebody's name for an export can be its name as it is typed: some system forbids the rest."""
    return not _BANNED & set(text) and text == text.strip() and not text.endswith(".")


@dataclass(frozen=True, slots=True)
class Others:
    """What is called how already, where an export is to go."""

    exports: Collection[tuple[str, Packing]]
    """Those that go there, too: queued, under way, or, at a destination, finished."""
    files: Set[str] = frozenset()
    """Names in the folder, by ``sameness``."""
    is_there: Callable[[str], bool] | None = None
    """Asks a destination for a file."""

    def have(self, name: str, packing: Packing) -> bool:
        """Is a name taken? Raises Fault if the destination does not say."""
        return (
            any(_clash(name, packing, *other) for other in self.exports)
            or any(sameness(f"{name}{ending}") in self.files for ending in ("", PARTIAL, _ZIP))
            or (packing is Packing.ZIP and any(_is_part(one, sameness(name)) for one in self.files))
            or (self.is_there is not None and any(map(self.is_there, first_files(name, packing))))
        )


def beside(folder: str, exports: Iterable[Export]) -> Others:
    """What has a name in a folder, or will have one, as some of the exports go there. Blocks."""
    place = os.path.realpath(folder)
    try:
        files = {sameness(one.name) for one in Path(place).iterdir()}
    except OSError:  # writing there will say why
        files = set()
    near = [one for one in exports if not is_far(one.to) and os.path.realpath(one.to) == place]
    return Others(_names(near), files)


def sent_to(destination: str, exports: Iterable[Export]) -> Others:
    """What has a name at a destination, as far as it is known here: those of the exports that go there."""
    return Others(_names(one for one in exports if one.to == destination))


def free_name(name: str, packing: Packing, others: Others) -> str:
    """Find a name that nothing has, beginning with this one. Blocks. Raises Fault."""
    return next(one for one in _twins(name, packing) if not others.have(one, packing))


def _names(exports: Iterable[Export]) -> Collection[tuple[str, Packing]]:
    return {(safe_name(one.name), one.packing) for one in exports}


def _twins(name: str, packing: Packing) -> Iterator[str]:
    yield name
    # Archives have numbers in brackets themselves: "Letters (2).zip" would be taken for a part of "Letters.zip".
    yield from (f"{name} - {number}" if packing is Packing.ZIP else f"{name} ({number})" for number in count(2))


def _clash(one: str, packing: Packing, other: str, others: Packing) -> bool:
    first, second = sameness(one), sameness(other)
    if first == second:
        return True
    return packing is others is Packing.ZIP and (_numbers(first) == second or _numbers(second) == first)


def _numbers(name: str) -> str:
    """What a name is a numbered part of; empty if of nothing."""
    found = _NUMBERED.fullmatch(name)
    return found[1] if found else ""


def _is_part(file: str, name: str) -> bool:
    return file.endswith(_ZIP) and _numbers(file.removesuffix(_ZIP)) == name
