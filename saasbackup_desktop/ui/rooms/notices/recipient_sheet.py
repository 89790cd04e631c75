"""One recipient: where its notices go, what it is told of, and when."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from saasbackup_desktop.app.notices.views import Channel, HookGiven, Kind, Recipient, Shape, When
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.words.moments import DAYS
from saasbackup_desktop.app.words.notices import KINDS, SHAPES, WHENS
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Count, Field, Line, Secret, SecretLines, TimeOfDay
from saasbackup_desktop.ui.kit.layout import abreast, row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.notices.authority import with_choice

_LONG = 300


class RecipientSheet(Sheet):
    """What was kept of a webhook's secrets is never shown; what is left empty stays as it was."""

    def __init__(
        self,
        bridge: Bridge,
        recipient: Recipient,
        tasks: Sequence[TaskView],
        sources: Sequence[str],
        parent: QWidget,
    ) -> None:
        titles = {
            Channel.DESKTOP: self.tr("Notices on this computer"),
            Channel.EMAIL: self.tr("Notices by e-mail"),
            Channel.WEBHOOK: self.tr("Notices to a webhook"),
        }
        super().__init__(titles[recipient.channel], "", parent, width=640)
        self.bridge, self.recipient = bridge, recipient
        self.name = Line(recipient.name, most=LABEL)
        self.address = Line(recipient.address, "ada@example.org", most=_LONG)
        is_new = not recipient.id
        kept = "" if is_new else self.tr("as it was")
        self.shape = Choice([(say(label), shape) for shape, label in SHAPES.items()])
        self.shape.choose(recipient.shape)
        self.url = Secret(kept or "https://")
        self.signing = Secret(self.tr("as it was") if recipient.is_signed else self.tr("none"))
        self.headers = SecretLines(", ".join(recipient.headers) or self.tr("Name: value, one a line"))
        self.headers.setFixedHeight(scaled(56))
        self.reveal = QCheckBox(self.tr("Sho&w what the headers hold"))
        self.reveal.toggled.connect(self.headers.reveal)
        self.ca_file = Line(recipient.ca_file, most=1000)
        self._whens: dict[Kind, Choice] = {}
        self.only_failures = QCheckBox(self.tr("Only &failures, and when they are over"))
        self.only_failures.setChecked(recipient.only_failures)
        self.paused = QCheckBox(self.tr("&Pause: tell nothing for now"))
        self.paused.setChecked(recipient.is_paused)
        self.task = Choice([(self.tr("All tasks"), ""), *((view.task.name, view.task.id) for view in tasks)])
        self.task.choose(recipient.tasks[0] if recipient.tasks else "")
        self.source = Choice([(self.tr("All sources"), ""), *((name, name) for name in sources)])
        self.source.choose(recipient.connections[0] if recipient.connections else "")
        self.at = TimeOfDay(recipient.at)
        self.weekday = Choice([(say(day), number) for number, day in enumerate(DAYS)])
        self.weekday.choose(recipient.weekday)
        self.month_day = Count(1, 28, recipient.month_day)
        self.go = Button(self.tr("&Add") if is_new else self.tr("&Keep"), "primary", "check", self._keep_it)
        self.go.setDefault(True)
        self.fill(*self._where(), self._kinds(), self._when())
        self.offer(self.cancel_button(), self.go)
        self.name.setFocus()

    def _where(self) -> list[QWidget]:
        name = Field(self.tr("&Name"), self.name)
        if self.recipient.channel is Channel.DESKTOP:
            return []
        if self.recipient.channel is Channel.EMAIL:
            return [abreast(name, Field(self.tr("&E-mail address"), self.address))]
        authority = self.tr("Own authority, PEM file (optional)")
        return [
            abreast(name, Field(self.tr("F&orm"), self.shape)),
            Field(
                self.tr("&Address"),
                self.url,
                self.tr("Whoever has it can post there: it is kept encrypted and never shown again."),
            ),
            abreast(
                Field(self.tr("Si&gning secret (optional)"), self.signing, self.tr("HMAC-SHA256 over the body.")),
                Field(authority, with_choice(self, self.ca_file, authority)),
            ),
            Field(self.tr("Own &headers (optional)"), self.headers),
            self.reveal,
        ]

    def _kinds(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE.medium)
        grid.setVerticalSpacing(SPACE.small)
        half = (len(Kind) + 1) // 2
        for place, kind in enumerate(Kind):
            label, explained = KINDS[kind]
            offered = [
                (say(WHENS[when]), when) for when in When if not (kind is Kind.SUMMARY and when is When.IMMEDIATE)
            ]
            choice = Choice(offered)
            choice.setMinimumContentsLength(8)
            choice.choose(self.recipient.when(kind))
            choice.setAccessibleName(say(label))
            choice.setToolTip(say(explained))
            caption = Text(say(label))
            caption.setToolTip(say(explained))
            self._whens[kind] = choice
            column = 0 if place < half else 2
            grid.addWidget(caption, place % half, column)
            grid.addWidget(choice, place % half, column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return Field(self.tr("What it is told of"), box)

    def _when(self) -> QWidget:
        times = abreast(
            Field(self.tr("Digests at"), self.at),
            Field(self.tr("Weekly on"), self.weekday),
            Field(self.tr("Monthly on day"), self.month_day),
        )
        narrowed = abreast(Field(self.tr("Only of &task"), self.task), Field(self.tr("Only of &source"), self.source))
        whole = QWidget()
        from_top = QGridLayout(whole)
        from_top.setContentsMargins(0, 0, 0, 0)
        from_top.setVerticalSpacing(SPACE.medium)
        from_top.addWidget(times, 0, 0)
        from_top.addWidget(narrowed, 1, 0)
        boxes = QWidget()
        boxes.setLayout(row(self.only_failures, self.paused, None, spacing=SPACE.wide))
        from_top.addWidget(boxes, 2, 0)
        return whole

    def made(self) -> Recipient:
        """What was entered, without secrets."""
        task, source = str(self.task.value()), str(self.source.value())
        return replace(
            self.recipient,
            name=self.name.text(),
            address=self.address.text(),
            shape=Shape(str(self.shape.value())),
            ca_file=self.ca_file.text().strip(),
            kinds={kind: When(str(choice.value())) for kind, choice in self._whens.items()},
            only_failures=self.only_failures.isChecked(),
            is_paused=self.paused.isChecked(),
            tasks=(TaskId(task),) if task else (),
            connections=(ConnectionName(source),) if source else (),
            at=self.at.minute(),
            weekday=int(str(self.weekday.value())),
            month_day=self.month_day.value(),
        )

    def given(self) -> HookGiven:
        """The webhook's secrets, as far as they were entered."""
        lines = [line.partition(":") for line in self.headers.toPlainText().splitlines() if line.strip()]
        return HookGiven(
            url=self.url.text().strip() or None,
            signing=self.signing.text() or None,
            headers=tuple((name.strip(), value.strip()) for name, _, value in lines) or None,
        )

    def _keep_it(self) -> None:
        self.run(self._put(), busy=self.go, only="go")

    async def _put(self) -> None:
        await self.bridge.call(self.bridge.desk.notices.put(self.made(), self.given()))
        self.url.clear()
        self.signing.clear()
        self.headers.clear()
        self.accept()
