"""What ``saasbackup source`` does with tenants that are set up."""

from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.app.words import tenants as words
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, counted, local, printable
from saasbackup_desktop.cli.output import field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import options
from saasbackup_desktop.cli.tenants.records import (
    capability_record,
    certificate_record,
    discovery_record,
    step_record,
    tenant_record,
)
from saasbackup_desktop.cli.tenants.telling import Steps, see_role_script, show_check, signed_in
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName


def register(source: typer.Typer) -> None:
    """Add this room's commands."""
    command(source, "discover", example="saasbackup source discover Fernwick")(discover)
    command(source, "consent", example="saasbackup source consent Fernwick")(consent)
    command(source, "role-script", example="saasbackup source role-script Fernwick --out role.ps1")(role_script)
    command(source, "certificate", example="saasbackup source certificate Fernwick --renew")(certificate)
    command(source, "capabilities", example="saasbackup source capabilities Fernwick")(capabilities)
    command(source, "clean-up", example="saasbackup source clean-up Fernwick")(clean_up)


async def test(shell: Shell, name: ConnectionName) -> ExitCode:
    """Check a tenant now, and show the list."""
    return show_check(shell, name, await (await shell.unlocked()).tenants.check(name))


async def remove(shell: Shell, name: ConnectionName, *, cleans_up: bool, leaves: bool, yes: bool) -> None:
    """Forget a tenant; with ``cleans_up`` somebody signs in, and its registration goes, too.

    ``leaves``: an application that may write to its directory stays there. Raises Misconfigured if one would, unasked.
    """
    desk = await shell.unlocked()
    tenants = desk.tenants
    can_write = any(one.tenant == name and one.restore_client for one in await desk.entra.tenants())
    if can_write and not cleans_up and not leaves:
        raise Misconfigured(
            what=f"an application that may write to the directory of {name} is registered there, and its key would be "
            f"forgotten; “saasbackup entra access {name} none” removes it, --clean-up removes it with the other one, "
            "and --leave-restore-application leaves it"
        )
    settings = (await tenants.find(name)).settings
    sign_in = ""
    if cleans_up:
        require_agreement(shell, yes, name, "to remove its registration from the tenant as well")
        sign_in = await signed_in(shell, settings, "set-up")
    await tenants.remove(name, clean_up_sign_in=sign_in)
    gone = " Its registration is removed from the tenant." if cleans_up else ""
    shell.out.record(
        {"type": "source-removed", "name": name}, f"Tenant {name} is removed.{gone} Its backups stay in the vault."
    )


async def discover(shell: Shell, name: options.Name) -> ExitCode:
    """Look at a tenant's directory: who is new, renamed or gone; rules decide about them."""
    tenants = (await shell.unlocked()).tenants
    name = resolve.tenant(await tenants.all(), name).settings.name
    found = await tenants.discover(name)
    shell.out.record(
        discovery_record(name, found),
        f"{name}: {counted(found.found, 'account')}; {count(found.added)} new, {count(found.renamed)} renamed, "
        f"{count(found.gone)} gone; {count(found.activated)} activated, {count(found.deactivated)} deactivated.",
    )
    return await see_through(shell, found.jobs)


async def consent(shell: Shell, name: options.Name) -> None:
    """Show where an administrator agrees to what the application needs, and what that is."""
    tenants = (await shell.unlocked()).tenants
    settings = resolve.tenant(await tenants.all(), name).settings
    address, permissions = tenants.consent_address(settings), tenants.consents(settings)
    shell.out.record(
        {"type": "consent", "name": settings.name, "address": address, "permissions": list(permissions)}, address
    )


