"""A tenant's directory with the real program: backed up, attacked, compared, planned, restored, taken along."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tenants.needs import to_write_directory
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.permissions import TABLE, WayIn, names, needed
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.end2end.conftest import PASSPHRASE, Ended, Home
from tests.end2end.test_tenant_journey import NAME, where, within
from tests.flow.stage import CHEAP
from tests.graph.office import SECRET, Office, opened

KINDS = ("--kind", "users", "--kind", "groups")
"""Policies are asked for once a second, and a test has no time."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A pretend tenant with three people and a group; the home is the program's own."""
    with opened(tmp_path) as site:
        found = Office(tmp_path, site, cast(Desk, None))
        found.watch_any_permission()
        found.tenant.known_roles |= {one.name for one in TABLE}
        for name in ("Ada Lovelace", "Bob Ross", "Cleo Laine"):
            found.join(name, letters=0)
        yield found
        assert found.referee.problems == []


@pytest.fixture
def home(tmp_path: Path, office: Office) -> Home:
    """A home with a vault that opens quickly, and the tenant in it."""
    made = Home(tmp_path / "home")
    made.folder.mkdir()
    made.file("passphrase", PASSPHRASE)
    Vault.create(LocalStore(made.vault), PASSPHRASE, SystemClock(), argon2=CHEAP)
    assert within(made, "vault", "open", made.vault).code == 0
    made.file("cloud.json", json.dumps({"login": office.site.login.address, "graph": office.site.graph.address}))
    secret = made.file("secret", SECRET)
    add = ("source", "add", "m365", "--name", NAME, "--tenant", office.tenant.domain, "--client", office.application.id)
    added = within(made, *add, *where(made, office), "--secret-file", secret, "--service", "mail", "--no-check")
    assert added.code == 0, added.err
    return made


def signed_in(home: Home, office: Office, *arguments: str) -> Ended:
    """Run a command that shows a code, and type it."""
    running = home.start(*arguments, "--json")
    assert running.stderr is not None
    prompt = json.loads(running.stderr.readline())
    [ada] = [one for one in office.tenant.users.values() if one["displayName"] == "Ada Lovelace"]
    office.identity.approve(prompt["code"], ada["id"])
    out, errors = running.communicate(timeout=120)
    return Ended(running.returncode, out, errors.decode())


