"""Stands in for PowerShell with the module of Exchange Online: reads a generated script and answers what it calls.

There is no PowerShell where these tests run. This knows the commands that the script may call, with their parameters as
Microsoft documents them, and says what the script would; it takes the script's words and lists from the script itself.
A file beside it says how Exchange stands; what it was started with is written down beside it.
"""

import base64
import json
import os
import re
import sys
import time
from pathlib import Path

COMMON = {"ErrorAction", "WarningAction"}
DOCUMENTED = {
    "Connect-ExchangeOnline": {
        "ShowBanner",
        "ExchangeEnvironmentName",
        "Device",
        "AppId",
        "Organization",
        "Certificate",
    },
    "Disconnect-ExchangeOnline": {"Confirm"},
    "Get-OrganizationConfig": set(),
    "Enable-OrganizationCustomization": set(),
    "Get-Recipient": {"Identity", "RecipientTypeDetails", "ResultSize", "Filter"},
    "Get-ServicePrincipal": {"Identity"},
    "New-ServicePrincipal": {"AppId", "ObjectId", "DisplayName"},
    "Get-ManagementScope": {"Identity"},
    "New-ManagementScope": {"Name", "RecipientRestrictionFilter"},
    "Set-ManagementScope": {"Identity", "RecipientRestrictionFilter"},
    "Get-ManagementRoleAssignment": {"Identity"},
    "New-ManagementRoleAssignment": {"Name", "App", "Role", "CustomResourceScope", "RecipientAdministrativeUnitScope"},
    "Remove-ManagementRoleAssignment": {"Identity", "Confirm"},
    "Remove-ManagementScope": {"Identity", "Confirm"},
    "Remove-ServicePrincipal": {"Identity", "Confirm"},
    "Test-ServicePrincipalAuthorization": {"Identity", "Resource"},
    "Get-Command": {"Name"},
    "Get-Module": {"Name"},
    "Where-Object": set(),
    "ForEach-Object": set(),
    "ConvertFrom-Json": set(),
    "New-Object": {"ArgumentList"},
    "Out-Null": set(),
}
BESIDE = Path(__file__).resolve().parent


def unknown(script: str) -> list[str]:
    """Commands and parameters that Microsoft does not document."""
    bare = re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"(?m)^#.*$", "", script))
    found = []
    for line in re.split(r"[\n|;{}()]", bare):
        match = re.search(r"(?<![\w'-])([A-Z][a-z]+-[A-Z]\w+)(.*)", line)
        if match is None:
            continue
        if match[1] not in DOCUMENTED:
            found.append(match[1])
            continue
        given = set(re.findall(r"\s-([A-Z]\w+)", match[2]))
        found += [f"{match[1]} -{name}" for name in sorted(given - DOCUMENTED[match[1]] - COMMON)]
    return found


def within(pattern: str, script: str) -> str:
    """A part of the script."""
    match = re.search(pattern, script, re.DOTALL)
    assert match is not None, pattern
    return match[1]


class Failed(Exception):
    """The script's own way to end."""


def main() -> int:
    arguments = sys.argv[1:]
    stands = json.loads((BESIDE / "exchange.json").read_text())
    script = Path(arguments[arguments.index("-File") + 1]).read_text("ascii")
    given = sys.stdin.buffer.read()
    record = {"arguments": arguments, "environment": dict(os.environ), "given": given.decode(), "pid": os.getpid()}
    (BESIDE / "started.json").write_text(json.dumps({**record, "script": script, "unknown": unknown(script)}))
    if stands.get("silent"):
        print("The script 'roles.ps1' cannot be run because a module is missing.", file=sys.stderr)
        return 1
    mark = within(r"WriteLine\('(.+?) \| '", script)
    commands = re.findall(r"'([^']+)'", within(r"\$commands = @\((.*?)\n\)", script))
    removes = "$assignments" not in script
    listed = "" if removes else within(r"\$assignments = \[ordered\]@\{(.*?)\n\}", script)
    assignments = re.findall(r"'([^']+)' = '([^']+)'", listed)
    sample = "" if removes else within(r"\$sample = '([^']*)'", script)
    scope = re.search(r"\$scopeName = '([^']+)'", script)

    def tell(*said: str) -> None:
        print(" | ".join([mark, *(re.sub(r"[\r\n|]+", " ", one) for one in said)]), flush=True)

    at = "connect"
    try:
        connect(script, given, stands)
        tell("connect", "Exchange Online", "done", "")
        tell("module", "ExchangeOnlineManagement", "present", "3.9.0")
        at = "commands"
        missing = set(stands.get("forbidden", ()))
        for name in commands:
            tell("command", name, "missing" if name in missing else "present", "")
        if missing & set(commands):
            raise Failed(f"{mark}:commands-missing")
        if stands.get("hang"):
            time.sleep(600)
        if removes:
            prefix = within(r"\$prefix = '([^']+)'", script)
            for name in stands.get("present", ()):
                if name.startswith(prefix):
                    tell("assignment", name, "removed", "")
            tell("scope", within(r"\$scopeName = '([^']+)'", script), "removed", "")
            tell("end", "", "done", "")
            return 0
        at = "licence"
        tell("licence", "Exchange Online", "missing" if stands.get("no_mailboxes") else "present", "")
        if stands.get("no_mailboxes"):
            raise Failed(f"{mark}:no-mailboxes")
        at = "customization"
        tell("customization", "", "made" if stands.get("dehydrated") else "present", "")
        at = "principal"
        tell("principal", "x", "made", "")
        at = "scope"
        if "group_unclear" in stands:
            raise Failed(f"{mark}:group-unclear")
        if scope is not None:
            tell("scope", scope[1], "made", "")
            tell("in-scope", scope[1], "missing" if stands.get("empty_scope") else "present", "")
        at = "assignment"
        if "refusal" in stands:
            raise Failed(stands["refusal"])
        for name, _ in assignments:
            tell("assignment", name, "made", "")
        at = "authorization"
        for _, role in assignments:
            tell("authorization", role, str(bool(stands.get("inside", True))) if sample else "Not Run", "Backup | x")
        if stands.get("dies"):
            os._exit(139)
        tell("end", "", "done", "")
    except Failed as failed:
        tell("end", at, "failed", str(failed))
        return 1
    return 0


def connect(script: str, given: bytes, stands: dict[str, object]) -> None:
    line = next(one for one in script.splitlines() if "Connect-ExchangeOnline" in one and not one.startswith("#"))
    if "-Device" in line:
        print("\x1b[33mWARNING: To sign in, use a web browser to open the page", flush=True)
        print("https://microsoft.com/devicelogin and enter the code CVYX5CJLB to authenticate.\x1b[0m", flush=True)
    elif "-Certificate" in line:
        from cryptography.hazmat.primitives.serialization import pkcs12

        plain = json.loads(given)
        packed = base64.b64decode(plain["certificate"])
        key, certificate, _ = pkcs12.load_key_and_certificates(packed, plain["password"].encode())
        assert key is not None
        assert certificate is not None
    if "sign_in" in stands:
        raise Failed(str(stands["sign_in"]))


if __name__ == "__main__":
    sys.exit(main())
