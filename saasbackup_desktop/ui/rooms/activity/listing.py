"""A list of what happened: filters, the list by the page, the card of one entry, and saving it all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.activity.views import ActivityPage, ActivityQuery, Area, ChainReport, Entry
from saasbackup_desktop.app.words import activity as words
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.jobs import Event, JobChanged
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton, action
from saasbackup_desktop.ui.kit.forms import Choice, SearchField
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.activity.card import EntryCard
from saasbackup_desktop.ui.rooms.reports.saving import pick_form, told

PAGE: Final = 100
_DAY: Final = 86400
_TYPING: Final = 250
"""Milliseconds after the last letter until the search begins."""
_STATUSES: Final = ("done", "partial", "failed", "running", "queued", "waiting", "paused", "stopped")
_SERVICES: Final = ("microsoft", "imap", "file", "vault", "program")


class ListLeaf(Page):
    """One of the two lists."""

    area = Area.SYSTEM

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._offset = 0
        self._page = ActivityPage(entries=(), total=0)
        self.words = SearchField(self.tr("Search"))
        self.kinds = self._choice(self.tr("Kind of activity"), ((self.tr("All activities"), ""),))
        self.services = self._choice(
            self.tr("Service"),
            ((self.tr("All services"), ""), *((say(words.SERVICES[code]), code) for code in _SERVICES)),
        )
        self.statuses = self._choice(
            self.tr("Status"),
            ((self.tr("Any status"), ""), *((say(words.STATUSES[code].label), code) for code in _STATUSES)),
        )
        self.span = self._choice(
            self.tr("Time span"),
            (
                (self.tr("Last 24 hours"), 1),
                (self.tr("Last 7 days"), 7),
                (self.tr("Last 30 days"), 30),
                (self.tr("Last year"), 366),
                (self.tr("All time"), 0),
            ),
        )
        self.span.choose(30)
        self.save = Button(self.tr("&Save as…"), picture="save", pressed=lambda: self.run(self._save(), only="save"))
        self.save.setToolTip(self.tr("All that fits, as CSV, PDF or JSON"))
        self.sheet: RowSheet[Entry] = RowSheet(self._fields(), self)
        self.table = Table(self.tr("Activity"))
        self.table.setModel(self.sheet)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        roomy = (210, 130, 130, 110, 140, 130, 200)
        self.table.widths((168, 114, 102, 92, 118, 62, 130), 6, least=130, roomy=roomy)
        self.table.setMinimumHeight(scaled(200))
        self.card = EntryCard()
        self.card.is_exact = self.area is Area.SECURITY
        self.job = Button(self.tr("Open the &job"), "link", pressed=self._open_job)
        self.card.body.addLayout(row(self.job, None))
        self.before = IconButton("left", self.tr("Newer entries"), lambda: self._turn(-PAGE))
        self.after = IconButton("right", self.tr("Older entries"), lambda: self._turn(PAGE))
        self.range = Text("", "muted")
        self._empty = EmptyState(
            "activity",
            self.tr("No entry matches"),
            self.tr("Nothing happened that fits. Choose a longer time span, or other filters."),
            self.tr("Clear filters"),
            self._everything,
        )
        self.more = row()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.page, SPACE.medium, SPACE.page, SPACE.wide)
        outer.setSpacing(SPACE.medium)
        outer.addWidget(self.banner)
        self.words.setMinimumWidth(scaled(130))
        outer.addLayout(row(self.words, self.kinds, self.services, self.statuses, self.span))
        outer.addLayout(self.more)
        outer.addWidget(self.table, 1)
        outer.addWidget(self._empty, 1)
        outer.addLayout(row(self.before, self.after, self.range, None, self.save))
        outer.addWidget(self.card)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPING)
        self._typed.timeout.connect(self._again)
        self.words.textChanged.connect(lambda _: self._typed.start())
        self.words.returnPressed.connect(self._again)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.table.opened.connect(lambda _: self._open_job())
        action(self, self.tr("Search"), self.words.setFocus, "search", "Ctrl+F")
        self.card.show_entry(None)
        self._empty.hide()

    def refresh(self) -> None:
        """Ask again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when a job begins or ends."""
        if isinstance(event, JobChanged) and event.job.state.is_over:
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start with the search."""
        return self.words

    def query(self) -> ActivityQuery:
        """What is asked for now."""
        days = self.span.value()
        since = clock.now() - days * _DAY if isinstance(days, int) and days else None
        return ActivityQuery(
            area=self.area,
            since=since,
            codes=_one(self.kinds),
            services=_one(self.services),
            statuses=_one(self.statuses),
            words=self.words.text().strip(),
            limit=PAGE,
            offset=self._offset,
        )

    async def _look(self) -> None:
        self._page = await self.bridge.call(self.desk.activity.page(self.query()))
        self._show()

    def _show(self) -> None:
        page, kept = self._page, self.card.entry
        chosen = self.kinds.value()
        named = sorted((say(words.what(Entry(id="", time=0, code=code))), code) for code in page.codes)
        self.kinds.fill(((self.tr("All activities"), ""), *named))
        self.kinds.choose(chosen)
        self.sheet.show(page.entries)
        is_empty = not page.entries
        self.table.setVisible(not is_empty)
        self._empty.setVisible(is_empty)
        self.save.setEnabled(not is_empty)
        last = self._offset + len(page.entries)
        said = self.tr("%1–%2 of %3").replace("%1", text.number(self._offset + 1 if page.entries else 0))
        self.range.setText(said.replace("%2", text.number(last)).replace("%3", text.number(page.total)))
        self.before.setEnabled(self._offset > 0)
        self.after.setEnabled(last < page.total)
        place = next((n for n, one in enumerate(page.entries) if kept is not None and one.id == kept.id), 0)
        if page.entries:
            self.table.go_to(place)
        self._picked()

    def _picked(self) -> None:
        index = self.table.currentIndex()
        entry = self.sheet.row_at(index.row()) if index.isValid() and self.sheet.rowCount() else None
        self.card.show_entry(entry)
        self.job.setVisible(entry is not None and bool(entry.facts.get("job")))

    def _open_job(self) -> None:
        entry = self.card.entry
        if entry is not None and entry.facts.get("job"):
            self.wants.emit(JobsPlace(entry.facts["job"]))  # type: ignore[arg-type]

    def _turn(self, step: int) -> None:
        self._offset = max(0, self._offset + step)
        self.refresh()

    def _again(self) -> None:
        self._typed.stop()
        self._offset = 0
        self.refresh()

    def _everything(self) -> None:
        self.words.clear()
        for choice in (self.kinds, self.services, self.statuses):
            choice.setCurrentIndex(0)
        self.span.choose(0)
        self._again()

    async def _save(self) -> None:
        picked = await pick_form(self, self.tr("Save the activity"), f"activity-{self.area.value}")
        if picked is None:
            return
        file, form = picked
        await self.bridge.call(self.desk.activity.save(replace(self.query(), offset=0), form, file))
        told(self.banner, file, form)
        self.refresh()

    def _choice(self, name: str, values: Sequence[tuple[str, object]]) -> Choice:
        made = Choice(values)
        made.setAccessibleName(name)
        made.setMinimumContentsLength(9)
        made.picked.connect(lambda _: self._again())
        return made

    def _who(self, entry: Entry) -> str:
        said = words.who(entry, is_exact=self.area is Area.SECURITY)
        return ": ".join(part for part in (say(words.what(entry)), say(said)) if part)

    def _fields(self) -> tuple[Field[Entry], ...]:
        return (
            Field(say("Activity"), lambda e: say(words.what(e)), hint=self._who),
            Field(say("Date/time"), lambda e: text.brief(e.time), lambda e: e.time, hint=lambda e: text.utc(e.time)),
            Field(say("Service"), lambda e: say(words.service(e))),
            Field(say("Sub-service"), lambda e: say(words.sub_service(e))),
            Field(say("Status"), lambda e: say(words.status(e).label), picture=_picture),
            Field(say("Task"), lambda e: e.task),
            Field(say("Item"), lambda e: e.item),
        )


