"""``saasbackup entra restore``, ``undo`` and ``passwords``: carry plans out, and take them back."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.app.entra.views import NewPassword, PlanState, RestoreAccess
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.entra import finding
from saasbackup_desktop.cli.entra.finding import TenantName
from saasbackup_desktop.cli.entra.planning import PAGE, Accept, PlanId, show_plan, stands, state_of
from saasbackup_desktop.cli.entra.records import password_record, plan_record, tenant_record
from saasbackup_desktop.cli.entra.telling import left_lines, revived_line, risk_line
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.figures import count, counted, listed, printable
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import options
from saasbackup_desktop.cli.tenants.telling import signed_in
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.directory.plan import OnSurprise, PlanHead, Risk
from saasbackup_desktop.core.errors import Fault, Misconfigured

Surprise = Annotated[
    OnSurprise,
    typer.Option(help="When something is not as the plan found it, or a write is refused: stop there, or go on."),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--passwords", metavar="FILE", help="Write passwords that were made up to this file, for your eyes only."
    ),
]


def register(group: typer.Typer) -> None:
    """Add this room's commands."""
    command(group, "restore", example="saasbackup entra restore 3f2a --accept deletes-for-good")(restore)
    command(group, "undo", example="saasbackup entra undo 3f2a")(undo)
    command(group, "passwords", example="saasbackup entra passwords 3f2a --out passwords.txt")(passwords)
    command(group, "access", example="saasbackup entra access Fernwick once")(access)


async def restore(
    shell: Shell,
    plan: PlanId,
    on_surprise: Surprise = OnSurprise.STOP,
    accept: Accept = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> ExitCode:
    """Carry a plan out: every write as it was shown, then read it back. What takes it back is kept before it begins."""
    options.require_new(password_file)
    state = await state_of(shell, plan)
    await _require_accepted(shell, state, accept or ())
    return await _carry_out(shell, state, on_surprise, yes, password_file)


async def undo(
    shell: Shell,
    plan: PlanId,
    on_surprise: Surprise = OnSurprise.STOP,
    accept: Accept = None,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
    password_file: PasswordFile = None,
) -> ExitCode:
    """Take back what a restore has written: show the plan that does it, and carry it out."""
    options.require_new(password_file)
    done = await state_of(shell, plan)
    entra = (await shell.unlocked()).entra
    head = await entra.undo(done.head.id, on_surprise)
    if not frozenset(accept or ()) <= frozenset(head.accepts):
        head = await entra.plan_again(head.id, tuple(accept or ()))
    state = await entra.plan_state(head.id)
    await show_plan(shell, state)
    if dry_run:
        shell.out.note(f"Nothing was written. “saasbackup entra restore {head.id}” does it.")
        return ExitCode.DONE
    await _require_accepted(shell, state, accept or ())
    return await _carry_out(shell, state, on_surprise, yes, password_file)


async def passwords(
    shell: Shell,
    plan: PlanId,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write them to this file, for your eyes only.")
    ] = None,
) -> None:
    """Show the passwords that a restore made up for users who were made anew: once, and then they are forgotten."""
    options.require_new(out)
    await _hand_over(shell, (await state_of(shell, plan)).head.id, out)


