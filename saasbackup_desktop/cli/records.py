"""The JSON objects of the command line: their field names are a promise (docs/cli.md)."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.app.views import Connection, DiffRow, FolderRow, ItemRow, KeySlot, Plan, ProbeReport, StreamCard
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.faults import failure_words
from saasbackup_desktop.app.words.states import card_status, job_status, kind_of
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.cli.figures import counted, iso
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Check, Export, ItemFailure, Job, Mirror, Prune, Reinstate, Spec, Tally
from saasbackup_desktop.core.model import Service, Snapshot, service_of


def card_record(card: StreamCard) -> dict[str, Any]:
    """An account's service and how it is doing."""
    status = card_status(card)
    return {
        "type": "account",
        "account": card.account.address,
        "id": card.account.id,
        "stream": card.stream,
        "service": card.service.value,
        "source": card.connection,
        "health": card.health.value,
        "status": status.label,
        "remedy": status.remedy,
        "problem": card.problem or None,
        "snapshots": card.snapshots,
        "last_snapshot": card.last.id if card.last else None,
        "last_backup": iso(card.last.finished) if card.last else None,
        "first_backup": iso(card.first),
        "last_looked": iso(card.looked),
        "next_attempt": iso(card.due),
        "last_cancelled": iso(card.cancelled),
        "items": card.last.items if card.last else 0,
        "size": card.last.size if card.last else 0,
    }


def connection_record(connection: Connection) -> dict[str, Any]:
    """A source, without its password."""
    settings = connection.settings
    return {
        "type": "source",
        "name": connection.name,
        "kind": connection.account.provider.value,
        "account": connection.account.address,
        "host": settings.host,
        "port": settings.port,
        "tls": settings.tls.value,
        "user": settings.user,
        "sign_in": settings.sign_in.value,
        "ca_file": settings.ca_file,
    }


def probe_record(name: str, report: ProbeReport) -> dict[str, Any]:
    """What a connection test found."""
    return {
        "type": "test",
        "name": name,
        "server": report.server,
        "secure": report.secure,
        "folders": report.folders,
        "messages": report.messages,
        "size": report.size,
        "abilities": list(report.abilities),
        "warnings": list(report.warnings),
    }


def slot_record(slot: KeySlot) -> dict[str, Any]:
    """One way to open the vault."""
    return {
        "type": "key",
        "id": slot.id,
        "kind": slot.kind,
        "label": slot.label,
        "created": iso(slot.created),
        "here": slot.is_here,
        "superseded": slot.is_superseded,
    }


def snapshot_record(snapshot: Snapshot, account: str, alert: str | None = None) -> dict[str, Any]:
    """A point in time, and the alert that it raised."""
    return {
        "type": "snapshot",
        "id": snapshot.id,
        "account": account,
        "stream": snapshot.stream,
        "service": service_of(snapshot.stream).value,
        "started": iso(snapshot.started),
        "finished": iso(snapshot.finished),
        "status": snapshot.status.value,
        "items": snapshot.items,
        "folders": snapshot.folders,
        "size": snapshot.size,
        "added": snapshot.added,
        "changed": snapshot.changed,
        "removed": snapshot.removed,
        "owed": snapshot.owed,
        "alert": alert,
    }


def folder_record(row: FolderRow) -> dict[str, Any]:
    """A folder at a point in time."""
    return {
        "type": "folder",
        "id": row.folder.id,
        "path": row.path,
        "role": row.folder.role.value if row.folder.role else None,
        "items": row.items,
        "size": row.size,
    }


def item_record(row: ItemRow, account: str, path: str) -> dict[str, Any]:
    """An item at a point in time."""
    item = row.item
    return {
        "type": "item",
        "id": item.id,
        "account": account,
        "stream": row.stream,
        "service": service_of(row.stream).value,
        "folder": row.path or path,
        "subject": item.name,
        "from": item.facets.get("from", ""),
        "to": item.facets.get("to", ""),
        "time": iso(item.time),
        "size": item.body.size if item.body else item.size,
        "flags": list(item.flags),
        "attachments": [name for name in item.facets.get("attachments", "").split("\n") if name],
        "sha256": item.body.sha256 if item.body else None,
        "facets": {name: value for name, value in sorted(item.facets.items()) if name in _SHOWN},
        "parts": sorted(item.parts),
    }


_SHOWN: Final = frozenset(
    {
        *("start", "end", "all-day", "organizer", "attendees", "location", "description", "recurrence"),
        *("email", "phone", "company", "title", "address", "birthday"),
        *("status", "due", "importance", "updated", "preview", "categories"),
    }
)
"""Facets that are a promise."""


