"""``saasbackup source add m365`` and ``source change``: a tenant is set up, or reached in another way."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.app.tenants.views import Proof, Tenant, TenantSettings, WayIn
from saasbackup_desktop.cli import resolve, secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import options
from saasbackup_desktop.cli.tenants.options import Auth
from saasbackup_desktop.cli.tenants.records import certificate_record, tenant_record
from saasbackup_desktop.cli.tenants.telling import Steps, show_check, signed_in, tell_to_do
from saasbackup_desktop.core.errors import Misconfigured, SignInNeeded
from saasbackup_desktop.core.ids import ConnectionName

Register = Annotated[
    bool, typer.Option("--register", help="Register the application now: an administrator types a code.")
]


def register(source: typer.Typer, add: typer.Typer) -> None:
    """Add this room's commands."""
    command(
        add,
        "m365",
        example="saasbackup source add m365 --name Fernwick --register",
    )(add_m365)
    command(source, "change", example="saasbackup source change Fernwick --fence backed-up@fernwick.example")(change)


async def add_m365(
    shell: Shell,
    name: Annotated[str, typer.Option(help="What to call it here; neither slash nor colon.")],
    tenant: options.TenantId = "",
    auth: Annotated[Auth, typer.Option(help="An application of its own, or somebody who signs in.")] = Auth.APP,
    registers: Register = False,
    client: options.Client = "",
    certificate: options.CertificateFile = None,
    new_certificate: options.NewCertificate = None,
    secret_file: options.SecretFile = None,
    cloud: options.CloudName = "global",
    service: options.Services = None,
    fence: Annotated[
        str, typer.Option(metavar="GROUP", help="Reach only the mailboxes of this group, by roles of Exchange.")
    ] = "",
    no_restore: Annotated[bool, typer.Option("--no-restore", help="Ask for no permission to write.")] = False,
    exact: Annotated[bool, typer.Option("--exact", help="Also keep Microsoft's own stream of each message.")] = False,
    mailbox: options.Mailboxes = None,
    ca_file: options.CaFile = None,
    check: Annotated[
        bool | None,
        typer.Option("--check/--no-check", help="Sign in before it is kept. Not with --new-certificate."),
    ] = None,
) -> ExitCode | None:
    """Set up a tenant of Microsoft 365. What it signs in with is kept encrypted.

    With --register the program registers itself: an administrator types a code once. By hand there is an application
    with a certificate or a client secret; what is to be done for it is told step by step. With --new-certificate the
    tenant is kept at once: upload the certificate, then run "source test". With --auth device-code somebody signs in,
    and it reaches what this person reaches.
    """
    where, login, graph = options.cloud_of(cloud)
    settings = TenantSettings(
        name=ConnectionName(name),
        tenant=tenant.strip(),
        client=client.strip(),
        way_in=WayIn.ADMINISTRATOR if auth is Auth.DEVICE_CODE else WayIn.LEAST_PRIVILEGE,
        proof=_proof(auth, secret_file),
        services=options.services_of(service),
        may_restore=not no_restore,
        fence=fence.strip(),
        mailboxes=tuple(mailbox or ()),
        keeps_exact=exact,
        cloud=where,
        login=login,
        graph=graph,
        ca_file=options.ca_file_of(ca_file),
    )
    given = {"certificate": certificate, "new_certificate": new_certificate, "secret_file": secret_file}
    _require_one_way(auth, given, settings, registers=registers)
    if new_certificate is not None and check:
        raise Misconfigured(what="--check comes after the upload: “saasbackup source test”")
    await _require_free(shell, name)
    if auth is Auth.DEVICE_CODE or registers:
        return await _by_code(shell, settings, registers=registers, is_checked=check is not False)
    if new_certificate is not None:
        await _by_new_certificate(shell, settings, new_certificate)
        return None
    return await _by_hand(shell, settings, certificate, secret_file, is_proven=check is not False)


