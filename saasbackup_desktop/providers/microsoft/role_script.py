"""The PowerShell script by which an administrator lets the application into some mailboxes only.

It uses RBAC for Applications of Exchange Online: roles that stand for permissions of Graph, given to the application's
service principal for a management scope. The file is plain ASCII: whatever a name holds beyond that is written down
encoded, so that no quotation mark of any script can end a string, and no editor or shell can read it in another way.
"""

import base64
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from saasbackup_desktop.core.errors import Misconfigured

_MODULE: Final = "ExchangeOnlineManagement"
_VERSION: Final = "3.0.0"
"""The first one with commands over REST: the older ones need remote sessions that are gone."""
_ROLE: Final = re.compile(r"Application [A-Za-z]+\.(Read|ReadWrite)")
_PLAIN: Final = re.compile(r"[ -~]*")
_SHELLS: Final = ("pwsh", "powershell")
_ENVIRONMENTS: Final[Mapping[str, str]] = {
    "global": "O365Default",
    "gcc-high": "O365USGovGCCHigh",
    "dod": "O365USGovDoD",
    "china": "O365China",
}
"""Our names of clouds -> those of Connect-ExchangeOnline."""
ATTRIBUTES: Final = frozenset(
    {*(f"CustomAttribute{number}" for number in range(1, 16)), "Department", "Company", "Office", "CountryOrRegion"}
)
"""Properties of recipients that a fence may look at."""


MARK: Final = "backup-role"
"""What the lines begin with that tell what was found and done; what they fail with that we foresaw, too."""


class Connection(StrEnum):
    """How the script signs in to Exchange Online."""

    BROWSER = "browser"
    """Whoever runs it by hand signs in where it is run."""
    DEVICE = "device"
    """It shows a code, to be typed in any browser. Not in Windows PowerShell."""
    CERTIFICATE = "certificate"
    """As an application that may manage Exchange (Exchange.ManageAsApp and a role of the directory), without anybody.

    Its certificate comes in by standard input, as ``exchange_shell`` sends it.
    """


@dataclass(frozen=True, slots=True)
class InGroup:
    """A fence around the members of a group: a distribution list or a mail-enabled security group.

    ``identity``: address, name or id. Members of groups in it are not inside.
    """

    identity: str


@dataclass(frozen=True, slots=True)
class WithAttribute:
    """A fence around mailboxes of which a property has a value. ``name`` is one of ``ATTRIBUTES``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class InUnit:
    """A fence around an administrative unit of the directory. ``id``: its object id."""

    id: str


Fence = InGroup | WithAttribute | InUnit


@dataclass(frozen=True, slots=True)
class Plan:
    """What the script is to do."""

    client: str
    """The application's id."""
    principal: str
    """The object id of its service principal (not of its registration)."""
    name: str
    """What the application is called."""
    fence: Fence
    roles: Sequence[str]
    """As ``permissions.roles`` gives them."""
    cloud: str = "global"
    sample: str = ""
    """A mailbox to try at the end; empty for none."""

    def __post_init__(self) -> None:
        _checked_id(self.client, "client")
        _checked_id(self.principal, "principal")
        if isinstance(self.fence, InUnit):
            _checked_id(self.fence.id, "unit")
        if isinstance(self.fence, WithAttribute) and self.fence.name not in ATTRIBUTES:
            raise Misconfigured("no such property of recipients", what="bad-attribute", name=self.fence.name)
        wanted = self.fence.value if isinstance(self.fence, WithAttribute) else "-"
        wanted = self.fence.identity if isinstance(self.fence, InGroup) else wanted
        if not wanted.strip():
            raise Misconfigured("a fence around nothing", what="empty-fence", name=self.name)
        if any(0xD800 <= ord(char) < 0xE000 for char in f"{self.name}{wanted}{self.sample}"):
            raise Misconfigured("not text", what="bad-text", name=self.client)
        if not self.roles or not all(_ROLE.fullmatch(role) for role in self.roles):
            raise Misconfigured("not a role of an application", what="bad-role", name=self.name)
        if self.cloud not in _ENVIRONMENTS:
            raise Misconfigured("no Exchange Online there", what="unknown-cloud", name=self.cloud)

    @property
    def scope(self) -> str:
        """What the management scope is called: the same for the same application."""
        return _scope_name(self.client)

    @property
    def prefix(self) -> str:
        """What the names of all assignments for this application begin with."""
        return _prefix(self.client)

    def assignment(self, role: str) -> str:
        """What a role's assignment is called; at most 64 letters, and another one for another administrative unit."""
        unit = self.fence.id.lower()[:8] if isinstance(self.fence, InUnit) else "scope"
        return f"{self.prefix}{unit} {role.removeprefix('Application ')}"


