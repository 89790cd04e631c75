"""Where a vault lies is kept in the home; who signs in there is not."""

import json
import os
from pathlib import Path

import pytest

from saasbackup_desktop.app import keyring_slot, places, store_keys
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.places import Places, is_bucket, settings_of, settings_to_keep, whole
from saasbackup_desktop.app.views import BucketKeys, BucketSettings
from saasbackup_desktop.core.errors import HomeFault, Misconfigured
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.s3 import S3Store

LOCATION = "s3://bucket/vault"
SETTINGS = BucketSettings(endpoint="http://127.0.0.1:1", region="eu-north-1", style="path")
KEYS = BucketKeys("access", "very-secret", "token-secret")


class Clock:
    def now(self) -> int:
        return 1_790_000_000


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring to trust, in memory."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(keyring_slot, "remember", lambda name, text: kept.__setitem__(name, text) or True)
    monkeypatch.setattr(keyring_slot, "remembered", kept.get)
    monkeypatch.setattr(keyring_slot, "forget", lambda name: kept.pop(name, None))
    return kept


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def _keys_of(store: object) -> str:
    assert isinstance(store, S3Store)
    found = store._bucket.access_key()
    store.close()
    return found


@pytest.mark.parametrize(
    ("said", "meant"),
    [("s3://bucket", "s3://bucket"), ("S3://bucket/a/", "s3://bucket/a"), ("s3://bucket//a", "s3://bucket/a")],
)
def test_buckets_are_named_alike(said: str, meant: str) -> None:
    assert is_bucket(said)
    assert whole(said) == meant


def test_folders_are_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not is_bucket("vault")
    assert whole("vault") == str(tmp_path / "vault")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gs://b/v", "s3://b/v with the endpoint https://storage.googleapis.com"),
        ("s3:/plain/v", "s3://plain/v"),
        ("s3:plain/v", "s3://plain/v"),
        ("S3:\\\\plain", "s3://plain"),
        ("http://anna:secret@host:9000/b/v?token=secret", "s3://b/v with the endpoint http://host:9000"),
        ("https://host", "s3://BUCKET/FOLDER with the endpoint https://host"),
        ("file:///media/v", "/media/v"),
        ("sftp://host/v", ""),
        ("nas:/v", ""),
    ],
)
def test_addresses_are_no_folders(home: Home, said: str, meant: str) -> None:
    for ask in (whole, Places(home, Clock()).at):
        with pytest.raises(Misconfigured) as refused:
            ask(said)
        assert refused.value.facts["what"] == "other-scheme"
        assert refused.value.facts["meant"] == meant
        assert "secret" not in str(refused.value.facts)


