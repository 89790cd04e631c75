"""``saasbackup report``: reports for people and auditors, and what their seals say."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.reports import sealing
from saasbackup_desktop.app.reports.reports import known
from saasbackup_desktop.app.reports.views import Form, Outcome, Report, Verdict
from saasbackup_desktop.app.words import reports as words
from saasbackup_desktop.cli.activity import Since, Until, whole
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import iso, local
from saasbackup_desktop.cli.jobs import Id
from saasbackup_desktop.cli.moments import moment
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.jobs import JobQuery

group = typer.Typer(
    name="report", help="Reports for people and auditors; PDF and JSON are sealed.", no_args_is_help=True
)


class _Form(StrEnum):
    CSV = "csv"
    PDF = "pdf"
    JSON = "json"


Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")]
As = Annotated[_Form | None, typer.Option("--format", help="Default: as the file's name ends.", show_default=False)]

_EXITS: Final = {
    Outcome.WHOLE: ExitCode.DONE,
    Outcome.ALTERED: ExitCode.DAMAGED,
    Outcome.FORGED: ExitCode.SEAL_FORGED,
    Outcome.UNSEALED: ExitCode.SEAL_MISSING,
}


@command(group, "summary", example="saasbackup report summary --since 2026-03-01 --out march.pdf")
async def summary(shell: Shell, out: Out, since: Since = "", until: Until = "", form: As = None) -> None:
    """Write how tasks and accounts stand, and what was backed up."""
    desk = await shell.unlocked()
    await _save(shell, await desk.reports.summary(*_span(since, until)), form, out)


@command(group, "failures", example="saasbackup report failures --since 2026-03-01 --out failures.csv")
async def failures(shell: Shell, out: Out, since: Since = "", until: Until = "", form: As = None) -> None:
    """Write every job that failed or was done in part, and each item with its reason."""
    desk = await shell.unlocked()
    await _save(shell, await desk.reports.failures(*_span(since, until)), form, out)


@command(group, "usage", example="saasbackup report usage --out usage.csv")
async def usage(shell: Shell, out: Out, form: As = None) -> None:
    """Write how many accounts each customer has, and what they take."""
    desk = await shell.unlocked()
    await _save(shell, await desk.reports.usage(), form, out)


@command(group, "restore", example="saasbackup report restore 3f2a --out confirmation.pdf")
async def restore(shell: Shell, job: Id, out: Out, form: As = None) -> None:
    """Write what a restore or a migration was asked for, and what became of it."""
    desk = await shell.unlocked()
    found = (await desk.job_page(JobQuery(prefix=job, limit=2))).jobs
    if len(found) != 1:
        raise Misconfigured(job, what=f"not one job begins with “{job}”; “saasbackup jobs” lists them")
    await _save(shell, await desk.reports.restore(found[0].id), form, out)


@command(group, "drills", example="saasbackup report drills --out drills.pdf")
async def drills(shell: Shell, out: Out, since: Since = "", until: Until = "", form: As = None) -> None:
    """Write what restore drills found: the newest of each account's service."""
    desk = await shell.unlocked()
    await _save(shell, await desk.reports.drills(*_span(since, until)), form, out)


@command(group, "verify", example="saasbackup report verify confirmation.pdf")
async def verify(
    shell: Shell,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF or JSON report.")],
) -> ExitCode:
    """Say whether anything in a report was changed since it was sealed, and by which key.

    No vault is needed; if this home's vault is open, or opens without asking, it is told whether it is its own.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Misconfigured(str(file), what=f"“{file}” cannot be read: {error.strerror}") from error
    found = sealing.examine(data)
    fingerprint = await _fingerprint(shell)
    if fingerprint and found.outcome is Outcome.WHOLE:
        found = known(found, fingerprint)
    code = ExitCode.SEAL_FOREIGN if found.is_ours is False else _EXITS[found.outcome]
    shell.out.record(_record(found, code), _told(found))
    return code


async def _fingerprint(shell: Shell) -> str:
    """Of this home's vault, if it opens without a question; empty if it does not."""
    desk = shell.desk
    try:
        if not desk.is_open and desk.vault_location is not None:
            if shell.passphrase_file is not None:
                await desk.unlock(await shell.passphrase())
            else:
                await desk.unlock_remembered()
        return await desk.reports.fingerprint() if desk.is_open else ""
    except Fault as fault:
        shell.out.note(f"This home's vault could not be opened to compare with ({fault.code}).")
        return ""


def _record(found: Verdict, code: ExitCode) -> dict[str, object]:
    return {
        "type": "verdict",
        "outcome": "foreign" if found.is_ours is False else found.outcome.value,
        "ours": found.is_ours,
        "fingerprint": found.fingerprint or None,
        "vault": found.vault or None,
        "made": iso(found.made),
        "sha256": found.sha256,
        "exit": int(code),
    }


def _told(found: Verdict) -> str:
    said = words.verdict(found)
    lines = [said.title, said.what, said.remedy]
    if found.outcome is Outcome.WHOLE:
        lines += [f"Made:        {local(found.made)}", f"Vault:       {found.vault}"]
        lines += [f"Fingerprint: {words.grouped(found.fingerprint)}"]
    return "\n".join(line for line in lines if line)


def _span(since: str, until: str) -> tuple[int | None, int | None]:
    first = moment(since) if since else None
    after = moment(until, end_of_day=True) if until else None
    if first is not None and after is not None and after <= first:
        raise Misconfigured(what=f"“{until}” lies before “{since}”: --until names the later end")
    return first, after


async def _save(shell: Shell, report: Report, form: _Form | None, out: Path) -> None:
    chosen = form.value if form is not None else out.suffix.lower().lstrip(".")
    if chosen not in tuple(Form):
        raise Misconfigured(str(out), what=f"“{out}” does not tell what to write: name it .csv, .pdf or .json")
    await shell.desk.reports.save(report, Form(chosen), whole(out))
    record = {"type": "report", "kind": report.kind.value, "format": chosen, "file": str(out)}
    shell.out.record(record, f"{words.title(report)}: written to {out}")