@dataclass(frozen=True, slots=True)
class Removal:
    """What the script is to take back: everything that it ever made for an application."""

    client: str
    """The application's id."""
    cloud: str = "global"

    def __post_init__(self) -> None:
        _checked_id(self.client, "client")
        if self.cloud not in _ENVIRONMENTS:
            raise Misconfigured("no Exchange Online there", what="unknown-cloud", name=self.cloud)


@dataclass(frozen=True, slots=True)
class Tools:
    """What is on this machine for running the script."""

    shell: str
    """Path of PowerShell; empty if there is none."""
    module: str
    """Newest version of ExchangeOnlineManagement; empty if there is none."""

    @property
    def can_run(self) -> bool:
        """Both are there, and new enough."""
        return bool(self.shell) and bool(self.module) and _ordered(self.module) >= _ordered(_VERSION)

    @property
    def can_show_codes(self) -> bool:
        """It is PowerShell 7, which can sign in by a code: Windows PowerShell cannot."""
        return self.can_run and Path(self.shell).stem.lower() == "pwsh"


def commands(plan: Plan | Removal) -> tuple[str, ...]:
    """Commands of Exchange Online that whoever runs the script must be allowed to use."""
    if isinstance(plan, Removal):
        return _FOR_REMOVAL
    of_scopes = () if isinstance(plan.fence, InUnit) else _FOR_SCOPES
    return (*_FOR_ALL, *of_scopes)


def write_script(plan: Plan, connection: Connection = Connection.BROWSER) -> str:
    """Write the script. It may be run again: what is there already is left or brought up to date.

    It tells line by line what it finds and does, for people and for ``exchange_shell`` to read; it has no secret in it.
    """
    settings = (
        f"$applicationId = {_literal(plan.client.lower())}",
        f"$principalId = {_literal(plan.principal.lower())}",
        f"$applicationName = {_literal(plan.name)}",
        f"$sample = {_literal(plan.sample)}",
        f"$prefix = {_literal(plan.prefix)}",
        "$assignments = [ordered]@{",
        *(f"    {_literal(plan.assignment(role))} = {_literal(role)}" for role in dict.fromkeys(plan.roles)),
        "}",
    )
    work = (*_CHECK_MAIL, *_PRINCIPAL, *_scope(plan), *_ASSIGN, *_TRY)
    return _script(plan, connection, _LETS_IN, settings, work)


def write_removal(removal: Removal, connection: Connection = Connection.BROWSER) -> str:
    """Write the script that takes back roles, scope and service principal of an application in Exchange.

    It may be run again. The application itself and what was consented to are not Exchange's, and stay.
    """
    settings = (
        f"$applicationId = {_literal(removal.client.lower())}",
        f"$prefix = {_literal(_prefix(removal.client))}",
        f"$scopeName = {_literal(_scope_name(removal.client))}",
    )
    return _script(removal, connection, _TAKES_BACK, settings, _REMOVE)


def _script(
    plan: Plan | Removal, connection: Connection, about: Sequence[str], settings: Sequence[str], work: Sequence[str]
) -> str:
    connect = f"Connect-ExchangeOnline -ShowBanner:$false -ExchangeEnvironmentName {_ENVIRONMENTS[plan.cloud]}"
    return "\n".join(
        (
            _REQUIRES,
            "",
            *about,
            "",
            "$ErrorActionPreference = 'Stop'",
            "",
            *settings,
            "$commands = @(",
            ",\n".join(f"    {_literal(name)}" for name in commands(plan)),
            ")",
            "",
            *_TELL,
            *_INPUT[connection],
            "try {",
            *(f"    {line}".rstrip() for line in (connect + _CONNECT[connection], *_CHECK, *work)),
            "    Tell 'end' '' 'done' ''",
            "}",
            *_END,
        )
    )


