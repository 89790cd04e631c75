"""What happened since the last look: ended jobs, tasks, tenants, alerts, proofs and what people changed."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.activity.views import ActivityQuery, Area, Entry
from saasbackup_desktop.app.notices import incidents
from saasbackup_desktop.app.notices.around import Around
from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.notices.memory import Memory
from saasbackup_desktop.app.notices.views import Kind
from saasbackup_desktop.app.reports.recovery import integrity
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.tenants.views import Link, Tenant
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.jobs import Export, Job, JobQuery, Migrate, Mirror, Reinstate, Restore, State
from saasbackup_desktop.core.model import Account

ROOM: Final = "notices"
"""What is read in every round: what is remembered, still to be told, and on its way."""
TENANTS: Final = "notices-tenants"
"""Accounts that were known at the last look, by tenant."""
SLACK: Final = 900
"""Seconds that are looked at once more: what ended may be written down a moment later."""
SLOW: Final = 300
"""Seconds between two looks at what costs more to ask: tasks and tenants."""
_LATE: Final = 600
"""Seconds for which a task may be overdue before somebody is told."""
_TRIES: Final = 3
"""Attempts after which a job that is tried again and again is told of."""
_GROUPS: Final = 30
"""Groups of failed items that are told of one job."""
_NAMES: Final = 100
_OPEN: Final = "open:"
_DAYS: Final = (0, 1, 7, 30)
"""Days before a credential runs out on which it is told."""
_RECOVERIES: Final = frozenset({"restore", "migrate", "reinstate", "export"})
_UPKEEP: Final = frozenset({"check", "mirror", "prune", "discard"})
_ADMIN: Final = frozenset(
    {
        "source-added",
        "source-changed",
        "source-removed",
        "tenant-added",
        "tenant-changed",
        "tenant-removed",
        "certificate-renewed",
        "roles-run",
        "directory-activated",
        "directory-deactivated",
        "directory-authorised",
        "directory-restore-access",
        "rules-changed",
        "task-changed",
        "task-removed",
        "task-paused",
        "task-resumed",
    }
)
"""Codes of activity about sources, credentials and tasks."""
_UNTOLD: Final = frozenset(
    {
        "vault-opened",
        "restore-asked",
        "migration-asked",
        "export-asked",
        "export-removed",
        "items-skipped",
        "job-cancelled",
        "report-saved",
        "activity-exported",
        "alert-acknowledged",
        "accounts-activated",
        "accounts-paused",
        "accounts-resumed",
        "accounts-excluded",
        "accounts-included",
        "accounts-deactivated",
        "directory-plan-made",
        "directory-restore-asked",
        "directory-undo-planned",
        "directory-downloaded",
        "comparison-exported",
    }
)
"""Codes of activity that change nothing that protects what is stored."""


class Gathering:
    """One look. What it changes in ``memory`` is kept together with what it found, or not at all."""

    def __init__(self, workspace: Workspace, around: Around, memory: Memory, now: int, names_items: bool) -> None:
        self._catalog = workspace.catalog
        self._offload = workspace.bench.offload
        self._store = workspace.store
        self._connections = workspace.connections
        self._around = around
        self._memory = memory
        self._now = now
        self._names_items = names_items
        self._accounts: Mapping[AccountId, Account] = {}
        self.tenants: list[Record] = []
        """Accounts that are known now, to be kept after everything else: so a repeated look tells nothing twice."""

    async def all(self, is_slow: bool) -> Sequence[Happening]:
        """Everything new; ``is_slow``: tasks and tenants, too. Raises Fault."""
        memory, start = self._memory, self._memory.mark - SLACK
        if self._now < memory.mark:  # the clock was set back: what lies ahead of it was told already
            for job in await self._offload.on_reading(self._catalog.jobs_ended, self._now - SLACK, memory.mark + 1):
                memory.seen[_key(job)] = job.finished or 0
            start = self._now - SLACK
        found = [one async for one in self._jobs(start)]
        found += [one async for one in self._waiting()]
        found += [one async for one in self._alerts(start)]
        found += [one async for one in self._activity(start)]
        if is_slow:
            found += self._tasks(await self._around.tasks())
            found += await self._tenants(await self._around.tenants())
        memory.mark = self._now
        memory.seen = {key: time for key, time in memory.seen.items() if time >= self._now - 2 * SLACK}
        return found

    # --- jobs ------------------------------------------------------------------------------------------------

    async def _jobs(self, start: int) -> AsyncIterator[Happening]:
        for job in await self._offload.on_reading(self._catalog.jobs_ended, start, self._now):
            key = _key(job)
            if key in self._memory.seen:
                continue
            self._memory.seen[key] = job.finished or self._now
            kind = codec.kind_of(job.spec)
            one = replace(await self._of_job(job, kind), key=key)
            if kind in _RECOVERIES:
                if job.code != "interrupted":
                    kinds = (Kind.RECOVERY, Kind.EXCEPTIONS) if one.is_bad else (Kind.RECOVERY,)
                    yield replace(one, kinds=kinds, what="restored", run="")
            elif kind == "drill":
                yield replace(await self._proved(job, one), run="")
            elif job.state is not State.STOPPED:
                for told in self._judged(one, _subject(job)):
                    yield told

    def _judged(self, one: Happening, subject: str) -> Sequence[Happening]:
        """What a backup's end means, after those before it."""
        before = self._memory.incidents.get(subject)
        if not one.is_bad:
            told = [replace(one, kinds=(Kind.COMPLETED,), what="completed")]
            if before is not None:
                del self._memory.incidents[subject]
                told.append(_over(one, before, "fine"))
            return told
        turn = incidents.failed(before, str(one.facts["code"]), one.time)
        self._memory.incidents[subject] = turn.incident
        if turn.say == "still":
            return [replace(one, key=f"{one.key}:still", what="still", facts=_lasting(one.facts, turn.incident))]
        return [replace(one, facts=_lasting(one.facts, turn.incident))] if turn.say else []

    async def _waiting(self) -> AsyncIterator[Happening]:
        """Jobs that are tried again and again."""
        query = JobQuery(since=self._now, states=frozenset((State.WAITING,)))  # what is not over is never too old
        for job in (await self._offload.on_reading(self._catalog.job_page, query)).jobs:
            if job.attempt < _TRIES:
                continue
            key = f"waiting:{job.id}:{job.code}"
            if key in self._memory.once:
                continue
            self._memory.once[key] = self._now
            if _subject(job) in self._memory.incidents:
                continue
            one = await self._of_job(job, codec.kind_of(job.spec))
            facts: dict[str, str | int] = {**one.facts, "due": job.due or 0}
            # What it ends with is told again: the code that stands for waiting is no other's.
            turn = incidents.failed(None, f"waiting {job.code}", self._now)
            self._memory.incidents[_subject(job)] = turn.incident
            yield replace(one, key=key, time=self._now, what="retrying", is_bad=True, facts=facts)

    async def _of_job(self, job: Job, kind: str) -> Happening:
        bad = job.state in (State.FAILED, State.PARTIAL)
        account = await self._account(job.account)
        stream = str(getattr(job.spec, "stream", ""))
        tally = job.tally
        facts: dict[str, str | int] = {
            "job": job.id,
            "kind": kind,
            "state": job.state.value,
            "code": job.code or ("partial" if job.state is State.PARTIAL else ""),
            "account": _several(job) or (account.address if account is not None else ""),
            "name": account.name if account is not None and not _several(job) else "",
            "service": stream.rpartition("/")[2],
            "started": job.started or job.created,
            "finished": job.finished or self._now,
            "by": job.origin.initiator.value,
            "attempt": job.attempt,
            "done": tally.items_done,
            "total": tally.items_total,
            "bytes": tally.bytes_done,
            "added": tally.added,
            "changed": tally.changed,
            "removed": tally.removed,
            "skipped": tally.skipped,
            "verified": tally.verified,
            "read_again": tally.read_again,
            "unread": tally.unread,
            "failed": tally.failed,
        }
        if isinstance(job.spec, Restore | Migrate):
            facts["to"] = self._place(job.spec.connection)
            facts["who"] = await self._asked(job)
            facts["integrity"] = integrity(job)
        if isinstance(job.spec, Reinstate | Export):
            facts["who"] = await self._asked(job)
        if isinstance(job.spec, Restore):
            facts |= {"folder": job.spec.folder or "", "conflict": job.spec.conflict.value}
            facts["point"] = job.spec.snapshot
        if isinstance(job.spec, Mirror | Export):
            facts["to"] = job.spec.to
        if isinstance(job.spec, Export):
            facts["file"] = job.spec.name
        facts |= {f"fact_{name}": value for name, value in job.facts.items()}
        groups: tuple[tuple[str, str, int], ...] = ()
        names: tuple[str, ...] = ()
        if bad and tally.failed:
            failures = await self._offload.on_reading(self._catalog.failures, job.id)
            counted = Counter((one.path, one.code) for one in failures)
            groups = tuple((folder, code, count) for (folder, code), count in counted.most_common(_GROUPS))
            if self._names_items:
                names = tuple(one.name for one in failures[:_GROUPS])
        return Happening(
            key="",
            time=job.finished or self._now,
            kinds=(Kind.EXCEPTIONS,),
            what="partial" if job.state is State.PARTIAL else "failed",
            is_bad=bad,
            run=f"{kind}:{job.origin.task}",
            task=job.origin.task,
            connection=(account.connection or "") if account is not None else "",
            facts=facts,
            failures=groups,
            names=names,
        )

    def _place(self, connection: str) -> str:
        """Where a restore goes to: the account behind a connection."""
        found = [one for one in self._connections.all() if one.name == connection]
        return f"{found[0].account.address} ({connection})" if found else connection

    async def _asked(self, job: Job) -> str:
        """Who asked for it, where the record of activity knows just one."""
        query = ActivityQuery(
            area=Area.SECURITY,
            since=job.created - 5,
            until=job.created + 6,
            codes=("restore-asked", "migration-asked", "directory-restore-asked", "export-asked"),
        )
        found = {entry.who for entry in (await self._around.activity(query)).entries if entry.who}
        return found.pop() if len(found) == 1 else ""

    async def _account(self, id: AccountId | None) -> Account | None:
        if id is None:
            return None
        if id not in self._accounts:
            found = await self._offload.on_reading(self._catalog.accounts)
            self._accounts = {account.id: account for _, account, _ in found}
        return self._accounts.get(id)

    async def _proved(self, job: Job, one: Happening) -> Happening:
        proofs = [proof for proof in await self._around.proofs(job.spec.stream) if proof.job == job.id]  # type: ignore[union-attr]
        facts: dict[str, str | int] = dict(one.facts)
        outcome, bad = "", job.state is not State.DONE and job.state is not State.STOPPED
        if proofs:
            proof = proofs[0]
            outcome, bad = proof.outcome, proof.outcome != "proven"
            facts |= {"read": proof.read, "matched": proof.matched, "missing": proof.missing, "damaged": proof.damaged}
            facts["proven"] = proof.proven or 0
        facts["outcome"] = outcome
        kinds = (Kind.DRILLS, Kind.EXCEPTIONS) if bad else (Kind.DRILLS,)
        return replace(one, kinds=kinds, what="proof", is_bad=bad, facts=facts)

    # --- other rooms -----------------------------------------------------------------------------------------

    async def _alerts(self, start: int) -> AsyncIterator[Happening]:
        for alert in await self._around.alerts():
            key = f"alert:{alert.id}"
            if alert.made < start or key in self._memory.once:
                continue
            self._memory.once[key] = alert.made
            facts: dict[str, str | int] = {
                **dict(alert.facts.items()),
                "alert": alert.kind,
                "account": alert.account.address,
                "name": alert.account.name,
                "service": alert.stream.rpartition("/")[2],
                "good": alert.last_good.finished if alert.last_good is not None else 0,
                "holding": int(alert.is_holding),
            }
            yield Happening(
                key=key,
                time=alert.made,
                kinds=(Kind.ALERTS, Kind.EXCEPTIONS),
                what="alert",
                is_bad=True,
                connection=alert.account.connection or "",
                facts=facts,
            )

    async def _activity(self, start: int) -> AsyncIterator[Happening]:
        query = ActivityQuery(area=Area.SECURITY, since=start, until=self._now, limit=1000)
        for entry in reversed((await self._around.activity(query)).entries):
            key = f"activity:{entry.id}"
            if key in self._memory.seen or entry.id.startswith("job:") or entry.code in _UNTOLD:
                continue
            self._memory.seen[key] = entry.time
            yield _changed(entry, key)

    def _tasks(self, tasks: Sequence[TaskView]) -> list[Happening]:
        """Tasks whose runs are missed, and those that are on time again."""
        found = []
        late = {f"task:{view.task.id}": view for view in tasks if view.overdue_since is not None}
        for subject, view in late.items():
            before = self._memory.incidents.get(subject)
            first = self._memory.once.setdefault(f"late:{view.task.id}:{view.overdue_since}", self._now)
            if before is None and self._now - first < _LATE:
                continue  # after a sleep it is made up for at once, and nobody need be told
            turn = incidents.failed(before, view.why or "unknown", self._now)
            kept = replace(turn.incident, since=view.overdue_since or self._now, times=view.missed)
            self._memory.incidents[subject] = kept
            if turn.say:
                one = self._of_task(view, "overdue", is_bad=True)
                found.append(replace(one, key=f"overdue:{view.task.id}:{self._now}", facts=_lasting(one.facts, kept)))
        for view in tasks:
            subject = f"task:{view.task.id}"
            if subject in self._memory.incidents and subject not in late:
                before = self._memory.incidents.pop(subject)
                one = self._of_task(view, "on-time", is_bad=False)
                found.append(
                    replace(
                        one,
                        key=f"on-time:{view.task.id}:{self._now}",
                        is_closing=True,
                        facts=_lasting(one.facts, before),
                    )
                )
        return found

    def _of_task(self, view: TaskView, what: str, *, is_bad: bool) -> Happening:
        return Happening(
            key="",
            time=self._now,
            kinds=(Kind.EXCEPTIONS,),
            what=what,
            is_bad=is_bad,
            task=view.task.id,
            facts={"why": view.why, "next": view.next_run or 0, "name": view.task.name},
        )

    async def _tenants(self, tenants: Sequence[Tenant]) -> list[Happening]:
        found: list[Happening] = []
        for tenant in tenants:
            found += self._link(tenant)
            found += self._expiry(tenant)
            if self._store.is_readable(tenant.settings.name):
                found += await self._discovered(tenant)
        return found

    def _link(self, tenant: Tenant) -> list[Happening]:
        name = tenant.settings.name
        subject = f"tenant:{name}"
        before = self._memory.incidents.get(subject)
        facts: dict[str, str | int] = {"tenant": name, "code": tenant.problem}
        one = Happening(
            key=f"{subject}:{self._now}", time=self._now, kinds=(Kind.EXCEPTIONS,), what="cut-off", connection=name
        )
        if tenant.link is Link.DISCONNECTED:
            turn = incidents.failed(before, tenant.problem, self._now)
            self._memory.incidents[subject] = turn.incident
            return [replace(one, is_bad=True, facts=_lasting(facts, turn.incident))] if turn.say else []
        if before is not None and tenant.link is Link.CONNECTED:
            del self._memory.incidents[subject]
            return [replace(one, what="connected", is_closing=True, facts=_lasting(facts, before))]
        return []

    def _expiry(self, tenant: Tenant) -> list[Happening]:
        if tenant.expires is None:
            return []
        name = tenant.settings.name
        left = (tenant.expires - self._now) / 86400
        near = next((days for days in _DAYS if left <= days), None)
        key = f"expires:{name}:{tenant.expires}:{near}"
        if near is None or key in self._memory.once:
            return []
        self._memory.once[key] = self._now
        facts: dict[str, str | int] = {"tenant": name, "expires": tenant.expires, "days": max(0, int(left))}
        return [
            Happening(
                key=key,
                time=self._now,
                kinds=(Kind.ADMIN, Kind.EXCEPTIONS),
                what="expires",
                is_bad=True,
                connection=name,
                facts=facts,
            )
        ]

    async def _discovered(self, tenant: Tenant) -> list[Happening]:
        """Hold a tenant's accounts against those that were known at the last look."""
        name = tenant.settings.name
        book = await self._offload.on_disk(self._store.book, name)
        before = await self._offload.on_reading(self._catalog.record, TENANTS, name)
        if book.discovered is None or (before is not None and before.plain["discovered"] == book.discovered):
            return []
        present = {id: one for id, one in book.found.items() if not one.is_deleted}
        known = {id: int(book.status(id) is Status.ACTIVE) for id in present}
        self.tenants.append(Record(name, 0, {"discovered": book.discovered, "known": known}))
        if before is None:
            return []
        old: Mapping[str, int] = before.plain["known"]
        added = [present[id].address or present[id].name for id in known if id not in old]
        gone = len(old.keys() - known.keys())
        active = [present[id].address or present[id].name for id, on in known.items() if on and not old.get(id)]
        stopped = sum(1 for id, on in old.items() if on and not known.get(id))
        key = f"found:{name}:{book.discovered}"
        if not (added or gone or active or stopped) or key in self._memory.once:
            return []
        self._memory.once[key] = self._now
        facts: dict[str, str | int] = {
            "tenant": name,
            "added": len(added),
            "gone": gone,
            "activated": len(active),
            "deactivated": stopped,
            "listed": min(len(added), _NAMES),
        }
        return [
            Happening(
                key=key,
                time=book.discovered,
                kinds=(Kind.DISCOVERY,),
                what="found",
                connection=name,
                facts=facts,
                names=(*added[:_NAMES], *active[:_NAMES]),
            )
        ]


