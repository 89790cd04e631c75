"""Save a directory, a part of it, or a comparison, under a name that a person chooses."""

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import pick_new_file
from saasbackup_desktop.ui.kit.text import counted, say
from saasbackup_desktop.ui.rooms.entra.door import entra

_FORMS = ("pdf", "html", "csv", "json")


async def download(
    bridge: Bridge,
    parent: QWidget,
    banner: Banner,
    stream: StreamId,
    at: SnapshotId,
    keys: Sequence[str],
    name: str,
) -> None:
    """Save objects as a ZIP of JSON, with scripts that would apply them by hand."""
    file = await pick_new_file(parent, say("Download"), f"{_plain(name)}.zip", say("ZIP of JSON (*.zip)"))
    if file is None:
        return
    banner.say(Tone.BUSY, say("Downloading…"), str(file), closable=False)
    try:
        many = await bridge.call(entra(bridge).download(stream, at, keys, file))
    except BaseException:
        banner.hide()
        raise
    banner.say(
        Tone.GOOD,
        say("Saved as %1").replace("%1", str(file)),
        say("%1, with a manifest and scripts (PowerShell, curl) that would apply them by hand.").replace(
            "%1", counted(many, say("object"), say("objects"))
        ),
    )


async def export(bridge: Bridge, parent: QWidget, banner: Banner, comparison: str, name: str, noise: bool) -> None:
    """Save a comparison for people, for spreadsheets or for programs."""
    kinds = ";;".join(
        (
            say("PDF, for people (*.pdf)"),
            say("HTML, for people (*.html)"),
            say("CSV, for spreadsheets (*.csv)"),
            say("JSON, for programs (*.json)"),
        )
    )
    file = await pick_new_file(parent, say("Save the comparison"), f"{_plain(name)}.pdf", kinds)
    if file is None:
        return
    form = file.suffix.lower().lstrip(".")
    banner.say(Tone.BUSY, say("Saving the comparison…"), str(file), closable=False)
    try:
        made: Path = await bridge.call(
            entra(bridge).export_comparison(comparison, form if form in _FORMS else "pdf", file, noise)
        )
    except BaseException:
        banner.hide()
        raise
    banner.say(Tone.GOOD, say("Saved as %1").replace("%1", str(made)))


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-") or "directory"
