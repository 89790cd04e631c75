"""Archives of other programs into the vault and items out of it again, at the command line."""

from pathlib import Path

import pytest

from tests.end2end.conftest import Home, letter, new_home
from tests.servers.buckets import S3Server

COUNT = 5


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "Old mail"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number}.eml").write_bytes(letter(number))
    return folder


def test_import_export_check_and_remove(tmp_path: Path, archive: Path) -> None:
    home = new_home(tmp_path)
    [survey] = home.succeed("import", archive, "--dry-run", "--json").of("import-survey")
    assert (survey["name"], survey["services"][0]["items"], survey["whole"]) == ("Old mail", COUNT, True)
    [job] = home.succeed("import", archive, "--name", "Old", "--json").of("job")
    assert (job["account"], job["added"], job["state"]) == ("Old", COUNT, "done")

    place = tmp_path / "usb"
    place.mkdir()
    [estimate] = home.succeed("export", "Old", "--out", place, "--format", "pst", "--dry-run", "--json").of(
        "export-estimate"
    )
    assert (estimate["items"], estimate["picks"][0]["format"], list(place.iterdir())) == (COUNT, "pst", [])

    ended = home.succeed("export", "Old", "--out", place, "--format", "pdf", "--format", "pst", "--json")
    [made] = ended.of("export")
    assert (made["format"], made["state"], made["failed"], made["verified"]) == ("PDF", "completed", 0, True)
    documents = sorted(Path(made["where"]).rglob("*.pdf"))
    assert len(documents) == COUNT
    assert home.succeed("export", "check", made["where"], "--json").of("file-check")[0]["sound"]
    documents[0].write_bytes(documents[0].read_bytes() + b" ")
    assert home.run("export", "check", made["where"]).code == 7
    assert home.run("export", "verify", made["job"][:8]).code == 7

    secret = home.file("zip-password", "four small words here")
    ended = home.succeed(
        *("export", "run", "Old", "--out", place, "--format", "eml", "--zip", "--name", "Letters"),
        *("--encrypt", "--password-file", secret, "--json"),
    )
    [locked] = ended.of("export")
    assert (locked["locked"], locked["where"]) == (True, str(place / "Letters.zip"))
    assert home.run("export", "check", place / "Letters.zip").code == 2
    assert home.succeed("export", "check", place / "Letters.zip", "--password-file", secret, "--json").records[0][
        "sound"
    ]
    listed = home.succeed("export", "list", "--json").of("export")
    assert [one["job"] for one in listed] == [locked["job"], made["job"]]
    ended = home.succeed(
        "export", "--account", "Old", "--format", "mbox", "--out", place, "--name", "Several", "--json"
    )
    [share] = ended.of("export-account")
    assert (share["account"], share["folder"], share["state"], share["items"]) == ("Old", "Old", "completed", COUNT)
    assert [one.suffix for one in (place / "Several" / "Old").iterdir()] == [".mbox"]
    assert home.run("export", "--out", place).code == 2
    assert home.run("export", "--account", "Old", "Old", "INBOX", "--out", place).code == 2
    home.succeed("export", "remove", locked["job"], "--yes")
    assert not (place / "Letters.zip").exists()
    assert "four small words" not in "".join(
        file.read_bytes().decode("latin-1") for file in home.folder.rglob("*") if file.is_file() and file != secret
    )


def test_data_files_are_checked_without_a_vault(tmp_path: Path, archive: Path) -> None:
    home = new_home(tmp_path)
    home.succeed("import", archive, "--name", "Old")
    place = tmp_path / "out"
    place.mkdir()
    home.succeed("export", "Old", "--out", place, "--format", "pst")
    [file] = place.rglob("*.pst")
    alone = Home(tmp_path / "other")
    alone.folder.mkdir()
    found = alone.succeed("export", "check", file, "--json").of("file-check")[0]
    assert (found["kind"], found["sound"], found["counts"]["messages"]) == ("data-file", True, COUNT)
    data = bytearray(file.read_bytes())
    data[0x4800:0x6000] = bytes(0x1800)
    file.write_bytes(data)
    ended = alone.run("export", "check", file, "--json")
    assert ended.code == 7
    assert not ended.of("file-check")[0]["sound"]
    assert ended.of("finding")
    assert alone.run("export", "check", tmp_path / "missing.pst").code == 2


def test_an_export_is_sent_to_a_bucket(tmp_path: Path, archive: Path, rclone: S3Server) -> None:
    home = new_home(tmp_path)
    home.succeed("import", archive, "--name", "Old")
    bucket = rclone.bucket().bucket
    secret = home.file("secret-key", rclone.keys.secret_key)
    told = ("--set", f"bucket={bucket}", "--set", f"endpoint={rclone.endpoint}", "--set", "folder=exports")
    told += ("--set", f"access-key={rclone.keys.access_key}")
    add = ("export", "destinations", "add", "away", "--kind", "s3", *told)
    wrong = home.file("wrong", "no such key")
    refused = home.run(*add, "--secret-file", f"secret-key={wrong}", "--json")
    assert refused.code == 4
    assert refused.of("destination-trial")[-1]["code"]
    [kept] = home.succeed(*add, "--secret-file", f"secret-key={secret}", "--json").of("destination")
    assert (kept["location"], kept["to"], kept["secrets"]) == (
        f"s3://{bucket}/exports",
        "destination:away",
        ["secret-key"],
    )
    trials = home.succeed("export", "destinations", "test", "away", "--json").of("destination-trial")
    assert [one["code"] for one in trials] == [None] * len(trials)

    [sent] = home.succeed("export", "Old", "--out", "destination:away", "--format", "mbox", "--json").of("export")
    assert (sent["state"], sent["failed"]) == ("completed", 0)
    client = rclone.client()
    names = [one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]]
    client.close()
    assert [name for name in names if name.startswith("exports/") and name.endswith(".mbox")]
    home.succeed("export", "destinations", "remove", "away", "--yes")
    assert not home.succeed("export", "destinations", "list", "--json").records
    [left] = home.succeed("export", "remove", sent["job"], "--forget", "--yes", "--json").of("export-removed")
    assert left["forgotten"]  # nothing leads to that place any more
    everything = b"".join(file.read_bytes() for file in (home.folder / "home").rglob("*") if file.is_file())
    assert rclone.keys.secret_key.encode() not in everything
