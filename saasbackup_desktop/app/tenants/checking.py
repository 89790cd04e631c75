"""The check list of a tenant: sign-in, permissions, services, licences and what runs out, one line each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.graphs import Access
from saasbackup_desktop.app.tenants.needs import cloud, services_of, wanted, way_in
from saasbackup_desktop.app.tenants.store import Credentials
from saasbackup_desktop.app.tenants.views import CheckLine, CheckReport, Link, Proof, Standing, TenantSettings
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft import checks
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.outcomes import REMEDIES, Outcome, Remedy, outcome_of
from saasbackup_desktop.providers.microsoft.permissions import Duty, Need, Permission, WayIn
from saasbackup_desktop.providers.microsoft.sign_in import consent_address as address_for_consent

EXPIRES_SOON: Final = "expires-soon"
"""Outcome of what is good, and not for long."""
SOON: Final = 30 * 86400
"""Seconds before its end in which a secret or certificate is warned of."""
REDIRECT: Final = "https://login.microsoftonline.com/common/oauth2/nativeclient"
_FATAL: Final = frozenset(
    {
        Outcome.CONSENT_REVOKED,
        Outcome.CONSENT_MISSING,
        Outcome.SECRET_EXPIRED,
        Outcome.SECRET_WRONG,
        Outcome.CERTIFICATE_EXPIRED,
        Outcome.CERTIFICATE_UNKNOWN,
        Outcome.CONDITIONAL_ACCESS,
        Outcome.SECOND_FACTOR,
        Outcome.SIGN_IN_AGAIN,
        Outcome.APPLICATION_GONE,
        Outcome.APPLICATION_DISABLED,
        Outcome.TENANT_UNKNOWN,
        Outcome.NOT_ASSIGNED,
        Outcome.OTHER_TENANT,
        Outcome.WRONG_CLOUD,
        Outcome.CLOCK,
    }
)


def cuts_off(outcome: str) -> bool:
    """Nothing at all goes on in a tenant of which this is found."""
    return outcome in _FATAL


def is_of_directory(line: CheckLine) -> bool:
    """It tells of the backup of the directory alone: no mailbox is cut off by it."""
    return Service.DIRECTORY in (line.facts.get("service"), line.name)


def asked_for(settings: TenantSettings) -> list[CheckLine]:
    """What will be asked for and why, before anybody signs in."""
    return [_permission_line(one, Standing.UNKNOWN, Outcome.WELL, Remedy.NOTHING) for one in wanted(settings)]


def consent_address(settings: TenantSettings, directory: str = "") -> str:
    """Where an administrator agrees to the permissions. Raises Misconfigured."""
    return address_for_consent(cloud(settings), directory or settings.tenant, settings.client, REDIRECT, "backup")


async def check(
    access: Access,
    quick: Graph,
    settings: TenantSettings,
    credentials: Credentials,
    book: Book,
    sample: str,
    now: int,
) -> tuple[CheckReport, Sequence[checks.PermissionFinding]]:
    """Ask everything that can be asked without harm; never raises Fault. ``sample``: whose mailbox is tried.

    ``quick``: the Graph with little patience.
    """
    way = way_in(settings)
    try:
        token = await access.token(True)
    except Fault as fault:
        return _cut_off(settings, outcome_of(fault), fault, credentials, now), ()
    claims = read_claims(token)
    audience = checks.check_audience(claims, cloud(settings))
    if audience is not Outcome.WELL:
        return _cut_off(settings, audience, None, credentials, now), ()
    lines = [_line("sign-in", settings.client or settings.tenant, Outcome.WELL)]
    needs: list[Need] = [*services_of(settings)] if sample else []
    needs += [Service.DIRECTORY] if settings.keeps_directory else []
    duties = [one for one in Duty if way is WayIn.APPLICATION or one is Duty.ACCOUNTS]
    services = await checks.check_services(quick, sample or "none", [*needs, *duties], way)
    try:
        granted = await checks.granted_in_directory(quick, settings.client) if way is WayIn.APPLICATION else None
    except Fault:
        granted = None  # whoever cannot be asked now is asked the next time: the token tells, too
    before = book.granted
    is_fenced = bool(settings.fence)
    found = checks.check_permissions(
        wanted(settings), claims, services, in_directory=granted, before=before, is_fenced=is_fenced
    )
    lines += [_found_permission(one) for one in found]
    lines += [_role(one) for one in found if is_fenced and one.permission.role]
    lines += [_service_line(one) for one in services if isinstance(one.need, Service)]
    if way is WayIn.APPLICATION:
        licences = await checks.check_licences(quick)
        if licences.outcome is not Outcome.MISSING_PERMISSION:
            lines.append(_line("licence", "Exchange Online", licences.outcome))
    credential, expires = await _credential(quick, settings, credentials, now)
    lines += credential
    report = CheckReport(
        link=_link(lines),
        lines=tuple(lines),
        checked=now,
        expires=expires,
        consent=_consent(settings, found, claims.tenant if claims is not None else ""),
    )
    return report, found


def _found_permission(one: checks.PermissionFinding) -> CheckLine:
    standing = Standing(
        {"granted": "well", "missing": "missing", "pending": "pending", "unknown": "unknown"}[one.standing.value]
    )
    if one.standing is checks.Standing.GRANTED and one.outcome is Outcome.WIDER_THAN_SCOPE:
        standing = Standing.WARNING
    return _permission_line(one.permission, standing, one.outcome, one.remedy)


def _permission_line(one: Permission, standing: Standing, outcome: Outcome, remedy: Remedy) -> CheckLine:
    return CheckLine(
        area="permission",
        name=one.name,
        standing=standing,
        outcome=outcome.value,
        remedy=remedy.value,
        why=one.why,
        is_optional=one.is_optional,
        facts={"service": one.need.value, "purpose": one.purpose.value, "type": one.way_in.value},
    )


def _role(one: checks.PermissionFinding) -> CheckLine:
    return replace(_found_permission(one), area="role", name=one.permission.role)


def _service_line(one: checks.ServiceFinding) -> CheckLine:
    facts = {"wait": one.wait} if one.wait else {}
    return _line("service", one.need.value, one.outcome, **facts)


def _line(area: str, name: str, outcome: Outcome, **facts: str | int) -> CheckLine:
    standing = {
        Outcome.WELL: Standing.WELL,
        Outcome.THROTTLED: Standing.WARNING,
        Outcome.UNREACHABLE: Standing.UNKNOWN,
    }.get(outcome, Standing.MISSING)
    return CheckLine(
        area=area, name=name, standing=standing, outcome=outcome.value, remedy=REMEDIES[outcome].value, facts=facts
    )


def granted_in(report: CheckReport) -> frozenset[str]:
    """Permissions that a check found granted."""
    return frozenset(
        line.name
        for line in report.lines
        if line.area == "permission" and line.standing in (Standing.WELL, Standing.WARNING)
    )


def _link(lines: Iterable[CheckLine]) -> Link:
    needed_lines = [line for line in lines if not line.is_optional and not is_of_directory(line)]
    if any(line.area == "permission" and line.standing is Standing.MISSING for line in needed_lines):
        return Link.DISCONNECTED
    if any(line.area == "credential" and line.standing is Standing.MISSING for line in needed_lines):
        return Link.DISCONNECTED
    if any(line.area in ("permission", "role") and line.standing is Standing.PENDING for line in needed_lines):
        return Link.PENDING
    services = [line for line in needed_lines if line.area == "service"]
    if services and all(line.outcome == Outcome.UNREACHABLE.value for line in services):
        return Link.DISCONNECTED
    return Link.CONNECTED


def _consent(settings: TenantSettings, found: Sequence[checks.PermissionFinding], directory: str) -> str:
    if all(one.remedy is not Remedy.CONSENT for one in found):
        return ""
    try:
        return consent_address(settings, directory)
    except Misconfigured:
        return ""


def _cut_off(
    settings: TenantSettings, outcome: Outcome, fault: Fault | None, credentials: Credentials, now: int
) -> CheckReport:
    """Nobody came in: that is all that can be told, beside what was to be looked at."""
    facts = {**fault.facts, "code": fault.code} if fault is not None else {}
    line = _line("sign-in", settings.client or settings.tenant, outcome, **facts)
    consents = outcome in (Outcome.CONSENT_MISSING, Outcome.CONSENT_REVOKED)
    return CheckReport(
        link=Link.DISCONNECTED,
        lines=(replace(line, standing=Standing.MISSING), *asked_for(settings)),
        checked=now,
        expires=_own_expiry(credentials),
        consent=_consent_or_nothing(settings) if consents else "",
    )


def _consent_or_nothing(settings: TenantSettings) -> str:
    try:
        return consent_address(settings)
    except Misconfigured:
        return ""


async def _credential(
    graph: Graph, settings: TenantSettings, credentials: Credentials, now: int
) -> tuple[list[CheckLine], int | None]:
    """When what is signed in with runs out."""
    if settings.proof is Proof.DEVICE_CODE:
        return [], None
    certificate = credentials.certificate
    if settings.proof is Proof.CERTIFICATE and certificate is not None:
        seen = checks.Seen(checks.CredentialKind.CERTIFICATE, certificate.short_thumbprint, certificate.expires)
    else:
        seen = checks.Seen(checks.CredentialKind.SECRET, credentials.secret[:3])
    found = await checks.check_credentials(graph, settings.client, seen, now)
    ours = [one.expires for one in found.credentials if one.is_ours and one.expires]
    expires = max(ours, default=_own_expiry(credentials))
    name = settings.proof.value
    line = _line("credential", name, found.outcome, **({"expires": expires} if expires else {}))
    if found.outcome is Outcome.WELL and expires is not None and expires - now < SOON:
        remedy = Remedy.NEW_SECRET if settings.proof is Proof.SECRET else Remedy.NEW_CERTIFICATE
        line = replace(line, standing=Standing.WARNING, outcome=EXPIRES_SOON, remedy=remedy.value)
    elif found.outcome in (Outcome.THROTTLED, Outcome.UNREACHABLE, Outcome.REFUSED):
        line = replace(line, standing=Standing.UNKNOWN)
    return [line], expires


def _own_expiry(credentials: Credentials) -> int | None:
    return credentials.certificate.expires if credentials.certificate is not None else None
