"""``saasbackup drill``: prove that what was backed up can be had again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.drills.views import (
    DAMAGED,
    INCOMPLETE,
    PROVEN,
    UNREACHABLE,
    DrillPlan,
    Finding,
    Overdue,
    Proof,
)
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.drills import EXPECTED, FINDINGS, OUTCOMES, finding_place, finding_reason, proof_text
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.figures import count, counted, iso, local, local_iso, printable
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.core.schedule import Rhythm

group = typer.Typer(name="drill", help="Restore drills: prove that what was backed up can be had again.")
schedule = typer.Typer(name="schedule", help="When drills begin by themselves.", no_args_is_help=True)
group.add_typer(schedule)

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(group)


@command(group, "run", example="saasbackup drill run --account anna@example.org --sample 200")
async def run(
    shell: Shell,
    account: Annotated[
        list[str] | None, typer.Option("--account", metavar="ACCOUNT", help="Of this one only; may be repeated.")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Restore so many items of each.")] = None,
    no_source: Annotated[
        bool, typer.Option("--no-source", help="Prove the vault alone; do not ask the source what it has.")
    ] = False,
    snapshot: Annotated[
        str, typer.Option(metavar="ID", help="Only this point in time, of one account: to repeat a drill.")
    ] = "",
    seed: Annotated[str, typer.Option(metavar="SEED", help="Draw the sample by this, as an earlier drill did.")] = "",
) -> ExitCode:
    """Restore a sample of each account into scratch, compare every byte, and ask the source what it has.

    Ends with 0 if all is proven, 7 if something cannot be had again, 3 if the source has what the backup should hold
    and does not, 5 (or 4) if a source could not be asked.
    """
    desk = await shell.unlocked()
    cards = _chosen(await desk.cards(), account or ())
    if (snapshot or seed) and len(cards) != 1:
        raise Misconfigured(what="a drill of one point in time is of one account and service: name it with --account")
    at = SnapshotId(snapshot) if snapshot else None
    jobs = await desk.drills.run([card.stream for card in cards], sample, not no_source, at, seed)
    ended = await see_through(shell, jobs)
    codes = []
    for card, job in zip(cards, jobs, strict=True):
        proof = await desk.drills.proof(card.stream, job)
        if proof is None:
            codes.append(ended)
            continue
        _say(shell, proof)
        codes.append(_exit(proof))
    return _joint(codes)


@command(group, "list", example="saasbackup drill list --json")
async def list_drills(
    shell: Shell,
    account: Annotated[
        str | None, typer.Option("--account", help="All drills of this one, not the last of each.")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been proven and was not.")] = False,
) -> None:
    """List what was proven restorable, and when."""
    desk = await shell.unlocked()
    if overdue:
        shell.out.table(
            [_overdue_record(one) for one in await desk.drills.overdue()],
            [
                field("Account", "account"),
                field("Service", "service"),
                Column("Since", lambda found: local_iso(found["since"]), is_whole=True),
                Column("Last proven", lambda found: local_iso(found["proven"]) or "never", is_whole=True),
            ],
        )
        return
    found = await desk.drills.proofs()
    if account is not None:
        cards = resolve.services(await desk.cards(), account)
        found = [proof for card in cards for proof in await desk.drills.history(card.stream)]
    shell.out.table(
        [proof_record(one) for one in found],
        [
            Column("When", lambda record: local_iso(record["time"]), is_whole=True),
            field("Account", "account"),
            field("Service", "service"),
            field("Outcome", "status"),
            number("Restored", "read", count),
            number("Same", "matched", count),
            number("Damaged", "damaged", count),
            number("Missing", "missing", count),
            Column("Last proven", lambda record: local_iso(record["proven"]) or "never", is_whole=True),
        ],
    )


@command(schedule, "show", example="saasbackup drill schedule show")
async def show(shell: Shell) -> None:
    """Show when drills begin by themselves."""
    _say_plan(shell, await (await shell.unlocked()).drills.schedule())


@command(schedule, "set", example="saasbackup drill schedule set --every daily --at 03:30 --days 7 --sample 50")
async def set_schedule(
    shell: Shell,
    every: Annotated[Rhythm | None, typer.Option(help="How often a round begins; by-hand: never by itself.")] = None,
    at: Annotated[str | None, typer.Option(metavar="HH:MM", help="At what time of the day.")] = None,
    weekday: Annotated[str | None, typer.Option(metavar="DAY", help="On which day, if weekly.")] = None,
    cron: Annotated[str | None, typer.Option(metavar="LINE", help="Five fields, if by cron.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Items that each drill restores.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Everybody has a turn within so many days.")
    ] = None,
) -> None:
    """Choose when drills begin by themselves; what is not named stays. Each round takes those that waited longest."""
    desk = await shell.unlocked()
    plan = await desk.drills.schedule()
    chosen = plan.schedule
    if every is not None:
        chosen = replace(chosen, rhythm=every)
    if at is not None:
        chosen = replace(chosen, at=_minute(at))
    if weekday is not None:
        chosen = replace(chosen, weekday=_weekday(weekday))
    if cron is not None:
        chosen = replace(chosen, rhythm=Rhythm.CRON, cron=cron)
    made = await desk.drills.set_schedule(
        chosen, plan.items if sample is None else sample, plan.days if days is None else days
    )
    _say_plan(shell, made)


def _chosen(cards: Sequence[StreamCard], accounts: Sequence[str]) -> Sequence[StreamCard]:
    if not accounts:
        found = [card for card in cards if card.last is not None]
        if not found:
            raise Misconfigured("nothing is backed up yet", what="nothing-to-drill")
        return found
    chosen = {card.stream: card for text in accounts for card in resolve.services(cards, text)}
    return [card for card in chosen.values() if card.last is not None] or list(chosen.values())


def _say(shell: Shell, proof: Proof) -> None:
    text = f"{proof.account.address}: {OUTCOMES[proof.outcome].label.lower()}. {proof_text(proof, local)}"
    shell.out.record(proof_record(proof), printable(text))
    for one in proof.findings:
        if one.kind not in EXPECTED:
            reason = finding_reason(one)
            told = f"  {FINDINGS[one.kind].lower()}: {finding_place(one)}{f' ({reason.lower()})' if reason else ''}"
            shell.out.record({"type": "finding", "job": proof.job, **_finding_record(one)}, printable(told))


def proof_record(proof: Proof) -> dict[str, Any]:
    """What one drill found out."""
    return {
        "type": "drill",
        "time": iso(proof.time),
        "account": proof.account.address,
        "service": service_of(proof.stream).value,
        "stream": proof.stream,
        "snapshot": proof.snapshot or None,
        "job": proof.job,
        "outcome": proof.outcome,
        "status": OUTCOMES[proof.outcome].label,
        "remedy": OUTCOMES[proof.outcome].remedy or None,
        "read": proof.read,
        "matched": proof.matched,
        "missing": proof.missing,
        "damaged": proof.damaged,
        "at_source": proof.at_source,
        "proven": iso(proof.proven),
        "facts": dict(proof.facts),
    }


def _finding_record(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "where": finding.where, "name": finding.name, "code": finding.code}


def _overdue_record(one: Overdue) -> dict[str, Any]:
    return {
        "type": "drill-overdue",
        "account": one.account.address,
        "service": service_of(one.stream).value,
        "stream": one.stream,
        "since": iso(one.since),
        "proven": iso(one.proven),
    }


def _say_plan(shell: Shell, plan: DrillPlan) -> None:
    record = {
        "type": "drill-schedule",
        "rhythm": plan.schedule.rhythm.value,
        "at": f"{plan.schedule.at // 60:02}:{plan.schedule.at % 60:02}",
        "weekday": _DAYS[plan.schedule.weekday],
        "cron": plan.schedule.cron or None,
        "items": plan.items,
        "days": plan.days,
        "next": iso(plan.next_run),
    }
    shell.out.fields(
        record,
        [
            Column("Begins", lambda _: _rhythm(plan)),
            Column("Next round", lambda _: local(plan.next_run) or "by hand"),
            Column("Restores", lambda _: f"{counted(plan.items, 'item')} of each account's service"),
            Column("Everybody's turn", lambda _: f"within {counted(plan.days, 'day')}"),
        ],
    )


def _rhythm(plan: DrillPlan) -> str:
    chosen, at = plan.schedule, f"{plan.schedule.at // 60:02}:{plan.schedule.at % 60:02}"
    match chosen.rhythm:
        case Rhythm.BY_HAND:
            return "by hand"
        case Rhythm.HOURS:
            return f"every {counted(chosen.hours, 'hour')}"
        case Rhythm.THREE_TIMES:
            return f"three times a day, first at {at}"
        case Rhythm.THREE_DAYS:
            return f"every third day at {at}"
        case Rhythm.WEEKLY:
            return f"every {_DAYS[chosen.weekday].capitalize()} at {at}"
        case Rhythm.CRON:
            return f"cron: {chosen.cron}"
    return f"every day at {at}"


def _minute(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Misconfigured(text, what=f"“{text}” is no time of the day; write it as 03:30")
    return int(found[1]) * 60 + int(found[2])


def _weekday(text: str) -> int:
    for number_, name in enumerate(_DAYS):
        if len(text) >= 2 and name.startswith(text.casefold()):
            return number_
    raise Misconfigured(text, what=f"“{text}” is no day of the week")


def _exit(proof: Proof) -> ExitCode:
    return {
        PROVEN: ExitCode.DONE,
        DAMAGED: ExitCode.DAMAGED,
        INCOMPLETE: ExitCode.PARTIAL,
        UNREACHABLE: fault_exit(str(proof.facts.get("reason", "unreachable"))),
    }[proof.outcome]


def _joint(codes: Sequence[ExitCode]) -> ExitCode:
    """The gravest."""
    order = (ExitCode.DAMAGED, ExitCode.CANCELLED, ExitCode.PARTIAL)
    for code in order:
        if code in codes:
            return code
    return next((code for code in codes if code is not ExitCode.DONE), ExitCode.DONE)
