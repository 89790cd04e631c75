"""Dialogs about the vault's keys."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import KeySlot, VaultInfo
from saasbackup_desktop.app.words.states import KEY_KINDS, label
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Field, Line, NewPassphrase, Secret
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm, confirm_typed, tell
from saasbackup_desktop.ui.kit.text import say


async def change_passphrase(bridge: Bridge, parent: QWidget) -> tuple[bool, int | None]:
    """Take the old and a new passphrase; tell whether it was changed, and until when the old key's file stays."""
    kept: list[int | None] = []
    sheet = Sheet(say("Change the passphrase"), say("The vault's contents stay as they are."), parent)
    old, new = Secret(), NewPassphrase(say("New passphrase"))
    old_field = Field(say("Present passphrase"), old)
    save = Button(say("Change"), "primary")
    save.setEnabled(False)

    def judge() -> None:
        save.setEnabled(bool(old.text()) and new.is_good())

    async def work() -> None:
        kept.append(await bridge.call(bridge.desk.change_passphrase(old.text(), new.text)))
        sheet.accept()

    old.textChanged.connect(lambda _: judge())
    new.changed.connect(judge)
    save.clicked.connect(lambda: sheet.run(work(), busy=save, only="save"))
    sheet.fill(old_field, new)
    sheet.offer(sheet.cancel_button(), save)
    old.setFocus()
    return await sheet.answer(), kept[0] if kept else None


async def add_passphrase(bridge: Bridge, parent: QWidget) -> bool:
    """Take one more passphrase, for somebody else; tell whether it was added."""
    sheet = Sheet(say("Add a passphrase"), say("For another person or computer; each opens the whole vault."), parent)
    name, new = Line(placeholder=say("For example: Front desk"), most=LABEL), NewPassphrase()
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
    if not wanted:
        return False
    if await bridge.call(bridge.desk.remember()):
        return True
    await tell_no_keyring(parent)
    return False


async def tell_no_keyring(parent: QWidget) -> None:
    """Say that this computer cannot keep a key."""
    await tell(
        parent,
        say("This computer cannot remember the vault"),
        say("It has no keyring that can be trusted, or its keyring is locked. Nothing was kept: the passphrase is "
            "asked for each time."),
    )  # fmt: skip


async def rename_key(bridge: Bridge, slot: KeySlot, name: str, parent: QWidget) -> bool:
    """Take another name for a key; tell whether it has it."""
    sheet = Sheet(say("Rename “%1”").replace("%1", name), "", parent, width=440)
    field = Line(slot.label, most=LABEL)
    field.selectAll()
    save = Button(say("Rename"), "primary")
    save.setDefault(True)

    async def work() -> None:
        await bridge.call(bridge.desk.rename_key(slot.id, field.text().strip()))
        sheet.accept()

    field.textChanged.connect(lambda typed: save.setEnabled(bool(typed.strip())))
    save.clicked.connect(lambda: sheet.run(work(), busy=save, only="save"))
    sheet.fill(Field(say("Name"), field))
    sheet.offer(sheet.cancel_button(), save)
    field.setFocus()
    return await sheet.answer()


async def remove_key(bridge: Bridge, slot: KeySlot, info: VaultInfo, parent: QWidget) -> tuple[bool, int | None]:
    """Ask, with a typed word for the last of its kind, and remove a key; until when its file stays all the same."""
    title = say("Remove the key “%1”?").replace("%1", key_name(slot))
    is_last = is_last_of_its_kind(slot, info.slots)
    if is_last and slot.kind == "recovery":
        sure = await confirm_typed(
            parent,
            title,
            say("It is the only recovery key. Without it, a lost passphrase means lost backups. Make a new kit "
                "first, unless you really want none."),
            say("REMOVE"),
            say("Remove the last recovery key"),
        )  # fmt: skip
    elif is_last and slot.kind == "passphrase":
        sure = await confirm_typed(
            parent, title, what_still_opens(slot, info), say("REMOVE"), say("Remove the last passphrase")
        )
    else:
        sure = await confirm(parent, title, _what_removal_means(slot), say("Remove the key"), danger=True)
    if not sure:
        return False, None
    if slot.is_here:
        await bridge.call(bridge.desk.forget())
        return True, None
    return True, await bridge.call(bridge.desk.remove_key(slot.id, force=is_last and slot.kind == "recovery"))


def key_name(slot: KeySlot) -> str:
    """What a key goes by."""
    return slot.label or say(label(KEY_KINDS, slot.kind))


def is_last_of_its_kind(slot: KeySlot, slots: Sequence[KeySlot]) -> bool:
    """No other key of this kind opens the vault."""
    if slot.is_superseded:
        return False
    return not any(one.kind == slot.kind and one.id != slot.id and not one.is_superseded for one in slots)


def what_still_opens(slot: KeySlot, info: VaultInfo) -> str:
    """Name the keys that are left when the last passphrase is gone, and whether the kit was ever proven."""
    left = ", ".join(key_name(one) for one in info.slots if one.id != slot.id and not one.is_superseded)
    words = say("It is the only passphrase. Only this will still open the vault: %1.").replace("%1", left)
    if info.recovery_confirmed:
        return words
    return f"{words} " + say(
        "Nobody has confirmed to have the recovery kit: if it is not at hand, the backups are lost. Confirm it first."
    )


def _what_removal_means(slot: KeySlot) -> str:
    if slot.is_superseded:
        return say("It opens nothing any more; only its file is left.")
    if slot.is_here:
        return say("This computer asks for the passphrase again. The other keys stay valid.")
    if slot.kind == "device":
        return say("That computer asks for the passphrase again. The other keys stay valid.")
    return say(
        "It will no longer open this vault. The other keys stay valid. If somebody may have copied the vault's files "
        "and knows this secret, replace all keys instead."
    )


def stays_until(until: int | None) -> str:
    """Say that locked storage keeps a key's file all the same; nothing if it does not."""
    if until is None:
        return ""
    return say(
        "The storage's lock keeps the old key's file until %1. Replace all keys if its secret may be known to others."
    ).replace("%1", text.day(until))
