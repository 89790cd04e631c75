"""Keys and limited vaults on the command line, with a real keyring where one is needed."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from saasbackup_desktop.cli.exits import ExitCode
from tests.end2end.conftest import PROGRAM, Ended, Home, founded_home, imap
from tests.servers.dovecot import Dovecot, User
from tests.servers.secret_service import SecretService


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with an empty vault, made as people make it."""
    return founded_home(tmp_path)


def _keys(home: Home, passphrase: Path | None = None) -> dict[str, dict[str, object]]:
    more = ["--passphrase-file", passphrase] if passphrase else []
    return {key["id"]: key for key in home.succeed("vault", "keys", "list", "--json", *more).records}


def _one(home: Home, kind: str) -> str:
    return next(id for id, key in _keys(home).items() if key["kind"] == kind)


def test_a_key_is_renamed_and_removed(home: Home) -> None:
    new = home.file("new", "second")
    added = home.succeed("vault", "keys", "add", "--label", "office", "--new-passphrase-file", new, "--json").records[0]
    renamed = home.succeed("vault", "keys", "rename", added["id"], "--label", "front desk", "--json").records[0]
    assert (renamed["label"], renamed["type"]) == ("front desk", "key")
    assert added["id"] not in _keys(home)
    assert home.run("vault", "keys", "rename", added["id"], "--label", "x").code == ExitCode.USAGE
    home.succeed("vault", "info", "--passphrase-file", new)
    assert home.succeed("vault", "keys", "remove", renamed["id"], "--json").records[0]["kept_until"] is None
    assert home.run("vault", "info", "--passphrase-file", new).code == ExitCode.LOCKED


def test_the_last_keys_are_guarded(home: Home) -> None:
    recovery, passphrase = _one(home, "recovery"), _one(home, "passphrase")
    refused = home.run("vault", "keys", "remove", recovery)
    assert refused.code == ExitCode.USAGE
    assert "only recovery key" in refused.err
    assert "--yes" in refused.err
    home.succeed("vault", "keys", "remove", recovery, "--yes")
    refused = home.run("vault", "keys", "remove", passphrase, "--yes", "--json")
    assert refused.code == ExitCode.USAGE
    assert refused.told[-1]["facts"]["what"] == "last-key"
    assert list(_keys(home)) == [passphrase]


def test_the_only_passphrase_is_guarded(home: Home) -> None:
    passphrase = _one(home, "passphrase")
    refused = home.run("vault", "keys", "remove", passphrase, "--json")
    assert refused.code == ExitCode.USAGE
    assert refused.told[-1]["facts"]["what"] == "unconfirmed-recovery-key"
    kit = home.succeed("vault", "keys", "new-recovery-key", "--json").records[0]
    key = home.file("key", kit["recovery_key"])
    home.succeed("vault", "keys", "confirm-recovery-key", "--recovery-key-file", key)
    refused = home.run("vault", "keys", "remove", passphrase)
    assert refused.code == ExitCode.USAGE
    assert "Only the recovery key will open" in refused.err
    home.succeed("vault", "keys", "remove", passphrase, "--yes")
    locked = home.run("vault", "info", "--json")
    assert (locked.code, locked.told[-1]["facts"]["reason"]) == (ExitCode.LOCKED, "no-passphrase")
    home.succeed("vault", "info", "--passphrase-file", key)


def test_the_recovery_kit_is_asked_for_until_it_is_confirmed(home: Home, dovecot: Dovecot, user: User) -> None:
    home.succeed(*imap(dovecot, user, "office", home))
    assert "not confirmed" in home.succeed("backup").err
    kit = home.succeed("vault", "keys", "new-recovery-key", "--json").records[0]
    wrong = home.file("wrong", kit["recovery_key"][:-1] + "x")
    refused = home.run("vault", "keys", "confirm-recovery-key", "--recovery-key-file", wrong, "--json")
    assert refused.code == ExitCode.LOCKED
    assert refused.records == [{"type": "recovery-key", "confirmed": False}]
    assert refused.told[-1]["facts"]["reason"] == "mistyped-key"
    right = home.file("right", kit["recovery_key"].lower().replace("-", " "))
    home.succeed("vault", "keys", "confirm-recovery-key", "--recovery-key-file", right)
    assert "not confirmed" not in home.succeed("backup").err
    assert home.succeed("vault", "info", "--json").records[0]["recovery_confirmed"] is True


