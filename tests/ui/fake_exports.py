"""Exports with nothing behind them: one of each status."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from saasbackup_desktop.app.exports.views import (
    AccountEstimate,
    AccountShare,
    ExportCheck,
    ExportEstimate,
    ExportRequest,
    ExportResult,
    ExportStatus,
    PickEstimate,
    Reach,
    ServiceReach,
    Several,
)
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.export.values import USUAL_PART, Format, Made, Packing, Pick
from saasbackup_desktop.core.ids import AccountId, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Export, State, Tally
from saasbackup_desktop.core.model import Account, Provider, Service, service_of, stream_id

DAY = 86400
_FORMATS = {
    Service.MAIL: (Format.PST, Format.EML, Format.MBOX, Format.PDF, Format.PDF_FOLDER, Format.CSV, Format.JSON),
    Service.CALENDAR: (Format.PST, Format.ICS, Format.PDF, Format.CSV, Format.JSON),
    Service.CONTACTS: (Format.PST, Format.VCF, Format.PDF, Format.CSV, Format.JSON),
    Service.TASKS: (Format.PST, Format.ICS, Format.CSV, Format.JSON),
    Service.NOTES: (Format.PST, Format.PDF, Format.JSON),
}
_GB = 10**9


class FakeExports:
    """The exports' door: it writes down what it was asked for."""

    def __init__(
        self,
        now: int,
        account: Account,
        add: Callable[[Export, State, Tally], JobId],
        asked: list[tuple[str, object]],
    ) -> None:
        self._now, self._account, self._add, self._asked = now, account, add, asked
        self.listed: list[ExportResult] = _past(now, account)
        self.parts_of: dict[JobId, Sequence[AccountShare]] = {}
        """Of exports of several accounts, how each stands."""
        self.verdict = ExportCheck(files=3, sound=3, missing=(), altered=())
        self.warnings: tuple[str, ...] = ()
        self.changed: tuple[str, ...] = ()
        """Files that somebody has changed, which are not removed."""
        self.lost: Fault | None = None
        """Why files cannot be removed."""
        self.missed = 0
        """Files that were not found when the others were removed."""
        self.found_again: Sequence[str] | None = None
        """Changed files of what could be removed after all; None: it could not."""

    async def formats(self, stream: StreamId) -> Sequence[Format]:
        return _FORMATS.get(service_of(stream), (Format.JSON,))

    async def reach(self, accounts: Sequence[AccountId], as_of: int | None = None) -> Reach:
        self._asked.append(("reach", (accounts, as_of)))
        count = len(accounts)
        without = ()
        if as_of is not None:
            count -= 1
            without = (Account(id=accounts[-1], provider=Provider.IMAP, address="new@example.org", name="Nora New"),)
        services = tuple(
            ServiceReach(
                service=one, formats=_FORMATS[one], accounts=count, items=count * 1_203, size=count * 412_000_000
            )
            for one in _FORMATS
        )
        return Reach(services=services, accounts=len(accounts), without=without)

    async def _of_several(self, several: Several, told: Callable[[int, int], Awaitable[None]] | None) -> ExportEstimate:
        accounts = []
        for number, id in enumerate(several.accounts, 1):
            if told is not None:
                await told(number, len(several.accounts))
            owner = Account(
                id=id, provider=Provider.IMAP, address=f"person{number}@example.org", name=f"Person {number}"
            )
            accounts.append(AccountEstimate(account=owner, items=1_203 * number, size=412_000_000 * number))
        if several.as_of is not None:
            accounts[-1] = replace(accounts[-1], items=0, size=0, is_there=False)
        size = sum(one.size for one in accounts)
        return ExportEstimate(
            picks=(),
            items=sum(one.items for one in accounts),
            size=size,
            needed=size * 11 // 10,
            room=212 * _GB,
            parts=len(accounts),
            warnings=self.warnings,
            accounts=tuple(accounts),
        )

    async def shares(self, job: JobId) -> Sequence[AccountShare]:
        return self.parts_of.get(job, ())

    async def estimate(
        self, request: ExportRequest, told: Callable[[int, int], Awaitable[None]] | None = None
    ) -> ExportEstimate:
        self._asked.append(("estimate", request))
        if request.several is not None:
            return await self._of_several(request.several, told)
        gone = 12 if request.deleted else 0
        picks = tuple(
            PickEstimate(pick=one, service=service_of(one.stream), items=1200 + gone, size=90_000_000, deleted=gone)
            for one in request.picks
        )
        size = sum(one.size for one in picks)
        return ExportEstimate(
            picks=picks,
            items=sum(one.items for one in picks),
            size=size,
            needed=size * 11 // 10,
            room=212 * _GB,
            parts=1,
            warnings=self.warnings,
        )

    async def start(self, request: ExportRequest, password: str | None = None) -> JobId:
        self._asked.append(("export", (request, password)))
        made = _result(self._now, self._account, 0, ExportStatus.RUNNING)
        picks = request.picks or made.picks
        count = len(request.several.accounts) if request.several is not None else 1
        spec = Export(picks=picks, name=request.name or "Dana", to=request.to, packing=request.packing)
        tally = Tally(items_total=1200, items_done=310, doing="exporting", accounts_total=count if count > 1 else 0)
        job = self._add(spec, State.RUNNING, tally)
        made = replace(
            made, job=job, name=spec.name, tally=tally, accounts=count, is_several=request.several is not None
        )
        self.listed.insert(0, made)
        return job

    async def results(self) -> Sequence[ExportResult]:
        return list(self.listed)

    async def result(self, job: JobId) -> ExportResult:
        return next(one for one in self.listed if one.job == job)

    async def check(self, job: JobId) -> ExportCheck:
        self._asked.append(("check-export", job))
        return self.verdict

    async def keep(self, job: JobId, days: int | None) -> None:
        self._asked.append(("keep-export", (job, days)))
        until = self._now + days * DAY if days else None
        self.listed = [replace(o, keep_days=days, expires=until) if o.job == job else o for o in self.listed]

    async def remove(self, job: JobId, told: Callable[[int], None] | None = None) -> Sequence[str]:
        self._asked.append(("remove-export", job))
        if self.lost is not None:
            raise self.lost
        if self.missed and told is not None:
            told(self.missed)
        self.listed = [one for one in self.listed if one.job != job]
        return self.changed

    async def forget(self, job: JobId) -> Sequence[str] | None:
        self._asked.append(("forget-export", job))
        self.listed = [one for one in self.listed if one.job != job]
        return self.found_again


