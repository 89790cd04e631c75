"""A download: an archive that describes itself, and scripts that say what they mean, whatever objects are called."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.app.entra.downloading import quoting
from saasbackup_desktop.app.entra.downloading.acts import Act, Bring
from saasbackup_desktop.app.entra.downloading.archive import About, Script, write_archive
from saasbackup_desktop.app.entra.downloading.bash_script import bash_script
from saasbackup_desktop.app.entra.downloading.planned import planned
from saasbackup_desktop.app.entra.downloading.powershell_script import powershell_script
from saasbackup_desktop.app.entra.downloading.quoting import New, Part
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.placeholders import escaped
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Write
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning.planner import EntraPlanning
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS, address
from tests.unit.app.entra.receiving import TOKEN, Received, receiving

ADA = "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
CREW = "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
TIE = "33333333-cccc-4ccc-8ccc-cccccccccccc"
STRANGER = "99999999-dddd-4ddd-8ddd-dddddddddddd"

NASTY = [
    "plain",
    "it's $(touch pwned) `touch pwned` ${HOME} $id_1 $HOME %PATH% !! \\ \\n \"quoted\" 'twice' ''",
    "a\nb\r\nEOF\n'; touch pwned; echo '",
    "\N{RIGHT SINGLE QUOTATION MARK}; touch pwned; \N{LEFT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}",
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}'\N{RIGHT SINGLE QUOTATION MARK}' @{x=1} #> <# [char]39 ${x}",
    "-Apply --apply -- - \t| & ; < > ( ) { } * ? [a] ~ ^",
    "J\u00fcrgen \u65e5\u672c \U0001f512 \u202e reversed \u2028 line \x00 \x1b[31m \x7f",
    "{password} {new:nobody} %s %% \\u0027 \\x27",
    "{password}",
    f'{{new:{STRANGER}}} {{=new:crew}} "$password" $script:password',
    "",
]


def write(
    action: Action, kind: str, id: str, name: str, method: str, path: str, body: Json = None, **more: Any
) -> Write:
    return Write(number=1, action=action, kind=kind, id=id, name=name, method=method, path=path, body=body, **more)


def acts_of(name: str) -> list[Act]:
    """A user, a group of whom the user is a member and whose role names both, and a policy that there is one of."""
    user = {
        "displayName": escaped(name),
        "passwordProfile": {"password": "{password}"},
        "aboutMe": escaped(f"{{new:x}} {name}"),
    }
    group = {"displayName": escaped(name), "description": "about {new:" + ADA + "} and " + STRANGER}
    revived = write(Action.REVIVE, "users", ADA, name, "POST", f"/directory/deletedItems/{ADA}/restore")
    return [
        Bring(
            kind="users",
            id=ADA,
            name=name,
            look=f"/users/{ADA}",
            revive=revived,
            create=write(Action.CREATE, "users", ADA, name, "POST", "/users", user),
            updates=(
                write(Action.UPDATE, "users", ADA, name, "PATCH", f"/users/{ADA}", {"displayName": escaped(name)}),
            ),
        ),
        Bring(
            kind="groups",
            id=CREW,
            name=name,
            look=f"/groups/{CREW}",
            create=write(Action.CREATE, "groups", CREW, name, "POST", "/groups", group),
        ),
        Bring(
            kind="authorizationPolicy",
            id="authorizationPolicy",
            name=name,
            look="",
            updates=(
                write(
                    *(Action.UPDATE, "authorizationPolicy", "authorizationPolicy", name, "PATCH"),
                    "/beta/policies/authorizationPolicy",
                    {"description": escaped(name)},
                ),
            ),
        ),
        write(
            *(Action.LINK, "groups", CREW, name, "POST", "/groups/{new:" + CREW + "}/members/$ref"),
            {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + ADA},
            path_of_link="members",
            target=ADA,
            target_name=name,
        ),
    ]


def run(folder: Path, acts: Sequence[Act], received: Received, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script for bash as a person would, with a token in the environment."""
    if shutil.which("bash") is None or shutil.which("curl") is None or shutil.which("jq") is None:
        pytest.skip("NO BASH, CURL OR JQ HERE: the script was not run")
    if sys.platform == "win32":
        pytest.skip("the script for bash was not run on Windows")
    script = folder / "apply.sh"
    script.write_text("".join(bash_script(acts)), encoding="utf-8")
    return subprocess.run(
        ["bash", str(script), *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], "GRAPH": received.address, "GRAPH_TOKEN": TOKEN, "HOME": str(folder)},
    )


