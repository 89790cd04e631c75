"""What a person does from the first day on, with the real program against a real server."""

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from tests.end2end.conftest import PASSPHRASE, PROGRAM, Home, founded_home, imap, letter
from tests.servers.dovecot import Dovecot, User


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> tuple[Home, User]:
    """A mailbox that was backed up, lived in, and backed up again."""
    home = founded_home(tmp_path_factory.mktemp("lived"))
    user = dovecot.fresh()
    dovecot.append(user, "INBOX", [letter(number) for number in range(10)], (b"\\Seen",))
    dovecot.append(user, "Projects/Ünïcode & more", [letter(50, "plan")])
    home.succeed(*imap(dovecot, user, "office", home))
    home.succeed("backup")
    time.sleep(1.1)  # a point in time is named by the second
    with dovecot.connect(user) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Flagged"])
        client.move([2], "Archive")
        client.delete_messages([3])
        client.expunge()
    dovecot.append(user, "INBOX", [letter(99, "fresh")])
    home.succeed("backup", "office")
    return home, user


def test_two_points_in_time(lived: tuple[Home, User]) -> None:
    home, user = lived
    newest, oldest = home.succeed("snapshots", "--account", "office", "--json").records
    assert (oldest["items"], oldest["added"], oldest["status"]) == (11, 11, "complete")
    assert (newest["items"], newest["added"], newest["removed"]) == (11, 1, 1)
    [account] = home.succeed("accounts", "--json").records
    assert account["health"] == "ok"
    assert account["snapshots"] == 2
    assert user.name in account["account"]


def test_browse_any_point_in_time(lived: tuple[Home, User]) -> None:
    home, _user = lived
    oldest = home.succeed("snapshots", "--json").records[-1]
    folders = {record["path"]: record for record in home.succeed("ls", "office", "--json").records}
    assert folders["INBOX"]["items"] == 9
    assert folders["Projects/Ünïcode & more"]["items"] == 1
    then = home.succeed("ls", "office:INBOX", "--at", oldest["id"], "--json").of("item")
    now = home.succeed("ls", "office:INBOX", "--json").of("item")
    assert (len(then), len(now)) == (10, 9)
    inside = home.succeed("ls", "office:Projects", "--json").records
    assert [record["path"] for record in inside] == ["Projects/Ünïcode & more"]


def test_a_message_comes_back_byte_for_byte(lived: tuple[Home, User]) -> None:
    home, _user = lived
    [found] = home.succeed("search", "plan", "--json").records
    assert found["folder"] == "Projects/Ünïcode & more"
    assert found["from"] == "Bob <bob50@example.org>"
    for name in (found["id"], f"office:{found['id']}", f"office:{found['folder']}/{found['id']}"):
        assert home.succeed("cat", name).out == letter(50, "plan")


def test_search_narrows(lived: tuple[Home, User]) -> None:
    home, _user = lived
    assert len(home.succeed("search", "letter", "--json").records) == 12
    assert len(home.succeed("search", "letter", "--account", "office", "--at", "latest", "--json").records) == 11
    assert len(home.succeed("search", "--from", "bob7", "--json").records) == 1
    assert home.succeed("search", '"no such phrase" AND ( * "', "--json").records == []
    limited = home.succeed("search", "letter", "--limit", "3", "--json")
    assert len(limited.records) == 3
    assert "more" in limited.told[0]["text"]


def test_differences(lived: tuple[Home, User]) -> None:
    home, _user = lived
    newest, oldest = home.succeed("snapshots", "--json").records
    found = home.succeed("diff", "office", "--from", oldest["id"], "--to", newest["id"], "--json").records
    kinds = sorted(tuple(record["kinds"]) for record in found if not record["is_folder"])
    assert kinds == [("added",), ("flags",), ("moved",), ("removed",)]
    [moved] = [record for record in found if record["kinds"] == ["moved"]]
    assert (moved["old_path"], moved["new_path"]) == ("INBOX", "Archive")
    [flagged] = [record for record in found if record["kinds"] == ["flags"]]
    assert set(flagged["new_flags"]) - set(flagged["old_flags"]) == {"\\Flagged"}


