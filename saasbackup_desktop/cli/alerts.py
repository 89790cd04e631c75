"""``saasbackup alerts``: what was unusual, and what somebody said about it."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from saasbackup_desktop.app.alerts.views import Alert, Sensitivity
from saasbackup_desktop.app.words.alerts import KINDS, SENSITIVITIES, alert_text, alert_title, holding_words
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import count, iso, local, local_iso, printable
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import service_of

group = typer.Typer(name="alerts", help="Unusual changes: mass deletions, mass changes, content that looks encrypted.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The alert's id, or its beginning.")]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(group)


@command(group, "list", example="saasbackup alerts list --open")
async def list_alerts(
    shell: Shell,
    is_open: Annotated[bool, typer.Option("--open", help="Only those that nobody has acknowledged.")] = False,
) -> None:
    """List alerts, newest first."""
    desk = await shell.unlocked()
    shell.out.table(
        [record(one) for one in await desk.alerts.all(open_only=is_open)],
        [
            field("Id", "id", is_whole=True),
            Column("When", lambda found: local_iso(found["until"]), is_whole=True),
            field("Account", "account"),
            field("Service", "service"),
            Column("What", lambda found: KINDS[found["kind"]]),
            number("Items", "count", count),
            number("Of", "of", count),
            Column("Last good", lambda found: local_iso(found["last_good_time"]), is_whole=True),
            Column("Acknowledged", lambda found: local_iso(found["acknowledged"]) or "no", is_whole=True),
        ],
    )


@command(group, "show", example="saasbackup alerts show 3f2a")
async def show(shell: Shell, id: Id) -> None:
    """Tell all about one alert, and how to bring back what was there before."""
    desk = await shell.unlocked()
    alert = await desk.alerts.find(id)
    lines = [alert_title(alert) + ".", alert_text(alert, local), holding_words(alert), alert.note]
    if alert.last_good is not None:
        lines.append(f"To look at it:  saasbackup ls {alert.stream} --at {alert.last_good.id}")
        lines.append(f"To restore it:  saasbackup restore {alert.stream} --at {alert.last_good.id}")
    shell.out.record(record(alert), "\n".join(printable(line) for line in lines if line))


@command(group, "acknowledge", example='saasbackup alerts acknowledge 3f2a --note "mailbox was tidied up"')
async def acknowledge(
    shell: Shell,
    id: Id,
    note: Annotated[str, typer.Option(help="What there is to say about it.")] = "",
    was_attack: Annotated[
        bool, typer.Option("--unexpected", help="It was not meant: as much again is to be noticed again.")
    ] = False,
) -> None:
    """Say that somebody has looked: from then on the rules decide again about what is kept."""
    desk = await shell.unlocked()
    before = await desk.alerts.find(id)
    alert = await desk.alerts.acknowledge(id, note, is_expected=not was_attack)
    words = f"Alert {alert.id} is acknowledged."
    if before.acknowledged is not None:
        now = "its note was replaced" if alert.note != before.note else "nothing was changed"
        words = f"Alert {alert.id} was acknowledged before, {local(before.acknowledged)}; {now}."
        if shell.out.as_json:
            shell.out.note(words)
    shell.out.record(record(alert), words)


@command(group, "settings", example="saasbackup alerts settings --sensitivity calm")
async def settings(
    shell: Shell,
    sensitivity: Annotated[Sensitivity | None, typer.Option(help="How much it takes.")] = None,
    is_on: Annotated[bool | None, typer.Option("--on/--off", help="Whether alerts are raised at all.")] = None,
    silent: Annotated[
        list[str] | None, typer.Option("--silent", metavar="ACCOUNT", help="Raise none for this account.")
    ] = None,
    heard: Annotated[
        list[str] | None, typer.Option("--heard", metavar="ACCOUNT", help="Raise them for this account again.")
    ] = None,
) -> None:
    """Show whether and how soon alerts are raised, or change it; it counts from the next backup on."""
    desk = await shell.unlocked()
    before = after = await desk.alerts.settings()
    if sensitivity is not None:
        after = replace(after, sensitivity=sensitivity)
    if is_on is not None:
        after = replace(after, is_on=is_on)
    cards = await desk.cards() if silent or heard else []
    off = {card.stream for text in silent or () for card in resolve.services(cards, text)}
    on = {card.stream for text in heard or () for card in resolve.services(cards, text)}
    if off & on:
        raise Misconfigured("both", what="an account cannot be both silent and heard")
    after = replace(after, silent=tuple(sorted((set(after.silent) | off) - on)))
    if after != before:
        await desk.alerts.set_settings(after)
    label, meaning = SENSITIVITIES[after.sensitivity]
    lines = [f"Alerts are {'on' if after.is_on else 'off'}. Sensitivity: {label.lower()}. {meaning}"]
    if after.silent:
        lines.append("None are raised for: " + ", ".join(after.silent))
    shell.out.record(
        {
            "type": "alert-settings",
            "on": after.is_on,
            "sensitivity": after.sensitivity.value,
            "silent": list(after.silent),
        },
        "\n".join(lines),
    )


def record(alert: Alert) -> dict[str, Any]:
    """An alert."""
    facts = alert.facts
    return {
        "type": "alert",
        "id": alert.id,
        "account": alert.account.address,
        "stream": alert.stream,
        "service": service_of(alert.stream).value,
        "kind": alert.kind,
        "count": int(facts["count"]),
        "of": int(facts["of"]),
        "share_percent": int(facts["share"]),
        "usual": int(facts["usual"]) if int(facts["usual"]) >= 0 else None,
        "since": iso(int(facts["since"])),
        "until": iso(int(facts["until"])),
        "made": iso(alert.made),
        "job": alert.job,
        "snapshot": alert.snapshot,
        "last_good": alert.last_good.id if alert.last_good is not None else None,
        "last_good_time": iso(alert.last_good.finished) if alert.last_good is not None else None,
        "holding": alert.is_holding,
        "acknowledged": iso(alert.acknowledged),
        "note": alert.note,
    }
