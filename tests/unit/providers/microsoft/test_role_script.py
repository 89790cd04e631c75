"""The script that fences an application: what it says, and that no name can make it say anything else."""

import base64
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, needed, roles
from saasbackup_desktop.providers.microsoft.role_script import (
    InGroup,
    InUnit,
    Plan,
    WithAttribute,
    find_tools,
    module_folders,
    write_script,
)

CLIENT = "0f8c2a44-6a0c-4f0e-9d0b-5d2f6c1c7e55"
PRINCIPAL = "1a8c2a44-6a0c-4f0e-9d0b-5d2f6c1c7e55"
ROLES = roles(needed(WayIn.APPLICATION, list(Service), list(Purpose)))
PLAN = Plan(CLIENT, PRINCIPAL, "Backup", InGroup("backup@fernwick.example"), ROLES, sample="ada@fernwick.example")
HOSTILE = [
    "O'Brien",
    "'; Remove-Mailbox -Identity * -Confirm:$false; '",
    "\u2018\u2019\u201a\u201b; Remove-Mailbox *; \u2019",
    "\u201c\u201d\u201e$(Remove-Mailbox *)",
    '"; $(Remove-Mailbox *) `" `',
    "a\n'@\nRemove-Mailbox *\n#",
    "#> Remove-Mailbox * <#",
    "\x00\x1a\r\u2028\u0085\ufeff",
    "$env:Path ${x} $(1) `n %PATH% --% @where",
    "Müller \U0001f4e7 и Ко",
    "'" * 999,
    "\\' \\\" \\",
    "' -or RecipientType -eq 'UserMailbox",
]
ENCODED = "([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String(<S>)))"


def read(script: str) -> tuple[str, list[str]]:
    """Take a script apart as PowerShell does: what is outside of strings and comments, and what the strings mean."""
    outside, strings, at = "", [], 0
    while at < len(script):
        char = script[at]
        if char == "'":
            text, at = "", at + 1
            while script[at] != "'" or script[at : at + 2] == "''":
                text += script[at]
                at += 2 if script[at] == "'" else 1
            strings.append(text)
            outside, at = outside + "<S>", at + 1
        elif char == '"':
            end = at + 1
            while script[end] != '"':
                end += 2 if script[end] == "`" else 1
            outside, at = outside + script[at : end + 1], end + 1
        elif char == "#":
            end = script.index("\n", at)
            outside, at = outside + ("" if script[at:end].startswith("# ") else script[at:end]), end
        else:
            outside, at = outside + char, at + 1
    parts = outside.split(ENCODED)
    number = 0
    for before in parts[:-1]:
        number += before.count("<S>")
        strings[number] = base64.b64decode(strings[number]).decode()
        number += 1
    return outside.replace(ENCODED, "<S>"), strings


PLAIN, _ = read(write_script(PLAN))
BY_VALUE = replace(PLAN, fence=WithAttribute("CustomAttribute1", "Backup"))
PLAIN_BY_VALUE, _ = read(write_script(BY_VALUE))


def assert_harmless(text: str) -> None:
    script = write_script(replace(PLAN, name=text, fence=InGroup(text), sample=text))
    assert script.isascii()
    assert not re.search(r"[^ -~\n]", script)
    outside, strings = read(script)
    assert outside == PLAIN
    assert strings.count(text) == 3
    outside, strings = read(write_script(replace(BY_VALUE, fence=WithAttribute("Department", text))))
    assert outside == PLAIN_BY_VALUE
    [condition] = [one for one in strings if one.startswith("Department -eq ")]
    assert re.fullmatch(r"Department -eq '(?:[^']|'')*'", condition, re.DOTALL)
    assert condition.removeprefix("Department -eq '")[:-1].replace("''", "'") == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_names(text: str) -> None:
    assert_harmless(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip() != ""))
def test_any_name_stays_a_name(text: str) -> None:
    if text not in ("", PLAN.scope):
        assert_harmless("x" + text)


