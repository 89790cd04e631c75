"""Where a vault lies: in a folder or a bucket; how it is reached, and who signs in there."""

import contextlib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.app import store_keys
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.views import BucketKeys, BucketSettings, StoreFinding
from saasbackup_desktop.core.errors import Denied, HomeFault, Misconfigured, VaultMissing
from saasbackup_desktop.core.ports import BlobStore, Clock, LockingStore, ObjectLock
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.vault.format import config
from saasbackup_desktop.vault.format.names import CONFIG, KEYS
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.probe import FAILED, is_fit, probe
from saasbackup_desktop.vault.stores.probe import FOLDER as PROBE
from saasbackup_desktop.vault.stores.s3_place import SCHEME, S3Keys, S3Place, parse_location

MODES: Final = ("governance", "compliance")
_LONGEST_LOCK: Final = 36_500
_SETTINGS: Final = "bucket"
_OTHER_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):[/\\]+(.*)|(s3):(.*)", re.IGNORECASE)
"""One letter is a drive of Windows, and no scheme."""


def is_bucket(location: str) -> bool:
    """Does it name a bucket, and not a folder?"""
    return location.lower().startswith(SCHEME)


def whole(location: str) -> str:
    """A location's name that still holds when the program runs in another folder.

    Raises Misconfigured for what is neither a folder nor a bucket.
    """
    if not is_bucket(location):
        _require_folder(location)
        return str(Path(location).expanduser().absolute())
    bucket, prefix = parse_location(SCHEME + location[len(SCHEME) :])
    if not bucket:
        raise Misconfigured("no bucket", what="no-bucket", name=location)
    return f"{SCHEME}{bucket}/{prefix}".rstrip("/")


def _require_folder(location: str) -> None:
    """Refuse what looks like an address on the network: as a folder's name it can only be a mistake."""
    found = _OTHER_SCHEME.fullmatch(location)
    if found is None:
        return
    scheme = str(found[1] or found[3]).lower()
    rest = str(found[2] or found[4] or "").rpartition("@")[2].partition("?")[0].strip("/\\")  # no password in a fault
    meant = {
        "s3": f"{SCHEME}{rest}",
        "gs": f"{SCHEME}{rest} with the endpoint https://storage.googleapis.com",
        "file": f"/{rest}",
    }.get(scheme, "")
    if scheme in ("http", "https"):
        host, _, path = rest.partition("/")
        meant = f"{SCHEME}{path or 'BUCKET/FOLDER'} with the endpoint {scheme}://{host}"
    raise Misconfigured(
        "not a folder", what="other-scheme", name=f"{scheme}://{rest}" if scheme != "s3" else location, meant=meant
    )


class Places:
    """The places that one home knows, or is asked about. Opening a bucket loads boto3: not on an event loop."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self.traffic = Traffic(time.monotonic, time.sleep)
        """How fast everything that leaves or reaches this computer may go; nobody limits it until a vault is open."""
        self._given: dict[tuple[str, str], BucketKeys] = {}
        """Keys entered by hand, as long as this process lives."""
        self._fit: set[tuple[str, str, ObjectLock]] = set()
        """Buckets and locks that were proven by this process."""

    def at(
        self,
        location: str,
        settings: BucketSettings | None = None,
        keys: BucketKeys | None = None,
        lock: ObjectLock | None = None,
    ) -> BlobStore:
        """The store of a location; a bucket by the keys given, else the keyring's, else as boto3 finds them.

        Raises Misconfigured.
        """
        if not is_bucket(location):
            if settings not in (None, BucketSettings()) or lock is not None or keys is not None:
                raise Misconfigured("a folder has no such settings", what="not-in-a-bucket", name=location)
            return LocalStore(whole(location))
        # boto3 takes longer to load than many a command takes.
        from saasbackup_desktop.vault.stores.s3 import S3Store

        place = _place(location, settings or BucketSettings())
        found = keys or self._known_keys(place)
        signed = None if found is None else S3Keys(found.access_key, found.secret_key, found.token)
        return S3Store(place, self._clock, keys=signed, lock=_checked(lock), traffic=self.traffic)

    def here(self) -> BlobStore:
        """The store of this home's vault. Raises Misconfigured, HomeFault."""
        location = self._home.read().get("vault")
        if not location:
            raise Misconfigured("this home has no vault", what="no-vault")
        return self.at(str(location), settings_of(self._home))

    def validate(self, store: BlobStore) -> list[StoreFinding]:
        """Find out what a place can really do; a vault's own lock is tried if none is asked for. Raises Fault."""
        if isinstance(store, LockingStore) and store.lock is None:
            store.keep_under(_lock_of_vault(store))
        missing = _missing(store)
        found = probe(store, self._clock)
        if isinstance(store, LocalStore):
            _tidy(Path(store.location), missing)
        if isinstance(store, LockingStore) and store.lock is not None and is_fit(found):
            self._fit.add(_proof_of(store, store.lock))
        return [StoreFinding(check=one.check, outcome=one.outcome, reason=one.reason, facts=one.facts) for one in found]

    def require_fit(self, store: BlobStore) -> None:
        """Make sure that a lock that was asked for holds, before anything relies on it. Raises Misconfigured."""
        if not isinstance(store, LockingStore) or store.lock is None or _proof_of(store, store.lock) in self._fit:
            return
        worst = next((one for one in self.validate(store) if one.outcome == FAILED), None)
        if worst is not None:
            raise Misconfigured(worst.reason, what="object-lock-fails", name=f"{worst.check}, {worst.reason}")

    def require_apart(
        self, store: BlobStore, settings: BucketSettings | None = None, keys: BucketKeys | None = None
    ) -> None:
        """Make sure that a new vault would neither lie in another one nor around it. Raises Misconfigured.

        Limited vaults lie inside on purpose, and are not made at a place of their own.
        """
        found = _inside(store.location) if isinstance(store, LocalStore) else self._inside_bucket(store, settings, keys)
        if found:
            raise Misconfigured("a vault in a vault", what="vault-in-vault", name=found)

    def _inside_bucket(self, store: BlobStore, settings: BucketSettings | None, keys: BucketKeys | None) -> str:
        bucket, prefix = parse_location(store.location)
        parts = prefix.split("/") if prefix else []
        for depth in range(len(parts)):
            outer = self.at(f"{SCHEME}{bucket}/{'/'.join(parts[:depth])}", settings, keys)
            # Keys that are good for one folder only may not look beside it.
            with contextlib.suppress(FileNotFoundError, VaultMissing, Denied):
                if outer.size(CONFIG):
                    return outer.location
        return ""

    def keep_keys(self, location: str, settings: BucketSettings | None, keys: BucketKeys | None) -> bool:
        """Keep keys that were entered by hand in the keyring, at least while this process lives; False: only that."""
        if keys is None:
            return True
        place = _place(location, settings or BucketSettings())
        self._given[place.location, place.endpoint] = keys
        return store_keys.keep_keys(place.location, place.endpoint, keys)

    def keeps_keys(self) -> bool:
        """Does the keyring have keys for the bucket of this home's vault?"""
        location = str(self._home.read().get("vault") or "")
        if not is_bucket(location):
            return False
        place = _place(location, settings_of(self._home) or BucketSettings())
        return store_keys.kept_keys(place.location, place.endpoint) is not None

    def forget_keys(self) -> None:
        """Remove the keys for the bucket of this home's vault from the keyring. Raises Denied."""
        location = str(self._home.read().get("vault") or "")
        if is_bucket(location):
            place = _place(location, settings_of(self._home) or BucketSettings())
            self._given.pop((place.location, place.endpoint), None)
            store_keys.forget_keys(place.location, place.endpoint)

    def _known_keys(self, place: S3Place) -> BucketKeys | None:
        given = self._given.get((place.location, place.endpoint))
        if given is not None or place.profile:
            return given
        return store_keys.kept_keys(place.location, place.endpoint)


