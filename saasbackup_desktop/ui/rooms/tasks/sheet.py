"""All about a task that can be changed: name, coverage, schedule, retention."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QTabWidget, QWidget

from saasbackup_desktop.app.tasks.views import Task, TaskPreview
from saasbackup_desktop.app.words.tenants import service_words
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Count, Field, Line
from saasbackup_desktop.ui.kit.layout import Piece, column, row
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.keeping_form import KeepingForm
from saasbackup_desktop.ui.rooms.tasks.schedule_form import ScheduleForm

_MOST_DAYS = 36_500


class TaskSheet(Sheet):
    """``task`` is what was put, or what is wanted where it is only asked for."""

    def __init__(
        self,
        bridge: Bridge,
        task: Task,
        connections: Sequence[ConnectionName],
        parent: QWidget,
        *,
        leaf: str = "",
        is_draft: bool = False,
        organisations: Sequence[ConnectionName] | None = None,
    ) -> None:
        title = say("Backup task: %1").replace("%1", task.name) if task.name else say("New backup task")
        super().__init__(title, "", parent, width=720)
        self.bridge, self.task = bridge, task
        self._is_draft = is_draft
        self._rich = [name for name in connections if organisations is None or name in organisations]
        """Those that have more than mail."""
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Parts of the task"))
        if not is_draft:
            self.tabs.addTab(self._coverage(connections), self.tr("What"))
        self.form = ScheduleForm(bridge, task.schedule)
        self.tabs.addTab(_leaf(self.form), self.tr("When"))
        self.tabs.addTab(self._keeping(), self.tr("How long"))
        self.why = Text("", "caption", wrap=True)
        self.fill(self.tabs, self.why)
        self._drop = Button(self.tr("&Remove task…"), "quiet", "trash", lambda: self.run(self._remove()))
        self._drop.setVisible(bool(task.id) and not is_draft)
        self.save = Button(self.tr("&Save"), "primary", pressed=lambda: self.run(self._put(), busy=self.save))
        self.save.setDefault(True)
        self.buttons.insertWidget(0, self._drop)
        self.offer(self.cancel_button(), self.save)
        self.form.changed.connect(self._judge)
        self.keep.changed.connect(self._judge)
        names = {"what": 0, "when": self.tabs.count() - 2, "keep": self.tabs.count() - 1}
        self.tabs.setCurrentIndex(names.get(leaf, 0))
        if not is_draft and not leaf:
            self.name.setFocus()
            self.name.selectAll()

    def wanted(self) -> Task:
        """What is chosen."""
        found = replace(
            self.task,
            schedule=self.form.schedule(),
            keep=None if self.as_vault.isChecked() else self.keep.keep(),
            archived_days=self.days.value() if self.archived.isChecked() else None,
        )
        if self._is_draft:
            return found
        chosen = tuple(name for name, box in self.boxes.items() if box.isChecked())
        services = tuple(service for service, box in self.services.items() if box.isChecked() or box.isHidden())
        return replace(
            found,
            name=self.name.text().strip(),
            connections=() if self.everything.isChecked() else chosen,
            services=() if len(services) == len(self.services) else services,
            is_paused=self.paused.isChecked(),
        )

    # --- the leaves --------------------------------------------------------------------------------------
    def _coverage(self, connections: Sequence[ConnectionName]) -> QWidget:
        task = self.task
        self.name = Line(task.name, self.tr("Nightly"), most=LABEL)
        self.everything = QCheckBox(self.tr("&All sources and organisations, also those that are added later"))
        self.everything.setChecked(not task.connections and bool(task.id))
        self.boxes: dict[ConnectionName, QCheckBox] = {}
        inside = column(spacing=SPACE.hair)
        for name in connections:
            box = QCheckBox(text.plain(name).replace("&", "&&"))
            box.setAccessibleName(name)
            box.setChecked(name in task.connections)
            self.boxes[name] = box
            inside.addWidget(box)
        self._names = QWidget()
        self._names.setLayout(inside)
        self._names.setContentsMargins(scaled(28), 0, 0, 0)
        self.services: dict[Service, QCheckBox] = {}
        for service in Service:
            box = QCheckBox(say(service_words(service)))
            box.setChecked(not task.services or service in task.services)
            self.services[service] = box
        self.paused = QCheckBox(self.tr("&Paused: it begins no runs by itself"))
        self.paused.setChecked(task.is_paused)
        for box in (self.everything, *self.boxes.values(), *self.services.values()):
            box.toggled.connect(self._judge_soon)
        self.name.textChanged.connect(self._judge_soon)
        called = Field(self.tr("&Name"), self.name, self.tr("Notices and reports call it so."))
        return _leaf(
            called,
            Text(self.tr("Covers"), "strong"),
            self.everything,
            self._names,
            Text(self.tr("Services"), "strong"),
            row(*list(self.services.values())[:3], None, spacing=SPACE.large),
            row(*list(self.services.values())[3:6], None, spacing=SPACE.large),
            row(*list(self.services.values())[6:], None, spacing=SPACE.large),
            self.paused,
        )

    def _keeping(self) -> QWidget:
        task = self.task
        self.as_vault = QCheckBox(self.tr("As the &vault's rule says"))
        self.as_vault.setChecked(task.keep is None)
        self.keep = KeepingForm(task.keep or Keep())
        self.keep.setVisible(task.keep is not None)
        self.as_vault.toggled.connect(self._follow_vault)
        self.archived = QCheckBox(self.tr("Accounts that &left: let everything of them go after"))
        self.archived.setChecked(task.archived_days is not None)
        self.days = Count(0, _MOST_DAYS, task.archived_days if task.archived_days is not None else 90)
        self.days.setAccessibleName(self.tr("Days after an account left"))
        self.days.setSuffix(self.tr(" days"))
        self.days.setMinimumWidth(scaled(128))
        self.days.setEnabled(self.archived.isChecked())
        self.archived.toggled.connect(self.days.setEnabled)
        self.seen = Text("", "muted", wrap=True)
        self.look = Button(
            self.tr("See what &would go"), picture="eye", pressed=lambda: self.run(self._look(), busy=self.look)
        )
        self.look.setVisible(bool(task.id) and not self._is_draft)
        note = Text(
            self.tr(
                "Accounts with a rule of their own keep to it. Whatever goes lies in the trash for seven days and can "
                "be called back."
            ),
            "caption",
            wrap=True,
        )
        line = row(self.archived, self.days, None)
        return _leaf(self.as_vault, self.keep, line, note, row(self.look, None), self.seen)

    def _follow_vault(self, on: bool) -> None:
        self.keep.setVisible(not on)
        self._judge()

    # --- what is done ------------------------------------------------------------------------------------
    def _offered(self) -> list[QCheckBox]:
        return [box for box in self.services.values() if not box.isHidden()]

    def _judge_soon(self) -> None:
        if hasattr(self, "save"):
            self._judge()

    def _judge(self) -> None:
        lacks: list[str] = []
        if not self.form.is_good:
            lacks.append(self.tr("The schedule is not complete."))
        if not (self.as_vault.isChecked() or self.keep.is_ready):
            lacks.append(self.tr("It is not said how long backups are kept."))
        if not self._is_draft:
            self._names.setEnabled(not self.everything.isChecked())
            some = self.everything.isChecked() or any(box.isChecked() for box in self.boxes.values())
            rich = self._rich if self.everything.isChecked() else [n for n in self._rich if self.boxes[n].isChecked()]
            for service, box in self.services.items():
                box.setVisible(service is Service.MAIL or bool(rich))
            services = any(box.isChecked() for box in self._offered())
            missing = {
                self.tr("Give the task a name."): bool(self.name.text().strip()),
                self.tr("Choose what it covers: at least one source or organisation."): some,
                self.tr("Choose at least one service."): services,
            }
            lacks += [words for words, is_there in missing.items() if not is_there]
        self.why.setText(" ".join(lacks))
        self.why.setVisible(bool(lacks))
        self.save.setToolTip(self.why.text())
        self.save.setAccessibleDescription(self.why.text())
        self.save.setEnabled(not lacks)

    async def _look(self) -> None:
        self.seen.setText(self.tr("Finding out what would go…"))
        self.seen.setText(_preview(await self.bridge.call(self.bridge.desk.tasks.preview(self.wanted()))))
        self.adjustSize()

    async def _put(self) -> None:
        if not self._is_draft:
            view = await self.bridge.call(self.bridge.desk.tasks.put(self.wanted()))
            self.task = view.task
        else:
            self.task = self.wanted()
        self.accept()

    async def _remove(self) -> None:
        if await confirm(
            self,
            self.tr("Remove this task?"),
            self.tr("What is saved stays, and so do the other tasks."),
            self.tr("Remove"),
            danger=True,
        ):
            await self.bridge.call(self.bridge.desk.tasks.remove(self.task.id))
            self.accept()


async def edit(bridge: Bridge, id: TaskId, parent: QWidget, *, leaf: str = "") -> bool:
    """Show a task and let it be changed; True if it was."""
    view = await bridge.call(bridge.desk.tasks.find(id))
    connections = await bridge.call(bridge.desk.tasks.connections())
    organisations = await _organisations(bridge)
    return await TaskSheet(bridge, view.task, connections, parent, leaf=leaf, organisations=organisations).answer()


async def add(bridge: Bridge, parent: QWidget, task: Task) -> bool:
    """Let a new task be put together; True if it was."""
    connections = await bridge.call(bridge.desk.tasks.connections())
    organisations = await _organisations(bridge)
    return await TaskSheet(bridge, task, connections, parent, organisations=organisations).answer()


async def _organisations(bridge: Bridge) -> list[ConnectionName]:
    return [tenant.settings.name for tenant in await bridge.call(bridge.desk.tenants.all())]


def _preview(found: TaskPreview) -> str:
    points = sum(go for _, go, _ in found.go)
    gone = len({one.account.id for one in found.leaving if not one.is_discarded})
    if not points and not gone:
        return say("Nothing would go now.")
    said = say("%1 would go into the trash at the next prune, and everything of %2 that left.")
    said = said.replace("%1", text.counted(points, say("point in time"), say("points in time")))
    said = said.replace("%2", text.counted(gone, say("account"), say("accounts")))
    return f"{said} " + say("From %1 on, %2 become free.").replace("%1", text.day(found.due)).replace(
        "%2", text.size(found.size)
    )


def _leaf(*pieces: Piece) -> QWidget:
    made = QWidget()
    made.setLayout(column(*pieces, None, spacing=SPACE.medium, margins=SPACE.medium))
    return made
