"""Several accounts in one export: what they have as of a moment, and what is taken of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.app.exports.views import Reach, ServiceReach, Several
from saasbackup_desktop.app.restoring import require_span
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import AccountId, StreamId
from saasbackup_desktop.core.model import Account, Service, Snapshot, service_of, stream_id
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.legs import Leg, folders_of

MOST: Final = 10_000
"""Accounts in one export."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One account, and the points in time that are meant of its services."""

    owner: Account
    points: Mapping[Service, tuple[StreamId, Snapshot]]


def require_several(bench: Bench, several: Several) -> None:
    """Make sure that it can be. Raises Misconfigured."""
    if not several.accounts or not several.forms:
        raise Misconfigured("nothing is picked", what="export-nothing")
    if len(several.accounts) > MOST:
        raise Misconfigured("too many accounts", what="export-accounts", name=MOST)
    require_span(several.since, several.until)
    for service, format in several.forms:
        if format not in bench.exports.formats(service):
            raise Misconfigured(format, what="export-format", name=format)


@dataclass(frozen=True, slots=True)
class Holdings:
    """All of several accounts, by their addresses. One is looked up at a time."""

    bench: Bench
    owners: Sequence[Account]
    as_of: int | None
    _streams: Mapping[AccountId, Sequence[tuple[StreamId, Service]]]
    _newest: Mapping[StreamId, tuple[Snapshot, int]]

    def __len__(self) -> int:
        return len(self.owners)

    def __getitem__(self, number: int) -> Holding:
        owner = self.owners[number]
        found = {}
        for stream, service in self._streams.get(owner.id, ()):
            point = self._point(stream)
            if point is not None and self.bench.exports.formats(service):
                found[service] = (stream, point)
        return Holding(owner, found)

    def _point(self, stream: StreamId) -> Snapshot | None:
        newest = self._newest.get(stream)
        if newest is None or self.as_of is None or newest[0].finished <= self.as_of:
            return newest[0] if newest is not None else None
        return next((one for one in self.bench.catalog.snapshots(stream) if one.finished <= self.as_of), None)


def holdings(bench: Bench, accounts: Sequence[AccountId], as_of: int | None) -> Holdings:
    """Look up whose they are. Blocks. Raises Misconfigured for an account that nobody knows."""
    streams: dict[AccountId, list[tuple[StreamId, Service]]] = {}
    wanted = dict.fromkeys(accounts)
    for stream, account, service in bench.catalog.accounts():
        if account.id in wanted and service is not Service.DIRECTORY:
            streams.setdefault(account.id, []).append((stream, service))
    owners = [
        bench.doors.account(streams[id][0][0] if id in streams else stream_id(id, Service.MAIL))[0] for id in wanted
    ]
    owners.sort(key=lambda one: (one.address.casefold(), one.id))
    return Holdings(bench, owners, as_of, streams, bench.catalog.newest_snapshots())


@dataclass(slots=True)
class Reaching:
    """Adds up what there is, account by account."""

    bench: Bench
    without: list[Account]
    found: dict[Service, list[int]]

    def add(self, holding: Holding) -> None:
        """Count an account in."""
        if not holding.points:
            self.without.append(holding.owner)
        for service, (_, point) in holding.points.items():
            sums = self.found.setdefault(service, [0, 0, 0])
            for place, more in enumerate((1, point.items, point.size)):
                sums[place] += more

    def reach(self, accounts: int) -> Reach:
        """What it comes to."""
        services = tuple(
            ServiceReach(
                service=one,
                formats=tuple(self.bench.exports.formats(one)),
                accounts=self.found[one][0],
                items=self.found[one][1],
                size=self.found[one][2],
            )
            for one in Service
            if one in self.found
        )
        return Reach(services=services, accounts=accounts, without=tuple(self.without))


def legs_of_several(several: Several, found: Holdings, start: int, end: int) -> Iterator[Leg]:
    """Say what is taken of some of them. Blocks."""
    forms = dict(several.forms)
    folders = list(folders_of(found.owners))
    for number in range(start, min(end, len(found))):
        holding = found[number]
        picks = tuple(
            Pick(
                stream=stream,
                snapshot=point.id,
                selection=Selection(since=several.since, until=several.until),
                format=forms[service],
            )
            for service, (stream, point) in holding.points.items()
            if service in forms
        )
        yield Leg(owner=holding.owner, folder=folders[number], picks=picks)


def alike(legs: Sequence[Leg]) -> tuple[Pick, ...]:
    """One pick for all of a service and format."""
    found: dict[tuple[Service, Format], Pick] = {}
    for leg in legs:
        for pick in leg.picks:
            found.setdefault((service_of(pick.stream), pick.format), pick)
    return tuple(found.values())
