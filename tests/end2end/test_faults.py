"""Each foreseen failure: says what happened and what to do, ends with its number, loses nothing."""

import contextlib
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.sim.imap import Mailbox, serve_in_thread
from tests.end2end.conftest import Ended, Home, imap, letter, new_home, small_disk
from tests.end2end.relay import Relay
from tests.servers.certificates import Authority
from tests.servers.dovecot import Dovecot, User

MANY = 3000
SLOW = 30_000
"""Bytes a second that a slow wire passes on."""
HALFWAY = 200_000
"""Bytes of answers after which a backup of this many letters is well under way, and not near its end."""


def explained(ended: Ended, code: int, kind: str) -> None:
    """The error object of a call with ``--json`` says all that a person needs."""
    assert ended.code == code, ended.err + ended.text
    [error] = [record for record in ended.told if record["type"] == "error"]
    assert error["code"] == kind
    assert error["exit"] == code
    assert error["title"]
    assert error["what"]
    assert error["remedy"]


def is_whole(home: Home) -> None:
    """Every byte of the vault is as it was written."""
    home.succeed("vault", "check", "--read-data")


@pytest.fixture(scope="module")
def crowd(dovecot: Dovecot) -> User:
    """Somebody with so many letters that a backup of them takes a while; nobody writes here."""
    user = dovecot.fresh()
    dovecot.append(user, "INBOX", [letter(number) for number in range(MANY)])
    return user


@pytest.fixture
def mailbox(home: Home, dovecot: Dovecot, user: User) -> User:
    """A mailbox with 20 letters that is set up as ``office``."""
    dovecot.append(user, "INBOX", [letter(number) for number in range(20)])
    home.succeed(*imap(dovecot, user, "office", home))
    return user


def test_wrong_passphrase(home: Home) -> None:
    wrong = home.file("wrong", "not the passphrase")
    explained(home.run("accounts", "--json", "--passphrase-file", wrong), 6, "wrong-passphrase")


def test_no_passphrase_and_nobody_to_ask(home: Home) -> None:
    home = Home(home.folder, {"SAASBACKUP_PASSPHRASE_FILE": ""})
    explained(home.run("accounts", "--json"), 6, "wrong-passphrase")


