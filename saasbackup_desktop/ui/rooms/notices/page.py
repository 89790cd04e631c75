"""Notices: recipients and kinds, the mail server, and what was sent."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QWidget

from saasbackup_desktop.app.notices.views import (
    AT_FIRST,
    DESKTOP,
    Channel,
    Fate,
    Kind,
    Listed,
    MailView,
    Recipient,
    Sent,
)
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.notices import FATES, KINDS, MAIL_TLS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, Picture
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.notices.grid import KindGrid, toggled
from saasbackup_desktop.ui.rooms.notices.mail_sheet import MailSheet
from saasbackup_desktop.ui.rooms.notices.preview_sheet import PreviewSheet
from saasbackup_desktop.ui.rooms.notices.recipient_sheet import RecipientSheet


class NoticesPage(PlainPage):
    """Cards below each other; every change is kept at once."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(
            bridge, self.tr("Notices"), self.tr("Who is told of what, by which way, and what became of it.")
        )
        self._mail = MailView()
        self.preview = Button(self.tr("Pre&view…"), picture="eye", pressed=lambda: self.run(self._preview()))
        self.commands.addWidget(self.preview)
        self.body.addWidget(self._recipients_card())
        self.body.addWidget(self._mail_card())
        self.body.addWidget(self._sent_card())
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask for everything again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start among the recipients."""
        return self.table

    # --- recipients --------------------------------------------------------------------------------------
    def _recipients_card(self) -> Card:
        self.grid = KindGrid(self)
        self.grid.wanted.connect(lambda one, kind: self.run(self._toggle(one, kind), only="toggle"))
        self.table = Table(self.tr("Recipients, and what they are told of"))
        self.table.setModel(self.grid)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(Table.SelectionBehavior.SelectItems)
        self.table.widths((190, 82, 88, 92, 82, 84, 74, 74, 78, 74), 0, least=150)
        self.table.setMinimumHeight(scaled(190))
        self.table.opened.connect(lambda _: self.run(self._edit()))
        self.table.selectionModel().currentChanged.connect(lambda *_: self._picked())
        self.by_mail = Button(self.tr("Add &e-mail…"), "primary", "mail", lambda: self.run(self._add(Channel.EMAIL)))
        self.by_hook = Button(
            self.tr("Add &webhook…"), picture="cloud", pressed=lambda: self.run(self._add(Channel.WEBHOOK))
        )
        self.edit = Button(self.tr("Chan&ge…"), picture="name", pressed=lambda: self.run(self._edit()))
        self.test = Button(
            self.tr("Send a &test"), picture="sent", pressed=lambda: self.run(self._test(), busy=self.test, only="test")
        )
        self.remove = Button(self.tr("&Remove…"), "danger", "trash", lambda: self.run(self._remove()))
        action(self.table, self.tr("Remove…"), self.remove.click, "trash", QKeySequence.StandardKey.Delete)
        self.names_items = QCheckBox(
            self.tr("Name &items in lists of failures: subjects of messages are in notices then")
        )
        self.names_items.toggled.connect(lambda on: self.run(self._name_items(on), only="names"))
        return Card(
            _head("info", self.tr("Recipients")),
            Text(
                self.tr("Tick what each is told of. When, and of which task or source only, is set with Change."),
                "muted",
                wrap=True,
            ),
            self.table,
            row(self.by_mail, self.by_hook, None, self.edit, self.test, self.remove),
            self.names_items,
        )

    def _recipient(self) -> Recipient | None:
        index = self.table.currentIndex()
        return self.grid.at(index.row()) if index.isValid() and index.row() < self.grid.rowCount() else None

    def _picked(self) -> None:
        one = self._recipient()
        self.edit.setEnabled(one is not None)
        self.test.setEnabled(one is not None)
        self.remove.setEnabled(one is not None and one.id != DESKTOP)

    async def _toggle(self, one: Recipient, kind: Kind) -> None:
        kinds = {**one.kinds, kind: toggled(one, kind)}
        await self.bridge.call(self.desk.notices.put(replace(one, kinds=kinds)))
        await self._look()

    async def _add(self, channel: Channel) -> None:
        if channel is Channel.EMAIL and self._mail.server is None and not await self._set_up_mail():
            return
        await self._sheet(Recipient(name="", channel=channel, kinds=AT_FIRST))

    async def _edit(self) -> None:
        one = self._recipient()
        if one is not None:
            await self._sheet(one)

    async def _sheet(self, one: Recipient) -> None:
        tasks = await self.bridge.call(self.desk.tasks.all())
        sources = sorted(
            {card.account.connection for card in await self.bridge.call(self.desk.cards()) if card.account.connection}
        )
        if await RecipientSheet(self.bridge, one, tasks, sources, self).answer():
            self.refresh()

    async def _remove(self) -> None:
        one = self._recipient()
        if one is not None and one.id != DESKTOP and await confirm(
            self,
            self.tr("Remove %1?").replace("%1", one.name),
            self.tr("It is told nothing from now on; what it is reached by is forgotten."),
            self.tr("Remove"),
            danger=True,
        ):  # fmt: skip
            await self.bridge.call(self.desk.notices.remove(one.id))
            self.refresh()

    async def _test(self) -> None:
        one = self._recipient()
        if one is None:
            return
        tried = await self.bridge.call(self.desk.notices.test(one.id))
        title = self.tr("A test is on its way to %1").replace("%1", one.name)
        said = f"{tried.status} {tried.answer}".strip() if tried.status else ""
        self.banner.say(Tone.GOOD, title, self.tr("It answered: %1").replace("%1", said) if said else "")

    async def _name_items(self, on: bool) -> None:
        await self.bridge.call(self.desk.notices.set_names_items(on))

    async def _preview(self) -> None:
        one = self._recipient()
        await PreviewSheet(self.bridge, self, one.id if one is not None else "").answer()

    # --- the mail server ---------------------------------------------------------------------------------
    def _mail_card(self) -> Card:
        self.mail = Text("", wrap=True)
        self.set_up = Button(self.tr("Set &up…"), picture="settings", pressed=lambda: self.run(self._set_up_mail()))
        self.forget = Button(self.tr("&Forget…"), "quiet", "remove", lambda: self.run(self._forget_mail()))
        line = row(self.mail, self.forget, self.set_up)
        line.setStretch(0, 1)
        return Card(_head("server", self.tr("Mail server")), line)

    async def _set_up_mail(self) -> bool:
        done = await MailSheet(self.bridge, self._mail, self).answer()
        if done:
            await self._look()
        return done

    async def _forget_mail(self) -> None:
        if await confirm(
            self,
            self.tr("Forget the mail server?"),
            self.tr("Notices by e-mail wait, and are given up after four days, unless another one is set up."),
            self.tr("Forget it"),
            danger=True,
        ):
            await self.bridge.call(self.desk.notices.remove_mail())
            self.refresh()

    # --- what was sent -----------------------------------------------------------------------------------
    def _sent_card(self) -> Card:
        self.sent: RowSheet[Sent] = RowSheet(_fields(), self)
        self.outbox = Table(self.tr("What was sent"))
        self.outbox.setModel(self.sent)
        self.outbox.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.outbox.widths((140, 150, 130, 240, 170), 3)
        self.outbox.setMinimumHeight(scaled(210))
        self.outbox.opened.connect(lambda _: self.run(self._show_sent()))
        self.outbox.selectionModel().currentRowChanged.connect(lambda *_: self._picked_sent())
        self.look = Button(self.tr("&Show…"), picture="eye", pressed=lambda: self.run(self._show_sent()))
        self.again = Button(
            self.tr("Try again &now"),
            picture="retry",
            pressed=lambda: self.run(self._again(), busy=self.again, only="again"),
        )
        self.why = Text("", "muted", wrap=True)
        line = row(self.why, self.look, self.again)
        line.setStretch(0, 1)
        return Card(_head("sent", self.tr("What was sent")), self.outbox, line)

    def _one_sent(self) -> Sent | None:
        index = self.outbox.currentIndex()
        return self.sent.row_at(index.row()) if index.isValid() and self.sent.rowCount() else None

    def _picked_sent(self) -> None:
        one = self._one_sent()
        self.look.setEnabled(one is not None)
        self.again.setEnabled(one is not None and one.fate in (Fate.FAILED, Fate.GIVEN_UP))
        self.why.setText(_why(one) if one is not None else self.tr("Nothing was sent yet."))

    async def _show_sent(self) -> None:
        one = self._one_sent()
        if one is not None:
            await PreviewSheet(self.bridge, self, sent=one.id).answer()

    async def _again(self) -> None:
        one = self._one_sent()
        if one is not None:
            try:
                await self.bridge.call(self.desk.notices.retry(one.id))
            finally:
                self.refresh()

    # --- all ---------------------------------------------------------------------------------------------
    async def _look(self) -> None:
        found = await self.bridge.call(self.desk.notices.all())
        sent = await self.bridge.call(self.desk.notices.outbox(200))
        self._show(found)
        place = max(0, self.outbox.currentIndex().row())
        self.sent.show(sent)
        self.outbox.go_to(place)
        self._picked_sent()

    def _show(self, found: Listed) -> None:
        here = self.table.currentIndex()
        place, column = max(0, here.row()), max(0, here.column())
        self.grid.show(found.recipients)
        self.table.setCurrentIndex(self.grid.index(min(place, self.grid.rowCount() - 1), column))
        self._picked()
        self._mail = found.mail
        with QSignalBlocker(self.names_items):
            self.names_items.setChecked(found.names_items)
        server = found.mail.server
        self.forget.setVisible(server is not None)
        if server is None:
            self.mail.setText(self.tr("None is set up: nothing can be sent by e-mail."))
            return
        said = self.tr("%1, port %2, %3; notices come from %4")
        tls = say(MAIL_TLS[server.tls]).partition(" (")[0]
        for gap, value in (("%1", server.host), ("%2", str(server.usual_port)), ("%3", tls), ("%4", server.sender)):
            said = said.replace(gap, value)
        self.mail.setText(said)


def _fields() -> tuple[Field[Sent], ...]:
    return (
        Field(
            say("Status"),
            lambda one: say(FATES[one.fate].label),
            picture=lambda one: (TONE_ICONS[FATES[one.fate].tone], TONE_ROLES[FATES[one.fate].tone]),
        ),
        Field(say("To"), lambda one: one.name),
        Field(say("Kind"), lambda one: say(KINDS[one.kind][0])),
        Field(say("Subject"), lambda one: one.subject),
        Field(say("When"), lambda one: text.moment(one.made), lambda one: one.made, hint=_utc),
    )


def _utc(one: Sent) -> str:
    return text.utc(one.made)


def _why(one: Sent) -> str:
    if one.code:
        words = words_for(one.code, one.facts)
        again = say("Next attempt: %1.").replace("%1", text.moment(one.due)) if one.due else ""
        return f"{words.title}. {words.what} {words.remedy} {again}".strip()
    if one.answer:
        return say("The other side answered: %1").replace("%1", one.answer)
    return say(FATES[one.fate].remedy or FATES[one.fate].label)


def _head(picture: str, words: str) -> QWidget:
    shown = QWidget()
    shown.setLayout(row(Picture(picture, "accent", 20), Text(words, "heading"), None))
    return shown
