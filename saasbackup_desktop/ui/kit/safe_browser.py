"""Showing a message's HTML so that nothing in it reaches outside."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from saasbackup_desktop.ui.kit.theme import tokens

_LARGEST_PICTURE = 8 * 1024 * 1024
"""Bytes of an inline picture's address beyond which it is left out: decoding happens in the window's thread."""


class SafeBrowser(QTextBrowser):
    """A text browser whose only resources are ``data:`` pictures of the message itself."""

    link_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._html = ""
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(self.tr("Message"))
        self.document().setDocumentMargin(0)
        self.anchorClicked.connect(lambda url: self.link_wanted.emit(url.toString()))
        self.refused: list[str] = []
        """Addresses that the document asked for and did not get."""

    def show_html(self, html: str) -> None:
        """Show sanitised HTML in the theme's colours."""
        self._html = html
        self.refused.clear()
        colours = tokens()
        self.document().setDefaultStyleSheet(
            f"a {{ color: {colours.accent}; }} blockquote {{ color: {colours.muted}; }} "
            f"body, td, th {{ color: {colours.text}; }}"
        )
        self.setHtml(html)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Decode ``data:`` pictures; refuse everything else, files of this computer included."""
        url = name if isinstance(name, QUrl) else QUrl(name)
        if kind == QTextDocument.ResourceType.ImageResource.value and url.scheme() == "data":
            return _picture(url.toString())
        self.refused.append(url.toString())
        return QImage() if kind == QTextDocument.ResourceType.ImageResource.value else ""

    def doSetSource(self, name: QUrl | str, type: Any = None) -> None:
        """Go nowhere: a message is not a place to surf from."""

    def changeEvent(self, event: QEvent) -> None:
        """Show it anew in another theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._html:
            self.show_html(self._html)


def _picture(address: str) -> QImage:
    head, comma, body = address.partition(",")
    if not comma or len(body) > _LARGEST_PICTURE:
        return QImage()
    raw = unquote_to_bytes(body)
    if head.endswith(";base64"):
        try:
            raw = base64.b64decode(raw, validate=False)
        except (binascii.Error, ValueError):
            return QImage()
    return QImage.fromData(raw)
