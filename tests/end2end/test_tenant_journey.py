"""Microsoft 365 with the real program, from the first code that is typed to a restored mailbox, over real ports."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.cli.main import app
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.end2end.conftest import PASSPHRASE, Ended, Home
from tests.flow.stage import CHEAP
from tests.graph.office import SECRET, Office, opened
from tests.graph.test_exchange_shell import Shell

NAME = "Fernwick"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A pretend tenant; the home is the program's own."""
    with opened(tmp_path) as site:
        found = Office(tmp_path, site, cast(Desk, None))
        found.watch_any_permission()
        yield found
        assert found.referee.problems == []


@pytest.fixture
def home(tmp_path: Path, office: Office) -> Home:
    """A home with a vault that opens quickly, and a file that says where the tenant is."""
    made = Home(tmp_path / "home")
    made.folder.mkdir()
    made.file("passphrase", PASSPHRASE)
    Vault.create(LocalStore(made.vault), PASSPHRASE, SystemClock(), argon2=CHEAP)
    assert within(made, "vault", "open", made.vault).code == 0
    made.file("cloud.json", json.dumps({"login": office.site.login.address, "graph": office.site.graph.address}))
    return made


def where(home: Home, office: Office) -> tuple[str, ...]:
    return "--cloud", str(home.folder / "cloud.json"), "--ca-file", office.site.ca_file


def within(home: Home, *arguments: str | Path) -> Ended:
    """Run a command in this process: it begins sooner."""
    ended = CliRunner().invoke(app, [str(one) for one in arguments], env=home.variables(), catch_exceptions=False)
    assert "Traceback" not in ended.stderr, ended.stderr
    return Ended(ended.exit_code, ended.stdout_bytes, ended.stderr)


def subjects(box: Mailbox) -> list[str]:
    return sorted(one["subject"] for one in box.messages.values())


def register(home: Home, office: Office, who: Mailbox) -> Ended:
    """Add the tenant, and type the code that is shown."""
    arguments = ("source", "add", "m365", "--name", NAME, "--register", *where(home, office))
    running = home.start(*arguments, "--service", "mail", "--service", "calendar", "--json")
    assert running.stderr is not None
    assert running.stdout is not None
    prompt = json.loads(running.stderr.readline())
    assert prompt["type"] == "sign-in"
    assert prompt["address"].startswith("https://")
    office.identity.approve(prompt["code"], who.user)
    out, errors = running.communicate(timeout=120)
    return Ended(running.returncode, out, errors.decode())


def test_from_the_first_code_to_a_restored_mailbox(home: Home, office: Office) -> None:
    ada, bob = office.join("Ada Lovelace", department="Sales"), office.join("Bob Ross", letters=0, department="IT")
    ada.deliver(b"Subject: Harbour dues\r\nFrom: eve@example.org\r\n\r\nThe dues are due.\r\n", moment=1_780_000_100)
    event = {
        "subject": "Tea",
        "start": {"dateTime": "2026-03-01T15:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-01T16:00:00.0000000", "timeZone": "UTC"},
    }
    theirs = office.tenant.organizers[ada.user]
    theirs.add_event(theirs.calendars[theirs.calendar], event)

    added = register(home, office, ada)
    assert added.code == 0, added.err
    [source] = added.of("source")
    assert (source["kind"], source["auth"], source["services"]) == ("microsoft", "app", ["mail", "calendar"])
    [report] = added.of("check-report")
    assert (report["link"], report["consent"]) == ("connected", None)
    assert {line["standing"] for line in added.of("check") if not line["optional"]} == {"well"}
    done = {record["step"] for record in added.told if record["type"] == "step" and record["state"] == "done"}
    assert {"application", "certificate", "consent", "in-force"} <= done

    assert within(home, "source", "discover", NAME, "--json").of("discovery")[0]["found"] == 2
    activated = home.succeed(
        "account",
        "activate",
        NAME,
        "--property",
        "department=sales",
        "--rule",
        "always",
        "--leaving",
        "pause",
        "--json",
    )
    assert activated.of("rule")[0]["chosen"] == activated.of("discovery")[0]["activated"] == 1

    jobs = home.succeed("backup", NAME, "--json").of("job")
    assert [(job["account"], job["service"], job["added"]) for job in jobs] == [
        ("ada@fernwick.example", "mail", 4),
        ("ada@fernwick.example", "calendar", 1),
    ]
    [found] = within(home, "search", "harbour", "--json").records
    assert found["subject"] == "Harbour dues"

    (out := home.folder / "out").mkdir()
    ended = home.succeed("export", "--tenant", NAME, "--format", "pst", "--out", out, "--name", "All", "--json")
    assert [(one["account"], one["items"], one["state"]) for one in ended.of("export-account")] == [
        ("ada@fernwick.example", 5, "completed")
    ]
    assert (out / "All" / "ada@fernwick.example" / "ada@fernwick.example.pst").is_file()

    restored = home.succeed(
        "restore", "ada@fernwick.example", "--to-source", NAME, "--to-account", "bob@fernwick.example", "--mode", "skip"
    )
    assert "4 messages written" in restored.text
    assert "(calendars): completed. 1 item written" in restored.text
    assert subjects(bob) == subjects(ada)
    calendars = office.tenant.organizers[bob.user].calendars
    assert [one["subject"] for shelf in calendars.values() for one in shelf.items.values()] == ["Tea"]

    [application] = [one for one in office.tenant.applications.values() if one.name == f"SaaS Backup {NAME}"]
    application.granted -= {"Mail.Read", "Mail.ReadWrite"}
    office.tenant.tokens.clear()
    checked = home.run("source", "test", NAME)
    assert checked.code == 3
    assert "Mail.Read\tMissing\t" in checked.text
    assert f"/adminconsent?client_id={application.id}" in checked.text
    assert f"{NAME}: " in checked.err


