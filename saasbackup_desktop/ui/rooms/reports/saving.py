"""Save a report or a list under a name that a person chooses; its ending says as what."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.reports.views import Form
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import confirm, pick_new_file
from saasbackup_desktop.ui.kit.text import say


async def pick_form(parent: QWidget, title: str, name: str) -> tuple[Path, Form] | None:
    """Let a file be named; one without an ending that is known becomes a PDF."""
    kinds = ";;".join(
        (
            say("PDF, for people; sealed (*.pdf)"),
            say("CSV, for spreadsheets (*.csv)"),
            say("JSON, for programs; sealed (*.json)"),
        )
    )
    file = await pick_new_file(parent, title, f"{name}.pdf", kinds)
    if file is None:
        return None
    ending = file.suffix.lower().lstrip(".")
    if ending in tuple(Form):
        return file, Form(ending)
    whole = file.with_name(f"{file.name}.pdf")
    if whole.exists() and not await confirm(  # the dialog asked about another name
        parent,
        say("Replace this file?"),
        say("“%1” is there already. What is in it is lost.").replace("%1", whole.name),
        say("Replace"),
        danger=True,
    ):
        return None
    return whole, Form.PDF


def told(banner: Banner, file: Path, form: Form) -> None:
    """Say that it is saved, and what its seal is for."""
    sealed = say("It is sealed: “saasbackup report verify” tells whether anything in it was changed since.")
    banner.say(Tone.GOOD, say("Saved as %1").replace("%1", str(file)), "" if form is Form.CSV else sealed)


async def save_confirmation(bridge: Bridge, parent: QWidget, banner: Banner, job: JobId) -> None:
    """Save the recovery confirmation of a restore or a migration."""
    picked = await pick_form(parent, say("Save the recovery confirmation"), f"recovery-{job}")
    if picked is None:
        return
    file, form = picked
    report = await bridge.call(bridge.desk.reports.restore(job))
    await bridge.call(bridge.desk.reports.save(report, form, file))
    told(banner, file, form)
