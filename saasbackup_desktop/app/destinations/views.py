"""What the door of destinations takes and hands out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.export.values import DESTINATION


class DestinationKind(StrEnum):
    """Whose service it is."""

    S3 = "s3"  # Amazon's, or any server that speaks the same
    AZURE = "azure"
    GOOGLE = "google"
    DROPBOX = "dropbox"
    BOX = "box"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a destination needs to know."""

    name: str
    is_needed: bool = True
    is_secret: bool = False


ENTRIES: Final[Mapping[DestinationKind, tuple[Entry, ...]]] = {
    DestinationKind.S3: (
        Entry("bucket"),
        Entry("folder", is_needed=False),
        Entry("endpoint", is_needed=False),
        Entry("region", is_needed=False),
        Entry("access-key"),
        Entry("secret-key", is_secret=True),
        Entry("ca-file", is_needed=False),
    ),
    DestinationKind.AZURE: (
        Entry("account"),
        Entry("container"),
        Entry("folder", is_needed=False),
        Entry("key", is_needed=False, is_secret=True),
        Entry("sas", is_needed=False, is_secret=True),
        Entry("endpoint", is_needed=False),
    ),
    DestinationKind.GOOGLE: (
        Entry("bucket"),
        Entry("folder", is_needed=False),
        Entry("service-key", is_secret=True),
        Entry("endpoint", is_needed=False),
    ),
    DestinationKind.DROPBOX: (
        Entry("folder", is_needed=False),
        Entry("app-key"),
        Entry("app-secret", is_needed=False, is_secret=True),
        Entry("refresh-token", is_secret=True),
    ),
    DestinationKind.BOX: (
        Entry("folder-id", is_needed=False),
        Entry("client-id"),
        Entry("client-secret", is_secret=True),
        Entry("enterprise", is_needed=False),
        Entry("user", is_needed=False),
    ),
}
"""What each kind needs, in the order in which people are asked. Words: ``app.words.destinations``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationSettings:
    """A place outside, as a person entered it. Secrets are not among the values: they travel apart."""

    name: str
    kind: DestinationKind
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationView:
    """A place outside that is set up here."""

    settings: DestinationSettings
    location: str
    """What a person calls it."""
    secrets: tuple[str, ...] = ()
    """Names of those that are kept."""

    @property
    def to(self) -> str:
        """What an export is asked to be sent to."""
        return f"{DESTINATION}{self.settings.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationTrial:
    """What became of one thing that was tried."""

    check: str
    """``reach``, ``write``, ``read``, ``remove``."""
    code: str = ""
    """Why it failed: a fault's code; empty: it went well."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