def test_a_directory_is_attacked_and_comes_back(home: Home, office: Office, tmp_path: Path) -> None:
    truth = office.tenant.directory
    people = {one["displayName"]: one["id"] for one in office.tenant.users.values()}
    ada, bob, cleo = (people[name] for name in ("Ada Lovelace", "Bob Ross", "Cleo Laine"))
    sales = truth.add("groups", displayName="Sales", mailEnabled=False, mailNickname="sales", securityEnabled=True)
    truth.link("groups", sales["id"], "members", ada, bob)

    waiting = within(home, "entra", "activate", NAME)
    assert (waiting.code, "Missing permissions: " in waiting.text) == (3, True)
    office.application.granted |= set(names(needed(WayIn.APPLICATION, [Service.DIRECTORY])))
    office.tenant.tokens.clear()
    [active] = within(home, "entra", "activate", NAME, "--json").of("directory")
    assert (active["active"], active["state"], active["missing"]) == (True, "waiting", [])
    saved = within(home, "entra", "backup", NAME, "--json")
    assert saved.code == 0, saved.err
    assert saved.of("job")[0]["service"] == "directory"
    kinds = {one["kind"]: one["objects"] for one in within(home, "entra", "kinds", NAME, "--json").records}
    assert (kinds["users"], kinds["groups"]) == (3, 1)
    shown = within(home, "entra", "show", NAME, "groups/sales")
    assert "Members: Ada Lovelace" in shown.text
    assert within(home, "entra", "show", NAME, "groups/nobody").code == 2

    truth.change("users", ada, department="Nobody's", accountEnabled=False)
    truth.remove("users", bob)
    truth.remove("users", cleo, for_good=True)
    truth.unlink("groups", sales["id"], "members", ada)
    differs = within(home, "entra", "diff", NAME, "--from", "latest", *KINDS)
    assert differs.code == 0, differs.err
    assert "- user “Bob Ross”" in differs.text
    assert "    Account enabled: Yes → No\n" in differs.text
    assert "    - Members: Ada Lovelace\n" in differs.text
    assert "0 added, 2 removed, 2 changed" in differs.err
    report = tmp_path / "report.csv"
    written = within(home, "entra", "diff", NAME, "--from", "latest", "--output", report, *KINDS)
    assert written.code == 0, written.err
    assert "Cleo Laine" in report.read_text(encoding="utf-8-sig")

    picked = ("--at", "latest", "users", "groups/Sales", "--note", "a bad day")
    planned = within(home, "entra", "plan", NAME, *picked, "--json")
    assert planned.code == 0, planned.err
    [plan] = planned.of("directory-plan")
    writes = {one["action"]: one for one in planned.of("directory-write")}
    assert writes["revive"]["path"] == f"/directory/deletedItems/{bob}/restore"
    assert writes["create"]["body"]["passwordProfile"]["password"] == "{password}"
    assert {one["standing"] for one in planned.of("directory-write")} == {"planned"}
    assert within(home, "entra", "restore", plan["id"]).code == 2  # nobody is there to agree
    refused = within(home, "entra", "restore", plan["id"], "--yes")
    assert (refused.code, "entra access" in refused.err) == (2, True)
    assert signed_in(home, office, "entra", "access", NAME, "permanent").code == 0
    secrets = tmp_path / "passwords.txt"
    restored = within(home, "entra", "restore", plan["id"], "--yes", "--passwords", secrets)
    assert restored.code == 0, restored.err + restored.text
    assert "Directory restore" in restored.text
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    password = secrets.read_text(encoding="utf-8").rstrip().rpartition("\t")[2]
    assert password not in restored.text + restored.err
    users = {one["displayName"]: one for one in truth.objects("users").values()}
    assert users["Ada Lovelace"]["accountEnabled"] is True
    assert (users["Bob Ross"]["id"], users["Cleo Laine"]["id"] != cleo) == (bob, True)
    assert set(truth.linked("groups", sales["id"], "members")) == {ada, bob}

    undo = within(home, "entra", "undo", plan["id"], "--dry-run")
    assert (undo.code, f"takes back plan {plan['id']}" in undo.text) == (0, True)
    listed = within(home, "entra", "plans", "--json").of("directory-plan")
    assert {one["undoes"] for one in listed} == {None, plan["id"]}
    archive = tmp_path / "directory.zip"
    taken = within(home, "entra", "export", NAME, "users", "--out", archive, "--json")
    assert taken.of("downloaded")[0]["objects"] == 3
    with zipfile.ZipFile(archive) as zip:
        assert json.loads(zip.read("manifest.json"))["kinds"] == {"users": 3}
        script = zip.read("apply.sh")
    truth.change("users", ada, department="Nobody's")
    truth.remove("users", bob)
    truth.remove("users", users["Cleo Laine"]["id"], for_good=True)
    by_hand(office, tmp_path / "by-hand", script)
    again = {one["displayName"]: one for one in truth.objects("users").values()}
    assert again["Bob Ross"]["id"] == bob
    assert again["Ada Lovelace"].get("department") == users["Ada Lovelace"].get("department")
    assert again["Cleo Laine"]["userPrincipalName"] == "cleo@fernwick.example"


def by_hand(office: Office, folder: Path, script: bytes) -> None:
    """Run the script of an archive against the pretend tenant."""
    if sys.platform == "win32" or not all(map(shutil.which, ("bash", "curl", "jq"))):
        pytest.skip("NO BASH, CURL OR JQ HERE: the script was not run")
    folder.mkdir()
    (folder / "apply.sh").write_bytes(script)
    office.application.granted |= set(names(to_write_directory()))
    token = office.tenant.token(office.application)
    given = {"GRAPH": office.site.graph.address, "GRAPH_TOKEN": token, "CURL_CA_BUNDLE": office.site.ca_file}
    ended = subprocess.run(
        ["bash", str(folder / "apply.sh"), "--apply"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": os.environ["PATH"], **given},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
