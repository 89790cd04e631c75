"""What a home tells of itself, also while its vault is locked and whoever keeps it."""

from pathlib import Path

from saasbackup_desktop.app import views
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.places import settings_of


class AtHome:
    """Reads ``home.json``; needs nobody's leave and no key."""

    _home: Home

    @property
    def home(self) -> Path:
        """The home's folder."""
        return self._home.folder

    @property
    def vault_location(self) -> str | None:
        """Where this home's vault lies; None at the first run."""
        location = self._home.read().get("vault")
        return str(location) if location else None

    @property
    def bucket_settings(self) -> views.BucketSettings | None:
        """How the bucket is reached where this home's vault lies; None for a folder. Raises HomeFault."""
        return settings_of(self._home)

    @property
    def is_recovery_confirmed(self) -> bool:
        """Somebody has proven to have the recovery kit; known while the vault is locked, too."""
        return bool(self._home.read().get("recovery_confirmed", False))
