"""Everything that can go wrong with a bucket has a name, and words that speak of storage, not of mail."""

import ssl
from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.exceptions import ClientError
from urllib3 import exceptions as http

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.vault.stores.s3_faults import fault_of, is_passing
from saasbackup_desktop.vault.stores.s3_place import S3Place

PLACE = S3Place(bucket="bucket", prefix="vault", endpoint="https://s3.example.org", profile="work")


def _refused(code: str, status: int = 400, operation: str = "GetObject", **told: Any) -> ClientError:
    headers = told.pop("headers", {})
    return ClientError(
        {  # type: ignore[arg-type]
            "Error": {"Code": code, "Message": "some text", **told},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},
        },
        operation,
    )


REFUSALS = [
    (_refused("NoSuchBucket", 404), "vault-missing", "bucket", False),
    (_refused("InvalidAccessKeyId", 403), "sign-in-needed", "store", False),
    (_refused("SignatureDoesNotMatch", 403), "sign-in-needed", "store", False),
    (_refused("ExpiredToken", 400), "sign-in-needed", "store", False),
    (_refused("AccessDenied", 403), "denied", "store", False),
    (_refused("403", 403, "HeadObject"), "denied", "store", False),
    (_refused("RequestTimeTooSkewed", 403), "clock-skewed", None, False),
    (_refused("QuotaExceeded", 403, "PutObject"), "vault-full", "store", False),
    (_refused("XMinioStorageFull", 507, "PutObject"), "vault-full", "store", False),
    (_refused("SlowDown", 503), "throttled", "store", True),
    (_refused("503", 503), "throttled", "store", True),
    (_refused("TooManyRequests", 429), "throttled", "store", True),
    (_refused("ConditionalRequestConflict", 409, "PutObject"), "throttled", "store", True),
    (_refused("InternalError", 500), "unreachable", "store-error", True),
    (_refused("502", 502), "unreachable", "store-error", True),
    (_refused("RequestTimeout", 400, "PutObject"), "unreachable", "store", True),
    (_refused("BadDigest", 400, "PutObject"), "unreachable", "store", True),
    (_refused("AuthorizationHeaderMalformed", 400, Region="eu-north-1"), "misconfigured", "other-region", False),
    (_refused("PermanentRedirect", 301), "misconfigured", "other-region", False),
    (_refused("InvalidBucketName", 400), "misconfigured", "bad-bucket", False),
    (_refused("NotImplemented", 501), "misconfigured", "store-lacks", False),
    (_refused("MethodNotAllowed", 405), "misconfigured", "store-lacks", False),
    (
        _refused("InvalidRequest", 400, Message="Bucket is missing Object Lock"),
        "misconfigured",
        "no-object-lock",
        False,
    ),
    (_refused("KMS.NotFoundException", 400, "PutObject"), "misconfigured", "encryption-refused", False),
    (_refused("MissingContentLength", 411, "PutObject"), "protocol-broken", "store", False),
]


@pytest.mark.parametrize(("error", "code", "what", "passes"), REFUSALS, ids=lambda value: str(value)[:60])
def test_refusals(error: ClientError, code: str, what: str | None, passes: bool) -> None:
    fault = fault_of(error, PLACE)
    assert fault.code == code
    assert fault.facts.get("what") == what
    assert is_passing(fault) is passes
    _require_words(fault)


def test_what_may_not_be_written() -> None:
    fault = fault_of(_refused("AccessDenied", 403, "PutObject"), PLACE, writes=True)
    assert fault.code == "vault-unwritable"
    _require_words(fault)


def test_a_wrong_clock_is_measured() -> None:
    error = _refused("RequestTimeTooSkewed", 403, RequestTime="20261121T100000Z", ServerTime="2026-11-21T09:00:00Z")
    fault = fault_of(error, PLACE)
    assert fault.facts["seconds"] == 3600
    assert "3600 seconds" in words_for(fault.code, fault.facts).what


def test_the_region_is_named() -> None:
    fault = fault_of(_refused("PermanentRedirect", 301, headers={"x-amz-bucket-region": "eu-north-1"}), PLACE)
    assert "eu-north-1" in words_for(fault.code, fault.facts).what


def test_a_server_says_how_long_to_wait() -> None:
    fault = fault_of(_refused("SlowDown", 503, headers={"retry-after": "7"}), PLACE)
    assert getattr(fault, "wait", None) == 7.0


def _certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code, error.verify_message = code, "told by OpenSSL"
    return error


CONNECTIONS = [
    (boto.EndpointConnectionError(endpoint_url="https://s3.example.org"), "unreachable", "store", True),
    (boto.ConnectTimeoutError(endpoint_url="https://s3.example.org"), "unreachable", "store", True),
    (boto.ReadTimeoutError(endpoint_url="https://s3.example.org"), "unreachable", "store", True),
    (boto.ConnectionClosedError(endpoint_url="https://s3.example.org"), "unreachable", "store", True),
    (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), "unreachable", "store", True),
    (boto.ResponseStreamingError(error="reset"), "unreachable", "store", True),
    (http.ProtocolError("broken"), "unreachable", "store", True),
    (ConnectionResetError(), "unreachable", "store", True),
    (boto.SSLError(endpoint_url="x", error=_certificate(10)), "certificate-refused", None, False),
    (boto.SSLError(endpoint_url="x", error=ssl.SSLError(1, "wrong version")), "tls-unavailable", "store", False),
    (
        boto.EndpointConnectionError(
            endpoint_url="x",
            error=http.NameResolutionError("s3.example.org", None, None),  # type: ignore[arg-type]
        ),
        "unknown-host",
        "store",
        False,
    ),
    (boto.NoCredentialsError(), "sign-in-needed", "no-store-keys", False),
    (boto.PartialCredentialsError(provider="env", cred_var="x"), "sign-in-needed", "no-store-keys", False),
    (boto.CredentialRetrievalError(provider="sso", error_msg="x"), "sign-in-needed", "store-profile", False),
    (boto.ProfileNotFound(profile="work"), "misconfigured", "no-profile", False),
    (boto.ConfigParseError(path="x"), "misconfigured", "bad-profile", False),
    (boto.NoRegionError(), "misconfigured", "no-region", False),
    (boto.ParamValidationError(report="x"), "misconfigured", "bad-bucket", False),
]


@pytest.mark.parametrize(("error", "code", "what", "passes"), CONNECTIONS, ids=lambda value: type(value).__name__)
def test_connections_and_settings(error: Exception, code: str, what: str | None, passes: bool) -> None:
    fault = fault_of(error, PLACE)
    assert fault.code == code
    assert fault.facts.get("what") == what
    assert is_passing(fault) is passes
    _require_words(fault)


@pytest.mark.parametrize(("code", "reason"), [(10, "expired"), (18, "self-signed"), (62, "name"), (20, "authority")])
def test_certificates_are_refused_for_a_reason(code: int, reason: str) -> None:
    fault = fault_of(boto.SSLError(endpoint_url="x", error=_certificate(code)), PLACE)
    assert fault.facts["reason"] == reason
    _require_words(fault)


def test_addresses_with_signatures_are_not_told() -> None:
    error = boto.HTTPClientError(error="https://s3.example.org/?X-Amz-Signature=abcdef", request=None, response=None)
    assert "abcdef" not in str(fault_of(error, PLACE))


def _require_words(fault: Fault) -> None:
    words = words_for(fault.code, fault.facts)
    said = f"{words.title} {words.what} {words.remedy}"
    assert "mail" not in said
    assert not set("[]{}…") & set(said)