def test_no_change_costs_nothing(lived: tuple[Home, User]) -> None:
    home, _user = lived
    ended = home.succeed("backup", "--json")
    [job] = ended.of("job")
    assert (job["state"], job["added"], job["changed"], job["removed"], job["bytes_done"]) == ("done", 0, 0, 0, 0)


def test_restore_into_a_second_account(lived: tuple[Home, User], dovecot: Dovecot) -> None:
    home, user = lived
    other = dovecot.fresh()
    home.succeed(*imap(dovecot, other, "other", home))
    arguments = ("restore", "office", "--to-source", "other", "--mode", "skip")
    [plan] = home.succeed(*arguments, "--dry-run", "--json").records
    assert (plan["add"], plan["skip"], plan["warnings"]) == (11, 0, ["other-account"])
    with dovecot.connect(other) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
    [job] = home.succeed(*arguments, "--json").of("job")
    assert (job["state"], job["added"], job["verified"], job["failed"]) == ("done", 11, 11, 0)
    [again] = home.succeed(*arguments, "--json").of("job")
    assert (again["added"], again["skipped"]) == (0, 11)
    with dovecot.connect(user) as source, dovecot.connect(other) as target:
        assert _contents(source) == _contents(target)
    home.succeed("source", "remove", "other")


def _contents(client: object) -> list[tuple[object, ...]]:
    from imapclient import IMAPClient

    assert isinstance(client, IMAPClient)
    client.select_folder("INBOX", readonly=True)
    messages = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
    return sorted(
        (one[b"BODY[]"], tuple(sorted(set(one[b"FLAGS"]) - {b"\\Recent"})), one[b"INTERNALDATE"])
        for one in messages.values()
    )


def test_restore_one_message_into_a_new_folder(lived: tuple[Home, User], dovecot: Dovecot) -> None:
    home, user = lived
    [found] = home.succeed("search", "plan", "--json").records
    ended = home.succeed("restore", "office", found["id"], "--folder", "new:Back again", "--json")
    assert ended.of("job")[0]["added"] == 1
    assert home.run("restore", "office", found["id"], "--folder", "new:Back again").code == 2
    assert home.run("restore", "office", found["id"], "--folder", "existing:Elsewhere").code == 2
    again = home.succeed(
        "restore", "office", found["id"], "--folder", "existing:Back again", "--mode", "skip", "--json"
    )
    assert again.of("job")[0]["skipped"] == 1
    with dovecot.connect(user) as client:
        assert client.select_folder("Back again")[b"EXISTS"] == 1
        client.delete_folder("Back again")


def test_replacing_asks_first(lived: tuple[Home, User]) -> None:
    home, _user = lived
    ended = home.run("restore", "office", "--mode", "replace", "--json")
    assert ended.code == 2
    assert home.succeed("restore", "office", "--mode", "replace", "--yes", "--json").of("job")[0]["state"] == "done"


def test_migrate_to_a_poorer_server(lived: tuple[Home, User], poor_dovecot: Dovecot) -> None:
    home, _user = lived
    home.succeed(*imap(poor_dovecot, User("migrated"), "old", home))
    [job] = home.succeed("migrate", "office", "--to-source", "old", "--json").of("job")
    assert (job["kind"], job["state"], job["failed"]) == ("migration", "done", 0)
    [again] = home.succeed("migrate", "office", "--to-account", _account(home, "old"), "--json").of("job")
    assert (again["added"], again["failed"]) == (0, 0)
    home.succeed("source", "remove", "old")


def _account(home: Home, source: str) -> str:
    [found] = [record for record in home.succeed("source", "list", "--json").records if record["name"] == source]
    return str(found["account"])


def test_jobs_are_remembered(lived: tuple[Home, User]) -> None:
    home, _user = lived
    jobs = home.succeed("jobs", "--json").records
    assert {job["kind"] for job in jobs} >= {"backup"}
    job = jobs[-1]
    assert home.succeed("job", "show", job["id"][:8], "--json").of("job")[0]["id"] == job["id"]
    log = home.succeed("job", "log", job["id"], "--json").records
    assert log[0]["text"] == "Started"
    assert home.run("job", "show", "zzz").code == 2


def test_lists_for_people(lived: tuple[Home, User]) -> None:
    home, _user = lived
    for arguments in (
        ["accounts"],
        ["snapshots"],
        ["ls", "office"],
        ["jobs"],
        ["source", "list"],
        ["vault", "keys", "list"],
    ):
        lines = home.succeed(*arguments).text.splitlines()
        assert len(lines) > 1
        assert "\t" in lines[0]
    assert "Location" in home.succeed("vault", "info").text
    assert "Stored" in home.succeed("vault", "stats").text


