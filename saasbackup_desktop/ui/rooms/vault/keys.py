"""The keys: what opens the vault, and the recovery kit."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.views import KeySlot, VaultInfo
from saasbackup_desktop.app.words.states import KEY_KINDS, Tone, label
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, row, take_out
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import Picture, StatusMark
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.recovery_kit import confirm_kit, show_kit
from saasbackup_desktop.ui.rooms.vault.key_sheets import (
    add_passphrase,
    change_passphrase,
    key_name,
    remember,
    remove_key,
    rename_key,
    stays_until,
)
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head
from saasbackup_desktop.ui.rooms.vault.limited_card import LimitedCard
from saasbackup_desktop.ui.rooms.vault.rotation_sheet import replace_keys
from saasbackup_desktop.ui.rooms.vault.storage_keys_card import StorageKeysCard

_PICTURES = {"recovery": "shield", "device": "device"}


class KeysLeaf(Leaf):
    """The recovery kit, every key in a line of its own, new keys for all of them, and limited vaults."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.body.addWidget(self._kit_card())
        self.body.addWidget(self._keys_card())
        self.body.addWidget(self._rotation_card())
        self.storage = StorageKeysCard(self)
        self.body.addWidget(self.storage)
        self.limited = LimitedCard(self)
        self.body.addWidget(self.limited)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask for the keys again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the first button."""
        return self._confirm if self._confirm.isVisible() else self._change_button

    async def _look(self) -> None:
        self._show(await self.bridge.call(self.desk.vault_info()))
        await self.storage.look()
        await self.limited.look()

    def _kit_card(self) -> Card:
        self._kit_picture = Picture("attention", "attention")
        self._kit_note = Text("", wrap=True)
        self._confirm = Button(self.tr("Con&firm the kit…"), "primary", pressed=lambda: self.run(self._confirm_it()))
        kit = Button(self.tr("&New recovery kit…"), "plain", "print", lambda: self.run(self._new_kit()))
        line = row(self._kit_picture, self._kit_note, self._confirm, kit)
        line.setStretch(1, 1)
        return Card(head("shield", self.tr("Recovery kit")), line)

    def _keys_card(self) -> Card:
        self._keys = QWidget()
        self._rows = QVBoxLayout(self._keys)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE.hair)
        self._change_button = Button(self.tr("Change &passphrase…"), "plain", "key", lambda: self.run(self._change()))
        add = Button(self.tr("&Add passphrase…"), "plain", "plus", lambda: self.run(self._add()))
        self._device = Button(
            self.tr("Let this &computer open it…"), "plain", "device", lambda: self.run(self._remember())
        )
        lead = Text(self.tr("Each of these opens the whole vault."), "muted")
        return Card(head("key", self.tr("Keys")), lead, self._keys, row(self._change_button, add, self._device, None))

    def _rotation_card(self) -> Card:
        words = Text(
            self.tr(
                "When a passphrase or a recovery kit may have been seen, removing its key is not enough: who copied "
                "the key's file can still open what is written later. New keys for everything shut that door."
            ),
            "muted",
            wrap=True,
        )
        go = Button(self.tr("Replace all ke&ys…"), "danger", "retry", lambda: self.run(self._rotate()))
        line = row(words, go)
        line.setStretch(0, 1)
        return Card(head("retry", self.tr("Replace all keys")), line)

    def _show(self, info: VaultInfo) -> None:
        take_out(self._rows)
        clear(self._keys)
        for slot in info.slots:
            self._rows.addWidget(self._line(slot, info))
        self._device.setVisible(not any(slot.is_here for slot in info.slots))
        good = info.recovery_confirmed
        self._confirm.setVisible(not good)
        self._kit_picture.become("ok" if good else "attention", "good" if good else "attention")
        self._kit_note.setText(
            self.tr("Confirmed: the kit was at hand when it was asked for.")
            if good
            else self.tr("Not confirmed yet. Without it, a lost passphrase means lost backups.")
        )

    def _line(self, slot: KeySlot, info: VaultInfo) -> QWidget:
        kind, name = say(label(KEY_KINDS, slot.kind)), key_name(slot)
        made = self.tr("added %1").replace("%1", text.day(slot.created))
        words = f"{kind}, {made}" if name != kind else made
        rename = Button(self.tr("Rename…"), "quiet", pressed=lambda: self.run(self._rename(slot)))
        rename.setAccessibleName(self.tr("Rename %1").replace("%1", name))
        remove = Button(self.tr("Remove…"), "quiet", "trash", lambda: self.run(self._remove(slot, info)))
        remove.setAccessibleName(self.tr("Remove %1").replace("%1", name))
        remove.setEnabled(len(info.slots) > 1)
        line = row(
            Picture(_PICTURES.get(slot.kind, "key")), ElidedText(name, "strong", snug=True), Text(words, "muted")
        )
        if slot.is_here:
            line.addWidget(StatusMark(self.tr("This computer"), Tone.QUIET))
        if slot.is_superseded:
            line.addWidget(StatusMark(self.tr("Replaced: opens nothing any more"), Tone.ATTENTION))
        line.addStretch(1)
        line.addWidget(rename)
        line.addWidget(remove)
        shown = QWidget()
        shown.setLayout(line)
        return shown

    async def _change(self) -> None:
        changed, until = await change_passphrase(self.bridge, self)
        if changed:
            self.banner.say(Tone.GOOD, self.tr("The passphrase was changed"), stays_until(until))
            self.refresh()

    async def _add(self) -> None:
        if await add_passphrase(self.bridge, self):
            self.refresh()

    async def _remember(self) -> None:
        if await remember(self.bridge, self):
            self.banner.say(Tone.GOOD, self.tr("This computer has a key of its own now"))
        self.refresh()

    async def _new_kit(self) -> None:
        if await confirm(
            self,
            self.tr("Make a new recovery kit?"),
            self.tr("A further recovery key is added. Remove older ones afterwards if their kit was lost or seen."),
            self.tr("Make a kit"),
        ):
            await show_kit(self.bridge, await self.bridge.call(self.desk.new_recovery_key()), self)
            self.refresh()

    async def _confirm_it(self) -> None:
        await confirm_kit(self.bridge, self)
        self.refresh()

    async def _rename(self, slot: KeySlot) -> None:
        if await rename_key(self.bridge, slot, key_name(slot), self):
            self.refresh()

    async def _remove(self, slot: KeySlot, info: VaultInfo) -> None:
        removed, until = await remove_key(self.bridge, slot, info, self)
        if removed:
            self.banner.say(Tone.GOOD, self.tr("Removed: %1").replace("%1", key_name(slot)), stays_until(until))
            self.refresh()

    async def _rotate(self) -> None:
        info = await self.bridge.call(self.desk.vault_info())
        await replace_keys(self.bridge, info.slots, self)
        self.refresh()
