"""All alerts, and how soon they are raised."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from saasbackup_desktop.app.alerts.views import Alert, AlertSettings, Sensitivity
from saasbackup_desktop.app.words.alerts import KINDS, SENSITIVITIES, alert_text, alert_title, holding_words
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import HomePlace
from saasbackup_desktop.ui.rooms.alerts.strip import good_place, look_place, settle


class AlertsPage(PlainPage):
    """A list, what the chosen one says, and settings."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, self.tr("Alerts"))
        self.lead.say(self.tr("Mass deletions, mass changes, and content that looks encrypted, as backups find them"))
        self._settings = AlertSettings()
        self._found: Sequence[Alert] = ()
        back = Button(self.tr("Home"), "link", "left", lambda: self.wants.emit(HomePlace()))
        self.model: RowSheet[Alert] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Alerts"))
        self.table.setModel(self.model)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((140, 200, 220, 90, 150), 1)
        self.table.setMinimumHeight(scaled(220))
        self.table.opened.connect(lambda _: self._look_there())
        self.open_only = QCheckBox(self.tr("Only those that &wait"))
        self.open_only.toggled.connect(lambda _: self._list())
        self.look_button = Button(self.tr("&Look"), "primary", "compare", self._look_there)
        self.restore = Button(self.tr("&Restore from there"), picture="restore", pressed=self._restore)
        self.settle = Button(self.tr("It was &expected…"), "quiet", "check", lambda: self.run(self._settle()))
        self._title = Text("", "strong", wrap=True)
        self._words = Text("", wrap=True)
        self._note = Text("", "muted", wrap=True)
        self.silence = Button("", "link", pressed=lambda: self.run(self._silence(), busy=self.silence))
        self._detail = Card(self._title, self._words, self._note, row(self.silence, None), spacing=SPACE.small)
        self._empty = EmptyState(
            "shield",
            self.tr("Nothing unusual"),
            self.tr(
                "Each backup is compared with what is usual for the account. When far more vanishes or changes than on "
                "other days, or content becomes unreadable, it stands here, and what was saved before is kept."
            ),
        )
        self.sensitivity = Choice([(say(label), one) for one, (label, _) in SENSITIVITIES.items()])
        self.sensitivity.setAccessibleName(self.tr("Sensitivity"))
        self.is_on = QCheckBox(self.tr("&Tell of unusual changes"))
        self._meaning = Text("", "muted", wrap=True)
        for signal in (self.sensitivity.activated, self.is_on.clicked):
            signal.connect(lambda *_: self.run(self._choose(), only="choose"))
        self.body.insertWidget(0, back)
        self.body.addLayout(row(self.open_only, None, self.settle, self.restore, self.look_button))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._detail)
        self.body.addWidget(self._empty, 1)
        line = row(self.sensitivity, self._meaning, spacing=SPACE.medium)
        line.setStretch(1, 1)
        self.body.addWidget(Card(self.is_on, line, spacing=SPACE.small))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        action(self, self.tr("Back"), lambda: self.wants.emit(HomePlace()), "", "Esc")

    def refresh(self) -> None:
        """Ask again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when a backup has ended or an alert was settled."""
        if isinstance(event, CatalogChanged):
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        self._found = await self.bridge.call(self.desk.alerts.all())
        self._show_settings(await self.bridge.call(self.desk.alerts.settings()))
        self._list()

    def _list(self) -> None:
        chosen = self._alert()
        shown = [one for one in self._found if one.acknowledged is None or not self.open_only.isChecked()]
        self.model.show(shown)
        for piece in (self.table, self._detail, self.look_button, self.restore, self.settle):
            piece.setVisible(bool(shown))
        self.open_only.setVisible(bool(self._found))
        self._empty.setVisible(not shown)
        if shown:
            ids = [one.id for one in self.model.rows]
            self.table.go_to(ids.index(chosen.id) if chosen is not None and chosen.id in ids else 0)
        self._picked()

    def _alert(self) -> Alert | None:
        index = self.table.currentIndex()
        return self.model.row_at(index.row()) if index.isValid() and self.model.rowCount() else None

    def _picked(self) -> None:
        alert = self._alert()
        self.restore.setEnabled(alert is not None and alert.last_good is not None)
        self.settle.setEnabled(alert is not None and alert.acknowledged is None)
        if alert is not None:
            self._title.setText(alert_title(alert))
            self._words.setText(f"{alert_text(alert, text.moment)} {holding_words(alert)}".strip())
            said = self.tr("Settled %1.").replace("%1", text.moment(alert.acknowledged)) if alert.acknowledged else ""
            self._note.setText(f"{said} {alert.note}".strip())
            self._note.setVisible(bool(self._note.text()))
            is_silent = alert.stream in self._settings.silent
            again, never = self.tr("Tell of unusual changes here again"), self.tr("Tell of none here any more")
            self.silence.setText(again if is_silent else never)

    def _look_there(self) -> None:
        if (alert := self._alert()) is not None:
            self.wants.emit(look_place(alert))

    def _restore(self) -> None:
        alert = self._alert()
        if alert is not None and (good := good_place(alert)) is not None:
            self.wants.emit(good)

    async def _settle(self) -> None:
        alert = self._alert()
        if alert is not None and alert.acknowledged is None and await settle(self.bridge, alert, self):
            self.refresh()

    def _show_settings(self, settings: AlertSettings) -> None:
        self._settings = settings
        self.is_on.setChecked(settings.is_on)
        self.sensitivity.choose(settings.sensitivity)
        self.sensitivity.setEnabled(settings.is_on)
        self._meaning.setText(say(SENSITIVITIES[settings.sensitivity][1]) if settings.is_on else "")

    async def _silence(self) -> None:
        """Raise no alerts of the chosen one's stream any more, or raise them again."""
        if (alert := self._alert()) is not None:
            silent = {*self._settings.silent} ^ {alert.stream}
            chosen = replace(self._settings, silent=tuple(sorted(silent)))
            await self.bridge.call(self.desk.alerts.set_settings(chosen))
            self._show_settings(chosen)
            self._picked()

    async def _choose(self) -> None:
        sensitivity = Sensitivity(str(self.sensitivity.value()))
        chosen = replace(self._settings, is_on=self.is_on.isChecked(), sensitivity=sensitivity)
        await self.bridge.call(self.desk.alerts.set_settings(chosen))
        self._show_settings(chosen)


def _fields() -> tuple[Field[Alert], ...]:
    def mark(one: Alert) -> tuple[str, str]:
        return ("attention", "attention") if one.acknowledged is None else ("ok", "good")

    return (
        Field(say("When"), lambda one: text.brief(int(one.facts["until"])), lambda one: int(one.facts["until"]),
              hint=lambda one: text.utc(int(one.facts["until"]))),
        Field(say("Account"), lambda one: one.account.name or one.account.address,
              hint=lambda one: one.account.address),
        Field(say("What"), lambda one: say(KINDS[one.kind])),
        Field(say("Items"), lambda one: text.number(int(one.facts["count"])), lambda one: int(one.facts["count"]),
              right=True),
        Field(say("Status"), lambda one: say("Waits for you") if one.acknowledged is None else say("Settled"),
              picture=mark),
    )  # fmt: skip
