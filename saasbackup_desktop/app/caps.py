"""The cap on all traffic that is in force now, by what was set beside the tasks."""

import logging
import time
from datetime import tzinfo
from typing import Final

from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.tasks.store import TaskStore
from saasbackup_desktop.app.tasks.zones import local_zone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.schedule import Cap, rate_at
from saasbackup_desktop.core.traffic import Rate
from saasbackup_desktop.vault.vault import Vault

log = logging.getLogger(__name__)

_ZONE_SECONDS: Final = 60.0
"""For how long the zone is known: to find it out, files are read."""


class _Caps:
    """Caps as they are kept, whoever changed them, and the zone whose clocks they go by. Asked from any thread."""

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._caps: tuple[Cap, ...] = ()
        self._zone: tuple[float, tzinfo] | None = None

    def now(self) -> tuple[Cap, ...]:
        try:
            self._caps = self._store.read().conditions.caps
        except (Fault, OSError) as error:  # what was read last holds
            log.warning("caps could not be read: %s", type(error).__name__)
        return self._caps

    def zone(self) -> tzinfo:
        if self._zone is None or time.monotonic() - self._zone[0] > _ZONE_SECONDS:
            self._zone = time.monotonic(), local_zone()
        return self._zone[1]


def cap_in_force(home: Home, vault: Vault, clock: Clock) -> Rate:
    """What the traffic of an open home goes by: a change takes effect as soon as it is kept."""
    caps = _Caps(TaskStore(home.tasks_file, vault.subkey("tasks")))

    def rate() -> int | None:
        found = caps.now()
        return rate_at(found, clock.now(), caps.zone()) if found else None

    return rate
