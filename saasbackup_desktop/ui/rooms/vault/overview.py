"""The vault at a glance, and what proves and mends it."""

from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.copies import copies
from saasbackup_desktop.app.views import VaultInfo, VaultStats
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import VaultFault
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Check, Event, JobChanged, Mirror, Prune
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.marks import Mark, Marks
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import JobsPlace, VaultPlace
from saasbackup_desktop.ui.rooms.storage_test import StorageTest
from saasbackup_desktop.ui.rooms.vault import glance
from saasbackup_desktop.ui.rooms.vault.check_sheets import ask_check, ask_repair
from saasbackup_desktop.ui.rooms.vault.glance import Line
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head


class OverviewLeaf(Leaf):
    """Where it is, how large, and a line for each thing that matters."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.body.addWidget(self._place_card())
        self.marks = Marks(self.tr("How the vault is"))
        self.body.addWidget(Card(head("info", self.tr("How it is")), self.marks))
        self.body.addWidget(self._care_card())
        self.body.addStretch(1)
        self._info: VaultInfo | None = None

    def refresh(self) -> None:
        """Ask for everything again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when something about the vault came to its end."""
        if not isinstance(event, JobChanged):
            return
        if isinstance(event.job.spec, Check | Mirror | Prune) and event.job.state.is_over:
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start at the first button."""
        return self.check

    async def _look(self) -> None:
        desk, call = self.desk, self.bridge.call
        self._show(await call(desk.vault_info()))
        self._show_stats(await call(desk.vault_stats()))
        jobs = await glance.vault_jobs(self.bridge)
        assert self._info is not None
        lines = [
            glance.check_line(glance.last_check(jobs)),
            glance.lock_line(self._info, is_bucket=desk.bucket_settings is not None),
            glance.kit_line(self._info),
            await self._told(self.tr("Retention"), "retention", self._keep),
            await self._told(self.tr("Trash"), "trash", self._trash),
            await self._told(self.tr("Holds"), "holds", self._holds),
            glance.copy_line(copies(jobs)),
            glance.seal_line(self._info),
        ]
        self._show_lines([line for line in lines if line is not None])

    async def _keep(self) -> Line:
        return glance.keep_line((await self.bridge.call(self.desk.retention())).keep)

    async def _trash(self) -> Line:
        return glance.trash_line(await self.bridge.call(self.desk.trash()))

    async def _holds(self) -> Line:
        return glance.hold_line(await self.bridge.call(self.desk.holds()))

    async def _told(self, about: str, leaf: str, ask: Callable[[], Awaitable[Line]]) -> Line:
        """One thing that cannot be read does not hide the others."""
        try:
            return await ask()
        except VaultFault as fault:
            words = words_for(fault.code, fault.facts)
            return Line(Mark(about, text.say(words.title), Tone.BAD, text.say(words.what)), leaf)

    def _show_lines(self, lines: list[Line]) -> None:
        self.marks.show_marks(())
        for line in lines:
            self.marks.add(line.mark, self._button(line))

    def _button(self, line: Line) -> Button | None:
        if not line.leaf and line.job is None:
            return None
        place = VaultPlace(line.leaf) if line.job is None else JobsPlace(line.job.id)
        made = Button(self.tr("Show"), "link", pressed=lambda: self.wants.emit(place))
        made.setAccessibleName(self.tr("Show more: %1").replace("%1", line.mark.about))
        return made

    # --- where it lies -----------------------------------------------------------------------------------
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
        return Card(
            head("vault", self.tr("Where it lies")),
            column(self._location, self._identity, spacing=2),
            row(*self._stats.values(), None, spacing=SPACE.page),
        )

    def _show(self, info: VaultInfo) -> None:
        self._info = info
        self._location.say(info.location)
        made = self.tr("Made %1").replace("%1", text.day(info.created))
        self._identity.setText(f"{made}  ·  {info.id}")

    def _show_stats(self, stats: VaultStats) -> None:
        self._stats["stored"].say(text.size(stats.stored))
        self._stats["originals"].say(text.size(stats.originals))
        self._stats["items"].say(text.number(stats.items))
        self._stats["snapshots"].say(text.number(stats.snapshots))
        self._stats["files"].say(text.number(stats.files))

    # --- care --------------------------------------------------------------------------------------------
    def _care_card(self) -> Card:
        self.check = Button(self.tr("&Check…"), "primary", "shield", lambda: self.run(self._check_it()))
        self.repair = Button(self.tr("Re&pair…"), picture="settings", pressed=lambda: self.run(self._repair_it()))
        self.test = Button(self.tr("&Test the storage…"), picture="plug", pressed=lambda: self.run(self._test_it()))
        self._rebuild = Button(
            self.tr("Re&build the catalog…"),
            picture="retry",
            pressed=lambda: self.run(self._rebuild_it(), only="rebuild"),
        )
        lead = Text(
            self.tr(
                "A check proves that everything is there and unaltered; a repair makes of a damaged vault a whole one. "
                "Both run as jobs."
            ),
            "muted",
            wrap=True,
        )
        buttons = row(self.check, self.repair, self.test, self._rebuild, None)
        return Card(head("shield", self.tr("Check and repair")), lead, buttons)

    async def _check_it(self) -> None:
        percent = await ask_check(self)
        if percent is not None:
            self._follow(await self.bridge.call(self.desk.check_vault(percent)))

    async def _repair_it(self) -> None:
        percent = await ask_repair(self)
        if percent is not None:
            self._follow(await self.bridge.call(self.desk.check_vault(percent, repair=True)))

    def _follow(self, job: JobId) -> None:
        self.wants.emit(JobsPlace(job))

    async def _test_it(self) -> None:
        await test_storage(self.bridge, self._info, self)

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


async def test_storage(bridge: Bridge, info: VaultInfo | None, parent: QWidget) -> None:
    """Find out what the place where the vault lies can really do."""
    sheet = Sheet(
        text.say("Test the storage"),
        text.say("Small files are written beside the vault's own, tried in every way that matters, and removed again."),
        parent,
        width=660,
    )
    test = StorageTest(bridge)
    sheet.fill(test)
    sheet.offer(sheet.cancel_button(text.say("Close")))
    test.begin_here(info.lock if info is not None else None)
    await sheet.answer()
    test.stop()
