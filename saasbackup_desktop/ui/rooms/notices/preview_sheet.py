"""A notice as it will be sent, or as it was."""

from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QWidget

from saasbackup_desktop.app.notices.views import Kind, Preview
from saasbackup_desktop.app.words.notices import KINDS
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field
from saasbackup_desktop.ui.kit.safe_browser import SafeBrowser
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE


class PreviewSheet(Sheet):
    """Subject, text, HTML, and what a webhook would get."""

    def __init__(self, bridge: Bridge, parent: QWidget, recipient: str = "", sent: str = "") -> None:
        title = self.tr("What was sent") if sent else self.tr("Preview of notices")
        super().__init__(title, "", parent, width=720)
        self.bridge, self._recipient, self._sent = bridge, recipient, sent
        self.kind = Choice([(say(label), kind) for kind, (label, _) in KINDS.items()])
        self.kind.choose(Kind.EXCEPTIONS)
        self.kind.picked.connect(lambda _: self._look())
        self.subject = Text("", "strong", wrap=True)
        self.note = Text("", "caption", wrap=True)
        self.text, self.payload = QPlainTextEdit(), QPlainTextEdit()
        self.html = SafeBrowser()
        self.html.setViewportMargins(0, SPACE.medium, 0, SPACE.small)  # Qt lays the first line on the edge
        for box, name in ((self.text, self.tr("Text")), (self.payload, self.tr("Webhook"))):
            box.setReadOnly(True)
            box.setTabChangesFocus(True)
            box.setAccessibleName(name)
            box.setProperty("kind", "code")
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Forms of the notice"))
        self.tabs.addTab(self.html, self.tr("As HTML"))
        self.tabs.addTab(self.text, self.tr("As text"))
        self.tabs.addTab(self.payload, self.tr("To the webhook"))
        self.tabs.setMinimumHeight(scaled(380))
        pieces = [] if sent else [Field(self.tr("&Kind"), self.kind)]
        self.fill(*pieces, self.subject, self.note, self.tabs)
        close = Button(self.tr("Close"), "primary", pressed=self.accept)
        close.setDefault(True)
        self.offer(close)
        self._look()

    def _look(self) -> None:
        self.run(self._ask(), only="look")

    async def _ask(self) -> None:
        door = self.bridge.desk.notices
        if self._sent:
            found = await self.bridge.call(door.letter(self._sent))
        else:
            found = await self.bridge.call(door.preview(Kind(str(self.kind.value())), self._recipient))
        self._show(found)

    def _show(self, found: Preview) -> None:
        self.subject.setText(found.subject)
        self.note.setText(self.tr("An example: nothing of the kind was sent yet.") if found.is_example else "")
        self.note.setVisible(found.is_example)
        self.text.setPlainText(found.text)
        self.html.show_html(found.html)
        self.payload.setPlainText(found.payload)
        self.tabs.setTabVisible(2, bool(found.payload))
