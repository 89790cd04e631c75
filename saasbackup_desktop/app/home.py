"""Where settings, catalog and logs live unless somebody says otherwise."""

import os
from pathlib import Path

import platformdirs


def default_home() -> Path:
    """``SAASBACKUP_HOME``, or the platform's own data folder."""
    chosen = os.environ.get("SAASBACKUP_HOME")
    return Path(chosen) if chosen else platformdirs.user_data_path("saasbackup-desktop", appauthor=False)
