"""Connections: sealed, shared between processes, one account each."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.connections import Connections, connection_of
from saasbackup_desktop.app.views import ImapSettings, SignIn, Tls
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName

KEY = bytes(range(32))
SETTINGS = ImapSettings(
    name="büro", host="mail.example.org", user="ada", port=1143, tls=Tls.STARTTLS, sign_in=SignIn.PLAIN, ca_file="/ca"
)
NAME = ConnectionName("büro")
SECRET = "hunter2-but-longer"


def test_nothing_can_be_read_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "connections.sealed"
    known = Connections(file, KEY)
    known.put(SETTINGS, SECRET)
    first = file.read_bytes()
    for word in (SECRET, "mail.example.org", "ada", "büro"):
        assert word.encode() not in first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    known.put(SETTINGS, SECRET)
    assert file.read_bytes() != first, "a nonce was used twice"
    assert SECRET not in repr(known) + repr(known.all())


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "connections.sealed"
    assert Connections(file, KEY).all() == []
    put = Connections(file, KEY).put(SETTINGS, SECRET)
    known = Connections(file, KEY)
    assert known.all() == [put]
    assert known.find(NAME).settings == SETTINGS
    assert known.secret(NAME) == SECRET
    known.remove(NAME)
    assert Connections(file, KEY).all() == []
    for way in (known.find, known.secret, known.remove):
        with pytest.raises(Misconfigured):
            way(NAME)


@pytest.mark.parametrize("damage", ["key", "bit", "cut", "empty"])
def test_what_does_not_open_is_said_and_not_overwritten(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "connections.sealed"
    Connections(file, KEY).put(SETTINGS, SECRET)
    whole = file.read_bytes()
    spoilt = {"key": whole, "bit": whole[:-1] + bytes([whole[-1] ^ 1]), "cut": whole[:30], "empty": b""}[damage]
    file.write_bytes(spoilt)
    with pytest.raises(Misconfigured) as refused:
        Connections(file, bytes(32) if damage == "key" else KEY)
    assert refused.value.facts["what"] == "connections-unreadable"
    assert file.read_bytes() == spoilt


def test_two_processes_see_each_others_changes(tmp_path: Path) -> None:
    file = tmp_path / "connections.sealed"
    one, two = Connections(file, KEY), Connections(file, KEY)
    one.put(SETTINGS, SECRET)
    two.put(replace(SETTINGS, name="home", user="bob"), "x")
    assert [found.name for found in one.all()] == ["büro", "home"]
    one.put(SETTINGS, "changed")
    assert two.secret(NAME) == "changed"
    two.remove(NAME)
    with pytest.raises(Misconfigured):
        one.secret(NAME)


def test_accounts_are_told_apart_by_server_and_user() -> None:
    usual = replace(SETTINGS, port=None)
    one = connection_of(usual).account
    assert one.address == "ada@mail.example.org"
    assert connection_of(replace(usual, name="x", host="MAIL.example.org", user="ADA")).account.id == one.id
    for port in (993, 143):
        assert connection_of(replace(usual, port=port)).account.id == one.id
    assert connection_of(replace(usual, port=1143)).account.id != one.id
    assert connection_of(replace(usual, host="other.example.org")).account.id != one.id
    assert connection_of(replace(usual, user="ada@example.org")).account.address == "ada@example.org"
