"""``saasbackup entra plan`` and ``plans``: what a restore would write, every request of it."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.entra.views import LIVE, PlanRequest, PlanState
from saasbackup_desktop.app.words.entra.plans import ACTIONS, RISKS, STANDINGS
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.entra import finding
from saasbackup_desktop.cli.entra.finding import TenantName
from saasbackup_desktop.cli.entra.records import left_out_record, plan_record, write_record
from saasbackup_desktop.cli.entra.telling import accept_line, left_out_line, revived_line, risk_line, write_lines
from saasbackup_desktop.cli.figures import count, counted, listed, local, local_iso, printable
from saasbackup_desktop.cli.output import Column, Record, field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.directory.plan import Action, Mode, Standing
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.core.errors import Misconfigured

Accept = Annotated[
    list[str] | None, typer.Option("--accept", metavar="CODE", help="Take this grave risk; may be repeated.")
]
PlanId = Annotated[str, typer.Argument(metavar="PLAN", help="A plan's id, or its beginning.")]
PAGE: Final = 500


def register(group: typer.Typer) -> None:
    """Add this room's commands."""
    command(group, "plan", example="saasbackup entra plan Fernwick groups/Engineers --at 2026-03-31")(plan)
    command(group, "replan", example="saasbackup entra replan 3f2a --accept deletes-for-good")(replan)
    command(group, "plans", example="saasbackup entra plans 3f2a")(plans)


async def plan(
    shell: Shell,
    name: TenantName,
    at: Annotated[
        str,
        typer.Option("--at", metavar="TIME", help="As it was then: a point in time's id, a date or time, or latest."),
    ],
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY", help="Kinds, objects (KIND/OBJECT), attributes (…#a:PATH), links (…#l:RELATION:ID:)."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that differs.")] = False,
    unless: Annotated[
        list[str] | None, typer.Option("--except", metavar="KEY", help="But not this; may be repeated.")
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="What is there and differs: set it back, or leave it and bring back what is missing.")
    ] = Mode.OVERWRITE,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the record.")] = "",
    break_glass: Annotated[
        list[str] | None,
        typer.Option(metavar="USER", help="An account that must keep its way in, whatever happens; may be repeated."),
    ] = None,
    myself: Annotated[
        str, typer.Option(metavar="USER", help="Who you are: it warns if you would lock yourself out.")
    ] = "",
    accept: Accept = None,
) -> None:
    """Show every write that would bring picked things back as they were, and keep it as a plan. Nothing is written."""
    if bool(what) == everything:
        raise Misconfigured(what="name what to bring back, or say --all")
    _require_known(accept or ())
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    snapshot = await finding.at(desk, one, at)
    moments = (snapshot, LIVE)

    async def user(text: str) -> str:
        found = await finding.key(desk, one, moments, text if "/" in text else f"users/{text}")
        return found.partition("/")[2]

    request = PlanRequest(
        stream=one.stream,
        snapshot=snapshot,
        ticks=Ticks(
            wanted=frozenset({EVERYTHING})
            if everything
            else await finding.ticked(desk, one, (snapshot, LIVE), what or ()),
            unwanted=await finding.ticked(desk, one, moments, unless or ()),
        ),
        mode=mode,
        note=note,
        break_glass=tuple([await user(text) for text in break_glass or ()]),
        myself=await user(myself) if myself else "",
        accepts=tuple(accept or ()),
    )
    head = await desk.entra.plan(request)
    await show_plan(shell, await desk.entra.plan_state(head.id))
    if sum(head.counts.values()):
        shell.out.note(f"Nothing was written. “saasbackup entra restore {head.id}” does it.")


def _require_known(codes: Sequence[str]) -> None:
    """Make sure that what is accepted is a risk that there can be. Raises Misconfigured."""
    unknown = [code for code in codes if code not in RISKS]
    if unknown:
        raise Misconfigured(unknown[0], what=f"there is no risk “{unknown[0]}”; known: {listed(sorted(RISKS))}")


async def replan(shell: Shell, plan: PlanId, accept: Accept = None) -> None:
    """Plan the same ticks anew: what is left of a plan, or with more grave risks taken. Nothing is written."""
    _require_known(accept or ())
    before = await state_of(shell, plan)
    if not before.head.is_repeatable:
        what = "takes another one back" if before.head.undoes else "was made before what is ticked was kept"
        raise Misconfigured(what=f"plan {before.head.id} {what}; “saasbackup entra plan” makes a new one")
    entra = (await shell.unlocked()).entra
    head = await entra.plan_again(before.head.id, tuple(accept or ()))
    await show_plan(shell, await entra.plan_state(head.id))
    if sum(head.counts.values()):
        shell.out.note(f"Nothing was written. “saasbackup entra restore {head.id}” does it.")


