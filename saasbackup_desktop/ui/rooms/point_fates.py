"""How a point in time's fate is said, and the dialogs that change it."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.fates import Ending, Fate
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.core.retention import GRACE_DAYS
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.sheets import confirm_typed
from saasbackup_desktop.ui.kit.text import counted, say
from saasbackup_desktop.ui.models.sheet import Field

_PICTURES = {
    Ending.HELD: ("hold", "accent"),
    Ending.TRASHED: ("trash", "attention"),
    Ending.DUE: ("trash", "bad"),
    Ending.UNKEPT: ("prune", "muted"),
}


def fate_words(fate: Fate | None) -> str:
    """Say what becomes of a point in time; nothing if it simply stays."""
    if fate is None:
        return ""
    match fate.ending:
        case Ending.HELD:
            return say("On hold: %1").replace("%1", fate.label) if fate.label else say("On hold")
        case Ending.TRASHED:
            return say("Trash until %1").replace("%1", text.day(fate.due or 0))
        case Ending.DUE:
            return say("Trash, gone with the next prune")
        case Ending.UNKEPT:
            return say("Goes at the next prune")


def fate_field(fates: Mapping[SnapshotId, Fate]) -> Field[Snapshot]:
    """The column; ``fates`` may be filled later."""

    def picture(point: Snapshot) -> tuple[str, str]:
        fate = fates.get(point.id)
        return _PICTURES[fate.ending] if fate is not None else ("", "")

    return Field(say("Stays"), lambda p: fate_words(fates.get(p.id)) or say("Kept"), picture=picture)


def why_not_words(reason: str) -> str:
    """Say why points in time cannot be deleted."""
    return {
        "none": say("Select points in time first"),
        "held": say("A hold covers some of these; release it first"),
        "trashed": say("Some of these lie in the trash already"),
        "newest": say("The newest one stays: the next backup goes on from it. Select all to delete the whole account"),
    }.get(reason, "")


async def sure_to_delete(chosen: Sequence[Snapshot], name: str, parent: QWidget, *, is_all: bool) -> bool:
    """Ask before points in time are put into the trash."""
    days = counted(GRACE_DAYS, say("day"), say("days"))
    stays = say("They lie in the trash for %1 and can be called back from there; then they can be removed for good.")
    if is_all:
        title = say("Delete all backups of %1?").replace("%1", name)
        lead = say("All %1 go, and this account cannot be backed up again until they are removed or called back.")
        words = lead.replace("%1", counted(len(chosen), say("point in time"), say("points in time"))) + " "
    else:
        points = counted(len(chosen), say("point in time"), say("points in time"))
        title, words = say("Delete %1?").replace("%1", points), ""
    return await confirm_typed(
        parent, title, words + stays.replace("%1", days), say("DELETE"), say("Put into the trash")
    )
