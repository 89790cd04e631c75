"""What there is to look at, taken from all cards: there may be hundreds of thousands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.ids import AccountId, StreamId
from saasbackup_desktop.core.model import Service, account_of


@dataclass(frozen=True, slots=True)
class Glance:
    """The accounts of which something is saved, and the services of the one that is looked at."""

    saved: Mapping[StreamId, StreamCard]
    accounts: Sequence[tuple[str, AccountId]]
    """Names and ids."""
    streams: Mapping[AccountId, Sequence[StreamId]]
    own: Sequence[StreamCard]
    """All services of the account, also those of which nothing is saved."""
    stream: StreamId | None
    """What is looked at: what was asked for, if there is something of it, else the first."""


async def glance(desk: Desk, wanted: StreamId | None) -> Glance:
    """Sort the cards. Meant for the engine's thread."""
    cards = [card for card in await desk.cards() if card.service is not Service.DIRECTORY]
    saved = {card.stream: card for card in cards if card.last is not None}
    streams: dict[AccountId, list[StreamId]] = {}
    names: list[tuple[str, AccountId]] = []
    for card in saved.values():
        if card.account.id not in streams:
            names.append((card.account.name or card.account.address, card.account.id))
        streams.setdefault(card.account.id, []).append(card.stream)
    stream = wanted if wanted in saved else next(iter(saved), None)
    here = account_of(stream) if stream is not None else None
    own = [card for card in cards if card.account.id == here]
    return Glance(saved, names, streams, own, stream)