async def plans(
    shell: Shell,
    plan: Annotated[
        str | None, typer.Argument(metavar="PLAN", help="Show this one: every write, and what came of it.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Only of this tenant.")] = None,
    standing: Annotated[Standing | None, typer.Option(help="Only writes that stand so.")] = None,
) -> None:
    """List plans, newest first; or show one: every write, what came of it, and what is left out."""
    desk = await shell.unlocked()
    if plan is not None:
        await show_plan(shell, await state_of(shell, plan), standing)
        return
    one = await finding.tenant(desk, tenant) if tenant is not None else None
    names = {str(each.stream): str(each.tenant) for each in await desk.entra.tenants()}
    records = [plan_record(state) for state in await desk.entra.plans(one.stream if one else None)]
    shell.out.table(
        records,
        [
            Column("Made", lambda record: local_iso(record["made"]), is_whole=True),
            field("Plan", "id", is_whole=True),
            Column("Tenant", lambda record: names.get(str(record["stream"]), str(record["stream"]))),
            Column("Brings back", _of),
            Column("Writes", lambda record: count(sum(record["counts"].values())), right=True),
            Column("Stands", stands),
            field("Note", "note"),
        ],
    )


def _of(record: Record) -> str:
    return f"undoes {record['undoes']}" if record["undoes"] else str(record["snapshot"] or "")


def stands(record: Record) -> str:
    """How many writes of a plan stand how."""
    standings = {code: number for code, number in record["standings"].items() if number}
    if not standings or set(standings) == {Standing.PLANNED.value}:
        return "not carried out"
    return ", ".join(f"{count(number)} {STANDINGS[Standing(code)].label.lower()}" for code, number in standings.items())


async def state_of(shell: Shell, text: str) -> PlanState:
    """A plan by its id or the beginning of it. Raises Misconfigured."""
    found = await (await shell.unlocked()).entra.plans()
    same = [state for state in found if state.head.id == text] or [
        state for state in found if text and state.head.id.startswith(text)
    ]
    if len(same) == 1:
        return same[0]
    if same:
        raise Misconfigured(text, what=f"several plans begin with “{text}”; write more of the id")
    try:
        return await (await shell.unlocked()).entra.plan_state(text)  # one that has nothing in it is not listed
    except Misconfigured as fault:
        what = f"there is no plan “{text}”; “saasbackup entra plans” lists them"
        raise Misconfigured(text, what=what) from fault


async def show_plan(shell: Shell, state: PlanState, standing: Standing | None = None) -> None:
    """Show a plan: what could go wrong, each write, what is left out, and all of it at a glance."""
    entra, out, id = (await shell.unlocked()).entra, shell.out, state.head.id
    offset = 0
    while lines := await entra.writes(id, offset, PAGE, standing.value if standing else ""):
        for line in lines:
            undoes = bool(state.head.undoes)
            out.record(write_record(id, line, undoes=undoes), "\n".join(write_lines(line, undoes=undoes)))
        offset += len(lines)
    offset = 0
    while left := await entra.left_out(id, offset, PAGE):
        if not offset and not out.as_json:
            print("Left out:")
        for one in left:
            out.record(left_out_record(id, one), left_out_line(one))
        offset += len(left)
    out.record(plan_record(state), "\n".join(_glance(state)))


def _glance(state: PlanState) -> Sequence[str]:
    head = state.head
    what = f"takes back plan {head.undoes}" if head.undoes else f"brings back what was at {head.snapshot}"
    lines = [printable(f"Plan {head.id} of {local(head.made)} {what}.")]
    actions = [f"{ACTIONS[Action(code)].lower()}: {count(number)}" for code, number in head.counts.items() if number]
    lines.append(f"{counted(sum(head.counts.values()), 'write')}" + (f" ({'; '.join(actions)})" if actions else ""))
    if head.note:
        lines.append(printable(f"Note: {head.note}"))
    lines += [risk_line(risk, undoes=bool(head.undoes)) for risk in head.risks]
    if head.left_out.get("grave-risk") and head.is_repeatable:
        lines.append(accept_line(head))
    if head.revived:
        lines.append(revived_line(head))
    done = stands(plan_record(state))
    if done != "not carried out":
        lines.append(f"{done}; {count(state.verified)} verified, {count(state.not_verified)} not as wanted afterwards")
    return lines
