"""Saying where a bucket lies and how to sign in there, without a window: what is asked and what is missing."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from saasbackup_desktop.app.views import BucketKeys, BucketSettings


class Style(StrEnum):
    """How a bucket is named in requests."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


class SignIn(StrEnum):
    """Where credentials come from."""

    KEYS = "keys"
    PROFILE = "profile"
    FOUND = "found"


@dataclass(slots=True, kw_only=True)
class BucketEntry:
    """What was entered so far. The secret key is never part of it."""

    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    style: Style = Style.AUTO
    ca_file: str = ""
    sign_in: SignIn = SignIn.KEYS
    access_key: str = ""
    profile: str = ""

    def missing(self, *, has_secret: bool) -> dict[str, str]:
        """Say what it still lacks: field and code (``needed``, ``spaces``, ``endpoint``)."""
        lacks: dict[str, str] = {}
        if not self.bucket.strip():
            lacks["bucket"] = "needed"
        elif _has_blank(self.bucket) or "/" in self.bucket:
            lacks["bucket"] = "bucket"
        if _has_blank(self.prefix):
            lacks["prefix"] = "spaces"
        if self.endpoint.strip() and not _is_endpoint(self.endpoint.strip()):
            lacks["endpoint"] = "endpoint"
        if self.sign_in is SignIn.KEYS:
            if not self.access_key.strip():
                lacks["access_key"] = "needed"
            if not has_secret:
                lacks["secret"] = "needed"
        elif self.sign_in is SignIn.PROFILE and not self.profile.strip():
            lacks["profile"] = "needed"
        return lacks

    def settings(self) -> BucketSettings:
        """Say it in the application's words."""
        return BucketSettings(
            endpoint=self.endpoint.strip(),
            region=self.region.strip(),
            style=self.style.value,
            ca_file=self.ca_file.strip(),
            profile=self.profile.strip() if self.sign_in is SignIn.PROFILE else "",
        )

    def keys(self, secret: str) -> BucketKeys | None:
        """The keys that were entered by hand; None if they are found elsewhere."""
        return BucketKeys(self.access_key.strip(), secret) if self.sign_in is SignIn.KEYS else None

    @property
    def location(self) -> str:
        """What a person calls it: ``s3://bucket/prefix``."""
        return f"s3://{self.bucket.strip()}/{self.prefix.strip().strip('/')}".rstrip("/")

    @property
    def is_encrypted_on_the_way(self) -> bool:
        """Requests go over TLS; what is in them is encrypted anyhow, but who signs in can be seen."""
        return not self.endpoint.strip().lower().startswith("http://")


def _has_blank(text: str) -> bool:
    return any(c.isspace() for c in text.strip())


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        return False
