"""What is found in an archive, told one by one while it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from saasbackup_desktop.core.model import Role, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFound:
    """A folder; told before anything that lies in it, and after the one that it lies in."""

    service: Service
    path: tuple[str, ...]
    """Names from the top. A folder that holds items of two services is told once for each."""
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something with bytes, in the form in which the vault keeps its kind."""

    service: Service
    path: tuple[str, ...]
    """The folder that it lies in, from the top."""
    key: str
    """Where in the archive it lies; the same whenever the same archive is read."""
    data: bytes
    """Mail: RFC 5322; everything else: Graph JSON."""
    parts: Mapping[str, bytes] = field(default_factory=dict)
    """More bytes that belong to it: ``attachment/<id>``, ``photo``, ``original.ics``, ``original.vcf``."""
    identity: str = ""
    """What tells it from all others of its folder, also when it has changed (a UID); empty: its bytes."""
    name: str = ""
    """What a list shows first."""
    time: int | None = None
    """When it came to be, seconds since 1970 UTC: for mail, when it was received."""
    flags: tuple[str, ...] = ()
    """As IMAP spells them: ``\\\\Seen``, ``\\\\Answered``, ``\\\\Flagged``, ``\\\\Draft``, keywords."""
    facets: Mapping[str, str] = field(default_factory=dict)
    """What is known of it beside its bytes, as ``Item.facets``."""
    lost: tuple[str, ...] = ()
    """Codes of what of the original could not be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Something that is there and could not be read. It is told, not lost."""

    service: Service
    path: tuple[str, ...]
    key: str
    """As of ``Found``."""
    code: str
    """Why: a fault's code."""
    name: str = ""
    """What is known of it, for people."""
    detail: str = ""


Told = FolderFound | Found | Broken