@pytest.mark.parametrize("name", NASTY)
def test_bash_sends_what_was_meant_and_runs_nothing_else(name: str, tmp_path: Path) -> None:
    with receiving() as received:
        ended = run(tmp_path, acts_of(name), received, "--apply")
    assert ended.returncode == 0, ended.stderr
    made, group, policy, link = received.writes[1:]
    passwords = (tmp_path / "apply.passwords").read_text(encoding="utf-8").splitlines()
    password = passwords[0].rpartition("\t")[2]
    assert len(passwords) == 1
    assert len(password) >= 24
    body = {"displayName": name, "passwordProfile": {"password": password}, "aboutMe": f"{{new:x}} {name}"}
    assert made == ("POST", "/v1.0/users", body)
    about = {"displayName": name, "description": f"about new-2 and {STRANGER}"}
    assert group == ("POST", "/v1.0/groups", about)
    assert policy == ("PATCH", "/beta/policies/authorizationPolicy", {"description": name})
    target = {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/new-2"}
    assert link == ("POST", "/v1.0/groups/new-3/members/$ref", target)
    assert {one.name for one in tmp_path.iterdir()} == {"apply.sh", "apply.ids", "apply.passwords"}
    assert stat.S_IMODE((tmp_path / "apply.passwords").stat().st_mode) == 0o600
    assert password not in ended.stdout + ended.stderr


def test_bash_without_being_told_sends_nothing(tmp_path: Path) -> None:
    with receiving() as received:
        ended = run(tmp_path, acts_of("Ada"), received)
    assert (ended.returncode, received.requests) == (0, [])
    assert "POST /groups" in ended.stdout
    assert '"displayName":"Ada"' in ended.stdout
    assert '"password":"(made up when it is sent)"' in ended.stdout, "no password that nobody will ever have"
    assert {one.name for one in tmp_path.iterdir()} == {"apply.sh"}


def test_bash_leaves_and_revives_what_is_there_and_makes_nothing_twice(tmp_path: Path) -> None:
    with receiving() as received:
        received.in_bin.add(f"/v1.0/directory/deletedItems/{ADA}/restore")
        received.refused["/v1.0/groups"] = 429
        assert run(tmp_path, acts_of("Ada"), received, "--apply").returncode == 0
        paths = [path for _, path, _ in received.writes]
        assert paths[:2] == [f"/v1.0/directory/deletedItems/{ADA}/restore", f"/v1.0/users/{ADA}"]
        assert paths[2:4] == ["/v1.0/groups", "/v1.0/groups"]  # it was asked to wait once
        assert received.writes[-1][2] == {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{ADA}"}
        group = received.writes[-1][1].split("/")[3]
        received.requests.clear()
        received.there |= {f"/v1.0/users/{ADA}", f"/v1.0/groups/{group}"}
        received.refused[f"/v1.0/groups/{group}/members/$ref"] = 403
        again = run(tmp_path, acts_of("Ada"), received, "--apply")
    assert again.returncode == 1
    assert "POST /users" not in [f"{method} {path}" for method, path, _ in received.requests]
    assert ("POST", "/v1.0/groups") not in [request[:2] for request in received.writes]
    assert "403 refused[31m 403" in again.stderr
    assert "1 failed" in again.stderr


def test_bash_says_that_it_has_no_token(tmp_path: Path) -> None:
    with receiving() as received:
        script = tmp_path / "apply.sh"
        run(tmp_path, [], received)
        ended = subprocess.run(
            ["bash", str(script), "--apply"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PATH": os.environ["PATH"], "GRAPH": received.address, "GRAPH_TOKEN": 'x"\nurl = "http://evil'},
        )
    assert (ended.returncode, received.requests) == (1, [])
    assert "No token" in ended.stderr


_QUOTES = "'\u2018\u2019\u201a\u201b"
_TOKEN = re.compile(
    rf"(?P<text>[{_QUOTES}](?:[^{_QUOTES}]|[{_QUOTES}]{{2}})*[{_QUOTES}](?![{_QUOTES}]))"
    r"|(?P<new>\$id\[[0-9]+\])|(?P<secret>\$script:password)|(?P<mark>[()+])|(?P<word>[\w.-]+)|(?P<blank>[ ]+)"
)


def read_powershell(line: str) -> list[str]:
    """Read a line as PowerShell reads it: words, texts in single quotation marks of any kind, sums in brackets.

    In such a text, two quotation marks in a row stand for the second one
    (about_Quoting_Rules, and which characters are such marks: CharExtensions.IsSingleQuote).
    """
    words: list[str] = []
    depth, position = 0, 0
    joins = False
    while position < len(line):
        match = _TOKEN.match(line, position)
        assert match is not None, line[position:]
        position = match.end()
        if match["blank"]:
            continue
        if match["mark"]:
            depth += {"(": 1, ")": -1, "+": 0}[match["mark"]]
            joins = match["mark"] == "+"
            continue
        value = match[0]
        if match["text"]:
            value = re.sub(rf"[{_QUOTES}]([{_QUOTES}])", r"\1", value[1:-1])
        elif match["secret"]:
            value = "SECRET"
        if joins:
            words[-1] += value
        else:
            words.append(value)
        joins = False
    assert depth == 0
    return words


@pytest.mark.parametrize("name", NASTY)
def test_powershell_means_what_was_meant(name: str) -> None:
    script = "".join(powershell_script(acts_of(name)))
    body = script[script.index("\nStart-Object") :].splitlines()
    read = [read_powershell(line) for line in body if line.split(" ")[0] in _CALLS]
    by_call = {words[0]: words[1:] for words in read if words[0] != "Add-Object"}
    made, group = ([*words[1:3], json.loads(words[3])] for words in read if words[0] == "Add-Object")
    shown = quoting.plain(name)
    assert read[0] == ["Start-Object", "1", f"users/{ADA}", shown]
    assert "if (-not $Apply) { $script:password = '(made up when it is sent)'; return }\n    $bytes" in script
    assert read[1] == ["Find-Object", "/users/$id[1]"]
    assert read[2] == ["Restore-Object", "POST", "/directory/deletedItems/$id[1]/restore"]
    profile = {"displayName": name, "passwordProfile": {"password": "SECRET"}, "aboutMe": f"{{new:x}} {name}"}
    assert made == ["POST", "/users", profile]
    about = {"displayName": name, "description": f"about $id[1] and {STRANGER}"}
    assert group == ["POST", "/groups", about]
    title, method, path, link = by_call["Send-Write"]
    assert title == quoting.plain(f"groups/{CREW} ({name}) > members > {name or ADA}")
    assert (method, path) == ("POST", "/groups/$id[2]/members/$ref")
    assert json.loads(link) == {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/$id[1]"}


_CALLS = {"Start-Object", "Find-Object", "Restore-Object", "Add-Object", "Update-Object", "Send-Write"}


@pytest.mark.parametrize("text", NASTY)
def test_one_text_is_one_argument(text: str, tmp_path: Path) -> None:
    if "\x00" not in text:  # bodies and names have none when they come here
        [read] = read_powershell(quoting.powershell([text])) or [""]
        assert read == text
    parts: Sequence[Part] = quoting.parts("a" + TIE + "b{new:" + TIE + "}", {TIE: 7})
    assert parts == ["a" + TIE + "b", New(7)]
    assert quoting.parts(f"/x/{TIE}", {TIE: 7}) == ["/x/", New(7)]
    assert quoting.bash(quoting.parts(f"/x/{TIE}/$ref", {TIE: 7})) == "'/x/'\"$id_7\"'/$ref'"


def thing(kind: str, id: str, name: str) -> DirectoryObject:
    link = Link("members", ADA, name="Ada", kind="users")
    return DirectoryObject(kind=kind, id=id, name=name, properties={"displayName": name}, links=(link,))


ABOUT = About(tenant="Fernwick\nLtd", directory=STRANGER, snapshot=SnapshotId("s1"), moment=1_780_000_000)


def test_the_archive_tells_what_is_in_it(tmp_path: Path) -> None:
    objects = [
        thing("users", ADA, "Ada / Lovelace: \u00fc"),
        thing("groups", CREW, "../../etc/passwd"),
        thing("groups", "AbC", "x"),
        thing("groups", "aBc", "X"),
        thing("groups", "../..", "CON"),
        thing("unheardOf", TIE, "\ud800" * 200),
    ]
    left = LeftOut(key=f"users/{ADA}#a:x", kind="users", id=ADA, name="Ada", code="read-only")
    file = tmp_path / "directory.zip"
    file.write_bytes(b"old")
    assert write_archive(file, objects, ABOUT, SCHEMA, Script(acts_of("Ada"), [left])) == 6
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or sys.platform == "win32"
    assert [one.name for one in tmp_path.iterdir()] == ["directory.zip"]
    with zipfile.ZipFile(file) as zip:
        names = zip.namelist()
        manifest = json.loads(zip.read("manifest.json"))
        assert [entry["file"] for entry in manifest["files"]] == names[:-1]
        for entry in manifest["files"]:
            data = zip.read(entry["file"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["size"], entry["sha256"])
        ada = json.loads(zip.read(manifest["files"][0]["file"]))
        readme = zip.read("README.txt").decode()
        assert zip.read("apply.ps1").startswith(b"\xef\xbb\xbf#Requires")
        assert zip.read("apply.sh").startswith(b"#!/usr/bin/env bash\n")
        assert zip.getinfo("apply.sh").external_attr >> 16 == 0o100700
    assert len({name.casefold() for name in names}) == len(names)
    assert not [name for name in names if name.startswith("/") or ".." in Path(name).parts or ":" in name]
    assert all(len(name) < 200 for name in names)
    assert (ada["id"], ada["properties"]) == (ADA, {"displayName": "Ada / Lovelace: \u00fc"})
    assert ada["links"] == [{"relation": "members", "id": ADA, "kind": "users", "name": "Ada"}]
    assert (manifest["objects"], manifest["kinds"]) == (6, {"users": 1, "groups": 4, "unheardOf": 1})
    assert manifest["left_out"][0]["why"].startswith("Microsoft sets it")
    assert "of Fernwick Ltd" in readme
    assert "Connect-MgGraph -Scopes 'User.ReadWrite.All'" in readme


def test_what_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "directory.zip"
    file.write_bytes(b"old")

    def objects() -> Any:
        yield thing("users", ADA, "Ada")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_archive(file, objects(), ABOUT, SCHEMA, Script())
    assert (file.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (b"old", ["directory.zip"])
    with pytest.raises(Misconfigured) as caught:
        write_archive(tmp_path / "none" / "x.zip", [], ABOUT, SCHEMA, Script())
    assert "none" in str(caught.value.facts["what"])


def one(kind: str, id: str, *links: Link, **properties: Json) -> DirectoryObject:
    name = str(properties.get("displayName", id))
    return DirectoryObject(kind=kind, id=id, name=name, properties=properties, links=links)


APP, SPARE, POLICY, ROLE, GIVEN = (f"{digit * 8}-eeee-4eee-8eee-eeeeeeeeeeee" for digit in "45678")


def some_objects() -> list[DirectoryObject]:
    names = {"displayName": "Ada", "userPrincipalName": "ada@fernwick.example", "mailNickname": "ada"}
    group = {"displayName": "Crew", "mailNickname": "crew", "mailEnabled": False, "securityEnabled": True}
    members = [Link("members", ADA, name="Ada"), Link("members", STRANGER)]
    conditions: Json = {"users": {"includeUsers": ["All"], "excludeGroups": [CREW]}, "clientAppTypes": ["all"]}
    return [
        one("conditionalAccessPolicies", POLICY, displayName="Ask twice", state="disabled", conditions=conditions),
        one("users", ADA, **names, accountEnabled=True, createdDateTime="2020-01-01T00:00:00Z"),
        one("groups", CREW, *members, **group, groupTypes=[]),
        one("servicePrincipals", TIE, displayName="Payroll", appId=SPARE),
        one("applications", APP, displayName="Payroll", appId=SPARE),
        one("authorizationPolicy", "authorizationPolicy", displayName="x", allowInvitesFrom="everyone"),
        one("adminConsentRequestPolicy", "adminConsentRequestPolicy", isEnabled=True, reviewers=[]),
        one("roleDefinitions", ROLE, displayName="Reader", isBuiltIn=True),
        one("roleAssignments", GIVEN, principalId=ADA, roleDefinitionId=ROLE, directoryScopeId="/"),
        one("subscribedSkus", "sku", displayName="Premium"),
        one("unheardOf", "x", displayName="New from Microsoft"),
    ]


def plan_of(objects: Sequence[DirectoryObject]) -> Script:
    return planned(objects, SCHEMA, EntraPlanning(), lambda kind, id: address(kind, id) if kind in WAYS else "")


def test_bash_brings_all_of_it_back_into_an_empty_directory(tmp_path: Path) -> None:
    script = plan_of(some_objects())
    with receiving() as received:
        ended = run(tmp_path, script.acts, received, "--apply")
    assert ended.returncode == 0, ended.stderr
    writes = [request for request in received.writes if not request[1].endswith("/restore")]
    bodies = {path: body for _, path, body in writes}
    made = {path: f"new-{number}" for number, (_, path, _) in enumerate(received.writes, 1)}
    group, user = made["/v1.0/groups"], made["/v1.0/users"]
    assert bodies["/v1.0/servicePrincipals"]["appId"] == f"app-of-{made['/v1.0/applications']}"
    assert bodies["/v1.0/identity/conditionalAccess/policies"]["conditions"]["users"]["excludeGroups"] == [group]
    assert bodies["/v1.0/policies/authorizationPolicy"]["allowInvitesFrom"] == "everyone"
    ties = [body["@odata.id"].rpartition("/")[2] for _, path, body in writes if path.endswith("/$ref")]
    assert ties == [user, STRANGER]
    assert {path for _, path, _ in writes if path.endswith("/$ref")} == {f"/v1.0/groups/{group}/members/$ref"}
    assert "createdDateTime" not in bodies["/v1.0/users"]
    given = bodies["/v1.0/roleManagement/directory/roleAssignments"]
    assert (given["principalId"], given["roleDefinitionId"]) == (user, ROLE), "a role that nobody can make is there"
    assert bodies["/v1.0/policies/adminConsentRequestPolicy"] == {"isEnabled": True, "reviewers": []}, "it is put whole"
    assert {left.kind for left in script.left_out} >= {"subscribedSkus", "unheardOf", "roleDefinitions"}
    assert {risk.code for risk in script.risks} >= {"passwords-are-new", "secrets-are-new"}


def test_bash_sets_what_is_there_and_makes_nothing_anew(tmp_path: Path) -> None:
    objects = some_objects()
    with receiving() as received:
        received.there |= {f"/v1.0{address(each.kind, each.id)}" for each in objects if each.kind in WAYS}
        ended = run(tmp_path, plan_of(objects).acts, received, "--apply")
    assert ended.returncode == 0, ended.stderr
    assert [path for method, path, _ in received.writes if method == "POST" and not path.endswith("/$ref")] == []
    patched = {path: body for method, path, body in received.writes if method == "PATCH"}
    assert patched[f"/v1.0/users/{ADA}"]["userPrincipalName"] == "ada@fernwick.example"
    conditions = patched[f"/v1.0/identity/conditionalAccess/policies/{POLICY}"]["conditions"]
    assert conditions["users"]["excludeGroups"] == [CREW]
    assert {one.name for one in tmp_path.iterdir()} == {"apply.sh"}