def _key(job: Job) -> str:
    return f"job:{job.id}:{job.finished}"


def _several(job: Job) -> str:
    """What an export of several accounts is called; empty: it is of one."""
    return job.spec.name if isinstance(job.spec, Export) and job.spec.book else ""


def _subject(job: Job) -> str:
    """What fails or does well: a stream's backup, or the upkeep of the vault."""
    kind = codec.kind_of(job.spec)
    if isinstance(job.spec, Mirror):
        return f"mirror:{job.spec.to}"
    return kind if kind in _UPKEEP - {"discard"} else f"{kind}:{getattr(job.spec, 'stream', '')}"


def _over(one: Happening, before: incidents.Incident, what: str) -> Happening:
    return replace(
        one,
        key=f"{one.key}:over",
        kinds=(Kind.EXCEPTIONS,),
        what=what,
        is_closing=True,
        facts=_lasting(one.facts, before),
    )


def _lasting(facts: Mapping[str, str | int], incident: incidents.Incident) -> dict[str, str | int]:
    return {**facts, "since": incident.since, "times": incident.times, "was": incident.code}


def _changed(entry: Entry, key: str) -> Happening:
    is_admin = entry.code in _ADMIN
    is_bad = entry.code == "vault-open-failed" or entry.status == "failed"
    return Happening(
        key=key,
        time=entry.time,
        kinds=(Kind.ADMIN, Kind.SECURITY) if is_admin else (Kind.SECURITY, Kind.ADMIN),
        what="changed",
        is_bad=is_bad,
        facts={
            **{f"fact_{name}": value for name, value in entry.facts.items()},
            "change": entry.code,
            "item": entry.item,
            "who": entry.who,
        },
    )
