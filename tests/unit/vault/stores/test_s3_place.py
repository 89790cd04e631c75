"""What can be said of a bucket, and what is never said of keys."""

import pytest

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place, content_md5, parse_location


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://bucket/a/b/", ("bucket", "a/b")),
    ],
)
def test_locations(location: str, found: tuple[str, str]) -> None:
    assert parse_location(location) == found
    bucket, prefix = found
    assert S3Place(bucket=bucket, prefix=prefix).location == location.rstrip("/")


@pytest.mark.parametrize(
    ("what", "settings"),
    [
        ("bad-bucket", {"bucket": ""}),
        ("bad-bucket", {"bucket": "a b"}),
        ("bad-bucket", {"bucket": "x/y"}),
        ("bad-prefix", {"bucket": "bucket", "prefix": "a//b"}),
        ("bad-prefix", {"bucket": "bucket", "prefix": "../up"}),
        ("bad-style", {"bucket": "bucket", "style": "odd"}),
        ("bad-endpoint", {"bucket": "bucket", "endpoint": "host:9000"}),
        ("bad-endpoint", {"bucket": "bucket", "endpoint": "ftp://host"}),
        ("bad-endpoint", {"bucket": "bucket", "endpoint": "https://key:secret@host"}),
        ("bad-endpoint", {"bucket": "bucket", "endpoint": "https://host:port"}),
    ],
)
def test_what_cannot_be(what: str, settings: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as refused:
        S3Place(**settings)  # type: ignore[arg-type]
    assert refused.value.facts["what"] == what
    assert "secret" not in str(refused.value.facts)


def test_who_is_asked() -> None:
    assert S3Place(bucket="bucket").host == "s3.amazonaws.com"
    assert S3Place(bucket="bucket", region="eu-north-1").host == "s3.eu-north-1.amazonaws.com"
    assert S3Place(bucket="bucket", endpoint="https://s3.example.org:9000").host == "s3.example.org:9000"


def test_secrets_are_not_shown() -> None:
    shown = repr(S3Keys("access", "very-secret", "token-secret"))
    assert "access" in shown
    assert "secret" not in shown.replace("secret_key", "")


def test_the_checksum_is_the_protocols_own() -> None:
    assert content_md5(b"") == "1B2M2Y8AsgTpgAmY7PhCfg=="  # RFC 1864 over nothing
