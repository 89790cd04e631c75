"""The application that may write a directory: registered by an administrator, looked after, and removed."""

from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.tenants import set_up
from saasbackup_desktop.app.tenants.drafts import SignIn
from saasbackup_desktop.app.tenants.needs import cloud, to_write_directory
from saasbackup_desktop.app.tenants.store import Entry, Restorer
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.providers.microsoft import registering
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.graph import Graph, Token
from saasbackup_desktop.providers.microsoft.outcomes import outcome_of
from saasbackup_desktop.providers.microsoft.permissions import names
from saasbackup_desktop.providers.microsoft.sign_in import Application, ApplicationSignIn

_REQUIRED: Final = frozenset(one.name for one in to_write_directory() if not one.is_optional)
"""What is missed if it is not there; without the rest less can be written."""


def none_there(tenant: ConnectionName) -> Misconfigured:
    """Nothing may write there, and nobody has signed in who could register something that does."""
    return Misconfigured("no application may write this directory", what="no-restore-application", name=tenant)


async def register(entry: Entry, held: Restorer, who: SignIn, clock: Clock) -> Restorer:
    """Make the application with its consents, or find it again, and prove that it can sign in. Raises Fault."""
    settings = entry.settings
    if held.certificate is None:
        raise none_there(settings.name)
    wanted = frozenset(names(to_write_directory()))
    graph = Graph(cloud(settings), who.access, clock, ca_file=settings.ca_file)
    async with set_up.aclosing_graph(graph):
        name = f"SaaS Backup Restore {settings.name}"
        made = await registering.register(graph, name, held.certificate, wanted, lambda _progress: None)
    application = Application(entry.directory or settings.tenant, made.client, held.certificate)
    proof = ApplicationSignIn(cloud(settings), application, ca_file=settings.ca_file)
    try:
        # What this cloud does not offer could be waited for in vain.
        proven = await registering.prove(proof, wanted & made.granted, lambda _progress: None)
    finally:
        proof.close()
    now = clock.now()
    return replace(
        held,
        client=made.client,
        application=made.application,
        made=held.made or now,
        missing=tuple(sorted((proven.missing | (wanted - made.granted)) & _REQUIRED)),
        problem="",
        checked=now,
    )


async def remove(entry: Entry, who: SignIn, clock: Clock) -> None:
    """Remove it, if there is one, as an administrator who signed in. Raises Fault."""
    if entry.restorer is not None and entry.restorer.application:
        graph = Graph(cloud(entry.settings), who.access, clock, ca_file=entry.settings.ca_file)
        async with set_up.aclosing_graph(graph):
            await remove_itself(graph, entry.restorer)


async def remove_itself(graph: Graph, held: Restorer) -> None:
    """Remove it by whatever token the Graph has: its own allows it, too. Raises Fault."""
    await registering.remove_registration(graph, held.application, lambda _progress: None)


async def looked_at(held: Restorer, token: Token, now: int) -> Restorer:
    """Ask it in, and see what it may do."""
    try:
        claims = read_claims(await token(True))
    except Fault as fault:
        return replace(held, problem=outcome_of(fault).value, checked=now)
    missing = _REQUIRED - claims.permissions if claims is not None else frozenset()
    return replace(held, missing=tuple(sorted(missing)), problem="", checked=now)
