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
        return f"Backup {self.client.lower()}"

    @property
    def prefix(self) -> str:
        """What the names of all assignments for this application begin with."""
        return f"Backup {self.client.lower().replace('-', '')[:16]} "

    def assignment(self, role: str) -> str:
        """What a role's assignment is called; at most 64 letters, and another one for another administrative unit."""
        unit = self.fence.id.lower()[:8] if isinstance(self.fence, InUnit) else "scope"
        return f"{self.prefix}{unit} {role.removeprefix('Application ')}"


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


def write_script(plan: Plan) -> str:
    """Write the script. It may be run again: what is there already is left or brought up to date."""
    return "\n".join(
        (
            *_HEAD,
            f"$applicationId = {_literal(plan.client.lower())}",
            f"$principalId = {_literal(plan.principal.lower())}",
            f"$applicationName = {_literal(plan.name)}",
            f"$sample = {_literal(plan.sample)}",
            f"$prefix = {_literal(plan.prefix)}",
            "$assignments = [ordered]@{",
            *(f"    {_literal(plan.assignment(role))} = {_literal(role)}" for role in dict.fromkeys(plan.roles)),
            "}",
            "",
            f"Connect-ExchangeOnline -ShowBanner:$false -ExchangeEnvironmentName {_ENVIRONMENTS[plan.cloud]}",
            "try {",
            *(f"    {line}".rstrip() for line in (*_PRINCIPAL, *_scope(plan), *_ASSIGN, *_TRY)),
            "}",
            "finally {",
            "    Disconnect-ExchangeOnline -Confirm:$false",
            "}",
            "",
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


_HEAD: Final = (
    f"#Requires -Modules @{{ ModuleName = '{_MODULE}'; ModuleVersion = '{_VERSION}' }}",
    "",
    "# Lets an application into some mailboxes only (RBAC for Applications in Exchange Online).",
    "# Run it as a member of Organization Management. It may be run again.",
    "# Permissions that were consented to for the whole tenant are wider than these roles: withdraw them there.",
    "",
    "$ErrorActionPreference = 'Stop'",
    "",
)
_PRINCIPAL: Final = (
    "if ((Get-OrganizationConfig).IsDehydrated) {",
    "    Enable-OrganizationCustomization",
    "}",
    "",
    "$principal = Get-ServicePrincipal | Where-Object { $_.AppId -eq $applicationId }",
    'if ($principal -and "$($principal.ObjectId)" -ne $principalId) {',
    "    throw 'The application is known under another object id.'",
    "}",
    "if (-not $principal) {",
    "    New-ServicePrincipal -AppId $applicationId -ObjectId $principalId -DisplayName $applicationName | Out-Null",
    "}",
    "",
)
_UPDATE_SCOPE: Final = (
    "$scope = Get-ManagementScope | Where-Object { $_.Name -eq $scopeName }",
    "if ($scope) {",
    "    Set-ManagementScope -Identity $scopeName -RecipientRestrictionFilter $filter",
    "}",
    "else {",
    "    New-ManagementScope -Name $scopeName -RecipientRestrictionFilter $filter | Out-Null",
    "}",
    "$where = @{ CustomResourceScope = $scopeName }",
    "",
)
_ASSIGN: Final = (
    '$present = @(Get-ManagementRoleAssignment | ForEach-Object { "$($_.Name)" } |',
    "    Where-Object { $_.StartsWith($prefix, [StringComparison]::Ordinal) })",
    "foreach ($assignment in $assignments.GetEnumerator()) {",
    "    if ($present -notcontains $assignment.Key) {",
    "        New-ManagementRoleAssignment -Name $assignment.Key -App $principalId -Role $assignment.Value @where |",
    "            Out-Null",
    "    }",
    "}",
    "foreach ($name in $present) {",
    "    if (@($assignments.Keys) -notcontains $name) {",
    "        Remove-ManagementRoleAssignment -Identity $name -Confirm:$false",
    "    }",
    "}",
    "",
)
_TRY: Final = (
    "if ($sample) {",
    "    Test-ServicePrincipalAuthorization -Identity $principalId -Resource $sample | Format-Table",
    "}",
    "else {",
    "    Test-ServicePrincipalAuthorization -Identity $principalId | Format-Table",
    "}",
)


def _scope(plan: Plan) -> Sequence[str]:
    """Name the mailboxes. A filter is text in text: a value's marks are doubled for the filter, then for the script."""
    match plan.fence:
        case InUnit(id=unit):
            return (f"$where = @{{ RecipientAdministrativeUnitScope = {_literal(unit.lower())} }}", "")
        case InGroup(identity=identity):
            return (
                f"$scopeName = {_literal(plan.scope)}",
                "$kinds = @('MailUniversalDistributionGroup', 'MailUniversalSecurityGroup')",
                f"$group = @(Get-Recipient -Identity {_literal(identity)} -RecipientTypeDetails $kinds)",
                "if ($group.Count -ne 1) {",
                "    throw 'There must be one group of this name.'",
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