class AuditLeaf(ListLeaf):
    """The record, and whether it is as it was written."""

    area = Area.SECURITY

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.mark = StatusMark(self.tr("Not verified yet"))
        self.lead = Text("", "muted")
        self.verify = Button(
            self.tr("&Verify now"), picture="shield", pressed=lambda: self.run(self._prove(), busy=self.verify)
        )
        for piece in (self.mark, self.lead):
            self.more.addWidget(piece)
        self.more.addStretch(1)
        self.more.addWidget(self.verify)

    def refresh(self) -> None:
        """Ask again, and prove the record."""
        super().refresh()
        self.run(self._prove(), only="prove")

    async def _prove(self) -> None:
        self._say(await self.bridge.call(self.desk.activity.verify()))

    def _say(self, found: ChainReport) -> None:
        if found.is_unbroken:
            self.mark.become(self.tr("Verified unbroken"), Tone.GOOD)
            count = text.counted(found.entries, self.tr("entry"), self.tr("entries"))
            since = self.tr("%1 since %2").replace("%2", text.day(found.since)) if found.since else "%1"
            self.lead.setText(since.replace("%1", count))
            return
        self.mark.become(self.tr("Broken"), Tone.BAD)
        self.lead.setText("")
        lines = [say(words.broken(one)) for one in found.breaks[:10]]
        self.banner.say(Tone.BAD, self.tr("The record is not as it was written"), " ".join(lines))


def _one(choice: Choice) -> tuple[str, ...]:
    value = choice.value()
    return (str(value),) if value else ()


def _picture(entry: Entry) -> tuple[str, str]:
    tone = words.status(entry).tone
    return TONE_ICONS[tone], TONE_ROLES[tone]
