"""Forgetting a download whose files could not be removed."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.exports.views import ExportResult
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.text import say


async def ask_forget(result: ExportResult, fault: Fault, parent: QWidget) -> bool:
    """Say why its files were not removed, and what forgetting it would mean."""
    said = words_for(fault.code, fault.facts)
    words = say("Its files were not removed. %1\n\n%2\n\nForget this download only if the place is lost for good.")
    return await confirm(
        parent,
        say("Forget “%1” anyway?").replace("%1", result.name),
        words.replace("%1", say(said.what)).replace("%2", what_stays(result)),
        say("Forget it"),
        danger=True,
        cancel=say("Keep it in the list"),
    )


def what_stays(result: ExportResult) -> str:
    """Say what becomes of its files."""
    if result.is_locked:
        return say("If they still exist, they stay where they are: who gets at them and has their password reads them.")
    return say("If they still exist, they stay where they are, decrypted: whoever gets at them can read them.")
