"""``saasbackup entra status``, ``kinds``, ``objects``, ``show``, ``history``, ``search``, and what is backed up."""

from typing import Annotated, Final

import typer

from saasbackup_desktop.app.entra.views import LIVE, EntraTenant, RestoreAccess
from saasbackup_desktop.app.words.entra.kinds import CHANGES, FAMILIES, STATES, kind_words
from saasbackup_desktop.app.words.entra.tenants import ACCESSES, REASONS
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.entra import finding
from saasbackup_desktop.cli.entra.finding import At, Key, KindName, TenantName
from saasbackup_desktop.cli.entra.records import kind_record, object_record, row_record, tenant_record, version_record
from saasbackup_desktop.cli.entra.telling import object_lines, part_lines
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, local, local_iso, printable
from saasbackup_desktop.cli.moments import LATEST
from saasbackup_desktop.cli.output import Column, Record, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants.telling import signed_in
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Misconfigured

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
_PAGE: Final = 500


def register(group: typer.Typer) -> None:
    """Add this room's commands."""
    command(group, "status", example="saasbackup entra status --json")(status)
    command(group, "activate", example="saasbackup entra activate Fernwick")(activate)
    command(group, "authorise", example="saasbackup entra authorise Fernwick")(authorise)
    command(group, "deactivate", example="saasbackup entra deactivate Fernwick")(deactivate)
    command(group, "backup", example="saasbackup entra backup Fernwick")(backup)
    command(group, "kinds", example="saasbackup entra kinds Fernwick --at 2026-03-31")(kinds)
    command(group, "objects", example="saasbackup entra objects Fernwick users --words lovelace")(objects)
    command(group, "show", example="saasbackup entra show Fernwick users/ada@fernwick.example")(show)
    command(group, "history", example="saasbackup entra history Fernwick groups/Engineers")(history)
    command(group, "search", example="saasbackup entra search Fernwick lovelace")(search)


async def status(
    shell: Shell,
    names: Annotated[list[str] | None, typer.Argument(metavar="TENANT", help="Only these.")] = None,
) -> None:
    """Show each tenant's directory: whether it is backed up, how that stands, and whether it can be written back."""
    desk = await shell.unlocked()
    found = await desk.entra.tenants()
    if names:
        chosen = {(await finding.tenant(desk, name)).tenant for name in names}
        found = [one for one in found if one.tenant in chosen]
    shell.out.table(
        [tenant_record(one) for one in found],
        [
            field("Tenant", "tenant"),
            field("Domain", "domain"),
            field("Status", "status", is_whole=True),
            number("Objects", "objects", count),
            Column("Last backup", lambda record: local_iso(record["last_backup"]), is_whole=True),
            Column("Restore", lambda record: ACCESSES[RestoreAccess(record["restore_access"])][0]),
            Column("What to do", _remedy),
        ],
    )


def _remedy(record: Record) -> str:
    reasons = [label(REASONS, code) for code in record["reasons"]]
    if record["missing"]:
        reasons.append(f"Missing: {', '.join(record['missing'])}.")
    return " ".join([record["remedy"] or "", *reasons]).strip()


async def activate(
    shell: Shell,
    name: TenantName,
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="Grant the permissions that it takes; an administrator types a code.")
    ] = False,
) -> ExitCode:
    """Have a tenant's directory backed up from now on. It ends with 3 as long as permissions are missing."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    await desk.entra.activate(one.tenant, True, await _signed_in(shell, one) if sign_in else "")
    after = await finding.tenant(desk, one.tenant)
    return _told(shell, after, f"The directory of {one.tenant} is backed up from now on.")


async def authorise(shell: Shell, name: TenantName) -> ExitCode:
    """Renew and grant what is missing, of the application that reads and of the one that writes.

    An administrator types a code. It ends with 3 as long as permissions are missing.
    """
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    after = await desk.entra.authorise(one.tenant, await _signed_in(shell, one))
    return _told(shell, after, f"The directory of {one.tenant} can be read.")


async def deactivate(shell: Shell, name: TenantName) -> None:
    """Back a tenant's directory up no more. What is saved stays."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    await desk.entra.activate(one.tenant, False)
    text = f"The directory of {one.tenant} is not backed up any more; what is saved stays."
    after = await finding.tenant(desk, one.tenant)
    shell.out.record(tenant_record(after), printable(text))
    if after.restore_client:
        shell.out.note(
            "An application that may write to it stays registered in the tenant: "
            f"“saasbackup entra access {one.tenant} none” removes it."
        )


async def _signed_in(shell: Shell, one: EntraTenant) -> str:
    return await signed_in(shell, (await shell.desk.tenants.find(one.tenant)).settings, "set-up")


