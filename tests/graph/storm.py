"""A stage in bad weather: what can go wrong between a client and Graph goes wrong all the time, at random."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from tests.graph.referee import RefereedTransport
from tests.graph.stage import Stage, WholeSeconds


@dataclass
class Weather:
    """Shares of requests that something happens to."""

    dropped: float = 0.0
    """The connection breaks before the request arrives."""
    lost: float = 0.0
    """The request is carried out, and its answer does not arrive."""
    cut: float = 0.0
    """The answer breaks off half-way."""
    expired: float = 0.0
    """The access token runs out in this moment."""
    forgotten: float = 0.0
    """The delta links of some folder run out in this moment."""
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def strikes(self, share: float) -> bool:
        """Draw."""
        return self.dice.random() < share


class _Half(httpx.AsyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._data:
            yield self._data
        raise httpx.ReadError("cut on purpose")


class _Rough(httpx.AsyncBaseTransport):
    def __init__(self, behind: httpx.AsyncBaseTransport, stage: "Storm") -> None:
        self._behind = behind
        self._stage = stage

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        weather = self._stage.weather
        if weather.strikes(weather.expired):
            self._stage.expire_tokens()
        if weather.strikes(weather.forgotten):
            self._stage.forget_links()
        if weather.strikes(weather.dropped):
            raise httpx.ReadError("dropped on purpose")
        response = await self._behind.handle_async_request(request)
        if weather.strikes(weather.lost):
            raise httpx.ReadTimeout("lost on purpose")
        if weather.strikes(weather.cut):
            answer = await response.aread()
            return httpx.Response(
                response.status_code, headers=response.headers, stream=_Half(answer[: len(answer) // 2])
            )
        return response


@dataclass
class Storm(Stage):
    """A stage whose streams share one client, in whatever weather."""

    weather: Weather = field(default_factory=Weather)
    expirations: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        transport = _Rough(RefereedTransport(httpx.ASGITransport(self.app), self.referee), self)
        self.shared = Graph(CLOUDS["global"], self.token, WholeSeconds(self.clock), transport=transport)

    def graph(self) -> Graph:
        """A handle of the one client."""
        return self.shared.share()

    def expire_tokens(self) -> None:
        """Let all tokens run out."""
        self.expirations += 1
        self.tenant.tokens.clear()

    def forget_links(self) -> None:
        """Let the delta links of some folder of somebody run out."""
        feeds = [feed for mailbox in self.tenant.mailboxes.values() for feed in mailbox.feeds.values()]
        feeds += [
            shelf.feed
            for one in self.tenant.organizers.values()
            for shelf in (*one.calendars.values(), *one.contacts.values(), *one.lists.values())
        ]
        if feeds:
            self.weather.dice.choice(feeds).forget()