async def access(
    shell: Shell,
    name: TenantName,
    restore: Annotated[
        RestoreAccess, typer.Argument(help="none: backups only; once: until the next restore is over; or permanent.")
    ],
) -> None:
    """Choose whether a second application may write to the directory; an administrator types a code to register it."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    sign_in = ""
    if restore is not RestoreAccess.NONE:
        sign_in = await signed_in(shell, (await desk.tenants.find(one.tenant)).settings, "set-up")
    await desk.entra.set_restore_access(one.tenant, restore, sign_in)
    after = await finding.tenant(desk, one.tenant)
    shell.out.record(tenant_record(after), printable(f"{one.tenant}: restore access is now: {after.restore.value}."))


async def _require_accepted(shell: Shell, state: PlanState, accepted: Sequence[str]) -> None:
    """Make sure that each grave risk of the writes was taken by name. Raises Misconfigured."""
    grave = await _grave(shell, state.head.id)
    missing = [risk for code, risk in grave.items() if code not in accepted]
    for risk in missing:
        shell.out.note(risk_line(risk))
    if missing:
        wanted = " ".join(f"--accept {risk.code}" for risk in missing)
        raise Misconfigured(what=f"this plan carries grave risks; whoever takes them says so: {wanted}")
    unknown = sorted(set(accepted) - set(grave))
    if unknown:
        raise Misconfigured(what=f"this plan carries no grave risk “{unknown[0]}”")


async def _grave(shell: Shell, plan: str) -> Mapping[str, Risk]:
    """The grave risks of what is written; those that nobody took when it was planned are in no write."""
    entra, offset = (await shell.unlocked()).entra, 0
    found: dict[str, Risk] = {}
    while lines := await entra.writes(plan, offset, PAGE):
        found |= {risk.code: risk for line in lines for risk in line.write.risks if risk.is_grave}
        offset += len(lines)
    told = {risk.code: risk for risk in (await entra.plan_state(plan)).head.risks}
    return {code: told.get(code, risk) for code, risk in found.items()}


async def _carry_out(
    shell: Shell, state: PlanState, on_surprise: OnSurprise, yes: bool, password_file: Path | None
) -> ExitCode:
    desk, id = await shell.unlocked(), state.head.id
    number = sum(state.head.counts.values())
    if not number:
        shell.out.note("There is nothing to write.")
        return ExitCode.DONE
    tenant = next((one for one in await desk.entra.tenants() if one.stream == state.head.stream), None)
    if tenant is None:
        raise Misconfigured(what="the tenant of this plan is not set up here any more; “saasbackup source add m365”")
    name = tenant.tenant
    if not tenant.restore_client:
        remedy = f"“saasbackup entra access {name} once” registers an application that may, for one restore"
        raise Misconfigured(what=f"nothing may write to the directory of {name}; {remedy}")
    require_agreement(shell, yes, name, f"to send {counted(number, 'write')} to its directory")
    code = await see_through(shell, [await desk.entra.restore(id, on_surprise)])
    await desk.entra.settle()  # an application that was for this restore alone goes with it
    after = await desk.entra.plan_state(id)
    record = plan_record(after)
    shell.out.record(record, f"Plan {id}: {stands(record)}; {count(after.verified)} verified.")
    if after.head.revived and not await _brought_nothing_along(shell, after.head) and code is ExitCode.DONE:
        code = ExitCode.PARTIAL
    if after.head.undone_by:
        shell.out.note(f"“saasbackup entra undo {id}” takes it back.")
    if after.has_passwords:
        if password_file is not None or (shell.out.results.is_terminal and not shell.out.as_json):
            await _hand_over(shell, id, password_file)
        else:
            shell.out.note(f"Passwords were made up; “saasbackup entra passwords {id}” shows them once.")
    return code


async def _brought_nothing_along(shell: Shell, head: PlanHead) -> bool:
    """Look what else came out of the recycle bin: plan the same ticks again, and say what is left. Nothing is written.

    True if there is nothing. What cannot be looked at may have come along.
    """
    out, entra = shell.out, (await shell.unlocked()).entra
    if not head.is_repeatable:
        out.note(revived_line(head))
        return False
    try:
        left = await entra.plan_again(head.id)
    except Fault as fault:
        out.problem(words_for(fault.code, fault.facts), fault.code, fault.facts, fault_exit(fault.code))
        out.note(revived_line(head))
        return False
    if left.counts or left.left_out.get("grave-risk"):
        out.record(plan_record(await entra.plan_state(left.id)), "\n".join(left_lines(head, left)))
        return False
    if left.left_out.get("unread", 0) > head.left_out.get("unread", 0):
        out.note(revived_line(head))
        return False
    out.note(f"{counted(head.revived, 'object')} came out of the recycle bin. Nothing else came along with that.")
    return True


async def _hand_over(shell: Shell, plan: str, file: Path | None) -> None:
    """Show passwords, or write them to a file that nobody else can read; once they are there, they are forgotten.

    Raises Misconfigured if they cannot be written there: they are kept then.
    """
    out, entra = shell.out, (await shell.unlocked()).entra
    made = await entra.passwords(plan)
    if file is not None and made:
        _write(file, _lines(made))
    if not made:
        out.note("No passwords wait to be shown.")
    elif file is not None:
        record = {"type": "passwords", "file": str(file), "users": [one.name for one in made]}
        out.record(record, printable(f"Passwords of {listed(one.name for one in made)} are in {file}."))
    else:
        for one in made:
            out.record(password_record(one), f"{printable(one.name)}\t{one.password}")
        sys.stdout.flush()  # whoever reads along may have gone: then they are kept
    if made:
        await entra.forget_passwords(plan, [one.id for one in made])
        out.note("They are not kept here any more. Whoever gets one has to change it at the first sign-in.")


def _write(file: Path, text: str) -> None:
    """Write a new file that only this user can read, to the disk; or none of it. Raises Misconfigured."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    place = file.expanduser()
    try:
        handle = os.open(place, flags, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode())
                stream.flush()
                os.fsync(handle)
        except OSError:
            place.unlink()
            raise
    except OSError as error:
        raise Misconfigured(str(error), what=f"{file} cannot be written; the passwords are kept") from error


def _lines(made: Sequence[NewPassword]) -> str:
    return "".join(f"{printable(one.name)}\t{one.id}\t{one.password}\n" for one in made)
