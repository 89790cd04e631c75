"""The group of commands."""

import typer

from saasbackup_desktop.cli.entra import carrying, comparing, looking, planning, saving

group = typer.Typer(
    name="entra",
    help="A tenant's directory: what is backed up of it, what differs, and how it is brought back.",
    no_args_is_help=True,
)
for room in (looking, comparing, planning, carrying, saving):
    room.register(group)