def test_what_a_tenant_waits_for_and_what_cuts_it_off(home: Home, office: Office, tmp_path: Path) -> None:
    office.join()
    application = office.application
    add = ("source", "add", "m365", "--tenant", office.tenant.domain, "--client", application.id, *where(home, office))
    file = tmp_path / "upload.cer"
    kept = within(home, *add, "--name", NAME, "--new-certificate", file, "--json")
    assert kept.code == 0, kept.err
    [to_do] = kept.of("to-do")
    assert str(file) in "\n".join(to_do["steps"])
    assert application.id in to_do["consent"]
    assert {"Mail.Read", "User.Read.All"} <= set(to_do["permissions"])
    waiting = within(home, "source", "test", NAME)
    assert waiting.code == 4
    assert "certificate is not in the registration" in waiting.text
    application.certificates[kept.of("certificate")[0]["thumbprint"]] = file.read_bytes()
    checked = within(home, "source", "test", NAME, "--json")
    assert (checked.code, checked.of("check-report")[0]["link"]) == (0, "connected")
    again = within(home, "source", "certificate", NAME, "--save", tmp_path / "again.cer")
    assert (again.code, (tmp_path / "again.cer").read_bytes()) == (0, file.read_bytes())

    assert within(home, "source", "remove", NAME).code == 0
    secret = home.file("secret", SECRET)
    application.secret_expires = "2020-01-01T00:00:00Z"
    refused = within(home, *add, "--name", NAME, "--secret-file", secret)
    assert refused.code == 4
    assert "secret has expired" in refused.err
    assert "As an administrator, open this address" in refused.text
    assert within(home, "source", "list", "--json").records == []
    assert within(home, *add, "--name", NAME, "--secret-file", secret, "--no-check").code == 0
    cut = within(home, "source", "test", NAME, "--json")
    assert cut.code == 4
    [problem] = [record for record in cut.told if record["type"] == "error"]
    assert (problem["code"], problem["exit"], problem["account"]) == ("secret-expired", 4, NAME)
    assert "new" in problem["remedy"]
    application.secret_expires = ""
    assert within(home, "source", "test", NAME).code == 0


