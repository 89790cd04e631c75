"""Stand-ins for the doors to activity and reports: a record of a few hundred entries, and reports of a few lines."""

from collections.abc import Callable
from pathlib import Path

from saasbackup_desktop.app.activity.activity import Activity
from saasbackup_desktop.app.activity.views import ActivityPage, ActivityQuery, Area, Break, ChainReport, Entry
from saasbackup_desktop.app.reports.reports import Reports
from saasbackup_desktop.app.reports.views import Form, Kind, Report, Table
from saasbackup_desktop.core.ids import JobId

DAY = 86400
FINGERPRINT = "c964efe77e36e18f4875100e1be5ae1695082e52cc5a4abae07d1f4c791d8754"

Ask = Callable[[str, object], None]


def _entries(now: int) -> list[Entry]:
    jobs = [
        Entry(
            id=f"job:{number:012x}",
            time=now - number * 5400,
            code=("backup", "backup", "backup", "restore", "check")[number % 5],
            service="vault" if number % 5 == 4 else ("microsoft", "imap")[number % 2],
            sub_service="" if number % 5 == 4 else ("mail", "calendar", "contacts")[number % 3],
            status=("done", "done", "partial", "done", "failed")[number % 7 % 5],
            task="" if number % 5 > 2 else "Head office",
            item="" if number % 5 == 4 else ("dana@northwind.example", "Ελένη@lotus.example")[number % 2],
            who="schedule" if number % 3 else "person",
            facts={
                "duration": 40 + number,
                "items": 120 + number,
                "size": 4_000_000 * (number + 1),
                "job": f"{number:x}",
            },
        )
        for number in range(230)
    ]
    deeds = (
        ("hold-placed", "vault", "dana@northwind.example", {"label": "Case 2026-114"}),
        ("accounts-deactivated", "microsoft", "Fernwick", {"accounts": 3}),
        ("vault-open-failed", "vault", "", {"reason": "wrong-passphrase"}),
        ("source-added", "imap", "office", {}),
        ("keys-rotated", "vault", "", {}),
        ("restore-asked", "imap", "office@northwind.example", {"connection": "office", "mode": "skip"}),
    )
    notes = [
        Entry(
            id=f"{60 - number:012d}",
            time=now - number * 7000 - 600,
            code=code,
            service=service,
            status="failed" if code == "vault-open-failed" else "done",
            item=item,
            who="dana@laptop",
            facts=facts,
        )
        for number in range(60)
        for code, service, item, facts in (deeds[number % len(deeds)],)
    ]
    return sorted([*jobs, *notes], key=lambda entry: entry.time, reverse=True)


class FakeActivity(Activity):
    """Answers from memory."""

    def __init__(self, now: int, ask: Ask) -> None:
        self.entries = _entries(now)
        self.ask = ask
        self.breaks: tuple[Break, ...] = ()

    def _fitting(self, query: ActivityQuery) -> list[Entry]:
        return [
            entry
            for entry in self.entries
            if (query.area is Area.SYSTEM or not entry.id.startswith("job:"))
            and (query.since is None or entry.time >= query.since)
            and (not query.codes or entry.code in query.codes)
            and (not query.services or entry.service in query.services)
            and (not query.statuses or entry.status in query.statuses)
            and all(word in f"{entry.item} {entry.code} {entry.task}".casefold() for word in query.words.split())
        ]

    async def page(self, query: ActivityQuery) -> ActivityPage:
        found = self._fitting(query)
        codes = sorted({entry.code for entry in self.entries})
        return ActivityPage(entries=found[query.offset :][: query.limit], total=len(found), codes=codes)

    async def verify(self) -> ChainReport:
        return ChainReport(entries=60, since=self.entries[-1].time, breaks=self.breaks)

    async def save(self, query: ActivityQuery, form: Form, file: Path) -> None:
        self.ask("activity.save", (query, form, file))


class FakeReports(Reports):
    """Reports of a few lines."""

    def __init__(self, now: int, ask: Ask) -> None:
        self.now, self.ask = now, ask

    async def fingerprint(self) -> str:
        return FINGERPRINT

    async def summary(self, since: int | None = None, until: int | None = None) -> Report:
        accounts = Table(
            code="accounts",
            columns=("account", "service", "state", "runs", "failed", "items", "size", "last", "problem"),
            rows=(
                ("dana@northwind.example", "mail", "ok", 21, 0, 1_003_384, 24_912_334_112, self.now - 7200, ""),
                (
                    "office@northwind.example",
                    "mail",
                    "failed",
                    20,
                    4,
                    8_122,
                    812_000_000,
                    self.now - 2 * DAY,
                    "throttled",
                ),
                ("eleni@lotus.example", "calendar", "partial", 7, 0, 912, 4_000_000, self.now - 9000, ""),
            ),
        )
        tasks = Table(
            code="tasks",
            columns=("task", "state", "streams", "last", "next"),
            rows=(("Head office", "attention", 12, self.now - 7200, self.now + 3600),),
        )
        facts = (("protected", 3), ("well", 1), ("troubled", 2), ("runs", 48), ("stored", 812_000_000))
        return self._report(Kind.SUMMARY, facts, (tasks, accounts), since)

    async def failures(self, since: int | None = None, until: int | None = None) -> Report:
        return self._report(Kind.FAILURES, (("failed", 0), ("partial", 0)), (), since)

    async def usage(self) -> Report:
        table = Table(
            code="customers",
            columns=("customer", "service", "entities", "active", "licensed", "size"),
            rows=(("Fernwick", "microsoft", 120, 96, 101, 812_000_000_000),),
        )
        return self._report(Kind.USAGE, (("entities", 120), ("active", 96)), (table,), None)

    async def drills(self, since: int | None = None, until: int | None = None) -> Report:
        return self._report(Kind.DRILLS, (), (Table(code="proofs", columns=("account", "outcome"), rows=()),), since)

    async def restore(self, job: JobId) -> Report:
        return self._report(Kind.RESTORE, (("job", job), ("written", 4), ("verified", 4)), (), None)

    async def save(self, report: Report, form: Form, file: Path) -> None:
        self.ask("reports.save", (report.kind, form, file))

    def _report(
        self, kind: Kind, facts: tuple[tuple[str, str | int], ...], tables: tuple[Table, ...], since: int | None
    ) -> Report:
        return Report(kind=kind, made=self.now, since=since, by="dana@laptop", facts=facts, tables=tables)
