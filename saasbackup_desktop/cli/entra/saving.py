"""``saasbackup entra export``: objects as files, with scripts that would bring them back by hand."""

from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.entra import finding
from saasbackup_desktop.cli.entra.finding import At, TenantName
from saasbackup_desktop.cli.figures import counted, printable
from saasbackup_desktop.cli.moments import LATEST
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import options
from saasbackup_desktop.core.directory.ticks import EVERYTHING
from saasbackup_desktop.core.errors import Misconfigured


def register(group: typer.Typer) -> None:
    """Add this room's command."""
    command(group, "export", example="saasbackup entra export Fernwick users groups/Engineers --out directory.zip")(
        export
    )


async def export(
    shell: Shell,
    name: TenantName,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.zip", help="Where to; no file of that name may be there.")
    ],
    what: Annotated[
        list[str] | None, typer.Argument(metavar="KEY", help="Only these kinds or objects (KIND/OBJECT).")
    ] = None,
    at: At = LATEST,
) -> None:
    """Write a directory, kinds or objects of it into a ZIP archive: JSON, digests, and scripts for bash and PowerShell.

    The files are not encrypted. They hold no secrets, passwords or tokens.
    """
    options.require_new(out)
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    snapshot = await finding.at(desk, one, at)
    keys = sorted(await finding.ticked(desk, one, (snapshot,), what or ())) or [EVERYTHING]
    parts = [key for key in keys if "#" in key]
    if parts:
        raise Misconfigured(parts[0], what=f"“{parts[0]}”: objects are written whole")
    file = out.expanduser().absolute()
    number = await desk.entra.download(one.stream, snapshot, keys, file)
    record = {"type": "downloaded", "file": str(file), "tenant": one.tenant, "snapshot": snapshot, "objects": number}
    shell.out.record(record, printable(f"{counted(number, 'object')} of {one.tenant} are written to {out}."))
