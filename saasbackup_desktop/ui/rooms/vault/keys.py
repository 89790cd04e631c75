"""The keys: what opens the vault, and the recovery kit."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.views import KeySlot, VaultInfo
from saasbackup_desktop.app.words.states import KEY_KINDS, Tone, label
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text, clear, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.recovery_kit import confirm_kit, show_kit
from saasbackup_desktop.ui.rooms.vault.key_sheets import add_passphrase, change_passphrase
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head

_PICTURES = {"recovery": "shield", "device": "device"}


class KeysLeaf(Leaf):
    """Every key in a line of its own, and the recovery kit."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.body.addWidget(self._kit_card())
        self.body.addWidget(self._keys_card())
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask for the keys again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the first button."""
        return self._confirm if self._confirm.isVisible() else self._change_button

    async def _look(self) -> None:
        self._show(await self.bridge.call(self.desk.vault_info()))

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
        self._rows.setSpacing(SPACE.small)
        self._change_button = Button(self.tr("Change &passphrase…"), "plain", "key", lambda: self.run(self._change()))
        add = Button(self.tr("&Add passphrase…"), "plain", "plus", lambda: self.run(self._add()))
        lead = Text(self.tr("Each of these opens the whole vault."), "muted")
        return Card(head("key", self.tr("Keys")), lead, self._keys, row(self._change_button, add, None))

    def _show(self, info: VaultInfo) -> None:
        while self._rows.takeAt(0) is not None:
            pass
        clear(self._keys)
        for slot in info.slots:
            self._rows.addWidget(self._line(slot, removable=len(info.slots) > 1))
        good = info.recovery_confirmed
        self._confirm.setVisible(not good)
        self._kit_picture.become("ok" if good else "attention", "good" if good else "attention")
        self._kit_note.setText(
            self.tr("Confirmed: the kit was at hand when it was asked for.")
            if good
            else self.tr("Not confirmed yet. Without it, a lost passphrase means lost backups.")
        )

    def _line(self, slot: KeySlot, *, removable: bool) -> QWidget:
        kind = say(label(KEY_KINDS, slot.kind))
        made = self.tr("added %1").replace("%1", text.day(slot.created))
        words = f"{kind}, {made}" if slot.label and slot.label != kind else made
        remove = Button(self.tr("Remove…"), "quiet", "trash", lambda: self.run(self._remove(slot)))
        remove.setAccessibleName(self.tr("Remove %1").replace("%1", slot.label or kind))
        remove.setEnabled(removable)
        shown = QWidget()
        picture = Picture(_PICTURES.get(slot.kind, "key"))
        shown.setLayout(row(picture, Text(slot.label or kind, "strong"), Text(words, "muted"), None, remove))
        return shown

    async def _change(self) -> None:
        if await change_passphrase(self.bridge, self):
            self.banner.say(Tone.GOOD, self.tr("The passphrase was changed"))
            self.refresh()

    async def _add(self) -> None:
        if await add_passphrase(self.bridge, self):
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

    async def _remove(self, slot: KeySlot) -> None:
        if await confirm(
            self,
            self.tr("Remove the key “%1”?").replace("%1", slot.label or say(label(KEY_KINDS, slot.kind))),
            self.tr("It will no longer open this vault. The other keys stay valid."),
            self.tr("Remove the key"),
            danger=True,
        ):
            await self.bridge.call(self.desk.remove_key(slot.id))
            self.refresh()
