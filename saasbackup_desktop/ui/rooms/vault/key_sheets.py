"""Dialogs about the vault's keys."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Line, NewPassphrase, Secret
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm
from saasbackup_desktop.ui.kit.text import say


async def change_passphrase(bridge: Bridge, parent: QWidget) -> bool:
    """Take the old and a new passphrase; tell whether it was changed."""
    sheet = Sheet(say("Change the passphrase"), say("The vault's contents stay as they are."), parent)
    old, new = Secret(), NewPassphrase()
    old_field = Field(say("Present passphrase"), old)
    save = Button(say("Change"), "primary")
    save.setEnabled(False)

    def judge() -> None:
        save.setEnabled(bool(old.text()) and new.is_good())

    async def work() -> None:
        await bridge.call(bridge.desk.change_passphrase(old.text(), new.text))
        sheet.accept()

    old.textChanged.connect(lambda _: judge())
    new.changed.connect(judge)
    save.clicked.connect(lambda: sheet.run(work(), busy=save, only="save"))
    sheet.fill(old_field, new)
    sheet.offer(sheet.cancel_button(), save)
    old.setFocus()
    return await sheet.answer()


async def add_passphrase(bridge: Bridge, parent: QWidget) -> bool:
    """Take one more passphrase, for somebody else; tell whether it was added."""
    sheet = Sheet(say("Add a passphrase"), say("For another person or computer; each opens the whole vault."), parent)
    name, new = Line(placeholder=say("For example: Front desk")), NewPassphrase()
    save = Button(say("Add"), "primary")
    save.setEnabled(False)

    def judge() -> None:
        save.setEnabled(bool(name.text().strip()) and new.is_good())

    async def work() -> None:
        await bridge.call(bridge.desk.add_passphrase(new.text, name.text().strip()))
        sheet.accept()

    name.textChanged.connect(lambda _: judge())
    new.changed.connect(judge)
    save.clicked.connect(lambda: sheet.run(work(), busy=save, only="save"))
    sheet.fill(Field(say("Whose it is"), name), new)
    sheet.offer(sheet.cancel_button(), save)
    name.setFocus()
    return await sheet.answer()


async def remember(bridge: Bridge, parent: QWidget) -> bool:
    """Ask whether this computer may open the vault by itself, and let it; tell whether it can now."""
    wanted = await confirm(
        parent,
        say("Open the vault without asking?"),
        say("A key for this computer alone is put into its keyring, under your account. Anybody who can use your "
            "account can then open the vault. Removing that key from the vault takes it back."),
        say("Open without asking"),
    )  # fmt: skip
    return wanted and await bridge.call(bridge.desk.remember())
