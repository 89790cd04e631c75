"""Exchange's roles behind a fence: the script that gives them, running it here, and how they stand."""

import re
from collections.abc import Callable
from uuid import UUID

from saasbackup_desktop.app.tenants.needs import wanted
from saasbackup_desktop.app.tenants.views import RoleScript, SignInPrompt, TenantSettings
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.microsoft.exchange_shell import LIMIT, Run, ShellCode, run_script
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.permissions import roles
from saasbackup_desktop.providers.microsoft.role_script import InGroup, Plan, find_tools, write_script
from saasbackup_desktop.providers.microsoft.role_state import RoleRecord, RoleStanding, is_late

_STANDINGS = {
    RoleStanding.READY: "to-run",
    RoleStanding.RUNNING: "running",
    RoleStanding.PENDING: "pending",
    RoleStanding.IN_FORCE: "in-force",
    RoleStanding.FAILED: "failed",
}


def shown(settings: TenantSettings, record: RoleRecord) -> str:
    """How the roles stand; empty where nothing is fenced."""
    return _STANDINGS[record.standing] if settings.fence else ""


def problem(settings: TenantSettings, record: RoleRecord, now: int) -> str:
    """Code of why they are not in force; empty if they are, or may well be soon."""
    if not settings.fence:
        return ""
    if record.standing is RoleStanding.FAILED:
        return record.reason or "failed"
    return "late" if is_late(record, now) else ""


def plan(settings: TenantSettings, principal: str, sample: str = "") -> Plan:
    """What the script is to do. Raises Misconfigured if there is no fence, or nothing is registered yet."""
    if not settings.fence:
        raise Misconfigured("nothing is fenced", what="no-fence", name=settings.name)
    if not principal:
        raise Misconfigured("the application is not known in the tenant", what="no-principal", name=settings.name)
    where = "global" if settings.cloud == "custom" else settings.cloud
    return Plan(
        client=str(UUID(settings.client)),
        principal=principal,
        name=f"SaaS Backup {settings.name}".strip(),
        fence=InGroup(settings.fence),
        roles=roles(wanted(settings)),
        cloud=where,
        sample=sample,
    )


async def script(settings: TenantSettings, principal: str, offload: Offload) -> RoleScript:
    """The script, to be downloaded. Raises Misconfigured."""
    text = write_script(plan(settings, principal))
    tools = await offload.on_disk(find_tools)
    name = re.sub(r"[^A-Za-z0-9-]+", "-", settings.name).strip("-") or "tenant"
    return RoleScript(file_name=f"exchange-role-{name}.ps1", text=text, can_run_here=tools.can_show_codes)


async def run(
    settings: TenantSettings,
    principal: str,
    sample: str,
    clock: Clock,
    offload: Offload,
    asked: Callable[[SignInPrompt], None],
) -> Run:
    """Run it here, as the person who types the code that ``asked`` gets. Raises Misconfigured without PowerShell."""
    tools = await offload.on_disk(find_tools)

    def ask(code: ShellCode) -> None:
        until = clock.now() + int(LIMIT)
        asked(SignInPrompt(id="role-script", address=code.address, code=code.code, expires=until))

    return await run_script(tools, plan(settings, principal, sample), ask=ask)


async def principal(graph: Graph, client: str) -> str:
    """Object id of an application's service principal; empty if nobody may look, or there is none. Raises Fault."""
    quoted = client.replace("'", "''")
    found = await graph.all("/servicePrincipals", {"$filter": f"appId eq '{quoted}'", "$select": "id"})
    return str(found[0]["id"]) if found else ""
