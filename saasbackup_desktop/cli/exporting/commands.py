"""``saasbackup export``: look after what was taken out of the vault."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.forgetting import may_forget
from saasbackup_desktop.app.exports.views import ExportResult, ExportStatus
from saasbackup_desktop.app.words.exports import export_status
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.exporting import destinations
from saasbackup_desktop.cli.exporting.checking import register_check
from saasbackup_desktop.cli.exporting.records import (
    RESULTS,
    part_record,
    proof_record,
    result_record,
)
from saasbackup_desktop.cli.exporting.running import register_run
from saasbackup_desktop.cli.exporting.several import SHARES, share_record
from saasbackup_desktop.cli.figures import count, counted, listed, local, local_iso, printable, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Fault, Misconfigured

group = typer.Typer(
    name="export",
    help="Take items out of the vault, into files that other programs read. "
    "“saasbackup export ACCOUNT --out FOLDER” begins one: that is “export run”.",
)
WORDS: Final = ("run", "list", "show", "remove", "keep", "verify", "check", "destinations", "--help", "-h")
"""What may follow ``export``; before anything else ``run`` goes without saying."""
_NAMED: Final = 20
"""More than these names help nobody."""

Id = Annotated[str, typer.Argument(metavar="ID", help="The export's id, or its beginning, as “export list” shows it.")]
register_run(group)
register_check(group)
group.add_typer(destinations.group)


@command(group, "list", example="saasbackup export list")
async def list_exports(shell: Shell) -> None:
    """List exports and what became of them, newest first."""
    desk = await shell.unlocked()
    shell.out.table([result_record(one) for one in await desk.exports.results()], RESULTS)


@command(group, "show", example="saasbackup export show 3f2a")
async def show(shell: Shell, export: Id) -> None:
    """Show what an export consists of, and its files with their sums."""
    desk = await shell.unlocked()
    result = await _export(desk, export)
    shell.out.fields(
        result_record(result),
        [
            field("Name", "name"),
            Column("Of", _of),
            field("Format", "format"),
            field("Status", "status"),
            *([Column("What to do", lambda record: str(record["remedy"]))] if export_status(result).remedy else []),
            Column("Where", lambda record: str(record["where"] or record["to"])),
            Column("Files", lambda record: f"{count(record['files'])}, {size(record['size'])}"),
            Column("Items", lambda record: count(record["items"])),
            Column("Not in it", lambda record: count(record["failed"])),
            Column("Not with everything", lambda record: count(record["lost"])),
            Column("Read back", lambda record: "every file is as it was written" if record["verified"] else "no"),
            Column("Locked", lambda record: "with a password" if record["locked"] else "no"),
            Column("Made", lambda record: local_iso(record["finished"])),
            Column("Kept", lambda _: kept_words(result)),
        ],
    )
    if result.is_several:
        shell.out.table([share_record(result, one) for one in await desk.exports.shares(result.job)], SHARES)
    shell.out.table(
        [part_record(result, made) for made in result.parts],
        [field("File", "name"), number("Size", "size", size), field("SHA-256", "sha256", is_whole=True)],
    )
    if result.files > len(result.parts):
        shell.out.note(f"and {count(result.files - len(result.parts))} more files: their list lies beside them")


@command(group, "remove", example="saasbackup export remove 3f2a --yes")
async def remove(
    shell: Shell,
    export: Id,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget",
            help="Forget it even if its files cannot be removed, as their place cannot be reached or is gone: "
            "what there is of them stays there, decrypted.",
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Remove an export's files, as far as they are still as they were written, and forget it."""
    desk = await shell.unlocked()
    result = await _export(desk, export)
    require_agreement(shell, yes, result.job, "to remove its files")
    kept: Sequence[str] = ()
    missed: list[int] = []
    is_left = False
    try:
        kept = await desk.exports.remove(result.job, missed.append)
    except Fault as fault:
        if not may_forget(fault):
            raise
        if not forget:
            shell.out.note(f"If they are lost for good: “saasbackup export remove {result.job} --forget”.")
            raise
        found = await desk.exports.forget(result.job, missed.append)
        is_left, kept = found is None, found or ()
    gone = sum(missed)
    record = {
        "type": "export-removed",
        "job": result.job,
        "kept": list(kept),
        "missing": gone,
        "forgotten": is_left,
    }
    shell.out.record(record, printable(forgotten_words(result) if is_left else removal_words(result, kept, gone)))


