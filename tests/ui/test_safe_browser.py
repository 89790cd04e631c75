"""A message reaches nowhere, whatever its HTML asks for."""

import json

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.card_page import page_of
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph.reading import card_of
from saasbackup_desktop.ui.kit.safe_browser import SafeBrowser

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.mark.parametrize(
    "address",
    [
        "http://tracker.example/pixel.png",
        "https://tracker.example/pixel.png",
        "file:///etc/passwd",
        "qrc:/picture.png",
        "ftp://tracker.example/x",
        "//tracker.example/x.png",
        "/etc/hostname",
        "cid:unknown",
    ],
)
def test_nothing_is_loaded(qapp: QApplication, address: str) -> None:
    browser = SafeBrowser()
    browser.show_html(f'<img src="{address}"><p>words</p><link rel="stylesheet" href="{address}">')
    browser.grab()
    loaded = browser.loadResource(IMAGE, QUrl(address))
    assert isinstance(loaded, QImage)
    assert loaded.isNull()
    assert browser.loadResource(QTextDocument.ResourceType.StyleSheetResource.value, QUrl(address)) == ""
    assert browser.toPlainText().strip().endswith("words")


def test_pictures_of_the_message_itself_are_shown(qapp: QApplication) -> None:
    shown = SafeBrowser().loadResource(IMAGE, QUrl(f"data:image/png;base64,{PIXEL}"))
    assert isinstance(shown, QImage)
    assert (shown.width(), shown.height()) == (1, 1)


@pytest.mark.parametrize("address", ["data:", "data:image/png;base64,%%%", "data:image/png;base64," + "A" * 9_000_000])
def test_broken_and_huge_pictures_are_left_out(qapp: QApplication, address: str) -> None:
    shown = SafeBrowser().loadResource(IMAGE, QUrl(address))
    assert isinstance(shown, QImage)
    assert shown.isNull()


def test_an_event_asks_for_nothing(qapp: QApplication) -> None:
    content = '<img src="https://track.example/p.gif"><p style="background:url(https://track.example/b)">Agenda</p>'
    plain = {"subject": "Tea", "location": {"displayName": "Pier"}, "body": {"contentType": "html", "content": content}}
    browser = SafeBrowser()
    browser.show_html(page_of(card_of(Service.CALENDAR, json.dumps(plain).encode()), {}).html)
    browser.grab()
    assert set(browser.refused) == {""}  # a picture without an address
    assert browser.toPlainText().split() == ["Where", "Pier", "Text", "\ufffc", "Agenda"]


def test_links_are_told_not_followed(qapp: QApplication) -> None:
    browser, told = SafeBrowser(), []
    browser.link_wanted.connect(told.append)
    browser.show_html('<a href="https://somewhere.example/">go</a>')
    browser.anchorClicked.emit(QUrl("https://somewhere.example/"))
    assert told == ["https://somewhere.example/"]
    assert "go" in browser.toPlainText()