async def change(
    shell: Shell,
    name: options.Name,
    tenant: options.TenantId = "",
    auth: Annotated[Auth | None, typer.Option(help="Move to this way in.")] = None,
    registers: Register = False,
    client: options.Client = "",
    certificate: options.CertificateFile = None,
    secret_file: options.SecretFile = None,
    service: options.Services = None,
    fence: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Reach only the mailboxes of this group; “” for all.")
    ] = None,
    restore: Annotated[bool | None, typer.Option("--restore/--no-restore", help="Ask for writing, or not.")] = None,
    exact: Annotated[bool | None, typer.Option("--exact/--no-exact", help="Keep exact copies, or not.")] = None,
    mailbox: options.Mailboxes = None,
    sign_in: Annotated[bool, typer.Option("--sign-in", help="Somebody signs in again with a code.")] = False,
) -> ExitCode | None:
    """Change what of a tenant is backed up, or how it is reached. It must be able to sign in as it is then.

    What is not named stays as it is.
    """
    tenants = (await shell.unlocked()).tenants
    before = resolve.tenant(await tenants.all(), name).settings
    auth = auth or (Auth.DEVICE_CODE if before.proof is Proof.DEVICE_CODE and not registers else Auth.APP)
    proof = Proof.DEVICE_CODE if auth is Auth.DEVICE_CODE else before.proof
    if (
        secret_file is not None
        or certificate is not None
        or registers
        or (proof is Proof.DEVICE_CODE) != (auth is Auth.DEVICE_CODE)
    ):
        proof = _proof(auth, secret_file)
    settings = replace(
        before,
        tenant=tenant.strip() or before.tenant,
        client="" if registers else client.strip() or before.client,
        way_in=WayIn.ADMINISTRATOR if auth is Auth.DEVICE_CODE else WayIn.LEAST_PRIVILEGE,
        proof=proof,
        services=options.services_of(service) if service else before.services,
        may_restore=before.may_restore if restore is None else restore,
        keeps_exact=before.keeps_exact if exact is None else exact,
        fence=before.fence if fence is None else fence.strip(),
        mailboxes=before.mailboxes if mailbox is None else tuple(mailbox),
    )
    id, secret, thumbprint = "", "", ""
    if registers:
        id = await signed_in(shell, settings, "set-up")
        settings = await tenants.register(settings, id, Steps(shell.out))
    elif auth is Auth.DEVICE_CODE and (sign_in or before.proof is not Proof.DEVICE_CODE):
        id = await signed_in(shell, settings, "back-up")
    elif secret_file is not None:
        secret = secret_input.from_file(secret_file)
    elif certificate is not None:
        thumbprint = (await tenants.take_certificate(options.text_of(certificate))).thumbprint
    changed = await tenants.change(settings, thumbprint=thumbprint, secret=secret, sign_in=id)
    _tell(shell, changed, f"Tenant {changed.settings.name} is changed.")
    return show_check(shell, changed.settings.name, await tenants.check(changed.settings.name))


async def _by_code(shell: Shell, settings: TenantSettings, *, registers: bool, is_checked: bool) -> ExitCode | None:
    tenants = (await shell.unlocked()).tenants
    id = await signed_in(shell, settings, "set-up" if registers else "back-up")
    if registers:
        settings = await tenants.register(settings, id, Steps(shell.out))
    added = await tenants.add(settings, sign_in=id)
    _tell(shell, added, f"Tenant {added.settings.name} is set up.")
    if settings.fence and registers:
        shell.out.note("Exchange's roles are still to be given: “saasbackup source role-script”.")
    return show_check(shell, settings.name, await tenants.check(settings.name)) if is_checked else None


async def _by_new_certificate(shell: Shell, settings: TenantSettings, file: Path) -> None:
    options.require_new(file)
    tenants = (await shell.unlocked()).tenants
    tenants.consent_address(settings)  # tells what is wrong with tenant or client before anything is made
    made = await tenants.make_certificate(settings)
    await tenants.save_certificate(made.thumbprint, file)
    added = await tenants.add(settings, thumbprint=made.thumbprint, is_proven=False)
    shell.out.record(
        certificate_record(settings.name, made, str(file)),
        f"The certificate to upload is {file}\n  thumbprint {made.short_thumbprint}",
    )
    _tell(shell, added, f"Tenant {added.settings.name} is kept. It waits for what is to be done by hand.")
    await tell_to_do(shell, settings, str(file))


async def _by_hand(
    shell: Shell, settings: TenantSettings, certificate: Path | None, secret_file: Path | None, *, is_proven: bool
) -> ExitCode | None:
    tenants = (await shell.unlocked()).tenants
    thumbprint, secret = "", ""
    if certificate is not None:
        thumbprint = (await tenants.take_certificate(options.text_of(certificate))).thumbprint
    elif secret_file is not None:
        secret = secret_input.from_file(secret_file)
    try:
        added = await tenants.add(settings, thumbprint=thumbprint, secret=secret, is_proven=is_proven)
    except SignInNeeded:
        await tell_to_do(shell, settings)
        raise
    _tell(shell, added, f"Tenant {added.settings.name} is {'set up' if is_proven else 'kept; it was not tried'}.")
    if not is_proven:
        await tell_to_do(shell, settings)
        return None
    report = await tenants.check(settings.name)
    if report.consent:
        await tell_to_do(shell, settings)
    return show_check(shell, settings.name, report)


def _tell(shell: Shell, tenant: Tenant, text: str) -> None:
    shell.out.record(tenant_record(tenant), text)


def _proof(auth: Auth, secret_file: Path | None) -> Proof:
    if auth is Auth.DEVICE_CODE:
        return Proof.DEVICE_CODE
    return Proof.SECRET if secret_file is not None else Proof.CERTIFICATE


def _require_one_way(auth: Auth, given: dict[str, Path | None], settings: TenantSettings, *, registers: bool) -> None:
    """Make sure that exactly one way in is told, and all of it. Raises Misconfigured."""
    if auth is Auth.DEVICE_CODE:
        if registers or any(given.values()):
            raise Misconfigured(what="with --auth device-code somebody signs in; nothing else proves who it is")
        return
    if settings.mailboxes:
        raise Misconfigured(what="--mailbox goes with --auth device-code; an application finds all mailboxes")
    options.require_one("--auth app", register=registers, **given)
    if not registers and not (settings.tenant and settings.client):
        raise Misconfigured(what="--tenant and --client are needed for an application that is there already")


async def _require_free(shell: Shell, name: str) -> None:
    """Find out before anybody signs in whether the name can be had. Raises Misconfigured."""
    desk = await shell.unlocked()
    taken = {one.name for one in await desk.connections()} | {one.settings.name for one in await desk.tenants.all()}
    if name in taken:
        raise Misconfigured("this name is taken", what="name-taken", name=name)