def test_who_is_backed_up(home: Home, office: Office, tmp_path: Path) -> None:
    ada = office.join("Ada Lovelace", department="Sales")
    office.join("Bob Ross", department="IT")
    office.join("Cleo Patra", sku=None, department="Sales")
    office.tenant.add_group("Engineers", [ada.user])
    add = ("source", "add", "m365", "--tenant", office.tenant.domain, "--client", office.application.id)
    more = ("--secret-file", str(home.file("secret", SECRET)), "--service", "mail", *where(home, office))
    assert within(home, *add, "--name", NAME, *more).code == 0
    assert within(home, "source", "discover", NAME).code == 0

    def states(*arguments: str) -> dict[str, str]:
        return {
            record["name"].partition(" ")[0]: record["state"]
            for record in within(home, "accounts", NAME, *arguments, "--json").of("tenant-account")
        }

    def names(action: str, *arguments: str | Path) -> list[str]:
        ended = within(home, "account", action, NAME, *arguments, "--json")
        assert ended.code == 0, ended.err
        [changed] = ended.of("accounts-changed")
        return [address.partition("@")[0] for address in changed["accounts"]]

    assert states() == {"Ada": "not-active", "Bob": "not-active", "Cleo": "not-active"}
    assert set(states("--unlicensed")) == {"Cleo"}
    assert names("activate", "--property", "department^=I") == ["bob"]
    assert names("activate", "--group", "engineers") == ["ada"]
    assert names("pause", "--all") == ["ada", "bob"]
    assert states("--status", "paused") == {"Ada": "paused", "Bob": "paused"}
    assert names("resume", "Bob Ross") == ["bob"]
    assert names("exclude", "bob@fernwick.example") == ["bob"]
    assert names("include", "--property", "department=IT") == ["bob"]
    listed = tmp_path / "list.csv"
    listed.write_text("Account Email\nbob@fernwick.example\nnobody@fernwick.example\n", encoding="utf-8")
    ended = within(home, "account", "activate", NAME, "--list", listed)
    assert "line 3: nobody in the directory has this address: nobody@fernwick.example" in ended.err
    table = within(home, "accounts", NAME, "--csv").text.splitlines()
    assert table[0].startswith("Tenant,Account Email,Name,Kind,Licensed,Choice,Status")
    assert any(line.startswith(f"{NAME},bob@fernwick.example,Bob Ross,user,yes,active,Scheduled") for line in table)
    within(home, "account", "activate", NAME, "--all", "--rule", "daily", "--rule-name", "all of them")
    assert within(home, "account", "rules", NAME).text.splitlines()[1].split("\t") == [
        *("all of them", "everybody", "daily", "keep", "2")
    ]
    assert within(home, "account", "rules", NAME, "--remove", "ALL of them", "--json").records == []
    assert within(home, "backup", NAME, "--account", "bob@fernwick.example").code == 0
    assert within(home, "account", "delete", NAME, "bob@fernwick.example").code == 2
    gone = within(home, "account", "delete", NAME, "bob@fernwick.example", "--grace", "3", "--yes", "--json")
    assert (gone.code, gone.of("job")[0]["kind"]) == (0, "deletion")
    assert states("--status", "removed") == {"Bob": "removed"}
    assert names("resume", "ada@fernwick.example") == ["ada"]
    office.application.secret_expires = "2020-01-01T00:00:00Z"
    cut = within(home, "backup", NAME)
    assert cut.code == 4
    assert "ada@fernwick.example: The client secret has expired" in cut.err
    assert states("--status", "authentication-error") == {"Ada": "authentication-error"}
    office.application.secret_expires = ""
    for wrong in (
        ("account", "activate", NAME),
        ("account", "activate", NAME, "--all", "bob@fernwick.example"),
        ("account", "activate", NAME, "--property", "department"),
        ("account", "activate", NAME, "--list", str(listed), "--rule", "always"),
        ("account", "pause", "Elsewhere", "--all"),
        ("accounts", NAME, "--status", "sleepy"),
        ("source", "role-script", NAME),
        ("restore", "ada@fernwick.example"),
    ):
        assert within(home, *wrong).code == 2, wrong
    assert within(home, "source", "capabilities", NAME, "--json").of("capability")


