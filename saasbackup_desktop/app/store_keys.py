"""Keys for a storage service that were entered by hand: in the operating system's keyring, and nowhere else."""

import json

from saasbackup_desktop.app import keyring_slot
from saasbackup_desktop.app.views import BucketKeys


def keep_keys(location: str, endpoint: str, keys: BucketKeys) -> bool:
    """Keep them; False where there is no keyring to trust."""
    told = {"access_key": keys.access_key, "secret_key": keys.secret_key, "token": keys.token}
    return keyring_slot.remember(_name(location, endpoint), json.dumps(told))


def kept_keys(location: str, endpoint: str) -> BucketKeys | None:
    """What was kept for a place; None if nothing was, or it is not ours."""
    told = keyring_slot.remembered(_name(location, endpoint))
    if told is None:
        return None
    try:
        found = json.loads(told)
        return BucketKeys(str(found["access_key"]), str(found["secret_key"]), str(found.get("token", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def forget_keys(location: str, endpoint: str) -> None:
    """Remove them. Raises Denied if the keyring does not let go of them."""
    keyring_slot.forget(_name(location, endpoint))


def _name(location: str, endpoint: str) -> str:
    return f"{location} at {endpoint or 'amazon'}"
