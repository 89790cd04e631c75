"""Several accounts on their way into an export: looked up, added up and written down, a few at a time."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.exports.asking import room_at
from saasbackup_desktop.app.exports.naming import Others
from saasbackup_desktop.app.exports.several import (
    Holdings,
    Reaching,
    alike,
    holdings,
    legs_of_several,
    require_several,
)
from saasbackup_desktop.app.exports.views import (
    AccountEstimate,
    AccountShare,
    ExportEstimate,
    PickEstimate,
    Reach,
    Several,
    ShareStatus,
)
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.jobs import Export, Job
from saasbackup_desktop.core.model import Service, service_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.choosing import Part, part_of
from saasbackup_desktop.engine.exporting.estimating import Guessing, sample_of, size_of
from saasbackup_desktop.engine.exporting.legs import Leg, Legs, forget_book, shares_of, write_pages
from saasbackup_desktop.engine.exporting.places import is_far

Told = Callable[[int, int], Awaitable[None]]
"""Hears how many accounts were looked at, and how many there are."""
_TOGETHER: Final = 20
"""Accounts that are looked up before anybody else has a turn."""


async def reach_of(bench: Bench, accounts: Sequence[AccountId], as_of: int | None) -> Reach:
    """Say what accounts have as of a moment. Raises Misconfigured."""
    found = await bench.offload.on_reading(holdings, bench, accounts, as_of)
    reaching = Reaching(bench, [], {})

    def some(start: int) -> None:
        for number in range(start, min(start + _TOGETHER, len(found))):
            reaching.add(found[number])

    for start in range(0, len(found), _TOGETHER):
        await bench.offload.on_reading(some, start)
    return reaching.reach(len(found))


async def gathered(bench: Bench, several: Several) -> "Gathered":
    """Look up what is meant. Raises Misconfigured."""
    require_several(bench, several)
    found = await bench.offload.on_reading(holdings, bench, several.accounts, several.as_of)
    picks: tuple[Pick, ...] = ()
    gathered = Gathered(bench, several, found, ())
    for start in range(0, len(found), _TOGETHER):
        picks = alike((Leg(owner=found.owners[0], folder="", picks=picks), *await gathered.legs(start)))
    if not picks:
        raise Misconfigured("nothing is picked", what="export-nothing")
    return replace(gathered, picks=picks)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is taken of several accounts."""

    bench: Bench
    several: Several
    found: Holdings
    picks: tuple[Pick, ...]
    """Of each service and format one."""

    def __len__(self) -> int:
        return len(self.found)

    async def legs(self, start: int) -> Sequence[Leg]:
        """A few of them."""
        end = start + _TOGETHER
        return await self.bench.offload.on_reading(lambda: [*legs_of_several(self.several, self.found, start, end)])

    async def write(self, now: int) -> str:
        """Write the book; gives what it lies under."""
        book = secrets.token_hex(16)
        for start in range(0, len(self), _TOGETHER):
            legs = await self.legs(start)
            await self.bench.offload.on_catalog(write_pages, self.bench.catalog, book, start, legs, now)
        return book

    async def require_something(self, spec: Export) -> None:
        """Make sure that something is taken of one of them. Raises Misconfigured."""
        for start in range(0, len(self), _TOGETHER):
            for leg in await self.legs(start):
                if (await self._part(spec, leg)).count:
                    return
        raise Misconfigured("nothing is picked", what="export-nothing")

    async def estimate(self, spec: Export, others: Others, told: Told | None) -> ExportEstimate:
        """Say what it would amount to; whoever else asks something meanwhile has his turn between accounts."""
        bench = self.bench
        sums = _Sums(Guessing(bench.catalog, spec.packing, spec.part_size, sample_of(len(self))), {}, [])
        for start in range(0, len(self), _TOGETHER):
            for leg in await self.legs(start):
                part = await self._part(spec, leg)
                await bench.offload.on_reading(sums.add, leg, part)
                if told is not None:
                    await told(len(sums.accounts), len(self))
        guessed = sums.guessing.guess
        room = await bench.offload.on_disk(room_at, bench.scratch.parent if is_far(spec.to) else Path(spec.to))
        is_taken = await bench.offload.on_disk(others.have, spec.name, spec.packing)
        picks = tuple(
            PickEstimate(pick=pick, service=service_of(pick.stream), items=items, size=size, deleted=deleted)
            for pick in self.picks
            for items, size, deleted in [sums.picks.get((service_of(pick.stream), pick.format), (0, 0, 0))]
        )
        items = sum(one.items for one in picks)
        warnings = [
            *(["nothing-picked"] if not items else ()),
            *(["without"] if any(not one.is_there for one in sums.accounts) else ()),
            *(["not-enough-room"] if room is not None and room < guessed.peak else ()),
            *(["name-taken"] if is_taken else ()),
        ]
        return ExportEstimate(
            picks=picks,
            items=items,
            size=sum(one.size for one in picks),
            needed=guessed.peak,
            room=room,
            parts=_parts(spec, guessed.made, sum(bool(one.items) for one in sums.accounts)) if items else 0,
            warnings=tuple(warnings),
            accounts=tuple(sums.accounts),
        )

    async def _part(self, spec: Export, leg: Leg) -> Part:
        bench = self.bench
        return await bench.offload.on_reading(
            lambda: part_of(bench.catalog, bench.exports, spec, [leg], 0, counted=True)
        )