async def role_script(
    shell: Shell,
    name: options.Name,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")] = None,
    run: Annotated[bool, typer.Option("--run", help="Run it here; an administrator types a code.")] = False,
    was_run: Annotated[bool, typer.Option("--was-run", help="It was run elsewhere: look whether it works.")] = False,
) -> ExitCode | None:
    """Show the PowerShell script that lets the application into the mailboxes inside the fence, and into no others."""
    tenants = (await shell.unlocked()).tenants
    tenant = resolve.tenant(await tenants.all(), name)
    name = tenant.settings.name
    if run + was_run + (out is not None) > 1:
        raise Misconfigured(what="--out, --run and --was-run exclude each other")
    if run or was_run:
        if run:
            await see_role_script(shell, tenant.settings.name)
        else:
            await tenants.role_script_was_run(tenant.settings.name)
        found = await tenants.find(tenant.settings.name)
        stands = words.role_words(found.role, found.role_problem)
        shell.out.record(tenant_record(found), f"{name}: {stands.label.lower()}. {stands.remedy}".rstrip())
        return ExitCode.DONE if found.role in ("in-force", "pending") else ExitCode.FAILED
    script = await tenants.role_script(tenant.settings)
    record = {"type": "role-script", "name": name, "file": str(out) if out else None, "can_run": script.can_run_here}
    if out is None:
        shell.out.record({**record, "text": script.text}, script.text.rstrip("\n"))
        return None
    options.require_new(out)
    options.write(out, script.text)
    shell.out.record(record, f"The script is written to {out}; run it in PowerShell as an administrator of Exchange.")
    return None


async def certificate(
    shell: Shell,
    name: options.Name,
    renew: Annotated[bool, typer.Option("--renew", help="Make another; an administrator types a code.")] = False,
    save: Annotated[Path | None, typer.Option("--save", metavar="OUT", help="Write its public half there.")] = None,
) -> None:
    """Show the certificate that a tenant's application signs in with, renew it, or save its public half."""
    tenants = (await shell.unlocked()).tenants
    settings = resolve.tenant(await tenants.all(), name).settings
    if renew:
        if await tenants.certificate(settings.name) is None:
            raise Misconfigured("no certificate", what="no-certificate", name=settings.name)
        sign_in = await signed_in(shell, settings, "set-up")
        await tenants.renew_certificate(settings.name, sign_in, Steps(shell.out))
    held = await tenants.certificate(settings.name)
    if held is None:
        raise Misconfigured("no certificate", what="no-certificate", name=settings.name)
    if save is not None:
        options.require_new(save)
        options.write(save, held.public)
    where = f"\nIts public half is written to {save}" if save is not None else ""
    shell.out.record(
        certificate_record(settings.name, held, str(save) if save else None),
        f"{settings.name} signs in with the certificate {held.short_thumbprint}, good until "
        f"{local(held.expires)}.{where}",
    )


async def capabilities(shell: Shell, name: options.Name) -> None:
    """Show what of a mailbox is covered in a tenant and what is not, each with its reason."""
    tenants = (await shell.unlocked()).tenants
    found = await tenants.capabilities(resolve.tenant(await tenants.all(), name).settings.name)
    shell.out.table(
        [capability_record(one) for one in found],
        [field("What", "name"), field("Covered", "status", is_whole=True), field("Why", "what")],
    )


async def clean_up(shell: Shell, name: options.Name, yes: Yes = False) -> None:
    """Remove from the tenant what this connection left there and nobody needs; an administrator types a code."""
    tenants = (await shell.unlocked()).tenants
    settings = resolve.tenant(await tenants.all(), name).settings
    sign_in = await signed_in(shell, settings, "set-up")
    plan = await tenants.clean_up_plan(settings.name, sign_in)
    if not plan:
        shell.out.note("There is nothing to clean up.")
        return
    for step in plan:
        shell.out.note(printable(f"  {words.step_words(step.code, step.facts)}"))
    require_agreement(shell, yes, settings.name, "to remove this from the tenant")
    for step in await tenants.clean_up(settings.name, sign_in, Steps(shell.out)):
        shell.out.record(step_record(step), printable(f"  {words.step_words(step.code, step.facts)}: {step.state}"))
