"""``saasbackup source``: the mailboxes and tenants outside that are reached from here."""

from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.app.tenants.views import Tenant
from saasbackup_desktop.app.views import ImapSettings, ProbeReport, SignIn, Tls
from saasbackup_desktop.app.words.states import ABILITIES, PROBE_WARNINGS, label
from saasbackup_desktop.cli import resolve, secret_input
from saasbackup_desktop.cli.agreement import Yes
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import counted, printable, size
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.records import connection_record, probe_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import looking_after, setting_up
from saasbackup_desktop.cli.tenants.records import tenant_record
from saasbackup_desktop.core.errors import Misconfigured

group = typer.Typer(name="source", help="The mailboxes that are backed up or restored to.", no_args_is_help=True)
_add = typer.Typer(name="add", help="Set up a source.", no_args_is_help=True)
group.add_typer(_add)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The source's name, as “source list” shows it.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="File whose first line is the password or token; - is standard input."),
]


@command(
    _add,
    "imap",
    example="saasbackup source add imap --name office --host imap.example.org --user anna@example.org "
    "--password-file password.txt",
)
async def add_imap(
    shell: Shell,
    name: Annotated[str, typer.Option(help="What to call it here.")],
    host: Annotated[str, typer.Option(help="The server's name.")],
    user: Annotated[str, typer.Option(help="The user name at the server, often the address.")],
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 993 for implicit TLS, else 143.")] = None,
    tls: Annotated[Tls, typer.Option(help="How the connection is protected.")] = Tls.IMPLICIT,
    sign_in: Annotated[SignIn, typer.Option(help="How to sign in; xoauth2 takes an access token.")] = SignIn.LOGIN,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM file with an authority of one's own.")
    ] = None,
    password_file: PasswordFile = None,
    test: Annotated[bool, typer.Option("--test/--no-test", help="Sign in once before it is kept.")] = True,
) -> None:
    """Set up a mailbox on an IMAP server. It is tested first; the password is kept encrypted."""
    desk = await shell.unlocked()
    settings = ImapSettings(
        name=name,
        host=host,
        user=user,
        port=port,
        tls=tls,
        sign_in=sign_in,
        ca_file=str(ca_file.expanduser().absolute()) if ca_file else None,
    )
    password = secret_input.obtain(password_file, f"Password of {user}", "--password-file")
    if test:
        _tell(shell, name, await desk.probe_imap(settings, password))
    elif tls is Tls.NONE:
        shell.out.note(PROBE_WARNINGS["not-encrypted"])
    connection = await desk.add_imap(settings, password)
    shell.out.record(
        connection_record(connection), f"Source {connection.name} is set up for {connection.account.address}."
    )


@command(group, "list", example="saasbackup source list")
async def list_sources(shell: Shell) -> None:
    """List the sources that are set up."""
    desk = await shell.unlocked()
    records = [connection_record(connection) for connection in await desk.connections()]
    records += [tenant_record(tenant) for tenant in await desk.tenants.all()]
    shell.out.table(
        sorted(records, key=lambda record: str(record["name"]).casefold()),
        [
            field("Name", "name"),
            field("Kind", "kind"),
            field("Account", "account"),
            field("Server", "host"),
            field("TLS", "tls"),
            field("Status", "status"),
        ],
    )


@command(group, "test", example="saasbackup source test office")
async def test_source(shell: Shell, name: Name) -> ExitCode | None:
    """Sign in and look around, without changing anything. Of a tenant, the whole check list is shown."""
    desk = await shell.unlocked()
    found = resolve.source_or_tenant(await desk.connections(), await desk.tenants.all(), name)
    if isinstance(found, Tenant):
        return await looking_after.test(shell, found.settings.name)
    _tell(shell, found.name, await desk.probe(found.name))
    return None


@command(group, "set-password", example="saasbackup source set-password office --password-file password.txt")
async def set_password(shell: Shell, name: Name, password_file: PasswordFile = None) -> None:
    """Replace the password or token of a source."""
    desk = await shell.unlocked()
    connection = resolve.source(await desk.connections(), name)
    password = secret_input.obtain(password_file, f"Password of {connection.settings.user}", "--password-file")
    await desk.change_secret(connection.name, password)
    shell.out.record(
        {"type": "password-changed", "name": connection.name}, f"Source {connection.name} has a new password."
    )


@command(group, "remove", example="saasbackup source remove office")
async def remove(
    shell: Shell,
    name: Name,
    cleans_up: Annotated[
        bool, typer.Option("--clean-up", help="Also remove a tenant's registration: an administrator types a code.")
    ] = False,
    leaves_restorer: Annotated[
        bool,
        typer.Option(
            "--leave-restore-application", help="Leave an application that may write to a directory in the tenant."
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Forget a source and what it signs in with. What is in the vault stays."""
    desk = await shell.unlocked()
    connection = resolve.source_or_tenant(await desk.connections(), await desk.tenants.all(), name)
    if isinstance(connection, Tenant):
        await looking_after.remove(
            shell, connection.settings.name, cleans_up=cleans_up, leaves=leaves_restorer, yes=yes
        )
        return
    if cleans_up:
        raise Misconfigured(what="--clean-up is for tenants of Microsoft 365")
    if leaves_restorer:
        raise Misconfigured(what="--leave-restore-application is for tenants of Microsoft 365")
    await desk.remove_connection(connection.name)
    shell.out.record(
        {"type": "source-removed", "name": connection.name},
        f"Source {connection.name} is removed. Its backups stay in the vault.",
    )


setting_up.register(group, _add)
looking_after.register(group)


def _tell(shell: Shell, name: str, report: ProbeReport) -> None:
    record = probe_record(name, report)
    mailbox = f"{counted(report.folders, 'folder')}, {counted(report.messages, 'message')}"
    shell.out.fields(
        record,
        [
            Column("Server", lambda _record: report.server or "does not say"),
            Column("Encrypted", lambda _record: "yes" if report.secure else "NO"),
            Column("Mailbox", lambda _record: f"{mailbox}, {size(report.size)}" if report.size else mailbox),
            Column("It", lambda _record: "; ".join(label(ABILITIES, code).lower() for code in report.abilities)),
        ],
    )
    for code in report.warnings:
        shell.out.note(printable(f"Note: {label(PROBE_WARNINGS, code)}"))