def _told(shell: Shell, after: EntraTenant, text: str) -> ExitCode:
    if not after.missing:
        shell.out.record(tenant_record(after), printable(text))
        return ExitCode.DONE
    missing = f"Missing permissions: {', '.join(after.missing)}."
    shell.out.record(tenant_record(after), printable(missing))
    shell.out.note(f"“saasbackup entra authorise {after.tenant}” grants them, with a code that an administrator types.")
    return ExitCode.PARTIAL


async def backup(
    shell: Shell,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="TENANT", help="Of these; else of all whose directory is active.")
    ] = None,
) -> ExitCode:
    """Back directories up now."""
    desk = await shell.unlocked()
    chosen = [await finding.tenant(desk, name) for name in names or ()]
    if not names:
        chosen = [one for one in await desk.entra.tenants() if one.is_active]
    if not chosen:
        raise Misconfigured(what="no directory is active; “saasbackup entra activate” has one backed up")
    return await see_through(shell, [await desk.entra.backup(one.tenant) for one in chosen])


async def kinds(shell: Shell, name: TenantName, at: At = LATEST) -> None:
    """List the kinds of objects at a point in time, and how many there are of each."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    found = await desk.entra.kinds(one.stream, await finding.at(desk, one, at))
    shell.out.table(
        [kind_record(each) for each in found],
        [
            field("Kind", "kind", is_whole=True),
            Column("Name", lambda record: kind_words(record["kind"])),
            Column("Family", lambda record: label(FAMILIES, record["family"])),
            number("Objects", "objects", count),
            Column("", lambda record: "beta" if record["beta"] else ""),
        ],
    )


async def objects(
    shell: Shell,
    name: TenantName,
    kind: KindName,
    at: At = LATEST,
    words: Annotated[str, typer.Option(help="Only with these words in names and values.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """List the objects of a kind at a point in time."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    snapshot = await finding.at(desk, one, at)
    of_kind = finding.kind(kind, [each.kind for each in await desk.entra.kinds(one.stream, snapshot)])
    told = 0
    while limit is None or told < limit:
        wanted = _PAGE if limit is None else min(_PAGE, limit - told)
        page = await desk.entra.objects(one.stream, snapshot, of_kind, words=words, offset=told, limit=wanted)
        if not page.rows:
            break
        shell.out.table([row_record(row) for row in page.rows], _COLUMNS, titles=told == 0)
        told += len(page.rows)
    if not told:
        shell.out.note("Nothing found.")


async def show(
    shell: Shell,
    name: TenantName,
    key: Key,
    at: Annotated[
        str, typer.Option("--at", metavar="TIME|live", help="A point in time; or live: as it is now.")
    ] = LATEST,
) -> None:
    """Show an object as it was, or as it is now: its properties, and its links to others."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    moment = LIVE if at == LIVE else await finding.at(desk, one, at)
    view = await desk.entra.object(one.stream, moment, await finding.key(desk, one, (moment,), key))
    shell.out.record(object_record(view), "\n".join(object_lines(view)))


async def history(shell: Shell, name: TenantName, key: Key) -> None:
    """Show the states that an object had, newest first, and what changed each time."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    points = [point.id for point in await desk.snapshots(one.stream)]
    found = await desk.entra.history(one.stream, await finding.key(desk, one, points, key))
    for version in found:
        lines = [f"{local(version.moment)}  {CHANGES[version.change].lower()}  {version.snapshot}"]
        if version.difference is not None:
            lines += part_lines(version.difference, version.names, with_noise=False)
        shell.out.record(version_record(version), "\n".join(lines))
    if not found:
        shell.out.note("No point in time has it.")


async def search(
    shell: Shell,
    name: TenantName,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="All of them, in names and values.")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Only what this point in time holds.")] = None,
    limit: Limit = 100,
) -> None:
    """Find objects at every point in time, also those that are gone, by words in their names and values."""
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    snapshot = None if at is None else await finding.at(desk, one, at)
    page = await desk.entra.search(one.stream, words, snapshot, limit=limit)
    columns = [Column("Kind", lambda record: kind_words(record["kind"])), *_COLUMNS]
    shell.out.table([row_record(row) for row in page.rows], columns)
    if page.total > len(page.rows):
        shell.out.note(f"There are more than {count(limit)}; narrow the search or raise --limit.")
    elif not page.rows:
        shell.out.note("Nothing found.")


def _state(record: Record) -> str:
    said = label(STATES, record["state"]) if record["state"] else ""
    return "; ".join(part for part in (said, "deleted" if record["deleted"] else "") if part)


_COLUMNS: Final = [
    field("Name", "name"),
    field("About", "about"),
    Column("State", _state),
    field("Object", "key", is_whole=True),
]