@pytest.mark.parametrize("said", ["s3://", "s3:///folder", "S3://"])
def test_a_bucket_has_a_name(said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        whole(said)
    assert refused.value.facts["what"] == "no-bucket"


@pytest.mark.parametrize("said", ["C:\\vault", "C:/vault", "mail 10:30", "./gs:/b", "a/http://b"])
def test_a_colon_alone_is_no_address(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert whole(said) == str(Path(said).absolute())


def _vault(folder: Path) -> None:
    (folder / "keys").mkdir(parents=True)
    (folder / "vault.json").write_text("{}")


def test_a_vault_lies_neither_in_another_nor_around_it(home: Home, tmp_path: Path) -> None:
    known = Places(home, Clock())
    _vault(tmp_path / "outer")
    _vault(tmp_path / "around" / ".hidden")
    _vault(tmp_path / "keyed" / "keys")
    (tmp_path / "link").symlink_to(tmp_path / "outer", target_is_directory=True)
    for place, found in (
        ("outer/sub", "outer"),
        ("outer/packs/deep/er", "outer"),
        ("link/sub", "outer"),
        ("beside/../outer/sub", "outer"),
        ("around", "around/.hidden"),
        ("keyed", "keyed/keys"),
    ):
        with pytest.raises(Misconfigured) as refused:
            known.require_apart(LocalStore(tmp_path / place))
        assert refused.value.facts == {"what": "vault-in-vault", "name": str(tmp_path / found)}
    for place in ("outer", "outer-2", "new/deep"):
        known.require_apart(LocalStore(tmp_path / place))


def test_a_vault_lies_in_no_other_in_a_bucket(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Places(home, Clock())
    _vault(tmp_path / "s3:" / "bucket" / "outer")
    to_be = known.at("s3://bucket/outer/sub", SETTINGS, KEYS)
    beside = known.at(LOCATION, SETTINGS, KEYS)

    class Pretend(LocalStore):
        location = "s3://bucket/outer"

    monkeypatch.setattr(known, "at", lambda place, *_how: Pretend(tmp_path / "s3:" / place.removeprefix("s3://")))
    with pytest.raises(Misconfigured) as refused:
        known.require_apart(to_be, SETTINGS, KEYS)
    assert refused.value.facts == {"what": "vault-in-vault", "name": "s3://bucket/outer"}
    known.require_apart(beside, SETTINGS, KEYS)


def test_a_trial_leaves_no_folders(home: Home, tmp_path: Path) -> None:
    known = Places(home, Clock())
    (tmp_path / "there").mkdir()
    _vault(tmp_path / "vault")
    (tmp_path / "vault" / "unfinished").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for place in ("there", "new/deep", "vault"):
        assert known.validate(LocalStore(tmp_path / place))
        assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_has_no_settings_and_no_lock(home: Home, tmp_path: Path) -> None:
    known = Places(home, Clock())
    assert isinstance(known.at(str(tmp_path)), LocalStore)
    for more in ({"settings": SETTINGS}, {"lock": ObjectLock("governance", 1)}, {"keys": KEYS}):
        with pytest.raises(Misconfigured) as refused:
            known.at(str(tmp_path), **more)  # type: ignore[arg-type]
        assert refused.value.facts["what"] == "not-in-a-bucket"


@pytest.mark.parametrize("lock", [ObjectLock("odd", 1), ObjectLock("governance", 0), ObjectLock("compliance", 99_999)])
def test_locks_that_cannot_be(home: Home, lock: ObjectLock) -> None:
    with pytest.raises(Misconfigured) as refused:
        Places(home, Clock()).at(LOCATION, SETTINGS, KEYS, lock)
    assert refused.value.facts["what"] == "bad-lock"


def test_the_home_keeps_settings_and_no_secrets(home: Home, keyring: dict[str, str]) -> None:
    known = Places(home, Clock())
    home.write(vault=LOCATION, **settings_to_keep(LOCATION, SETTINGS))
    assert known.keep_keys(LOCATION, SETTINGS, KEYS)
    assert settings_of(home) == SETTINGS
    for file in home.folder.rglob("*"):
        assert not file.is_file() or b"secret" not in file.read_bytes()
    assert known.keeps_keys()
    assert _keys_of(Places(home, Clock()).here()) == "access"
    known.forget_keys()
    assert not keyring
    assert not known.keeps_keys()


def test_a_folder_forgets_the_bucket_before(home: Home) -> None:
    home.write(vault=LOCATION, **settings_to_keep(LOCATION, SETTINGS))
    home.write(vault="/media/vault", **settings_to_keep("/media/vault", None))
    assert settings_of(home) is None


def test_without_a_keyring_keys_last_as_long_as_the_process(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_slot, "is_trusted", lambda: False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    home.write(vault=LOCATION, **settings_to_keep(LOCATION, SETTINGS))
    known = Places(home, Clock())
    assert not known.keep_keys(LOCATION, SETTINGS, KEYS)
    assert not known.keeps_keys()
    assert _keys_of(known.here()) == "access"
    assert _keys_of(Places(home, Clock()).here()) == "from-the-environment"


def test_keys_of_one_service_are_not_shown_to_another(home: Home, keyring: dict[str, str]) -> None:
    known = Places(home, Clock())
    known.keep_keys(LOCATION, SETTINGS, KEYS)
    assert store_keys.kept_keys(LOCATION, "https://elsewhere.example.org") is None
    assert store_keys.kept_keys("s3://other/vault", SETTINGS.endpoint) is None


def test_what_the_keyring_says_may_be_nonsense(keyring: dict[str, str]) -> None:
    store_keys.keep_keys(LOCATION, "", KEYS)
    (name,) = keyring
    for text in ("", "no json", "[]", '{"access_key": "a"}'):
        keyring[name] = text
        assert store_keys.kept_keys(LOCATION, "") is None


def test_a_profile_wins_over_the_keyring(
    home: Home, keyring: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = by-profile\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    known = BucketSettings(endpoint=SETTINGS.endpoint, profile="work")
    Places(home, Clock()).keep_keys(LOCATION, known, KEYS)
    assert _keys_of(Places(home, Clock()).at(LOCATION, known)) == "by-profile"


def test_a_home_without_a_vault_and_one_that_was_spoilt(home: Home) -> None:
    with pytest.raises(Misconfigured):
        Places(home, Clock()).here()
    home.make()
    (home.folder / "home.json").write_text(json.dumps({"vault": LOCATION, "bucket": {"style": 5, "odd": "x"}}))
    with pytest.raises(Misconfigured):
        Places(home, Clock()).here()
    (home.folder / "home.json").write_text("[")
    with pytest.raises(HomeFault):
        settings_of(home)


def test_boto3_is_loaded_only_for_buckets() -> None:
    import subprocess
    import sys

    program = "import sys, saasbackup_desktop.cli.main; sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, env=dict(os.environ)).returncode == 0
    assert places.is_bucket(LOCATION)