def _missing(store: BlobStore) -> list[Path]:
    """Folders that the first file there would make, innermost first."""
    if not isinstance(store, LocalStore):
        return []
    folder = Path(store.location)
    return [one for one in (folder, *folder.parents) if not one.exists()]


def _tidy(folder: Path, made: list[Path]) -> None:
    """Remove the empty folders that a trial leaves; a vault's own stay, as somebody may be writing there."""
    tried = sorted((one for one in (folder / PROBE).rglob("*") if one.is_dir()), reverse=True)
    drafts = [] if (folder / CONFIG).exists() else [folder / "unfinished"]
    for one in (*tried, folder / PROBE, *drafts, *made):
        with contextlib.suppress(OSError):  # gone, or not empty
            one.rmdir()


def _inside(location: str) -> str:
    """The vault that a folder lies in, else one that lies in it; empty if there is none."""
    folder = Path(os.path.realpath(location))
    for outer in folder.parents:
        if (outer / CONFIG).is_file() and (outer / KEYS).is_dir():
            return str(outer)
    if (folder / CONFIG).exists():
        return ""  # taken itself, of which others tell
    return next((str(found.parent) for found in folder.rglob(CONFIG) if (found.parent / KEYS).is_dir()), "")


def settings_of(home: Home) -> BucketSettings | None:
    """How this home's vault is reached, if it lies in a bucket. Raises HomeFault."""
    found = home.read().get(_SETTINGS)
    if not isinstance(found, Mapping):
        return None
    names = BucketSettings.__dataclass_fields__
    try:
        return BucketSettings(**{name: str(value) for name, value in found.items() if name in names})
    except TypeError as error:
        raise HomeFault("settings", location=str(home.folder / "home.json"), reason="unreadable") from error


def settings_to_keep(location: str, settings: BucketSettings | None) -> dict[str, Any]:
    """What ``home.json`` keeps beside the location; it holds no secrets."""
    if not is_bucket(location):
        return {_SETTINGS: None}
    return {_SETTINGS: asdict(settings or BucketSettings())}


def _proof_of(store: BlobStore, lock: ObjectLock) -> tuple[str, str, ObjectLock]:
    place = getattr(store, "place", None)
    return store.location, place.endpoint if isinstance(place, S3Place) else "", lock


def _lock_of_vault(store: BlobStore) -> ObjectLock | None:
    try:
        return config.from_bytes(config.require_there(store))[0].lock
    except VaultMissing:
        return None


def _place(location: str, settings: BucketSettings) -> S3Place:
    bucket, prefix = parse_location(whole(location))
    return S3Place(
        bucket=bucket,
        prefix=prefix,
        endpoint=settings.endpoint.strip().rstrip("/"),
        region=settings.region.strip(),
        style=settings.style,
        ca_file=str(Path(settings.ca_file).expanduser().absolute()) if settings.ca_file else "",
        profile=settings.profile.strip(),
        encryption=settings.encryption.strip(),
    )


def _checked(lock: ObjectLock | None) -> ObjectLock | None:
    if lock is not None and (lock.mode not in MODES or not 1 <= lock.days <= _LONGEST_LOCK):
        raise Misconfigured("not a lock", what="bad-lock", name=f"{lock.mode}, {lock.days}")
    return lock
