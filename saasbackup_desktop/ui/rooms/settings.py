"""Settings: the vault, its keys, and the looks."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from saasbackup_desktop.app.views import KeySlot, VaultInfo, VaultStats
from saasbackup_desktop.app.words.states import KEY_KINDS, Tone, label
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, column, row, rule
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear, say
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import JobsPlace, Locked
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.key_sheets import add_passphrase, ask_check, change_passphrase, remember
from saasbackup_desktop.ui.rooms.recovery_kit import confirm_kit, show_kit


class SettingsPage(PlainPage):
    """Cards, one for each thing that can be set."""

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences) -> None:
        super().__init__(bridge, self.tr("Settings"))
        self._theme, self._preferences = theme, preferences
        self._sections: dict[str, QWidget] = {}
        for name, card in (
            ("vault", self._vault_card()),
            ("keys", self._keys_card()),
            ("appearance", self._appearance_card()),
        ):
            self._sections[name] = card
            self.body.addWidget(card)
        self.body.addStretch(1)

    def look_at(self, section: str) -> None:
        """Bring a section into view."""
        card = self._sections.get(section)
        area = self.findChild(QScrollArea)
        if card is not None and area is not None:
            QTimer.singleShot(0, card, lambda: area.ensureWidgetVisible(card))

    def refresh(self) -> None:
        """Ask for the vault's figures and keys again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the first button."""
        return self._check

    async def _look(self) -> None:
        info = await self.bridge.call(self.desk.vault_info())
        self._show(info)
        kept = await self.bridge.call(self.desk.remembered_passphrase())
        self._remember.blockSignals(True)
        self._remember.setChecked(kept is not None)
        self._remember.blockSignals(False)
        self._show_stats(await self.bridge.call(self.desk.vault_stats()))

    # --- the vault ---------------------------------------------------------------------------------------
    def _vault_card(self) -> Card:
        self._location = ElidedText("", "strong")
        self._identity = Text("", "caption")
        self._stats = {
            "stored": Stat(self.tr("On the disk"), role="figure"),
            "originals": Stat(self.tr("Mail in it"), role="figure"),
            "items": Stat(self.tr("Messages"), role="figure"),
            "snapshots": Stat(self.tr("Points in time"), role="figure"),
            "files": Stat(self.tr("Files"), role="figure"),
        }
        self._check = Button(self.tr("&Check the vault…"), picture="shield", pressed=lambda: self.run(self._check_it()))
        self._rebuild = Button(
            self.tr("Re&build the catalog…"),
            picture="retry",
            pressed=lambda: self.run(self._rebuild_it(), only="rebuild"),
        )
        self._lock = Button(self.tr("&Lock"), picture="lock", pressed=lambda: self.run(self._lock_it(), only="lock"))
        return Card(
            _head("vault", self.tr("Vault")),
            column(self._location, self._identity, spacing=2),
            row(*self._stats.values(), None, spacing=SPACE.page),
            row(self._check, self._rebuild, None, self._lock),
        )

    def _show(self, info: VaultInfo) -> None:
        self._location.say(info.location)
        made = self.tr("Made %1").replace("%1", text.day(info.created))
        self._identity.setText(f"{made}  ·  {info.id}")
        self._show_keys(info)

    def _show_stats(self, stats: VaultStats) -> None:
        self._stats["stored"].say(text.size(stats.stored))
        self._stats["originals"].say(text.size(stats.originals))
        self._stats["items"].say(text.number(stats.items))
        self._stats["snapshots"].say(text.number(stats.snapshots))
        self._stats["files"].say(text.number(stats.files))

    async def _check_it(self) -> None:
        percent = await ask_check(self)
        if percent is not None:
            self.wants.emit(JobsPlace(await self.bridge.call(self.desk.check_vault(percent))))

    async def _rebuild_it(self) -> None:
        if not await confirm(
            self,
            self.tr("Rebuild the catalog?"),
            self.tr("The local catalog is made anew from the vault. No backup changes. It may take some minutes."),
            self.tr("Rebuild"),
        ):
            return
        self._rebuild.setEnabled(False)
        self.banner.say(Tone.BUSY, self.tr("Reading the vault…"), closable=False)
        try:
            await self.bridge.call(self.desk.rebuild_catalog())
        finally:
            self.banner.hide()
            self._rebuild.setEnabled(True)
        self.banner.say(Tone.GOOD, self.tr("The catalog is rebuilt"))
        self.refresh()

    async def _lock_it(self) -> None:
        await self.bridge.call(self.desk.lock())
        self.wants.emit(Locked())

    # --- the keys ----------------------------------------------------------------------------------------
    def _keys_card(self) -> Card:
        self._keys = QWidget()
        self._key_rows = QVBoxLayout(self._keys)
        self._key_rows.setContentsMargins(0, 0, 0, 0)
        self._key_rows.setSpacing(SPACE.small)
        self._kit_note = Text("", "muted", wrap=True)
        self._confirm = Button(self.tr("Confirm the &kit…"), "primary", pressed=lambda: self.run(self._confirm_it()))
        self._remember = QCheckBox(
            self.tr("Open the vault without asking, with the passphrase in this computer's &keyring")
        )
        self._remember.toggled.connect(lambda on: self.run(self._remember_it(on), only="remember"))
        change = Button(self.tr("Change &passphrase…"), "plain", "key", lambda: self.run(self._change()))
        add = Button(self.tr("&Add passphrase…"), "plain", "plus", lambda: self.run(self._add()))
        kit = Button(self.tr("&New recovery kit…"), "plain", "print", lambda: self.run(self._new_kit()))
        kit_line = row(self._kit_note, self._confirm)
        kit_line.setStretch(0, 1)
        return Card(
            _head("key", self.tr("Keys")), self._keys, kit_line, row(change, add, kit, None), rule(), self._remember
        )

    def _show_keys(self, info: VaultInfo) -> None:
        while self._key_rows.takeAt(0) is not None:
            pass
        clear(self._keys)
        for slot in info.slots:
            self._key_rows.addWidget(self._key_row(slot, removable=len(info.slots) > 1))
        self._confirm.setVisible(not info.recovery_confirmed)
        self._kit_note.setText(
            self.tr("The recovery kit is confirmed.")
            if info.recovery_confirmed
            else self.tr("The recovery kit is not confirmed yet. Without it, a lost passphrase means lost backups.")
        )
        self._kit_note.tone("" if info.recovery_confirmed else "attention")

    def _key_row(self, slot: KeySlot, *, removable: bool) -> QWidget:
        kind = say(label(KEY_KINDS, slot.kind))
        made = self.tr("added %1").replace("%1", text.day(slot.created))
        words = f"{kind}, {made}" if slot.label and slot.label != kind else made
        remove = Button(self.tr("Remove…"), "quiet", "trash", lambda: self.run(self._remove(slot)))
        remove.setAccessibleName(self.tr("Remove %1").replace("%1", slot.label or kind))
        remove.setEnabled(removable)
        shown = QWidget()
        picture = Picture("shield" if slot.kind == "recovery" else "key")
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

    async def _remember_it(self, on: bool) -> None:
        if not on:
            await self.bridge.call(self.desk.forget_passphrase())
        elif not await remember(self.bridge, self):
            self.banner.say(
                Tone.QUIET, self.tr("The passphrase was not remembered"),
                self.tr("Either it was not entered, or this computer has no keyring that can be trusted."),
            )  # fmt: skip
        self.refresh()

    # --- looks -------------------------------------------------------------------------------------------
    def _appearance_card(self) -> Card:
        group = QButtonGroup(self)
        buttons = []
        names = {
            Appearance.SYSTEM: self.tr("&As the system"),
            Appearance.LIGHT: self.tr("L&ight"),
            Appearance.DARK: self.tr("&Dark"),
        }
        for appearance, name in names.items():
            button = QRadioButton(name)
            button.setChecked(self._theme.appearance is appearance)
            button.toggled.connect(self._wear(appearance))
            group.addButton(button)
            buttons.append(button)
        return Card(_head("appearance", self.tr("Appearance")), row(*buttons, None, spacing=SPACE.wide))

    def _wear(self, appearance: Appearance) -> "object":
        def toggled(on: bool) -> None:
            if on:
                self._theme.choose(appearance)
                self._preferences.appearance = appearance

        return toggled


def _head(picture: str, words: str) -> QWidget:
    shown = QWidget()
    shown.setLayout(row(Picture(picture, "accent", 20), Text(words, "heading"), None))
    return shown