@command(group, "keep", example="saasbackup export keep 3f2a --days 30")
async def keep(
    shell: Shell,
    export: Id,
    days: Annotated[int | None, typer.Option(min=1, metavar="N", help="So many days from now on.")] = None,
    for_good: Annotated[bool, typer.Option("--for-good", help="Until somebody removes them.")] = False,
) -> None:
    """Choose how long an export's files are kept."""
    if (days is None) is not for_good:
        raise Misconfigured(what="give either --days or --for-good")
    desk = await shell.unlocked()
    result = await desk.exports.keep((await _export(desk, export)).job, days)
    until = f"until {local(result.expires)}" if result.expires else "for good"
    shell.out.record(result_record(result), printable(f"{result.name}: kept {until}."))


@command(group, "verify", example="saasbackup export verify 3f2a")
async def verify(shell: Shell, export: Id) -> ExitCode:
    """Read an export's files again, and compare them with what was written; ends with 7 if one is altered or gone."""
    desk = await shell.unlocked()
    result = await _export(desk, export)
    found = await desk.exports.check(result.job)
    bad = [*((one, "is gone") for one in found.missing), *((one, "is altered") for one in found.altered)]
    verdict = f"{result.name}: {count(found.sound)} of {counted(found.files, 'file')} as written."
    shell.out.record(proof_record(result, found), printable(verdict))
    if not shell.out.as_json:
        for file, how in bad:
            shell.out.record({}, printable(f"  {file} {how}"))
    return ExitCode.DAMAGED if bad else ExitCode.DONE


def kept_words(result: ExportResult) -> str:
    """Say how long its files are kept."""
    if result.status is ExportStatus.EXPIRED:
        return "no longer"
    if result.expires:
        return f"until {local(result.expires)}"
    if result.status not in (ExportStatus.COMPLETED, ExportStatus.PARTIAL) and result.keep_days:
        return f"{counted(result.keep_days, 'day')}, once it is made"
    if result.status not in (ExportStatus.COMPLETED, ExportStatus.PARTIAL):
        return "for good, once it is made"
    return "for good"


def removal_words(result: ExportResult, kept: Sequence[str], missing: int = 0) -> str:
    """Say what was removed, which files stay, and how many were not found."""
    where = result.where or result.to
    lost = f" {counted(missing, 'file')} of it could not be found in {where}." if missing else ""
    if not kept:
        return f"{result.name}: removed.{lost}"
    more = [f"{count(len(kept) - _NAMED)} more"] if len(kept) > _NAMED else []
    names = listed([*kept[:_NAMED], *more])
    files = counted(len(kept), "file")
    return f"{result.name}: removed but for {files} that somebody has changed, in {where}: {names}.{lost}"


def _of(record: Mapping[str, Any]) -> str:
    named: Sequence[str] = record["accounts"]
    left = record["of_accounts"] - len(named)
    return listed([*named, f"{count(left)} more"] if left > 0 else named)


def forgotten_words(result: ExportResult) -> str:
    """Say what becomes of files that could not be removed."""
    how = "locked with their password" if result.is_locked else "decrypted"
    return f"{result.name}: forgotten. If its files still exist in {result.where or result.to}, they stay there, {how}."


async def _export(desk: Desk, text: str) -> ExportResult:
    results = await desk.exports.results()
    found = [one for one in results if one.job.startswith(text)] or [one for one in results if one.name == text]
    if len(found) != 1:
        many = "more than one export begins" if found else "no export begins"
        raise Misconfigured(text, what=f"{many} with “{text}”; “saasbackup export list” lists them")
    return found[0]
