"""Small dialogs about one connection: test, password, removal."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.flows import passwords
from saasbackup_desktop.app.views import ProbeReport
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import PROBE_WARNINGS, Tone, label
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Secret
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text, counted, say, size
from saasbackup_desktop.ui.kit.tiles import Progress


def report_words(report: ProbeReport) -> str:
    """Put what a connection test found into one line."""
    words = f"{counted(report.messages, say('message'), say('messages'))}, "
    words += counted(report.folders, say("folder"), say("folders"))
    if report.size is not None:
        words += f", {size(report.size)}"
    return f"{report.server}: {words}" if report.server else words


async def test_connection(bridge: Bridge, name: ConnectionName, parent: QWidget) -> None:
    """Try a connection and say how it went."""
    sheet = Sheet(say("Test connection"), name, parent, width=460)
    mark = StatusMark(say("Trying…"), Tone.BUSY)
    words = Text("", wrap=True)
    moving = Progress(say("Trying the connection"))
    moving.show_share(0, 0)
    sheet.fill(mark, moving, words)
    close = Button(say("Close"), "primary", pressed=sheet.accept)
    sheet.offer(close)

    async def work() -> None:
        try:
            report = await bridge.call(bridge.desk.probe(name))
        except Fault as fault:
            said = words_for(fault.code, fault.facts)
            mark.become(say(said.title), Tone.BAD)
            words.setText(f"{said.what} {said.remedy}")
        else:
            mark.become(say("The connection works"), Tone.GOOD)
            warnings = "\n".join(say(label(PROBE_WARNINGS, code)) for code in report.warnings)
            words.setText(f"{report_words(report)}\n{warnings}".strip())
        finally:
            moving.hide()

    sheet.run(work())
    await sheet.answer()


async def change_password(bridge: Bridge, name: ConnectionName, address: str, parent: QWidget) -> None:
    """Take a new password; it is tried before it replaces the old one."""
    sheet = Sheet(
        say("Change password"),
        say("The new password is tried first and then kept, sealed, in the vault's own home on this computer."),
        parent,
    )
    secret = Secret()
    save = Button(say("Try and save"), "primary")
    save.setDefault(True)
    save.setEnabled(False)
    secret.textChanged.connect(lambda text: save.setEnabled(bool(text)))

    async def work() -> None:
        await bridge.call(passwords.change_password(bridge.desk, name, secret.text()))
        sheet.accept()

    save.clicked.connect(lambda: sheet.run(work(), busy=save))
    sheet.fill(Field(say("New password for %1").replace("%1", address), secret))
    sheet.offer(sheet.cancel_button(), save)
    secret.setFocus()
    await sheet.answer()


async def remove_connection(bridge: Bridge, name: ConnectionName, address: str, parent: QWidget) -> bool:
    """Ask, then forget how to reach an account; its backups stay."""
    if not await confirm(
        parent,
        say("Remove the connection to %1?").replace("%1", address),
        say(
            "The server's name and the password are forgotten on this computer, and no more backups are made. "
            "Everything in the vault stays and can be browsed and restored."
        ),
        say("Remove connection"),
        danger=True,
    ):
        return False
    await bridge.call(bridge.desk.remove_connection(name))
    return True
