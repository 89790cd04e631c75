"""A second copy of a vault, made by hand: what a person does with it, and when the first one is gone."""

import shutil
from pathlib import Path

from tests.end2end.conftest import Home, imap, letter, new_home
from tests.servers.dovecot import Dovecot, User


def _backed_up(home: Home, dovecot: Dovecot, user: User, count: int = 30) -> None:
    dovecot.append(user, "INBOX", [letter(number) for number in range(count)])
    home.succeed(*imap(dovecot, user, "office", home))
    home.succeed("backup")


def test_the_copy_opens_when_the_vault_is_gone(tmp_path: Path, home: Home, dovecot: Dovecot, user: User) -> None:
    _backed_up(home, dovecot, user)
    copy = tmp_path / "second disk" / "vault"
    told = home.succeed("vault", "mirror", copy, "--json").of("job")[0]
    assert told["state"] == "done"
    assert told["added"] == told["items_done"] > 5

    dovecot.append(user, "INBOX", [letter(99)])
    home.succeed("backup")
    again = home.succeed("vault", "mirror", copy, "--json").of("job")[0]
    assert again["skipped"] == told["added"] - again["removed"]
    assert 0 < again["added"] < 10
    assert "0 files copied" in home.succeed("vault", "mirror", copy).text

    listed = home.succeed("ls", "office:INBOX", "--json").of("item")
    shutil.rmtree(home.vault)
    assert home.run("vault", "check").code != 0
    home.succeed("vault", "open", copy)
    home.succeed("vault", "check", "--read-data", "100")
    assert home.succeed("ls", "office:INBOX", "--json").of("item") == listed
    home.succeed("backup")  # and it is backed up into from now on

    other = Home(tmp_path / "other")
    other.folder.mkdir()
    shutil.copy(home.folder / "passphrase", other.folder)
    other.succeed("vault", "open", copy)
    assert len(other.succeed("ls", f"{user.name}@localhost:INBOX", "--json").of("item")) == 31


def test_what_the_vault_has_no_more_is_removed_from_the_copy_if_that_is_wanted(
    tmp_path: Path, home: Home, dovecot: Dovecot, user: User
) -> None:
    _backed_up(home, dovecot, user)
    copy = tmp_path / "copy"
    new = home.file("new", "a passphrase for the office")
    key = home.succeed("vault", "keys", "add", "--label", "office", "--new-passphrase-file", new, "--json").records[0]
    home.succeed("vault", "mirror", copy)
    home.succeed("vault", "keys", "remove", key["id"], "--yes")
    assert home.succeed("vault", "mirror", copy, "--json").of("job")[0]["removed"] == 0
    opens = Home(tmp_path / "with the key that was removed")
    opens.folder.mkdir()
    opens.file("passphrase", "a passphrase for the office")
    opens.succeed("vault", "open", copy)
    opens.succeed("vault", "check", "--read-data", "100")

    assert home.succeed("vault", "mirror", copy, "--delete", "--json").of("job")[0]["removed"] == 1
    assert opens.run("vault", "info").code == 6
    assert _files(copy) == _files(home.vault)
    home.succeed("vault", "open", copy)
    home.succeed("vault", "check", "--read-data", "100")


def _files(folder: Path) -> dict[str, bytes]:
    return {
        name: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not (name := path.relative_to(folder).as_posix()).startswith(("leases/", "removed/"))
    }


def test_places_that_are_refused(home: Home, tmp_path: Path) -> None:
    stranger = new_home(tmp_path / "stranger")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "mine.txt").write_text("mine")
    for place, says in (
        (stranger.vault, "Something else is here"),
        (tmp_path / "documents", "Something else is here"),
        (home.vault, "The copy would lie in the vault itself"),
        (home.vault / "copy", "The copy would lie in the vault itself"),
    ):
        ended = home.run("vault", "mirror", place)
        assert ended.code == 2
        assert says in ended.err
        assert str(place) in ended.err
    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["mine.txt"]


def test_a_damaged_vault_is_mirrored_in_part(tmp_path: Path, home: Home, dovecot: Dovecot, user: User) -> None:
    _backed_up(home, dovecot, user)
    pack = next(path for path in (home.vault / "packs").rglob("*") if path.is_file())
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes()[:-1])
    ended = home.run("vault", "mirror", tmp_path / "copy", "--json")
    assert ended.code == 3
    assert ended.of("job")[0]["state"] == "partial"
    (failure,) = ended.of("failure")
    assert failure["code"] == "not-mirrored"
    assert failure["detail"] == "altered"
    assert pack.name in failure["name"]
