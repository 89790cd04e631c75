"""Where a bucket lies, how it is reached, and who we say we are."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from saasbackup_desktop.core.errors import Misconfigured

SCHEME: Final = "s3://"
STYLES: Final = ("auto", "path", "virtual")
_BUCKET: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}[a-zA-Z0-9]")
_FOLDER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A bucket, and a folder in it. Holds no secrets."""

    bucket: str
    prefix: str = ""
    """Without slashes at its ends; empty: the whole bucket."""
    endpoint: str = ""
    """``https://host:port``; empty: Amazon, or what the profile says."""
    region: str = ""
    style: str = "auto"
    """How the bucket is named in requests: ``path``, ``virtual`` (as part of the host) or ``auto``."""
    ca_file: str = ""
    """PEM file with the authority of the endpoint's certificate; empty: the system's."""
    profile: str = ""
    """Section of the AWS configuration files to take credentials from; empty: as boto3 finds them."""
    encryption: str = ""
    """What the server encrypts with (the vault is encrypted anyhow): ``AES256``, ``aws:kms``, ``aws:kms:KEY``."""

    def __post_init__(self) -> None:
        if not _BUCKET.fullmatch(self.bucket):
            raise Misconfigured("not a bucket's name", what="bad-bucket", name=self.bucket)
        if self.prefix and not all(_FOLDER.fullmatch(part) for part in self.prefix.split("/")):
            raise Misconfigured("not a folder's name", what="bad-prefix", name=self.prefix)
        if self.style not in STYLES:
            raise Misconfigured("unknown style", what="bad-style", name=self.style)
        if self.endpoint and not _is_endpoint(self.endpoint):
            raise Misconfigured("not an endpoint", what="bad-endpoint")

    @property
    def location(self) -> str:
        """What a person calls it: ``s3://bucket/prefix``."""
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def host(self) -> str:
        """Whom requests go to."""
        if self.endpoint:
            return urlsplit(self.endpoint).netloc
        return f"s3.{self.region}.amazonaws.com" if self.region else "s3.amazonaws.com"


@dataclass(frozen=True, slots=True)
class S3Keys:
    """An access key entered by hand."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


def parse_location(location: str) -> tuple[str, str]:
    """Take ``s3://bucket/prefix`` apart. Raises Misconfigured."""
    if not location.startswith(SCHEME):
        raise Misconfigured("not in a bucket", what="bad-bucket", name=location)
    bucket, _, prefix = location.removeprefix(SCHEME).partition("/")
    return bucket, prefix.strip("/")


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and has_port and "@" not in parts.netloc


def content_md5(data: bytes) -> str:
    """What S3 calls Content-MD5: against damage on the way, and asked for by object lock. Protects nothing else."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