def find_tools(
    which: Callable[[str], str | None] = shutil.which,
    folders: Iterable[Path] | None = None,
) -> Tools:
    """Look for PowerShell and the module, without starting anything."""
    shell = next((found for name in _SHELLS if (found := which(name))), "")
    versions = [
        entry.name
        for folder in (module_folders() if folders is None else folders)
        for entry in _entries(folder / _MODULE)
        if re.fullmatch(r"\d+(\.\d+)+", entry.name)
    ]
    return Tools(shell, max(versions, key=_ordered, default=""))


def module_folders(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> list[Path]:
    """Where PowerShell looks for modules: what it was told, and where it looks by itself."""
    told = [Path(part) for part in environment.get("PSModulePath", "").split(os.pathsep) if part]
    own = home or Path.home()
    if sys.platform == "win32":
        documents = own / "Documents"
        usual = [documents / "PowerShell" / "Modules", documents / "WindowsPowerShell" / "Modules"]
        if programs := environment.get("ProgramFiles"):
            usual += [Path(programs) / name / "Modules" for name in ("PowerShell", "WindowsPowerShell")]
    else:
        usual = [own / ".local/share/powershell/Modules", Path("/usr/local/share/powershell/Modules")]
    return list(dict.fromkeys((*told, *usual)))


_REQUIRES: Final = f"#Requires -Modules @{{ ModuleName = '{_MODULE}'; ModuleVersion = '{_VERSION}' }}"
_WHO: Final = "# Run it as a member of Organization Management. It may be run again."
_LETS_IN: Final = (
    "# Lets an application into some mailboxes only (RBAC for Applications in Exchange Online).",
    _WHO,
    "# Permissions that were consented to for the whole tenant are wider than these roles: withdraw them there.",
)
_TAKES_BACK: Final = (
    "# Takes back what let an application into some mailboxes: its roles, their scope, and what Exchange knows of it.",
    _WHO,
)
_FOR_ALL: Final = (
    "Get-OrganizationConfig",
    "Enable-OrganizationCustomization",
    "Get-Recipient",
    "Get-ServicePrincipal",
    "New-ServicePrincipal",
    "Get-ManagementRoleAssignment",
    "New-ManagementRoleAssignment",
    "Remove-ManagementRoleAssignment",
    "Test-ServicePrincipalAuthorization",
)
_FOR_REMOVAL: Final = (
    "Get-ServicePrincipal",
    "Remove-ServicePrincipal",
    "Get-ManagementRoleAssignment",
    "Remove-ManagementRoleAssignment",
    "Get-ManagementScope",
    "Remove-ManagementScope",
)
_FOR_SCOPES: Final = ("Get-ManagementScope", "New-ManagementScope", "Set-ManagementScope")
_TELL: Final = (
    "function Tell($kind, $name, $state, $detail) {",
    "    $said = @($kind, $name, $state, $detail) | ForEach-Object { \"$_\" -replace '[\\r\\n|]+', ' ' }",
    f"    [Console]::WriteLine('{MARK} | ' + ($said -join ' | '))",
    "}",
    "function Fail($reason) {",
    f"    throw ('{MARK}:' + $reason)",
    "}",
    "",
    "$failed = $false",
    "$at = 'connect'",
    "$kinds = @('UserMailbox', 'SharedMailbox', 'RoomMailbox', 'EquipmentMailbox')",
)
_UTF_8: Final = "[Console]::OutputEncoding = New-Object Text.UTF8Encoding -ArgumentList $false"
_INPUT: Final[Mapping[Connection, Sequence[str]]] = {
    Connection.BROWSER: (),
    Connection.DEVICE: (_UTF_8,),
    Connection.CERTIFICATE: (
        _UTF_8,
        "$given = (@($input) -join '') | ConvertFrom-Json",
        "$certificate = New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList "
        "([Convert]::FromBase64String($given.certificate)), $given.password",
    ),
}
_CONNECT: Final[Mapping[Connection, str]] = {
    Connection.BROWSER: "",
    Connection.DEVICE: " -Device",
    Connection.CERTIFICATE: " -AppId $given.client -Organization $given.organization -Certificate $certificate",
}
_CHECK: Final = (
    "Tell 'connect' 'Exchange Online' 'done' ''",
    f"Tell 'module' '{_MODULE}' 'present' (Get-Module -Name {_MODULE}).Version",
    "",
    "$at = 'commands'",
    "$missing = @($commands | Where-Object { -not (Get-Command -Name $_ -ErrorAction SilentlyContinue) })",
    "foreach ($name in $commands) {",
    "    if ($missing -contains $name) {",
    "        Tell 'command' $name 'missing' ''",
    "    }",
    "    else {",
    "        Tell 'command' $name 'present' ''",
    "    }",
    "}",
    "if ($missing.Count -gt 0) {",
    "    Fail 'commands-missing'",
    "}",
    "",
)
_CHECK_MAIL: Final = (
    "$at = 'licence'",
    "$some = @(Get-Recipient -RecipientTypeDetails $kinds -ResultSize 1 -WarningAction SilentlyContinue)",
    "if ($some.Count -eq 0) {",
    "    Tell 'licence' 'Exchange Online' 'missing' ''",
    "    Fail 'no-mailboxes'",
    "}",
    "Tell 'licence' 'Exchange Online' 'present' ''",
    "",
)
_PRINCIPAL: Final = (
    "$at = 'customization'",
    "if ((Get-OrganizationConfig).IsDehydrated) {",
    "    Enable-OrganizationCustomization",
    "    Tell 'customization' '' 'made' ''",
    "}",
    "else {",
    "    Tell 'customization' '' 'present' ''",
    "}",
    "",
    "$at = 'principal'",
    "$principal = Get-ServicePrincipal | Where-Object { $_.AppId -eq $applicationId }",
    'if ($principal -and "$($principal.ObjectId)" -ne $principalId) {',
    "    Fail 'other-object-id'",
    "}",
    "if ($principal) {",
    "    Tell 'principal' $applicationId 'present' ''",
    "}",
    "else {",
    "    New-ServicePrincipal -AppId $applicationId -ObjectId $principalId -DisplayName $applicationName | Out-Null",
    "    Tell 'principal' $applicationId 'made' ''",
    "}",
    "",
    "$at = 'scope'",
)
_UPDATE_SCOPE: Final = (
    "$scope = Get-ManagementScope | Where-Object { $_.Name -eq $scopeName }",
    "if ($scope) {",
    "    Set-ManagementScope -Identity $scopeName -RecipientRestrictionFilter $filter",
    "    Tell 'scope' $scopeName 'changed' ''",
    "}",
    "else {",
    "    New-ManagementScope -Name $scopeName -RecipientRestrictionFilter $filter | Out-Null",
    "    Tell 'scope' $scopeName 'made' ''",
    "}",
    "$where = @{ CustomResourceScope = $scopeName }",
    "$inside = @(Get-Recipient -Filter $filter -RecipientTypeDetails $kinds -ResultSize 1 "
    "-WarningAction SilentlyContinue)",
    "if ($inside.Count -gt 0) {",
    "    Tell 'in-scope' $scopeName 'present' ''",
    "}",
    "else {",
    "    Tell 'in-scope' $scopeName 'missing' ''",
    "}",
    "",
)
_ASSIGN: Final = (
    "$at = 'assignment'",
    '$present = @(Get-ManagementRoleAssignment | ForEach-Object { "$($_.Name)" } |',
    "    Where-Object { $_.StartsWith($prefix, [StringComparison]::Ordinal) })",
    "foreach ($assignment in $assignments.GetEnumerator()) {",
    "    if ($present -notcontains $assignment.Key) {",
    "        New-ManagementRoleAssignment -Name $assignment.Key -App $principalId -Role $assignment.Value @where |",
    "            Out-Null",
    "        Tell 'assignment' $assignment.Key 'made' ''",
    "    }",
    "    else {",
    "        Tell 'assignment' $assignment.Key 'present' ''",
    "    }",
    "}",
    "foreach ($name in $present) {",
    "    if (@($assignments.Keys) -notcontains $name) {",
    "        Remove-ManagementRoleAssignment -Identity $name -Confirm:$false",
    "        Tell 'assignment' $name 'removed' ''",
    "    }",
    "}",
    "",
)
_TRY: Final = (
    "$at = 'authorization'",
    "if ($sample) {",
    "    $seen = @(Test-ServicePrincipalAuthorization -Identity $principalId -Resource $sample)",
    "}",
    "else {",
    "    $seen = @(Test-ServicePrincipalAuthorization -Identity $principalId)",
    "}",
    "foreach ($one in $seen) {",
    "    Tell 'authorization' $one.RoleName $one.InScope $one.AllowedResourceScope",
    "}",
)
_REMOVE: Final = (
    "$at = 'assignment'",
    '$present = @(Get-ManagementRoleAssignment | ForEach-Object { "$($_.Name)" } |',
    "    Where-Object { $_.StartsWith($prefix, [StringComparison]::Ordinal) })",
    "foreach ($name in $present) {",
    "    Remove-ManagementRoleAssignment -Identity $name -Confirm:$false",
    "    Tell 'assignment' $name 'removed' ''",
    "}",
    "",
    "$at = 'scope'",
    "if (Get-ManagementScope | Where-Object { $_.Name -eq $scopeName }) {",
    "    Remove-ManagementScope -Identity $scopeName -Confirm:$false",
    "    Tell 'scope' $scopeName 'removed' ''",
    "}",
    "",
    "$at = 'principal'",
    "$principal = Get-ServicePrincipal | Where-Object { $_.AppId -eq $applicationId }",
    "if ($principal) {",
    '    Remove-ServicePrincipal -Identity "$($principal.ObjectId)" -Confirm:$false',
    "    Tell 'principal' $applicationId 'removed' ''",
    "}",
)
_END: Final = (
    "catch {",
    "    $failed = $true",
    "    Tell 'end' $at 'failed' $_.Exception.Message",
    "}",
    "finally {",
    "    Disconnect-ExchangeOnline -Confirm:$false",
    "}",
    "if ($failed) {",
    "    exit 1",
    "}",
    "",
)


def _scope(plan: Plan) -> Sequence[str]:
    """Name the mailboxes. A filter is text in text: a value's marks are doubled for the filter, then for the script."""
    match plan.fence:
        case InUnit(id=unit):
            return (f"$where = @{{ RecipientAdministrativeUnitScope = {_literal(unit.lower())} }}", "")
        case InGroup(identity=identity):
            return (
                f"$scopeName = {_literal(plan.scope)}",
                "$groups = @('MailUniversalDistributionGroup', 'MailUniversalSecurityGroup')",
                f"$group = @(Get-Recipient -Identity {_literal(identity)} -RecipientTypeDetails $groups)",
                "if ($group.Count -ne 1) {",
                "    Fail 'group-unclear'",
                "}",
                '$filter = "MemberOfGroup -eq \'" + $group[0].DistinguishedName.Replace("\'", "\'\'") + "\'"',
                *_UPDATE_SCOPE,
            )
        case WithAttribute(name=name, value=value):
            doubled = value.replace("'", "''")
            condition = f"{name} -eq '{doubled}'"
            return (
                f"$scopeName = {_literal(plan.scope)}",
                f"$filter = {_literal(condition)}",
                *_UPDATE_SCOPE,
            )


def _scope_name(client: str) -> str:
    return f"Backup {client.lower()}"


def _prefix(client: str) -> str:
    return f"Backup {client.lower().replace('-', '')[:16]} "


def _literal(text: str) -> str:
    """A string of PowerShell that means exactly this text."""
    if _PLAIN.fullmatch(text):
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    encoded = base64.b64encode(text.encode()).decode()
    return f"([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{encoded}')))"


def _checked_id(text: str, what: str) -> None:
    try:
        good = str(UUID(text)) == text.lower()
    except ValueError:
        good = False
    if not good:
        raise Misconfigured("not an id of the directory", what="bad-id", name=what)


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _entries(folder: Path) -> Sequence[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return ()  # not there, or not ours to look into: then PowerShell does not find it either