def test_catalog_made_anew(lived: tuple[Home, User]) -> None:
    home, _user = lived
    before = sorted(home.succeed("ls", "office:INBOX", "--json").out.splitlines())
    snapshots = home.succeed("snapshots", "--json").out
    for file in (home.folder / "home").glob("catalog.db*"):
        file.unlink()
    home.succeed("vault", "rebuild-catalog")
    assert sorted(home.succeed("ls", "office:INBOX", "--json").out.splitlines()) == before
    assert home.succeed("snapshots", "--json").out == snapshots
    assert home.succeed("search", "plan", "--json").records


def test_keys(tmp_path: Path) -> None:
    home = founded_home(tmp_path)
    new = home.file("new", "second passphrase")
    added = home.succeed("vault", "keys", "add", "--label", "office", "--new-passphrase-file", new, "--json").records[0]
    assert home.succeed("accounts", "--passphrase-file", new).code == 0
    keys = home.succeed("vault", "keys", "list", "--json").records
    assert sorted(key["kind"] for key in keys) == ["passphrase", "passphrase", "recovery"]
    home.succeed("vault", "keys", "remove", added["id"])
    assert home.run("accounts", "--passphrase-file", new).code == 6
    home.succeed("vault", "keys", "change-passphrase", "--new-passphrase-file", new)
    assert home.run("accounts").code == 6
    kit = home.succeed("vault", "keys", "new-recovery-key", "--passphrase-file", new, "--json").records[0]
    home.succeed("accounts", "--passphrase-file", home.file("recovery", kit["recovery_key"]))
    assert (home.folder / "kit.pdf").read_bytes().startswith(b"%PDF")


def test_a_copy_of_the_vault_opens_elsewhere(lived: tuple[Home, User], tmp_path: Path) -> None:
    home, _user = lived
    other = Home(tmp_path, {"SAASBACKUP_PASSPHRASE_FILE": str(home.folder / "passphrase")})
    other.succeed("vault", "open", home.vault)
    [account] = other.succeed("accounts", "--json").records
    assert account["health"] == "archived"
    assert len(other.succeed("ls", f"{account['account']}:INBOX", "--json").of("item")) == 9
    assert other.run("backup").code == 2


def test_a_passphrase_is_dear_to_try(tmp_path: Path) -> None:
    """Made by the program as it is shipped: the other tests make theirs cheap."""
    home = Home(tmp_path)
    home.file("passphrase", PASSPHRASE)
    words = [PROGRAM, "vault", "create", home.vault, "--recovery-kit", tmp_path / "kit.pdf"]
    made = subprocess.run(words, env=home.variables(), capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    slots = [json.loads(file.read_bytes()) for file in (home.vault / "keys").iterdir()]
    [dear] = [slot["kdf"] for slot in slots if slot["kdf"]["name"] == "argon2id"]
    assert dear["memory"] >= 64 * 1024
    assert dear["passes"] >= 3
    home.succeed("vault", "info")


def test_at_a_terminal(home: Home) -> None:
    """The passphrase is asked for without echo, and lists are aligned."""
    variables = {**home.variables(), "SAASBACKUP_PASSPHRASE_FILE": "", "TERM": "xterm", "COLUMNS": "100"}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(PROGRAM, [str(PROGRAM), "vault", "info"], variables)
    shown = b""
    asked = False
    while select.select([terminal], [], [], 60)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            break
        if not asked and b"Passphrase of the vault:" in shown:
            asked = True
            os.write(terminal, PASSPHRASE.encode() + b"\n")
    _child, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, shown
    assert PASSPHRASE.encode() not in shown
    assert b"Location" in shown


def test_secrets_stay_out_of_the_home(home: Home, dovecot: Dovecot, user: User) -> None:
    secret = User(user.name, "secret")
    home.succeed(*imap(dovecot, secret, "office", home, "--no-test"))
    for file in (home.folder / "home").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert PASSPHRASE.encode() not in content
            assert b'"secret"' not in content
    assert json.loads((home.folder / "home" / "home.json").read_text())
