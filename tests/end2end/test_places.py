"""Servers that name their folders differently, and vaults that are moved or mistaken."""

import json
import shutil
from pathlib import Path

import pytest

from tests.end2end.conftest import Home, imap, letter, new_home
from tests.servers.contents import contents
from tests.servers.dovecot import Dovecot, User


@pytest.fixture
def backed_up(home: Home, dovecot: Dovecot, user: User) -> Home:
    """A mailbox with a folder in INBOX and one beside it."""
    for number, folder in enumerate(("INBOX", "INBOX/Sub", "Work")):
        dovecot.append(user, folder, [letter(number, folder), letter(number + 10, folder)])
    home.succeed(*imap(dovecot, user, "office", home))
    home.succeed("backup")
    return home


@pytest.mark.parametrize("kind", ["dovecot", "poor_dovecot"])
def test_restore_with_nothing_said(backed_up: Home, kind: str, request: pytest.FixtureRequest) -> None:
    server: Dovecot = request.getfixturevalue(kind)
    other = server.fresh()
    backed_up.succeed(*imap(server, other, "other", backed_up))
    backed_up.succeed("restore", "office", "--to-source", "other")
    assert sum(folder.total() for folder in contents(server, other).values()) == 6


def test_restore_below_a_prefix_doubles_nothing(backed_up: Home, poor_dovecot: Dovecot) -> None:
    other = poor_dovecot.fresh()
    backed_up.succeed(*imap(poor_dovecot, other, "other", backed_up))
    for _ in range(3):
        backed_up.succeed("restore", "office", "--to-source", "other", "--mode", "skip")
    assert sum(folder.total() for folder in contents(poor_dovecot, other).values()) == 6


def test_vault_that_was_moved(backed_up: Home) -> None:
    moved = backed_up.folder / "moved"
    shutil.move(backed_up.vault, moved)
    assert backed_up.run("accounts").code == 1
    backed_up.succeed("vault", "open", moved)
    assert backed_up.succeed("source", "list", "--json").of("source")
    backed_up.succeed("backup")
    backed_up.succeed("vault", "open", moved)


def test_another_vault_at_the_same_place(backed_up: Home, tmp_path: Path) -> None:
    other = new_home(tmp_path / "other")
    place = backed_up.folder / "home" / "home.json"
    values = json.loads(place.read_text())
    place.write_text(json.dumps({**values, "vault": str(other.vault)}))
    ended = backed_up.run("accounts")
    assert ended.code == 2
    assert "Another vault" in ended.err
    place.write_text(json.dumps(values))
    assert backed_up.succeed("source", "list", "--json").of("source")