@dataclass(slots=True)
class _Sums:
    guessing: Guessing
    picks: dict[tuple[Service, Format], tuple[int, int, int]]
    accounts: list[AccountEstimate]

    def add(self, leg: Leg, part: Part) -> None:
        """Count an account in. Blocks."""
        stations = [replace(one, size=size_of(self.guessing.catalog, one)) for one in part.stations() if not one.gone]
        for one in stations:
            key = (one.service, one.pick.format)
            items, size, deleted = self.picks.get(key, (0, 0, 0))
            removed = one.count if one.is_removed else 0
            self.picks[key] = (items + one.count, size + (one.size or 0), deleted + removed)
        self.guessing.add(lambda: stations)
        self.accounts.append(
            AccountEstimate(
                account=leg.owner,
                items=sum(one.count for one in stations),
                size=sum(one.size or 0 for one in stations),
                is_there=part.is_there,
            )
        )


async def shares_told(bench: Bench, spec: Export, job: Job | None) -> Sequence[AccountShare]:
    """Say how each account's part stands. Raises Misconfigured."""
    return await bench.offload.on_reading(_shares, bench, spec, job) if spec.book else ()


async def forget(bench: Bench, spec: Export | None) -> None:
    """Forget whose items an export took."""
    if spec is not None and spec.book:
        await bench.offload.on_catalog(forget_book, bench.catalog, spec)


def _shares(bench: Bench, spec: Export, job: Job | None) -> Sequence[AccountShare]:
    shares = shares_of(bench.catalog, spec)
    done = job.tally.accounts_done if job is not None else 0
    is_at_work = job is not None and not job.state.is_over
    told = []
    for number, leg in enumerate(Legs(bench.catalog, spec, {})):
        share = shares[number] if shares else None
        if not leg.picks:
            status = ShareStatus.WITHOUT
        elif share is not None:
            status = ShareStatus.PARTIAL if share.failed else ShareStatus.COMPLETED
        elif number < done:
            status = ShareStatus.COMPLETED
        else:
            status = ShareStatus.RUNNING if number == done and is_at_work else ShareStatus.WAITING
        told.append(
            AccountShare(
                account=leg.owner,
                folder=leg.folder,
                status=status,
                items=share.items if share is not None else None,
                failed=share.failed if share is not None else 0,
                lost=share.lost if share is not None else 0,
            )
        )
    return told


def _parts(spec: Export, made: int, accounts: int) -> int:
    """Files of a size, at a guess: of data files, each account has its own."""
    if spec.packing is Packing.ZIP:
        return -(-made // spec.part_size)
    has_data_files = any(pick.format is Format.PST for pick in spec.picks)
    return max(accounts, -(-made // spec.part_size)) if has_data_files else 0
