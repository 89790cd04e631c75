"""This computer's own way into a vault: a secret in the operating system's keyring, if a person wants it there.

What is kept opens one device slot of one vault. It is no passphrase: it is of use on this computer only, and removing
its slot from the vault takes it back.
"""

import keyring
from keyring.errors import KeyringError, PasswordDeleteError

from saasbackup_desktop.core.errors import Denied

SERVICE = "saasbackup-desktop"
TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.kwallet",
)
"""Back ends that keep secrets encrypted; the rest, a plain-text file among them, are refused."""


def is_trusted() -> bool:
    """Is there a keyring here that keeps secrets encrypted?"""
    backend = keyring.get_keyring()
    members = getattr(backend, "backends", [backend])
    return bool(members) and all(type(one).__module__.startswith(TRUSTED) for one in members)


def remember(vault: str, secret: str) -> bool:
    """Keep a vault's secret; False where there is no keyring to trust."""
    if not is_trusted():
        return False
    try:
        keyring.set_password(SERVICE, vault, secret)
    except KeyringError:
        return False
    return True


def remembered(vault: str) -> str | None:
    """The secret that was kept for a vault. Programs before this one kept the passphrase itself."""
    if not is_trusted():
        return None
    try:
        return keyring.get_password(SERVICE, vault)
    except KeyringError:
        return None


def forget(vault: str) -> None:
    """Remove it. Raises Denied if the keyring does not let go of it."""
    if remembered(vault) is None:
        return
    try:
        keyring.delete_password(SERVICE, vault)
    except PasswordDeleteError:
        if remembered(vault) is not None:
            raise Denied("the keyring keeps the secret") from None
    except KeyringError as error:
        raise Denied(str(error)) from None
