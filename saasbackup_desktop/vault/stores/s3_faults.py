"""Turn what boto3 and S3 servers say into faults: the one place for it."""

import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from botocore import exceptions as boto
from urllib3 import exceptions as http

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    ClockSkewed,
    Denied,
    Fault,
    Misconfigured,
    ProtocolBroken,
    SignInNeeded,
    Throttled,
    TlsUnavailable,
    UnknownHost,
    Unreachable,
    VaultFull,
    VaultMissing,
    VaultUnwritable,
)
from saasbackup_desktop.vault.stores.s3_place import S3Place

FOREIGN: Final = (boto.BotoCoreError, boto.ClientError, http.HTTPError, OSError)
"""Exceptions that cross the border of this room only as faults."""

NO_FILE: Final = frozenset(("NoSuchKey", "NoSuchVersion", "NotFound", "404"))
NO_UPLOAD: Final = frozenset(("NoSuchUpload",))
TAKEN: Final = frozenset(("PreconditionFailed", "412"))
NO_RANGE: Final = frozenset(("InvalidRange", "416"))
NO_RETENTION: Final = frozenset(
    ("NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "ObjectLockConfigurationNotFound")
)
LACKING: Final = frozenset(
    ("NotImplemented", "501", "MethodNotAllowed", "405", "XNotImplemented", "UnsupportedOperation")
)
REFUSED: Final = frozenset(
    ("AccessDenied", "403", "Forbidden", "AllAccessDisabled", "ObjectLocked", "InvalidObjectState")
)

_STRANGER: Final = frozenset(
    (
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "TokenRefreshRequired",
        "InvalidSecurity",
        "NotSignedUp",
        "AccountProblem",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "401",
        "Unauthorized",
    )
)
_SLOWER: Final = frozenset(
    (
        "SlowDown",
        "503",
        "429",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "TooManyRequests",
        "TooManyRequestsException",
        "Busy",
        "OperationAborted",
        "ConditionalRequestConflict",
        "409",
        "SlowDownRead",
        "SlowDownWrite",
    )
)
_FULL: Final = frozenset(
    (
        "QuotaExceeded",
        "InsufficientStorage",
        "507",
        "XMinioStorageFull",
        "XMinioAdminBucketQuotaExceeded",
        "ServiceQuotaExceededException",
        "UserSuspended",
        "StorageFull",
    )
)
_BROKEN_OFF: Final = frozenset(
    ("RequestTimeout", "IncompleteBody", "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")
)
_ELSEWHERE: Final = frozenset(
    (
        "AuthorizationHeaderMalformed",
        "PermanentRedirect",
        "TemporaryRedirect",
        "301",
        "307",
        "IllegalLocationConstraintException",
        "InvalidRegion",
    )
)
_WRITING: Final = ("PutObject", "CreateMultipartUpload")
_CLOCK: Final = frozenset(("RequestTimeTooSkewed", "RequestExpired"))
_TLS_REASONS: Final = {9: "expired", 10: "expired", 18: "self-signed", 62: "name", 63: "name", 64: "name"}


def code_of(error: BaseException) -> str:
    """What a server called its refusal; empty if no server spoke."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, boto.ClientError) else ""


def status_of(error: BaseException) -> int:
    """HTTP status of a refusal; 0 if no server spoke."""
    if not isinstance(error, boto.ClientError):
        return 0
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_one_of(error: BaseException, codes: frozenset[str]) -> bool:
    """Is this refusal called one of these? Answers without a body are known by their status."""
    return code_of(error) in codes


def server_time(answer: Mapping[str, Any]) -> datetime | None:
    """What the server's clock said when it answered."""
    told = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None


def is_passing(fault: Fault) -> bool:
    """May it work when it is tried again?"""
    return isinstance(fault, Unreachable) and not isinstance(fault, UnknownHost | CertificateRefused | TlsUnavailable)


def fault_of(error: BaseException, place: S3Place, *, writes: bool = False) -> Fault:
    """Name a failure; ``writes`` says that something was to be changed."""
    if isinstance(error, boto.ClientError):
        return _refusal(error, place, writes)
    return (
        _connection(error, place) or _settings(error, place) or Unreachable(_told(error), host=place.host, what="store")
    )


def _refusal(error: boto.ClientError, place: S3Place, writes: bool) -> Fault:  # noqa: PLR0912 - one line for each
    code, status = code_of(error), status_of(error)
    text = f"{error.operation_name}: {code}"
    where: dict[str, str | int] = {"host": place.host, "location": place.location, "what": "store"}
    if code in _CLOCK:
        return ClockSkewed(text, host=place.host, seconds=_skew(error))
    if code == "NoSuchBucket":
        return VaultMissing(text, location=place.location, what="bucket")
    if code in _STRANGER:
        return SignInNeeded(text, **where)
    if code in _FULL or status == 507:
        return VaultFull(text, **where)
    if code in _BROKEN_OFF:
        return Unreachable(text, **where)
    if code in _SLOWER or status in (429, 503):
        return Throttled(text, wait=_wait(error), **where)
    if code in _ELSEWHERE:
        return Misconfigured(text, what="other-region", name=place.bucket, region=_region(error))
    if code in ("InvalidBucketName", "InvalidURI"):
        return Misconfigured(text, what="bad-bucket", name=place.bucket)
    if code in LACKING or status in (405, 501):
        return Misconfigured(text, what="store-lacks", name=error.operation_name, host=place.host)
    if code in NO_RETENTION or (code == "InvalidRequest" and "lock" in str(error).lower()):
        return Misconfigured(text, what="no-object-lock", name=place.bucket)
    if code.startswith("KMS.") or code in (
        "InvalidEncryptionAlgorithmError",
        "ServerSideEncryptionConfigurationNotFoundError",
    ):
        return Misconfigured(text, what="encryption-refused", name=place.encryption)
    if place.encryption and code in ("InvalidArgument", "InvalidRequest") and error.operation_name in _WRITING:
        return Misconfigured(text, what="encryption-refused", name=place.encryption)
    if code in REFUSED or status == 403:
        return VaultUnwritable(text, **where) if writes else Denied(text, **where)
    if status >= 500:
        return Unreachable(text, host=place.host, what="store-error")
    return ProtocolBroken(f"{text} ({status})", **where)


def _connection(error: BaseException, place: S3Place) -> Fault | None:
    host = place.host
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = _TLS_REASONS.get(cause.verify_code, "authority")
            return CertificateRefused(cause.verify_message, host=host, reason=reason)
        if isinstance(cause, http.NameResolutionError):
            return UnknownHost(_told(error), host=host, what="store")
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return TlsUnavailable(_told(error), host=host, what="store")
    return None


def _settings(error: BaseException, place: S3Place) -> Fault | None:
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return SignInNeeded(_told(error), host=place.host, what="no-store-keys")
    if isinstance(error, boto.CredentialRetrievalError | boto.TokenRetrievalError | boto.SSOError):
        return SignInNeeded(_told(error), host=place.host, what="store-profile", name=place.profile)
    if isinstance(error, boto.ProfileNotFound):
        return Misconfigured(_told(error), what="no-profile", name=place.profile)
    if isinstance(error, boto.NoRegionError):
        return Misconfigured(_told(error), what="no-region")
    if isinstance(error, boto.ParamValidationError):
        return Misconfigured(_told(error), what="bad-bucket", name=place.bucket)
    if isinstance(error, boto.InvalidRegionError):
        return Misconfigured(_told(error), what="other-region", name=place.bucket, region="")
    if isinstance(error, boto.ConfigParseError | boto.ConfigNotFound | boto.InvalidConfigError):
        return Misconfigured(_told(error), what="bad-profile")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from; libraries hide the cause in different places."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        one = pending.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        told = getattr(one, "kwargs", None)
        pending += [one.__cause__, one.__context__, getattr(one, "reason", None)]
        pending += [told.get("error")] if isinstance(told, dict) else []
        pending += [argument for argument in one.args if isinstance(argument, BaseException)]


def _told(error: BaseException) -> str:
    """Its kind only: texts of these libraries may hold addresses with signatures in them."""
    return type(error).__name__


def _wait(error: boto.ClientError) -> float:
    told = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return float(told) if str(told).isdigit() else 0.0


def _region(error: boto.ClientError) -> str:
    found = error.response.get("Error", {}).get("Region")
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(found or headers.get("x-amz-bucket-region", ""))


def _skew(error: boto.ClientError) -> int:
    """Seconds by which our clock is ahead of the server's, as far as the answer tells; 0 if it does not."""
    told: Mapping[str, Any] = error.response.get("Error", {})
    try:
        ours = datetime.strptime(str(told["RequestTime"]), "%Y%m%dT%H%M%SZ")
        theirs = datetime.strptime(str(told["ServerTime"]), "%Y-%m-%dT%H:%M:%SZ")
    except (KeyError, ValueError):
        return 0
    return round((ours - theirs).total_seconds())
