"""The JSON objects of the directory's commands: their field names are a promise (docs/cli.md)."""

from collections.abc import Mapping
from typing import Any

from saasbackup_desktop.app.entra.views import (
    Comparison,
    DifferenceView,
    EntraTenant,
    KindCount,
    NewPassword,
    ObjectRow,
    ObjectVersion,
    ObjectView,
    PlanState,
    WriteLine,
)
from saasbackup_desktop.app.words.entra.plans import left_out_words, reason_words, risk_words, write_words
from saasbackup_desktop.app.words.entra.tenants import BADGES
from saasbackup_desktop.cli.figures import iso
from saasbackup_desktop.core.directory.difference import ObjectDifference
from saasbackup_desktop.core.directory.objects import Link, key_of
from saasbackup_desktop.core.directory.plan import LeftOut, Risk


def tenant_record(one: EntraTenant) -> dict[str, Any]:
    """A tenant's directory and how it is doing."""
    status = BADGES[one.badge]
    return {
        "type": "directory",
        "tenant": one.tenant,
        "directory": one.directory or None,
        "name": one.name,
        "domain": one.domain or None,
        "stream": one.stream,
        "active": one.is_active,
        "state": one.badge.value,
        "status": status.label,
        "remedy": status.remedy or None,
        "reasons": list(one.reasons),
        "missing": list(one.missing),
        "restore_access": one.restore.value,
        "restore_client": one.restore_client or None,
        "objects": one.objects,
        "last_snapshot": one.last,
        "last_backup": iso(one.finished),
        "next_backup": iso(one.next_backup),
        "job": one.job,
    }


def kind_record(one: KindCount) -> dict[str, Any]:
    """A kind of object at a point in time."""
    return {
        "type": "directory-kind",
        "kind": one.kind,
        "family": one.family,
        "objects": one.count,
        "beta": one.is_beta,
    }


def row_record(row: ObjectRow) -> dict[str, Any]:
    """An object in a list."""
    return {
        "type": "directory-object",
        "key": key_of(row.kind, row.id),
        "kind": row.kind,
        "id": row.id,
        "name": row.name,
        "about": row.about,
        "state": row.state or None,
        "deleted": row.is_deleted,
    }


def object_record(view: ObjectView) -> dict[str, Any]:
    """An object, whole."""
    one = view.object
    return {
        "type": "directory-object",
        "key": one.key,
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "properties": dict(one.properties),
        "links": [_link_record(link, view.names) for link in one.links],
        "unread": list(one.unread),
    }


def version_record(version: ObjectVersion) -> dict[str, Any]:
    """One state of an object."""
    difference = version.difference
    return {
        "type": "directory-version",
        "snapshot": version.snapshot,
        "until": version.until,
        "time": iso(version.moment),
        "change": version.change.value,
        **(_parts_record(difference, version.names) if difference is not None else {"attributes": [], "links": []}),
    }


def comparison_record(one: Comparison) -> dict[str, Any]:
    """A comparison at a glance."""
    return {
        "type": "comparison",
        "old": one.request.old,
        "new": one.request.new,
        "done": one.is_done,
        "kinds_read": one.kinds_read,
        "kinds_total": one.kinds_total,
        "counts": {kind: dict(counts) for kind, counts in one.counts.items()},
        "unread": list(one.unread),
    }


def difference_record(view: DifferenceView) -> dict[str, Any]:
    """An object that differs."""
    one = view.difference
    return {
        "type": "directory-difference",
        "key": one.key,
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "change": one.change.value,
        "noise": one.is_noise,
        **_parts_record(one, view.names),
    }


def plan_record(state: PlanState) -> dict[str, Any]:
    """A plan, and how far it was carried out."""
    head = state.head
    return {
        "type": "directory-plan",
        "id": head.id,
        "stream": head.stream,
        "snapshot": head.snapshot or None,
        "made": iso(head.made),
        "mode": head.mode.value,
        "note": head.note,
        "counts": dict(head.counts),
        "left_out": dict(head.left_out),
        "risks": [risk_record(risk, undoes=bool(head.undoes)) for risk in head.risks],
        "undoes": head.undoes or None,
        "undone_by": head.undone_by or None,
        "follows": head.follows or None,
        "accepts": list(head.accepts),
        "repeatable": head.is_repeatable,
        "revived": head.revived,
        "job": state.job,
        "standings": dict(state.standings),
        "verified": state.verified,
        "not_verified": state.not_verified,
        "passwords": state.has_passwords,
    }


def risk_record(risk: Risk, *, undoes: bool = False) -> dict[str, Any]:
    """What could go wrong."""
    what, remedy = risk_words(risk, undoes=undoes)
    return {"code": risk.code, "grave": risk.is_grave, "what": what, "remedy": remedy, "facts": dict(risk.facts)}


def write_record(plan: str, line: WriteLine, *, undoes: bool = False) -> dict[str, Any]:
    """One write, and what came of it."""
    write, result = line.write, line.result
    return {
        "type": "directory-write",
        "plan": plan,
        "number": write.number,
        "action": write.action.value,
        "kind": write.kind,
        "id": write.id,
        "name": write.name,
        "what": write_words(write),
        "method": write.method,
        "path": write.path,
        "body": write.body,
        "relation": write.path_of_link or None,
        "target": write.target or None,
        "target_name": write.target_name or None,
        "old": dict(write.old),
        "new": dict(write.new),
        "names": dict(line.names),
        "keys": list(write.keys),
        "reason": write.reason,
        "why": reason_words(write.reason),
        "risks": [risk_record(risk, undoes=undoes) for risk in write.risks],
        "needs": list(write.needs),
        "beta": write.is_beta,
        "standing": result.standing.value if result else "planned",
        "new_id": (result.new_id or None) if result else None,
        "code": (result.code or None) if result else None,
        "detail": (result.detail or None) if result else None,
        "verified": result.is_verified if result else None,
    }


def left_out_record(plan: str, one: LeftOut) -> dict[str, Any]:
    """Something that was picked and is not written."""
    return {
        "type": "directory-left-out",
        "plan": plan,
        "key": one.key,
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "code": one.code,
        "why": left_out_words(one),
        "facts": dict(one.facts),
        "old": one.old,
        "new": one.new,
        "names": dict(one.names),
    }


def password_record(one: NewPassword) -> dict[str, Any]:
    """A password that was made up for somebody."""
    return {"type": "new-password", "id": one.id, "name": one.name, "password": one.password}


def _parts_record(one: ObjectDifference, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "attributes": [
            {
                "path": change.path,
                "old": change.old,
                "new": change.new,
                "noise": change.trait.is_noise,
                "nature": change.trait.nature.value,
            }
            for change in one.attributes
        ],
        "links": [
            {"change": change.change.value, **_link_record(change.link, names), "noise": change.trait.is_noise}
            for change in one.links
        ],
    }


def _link_record(link: Link, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "relation": link.relation,
        "id": link.id,
        "kind": link.kind or None,
        "name": link.name or names.get(link.id) or None,
        "detail": link.detail or None,
    }
