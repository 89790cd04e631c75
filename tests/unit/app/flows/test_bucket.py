import pytest

from saasbackup_desktop.app.flows.bucket import BucketEntry, SignIn


def test_bucket_and_keys_are_needed() -> None:
    assert BucketEntry().missing(has_secret=False) == {
        "bucket": "needed",
        "access_key": "needed",
        "secret": "needed",
    }
    assert BucketEntry(bucket="b", access_key="AK").missing(has_secret=True) == {}


def test_other_ways_to_sign_in_need_no_secret() -> None:
    assert BucketEntry(bucket="b", sign_in=SignIn.FOUND).missing(has_secret=False) == {}
    assert BucketEntry(bucket="b", sign_in=SignIn.PROFILE).missing(has_secret=False) == {"profile": "needed"}
    assert BucketEntry(bucket="b", sign_in=SignIn.PROFILE, profile="p").missing(has_secret=False) == {}


@pytest.mark.parametrize("bucket", ["s3://bucket", "a b", "bucket/folder"])
def test_bucket_is_a_name_alone(bucket: str) -> None:
    assert BucketEntry(bucket=bucket, sign_in=SignIn.FOUND).missing(has_secret=False) == {"bucket": "bucket"}


@pytest.mark.parametrize(
    ("endpoint", "good"),
    [
        ("", True),
        ("https://s3.example.com", True),
        ("http://localhost:9000", True),
        ("https://[::1]:9000", True),
        ("s3.example.com", False),
        ("ftp://s3.example.com", False),
        ("https://", False),
        ("https://user@s3.example.com", False),
        ("https://s3.example.com:port", False),
    ],
)
def test_endpoint_is_an_address(endpoint: str, good: bool) -> None:
    entry = BucketEntry(bucket="b", endpoint=endpoint, sign_in=SignIn.FOUND)
    assert (entry.missing(has_secret=False) == {}) is good


def test_location_and_what_can_be_seen_on_the_way() -> None:
    entry = BucketEntry(bucket=" b ", prefix="/vaults/one/", endpoint="HTTP://localhost:9000")
    assert entry.location == "s3://b/vaults/one"
    assert not entry.is_encrypted_on_the_way
    assert BucketEntry(bucket="b").location == "s3://b"
    assert BucketEntry(bucket="b").is_encrypted_on_the_way
