"""The services of an account, each with what is saved of it and how it is doing; one of them is looked at."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import card_status
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import row, take_out
from saasbackup_desktop.ui.kit.service_tiles import ServiceTile
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.tree import SERVICE_ICONS


class ServiceBar(QWidget):
    """``picked`` carries the stream of the service that was chosen. Hidden for accounts of one service."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Services"))
        self.tiles: dict[StreamId, ServiceTile] = {}
        self._tiles = row(spacing=SPACE.small)
        self.setLayout(self._tiles)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.hide()

    def show_cards(self, cards: Sequence[StreamCard], chosen: StreamId | None) -> None:
        """Offer the services of one account; what was never saved cannot be chosen."""
        if [card.stream for card in cards] != list(self.tiles):
            self._make(cards)
        for card in cards:
            tile = self.tiles[card.stream]
            status = card_status(card)
            count = text.number(card.last.items) if card.last is not None else ""
            noun = text.say(NOUNS[card.service][1]) if card.last is not None else ""
            tile.say(count, noun, text.say(status.label), status.tone, text.say(status.remedy))
            tile.setEnabled(card.last is not None)
            tile.setChecked(card.stream == chosen)
        self.setVisible(len(cards) > 1)

    def _make(self, cards: Sequence[StreamCard]) -> None:
        for tile in self.tiles.values():
            self._group.removeButton(tile)
        take_out(self._tiles)
        text.clear(self)
        self.tiles = {}
        for card in cards:
            tile = ServiceTile(SERVICE_ICONS[card.service], text.say(SHORT_SERVICES[card.service]))
            tile.clicked.connect(lambda _=False, stream=card.stream: self.picked.emit(stream))
            self._group.addButton(tile)
            self._tiles.addWidget(tile, 1)
            self.tiles[card.stream] = tile
