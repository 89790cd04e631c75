"""The JSON objects of exports, and the tables that people see of them."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.app.exports.file_checks import FileCheck, FileFinding
from saasbackup_desktop.app.exports.views import ExportCheck, ExportEstimate, ExportResult
from saasbackup_desktop.app.words.exports import SHORT_FORMATS, export_status
from saasbackup_desktop.app.words.file_checks import finding_words
from saasbackup_desktop.cli.figures import count, iso, local_iso, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import service_of

RESULTS: Final = (
    field("Id", "job", is_whole=True),
    Column("When", lambda record: local_iso(record["created"]), is_whole=True),
    field("Name", "name"),
    field("Format", "format"),
    field("Status", "status"),
    number("Files", "files", count),
    number("Size", "size", size),
    field("Where", "where"),
    Column("Until", lambda record: local_iso(record["expires"])),
)
PICKS: Final = (
    field("Account", "account"),
    field("Service", "service"),
    Column("Becomes", lambda record: str(record["format"])),
    number("Items", "items", count),
    number("Size", "size", size),
    number("Removed before", "deleted", count),
)


def estimate_record(estimate: ExportEstimate, names: Mapping[StreamId, str]) -> dict[str, Any]:
    """What an export would amount to."""
    return {
        "type": "export-estimate",
        "picks": [
            {
                "account": None if estimate.accounts else names.get(one.pick.stream, one.pick.stream),
                "stream": None if estimate.accounts else one.pick.stream,
                "service": one.service.value,
                "snapshot": None if estimate.accounts else one.pick.snapshot,
                "format": one.pick.format.value,
                "items": one.items,
                "size": one.size,
                "deleted": one.deleted,
            }
            for one in estimate.picks
        ],
        "items": estimate.items,
        "size": estimate.size,
        "needed": estimate.needed,
        "room": estimate.room,
        "parts": estimate.parts,
        "warnings": list(estimate.warnings),
    }


def result_record(result: ExportResult) -> dict[str, Any]:
    """An export and what became of it; its files are told one by one by ``part_record``."""
    status = export_status(result)
    return {
        "type": "export",
        "job": result.job,
        "name": result.name,
        "accounts": list(dict.fromkeys(owner.address for owner in result.owners)),
        "of_accounts": result.accounts,
        "services": list(dict.fromkeys(service_of(pick.stream).value for pick in result.picks)),
        "format": ", ".join(dict.fromkeys(SHORT_FORMATS[pick.format] for pick in result.picks)),
        "packing": result.packing.value,
        "locked": result.is_locked,
        "state": result.status.value,
        "status": status.label,
        "remedy": status.remedy or None,
        "code": result.code or None,
        "to": result.to,
        "where": result.where or None,
        "files": result.files,
        "size": result.size,
        "items": result.tally.added,
        "failed": result.failed,
        "lost": result.lost,
        "verified": result.is_verified,
        "created": iso(result.created),
        "finished": iso(result.finished),
        "expires": iso(result.expires),
    }


def part_record(result: ExportResult, made: Made) -> dict[str, Any]:
    """One finished file."""
    return {
        "type": "export-file",
        "job": result.job,
        "name": made.name,
        "size": made.size,
        "sha256": made.sha256,
        "items": made.items,
    }


def proof_record(result: ExportResult, found: ExportCheck) -> dict[str, Any]:
    """Whether an export's files are as they were written."""
    return {
        "type": "export-check",
        "job": result.job,
        "path": result.where,
        "sound": not (found.missing or found.altered),
        "files": found.files,
        "as_written": found.sound,
        "missing": list(found.missing),
        "altered": list(found.altered),
    }


def check_record(found: FileCheck) -> dict[str, Any]:
    """Whether a file, an archive or a folder is whole."""
    return {
        "type": "file-check",
        "path": found.path,
        "kind": found.kind,
        "sound": None if found.is_unchecked else found.is_sound,
        "counts": dict(found.counts),
        "times": dict(found.times),
    }


def finding_record(found: FileCheck, finding: FileFinding) -> dict[str, Any]:
    """One thing that is wrong with it."""
    return {
        "type": "finding",
        "path": found.path,
        "code": finding.code,
        "place": finding.place,
        "facts": dict(finding.facts),
        "fault": finding.is_fault,
        "what": finding_words(finding),
    }
