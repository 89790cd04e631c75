"""The demonstration proves what it says, and can be looked around in afterwards."""

from pathlib import Path

from tests.end2end.conftest import Home

STEPS = [
    *("organisation", "vault", "first-backup", "changes", "second-backup", "browse"),
    *("differences", "search", "rescue", "restore", "compare", "check"),
]


def test_the_demonstration(tmp_path: Path) -> None:
    home = Home(tmp_path)
    kept = tmp_path / "kept"
    ended = home.succeed("demo", "--keep", kept, "--messages", "400", "--no-directory", "--json")
    steps = {record["step"]: record for record in ended.records}
    assert list(steps) == STEPS
    assert steps["organisation"]["messages"] == steps["first-backup"]["messages"] == 400
    assert steps["second-backup"]["added"] == steps["changes"]["delivered"]
    assert steps["second-backup"]["removed"] == steps["changes"]["removed"]
    assert steps["restore"]["added"] == steps["restore"]["verified"] == steps["compare"]["equal"] > 0
    assert steps["compare"]["equal"] == steps["compare"]["messages"]
    assert steps["check"]["damages"] == 0

    inside = ("--home", kept / "home", "--passphrase-file", home.file("passphrase", "demonstration"))
    accounts = home.succeed("accounts", "--json", *inside).records
    assert [account["health"] for account in accounts].count("ok") == 3
    assert home.run("demo", "--keep", kept).code == 2


def test_for_people(tmp_path: Path) -> None:
    text = Home(tmp_path).succeed("demo", "--messages", "100", "--no-directory").text
    assert "equal in bytes, flags and date" in text
    assert not list(tmp_path.rglob("packs"))
