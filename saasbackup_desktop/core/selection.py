"""What a person picked."""

from dataclasses import dataclass

from saasbackup_desktop.core.ids import NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Folders (each with its whole subtree) and single items; nothing named means everything.

    ``since`` and ``until`` narrow it by the items' time, seconds since 1970 UTC, until exclusive.
    """

    folders: tuple[NodeId, ...] = ()
    items: tuple[NodeId, ...] = ()
    since: int | None = None
    until: int | None = None

    @property
    def is_everything(self) -> bool:
        """No folder and no item is named."""
        return not self.folders and not self.items


EVERYTHING = Selection()