def _result(now: int, account: Account, number: int, status: ExportStatus, **more: object) -> ExportResult:
    pick = Pick(
        stream=stream_id(account.id, Service.MAIL), snapshot=SnapshotId("20261120T070000Z-00000001"), format=Format.PST
    )
    values: dict[str, object] = {
        "job": JobId(f"00000000e{number:03x}"),
        "name": f"Dana Whitfield 2026-11-{21 - number:02d}",
        "to": "/home/dana/Downloads",
        "where": f"/home/dana/Downloads/Dana Whitfield 2026-11-{21 - number:02d}",
        "picks": (pick,),
        "owners": (account,),
        "packing": Packing.FOLDER,
        "part_size": USUAL_PART,
        "is_locked": False,
        "status": status,
        "created": now - number * DAY - 1800,
        "tally": Tally(items_done=400, items_total=1834, doing="exporting", where="Archive/2024"),
    }
    return ExportResult(**{**values, **more})  # type: ignore[arg-type]


def _past(now: int, account: Account) -> list[ExportResult]:
    def made(number: int, status: ExportStatus, **more: object) -> ExportResult:
        return _result(now, account, number, status, **more)

    parts = tuple(Made(f"Dana Whitfield{end}.pst", size, f"{size:064x}", 612_000) for end, size in
                  (("", 4_999_812_096), (" (2)", 4_999_943_168), (" (3)", 1_204_113_408)))  # fmt: skip
    over = {"tally": Tally(items_done=1_834_112, items_total=1_834_112)}
    calendar = Pick(
        stream=stream_id(account.id, Service.CALENDAR),
        snapshot=SnapshotId("20261120T070000Z-00000001"),
        format=Format.ICS,
    )
    return [
        made(0, ExportStatus.RUNNING, where=""),
        made(1, ExportStatus.COMPLETED, finished=now - DAY, parts=parts, files=3, size=sum(p.size for p in parts),
             is_verified=True, keep_days=7, expires=now + 6 * DAY, **over),
        made(2, ExportStatus.PARTIAL, finished=now - 2 * DAY, parts=parts[:1], files=1, size=parts[0].size, failed=3,
             lost=41, is_verified=True, packing=Packing.ZIP, is_locked=True, picks=(calendar,), **over),
        made(3, ExportStatus.RETRYING, code="export-full", facts={"location": "/home/dana/Downloads"}),
        made(4, ExportStatus.FAILED, where="", code="export-full", facts={"location": "/media/stick"},
             finished=now - 4 * DAY),
        made(5, ExportStatus.CANCELLED, where=""),
        made(6, ExportStatus.EXPIRED, where="", finished=now - 6 * DAY, size=parts[2].size, files=1,
             expires=now - 2 * DAY),
        made(7, ExportStatus.QUEUED, where=""),
    ]  # fmt: skip
