"""A desk with nothing behind it: the stand-in for the application in tests of the window.

It holds three accounts, a folder of a million generated messages, jobs in every state, and a vault in memory.
"""

import asyncio
import hashlib
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from saasbackup_desktop.app import views
from saasbackup_desktop.app.demo import Step
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core import codec, errors
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import (
    Backup,
    CatalogChanged,
    Check,
    Discard,
    Event,
    ItemFailure,
    Job,
    JobChanged,
    JobPage,
    JobQuery,
    Mirror,
    Prune,
    Restore,
    State,
    Tally,
)
from saasbackup_desktop.core.model import (
    Account,
    Conflict,
    Folder,
    Item,
    Provider,
    Role,
    Service,
    Snapshot,
    SnapshotStatus,
    account_id,
    service_of,
    stream_id,
)
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep, plan
from saasbackup_desktop.core.selection import Selection
from tests.ui.fake_activity import FINGERPRINT, FakeActivity, FakeReports
from tests.ui.fake_alerts import FakeAlerts, FakeHistory
from tests.ui.fake_destinations import FakeDestinations
from tests.ui.fake_drills import FakeDrills
from tests.ui.fake_entra import STREAM as DIRECTORY_STREAM
from tests.ui.fake_entra import FakeEntra
from tests.ui.fake_exports import FakeExports
from tests.ui.fake_imports import FakeImports
from tests.ui.fake_notices import FakeNotices
from tests.ui.fake_tasks import FakeTasks
from tests.ui.fake_tenants import NORTHWIND, FakeTenants

NOW = 1_795_233_600 - 5 * 3600
"""The present of the generated data: 21 November 2026."""

DAY = 86400
MILLION = 1_000_000
PASSPHRASE = "correct horse battery staple"
RECOVERY_KEY = "SBR1-4F7Q2-M9XKD-7HCW3-TR8VN-2PLYG-6EJZS-B5KQA-90UHX"

_PEOPLE = (
    "Aylin Demir <aylin.demir@northwind.example>",
    "Jonas Bergström <jonas.bergstrom@fjord.example>",
    "Mary-Ann O’Neill <mary-ann@harbour.example>",
    "Ελένη Παπαδοπούλου <eleni@lotus.example>",
    "Priya Raghunathan <priya@monsoon.example>",
    "Accounts payable <invoices@northwind.example>",
    "“Build robot” <ci@fjord.example>",
    "Tomáš Dvořák <tomas@vltava.example>",
)
_SUBJECTS = (
    "Re: Delivery dates for the spring catalogue",
    "Invoice 2026-{n} for services in October",
    "Minutes of Tuesday's meeting, with the open questions",
    "Lunch on Thursday?",
    "Fwd: Updated contract — please sign by Friday",
    "Build {n} failed on main",
    "Your booking {n} is confirmed",
    "Τριμηνιαία αναφορά, προσχέδιο",
    "Re: Re: Room for the workshop",
    "Photos from the harbour walk",
)
_HTML = """<h2>Delivery dates</h2><p>Good morning Dana,</p>
<p>thank you for the quick answer. Here is where we stand after this morning's call:</p>
<ul><li>the <b>spring catalogue</b> goes to print on 4 December</li>
<li>samples leave the warehouse on <i>9 December</i></li><li>the first pallet reaches you in the week after</li></ul>
<table border="1" cellpadding="6" cellspacing="0"><tr><th>Item</th><th>Pieces</th><th>Price</th></tr>
<tr><td>Notebook, lined</td><td>1,200</td><td>2.40</td></tr><tr><td>Pencil case</td><td>300</td><td>7.90</td></tr>
</table><p>Would the 11th suit you for a short call? <a href="https://calendar.example/slot">Choose a time</a></p>
<blockquote>On Monday Dana wrote: could you confirm the dates?</blockquote><p>Kind regards<br>Aylin</p>"""


def _account(address: str, name: str, realm: str) -> Account:
    return Account(
        id=account_id(Provider.IMAP, realm, address),
        provider=Provider.IMAP,
        address=address,
        name=name,
        connection=ConnectionName(name.lower().replace(" ", "-")) if name != "Former sales desk" else None,
    )


_DANA = _account("dana@northwind.example", "Dana Whitfield", "imap.northwind.example")
_OFFICE = _account("office@northwind.example", "Office", "imap.northwind.example")
_SALES = _account("sales@northwind.example", "Former sales desk", "imap.northwind.example")
STREAM = stream_id(_DANA.id, Service.MAIL)
OFFICE_STREAM = stream_id(_OFFICE.id, Service.MAIL)

_FOLDERS = (
    ("inbox", None, "INBOX", Role.INBOX, 1834),
    ("archive", None, "Archive", Role.ARCHIVE, MILLION),
    ("drafts", None, "Drafts", Role.DRAFTS, 7),
    ("sent", None, "Sent", Role.SENT, 912),
    ("junk", None, "Junk", Role.JUNK, 45),
    ("trash", None, "Trash", Role.TRASH, 130),
    ("projects", None, "Projects", None, 0),
    ("catalogue", "projects", "Spring catalogue", None, 321),
    ("harbour", "projects", "Harbour café, fitting-out and permits", None, 77),
    ("travel", None, "Reisen & Übernachtungen", None, 58),
    ("empty", None, "Empty", None, 0),
)