def diff_record(row: DiffRow) -> dict[str, Any]:
    """A folder or item that differs."""
    return {
        "type": "difference",
        "kinds": [kind.value for kind in row.kinds],
        "is_folder": row.is_folder,
        "id": row.id,
        "name": row.name,
        "old_path": row.old_path or None,
        "new_path": row.new_path or None,
        "old_flags": list(row.old_flags),
        "new_flags": list(row.new_flags),
        "fields": list(row.fields),
    }


def plan_record(plan: Plan, service: Service = Service.MAIL) -> dict[str, Any]:
    """What a restore would do."""
    return {
        "type": "plan",
        "service": service.value,
        "target": plan.target,
        "add": plan.add,
        "skip": plan.skip,
        "change": plan.change,
        "size": plan.size,
        "room": plan.room,
        "too_large": plan.too_large,
        "warnings": list(plan.warnings),
        "folders": [
            {
                "path": folder.path,
                "exists": folder.exists,
                "add": folder.add,
                "skip": folder.skip,
                "change": folder.change,
                "size": folder.size,
                "problem": folder.problem or None,
            }
            for folder in plan.folders
        ],
    }


def job_record(job: Job, names: Mapping[StreamId, str]) -> dict[str, Any]:
    """A job and how it stands."""
    return {
        "type": "job",
        "id": job.id,
        "kind": kind_words(job.spec).lower(),
        "account": account_of(job, names),
        "service": found.value if (found := service_at(job)) else None,
        **({"services": [one.value for one in _services(job.spec)]} if isinstance(job.spec, Export) else {}),
        "state": job.state.value,
        "status": job_status(job).label,
        "code": job.code or None,
        "what": words_for(job.code, job.facts).what if job.code else None,
        "remedy": job_status(job).remedy or None,
        "created": iso(job.created),
        "started": iso(job.started),
        "finished": iso(job.finished),
        "attempt": job.attempt,
        "due": iso(job.due),
        "started_by": job.origin.initiator.value,
        "task": job.origin.task or None,
        "snapshot": job.snapshot,
        **({"plan": job.spec.plan} if isinstance(job.spec, Reinstate) else {}),
        **tally_record(job.tally),
    }


def tally_record(tally: Tally) -> dict[str, Any]:
    """Counts of a job."""
    return {
        "items_done": tally.items_done,
        "items_total": tally.items_total,
        "bytes_done": tally.bytes_done,
        "bytes_total": tally.bytes_total,
        "added": tally.added,
        "changed": tally.changed,
        "removed": tally.removed,
        "unchanged": tally.unchanged,
        "skipped": tally.skipped,
        "verified": tally.verified,
        "read_again": tally.read_again,
        "unread": tally.unread,
        "failed": tally.failed,
        "bytes_stored": tally.bytes_stored,
        "bytes_freed": tally.bytes_freed,
    }


def failure_record(job: Job, failure: ItemFailure) -> dict[str, Any]:
    """One item that a job could not do."""
    words = failure_words(failure)
    return {
        "type": "failure",
        "job": job.id,
        "folder": failure.path,
        "name": failure.name,
        "item": failure.item or None,
        "code": failure.code,
        "detail": failure.detail or None,
        "what": words.what,
        "remedy": words.remedy,
    }


def service_at(job: Job) -> Service | None:
    """The kind of content that a job is about; None for a job about the vault, and for several kinds."""
    if isinstance(job.spec, Check | Prune | Mirror):
        return None
    return None if len(_services(job.spec)) > 1 else service_of(job.spec.stream)


def _services(spec: Spec) -> list[Service]:
    """Of an export, the kinds of content that it takes."""
    return list(dict.fromkeys(service_of(pick.stream) for pick in spec.picks)) if isinstance(spec, Export) else []


def kind_words(spec: Spec) -> str:
    """Name the kind of a job as its command is called."""
    return "Export" if isinstance(spec, Export) else kind_of(spec)


def subject_of(job: Job, names: Mapping[StreamId, str]) -> str:
    """Whose, and if it is not mail what, a job is about, for people; empty for a check of the vault."""
    address, service = account_of(job, names) or "", service_at(job)
    if isinstance(job.spec, Export) and job.spec.book:
        return counted(job.spec.accounts, "account")
    if isinstance(job.spec, Export) and len({pick.stream for pick in job.spec.picks}) > 1:
        return ", ".join(dict.fromkeys(names.get(pick.stream, pick.stream) for pick in job.spec.picks))
    return address if service in (None, Service.MAIL) else f"{address} ({SERVICES[service].lower()})"


def account_of(job: Job, names: Mapping[StreamId, str]) -> str | None:
    """Address of the account that a job is about; None for a check of the vault."""
    return None if isinstance(job.spec, Check | Prune | Mirror) else names.get(job.spec.stream, job.spec.stream)
