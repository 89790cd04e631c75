"""Retention with the real program against a real server."""

import time

import pytest

from tests.end2end.conftest import Home, imap, letter
from tests.servers.dovecot import Dovecot, User


@pytest.fixture
def lived(home: Home, dovecot: Dovecot) -> User:
    """Three points in time, each with a letter more."""
    user = dovecot.fresh()
    home.succeed(*imap(dovecot, user, "office", home))
    for number in range(3):
        if number:
            time.sleep(1.1)  # a point in time is named by the second
        dovecot.append(user, "INBOX", [letter(number)])
        home.succeed("backup")
    return user


def test_from_a_rule_to_its_removal(home: Home, lived: User) -> None:
    newest, second, first = (one["id"] for one in home.succeed("snapshots", "--json").records)
    [told] = home.succeed("vault", "retention", "show", "--json").records
    assert (told["account"], told["keep"]) == (None, {})
    assert home.run("vault", "retention", "set").code == 2
    assert home.run("vault", "retention", "set", "--age", "soon").code == 2
    home.succeed("vault", "retention", "set", "--last", "1")
    assert home.succeed("vault", "retention", "set", "office", "--last", "2", "--json").records[0]["own"] is True
    assert len(home.succeed("vault", "retention", "show", "--json").records) == 2

    plan = home.succeed("vault", "prune", "--dry-run", "--json")
    assert [one["snapshot"] for one in plan.of("prune-point") if one["what"] == "go"] == [first]
    assert {one["snapshot"] for one in plan.of("prune-point") if one["what"] == "stay"} == {newest, second}
    assert home.succeed("vault", "trash", "list", "--json").records == []
    home.succeed("vault", "prune")
    [entry] = home.succeed("vault", "trash", "list", "--json").records
    assert (entry["snapshots"], entry["is_due"], entry["why"]) == ([first], False, "retention")
    assert "2026" in home.succeed("vault", "trash", "list").text
    assert len(home.succeed("snapshots", "--json").records) == 3
    [back] = home.succeed("vault", "trash", "cancel", entry["id"][:8], "--json").records
    assert back["snapshots"] == 1

    [held] = home.succeed("vault", "hold", "add", "office", "--snapshot", first, "--label", "case", "--json").records
    home.succeed("vault", "prune", "--grace", "0")
    assert len(home.succeed("snapshots", "--json").records) == 3
    assert [one["label"] for one in home.succeed("vault", "hold", "list", "--json").records] == ["case"]
    home.succeed("vault", "hold", "release", held["id"])
    home.succeed("vault", "retention", "set", "office", "--as-all")
    [job] = home.succeed("vault", "prune", "--grace", "0", "--json").of("job")
    assert job["removed"] == 2
    assert [one["id"] for one in home.succeed("snapshots", "--json").records] == [newest]
    home.succeed("vault", "check", "--read-data")
    home.succeed("backup")


def test_an_account_is_discarded_and_comes_back(home: Home, lived: User) -> None:
    newest = home.succeed("snapshots", "--json").records[0]["id"]
    assert home.run("vault", "discard", "office", "--snapshot", newest).code == 2
    home.succeed("vault", "discard", "office")
    refused = home.run("backup", "--json")
    assert refused.code == 2
    [entry] = home.succeed("vault", "trash", "list", "--json").records
    assert len(entry["snapshots"]) == 3
    assert lived.name in entry["accounts"][0]
    home.succeed("vault", "trash", "cancel", entry["id"])
    home.succeed("backup")
    assert home.run("vault", "discard", "office", "--grace", "0").code == 2
    home.succeed("vault", "discard", "office", "--grace", "0", "--yes")
    assert home.succeed("snapshots", "--json").records == []
    home.succeed("backup")
    home.succeed("vault", "check", "--read-data")
