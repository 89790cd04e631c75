"""``saasbackup``: the command line's entry point."""

import io
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from saasbackup_desktop import __version__
from saasbackup_desktop.app.memory import share_arenas
from saasbackup_desktop.cli import (
    accounts,
    activity,
    agent,
    alerts,
    backup,
    browse,
    demo,
    drill,
    imports,
    jobs,
    keys,
    limited,
    notices,
    reports,
    restore,
    retention,
    source,
    status,
    tasks,
    vault,
)
from saasbackup_desktop.cli.entra import commands as entra
from saasbackup_desktop.cli.exporting import commands as exporting
from saasbackup_desktop.cli.tenants import account

app = typer.Typer(
    name="saasbackup",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(vault.group)
app.add_typer(source.group)
app.add_typer(account.group)
app.add_typer(entra.group)
app.add_typer(exporting.group)
app.add_typer(jobs.group)
app.add_typer(notices.group)
app.add_typer(agent.group)
app.add_typer(tasks.group)
app.add_typer(tasks.schedule)
for group in (activity.group, reports.group):
    app.add_typer(group)
vault.group.add_typer(keys.group)
for part in (retention.retention, retention.trash, retention.hold):
    vault.group.add_typer(part)
vault.group.add_typer(limited.group)
for room in (accounts, backup, browse, restore, imports, jobs, alerts, drill, status, demo):
    room.register(app)


@app.callback(invoke_without_command=True, no_args_is_help=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Show the version and end.", is_eager=True)] = False,
) -> None:
    """Back up mailboxes into an encrypted vault of your own, browse them at any point in time, and restore them."""
    if version:
        print(f"saasbackup {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command that the arguments name; ends the process with its exit code."""
    share_arenas()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app(arguments(sys.argv[1:]))


def arguments(given: Sequence[str]) -> list[str]:
    """``--read-data`` may stand alone, for all of it; ``alerts`` too, for the list, and ``drill``, for a run.

    ``export`` makes one, if nothing else is said.
    """
    filled: list[str] = []
    if given and given[0] == "alerts" and (len(given) == 1 or (given[1].startswith("--") and given[1] != "--help")):
        given = ["alerts", "list", *given[1:]]
    if given and given[0] == "drill" and (len(given) == 1 or (given[1].startswith("--") and given[1] != "--help")):
        given = ["drill", "run", *given[1:]]
    if given and given[0] == "activity" and (len(given) == 1 or given[1] not in ("list", "verify", "--help", "-h")):
        given = ["activity", "list", *given[1:]]
    if len(given) > 1 and given[0] == "export" and given[1] not in exporting.WORDS:
        given = ["export", "run", *given[1:]]
    for position, word in enumerate(given):
        filled.append(word)
        following = given[position + 1] if position + 1 < len(given) else ""
        if word == "--read-data" and not following.isdigit():
            filled.append("100")
    return filled


if __name__ == "__main__":
    main()