def test_nothing_set_up_yet(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.file("passphrase", "x")
    explained(home.run("accounts", "--json"), 2, "misconfigured")


def test_vault_gone(home: Home) -> None:
    home.vault.rename(home.folder / "elsewhere")
    explained(home.run("accounts", "--json"), 1, "vault-missing")


def test_something_lies_there_already(home: Home) -> None:
    other = Home(home.folder / "other", {"SAASBACKUP_PASSPHRASE_FILE": str(home.folder / "passphrase")})
    other.folder.mkdir()
    explained(other.run("vault", "create", home.vault, "--json"), 1, "vault-exists")
    home.succeed("accounts")


def test_wrong_password(home: Home, dovecot: Dovecot, user: User) -> None:
    wrong = User(user.name, "wrong-password")
    ended = home.run(*imap(dovecot, wrong, "office", home), "--json")
    explained(ended, 4, "sign-in-needed")
    assert "wrong-password" not in ended.err
    assert home.succeed("source", "list", "--json").records == []


def test_password_changed_since(home: Home, mailbox: User) -> None:
    home.succeed("backup")
    home.succeed("source", "set-password", "office", "--password-file", home.file("new", "changed"))
    explained(home.run("backup", "--json"), 4, "sign-in-needed")
    [account] = home.succeed("accounts", "--json").records
    assert account["status"] == "Authentication error"
    assert account["items"] == 20


def test_unknown_host(home: Home, dovecot: Dovecot, user: User) -> None:
    arguments = [*imap(dovecot, user, "office", home), "--host", "mail.nowhere.invalid"]
    explained(home.run(*arguments, "--json"), 5, "unknown-host")


def test_refused_certificate(home: Home, dovecot: Dovecot, user: User) -> None:
    arguments = list(imap(dovecot, user, "office", home))
    at = arguments.index("--ca-file")
    explained(home.run(*arguments[:at], *arguments[at + 2 :], "--json"), 5, "certificate-refused")


@pytest.mark.parametrize("reason", ["expired", "self-signed", "name"])
def test_certificates_say_what_is_wrong(home: Home, dovecot: Dovecot, user: User, reason: str) -> None:
    authority = Authority(home.folder)
    shown = authority.issue(
        "shown",
        names=("other.example",) if reason == "name" else ("localhost",),
        expired=reason == "expired",
        self_signed=reason == "self-signed",
    )
    with tls_server(shown.server_context()) as port:
        arguments = imap(dovecot, user, "office", home)
        ended = home.run(*arguments, "--port", str(port), "--ca-file", authority.file, "--json")
    explained(ended, 5, "certificate-refused")
    [error] = ended.told
    assert error["what"] == words_for("certificate-refused", {"host": "localhost", "reason": reason}).what


@contextmanager
def tls_server(context: ssl.SSLContext) -> Iterator[int]:
    """Somebody who shows a certificate and says nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    near, _address = listening.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), near, context.wrap_socket(near, server_side=True) as link:
                    link.recv(1)

        answering = threading.Thread(target=answer)
        answering.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        answering.join()


def test_full_disk(tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [letter(number, "x" * 50) for number in range(20)])
    with small_disk(tmp_path / "disk", "12M") as disk:
        home = new_home(tmp_path / "person", disk / "vault")
        home.succeed(*imap(dovecot, user, "office", home))
        home.succeed("backup")
        dovecot.append(user, "INBOX", [letter(100 + number, "filled") + _noise(number) for number in range(50)])
        explained(home.run("backup", "--json"), 1, "vault-full")
        assert home.succeed("snapshots", "--json").records
        mounted = subprocess.run(["mount", "-o", "remount,size=200M", disk], check=False)
        assert mounted.returncode == 0
        home.succeed("backup")
        is_whole(home)
        [account] = home.succeed("accounts", "--json").records
        assert account["items"] == 70


def _noise(seed: int) -> bytes:
    import random

    noise = random.Random(seed).randbytes(12_000 * 38).hex().encode()
    return b"\r\n".join(noise[start : start + 76] for start in range(0, len(noise), 76)) + b"\r\n"


def test_read_only_vault(tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [letter(1)])
    with small_disk(tmp_path / "disk", "64M") as disk:
        home = new_home(tmp_path / "person", disk / "vault")
        home.succeed(*imap(dovecot, user, "office", home))
        home.succeed("backup")
        dovecot.append(user, "INBOX", [letter(2)])  # where nothing changed, nothing may have to be written
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        explained(home.run("backup", "--json"), 1, "vault-unwritable")
        [item] = home.succeed("search", "letter", "--json").records
        assert home.succeed("cat", item["id"]).out == letter(1)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        home.succeed("backup")
        is_whole(home)


def test_a_second_writer(home: Home, dovecot: Dovecot, crowd: User) -> None:
    second = Home(home.folder / "second", {"SAASBACKUP_PASSPHRASE_FILE": str(home.folder / "passphrase")})
    second.folder.mkdir()
    second.succeed("vault", "open", home.vault)
    with Relay(dovecot.tls_port, bytes_a_second=SLOW) as relay:
        for one in (home, second):
            one.succeed(*imap(dovecot, crowd, "office", one), "--port", str(relay.port), "--no-test")
        first = home.start("backup", "--json")
        relay.wait_for(HALFWAY)
        explained(second.run("backup", "--json"), 6, "vault-busy")
        relay.mend()
        out, err = first.communicate(timeout=120)
    assert first.returncode == 0, err + out
    is_whole(home)


def test_a_home_at_work_is_left_alone(home: Home, dovecot: Dovecot, crowd: User) -> None:
    with Relay(dovecot.tls_port, bytes_a_second=SLOW) as relay:
        home.succeed(*imap(dovecot, crowd, "office", home), "--port", str(relay.port), "--no-test")
        first = home.start("backup", "--json")
        relay.wait_for(HALFWAY)
        explained(home.run("backup", "--json"), 6, "vault-busy")
        assert home.succeed("accounts", "--json").records
        relay.mend()
        _out, err = first.communicate(timeout=120)
    assert first.returncode == 0, err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_keeps_what_is_saved(home: Home, dovecot: Dovecot, crowd: User, how: signal.Signals) -> None:
    with Relay(dovecot.tls_port, bytes_a_second=SLOW) as relay:
        home.succeed(*imap(dovecot, crowd, "office", home), "--port", str(relay.port), "--no-test")
        backup = home.start("backup", "--json")
        relay.wait_for(HALFWAY)
        backup.send_signal(how)
        out, err = backup.communicate(timeout=60)
        explained(Ended(backup.returncode, out, err.decode()), 8, "cancelled")
        [job] = home.succeed("jobs", "--json").records
        assert job["state"] == "stopped"
        relay.mend()
        home.succeed("backup")
    [account] = home.succeed("accounts", "--json").records
    assert account["items"] == MANY
    is_whole(home)


def test_server_gone_midway(home: Home, dovecot: Dovecot, crowd: User) -> None:
    with Relay(dovecot.tls_port, bytes_a_second=SLOW) as relay:
        home.succeed(*imap(dovecot, crowd, "office", home), "--port", str(relay.port), "--no-test")
        backup = home.start("backup", "--json")
        relay.wait_for(HALFWAY)
        relay.cut()
        out, err = backup.communicate(timeout=150)
        explained(Ended(backup.returncode, out, err.decode()), 5, "unreachable")
        relay.mend()
        home.succeed("backup")
    [account] = home.succeed("accounts", "--json").records
    assert account["items"] == MANY
    is_whole(home)


def test_mailbox_over_quota(home: Home, dovecot: Dovecot, mailbox: User) -> None:
    dovecot.append(mailbox, "INBOX", [letter(1000 + number) + _noise(number) for number in range(10)])
    home.succeed("backup")
    small = dovecot.fresh(small=True)
    home.succeed(*imap(dovecot, small, "small", home))
    ended = home.run("restore", "office", "--to-source", "small", "--mode", "skip", "--json")
    assert ended.code in (1, 3), ended.err
    errors = [record for record in ended.told if record["type"] == "error"]
    assert [error["code"] for error in errors] == ["target-full"]
    assert errors[0]["remedy"]
    assert home.succeed("ls", "office:INBOX", "--json").of("item")


def test_folder_name_not_allowed(home: Home, mailbox: User) -> None:
    home.succeed("backup")
    ended = home.run("restore", "office", "--folder", "new:what?", "--json")
    explained(ended, 1, "name-refused")


def test_folder_name_that_the_target_does_not_take(home: Home, poor_dovecot: Dovecot, poor_user: User) -> None:
    mailbox = Mailbox("anna@example.org")
    mailbox.create("v1.2 notes")
    mailbox.deliver("v1.2 notes", letter(1))
    mailbox.deliver("INBOX", letter(2))
    home.succeed(*imap(poor_dovecot, poor_user, "old", home))
    with serve_in_thread([mailbox]) as server:
        home.succeed(
            *("source", "add", "imap", "--name", "office", "--user", mailbox.user, "--host", server.host),
            *("--port", str(server.port), "--tls", "none"),
            *("--password-file", home.file("password", mailbox.password)),
        )
        home.succeed("backup", "office")
    ended = home.run("restore", "office", "--to-source", "old", "--mode", "skip", "--json")
    assert ended.code == 3, ended.err + ended.text
    [failure] = ended.of("failure")
    assert failure["code"] == "name-refused"
    assert failure["folder"] == "v1.2 notes"
    assert failure["remedy"]
    with poor_dovecot.connect(poor_user) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 1


def test_damaged_vault(home: Home, mailbox: User) -> None:
    home.succeed("backup")
    packs = sorted(
        (file for file in (home.vault / "packs").rglob("*") if file.is_file()), key=lambda file: file.stat().st_size
    )
    damaged = bytearray(packs[-1].read_bytes())
    damaged[len(damaged) // 2] ^= 1
    packs[-1].chmod(0o644)
    packs[-1].write_bytes(damaged)
    ended = home.run("vault", "check", "--read-data", "--json")
    assert ended.code == 7, ended.err + ended.text
    affected = {name for damage in ended.of("damage") for name in damage["items"]}
    assert affected
    ended = home.run("vault", "check", "--read-data", "--repair", "--json")
    assert ended.code == 7, ended.err + ended.text
    assert [record["code"] for record in ended.of("repair")] == ["salvaged", "owed"]
    lost = [damage for damage in ended.of("damage") if not damage["harmless"]]
    assert {name for damage in lost for name in damage["items"]} == affected
    home.succeed("backup")
    is_whole(home)


def test_lost_description(home: Home, mailbox: User) -> None:
    home.succeed("backup")
    (home.vault / "vault.json").unlink()
    explained(home.run("vault", "check", "--json"), 7, "vault-damaged")
    home.succeed("vault", "check", "--repair")
    is_whole(home)


def test_a_reader_that_has_seen_enough(home: Home, mailbox: User) -> None:
    home.succeed("backup")
    with home.start("ls", "office:INBOX") as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        errors = listing.stderr.read()
    assert b"Traceback" not in errors
    assert b"BrokenPipe" not in errors
