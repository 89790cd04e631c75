"""A comparison for programs: one JSON object, UTF-8, an object that differs on each line."""

from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

from saasbackup_desktop.app.entra.exporting.about import About
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.comparison import LIVE
from saasbackup_desktop.core.directory.difference import ObjectDifference

FORMAT: Final = "saasbackup-comparison/1"


class JsonFile:
    """Writes it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._is_first = True

    def begin(self, about: About) -> None:
        """Write what is said of the whole."""
        found = about.comparison
        head = {
            "format": FORMAT,
            "tenant": about.tenant,
            "directory": about.directory,
            "old": {"snapshot": found.request.old, "taken": about.old},
            "new": {"snapshot": None if found.request.new == LIVE else found.request.new, "taken": about.new},
            "made": about.made,
            "by": about.by,
            "program": about.program,
            "kinds": list(found.request.kinds),
            "only": list(found.request.objects),
            "counts": {kind: dict(counts) for kind, counts in found.counts.items()},
            "unread": list(found.unread),
            "stopped_by": found.code,
            "with_noise": about.with_noise,
            "total": about.total,
        }
        self._write(f'{codec.dumps(head)[:-1]},"objects":[')

    def add(self, some: Sequence[ObjectDifference], names: Mapping[str, str]) -> None:
        """Write objects."""
        for one in some:
            self._write(("\n" if self._is_first else ",\n") + codec.dumps(_plain(one, names)))
            self._is_first = False

    def end(self) -> None:
        """Close the list."""
        self._write("\n]}\n")

    def _write(self, text: str) -> None:
        self._out.write(text.encode("utf-8", "backslashreplace"))  # half a character: JSON has the same escape for it


def _plain(one: ObjectDifference, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "change": one.change.value,
        "noise": one.is_noise,
        "attributes": [
            {
                "path": change.path,
                "old": change.old,
                "new": change.new,
                "nature": change.trait.nature.value,
                "reason": change.trait.reason,
                "noise": change.trait.is_noise,
            }
            for change in one.attributes
        ],
        "links": [
            {
                "relation": change.link.relation,
                "change": change.change.value,
                "id": change.link.id,
                "detail": change.link.detail,
                "kind": change.link.kind,
                "name": names.get(change.link.id, change.link.name),
                "nature": change.trait.nature.value,
                "reason": change.trait.reason,
                "noise": change.trait.is_noise,
            }
            for change in one.links
        ],
    }