def _snapshot(stream: StreamId, days: int, *, partial: bool = False, items: int = 1_003_384) -> Snapshot:
    started = NOW - days * DAY - 2 * 3600
    return Snapshot(
        id=SnapshotId(f"2026{1200 - days:04d}T070000Z-{days:08x}"),
        stream=stream,
        started=started,
        finished=started + 190 + days,
        status=SnapshotStatus.PARTIAL if partial else SnapshotStatus.COMPLETE,
        items=items - days * 37,
        folders=len(_FOLDERS),
        size=24_912_334_112 - days * 700_000,
        added=(days * 31) % 90 + 3,
        changed=(days * 17) % 40,
        removed=(days * 7) % 11,
        owed=3 if partial else 0,
    )


def _item(folder: str, n: int) -> Item:
    seed = int.from_bytes(hashlib.blake2b(f"{folder}{n}".encode(), digest_size=4).digest(), "big")
    facets = {
        "from": _PEOPLE[seed % len(_PEOPLE)],
        "to": "Dana Whitfield <dana@northwind.example>",
        "message-id": f"<{folder}.{n}@northwind.example>",
    }
    if seed % 5 == 0:
        facets["attachments"] = "offer.pdf\nprices.xlsx"
    flags = tuple(f for f, there in (("\\Flagged", seed % 23 == 0), ("\\Seen", n > 6)) if there)
    return Item(
        id=NodeId(f"{folder}-{n:08x}"),
        parent=NodeId(folder),
        name=_SUBJECTS[seed % len(_SUBJECTS)].format(n=1000 + n),
        revision=f"1:{n}",
        size=2_000 + seed % 90_000 if seed % 40 else 26_000_000,
        time=NOW - n * 2900 - seed % 600,
        flags=flags,
        facets=facets,
    )


def _account_of(spec: Any) -> AccountId | None:
    if isinstance(spec, Check | Mirror | Prune):
        return None
    return _OFFICE.id if spec.stream == OFFICE_STREAM else _DANA.id


def _job(number: int, state: State, spec: Any, tally: Tally, age: int, **more: Any) -> Job:
    created = NOW - age
    return Job(
        id=JobId(f"{number:012x}"),
        spec=spec,
        state=state,
        tally=tally,
        account=None
        if isinstance(spec, Check | Mirror | Prune)
        else _OFFICE.id
        if spec.stream == OFFICE_STREAM
        else _DANA.id,
        created=created,
        started=created + 1,
        finished=created + 240 if state.is_over else None,
        **more,
    )


_CHECKS = (
    "write", "read", "ranges", "missing", "list", "second", "race", "large", "delete", "key", "clock", "versions",
    "lock", "lock-delete", "lock-extend", "lock-shorten", "lock-hide", "lock-large",
)  # fmt: skip


def _findings(*other: tuple[str, str, str]) -> tuple[views.StoreFinding, ...]:
    found = {check: views.StoreFinding(check=check, outcome="ok") for check in _CHECKS}
    for check, outcome, reason in other:
        facts = {"winners": 8, "seconds": 4}
        found[check] = views.StoreFinding(check=check, outcome=outcome, reason=reason, facts=facts)
    return tuple(found.values())


FIT = _findings()
LIMITED = _findings(
    ("second", "limited", "condition-ignored"), ("race", "limited", "many-win"), ("clock", "skipped", "not-told")
)
UNFIT = _findings(
    ("lock", "failed", "not-locked"),
    ("lock-delete", "failed", "deleted-though-locked"),
    ("key", "limited", "any-key-taken"),
)


DAMAGES = (
    views.Damage(
        file="packs/4f/4f1d3c0a95b2e86d7f0c1a2b3c4d5e6f",
        code="altered",
        items=tuple(
            f"dana@northwind.example:INBOX/{_SUBJECTS[n % len(_SUBJECTS)].format(n=1000 + n)}" for n in range(9)
        ),
    ),
    views.Damage(file="meta/07/07aa31b2c4d5e6f708192a3b4c5d6e7f", code="missing", items=("20 Oct 2026, 09:00",)),
    views.Damage(file="packs/c0/c0ffee00112233445566778899aabbcc", code="unreferenced", items=(), is_harmless=True),
)


def _point(days: int, account: Account = _DANA) -> views.Point:
    stream = stream_id(account.id, Service.MAIL)
    return views.Point(stream=stream, account=account, snapshot=_snapshot(stream, days))


def _some_trash() -> list[views.TrashEntry]:
    return [
        views.TrashEntry(
            id=f"{number:032x}",
            made=NOW - age * DAY,
            due=NOW + (7 - age) * DAY,
            is_due=age >= 7,
            why=why,
            points=points,
            files=len(points) * 4,
            size=len(points) * 38_200_000,
        )
        for number, (age, why, points) in enumerate(
            (
                (8, "retention", [_point(29), _point(28)]),
                (3, "snapshots", [_point(21)]),
                (1, "account", [_point(days, _SALES) for days in range(12)]),
            )
        )
    ]


def _some_holds() -> list[views.Hold]:
    return [
        views.Hold(
            id="a" * 32,
            stream=OFFICE_STREAM,
            snapshot=None,
            account=_OFFICE,
            label="Case 2026-114, Harbour fitting-out",
            made=NOW - 40 * DAY,
        ),
        views.Hold(
            id="b" * 32,
            stream=STREAM,
            snapshot=_snapshot(STREAM, 4).id,
            account=_DANA,
            label="Year-end audit",
            made=NOW - 2 * DAY,
        ),
    ]