def test_it_makes_what_is_missing_and_mends_what_differs() -> None:
    script = write_script(PLAN)
    for command in (
        "New-ServicePrincipal -AppId $applicationId -ObjectId $principalId",
        "New-ManagementScope -Name $scopeName -RecipientRestrictionFilter $filter",
        "Set-ManagementScope -Identity $scopeName -RecipientRestrictionFilter $filter",
        "New-ManagementRoleAssignment -Name $assignment.Key -App $principalId -Role $assignment.Value @where",
        "$where = @{ CustomResourceScope = $scopeName }",
        "Remove-ManagementRoleAssignment -Identity $name",
        "Test-ServicePrincipalAuthorization -Identity $principalId -Resource $sample",
    ):
        assert command in script
    assert script.index("Get-ServicePrincipal") < script.index("New-ServicePrincipal")
    assert script.index("Get-ManagementScope") < script.index("New-ManagementScope")
    assert script.index("Get-ManagementRoleAssignment") < script.index("New-ManagementRoleAssignment")
    for role in ROLES:
        assert f"'{role}'" in script
    assert "Tasks" not in script
    assert write_script(PLAN) == script


def test_brackets_close() -> None:
    for plan in (PLAN, BY_VALUE, replace(PLAN, fence=InUnit(CLIENT))):
        outside, _ = read(write_script(plan))
        for opening, closing in ("()", "{}", "[]"):
            assert outside.count(opening) == outside.count(closing)


def test_an_administrative_unit_needs_no_scope_of_its_own() -> None:
    script = write_script(replace(PLAN, fence=InUnit(CLIENT)))
    assert f"RecipientAdministrativeUnitScope = '{CLIENT}'" in script
    assert "ManagementScope " not in script


def test_names_fit_and_tell_fences_apart() -> None:
    unit = replace(PLAN, fence=InUnit(PRINCIPAL))
    for role in ROLES:
        assert len(PLAN.assignment(role)) <= 64
        assert PLAN.assignment(role) != unit.assignment(role)
        assert PLAN.assignment(role).startswith(PLAN.prefix)
    assert len({PLAN.assignment(role) for role in ROLES}) == len(ROLES)


@pytest.mark.parametrize(
    ("cloud", "environment"), [("gcc-high", "O365USGovGCCHigh"), ("dod", "O365USGovDoD"), ("china", "O365China")]
)
def test_other_clouds_have_their_own_exchange(cloud: str, environment: str) -> None:
    assert f"-ExchangeEnvironmentName {environment}" in write_script(replace(PLAN, cloud=cloud))


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": "x'; y"},
        {"principal": ""},
        {"client": "{" + CLIENT + "}"},
        {"fence": InUnit("x")},
        {"fence": WithAttribute("Name -ne ''", "x")},
        {"fence": WithAttribute("Department", " ")},
        {"fence": InGroup("")},
        {"roles": ()},
        {"roles": ("Application Mail.Read'; x",)},
        {"roles": ("Mail.Read",)},
        {"cloud": "custom"},
        {"name": "\ud800"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Misconfigured):
        replace(PLAN, **wrong)  # type: ignore[arg-type]


def test_tools_are_found_without_starting_them(tmp_path: Path) -> None:
    assert find_tools(lambda name: None, [tmp_path]).can_run is False
    for version in ("2.0.5", "3.10.0", "3.9.0", "notes"):
        (tmp_path / "ExchangeOnlineManagement" / version).mkdir(parents=True)
    found = find_tools(lambda name: f"/bin/{name}", [tmp_path / "missing", tmp_path])
    assert (found.shell, found.module, found.can_run) == ("/bin/pwsh", "3.10.0", True)
    old = find_tools(lambda name: "/bin/pwsh", [])
    assert not old.can_run
    assert tmp_path in module_folders({"PSModulePath": str(tmp_path)}, tmp_path)


@pytest.mark.parametrize("fence", [InGroup("x"), WithAttribute("Department", HOSTILE[1]), InUnit(CLIENT)], ids=repr)
def test_powershell_can_read_it(fence: InGroup | WithAttribute | InUnit, tmp_path: Path) -> None:
    shell = shutil.which("pwsh")
    if shell is None:
        pytest.skip("PWSH MISSING: no PowerShell here; the script was only read by this test's own reader")
    file = tmp_path / "roles.ps1"
    file.write_text(write_script(replace(PLAN, fence=fence, name=HOSTILE[2])), "ascii")
    command = (
        "$e = $null; $null = [Management.Automation.Language.Parser]::ParseFile("
        f"'{file}', [ref]$null, [ref]$e); $e | ForEach-Object {{ $_.Message }}; exit $e.Count"
    )
    done = subprocess.run([shell, "-NoProfile", "-Command", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