def test_rotation_names_what_falls_away_and_asks(home: Home, dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [b"Subject: before\r\n\r\nbefore\r\n"])
    home.succeed(*imap(dovecot, user, "office", home))
    home.succeed("backup")
    office = home.file("office", "office")
    home.succeed("vault", "keys", "add", "--label", "Office", "--new-passphrase-file", office)
    new = home.file("new", "after rotation")
    refused = home.run("vault", "keys", "rotate", "--new-passphrase-file", new)
    assert refused.code == ExitCode.USAGE
    assert "Office" in refused.err
    assert len(_keys(home)) == 3
    empty = home.run("vault", "keys", "rotate", "--new-passphrase-file", home.file("empty", ""), "--yes")
    assert empty.code == ExitCode.USAGE
    done = home.succeed("vault", "keys", "rotate", "--new-passphrase-file", new, "--yes", "--json")
    (rotated,) = done.of("keys-rotated")
    assert sorted(key["kind"] for key in rotated["fallen"]) == ["passphrase", "passphrase", "recovery"]
    assert (rotated["left"], rotated["kept_until"], rotated["remembered"]) == ([], None, False)
    (kit,) = done.of("recovery-kit")
    assert home.run("vault", "info").code == ExitCode.LOCKED
    assert home.run("vault", "info", "--passphrase-file", office).code == ExitCode.LOCKED
    home.file("passphrase", "after rotation")
    assert len(_keys(home, home.file("kit", kit["recovery_key"]))) == 2
    dovecot.append(user, "INBOX", [b"Subject: after\r\n\r\nafter\r\n"])
    home.succeed("backup")
    items = home.succeed("ls", "office:INBOX", "--json").records
    assert sorted(item["subject"] for item in items) == ["after", "before"]
    for item in items:
        home.succeed("cat", f"office:{item['id']}")
    home.succeed("vault", "check", "--read-data")


def test_secrets_are_in_no_list_and_no_message(home: Home) -> None:
    new = home.file("new", "Qx7-very-secret")
    for words in (
        ("vault", "keys", "add", "--new-passphrase-file", new),
        ("vault", "keys", "list", "--json"),
        ("vault", "keys", "rotate", "--new-passphrase-file", new),
        ("vault", "keys", "rotate", "--new-passphrase-file", new, "--yes", "--json"),
    ):
        ended = home.run(*words)
        assert "Qx7" not in ended.text + ended.err


def test_without_a_keyring_it_says_so(home: Home) -> None:
    refused = home.run("vault", "keys", "add-device")
    assert refused.code == ExitCode.USAGE
    assert "keyring" in refused.err
    assert [key for key in _keys(home).values() if key["kind"] == "device"] == []


def test_a_limited_vault(home: Home, tmp_path: Path) -> None:
    board = home.file("board", "board only")
    made = home.succeed(
        *("vault", "limited", "add", "--label", "Board", "--new-passphrase-file", board, "--json"),
        *("--recovery-kit", tmp_path / "board.pdf"),
    )
    id = made.of("limited-vault")[0]["id"]
    assert (tmp_path / "board.pdf").exists()
    assert [record["id"] for record in home.succeed("vault", "limited", "list", "--json").records] == [id]
    own = Home(tmp_path / "own")
    own.folder.mkdir()
    own.file("passphrase", "board only")
    assert own.run("vault", "open", home.vault, "--limited", "0" * 32).code == ExitCode.FAILED
    assert own.run("vault", "open", home.vault, "--limited", "../..").code == ExitCode.USAGE
    outer = home.folder / "passphrase"
    assert own.run("vault", "open", home.vault, "--limited", id, "--passphrase-file", outer).code == ExitCode.LOCKED
    own.succeed("vault", "open", home.vault, "--limited", id)
    assert own.succeed("vault", "info", "--json").records[0]["id"] == id
    assert own.run("vault", "limited", "add", "--new-passphrase-file", board).code == ExitCode.USAGE
    assert home.run("vault", "limited", "erase", id).code == ExitCode.USAGE
    assert home.run("vault", "limited", "erase", "0" * 32, "--yes").code == ExitCode.USAGE
    erased = home.succeed("vault", "limited", "erase", id, "--yes", "--json").records[-1]
    assert (erased["kept"], erased["kept_until"]) == (0, None)
    assert own.run("vault", "info").code == ExitCode.FAILED
    home.succeed("vault", "check", "--read-data")