def with_code(home: Home, office: Office, who: Mailbox, *arguments: str | Path) -> Ended:
    """Run a command that shows a code, and let somebody type it."""
    known = set(office.identity.codes)

    def type_code() -> None:
        while not (new := set(office.identity.codes) - known):
            threading.Event().wait(0.02)
        office.identity.approve(office.identity.codes[new.pop()]["user_code"], who.user)

    typing = threading.Thread(target=type_code, daemon=True)
    typing.start()
    ended = within(home, *arguments)
    typing.join(10)
    return ended


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for PowerShell is a shell script")
def test_renewed_fenced_and_taken_back(
    home: Home, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = office.join()
    office.tenant.add_group("Backed up", [ada.user], mail="backed-up@fernwick.example")
    fence = ("--fence", "backed-up@fernwick.example", "--service", "mail")
    add = ("source", "add", "m365", "--name", NAME, "--register", "--no-check", *fence, *where(home, office))
    added = with_code(home, office, ada, *add)
    assert added.code == 0, added.err
    assert "roles are still to be given" in added.err
    [application] = [one for one in office.tenant.applications.values() if one.name == f"SaaS Backup {NAME}"]
    assert "Mail.Read" not in application.granted
    [old] = application.certificates
    renewed = with_code(home, office, ada, "source", "certificate", NAME, "--renew", "--json")
    assert renewed.code == 0, renewed.err
    [new] = application.certificates
    assert [new] == [record["thumbprint"] for record in renewed.of("certificate")] != [old]
    script = tmp_path / "role.ps1"
    assert within(home, "source", "role-script", NAME, "--out", script).code == 0
    assert application.id in script.read_text(encoding="utf-8")
    assert within(home, "source", "role-script", NAME, "--out", script).code == 2
    folder = tmp_path / "shell"
    folder.mkdir()
    shell = Shell(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PSModulePath", str(folder / "modules"))
    shell.stands(sign_in="nobody typed it")
    run = within(home, "source", "role-script", NAME, "--run")
    assert (run.code, run.text.strip()) == (1, f"{NAME}: failed. The sign-in to Exchange Online failed.")
    shell.stands()
    run = within(home, "source", "role-script", NAME, "--run", "--json")
    assert (run.code, run.of("source")[0]["role"]) == (0, "pending")
    [told] = within(home, "source", "consent", NAME, "--json").records
    assert "Mail.Read" not in told["permissions"]
    assert application.id in told["address"]
    nobody = within(home, "backup", NAME)
    assert (nobody.code, f"no account of {NAME} is active" in nobody.err) == (2, True)
    assert len(within(home, "accounts", NAME, "--json").records) == 1
    application.granted |= {"Calendars.ReadWrite"}
    assert within(home, "source", "remove", NAME, "--clean-up").code == 2
    gone = with_code(home, office, ada, "source", "remove", NAME, "--clean-up", "--yes")
    assert gone.code == 0, gone.err
    assert application.id not in office.tenant.applications
    assert within(home, "source", "test", NAME).code == 2


def test_a_person_signs_in(home: Home, office: Office) -> None:
    ada = office.join()
    arguments = ("source", "add", "m365", "--name", NAME, "--auth", "device-code", "--no-check", "--service", "mail")
    added = with_code(home, office, ada, *arguments, *where(home, office))
    assert added.code == 0, added.err
    assert "type this code there" in added.err
    [source] = within(home, "source", "list", "--json").records
    assert (source["account"], source["auth"]) == ("ada@fernwick.example", "device-code")
    assert within(home, "source", "certificate", NAME).code == 2


def test_what_a_rule_deletes_is_seen_through(home: Home, office: Office) -> None:
    ada = office.join("Ada Lovelace", department="Sales")
    secret = home.file("secret", SECRET)
    add = ("source", "add", "m365", "--tenant", office.tenant.domain, "--client", office.application.id)
    assert within(home, *add, *where(home, office), "--name", NAME, "--secret-file", secret, "--no-check").code == 0
    assert within(home, "source", "discover", NAME).code == 0
    chosen = ("--property", "department=Sales", "--rule", "always", "--leaving", "delete")
    assert within(home, "account", "activate", NAME, *chosen).code == 0
    assert within(home, "backup", NAME, "--service", "mail").code == 0
    office.tenant.change_user(ada.user, department="IT")
    gone = within(home, "source", "discover", NAME)
    assert gone.code == 0, gone.err
    assert "Deletion of" in gone.text
    assert "lie in the trash" in gone.text or "lies in the trash" in gone.text
    assert len(within(home, "vault", "trash", "list", "--json").of("trash")) == 1
