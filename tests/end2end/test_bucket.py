"""A vault in a bucket, with the real program against real servers."""

import json
from pathlib import Path

import pytest

from tests.end2end.conftest import PASSPHRASE, Home, imap, letter
from tests.servers.buckets import S3Server
from tests.servers.dovecot import Dovecot, User


def _home(folder: Path, server: S3Server) -> Home:
    folder.mkdir()
    environment = {"AWS_ACCESS_KEY_ID": server.keys.access_key, "AWS_SECRET_ACCESS_KEY": server.keys.secret_key}
    home = Home(folder, environment)
    home.file("passphrase", PASSPHRASE)
    return home


def _options(server: S3Server) -> list[str]:
    return [
        "--s3-endpoint",
        f"https://localhost:{server.tls_port}",
        "--s3-style",
        "path",
        "--s3-ca-file",
        server.ca_file,
    ]


def _texts(home: Home) -> bytes:
    return b"".join(file.read_bytes() for file in home.folder.rglob("*") if file.is_file())


def test_made_under_a_lock_backed_up_and_opened_elsewhere(
    tmp_path: Path, ceph: S3Server, dovecot: Dovecot, user: User
) -> None:
    location = f"s3://{ceph.bucket(locks=True).bucket}/company/vault"
    home = _home(tmp_path / "one", ceph)
    options = _options(ceph)
    made = home.succeed("vault", "create", location, *options, "--object-lock", "1", "--json")
    assert made.of("recovery-kit")[0]["location"] == location
    dovecot.append(user, "INBOX", [letter(number) for number in range(5)])
    home.succeed(*imap(dovecot, user, "office", home))
    home.succeed("backup")
    assert home.succeed("vault", "info", "--json").records[0]["location"] == location

    other = _home(tmp_path / "two", ceph)
    [opened] = other.succeed("vault", "open", location, *options, "--json").of("vault")
    assert opened["accounts"] == 1
    items = other.succeed("search", "letter", "--json").of("item")
    assert len(items) == 5
    assert home.succeed("vault", "check", "--read-data").code == 0

    kept = json.loads((home.folder / "home" / "home.json").read_text())
    assert kept["bucket"]["endpoint"] == options[1]
    assert ceph.keys.secret_key.encode() not in _texts(home)

    client = ceph.client()
    versions = client.list_object_versions(Bucket=location.split("/")[2], Prefix="company/vault/packs/")["Versions"]
    for version in versions:
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.delete_object(Bucket=location.split("/")[2], Key=version["Key"], VersionId=version["VersionId"])
    client.close()
    assert versions


def test_storage_is_validated(tmp_path: Path, ceph: S3Server) -> None:
    home = _home(tmp_path / "one", ceph)
    location = f"s3://{ceph.bucket().bucket}"
    found = home.succeed("vault", "validate-store", location, *_options(ceph), "--json")
    assert {record["outcome"] for record in found.of("finding")} == {"ok", "limited"}
    assert found.of("store")[0]["fit"] is True
    asked = home.run("vault", "validate-store", location, *_options(ceph), "--object-lock", "1")
    assert asked.code == 1
    assert "The bucket was made without object lock." in asked.text
    assert "A vault cannot be kept here as asked." in asked.text


def test_a_lock_that_does_not_hold_makes_no_vault(tmp_path: Path, rclone: S3Server) -> None:
    home = _home(tmp_path / "one", rclone)
    place = rclone.bucket()
    options = ["--s3-endpoint", rclone.endpoint, "--s3-style", "path"]
    refused = home.run("vault", "create", place.location, *options, "--object-lock", "7")
    assert refused.code == 2
    assert "The object lock does not hold" in refused.err
    client = rclone.client()
    for listed in client.list_objects_v2(Bucket=place.bucket).get("Contents", ()):  # after a race, for good at times
        with pytest.raises(client.exceptions.ClientError, match=r"404"):
            client.head_object(Bucket=place.bucket, Key=listed["Key"])
    client.close()
    home.succeed("vault", "create", place.location, *options)


def test_keys_by_hand_are_in_no_file(tmp_path: Path, ceph: S3Server) -> None:
    home = Home(tmp_path / "one", {"AWS_EC2_METADATA_DISABLED": "true"})
    home.folder.mkdir()
    home.file("passphrase", PASSPHRASE)
    place, options = ceph.bucket(), _options(ceph)
    nobody = home.run("vault", "create", place.location, *options)
    assert nobody.code == 4
    assert "Keys for the storage service are missing" in nobody.err
    secret = tmp_path / "secret"
    secret.write_text(ceph.keys.secret_key + "\n")
    by_hand = ["--s3-access-key", ceph.keys.access_key, "--s3-secret-key-file", str(secret)]
    home.succeed("vault", "create", place.location, *options, *by_hand)
    assert ceph.keys.secret_key.encode() not in _texts(home)
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-secret\n")
    refused = home.run(
        "vault", "validate-store", place.location, *options, "--s3-access-key", ceph.keys.access_key,
        "--s3-secret-key-file", wrong,
    )  # fmt: skip
    assert refused.code == 4
    assert "not-the-secret" not in refused.text + refused.err


def test_options_for_buckets_are_refused_for_folders(tmp_path: Path, ceph: S3Server) -> None:
    home = _home(tmp_path / "one", ceph)
    for options in (["--s3-region", "x"], ["--object-lock", "3"]):
        refused = home.run("vault", "create", tmp_path / "vault", *options)
        assert refused.code == 2
        assert "Only for a vault in a bucket" in refused.err
    assert not (tmp_path / "vault").exists()
