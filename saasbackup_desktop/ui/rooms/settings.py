"""Settings: how the program behaves on this computer."""

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import NoticesPlace
from saasbackup_desktop.ui.preferences import LOCK_CHOICES, Preferences
from saasbackup_desktop.ui.rooms.tasks.network import NetworkCard
from saasbackup_desktop.ui.rooms.vault.key_sheets import remember


class SettingsPage(PlainPage):
    """Cards, one for each thing that can be set."""

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences) -> None:
        super().__init__(bridge, self.tr("Settings"))
        self._theme, self._preferences = theme, preferences
        self.body.addWidget(self._security_card())
        self.body.addWidget(self._notices_card())
        self.network = NetworkCard(bridge)
        self.body.addWidget(self.network)
        self.body.addWidget(self._appearance_card())
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask for what is set."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the first box."""
        return self._remember

    async def _look(self) -> None:
        kept = await self.bridge.call(self.desk.is_remembered())
        self._remember.blockSignals(True)
        self._remember.setChecked(kept)
        self._remember.blockSignals(False)
        await self.network.look()

    # --- opening and locking -----------------------------------------------------------------------------
    def _security_card(self) -> Card:
        self._remember = QCheckBox(
            self.tr("Open the vault without asking, with a key of its own in this computer's &keyring")
        )
        self._remember.toggled.connect(lambda on: self.run(self._remember_it(on), only="remember"))
        names = {0: self.tr("Never"), 60: self.tr("After one hour")}
        minutes = self.tr("After %1 minutes")
        self.lock_after = Choice([(names.get(n, minutes.replace("%1", str(n))), n) for n in LOCK_CHOICES])
        self.lock_after.choose(self._preferences.lock_after)
        self.lock_after.picked.connect(self._lock_after)
        field = Field(
            self.tr("&Lock the vault when nobody uses the program"),
            self.lock_after,
            self.tr("Not while a job runs: then when it has ended. Locked, it asks for the passphrase again."),
        )
        return Card(_head("lock", self.tr("Opening and locking")), field, self._remember)

    def _lock_after(self, minutes: object) -> None:
        if isinstance(minutes, int):
            self._preferences.lock_after = minutes

    async def _remember_it(self, on: bool) -> None:
        if not on:
            await self.bridge.call(self.desk.forget())
        elif not await remember(self.bridge, self):
            self.banner.say(
                Tone.QUIET, self.tr("Nothing was put into the keyring"),
                self.tr("Either you decided against it, or this computer has no keyring that can be trusted."),
            )  # fmt: skip
        self.refresh()

    # --- notices -----------------------------------------------------------------------------------------
    def _notices_card(self) -> Card:
        lead = Text(
            self.tr("Who is told of failures, restores, alerts and more: by e-mail, a webhook, or on this desktop."),
            "muted",
            wrap=True,
        )
        self.notices = Button(self.tr("&Notices…"), picture="mail", pressed=lambda: self.wants.emit(NoticesPlace()))
        line = row(lead, self.notices)
        line.setStretch(0, 1)
        return Card(_head("mail", self.tr("Notices")), line)

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