# --- with a keyring ------------------------------------------------------------------------------------------


def _with_keyring(home: Home, service: SecretService, *words: str | Path) -> Ended:
    """Run a command beside an unlocked keyring, without any file that holds the passphrase."""
    variables = home.variables()
    variables.pop("SAASBACKUP_PASSPHRASE_FILE")
    ended = subprocess.run(
        service.command([str(PROGRAM), *map(str, words)]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=service.variables(variables),
        timeout=120,
        check=False,
    )
    errors = ended.stderr.decode()
    assert "Traceback" not in errors, errors
    return Ended(ended.returncode, ended.stdout, errors)


def test_this_computer_opens_the_vault_by_itself(home: Home, tmp_path: Path) -> None:
    service = SecretService(tmp_path / "keyring")
    file = home.folder / "passphrase"
    assert _with_keyring(home, service, "vault", "info").code == ExitCode.LOCKED
    added = _with_keyring(home, service, "vault", "keys", "add-device", "--passphrase-file", file, "--json")
    assert added.code == ExitCode.DONE, added.err
    assert (added.records[0]["kind"], added.records[0]["here"]) == ("device", True)
    assert _with_keyring(home, service, "vault", "info").code == ExitCode.DONE
    kept = b"".join(path.read_bytes() for path in service.folder.rglob("*") if path.is_file())
    assert b"saasbackup-device" not in kept, "the keyring encrypts what it keeps"

    new = home.file("new", "changed")
    refused = _with_keyring(home, service, "vault", "keys", "change-passphrase", "--new-passphrase-file", new)
    assert refused.code == ExitCode.LOCKED, "who only has the computer's key does not know the passphrase"
    home.succeed("vault", "keys", "change-passphrase", "--new-passphrase-file", new)
    home.file("passphrase", "changed")
    assert _with_keyring(home, service, "vault", "info").code == ExitCode.DONE

    rotated = _with_keyring(home, service, "vault", "keys", "rotate", "--new-passphrase-file", new, "--yes", "--json")
    assert rotated.code == ExitCode.DONE, rotated.err
    assert rotated.of("keys-rotated")[0]["remembered"] is True
    listed = _with_keyring(home, service, "vault", "keys", "list", "--json")
    (device,) = [key for key in listed.records if key["kind"] == "device"]
    assert device["here"] is True
    home.succeed("vault", "keys", "remove", device["id"])
    revoked = _with_keyring(home, service, "vault", "info", "--json")
    assert revoked.code == ExitCode.LOCKED
    assert json.loads(revoked.err.splitlines()[-1])["facts"]["reason"] == "device"


def test_a_passphrase_that_an_earlier_version_kept_is_taken_over(home: Home, tmp_path: Path) -> None:
    service = SecretService(tmp_path / "keyring")
    id = home.succeed("vault", "info", "--json").records[0]["id"]
    script = (
        "import sys, keyring\n"
        "if sys.argv[2:]: keyring.set_password('saasbackup-desktop', sys.argv[1], sys.argv[2])\n"
        "print(keyring.get_password('saasbackup-desktop', sys.argv[1]))"
    )

    def entry(*value: str) -> str:
        words = [str(PROGRAM.parent / "python"), "-c", script, id, *value]
        run = subprocess.run(
            service.command(words), env=service.variables(home.variables()), capture_output=True, text=True, check=True
        )
        return run.stdout.strip()

    passphrase = (home.folder / "passphrase").read_text().strip()
    assert entry(passphrase) == passphrase
    assert _with_keyring(home, service, "vault", "info").code == ExitCode.DONE
    assert entry().startswith("saasbackup-device:")
    assert [key["kind"] for key in _keys(home).values()].count("device") == 1
    assert _with_keyring(home, service, "vault", "info").code == ExitCode.DONE


# --- at a terminal -------------------------------------------------------------------------------------------


def _at_terminal(home: Home, words: list[str | Path], answers: list[tuple[str, str]]) -> tuple[int, str]:
    """Run a command at a terminal and answer its questions."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(PROGRAM), *map(str, words)], stdin=theirs, stdout=theirs, stderr=theirs, env=home.variables()
    )
    os.close(theirs)
    shown, waiting, until = "", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        try:
            shown += os.read(ours, 4096).decode()
        except OSError:
            break
        if waiting and waiting[0][0] in shown:
            os.write(ours, (waiting.pop(0)[1] + "\n").encode())
    os.close(ours)
    assert not waiting, shown
    return process.wait(), shown


@pytest.mark.parametrize("answer", ["no", "rotate"])
def test_a_person_is_asked_before_keys_are_replaced(home: Home, answer: str) -> None:
    new = home.file("new", "after rotation")
    code, shown = _at_terminal(
        home, ["vault", "keys", "rotate", "--new-passphrase-file", new], [("Type rotate", answer)]
    )
    assert "will not any more" in shown
    agreed = answer == "rotate"
    assert code == (ExitCode.DONE if agreed else ExitCode.CANCELLED)
    assert home.run("vault", "info").code == (ExitCode.LOCKED if agreed else ExitCode.DONE)


# --- interrupted ---------------------------------------------------------------------------------------------


def _interrupted(home: Home, seconds: float, *words: str | Path, how: signal.Signals = signal.SIGINT) -> Ended:
    """Start a command and ask it to end some time later."""
    process = home.start(*words)
    time.sleep(seconds)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    # Python's own import leaves a file to be collected when it is interrupted, and warns of it.
    errors = re.sub(r"Exception ignored in: <_io\..*?\nResourceWarning: [^\n]*\n", "", err.decode(), flags=re.DOTALL)
    assert "Traceback" not in errors, errors
    return Ended(process.returncode, out, errors)


MOMENTS = [0.7, 1.3, 1.9]
"""Seconds after the start: while it loads, unlocks, replaces, hands over, or after its end."""


@pytest.mark.parametrize(("seconds", "how"), [*((moment, signal.SIGINT) for moment in MOMENTS), (1.3, signal.SIGTERM)])
def test_interrupted_rotation_is_whole_or_has_not_happened(home: Home, seconds: float, how: signal.Signals) -> None:
    new, kit = home.file("new", "after rotation"), home.folder / "next.pdf"
    words = ("vault", "keys", "rotate", "--yes", "--new-passphrase-file", new, "--recovery-kit", kit)
    ended = _interrupted(home, seconds, *words, how=how)
    is_replaced = home.run("vault", "info").code == ExitCode.LOCKED
    assert kit.exists() is is_replaced
    if is_replaced:
        assert ended.code in (ExitCode.DONE, -how)  # the latter: after the last word
        assert "The keys are replaced" in ended.text
        assert str(kit) in ended.text
        assert "Cancelled" not in ended.err
        home.succeed("vault", "info", "--passphrase-file", new)
    else:
        assert ended.code in (ExitCode.CANCELLED, -how, 128 + how)  # or cut before the program was there
        assert ended.text == ""
    assert len(_keys(home, new if is_replaced else None)) == 2


@pytest.mark.parametrize("seconds", MOMENTS)
def test_interrupted_new_recovery_key_comes_with_its_kit_or_not_at_all(home: Home, seconds: float) -> None:
    kit = home.folder / "next.pdf"
    ended = _interrupted(home, seconds, "vault", "keys", "new-recovery-key", "--recovery-kit", kit)
    is_made = len(_keys(home)) == 3
    assert kit.exists() is is_made
    assert ("Cancelled" not in ended.err and str(kit) in ended.text) if is_made else ended.text == ""


@pytest.mark.parametrize("seconds", MOMENTS)
def test_interrupted_creation_makes_a_vault_with_its_kit_or_none(tmp_path: Path, seconds: float) -> None:
    home, kit = Home(tmp_path / "fresh"), tmp_path / "kit.pdf"
    home.folder.mkdir()
    home.file("passphrase", "first")
    ended = _interrupted(home, seconds, "vault", "create", home.vault, "--recovery-kit", kit)
    is_made = (home.vault / "vault.json").exists()
    assert kit.exists() is is_made
    if is_made:
        assert "Cancelled" not in ended.err
        home.succeed("vault", "info")
    else:
        home.succeed("vault", "create", home.vault)