def page_of(jobs: Sequence[Job], query: JobQuery) -> JobPage:
    """What the catalog would answer; ``jobs`` newest first."""
    found = [
        job
        for job in (reversed(jobs) if query.oldest_first else jobs)
        if (query.since is None or job.created >= query.since or not job.state.is_over)
        and (query.until is None or job.created < query.until)
        and (not query.kinds or codec.kind_of(job.spec) in query.kinds)
        and (not query.accounts or job.account in query.accounts)
        and (not query.services or service_of(getattr(job.spec, "stream", StreamId("/mail"))) in query.services)
        and job.id.startswith(query.prefix)
        and query.initiator in (None, job.origin.initiator)
        and query.task in (None, job.origin.task)
    ]
    shown = [job for job in found if not query.states or job.state in query.states]
    return JobPage(jobs=shown[query.offset : query.offset + query.limit], counts=Counter(job.state for job in found))


class FakeDesk(Desk):
    """What the window asks is answered from memory; ``asked`` keeps the names of what was done."""

    def __init__(self, *, first_run: bool = False, locked: bool = False, confirmed: bool = True) -> None:
        self.asked: list[tuple[str, object]] = []
        self._location = None if first_run else "/home/dana/Backups/vault"
        self._open = not first_run and not locked
        self._confirmed = confirmed
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._slots = [
            views.KeySlot(id="1", kind="passphrase", created=NOW - 200 * DAY, label="First passphrase"),
            views.KeySlot(id="2", kind="recovery", created=NOW - 200 * DAY, label="Recovery kit"),
        ]
        self._passphrase = PASSPHRASE
        self._remembered: str | None = None
        self._limited: list[str] = []
        self._connections = {} if first_run else {a.connection: a for a in (_DANA, _OFFICE) if a.connection}
        self._health = {STREAM: views.Health.OK, OFFICE_STREAM: views.Health.FAILED}
        self._jobs = {} if first_run else {job.id: job for job in self._past()}
        self.probe_fault: errors.Fault | None = None
        self.has_keyring = True
        self.findings: Sequence[views.StoreFinding] = LIMITED
        self._rules: dict[StreamId | None, Keep] = {None: Keep(days=30, weekly=12, monthly=12)}
        self._damages = {JobId(f"{8:012x}"): DAMAGES}
        self._holds = [] if first_run else _some_holds()
        self._trash = [] if first_run else _some_trash()
        self._fake_activity = FakeActivity(NOW, lambda name, what: self.asked.append((name, what)))
        self._fake_reports = FakeReports(NOW, lambda name, what: self.asked.append((name, what)))
        known = (
            ()
            if first_run
            else ((STREAM, _DANA), (OFFICE_STREAM, _OFFICE), (stream_id(_SALES.id, Service.MAIL), _SALES))
        )
        self._fake_drills = FakeDrills(NOW, known, self._add, self.asked)
        self._fake_tenants = FakeTenants()
        self._fake_tenants.servers = self._servers
        self._fake_notices = FakeNotices(NOW)
        self._fake_tasks = FakeTasks(NOW, self, self.asked)
        self._fake_alerts = FakeAlerts(NOW)
        self._fake_entra = FakeEntra(NOW, self.asked)
        self._fake_exports = FakeExports(NOW, _DANA, self._add, self.asked)
        if first_run:
            self._fake_exports.listed = []
        self._fake_destinations = FakeDestinations(self.asked)
        self._fake_imports = FakeImports(NOW, self._add, self.asked)
        self._fake_history = FakeHistory(NOW, self.cards)

    @property
    def alerts(self) -> FakeAlerts:  # type: ignore[override]
        return self._fake_alerts

    @property
    def exports(self) -> FakeExports:  # type: ignore[override]
        return self._fake_exports

    @property
    def destinations(self) -> FakeDestinations:  # type: ignore[override]
        return self._fake_destinations

    @property
    def imports(self) -> FakeImports:  # type: ignore[override]
        return self._fake_imports

    @property
    def history(self) -> FakeHistory:  # type: ignore[override]
        return self._fake_history

    @property
    def entra(self) -> FakeEntra:  # type: ignore[override]
        return self._fake_entra

    def _servers(self) -> Iterable[Account]:
        return self._connections.values()

    @property
    def activity(self) -> FakeActivity:
        return self._fake_activity

    @property
    def reports(self) -> FakeReports:
        return self._fake_reports

    @property
    def drills(self) -> FakeDrills:
        return self._fake_drills

    @property
    def notices(self) -> FakeNotices:
        return self._fake_notices

    @property
    def tasks(self) -> FakeTasks:  # type: ignore[override]
        return self._fake_tasks

    @property
    def tenants(self) -> FakeTenants:
        return self._fake_tenants

    # --- the vault
    @property
    def home(self) -> Path:
        return Path("/home/dana/.local/share/saasbackup-desktop")

    @property
    def vault_location(self) -> str | None:
        return self._location

    @property
    def is_recovery_confirmed(self) -> bool:
        return self._confirmed

    @property
    def is_open(self) -> bool:
        return self._open

    async def create_vault(
        self,
        location: str,
        passphrase: str,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
        lock: ObjectLock | None = None,
    ) -> views.RecoveryKit:
        self.asked.append(("create_vault", (location, settings, keys, lock)))
        self._location, self._passphrase, self._open, self._confirmed = location, passphrase, True, False
        return self._kit()

    async def validate_store(
        self,
        location: str | None = None,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
        lock: ObjectLock | None = None,
    ) -> Sequence[views.StoreFinding]:
        self.asked.append(("validate_store", (location, settings, keys, lock)))
        return self.findings

    async def keeps_bucket_keys(self) -> bool:
        return self.has_keyring

    async def forget_bucket_keys(self) -> None:
        self.has_keyring = False

    async def rescue_vault(self, secret: str) -> None:
        self.asked.append(("rescue_vault", None))
        self._open = True

    async def adopt_vault(
        self,
        location: str,
        secret: str,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
    ) -> None:
        self.asked.append(("adopt_vault", (location, settings, keys)))
        if "missing" in location:
            raise errors.VaultMissing(location=location)
        self._location = location
        await self.unlock(secret)

    async def unlock(self, secret: str) -> None:
        if secret not in (self._passphrase, RECOVERY_KEY):
            raise errors.WrongPassphrase
        self._open = True

    async def lock(self) -> None:
        self._open = False

    async def close(self) -> None:
        self._open = False

    async def remember(self) -> bool:
        if not self.has_keyring:
            return False
        self._remembered = "device"
        self._slots.append(views.KeySlot(id="here", kind="device", created=NOW, label="this computer", is_here=True))
        return True

    async def is_remembered(self) -> bool:
        return self._remembered is not None

    async def unlock_remembered(self) -> bool:
        self._open = self._open or self._remembered is not None
        return self._open

    async def forget(self) -> None:
        self._remembered = None
        self._slots = [slot for slot in self._slots if not slot.is_here]

    async def vault_info(self) -> views.VaultInfo:
        return views.VaultInfo(
            location=self._location or "",
            id="6f0d9f7e3b5c4a1e",
            created=NOW - 200 * DAY,
            slots=tuple(self._slots),
            recovery_confirmed=self._confirmed,
            lock=ObjectLock(mode="governance", days=30) if self.bucket_settings else None,
            report_key=FINGERPRINT,
        )

    async def vault_stats(self) -> views.VaultStats:
        return views.VaultStats(
            files=1_412, stored=9_812_334_112, originals=24_912_334_112, items=1_011_902, snapshots=58
        )

    async def prove_recovery_kit(self, recovery_key: str) -> None:
        typed = recovery_key.strip().upper()
        if typed != RECOVERY_KEY:
            is_near = typed.startswith(RECOVERY_KEY[:4]) and len(typed) == len(RECOVERY_KEY)
            raise errors.WrongPassphrase(reason="mistyped-key" if is_near else "no-recovery-key")
        self._confirmed = True

    async def save_recovery_kit(self, kit: views.RecoveryKit, file: Path) -> None:
        self.asked.append(("save_recovery_kit", file))

    async def add_passphrase(self, passphrase: str, label: str) -> views.KeySlot:
        slot = views.KeySlot(id=str(len(self._slots) + 1), kind="passphrase", created=NOW, label=label)
        self._slots.append(slot)
        return slot

    async def rename_key(self, slot: str, label: str) -> views.KeySlot:
        self._slots = [replace(s, label=label) if s.id == slot else s for s in self._slots]
        return next(s for s in self._slots if s.id == slot)

    async def change_passphrase(self, old: str, new: str) -> int | None:
        if old != self._passphrase:
            raise errors.WrongPassphrase
        self._passphrase = new
        return None

    async def rotate_keys(self, passphrase: str) -> views.Rotation:
        fallen, self._passphrase, self._confirmed = self._slots, passphrase, False
        self._slots = [
            views.KeySlot(id=f"r{number}", kind=kind, created=NOW, label="")
            for number, kind in enumerate(("passphrase", "recovery"))
        ]
        return views.Rotation(kit=self._kit(), fallen=fallen, left=(), kept_until=None, is_remembered=False)

    async def limited_vaults(self) -> Sequence[str]:
        return tuple(self._limited)

    async def add_limited(self, passphrase: str, label: str) -> views.RecoveryKit:
        self._limited.append(f"{len(self._limited) + 1:032x}")
        return replace(self._kit(), vault_id=self._limited[-1])

    async def erase_limited(self, id: str) -> views.Erasure:
        self._limited.remove(id)
        return views.Erasure(files=12, kept=0, kept_until=None)

    async def new_recovery_key(self) -> views.RecoveryKit:
        self._confirmed = False
        self._slots.append(
            views.KeySlot(id=str(len(self._slots) + 1), kind="recovery", created=NOW, label="Recovery kit")
        )
        return self._kit()

    async def remove_key(self, slot: str, *, force: bool = False) -> int | None:
        self._slots = [s for s in self._slots if s.id != slot]
        return None

    async def rebuild_catalog(self) -> None:
        self.asked.append(("rebuild_catalog", None))

    async def check_vault(self, read_percent: int, repair: bool = False) -> JobId:
        doing = "repairing" if repair else "checking"
        return self._add(Check(read_percent=read_percent, repair=repair), State.RUNNING, Tally(doing=doing))

    async def damages(self, job: JobId, harmless: bool = False) -> Sequence[views.Damage]:
        return self._damages.get(job, ())

    async def mirror(
        self,
        to: str,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
        delete: bool = False,
        verify: bool = False,
    ) -> JobId:
        self.asked.append(("mirror", (to, settings, keys, delete, verify)))
        told = tuple(sorted(asdict(settings).items())) if settings else ()
        tally = Tally(items_done=212, items_total=1_412, doing="mirroring")
        return self._add(Mirror(to=to, settings=told, delete=delete, verify=verify), State.RUNNING, tally)

    @property
    def bucket_settings(self) -> views.BucketSettings | None:
        return views.BucketSettings() if (self._location or "").startswith("s3://") else None

    # --- retention
    async def retention(self, stream: StreamId | None = None) -> views.Retention:
        keep = self._rules.get(stream, self._rules[None])
        return views.Retention(stream=stream, keep=keep, is_own=stream in self._rules)

    async def retentions(self) -> Sequence[views.Retention]:
        return [views.Retention(stream=stream, keep=keep, is_own=True) for stream, keep in self._rules.items()]

    async def set_retention(self, keep: Keep | None, stream: StreamId | None = None) -> None:
        if keep is None and stream is not None:
            self._rules.pop(stream, None)
        else:
            self._rules[stream] = keep or Keep()

    async def retention_preview(
        self, keep: Keep | None, stream: StreamId | None = None, grace_days: int = GRACE_DAYS
    ) -> views.PrunePreview:
        rules = {**self._rules, stream: keep or (self._rules[None] if stream else Keep())}
        return await self._preview(rules, grace_days)

    async def prune_preview(self, grace_days: int = GRACE_DAYS) -> views.PrunePreview:
        return await self._preview(self._rules, grace_days)

    async def _preview(self, rules: Mapping[StreamId | None, Keep], grace_days: int) -> views.PrunePreview:
        go, stay = [], []
        for card in await self.cards():
            points = [point for point in await self.snapshots(card.stream) if point.id not in self._trashed()]
            planned = plan(points[::-1], rules.get(card.stream, rules[None]), NOW)
            gone = [point for point in planned.gone if not self._is_held(point)]
            go += [views.Point(stream=card.stream, account=card.account, snapshot=point) for point in gone]
            stay += [
                views.Point(stream=card.stream, account=card.account, snapshot=kept.snapshot, reasons=kept.reasons)
                for kept in planned.kept
            ]
        return views.PrunePreview(
            go=go,
            stay=stay,
            files=len(go) * 3,
            size=len(go) * 41_300_000,
            rewritten=12_400_000 if go else 0,
            due=NOW + grace_days * DAY,
            removed_now=[entry for entry in self._trash if entry.is_due],
        )

    def _trashed(self) -> set[SnapshotId]:
        return {point.snapshot.id for entry in self._trash for point in entry.points}

    def _is_held(self, point: Snapshot) -> bool:
        return any(hold.stream in (None, point.stream) and hold.snapshot in (None, point.id) for hold in self._holds)

    async def prune(self, grace_days: int = GRACE_DAYS) -> JobId:
        return self._add(Prune(grace_days=grace_days), State.RUNNING, Tally(doing="pruning"))

    async def discard(
        self, stream: StreamId, snapshots: Sequence[SnapshotId] = (), grace_days: int = GRACE_DAYS
    ) -> JobId:
        spec = Discard(stream=stream, snapshots=tuple(snapshots), grace_days=grace_days)
        self.asked.append(("discard", spec))
        return self._add(spec, State.RUNNING, Tally(doing="pruning"))

    async def trash(self) -> Sequence[views.TrashEntry]:
        return tuple(self._trash)

    async def cancel_trash(self, id: str) -> int:
        entry = next(entry for entry in self._trash if entry.id == id)
        self._trash.remove(entry)
        return len(entry.points)

    async def holds(self) -> Sequence[views.Hold]:
        return tuple(self._holds)

    async def hold(
        self, stream: StreamId | None = None, snapshot: SnapshotId | None = None, label: str = ""
    ) -> views.Hold:
        account = {STREAM: _DANA, OFFICE_STREAM: _OFFICE}.get(stream) if stream else None
        made = views.Hold(
            id=f"{len(self._holds):032x}", stream=stream, snapshot=snapshot, account=account, label=label, made=NOW
        )
        self._holds.append(made)
        return made

    async def release_hold(self, id: str) -> None:
        self._holds = [hold for hold in self._holds if hold.id != id]

    # --- connections
    async def probe_imap(self, settings: views.ImapSettings, secret: str) -> views.ProbeReport:
        if self.probe_fault is not None:
            raise self.probe_fault
        if secret == "wrong":
            raise errors.SignInNeeded(host=settings.host, user=settings.user)
        return views.ProbeReport(
            server="Dovecot",
            secure=settings.tls is not views.Tls.NONE,
            folders=11,
            messages=1_003_384,
            size=24_912_334_112,
            abilities=("condstore", "qresync", "literal-plus", "multiappend", "special-use", "uidplus", "quota"),
            warnings=() if settings.tls is not views.Tls.NONE else ("not-encrypted",),
        )

    async def add_imap(self, settings: views.ImapSettings, secret: str) -> views.Connection:
        account = _account(settings.user, settings.name, settings.host)
        name = ConnectionName(settings.name)
        account = replace(account, connection=name)
        self._connections[name] = account
        self._events.put_nowait(CatalogChanged(None))
        return views.Connection(name=name, account=account, settings=settings)

    async def change_secret(self, name: ConnectionName, secret: str) -> None:
        if secret == "wrong":
            raise errors.SignInNeeded(host="imap.northwind.example", user=self._connections[name].address)

    async def target_folders(self, connection: ConnectionName, service: Service = Service.MAIL) -> Sequence[str]:
        return ["Archive", "INBOX", "Projects", "Projects/Harbour café"]

    async def connections(self) -> Sequence[views.Connection]:
        return [
            views.Connection(
                name=name,
                account=account,
                settings=views.ImapSettings(name=name, host="imap.northwind.example", user=account.address),
            )
            for name, account in self._connections.items()
        ]

    async def probe(self, name: ConnectionName) -> views.ProbeReport:
        return await self.probe_imap((await self.connections())[0].settings, "")

    async def remove_connection(self, name: ConnectionName) -> None:
        del self._connections[name]
        self._events.put_nowait(CatalogChanged(None))

    async def cards(self) -> Sequence[views.StreamCard]:
        known = {} if not self._jobs and not self._connections else {_SALES.id: _SALES}
        accounts = {account.id: account for account in self._connections.values()} | known
        return [self._card(account) for account in accounts.values()]

    async def people(self, some: Sequence[AccountId] | None = None) -> Sequence[Account]:
        return [card.account for card in await self.cards() if some is None or card.account.id in some]

    def _card(self, account: Account) -> views.StreamCard:
        stream = stream_id(account.id, Service.MAIL)
        running = next((j.id for j in self._jobs.values() if j.state is State.RUNNING and _of(j) == stream), None)
        is_known = account in (_DANA, _OFFICE, _SALES)
        connected = account.connection is not None and account.connection in self._connections
        health = self._health.get(stream, views.Health.NEVER)
        if not connected:
            health = views.Health.ARCHIVED
        elif running:
            health = views.Health.RUNNING
        failed = health is views.Health.FAILED
        proof = self._fake_drills.newest.get(stream)
        return views.StreamCard(
            stream=stream,
            account=account,
            service=Service.MAIL,
            connection=account.connection if connected else None,
            health=health,
            last=_snapshot(stream, 0 if account is _DANA else 9) if is_known else None,
            snapshots=30 if is_known else 0,
            running=running,
            problem="sign-in-needed" if failed else "",
            facts={"host": "imap.northwind.example", "user": account.address} if failed else {},
            drill=proof.outcome if proof is not None else "",
            drilled=proof.time if proof is not None else None,
            proven=proof.proven if proof is not None else None,
        )

    # --- points in time
    async def snapshots(self, stream: StreamId) -> Sequence[Snapshot]:
        if stream == DIRECTORY_STREAM:
            return self._fake_entra.points
        if stream not in (STREAM, OFFICE_STREAM, stream_id(_SALES.id, Service.MAIL)):
            return ()
        first = 0 if stream == STREAM else 9
        return [_snapshot(stream, days, partial=days in (4, 11)) for days in range(first, first + 30)]

    async def folders(self, stream: StreamId, at: SnapshotId) -> Sequence[views.FolderRow]:
        names = {id: name for id, _, name, _, _ in _FOLDERS}
        return [
            views.FolderRow(
                folder=Folder(id=NodeId(id), parent=NodeId(above) if above else None, name=name, role=role),
                path=f"{names[above]}/{name}" if above else name,
                items=items,
                size=items * 24_000,
            )
            for id, above, name, role, items in _FOLDERS
        ]

    async def first_rows(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, limit: int
    ) -> Sequence[views.ItemRow]:
        ids = (await self.row_ids(stream, at, folder, order, descending))[:limit]
        return await self.rows([RowId(i) for i in ids])

    async def row_ids(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, words: str = ""
    ) -> "array[int]":
        place = next(n for n, f in enumerate(_FOLDERS) if f[0] == folder)
        base, count = place * 10 * MILLION, _FOLDERS[place][4]
        ids = array("q", range(base, base + count))
        if words:
            found = (i for i in ids[:20_000] if words.casefold() in _item(folder, i - base).name.casefold())
            ids = array("q", found)
        elif order is not views.Order.TIME and count <= 20_000:
            rows = [(_sort_key(order, _item(folder, i - base)), i) for i in ids]
            return array("q", (i for _, i in sorted(rows, reverse=descending)))
        return ids if descending else ids[::-1]

    async def rows(self, ids: Sequence[RowId]) -> Sequence[views.ItemRow]:
        found = []
        for id in ids:
            place, n = divmod(id, 10 * MILLION)
            folder = _FOLDERS[place][0]
            found.append(views.ItemRow(row=id, stream=STREAM, item=_item(folder, n), path=_FOLDERS[place][2]))
        return found

    async def find_item(self, stream: StreamId, id: NodeId, at: SnapshotId | None = None) -> views.ItemRow:
        folder, n = id.rsplit("-", 1)
        place = next(i for i, f in enumerate(_FOLDERS) if f[0] == folder)
        return (await self.rows([RowId(place * 10 * MILLION + int(n, 16))]))[0]

    async def versions(self, stream: StreamId, id: NodeId) -> Sequence[views.VersionRow]:
        row = await self.find_item(stream, id)
        older = replace(row, path="INBOX/Waiting", item=replace(row.item, flags=()))
        return [
            views.VersionRow(row=row, first=_snapshot(stream, 12), last=_snapshot(stream, 0), is_current=True),
            views.VersionRow(row=older, first=_snapshot(stream, 29), last=_snapshot(stream, 13), is_current=False),
        ]

    async def search(self, query: views.Query, limit: int = 200, offset: int = 0) -> views.SearchPage:
        if query.words == "nothing":
            return views.SearchPage(rows=(), more=False)
        rows = await self.rows([RowId(i) for i in range(offset, min(offset + limit, 1834))])
        return views.SearchPage(rows=rows, more=offset + limit < 1834)

    async def diff(self, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Sequence[views.DiffRow]:
        kinds = list(views.Difference)
        rows = []
        for n in range(48):
            item, kind = _item("inbox", n), kinds[n % len(kinds)]
            rows.append(
                views.DiffRow(
                    kinds=(kind,),
                    is_folder=n % 12 == 4,
                    name=item.name if n % 12 != 4 else "Spring catalogue",
                    old_path="" if kind is views.Difference.ADDED else "INBOX",
                    new_path={views.Difference.REMOVED: "", views.Difference.MOVED: "Archive"}.get(kind, "INBOX"),
                    old_flags=("\\Seen",),
                    new_flags=("\\Flagged", "\\Seen") if kind is views.Difference.FLAGS else ("\\Seen",),
                    id=item.id,
                )
            )
        return rows

    async def read(self, item: Item) -> bytes:
        return f"Subject: {item.name}\r\n\r\nHello\r\n".encode()

    async def read_pieces(self, item: Item) -> AsyncIterator[bytes]:  # type: ignore[override]
        yield await self.read(item)

    async def preview(self, item: Item, service: Service = Service.MAIL) -> views.Preview:
        with_files = "attachments" in item.facets
        attachments = (
            (
                views.Attachment(index=0, name="offer.pdf", media_type="application/pdf", size=182_331),
                views.Attachment(index=1, name="prices.xlsx", media_type="application/vnd.ms-excel", size=48_221),
            )
            if with_files
            else ()
        )
        return views.Preview(
            subject=item.name,
            sender=item.facets["from"],
            recipients="Dana Whitfield <dana@northwind.example>, Office <office@northwind.example>",
            copies="",
            date="2026-11-19T09:41:07+01:00",
            html=_HTML,
            attachments=attachments,
            blocked=2 if with_files else 0,
        )

    async def read_part(self, item: Item, name: str) -> bytes:
        return b"{}"

    async def attachment(self, item: Item, index: int) -> bytes:
        return b"%PDF-1.7"

    # --- jobs
    async def backup(self, stream: StreamId, only_owed: bool = False) -> JobId:
        return self._add(Backup(stream=stream, only_owed=only_owed), State.RUNNING, Tally(doing="listing"))

    async def plan_restore(self, request: views.RestoreRequest) -> views.Plan:
        folders = [
            views.PlanFolder(path="INBOX", exists=True, add=312, skip=1522, change=41, size=7_300_000),
            views.PlanFolder(path="Projects/Spring catalogue", exists=False, add=321, skip=0, change=0, size=9_100_000),
            views.PlanFolder(
                path="Projects/Harbour café", exists=False, add=77, skip=0, change=0, size=1_200_000, problem=""
            ),
        ]
        return views.Plan(
            request=request,
            target="dana@northwind.example",
            folders=folders,
            add=710,
            skip=1522,
            change=41,
            size=17_600_000,
            room=310_000_000,
            too_large=1,
            warnings=("too-large",),
        )

    async def restore(self, request: views.RestoreRequest) -> JobId:
        self.asked.append(("restore", request))
        spec = Restore(
            stream=request.stream,
            snapshot=request.snapshot,
            selection=request.selection,
            connection=request.connection,
            conflict=Conflict(request.conflict),
            folder=request.folder,
        )
        return self._add(spec, State.RUNNING, Tally(doing="writing"))

    async def migrate(
        self, stream: StreamId, connection: ConnectionName, since: int | None = None, until: int | None = None
    ) -> JobId:
        self.asked.append(("migrate", (stream, connection, since, until)))
        return self._add(Backup(stream=stream), State.RUNNING, Tally(doing="listing"))

    async def jobs(self) -> Sequence[Job]:
        return sorted(self._jobs.values(), key=lambda job: job.created, reverse=True)

    async def job_page(self, query: JobQuery) -> JobPage:
        return page_of(await self.jobs(), query)

    async def unfinished(self) -> Sequence[Job]:
        return sorted((job for job in self._jobs.values() if not job.state.is_over), key=lambda job: job.created)

    async def stop_queued(self) -> int:
        waiting = [job.id for job in self._jobs.values() if job.state in (State.QUEUED, State.WAITING)]
        for id in waiting:
            self._move(id, State.STOPPED)
        return len(waiting)

    async def retry_all(self, query: JobQuery) -> Sequence[JobId]:
        failed = frozenset({State.FAILED, State.PARTIAL})
        jobs = page_of(await self.jobs(), replace(query, states=failed, limit=10_000)).jobs
        return [await self.retry_failed(job.id) for job in jobs]

    left_out = 0

    async def left_out_of_retry(self, query: JobQuery) -> int:
        return self.left_out

    async def hold_jobs(self, held: bool) -> None:
        self.held = held

    async def skip(self, id: JobId, items: Sequence[NodeId] = (), reason: str = "") -> int:
        job, self.skipped_for = self._jobs[id], reason
        number = len(items) or job.tally.failed
        tally = replace(job.tally, failed=job.tally.failed - number, skipped=number)
        self._jobs[id] = replace(job, tally=tally, state=State.PARTIAL if tally.failed else State.DONE)
        self._events.put_nowait(JobChanged(self._jobs[id]))
        return number

    async def job(self, id: JobId) -> Job:
        return self._jobs[id]

    async def failures(self, id: JobId) -> Sequence[ItemFailure]:
        if self._jobs[id].tally.failed == 0:
            return ()
        return [
            ItemFailure(path="INBOX", name="Photos from the harbour walk", code="too-large", detail=""),
            ItemFailure(path="Archive", name="Fwd: Updated contract — please sign by Friday", code="refused"),
            ItemFailure(path="Projects/Spring catalogue", name="Τριμηνιαία αναφορά, προσχέδιο", code="not-verified"),
        ]

    async def log(self, id: JobId) -> Sequence[views.LogLine]:
        start = self._jobs[id].created
        return [
            views.LogLine(time=start, level="info", code="job-started", facts={}),
            views.LogLine(time=start + 4, level="info", code="item-vanished", facts={"name": "Lunch on Thursday?"}),
            views.LogLine(time=start + 60, level="warning", code="throttled", facts={"host": "imap.northwind.example"}),
        ]

    async def stop(self, id: JobId) -> None:
        self._move(id, State.STOPPED)

    async def pause(self, id: JobId) -> None:
        self._move(id, State.PAUSED)

    async def resume(self, id: JobId) -> None:
        self._move(id, State.RUNNING)

    async def retry_failed(self, id: JobId) -> JobId:
        return await self.backup(STREAM, only_owed=True)

    async def events(self) -> AsyncIterator[Event]:  # type: ignore[override]
        while True:
            yield await self._events.get()

    def _move(self, id: JobId, state: State) -> None:
        self._jobs[id] = replace(self._jobs[id], state=state, finished=NOW if state.is_over else None)
        self._events.put_nowait(JobChanged(self._jobs[id]))

    def _add(self, spec: Any, state: State, tally: Tally) -> JobId:
        job = _job(1000 + len(self._jobs), state, spec, tally, 0)
        self._jobs[job.id] = job
        self._events.put_nowait(JobChanged(job))
        return job.id

    def _kit(self) -> views.RecoveryKit:
        return views.RecoveryKit(
            location=self._location or "", vault_id="6f0d9f7e3b5c4a1e", created=NOW, recovery_key=RECOVERY_KEY
        )

    @staticmethod
    def _past() -> list[Job]:
        restore = Restore(
            stream=STREAM,
            snapshot=_snapshot(STREAM, 3).id,
            selection=Selection(folders=(NodeId("projects"),)),
            connection=ConnectionName("dana-whitfield"),
            folder="Restored 2026-11-20",
        )
        return [
            _job(
                1,
                State.RUNNING,
                restore,
                Tally(
                    items_done=8_120,
                    items_total=20_000,
                    bytes_done=190_000_000,
                    bytes_total=480_000_000,
                    added=8_100,
                    skipped=20,
                    doing="writing",
                    where="Projects/Spring catalogue",
                ),
                95,
            ),
            _job(2, State.PAUSED, Backup(stream=OFFICE_STREAM), Tally(items_done=412, items_total=9_012), 900),
            _job(
                3,
                State.PARTIAL,
                Backup(stream=STREAM),
                Tally(items_done=1_904, items_total=1_907, added=77, changed=12, removed=4, unchanged=1_811, failed=3,
                      bytes_done=48_100_200, bytes_stored=9_410_000),
                7_300,
            ),
            _job(4, State.FAILED, Backup(stream=OFFICE_STREAM), Tally(), 8_000, code="sign-in-needed",
                 facts={"host": "imap.northwind.example", "user": "office@northwind.example"}),
            _job(8, State.PARTIAL, Check(read_percent=100), Tally(items_done=1_412, items_total=1_412), 9_000),
            _job(9, State.DONE, Mirror(to="/media/dana/Attic disk/vault"), Tally(items_done=1_400, items_total=1_400,
                 added=18, skipped=1_382, bytes_done=310_000_000), DAY + 4_000),
            _job(10, State.FAILED, Mirror(to="s3://northwind-copy/vault", settings=(("endpoint", "https://s3.example"),)),
                 Tally(), 2 * DAY, code="sign-in-needed", facts={"host": "s3.example", "reason": "store"}),
            _job(5, State.STOPPED, Check(read_percent=10), Tally(items_done=120, items_total=1412), DAY),
            _job(6, State.DONE, Backup(stream=STREAM), Tally(items_done=1_003_384, items_total=1_003_384, added=66,
                 unchanged=1_003_318, bytes_done=3_100_200, bytes_stored=1_410_000), DAY + 300),
            _job(7, State.DONE, Backup(stream=STREAM), Tally(items_done=1_003_318, items_total=1_003_318), 2 * DAY),
        ]  # fmt: skip


class TenantsDesk(FakeDesk):
    """A desk with a tenant beside the mailboxes."""

    def __init__(self, *names: ConnectionName, accounts: int = 60) -> None:
        super().__init__()
        self._fake_tenants = FakeTenants(*(names or (NORTHWIND,)), accounts=accounts)
        self._fake_tenants.servers = self._servers


class FakeExploration:
    """A demonstration that is made at once."""

    passphrase = PASSPHRASE

    async def prepare(self, tell: Callable[[Step], None]) -> None:
        for code in ("organisation", "vault", "first-backup", "changes", "second-backup"):
            tell(Step(code))
            tell(Step(code, {}, 0.1))

    def desk(self) -> Desk:
        return FakeDesk(locked=True)

    async def end(self) -> None:
        """Nothing to remove."""


def _of(job: Job) -> StreamId | None:
    return None if isinstance(job.spec, Check | Mirror | Prune) else job.spec.stream


def _sort_key(order: views.Order, item: Item) -> tuple[str | int, ...]:
    if order is views.Order.SIZE:
        return (item.size or 0,)
    if order is views.Order.SENDER:
        return (item.facets["from"].casefold(),)
    return (item.name.casefold(),)
