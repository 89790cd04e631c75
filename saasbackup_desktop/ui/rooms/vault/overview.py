"""The vault at a glance, and the checks that prove it."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import VaultInfo, VaultStats
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.vault.check_sheets import ask_check
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head


class OverviewLeaf(Leaf):
    """Where it is, how large, how sound."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.body.addWidget(self._place_card())
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask for the vault's figures again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the first button."""
        return self._check

    async def _look(self) -> None:
        self._show(await self.bridge.call(self.desk.vault_info()))
        self._show_stats(await self.bridge.call(self.desk.vault_stats()))

    def _place_card(self) -> Card:
        self._location = ElidedText("", "strong")
        self._identity = Text("", "caption")
        self._stats = {
            "stored": Stat(self.tr("Stored"), role="figure"),
            "originals": Stat(self.tr("Mail in it"), role="figure"),
            "items": Stat(self.tr("Messages"), role="figure"),
            "snapshots": Stat(self.tr("Points in time"), role="figure"),
            "files": Stat(self.tr("Files"), role="figure"),
        }
        self._check = Button(self.tr("&Check…"), picture="shield", pressed=lambda: self.run(self._check_it()))
        self._rebuild = Button(
            self.tr("Re&build the catalog…"),
            picture="retry",
            pressed=lambda: self.run(self._rebuild_it(), only="rebuild"),
        )
        return Card(
            head("vault", self.tr("Where it lies")),
            column(self._location, self._identity, spacing=2),
            row(*self._stats.values(), None, spacing=SPACE.page),
            row(self._check, self._rebuild, None),
        )

    def _show(self, info: VaultInfo) -> None:
        self._location.say(info.location)
        made = self.tr("Made %1").replace("%1", text.day(info.created))
        self._identity.setText(f"{made}  ·  {info.id}")

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
